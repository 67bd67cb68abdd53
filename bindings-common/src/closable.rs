//! A store that can be closed while doors to it are still about, as hosts with garbage collectors need it.

use fleet_core::Store;
use fleet_core::store::{Commit, Key, Opener, Outcome, Query, Range, Record, Row, SqlRow, StoreError, StoreErrorKind};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// A store until it is closed.
#[derive(Clone, Debug)]
pub(crate) struct Closable {
    store: Arc<RwLock<Option<Box<dyn Store>>>>,
    opener: Opener,
}

impl Closable {
    pub(crate) fn new(store: impl Store + 'static) -> Self {
        Self { store: Arc::new(RwLock::new(Some(Box::new(store)))), opener: Opener::here() }
    }

    /// Waits for what is under way and lets the store go. In a process that was forked since it was opened, the store is
    /// the parent's and nothing is under way: nothing happens.
    pub(crate) fn close(&self) {
        if !self.opener.is_here() {
            return;
        }
        let store = self.store.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(store);
    }

    fn with<T>(&self, ask: impl FnOnce(&dyn Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.opener.check()?;
        match &*self.store.read().unwrap_or_else(PoisonError::into_inner) {
            Some(store) => ask(&**store),
            None => Err(StoreError::new(StoreErrorKind::Other, "the fleet is closed; open it again")),
        }
    }
}

impl Store for Closable {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.with(|store| store.get(keys))
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.with(|store| store.scan(range))
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<Outcome>, StoreError> {
        self.with(|store| store.commit(batch))
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.with(|store| store.for_each(range, visit))
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.with(|store| store.backup(to))
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.with(|store| store.query(query))
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.with(|store| store.for_each_row(visit))
    }

    fn merges(&self) -> bool {
        self.with(|store| Ok(store.merges())).unwrap_or(false)
    }
}

impl Drop for Closable {
    fn drop(&mut self) {
        self.opener.release(&self.store);
    }
}
