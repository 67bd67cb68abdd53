//! Refuses to use a store whose journal holds changes, if it was opened without that journal.
//!
//! Without its journal, the store is an older fleet: ids that were assigned in the journal would be assigned again, and
//! a later fold of the journal would overwrite new writes.

use super::journal::waits;
use super::{Commit, CommitOutcome, Key, Query, Range, Record, Row, SqlRow, Store, StoreError, StoreErrorKind};
use crate::observe::StoreMetrics;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Wraps a store so that it refuses every call while it has a journal with changes. The check runs at the first call,
/// not here: a fleet is opened on threads that must not block, such as an event loop that answers for the store.
pub(crate) fn plain(store: impl Store + 'static) -> Arc<dyn Store> {
    Arc::new(Plain { store, is_plain: AtomicBool::new(false) })
}

/// Checks that a store can be used without a journal.
///
/// # Errors
/// `store_journaled` if it has a journal with changes; errors of the store.
pub(super) fn check(store: &dyn Store) -> Result<(), StoreError> {
    if !waits(store)? {
        return Ok(());
    }
    let problem = "the store was opened without its journal, which holds changes that are not in the rows yet: open it \
                   with `Journaled::open` (`?journal=on` in a URL), or end the journal with `Journaled::close` (`?journal=off`)";
    Err(StoreError::new(StoreErrorKind::Journaled, problem))
}

#[derive(Debug)]
struct Plain<S> {
    store: S,
    is_plain: AtomicBool,
}

impl<S: Store> Plain<S> {
    fn checked(&self) -> Result<&S, StoreError> {
        if !self.is_plain.load(Ordering::Relaxed) {
            check(&self.store)?;
            self.is_plain.store(true, Ordering::Relaxed);
        }
        Ok(&self.store)
    }
}

impl<S: Store> Store for Plain<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.checked()?.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.checked()?.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.checked()?.commit(batch)
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.checked()?.for_each(range, visit)
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.checked()?.for_each_row(visit)
    }

    /// A backup contains the journal, so it is always allowed.
    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.store.backup(to)
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.checked()?.query(query)
    }

    fn merges(&self) -> bool {
        self.store.merges()
    }

    fn metrics(&self) -> StoreMetrics {
        self.store.metrics()
    }
}
