//! A journal in front of SQLite, compared with the same rows updated by hand.

use super::by_hand;
use super::connect::{BATCH, Reports};
use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{NOW, Random, Setting, World};
use fleet_core::device::Report;
use fleet_core::store::GroupCommit;
use fleet_store_journaled::Journaled;
use fleet_store_sqlite::SqliteStore;
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// About as many connects as the journal holds before it is folded, so that a round is typical of continuous operation:
/// each device connects about twice, is journaled twice, and its row is folded by the end of the round.
const BATCHES: usize = 2048;
/// Number of rounds after which nearly every device is in memory, as in a process that has run for a while.
const ROUNDS: usize = 4;
const CALLERS: usize = 64;
/// Number of connects of each caller in a round.
const CALLS: usize = 64;

type Store = Arc<GroupCommit<Journaled<SqliteStore>>>;

fn world(setting: &Setting, name: &str) -> Result<(World, Store)> {
    let store = Journaled::open(SqliteStore::open(setting.sqlite_copy(name)?)?)?;
    let store = Arc::new(GroupCommit::new(store));
    Ok((World::open(Arc::clone(&store))?, store))
}

/// Batches of devices, and at the end of each round a fold of the rest.
pub(super) fn connect_many(setting: &Setting) -> Result<Figures> {
    let (world, store) = world(setting, "journaled-ours.db")?;
    let mut connection = by_hand::open(&setting.sqlite_copy("journaled-floor.db")?)?;
    let (mut ours, mut theirs) = (Reports::new(setting.ids(), BATCH), Reports::new(setting.ids(), BATCH));
    let mut random = Random(5);
    let batches = BATCHES.min(2 * setting.devices.div_ceil(BATCH));
    beside(
        setting.rounds(ROUNDS),
        BATCH.min(setting.devices) * batches,
        || {
            let batches = (0..batches).map(|_| ours.next_round()).collect::<Result<Vec<_>>>()?;
            let gateway = world.fleet.gateway(NOW);
            timed(|| {
                for batch in &batches {
                    black_box(gateway.connect_many(batch)?);
                }
                while store.inner().fold(usize::MAX)? > 0 {}
                Ok(())
            })
        },
        || {
            let batches = (0..batches).map(|_| theirs.next_round()).collect::<Result<Vec<_>>>()?;
            timed(|| {
                for batch in &batches {
                    black_box(by_hand::connect(&mut connection, batch, &mut random)?);
                }
                Ok(())
            })
        },
    )
}

/// Callers that each wait until their connect is durable.
pub(super) fn callers(setting: &Setting) -> Result<Figures> {
    waiting(setting, "callers", CALLERS * CALLS, |took, _| took)
}

/// The wait of the slowest of a hundred callers.
pub(super) fn callers_p99(setting: &Setting) -> Result<Figures> {
    waiting(setting, "p99", 1, |_, mut waits| {
        waits.sort_unstable();
        waits.get(waits.len() * 99 / 100).copied().unwrap_or_default()
    })
}

fn waiting(
    setting: &Setting,
    name: &str,
    operations: usize,
    figure: impl Fn(Duration, Vec<Duration>) -> Duration,
) -> Result<Figures> {
    let (world, _store) = world(setting, &format!("{name}-ours.db"))?;
    let connection = Mutex::new((by_hand::open(&setting.sqlite_copy(&format!("{name}-floor.db"))?)?, Random(5)));
    let count = CALLERS * CALLS;
    let (mut ours, mut theirs) = (Reports::new(setting.ids(), count), Reports::new(setting.ids(), count));
    beside(
        setting.rounds(7),
        operations,
        || {
            let gateway = world.fleet.gateway(NOW);
            let (took, waits) = each_waits(&ours.next_round()?, |report| {
                black_box(gateway.connect(report)?);
                Ok(())
            })?;
            Ok(figure(took, waits))
        },
        || {
            let (took, waits) = each_waits(&theirs.next_round()?, |report| {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let (connection, random) = &mut *connection;
                black_box(by_hand::connect(connection, std::slice::from_ref(report), random)?);
                Ok(())
            })?;
            Ok(figure(took, waits))
        },
    )
}

/// Gives each caller its part of the reports. Returns the total duration, and that of each call.
fn each_waits(reports: &[Report], call: impl Fn(&Report) -> Result<()> + Sync) -> Result<(Duration, Vec<Duration>)> {
    let call = &call;
    let begun = Instant::now();
    let waits = std::thread::scope(|scope| {
        let part = reports.len().div_ceil(CALLERS).max(1);
        let callers: Vec<_> = reports
            .chunks(part)
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .map(|report| timed(|| call(report)).map_err(|error| error.to_string()))
                        .collect::<std::result::Result<Vec<_>, _>>()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().map_err(|_| "a caller panicked".to_owned())?).collect::<Vec<_>>()
    });
    let took = begun.elapsed();
    let waits = waits.into_iter().collect::<std::result::Result<Vec<_>, String>>()?;
    Ok((took, waits.into_iter().flatten().collect()))
}
