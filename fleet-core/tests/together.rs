//! Devices that connect on many threads at the same time, over a store that merges calls: they are taken together, and
//! each is told and written down as it would be alone.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod common;

use common::{V1, V2, World, at, device, list, report, version};
use fleet_core::device::{Connected, Report};
use fleet_core::firmware::{Answer, Hold, Upload};
use fleet_core::product::Gate;
use fleet_core::store::{Commit, CommitOutcome, Fault, Faulty, GroupCommit, Key, Range, Row, Store, StoreErrorKind};
use fleet_core::{Error, MemoryStore, Policy, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

const THREADS: u32 = 8;
const EACH: u32 = 10;

/// A store that takes its time, counts what it is asked, and fails where it is told to.
#[derive(Debug, Default)]
struct Slow {
    inner: MemoryStore,
    gets: AtomicUsize,
    commits: AtomicUsize,
    unreadable: Mutex<Option<Key>>,
    fails: Mutex<Option<StoreErrorKind>>,
    panics: AtomicBool,
}

impl Store for Slow {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(1));
        match &*self.unreadable.lock().unwrap() {
            Some(key) if keys.contains(key) => Err(StoreError::new(StoreErrorKind::Corrupt, "a row is damaged")),
            _ => self.inner.get(keys),
        }
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(1));
        assert!(!self.panics.load(Ordering::SeqCst), "on purpose");
        match *self.fails.lock().unwrap() {
            Some(kind) => Err(StoreError::new(kind, "the disk is on fire")),
            None => self.inner.commit(batch),
        }
    }
}

impl Slow {
    /// How often it was asked since the last time.
    fn calls(&self) -> (usize, usize) {
        (self.gets.swap(0, Ordering::SeqCst), self.commits.swap(0, Ordering::SeqCst))
    }
}

/// A fleet with devices enough for all threads; version 2 is released for them, and version 1 is known to run.
fn world(store: Arc<dyn Store>) -> World {
    let world = World::new(store);
    let console = world.console(0);
    world.operator(0).set_tier(world.product, "Enterprise").unwrap();
    let gate = Gate { devices: 0, soak_millis: 0 };
    console.set_policy(world.product, &Policy { gate, ..Policy::default() }).unwrap();
    for (number, binary) in [(1, V1), (2, V2)] {
        console.upload(world.product, &Upload::new(version(number), &format!("Version {number}")), binary).unwrap();
    }
    console.import(world.product, list(0..=THREADS * EACH).as_bytes()).unwrap();
    console.release(world.product, version(2)).unwrap();
    connect(&world, 0, &report(THREADS * EACH, 1, 10)).unwrap();
    world
}

/// The same fleet over a store that merges, and its innermost store.
fn merging() -> (World, Arc<Slow>) {
    let slow = Arc::new(Slow::default());
    let world = world(Arc::new(GroupCommit::new(Arc::clone(&slow))));
    slow.calls();
    (world, slow)
}

/// What each of so many threads says that begin at the same moment.
fn at_once<T: Send>(act: impl Fn(u32) -> T + Sync) -> Vec<T> {
    let (act, barrier) = (&act, &Barrier::new(THREADS as usize));
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|me| {
                scope.spawn(move || {
                    barrier.wait();
                    act(me)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Each thread's gateway has a clock of its own, and all devices' clocks are ahead of it.
fn connect(world: &World, me: u32, report: &Report) -> Result<Connected, Error> {
    world.fleet.gateway(at(100 + i64::from(me))).connect(report)
}

#[test]
fn they_share_reads_and_commits_and_each_is_told_its_own_at_its_gateways_moment() {
    let (together, slow) = merging();
    let alone = world(Arc::new(MemoryStore::new()));
    for world in [&together, &alone] {
        connect(world, 0, &report(THREADS * EACH, 2, 20)).unwrap();
    }
    slow.calls();
    let said = |me: u32, turn: u32| report(me * EACH + turn, u16::try_from(1 + (me + turn) % 2).unwrap(), 1000);
    let told = at_once(|me| (0..EACH).map(|turn| connect(&together, me, &said(me, turn)).unwrap()).collect::<Vec<_>>());
    let wanted = (0..THREADS).map(|me| (0..EACH).map(|turn| connect(&alone, me, &said(me, turn)).unwrap()).collect());
    assert_eq!(told, wanted.collect::<Vec<Vec<_>>>());
    assert_eq!(together.row(3 * EACH).seen.unwrap().at, at(103));
    assert_eq!(together.contents(), alone.contents());
    // The first one finds nobody to go with, and another time some may come late.
    let (gets, commits) = slow.calls();
    let most = (THREADS * EACH / 2) as usize;
    assert!(gets < most && commits < most, "{gets} reads and {commits} commits for {} connects", THREADS * EACH);
}

#[test]
fn whatever_way_a_report_goes_it_goes_that_way_in_company_too() {
    let (together, _slow) = merging();
    let alone = world(Arc::new(MemoryStore::new()));
    let said = |me: u32| match me {
        // A personal device; one that asks to join; one of a product that there is not.
        0 => Report { product: None, ..report(900, 1, 50) },
        1 => report(901, 1, 50),
        2 => Report { product: Some(777), ..report(902, 1, 50) },
        // One that says its hardware for the first time, and one that is late.
        3 => Report { platform: Some("photon".parse().unwrap()), ..report(3, 1, 50) },
        4 => Report { session: 1, ..report(4, 2, 50) },
        // One that brings the first proof of a version; one that takes no updates; one as most are.
        5 => report(5, 2, 50),
        6 => Report { takes_updates: false, ..report(6, 1, 50) },
        _ => report(me, 1, 50),
    };
    for world in [&together, &alone] {
        connect(world, 0, &Report { session: 9, ..report(4, 1, 40) }).unwrap();
    }
    let told = at_once(|me| connect(&together, 0, &said(me)).unwrap());
    let wanted: Vec<_> = (0..THREADS).map(|me| connect(&alone, 0, &said(me)).unwrap()).collect();
    assert_eq!(told, wanted);
    let stale = Answer::Held { hold: Hold::StaleReport, target: None };
    assert!(told.iter().any(|told| told.answer == stale), "{told:?}");
    let without_notices = |world: &World| {
        let mut contents = world.contents();
        // What a notice is called is random.
        contents.rows.retain(|key, _| !matches!(key, Key::Notice(..)));
        contents
    };
    assert_eq!(without_notices(&together), without_notices(&alone));
}

#[test]
fn one_device_that_is_told_of_by_all_is_taken_once_for_each() {
    let (world, _slow) = merging();
    let told = at_once(|me| connect(&world, 0, &Report { session: u64::from(me) + 1, ..report(0, 1, 50) }).unwrap());
    assert_eq!(told.len(), THREADS as usize);
    let row = world.row(0);
    assert_eq!(row.seen.unwrap().session, u64::from(THREADS));
    // Each that came in time was sent the same update, and the others were late.
    let directives: Vec<u32> = told
        .iter()
        .filter_map(|told| match &told.answer {
            Answer::Update { directive, .. } => Some(directive.sequence),
            Answer::Held { hold: Hold::StaleReport, .. } => None,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(directives.contains(&row.sequence), "{directives:?} and {row:?}");
    world.contents().check_counts(world.product);
}

#[test]
fn a_row_that_cannot_be_read_is_the_trouble_of_its_device_alone() {
    let (world, slow) = merging();
    *slow.unreadable.lock().unwrap() = Some(Key::Device(world.product, device(3)));
    let told = at_once(|me| connect(&world, 0, &report(me, 1, 50)).map_err(|error| error.code()));
    for (me, told) in (0..).zip(told) {
        match told {
            Ok(_) => assert_ne!(me, 3),
            Err(code) => assert_eq!((me, code), (3, "store_corrupt")),
        }
    }
}

#[test]
fn a_store_that_is_away_or_full_is_told_to_all_and_nothing_is_half_done() {
    for (kind, code) in [(StoreErrorKind::Unavailable, "store_unavailable"), (StoreErrorKind::Full, "store_full")] {
        let (world, slow) = merging();
        let before = world.contents();
        *slow.fails.lock().unwrap() = Some(kind);
        let told = at_once(|me| connect(&world, 0, &report(me, 1, 50)).map_err(|error| error.code()).map(drop));
        assert_eq!(told, [Err(code); THREADS as usize]);
        *slow.fails.lock().unwrap() = None;
        assert_eq!(world.contents(), before);
        let told = at_once(|me| connect(&world, 0, &report(me, 1, 50)).map(drop));
        assert!(told.iter().all(Result::is_ok), "{told:?}");
    }
}

#[test]
fn what_became_of_them_is_found_out_for_each_where_the_store_cannot_say() {
    for fault in [Fault::UnknownBefore, Fault::UnknownAfter, Fault::Torn, Fault::Conflict] {
        let faulty = Arc::new(Faulty::new(Slow::default(), 1));
        let together = world(Arc::new(GroupCommit::new(Arc::clone(&faulty))));
        let alone = world(Arc::new(MemoryStore::new()));
        // The first connect goes by itself, and the second commit is that of all others.
        faulty.plan([None, Some(fault)]);
        let told = at_once(|me| connect(&together, 0, &report(me, 1, 50)).unwrap());
        let wanted: Vec<_> = (0..THREADS).map(|me| connect(&alone, 0, &report(me, 1, 50)).unwrap()).collect();
        assert_eq!(told, wanted, "{fault:?}");
        assert_eq!(together.contents(), alone.contents(), "{fault:?}");
        // A live report that was taken twice would look like a reboot.
        let live = |me| Report { at: None, ..report(me, 1, 60) };
        faulty.plan([None, Some(fault)]);
        let told = at_once(|me| connect(&together, 60, &live(me)).unwrap());
        let wanted: Vec<_> = (0..THREADS).map(|me| connect(&alone, 60, &live(me)).unwrap()).collect();
        assert_eq!(told, wanted, "live: {fault:?}");
        assert_eq!(together.contents(), alone.contents(), "live: {fault:?}");
    }
}

#[test]
fn a_store_that_panics_leaves_nobody_waiting() {
    let (world, slow) = merging();
    connect(&world, 0, &report(0, 1, 50)).unwrap();
    slow.panics.store(true, Ordering::SeqCst);
    let told = at_once(|me| {
        let connect = || connect(&world, 0, &report(me, 1, 60)).map_err(|error| error.code());
        catch_unwind(AssertUnwindSafe(connect)).map(|told| told.map(drop)).ok()
    });
    assert!(told.contains(&None), "{told:?}");
    assert!(told.iter().flatten().all(|told| *told == Err("store_outcome_unknown")), "{told:?}");
    slow.panics.store(false, Ordering::SeqCst);
    connect(&world, 0, &report(1, 1, 70)).unwrap();
}
