//! The table of devices' entries in the registry.

use super::device::{read_trail, write_trail};
use super::{Cells, Columns, Problem, Table, Text};
use crate::array::Scalar::{Bool, Bytes, Int8, Text as TextColumn};
use fleet_core::customer::CustomerId;
use fleet_core::device::Registration;
use fleet_core::product::Platform;
use fleet_core::store::{Key, Record, Row, Stamp};
use fleet_core::team::{AccountId, Claimant};

pub(super) static TABLE: Table = Table {
    name: "registration",
    key: &[("id", Bytes)],
    stamp: "t.stamp",
    columns: &[
        ("stamp", Int8),
        ("product", Int8),
        ("claimed_by", Int8),
        ("customer_of", Int8),
        ("platform", TextColumn),
        ("registered", Bool),
        ("security_counter", Int8),
        ("sequence", Int8),
        ("newest_session", Int8),
        ("newest_at", Int8),
        ("ended_session", Int8),
        ("ended_at", Int8),
    ],
    // Groups of columns: the product; the claim; the platform; what is the same for most devices; rare fields.
    uniform: &[2..3, 3..5, 5..6, 6..8, 8..13],
};

pub(super) fn write(row: &mut Cells<'_>, entry: &Registration, stamp: Stamp) {
    row.stamp(stamp);
    row.push_if(entry.product.map(|product| i64::from(product.get())));
    let (claimed_by, customer_of) = match entry.claimed_by {
        None => (None, None),
        Some(Claimant::Account(account)) => (Some(account.get()), None),
        Some(Claimant::Customer(product, customer)) => (Some(customer.get()), Some(i64::from(product.get()))),
    };
    row.push_if(claimed_by.map(u64::cast_signed));
    row.push_if(customer_of);
    row.text_if(entry.platform.clone().map(String::from).as_deref());
    row.push(entry.registered);
    row.push(i64::from(entry.security_counter));
    row.push(i64::from(entry.sequence));
    write_trail(row, entry.trail.as_deref().copied().unwrap_or_default());
}

pub(super) fn read(row: &mut Columns<'_>) -> Result<Row, Problem> {
    let id = row.next_as(super::device_id)?;
    let stamp = row.stamp()?;
    let product = row.next_if(super::product)?;
    let claimed_by: Option<i64> = row.next()?;
    let claimed_by = match (claimed_by.map(i64::cast_unsigned), row.next_if(super::product)?) {
        (None, _) => None,
        (Some(account), None) => {
            Some(Claimant::Account(AccountId::new(account).map_err(|error| row.unreadable(error))?))
        }
        (Some(customer), Some(of)) => {
            Some(Claimant::Customer(of, CustomerId::new(customer).map_err(|error| row.unreadable(error))?))
        }
    };
    let entry = Registration {
        product,
        claimed_by,
        platform: row.next_if(|text: Text<'_>| crate::text::from_text(text.0).parse::<Platform>())?,
        registered: row.next()?,
        security_counter: row.number::<i64, u32>()?,
        sequence: row.number::<i64, u32>()?,
        trail: Some(read_trail(row)?).filter(|trail| !trail.is_empty()).map(Box::new),
    };
    Ok(Row { key: Key::Registration(id), record: Record::Registration(entry), stamp })
}
