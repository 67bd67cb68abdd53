//! Laws about concurrent threads.
//!
//! Each race is small enough for a disk that takes a millisecond a commit, and also ends on a broken store: threads
//! wait for each other only at the start.

use super::probe::{Finding, Over, Probe, absent, add, commit, ensure, put, race, same, unchanged};
use super::samples::{device_key, number, numbered, numbered_keys, product};
use super::scans::pages;
use crate::store::CommitOutcome::{Applied, Conflict};
use crate::store::{CommitOutcome, Key, Range, Row, Tally};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Number of threads in a race.
const THREADS: usize = 4;

/// Number of operations of each thread.
const TURNS: u32 = 40;

/// Number of conflicts in a row after which a thread counts as starved. Of two commits that conflict one was applied,
/// so even the unluckiest of four threads stays far below.
const TRIES: u32 = 5_000;

/// Simulates the work of a rule between reading and committing. A store in memory is so fast that a thread would
/// otherwise finish before the next one starts.
fn let_others() {
    std::thread::yield_now();
}

/// The number of a row that must exist.
fn read(row: Option<Row>) -> Finding<u32> {
    let row = row.ok_or("a row that always exists was absent")?;
    number(&row.record).ok_or_else(|| format!("{row:?} is not what was put there"))
}

/// A writer changes rows of several kinds together, repeatedly; readers check that they see each state completely.
fn together(probe: &Probe<'_>, look: impl Fn(&[Key]) -> Finding<Vec<u32>> + Sync, keys: &[Key]) -> Finding {
    let write = |turn| probe.write(keys.iter().map(|key| put(key, &numbered(key, turn), probe.stamp())).collect());
    write(0)?;
    let writing = AtomicUsize::new(1);
    race(3, |me| {
        if me == 0 {
            let _over = Over(&writing);
            return (1..5 * TURNS).try_for_each(|turn| {
                let_others();
                write(turn)
            });
        }
        let mut latest = 0;
        while writing.load(Ordering::Acquire) > 0 {
            let seen = look(keys)?;
            let first = seen.first().copied().unwrap_or(0);
            ensure(seen.iter().all(|turn| *turn == first), || {
                format!("rows that are always written together were seen with different numbers: {seen:?}")
            })?;
            ensure(first >= latest, || format!("number {first} was seen after number {latest}"))?;
            latest = first;
        }
        Ok(())
    })?;
    Ok(())
}

pub(super) fn get_sees_one_moment(probe: &Probe<'_>) -> Finding {
    let look = |keys: &[Key]| probe.get(keys)?.into_iter().map(read).collect();
    together(probe, look, &numbered_keys(1))
}

pub(super) fn scan_sees_one_moment(probe: &Probe<'_>) -> Finding {
    let keys: Vec<Key> = (0..50).map(|number| device_key(1, number)).collect();
    let all = Range::new(device_key(1, 0), device_key(1, 50));
    let look = |keys: &[Key]| {
        let rows = probe.scan(&all)?;
        same("the number of rows of a scan", &rows.len(), &keys.len())?;
        rows.into_iter().map(|row| read(Some(row))).collect()
    };
    together(probe, look, &keys)
}

pub(super) fn pages_cover_a_range_once_while_others_add(probe: &Probe<'_>) -> Finding {
    let old: Vec<Key> = (0..200).map(|number| device_key(1, number * 10)).collect();
    probe.write(old.iter().map(|key| put(key, &numbered(key, 1), probe.stamp())).collect())?;
    let all = Range::new(device_key(1, 0), device_key(1, 2_000));
    let writing = AtomicUsize::new(1);
    race(3, |me| {
        if me == 0 {
            let _over = Over(&writing);
            // Puts new rows before, among and after the existing ones, and changes existing ones.
            return (0..4 * TURNS).try_for_each(|turn| {
                let new = device_key(1, turn * 7_919 % 2_000);
                let_others();
                probe.put(&new, &numbered(&new, 2)).map(drop)
            });
        }
        let range = if me == 1 { all.clone() } else { all.clone().reversed() };
        loop {
            let last = writing.load(Ordering::Acquire) == 0;
            // They are in order, so none occurs twice.
            let seen: Vec<Key> = pages(probe, &range, 17)?.into_iter().map(|row| row.key).collect();
            if let Some(lost) = old.iter().find(|key| !seen.contains(key)) {
                return Err(format!("pages of {range:?} left out {lost:?}, which existed all the time"));
            }
            if last {
                return Ok(());
            }
        }
    })?;
    Ok(())
}

/// Retries until a commit is applied. Returns how often it was refused.
fn insist(mut attempt: impl FnMut() -> Finding<CommitOutcome>) -> Finding<u32> {
    for refused in 0..TRIES {
        if attempt()? == Applied {
            return Ok(refused);
        }
    }
    Err(format!("a thread was refused {TRIES} times in a row; of conflicting commits one must be applied"))
}

/// Reads the number in a row and puts the next number.
fn increment(probe: &Probe<'_>, key: &Key) -> Finding<CommitOutcome> {
    let row = probe.present(key)?;
    let next = read(Some(row.clone()))? + 1;
    let_others();
    probe.outcome(commit([unchanged(key, row.stamp)], [put(key, &numbered(key, next), probe.stamp())]))
}

pub(super) fn no_update_is_lost(probe: &Probe<'_>) -> Finding {
    for key in &numbered_keys(1) {
        probe.put(key, &numbered(key, 0))?;
        race(THREADS, |_| (0..TURNS).try_for_each(|_| insist(|| increment(probe, key)).map(drop)))?;
        let wanted = TURNS * u32::try_from(THREADS).unwrap_or(0);
        same(&format!("increments of {key:?} by {THREADS} threads"), &read(probe.row(key)?)?, &wanted)?;
    }
    Ok(())
}

pub(super) fn no_addition_is_lost(probe: &Probe<'_>) -> Finding {
    let counter = |slot| Key::Tally(product(1), Tally::Members, slot);
    race(THREADS, |me| {
        (0..3 * i64::from(TURNS)).try_for_each(|turn| {
            // Each thread adds to all counters in its own order, so that a store with row locks must not deadlock.
            let mut writes: Vec<_> =
                (0..4).map(|slot| add(&counter(slot), if turn % 4 == 3 { -2 } else { 1 })).collect();
            writes.rotate_left(me % 4);
            probe.write(writes)
        })
    })?;
    let threads = i64::try_from(THREADS).unwrap_or(0);
    (0..4).try_for_each(|slot| probe.counter(&counter(slot), threads * 3 * i64::from(TURNS) / 4))
}

/// One of two rows must stay at 1. Each of two threads has read both rows and clears its own.
pub(super) fn no_write_skew(probe: &Probe<'_>) -> Finding {
    for round in 0..TURNS {
        let [a, _, _, b] = &numbered_keys(round + 1);
        probe.write([a, b].map(|key| put(key, &numbered(key, 1), probe.stamp())).into())?;
        let outcomes = race(2, |me| {
            let (a_row, b_row) = match &*probe.get(&[a.clone(), b.clone()])? {
                [Some(a), Some(b)] => (a.clone(), b.clone()),
                _ => return Err("rows that always exist were absent".to_owned()),
            };
            if read(Some(a_row.clone()))? + read(Some(b_row.clone()))? < 2 {
                return Ok(Conflict);
            }
            let_others();
            let mine = if me == 0 { a } else { b };
            let checks = [unchanged(a, a_row.stamp), unchanged(b, b_row.stamp)];
            probe.outcome(commit(checks, [put(mine, &numbered(mine, 0), probe.stamp())]))
        })?;
        let left = read(probe.row(a)?)? + read(probe.row(b)?)?;
        ensure(left == 1, || {
            format!("{left} of two rows stayed after commits with outcomes {outcomes:?}; exactly one must stay")
        })?;
    }
    Ok(())
}

/// Threads add rows to a set of limited size, which one guard record counts.
pub(super) fn no_phantom_passes_a_guard(probe: &Probe<'_>) -> Finding {
    const ROOM: u32 = 30;
    let guard = &Key::DeviceCount(product(1));
    probe.put(guard, &numbered(guard, 0))?;
    race(THREADS, |me| {
        for turn in 0..TURNS {
            let mine = device_key(1, turn * 16 + u32::try_from(me).unwrap_or(0));
            insist(|| {
                let row = probe.present(guard)?;
                let count = read(Some(row.clone()))?;
                if count >= ROOM {
                    return Ok(Applied);
                }
                let_others();
                let writes = [
                    put(guard, &numbered(guard, count + 1), probe.stamp()),
                    put(&mine, &numbered(&mine, 1), probe.stamp()),
                ];
                probe.outcome(commit([unchanged(guard, row.stamp), absent(&mine)], writes))
            })?;
        }
        Ok(())
    })?;
    let rows = probe.scan(&Range::new(device_key(1, 0), device_key(1, 60_000)))?;
    let guarded = read(probe.row(guard)?)?;
    ensure(rows.len() == 30 && guarded == ROOM, || {
        format!("a set of at most {ROOM} rows has {}, and its guard record counts {guarded}", rows.len())
    })
}

pub(super) fn one_of_many_creates_a_row(probe: &Probe<'_>) -> Finding {
    for round in 0..TURNS {
        for key in &numbered_keys(round + 1) {
            let outcomes = race(THREADS, |me| {
                let mine = numbered(key, u32::try_from(me).unwrap_or(0));
                probe.outcome(commit([absent(key)], [put(key, &mine, probe.stamp())]))
            })?;
            let winner = outcomes.iter().position(|outcome| *outcome == Applied);
            ensure(outcomes.iter().filter(|outcome| **outcome == Applied).count() == 1, || {
                format!("{THREADS} threads created {key:?}, with outcomes {outcomes:?}")
            })?;
            same("the thread whose row exists", &usize::try_from(read(probe.row(key)?)?).ok(), &winner)?;
        }
    }
    Ok(())
}

/// Threads move numbers between a few rows, each move with checks of all rows.
pub(super) fn conflict_storms_end(probe: &Probe<'_>) -> Finding {
    const EACH: u32 = 1_000;
    let keys = numbered_keys(1);
    probe.write(keys.iter().map(|key| put(key, &numbered(key, EACH), probe.stamp())).collect())?;
    race(2 * THREADS, |me| {
        (0..TURNS / 2).try_for_each(|turn| {
            let (from, to) = (me % 4, (me + 1 + turn as usize % 3) % 4);
            let moved = insist(|| {
                let rows: Vec<Row> = keys.iter().map(|key| probe.present(key)).collect::<Finding<_>>()?;
                let_others();
                let mut writes = Vec::new();
                for (place, row) in rows.iter().enumerate() {
                    let now = read(Some(row.clone()))?;
                    let next = if place == from { now.saturating_sub(1) } else { now + 1 };
                    if place == from || place == to {
                        writes.push(put(&row.key, &numbered(&row.key, next), probe.stamp()));
                    }
                }
                let checks: Vec<_> = rows.iter().map(|row| unchanged(&row.key, row.stamp)).collect();
                probe.outcome(commit(checks, writes))
            });
            moved.map(drop)
        })
    })?;
    let rows = probe.get(&keys)?;
    let sum: u32 = rows.into_iter().map(read).sum::<Finding<u32>>()?;
    same("the sum of rows between which numbers were moved", &sum, &(4 * EACH))
}

pub(super) fn each_thread_gets_its_own_outcomes(probe: &Probe<'_>) -> Finding {
    race(THREADS, |me| {
        for turn in 0..TURNS {
            let mine = |place: u32| device_key(u32::try_from(me).unwrap_or(0) + 1, turn * 10 + place);
            let pattern = (probe.random() % 64) as u32;
            let (mut batch, mut wanted) = (Vec::new(), Vec::new());
            for place in 0..6 {
                let (key, holds) = (mine(place), pattern >> place & 1 == 1);
                let check = if holds { absent(&key) } else { unchanged(&key, probe.stamp()) };
                batch.push(commit([check], [put(&key, &numbered(&key, place), probe.stamp())]));
                wanted.push(if holds { Applied } else { Conflict });
            }
            probe.expect("a thread's own batch", &batch, &wanted)?;
        }
        Ok(())
    })?;
    Ok(())
}
