//! Laws about what a store holds when it is opened again.

use super::probe::{Finding, Probe, absent, add, commit, delete, put, same, same_list, unchanged};
use super::samples::{device_key, keys, kinds, numbered, numbered_keys, product, records};
use crate::store::CommitOutcome::{Applied, Conflict};
use crate::store::{Key, Record, Row, Stamp, Store, Tally};

/// Opens the store of one place.
type Open<'o> = dyn Fn() -> Box<dyn Store + 'o> + 'o;

type Law = (&'static str, fn(&Open<'_>) -> Finding);

pub(super) const LAWS: &[Law] = &[
    ("what_was_committed_is_there_again", what_was_committed_is_there_again),
    ("stamps_guard_after_reopening", stamps_guard_after_reopening),
];

fn what_was_committed_is_there_again(open: &Open<'_>) -> Finding {
    let mut rows: Vec<Row> = Vec::new();
    let deleted: Vec<Key> = (0..200).map(|number| device_key(9, number)).collect();
    {
        let store = open();
        let probe = Probe::new(&*store, 1);
        for kind in kinds() {
            for (key, record) in keys(kind, 1).into_iter().zip(records(kind).into_iter().cycle()) {
                let (record, stamp) = match record {
                    Record::Counter(_) => (Record::Counter(-7), Stamp(0)),
                    record => (record, probe.stamp()),
                };
                rows.push(Row { key, record, stamp });
            }
        }
        let write = |row: &Row| match row.record {
            Record::Counter(delta) => add(&row.key, delta),
            _ => put(&row.key, &row.record, row.stamp),
        };
        // Some rows in one commit, others in a commit each.
        let (many, few) = rows.split_at(rows.len() - 20);
        probe.write(many.iter().map(write).collect())?;
        for row in few {
            probe.write(vec![write(row)])?;
        }
        probe.write(deleted.iter().map(|key| put(key, &numbered(key, 1), probe.stamp())).collect())?;
        probe.write(deleted.iter().map(delete).collect())?;
        let refused = commit(
            [absent(&Key::Directory())],
            [put(&device_key(9, 201), &numbered(&device_key(9, 201), 1), Stamp(1))],
        );
        same("a commit that conflicts", &probe.outcome(refused)?, &Conflict)?;
    }
    for turn in 0..2 {
        let store = open();
        let probe = Probe::new(&*store, 2);
        let keys: Vec<Key> = rows.iter().map(|row| row.key.clone()).collect();
        let wanted: Vec<Option<Row>> = rows.iter().cloned().map(Some).collect();
        same_list("the rows after reopening", &probe.get(&keys)?, &wanted)?;
        let none = vec![None; deleted.len()];
        same_list("rows that were deleted before reopening", &probe.get(&deleted)?, &none)?;
        probe.holds(&device_key(9, 201), None)?;
        // Additions continue from the old values.
        let counter = Key::Tally(product(2), Tally::Members, 0);
        probe.write(vec![add(&counter, 5)])?;
        probe.counter(&counter, 5 * (turn + 1))?;
    }
    Ok(())
}

fn stamps_guard_after_reopening(open: &Open<'_>) -> Finding {
    let keys = &numbered_keys(1);
    let before: Vec<(Stamp, Stamp)> = {
        let store = open();
        let probe = Probe::new(&*store, 1);
        keys.iter()
            .map(|key| Ok((probe.put(key, &numbered(key, 1))?, probe.put(key, &numbered(key, 2))?)))
            .collect::<Finding<_>>()?
    };
    let store = open();
    let probe = Probe::new(&*store, 2);
    for (key, (old, new)) in keys.iter().zip(before) {
        let late = |stamp| commit([unchanged(key, stamp)], [put(key, &numbered(key, 3), probe.stamp())]);
        same("a commit that checks the old stamp", &probe.outcome(late(old))?, &Conflict)?;
        same("a commit that checks the current stamp", &probe.outcome(late(new))?, &Applied)?;
    }
    Ok(())
}
