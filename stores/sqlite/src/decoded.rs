//! Records that every connect reads and few people change, kept as they were decoded last.
//!
//! A stamp names one write, so a record that is here under the stamp its row has now is what the row says: nothing has
//! to be told of changes, not even of those by another process.

use fleet_core::store::{Key, Record, Row, Stamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many records are kept; then it starts anew.
const KEPT: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Decoded(Mutex<HashMap<Key, (Stamp, Record)>>);

impl Decoded {
    /// Whether records under such a key are kept.
    pub(crate) fn keeps(key: &Key) -> bool {
        matches!(key, Key::Product(_) | Key::Team(_) | Key::Firmware(_) | Key::Subscriptions(_))
    }

    /// The record that was put under a key with a stamp.
    pub(crate) fn get(&self, key: &Key, stamp: Stamp) -> Option<Record> {
        self.lock().get(key).filter(|(kept, _)| *kept == stamp).map(|(_, record)| record.clone())
    }

    /// Keeps what a row says.
    pub(crate) fn keep(&self, row: &Row) {
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
