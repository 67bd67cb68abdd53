//! Devices that connect on many threads at once, over a store that merges calls: their connects are batched, and each
//! gets the answer and the record that it would get alone.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{V1, V2, World, at, device, list, report, version};
use fleet_core::device::{Connected, Report};
use fleet_core::firmware::{Answer, Hold, Upload};
use fleet_core::product::Gate;
use fleet_core::store::{Commit, CommitOutcome, Fault, Faulty, GroupCommit, Key, Range, Row, Store, StoreErrorKind};
use fleet_core::{Error, MemoryStore, PolicyChange, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

const THREADS: u32 = 8;
const EACH: u32 = 10;

/// A slow store that counts its calls, and fails on request.
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
    /// Returns the number of calls since the last time.
    fn calls(&self) -> (usize, usize) {
        (self.gets.swap(0, Ordering::SeqCst), self.commits.swap(0, Ordering::SeqCst))
    }
}

/// A fleet with enough devices for all threads; version 2 is released for them, and version 1 is known to run.
fn world(store: Arc<dyn Store>) -> World {
    let world = World::new(store);
    let console = world.console(0);
    world.operator(0).product(world.product).set_tier("Enterprise").unwrap();
    let gate = Gate::new(0);
    console.product(world.product).set_policy(&PolicyChange::new().gate(gate)).unwrap();
    for (number, binary) in [(1, V1), (2, V2)] {
        console
            .product(world.product)
            .upload(&Upload::new(version(number), &format!("Version {number}")), binary)
            .unwrap();
    }
    console.product(world.product).import(list(0..=THREADS * EACH).as_bytes()).unwrap();
    console.product(world.product).release(version(2)).unwrap();
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

/// Calls `act` on all threads at the same moment, and returns the results.
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

/// Each thread's gateway has its own clock, and all devices' clocks are ahead of it.
fn connect(world: &World, me: u32, report: &Report) -> Result<Connected, Error> {
    world.fleet.gateway(at(100 + i64::from(me))).connect(report)
}

#[test]
fn connects_share_reads_and_commits_and_each_gets_its_own_answer() {
    let (together, slow) = merging();
    let alone = world(Arc::new(MemoryStore::new()));
    for world in [&together, &alone] {
        connect(world, 0, &report(THREADS * EACH, 2, 20)).unwrap();
    }
    slow.calls();
    let said = |me: u32, turn: u32| report(me * EACH + turn, u16::try_from(1 + (me + turn) % 2).unwrap(), 1000);
    let answers =
        at_once(|me| (0..EACH).map(|turn| connect(&together, me, &said(me, turn)).unwrap()).collect::<Vec<_>>());
    let wanted = (0..THREADS).map(|me| (0..EACH).map(|turn| connect(&alone, me, &said(me, turn)).unwrap()).collect());
    assert_eq!(answers, wanted.collect::<Vec<Vec<_>>>());
    assert_eq!(together.row(3 * EACH).seen.unwrap().at, at(103));
    assert_eq!(together.contents(), alone.contents());
    // The first caller has no batch to join, and later ones may come late.
    let (gets, commits) = slow.calls();
    let most = (THREADS * EACH / 2) as usize;
    assert!(gets < most && commits < most, "{gets} reads and {commits} commits for {} connects", THREADS * EACH);
}

#[test]
fn a_report_takes_the_same_path_alone_and_in_a_batch() {
    let (together, _slow) = merging();
    let alone = world(Arc::new(MemoryStore::new()));
    let said = |me: u32| match me {
        // A personal device; one that asks to join; one of a product that does not exist.
        0 => {
            let mut report = report(900, 1, 50);
            report.product = None;
            report
        }
        1 => report(901, 1, 50),
        2 => report(902, 1, 50).product(777),
        // One that reports its hardware for the first time, and one that is late.
        3 => report(3, 1, 50).platform("photon".parse().unwrap()),
        4 => report(4, 2, 50).session(1),
        // One that brings the first proof of a version; one that takes no updates; typical ones.
        5 => report(5, 2, 50),
        6 => report(6, 1, 50).refuses_updates(),
        _ => report(me, 1, 50),
    };
    for world in [&together, &alone] {
        connect(world, 0, &report(4, 1, 40).session(9)).unwrap();
    }
    let answers = at_once(|me| connect(&together, 0, &said(me)).unwrap());
    let wanted: Vec<_> = (0..THREADS).map(|me| connect(&alone, 0, &said(me)).unwrap()).collect();
    assert_eq!(answers, wanted);
    let stale = Answer::Held { hold: Hold::StaleReport, target: None };
    assert!(answers.iter().any(|answer| answer.answer == stale), "{answers:?}");
    let without_notices = |world: &World| {
        let mut contents = world.contents();
        // The key of a notice is random.
        contents.rows.retain(|key, _| !matches!(key, Key::Notice(..)));
        contents
    };
    assert_eq!(without_notices(&together), without_notices(&alone));
}

#[test]
fn concurrent_reports_of_one_device_are_applied_once_each() {
    let (world, _slow) = merging();
    let answers = at_once(|me| connect(&world, 0, &report(0, 1, 50).session(u64::from(me) + 1)).unwrap());
    assert_eq!(answers.len(), THREADS as usize);
    let row = world.row(0);
    assert_eq!(row.seen.unwrap().session, u64::from(THREADS));
    // Each one in time was sent the same update, and the others were late.
    let directives: Vec<u32> = answers
        .iter()
        .filter_map(|connected| match &connected.answer {
            Answer::Update { directive, .. } => Some(directive.sequence),
            Answer::Held { hold: Hold::StaleReport, .. } => None,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(directives.contains(&row.sequence), "{directives:?} and {row:?}");
    world.contents().check_counts(world.product);
}

#[test]
fn an_unreadable_row_fails_only_its_own_device() {
    let (world, slow) = merging();
    *slow.unreadable.lock().unwrap() = Some(Key::Device(world.product, device(3)));
    let answers = at_once(|me| connect(&world, 0, &report(me, 1, 50)).map_err(|error| error.code()));
    for (me, answer) in (0..).zip(answers) {
        match answer {
            Ok(_) => assert_ne!(me, 3),
            Err(code) => assert_eq!((me, code), (3, "store_corrupt")),
        }
    }
}

#[test]
fn an_unavailable_or_full_store_is_reported_to_every_caller_and_nothing_is_half_done() {
    for (kind, code) in [(StoreErrorKind::Unavailable, "store_unavailable"), (StoreErrorKind::Full, "store_full")] {
        let (world, slow) = merging();
        let before = world.contents();
        *slow.fails.lock().unwrap() = Some(kind);
        let answers = at_once(|me| connect(&world, 0, &report(me, 1, 50)).map_err(|error| error.code()).map(drop));
        assert_eq!(answers, [Err(code); THREADS as usize]);
        *slow.fails.lock().unwrap() = None;
        assert_eq!(world.contents(), before);
        let answers = at_once(|me| connect(&world, 0, &report(me, 1, 50)).map(drop));
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
}

#[test]
fn an_unknown_commit_outcome_is_resolved_for_each_caller() {
    for fault in [Fault::UnknownBefore, Fault::UnknownAfter, Fault::Torn, Fault::Conflict] {
        let faulty = Arc::new(Faulty::new(Slow::default(), 1));
        let together = world(Arc::new(GroupCommit::new(Arc::clone(&faulty))));
        let alone = world(Arc::new(MemoryStore::new()));
        // The first connect runs alone, and the second commit is that of all others.
        faulty.plan([None, Some(fault)]);
        let answers = at_once(|me| connect(&together, 0, &report(me, 1, 50)).unwrap());
        let wanted: Vec<_> = (0..THREADS).map(|me| connect(&alone, 0, &report(me, 1, 50)).unwrap()).collect();
        assert_eq!(answers, wanted, "{fault:?}");
        assert_eq!(together.contents(), alone.contents(), "{fault:?}");
        // A live report that was applied twice would look like a reboot.
        let live = |me| report(me, 1, 60).at(None);
        faulty.plan([None, Some(fault)]);
        let answers = at_once(|me| connect(&together, 60, &live(me)).unwrap());
        let wanted: Vec<_> = (0..THREADS).map(|me| connect(&alone, 60, &live(me)).unwrap()).collect();
        assert_eq!(answers, wanted, "live: {fault:?}");
        assert_eq!(together.contents(), alone.contents(), "live: {fault:?}");
    }
}

#[test]
fn a_store_that_panics_leaves_no_caller_waiting() {
    let (world, slow) = merging();
    connect(&world, 0, &report(0, 1, 50)).unwrap();
    slow.panics.store(true, Ordering::SeqCst);
    let answers = at_once(|me| {
        let connect = || connect(&world, 0, &report(me, 1, 60)).map_err(|error| error.code());
        catch_unwind(AssertUnwindSafe(connect)).map(|answer| answer.map(drop)).ok()
    });
    assert!(answers.contains(&None), "{answers:?}");
    assert!(answers.iter().flatten().all(|answer| *answer == Err("store_outcome_unknown")), "{answers:?}");
    slow.panics.store(false, Ordering::SeqCst);
    connect(&world, 0, &report(1, 1, 70)).unwrap();
}
