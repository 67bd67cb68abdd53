//! Resolves commits whose outcome is unknown.

use super::rest;
use crate::Error;
use crate::observe::note_overtaken;
use crate::store::{Check, Commit, CommitOutcome, Key, Store, StoreError, StoreErrorKind, Write};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// Maximum number of attempts to find out the outcome of a commit.
const TRIES: u32 = 8;

/// Limit between stores that fail fast and stores that wait before they fail. A call that took longer waited for a
/// server that cannot be reached, or for the answer of a server that was reachable and may be reachable again soon.
fn patient(error: &StoreError) -> Duration {
    Duration::from_millis(if error.is_unknown() { 5_000 } else { 500 })
}

/// Returns the current moment. On bare WebAssembly there is no clock.
fn now() -> Option<Instant> {
    (!cfg!(all(target_family = "wasm", target_os = "unknown"))).then(Instant::now)
}

/// Applies one commit, and resolves its outcome if the store reports that it is unknown.
///
/// # Errors
/// Errors of the store. The kind `Unknown` means that the commit was applied once or not at all, never twice.
pub(crate) fn apply(store: &dyn Store, commit: &Commit) -> Result<CommitOutcome, Error> {
    let outcome = match commit_one(store, commit) {
        Err(error) if error.is_unknown() => find_out(store, commit).ok_or(error)?,
        answer => answer?,
    };
    if outcome == CommitOutcome::Conflict {
        note_overtaken();
    }
    Ok(outcome)
}

/// Applies commits that do not touch each other's rows, and resolves each outcome that the store reports as unknown.
/// `None` means that the outcome can no longer be determined.
///
/// # Errors
/// Errors of the store. Nothing was applied.
pub(crate) fn apply_all(store: &dyn Store, commits: &[Commit]) -> Result<Vec<Option<CommitOutcome>>, StoreError> {
    let mut outcomes: Vec<Option<CommitOutcome>> = match store.commit(commits) {
        Ok(outcomes) => outcomes.into_iter().map(Some).collect(),
        // If one outcome cannot be resolved, the others are not tried: each takes about 10 ms.
        Err(error) if error.is_unknown() => {
            commits.iter().map_while(|commit| find_out(store, commit).map(Some)).collect()
        }
        Err(error) => return Err(error),
    };
    outcomes.resize(commits.len(), None);
    Ok(outcomes)
}

fn commit_one(store: &dyn Store, commit: &Commit) -> Result<CommitOutcome, StoreError> {
    let outcomes = store.commit(std::slice::from_ref(commit))?;
    let unanswered = || StoreError::new(StoreErrorKind::Unknown, "the store returned no outcome of a commit");
    outcomes.first().copied().ok_or_else(unanswered)
}

/// Resolves the outcome of a commit that may have been applied, may still be applied, or may never be. `None` means
/// that it can no longer be determined.
///
/// Reading alone is not enough, because a commit that is still in flight is not visible. So the commit is sent again
/// unchanged. It replaces or deletes a row that must have a certain stamp, and no stamp occurs twice: of all copies at
/// most one is applied. If the copy is refused, the rows show whether an earlier copy or another commit changed them.
fn find_out(store: &dyn Store, commit: &Commit) -> Option<CommitOutcome> {
    if commit.writes.is_empty() {
        return persist(|| commit_one(store, commit));
    }
    let guards = guards(commit);
    for _ in 0..TRIES {
        if !guards.is_empty() && persist(|| commit_one(store, commit))? == CommitOutcome::Applied {
            return Some(CommitOutcome::Applied);
        }
        match persist(|| see(store, commit, &guards))? {
            Seen::Ours => return Some(CommitOutcome::Applied),
            Seen::Refused => return Some(CommitOutcome::Conflict),
            Seen::Open => {}
            Seen::Lost => return None,
        }
    }
    None
}

/// What the rows of a commit show about it.
enum Seen {
    /// A row that the commit put is there: it was applied.
    Ours,
    /// It was not applied and can never be: another commit changed a row that it checks.
    Refused,
    /// It was not applied so far.
    Open,
    /// Others changed every row that could show its outcome.
    Lost,
}

/// Returns the checks that prevent a second copy of a commit: those of rows that it changes itself. A check that a row
/// is absent prevents nothing, because another commit may delete the row that the first copy created.
fn guards(commit: &Commit) -> Vec<&Check> {
    let changes = commit.writes.iter().filter(|write| !matches!(write, Write::Add { .. }));
    let changed: HashSet<&Key> = changes.map(Write::key).collect();
    commit.checks.iter().filter(|check| check.stamp.is_some() && changed.contains(&check.key)).collect()
}

fn see(store: &dyn Store, commit: &Commit, guards: &[&Check]) -> Result<Seen, StoreError> {
    let puts = || {
        commit.writes.iter().filter_map(|write| match write {
            Write::Put { key, stamp, .. } => Some((key, Some(*stamp))),
            Write::Delete { .. } | Write::Add { .. } => None,
        })
    };
    let mut keys: Vec<Key> =
        puts().map(|(key, _)| key).chain(commit.checks.iter().map(|check| &check.key)).cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    let rows = store.get(&keys)?;
    let now = |key: &Key| rows.get(keys.binary_search(key).ok()?)?.as_ref().map(|row| row.stamp);
    let changed = |check: &Check| now(&check.key) != check.stamp;
    Ok(if puts().any(|(key, ours)| now(key) == ours) {
        Seen::Ours
    } else if guards.iter().all(|check| changed(check)) {
        Seen::Lost
    } else if commit.checks.iter().any(|check| check.stamp.is_some() && changed(check)) {
        Seen::Refused
    } else {
        Seen::Open
    })
}

/// Retries a call that may succeed later, for about 10 ms. If the store itself waited for its server, the call is not
/// retried: its caller has waited long enough.
fn persist<T>(call: impl Fn() -> Result<T, StoreError>) -> Option<T> {
    for attempt in 0..TRIES {
        let begun = now();
        match call() {
            Ok(answer) => return Some(answer),
            Err(error) if begun.is_some_and(|begun| begun.elapsed() > patient(&error)) => return None,
            Err(error) if error.is_unknown() || error.is_transient() => rest(Duration::from_micros(50 << attempt)),
            Err(_) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;
    use crate::product::ProductId;
    use crate::store::{Fault, Faulty, Range, Record, Row, Stamp, Tally};
    use crate::team::Team;
    use std::sync::{Arc, Mutex};

    fn team(number: u32) -> Key {
        Key::Team(ProductId::new(number).unwrap())
    }

    fn counter() -> Key {
        Key::Tally(ProductId::new(1).unwrap(), Tally::Members, 0)
    }

    fn put(key: Key, stamp: u64) -> Write {
        Write::Put { key, record: Record::Team(Arc::new(Team::default())), stamp: Stamp(stamp) }
    }

    fn check(key: Key, stamp: Option<u64>) -> Check {
        Check { key, stamp: stamp.map(Stamp) }
    }

    /// Puts team 1 from stamp 1 to stamp 2, and counts how often that was done.
    fn change() -> Commit {
        let writes = vec![put(team(1), 2), Write::Add { key: counter(), delta: 1 }];
        Commit { checks: vec![check(team(1), Some(1))], writes }
    }

    fn blind(writes: Vec<Write>) -> Commit {
        Commit { checks: Vec::new(), writes }
    }

    /// Returns a store in which team 1 has stamp 1, and whose next commits have these faults.
    fn store(faults: &[Fault]) -> Faulty<MemoryStore> {
        let store = Faulty::new(MemoryStore::new(), 7);
        store.inner().commit(&[blind(vec![put(team(1), 1)])]).unwrap();
        store.plan(faults.iter().copied().map(Some));
        store
    }

    fn times(store: &dyn Store) -> i64 {
        match store.get(&[counter()]).unwrap().remove(0) {
            Some(Row { record: Record::Counter(times), .. }) => times,
            _ => 0,
        }
    }

    /// Returns the outcome of a commit or the code of its error, and how often it was applied.
    fn outcome_and_count(store: &dyn Store, commit: Commit) -> (Result<CommitOutcome, &'static str>, i64) {
        let outcome_and_count = apply(store, &commit).map_err(|error| error.code());
        (outcome_and_count, times(store))
    }

    /// After its first commit, another commit is applied before the caller learns that the outcome is unknown.
    #[derive(Debug)]
    struct Overtaken {
        inner: MemoryStore,
        applied: bool,
        between: Mutex<Option<Commit>>,
    }

    impl Store for Overtaken {
        fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
            self.inner.get(keys)
        }

        fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
            self.inner.scan(range)
        }

        fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
            let Some(between) = self.between.lock().unwrap().take() else { return self.inner.commit(batch) };
            if self.applied {
                self.inner.commit(batch)?;
            }
            self.inner.commit(&[between])?;
            Err(StoreError::new(StoreErrorKind::Unknown, "the line broke"))
        }
    }

    fn overtaken(applied: bool, between: Vec<Write>) -> Overtaken {
        let inner = MemoryStore::new();
        inner.commit(&[blind(vec![put(team(1), 1), put(team(2), 1)])]).unwrap();
        Overtaken { inner, applied, between: Mutex::new(Some(blind(between))) }
    }

    #[test]
    fn a_commit_of_unknown_outcome_is_applied_exactly_once() {
        for faults in [
            vec![Fault::UnknownBefore],
            vec![Fault::UnknownAfter],
            vec![Fault::UnknownLate],
            vec![Fault::Torn],
            vec![Fault::UnknownLate, Fault::UnknownLate, Fault::UnknownAfter, Fault::Unavailable],
            vec![Fault::UnknownBefore, Fault::Conflict],
            vec![Fault::UnknownLate, Fault::Conflict, Fault::Conflict],
        ] {
            let store = store(&faults);
            assert_eq!(outcome_and_count(&store, change()), (Ok(CommitOutcome::Applied), 1), "{faults:?}");
        }
    }

    #[test]
    fn a_store_that_stays_unreachable_leaves_the_outcome_unknown() {
        for after in [Fault::Unavailable, Fault::UnknownBefore] {
            let faults: Vec<Fault> = std::iter::once(Fault::UnknownAfter).chain([after; 20]).collect();
            assert_eq!(
                outcome_and_count(&store(&faults), change()),
                (Err("store_outcome_unknown"), 1),
                "then {after:?}"
            );
        }
        // An error while reading must not be reported as if nothing had been applied.
        let unreadable = Faulty::new(store(&[Fault::UnknownAfter]), 1).with(Fault::Unreadable, 1.0);
        let create = Commit { checks: vec![check(team(3), None)], writes: vec![put(team(3), 3)] };
        assert_eq!(apply(&unreadable, &create).unwrap_err().code(), "store_outcome_unknown");
    }

    #[test]
    fn a_commit_whose_row_another_commit_changed_is_never_applied_twice() {
        for applied in [false, true] {
            let store = overtaken(applied, vec![put(team(1), 3)]);
            assert_eq!(outcome_and_count(&store, change()), (Err("store_outcome_unknown"), applied.into()));
        }
    }

    #[test]
    fn one_of_several_rows_is_enough_to_resolve_the_outcome() {
        let change = || {
            let mut change = change();
            change.checks.push(check(team(2), Some(1)));
            change.writes.push(put(team(2), 2));
            change
        };
        let applied = overtaken(true, vec![put(team(1), 3)]);
        assert_eq!(outcome_and_count(&applied, change()), (Ok(CommitOutcome::Applied), 1));
        let refused = overtaken(false, vec![put(team(1), 3)]);
        assert_eq!(outcome_and_count(&refused, change()), (Ok(CommitOutcome::Conflict), 0));
    }

    #[test]
    fn an_absent_row_does_not_show_that_it_was_never_created() {
        let create = || {
            let writes = vec![put(team(3), 3), Write::Add { key: counter(), delta: 1 }];
            Commit { checks: vec![check(team(3), None)], writes }
        };
        let made_and_deleted = overtaken(true, vec![Write::Delete { key: team(3) }]);
        assert_eq!(outcome_and_count(&made_and_deleted, create()), (Err("store_outcome_unknown"), 1));
        assert_eq!(outcome_and_count(&store(&[Fault::UnknownAfter]), create()), (Ok(CommitOutcome::Applied), 1));
        assert_eq!(outcome_and_count(&store(&[Fault::UnknownBefore]), create()), (Err("store_outcome_unknown"), 0));
    }

    #[test]
    fn the_outcome_of_a_delete_is_resolved_too() {
        let delete = || {
            let writes = vec![Write::Delete { key: team(1) }, Write::Add { key: counter(), delta: 1 }];
            Commit { checks: vec![check(team(1), Some(1))], writes }
        };
        assert_eq!(outcome_and_count(&store(&[Fault::UnknownBefore]), delete()), (Ok(CommitOutcome::Applied), 1));
        // It is not known who deleted the row.
        assert_eq!(outcome_and_count(&store(&[Fault::UnknownAfter]), delete()), (Err("store_outcome_unknown"), 1));
    }

    #[test]
    fn additions_alone_are_never_made_twice() {
        for (fault, applied) in [(Fault::UnknownBefore, 0), (Fault::UnknownAfter, 1)] {
            let add = blind(vec![Write::Add { key: counter(), delta: 1 }]);
            assert_eq!(outcome_and_count(&store(&[fault]), add), (Err("store_outcome_unknown"), applied));
        }
    }

    #[test]
    fn a_commit_that_only_checks_is_retried() {
        let asks = |stamp| Commit { checks: vec![check(team(1), stamp)], writes: Vec::new() };
        assert_eq!(outcome_and_count(&store(&[Fault::UnknownAfter]), asks(Some(1))).0, Ok(CommitOutcome::Applied));
        assert_eq!(outcome_and_count(&store(&[Fault::UnknownAfter]), asks(None)).0, Ok(CommitOutcome::Conflict));
    }
}
