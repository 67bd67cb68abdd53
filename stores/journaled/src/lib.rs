//! A journal in front of a store, for a fleet that one process owns.
//!
//! The main cost of a store of rows is neither the decision nor the disk sync, but the page that each scattered device
//! dirties. A journaled store appends the changes of a batch as one record, and moves the rows to their places later,
//! many at a time and in key order, when several share each page.
//!
//! The journal is kept in the inner store itself, as rows of their own kind. So there is no second file that can be
//! lost, left out of a backup or torn, and what must happen together is one commit of the inner store.
//!
//! # Steps
//! - **Commit**: evaluates the checks in memory, and commits a record of the applied changes to the inner store, on
//!   condition that this process still owns the fleet. Then the changes become visible in memory. Some rows of the fold
//!   are part of the same engine commit, so the fold needs no thread and no additional fsync.
//! - **Fold**: after a number of rows, closes the current *generation* and opens the next. Puts the rows of the closed
//!   one in the inner store in key order. Putting a row twice is harmless, so no progress is stored. At the end, one
//!   commit adds the growth of counters and moves the *head* past the generation's records; only then may they be
//!   deleted. So an addition is made exactly once, wherever the process dies.
//! - **Open**: takes the fleet over by writing a new head, then reads all records after the head into memory.
//!
//! Invariants: a row in the inner store is as it was at some commit not before the head's; journal and inner store
//! together always hold every acknowledged commit; only the process that wrote the head last can write.

mod cursor;
mod device;
mod fold;
mod merge;
mod open;
mod options;
mod overlay;
mod packed;
#[cfg(test)]
mod tests;

pub use options::JournalOptions;

use fleet_core::observe::StoreMetrics;
use fleet_core::store::{
    Check, Commit, CommitOutcome, Key, Opener, Query, Range, Record, Row, SqlRow, Stamp, Store, StoreError,
    StoreErrorKind, Write,
};
use fold::Closed;
use overlay::{Known, Overlay};
use std::collections::HashMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Approximate maximum size of a journal record, in bytes.
const RECORD: usize = 4 << 20;

/// A layer that journals commits and folds their rows into its inner store later. See [`JournalOptions`] for its memory
/// use.
///
/// It keeps the promises of the inner store: an acknowledged commit is as durable as a commit of the inner store, and
/// commits are serializable. It is for **one process at a time**. Opening the fleet takes it over: the previous process
/// can no longer write and gets `store_taken`, though until its next commit it may still read old rows. Do not write to
/// the inner store by other means. This is not detected: rows in memory hide such changes, and a fold overwrites them.
/// Readers of the inner store, with SQL for instance, see rows as of the last fold, and may see only part of a commit;
/// [`fold`](Self::fold) brings the rows up to date.
///
/// Commits fold as they go, so no thread is needed. A host may call [`fold`](Self::fold) from a thread of its own, and
/// [`close`](Self::close) at the end. A process that ends without `close` loses nothing: the next one reads the
/// journal.
///
/// ```
/// use fleet_core::{Fleet, MemoryStore};
/// use fleet_store_journaled::Journaled;
/// use std::sync::Arc;
///
/// let store = Arc::new(Journaled::open(MemoryStore::new())?);
/// let fleet = Fleet::open(Arc::clone(&store));
/// // … and now and then, to bring the inner store up to date for other readers:
/// assert_eq!(store.fold(10_000)?, 0);
/// drop(fleet);
/// # Ok::<(), fleet_core::StoreError>(())
/// ```
#[derive(Debug)]
pub struct Journaled<S> {
    inner: S,
    opener: Opener,
    options: JournalOptions,
    overlay: RwLock<Overlay>,
    /// Held during a commit or a fold. Take this lock before that of the overlay.
    journal: Mutex<Journal>,
    taken: AtomicBool,
}

#[derive(Debug)]
struct Journal {
    /// The stamp of the head that this process wrote.
    head: Stamp,
    /// The number of the next record.
    next: u64,
    /// The number of the last record whose rows are folded.
    folded: u64,
    /// The number of the last record that is deleted.
    trimmed: u64,
    /// Size of the journal since the open generation was opened.
    bytes: usize,
    /// Number of rows that may be folded: commits earn them.
    rows_due: usize,
    records_due: u64,
    closed: Option<Closed>,
    unsettled: Option<Unsettled>,
}

/// A commit whose outcome in the inner store is unknown. It is sent again unchanged, before anything else.
#[derive(Debug)]
struct Unsettled {
    commit: Commit,
    /// A row that it puts. Its stamp shows whether the commit was applied.
    marker: (Key, Stamp),
    then: Then,
}

/// What to do once the commit is known to be applied.
#[derive(Debug)]
enum Then {
    /// Make these writes visible in memory.
    Show { writes: Vec<Write>, appended: Appended },
    /// Forget the closed generation, which is folded.
    Forget,
}

/// The size of what was appended to the journal.
#[derive(Clone, Copy, Debug)]
struct Appended {
    records: u64,
    bytes: usize,
}

impl<S: Store> Journaled<S> {
    /// Takes over the fleet in a store, with the default [`JournalOptions`]. Creates a journal if the store has none.
    ///
    /// # Errors
    /// `store_unavailable` if another process opens it at the same moment; `store_newer_schema` for a journal of a
    /// newer program; `store_corrupt` for a damaged journal; errors of the inner store.
    pub fn open(inner: S) -> Result<Self, StoreError> {
        Self::open_with(inner, JournalOptions::new())
    }

    /// The inner store. Do not write to it.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn overlay(&self) -> RwLockReadGuard<'_, Overlay> {
        self.overlay.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn overlay_mut(&self) -> RwLockWriteGuard<'_, Overlay> {
        self.overlay.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn owned(&self) -> Result<(), StoreError> {
        self.opener.check()?;
        if self.taken.load(Ordering::Relaxed) { Err(taken()) } else { Ok(()) }
    }

    /// Returns the error for a commit that the inner store refused: another process has taken the fleet over, or the
    /// refusal has no known reason and a retry may succeed.
    fn refused(&self, head: Stamp) -> StoreError {
        match self.inner.get(&[Key::Journal(0)]) {
            Ok(rows) if rows.first().and_then(Option::as_ref).is_some_and(|row| row.stamp == head) => {
                StoreError::new(StoreErrorKind::Unavailable, "the store refused a commit without a conflict; try again")
            }
            Ok(_) => {
                self.taken.store(true, Ordering::Relaxed);
                taken()
            }
            Err(error) => not_yet(error),
        }
    }

    /// Decides commits that only check.
    fn check(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let checks = batch.iter().flat_map(|commit| &commit.checks);
        let keys: Vec<Key> = checks.map(|check| check.key.clone()).collect();
        let mut stamps = self.get(&keys)?.into_iter().map(|row| row.map(|row| row.stamp));
        let outcome = |commit: &Commit| {
            // A check that is not evaluated must still consume its stamp.
            let found = stamps.by_ref().take(commit.checks.len());
            let failed = commit.checks.iter().zip(found).filter(|(check, stamp)| check.stamp != *stamp).count();
            if failed == 0 { CommitOutcome::Applied } else { CommitOutcome::Conflict }
        };
        Ok(batch.iter().map(outcome).collect())
    }

    /// Decides each commit from memory, after it has loaded all rows that are needed.
    fn decide(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        loop {
            let missing = match outcomes(&self.overlay(), batch) {
                Ok(outcomes) => return Ok(outcomes),
                Err(missing) => missing,
            };
            // Only the process that holds the journal changes rows, so they are unchanged when they are cached.
            let rows = self.inner.get(&missing)?;
            let mut overlay = self.overlay_mut();
            missing.into_iter().zip(rows).for_each(|(key, row)| overlay.keep(key, row));
        }
    }

    /// Appends the applied commits of a batch to the journal, and makes them visible.
    fn append(&self, journal: &mut Journal, batch: &[Commit], outcomes: &[CommitOutcome]) -> Result<(), StoreError> {
        let writes = || {
            let applied = batch.iter().zip(outcomes).filter(|(_, outcome)| **outcome == CommitOutcome::Applied);
            applied.flat_map(|(commit, _)| &commit.writes)
        };
        let records = packed::pack(writes(), RECORD)?;
        let (append, marker, appended) = self.entry(journal, records);
        journal.rows_due = journal.rows_due.saturating_add(2 * writes().count());
        journal.records_due = journal.records_due.saturating_add(2 * appended.records);
        self.close_if_due(journal);
        let slice = self.slice_due(journal);
        let (fold, progress) = slice.map(|slice| (slice.commit, slice.progress)).unzip();
        let (append, folded) = match self.send(journal.head, append, fold) {
            Ok(sent) => sent,
            Err((append, error)) => {
                if error.is_unknown() {
                    let then = Then::Show { writes: writes().cloned().collect(), appended };
                    journal.unsettled = Some(Unsettled { commit: append, marker, then });
                }
                return Err(error);
            }
        };
        drop(append);
        let mut overlay = self.overlay_mut();
        writes().for_each(|write| overlay.apply(write));
        journal.note(appended);
        if let Some(progress) = progress.filter(|_| folded) {
            journal.add_progress(progress);
        }
        overlay.release(self.options.rows);
        Ok(())
    }

    /// Returns the commit that appends records to the journal.
    fn entry(&self, journal: &Journal, records: Vec<Record>) -> (Commit, (Key, Stamp), Appended) {
        let stamp = Stamp::random();
        let size = |record: &Record| if let Record::Journal(bytes) = record { bytes.len() } else { 0 };
        let appended = Appended { records: records.len() as u64, bytes: records.iter().map(size).sum() };
        let first = Key::Journal(journal.next);
        let writes = (journal.next..).zip(records);
        let writes = writes.map(|(number, record)| Write::Put { key: Key::Journal(number), record, stamp });
        let checks = vec![journal.owned(), Check { key: first.clone(), stamp: None }];
        (Commit { checks, writes: writes.collect() }, (first, stamp), appended)
    }

    /// Sends an addition to the journal together with a step of the fold; without the step, if the store cannot take
    /// both. Returns whether the step was applied.
    fn send(&self, head: Stamp, append: Commit, fold: Option<Commit>) -> Result<(Commit, bool), (Commit, StoreError)> {
        let mut batch = vec![append];
        batch.extend(fold);
        let mut answer = self.inner.commit(&batch);
        if batch.len() > 1 && answer.as_ref().is_err_and(|error| !error.is_unknown()) {
            batch.truncate(1);
            answer = self.inner.commit(&batch);
        }
        let append = batch.swap_remove(0);
        match answer.as_deref() {
            Ok([CommitOutcome::Applied, rest @ ..]) => Ok((append, rest.first() == Some(&CommitOutcome::Applied))),
            Ok([CommitOutcome::Conflict, ..]) => Err((append, self.refused(head))),
            Ok([]) => {
                Err((append, StoreError::new(StoreErrorKind::Unknown, "the store returned no outcome of a commit")))
            }
            Err(error) => Err((append, error.clone())),
        }
    }

    /// Resolves the outcome of a commit that the inner store reported as unknown.
    fn settle(&self, journal: &mut Journal) -> Result<(), StoreError> {
        self.owned()?;
        let Some(unsettled) = &journal.unsettled else { return Ok(()) };
        let (key, stamp) = &unsettled.marker;
        if !self.certain(&unsettled.commit, key, *stamp).map_err(not_yet)? {
            return Err(self.refused(journal.head));
        }
        match journal.unsettled.take() {
            Some(Unsettled { then: Then::Show { writes, appended }, .. }) => {
                let mut overlay = self.overlay_mut();
                writes.iter().for_each(|write| overlay.apply(write));
                journal.note(appended);
            }
            Some(Unsettled { then: Then::Forget, marker: (_, stamp), .. }) => {
                self.forget(journal, stamp);
            }
            None => {}
        }
        Ok(())
    }

    /// Whether a commit is applied, now or by an earlier attempt. Only the owner writes these rows, so the stamp of one
    /// of them shows it.
    fn certain(&self, commit: &Commit, key: &Key, stamp: Stamp) -> Result<bool, StoreError> {
        match self.inner.commit(std::slice::from_ref(commit))?.first() {
            Some(CommitOutcome::Applied) => Ok(true),
            _ => {
                let rows = self.inner.get(std::slice::from_ref(key))?;
                Ok(rows.first().and_then(Option::as_ref).is_some_and(|row| row.stamp == stamp))
            }
        }
    }
}

impl Journal {
    /// Checks that this process still owns the fleet.
    fn owned(&self) -> Check {
        Check { key: Key::Journal(0), stamp: Some(self.head) }
    }

    fn note(&mut self, appended: Appended) {
        self.next += appended.records;
        self.bytes = self.bytes.saturating_add(appended.bytes);
    }
}

impl<S: Store> Store for Journaled<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.owned()?;
        let overlay = self.overlay();
        let mut missing = Vec::new();
        let known = overlay.rows(keys).into_iter().zip(keys).enumerate();
        let mut rows: Vec<Option<Row>> = known
            .map(|(position, (row, key))| match row {
                Known::Yes(row) => row,
                Known::No => {
                    if !is_reserved(key) {
                        missing.push((position, key.clone()));
                    }
                    None
                }
            })
            .collect();
        if missing.is_empty() {
            return Ok(rows);
        }
        // Holds the lock of the overlay, so that memory and the inner store are read at one moment.
        let (positions, missing): (Vec<usize>, Vec<Key>) = missing.into_iter().unzip();
        let found = self.inner.get(&missing)?;
        let releases = overlay.releases;
        drop(overlay);
        let mut overlay = self.overlay_mut();
        for ((position, key), row) in positions.into_iter().zip(missing).zip(found) {
            if let Some(slot) = rows.get_mut(position) {
                slot.clone_from(&row);
            }
            // A row that was written meanwhile is in memory, unless rows were evicted.
            if overlay.releases == releases {
                overlay.keep(key, row);
            }
        }
        overlay.release(self.options.rows);
        Ok(rows)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.owned()?;
        let ends = [&range.first, &range.last];
        if ends.iter().any(|end| matches!(end, Bound::Included(key) | Bound::Excluded(key) if is_reserved(key))) {
            return Ok(Vec::new());
        }
        let overlay = self.overlay();
        let mut found = Vec::new();
        let mut rest = range.clone();
        loop {
            rest.limit = range.limit - found.len();
            let page = self.inner.scan(&rest)?;
            // After the last row of a full page there may be more rows in the inner store.
            let last = page.last().filter(|_| page.len() >= rest.limit).map(|row| row.key.clone());
            let shown = match &last {
                Some(last) if rest.reverse => Range { first: Bound::Included(last.clone()), ..rest.clone() },
                Some(last) => Range { last: Bound::Included(last.clone()), ..rest.clone() },
                None => rest.clone(),
            };
            overlaid(&overlay, page, &shown, &mut found);
            match last {
                Some(last) if found.len() < range.limit => rest = rest.after(last),
                _ => return Ok(found),
            }
        }
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        if batch.iter().flat_map(|commit| &commit.writes).any(|write| is_reserved(write.key())) {
            let problem = "`Key::Journal` is reserved for the journal; write to other keys";
            return Err(StoreError::new(StoreErrorKind::Other, problem));
        }
        // Before locking: in a forked process the thread that holds the lock may not exist.
        self.owned()?;
        // A commit that only checks is a read, and does not wait for writers.
        if batch.iter().all(|commit| commit.writes.is_empty()) {
            return self.check(batch);
        }
        let mut journal = self.journal();
        self.settle(&mut journal)?;
        self.catch_up(&mut journal)?;
        let outcomes = self.decide(batch)?;
        let writes = |(commit, outcome): (&Commit, &CommitOutcome)| {
            *outcome == CommitOutcome::Applied && !commit.writes.is_empty()
        };
        if batch.iter().zip(&outcomes).any(writes) {
            self.append(&mut journal, batch, &outcomes)?;
            // A failure to complete the generation does not concern the caller; it is retried.
            let _ = self.end_if_folded(&mut journal);
        }
        Ok(outcomes)
    }

    /// The copy contains the journal with all acknowledged commits. Open it like this store.
    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.inner.backup(to)
    }

    /// Returns rows as of the last fold.
    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.inner.query(query)
    }

    fn metrics(&self) -> StoreMetrics {
        let mut metrics = self.inner.metrics();
        metrics.journal_depth = Some(self.overlay().dirty() as u64);
        metrics
    }
}

/// Decides each commit after those before it. Otherwise returns the keys of rows that must be in memory to decide the
/// batch and to add to its counters.
fn outcomes(overlay: &Overlay, batch: &[Commit]) -> Result<Vec<CommitOutcome>, Vec<Key>> {
    let checked = || batch.iter().flat_map(|commit| &commit.checks).map(|check| &check.key);
    let stamps = overlay.stamps(checked());
    let unknown = checked().zip(&stamps).filter(|(_, stamp)| **stamp == Known::No).map(|(key, _)| key);
    let added = batch.iter().flat_map(|commit| &commit.writes).map(Write::key);
    let counters = added.filter(|key| matches!(key, Key::Tally(..)) && !overlay.holds(key));
    let missing: Vec<Key> = unknown.chain(counters).cloned().collect();
    if !missing.is_empty() {
        return Err(missing);
    }

    let mut written: HashMap<&Key, Option<Stamp>, foldhash::fast::RandomState> = HashMap::default();
    if batch.len() > 1 {
        written.reserve(batch.len());
    }
    let (mut stamps, mut outcomes) = (stamps.into_iter(), Vec::with_capacity(batch.len()));
    for Commit { checks, writes } in batch {
        let mut holds = true;
        for (check, before) in checks.iter().zip(stamps.by_ref()) {
            holds &= match written.get(&check.key) {
                Some(stamp) => *stamp == check.stamp,
                None => before == Known::Yes(check.stamp),
            };
        }
        if holds && batch.len() > 1 {
            written.extend(writes.iter().map(|write| match write {
                Write::Put { key, stamp, .. } => (key, Some(*stamp)),
                Write::Delete { key } => (key, None),
                Write::Add { key, .. } => (key, Some(Stamp::default())),
            }));
        }
        outcomes.push(if holds { CommitOutcome::Applied } else { CommitOutcome::Conflict });
    }
    Ok(outcomes)
}

/// Adds the rows of a page of the inner store, with the changes in memory applied.
fn overlaid(overlay: &Overlay, page: Vec<Row>, shown: &Range, found: &mut Vec<Row>) {
    let limit = found.len().saturating_add(shown.limit);
    let keys: Vec<Key> = page.iter().map(|row| row.key.clone()).collect();
    let mut page = page.into_iter().peekable();
    let changed = overlay.changed(shown);
    let reverse = shown.reverse;
    for key in merge::merge(keys.iter(), changed, |a, b| if reverse { a > b } else { a < b }) {
        if found.len() >= limit {
            return;
        }
        let inner = page.next_if(|row| row.key == *key);
        match overlay.row(key) {
            Known::Yes(row) => found.extend(row),
            Known::No => found.extend(inner),
        }
    }
}

/// The range of the journal's records with these numbers.
fn records_from(first: u64, last: u64) -> Range {
    Range::new(Key::Journal(first), Key::Journal(last))
}

/// Whether a key belongs to the journal.
fn is_reserved(key: &Key) -> bool {
    matches!(key, Key::Journal(_))
}

fn taken() -> StoreError {
    StoreError::new(
        StoreErrorKind::Taken,
        "another process has taken this fleet over; end this process, or open the fleet again here to take it back",
    )
}

/// The error for a caller whose commit was not applied because an earlier outcome must be resolved first.
fn not_yet(error: StoreError) -> StoreError {
    if !error.is_unknown() {
        return error;
    }
    let problem = "the outcome of an earlier commit is still unknown; try again";
    StoreError::new(StoreErrorKind::Unavailable, problem).with_source(error)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
