//! Releases a firmware to the whole fleet: one small write, so it takes as long as for a thousand devices.

use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{Setting, World, version};
use fleet_core::MemoryStore;
use fleet_store_sqlite::SqliteStore;
use std::time::Duration;

/// Size of the fleet for comparison.
const FEW: usize = 1000;

pub(super) fn memory(setting: &Setting) -> Result<Figures> {
    let (many, few) = setting.fleets(FEW);
    compare(
        setting.rounds(301),
        200,
        &World::running(MemoryStore::new(), many)?,
        &World::running(MemoryStore::new(), few)?,
    )
}

pub(super) fn sqlite(setting: &Setting) -> Result<Figures> {
    let (_, few) = setting.fleets(FEW);
    compare(
        setting.rounds(301),
        2,
        &World::open(SqliteStore::open(setting.sqlite_copy("release-many.db")?)?)?,
        &World::running(SqliteStore::open(setting.path("release-few.db"))?, few)?,
    )
}

fn compare(rounds: usize, times: usize, many: &World, few: &World) -> Result<Figures> {
    beside(rounds, times, || release(many, times), || release(few, times))
}

/// Releases versions 1 and 2 in turn.
fn release(world: &World, times: usize) -> Result<Duration> {
    let (one, two) = (version(1)?, version(2)?);
    timed(|| {
        for time in 0..times {
            world.console().product(world.product).release(if time % 2 == 0 { one } else { two })?;
        }
        Ok(())
    })
}
