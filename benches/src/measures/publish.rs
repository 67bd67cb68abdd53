//! Events of devices at random out of the fleet, each to three subscribers.

use super::by_hand;
use crate::Result;
use crate::rounds::{Figures, alone, beside, timed};
use crate::world::{NOW, Random, Setting, World};
use fleet_core::event::{Destination, Event, NewSubscription};
use fleet_core::{MemoryStore, Policy};
use fleet_store_sqlite::SqliteStore;
use std::hint::black_box;

/// So few that a round is mostly over before the system lets somebody else run.
const EVENTS: usize = 4096;
const BATCH: usize = 1024;
const BATCHES: usize = 32;

/// With the log full, so that what is trimmed is paid for.
pub(super) fn memory(setting: &Setting) -> Result<Figures> {
    let world = World::running(MemoryStore::new(), setting.ids())?;
    subscribe(&world)?;
    let mut random = Random(8);
    alone(setting.rounds(201), EVENTS, || {
        let events = events(setting, &mut random, EVENTS)?;
        let gateway = world.fleet.gateway(NOW);
        timed(|| {
            for event in &events {
                black_box(gateway.publish(event)?);
            }
            Ok(())
        })
    })
}

/// Beside the same rows of the log put there by hand; neither trims.
pub(super) fn sqlite(setting: &Setting) -> Result<Figures> {
    let world = World::open(SqliteStore::open(setting.sqlite_copy("publish-ours.db")?)?)?;
    subscribe(&world)?;
    world.console().set_policy(world.product, &Policy { log_events: 1_000_000, ..Policy::default() })?;
    let mut connection = by_hand::open(&setting.sqlite_copy("publish-floor.db")?)?;
    let mut next = [0_i64; fleet_core::event::SLOTS as usize];
    let (mut ours, mut theirs, mut stamps) = (Random(9), Random(9), Random(10));
    beside(
        setting.rounds(7),
        BATCH * BATCHES,
        || {
            let batches = batches(setting, &mut ours)?;
            let gateway = world.fleet.gateway(NOW);
            timed(|| {
                for batch in &batches {
                    black_box(gateway.publish_many(batch)?);
                }
                Ok(())
            })
        },
        || {
            let batches = batches(setting, &mut theirs)?;
            timed(|| {
                for batch in &batches {
                    by_hand::log(&mut connection, batch, &mut next, &mut stamps)?;
                }
                Ok(())
            })
        },
    )
}

fn subscribe(world: &World) -> Result<()> {
    for prefix in ["", "room/", "room/temperature"] {
        let wanted = NewSubscription::new(Destination::LiveStream).prefix(prefix);
        world.console().subscribe(world.product, &wanted)?;
    }
    Ok(())
}

fn batches(setting: &Setting, random: &mut Random) -> Result<Vec<Vec<Event>>> {
    (0..BATCHES).map(|_| events(setting, random, BATCH)).collect()
}

fn events(setting: &Setting, random: &mut Random, count: usize) -> Result<Vec<Event>> {
    let event = |_| {
        let device = *random.one_of(setting.ids()).ok_or("a fleet needs a device")?;
        Ok(Event::new(device, "room/temperature", r#"{"celsius":21.5}"#, NOW)?.from_product(94))
    };
    (0..count).map(event).collect()
}
