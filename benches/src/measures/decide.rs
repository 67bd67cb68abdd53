//! Targeting alone, with its rows and its code in the processor's cache.

use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{Random, Setting, World, running_device, version};
use fleet_core::device::{Device, PlatformSeen, Standing};
use fleet_core::{DeviceId, MemoryStore};
use std::hint::black_box;

/// Few enough that their rows stay in the first-level cache.
const DEVICES: usize = 128;
/// Few enough that the system rarely schedules another process during a round.
const TIMES: usize = 100;

pub(super) fn decide(setting: &Setting) -> Result<Figures> {
    let world = World::running(MemoryStore::new(), &[DeviceId::new([1; 12])])?;
    let (product, index) = world.product_and_firmware()?;
    let devices = devices()?;
    let rows: Vec<Row> = devices.iter().map(Row::of).collect();
    let firmware: Vec<Firmware> = index.iter().map(|firmware| Firmware { version: firmware.version.get() }).collect();
    let fleet = Fleet { release: Some(2), forbids_downgrades: false, firmware };
    beside(
        setting.rounds(1001),
        TIMES * DEVICES,
        || {
            timed(|| {
                for _ in 0..TIMES {
                    for device in black_box(&devices) {
                        black_box(fleet_core::firmware::decide(&product, &index, None, device));
                    }
                }
                Ok(())
            })
        },
        || {
            timed(|| {
                for _ in 0..TIMES {
                    for row in black_box(&rows) {
                        black_box(by_hand(&fleet, row));
                    }
                }
                Ok(())
            })
        },
    )
}

/// A fleet during a release: most devices run it, many still need it, a few are special.
fn devices() -> Result<Vec<Device>> {
    let mut random = Random(3);
    (0..DEVICES)
        .map(|_| {
            let mut device = running_device()?;
            match random.next_number() % 20 {
                0 => device.lock = Some(version(1)?),
                1 => device.standing = Standing::Quarantined,
                2 => device.development = true,
                3..9 => device.seen = device.seen.map(|seen| fleet_core::device::Seen { version: Some(1), ..seen }),
                _ => {}
            }
            Ok(device)
        })
        .collect()
}

struct Fleet {
    release: Option<u16>,
    forbids_downgrades: bool,
    /// In order of version.
    firmware: Vec<Firmware>,
}

struct Firmware {
    version: u16,
}

/// The fields of a device in no group that targeting reads.
struct Row {
    standing: Standing,
    differs: bool,
    development: bool,
    takes_updates: bool,
    forced: bool,
    lock: Option<u16>,
    reported: Option<u16>,
}

#[expect(dead_code, reason = "what is decided is written down and read by nobody")]
enum Decided<'f> {
    UpToDate { locked: bool, kept_back: Option<u16> },
    Send { firmware: &'f Firmware, locked: bool, kept_back: Option<u16> },
    Held { why: Why, target: Option<u16> },
    Nothing,
}

enum Why {
    Denied,
    Quarantined,
    OtherPlatform,
    Development,
    Downgrade,
    TakesNoUpdates,
}

impl Row {
    fn of(device: &Device) -> Self {
        Self {
            standing: device.standing,
            differs: device.seen.is_some_and(|seen| seen.platform == PlatformSeen::Differs),
            development: device.development,
            takes_updates: device.seen.is_none_or(|seen| seen.takes_updates),
            forced: device.forced,
            lock: device.lock.map(|lock| lock.get()),
            reported: device.version(),
        }
    }
}

fn by_hand<'f>(fleet: &'f Fleet, row: &Row) -> Decided<'f> {
    let held = |why| Decided::Held { why, target: None };
    match row.standing {
        Standing::Denied => return held(Why::Denied),
        Standing::Quarantined => return held(Why::Quarantined),
        Standing::Member => {}
    }
    if row.differs {
        return held(Why::OtherPlatform);
    }
    if row.development {
        return held(Why::Development);
    }
    let (locked, target) = (row.lock.is_some(), row.lock.or(fleet.release));
    let Some(target) = target else { return Decided::Nothing };
    let kept_back = fleet.release.filter(|release| *release != target);
    if row.reported == Some(target) {
        return Decided::UpToDate { locked, kept_back };
    }
    let Ok(place) = fleet.firmware.binary_search_by_key(&target, |firmware| firmware.version) else {
        return Decided::Nothing;
    };
    let Some(firmware) = fleet.firmware.get(place) else { return Decided::Nothing };
    if fleet.forbids_downgrades && row.reported.is_some_and(|reported| target < reported) {
        return Decided::Held { why: Why::Downgrade, target: Some(target) };
    }
    if !row.takes_updates && !row.forced {
        return Decided::Held { why: Why::TakesNoUpdates, target: Some(target) };
    }
    Decided::Send { firmware, locked, kept_back }
}
