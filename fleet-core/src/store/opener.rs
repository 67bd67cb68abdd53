//! Prevents a forked process from using what its parent opened.
//!
//! A forked process shares its parent's sockets, believes that it holds its parent's file locks, and may have a copy of
//! a mutex that is locked by a thread which does not exist there. So nothing that was opened before a fork may be
//! touched after it, not even to close it: a closing message on the parent's socket would end the parent's session.

use super::{Commit, CommitOutcome, Key, Query, Range, Record, Row, SqlRow, Store, StoreError, StoreErrorKind};
use crate::observe::{Counters, StoreMetrics};
use fleet_process::Process;
use std::path::Path;
use std::sync::Arc;

/// Remembers the process that opened something.
///
/// A store that must not cross a `fork()` keeps one, and checks it before it touches a lock, a file or a socket.
///
/// ```
/// use fleet_core::store::Opener;
///
/// let opener = Opener::here();
/// assert!(opener.is_here());
/// assert!(opener.check().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opener(Process);

impl Opener {
    /// Returns the opener for the current process.
    #[must_use]
    pub fn here() -> Self {
        Self(Process::current())
    }

    /// Whether this is still the process that opened it.
    #[inline]
    pub fn is_here(self) -> bool {
        self.0.is_current()
    }

    /// Checks that this is still the process that opened it.
    ///
    /// # Errors
    /// `store_forked` in a process that was forked since.
    #[inline]
    pub fn check(self) -> Result<(), StoreError> {
        if self.is_here() { Ok(()) } else { Err(forked()) }
    }

    /// Drops shared data; leaks it in a process that was forked since. There it belongs to the parent, and closing it
    /// would affect the parent's connections and locks. For use in a `Drop`.
    pub fn release<T: ?Sized>(self, shared: &Arc<T>) {
        if !self.is_here() {
            std::mem::forget(Arc::clone(shared));
        }
    }
}

#[cold]
fn forked() -> StoreError {
    let problem =
        "this process was forked after the fleet was opened, and must not use it; open the fleet after the fork";
    StoreError::new(StoreErrorKind::Forked, problem)
}

/// The store of a fleet. Only the process that opened it may use it.
#[derive(Debug)]
pub(crate) struct Guarded {
    opener: Opener,
    inner: Arc<dyn Store>,
    /// Counts the commits, if somebody asked for it.
    counters: Option<Arc<Counters>>,
}

impl Guarded {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self { opener: Opener::here(), inner, counters: None }
    }

    /// Counts the commits from now on.
    pub(crate) fn count(&mut self, counters: Arc<Counters>) {
        self.counters = Some(counters);
    }

    pub(crate) fn opener(&self) -> Opener {
        self.opener
    }
}

impl Store for Guarded {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.opener.check()?;
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.opener.check()?;
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.opener.check()?;
        let outcomes = self.inner.commit(batch);
        if let (Some(counters), Ok(outcomes)) = (&self.counters, &outcomes) {
            let conflicts = outcomes.iter().filter(|outcome| **outcome == CommitOutcome::Conflict).count();
            counters.count_batch(batch.len(), conflicts);
        }
        outcomes
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.opener.check()?;
        self.inner.for_each(range, visit)
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.opener.check()?;
        self.inner.for_each_row(visit)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.opener.check()?;
        self.inner.backup(to)
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.opener.check()?;
        self.inner.query(query)
    }

    fn merges(&self) -> bool {
        self.inner.merges()
    }

    fn metrics(&self) -> StoreMetrics {
        if self.opener.is_here() { self.inner.metrics() } else { StoreMetrics::default() }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.opener.release(&self.inner);
    }
}
