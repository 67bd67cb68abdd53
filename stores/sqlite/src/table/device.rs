//! The table of devices: one column for each property.

use super::{Columns, Parameters, index_of};
use fleet_core::device::{
    Device, DeviceId, ImageSeen, Label, Mark, PlatformSeen, Progress, Seen, Standing, Trail, UpdateAttempt,
    UpdateOutcome, UpdateResult,
};
use fleet_core::product::{GroupId, ProductId};
use fleet_core::store::{Key, Record, Row, Stamp};
use fleet_core::{FirmwareVersion, Timestamp};
use std::collections::BTreeSet;

pub(super) const COLUMNS: [&str; 34] = [
    "stamp",
    "standing",
    "development",
    "forced",
    "failures",
    "lock",
    "sequence",
    "security_counter",
    "system",
    "added_at",
    "seen_at",
    "session",
    "version_since",
    "version",
    "image",
    "platform",
    "takes_updates",
    "online",
    "attempt_at",
    "attempt_target",
    "attempt_from",
    "attempt_progress",
    "outcome_at",
    "outcome_target",
    "outcome_result",
    "name",
    "groups",
    "newest_session",
    "newest_at",
    "ended_session",
    "ended_at",
    "listed",
    "relapses",
    "chip_revision",
];

const STANDINGS: [Standing; 3] = [Standing::Member, Standing::Quarantined, Standing::Denied];
const IMAGES: [ImageSeen; 3] = [ImageSeen::Unknown, ImageSeen::Matches, ImageSeen::Differs];
const PLATFORMS: [PlatformSeen; 3] = [PlatformSeen::Unknown, PlatformSeen::Matches, PlatformSeen::Differs];
const PROGRESSES: [Progress; 3] = [Progress::Offered, Progress::Downloading, Progress::Downloaded];
const RESULTS: [UpdateResult; 4] =
    [UpdateResult::Succeeded, UpdateResult::Failed, UpdateResult::RunsAnother, UpdateResult::Withdrawn];

pub(super) fn write(row: &mut Parameters<'_, '_>, device: &Device, stamp: Stamp) -> rusqlite::Result<()> {
    row.stamp(stamp)?;
    row.push(index_of(&STANDINGS, &device.standing)?)?;
    row.push(device.development)?;
    row.push(device.forced)?;
    row.push(device.failures)?;
    row.push(device.lock.map(FirmwareVersion::get))?;
    row.push(device.sequence)?;
    row.push(device.security_counter)?;
    row.push(device.system.as_ref().map(ToString::to_string))?;
    row.push(device.added_at.as_millis())?;
    match &device.seen {
        None => row.nulls(8)?,
        Some(seen) => {
            row.push(seen.at.as_millis())?;
            row.push(seen.session.cast_signed())?;
            row.push(seen.version_since.as_millis())?;
            row.push(seen.version)?;
            row.push(index_of(&IMAGES, &seen.image)?)?;
            row.push(index_of(&PLATFORMS, &seen.platform)?)?;
            row.push(seen.takes_updates)?;
            row.push(seen.online)?;
        }
    }
    match &device.attempt {
        None => row.nulls(4)?,
        Some(attempt) => {
            row.push(attempt.at.as_millis())?;
            row.push(attempt.target.get())?;
            row.push(attempt.from)?;
            row.push(index_of(&PROGRESSES, &attempt.progress)?)?;
        }
    }
    match &device.outcome {
        None => row.nulls(3)?,
        Some(outcome) => {
            row.push(outcome.at.as_millis())?;
            row.push(outcome.target.get())?;
            row.push(index_of(&RESULTS, &outcome.result)?)?;
        }
    }
    match &device.label {
        None => row.nulls(2)?,
        Some(label) => {
            row.push(&*label.name)?;
            let groups: Vec<_> = label.groups.iter().map(GroupId::to_string).collect();
            row.push(format!("[{}]", groups.join(",")))?;
        }
    }
    write_trail(row, device.trail.get())?;
    row.push(index_of(&PLATFORMS, &device.listed)?)?;
    row.push(device.relapses)?;
    row.push(device.chip_revision)
}

/// The order of a device's connections: four columns, NULL where there is nothing to keep.
pub(super) fn write_trail(row: &mut Parameters<'_, '_>, trail: Trail) -> rusqlite::Result<()> {
    for mark in [trail.newest, trail.ended] {
        row.push(Some(mark.session().cast_signed()).filter(|session| *session != 0))?;
        row.push(mark.at().map(Timestamp::as_millis))?;
    }
    Ok(())
}

pub(super) fn read_trail(row: &mut Columns<'_, '_>) -> rusqlite::Result<Trail> {
    let mut mark = || -> rusqlite::Result<Mark> {
        let (session, at): (Option<i64>, Option<i64>) = (row.next()?, row.next()?);
        Ok(Mark::new(session.unwrap_or(0).cast_unsigned(), at.map(Timestamp::from_millis)))
    };
    Ok(Trail { newest: mark()?, ended: mark()? })
}

pub(super) fn read(row: &mut Columns<'_, '_>) -> rusqlite::Result<Row> {
    let product = row.next_as(ProductId::new)?;
    let id = DeviceId::new(row.next()?);
    let stamp = row.stamp()?;
    let device = Device {
        standing: row.next_of(&STANDINGS)?,
        development: row.next()?,
        forced: row.next()?,
        failures: row.next()?,
        lock: row.next_if(FirmwareVersion::new)?,
        sequence: row.next()?,
        security_counter: row.next()?,
        system: row.next_if(|text: Box<str>| text.parse())?,
        added_at: Timestamp::from_millis(row.next()?),
        seen: seen(row)?,
        attempt: attempt(row)?,
        outcome: outcome(row)?,
        label: label(row)?,
        trail: read_trail(row)?.into(),
        listed: row.next_of(&PLATFORMS)?,
        relapses: row.next()?,
        chip_revision: row.next()?,
    };
    Ok(Row { key: Key::Device(product, id), record: Record::Device(device), stamp })
}

fn seen(row: &mut Columns<'_, '_>) -> rusqlite::Result<Option<Seen>> {
    let Some(at) = row.next()? else {
        row.skip(7);
        return Ok(None);
    };
    Ok(Some(Seen {
        at: Timestamp::from_millis(at),
        session: row.next::<i64>()?.cast_unsigned(),
        version_since: Timestamp::from_millis(row.next()?),
        version: row.next()?,
        image: row.next_of(&IMAGES)?,
        platform: row.next_of(&PLATFORMS)?,
        takes_updates: row.next()?,
        online: row.next()?,
    }))
}

fn attempt(row: &mut Columns<'_, '_>) -> rusqlite::Result<Option<UpdateAttempt>> {
    let Some(at) = row.next()? else {
        row.skip(3);
        return Ok(None);
    };
    Ok(Some(UpdateAttempt {
        at: Timestamp::from_millis(at),
        target: row.next_as(FirmwareVersion::new)?,
        from: row.next()?,
        progress: row.next_of(&PROGRESSES)?,
    }))
}

fn outcome(row: &mut Columns<'_, '_>) -> rusqlite::Result<Option<UpdateOutcome>> {
    let Some(at) = row.next()? else {
        row.skip(2);
        return Ok(None);
    };
    Ok(Some(UpdateOutcome {
        at: Timestamp::from_millis(at),
        target: row.next_as(FirmwareVersion::new)?,
        result: row.next_of(&RESULTS)?,
    }))
}

fn label(row: &mut Columns<'_, '_>) -> rusqlite::Result<Option<Box<Label>>> {
    let Some(name) = row.next()? else {
        row.skip(1);
        return Ok(None);
    };
    Ok(Some(Box::new(Label { name, groups: row.next_as(|text: String| groups(&text))? })))
}

/// Reads the groups from a JSON array of numbers.
fn groups(text: &str) -> Result<BTreeSet<GroupId>, &'static str> {
    let wrong = "not a JSON array of group numbers";
    let numbers = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).ok_or(wrong)?;
    let numbers = numbers.split(',').filter(|number| !number.is_empty());
    numbers.map(|number| number.parse().map(GroupId::new).map_err(|_| wrong)).collect()
}
