//! The law of crossed checks: commits each of which checks a row that the next one puts.
//!
//! In a cycle of such commits at least one must be refused: in any serial order, the last one finds the row of its
//! neighbour changed. An engine with snapshots must detect this from what was *read*. If it misses one cycle in ten
//! thousand, two nodes give one name to two customers. So this law can be tried for as long as you like.

use super::probe::{Finding, Probe, absent, add, commit, ensure, put, race, same, unchanged};
use super::samples::{device_key, numbered, numbered_keys, product};
use crate::store::CommitOutcome::Applied;
use crate::store::{Check, Key, Tally};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Number of threads, size of a cycle, and number of rounds.
const SIZES: [(usize, usize, u32); 4] = [(2, 2, 60), (8, 2, 12), (4, 4, 12), (32, 32, 3)];

pub(super) fn crossed_checks_are_never_all_applied(probe: &Probe<'_>) -> Finding {
    SIZES.into_iter().try_for_each(|(threads, cycle, rounds)| cross(probe, threads, cycle, rounds))
}

/// The progress of a thread. Dropping it marks the thread as done, so that nobody waits for one that failed.
struct Step<'s>(&'s AtomicUsize);

impl Drop for Step<'_> {
    fn drop(&mut self) {
        self.0.store(usize::MAX, Ordering::Release);
    }
}

pub(super) fn cross(probe: &Probe<'_>, threads: usize, cycle: usize, rounds: u32) -> Finding {
    let steps: Vec<AtomicUsize> = (0..threads).map(|_| AtomicUsize::new(0)).collect();
    // Rows that rounds expect to exist are put beforehand, so that only the commits race.
    let base = probe.random() as u32 % 1_000_000 * 1_000;
    let place = |round: u32, me: usize| key_of(base, threads, round, me);
    let mut stamps = Vec::new();
    for round in 0..rounds {
        let put_before = |me| {
            let key = place(round, me);
            probe.put(&key, &numbered(&key, 1))
        };
        stamps.push(if has_rows(round) {
            (0..threads).map(put_before).collect::<Finding<Vec<_>>>()?
        } else {
            Vec::new()
        });
    }
    let applied = race(threads, |me| {
        let (Some(own), first) = (steps.get(me), me / cycle * cycle) else { return Ok(Vec::new()) };
        let step = Step(own);
        let next = first + (me + 1 - first) % cycle;
        let mut applied = Vec::with_capacity(rounds as usize);
        for (round, stamps) in (0..rounds).zip(&stamps) {
            let (mine, its) = (place(round, me), place(round, next));
            let check = match stamps.get(next) {
                Some(stamp) => unchanged(&its, *stamp),
                None => absent(&its),
            };
            let stamp = probe.stamp();
            let mut batch =
                vec![commit(checks(check, &mine, stamps.get(me).copied()), [put(&mine, &numbered(&mine, 2), stamp)])];
            if round % 5 == 4 {
                // A commit that depends on the first: a store may treat commits on one row in another way.
                let counter = Key::Tally(product(1), Tally::Members, 0);
                batch.push(commit([unchanged(&mine, stamp)], [add(&counter, 1)]));
            }
            step.0.store(round as usize + 1, Ordering::Release);
            let neighbours = || steps.iter().skip(first).take(cycle);
            while neighbours().any(|step| step.load(Ordering::Acquire) <= round as usize) {
                std::thread::yield_now();
            }
            applied.push(probe.commit(&batch)?.first() == Some(&Applied));
        }
        Ok(applied)
    })?;
    for (number, answers) in applied.chunks(cycle).enumerate() {
        for round in 0..rounds {
            let outcomes: Vec<bool> = answers.iter().filter_map(|thread| thread.get(round as usize)).copied().collect();
            ensure(!outcomes.iter().all(|applied| *applied), || {
                let rows = if has_rows(round) { "unchanged" } else { "absent" };
                format!(
                    "all {} commits of cycle {number} were applied although each checked that the next row was {rows}, \
                     in round {round}",
                    outcomes.len()
                )
            })?;
            for (me, applied) in outcomes.into_iter().enumerate() {
                let key = place(round, number * cycle + me);
                let there = probe.row(&key)?.is_some_and(|row| row.record == numbered(&key, 2));
                same(&format!("whether {key:?} was put"), &there, &applied)?;
            }
        }
    }
    Ok(())
}

/// Returns the checks of a commit: of the neighbour's row, and in some rounds also of its own.
fn checks(neighbours: Check, mine: &Key, stamp: Option<crate::store::Stamp>) -> Vec<Check> {
    let own = match stamp {
        Some(stamp) => unchanged(mine, stamp),
        None => absent(mine),
    };
    vec![neighbours, own]
}

/// Whether the rows of a round exist before it.
fn has_rows(round: u32) -> bool {
    round % 2 == 1
}

/// The row of a thread in a round: all of one kind in some rounds, of several kinds in others.
fn key_of(base: u32, threads: usize, round: u32, me: usize) -> Key {
    let number = u32::try_from(me).unwrap_or(0);
    let partition = base.saturating_add(round).saturating_add(1);
    if round.is_multiple_of(3) || threads > 4 {
        return device_key(partition, number);
    }
    let [device, registration, team, count] = numbered_keys(partition);
    match me % 4 {
        0 => team,
        1 => count,
        2 => registration,
        _ => device,
    }
}
