//! Laws about ranges of rows.

use super::probe::{Finding, Probe, add, delete, ensure, put, same_list};
use super::samples::{device_key, keys, kinds, numbered, records};
use crate::store::{Key, Kind, Range, Record, Row, Stamp, Write};
use std::ops::Bound;

/// Puts rows of a kind in a partition and in the next one. Returns those of the first, in order.
fn fill(probe: &Probe<'_>, kind: Kind) -> Finding<Vec<Row>> {
    let mut rows = Vec::new();
    for partition in [1, 2] {
        for (key, record) in keys(kind, partition).into_iter().zip(records(kind).into_iter().cycle()) {
            let (record, stamp) = match record {
                Record::Counter(_) => (Record::Counter(5), Stamp(0)),
                record => (record, probe.stamp()),
            };
            rows.push((partition, Row { key, record, stamp }));
        }
    }
    let mut mixed: Vec<&Row> = rows.iter().map(|(_, row)| row).collect();
    mixed.sort_by_cached_key(|_| probe.random());
    probe.write(mixed.into_iter().map(write).collect())?;
    Ok(rows.into_iter().filter(|(partition, _)| *partition == 1).map(|(_, row)| row).collect())
}

fn write(row: &Row) -> Write {
    match row.record {
        Record::Counter(delta) => add(&row.key, delta),
        _ => put(&row.key, &row.record, row.stamp),
    }
}

/// The kinds of which a partition has many records.
fn of_many() -> impl Iterator<Item = Kind> {
    kinds().filter(|kind| keys(*kind, 1).len() > 1)
}

fn whole(rows: &[Row]) -> Finding<Range> {
    match rows {
        [first, .., last] => Ok(Range::new(first.key.clone(), last.key.clone())),
        _ => Err("the suite has too few keys of a kind".to_owned()),
    }
}

/// The expected answer to a range over these rows.
fn wanted(rows: &[Row], range: &Range) -> Vec<Row> {
    let mut wanted: Vec<Row> = rows.iter().filter(|row| range.contains(&row.key)).cloned().collect();
    if range.reverse {
        wanted.reverse();
    }
    wanted.truncate(range.limit);
    wanted
}

fn answers(probe: &Probe<'_>, rows: &[Row], range: &Range) -> Finding {
    same_list(&format!("a scan of {range:?}"), &probe.scan(range)?, &wanted(rows, range))
}

pub(super) fn scan_is_in_key_order(probe: &Probe<'_>) -> Finding {
    for kind in of_many() {
        let rows = fill(probe, kind)?;
        let all = whole(&rows)?;
        answers(probe, &rows, &all)?;
        answers(probe, &rows, &all.reversed())?;
    }
    Ok(())
}

pub(super) fn scan_keeps_its_bounds(probe: &Probe<'_>) -> Finding {
    for kind in of_many() {
        let all = fill(probe, kind)?;
        // Every second row exists, so that ends of ranges fall on rows and between them.
        let (there, deleted): (Vec<_>, Vec<_>) =
            all.iter().cloned().enumerate().partition(|(position, _)| position % 2 == 0);
        probe.write(deleted.iter().map(|(_, row)| delete(&row.key)).collect())?;
        let there: Vec<Row> = there.into_iter().map(|(_, row)| row).collect();
        let some = all.iter().step_by(all.len().div_ceil(7)).chain(all.last());
        for first in some.clone() {
            for last in some.clone() {
                for (first, last) in [
                    (Bound::Included(first), Bound::Included(last)),
                    (Bound::Included(first), Bound::Excluded(last)),
                    (Bound::Excluded(first), Bound::Included(last)),
                    (Bound::Excluded(first), Bound::Excluded(last)),
                ] {
                    let (first, last) = (first.map(|row| row.key.clone()), last.map(|row| row.key.clone()));
                    let range = Range { first, last, limit: usize::MAX, reverse: false };
                    answers(probe, &there, &range)?;
                    answers(probe, &there, &range.reversed())?;
                }
            }
        }
    }
    Ok(())
}

pub(super) fn scan_keeps_its_limit(probe: &Probe<'_>) -> Finding {
    for kind in of_many() {
        let rows = fill(probe, kind)?;
        for limit in [0, 1, 2, rows.len() - 1, rows.len(), rows.len() + 1, usize::MAX] {
            let range = whole(&rows)?.limit(limit);
            answers(probe, &rows, &range)?;
            answers(probe, &rows, &range.reversed())?;
        }
    }
    Ok(())
}

pub(super) fn a_range_without_keys_holds_nothing(probe: &Probe<'_>) -> Finding {
    for kind in of_many() {
        let rows = fill(probe, kind)?;
        let Range { first, last, .. } = whole(&rows)?;
        let (Bound::Included(low), Bound::Included(high)) = (&first, &last) else { continue };
        let open = |key: &Key| Bound::Excluded(key.clone());
        let empty = [
            (last.clone(), first.clone()),
            (open(high), open(low)),
            (open(low), open(low)),
            (first.clone(), open(low)),
            (open(high), last.clone()),
        ];
        for (first, last) in empty {
            let range = Range { first, last, limit: usize::MAX, reverse: false };
            same_list(&format!("for_each of {range:?}"), &probe.for_each(&range)?, &[])?;
            answers(probe, &[], &range)?;
            answers(probe, &[], &range.reversed())?;
        }
    }
    Ok(())
}

pub(super) fn scan_follows_what_was_deleted_and_made_again(probe: &Probe<'_>) -> Finding {
    for kind in of_many() {
        let mut rows = fill(probe, kind)?;
        let all = whole(&rows)?;
        for turn in 0..6 {
            let is_chosen =
                |row: &&Row| row.key.encode().iter().map(|byte| usize::from(*byte)).sum::<usize>() % 3 == turn % 3;
            let some: Vec<Row> = rows.iter().filter(is_chosen).cloned().collect();
            probe.write(some.iter().map(|row| delete(&row.key)).collect())?;
            let left: Vec<Row> = rows.iter().filter(|row| !some.contains(row)).cloned().collect();
            answers(probe, &left, &all)?;
            answers(probe, &left, &all.clone().reversed())?;
            for row in rows.iter_mut().filter(|row| some.contains(row) && row.stamp != Stamp(0)) {
                row.stamp = probe.stamp();
            }
            let again = rows.iter().filter(|row| !left.contains(row));
            probe.write(again.map(write).collect())?;
            answers(probe, &rows, &all)?;
        }
    }
    Ok(())
}

pub(super) fn pages_cover_a_range_once(probe: &Probe<'_>) -> Finding {
    for kind in of_many() {
        let rows = fill(probe, kind)?;
        for size in [1, 3, rows.len()] {
            for range in [whole(&rows)?, whole(&rows)?.reversed()] {
                let found = pages(probe, &range, size)?;
                same_list(&format!("pages of {size} of {range:?}"), &found, &wanted(&rows, &range))?;
            }
        }
    }
    Ok(())
}

/// Reads all rows of a range, page by page.
pub(super) fn pages(probe: &Probe<'_>, range: &Range, size: usize) -> Finding<Vec<Row>> {
    let (mut page, mut found) = (range.clone().limit(size), Vec::<Row>::new());
    loop {
        let rows = probe.scan(&page)?;
        for row in &rows {
            // This also stops the suite if a store returns the same page forever.
            let onwards =
                found.last().is_none_or(|before| (row.key > before.key) != range.reverse && row.key != before.key);
            ensure(onwards, || format!("pages of {size} of {range:?} return {:?} out of order", row.key))?;
            found.push(row.clone());
        }
        let Some(last) = rows.into_iter().next_back() else { return Ok(found) };
        page = page.after(last.key);
    }
}

pub(super) fn for_each_shows_exactly_the_range(probe: &Probe<'_>) -> Finding {
    for kind in of_many() {
        let rows = fill(probe, kind)?;
        let all = whole(&rows)?;
        shows(probe, &rows, &all)?;
        shows(probe, &rows, &all.clone().limit(1))?;
        shows(probe, &rows, &all.reversed())?;
        if let [_, first, .., last, _] = &*rows {
            shows(probe, &rows, &Range::new(first.key.clone(), last.key.clone()))?;
            let inner = Range::new(first.key.clone(), last.key.clone()).after(first.key.clone());
            shows(probe, &rows, &inner)?;
        }
    }
    // More than one page of the default.
    let many: Vec<Row> = (0..3_000)
        .map(|number| device_key(3, number))
        .map(|key| Row { record: numbered(&key, 1), stamp: probe.stamp(), key })
        .collect();
    probe.write(many.iter().map(write).collect())?;
    shows(probe, &many, &whole(&many)?)
}

fn shows(probe: &Probe<'_>, rows: &[Row], range: &Range) -> Finding {
    let mut found = probe.for_each(range)?;
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let rows = rows.iter().filter(|row| range.contains(&row.key));
    let wanted: Vec<(Key, Record)> = rows.map(|row| (row.key.clone(), row.record.clone())).collect();
    same_list(&format!("for_each of {range:?}"), &found, &wanted)
}
