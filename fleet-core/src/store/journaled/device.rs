//! A device's row as bytes: what a connect writes, so it is short and made without a detour over text.
//!
//! A word of flags says what is there; then each field in the order of [`Device`], numbers little-endian.

use super::packed::{put_text, take_text};
use crate::cursor::Cursor;
use crate::device::{
    Attempt, Device, ImageSeen, Label, Outcome, PlatformSeen, Progress, Seen, Standing, SystemVersion, UpdateResult,
};
use crate::firmware::FirmwareVersion;
use crate::product::GroupId;
use crate::time::Timestamp;

const DEVELOPMENT: u16 = 1;
const FORCED: u16 = 1 << 1;
const LOCK: u16 = 1 << 2;
const SYSTEM: u16 = 1 << 3;
const SEEN: u16 = 1 << 4;
const VERSION: u16 = 1 << 5;
const TAKES_UPDATES: u16 = 1 << 6;
const ONLINE: u16 = 1 << 7;
const ATTEMPT: u16 = 1 << 8;
const FROM: u16 = 1 << 9;
const OUTCOME: u16 = 1 << 10;
const LABEL: u16 = 1 << 11;
const ALL: u16 = (1 << 12) - 1;

/// The numbers of an enumeration's values.
macro_rules! numbered {
    ($number:ident, $value:ident, $type:ident { $($variant:ident = $given:literal),* }) => {
        fn $number(value: $type) -> u8 {
            match value { $($type::$variant => $given),* }
        }

        fn $value(number: u8) -> Option<$type> {
            match number { $($given => Some($type::$variant),)* _ => None }
        }
    };
}

numbered!(standing_number, standing, Standing { Member = 0, Quarantined = 1, Denied = 2 });
numbered!(image_number, image, ImageSeen { Unknown = 0, Matches = 1, Differs = 2 });
numbered!(platform_number, platform, PlatformSeen { Unknown = 0, Matches = 1, Differs = 2 });
numbered!(progress_number, progress, Progress { Offered = 0, Downloading = 1, Downloaded = 2 });
numbered!(result_number, result, UpdateResult { Succeeded = 0, Failed = 1, RunsAnother = 2 });

/// Adds a device's bytes; nothing where a text in it is too long.
pub(super) fn put(bytes: &mut Vec<u8>, device: &Device) -> Option<()> {
    // Named one by one, so that a new field cannot be forgotten here.
    let Device {
        standing,
        // These are among the flags.
        development: _,
        forced: _,
        failures,
        lock,
        sequence,
        security_counter,
        system,
        added_at,
        seen,
        attempt,
        outcome,
        label,
    } = device;
    bytes.extend(flags(device).to_le_bytes());
    bytes.extend([standing_number(*standing), *failures]);
    if let Some(lock) = lock {
        bytes.extend(lock.get().to_le_bytes());
    }
    bytes.extend(sequence.to_le_bytes());
    bytes.extend(security_counter.to_le_bytes());
    if let Some(system) = system {
        let (numbers, pre) = system.parts();
        bytes.extend(numbers.into_iter().flat_map(u16::to_le_bytes));
        put_text(bytes, pre)?;
    }
    put_moment(bytes, *added_at);
    if let Some(seen) = seen {
        put_seen(bytes, seen);
    }
    if let Some(Attempt { at, target, from, progress }) = attempt {
        put_moment(bytes, *at);
        bytes.extend(target.get().to_le_bytes());
        if let Some(from) = from {
            bytes.extend(from.to_le_bytes());
        }
        bytes.push(progress_number(*progress));
    }
    if let Some(Outcome { at, target, result }) = outcome {
        put_moment(bytes, *at);
        bytes.extend(target.get().to_le_bytes());
        bytes.push(result_number(*result));
    }
    if let Some(label) = label {
        let Label { name, groups } = &**label;
        put_text(bytes, name)?;
        bytes.extend(u32::try_from(groups.len()).ok()?.to_le_bytes());
        bytes.extend(groups.iter().flat_map(|group| group.get().to_le_bytes()));
    }
    Some(())
}

fn flags(device: &Device) -> u16 {
    let seen = device.seen.as_ref();
    [
        (DEVELOPMENT, device.development),
        (FORCED, device.forced),
        (LOCK, device.lock.is_some()),
        (SYSTEM, device.system.is_some()),
        (SEEN, seen.is_some()),
        (VERSION, seen.is_some_and(|seen| seen.version.is_some())),
        (TAKES_UPDATES, seen.is_some_and(|seen| seen.takes_updates)),
        (ONLINE, seen.is_some_and(|seen| seen.online)),
        (ATTEMPT, device.attempt.is_some()),
        (FROM, device.attempt.is_some_and(|attempt| attempt.from.is_some())),
        (OUTCOME, device.outcome.is_some()),
        (LABEL, device.label.is_some()),
    ]
    .into_iter()
    .fold(0, |flags, (flag, is_set)| if is_set { flags | flag } else { flags })
}

/// The device that these bytes begin with; nothing where they are none.
pub(super) fn take(body: &mut Cursor<'_>) -> Option<Device> {
    let flags = body.u16().filter(|flags| flags & !ALL == 0)?;
    let has = |flag| flags & flag != 0;
    let (standing, failures) = (standing(body.u8()?)?, body.u8()?);
    let lock = if has(LOCK) { Some(version(body)?) } else { None };
    let (sequence, security_counter) = (body.u32()?, body.u32()?);
    let system = if has(SYSTEM) {
        let numbers = [body.u16()?, body.u16()?, body.u16()?];
        Some(SystemVersion::of_parts(numbers, take_text(body)?)?)
    } else {
        None
    };
    Some(Device {
        standing,
        development: has(DEVELOPMENT),
        forced: has(FORCED),
        failures,
        lock,
        sequence,
        security_counter,
        system,
        added_at: moment(body)?,
        seen: if has(SEEN) { Some(seen(body, has)?) } else { None },
        attempt: if has(ATTEMPT) {
            Some(Attempt {
                at: moment(body)?,
                target: version(body)?,
                from: if has(FROM) { Some(body.u16()?) } else { None },
                progress: progress(body.u8()?)?,
            })
        } else {
            None
        },
        outcome: if has(OUTCOME) {
            Some(Outcome { at: moment(body)?, target: version(body)?, result: result(body.u8()?)? })
        } else {
            None
        },
        label: if has(LABEL) { Some(Box::new(label(body)?)) } else { None },
    })
}

fn put_seen(bytes: &mut Vec<u8>, seen: &Seen) {
    // Whether it takes updates and is connected is among the flags.
    let Seen { at, session, version_since, version, image, platform, takes_updates: _, online: _ } = seen;
    put_moment(bytes, *at);
    bytes.extend(session.to_le_bytes());
    put_moment(bytes, *version_since);
    if let Some(version) = version {
        bytes.extend(version.to_le_bytes());
    }
    bytes.extend([image_number(*image), platform_number(*platform)]);
}

fn seen(body: &mut Cursor<'_>, has: impl Fn(u16) -> bool) -> Option<Seen> {
    Some(Seen {
        at: moment(body)?,
        session: body.u64()?,
        version_since: moment(body)?,
        version: if has(VERSION) { Some(body.u16()?) } else { None },
        image: image(body.u8()?)?,
        platform: platform(body.u8()?)?,
        takes_updates: has(TAKES_UPDATES),
        online: has(ONLINE),
    })
}

fn label(body: &mut Cursor<'_>) -> Option<Label> {
    let name = take_text(body)?.into();
    let groups = (0..body.u32()?).map(|_| body.u16().map(GroupId::new)).collect::<Option<_>>()?;
    Some(Label { name, groups })
}

fn put_moment(bytes: &mut Vec<u8>, at: Timestamp) {
    bytes.extend(at.as_millis().to_le_bytes());
}

fn moment(body: &mut Cursor<'_>) -> Option<Timestamp> {
    body.array().map(|bytes| Timestamp::from_millis(i64::from_le_bytes(bytes)))
}

fn version(body: &mut Cursor<'_>) -> Option<FirmwareVersion> {
    FirmwareVersion::new(body.u16()?.into()).ok()
}
