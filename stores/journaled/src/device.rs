//! Encodes a device's record as bytes. Every connect writes one, so the encoding is short and does not go through text.
//!
//! Two bytes of flags show which fields are present and hold the fields of one or two bits. Then come the numbers, in
//! as few bytes as they need, and moments as differences from other moments.

use super::cursor::Cursor;
use super::packed::{number, put_bytes, put_number, put_signed, signed, take_text};
use fleet_core::Timestamp;
use fleet_core::device::{
    Device, ImageSeen, Label, Mark, PlatformSeen, Progress, RowTrail, Seen, Standing, SystemVersion, Trail,
    UpdateAttempt, UpdateOutcome, UpdateResult,
};
use fleet_core::firmware::FirmwareVersion;
use fleet_core::product::GroupId;
use semver::{Prerelease, Version};

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
/// The standing takes two bits.
const STANDING: u32 = 12;
/// Set if the rare fields follow at the end: marks, hardware that only the registry knows, relapses, the chip's
/// revision.
const MORE: u16 = 1 << 14;
/// Set if the system version is a text.
const SYSTEM_TEXT: u16 = 1 << 15;

/// The flags of the rare fields. The lowest two bits hold the hardware.
const NEWEST: u8 = 1 << 2;
const NEWEST_AT: u8 = 1 << 3;
const ENDED: u8 = 1 << 4;
const ENDED_AT: u8 = 1 << 5;
const CHIP_REVISION: u8 = 1 << 6;
const MORE_ALL: u8 = (1 << 7) - 1;

/// Maps the values of an enumeration to numbers and back.
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

/// The results that have a number. A device with a later one is encoded as JSON.
const RESULTS: [UpdateResult; 4] =
    [UpdateResult::Succeeded, UpdateResult::Failed, UpdateResult::RunsAnother, UpdateResult::Withdrawn];

fn result_number(value: UpdateResult) -> Option<u8> {
    (0..).zip(RESULTS).find_map(|(number, result)| (result == value).then_some(number))
}

fn result(number: u8) -> Option<UpdateResult> {
    RESULTS.get(usize::from(number)).copied()
}

/// Whether everything of a device can be encoded here.
pub(super) fn is_encodable(device: &Device) -> bool {
    device.outcome.as_ref().is_none_or(|outcome| result_number(outcome.result).is_some())
}

/// Appends the bytes of a device, which must be [encodable](is_encodable).
pub(super) fn encode(bytes: &mut Vec<u8>, device: &Device) {
    // All fields are named, so that a new field cannot be forgotten here.
    let Device {
        // These are in the flags.
        standing: _,
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
        trail,
        listed,
        relapses,
        chip_revision,
    } = device;
    bytes.extend(flags(device).to_le_bytes());
    bytes.push(*failures);
    if let Some(lock) = lock {
        put_number(bytes, lock.get());
    }
    put_number(bytes, *sequence);
    put_number(bytes, *security_counter);
    if let Some(system) = system {
        match numbers(system) {
            Some((numbers, pre)) => {
                numbers.into_iter().for_each(|number| put_number(bytes, number));
                put_bytes(bytes, pre.as_str().as_bytes());
            }
            None => put_bytes(bytes, system.to_string().as_bytes()),
        }
    }
    put_signed(bytes, added_at.as_millis());
    if let Some(seen) = seen {
        put_seen(bytes, seen, *added_at);
    }
    if let Some(UpdateAttempt { at, target, from, progress }) = attempt {
        put_moment(bytes, *at, *added_at);
        put_number(bytes, target.get());
        if let Some(from) = from {
            put_number(bytes, *from);
        }
        bytes.push(progress_number(*progress));
    }
    if let Some(UpdateOutcome { at, target, result }) = outcome {
        put_moment(bytes, *at, *added_at);
        put_number(bytes, target.get());
        bytes.extend(result_number(*result));
    }
    if let Some(label) = label {
        let Label { name, groups } = &**label;
        put_bytes(bytes, name.as_bytes());
        put_number(bytes, groups.len() as u64);
        groups.iter().for_each(|group| put_number(bytes, group.get()));
    }
    if has_more(device) {
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        let Trail { newest, ended } = trail.get();
        let marks = [(newest, NEWEST, NEWEST_AT), (ended, ENDED, ENDED_AT)];
        let flags = marks.iter().fold(platform_number(*listed), |flags, (mark, session, at)| {
            flags | flag(mark.session() != 0, *session) | flag(mark.at().is_some(), *at)
        });
        bytes.extend([flags | flag(chip_revision.is_some(), CHIP_REVISION), *relapses]);
        for (mark, ..) in marks {
            if mark.session() != 0 {
                put_number(bytes, mark.session());
            }
            if let Some(at) = mark.at() {
                put_moment(bytes, at, *added_at);
            }
        }
        if let Some(revision) = chip_revision {
            put_number(bytes, *revision);
        }
    }
}

/// The numbers and the pre-release of a version; `None` means that it is encoded as text.
fn numbers(system: &SystemVersion) -> Option<([u16; 3], Prerelease)> {
    let Version { major, minor, patch, pre, .. } = system.to_semver()?;
    let small = |number| u16::try_from(number).ok();
    Some(([small(major)?, small(minor)?, small(patch)?], pre))
}

fn system([major, minor, patch]: [u16; 3], pre: &str) -> Option<SystemVersion> {
    let pre = Prerelease::new(pre).ok()?;
    Some(Version { pre, ..Version::new(major.into(), minor.into(), patch.into()) }.into())
}

fn has_more(device: &Device) -> bool {
    !device.trail.is_empty()
        || device.listed != PlatformSeen::Unknown
        || device.relapses != 0
        || device.chip_revision.is_some()
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
        (MORE, has_more(device)),
        (SYSTEM_TEXT, device.system.as_ref().is_some_and(|system| numbers(system).is_none())),
    ]
    .into_iter()
    .fold(
        u16::from(standing_number(device.standing)) << STANDING,
        |flags, (flag, is_set)| {
            if is_set { flags | flag } else { flags }
        },
    )
}

/// Decodes the device at the start of these bytes. `None` means that they are invalid.
pub(super) fn decode(body: &mut Cursor<'_>) -> Option<Device> {
    let flags = body.u16()?;
    let has = |flag| flags & flag != 0;
    let (standing, failures) = (standing((flags >> STANDING) as u8 & 3)?, body.u8()?);
    let lock = if has(LOCK) { Some(version(body)?) } else { None };
    let (sequence, security_counter) = (number(body)?, number(body)?);
    let system = if has(SYSTEM) && has(SYSTEM_TEXT) {
        Some(take_text(body)?.parse().ok()?)
    } else if has(SYSTEM) {
        let numbers = [number(body)?, number(body)?, number(body)?];
        Some(system(numbers, take_text(body)?)?)
    } else {
        None
    };
    let added_at = Timestamp::from_millis(signed(body)?);
    let mut device = Device {
        standing,
        development: has(DEVELOPMENT),
        forced: has(FORCED),
        failures,
        lock,
        sequence,
        security_counter,
        system,
        added_at,
        seen: if has(SEEN) { Some(seen(body, added_at, has)?) } else { None },
        attempt: if has(ATTEMPT) {
            Some(UpdateAttempt {
                at: moment(body, added_at)?,
                target: version(body)?,
                from: if has(FROM) { Some(number(body)?) } else { None },
                progress: progress(body.u8()?)?,
            })
        } else {
            None
        },
        outcome: if has(OUTCOME) {
            Some(UpdateOutcome { at: moment(body, added_at)?, target: version(body)?, result: result(body.u8()?)? })
        } else {
            None
        },
        label: if has(LABEL) { Some(Box::new(label(body)?)) } else { None },
        trail: RowTrail::default(),
        listed: PlatformSeen::Unknown,
        relapses: 0,
        chip_revision: None,
    };
    if has(MORE) {
        let flags = body.u8().filter(|flags| flags & !MORE_ALL == 0)?;
        device.relapses = body.u8()?;
        device.listed = platform(flags & 3)?;
        let mut mark = |has_session: u8, has_at: u8| {
            let session = if flags & has_session == 0 { 0 } else { body.varint()? };
            Some(Mark::new(session, if flags & has_at == 0 { None } else { Some(moment(body, added_at)?) }))
        };
        device.trail = Trail { newest: mark(NEWEST, NEWEST_AT)?, ended: mark(ENDED, ENDED_AT)? }.into();
        if flags & CHIP_REVISION != 0 {
            device.chip_revision = Some(number(body)?);
        }
    }
    Some(device)
}

fn put_seen(bytes: &mut Vec<u8>, seen: &Seen, added_at: Timestamp) {
    // Whether it takes updates and whether it is connected are in the flags.
    let Seen { at, session, version_since, version, image, platform, takes_updates: _, online: _ } = seen;
    put_moment(bytes, *at, added_at);
    put_number(bytes, *session);
    put_moment(bytes, *version_since, *at);
    if let Some(version) = version {
        put_number(bytes, *version);
    }
    bytes.push(image_number(*image) << 4 | platform_number(*platform));
}

fn seen(body: &mut Cursor<'_>, added_at: Timestamp, has: impl Fn(u16) -> bool) -> Option<Seen> {
    let (at, session) = (moment(body, added_at)?, body.varint()?);
    let version_since = moment(body, at)?;
    let version = if has(VERSION) { Some(number(body)?) } else { None };
    let states = body.u8()?;
    Some(Seen {
        at,
        session,
        version_since,
        version,
        image: image(states >> 4)?,
        platform: platform(states & 0xF)?,
        takes_updates: has(TAKES_UPDATES),
        online: has(ONLINE),
    })
}

fn label(body: &mut Cursor<'_>) -> Option<Label> {
    let name = take_text(body)?.into();
    let groups = (0..body.varint()?).map(|_| number(body).map(GroupId::new)).collect::<Option<_>>()?;
    Some(Label { name, groups })
}

/// Appends the difference between two moments. It wraps around at the ends of time, and decoding wraps back.
fn put_moment(bytes: &mut Vec<u8>, at: Timestamp, than: Timestamp) {
    put_signed(bytes, at.as_millis().wrapping_sub(than.as_millis()));
}

fn moment(body: &mut Cursor<'_>, than: Timestamp) -> Option<Timestamp> {
    signed(body).map(|later| Timestamp::from_millis(than.as_millis().wrapping_add(later)))
}

fn version(body: &mut Cursor<'_>) -> Option<FirmwareVersion> {
    FirmwareVersion::new(number(body)?).ok()
}
