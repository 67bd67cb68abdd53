//! Devices that connect one by one, on many threads at the same time: their commits share the fixed cost.

use super::by_hand;
use super::connect::{BATCH, Reports};
use super::postgres::{ByHand, client, worlds};
use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{NOW, Random, Setting, World, report};
use fleet_core::Fleet;
use fleet_core::device::Report;
use fleet_core::store::GroupCommit;
use fleet_store_journaled::Journaled;
use fleet_store_sqlite::SqliteStore;
use std::cell::RefCell;
use std::hint::black_box;
use std::sync::Mutex;
use std::thread;

const THREADS: usize = 8;
/// Number of connects of each thread in a round: enough that the log has reached its full size, as on a server.
const EACH: usize = 1024;

/// One statement for each connect, on as many threads with a connection each: the server merges their commits itself.
pub(super) fn postgres(setting: &Setting) -> Result<Figures> {
    let (world, schema) = worlds(setting, |store| GroupCommit::new(store).with_reads())?;
    let by_hand: Result<Vec<Mutex<ByHand>>> =
        (0..THREADS).map(|_| Ok(Mutex::new(ByHand::new(client(setting, &schema)?)?))).collect();
    let by_hand = by_hand?;
    against(setting, &world.fleet, |reports| {
        shared(reports, |me, reports| {
            let mut by_hand = by_hand
                .get(me)
                .ok_or("there are more threads than connections")?
                .lock()
                .map_err(|_| "a thread panicked")?;
            reports.iter().try_for_each(|report| by_hand.connect(std::slice::from_ref(report)).map(drop))
        })
    })
}

/// One statement for each connect, one after the other.
pub(super) fn postgres_in_turn(setting: &Setting) -> Result<Figures> {
    let (world, schema) = worlds(setting, |store| GroupCommit::new(store).with_reads())?;
    let mut by_hand = ByHand::new(client(setting, &schema)?)?;
    against(setting, &world.fleet, |reports| {
        reports.iter().try_for_each(|report| by_hand.connect(std::slice::from_ref(report)).map(drop))
    })
}

/// One transaction for each connect.
pub(super) fn sqlite(setting: &Setting) -> Result<Figures> {
    let store = SqliteStore::open(setting.sqlite_copy("group-ours.db")?)?;
    against_sqlite(setting, &World::open(GroupCommit::new(store))?, "group-floor.db")
}

/// The same through a journal, by a process that has run for a while: each device has connected before and its row is
/// in memory.
pub(super) fn journaled(setting: &Setting) -> Result<Figures> {
    let store = Journaled::open(SqliteStore::open(setting.sqlite_copy("group-journaled-ours.db")?)?)?;
    let world = World::open(GroupCommit::new(store))?;
    for ids in setting.ids().chunks(BATCH) {
        let reports = ids.iter().map(|id| report(*id, 1)).collect::<Result<Vec<_>>>()?;
        black_box(world.fleet.gateway(NOW).connect_many(&reports)?);
    }
    against_sqlite(setting, &world, "group-journaled-floor.db")
}

/// The best possible result of merging: by hand, without threads that wait for one another, with as many connects in
/// one transaction as there would be threads.
pub(super) fn sqlite_at_best(setting: &Setting) -> Result<Figures> {
    let mut connection = by_hand::open(&setting.sqlite_copy("group-best.db")?)?;
    let mut random = Random(5);
    at_best(setting, |reports| {
        black_box(by_hand::connect(&mut connection, reports, &mut random)?);
        Ok(())
    })
}

/// The best possible result on PostgreSQL: one statement to read that many devices and one to write them.
pub(super) fn postgres_at_best(setting: &Setting) -> Result<Figures> {
    let (_, schema) = worlds(setting, |store| store)?;
    let mut by_hand = ByHand::new(client(setting, &schema)?)?;
    at_best(setting, |reports| by_hand.connect(reports).map(drop))
}

/// Connects by hand, as many in one transaction as there are threads, compared with one by one.
fn at_best(setting: &Setting, connect: impl FnMut(&[Report]) -> Result<()>) -> Result<Figures> {
    let count = THREADS * EACH;
    let (all, connect) = (RefCell::new(Reports::new(setting.ids(), count)), RefCell::new(connect));
    let round = |at_once: usize| {
        let reports = all.borrow_mut().next_round()?;
        timed(|| reports.chunks(at_once).try_for_each(&mut *connect.borrow_mut()))
    };
    beside(setting.rounds(7), count.min(setting.devices), || round(THREADS), || round(1))
}

/// A file has one writer, so more threads would only wait for one another.
fn against_sqlite(setting: &Setting, world: &World, floor: &str) -> Result<Figures> {
    let mut connection = by_hand::open(&setting.sqlite_copy(floor)?)?;
    let mut random = Random(5);
    against(setting, &world.fleet, |reports| {
        for report in reports {
            black_box(by_hand::connect(&mut connection, std::slice::from_ref(report), &mut random)?);
        }
        Ok(())
    })
}

/// Rounds of connects on many threads, compared with the same by hand.
fn against(setting: &Setting, fleet: &Fleet, mut by_hand: impl FnMut(&[Report]) -> Result<()>) -> Result<Figures> {
    let count = THREADS * EACH;
    let (mut ours, mut theirs) = (Reports::new(setting.ids(), count), Reports::new(setting.ids(), count));
    beside(
        setting.rounds(7),
        count.min(setting.devices),
        || {
            let reports = ours.next_round()?;
            timed(|| {
                shared(&reports, |_, reports| {
                    for report in reports {
                        black_box(fleet.gateway(NOW).connect(report)?);
                    }
                    Ok(())
                })
            })
        },
        || {
            let reports = theirs.next_round()?;
            timed(|| by_hand(&reports))
        },
    )
}

/// Distributes reports to threads, and waits for all of them.
fn shared(
    reports: &[Report],
    work: impl Fn(usize, &[Report]) -> Result<(), Box<dyn std::error::Error>> + Sync,
) -> Result<()> {
    let work = &work;
    thread::scope(|threads| {
        let spawned: Vec<_> = reports
            .chunks(reports.len().div_ceil(THREADS))
            .enumerate()
            .map(|(me, reports)| threads.spawn(move || work(me, reports).map_err(|error| error.to_string())))
            .collect();
        spawned.into_iter().try_for_each(|thread| Ok(thread.join().map_err(|_| "a thread panicked")??))
    })
}
