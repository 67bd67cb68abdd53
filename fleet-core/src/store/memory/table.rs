//! A hash table of many small records that can also be read in key order.
//!
//! Records are stored on pages and are never moved. A hash table holds their row numbers, with the hashes, so that
//! growing it never touches a record. The order is built when it is first needed: a bulk import pays nothing for it.

use super::pages::Pages;
use crate::store::Stamp;
use crate::store::merge::merge;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash};
use std::ops::Bound;
use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
pub(super) struct Table<K, V> {
    index: HashTable<Slot>,
    rows: Pages<Option<(K, Stamp, V)>>,
    free: Vec<u32>,
    hasher: RandomState,
    order: Mutex<Option<Order<K>>>,
}

/// Where a row is.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Half of the key's hash.
    hash: u32,
    row: u32,
}

/// The hash that the table uses: it takes the position from the first bits and a tag from the last ones.
fn wide(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// Keys in order. It may still hold keys of deleted rows, but only a limited share of them.
#[derive(Debug)]
struct Order<K> {
    settled: Vec<K>,
    recent: BTreeSet<K>,
    added: Vec<K>,
    removed: usize,
}

/// Number of keys that are kept outside the settled ones before they are merged into them.
const RECENT: usize = 4096;

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            index: HashTable::new(),
            rows: Pages::default(),
            free: Vec::new(),
            hasher: RandomState::default(),
            order: Mutex::new(None),
        }
    }
}

impl<K: Copy + Ord + Hash, V> Table<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<(&V, Stamp)> {
        let (_, stamp, value) = self.rows.get(self.number(key)?)?.as_ref()?;
        Some((value, *stamp))
    }

    pub(super) fn insert(&mut self, key: K, value: V, stamp: Stamp) {
        if let Some(number) = self.number(&key) {
            if let Some(Some(row)) = self.rows.get_mut(number) {
                (row.1, row.2) = (stamp, value);
            }
            return;
        }
        let row = Some((key, stamp, value));
        let number = match self.free.pop() {
            Some(free) => {
                if let Some(slot) = self.rows.get_mut(free) {
                    *slot = row;
                }
                free
            }
            None => self.rows.push(row),
        };
        let slot = Slot { hash: hash_of(&self.hasher, &key), row: number };
        self.index.insert_unique(wide(slot.hash), slot, |slot| wide(slot.hash));
        if let Some(order) = self.order.get_mut().unwrap_or_else(PoisonError::into_inner) {
            order.added.push(key);
            if order.added.len() > self.rows.len() + RECENT {
                let (index, rows, hasher) = (&self.index, &self.rows, &self.hasher);
                order.settle(|key| find(index, rows, hash_of(hasher, key), key).is_some());
            }
        }
    }

    pub(super) fn remove(&mut self, key: &K) {
        let hash = hash_of(&self.hasher, key);
        let Ok(found) = self.index.find_entry(wide(hash), |slot| slot.hash == hash && is(&self.rows, slot.row, key))
        else {
            return;
        };
        let (Slot { row: number, .. }, _) = found.remove();
        if let Some(row) = self.rows.get_mut(number) {
            *row = None;
            self.free.push(number);
        }
        if let Some(order) = self.order.get_mut().unwrap_or_else(PoisonError::into_inner) {
            order.removed += 1;
        }
    }

    /// Returns every row, in the order of memory.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &V, Stamp)> {
        self.rows.iter().flatten().map(|(key, stamp, value)| (*key, value, *stamp))
    }

    /// Returns the rows between two keys, in key order.
    pub(super) fn range(
        &self,
        first: Bound<K>,
        last: Bound<K>,
        reverse: bool,
        limit: usize,
    ) -> impl Iterator<Item = (K, &V, Stamp)> {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let order = order.get_or_insert_with(|| Order {
            settled: Vec::new(),
            recent: BTreeSet::new(),
            added: self.iter().map(|(key, ..)| key).collect(),
            removed: 0,
        });
        order.update(|key| self.get(key).is_some());
        let keys = order.keys(first, last, reverse, limit, |key| self.get(key).is_some());
        keys.into_iter().filter_map(|key| self.get(&key).map(|(value, stamp)| (key, value, stamp)))
    }

    fn number(&self, key: &K) -> Option<u32> {
        find(&self.index, &self.rows, hash_of(&self.hasher, key), key)
    }
}

/// Returns the number of the row with a key.
fn find<K: Eq, V>(index: &HashTable<Slot>, rows: &Pages<Option<(K, Stamp, V)>>, hash: u32, key: &K) -> Option<u32> {
    index.find(wide(hash), |slot| slot.hash == hash && is(rows, slot.row, key)).map(|slot| slot.row)
}

fn hash_of<K: Hash>(hasher: &RandomState, key: &K) -> u32 {
    (hasher.hash_one(key) >> 32) as u32
}

fn is<K: Eq, V>(rows: &Pages<Option<(K, Stamp, V)>>, number: u32, key: &K) -> bool {
    matches!(rows.get(number), Some(Some((found, ..))) if found == key)
}

impl<K: Copy + Ord> Order<K> {
    /// Brings the order up to date: puts a few added keys beside the settled ones, or merges many into them. Merges
    /// also after many removals: a caller that deletes rows page by page from the front would otherwise pass over all
    /// deleted keys at each page.
    fn update(&mut self, lives: impl Fn(&K) -> bool) {
        let few_removed = self.removed <= RECENT + self.settled.len() / 8;
        if self.added.len() + self.recent.len() <= RECENT && few_removed {
            self.recent.extend(self.added.drain(..));
        } else {
            self.settle(lives);
        }
    }

    fn settle(&mut self, lives: impl Fn(&K) -> bool) {
        self.settled.extend(std::mem::take(&mut self.recent));
        self.settled.append(&mut self.added);
        self.settled.sort();
        self.settled.dedup();
        self.settled.retain(lives);
        self.removed = 0;
    }

    fn keys(&self, first: Bound<K>, last: Bound<K>, reverse: bool, limit: usize, lives: impl Fn(&K) -> bool) -> Vec<K> {
        let from = self.settled.partition_point(|key| match &first {
            Bound::Included(first) => key < first,
            Bound::Excluded(first) => key <= first,
            Bound::Unbounded => false,
        });
        let to = self.settled.partition_point(|key| match &last {
            Bound::Included(last) => key <= last,
            Bound::Excluded(last) => key < last,
            Bound::Unbounded => true,
        });
        let settled = self.settled.get(from..to).unwrap_or_default().iter().copied();
        let recent = self.recent.range((first, last)).copied();
        if reverse {
            merge(settled.rev(), recent.rev(), |a, b| a > b).filter(lives).take(limit).collect()
        } else {
            merge(settled, recent, |a, b| a < b).filter(lives).take(limit).collect()
        }
    }
}
