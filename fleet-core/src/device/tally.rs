//! What is counted of devices: the difference that a change of a row makes to the counters.

use super::{Device, ImageSeen, PlatformSeen, Standing};
use crate::product::ProductId;
use crate::store::{Key, Tally};

/// Counters are kept in so many rows each, so that writers of one product do not meet in one row.
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

/// What a row counts for: a bit for each of [`FLAGS`], and the version of a member that has connected.
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

/// Tells each counter that a row's change moves, and by how much.
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

/// The counter's key in the slot that a random number picks.
pub(crate) fn key(product: ProductId, tally: Tally, random: u64) -> Key {
    let slot = u8::try_from(random % u64::from(SLOTS)).unwrap_or(0);
    Key::Tally(product, tally, slot)
}
