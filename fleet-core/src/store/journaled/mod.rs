//! A journal before a store, for a process that has its fleet to itself.
//!
//! What a store of rows pays for is not the decision, nor the disk's word that it has it, but the page that each
//! scattered device dirties. A journaled store writes what a batch changes as one record, one after the other, and puts the
//! rows where they belong later, many at a time and in key order, when several stand on each page.
//!
//! The journal stands in the inner store itself, as rows of a kind of their own. On SQLite a record of 92 KB took as long
//! to be durable as an append to a file of its own (6.1 and 5.7 ms, while other programs' builds held the disk), and there is no second file that can
//! be lost, left out of a backup or torn; and what must happen together is one commit of the inner store.
//!
//! # What happens when
//! - **Commit**: checks are held against memory; what is applied becomes a record, committed to the inner store under the
//!   condition that this process still owns the fleet; then memory shows it. With it, in the same commit of the engine,
//!   go some rows of the fold: no thread of its own is needed, and no fsync more.
//! - **Fold**: after so many rows the present *generation* is closed and the next opened. The closed one's rows are put
//!   in the inner store in key order. Putting a row twice does no harm, so nothing is noted meanwhile. At the end one
//!   commit adds what counters grew by and moves the *head* past the generation's records: only then they may go. So an
//!   addition is made exactly once, wherever the process dies.
//! - **Open**: takes the fleet over by writing the head anew, then reads all records behind it into memory.
//!
//! Invariants: a row in the inner store is as it was at some commit not before the head's; journal and inner store
//! together are always what was acknowledged; whoever wrote the head last is the only one that can write at all.

mod device;
mod fold;
mod open;
mod options;
mod overlay;
mod packed;
#[cfg(test)]
mod tests;

pub(crate) use open::waits;
pub use options::JournalOptions;

use super::{
    Check, Commit, CommitOutcome, Key, Opener, Query, Range, Record, Row, SqlRow, Stamp, Stamps, Store, StoreError,
    StoreErrorKind, Write,
};
use fold::Closed;
use overlay::{Known, Overlay};
use std::collections::HashMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A record of the journal has some so many bytes at most.
const RECORD: usize = 4 << 20;

/// A layer that journals commits and folds their rows into its inner store later. See [`JournalOptions`] for what it takes.
///
/// It promises what the inner store promises: what was acknowledged is as durable as a commit of the inner store, and
/// commits are serializable. It is for **one process at a time**. Who opens the fleet takes it over: the process that had
/// it before can write nothing from then on and is told `store_taken`, though until its next commit it may still read
/// what was. Whoever writes to the inner store by other means breaks it, and is not noticed: rows in memory hide theirs,
/// and a fold overwrites them. Who reads the inner store, with SQL for instance, sees rows as of the last fold, those of
/// one commit not always together; [`fold`](Self::fold) brings them up to date.
///
/// Commits fold as they go, so no thread is needed. A host may call [`fold`](Self::fold) from one of its own, and
/// [`close`](Self::close) at the end. A process that ends without loses nothing: the next one reads the journal.
///
/// ```
/// use fleet_core::store::Journaled;
/// use fleet_core::{Fleet, MemoryStore};
/// use std::sync::Arc;
///
/// let store = Arc::new(Journaled::open(MemoryStore::new())?);
/// let fleet = Fleet::open(Arc::clone(&store));
/// // … and now and then, so that those who read the inner store see more:
/// assert_eq!(store.fold(10_000)?, 0);
/// drop(fleet);
/// # Ok::<(), fleet_core::StoreError>(())
/// ```
#[derive(Debug)]
pub struct Journaled<S> {
    inner: S,
    opener: Opener,
    options: JournalOptions,
    stamps: Stamps,
    overlay: RwLock<Overlay>,
    /// Held by who commits or folds. Whoever takes both locks takes this one first.
    journal: Mutex<Journal>,
    taken: AtomicBool,
}

#[derive(Debug)]
struct Journal {
    /// The stamp of the head as this process wrote it.
    head: Stamp,
    /// The next record's number.
    next: u64,
    /// The rows of the records up to this one are folded.
    folded: u64,
    /// The records up to this one are deleted.
    trimmed: u64,
    /// Since the open generation was opened.
    bytes: usize,
    /// What commits since have earned the fold.
    rows_due: usize,
    records_due: u64,
    closed: Option<Closed>,
    unsettled: Option<Unsettled>,
}

/// A commit of which the inner store could not say what became of it. It is sent again, as it is, before anything else.
#[derive(Debug)]
struct Unsettled {
    commit: Commit,
    /// A row that it puts: whose is there tells whether it was applied.
    sign: (Key, Stamp),
    then: Then,
}

/// What follows once it is known to be applied.
#[derive(Debug)]
enum Then {
    /// Memory shows these writes.
    Show { writes: Vec<Write>, appended: Appended },
    /// The closed generation is folded.
    Forget,
}

/// What was added to the journal.
#[derive(Clone, Copy, Debug)]
struct Appended {
    records: u64,
    bytes: usize,
}

impl<S: Store> Journaled<S> {
    /// Takes over the fleet in a store, with the default [`JournalOptions`]. A store that has no journal yet gets one.
    ///
    /// # Errors
    /// `store_unavailable` where another opens it at the same moment, `store_newer_schema` for the journal of a newer
    /// program, `store_corrupt` for one that cannot be read, and the inner store's.
    pub fn open(inner: S) -> Result<Self, StoreError> {
        Self::open_with(inner, JournalOptions::new())
    }

    /// The inner store. Only read from it.
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

    /// Why the inner store refused a commit of the owner's: another process has the fleet now, or nothing is the matter
    /// and it may be tried again.
    fn refused(&self, head: Stamp) -> StoreError {
        match self.inner.get(&[Key::Journal(0)]) {
            Ok(rows) if rows.first().and_then(Option::as_ref).is_some_and(|row| row.stamp == head) => StoreError::new(
                StoreErrorKind::Unavailable,
                "the store refused a commit that nothing is against; try again",
            ),
            Ok(_) => {
                self.taken.store(true, Ordering::Relaxed);
                taken()
            }
            Err(error) => not_yet(error),
        }
    }

    /// What becomes of commits that only check.
    fn check(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let checks = batch.iter().flat_map(|commit| &commit.checks);
        let keys: Vec<Key> = checks.map(|check| check.key.clone()).collect();
        let mut stamps = self.get(&keys)?.into_iter().map(|row| row.map(|row| row.stamp));
        let outcome = |commit: &Commit| {
            // Each check takes its stamp, also behind one that does not hold.
            let found = stamps.by_ref().take(commit.checks.len());
            let failed = commit.checks.iter().zip(found).filter(|(check, stamp)| check.stamp != *stamp).count();
            if failed == 0 { CommitOutcome::Applied } else { CommitOutcome::Conflict }
        };
        Ok(batch.iter().map(outcome).collect())
    }

    /// What becomes of each commit, by what is in memory once all that is needed is.
    fn decide(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        loop {
            let missing = match outcomes(&self.overlay(), batch) {
                Ok(outcomes) => return Ok(outcomes),
                Err(missing) => missing,
            };
            // Who holds the journal is the only one that changes rows, so they are the same when they are kept.
            let rows = self.inner.get(&missing)?;
            let mut overlay = self.overlay_mut();
            missing.into_iter().zip(rows).for_each(|(key, row)| overlay.keep(key, row));
        }
    }

    /// Adds what was applied of a batch to the journal, and shows it.
    fn append(&self, journal: &mut Journal, batch: &[Commit], outcomes: &[CommitOutcome]) -> Result<(), StoreError> {
        let writes = || {
            let applied = batch.iter().zip(outcomes).filter(|(_, outcome)| **outcome == CommitOutcome::Applied);
            applied.flat_map(|(commit, _)| &commit.writes)
        };
        let records = packed::pack(writes(), RECORD)?;
        let (append, sign, appended) = self.entry(journal, records);
        journal.rows_due = journal.rows_due.saturating_add(2 * writes().count());
        journal.records_due = journal.records_due.saturating_add(2 * appended.records);
        self.close_if_due(journal);
        let slice = self.slice_due(journal);
        let (fold, noted) = slice.map(|slice| (slice.commit, slice.noted)).unzip();
        let (append, folded) = match self.send(journal.head, append, fold) {
            Ok(sent) => sent,
            Err((append, error)) => {
                if error.is_unknown() {
                    let then = Then::Show { writes: writes().cloned().collect(), appended };
                    journal.unsettled = Some(Unsettled { commit: append, sign, then });
                }
                return Err(error);
            }
        };
        drop(append);
        let mut overlay = self.overlay_mut();
        writes().for_each(|write| overlay.apply(write));
        journal.note(appended);
        if let Some(noted) = noted.filter(|_| folded) {
            journal.fold_noted(noted);
        }
        overlay.release(self.options.rows);
        Ok(())
    }

    /// The commit that adds records to the journal.
    fn entry(&self, journal: &Journal, records: Vec<Record>) -> (Commit, (Key, Stamp), Appended) {
        let stamp = self.stamps.stamp();
        let size = |record: &Record| if let Record::Journal(bytes) = record { bytes.len() } else { 0 };
        let appended = Appended { records: records.len() as u64, bytes: records.iter().map(size).sum() };
        let first = Key::Journal(journal.next);
        let writes = (journal.next..).zip(records);
        let writes = writes.map(|(number, record)| Write::Put { key: Key::Journal(number), record, stamp });
        let checks = vec![journal.owned(), Check { key: first.clone(), stamp: None }];
        (Commit { checks, writes: writes.collect() }, (first, stamp), appended)
    }

    /// Sends an addition to the journal and with it a part of the fold; without, if the store cannot take both. Tells
    /// whether that part was applied.
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
            Ok([]) => Err((append, StoreError::new(StoreErrorKind::Unknown, "the store did not answer a commit"))),
            Err(error) => Err((append, error.clone())),
        }
    }

    /// Finds out what became of a commit of which the inner store could not say.
    fn settle(&self, journal: &mut Journal) -> Result<(), StoreError> {
        self.owned()?;
        let Some(unsettled) = &journal.unsettled else { return Ok(()) };
        let (key, stamp) = &unsettled.sign;
        if !self.certain(&unsettled.commit, key, *stamp).map_err(not_yet)? {
            return Err(self.refused(journal.head));
        }
        match journal.unsettled.take() {
            Some(Unsettled { then: Then::Show { writes, appended }, .. }) => {
                let mut overlay = self.overlay_mut();
                writes.iter().for_each(|write| overlay.apply(write));
                journal.note(appended);
            }
            Some(Unsettled { then: Then::Forget, sign: (_, stamp), .. }) => {
                self.forget(journal, stamp);
            }
            None => {}
        }
        Ok(())
    }

    /// Whether a commit is applied, by this sending or one before. Nobody but the owner writes these rows, so the stamp
    /// on one of them tells.
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
    /// That this process still owns the fleet.
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
            .map(|(place, (row, key))| match row {
                Known::Yes(row) => row,
                Known::No => {
                    if !is_reserved(key) {
                        missing.push((place, key.clone()));
                    }
                    None
                }
            })
            .collect();
        if missing.is_empty() {
            return Ok(rows);
        }
        // Memory is held meanwhile, so that what is read here and there is of one moment.
        let (places, missing): (Vec<usize>, Vec<Key>) = missing.into_iter().unzip();
        let found = self.inner.get(&missing)?;
        let releases = overlay.releases;
        drop(overlay);
        let mut overlay = self.overlay_mut();
        for ((place, key), row) in places.into_iter().zip(missing).zip(found) {
            if let Some(slot) = rows.get_mut(place) {
                slot.clone_from(&row);
            }
            // A row that was written to since is in memory, unless some were let go.
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
            // Behind the last row of a full page there may be more that the inner store did not show.
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
            let problem = "the journal's own rows cannot be written to; leave `Key::Journal` to it";
            return Err(StoreError::new(StoreErrorKind::Other, problem));
        }
        // Before the lock: in a forked process nobody may be left to give it back.
        self.owned()?;
        // What only checks is a read, and does not wait for who writes.
        if batch.iter().all(|commit| commit.writes.is_empty()) {
            return self.check(batch);
        }
        let mut journal = self.journal();
        self.settle(&mut journal)?;
        self.make_room(&mut journal)?;
        let outcomes = self.decide(batch)?;
        let writes = |(commit, outcome): (&Commit, &CommitOutcome)| {
            *outcome == CommitOutcome::Applied && !commit.writes.is_empty()
        };
        if batch.iter().zip(&outcomes).any(writes) {
            self.append(&mut journal, batch, &outcomes)?;
            // It is not the caller's trouble if the generation cannot be ended yet; it is tried again.
            let _ = self.end_if_folded(&mut journal);
        }
        Ok(outcomes)
    }

    /// The journal is in the copy: what was acknowledged is there, and is opened like this store.
    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.inner.backup(to)
    }

    /// Sees rows as of the last fold.
    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.inner.query(query)
    }
}

/// What becomes of each commit after those before it; or which rows must be in memory to decide on the batch, and to add to
/// its counters.
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

/// Adds the rows of a page of the inner store as memory knows them.
fn overlaid(overlay: &Overlay, page: Vec<Row>, shown: &Range, found: &mut Vec<Row>) {
    let limit = found.len().saturating_add(shown.limit);
    let keys: Vec<Key> = page.iter().map(|row| row.key.clone()).collect();
    let mut page = page.into_iter().peekable();
    let changed = overlay.changed(shown);
    let reverse = shown.reverse;
    for key in super::merge::merge(keys.iter(), changed, |a, b| if reverse { a > b } else { a < b }) {
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

/// Whether a key is the journal's own.
fn is_reserved(key: &Key) -> bool {
    matches!(key, Key::Journal(_))
}

fn taken() -> StoreError {
    StoreError::new(
        StoreErrorKind::Taken,
        "another process has taken this fleet over; end this one, or open the fleet again here to take it back",
    )
}

/// What a caller is told of whose commit nothing was applied, because an earlier one must be found out about first.
fn not_yet(error: StoreError) -> StoreError {
    if !error.is_unknown() {
        return error;
    }
    let problem = "the store could not say what became of an earlier commit, and still cannot; try again";
    StoreError::new(StoreErrorKind::Unavailable, problem).with_source(error)
}
