//! Laws about counters: additions commute.

use super::probe::{Finding, Probe, absent, add, commit, delete, put, same, same_list, unchanged};
use super::samples::{device_key, numbered, product};
use crate::store::CommitOutcome::{Applied, Conflict};
use crate::store::{Commit, Key, Range, Record, Row, Stamp, Tally};

fn tally(slot: u8) -> Key {
    Key::Tally(product(1), Tally::Online, slot)
}

pub(super) fn a_counter_sums_what_was_added(probe: &Probe<'_>) -> Finding {
    let (a, b) = (&tally(0), &tally(1));
    probe.holds(a, None)?;
    probe.write(vec![add(a, 5)])?;
    probe.counter(a, 5)?;
    probe.write(vec![add(a, -7), add(b, i64::MAX)])?;
    probe.counter(a, -2)?;
    probe.counter(b, i64::MAX)?;
    // A commit may add to one counter more than once. This one returns to 0 and is not deleted.
    probe.write(vec![add(a, 1), add(b, -1), add(a, 1)])?;
    probe.counter(a, 0)?;
    probe.counter(b, i64::MAX - 1)?;
    let batch: Vec<Commit> = (-50..=60).map(|delta| commit([], [add(a, delta)])).collect();
    probe.expect("a batch of additions", &batch, &vec![Applied; batch.len()])?;
    probe.counter(a, (51..=60).sum())
}

pub(super) fn a_counter_stops_at_the_ends_of_its_range(probe: &Probe<'_>) -> Finding {
    for (slot, end, beyond) in [(0, i64::MAX, 1), (1, i64::MIN, -1)] {
        let key = &tally(slot);
        probe.write(vec![add(key, end)])?;
        probe.counter(key, end)?;
        probe.write(vec![add(key, beyond)])?;
        probe.counter(key, end)?;
        probe.write(vec![add(key, end)])?;
        probe.counter(key, end)?;
        probe.write(vec![add(key, -beyond)])?;
        probe.counter(key, end - beyond)?;
    }
    Ok(())
}

pub(super) fn additions_never_conflict(probe: &Probe<'_>) -> Finding {
    let (row, counter) = (&device_key(1, 1), &tally(0));
    let stamp = probe.put(row, &numbered(row, 1))?;
    let new = probe.stamp();
    let batch = [
        commit([unchanged(row, stamp)], [add(counter, 1)]),
        commit([], [add(counter, 1)]),
        commit([unchanged(row, stamp)], [put(row, &numbered(row, 2), new), add(counter, 1)]),
        commit([unchanged(row, new)], [add(counter, 1)]),
    ];
    probe.expect("additions beside checks of another row", &batch, &[Applied; 4])?;
    probe.holds(row, Some((&numbered(row, 2), new)))?;
    probe.counter(counter, 4)
}

pub(super) fn a_conflict_adds_nothing(probe: &Probe<'_>) -> Finding {
    let (row, counter) = (&device_key(1, 1), &tally(0));
    let stale = commit([unchanged(row, probe.stamp())], [add(counter, 1), add(&tally(1), 1)]);
    let batch = [stale.clone(), commit([absent(row)], [add(counter, 1)]), stale];
    probe.expect("additions with a check", &batch, &[Conflict, Applied, Conflict])?;
    probe.counter(counter, 1)?;
    probe.holds(&tally(1), None)
}

pub(super) fn a_deleted_counter_starts_again(probe: &Probe<'_>) -> Finding {
    let counter = &tally(0);
    probe.write(vec![add(counter, 5)])?;
    probe.write(vec![delete(counter)])?;
    probe.holds(counter, None)?;
    let batch = [commit([], [add(counter, 3)]), commit([], [delete(counter)]), commit([], [add(counter, 2)])];
    probe.expect("additions and a delete", &batch, &[Applied; 3])?;
    probe.counter(counter, 2)
}

pub(super) fn a_scan_shows_counters(probe: &Probe<'_>) -> Finding {
    let keys: Vec<Key> = [Tally::Members, Tally::Online, Tally::Version(3), Tally::Version(300)]
        .into_iter()
        .flat_map(|tally| [0, 1, 255].map(|slot| Key::Tally(product(1), tally, slot)))
        .collect();
    probe.write(keys.iter().rev().zip(1..).map(|(key, delta)| add(key, delta)).collect())?;
    probe.write(vec![add(&Key::Tally(product(2), Tally::Members, 0), 1)])?;
    let rows: Vec<Row> = keys
        .iter()
        .zip((1..=12).rev())
        .map(|(key, value)| Row { key: key.clone(), record: Record::Counter(value), stamp: Stamp(0) })
        .collect();
    let first = Key::Tally(product(1), Tally::Members, 0);
    let all = Range::new(first, Key::Tally(product(1), Tally::Version(u16::MAX), u8::MAX));
    same_list("a scan of the counters", &probe.scan(&all)?, &rows)?;
    let mut shown: Vec<_> = probe.for_each(&all)?;
    shown.sort_by(|(a, _), (b, _)| a.cmp(b));
    same("for_each of the counters", &shown, &rows.into_iter().map(|row| (row.key, row.record)).collect())
}
