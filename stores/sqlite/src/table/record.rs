//! The table of all other records: JSON under the encoded key, with columns that people search by.

use super::{Columns, Parameters};
use fleet_core::store::{Key, Record, Row, Stamp};
use rusqlite::Error;

pub(super) const COLUMNS: [&str; 5] = ["stamp", "kind", "account", "product", "body"];

pub(super) fn write(row: &mut Parameters<'_, '_>, key: &Key, record: &Record, stamp: Stamp) -> rusqlite::Result<()> {
    let body = record.to_json().map_err(|error| Error::ToSqlConversionFailure(error.into()))?;
    row.stamp(stamp)?;
    row.push(key.kind().name())?;
    row.push(key.account().map(|account| account.get().cast_signed()))?;
    row.push(key.product().map(|product| product.get()))?;
    row.push(body)
}

pub(super) fn read(row: &mut Columns<'_, '_>) -> rusqlite::Result<Row> {
    let key = row.next_as(|bytes: Vec<u8>| Key::decode(&bytes).ok_or("unknown key"))?;
    let stamp = row.stamp()?;
    row.skip(3);
    let record = row.next_as(|body: Box<str>| Record::from_json(key.kind(), &body))?;
    Ok(Row { key, record, stamp })
}
