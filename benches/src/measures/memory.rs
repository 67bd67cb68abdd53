//! Memory of a device in the store in memory: its registry entry and its row.

use crate::Result;
use crate::allocations::kept_by;
use crate::rounds::Figures;
use crate::world::{Setting, World};
use fleet_core::MemoryStore;
use fleet_core::device::DeviceFilter;

/// A hash map with records of 32 bytes, measured once.
const FLOOR: f64 = 69.0;

/// Memory after an import.
pub(super) fn imported(setting: &Setting) -> Result<Figures> {
    weigh(setting, |_| Ok(()))
}

/// Memory after an import and an ordered list, for which the store builds and keeps the order of the keys.
pub(super) fn listed(setting: &Setting) -> Result<Figures> {
    weigh(setting, |world| {
        let page = world.console().product(world.product).devices(&DeviceFilter::default(), None, 1)?;
        if page.items.is_empty() { Err("no device is listed".into()) } else { Ok(()) }
    })
}

fn weigh(setting: &Setting, then: impl FnOnce(&World) -> Result<()>) -> Result<Figures> {
    let list = std::fs::read(setting.device_list()?)?;
    let (world, bytes) = kept_by(|| -> Result<World> {
        let world = World::empty(MemoryStore::new())?;
        world.console().product(world.product).import(&list)?;
        then(&world)?;
        Ok(world)
    });
    drop(world?);
    Ok(Figures { ours: bytes as f64 / setting.devices as f64, floor: Some(FLOOR) })
}
