//! Load, decide, commit: runs what a door does, safely against others who do the same at the same time.
//!
//! A transaction remembers the stamps of all rows it read and buffers its writes. At its end everything is committed on
//! the condition that the rows it read are unchanged; otherwise the rule runs again on the new rows. An error of a rule
//! counts only if all rows that the rule read were valid at one moment; otherwise people would see impossible errors.

mod outcome;
#[cfg(test)]
mod tests;

pub(crate) use outcome::{apply, apply_all};

use super::{
    Check, Commit, CommitOutcome, Key, Range, Record, Row, Stamp, Store, StoreError, StoreErrorKind, Stored, Tally,
    Tries, Turnstiles, Write,
};
use crate::Error;
use crate::customer::CustomerId;
use crate::product::ProductId;
use fleet_process::Process;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Number of times that a rule is run before its caller gets `store_contention`.
pub(crate) const TRIES: u32 = 64;

/// Up to this number of rows a transaction finds them by linear search, beyond it by hash.
const FEW: usize = 16;

/// Random numbers for stamps, slots and waiting times.
///
/// The seed comes from the operating system's randomness; a forked process draws a new seed.
#[derive(Debug)]
pub(crate) struct Stamps {
    state: AtomicU64,
    /// Id of the process that the state belongs to.
    process: AtomicU64,
}

impl Stamps {
    /// Creates a sequence that no other process has.
    pub(crate) fn random() -> Self {
        Self::seeded(random_seed())
    }

    /// Creates the same sequence each time, for tests.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed), process: AtomicU64::new(Process::current().number()) }
    }

    /// Returns the next number (splitmix64: each of the 2^64 numbers occurs once before any occurs again).
    pub(crate) fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        if !self.is_ours() {
            self.begin_anew();
        }
        let state = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Whether the state belongs to this process, and is not a copy of its parent's.
    fn is_ours(&self) -> bool {
        self.process.load(Ordering::Acquire) == Process::current().number()
    }

    #[cold]
    fn begin_anew(&self) {
        // Two threads may reach this at once: then the state is seeded twice, which is harmless.
        self.state.store(random_seed(), Ordering::Relaxed);
        self.process.store(Process::current().number(), Ordering::Release);
    }

    /// Returns the next stamp of a row: never 0, which is the stamp of counters.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp(self.next().max(1))
    }
}

/// Reads eight bytes of the operating system's randomness now. The generators of the standard library and others keep a
/// state in the process, which a forked process copies.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn random_seed() -> u64 {
    let mut seed = [0; 8];
    match getrandom::fill(&mut seed) {
        Ok(()) => u64::from_le_bytes(seed),
        // If the system has no randomness: no two processes share both a moment and a process id.
        Err(_) => std::hash::BuildHasher::hash_one(
            &std::hash::RandomState::new(),
            (std::process::id(), std::time::SystemTime::now()),
        ),
    }
}

/// Returns a seed without system randomness: bare WebAssembly has none, and one process.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn random_seed() -> u64 {
    std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0)
}

/// The rows that a rule read and the changes that it wants to write.
pub(crate) struct Transaction<'s> {
    store: &'s dyn Store,
    stamps: &'s Stamps,
    rows: Vec<TransactionRow>,
    indexes: HashMap<Key, usize, foldhash::fast::RandomState>,
    adds: Vec<(Key, i64)>,
    loads: u32,
}

struct TransactionRow {
    key: Key,
    /// The stamp that the row had in the store, if it was read.
    read: Option<Option<Stamp>>,
    record: Option<Record>,
    written: bool,
}

impl<'s> Transaction<'s> {
    pub(crate) fn new(store: &'s dyn Store, stamps: &'s Stamps) -> Self {
        Self { store, stamps, rows: Vec::new(), indexes: HashMap::default(), adds: Vec::new(), loads: 0 }
    }

    /// Reads records from one moment, except those that were read before.
    pub(crate) fn load(&mut self, keys: impl IntoIterator<Item = Key>) -> Result<(), Error> {
        let mut keys: Vec<Key> = keys.into_iter().filter(|key| self.index(key).is_none()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        keys.sort_unstable();
        keys.dedup();
        let found = self.store.get(&keys)?;
        self.loads += 1;
        for (key, row) in keys.into_iter().zip(found) {
            let (read, record) = match row {
                Some(Row { record, stamp, .. }) => (Some(Some(stamp)), Some(record)),
                None => (Some(None), None),
            };
            self.add_row(TransactionRow { key, read, record, written: false });
        }
        Ok(())
    }

    /// Returns the record with this id as this transaction sees it.
    pub(crate) fn get<T: Stored>(&mut self, id: T::Id) -> Result<Option<T>, Error> {
        let key = T::key(id);
        if self.index(&key).is_none() {
            self.load([key.clone()])?;
        }
        let record = self.index(&key).and_then(|index| self.rows.get(index)).and_then(|row| row.record.clone());
        match record {
            None => Ok(None),
            Some(record) => match T::from_record(record) {
                Some(record) => Ok(Some(record)),
                None => Err(StoreError::new(
                    StoreErrorKind::Corrupt,
                    "the store holds a record of another kind under this key",
                )
                .into()),
            },
        }
    }

    /// Returns the record of a loaded key as this transaction sees it.
    pub(crate) fn record(&self, key: &Key) -> Option<Record> {
        self.index(key).and_then(|index| self.rows.get(index)).and_then(|row| row.record.clone())
    }

    /// Whether a loaded key has a record.
    pub(crate) fn holds(&self, key: &Key) -> bool {
        self.index(key).and_then(|index| self.rows.get(index)).is_some_and(|row| row.record.is_some())
    }

    /// Returns the customer that a product's guard record of an identity names.
    pub(crate) fn get_identity(&mut self, product: ProductId, guard: &Arc<str>) -> Result<Option<CustomerId>, Error> {
        let key = Key::CustomerIdentity(product, Arc::clone(guard));
        self.load([key.clone()])?;
        Ok(self.record(&key).and_then(|record| if let Record::CustomerName(id) = record { Some(id) } else { None }))
    }

    pub(crate) fn put<T: Stored>(&mut self, id: T::Id, record: T) {
        self.put_record(T::key(id), record.into_record());
    }

    pub(crate) fn put_record(&mut self, key: Key, record: Record) {
        self.write(key, Some(record));
    }

    pub(crate) fn delete(&mut self, key: Key) {
        self.write(key, None);
    }

    /// Adds to a counter.
    pub(crate) fn add(&mut self, key: Key, delta: i64) {
        match self.adds.iter_mut().find(|(known, _)| *known == key) {
            Some((_, sum)) => *sum = sum.saturating_add(delta),
            None => self.adds.push((key, delta)),
        }
    }

    /// Returns the sum of a counter's slots. A commit does not check it.
    pub(crate) fn sum(&self, product: ProductId, tally: Tally) -> Result<i64, Error> {
        let range = Range::new(Key::Tally(product, tally, 0), Key::Tally(product, tally, u8::MAX));
        let rows = self.store.scan(&range)?;
        Ok(rows.iter().map(|row| if let Record::Counter(value) = row.record { value } else { 0 }).sum())
    }

    /// The store itself, for reads that no commit depends on.
    pub(crate) fn store(&self) -> &'s dyn Store {
        self.store
    }

    /// Returns a random number: a slot, or a part of a record's name.
    pub(crate) fn random(&self) -> u64 {
        self.stamps.next()
    }

    fn write(&mut self, key: Key, record: Option<Record>) {
        match self.index(&key).and_then(|index| self.rows.get_mut(index)) {
            Some(row) => (row.record, row.written) = (record, true),
            None => self.add_row(TransactionRow { key, read: None, record, written: true }),
        }
    }

    fn add_row(&mut self, row: TransactionRow) {
        if self.rows.len() == FEW {
            self.indexes = self.rows.iter().enumerate().map(|(index, row)| (row.key.clone(), index)).collect();
        }
        if self.rows.len() >= FEW {
            self.indexes.insert(row.key.clone(), self.rows.len());
        }
        self.rows.push(row);
    }

    fn index(&self, key: &Key) -> Option<usize> {
        if self.rows.len() <= FEW {
            self.rows.iter().position(|row| row.key == *key)
        } else {
            self.indexes.get(key).copied()
        }
    }

    /// Returns the checks that the rows read so far are unchanged.
    pub(crate) fn checks(&self) -> Vec<Check> {
        self.rows.iter().filter_map(|row| Some(Check { key: row.key.clone(), stamp: row.read? })).collect()
    }

    /// Returns what to commit: checks and writes, or only the checks.
    fn commit(mut self, with_writes: bool) -> Option<Commit> {
        let checks: Vec<Check> =
            self.rows.iter().filter_map(|row| Some(Check { key: row.key.clone(), stamp: row.read? })).collect();
        let mut writes = Vec::new();
        if with_writes {
            for row in self.rows {
                if row.written {
                    writes.push(match row.record {
                        Some(record) => Write::Put { key: row.key, record, stamp: self.stamps.stamp() },
                        None => Write::Delete { key: row.key },
                    });
                }
            }
            self.adds.retain(|(_, delta)| *delta != 0);
            writes.extend(self.adds.into_iter().map(|(key, delta)| Write::Add { key, delta }));
        }
        // One read sees one moment, so there is nothing to check.
        (!writes.is_empty() || self.loads > 1).then_some(Commit { checks, writes })
    }
}

/// Runs a rule on the rows of the store and commits its writes; retries until no other commit interferes. Callers of
/// one process that contend for one record take turns.
///
/// # Errors
/// The rule's error, if the rows it read were valid; errors of the store; `store_contention` after 64 attempts.
pub(crate) fn transact_in_turn<T>(
    store: &dyn Store,
    stamps: &Stamps,
    turnstiles: &Turnstiles,
    mut rule: impl FnMut(&mut Transaction<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut tries = Tries::new(turnstiles, stamps);
    loop {
        let mut transaction = Transaction::new(store, stamps);
        let decided = rule(&mut transaction);
        if let Err(error) = &decided
            && matches!(error.kind(), crate::ErrorKind::Store(_))
        {
            return decided;
        }
        let Some(commit) = transaction.commit(decided.is_ok()) else { return decided };
        if !commit.writes.is_empty() && tries.line_up(commit.checks.iter().map(|check| &check.key)) {
            continue;
        }
        if apply(store, &commit)? == CommitOutcome::Applied {
            return decided;
        }
        tries.lost(commit.checks)?;
    }
}

/// As [`transact_in_turn`], for a test that has no fleet.
#[cfg(test)]
pub(crate) fn transact<T>(
    store: &dyn Store,
    stamps: &Stamps,
    rule: impl FnMut(&mut Transaction<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    transact_in_turn(store, stamps, &Turnstiles::default(), rule)
}

/// The error for a caller whose records others kept changing.
pub(crate) fn contention() -> StoreError {
    StoreError::new(StoreErrorKind::Contention, "others keep changing the same records; try again")
}

/// Waits for a random time that grows with the number of attempts, up to about 25 ms.
pub(crate) fn wait(attempt: u32, stamps: &Stamps) {
    if attempt >= 2 {
        let longest = 50_u64 << attempt.min(9);
        rest(Duration::from_micros(stamps.next() % longest));
    }
}

/// Waits; does nothing on targets without threads.
pub(crate) fn rest(span: Duration) {
    if !cfg!(target_family = "wasm") {
        std::thread::sleep(span);
    }
}
