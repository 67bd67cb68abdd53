//! Laws about reading what was put.

use super::probe::{Finding, Probe, add, delete, ensure, put, same, same_list};
use super::samples::{device_key, keys, kinds, numbered, numbered_keys, records};
use crate::store::{Key, Kind, Range, Record, Row, Stamp, Write};
use std::collections::BTreeMap;

pub(super) fn an_empty_store_holds_nothing(probe: &Probe<'_>) -> Finding {
    for kind in kinds() {
        let keys = keys(kind, 1);
        for (key, row) in keys.iter().zip(probe.get(&keys)?) {
            same(&format!("the row of {key:?}"), &row, &None)?;
        }
        if let [first, .., last] = &*keys {
            let all = Range::new(first.clone(), last.clone());
            same_list(&format!("a scan of every {kind:?}"), &probe.scan(&all)?, &[])?;
            same_list(&format!("for_each {kind:?}"), &probe.for_each(&all)?, &[])?;
        }
    }
    Ok(())
}

pub(super) fn every_kind_of_record_reads_back(probe: &Probe<'_>) -> Finding {
    for kind in kinds().filter(|kind| *kind != Kind::Tally) {
        let keys = keys(kind, 1);
        let records = records(kind);
        // Each pass writes as many records as there are keys, so that later records replace earlier ones.
        for turn in records.chunks(keys.len()) {
            let rows: Vec<_> = keys.iter().zip(turn).map(|(key, record)| (key, record, probe.stamp())).collect();
            probe.write(rows.iter().map(|(key, record, stamp)| put(key, record, *stamp)).collect())?;
            for (key, record, stamp) in rows {
                probe.holds(key, Some((record, stamp)))?;
                let alone = probe.scan(&Range::new(key.clone(), key.clone()))?;
                same_list("a scan of one key", &alone, &[Row { key: key.clone(), record: record.clone(), stamp }])?;
            }
        }
    }
    for key in keys(Kind::Tally, 1) {
        for (record, before) in records(Kind::Tally).iter().zip([0, 0, 1, -1, i64::MAX]) {
            let Record::Counter(value) = *record else { continue };
            // From the previous value to this one; the largest difference takes two additions.
            let (half, rest) = (value / 2 - before / 2, value - value / 2 - (before - before / 2));
            probe.write(vec![add(&key, half)])?;
            probe.write(vec![add(&key, rest)])?;
            probe.counter(&key, value)?;
        }
    }
    Ok(())
}

pub(super) fn every_stamp_reads_back(probe: &Probe<'_>) -> Finding {
    let stamps = [1, 2, 1 << 31, 1 << 32, (1 << 53) + 1, i64::MAX as u64, 1 << 63, u64::MAX - 1, u64::MAX];
    for key in &numbered_keys(1) {
        for stamp in stamps.map(Stamp) {
            let record = numbered(key, 1);
            probe.write(vec![put(key, &record, stamp)])?;
            probe.holds(key, Some((&record, stamp)))?;
        }
    }
    Ok(())
}

pub(super) fn keys_of_different_kinds_and_partitions_never_mix(probe: &Probe<'_>) -> Finding {
    let mut wanted = rows_of_every_kind(probe)?;
    matches(probe, &wanted)?;

    let taken: Vec<Key> = wanted.keys().step_by(2).cloned().collect();
    wanted.retain(|key, _| taken.binary_search(key).is_err());
    probe.write(taken.iter().map(delete).collect())?;
    same_list("rows that were deleted", &probe.get(&taken)?, &vec![None; taken.len()])?;
    matches(probe, &wanted)
}

/// Writes rows of every kind in several partitions.
fn rows_of_every_kind(probe: &Probe<'_>) -> Finding<BTreeMap<Key, Row>> {
    let mut rows: BTreeMap<Key, Row> = BTreeMap::new();
    for kind in kinds() {
        for key in [1, 2, 256].into_iter().flat_map(|partition| keys(kind, partition)) {
            let some = i64::try_from(rows.len()).unwrap_or(i64::MAX) + 1;
            let row = match records(kind).into_iter().next() {
                Some(Record::Counter(_)) => Row { record: Record::Counter(some), stamp: Stamp(0), key },
                Some(record) => Row { record, stamp: probe.stamp(), key },
                None => continue,
            };
            rows.insert(row.key.clone(), row);
        }
    }
    let writes = rows.values().map(|row| match row.record {
        Record::Counter(delta) => add(&row.key, delta),
        _ => put(&row.key, &row.record, row.stamp),
    });
    probe.write(writes.collect())?;
    Ok(rows)
}

pub(super) fn for_each_row_shows_every_row_once(probe: &Probe<'_>) -> Finding {
    if probe.for_each_row()?.is_some_and(|rows| !rows.is_empty()) {
        return Err("for_each_row of an empty store returned a row".to_owned());
    }
    let mut wanted = rows_of_every_kind(probe)?;
    let deleted: Vec<Key> = wanted.keys().step_by(3).cloned().collect();
    wanted.retain(|key, _| deleted.binary_search(key).is_err());
    probe.write(deleted.iter().map(delete).collect())?;
    let Some(mut rows) = probe.for_each_row()? else { return Ok(()) };
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    same_list("for_each_row", &rows, &wanted.into_values().collect::<Vec<_>>())
}

/// Expects that a store holds these rows, by get and by scan.
fn matches(probe: &Probe<'_>, wanted: &BTreeMap<Key, Row>) -> Finding {
    let keys_wanted: Vec<Key> = wanted.keys().cloned().collect();
    let rows: Vec<Option<Row>> = wanted.values().cloned().map(Some).collect();
    same_list("the rows of every kind", &probe.get(&keys_wanted)?, &rows)?;
    for kind in kinds() {
        for partition in [1, 2, 256] {
            if let [first, .., last] = &*keys(kind, partition) {
                let all = Range::new(first.clone(), last.clone());
                let rows: Vec<Row> =
                    wanted.values().filter(|row| row.key.kind() == kind && all.contains(&row.key)).cloned().collect();
                same_list(&format!("a scan of {kind:?} in partition {partition}"), &probe.scan(&all)?, &rows)?;
            }
        }
    }
    Ok(())
}

pub(super) fn get_answers_in_the_order_asked(probe: &Probe<'_>) -> Finding {
    same("the answers to no keys", &probe.get(&[])?, &Vec::new())?;
    let mut there: Vec<Key> = (0..300).map(|number| device_key(1, number)).collect();
    there.extend(numbered_keys(2));
    let writes: Vec<Write> = there.iter().map(|key| put(key, &numbered(key, 7), probe.stamp())).collect();
    probe.write(writes)?;

    // Existing rows, some of them twice, and absent ones, in random order.
    let absent = (300..400).map(|number| device_key(1, number));
    let mut asked: Vec<Key> = there.iter().cloned().chain(absent).chain(there.iter().take(50).cloned()).collect();
    asked.sort_by_cached_key(|_| probe.random());
    asked.extend([asked.first(), asked.first(), asked.last()].into_iter().flatten().cloned().collect::<Vec<_>>());
    for (position, (key, row)) in asked.iter().zip(probe.get(&asked)?).enumerate() {
        ensure(row.is_some() == there.contains(key), || {
            format!(
                "answer {position} of {} is {row:?}, but {key:?} is {}",
                asked.len(),
                if row.is_some() { "absent" } else { "present" }
            )
        })?;
    }
    Ok(())
}
