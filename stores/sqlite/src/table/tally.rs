//! The table of counters. Its columns are parts of the encoded key, so that rows have the same order as keys and
//! counters of the future fit in.

use super::{Columns, Parameters};
use fleet_core::product::ProductId;
use fleet_core::store::{Key, Record, Row, Stamp, Tally};

pub(super) const COLUMNS: [&str; 1] = ["value"];

/// Adds to a counter, which starts at 0 and saturates at the ends of its range.
pub(crate) const ADD: &str = "INSERT INTO tally (product, counter, slot, value) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO UPDATE SET value = CAST(value + excluded.value AS INTEGER)";

/// Deletes a counter that is 0.
pub(crate) const END: &str = "DELETE FROM tally WHERE product = ?1 AND counter = ?2 AND slot = ?3 AND value = 0";

pub(super) fn write_key(row: &mut Parameters<'_, '_>, key: &Key) -> rusqlite::Result<()> {
    let encoded = key.encode();
    let [_, p1, p2, p3, p4, _, tag, high, low, slot] = *encoded else {
        return Err(rusqlite::Error::ToSqlConversionFailure(format!("{key:?} is not a counter").into()));
    };
    row.push(u32::from_be_bytes([p1, p2, p3, p4]))?;
    row.push(u32::from_be_bytes([0, tag, high, low]))?;
    row.push(slot)
}

pub(super) fn read(row: &mut Columns<'_, '_>) -> rusqlite::Result<Row> {
    let product = row.next_as(ProductId::new)?;
    let [_, counter @ ..] = row.next::<u32>()?.to_be_bytes();
    let mut encoded = Key::Tally(product, Tally::Members, row.next()?).encode();
    if let [.., tag, high, low, _slot] = &mut *encoded {
        [*tag, *high, *low] = counter;
    }
    let key = Key::decode(&encoded).ok_or_else(|| row.unreadable("unknown counter"))?;
    Ok(Row { key, record: Record::Counter(row.next()?), stamp: Stamp::default() })
}
