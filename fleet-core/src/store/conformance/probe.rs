//! How the laws call a store. Every answer is validated for its form before a law looks at its content, and every
//! problem becomes a message, never a panic.

use crate::store::transaction::Stamps;
use crate::store::{Check, Commit, CommitOutcome, Key, Range, Record, Row, Stamp, Store, StoreErrorKind, Write};
use std::fmt::Debug;

/// The result of a law. The error describes the violation.
pub(super) type Finding<T = ()> = Result<T, String>;

/// A store under test, and stamps from a seed.
pub(super) struct Probe<'s> {
    store: &'s dyn Store,
    stamps: Stamps,
}

impl<'s> Probe<'s> {
    pub(super) fn new(store: &'s dyn Store, seed: u64) -> Self {
        Self { store, stamps: Stamps::seeded(seed) }
    }

    pub(super) fn stamp(&self) -> Stamp {
        self.stamps.stamp()
    }

    pub(super) fn random(&self) -> u64 {
        self.stamps.next()
    }

    pub(super) fn get(&self, keys: &[Key]) -> Finding<Vec<Option<Row>>> {
        let rows = self.store.get(keys).map_err(|error| format!("get of {} keys failed: {error}", keys.len()))?;
        same("the number of answers to get", &rows.len(), &keys.len())?;
        for (key, row) in keys.iter().zip(&rows) {
            if let Some(row) = row {
                same("the key of a row from get", &row.key, key)?;
            }
        }
        Ok(rows)
    }

    pub(super) fn row(&self, key: &Key) -> Finding<Option<Row>> {
        Ok(self.get(std::slice::from_ref(key))?.into_iter().next().flatten())
    }

    /// Reads a row that must exist.
    pub(super) fn present(&self, key: &Key) -> Finding<Row> {
        self.row(key)?.ok_or_else(|| format!("{key:?} was put, but is absent"))
    }

    pub(super) fn scan(&self, range: &Range) -> Finding<Vec<Row>> {
        self.store.scan(range).map_err(|error| format!("scan of {range:?} failed: {error}"))
    }

    pub(super) fn for_each(&self, range: &Range) -> Finding<Vec<(Key, Record)>> {
        let mut seen = Vec::new();
        let visited = self.store.for_each(range, &mut |key, record| seen.push((key.clone(), record.clone())));
        visited.map_err(|error| format!("for_each of {range:?} failed: {error}"))?;
        Ok(seen)
    }

    /// Reads every row. `None` means that the store does not support it.
    pub(super) fn for_each_row(&self) -> Finding<Option<Vec<Row>>> {
        let mut seen = Vec::new();
        let visited = self.store.for_each_row(&mut |row| {
            seen.push(row);
            Ok(())
        });
        match visited {
            Ok(()) => Ok(Some(seen)),
            Err(error) if error.kind() == StoreErrorKind::Unsupported => Ok(None),
            Err(error) => Err(format!("for_each_row failed: {error}")),
        }
    }

    pub(super) fn commit(&self, batch: &[Commit]) -> Finding<Vec<CommitOutcome>> {
        let outcomes = self.store.commit(batch);
        let outcomes = outcomes.map_err(|error| format!("commit of a batch of {} failed: {error}", batch.len()))?;
        same("the number of outcomes", &outcomes.len(), &batch.len())?;
        Ok(outcomes)
    }

    /// Commits one commit and returns its outcome.
    pub(super) fn outcome(&self, commit: Commit) -> Finding<CommitOutcome> {
        let outcomes = self.commit(std::slice::from_ref(&commit))?;
        outcomes.into_iter().next().ok_or_else(|| "a commit had no outcome".to_owned())
    }

    /// Commits a batch and expects these outcomes.
    pub(super) fn expect(&self, what: &str, batch: &[Commit], wanted: &[CommitOutcome]) -> Finding {
        same_list(&format!("the outcomes of {what}"), &self.commit(batch)?, wanted)
    }

    /// Commits writes without checks, which must be applied.
    pub(super) fn write(&self, writes: Vec<Write>) -> Finding {
        self.expect("a commit without checks", &[Commit { checks: Vec::new(), writes }], &[CommitOutcome::Applied])
    }

    pub(super) fn put(&self, key: &Key, record: &Record) -> Finding<Stamp> {
        let stamp = self.stamp();
        self.write(vec![put(key, record, stamp)])?;
        Ok(stamp)
    }

    /// Expects that a row is as it was put, or absent.
    pub(super) fn holds(&self, key: &Key, wanted: Option<(&Record, Stamp)>) -> Finding {
        let wanted = wanted.map(|(record, stamp)| Row { key: key.clone(), record: record.clone(), stamp });
        same(&format!("the row of {key:?}"), &self.row(key)?, &wanted)
    }

    /// Expects the value of a counter. A counter that ends at zero may be absent or 0.
    pub(super) fn counter(&self, key: &Key, wanted: i64) -> Finding {
        if wanted == 0 && key.ends_at_zero() && self.holds(key, None).is_ok() {
            return Ok(());
        }
        self.holds(key, Some((&Record::Counter(wanted), Stamp(0))))
    }
}

pub(super) fn commit(checks: impl Into<Vec<Check>>, writes: impl Into<Vec<Write>>) -> Commit {
    Commit { checks: checks.into(), writes: writes.into() }
}

pub(super) fn unchanged(key: &Key, stamp: Stamp) -> Check {
    Check { key: key.clone(), stamp: Some(stamp) }
}

pub(super) fn absent(key: &Key) -> Check {
    Check { key: key.clone(), stamp: None }
}

pub(super) fn put(key: &Key, record: &Record, stamp: Stamp) -> Write {
    Write::Put { key: key.clone(), record: record.clone(), stamp }
}

pub(super) fn delete(key: &Key) -> Write {
    Write::Delete { key: key.clone() }
}

pub(super) fn add(key: &Key, delta: i64) -> Write {
    Write::Add { key: key.clone(), delta }
}

/// Fails unless a condition holds.
pub(super) fn ensure(so: bool, message: impl FnOnce() -> String) -> Finding {
    if so { Ok(()) } else { Err(message()) }
}

/// Fails unless two values are equal.
pub(super) fn same<T: PartialEq + Debug>(what: &str, found: &T, wanted: &T) -> Finding {
    ensure(found == wanted, || format!("{what}: wanted {wanted:?}, found {found:?}"))
}

/// Fails if two lists differ, and shows the first difference.
pub(super) fn same_list<T: PartialEq + Debug>(what: &str, found: &[T], wanted: &[T]) -> Finding {
    let differs = found.iter().zip(wanted).enumerate().find(|(_, (found, wanted))| found != wanted);
    if let Some((index, (found, wanted))) = differs {
        return Err(format!("{what}: at index {index}, wanted {wanted:?}, found {found:?}"));
    }
    same(&format!("the length of {what}"), &found.len(), &wanted.len())
}

/// Runs `work` on several threads that start together, and waits for all of them.
#[cfg(not(target_family = "wasm"))]
pub(super) fn race<T: Send>(threads: usize, work: impl Fn(usize) -> Finding<T> + Sync) -> Finding<Vec<T>> {
    let start = std::sync::Barrier::new(threads);
    let (start, work) = (&start, &work);
    let ended: Vec<Finding<T>> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|me| {
                scope.spawn(move || {
                    start.wait();
                    work(me)
                })
            })
            .collect();
        let panicked = |_| Err("a thread panicked in the store".to_owned());
        started.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
    });
    ended.into_iter().collect()
}

/// Signals the end of a thread when it is dropped, so that threads which wait for it also end if it failed.
#[cfg(not(target_family = "wasm"))]
pub(super) struct Over<'o>(pub(super) &'o std::sync::atomic::AtomicUsize);

#[cfg(not(target_family = "wasm"))]
impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, std::sync::atomic::Ordering::Release);
    }
}
