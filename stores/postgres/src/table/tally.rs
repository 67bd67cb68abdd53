//! The table of counters. Its columns are parts of the encoded key, so that rows have the same order as keys and
//! counters of the future fit in.

use super::{Columns, Problem, Table};
use crate::array::Scalar::{Int4, Int8};
use fleet_core::store::{Key, Record, Row, Stamp, Tally};

pub(crate) static TABLE: Table = Table {
    name: "tally",
    key: &[("product", Int8), ("counter", Int4), ("slot", Int4)],
    stamp: "t.value * 0",
    columns: &[("value", Int8)],
    // Groups of columns: the product and the slot.
    uniform: &[0..1, 2..3],
};

/// The columns of a counter's key.
pub(crate) fn key(key: &Key) -> Result<(i64, i32, i32), Problem> {
    let encoded = key.encode();
    let [_, p1, p2, p3, p4, _, tag, high, low, slot] = *encoded else {
        return Err(Problem::Unwritable(format!("{key:?} is not a counter")));
    };
    let product = i64::from(u32::from_be_bytes([p1, p2, p3, p4]));
    Ok((product, i32::from_be_bytes([0, tag, high, low]), i32::from(slot)))
}

pub(super) fn read(row: &mut Columns<'_>) -> Result<Row, Problem> {
    let product = row.next_as(super::product)?;
    let [_, counter @ ..] = row.next::<i32>()?.to_be_bytes();
    let mut encoded = Key::Tally(product, Tally::Members, row.number::<i32, u8>()?).encode();
    if let [.., tag, high, low, _slot] = &mut *encoded {
        [*tag, *high, *low] = counter;
    }
    let key = Key::decode(&encoded).ok_or_else(|| row.unreadable("unknown counter"))?;
    Ok(Row { key, record: Record::Counter(row.next()?), stamp: Stamp::default() })
}
