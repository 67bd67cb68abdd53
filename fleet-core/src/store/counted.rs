//! Counts the calls that a fleet makes to its store, and how many of its commits conflict.

use super::{Commit, CommitOutcome, Key, Query, Range, Record, Row, SqlRow, Store, StoreError};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A layer that counts the calls of its inner store. After a conflict, the core decides again and sends a new commit.
/// So [`conflicts`](Counts::conflicts) is the number of retries, which shows how contended a record is.
///
/// ```
/// use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
/// use fleet_core::store::Counted;
/// use std::sync::Arc;
///
/// let store = Arc::new(Counted::new(MemoryStore::new()));
/// let fleet = Fleet::open(Arc::clone(&store));
/// fleet.console(Actor::Operator, Timestamp::from_millis(0)).create_account("alice@example.com")?;
/// let counts = store.counts();
/// assert_eq!((counts.applied, counts.conflicts, counts.failures), (1, 0, 0));
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Counted<S> {
    inner: S,
    reads: AtomicU64,
    applied: AtomicU64,
    conflicts: AtomicU64,
    failures: AtomicU64,
}

/// The calls that a store received so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Number of reads that were answered, including `backup` and `query`.
    pub reads: u64,
    /// Number of commits that were applied, including those that only check.
    pub applied: u64,
    /// Number of commits that conflicted. Each was decided again.
    pub conflicts: u64,
    /// Number of calls that failed.
    pub failures: u64,
}

impl<S: Store> Counted<S> {
    /// Wraps a store. All counts start at 0.
    pub fn new(inner: S) -> Self {
        let [reads, applied, conflicts, failures] = Default::default();
        Self { inner, reads, applied, conflicts, failures }
    }

    /// Returns the counts so far. During concurrent calls they may be of different moments.
    pub fn counts(&self) -> Counts {
        let [reads, applied, conflicts, failures] =
            [&self.reads, &self.applied, &self.conflicts, &self.failures].map(|count| count.load(Ordering::Relaxed));
        Counts { reads, applied, conflicts, failures }
    }

    /// The inner store.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    fn read<T>(&self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        let count = if answer.is_ok() { &self.reads } else { &self.failures };
        count.fetch_add(1, Ordering::Relaxed);
        answer
    }
}

impl<S: Store> Store for Counted<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.read(self.inner.get(keys))
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.read(self.inner.scan(range))
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let answer = self.inner.commit(batch);
        match &answer {
            Ok(outcomes) => {
                let applied = outcomes.iter().filter(|outcome| **outcome == CommitOutcome::Applied).count();
                self.applied.fetch_add(applied as u64, Ordering::Relaxed);
                self.conflicts.fetch_add((outcomes.len() - applied) as u64, Ordering::Relaxed);
            }
            Err(_) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
        answer
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.read(self.inner.for_each(range, visit))
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.read(self.inner.for_each_row(visit))
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.read(self.inner.backup(to))
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.read(self.inner.query(query))
    }

    fn merges(&self) -> bool {
        self.inner.merges()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;
    use crate::store::{Check, Fault, Faulty, Stamp, conformance};

    #[test]
    fn a_layer_that_counts_keeps_every_law() {
        conformance::check(|| Counted::new(MemoryStore::new())).unwrap();
    }

    #[test]
    fn each_outcome_is_counted_once() {
        let store = Counted::new(Faulty::new(MemoryStore::new(), 1));
        let refused =
            Commit { checks: vec![Check { key: Key::Directory(), stamp: Some(Stamp(1)) }], writes: Vec::new() };
        store.commit(&[Commit::default(), refused, Commit::default()]).unwrap();
        store.inner().plan([Some(Fault::Unavailable)]);
        store.commit(&[Commit::default()]).unwrap_err();
        store.get(&[Key::Directory()]).unwrap();
        assert_eq!(store.counts(), Counts { reads: 1, applied: 2, conflicts: 1, failures: 1 });
    }
}
