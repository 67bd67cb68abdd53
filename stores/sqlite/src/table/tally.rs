//! Counters. Their columns are parts of their encoded keys, so that rows and keys order alike and whatever the core
//! comes to count has its place.

use super::{Columns, Parameters};
use fleet_core::product::ProductId;
use fleet_core::store::{Key, Record, Row, Stamp, Tally};

pub(super) const COLUMNS: [&str; 1] = ["value"];

/// Adds to a counter, which begins at 0 and stops at the ends of its range instead of leaving it.
pub(crate) const ADD: &str = "INSERT INTO tally (product, counter, slot, value) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO UPDATE SET value = CAST(value + excluded.value AS INTEGER)";

/// Takes a counter away where it came to 0.
pub(crate) const END: &str = "DELETE FROM tally WHERE product = ?1 AND counter = ?2 AND slot = ?3 AND value = 0";

pub(super) fn write_key(row: &mut Parameters<'_, '_>, key: &Key) -> rusqlite::Result<()> {
    let encoded = key.encode();
    let [_, p1, p2, p3, p4, _, tag, high, low, slot] = *encoded else {
        return Err(rusqlite::Error::ToSqlConversionFailure(format!("{key:?} is no counter").into()));
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
    let key = Key::decode(&encoded).ok_or_else(|| row.unreadable("no such counter"))?;
    Ok(Row { key, record: Record::Counter(row.next()?), stamp: Stamp::default() })
}
