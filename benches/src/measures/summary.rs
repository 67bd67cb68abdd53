//! The summary of the fleet.

use crate::Result;
use crate::rounds::{Figures, alone, timed};
use crate::world::{Setting, World};
use fleet_core::MemoryStore;
use fleet_store_sqlite::SqliteStore;

const TIMES: usize = 100;

pub(super) fn memory(setting: &Setting) -> Result<Figures> {
    ask(setting, &World::running(MemoryStore::new(), setting.ids())?)
}

pub(super) fn sqlite(setting: &Setting) -> Result<Figures> {
    ask(setting, &World::open(SqliteStore::open(setting.sqlite_copy("summary.db")?)?)?)
}

fn ask(setting: &Setting, world: &World) -> Result<Figures> {
    alone(setting.rounds(15), TIMES, || {
        timed(|| {
            for _ in 0..TIMES {
                let summary = world.console().product(world.product).summary()?;
                if summary.online != setting.devices as u64 {
                    return Err(format!("{} are online, not all", summary.online).into());
                }
            }
            Ok(())
        })
    })
}
