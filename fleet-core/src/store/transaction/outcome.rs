//! What became of a commit of which the store cannot say.

use super::rest;
use crate::Error;
use crate::store::{Check, Commit, CommitOutcome, Key, Store, StoreError, StoreErrorKind, Write};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// How often a call is made again to find out.
const TRIES: u32 = 8;

/// A call that took longer to fail was one of a patient store: it waited for a server that is not there; or for the answer
/// of one that was there for a while, which may come back soon.
fn patient(error: &StoreError) -> Duration {
    Duration::from_millis(if error.is_unknown() { 5_000 } else { 500 })
}

/// This moment. On bare WebAssembly there is no clock.
fn now() -> Option<Instant> {
    (!cfg!(all(target_family = "wasm", target_os = "unknown"))).then(Instant::now)
}

/// Applies one commit, and finds out what became of it where the store cannot say.
///
/// # Errors
/// The store's. One of kind `Unknown` says that the commit may have been applied once, never twice, or not at all.
pub(crate) fn apply(store: &dyn Store, commit: &Commit) -> Result<CommitOutcome, Error> {
    match commit_one(store, commit) {
        Err(error) if error.is_unknown() => Ok(find_out(store, commit).ok_or(error)?),
        answer => Ok(answer?),
    }
}

/// Applies commits that do not touch each other's rows, and finds out what became of each where the store cannot say;
/// none: that cannot be told any more.
///
/// # Errors
/// The store's. Nothing was applied.
pub(crate) fn apply_all(store: &dyn Store, commits: &[Commit]) -> Result<Vec<Option<CommitOutcome>>, StoreError> {
    let mut outcomes: Vec<Option<CommitOutcome>> = match store.commit(commits) {
        Ok(outcomes) => outcomes.into_iter().map(Some).collect(),
        // A store that cannot be asked about one is not asked about the others: each takes some 10 ms.
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
    let unanswered = || StoreError::new(StoreErrorKind::Unknown, "the store did not say what became of a commit");
    outcomes.first().copied().ok_or_else(unanswered)
}

/// What became of a commit that may have been applied, may be applied yet, or may never be; nothing where that cannot
/// be told any more.
///
/// Reading alone would not do: a commit that is still on its way is seen by nobody. So it is sent again as it is. It
/// replaces or deletes a row that it wants to find with a certain stamp, and no stamp comes twice: of all its copies at
/// most one is applied. Where it is refused, the rows tell whether by a copy of its own or by another's commit.
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

/// What the rows of a commit say of it.
enum Seen {
    /// A row is there that it put: it was applied.
    Ours,
    /// It was not applied and can never be: another commit changed what it wants unchanged.
    Refused,
    /// It was not applied so far.
    Open,
    /// Others changed every row that could tell.
    Lost,
}

/// The checks that keep a second copy of a commit out: of rows that it changes itself. That a row must be absent keeps
/// nothing out, as another may delete what the first copy made.
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

/// Calls again what may work when it is called again, for some 10 ms. A store that was patient itself, and waited for its
/// server, is not called again: its caller has waited long enough.
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

    /// The row of team 1, from stamp 1 to stamp 2, and a counter that says how often that was done.
    fn change() -> Commit {
        let writes = vec![put(team(1), 2), Write::Add { key: counter(), delta: 1 }];
        Commit { checks: vec![check(team(1), Some(1))], writes }
    }

    fn blind(writes: Vec<Write>) -> Commit {
        Commit { checks: Vec::new(), writes }
    }

    /// A store in which team 1 has stamp 1, and whose next commits go wrong.
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

    /// What is said of a commit, by its outcome or the code of its error, and how often it was applied.
    fn told(store: &dyn Store, commit: Commit) -> (Result<CommitOutcome, &'static str>, i64) {
        let told = apply(store, &commit).map_err(|error| error.code());
        (told, times(store))
    }

    /// After its first commit, another one comes between before its caller hears that the outcome is not known.
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
    fn what_was_not_applied_is_applied_once_and_what_was_is_not_again() {
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
            assert_eq!(told(&store, change()), (Ok(CommitOutcome::Applied), 1), "{faults:?}");
        }
    }

    #[test]
    fn a_store_that_stays_away_leaves_the_outcome_unknown() {
        for after in [Fault::Unavailable, Fault::UnknownBefore] {
            let faults: Vec<Fault> = std::iter::once(Fault::UnknownAfter).chain([after; 20]).collect();
            assert_eq!(told(&store(&faults), change()), (Err("store_outcome_unknown"), 1), "then {after:?}");
        }
        // An error of reading must not look as though nothing had been applied.
        let deaf = Faulty::new(store(&[Fault::UnknownAfter]), 1).with(Fault::Unreadable, 1.0);
        let create = Commit { checks: vec![check(team(3), None)], writes: vec![put(team(3), 3)] };
        assert_eq!(apply(&deaf, &create).unwrap_err().code(), "store_outcome_unknown");
    }

    #[test]
    fn a_commit_whose_row_another_changed_is_never_applied_twice() {
        for applied in [false, true] {
            let store = overtaken(applied, vec![put(team(1), 3)]);
            assert_eq!(told(&store, change()), (Err("store_outcome_unknown"), applied.into()));
        }
    }

    #[test]
    fn one_of_several_rows_is_enough_to_tell() {
        let change = || {
            let mut change = change();
            change.checks.push(check(team(2), Some(1)));
            change.writes.push(put(team(2), 2));
            change
        };
        let applied = overtaken(true, vec![put(team(1), 3)]);
        assert_eq!(told(&applied, change()), (Ok(CommitOutcome::Applied), 1));
        let refused = overtaken(false, vec![put(team(1), 3)]);
        assert_eq!(told(&refused, change()), (Ok(CommitOutcome::Conflict), 0));
    }

    #[test]
    fn a_row_that_is_absent_again_does_not_say_that_it_was_never_made() {
        let create = || {
            let writes = vec![put(team(3), 3), Write::Add { key: counter(), delta: 1 }];
            Commit { checks: vec![check(team(3), None)], writes }
        };
        let made_and_deleted = overtaken(true, vec![Write::Delete { key: team(3) }]);
        assert_eq!(told(&made_and_deleted, create()), (Err("store_outcome_unknown"), 1));
        assert_eq!(told(&store(&[Fault::UnknownAfter]), create()), (Ok(CommitOutcome::Applied), 1));
        assert_eq!(told(&store(&[Fault::UnknownBefore]), create()), (Err("store_outcome_unknown"), 0));
    }

    #[test]
    fn a_delete_is_found_out_too() {
        let delete = || {
            let writes = vec![Write::Delete { key: team(1) }, Write::Add { key: counter(), delta: 1 }];
            Commit { checks: vec![check(team(1), Some(1))], writes }
        };
        assert_eq!(told(&store(&[Fault::UnknownBefore]), delete()), (Ok(CommitOutcome::Applied), 1));
        // Who deleted it cannot be told.
        assert_eq!(told(&store(&[Fault::UnknownAfter]), delete()), (Err("store_outcome_unknown"), 1));
    }

    #[test]
    fn additions_alone_are_never_made_twice() {
        for (fault, applied) in [(Fault::UnknownBefore, 0), (Fault::UnknownAfter, 1)] {
            let add = blind(vec![Write::Add { key: counter(), delta: 1 }]);
            assert_eq!(told(&store(&[fault]), add), (Err("store_outcome_unknown"), applied));
        }
    }

    #[test]
    fn a_commit_that_only_checks_is_asked_again() {
        let asks = |stamp| Commit { checks: vec![check(team(1), stamp)], writes: Vec::new() };
        assert_eq!(told(&store(&[Fault::UnknownAfter]), asks(Some(1))).0, Ok(CommitOutcome::Applied));
        assert_eq!(told(&store(&[Fault::UnknownAfter]), asks(None)).0, Ok(CommitOutcome::Conflict));
    }
}
