//! The table of devices: one column for each property.

use super::{Cells, Columns, Problem, Table, Text, index_of};
use crate::array::Scalar::{Bool, Bytes, Int2, Int4, Int8, Json, Text as TextColumn};
use fleet_core::Timestamp;
use fleet_core::device::{
    Device, ImageSeen, Label, Mark, PlatformSeen, Progress, Seen, Standing, Trail, UpdateAttempt, UpdateOutcome,
    UpdateResult,
};
use fleet_core::product::GroupId;
use fleet_core::store::{Key, Record, Row, Stamp};
use std::collections::BTreeSet;

pub(super) static TABLE: Table = Table {
    name: "device",
    key: &[("product", Int8), ("id", Bytes)],
    stamp: "t.stamp",
    columns: &[
        ("stamp", Int8),
        ("standing", Int2),
        ("development", Bool),
        ("forced", Bool),
        ("failures", Int2),
        ("security_counter", Int8),
        ("lock", Int4),
        ("sequence", Int8),
        ("added_at", Int8),
        ("seen_at", Int8),
        ("session", Int8),
        ("version_since", Int8),
        ("image", Int2),
        ("platform", Int2),
        ("takes_updates", Bool),
        ("online", Bool),
        ("version", Int4),
        ("system", TextColumn),
        ("attempt_at", Int8),
        ("attempt_target", Int4),
        ("attempt_from", Int4),
        ("attempt_progress", Int2),
        ("outcome_at", Int8),
        ("outcome_target", Int4),
        ("outcome_result", Int2),
        ("name", TextColumn),
        ("groups", Json),
        ("newest_session", Int8),
        ("newest_at", Int8),
        ("ended_session", Int8),
        ("ended_at", Int8),
        ("listed", Int2),
        ("relapses", Int2),
        ("chip_revision", Int4),
    ],
    // Groups of columns: the product; what is the same for most members; the lock; what is the same for devices
    // imported together; what is the same for devices never seen; what most reports contain; the running firmware; an
    // attempt, its outcome, the label, and the rare fields.
    uniform: &[0..1, 3..8, 8..9, 9..11, 11..14, 14..18, 18..20, 20..24, 24..27, 27..29, 29..36],
};

const STANDINGS: [Standing; 3] = [Standing::Member, Standing::Quarantined, Standing::Denied];
const IMAGES: [ImageSeen; 3] = [ImageSeen::Unknown, ImageSeen::Matches, ImageSeen::Differs];
const PLATFORMS: [PlatformSeen; 3] = [PlatformSeen::Unknown, PlatformSeen::Matches, PlatformSeen::Differs];
const PROGRESSES: [Progress; 3] = [Progress::Offered, Progress::Downloading, Progress::Downloaded];
const RESULTS: [UpdateResult; 4] =
    [UpdateResult::Succeeded, UpdateResult::Failed, UpdateResult::RunsAnother, UpdateResult::Withdrawn];

pub(super) fn write(row: &mut Cells<'_>, device: &Device, stamp: Stamp) -> Result<(), Problem> {
    row.stamp(stamp);
    row.push(index_of(&STANDINGS, &device.standing)?);
    row.push(device.development);
    row.push(device.forced);
    row.push(i16::from(device.failures));
    row.push(i64::from(device.security_counter));
    row.push_if(device.lock.map(|version| i32::from(version.get())));
    row.push(i64::from(device.sequence));
    row.push(device.added_at.as_millis());
    match &device.seen {
        None => row.nulls(8),
        Some(seen) => {
            row.push(seen.at.as_millis());
            row.push(seen.session.cast_signed());
            row.push(seen.version_since.as_millis());
            row.push(index_of(&IMAGES, &seen.image)?);
            row.push(index_of(&PLATFORMS, &seen.platform)?);
            row.push(seen.takes_updates);
            row.push(seen.online);
            row.push_if(seen.version.map(i32::from));
        }
    }
    row.text_if(device.system.as_ref().map(ToString::to_string).as_deref());
    match &device.attempt {
        None => row.nulls(4),
        Some(attempt) => {
            row.push(attempt.at.as_millis());
            row.push(i32::from(attempt.target.get()));
            row.push_if(attempt.from.map(i32::from));
            row.push(index_of(&PROGRESSES, &attempt.progress)?);
        }
    }
    match &device.outcome {
        None => row.nulls(3),
        Some(outcome) => {
            row.push(outcome.at.as_millis());
            row.push(i32::from(outcome.target.get()));
            row.push(index_of(&RESULTS, &outcome.result)?);
        }
    }
    match &device.label {
        None => row.nulls(2),
        Some(label) => {
            row.text(&label.name);
            let groups: Vec<_> = label.groups.iter().map(GroupId::to_string).collect();
            row.json(&format!("[{}]", groups.join(",")));
        }
    }
    write_trail(row, device.trail.get());
    row.push(index_of(&PLATFORMS, &device.listed)?);
    row.push(i16::from(device.relapses));
    row.push_if(device.chip_revision.map(i32::from));
    Ok(())
}

/// The order of a device's connections: four columns, NULL where there is nothing to keep.
pub(super) fn write_trail(row: &mut Cells<'_>, trail: Trail) {
    for mark in [trail.newest, trail.ended] {
        row.push_if(Some(mark.session().cast_signed()).filter(|session| *session != 0));
        row.push_if(mark.at().map(Timestamp::as_millis));
    }
}

pub(super) fn read_trail(row: &mut Columns<'_>) -> Result<Trail, Problem> {
    let mut mark = || -> Result<Mark, Problem> {
        let (session, at): (Option<i64>, Option<i64>) = (row.next()?, row.next()?);
        Ok(Mark::new(session.unwrap_or(0).cast_unsigned(), at.map(Timestamp::from_millis)))
    };
    Ok(Trail { newest: mark()?, ended: mark()? })
}

pub(super) fn read(row: &mut Columns<'_>) -> Result<Row, Problem> {
    let product = row.next_as(super::product)?;
    let id = row.next_as(super::device_id)?;
    let stamp = row.stamp()?;
    let device = Device {
        standing: row.next_of(&STANDINGS)?,
        development: row.next()?,
        forced: row.next()?,
        failures: row.number::<i16, u8>()?,
        security_counter: row.number::<i64, u32>()?,
        lock: row.next_if(super::version)?,
        sequence: row.number::<i64, u32>()?,
        added_at: Timestamp::from_millis(row.next()?),
        seen: seen(row)?,
        system: row.next_if(|text: Text<'_>| crate::text::from_text(text.0).parse())?,
        attempt: attempt(row)?,
        outcome: outcome(row)?,
        label: label(row)?,
        trail: read_trail(row)?.into(),
        listed: row.next_of(&PLATFORMS)?,
        relapses: row.number::<i16, u8>()?,
        chip_revision: row.next_if(|number: i32| u16::try_from(number))?,
    };
    Ok(Row { key: Key::Device(product, id), record: Record::Device(device), stamp })
}

fn seen(row: &mut Columns<'_>) -> Result<Option<Seen>, Problem> {
    let Some(at) = row.next()? else {
        row.skip(7);
        return Ok(None);
    };
    Ok(Some(Seen {
        at: Timestamp::from_millis(at),
        session: row.next::<i64>()?.cast_unsigned(),
        version_since: Timestamp::from_millis(row.next()?),
        image: row.next_of(&IMAGES)?,
        platform: row.next_of(&PLATFORMS)?,
        takes_updates: row.next()?,
        online: row.next()?,
        version: row.next_if(|number: i32| u16::try_from(number))?,
    }))
}

fn attempt(row: &mut Columns<'_>) -> Result<Option<UpdateAttempt>, Problem> {
    let Some(at) = row.next()? else {
        row.skip(3);
        return Ok(None);
    };
    Ok(Some(UpdateAttempt {
        at: Timestamp::from_millis(at),
        target: row.next_as(super::version)?,
        from: row.next_if(|number: i32| u16::try_from(number))?,
        progress: row.next_of(&PROGRESSES)?,
    }))
}

fn outcome(row: &mut Columns<'_>) -> Result<Option<UpdateOutcome>, Problem> {
    let Some(at) = row.next()? else {
        row.skip(2);
        return Ok(None);
    };
    Ok(Some(UpdateOutcome {
        at: Timestamp::from_millis(at),
        target: row.next_as(super::version)?,
        result: row.next_of(&RESULTS)?,
    }))
}

fn label(row: &mut Columns<'_>) -> Result<Option<Box<Label>>, Problem> {
    let Some(Text(name)) = row.next()? else {
        row.skip(1);
        return Ok(None);
    };
    let name = crate::text::from_text(name).into();
    Ok(Some(Box::new(Label { name, groups: row.next_as(|json: Text<'_>| groups(json.0))? })))
}

/// Reads the groups from a JSON array of numbers, which the server writes with spaces.
fn groups(text: &str) -> Result<BTreeSet<GroupId>, &'static str> {
    let wrong = "not a JSON array of group numbers";
    let numbers = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).ok_or(wrong)?;
    let numbers = numbers.split(',').map(str::trim).filter(|number| !number.is_empty());
    numbers.map(|number| number.parse().map(GroupId::new).map_err(|_| wrong)).collect()
}
