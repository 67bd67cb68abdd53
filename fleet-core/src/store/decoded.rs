//! Records that every connect reads and few people change, kept as they were decoded last.
//!
//! A stamp names one write, so a record that is here under the stamp its row has now is what the row says: nothing has
//! to be told of changes, not even of those by another process.

use super::{Key, Record, Row, Stamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many records are kept; then it starts anew.
const KEPT: usize = 1024;

/// Records of products, teams and firmware as they were decoded last, for stores that keep them as JSON.
#[derive(Debug, Default)]
pub struct Decoded(Mutex<HashMap<Key, (Stamp, Record)>>);

impl Decoded {
    /// Whether records under such a key are kept.
    pub fn keeps(key: &Key) -> bool {
        matches!(key, Key::Product(_) | Key::Team(_) | Key::Firmware(_) | Key::EventSubscriptions(_))
    }

    /// The record that was put under a key with a stamp.
    pub fn get(&self, key: &Key, stamp: Stamp) -> Option<Record> {
        self.lock().get(key).filter(|(kept, _)| *kept == stamp).map(|(_, record)| record.clone())
    }

    /// The record that was kept last under a key, and its stamp: what a row says if it still has that stamp.
    pub fn latest(&self, key: &Key) -> Option<(Stamp, Record)> {
        self.lock().get(key).cloned()
    }

    /// Keeps what a row says.
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
