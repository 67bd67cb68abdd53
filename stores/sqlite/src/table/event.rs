//! The table of events of a product's log.

use super::{Columns, Parameters, index_of};
use fleet_core::Timestamp;
use fleet_core::device::DeviceId;
use fleet_core::event::{EventOrigin, LoggedEvent};
use fleet_core::product::ProductId;
use fleet_core::store::{Key, Record, Row, Stamp};
use rusqlite::Error;
use serde::Serialize;
use std::sync::Arc;

pub(super) const COLUMNS: [&str; 14] = [
    "stamp",
    "at",
    "happened_at",
    "device",
    "origin",
    "name",
    "data",
    "id",
    "error",
    "matched",
    "sent",
    "exceeded",
    "era",
    "ages_from",
];

pub(super) fn write_key(
    row: &mut Parameters<'_, '_>,
    product: ProductId,
    slot: u8,
    sequence: u64,
) -> rusqlite::Result<()> {
    row.push(product.get())?;
    row.push(slot)?;
    row.push(i64::try_from(sequence).map_err(|error| Error::ToSqlConversionFailure(error.into()))?)
}

pub(super) fn write(row: &mut Parameters<'_, '_>, event: &LoggedEvent, stamp: Stamp) -> rusqlite::Result<()> {
    row.stamp(stamp)?;
    row.push(event.at.as_millis())?;
    row.push(event.happened_at.as_millis())?;
    row.push(event.device.as_bytes())?;
    row.push(index_of(&EventOrigin::ALL, &event.origin)?)?;
    row.push(&*event.name)?;
    row.push(&*event.data)?;
    row.push(event.id.as_deref())?;
    row.push(event.error.as_deref())?;
    let matched = (!event.matched.is_empty()).then(|| json(&event.matched)).transpose()?;
    row.push(matched)?;
    row.push(event.sent)?;
    row.push(event.limit.as_ref().map(json).transpose()?)?;
    row.push(i64::try_from(event.era).map_err(|error| Error::ToSqlConversionFailure(error.into()))?)?;
    row.push(event.ages_from.map(Timestamp::as_millis))
}

pub(super) fn read(row: &mut Columns<'_, '_>) -> rusqlite::Result<Row> {
    let (product, slot) = (row.next_as(ProductId::new)?, row.next()?);
    let sequence = row.next_as(|number: i64| u64::try_from(number))?;
    let stamp = row.stamp()?;
    let event = LoggedEvent {
        at: Timestamp::from_millis(row.next()?),
        happened_at: Timestamp::from_millis(row.next()?),
        device: DeviceId::new(row.next()?),
        origin: row.next_of(&EventOrigin::ALL)?,
        name: row.next()?,
        data: row.next()?,
        id: row.next()?,
        error: row.next()?,
        matched: row.next_if(|text: Box<str>| serde_json::from_str(&text))?.unwrap_or_default(),
        sent: row.next()?,
        limit: row.next_if(|text: Box<str>| serde_json::from_str(&text))?,
        era: row.next_as(|number: i64| u64::try_from(number))?,
        ages_from: row.next::<Option<i64>>()?.map(Timestamp::from_millis),
    };
    Ok(Row { key: Key::Event(product, slot, sequence), record: Record::Event(Arc::new(event)), stamp })
}

fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(error.into()))
}
