//! The effects of a release, computed for every device of the fleet.

use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{Setting, World, running_device, version};
use fleet_core::MemoryStore;
use fleet_core::device::{Device, PlatformSeen, Standing};
use fleet_core::firmware::Change;
use std::hint::black_box;

/// Counts by the same condition over a `Vec` of the same records.
pub(super) fn memory(setting: &Setting) -> Result<Figures> {
    let world = World::running(MemoryStore::new(), setting.ids())?;
    let change = Change::Release(Some(version(1)?));
    let devices = vec![running_device()?; setting.devices];
    let expected = setting.devices as u64;
    beside(
        setting.rounds(15),
        1,
        || {
            timed(|| match world.console().product(world.product).dry_run(&change)?.by_change.down {
                down if down == expected => Ok(()),
                down => Err(format!("{down} devices are downgraded, not {expected}").into()),
            })
        },
        || {
            timed(|| {
                let down = black_box(&devices).iter().filter(|device| goes_down(device, 2, 1)).count() as u64;
                if down == expected { Ok(()) } else { Err("not all are downgraded".into()) }
            })
        },
    )
}

/// Whether a device is downgraded to `after`, and would not keep its version if `before` were still released.
fn goes_down(device: &Device, before: u16, after: u16) -> bool {
    let Some(seen) = device.seen else { return false };
    let target = |released| device.lock.map_or(released, |lock| lock.get());
    device.standing == Standing::Member
        && seen.platform != PlatformSeen::Differs
        && !device.development
        && device.label.is_none()
        && device.security_counter == 0
        && (seen.takes_updates || device.forced)
        && seen.version.is_some_and(|reported| target(after) < reported)
        && target(before) != target(after)
}
