//! Laws about which commits are applied.

use super::probe::{Finding, Probe, absent, add, commit, delete, ensure, put, same, same_list, unchanged};
use super::samples::{device_key, numbered, numbered_keys, product};
use crate::store::CommitOutcome::{Applied, Conflict};
use crate::store::{Commit, CommitOutcome, Key, Range, Stamp, Tally};

fn tally(slot: u8) -> Key {
    Key::Tally(product(1), Tally::Members, slot)
}

pub(super) fn a_commit_is_whole_or_not_at_all(probe: &Probe<'_>) -> Finding {
    let [a, b, c, d] = &numbered_keys(1);
    let (was_a, was_b) = (probe.put(a, &numbered(a, 1))?, probe.put(b, &numbered(b, 1))?);
    let stale = probe.stamp();
    let writes = || {
        [put(a, &numbered(a, 2), probe.stamp()), delete(b), put(c, &numbered(c, 2), probe.stamp()), add(&tally(0), 1)]
    };
    // The check that does not hold is tried at each position, also after a check of the same row that holds.
    for checks in [
        vec![unchanged(a, stale), unchanged(b, was_b), absent(c)],
        vec![unchanged(a, was_a), unchanged(b, stale), absent(c)],
        vec![unchanged(a, was_a), unchanged(b, was_b), unchanged(c, stale)],
        vec![unchanged(a, was_a), unchanged(b, was_b), absent(c), unchanged(d, stale)],
        vec![unchanged(a, was_a), unchanged(b, was_b), absent(c), unchanged(c, stale)],
        vec![unchanged(a, was_a), unchanged(a, stale), unchanged(b, was_b), absent(c)],
    ] {
        same("a commit with a check that does not hold", &probe.outcome(commit(checks, writes()))?, &Conflict)?;
        probe.holds(a, Some((&numbered(a, 1), was_a)))?;
        probe.holds(b, Some((&numbered(b, 1), was_b)))?;
        probe.holds(c, None)?;
        probe.holds(&tally(0), None)?;
    }
    let checks = [unchanged(a, was_a), unchanged(b, was_b), absent(c), absent(d)];
    same("a commit whose checks hold", &probe.outcome(commit(checks, writes()))?, &Applied)?;
    same("the record that it put", &probe.present(a)?.record, &numbered(a, 2))?;
    probe.holds(b, None)?;
    same("the other record that it put", &probe.present(c)?.record, &numbered(c, 2))?;
    probe.counter(&tally(0), 1)
}

pub(super) fn a_conflict_does_not_stop_the_next(probe: &Probe<'_>) -> Finding {
    let stale = probe.stamp();
    let (mut batch, mut outcomes) = (Vec::new(), Vec::new());
    for number in 0..40 {
        let key = device_key(1, number);
        let (check, outcome) =
            if number % 3 == 1 { (unchanged(&key, stale), Conflict) } else { (absent(&key), Applied) };
        batch.push(commit([check], [put(&key, &numbered(&key, number), probe.stamp()), add(&tally(0), 1)]));
        outcomes.push(outcome);
    }
    probe.expect("a batch with conflicts in its middle", &batch, &outcomes)?;
    let mut applied = 0;
    for (number, outcome) in (0..).zip(outcomes) {
        let there = probe.row(&device_key(1, number))?.is_some();
        same(&format!("whether the row of commit {number} exists"), &there, &(outcome == Applied))?;
        applied += i64::from(outcome == Applied);
    }
    probe.counter(&tally(0), applied)
}

pub(super) fn a_commit_sees_those_before_it_in_its_batch(probe: &Probe<'_>) -> Finding {
    for key in &numbered_keys(1) {
        let [first, second, third] = [(); 3].map(|()| probe.stamp());
        let batch = [
            commit([absent(key)], [put(key, &numbered(key, 1), first)]),
            commit([absent(key)], [put(key, &numbered(key, 9), probe.stamp())]),
            commit([unchanged(key, first)], [put(key, &numbered(key, 2), second)]),
            commit([unchanged(key, first)], [put(key, &numbered(key, 9), probe.stamp())]),
            commit([unchanged(key, second)], [delete(key)]),
            commit([unchanged(key, second)], [put(key, &numbered(key, 9), probe.stamp())]),
            commit([absent(key)], [put(key, &numbered(key, 3), third)]),
        ];
        let outcomes = [Applied, Conflict, Applied, Conflict, Applied, Conflict, Applied];
        probe.expect("a batch of commits on one row", &batch, &outcomes)?;
        probe.holds(key, Some((&numbered(key, 3), third)))?;
    }
    // Without checks the last commit wins.
    let key = &device_key(1, 1);
    let batch: Vec<Commit> =
        (0..10).map(|number| commit([], [put(key, &numbered(key, number), Stamp(number.into()))])).collect();
    probe.expect("a batch of commits without checks", &batch, &[Applied; 10])?;
    probe.holds(key, Some((&numbered(key, 9), Stamp(9))))
}

pub(super) fn checks_come_before_writes(probe: &Probe<'_>) -> Finding {
    let [a, b, c, _] = &numbered_keys(1);
    let (new_a, new_b) = (probe.stamp(), probe.stamp());
    let writes = [put(a, &numbered(a, 1), new_a), put(b, &numbered(b, 1), new_b)];
    let outcome = probe.outcome(commit([absent(a), absent(b)], writes))?;
    same("a commit that puts rows which it checks to be absent", &outcome, &Applied)?;

    // If the first write were done before the second check, the check would hold.
    let late = probe.stamp();
    let outcome = probe.outcome(commit([unchanged(c, late)], [put(c, &numbered(c, 1), late)]))?;
    same("a commit that checks the stamp which it puts itself", &outcome, &Conflict)?;
    let outcome =
        probe.outcome(commit([unchanged(a, new_a), absent(b)], [delete(b), put(a, &numbered(a, 2), late)]))?;
    same("a commit that deletes a row which it checks to be absent", &outcome, &Conflict)?;
    probe.holds(a, Some((&numbered(a, 1), new_a)))?;
    probe.holds(b, Some((&numbered(b, 1), new_b)))?;
    probe.holds(c, None)
}

/// Two commits read the same rows and write different ones: the second must not be applied (write skew).
pub(super) fn every_check_counts(probe: &Probe<'_>) -> Finding {
    for a in &numbered_keys(1) {
        for b in &numbered_keys(2) {
            let (was_a, was_b) = (probe.put(a, &numbered(a, 1))?, probe.put(b, &numbered(b, 1))?);
            let both = || [unchanged(a, was_a), unchanged(b, was_b)];
            let one = commit(both(), [put(a, &numbered(a, 0), probe.stamp())]);
            let other = commit(both(), [put(b, &numbered(b, 0), probe.stamp())]);
            same("the first of two that read both rows", &probe.outcome(one.clone())?, &Applied)?;
            same("the second, which read a row that the first wrote", &probe.outcome(other.clone())?, &Conflict)?;
            probe.holds(b, Some((&numbered(b, 1), was_b)))?;

            let was_a = probe.put(a, &numbered(a, 1))?;
            let both = || [unchanged(b, was_b), unchanged(a, was_a)];
            let batch = [Commit { checks: both().into(), ..other }, Commit { checks: both().into(), ..one }];
            probe.expect("the same two in one batch", &batch, &[Applied, Conflict])?;
        }
    }
    Ok(())
}

pub(super) fn a_row_that_must_be_absent(probe: &Probe<'_>) -> Finding {
    for key in &numbered_keys(1) {
        let create = |number| commit([absent(key)], [put(key, &numbered(key, number), probe.stamp())]);
        let guess = commit([unchanged(key, probe.stamp())], [put(key, &numbered(key, 9), probe.stamp())]);
        same("a commit that checks the stamp of an absent row", &probe.outcome(guess)?, &Conflict)?;
        // An absent row has no stamp; 0 is a stamp.
        let zero = commit([unchanged(key, Stamp(0))], [put(key, &numbered(key, 9), probe.stamp())]);
        same("a commit that checks stamp 0 of an absent row", &probe.outcome(zero)?, &Conflict)?;
        same("creating a row", &probe.outcome(create(1))?, &Applied)?;
        same("creating it again", &probe.outcome(create(2))?, &Conflict)?;
        same("the record of the created row", &probe.present(key)?.record, &numbered(key, 1))?;
        probe.write(vec![delete(key)])?;
        same("creating it after it was deleted", &probe.outcome(create(3))?, &Applied)?;
    }
    Ok(())
}

pub(super) fn a_row_made_again_is_another(probe: &Probe<'_>) -> Finding {
    for key in &numbered_keys(1) {
        let record = &numbered(key, 1);
        let old = probe.put(key, record)?;
        probe.write(vec![delete(key)])?;
        let new = probe.put(key, record)?;
        let late = |stamp| commit([unchanged(key, stamp)], [put(key, &numbered(key, 2), probe.stamp())]);
        same("a commit on a row that was deleted and created again", &probe.outcome(late(old))?, &Conflict)?;
        probe.holds(key, Some((record, new)))?;
        same("a commit on the row as it is", &probe.outcome(late(new))?, &Applied)?;
    }
    Ok(())
}

pub(super) fn the_same_record_put_again_is_another_write(probe: &Probe<'_>) -> Finding {
    for key in &numbered_keys(1) {
        let record = &numbered(key, 1);
        let old = probe.put(key, record)?;
        let new = probe.put(key, record)?;
        probe.holds(key, Some((record, new)))?;
        let late = commit([unchanged(key, old)], [delete(key)]);
        same("a commit on a row that was put again unchanged", &probe.outcome(late)?, &Conflict)?;
        probe.holds(key, Some((record, new)))?;
    }
    Ok(())
}

pub(super) fn deleting_what_is_absent_changes_nothing(probe: &Probe<'_>) -> Finding {
    let [a, b, c, d] = &numbered_keys(1);
    let stamp = probe.put(a, &numbered(a, 1))?;
    let (blind, checked) = (commit([], [delete(b), delete(c)]), commit([absent(d)], [delete(d), delete(&tally(0))]));
    probe.expect("deletes of what is absent", &[blind, checked], &[Applied; 2])?;
    probe.holds(a, Some((&numbered(a, 1), stamp)))?;
    probe.holds(b, None)
}

pub(super) fn a_deleted_row_is_gone(probe: &Probe<'_>) -> Finding {
    for key in &numbered_keys(1) {
        let stamp = probe.put(key, &numbered(key, 1))?;
        let guarded = |stamp| commit([unchanged(key, stamp)], [delete(key)]);
        same("deleting a row that has changed", &probe.outcome(guarded(probe.stamp()))?, &Conflict)?;
        probe.holds(key, Some((&numbered(key, 1), stamp)))?;
        same("deleting a row", &probe.outcome(guarded(stamp))?, &Applied)?;
        probe.holds(key, None)?;
        same("deleting it again", &probe.outcome(guarded(stamp))?, &Conflict)?;
        same_list("a scan of a deleted row", &probe.scan(&Range::new(key.clone(), key.clone()))?, &[])?;
    }
    Ok(())
}

pub(super) fn commits_may_have_nothing_to_write(probe: &Probe<'_>) -> Finding {
    probe.expect("a batch of no commits", &[], &[])?;
    let [a, b, ..] = &numbered_keys(1);
    let stamp = probe.put(a, &numbered(a, 1))?;
    let batch = [
        commit([], []),
        commit([unchanged(a, stamp), absent(b)], []),
        commit([unchanged(a, probe.stamp())], []),
        commit([unchanged(b, stamp)], []),
        commit([absent(a)], []),
        commit([absent(b)], []),
    ];
    let outcomes = [Applied, Applied, Conflict, Conflict, Conflict, Applied];
    probe.expect("commits that only check", &batch, &outcomes)?;
    probe.holds(a, Some((&numbered(a, 1), stamp)))?;
    // Together with puts of existing devices, as batches of connects have them.
    let [c, d] = &[device_key(1, 1), device_key(1, 2)];
    let (was_c, now_c, was_d) = (probe.put(c, &numbered(c, 1))?, probe.stamp(), probe.put(d, &numbered(d, 1))?);
    let batch = [
        commit([unchanged(c, was_c)], [put(c, &numbered(c, 2), now_c)]),
        commit([], []),
        commit([unchanged(d, probe.stamp())], [put(d, &numbered(d, 2), probe.stamp())]),
    ];
    probe.expect("an empty commit between puts of devices", &batch, &[Applied, Applied, Conflict])?;
    probe.holds(c, Some((&numbered(c, 2), now_c)))?;
    probe.holds(d, Some((&numbered(d, 1), was_d)))
}

pub(super) fn a_batch_may_be_large(probe: &Probe<'_>) -> Finding {
    let keys: Vec<Key> = (0..5_000).map(|number| device_key(1, number)).collect();
    let stale = probe.stamp();
    let one = |(number, key): (u32, &Key)| {
        let check = if number % 10 == 9 { unchanged(key, stale) } else { absent(key) };
        commit([check], [put(key, &numbered(key, number), probe.stamp()), add(&tally(0), 1)])
    };
    let batch: Vec<Commit> = (0..).zip(&keys).map(one).collect();
    let outcomes: Vec<CommitOutcome> = (0..batch.len()).map(|n| if n % 10 == 9 { Conflict } else { Applied }).collect();
    probe.expect("a batch of 5,000 commits", &batch, &outcomes)?;
    for ((key, row), outcome) in keys.iter().zip(probe.get(&keys)?).zip(&outcomes) {
        ensure(row.is_some() == (*outcome == Applied), || {
            format!("{key:?} is {row:?} after a commit that was {outcome:?}")
        })?;
    }
    probe.counter(&tally(0), 4_500)
}

pub(super) fn a_commit_may_be_large(probe: &Probe<'_>) -> Finding {
    // In random order, as in an import.
    let mut keys: Vec<Key> = (0..5_000).map(|number| device_key(1, number)).collect();
    keys.sort_by_cached_key(|_| probe.random());
    let stamps: Vec<Stamp> = keys.iter().map(|_| probe.stamp()).collect();
    let create = || {
        let checks: Vec<_> = keys.iter().map(absent).collect();
        let writes: Vec<_> = keys.iter().zip(&stamps).map(|(key, stamp)| put(key, &numbered(key, 1), *stamp)).collect();
        commit(checks, writes)
    };
    let one_stale = || {
        let Commit { mut checks, mut writes } = create();
        checks.push(unchanged(&device_key(2, 0), probe.stamp()));
        writes.push(add(&tally(0), 1));
        Commit { checks, writes }
    };
    probe.expect("a commit of 5,000 writes with a check that does not hold", &[one_stale()], &[Conflict])?;
    same("the number of rows that it put", &probe.get(&keys)?.iter().flatten().count(), &0)?;
    probe.expect("a commit of 5,000 writes", &[create()], &[Applied])?;
    probe.expect("the same commit when its rows exist", &[create()], &[Conflict])?;
    probe.holds(&tally(0), None)?;
    let more: Vec<Key> = (0..5_000).map(|number| device_key(2, number)).collect();
    let all = || more.iter().chain(&keys);
    let checks: Vec<_> = all().map(absent).collect();
    let writes: Vec<_> = all().map(|key| put(key, &numbered(key, 2), probe.stamp())).collect();
    probe.expect("a commit on rows of which half exist", &[commit(checks, writes)], &[Conflict])?;
    same("the number of rows of the other half", &probe.get(&more)?.iter().flatten().count(), &0)?;
    let rows = probe.get(&keys)?;
    for ((key, stamp), row) in keys.iter().zip(&stamps).zip(&rows) {
        same(&format!("the stamp of {key:?}"), &row.as_ref().map(|row| row.stamp), &Some(*stamp))?;
    }
    let checks: Vec<_> = keys.iter().zip(&stamps).map(|(key, stamp)| unchanged(key, *stamp)).collect();
    let deletes: Vec<_> = keys.iter().map(delete).collect();
    probe.expect("a commit of 5,000 deletes", &[commit(checks, deletes)], &[Applied])?;
    let all = Range::new(device_key(1, 0), device_key(1, 5_000));
    same("the number of rows that are left", &probe.scan(&all)?.len(), &0)
}
