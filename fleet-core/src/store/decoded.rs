//! Caches decoded records that every connect reads and people rarely change.
//!
//! Invariant: a stamp names one write, so a cached record is valid exactly if the row still has the cached stamp. No
//! invalidation is needed, not even for changes by another process.

use super::{Key, Record, Row, Stamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Maximum number of cached records; when it is reached, the cache is cleared.
const KEPT: usize = 1024;

/// A cache of decoded records of products, teams and firmware, for stores that keep them as JSON.
#[derive(Debug, Default)]
pub struct Decoded(Mutex<HashMap<Key, (Stamp, Record)>>);

impl Decoded {
    /// Whether records under this key are cached.
    pub fn keeps(key: &Key) -> bool {
        matches!(key, Key::Product(_) | Key::Team(_) | Key::Firmware(_) | Key::EventSubscriptions(_))
    }

    /// Returns the cached record of a key, if it was cached with this stamp.
    pub fn get(&self, key: &Key, stamp: Stamp) -> Option<Record> {
        self.lock().get(key).filter(|(kept, _)| *kept == stamp).map(|(_, record)| record.clone())
    }

    /// Returns the record that was cached last under a key, with its stamp. It is valid if the row still has that
    /// stamp.
    pub fn latest(&self, key: &Key) -> Option<(Stamp, Record)> {
        self.lock().get(key).cloned()
    }

    /// Caches the record of a row.
    pub fn keep(&self, row: &Row) {
        let mut kept = self.lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(row.key.clone(), (row.stamp, row.record.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, (Stamp, Record)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
