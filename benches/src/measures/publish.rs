//! Events of random devices of the fleet, each for three subscribers.

use super::by_hand;
use crate::Result;
use crate::rounds::{Figures, alone, beside, timed};
use crate::world::{NOW, Random, Setting, World};
use fleet_core::event::{Destination, Event, NewSubscription};
use fleet_core::store::{Commit, CommitOutcome, Key, Range, Row, Store};
use fleet_core::{DeviceId, MemoryStore, PolicyChange, StoreError};
use fleet_store_sqlite::SqliteStore;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Few enough that the system rarely schedules another process during a round.
const EVENTS: usize = 4096;
const BATCH: usize = 1024;
const BATCHES: usize = 32;

/// With a full log, so that the cost of trimming is included.
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

/// A process that has seen every device before, as one that has run for long, compared with the same rows of the log
/// inserted by hand. Neither trims, and both files are equal at first.
pub(super) fn sqlite(setting: &Setting) -> Result<Figures> {
    let store = Arc::new(Switchable {
        inner: SqliteStore::open(setting.sqlite_copy("publish-ours.db")?)?,
        is_enabled: AtomicBool::new(false),
    });
    let world = World::open(Arc::clone(&store))?;
    for ids in setting.ids().chunks(BATCH) {
        world.fleet.gateway(NOW).publish_many(&ids.iter().map(|id| event(*id)).collect::<Result<Vec<_>>>()?)?;
    }
    store.is_enabled.store(true, Ordering::Relaxed);
    beside_by_hand(setting, &world)
}

/// A layer that reports commits as applied, and applies them only when it is enabled.
#[derive(Debug)]
struct Switchable<S> {
    inner: S,
    is_enabled: AtomicBool,
}

impl<S: Store> Store for Switchable<S> {
    fn get(&self, keys: &[Key]) -> std::result::Result<Vec<Option<Row>>, StoreError> {
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> std::result::Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> std::result::Result<Vec<CommitOutcome>, StoreError> {
        if self.is_enabled.load(Ordering::Relaxed) {
            self.inner.commit(batch)
        } else {
            Ok(vec![CommitOutcome::Applied; batch.len()])
        }
    }
}

/// A process that has just started and must look up each device.
pub(super) fn sqlite_started(setting: &Setting) -> Result<Figures> {
    let world = World::open(SqliteStore::open(setting.sqlite_copy("publish-ours.db")?)?)?;
    beside_by_hand(setting, &world)
}

fn beside_by_hand(setting: &Setting, world: &World) -> Result<Figures> {
    subscribe(world)?;
    world.console().product(world.product).set_policy(&PolicyChange::new().log_events(1_000_000))?;
    let mut connection = by_hand::open(&setting.sqlite_copy("publish-floor.db")?)?;
    by_hand::look_at_devices(&connection)?;
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
        world.console().product(world.product).subscribe(&wanted)?;
    }
    Ok(())
}

fn batches(setting: &Setting, random: &mut Random) -> Result<Vec<Vec<Event>>> {
    (0..BATCHES).map(|_| events(setting, random, BATCH)).collect()
}

fn events(setting: &Setting, random: &mut Random, count: usize) -> Result<Vec<Event>> {
    (0..count).map(|_| event(*random.one_of(setting.ids()).ok_or("a fleet needs a device")?)).collect()
}

fn event(device: DeviceId) -> Result<Event> {
    Ok(Event::new(device, "room/temperature", r#"{"celsius":21.5}"#, NOW)?.with_product(94))
}
