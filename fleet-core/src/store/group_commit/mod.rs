//! Group commit: merges the commits of many threads into one.
//!
//! A durable commit costs one disk sync however many changes it has, and a read of a remote database costs one round
//! trip. So calls that arrive while another is running are merged; see [`merger`].

mod merger;

use super::{Commit, CommitOutcome, Key, Opener, Query, Range, Record, Row, SqlRow, Store, StoreError, StoreErrorKind};
pub(crate) use merger::{Call, Merger};
use std::path::Path;

/// Reads of more keys than this are not merged: others would wait for rows that they do not need.
const FEW: usize = 64;

/// A layer that merges the commits of many threads into few commits of its inner store, and optionally their reads.
///
/// If the inner call fails, each caller whose commits or keys were in it receives the same error; unknown outcomes are
/// resolved as without this layer.
///
/// ```
/// use fleet_core::{Fleet, MemoryStore, store::GroupCommit};
///
/// let fleet = Fleet::open(GroupCommit::new(MemoryStore::new()));
/// # let _ = fleet;
/// ```
#[derive(Debug)]
pub struct GroupCommit<S> {
    inner: S,
    /// A forked process has a copy of the queues, but no leader that serves the callers that wait.
    opener: Opener,
    at_most: usize,
    commits: Merger<Commit, CommitOutcome>,
    reads: Option<Merger<Key, Option<Row>>>,
}

impl<S: Store> GroupCommit<S> {
    /// Wraps a store. A group has at most 1024 commits: enough to share the fixed cost of a commit among many, and few
    /// enough that nobody waits long for the commits of others.
    pub fn new(inner: S) -> Self {
        Self { inner, opener: Opener::here(), at_most: 1024, commits: Merger::new(false), reads: None }
    }

    /// Sets the maximum number of commits in a group, and of keys if reads are merged. A larger batch of one caller is
    /// sent alone and is not split.
    #[must_use]
    pub fn at_most(self, commits: usize) -> Self {
        Self { at_most: commits, ..self }
    }

    /// Merges reads by [`get`](Store::get) as well. Use it for a database behind a network, where each single read is a
    /// round trip and work for the server. Recent callers then wait for one another, for at most half the duration of
    /// the last call and at most 5 ms. A store in this process does not need it: the reads of devices that connect at
    /// the same time are merged [in any case](Store::merges).
    #[must_use]
    pub fn with_reads(self) -> Self {
        Self { commits: Merger::new(true), reads: Some(Merger::new(true)), ..self }
    }

    /// The inner store.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Store> Store for GroupCommit<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.opener.check()?;
        match &self.reads {
            Some(reads) if keys.len() <= FEW => {
                let run = |keys: &[Key]| self.inner.get(keys);
                reads.ask(keys, &Call { run: &run, at_most: self.at_most, failure: StoreErrorKind::Other })
            }
            _ => self.inner.get(keys),
        }
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.opener.check()?;
        // A commit that only checks is a read. Merged with writes of others it would wait for everything that they wait
        // for.
        if self.reads.is_none() && batch.iter().all(|commit| commit.writes.is_empty()) {
            return self.inner.commit(batch);
        }
        let run = |batch: &[Commit]| self.inner.commit(batch);
        self.commits.ask(batch, &Call { run: &run, at_most: self.at_most, failure: StoreErrorKind::Unknown })
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.inner.for_each(range, visit)
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.inner.for_each_row(visit)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.inner.backup(to)
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.inner.query(query)
    }

    fn merges(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::ProductId;
    use crate::store::{Check, Stamp, Tally, Write, conformance};
    use crate::{MemoryStore, StoreError};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    /// A slow store that counts its commits, and fails or panics on request.
    #[derive(Debug, Default)]
    struct Slow {
        inner: MemoryStore,
        gets: AtomicUsize,
        batches: AtomicUsize,
        largest: AtomicUsize,
        at_once: AtomicUsize,
        /// Additional delay, in microseconds.
        delay_micros: AtomicU64,
        fails: Mutex<Option<StoreErrorKind>>,
        panics: AtomicBool,
    }

    impl Store for Slow {
        fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
            self.gets.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_micros(500));
            self.inner.get(keys)
        }

        fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
            self.inner.scan(range)
        }

        fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
            assert_eq!(self.at_once.fetch_add(1, Ordering::SeqCst), 0, "two commits at once");
            self.batches.fetch_add(1, Ordering::SeqCst);
            self.largest.fetch_max(batch.len(), Ordering::SeqCst);
            thread::sleep(Duration::from_micros(500 + self.delay_micros.load(Ordering::SeqCst)));
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            assert!(!self.panics.load(Ordering::SeqCst), "on purpose");
            match *self.fails.lock().unwrap() {
                Some(kind) => Err(StoreError::new(kind, "the disk is on fire").with_source("smoke")),
                None => self.inner.commit(batch),
            }
        }
    }

    fn counter(slot: u8) -> Key {
        Key::Tally(ProductId::new(1).unwrap(), Tally::Members, slot)
    }

    fn addition(slot: u8) -> Commit {
        Commit { checks: Vec::new(), writes: vec![Write::Add { key: counter(slot), delta: 1 }] }
    }

    /// Lets each thread make a commit while another is running. Returns what `act` makes of each result.
    fn commit_concurrently<T: Send>(
        store: &GroupCommit<Slow>,
        threads: u8,
        act: impl Fn(u8, thread::Result<Result<Vec<CommitOutcome>, StoreError>>) -> T + Sync,
    ) -> Vec<T> {
        let act = &act;
        thread::scope(|scope| {
            let spawned: Vec<_> = (0..threads)
                .map(|me| {
                    scope.spawn(move || {
                        let commit = || store.commit(&[addition(me), addition(me)]);
                        act(me, std::panic::catch_unwind(std::panic::AssertUnwindSafe(commit)))
                    })
                })
                .collect();
            spawned.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    #[test]
    fn a_layer_over_a_store_keeps_every_law() {
        conformance::check(|| GroupCommit::new(MemoryStore::new())).unwrap();
        conformance::check(|| GroupCommit::new(MemoryStore::new()).at_most(2)).unwrap();
        conformance::check(|| GroupCommit::new(MemoryStore::new()).with_reads()).unwrap();
    }

    #[test]
    fn many_threads_share_few_commits_and_nothing_is_lost() {
        let store = GroupCommit::new(Slow::default());
        thread::scope(|scope| {
            for me in 0..16 {
                let store = &store;
                scope.spawn(move || {
                    for _ in 0..25 {
                        let done = store.commit(&[addition(0), addition(me), addition(0)]).unwrap();
                        assert_eq!(done, [CommitOutcome::Applied; 3]);
                    }
                });
            }
        });
        let rows = store.get(&(0..16).map(counter).collect::<Vec<_>>()).unwrap();
        let counts: Vec<_> = rows.into_iter().map(|row| row.unwrap().record).collect();
        let mut wanted = vec![Record::Counter(25); 16];
        wanted[0] = Record::Counter(2 * 16 * 25 + 25);
        assert_eq!(counts, wanted);
        let batches = store.inner().batches.load(Ordering::SeqCst);
        assert!(batches < 16 * 25 / 4, "{batches} inner commits for {} callers", 16 * 25);
    }

    #[test]
    fn a_group_exceeds_its_limit_only_for_one_callers_batch() {
        let store = GroupCommit::new(Slow::default()).at_most(5);
        commit_concurrently(&store, 12, |_, done| assert_eq!(done.unwrap().unwrap().len(), 2));
        let largest = store.inner().largest.load(Ordering::SeqCst);
        assert!((2..=4).contains(&largest), "a group of {largest}");
        store.commit(&vec![addition(0); 50]).unwrap();
        assert_eq!(store.inner().largest.load(Ordering::SeqCst), 50);
    }

    #[test]
    fn each_caller_is_answered_for_its_own_commits() {
        let store = GroupCommit::new(Slow::default());
        thread::scope(|scope| {
            for me in 0..8_u8 {
                let store = &store;
                scope.spawn(move || {
                    for turn in 0..20_u8 {
                        let refused = Commit {
                            checks: vec![Check { key: Key::Directory(), stamp: Some(Stamp(1)) }],
                            ..addition(me)
                        };
                        let (mut batch, mut wanted) = (vec![addition(me); 3], vec![CommitOutcome::Applied; 3]);
                        let place = usize::from((me + turn) % 4);
                        batch.insert(place, refused);
                        wanted.insert(place, CommitOutcome::Conflict);
                        assert_eq!(store.commit(&batch).unwrap(), wanted);
                    }
                });
            }
        });
    }

    #[test]
    fn reads_are_merged_on_request_and_each_caller_gets_its_own_rows() {
        let read_by_all = |store: &GroupCommit<Slow>| {
            let wanted: Vec<Commit> = (0..8).flat_map(|me| vec![addition(me); usize::from(me)]).collect();
            store.commit(&wanted).unwrap();
            thread::scope(|scope| {
                for me in 0..8_u8 {
                    scope.spawn(move || {
                        for _ in 0..20 {
                            let rows = store.get(&[counter(me), counter(7 - me)]).unwrap();
                            let counts: Vec<_> = rows.into_iter().map(|row| row.map(|row| row.record)).collect();
                            let count = |of: u8| (of > 0).then(|| Record::Counter(of.into()));
                            assert_eq!(counts, [count(me), count(7 - me)]);
                        }
                    });
                }
            });
            store.inner().gets.load(Ordering::SeqCst)
        };
        assert_eq!(read_by_all(&GroupCommit::new(Slow::default())), 8 * 20);
        let merged = read_by_all(&GroupCommit::new(Slow::default()).with_reads());
        assert!(merged < 8 * 20 / 3, "{merged} inner reads");
        let alone = GroupCommit::new(Slow::default()).with_reads();
        alone.get(&vec![counter(0); FEW + 1]).unwrap();
        alone.get(&[counter(0)]).unwrap();
        assert_eq!(alone.inner().gets.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_caller_left_alone_waits_a_few_milliseconds_once() {
        let store = GroupCommit::new(Slow::default()).with_reads();
        store.inner().delay_micros.store(1_000_000, Ordering::SeqCst);
        commit_concurrently(&store, 3, |_, done| drop(done.unwrap().unwrap()));
        store.inner().delay_micros.store(0, Ordering::SeqCst);
        let begun = Instant::now();
        store.commit(&[addition(0)]).unwrap();
        store.commit(&[addition(0)]).unwrap();
        assert!(begun.elapsed() < Duration::from_millis(400), "{:?}", begun.elapsed());
        let rows = store.get(&[counter(0)]).unwrap();
        assert_eq!(rows[0].as_ref().unwrap().record, Record::Counter(4));
    }

    #[test]
    fn a_failure_is_reported_to_every_caller_of_the_group() {
        let store = GroupCommit::new(Slow::default());
        *store.inner().fails.lock().unwrap() = Some(StoreErrorKind::Full);
        let results = commit_concurrently(&store, 8, |_, done| {
            let error = done.unwrap().unwrap_err();
            let source = std::error::Error::source(&error).map(ToString::to_string);
            (error.kind(), error.to_string(), source)
        });
        let wanted = (StoreErrorKind::Full, "the disk is on fire".to_owned(), Some("smoke".to_owned()));
        assert_eq!(results, vec![wanted; 8]);
        assert!(store.inner().batches.load(Ordering::SeqCst) < 8, "nothing was merged, so no failure was shared");
        *store.inner().fails.lock().unwrap() = None;
        store.commit(&[addition(0)]).unwrap();
    }

    #[test]
    fn a_store_that_panics_leaves_no_caller_waiting() {
        every_caller_gets_an_error_after_a_panic(&GroupCommit::new(Slow::default()));
        every_caller_gets_an_error_after_a_panic(&GroupCommit::new(Slow::default()).with_reads());
    }

    fn every_caller_gets_an_error_after_a_panic(store: &GroupCommit<Slow>) {
        store.inner().panics.store(true, Ordering::SeqCst);
        let results = commit_concurrently(store, 8, |_, done| done.map(|answer| answer.unwrap_err().kind()).ok());
        // The leader saw the panic; the callers that waited for it learn that the outcome is unknown.
        assert!(results.contains(&None) && results.contains(&Some(StoreErrorKind::Unknown)), "{results:?}");
        assert!(results.iter().flatten().all(|kind| *kind == StoreErrorKind::Unknown), "{results:?}");
        store.inner().panics.store(false, Ordering::SeqCst);
        assert_eq!(store.commit(&[addition(0)]).unwrap(), [CommitOutcome::Applied]);
    }
}
