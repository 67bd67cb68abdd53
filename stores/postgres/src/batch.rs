//! Turns a batch of commits into statements.
//!
//! If no commit writes what another one checks or writes, as with commits of different devices, the batch is one
//! statement that checks and writes for each commit. Otherwise the batch is one transaction of two steps: it reads the
//! stamps of all checked rows, decides the commits in order here, and writes the combined result.

use crate::error::Problem;
use crate::statement::Script;
use crate::table::TableKind;
use fleet_core::store::{Check, Commit, CommitOutcome, Key, Record, Stamp, Write};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How the commits so far use a key.
enum Touched {
    Checked(usize),
    CheckedBySome,
    Written(usize),
}

/// Whether the commits are independent: none writes what another one checks or writes. All may add to the same
/// counters.
pub(crate) fn are_independent(batch: &[Commit]) -> bool {
    if let [commit] = batch {
        return is_plain(commit);
    }
    let mut touched: HashMap<&Key, Touched> = HashMap::with_capacity(batch.len());
    batch.iter().enumerate().all(|(number, commit)| {
        is_plain(commit)
            && commit.checks.iter().all(|check| match touched.get(&check.key) {
                None => {
                    touched.insert(&check.key, Touched::Checked(number));
                    true
                }
                Some(Touched::Checked(other) | Touched::Written(other)) if *other == number => true,
                Some(Touched::Checked(_) | Touched::CheckedBySome) => {
                    touched.insert(&check.key, Touched::CheckedBySome);
                    true
                }
                Some(Touched::Written(_)) => false,
            })
            && changes(commit).all(|key| match touched.insert(key, Touched::Written(number)) {
                None => true,
                Some(Touched::Checked(other)) => other == number,
                Some(Touched::CheckedBySome | Touched::Written(_)) => false,
            })
    })
}

/// Returns the keys that a commit puts or deletes.
fn changes(commit: &Commit) -> impl Iterator<Item = &Key> {
    commit.writes.iter().filter(|write| !matches!(write, Write::Add { .. })).map(Write::key)
}

/// Whether it only adds to counters and writes each other key once.
fn is_plain(commit: &Commit) -> bool {
    let is_counter = |key: &Key| matches!(key, Key::Tally(..));
    if changes(commit).any(is_counter) || commit.checks.iter().any(|check| is_counter(&check.key)) {
        return false;
    }
    let mut keys: Vec<&Key> = changes(commit).collect();
    keys.len() < 2 || {
        keys.sort_unstable();
        keys.windows(2).all(|pair| pair.first() != pair.last())
    }
}

/// Whether a statement checks that a row is absent before it inserts the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// Does not check: the statement fails if the row exists. It is nearly always absent, and a check costs as much as
    /// an insert.
    Assumed,
    /// Checks: the commit is refused if the row exists.
    Checked,
}

/// Returns the one statement for independent commits. They are numbered by their positions in the batch.
pub(crate) fn independent(batch: &[Commit], absence: Absence) -> Result<Script, Problem> {
    let mut script = Script::default();
    let (mut checks, mut writes) = (Vec::new(), Vec::new());
    for (number, commit) in (0..).zip(batch) {
        match swap(commit) {
            Some((check, put)) => writes.push((number, put, Some(Some(check)))),
            None => {
                let inserted = inserted(commit);
                let is_assumed = |check: &Check| {
                    absence == Absence::Assumed && check.stamp.is_none() && inserted.contains(&check.key)
                };
                checks.extend(commit.checks.iter().filter(|check| !is_assumed(check)).map(|check| (number, check)));
                let changes = commit.writes.iter().filter(|write| !is_add(write));
                writes.extend(changes.map(|write| (number, write, inserted.contains(write.key()).then_some(None))));
            }
        }
    }
    checks.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
    writes.sort_by(|(_, a, _), (_, b, _)| a.key().cmp(b.key()));
    for (number, check) in checks {
        script.check(number, check)?;
    }
    for (number, write, expected) in writes {
        match (write, expected) {
            (Write::Put { key, record, stamp }, Some(Some(expected))) => {
                script.swap(number, expected, (key, record, *stamp))?;
            }
            (Write::Put { key, record, stamp }, Some(None)) => script.insert(number, key, record, *stamp)?,
            (Write::Put { key, record, stamp }, None) => script.put(number, key, record, *stamp)?,
            (Write::Delete { key }, _) => script.delete(number, key)?,
            (Write::Add { .. }, _) => {}
        }
    }
    for (number, commit) in (0..).zip(batch) {
        for write in &commit.writes {
            if let Write::Add { key, delta } = write {
                script.add(number, key, *delta)?;
            }
        }
    }
    Ok(script.finish())
}

/// Returns the keys of rows that a commit checks to be absent and puts.
fn inserted(commit: &Commit) -> HashSet<&Key> {
    let absent = commit.checks.iter().filter(|check| check.stamp.is_none());
    let absent: HashSet<&Key> = absent.map(|check| &check.key).collect();
    let puts = commit.writes.iter().filter(|write| matches!(write, Write::Put { .. })).map(Write::key);
    puts.filter(|key| absent.contains(key)).collect()
}

fn is_add(write: &Write) -> bool {
    matches!(write, Write::Add { .. })
}

/// Returns the check and the put of a commit that only replaces a device and adds to counters, as every connect does.
/// The statement that puts the row carries the check.
fn swap(commit: &Commit) -> Option<(Stamp, &Write)> {
    let [Check { key, stamp: Some(expected) }] = commit.checks.as_slice() else { return None };
    let mut changes = commit.writes.iter().filter(|write| !is_add(write));
    match (changes.next(), changes.next()) {
        (Some(put @ Write::Put { key: own, .. }), None)
            if own == key && TableKind::of(key.kind()) == TableKind::Device =>
        {
            Some((*expected, put))
        }
        _ => None,
    }
}

/// Returns the keys that a batch checks, in order.
pub(crate) fn checked(batch: &[Commit]) -> BTreeSet<&Key> {
    batch.iter().flat_map(|commit| &commit.checks).map(|check| &check.key).collect()
}

/// The final change of a row.
enum Change<'b> {
    Put(&'b Record, Stamp),
    Delete,
    /// Sets a counter to this value, whatever it was.
    Count(i64),
    Add(i64),
}

/// Decides commits in order, from the current stamps of their rows. Returns the outcome of each, and the statement that
/// writes the combined result.
pub(crate) fn in_order<'b>(
    batch: &'b [Commit],
    mut stamps: HashMap<&'b Key, Stamp>,
) -> Result<(Vec<CommitOutcome>, Script), Problem> {
    let mut changes: BTreeMap<&Key, Change<'_>> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(batch.len());
    for commit in batch {
        if !commit.checks.iter().all(|check| stamps.get(&check.key).copied() == check.stamp) {
            outcomes.push(CommitOutcome::Conflict);
            continue;
        }
        outcomes.push(CommitOutcome::Applied);
        for write in &commit.writes {
            let (change, stamp) = match write {
                Write::Put { record: Record::Counter(value), .. } => (Change::Count(*value), Some(Stamp::default())),
                Write::Put { record, stamp, .. } => (Change::Put(record, *stamp), Some(*stamp)),
                Write::Delete { .. } => (Change::Delete, None),
                Write::Add { key, delta } => {
                    let change = match changes.get(key) {
                        Some(Change::Add(sum)) => Change::Add(sum.saturating_add(*delta)),
                        Some(Change::Count(value)) => Change::Count(value.saturating_add(*delta)),
                        Some(Change::Delete) => Change::Count(*delta),
                        Some(Change::Put(..)) | None => Change::Add(*delta),
                    };
                    (change, Some(Stamp::default()))
                }
            };
            changes.insert(write.key(), change);
            match stamp {
                Some(stamp) => stamps.insert(write.key(), stamp),
                None => stamps.remove(write.key()),
            };
        }
    }
    let mut script = Script::default();
    for (key, change) in changes {
        match change {
            Change::Put(record, stamp) => script.put(0, key, record, stamp)?,
            Change::Count(value) => script.put(0, key, &Record::Counter(value), Stamp::default())?,
            Change::Delete => script.delete(0, key)?,
            Change::Add(delta) => script.add(0, key, delta)?,
        }
    }
    Ok((outcomes, script.finish()))
}
