//! Everything that is not one of many: JSON under its encoded key, with what people look for beside it.

use super::{Columns, Parameters};
use fleet_core::store::{Key, Kind, Record, Row, Stamp};
use rusqlite::Error;

pub(super) const COLUMNS: [&str; 5] = ["stamp", "kind", "account", "product", "body"];

pub(super) fn write(row: &mut Parameters<'_, '_>, key: &Key, record: &Record, stamp: Stamp) -> rusqlite::Result<()> {
    let body = record.to_json().map_err(|error| Error::ToSqlConversionFailure(error.into()))?;
    let account = match key {
        Key::Account(account)
        | Key::Membership(account, _)
        | Key::Invitation(account, _)
        | Key::Claim(account, _)
        | Key::Payer(account)
        | Key::AccountDue(_, account) => Some(account),
        _ => None,
    };
    let product = match key {
        Key::Membership(_, product)
        | Key::Invitation(_, product)
        | Key::Product(product)
        | Key::Team(product)
        | Key::Firmware(product)
        | Key::DeviceCount(product)
        | Key::Audit(product, _)
        | Key::Notice(product, _)
        | Key::Configuration(product)
        | Key::CustomerCount(product)
        | Key::Customer(product, _)
        | Key::CustomerName(product, _)
        | Key::Guest(product, _)
        | Key::ActivationCode(product, _)
        | Key::DeviceCode(product, _)
        | Key::Subscriptions(product)
        | Key::EventLog(product, _)
        | Key::EventId(product, _)
        | Key::DeviceErrors(product, _)
        | Key::UsageMonth(product, _)
        | Key::Subscription(product)
        | Key::Invoice(product, _)
        | Key::Charge(product, _)
        | Key::ProductDue(_, product) => Some(product),
        _ => None,
    };
    row.stamp(stamp)?;
    row.push(name(key.kind()))?;
    row.push(account.map(|account| account.get().cast_signed()))?;
    row.push(product.map(|product| product.get()))?;
    row.push(body)
}

pub(super) fn read(row: &mut Columns<'_, '_>) -> rusqlite::Result<Row> {
    let key = row.next_as(|bytes: Vec<u8>| Key::decode(&bytes).ok_or("no such key"))?;
    let stamp = row.stamp()?;
    row.skip(3);
    let record = row.next_as(|body: Box<str>| Record::from_json(key.kind(), &body))?;
    Ok(Row { key, record, stamp })
}

/// What people ask for: `kind = 'audit'`.
fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Directory => "directory",
        Kind::Account => "account",
        Kind::Email => "email",
        Kind::Membership => "membership",
        Kind::Claim => "claim",
        Kind::Product => "product",
        Kind::Team => "team",
        Kind::Firmware => "firmware",
        Kind::DeviceCount => "device_count",
        Kind::Audit => "audit",
        Kind::Notice => "notice",
        Kind::Invitation => "invitation",
        Kind::Configuration => "configuration",
        Kind::CustomerCount => "customer_count",
        Kind::Customer => "customer",
        Kind::CustomerName => "customer_name",
        Kind::Guest => "guest",
        Kind::ActivationCode => "activation_code",
        Kind::DeviceCode => "device_code",
        Kind::Token => "token",
        Kind::ClaimCode => "claim_code",
        Kind::Subscriptions => "subscriptions",
        Kind::EventLog => "event_log",
        Kind::EventId => "event_id",
        Kind::DeviceErrors => "device_errors",
        Kind::UsageMonth => "usage_month",
        Kind::Subscription => "subscription",
        Kind::Payer => "payer",
        Kind::Invoice => "invoice",
        Kind::Charge => "charge",
        Kind::ProductDue => "product_due",
        Kind::AccountDue => "account_due",
        Kind::Journal => "journal",
        _ => "other",
    }
}
