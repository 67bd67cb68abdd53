//! Injects faults into a store, for the tests of everything above a store.
//!
//! Every fault is one that real engines have and that the contract of [`Store`] allows. Code that does not survive them
//! would not survive a real engine either.

use super::transaction::Stamps;
use super::{Commit, CommitOutcome, Key, Query, Range, Record, Row, SqlRow, Store, StoreError, StoreErrorKind};
use crate::observe::StoreMetrics;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The faults that can be injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// One commit of a batch is refused, as if another had changed its rows first. Happens only to a commit that has
    /// checks.
    Conflict,
    /// A commit fails with [`StoreErrorKind::Unavailable`]; nothing of it was applied.
    Unavailable,
    /// A commit fails with [`StoreErrorKind::Unknown`], before any of it was applied.
    UnknownBefore,
    /// A commit fails with [`StoreErrorKind::Unknown`], after all of it was applied.
    UnknownAfter,
    /// A commit fails with [`StoreErrorKind::Unknown`] after only the first commits of its batch were applied, each of
    /// them whole.
    Torn,
    /// A commit fails with [`StoreErrorKind::Unknown`] while it is still in flight: it is applied, if its checks still
    /// hold, before or after one of the next commits.
    UnknownLate,
    /// A `get`, `scan` or `for_each` fails with [`StoreErrorKind::Unavailable`].
    Unreadable,
    /// A call takes at least this long.
    Slow(Duration),
}

/// A layer that injects [`Fault`]s into calls of its inner store, at random from a seed or from a plan. For tests.
///
/// ```
/// use fleet_core::MemoryStore;
/// use fleet_core::store::{Fault, Faulty, Store};
///
/// let store = Faulty::new(MemoryStore::new(), 7).with(Fault::Conflict, 0.1).with(Fault::UnknownAfter, 0.05);
/// store.plan([Some(Fault::Unavailable), None]);
/// assert!(store.commit(&[]).unwrap_err().is_transient());
/// assert!(store.commit(&[]).is_ok());
/// assert_eq!(store.injected(), 1);
/// ```
#[derive(Debug)]
pub struct Faulty<S> {
    inner: S,
    /// Faults, each with the share of calls that it affects. If two affect one call, the first one counts.
    chances: Vec<(Fault, f64)>,
    plan: Mutex<VecDeque<Option<Fault>>>,
    late: Mutex<Vec<Vec<Commit>>>,
    numbers: Stamps,
    injected: AtomicU64,
}

impl<S: Store> Faulty<S> {
    /// Wraps a store, without faults so far. A seed always yields the same faults in the same order; which thread meets
    /// which fault depends on scheduling.
    pub fn new(inner: S, seed: u64) -> Self {
        Self {
            inner,
            chances: Vec::new(),
            plan: Mutex::default(),
            late: Mutex::default(),
            numbers: Stamps::seeded(seed),
            injected: AtomicU64::new(0),
        }
    }

    /// Adds a fault that affects this share of the calls that it can affect: 0 means never, 1 means always.
    #[must_use]
    pub fn with(mut self, fault: Fault, share: f64) -> Self {
        self.chances.push((fault, share));
        self
    }

    /// Plans the faults of the next calls of `commit`, one entry for each call; `None` means no fault. After that,
    /// faults are random again.
    pub fn plan(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// Number of injected faults so far, slow calls included. A test that met no fault has shown nothing.
    pub fn injected(&self) -> u64 {
        self.injected.load(Ordering::Relaxed)
    }

    /// The inner store, without faults.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Draws the fault of a call. If the call is to be slow, waits here.
    fn draw(&self, can_be: impl Fn(Fault) -> bool) -> Option<Fault> {
        let happens = |share: f64| (self.numbers.next() as f64) < share * (u64::MAX as f64);
        let drawn = self.chances.iter().filter(|(fault, share)| can_be(*fault) && happens(*share));
        drawn.map(|(fault, _)| *fault).find_map(|fault| self.slow(fault))
    }

    fn slow(&self, fault: Fault) -> Option<Fault> {
        let Fault::Slow(span) = fault else { return Some(fault) };
        self.count();
        std::thread::sleep(span);
        None
    }

    fn count(&self) {
        self.injected.fetch_add(1, Ordering::Relaxed);
    }

    fn fail<T>(&self, kind: StoreErrorKind) -> Result<T, StoreError> {
        self.count();
        Err(StoreError::new(kind, "a fault was injected"))
    }

    fn below(&self, number: usize) -> usize {
        (self.numbers.next() % (number.max(1) as u64)) as usize
    }

    fn read<T>(&self, call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.draw(|fault| matches!(fault, Fault::Unreadable | Fault::Slow(_))) {
            Some(_) => self.fail(StoreErrorKind::Unavailable),
            None => call(),
        }
    }

    /// Refuses one commit of a batch and passes on the others.
    fn refuse_one(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let able: Vec<usize> =
            batch.iter().enumerate().filter(|(_, commit)| !commit.checks.is_empty()).map(|(place, _)| place).collect();
        let Some(refused) = able.get(self.below(able.len())).copied() else { return self.inner.commit(batch) };
        self.count();
        let others: Vec<Commit> =
            batch.iter().enumerate().filter(|(place, _)| *place != refused).map(|(_, commit)| commit.clone()).collect();
        let mut outcomes = if others.is_empty() { Vec::new() } else { self.inner.commit(&others)? };
        outcomes.insert(refused.min(outcomes.len()), CommitOutcome::Conflict);
        Ok(outcomes)
    }

    /// Applies the commits that are in flight. They are applied before or after a call, at random.
    fn catch_up(&self) -> Result<(), StoreError> {
        if self.below(2) == 0 { Ok(()) } else { self.arrive() }
    }

    /// Applies the commits that are still in flight, of [`Fault::UnknownLate`]. Call it before a test looks at the result.
    ///
    /// # Errors
    /// Errors of the inner store.
    pub fn arrive(&self) -> Result<(), StoreError> {
        let late = std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner));
        late.iter().try_for_each(|batch| self.inner.commit(batch).map(drop))
    }

    fn commit_with(&self, fault: Option<Fault>, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        match fault {
            None | Some(Fault::Slow(_) | Fault::Unreadable) => self.inner.commit(batch),
            Some(Fault::Conflict) => self.refuse_one(batch),
            Some(Fault::Unavailable) => self.fail(StoreErrorKind::Unavailable),
            Some(Fault::UnknownBefore) => self.fail(StoreErrorKind::Unknown),
            Some(Fault::UnknownAfter) => {
                self.inner.commit(batch)?;
                self.fail(StoreErrorKind::Unknown)
            }
            Some(Fault::UnknownLate) => {
                self.late.lock().unwrap_or_else(PoisonError::into_inner).push(batch.to_vec());
                self.fail(StoreErrorKind::Unknown)
            }
            Some(Fault::Torn) => {
                self.inner.commit(batch.get(..self.below(batch.len() + 1)).unwrap_or_default())?;
                self.fail(StoreErrorKind::Unknown)
            }
        }
    }
}

impl<S: Store> Store for Faulty<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.read(|| self.inner.get(keys))
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.read(|| self.inner.scan(range))
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let planned = self.plan.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let fault = match planned {
            Some(planned) => planned.and_then(|fault| self.slow(fault)),
            None => self.draw(|fault| fault != Fault::Unreadable),
        };
        self.catch_up()?;
        let answer = self.commit_with(fault, batch);
        self.catch_up()?;
        answer
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.read(|| self.inner.for_each(range, visit))
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.read(|| self.inner.for_each_row(visit))
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.read(|| self.inner.backup(to))
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.read(|| self.inner.query(query))
    }

    fn merges(&self) -> bool {
        self.inner.merges()
    }

    fn metrics(&self) -> StoreMetrics {
        self.inner.metrics()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{DeviceCount, Reservation};
    use crate::product::ProductId;
    use crate::store::transaction::{Transaction, transact};
    use crate::store::{Tally, conformance};
    use crate::time::Timestamp;
    use crate::{Error, ErrorKind, MemoryStore};
    use std::collections::BTreeMap;

    fn product() -> ProductId {
        ProductId::new(1).unwrap()
    }

    fn counter() -> Key {
        Key::Tally(product(), Tally::Members, 0)
    }

    /// Notes a number in the one record that all threads write to, and increments a counter.
    fn note(tx: &mut Transaction<'_>, number: u64) -> Result<(), Error> {
        let mut count: Box<DeviceCount> = tx.get(product())?.unwrap_or_default();
        count.reserved.push(Reservation { import: number, left: 0, until: Timestamp::from_millis(0) });
        tx.put(product(), count);
        tx.add(counter(), 1);
        Ok(())
    }

    /// Returns how often each number is noted, and the value of the counter.
    fn noted(store: &dyn Store) -> (BTreeMap<u64, u32>, i64) {
        let mut rows = store.get(&[Key::DeviceCount(product()), counter()]).unwrap().into_iter().flatten();
        let Some(Row { record: Record::DeviceCount(count), .. }) = rows.next() else { panic!("no count") };
        let sum = rows.next().map(|row| row.record);
        let mut noted = BTreeMap::new();
        for note in count.reserved {
            *noted.entry(note.import).or_default() += 1;
        }
        (noted, if let Some(Record::Counter(sum)) = sum { sum } else { 0 })
    }

    fn kind(error: &Error) -> StoreErrorKind {
        let ErrorKind::Store(error) = error.kind() else { panic!("{error}") };
        error.kind()
    }

    /// Returns a store with faults from a seed.
    fn faulty<S: Store>(inner: S, seed: u64, faults: &[(Fault, f64)]) -> Faulty<S> {
        let start = Faulty::new(inner, seed);
        faults.iter().fold(start, |store, (fault, share)| store.with(*fault, *share))
    }

    fn survives(seed: u64, faults: &[(Fault, f64)]) -> BTreeMap<&'static str, usize> {
        let store = faulty(MemoryStore::new(), seed, faults);
        let stamps = Stamps::seeded(seed);
        transact(store.inner(), &stamps, |tx| note(tx, u64::MAX)).unwrap();
        survives_on(&store, &stamps, || {
            assert!(store.injected() > 10, "only {} faults", store.injected());
            store.arrive().unwrap();
            noted(store.inner())
        })
    }

    /// Threads note numbers on a store with faults and one shared record. At the end each acknowledged number is there
    /// once, each failed one is absent, and each of unknown outcome is there at most once.
    fn survives_on(
        store: &dyn Store,
        stamps: &Stamps,
        end: impl FnOnce() -> (BTreeMap<u64, u32>, i64),
    ) -> BTreeMap<&'static str, usize> {
        let results: Vec<(u64, Result<(), Error>)> = std::thread::scope(|scope| {
            let spawned: Vec<_> = (0..4)
                .map(|me| {
                    let note = move |number| (number, transact(store, stamps, |tx| note(tx, number)));
                    scope.spawn(move || (me * 1000..me * 1000 + 60).map(note).collect::<Vec<_>>())
                })
                .collect();
            spawned.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let (noted, sum) = end();
        assert_eq!(i64::from(noted.values().sum::<u32>()), sum, "notes and their counter");
        let mut outcomes = BTreeMap::new();
        for (number, result) in results {
            let times = noted.get(&number).copied().unwrap_or(0);
            let outcome = match result.as_ref().map_err(kind) {
                Ok(()) => ("acknowledged", times == 1),
                Err(StoreErrorKind::Unknown) => ("unknown", times <= 1),
                Err(StoreErrorKind::Unavailable | StoreErrorKind::Contention) => ("failed", times == 0),
                Err(kind) => panic!("{kind:?}"),
            };
            assert!(outcome.1, "note {number} is there {times} times after {result:?}");
            *outcomes.entry(outcome.0).or_default() += 1;
        }
        outcomes
    }

    #[test]
    fn a_layer_without_faults_keeps_every_law() {
        conformance::check(|| Faulty::new(MemoryStore::new(), 1)).unwrap();
    }

    #[test]
    fn transactions_survive_each_fault_alone() {
        let slow = Fault::Slow(Duration::from_micros(50));
        for fault in [
            Fault::Conflict,
            Fault::Unavailable,
            Fault::UnknownBefore,
            Fault::UnknownAfter,
            Fault::UnknownLate,
            Fault::Torn,
            Fault::Unreadable,
            slow,
        ] {
            for seed in 0..3 {
                let outcomes = survives(seed, &[(slow, 0.05), (fault, 0.2)]);
                let acknowledged = outcomes.get("acknowledged").copied().unwrap_or(0);
                assert!(acknowledged > 100, "{fault:?} let only {acknowledged} of 240 through: {outcomes:?}");
                if matches!(fault, Fault::Conflict | Fault::Slow(_)) {
                    assert_eq!(acknowledged, 240, "{fault:?} is no reason to fail: {outcomes:?}");
                }
            }
        }
    }

    #[test]
    fn transactions_survive_all_faults_together() {
        for seed in 0..16 {
            survives(
                seed,
                &[
                    (Fault::Slow(Duration::from_micros(30)), 0.1),
                    (Fault::Conflict, 0.1),
                    (Fault::Unavailable, 0.05),
                    (Fault::UnknownBefore, 0.07),
                    (Fault::UnknownAfter, 0.07),
                    (Fault::UnknownLate, 0.07),
                    (Fault::Torn, 0.07),
                    (Fault::Unreadable, 0.07),
                ],
            );
        }
    }

    #[test]
    fn one_seed_gives_the_same_faults_each_time() {
        let outcomes = |seed| {
            let store = Faulty::new(MemoryStore::new(), seed).with(Fault::Unavailable, 0.3).with(Fault::Torn, 0.3);
            (0..64).map(|_| store.commit(&[]).map_err(|error| error.kind()).err()).collect::<Vec<_>>()
        };
        assert_eq!(outcomes(1), outcomes(1));
        assert_ne!(outcomes(1), outcomes(2));
        assert!(outcomes(1).contains(&Some(StoreErrorKind::Unavailable)) && outcomes(1).contains(&None));
    }
}
