//! The table of devices' entries in the registry.

use super::device::{read_trail, write_trail};
use super::{Columns, Parameters};
use fleet_core::customer::CustomerId;
use fleet_core::device::{DeviceId, Registration};
use fleet_core::product::{Platform, ProductId};
use fleet_core::store::{Key, Record, Row, Stamp};
use fleet_core::team::{AccountId, Claimant};

pub(super) const COLUMNS: [&str; 12] = [
    "stamp",
    "product",
    "claimed_by",
    "customer_of",
    "platform",
    "registered",
    "security_counter",
    "sequence",
    "newest_session",
    "newest_at",
    "ended_session",
    "ended_at",
];

pub(super) fn write(row: &mut Parameters<'_, '_>, entry: &Registration, stamp: Stamp) -> rusqlite::Result<()> {
    row.stamp(stamp)?;
    row.push(entry.product.map(ProductId::get))?;
    let (claimed_by, customer_of) = match entry.claimed_by {
        None => (None, None),
        Some(Claimant::Account(account)) => (Some(account.get()), None),
        Some(Claimant::Customer(product, customer)) => (Some(customer.get()), Some(product.get())),
    };
    row.push(claimed_by.map(u64::cast_signed))?;
    row.push(customer_of)?;
    row.push(entry.platform.clone().map(String::from))?;
    row.push(entry.registered)?;
    row.push(entry.security_counter)?;
    row.push(entry.sequence)?;
    write_trail(row, entry.trail.as_deref().copied().unwrap_or_default())
}

pub(super) fn read(row: &mut Columns<'_, '_>) -> rusqlite::Result<Row> {
    let id = DeviceId::new(row.next()?);
    let stamp = row.stamp()?;
    let product = row.next_if(ProductId::new)?;
    let claimed_by: Option<i64> = row.next()?;
    let claimed_by = match (claimed_by, row.next_if(ProductId::new)?) {
        (None, _) => None,
        (Some(account), None) => AccountId::new(account.cast_unsigned()).ok().map(Claimant::Account),
        (Some(customer), Some(of)) => {
            CustomerId::new(customer.cast_unsigned()).ok().map(|customer| Claimant::Customer(of, customer))
        }
    };
    let entry = Registration {
        product,
        claimed_by,
        platform: row.next_if(|text: Box<str>| text.parse::<Platform>())?,
        registered: row.next()?,
        security_counter: row.next()?,
        sequence: row.next()?,
        trail: Some(read_trail(row)?).filter(|trail| !trail.is_empty()).map(Box::new),
    };
    Ok(Row { key: Key::Registration(id), record: Record::Registration(entry), stamp })
}
