//! The table of all other records: JSON under the encoded key, with columns that people search by.

use super::{Cells, Columns, Problem, Table, Text};
use crate::array::Scalar::{Bytes, Int8, Json, Text as TextColumn};
use fleet_core::store::{Key, Record, Row, Stamp};

pub(super) static TABLE: Table = Table {
    name: "record",
    key: &[("key", Bytes)],
    stamp: "t.stamp",
    columns: &[("stamp", Int8), ("kind", TextColumn), ("account", Int8), ("product", Int8), ("body", Json)],
    uniform: &[],
};

/// The position of the body among all columns, the key's first.
pub(super) const BODY: usize = 5;

pub(super) fn write(row: &mut Cells<'_>, key: &Key, record: &Record, stamp: Stamp) -> Result<(), Problem> {
    let body = record.to_json().map_err(|error| Problem::Unwritable(error.to_string()))?;
    row.stamp(stamp);
    row.push(key.kind().name());
    row.push_if(key.account().map(|account| account.get().cast_signed()));
    row.push_if(key.product().map(|product| i64::from(product.get())));
    row.json(&body);
    Ok(())
}

pub(super) fn read(row: &mut Columns<'_>) -> Result<Row, Problem> {
    let key = row.next_as(|bytes: &[u8]| Key::decode(bytes).ok_or("unknown key"))?;
    let stamp = row.stamp()?;
    row.skip(3);
    let record = row.next_as(|body: Text<'_>| Record::from_json(key.kind(), &crate::text::from_json(body.0)))?;
    Ok(Row { key, record, stamp })
}
