//! Admits a message from a lease, compared with subtracting from a plain number.

use crate::Result;
use crate::rounds::{Figures, beside};
use crate::world::{NOW, Setting, World};
use fleet_core::event::Meter;
use fleet_core::{Actor, DeviceId, MemoryStore};
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Few enough that the system rarely schedules another process meanwhile, and that the lease covers them.
const TIMES: usize = 20_000;

pub(super) fn one_thread(setting: &Setting) -> Result<Figures> {
    admit::<1>(setting)
}

pub(super) fn two_threads(setting: &Setting) -> Result<Figures> {
    admit::<2>(setting)
}

fn admit<const THREADS: usize>(setting: &Setting) -> Result<Figures> {
    let world = World::running(MemoryStore::new(), &[DeviceId::new([1; 12])])?;
    world.fleet.console(Actor::Operator, NOW).product(world.product).set_tier("Enterprise")?;
    let meter = world.fleet.meter(world.product)?;
    let number = AtomicI64::new(0);
    beside(
        setting.rounds(201),
        TIMES,
        || {
            refill(&meter, (TIMES * THREADS) as u64)?;
            together::<THREADS>(|| {
                for _ in 0..TIMES {
                    if !black_box(meter.admit(NOW)?) {
                        return Err("a message was refused".into());
                    }
                }
                Ok(())
            })
        },
        || {
            number.store(i64::MAX / 2, Ordering::Relaxed);
            together::<THREADS>(|| {
                for _ in 0..TIMES {
                    black_box(number.fetch_sub(1, Ordering::AcqRel));
                }
                Ok(())
            })
        },
    )
}

/// Gets a lease for at least this many messages: a process that just sent as many is given twice that.
fn refill(meter: &Meter<'_>, room: u64) -> Result<()> {
    meter.settle(NOW)?;
    meter.admit_many(room, NOW)?;
    meter.settle(NOW)?;
    meter.admit_many(1, NOW)?;
    Ok(())
}

/// Returns the duration of the slowest of several threads that do the same at the same time.
fn together<const THREADS: usize>(work: impl Fn() -> Result<()> + Sync) -> Result<Duration> {
    if THREADS == 1 {
        let begun = Instant::now();
        work()?;
        return Ok(begun.elapsed());
    }
    let barrier = Barrier::new(THREADS);
    let times = thread::scope(|scope| {
        let spawned: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    let begun = Instant::now();
                    work().map(|()| begun.elapsed()).map_err(|error| error.to_string())
                })
            })
            .collect();
        spawned
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
            .collect::<std::result::Result<Vec<Duration>, String>>()
    })?;
    times.into_iter().max().ok_or_else(|| "no thread ran".into())
}
