//! The fold: moves the rows of a generation from the journal to their places in the inner store.

use super::overlay::CounterChange;
use super::{Journal, Journaled, Then, Unsettled, not_yet};
use fleet_core::store::{Commit, CommitOutcome, JournalHead, Key, Stamp, Store, StoreError, Write};

/// Maximum number of rows in one commit of a fold by itself: a few milliseconds, during which other commits wait.
const SLICE: usize = 4096;

/// Maximum number of journal records that such a commit deletes: one record of a large batch fills about sixty pages.
const TRIM: u64 = 256;

/// Minimum number of rows that are worth adding to a commit.
const FEWEST: usize = 64;

/// Number of records after which the fold begins, whatever their size: opening reads them one by one.
const RECORDS: u64 = 1 << 16;

/// When this many times `fold_after` rows wait, commits wait for the fold.
const BEHIND: usize = 4;

/// A generation that is being folded.
#[derive(Debug)]
pub(super) struct Closed {
    /// The number of its last record.
    last: u64,
    /// The last of its rows that is folded.
    folded: Option<Key>,
    counters: Vec<CounterChange>,
}

/// One step of the fold.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) commit: Commit,
    pub(super) progress: Progress,
}

/// What to record about a step of the fold once it is committed.
#[derive(Debug)]
pub(super) struct Progress {
    /// Number of rows of the generation, and the last of them.
    rows: usize,
    last: Option<Key>,
    /// Number of deleted records.
    records: u64,
}

impl<S: Store> Journaled<S> {
    /// Folds up to `rows` of the rows that wait now. Returns how many still wait. Others can read and commit meanwhile.
    ///
    /// # Errors
    /// Errors of the inner store, and `store_taken`. Rows that were not folded stay in the journal.
    pub fn fold(&self, rows: usize) -> Result<usize, StoreError> {
        let (mut left, mut may_close) = (rows, true);
        self.owned()?;
        while left > 0 {
            let mut journal = self.journal();
            self.settle(&mut journal)?;
            if journal.closed.is_none() && may_close {
                may_close = false;
                self.close_generation(&mut journal);
            }
            let Some(slice) = self.slice(&journal, left.min(SLICE), TRIM) else { break };
            // A step that only deletes records counts too, so that the loop ends.
            left = left.saturating_sub(slice.progress.rows.max(1));
            self.fold_slice(&mut journal, slice).map_err(not_yet)?;
            self.end_if_folded(&mut journal).map_err(not_yet)?;
        }
        Ok(self.overlay().dirty())
    }

    /// Folds all rows and returns the inner store. The next process that opens it finds an empty journal.
    ///
    /// # Errors
    /// Those of [`fold`](Self::fold). Rows that were not folded stay in the journal.
    pub fn close(self) -> Result<S, StoreError> {
        while self.fold(usize::MAX)? > 0 {}
        Ok(self.inner)
    }

    /// Closes the open generation if it has grown enough and no other generation is closed.
    pub(super) fn close_if_due(&self, journal: &mut Journal) {
        let since = journal.next - 1 - journal.folded;
        let is_due = || {
            since >= RECORDS
                || journal.bytes >= self.options.journal_size
                || self.overlay().open_len() >= self.options.fold_after
        };
        if journal.closed.is_none() && is_due() {
            self.close_generation(journal);
        }
        if journal.closed.is_none() && journal.trimmed == journal.folded {
            (journal.rows_due, journal.records_due) = (0, 0);
        }
    }

    fn close_generation(&self, journal: &mut Journal) {
        let mut overlay = self.overlay_mut();
        if overlay.open_len() == 0 {
            return;
        }
        journal.closed = Some(Closed { last: journal.next - 1, folded: None, counters: overlay.close() });
        journal.bytes = 0;
    }

    /// Returns the next step of the fold, if commits have earned one that is worthwhile.
    pub(super) fn slice_due(&self, journal: &mut Journal) -> Option<Slice> {
        if journal.rows_due < FEWEST {
            return None;
        }
        let slice = self.slice(journal, journal.rows_due, journal.records_due);
        journal.rows_due = 0;
        slice
    }

    /// Returns the next step of the fold: rows of the closed generation, and records to delete. Commit it at once; it
    /// is valid only now.
    fn slice(&self, journal: &Journal, rows: usize, records: u64) -> Option<Slice> {
        let overlay = self.overlay();
        let closed = journal.closed.as_ref();
        let keys: Vec<&Key> =
            closed.map(|closed| overlay.closed_keys(closed.folded.as_ref()).take(rows).collect()).unwrap_or_default();
        let records = records.min(journal.folded - journal.trimmed);
        if keys.is_empty() && records == 0 && closed.is_none() {
            return None;
        }
        let deletes = journal.trimmed + 1..=journal.trimmed + records;
        let deletes = deletes.map(|number| Write::Delete { key: Key::Journal(number) });
        let mut writes = overlay.writes_of(&keys);
        writes.extend(deletes);
        let last = keys.last().map(|key| Key::clone(key));
        let commit = Commit { checks: vec![journal.owned()], writes };
        Some(Slice { commit, progress: Progress { rows: keys.len(), last, records } })
    }

    /// Commits a step of the fold by itself. If the outcome is unknown, it is committed again, because a row may be put
    /// twice: a late copy cannot undo a later fold, whose head has another stamp.
    fn fold_slice(&self, journal: &mut Journal, slice: Slice) -> Result<(), StoreError> {
        if !slice.commit.writes.is_empty()
            && self.inner.commit(std::slice::from_ref(&slice.commit))?.first() != Some(&CommitOutcome::Applied)
        {
            return Err(self.refused(journal.head));
        }
        journal.add_progress(slice.progress);
        Ok(())
    }

    /// Completes the closed generation once all its rows are folded: adds to its counters and moves the head in one
    /// commit.
    pub(super) fn end_if_folded(&self, journal: &mut Journal) -> Result<(), StoreError> {
        let Some(closed) = &journal.closed else { return Ok(()) };
        if journal.unsettled.is_some() || self.overlay().closed_keys(closed.folded.as_ref()).next().is_some() {
            return Ok(());
        }
        let stamp = Stamp::random();
        let mut writes: Vec<Write> = closed.counters.iter().flat_map(counted).collect();
        writes.push(Write::Put { key: Key::Journal(0), record: JournalHead { folded: closed.last }.encode(), stamp });
        let commit = Commit { checks: vec![journal.owned()], writes };
        match self.certain(&commit, &Key::Journal(0), stamp) {
            Ok(true) => {
                self.forget(journal, stamp);
                Ok(())
            }
            Ok(false) => Err(self.refused(journal.head)),
            Err(error) => {
                if error.is_unknown() {
                    journal.unsettled =
                        Some(Unsettled { commit, marker: (Key::Journal(0), stamp), then: Then::Forget });
                }
                Err(error)
            }
        }
    }

    /// Records that the closed generation is folded, and the new stamp of the head.
    pub(super) fn forget(&self, journal: &mut Journal, head: Stamp) {
        journal.head = head;
        if let Some(closed) = journal.closed.take() {
            journal.folded = closed.last;
            let keys = self.overlay_mut().forget_closed();
            drop(keys);
        }
    }

    /// Rejects commits while the fold is far behind because it fails, until it succeeds.
    pub(super) fn catch_up(&self, journal: &mut Journal) -> Result<(), StoreError> {
        let most = self.options.fold_after.saturating_mul(BEHIND);
        while self.overlay().dirty() > most {
            self.close_if_due(journal);
            let Some(slice) = self.slice(journal, SLICE, TRIM) else { return Ok(()) };
            self.fold_slice(journal, slice).map_err(not_yet)?;
            self.end_if_folded(journal).map_err(not_yet)?;
        }
        Ok(())
    }
}

impl Journal {
    /// Records that a step of the fold is done.
    pub(super) fn add_progress(&mut self, progress: Progress) {
        self.trimmed += progress.records;
        self.records_due = self.records_due.saturating_sub(progress.records);
        if let (Some(closed), Some(last)) = (&mut self.closed, progress.last) {
            closed.folded = Some(last);
        }
    }
}

/// Returns the writes that bring a counter of the inner store to its new value. The difference may be too large for one
/// addition.
fn counted(counter: &CounterChange) -> Vec<Write> {
    let (before, after) = match (counter.before, counter.after) {
        (before, after) if before == after => return Vec::new(),
        (_, None) => return vec![Write::Delete { key: counter.key.clone() }],
        (before, Some(after)) => (before.unwrap_or(0), after),
    };
    let mut left = i128::from(after) - i128::from(before);
    let mut writes = Vec::new();
    loop {
        let delta = left.clamp(i64::MIN.into(), i64::MAX.into());
        writes.push(Write::Add { key: counter.key.clone(), delta: i64::try_from(delta).unwrap_or(0) });
        left -= delta;
        if left == 0 {
            return writes;
        }
    }
}
