//! Rows in memory: those that are not in the inner store yet, and a cache of others.
//!
//! A row is *dirty* from the commit that writes it until its generation is folded. The *open* generation receives new
//! commits; the *closed* one, if there is one, is being folded. A row of the closed generation that is written again
//! moves to the open one. Generations are numbered, so closing and forgetting one touches no row. Invariants: every
//! dirty row is in memory; a row in memory equals what the journal and the inner store together hold.

use super::merge::merge;
use fleet_core::store::{Key, Range, Record, Row, Stamp, Write};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

#[derive(Debug, Default)]
pub(super) struct Overlay {
    rows: HashMap<Key, Held, foldhash::fast::RandomState>,
    /// Number of generations that were closed. The open generation's number is one more.
    generations: u64,
    open: BTreeSet<Key>,
    closed: BTreeSet<Key>,
    /// The values of the open generation's counters before it.
    before: BTreeMap<Key, Option<i64>>,
    /// How often clean rows were evicted. After an eviction, rows read from the inner store earlier may be stale.
    pub(super) releases: u64,
}

/// The current state of a row. No record means that the row is absent.
#[derive(Debug)]
struct Held {
    record: Option<Record>,
    stamp: Stamp,
    /// The last generation in which the row was written; 0 means not since it was read.
    generation: u64,
}

/// A counter of a closed generation: its values before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CounterChange {
    pub(super) key: Key,
    pub(super) before: Option<i64>,
    pub(super) after: Option<i64>,
}

/// What memory knows about a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known<T> {
    /// Nothing: the inner store must be read.
    No,
    /// The row, or its absence.
    Yes(Option<T>),
}

impl Overlay {
    pub(super) fn row(&self, key: &Key) -> Known<Row> {
        match self.rows.get(key) {
            None => Known::No,
            Some(held) => Known::Yes(held.row(key)),
        }
    }

    /// Returns what is known about many rows.
    pub(super) fn rows(&self, keys: &[Key]) -> Vec<Known<Row>> {
        let held = self.held(keys.iter());
        keys.iter().zip(held).map(|(key, held)| held.map_or(Known::No, |held| Known::Yes(held.row(key)))).collect()
    }

    /// Returns what is known about many stamps.
    pub(super) fn stamps<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Vec<Known<Stamp>> {
        let stamp = |held: &Held| held.record.is_some().then_some(held.stamp);
        self.held(keys).into_iter().map(|held| held.map_or(Known::No, |held| Known::Yes(stamp(held)))).collect()
    }

    /// Looks up many keys. All lookups come before any use of their results, so that the processor waits for several
    /// rows of a large table at once.
    fn held<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Vec<Option<&Held>> {
        keys.map(|key| self.rows.get(key)).collect()
    }

    pub(super) fn holds(&self, key: &Key) -> bool {
        self.rows.contains_key(key)
    }

    fn open_generation(&self) -> u64 {
        self.generations + 1
    }

    /// Returns the number of the closed generation, if there is one.
    fn closed_generation(&self) -> Option<u64> {
        (!self.closed.is_empty()).then_some(self.generations)
    }

    /// Maximum number of rows that wait to be folded: some rows of the closed generation may be folded already.
    pub(super) fn dirty(&self) -> usize {
        self.open.len() + self.closed.len()
    }

    pub(super) fn open_len(&self) -> usize {
        self.open.len()
    }

    /// Caches a row of the inner store, or its absence, unless the key is in memory already.
    pub(super) fn keep(&mut self, key: Key, row: Option<Row>) {
        self.rows.entry(key).or_insert_with(|| {
            let (record, stamp) = row.map_or((None, Stamp::default()), |row| (Some(row.record), row.stamp));
            Held { record, stamp, generation: 0 }
        });
    }

    /// Evicts some clean rows if there are more than `most`.
    pub(super) fn release(&mut self, most: usize) {
        if self.rows.len() <= most.saturating_add(self.dirty()) {
            return;
        }
        // Nobody knows which rows are needed next, so every fourth one is evicted. Counters stay, because an addition
        // needs their value.
        let (mut turn, dirty) = (0_u8, self.closed_generation().unwrap_or(self.open_generation()));
        self.rows.retain(|key, held| {
            let may_go = held.generation < dirty && !matches!(key, Key::Tally(..));
            turn = turn.wrapping_add(u8::from(may_go));
            !may_go || !turn.is_multiple_of(4)
        });
        self.releases += 1;
    }

    /// Applies a write that is in the journal. The counters that it adds to must be in memory.
    pub(super) fn apply(&mut self, write: &Write) {
        let (key, generation) = (write.key(), self.open_generation());
        let there = self.rows.get_mut(key);
        let before = there.as_ref().and_then(|held| held.counter());
        let held = match write {
            Write::Put { record, stamp, .. } => Held { record: Some(record.clone()), stamp: *stamp, generation },
            Write::Delete { .. } => Held { record: None, stamp: Stamp::default(), generation },
            Write::Add { delta, .. } => {
                let sum = before.unwrap_or(0).saturating_add(*delta);
                let record = (sum != 0 || !key.ends_at_zero()).then_some(Record::Counter(sum));
                Held { record, stamp: Stamp::default(), generation }
            }
        };
        if there.as_ref().is_none_or(|held| held.generation != generation) {
            self.open.insert(key.clone());
            if matches!(key, Key::Tally(..)) {
                self.before.insert(key.clone(), before);
            }
        }
        match there {
            Some(there) => *there = held,
            None => {
                self.rows.insert(key.clone(), held);
            }
        }
    }

    /// Closes the open generation; no other may be closed. Returns the changes of its counters.
    pub(super) fn close(&mut self) -> Vec<CounterChange> {
        self.generations += 1;
        self.closed = std::mem::take(&mut self.open);
        let before = std::mem::take(&mut self.before);
        let after = |key: &Key| self.rows.get(key).and_then(Held::counter);
        before.into_iter().map(|(key, before)| CounterChange { after: after(&key), key, before }).collect()
    }

    /// Returns the keys of the closed generation after a given key, in order.
    pub(super) fn closed_keys(&self, after: Option<&Key>) -> impl Iterator<Item = &Key> {
        self.closed.range::<Key, _>((after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded))
    }

    /// Returns the writes to the inner store for keys of the closed generation. Leaves out rows that were written again
    /// since, and counters, which are written last.
    pub(super) fn writes_of(&self, keys: &[&Key]) -> Vec<Write> {
        let held = self.held(keys.iter().copied());
        let of_closed = |held: &&Held| Some(held.generation) == self.closed_generation();
        let write = |(key, held): (&&Key, Option<&Held>)| {
            let held = held.filter(of_closed)?;
            match &held.record {
                _ if matches!(key, Key::Tally(..)) => None,
                Some(record) => Some(Write::Put { key: Key::clone(key), record: record.clone(), stamp: held.stamp }),
                None => Some(Write::Delete { key: Key::clone(key) }),
            }
        };
        keys.iter().zip(held).filter_map(write).collect()
    }

    /// Forgets the closed generation, all of which is folded. Its rows become clean, except those that were written
    /// again. Returns its keys, so that the caller can drop them without holding a lock.
    #[must_use]
    pub(super) fn forget_closed(&mut self) -> BTreeSet<Key> {
        std::mem::take(&mut self.closed)
    }

    /// Returns the keys in a range for which the inner store may be out of date, in the order of reading.
    pub(super) fn changed<'o>(&'o self, range: &Range) -> Box<dyn Iterator<Item = &'o Key> + 'o> {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let between = |keys: &'o BTreeSet<Key>| keys.range::<Key, _>((range.first.as_ref(), range.last.as_ref()));
        let (closed, open) = (between(&self.closed), between(&self.open));
        if range.reverse {
            Box::new(merge(closed.rev(), open.rev(), |a, b| a > b))
        } else {
            Box::new(merge(closed, open, |a, b| a < b))
        }
    }
}

impl Held {
    fn counter(&self) -> Option<i64> {
        match self.record {
            Some(Record::Counter(value)) => Some(value),
            _ => None,
        }
    }

    fn row(&self, key: &Key) -> Option<Row> {
        let record = self.record.clone()?;
        Some(Row { key: key.clone(), record, stamp: self.stamp })
    }
}
