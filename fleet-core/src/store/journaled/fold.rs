//! Putting the rows of a generation where they belong.

use super::overlay::CounterChange;
use super::packed::Head;
use super::{Journal, Journaled, Then, Unsettled, not_yet};
use crate::store::{Commit, CommitOutcome, Key, Stamp, Store, StoreError, Write};

/// A fold by itself takes so many rows a commit, a few milliseconds' worth, during which others wait to commit.
const SLICE: usize = 4096;

/// And it takes so many records away: one of a large batch fills some sixty pages.
const TRIM: u64 = 256;

/// Fewer rows than these are not worth a part of their own in a commit.
const FEWEST: usize = 64;

/// The fold begins after so many records, whatever is in them: opening reads them one by one.
const RECORDS: u64 = 1 << 16;

/// After so many times the rows after which a fold begins, who commits waits for the fold.
const BEHIND: usize = 4;

/// A generation that is being folded.
#[derive(Debug)]
pub(super) struct Closed {
    /// Its last record.
    last: u64,
    /// The last of its rows that is folded.
    folded: Option<Key>,
    counters: Vec<CounterChange>,
}

/// A part of the fold.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) commit: Commit,
    pub(super) noted: Noted,
}

/// What is to be noted of a part of the fold once it is committed.
#[derive(Debug)]
pub(super) struct Noted {
    /// How many rows of the generation, and the last of them.
    rows: usize,
    last: Option<Key>,
    /// How many records that are no longer needed.
    records: u64,
}

impl<S: Store> Journaled<S> {
    /// Puts rows where they belong, so many at most, of those that wait now; tells how many wait still. Others read and
    /// commit meanwhile.
    ///
    /// # Errors
    /// The inner store's, and `store_taken`. What is not folded stays in the journal.
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
            // Where only records are taken away, that too comes to an end.
            left = left.saturating_sub(slice.noted.rows.max(1));
            self.fold_slice(&mut journal, slice).map_err(not_yet)?;
            self.end_if_folded(&mut journal).map_err(not_yet)?;
        }
        Ok(self.overlay().dirty())
    }

    /// Folds all and gives the inner store back. The next to open it finds an empty journal.
    ///
    /// # Errors
    /// Those of [`fold`](Self::fold); what is not folded stays in the journal.
    pub fn close(self) -> Result<S, StoreError> {
        while self.fold(usize::MAX)? > 0 {}
        Ok(self.inner)
    }

    /// Closes the open generation if it has grown enough, and nothing is closed.
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

    /// The next part of the fold, if commits have earned one that is worth it.
    pub(super) fn slice_due(&self, journal: &mut Journal) -> Option<Slice> {
        if journal.rows_due < FEWEST {
            return None;
        }
        let slice = self.slice(journal, journal.rows_due, journal.records_due);
        journal.rows_due = 0;
        slice
    }

    /// The next part of the fold: rows of the closed generation, and records that are no longer needed. Of no use to
    /// hold on to: it is of this moment.
    fn slice(&self, journal: &Journal, rows: usize, records: u64) -> Option<Slice> {
        let overlay = self.overlay();
        let closed = journal.closed.as_ref();
        let keys: Vec<&Key> =
            closed.map(|closed| overlay.closed_keys(closed.folded.as_ref()).take(rows).collect()).unwrap_or_default();
        let records = records.min(journal.folded - journal.trimmed);
        if keys.is_empty() && records == 0 && closed.is_none() {
            return None;
        }
        let gone = journal.trimmed + 1..=journal.trimmed + records;
        let gone = gone.map(|number| Write::Delete { key: Key::Journal(number) });
        let mut writes = overlay.writes_of(&keys);
        writes.extend(gone);
        let last = keys.last().map(|key| Key::clone(key));
        let commit = Commit { checks: vec![journal.owned()], writes };
        Some(Slice { commit, noted: Noted { rows: keys.len(), last, records } })
    }

    /// Commits a part of the fold by itself. If it cannot be said what became of it, it is committed again, as a row may
    /// be put twice: no row of it can come late and undo a later fold, whose head is another.
    fn fold_slice(&self, journal: &mut Journal, slice: Slice) -> Result<(), StoreError> {
        if !slice.commit.writes.is_empty()
            && self.inner.commit(std::slice::from_ref(&slice.commit))?.first() != Some(&CommitOutcome::Applied)
        {
            return Err(self.refused(journal.head));
        }
        journal.fold_noted(slice.noted);
        Ok(())
    }

    /// Ends the closed generation once all its rows are folded: its counters grow and the head moves, together.
    pub(super) fn end_if_folded(&self, journal: &mut Journal) -> Result<(), StoreError> {
        let Some(closed) = &journal.closed else { return Ok(()) };
        if journal.unsettled.is_some() || self.overlay().closed_keys(closed.folded.as_ref()).next().is_some() {
            return Ok(());
        }
        let stamp = self.stamps.stamp();
        let mut writes: Vec<Write> = closed.counters.iter().flat_map(counted).collect();
        writes.push(Write::Put { key: Key::Journal(0), record: Head { folded: closed.last }.pack(), stamp });
        let commit = Commit { checks: vec![journal.owned()], writes };
        match self.certain(&commit, &Key::Journal(0), stamp) {
            Ok(true) => {
                self.forget(journal, stamp);
                Ok(())
            }
            Ok(false) => Err(self.refused(journal.head)),
            Err(error) => {
                if error.is_unknown() {
                    journal.unsettled = Some(Unsettled { commit, sign: (Key::Journal(0), stamp), then: Then::Forget });
                }
                Err(error)
            }
        }
    }

    /// Notes that the closed generation is folded, and the stamp that the head has now.
    pub(super) fn forget(&self, journal: &mut Journal, head: Stamp) {
        journal.head = head;
        if let Some(closed) = journal.closed.take() {
            journal.folded = closed.last;
            let keys = self.overlay_mut().forget_closed();
            drop(keys);
        }
    }

    /// Where folding has fallen far behind, because it failed, nothing more is taken before it succeeds.
    pub(super) fn make_room(&self, journal: &mut Journal) -> Result<(), StoreError> {
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
    /// Notes that a part of the fold is done.
    pub(super) fn fold_noted(&mut self, noted: Noted) {
        self.trimmed += noted.records;
        self.records_due = self.records_due.saturating_sub(noted.records);
        if let (Some(closed), Some(last)) = (&mut self.closed, noted.last) {
            closed.folded = Some(last);
        }
    }
}

/// What makes a counter of the inner store what it became. A difference may be too large for one addition.
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
