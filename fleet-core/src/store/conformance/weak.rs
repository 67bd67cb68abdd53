//! Stores with one deliberate defect each, which the suite must find.

use super::{LAWS, RACES, attempt, check, check_reopen, race};
use crate::MemoryStore;
use crate::store::{Check, Commit, CommitOutcome, Key, Kind, Range, Record, Row, Stamp, Store, StoreError, Write};
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::{Arc, Mutex};
use std::thread::yield_now;

/// The defect of a store.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Weakness {
    None,
    ChecksNothing,
    ChecksOnlyWhatItWrites,
    ChecksOnlyThatRowsAreThere,
    ChecksTheBatchBeforeItWrites,
    ChecksWithoutALock,
    ChecksAfterEachWrite,
    StopsTheBatchAtAConflict,
    TearsCommits,
    TearsCommitsForReaders,
    AddsWithoutALock,
    AddsAlthoughItConflicts,
    AddsWithWrapping,
    ForgetsHowOftenACounterIsNamed,
    ReadsOneByOne,
    AnswersInKeyOrder,
    AnswersOnlyWhatIsThere,
    IgnoresTheEnds,
    IgnoresTheLimit,
    IgnoresTheDirection,
    ScansInPieces,
    PanicsWhereARangeIsEmpty,
    ShowsTheWholeKind,
    PutsOnlyWhatDiffers,
    CountsItsStamps,
    NarrowsStamps,
    DropsDeletes,
    MixesProducts,
    KeepsNoNames,
    TakesFew,
    AnswersTwice,
}
use Weakness as W;

#[derive(Debug)]
struct Weak {
    how: Weakness,
    inner: MemoryStore,
    alone: Mutex<()>,
}

impl Weak {
    fn new(how: Weakness) -> Self {
        Self { how, inner: MemoryStore::new(), alone: Mutex::new(()) }
    }

    fn is(&self, how: Weakness) -> bool {
        self.how == how
    }

    fn row(&self, key: &Key) -> Option<Row> {
        self.inner.get(std::slice::from_ref(key)).unwrap().remove(0)
    }

    fn holds(&self, check: &Check) -> bool {
        self.row(&check.key).map(|row| row.stamp) == check.stamp
    }

    fn write(&self, writes: &[Write]) {
        self.inner.commit(&[Commit { checks: Vec::new(), writes: writes.to_vec() }]).unwrap();
    }

    /// Applies one commit, where the store decides itself.
    fn one(&self, commit: &Commit) -> CommitOutcome {
        let mut commit = commit.clone();
        let written: BTreeSet<Key> = commit.writes.iter().map(|write| write.key().clone()).collect();
        match self.how {
            W::ChecksNothing => commit.checks.clear(),
            W::ChecksOnlyWhatItWrites => commit.checks.retain(|check| written.contains(&check.key)),
            W::ChecksOnlyThatRowsAreThere => {
                for check in &mut commit.checks {
                    let row = self.row(&check.key);
                    check.stamp = check.stamp.and(row.map(|row| row.stamp)).or(check.stamp);
                }
            }
            W::ChecksWithoutALock => {
                if !commit.checks.iter().all(|check| self.holds(check)) {
                    return CommitOutcome::Conflict;
                }
                yield_now();
                commit.checks.clear();
            }
            W::ChecksAfterEachWrite => {
                let before: Vec<Option<Row>> = self.inner.get(&written.iter().cloned().collect::<Vec<_>>()).unwrap();
                self.write(&commit.writes);
                if commit.checks.iter().filter(|check| check.stamp.is_some()).all(|check| self.holds(check)) {
                    return CommitOutcome::Applied;
                }
                for (key, row) in written.into_iter().zip(before) {
                    self.write(&[match row {
                        Some(Row { key, record: Record::Counter(value), .. }) => {
                            self.write(&[Write::Delete { key: key.clone() }]);
                            Write::Add { key, delta: value }
                        }
                        Some(Row { key, record, stamp }) => Write::Put { key, record, stamp },
                        None => Write::Delete { key },
                    }]);
                }
                return CommitOutcome::Conflict;
            }
            W::TearsCommits => {
                for (check, write) in commit.checks.iter().map(Some).chain(std::iter::repeat(None)).zip(&commit.writes)
                {
                    if check.is_some_and(|check| !self.holds(check)) {
                        return CommitOutcome::Conflict;
                    }
                    self.write(std::slice::from_ref(write));
                }
                return CommitOutcome::Applied;
            }
            W::TearsCommitsForReaders => {
                if !commit.checks.iter().all(|check| self.holds(check)) {
                    return CommitOutcome::Conflict;
                }
                for write in commit.writes {
                    self.write(&[write]);
                    yield_now();
                }
                return CommitOutcome::Applied;
            }
            W::AddsAlthoughItConflicts => {
                let adds = commit.writes.extract_if(.., |write| matches!(write, Write::Add { .. }));
                let adds: Vec<Write> = adds.collect();
                self.write(&adds);
            }
            W::AddsWithWrapping | W::AddsWithoutALock => {
                if !commit.checks.iter().all(|check| self.holds(check)) {
                    return CommitOutcome::Conflict;
                }
                for write in commit.writes.extract_if(.., |write| matches!(write, Write::Add { .. })) {
                    let Write::Add { key, delta } = write else { continue };
                    let value = match self.row(&key) {
                        Some(Row { record: Record::Counter(value), .. }) => value,
                        _ => 0,
                    };
                    yield_now();
                    let record = Record::Counter(value.wrapping_add(delta));
                    self.write(&[Write::Put { key, record, stamp: Stamp(0) }]);
                }
            }
            W::ForgetsHowOftenACounterIsNamed => {
                let mut named = BTreeSet::new();
                commit.writes.retain(|write| named.insert(write.key().clone()));
            }
            W::PutsOnlyWhatDiffers => commit.writes.retain(|write| match write {
                Write::Put { key, record, .. } => self.row(key).is_none_or(|row| row.record != *record),
                _ => true,
            }),
            W::DropsDeletes => commit.writes.retain(|write| !matches!(write, Write::Delete { .. })),
            W::CountsItsStamps => {
                for write in &mut commit.writes {
                    if let Write::Put { key, stamp, .. } = write {
                        *stamp = Stamp(self.row(key).map_or(0, |row| row.stamp.0) + 1);
                    }
                }
            }
            W::NarrowsStamps => {
                for write in &mut commit.writes {
                    if let Write::Put { stamp, .. } = write {
                        stamp.0 = stamp.0 as f64 as u64;
                    }
                }
            }
            W::KeepsNoNames => {
                for write in &mut commit.writes {
                    if let Write::Put { record: Record::Device(device), .. } = write {
                        device.label = None;
                    }
                }
            }
            W::MixesProducts => {
                for write in &mut commit.writes {
                    if let Write::Put { key, .. } | Write::Delete { key } = write {
                        *key = mixed(key);
                    }
                }
                for check in &mut commit.checks {
                    check.key = mixed(&check.key);
                }
            }
            _ => {}
        }
        self.inner.commit(&[commit]).unwrap().remove(0)
    }
}

/// Returns a key without its product.
fn mixed(key: &Key) -> Key {
    match key {
        Key::Device(_, device) => Key::Device(crate::ProductId::new(1).unwrap(), *device),
        key => key.clone(),
    }
}

impl Store for Weak {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        match self.how {
            W::ReadsOneByOne => Ok(keys
                .iter()
                .map(|key| {
                    yield_now();
                    self.row(key)
                })
                .collect()),
            W::AnswersInKeyOrder => {
                let mut keys = keys.to_vec();
                keys.sort();
                self.inner.get(&keys)
            }
            W::AnswersOnlyWhatIsThere => {
                let mut rows = self.inner.get(keys)?;
                rows.retain(Option::is_some);
                Ok(rows)
            }
            W::MixesProducts => {
                let found = self.inner.get(&keys.iter().map(mixed).collect::<Vec<_>>())?;
                let own = |(key, row): (&Key, Option<Row>)| row.map(|row| Row { key: key.clone(), ..row });
                Ok(keys.iter().zip(found).map(own).collect())
            }
            _ => self.inner.get(keys),
        }
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        let closed = |end: &Bound<Key>| match end {
            Bound::Included(key) | Bound::Excluded(key) => Bound::Included(key.clone()),
            Bound::Unbounded => Bound::Unbounded,
        };
        match self.how {
            W::IgnoresTheEnds => {
                self.inner.scan(&Range { first: closed(&range.first), last: closed(&range.last), ..range.clone() })
            }
            W::IgnoresTheLimit => self.inner.scan(&range.clone().limit(usize::MAX)),
            W::IgnoresTheDirection => self.inner.scan(&Range { reverse: false, ..range.clone() }),
            W::ScansInPieces => {
                let (mut piece, mut found) = (range.clone().limit(range.limit.min(3)), Vec::<Row>::new());
                while let Some(last) = self.inner.scan(&piece)?.last() {
                    found.extend(self.inner.scan(&piece)?);
                    piece = piece.after(last.key.clone()).limit(range.limit.saturating_sub(found.len()).min(3));
                    yield_now();
                }
                Ok(found)
            }
            W::PanicsWhereARangeIsEmpty => {
                if let (Bound::Included(first), Bound::Included(last)) = (&range.first, &range.last) {
                    assert!(first <= last, "range start is greater than range end");
                }
                self.inner.scan(range)
            }
            _ => self.inner.scan(range),
        }
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let _alone = match self.how {
            W::ChecksWithoutALock | W::AddsWithoutALock => None,
            _ => Some(self.alone.lock()),
        };
        match self.how {
            W::None => self.inner.commit(batch),
            W::TakesFew => Ok(self.inner.commit(batch)?.into_iter().take(1_000).collect()),
            W::AnswersTwice => Ok(self.inner.commit(batch)?.into_iter().flat_map(|outcome| [outcome; 2]).collect()),
            W::ChecksTheBatchBeforeItWrites => {
                let hold: Vec<bool> =
                    batch.iter().map(|commit| commit.checks.iter().all(|check| self.holds(check))).collect();
                let decide = |(commit, holds): (&Commit, bool)| {
                    if !holds {
                        return CommitOutcome::Conflict;
                    }
                    self.write(&commit.writes);
                    CommitOutcome::Applied
                };
                Ok(batch.iter().zip(hold).map(decide).collect())
            }
            W::StopsTheBatchAtAConflict => {
                let mut stopped = false;
                let decide = |commit| {
                    stopped = stopped || self.one(commit) == CommitOutcome::Conflict;
                    if stopped { CommitOutcome::Conflict } else { CommitOutcome::Applied }
                };
                Ok(batch.iter().map(decide).collect())
            }
            _ => Ok(batch.iter().map(|commit| self.one(commit)).collect()),
        }
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        if self.is(W::ShowsTheWholeKind)
            && let (Bound::Included(first), Bound::Included(last)) = (&range.first, &range.last)
            && first.kind() == Kind::Device
            && first <= last
        {
            let all = crate::DeviceId::new([0; 12])..=crate::DeviceId::new([0xFF; 12]);
            let whole = |id: &crate::DeviceId| match first {
                Key::Device(product, _) => Key::Device(*product, *id),
                key => key.clone(),
            };
            return self.inner.for_each(&Range::new(whole(all.start()), whole(all.end())), visit);
        }
        self.inner.for_each(range, visit)
    }
}

/// The same with the default `for_each`.
#[derive(Debug)]
struct Plain(Weak);

impl Store for Plain {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.0.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.0.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.0.commit(batch)
    }
}

/// Whether the suite finds that a defective store breaks a law. The suite limits its races so that it suits everyone's
/// tests; on a busy machine two threads may need longer to overlap.
fn breaks(how: Weakness, law: &str) -> bool {
    if let Some(law) = LAWS.iter().find(|(name, _)| *name == law) {
        return attempt(law, &|| Weak::new(how)).is_some();
    }
    let law = RACES.iter().find(|(name, _)| *name == law).unwrap();
    (0..20).any(|_| race(law, &|| Weak::new(how)).is_some())
}

#[test]
fn the_memory_store_keeps_every_law() {
    check(MemoryStore::new).unwrap();
}

#[test]
fn the_wrapper_itself_breaks_no_law() {
    check(|| Weak::new(W::None)).unwrap();
    check(|| Plain(Weak::new(W::None))).unwrap();
}

#[test]
fn a_scan_that_repeats_one_page_does_not_loop_forever() {
    let violations = check(|| Plain(Weak::new(W::IgnoresTheEnds))).unwrap_err();
    let found = violations.iter().find(|violation| violation.law == "for_each_shows_exactly_the_range").unwrap();
    assert!(found.what.contains("outside its range"), "{found}");
}

#[test]
fn each_weakness_breaks_the_law_that_forbids_it() {
    let expected = [
        (W::ChecksNothing, "no_update_is_lost"),
        (W::ChecksNothing, "a_commit_is_whole_or_not_at_all"),
        (W::ChecksNothing, "no_phantom_passes_a_guard"),
        (W::ChecksNothing, "one_of_many_creates_a_row"),
        (W::ChecksNothing, "conflict_storms_end"),
        (W::ChecksOnlyWhatItWrites, "every_check_counts"),
        (W::ChecksOnlyWhatItWrites, "no_write_skew"),
        (W::ChecksOnlyWhatItWrites, "crossed_checks_are_never_all_applied"),
        (W::ChecksWithoutALock, "crossed_checks_are_never_all_applied"),
        (W::ChecksOnlyThatRowsAreThere, "a_row_made_again_is_another"),
        (W::ChecksOnlyThatRowsAreThere, "no_update_is_lost"),
        (W::ChecksTheBatchBeforeItWrites, "a_commit_sees_those_before_it_in_its_batch"),
        (W::ChecksWithoutALock, "no_update_is_lost"),
        (W::ChecksWithoutALock, "one_of_many_creates_a_row"),
        (W::ChecksWithoutALock, "no_phantom_passes_a_guard"),
        (W::ChecksAfterEachWrite, "checks_come_before_writes"),
        (W::StopsTheBatchAtAConflict, "a_conflict_does_not_stop_the_next"),
        (W::StopsTheBatchAtAConflict, "each_thread_gets_its_own_outcomes"),
        (W::TearsCommits, "a_commit_is_whole_or_not_at_all"),
        (W::TearsCommitsForReaders, "get_sees_one_moment"),
        (W::TearsCommitsForReaders, "scan_sees_one_moment"),
        (W::AddsWithoutALock, "no_addition_is_lost"),
        (W::AddsAlthoughItConflicts, "a_conflict_adds_nothing"),
        (W::AddsWithWrapping, "a_counter_stops_at_the_ends_of_its_range"),
        (W::ForgetsHowOftenACounterIsNamed, "a_counter_sums_what_was_added"),
        (W::ReadsOneByOne, "get_sees_one_moment"),
        (W::AnswersInKeyOrder, "get_answers_in_the_order_asked"),
        (W::AnswersOnlyWhatIsThere, "an_empty_store_holds_nothing"),
        (W::IgnoresTheEnds, "scan_keeps_its_bounds"),
        (W::IgnoresTheEnds, "pages_cover_a_range_once"),
        (W::IgnoresTheLimit, "scan_keeps_its_limit"),
        (W::IgnoresTheDirection, "scan_is_in_key_order"),
        (W::ScansInPieces, "scan_sees_one_moment"),
        (W::PanicsWhereARangeIsEmpty, "a_range_without_keys_holds_nothing"),
        (W::ShowsTheWholeKind, "for_each_shows_exactly_the_range"),
        (W::PutsOnlyWhatDiffers, "the_same_record_put_again_is_another_write"),
        (W::CountsItsStamps, "a_row_made_again_is_another"),
        (W::NarrowsStamps, "every_stamp_reads_back"),
        (W::DropsDeletes, "a_deleted_row_is_gone"),
        (W::DropsDeletes, "a_deleted_counter_starts_again"),
        (W::DropsDeletes, "scan_follows_what_was_deleted_and_made_again"),
        (W::MixesProducts, "keys_of_different_kinds_and_partitions_never_mix"),
        (W::KeepsNoNames, "every_kind_of_record_reads_back"),
        (W::TakesFew, "a_batch_may_be_large"),
        (W::AnswersTwice, "a_batch_may_be_large"),
    ];
    for (how, law) in expected {
        assert!(breaks(how, law), "the suite did not find that {how:?} breaks {law}");
    }
}

/// Reopens stores that keep everything, everything but deletions or counted stamps, or nothing.
#[test]
fn a_store_that_loses_data_on_reopening_is_found() {
    let kept = check_reopen(|| Arc::new(MemoryStore::new()), Arc::clone);
    assert_eq!(kept, Ok(()));
    let laws = |violations: Result<(), Vec<super::Violation>>| -> Vec<&str> {
        violations.unwrap_err().iter().map(|violation| violation.law).collect()
    };
    let forgets = check_reopen(|| (), |()| MemoryStore::new());
    assert_eq!(laws(forgets), ["what_was_committed_is_there_again", "stamps_guard_after_reopening"]);
    let forgets_deletes = check_reopen(|| Arc::new(Weak::new(W::DropsDeletes)), Arc::clone);
    assert_eq!(laws(forgets_deletes), ["what_was_committed_is_there_again"]);
    let forgets_stamps = check_reopen(|| Arc::new(Weak::new(W::CountsItsStamps)), Arc::clone);
    assert!(laws(forgets_stamps).contains(&"what_was_committed_is_there_again"));
}
