//! Keeps a fleet away from a store whose journal holds changes, when it was opened without that journal.
//!
//! Such a store is an older fleet: ids that the journal gave out would be given out again, and what is written now would
//! be overwritten when the journal is folded.

use super::journaled::waits;
use super::{Commit, CommitOutcome, Key, Query, Range, Record, Row, SqlRow, Store, StoreError, StoreErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The store, which refuses everything while a journal waits in it. It is asked at the first call and not here: a fleet is
/// opened on threads that must not wait, such as an event loop that answers for the store.
pub(crate) fn plain(store: impl Store + 'static) -> Arc<dyn Store> {
    Arc::new(Plain { store, is_plain: AtomicBool::new(false) })
}

/// That a store is one that may be used without a journal.
///
/// # Errors
/// `store_journaled` where a journal waits in it, and the store's own.
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

    /// The journal is in the copy, so it may be made in any case.
    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.store.backup(to)
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.checked()?.query(query)
    }

    fn merges(&self) -> bool {
        self.store.merges()
    }
}
