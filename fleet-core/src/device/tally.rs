//! The statistics counters of devices: computes how a row change affects them.

use super::{Device, DeviceId, ImageSeen, PlatformSeen, Standing};
use crate::product::ProductId;
use crate::store::{Key, Tally};

/// Number of rows that each counter is sharded over, so that writers of one product do not conflict on one row.
pub(crate) const SLOTS: u8 = 8;

const FLAGS: [Tally; 11] = [
    Tally::Members,
    Tally::Quarantined,
    Tally::Denied,
    Tally::Online,
    Tally::NeverSeen,
    Tally::Locked,
    Tally::Development,
    Tally::WrongPlatform,
    Tally::Pending,
    Tally::Failing,
    Tally::ImageDiffers,
];

/// The counters that a row counts in: a bit for each of [`FLAGS`], and the version of a member that has connected.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Counted {
    flags: u16,
    version: Option<Tally>,
}

impl Counted {
    const NOTHING: Self = Self { flags: 0, version: None };

    fn of(device: &Device) -> Self {
        match device.standing {
            Standing::Quarantined => return Self { flags: 1 << 1, version: None },
            Standing::Denied => return Self { flags: 1 << 2, version: None },
            Standing::Member => {}
        }
        let flag = |on: bool, place: u16| u16::from(on) << place;
        let marks = 1
            | flag(device.lock.is_some(), 5)
            | flag(device.development, 6)
            | flag(device.attempt.is_some(), 8)
            | flag(device.is_failing(), 9)
            | flag(device.platform() == PlatformSeen::Differs, 7);
        match &device.seen {
            None => Self { flags: marks | flag(true, 4), version: None },
            Some(seen) => Self {
                flags: marks | flag(seen.online, 3) | flag(seen.image == ImageSeen::Differs, 10),
                version: Some(seen.version.map_or(Tally::NoVersion, Tally::Version)),
            },
        }
    }
}

/// Calls `add` with each counter that a row change affects, and the difference.
pub(crate) fn changes(before: Option<&Device>, after: Option<&Device>, mut add: impl FnMut(Tally, i64)) {
    let before = before.map_or(Counted::NOTHING, Counted::of);
    let after = after.map_or(Counted::NOTHING, Counted::of);
    if before == after {
        return;
    }
    let moved = before.flags ^ after.flags;
    for (place, tally) in FLAGS.into_iter().enumerate() {
        if moved & (1 << place) != 0 {
            add(tally, if after.flags & (1 << place) != 0 { 1 } else { -1 });
        }
    }
    if before.version != after.version {
        if let Some(tally) = before.version {
            add(tally, -1);
        }
        if let Some(tally) = after.version {
            add(tally, 1);
        }
    }
}

/// The key of a device's counter, in the shard that a random number selects. A version's counter is in the shard of the
/// device, so that it falls to 0 there, and is deleted, when the last such device leaves the version.
pub(crate) fn key(product: ProductId, device: DeviceId, tally: Tally, random: u64) -> Key {
    let random = match tally {
        Tally::Version(_) => device.as_bytes().iter().fold(0, |sum, byte| sum * 31 % 251 + u64::from(*byte)),
        _ => random,
    };
    let slot = u8::try_from(random % u64::from(SLOTS)).unwrap_or(0);
    Key::Tally(product, tally, slot)
}
