//! A list of the whole fleet, imported into a product without devices.

use super::by_hand;
use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{Setting, World};
use fleet_core::store::Store;
use fleet_core::{DeviceId, MemoryStore};
use fleet_store_sqlite::SqliteStore;
use foldhash::fast::RandomState;
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

/// Reads the same file, decodes the ids and inserts them into a set with enough capacity.
pub(super) fn memory(setting: &Setting) -> Result<Figures> {
    let list = setting.device_list()?;
    beside(
        setting.rounds(15),
        1,
        || import(MemoryStore::new(), &list, setting.devices),
        || {
            timed(|| {
                let text = std::fs::read(&list)?;
                let mut set = HashSet::<DeviceId, RandomState>::default();
                set.reserve(text.len() / 25);
                for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    set.insert(DeviceId::from_hex(line).ok_or("a line is not an id")?);
                }
                Ok(set)
            })
        },
    )
}

/// Inserts the same rows by hand, in order, in transactions of the same size.
pub(super) fn sqlite(setting: &Setting) -> Result<Figures> {
    let list = setting.device_list()?;
    let (ours, floor) = (setting.path("import-ours.db"), setting.path("import-floor.db"));
    beside(
        setting.rounds(3),
        1,
        || {
            remove(&ours);
            import(SqliteStore::open(&ours)?, &list, setting.devices)
        },
        || {
            remove(&floor);
            let mut connection = by_hand::create(&floor)?;
            timed(|| by_hand::insert(&mut connection, setting.ids()))
        },
    )
}

fn import(store: impl Store + 'static, list: &Path, devices: usize) -> Result<Duration> {
    let world = World::empty(store)?;
    timed(|| {
        let report = world.console().product(world.product).import(&std::fs::read(list)?)?;
        if report.counts().imported == devices as u64 { Ok(report) } else { Err("not all were imported".into()) }
    })
}

/// Deletes a database, if it exists.
fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
}
