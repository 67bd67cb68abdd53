//! A store in memory: for tests, for fleets that are rebuilt from elsewhere, and as the reference for other stores.
//!
//! Devices and registry entries, of which there may be millions, have tables of their own, and events a map of their
//! own, so that they do not slow down other lookups. Everything else is in one ordered map. Invariant: one lock guards
//! everything, so each read and each commit happens at one moment.

mod pages;
mod table;
#[cfg(test)]
mod tests;

use super::{
    Check, Commit, CommitOutcome, Key, Query, Range, Record, Row, SqlRow, Stamp, Store, StoreError, StoreErrorKind,
    Write,
};
use crate::device::{DeviceId, Registration};
use crate::product::ProductId;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::{PoisonError, RwLock};
use table::Table;

/// A store in memory. Nothing is kept after it is dropped.
///
/// ```
/// use fleet_core::{Fleet, MemoryStore};
///
/// let fleet = Fleet::open(MemoryStore::new());
/// # let _ = fleet;
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: RwLock<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    /// Kept as records, so that they can be shown without a copy.
    devices: Table<(ProductId, DeviceId), Record>,
    registry: Table<DeviceId, Registration>,
    events: BTreeMap<EventKey, (Record, Stamp)>,
    rest: BTreeMap<Key, (Record, Stamp)>,
}

/// Product, slot and number.
type EventKey = (ProductId, u8, u64);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        Ok(keys.iter().map(|key| rows.row(key)).collect())
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        Ok(match (any_end(&range.first), any_end(&range.last)) {
            (Some(Key::Device(..)), _) | (_, Some(Key::Device(..))) => {
                let place = |key: &Key| if let Key::Device(product, id) = key { Some((*product, *id)) } else { None };
                let found =
                    rows.devices.range(map(&range.first, place), map(&range.last, place), range.reverse, range.limit);
                found.map(|((product, id), record, stamp)| device_row(product, id, record, stamp)).collect()
            }
            (Some(Key::Registration(_)), _) | (_, Some(Key::Registration(_))) => {
                let place = |key: &Key| if let Key::Registration(id) = key { Some(*id) } else { None };
                let found =
                    rows.registry.range(map(&range.first, place), map(&range.last, place), range.reverse, range.limit);
                found.map(|(id, entry, stamp)| registration_row(id, entry, stamp)).collect()
            }
            (Some(Key::Event(..)), _) | (_, Some(Key::Event(..))) => {
                let found = rows.events.range((map(&range.first, event_key), map(&range.last, event_key)));
                in_order(found.map(event_row), range)
            }
            _ => {
                let found = rows.rest.range::<Key, _>((range.first.as_ref(), range.last.as_ref()));
                in_order(found.map(row), range)
            }
        })
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        Ok(batch
            .iter()
            .map(|commit| {
                if commit.checks.iter().all(|check| rows.holds(check)) {
                    commit.writes.iter().for_each(|write| rows.apply(write));
                    CommitOutcome::Applied
                } else {
                    CommitOutcome::Conflict
                }
            })
            .collect())
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        if range.is_empty() {
            return Ok(());
        }
        if let (Some(Key::Device(..)), _) | (_, Some(Key::Device(..))) = (any_end(&range.first), any_end(&range.last)) {
            let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
            for ((product, id), record, _) in rows.devices.iter() {
                let key = Key::Device(product, id);
                if range.contains(&key) {
                    visit(&key, record);
                }
            }
            return Ok(());
        }
        for row in self.scan(&Range { limit: usize::MAX, reverse: false, ..range.clone() })? {
            visit(&row.key, &row.record);
        }
        Ok(())
    }

    fn backup(&self, _to: &Path) -> Result<(), StoreError> {
        Err(StoreError::new(
            StoreErrorKind::Unsupported,
            "a fleet in memory has no file to back up; copy it into a durable store such as SQLite",
        ))
    }

    fn query(&self, _query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        Err(StoreError::new(
            StoreErrorKind::Unsupported,
            "a fleet in memory has no SQL; use the console, or a SQLite store",
        ))
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let devices = rows.devices.iter().map(|((product, id), record, stamp)| device_row(product, id, record, stamp));
        let registry = rows.registry.iter().map(|(id, entry, stamp)| registration_row(id, entry, stamp));
        let (events, rest) = (rows.events.iter().map(event_row), rows.rest.iter().map(row));
        devices.chain(registry).chain(events).chain(rest).try_for_each(visit)
    }
}

impl Rows {
    fn row(&self, key: &Key) -> Option<Row> {
        match key {
            Key::Device(product, id) => {
                let (record, stamp) = self.devices.get(&(*product, *id))?;
                Some(device_row(*product, *id, record, stamp))
            }
            Key::Registration(id) => {
                let (entry, stamp) = self.registry.get(id)?;
                Some(registration_row(*id, entry, stamp))
            }
            _ => {
                let (record, stamp) = match event_key(key) {
                    Some(place) => self.events.get(&place)?,
                    None => self.rest.get(key)?,
                };
                Some(Row { key: key.clone(), record: record.clone(), stamp: *stamp })
            }
        }
    }

    fn holds(&self, check: &Check) -> bool {
        let stamp = match &check.key {
            Key::Device(product, id) => self.devices.get(&(*product, *id)).map(|(_, stamp)| stamp),
            Key::Registration(id) => self.registry.get(id).map(|(_, stamp)| stamp),
            Key::Event(product, slot, number) => self.events.get(&(*product, *slot, *number)).map(|(_, stamp)| *stamp),
            key => self.rest.get(key).map(|(_, stamp)| *stamp),
        };
        stamp == check.stamp
    }

    fn apply(&mut self, write: &Write) {
        match write {
            Write::Put { key: Key::Device(product, id), record, stamp } => {
                self.devices.insert((*product, *id), record.clone(), *stamp);
            }
            Write::Put { key: Key::Registration(id), record: Record::Registration(entry), stamp } => {
                self.registry.insert(*id, entry.clone(), *stamp);
            }
            Write::Put { key: Key::Event(product, slot, number), record, stamp } => {
                self.events.insert((*product, *slot, *number), (record.clone(), *stamp));
            }
            Write::Put { key, record, stamp } => {
                self.rest.insert(key.clone(), (record.clone(), *stamp));
            }
            Write::Delete { key: Key::Device(product, id) } => self.devices.remove(&(*product, *id)),
            Write::Delete { key: Key::Registration(id) } => self.registry.remove(id),
            Write::Delete { key: Key::Event(product, slot, number) } => {
                self.events.remove(&(*product, *slot, *number));
            }
            Write::Delete { key } => {
                self.rest.remove(key);
            }
            Write::Add { key, delta } => match self.rest.get_mut(key) {
                Some((Record::Counter(value), _)) => {
                    *value = value.saturating_add(*delta);
                    if *value == 0 && key.ends_at_zero() {
                        self.rest.remove(key);
                    }
                }
                _ if *delta == 0 && key.ends_at_zero() => {}
                _ => {
                    self.rest.insert(key.clone(), (Record::Counter(*delta), Stamp::default()));
                }
            },
        }
    }
}

fn device_row(product: ProductId, id: DeviceId, record: &Record, stamp: Stamp) -> Row {
    Row { key: Key::Device(product, id), record: record.clone(), stamp }
}

fn registration_row(id: DeviceId, entry: &Registration, stamp: Stamp) -> Row {
    Row { key: Key::Registration(id), record: Record::Registration(entry.clone()), stamp }
}

fn event_row(((product, slot, number), (record, stamp)): (&EventKey, &(Record, Stamp))) -> Row {
    Row { key: Key::Event(*product, *slot, *number), record: record.clone(), stamp: *stamp }
}

fn row((key, (record, stamp)): (&Key, &(Record, Stamp))) -> Row {
    Row { key: key.clone(), record: record.clone(), stamp: *stamp }
}

fn event_key(key: &Key) -> Option<EventKey> {
    if let Key::Event(product, slot, number) = key { Some((*product, *slot, *number)) } else { None }
}

/// Returns rows in the order of a range, up to its limit.
fn in_order(found: impl DoubleEndedIterator<Item = Row>, range: &Range) -> Vec<Row> {
    if range.reverse { found.rev().take(range.limit).collect() } else { found.take(range.limit).collect() }
}

fn any_end(end: &Bound<Key>) -> Option<&Key> {
    match end {
        Bound::Included(key) | Bound::Excluded(key) => Some(key),
        Bound::Unbounded => None,
    }
}

fn map<K>(end: &Bound<Key>, place: impl Fn(&Key) -> Option<K>) -> Bound<K> {
    let (Bound::Included(key) | Bound::Excluded(key)) = end else { return Bound::Unbounded };
    match (place(key), end) {
        (Some(key), Bound::Included(_)) => Bound::Included(key),
        (Some(key), _) => Bound::Excluded(key),
        (None, _) => Bound::Unbounded,
    }
}
