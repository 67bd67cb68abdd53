//! Compares the store in memory with the simplest correct one: an ordered map.

use super::*;
use crate::device::Device;
use crate::store::{Stamps, Tally};
use crate::team::Team;
use proptest::prelude::*;
use std::sync::Arc;

/// The simplest model of a store.
#[derive(Default)]
struct Model(BTreeMap<Key, (Record, Stamp)>);

impl Model {
    fn commit(&mut self, commit: &Commit) -> CommitOutcome {
        let stamp = |key: &Key| self.0.get(key).map(|(_, stamp)| *stamp);
        if commit.checks.iter().any(|check| stamp(&check.key) != check.stamp) {
            return CommitOutcome::Conflict;
        }
        for write in commit.writes.iter().cloned() {
            match write {
                Write::Put { key, record, stamp } => drop(self.0.insert(key, (record, stamp))),
                Write::Delete { key } => drop(self.0.remove(&key)),
                Write::Add { key, delta } => {
                    let (record, _) = self.0.entry(key).or_insert((Record::Counter(0), Stamp(0)));
                    let Record::Counter(value) = record else { panic!("no counter") };
                    *value = value.saturating_add(delta);
                }
            }
        }
        CommitOutcome::Applied
    }

    fn get(&self, key: &Key) -> Option<Row> {
        self.0.get(key).map(|(record, stamp)| Row { key: key.clone(), record: record.clone(), stamp: *stamp })
    }

    fn scan(&self, range: &Range) -> Vec<Row> {
        let mut rows: Vec<Row> =
            self.0.keys().filter(|key| range.contains(key)).filter_map(|key| self.get(key)).collect();
        if range.reverse {
            rows.reverse();
        }
        rows.truncate(range.limit);
        rows
    }
}

#[derive(Clone, Copy, Debug)]
enum Kept {
    Device,
    Registration,
    Team,
    Tally,
}

/// An operation that is done to both stores.
#[derive(Clone, Debug)]
enum Step {
    /// A number of commits with several writes each; a stale check makes the second conflict.
    Commit {
        kept: Kept,
        puts: Vec<u16>,
        deletes: Vec<u16>,
        stale: bool,
    },
    /// Puts or deletes a long run of rows, so that keys are merged.
    Run {
        kept: Kept,
        from: u16,
        rows: u16,
        step: u16,
        delete: bool,
    },
    Scan {
        kept: Kept,
        first: Bound<u16>,
        last: Bound<u16>,
        limit: usize,
        reverse: bool,
    },
    ForEach {
        kept: Kept,
        first: u16,
        last: u16,
    },
    Get {
        kept: Kept,
        keys: Vec<u16>,
    },
}

fn key(kept: Kept, number: u16) -> Key {
    let [high, low] = number.to_be_bytes();
    let product = |number: u16| ProductId::new(u32::from(number) + 1).unwrap();
    let device = DeviceId::new([high, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, low]);
    match kept {
        Kept::Device => Key::Device(product(7), device),
        Kept::Registration => Key::Registration(device),
        Kept::Team => Key::Team(product(number)),
        Kept::Tally => Key::Tally(product(7), Tally::Version(number), 0),
    }
}

fn write(kept: Kept, number: u16, stamps: &Stamps) -> Write {
    let key = key(kept, number);
    let record = match kept {
        Kept::Device => {
            let mut device = Device::new(crate::device::Standing::Member, crate::Timestamp::from_millis(0));
            device.sequence = stamps.next() as u32;
            Record::Device(device)
        }
        Kept::Registration => Record::Registration(Registration {
            product: ProductId::new(stamps.next() as u32 | 1 << 20).ok(),
            ..Registration::default()
        }),
        Kept::Team => Record::Team(Arc::new(Team::default())),
        Kept::Tally => return Write::Add { key, delta: stamps.next() as i64 },
    };
    Write::Put { key, record, stamp: stamps.stamp() }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kept = || {
        prop_oneof![
            Just(Kept::Device),
            Just(Kept::Device),
            Just(Kept::Registration),
            Just(Kept::Team),
            Just(Kept::Tally)
        ]
    };
    // Mostly few keys, so that the steps meet on them.
    let number = || prop_oneof![0..40_u16, 0..40_u16, 0..6_000_u16];
    let end = || prop_oneof![number().prop_map(Bound::Included), number().prop_map(Bound::Excluded)];
    let numbers = || proptest::collection::vec(number(), 0..12);
    let limit = prop_oneof![0..50_usize, Just(usize::MAX)];
    let step = prop_oneof![
        (kept(), numbers(), numbers(), any::<bool>()).prop_map(|(kept, puts, deletes, stale)| Step::Commit {
            kept,
            puts,
            deletes,
            stale
        }),
        (kept(), number(), 0..3_000_u16, 1..3_u16, any::<bool>())
            .prop_map(|(kept, from, rows, step, delete)| Step::Run { kept, from, rows, step, delete }),
        (kept(), end(), end(), limit, any::<bool>()).prop_map(|(kept, first, last, limit, reverse)| Step::Scan {
            kept,
            first,
            last,
            limit,
            reverse
        }),
        (kept(), number(), number()).prop_map(|(kept, first, last)| Step::ForEach { kept, first, last }),
        (kept(), numbers()).prop_map(|(kept, keys)| Step::Get { kept, keys }),
    ];
    proptest::collection::vec(step, 1..60)
}

/// Runs the steps on both stores; their answers must be equal.
fn check_equivalent(steps: &[Step]) -> Result<(), TestCaseError> {
    let (store, mut model, stamps) = (MemoryStore::new(), Model::default(), Stamps::seeded(7));
    for step in steps {
        match step {
            Step::Commit { kept, puts, deletes, stale } => {
                let deletes = deletes.iter().map(|number| Write::Delete { key: key(*kept, *number) });
                let writes = deletes.chain(puts.iter().map(|number| write(*kept, *number, &stamps))).collect();
                let checks: Vec<Check> = puts
                    .iter()
                    .map(|number| {
                        let key = key(*kept, *number);
                        Check { stamp: model.get(&key).map(|row| row.stamp), key }
                    })
                    .collect();
                let mut second = Commit {
                    checks: checks.clone(),
                    writes: puts.iter().map(|number| write(*kept, *number, &stamps)).collect(),
                };
                if *stale {
                    second.checks.push(Check { key: Key::Directory(), stamp: Some(Stamp(1)) });
                }
                let batch = [Commit { checks, writes }, second];
                let wanted: Vec<CommitOutcome> = batch.iter().map(|commit| model.commit(commit)).collect();
                prop_assert_eq!(store.commit(&batch).unwrap(), wanted);
            }
            Step::Run { kept, from, rows, step, delete } => {
                let numbers = (0..*rows).map(|place| from.wrapping_add(place.wrapping_mul(*step)) % 9_000);
                let writes = numbers.map(|number| {
                    if *delete { Write::Delete { key: key(*kept, number) } } else { write(*kept, number, &stamps) }
                });
                let commit = Commit { checks: Vec::new(), writes: writes.collect() };
                model.commit(&commit);
                store.commit(&[commit]).unwrap();
            }
            Step::Scan { kept, first, last, limit, reverse } => {
                let end = |end: &Bound<u16>| end.map(|number| key(*kept, number));
                let range = Range { first: end(first), last: end(last), limit: *limit, reverse: *reverse };
                prop_assert_eq!(store.scan(&range).unwrap(), model.scan(&range), "{:?}", range);
            }
            Step::ForEach { kept, first, last } => {
                let range = Range::new(key(*kept, *first), key(*kept, *last));
                let mut shown = Vec::new();
                store.for_each(&range, &mut |key, record| shown.push((key.clone(), record.clone()))).unwrap();
                shown.sort_by(|(a, _), (b, _)| a.cmp(b));
                let wanted: Vec<_> = model.scan(&range).into_iter().map(|row| (row.key, row.record)).collect();
                prop_assert_eq!(shown, wanted, "{:?}", range);
            }
            Step::Get { kept, keys } => {
                let keys: Vec<Key> = keys.iter().map(|number| key(*kept, *number)).collect();
                let wanted: Vec<Option<Row>> = keys.iter().map(|key| model.get(key)).collect();
                prop_assert_eq!(store.get(&keys).unwrap(), wanted);
            }
        }
    }
    for kept in [Kept::Device, Kept::Registration, Kept::Team, Kept::Tally] {
        let all = Range::new(key(kept, 0), key(kept, u16::MAX));
        prop_assert_eq!(store.scan(&all).unwrap(), model.scan(&all));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn the_store_in_memory_is_an_ordered_map(steps in steps()) {
        check_equivalent(&steps)?;
    }
}

/// Deletes a product's devices page by page from the front until none are left.
#[test]
fn deleting_rows_from_the_front_leaves_the_rest_in_order() {
    let (store, stamps) = (MemoryStore::new(), Stamps::seeded(1));
    let all = Range::new(key(Kept::Device, 0), key(Kept::Device, u16::MAX));
    let writes = (0..30_000).map(|number| write(Kept::Device, number, &stamps)).collect();
    store.commit(&[Commit { checks: Vec::new(), writes }]).unwrap();
    let mut taken = Vec::new();
    loop {
        let page = store.scan(&all.clone().limit(500)).unwrap();
        if page.is_empty() {
            break;
        }
        let writes = page.iter().map(|row| Write::Delete { key: row.key.clone() }).collect();
        store.commit(&[Commit { checks: Vec::new(), writes }]).unwrap();
        taken.extend(page.into_iter().map(|row| row.key));
    }
    assert_eq!(taken, (0..30_000).map(|number| key(Kept::Device, number)).collect::<Vec<_>>());
}
