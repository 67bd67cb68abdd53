//! The table of events of a product's log.

use super::{Cells, Columns, Problem, Table, Text, index_of};
use crate::array::Scalar::{Bytes, Int2, Int8, Json, Text as TextColumn};
use crate::text::{from_json, from_text};
use fleet_core::Timestamp;
use fleet_core::event::{EventOrigin, LoggedEvent};
use fleet_core::product::ProductId;
use fleet_core::store::{Key, Record, Row, Stamp};
use serde::Serialize;
use std::sync::Arc;

pub(super) static TABLE: Table = Table {
    name: "event",
    key: &[("product", Int8), ("slot", Int2), ("sequence", Int8)],
    stamp: "t.stamp",
    columns: &[
        ("stamp", Int8),
        ("at", Int8),
        ("happened_at", Int8),
        ("device", Bytes),
        ("origin", Int2),
        ("name", TextColumn),
        ("data", TextColumn),
        ("id", TextColumn),
        ("error", TextColumn),
        ("matched", Json),
        ("sent", Int8),
        ("exceeded", Json),
        ("era", Int8),
        ("ages_from", Int8),
    ],
    // Groups of columns: the product; the moment of logging; the origin; the name; the id; the kind of error; the
    // recipients; the exceeded limit; the position in the log.
    uniform: &[0..1, 4..5, 7..8, 8..9, 10..11, 11..12, 12..14, 14..15, 15..17],
};

/// The columns of an event's key.
pub(super) fn key(product: ProductId, slot: u8, sequence: u64) -> Result<(i64, i16, i64), Problem> {
    let sequence = i64::try_from(sequence).map_err(|error| Problem::Unwritable(error.to_string()))?;
    Ok((i64::from(product.get()), i16::from(slot), sequence))
}

pub(super) fn write(row: &mut Cells<'_>, event: &LoggedEvent, stamp: Stamp) -> Result<(), Problem> {
    row.stamp(stamp);
    row.push(event.at.as_millis());
    row.push(event.happened_at.as_millis());
    row.push(event.device.as_bytes().as_slice());
    row.push(index_of(&EventOrigin::ALL, &event.origin)?);
    row.text(&event.name);
    row.text(&event.data);
    row.text_if(event.id.as_deref());
    row.text_if(event.error.as_deref());
    row.json_if((!event.matched.is_empty()).then(|| json(&event.matched)).transpose()?.as_deref());
    row.push(i64::from(event.sent));
    row.json_if(event.limit.as_ref().map(json).transpose()?.as_deref());
    row.push(i64::try_from(event.era).map_err(|error| Problem::Unwritable(error.to_string()))?);
    row.push_if(event.ages_from.map(Timestamp::as_millis));
    Ok(())
}

pub(super) fn read(row: &mut Columns<'_>) -> Result<Row, Problem> {
    let (product, slot) = (row.next_as(super::product)?, row.number::<i16, u8>()?);
    let sequence = row.number::<i64, u64>()?;
    let stamp = row.stamp()?;
    let event = LoggedEvent {
        at: Timestamp::from_millis(row.next()?),
        happened_at: Timestamp::from_millis(row.next()?),
        device: row.next_as(super::device_id)?,
        origin: row.next_of(&EventOrigin::ALL)?,
        name: from_text(row.next::<Text<'_>>()?.0).into(),
        data: from_text(row.next::<Text<'_>>()?.0).into(),
        id: row.next::<Option<Text<'_>>>()?.map(|text| from_text(text.0).into()),
        error: row.next::<Option<Text<'_>>>()?.map(|text| from_text(text.0).into()),
        matched: row.next_if(|text: Text<'_>| serde_json::from_str(&from_json(text.0)))?.unwrap_or_default(),
        sent: row.number::<i64, u32>()?,
        limit: row.next_if(|text: Text<'_>| serde_json::from_str(&from_json(text.0)))?,
        era: row.number::<i64, u64>()?,
        ages_from: row.next::<Option<i64>>()?.map(Timestamp::from_millis),
    };
    Ok(Row { key: Key::Event(product, slot, sequence), record: Record::Event(Arc::new(event)), stamp })
}

fn json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| Problem::Unwritable(error.to_string()))
}
