//! What a batch of commits comes to.
//!
//! Commits that do not meet, as those of many devices, become one statement that checks and writes for each. Where one
//! writes what another checks or writes, the batch is one transaction of two steps: the stamps of all that is checked are
//! read, the commits are gone through in order here, and what they came to together is written.

use crate::error::Problem;
use crate::statement::Script;
use crate::table::Place;
use fleet_core::store::{Check, Commit, CommitOutcome, Key, Record, Stamp, Write};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Who has to do with a key so far.
enum Touched {
    Checked(usize),
    CheckedBySome,
    Written(usize),
}

/// Whether no commit writes what another one checks or writes. Counters may be added to by all.
pub(crate) fn is_apart(batch: &[Commit]) -> bool {
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

/// The keys that a commit puts or deletes.
fn changes(commit: &Commit) -> impl Iterator<Item = &Key> {
    commit.writes.iter().filter(|write| !matches!(write, Write::Add { .. })).map(Write::key)
}

/// Whether it only adds to counters, and writes each other key once.
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

/// Whether it is looked up first that there is no row where one is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// The statement fails where there is one. Nearly always there is none, and looking costs as much as inserting.
    Hoped,
    /// The commit is refused where there is one.
    Checked,
}

/// The one statement of commits that do not meet. They are numbered by their places in the batch.
pub(crate) fn together(batch: &[Commit], absence: Absence) -> Result<Script, Problem> {
    let mut script = Script::default();
    let (mut checks, mut writes) = (Vec::new(), Vec::new());
    for (number, commit) in (0..).zip(batch) {
        match swap(commit) {
            Some((check, put)) => writes.push((number, put, Some(Some(check)))),
            None => {
                let inserted = inserted(commit);
                let is_hoped =
                    |check: &Check| absence == Absence::Hoped && check.stamp.is_none() && inserted.contains(&check.key);
                checks.extend(commit.checks.iter().filter(|check| !is_hoped(check)).map(|check| (number, check)));
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

/// The keys that a commit puts where there must be no row.
fn inserted(commit: &Commit) -> HashSet<&Key> {
    let absent = commit.checks.iter().filter(|check| check.stamp.is_none());
    let absent: HashSet<&Key> = absent.map(|check| &check.key).collect();
    let puts = commit.writes.iter().filter(|write| matches!(write, Write::Put { .. })).map(Write::key);
    puts.filter(|key| absent.contains(key)).collect()
}

fn is_add(write: &Write) -> bool {
    matches!(write, Write::Add { .. })
}

/// The check and the put of a commit that does nothing but put a device in place of what it was, and count: what each
/// connect does. The statement that puts it carries the check.
fn swap(commit: &Commit) -> Option<(Stamp, &Write)> {
    let [Check { key, stamp: Some(expected) }] = commit.checks.as_slice() else { return None };
    let mut changes = commit.writes.iter().filter(|write| !is_add(write));
    match (changes.next(), changes.next()) {
        (Some(put @ Write::Put { key: own, .. }), None) if own == key && Place::of(key.kind()) == Place::Device => {
            Some((*expected, put))
        }
        _ => None,
    }
}

/// The keys that a batch checks, in order.
pub(crate) fn checked(batch: &[Commit]) -> BTreeSet<&Key> {
    batch.iter().flat_map(|commit| &commit.checks).map(|check| &check.key).collect()
}

/// What becomes of a row.
enum Change<'b> {
    Put(&'b Record, Stamp),
    Delete,
    /// A counter that has this value whatever it was.
    Count(i64),
    Add(i64),
}

/// Goes through commits in order, from the stamps that rows have now: what becomes of each, and the statement that
/// writes what they come to.
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
