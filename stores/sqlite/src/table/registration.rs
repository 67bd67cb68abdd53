//! Devices' entries in the registry.

use super::{Columns, Parameters};
use fleet_core::device::{DeviceId, Registration};
use fleet_core::product::{Platform, ProductId};
use fleet_core::store::{Key, Record, Row, Stamp};
use fleet_core::team::AccountId;

pub(super) const COLUMNS: [&str; 6] = ["stamp", "product", "claimed_by", "platform", "registered", "security_counter"];

pub(super) fn write(row: &mut Parameters<'_, '_>, entry: &Registration, stamp: Stamp) -> rusqlite::Result<()> {
    row.stamp(stamp)?;
    row.push(entry.product.map(ProductId::get))?;
    row.push(entry.claimed_by.map(|account| account.get().cast_signed()))?;
    row.push(entry.platform.clone().map(String::from))?;
    row.push(entry.registered)?;
    row.push(entry.security_counter)
}

pub(super) fn read(row: &mut Columns<'_, '_>) -> rusqlite::Result<Row> {
    let id = DeviceId::new(row.next()?);
    let stamp = row.stamp()?;
    let entry = Registration {
        product: row.next_if(ProductId::new)?,
        claimed_by: row.next_if(|account: i64| AccountId::new(account.cast_unsigned()))?,
        platform: row.next_if(|text: Box<str>| text.parse::<Platform>())?,
        registered: row.next()?,
        security_counter: row.next()?,
    };
    Ok(Row { key: Key::Registration(id), record: Record::Registration(entry), stamp })
}
