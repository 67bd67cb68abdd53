use super::*;
use crate::MemoryStore;
use crate::device::{Device, DeviceCount, DeviceId, Standing};
use crate::product::ProductId;
use crate::store::{Fault, Faulty, Range, Tally};
use crate::time::Timestamp;

fn product(number: u32) -> ProductId {
    ProductId::new(number).unwrap()
}

fn id(number: u8) -> (ProductId, DeviceId) {
    (product(1), DeviceId::new([number; 12]))
}

fn key(number: u8) -> Key {
    Key::Device(product(1), DeviceId::new([number; 12]))
}

fn device(sequence: u32) -> Device {
    Device { sequence, ..Device::new(Standing::Member, Timestamp::from_millis(0)) }
}

fn count(tx: &mut Transaction<'_>, number: u32) -> Result<u64, Error> {
    Ok(tx.get::<Box<DeviceCount>>(product(number))?.map_or(0, |count| count.devices))
}

fn set_count(tx: &mut Transaction<'_>, number: u32, devices: u64) {
    tx.put(product(number), Box::new(DeviceCount { devices, ..DeviceCount::default() }));
}

/// A store that records the calls it receives.
#[derive(Debug, Default)]
struct Recording {
    inner: MemoryStore,
    asked: std::sync::Mutex<Vec<usize>>,
    commits: std::sync::Mutex<Vec<Commit>>,
}

impl Store for Recording {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.asked.lock().unwrap().push(keys.len());
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.commits.lock().unwrap().extend_from_slice(batch);
        self.inner.commit(batch)
    }
}

#[test]
fn a_transaction_finds_its_rows_whatever_their_number() {
    for rows in [1, 15, 16, 17, 18, 40] {
        let (store, stamps) = (MemoryStore::new(), Stamps::seeded(1));
        transact(&store, &stamps, |tx| {
            // Half of them are read first, half are written without being read.
            tx.load((0..rows / 2).map(key))?;
            for number in 0..rows {
                tx.put(id(number), device(number.into()));
                for before in 0..=number {
                    assert_eq!(tx.get::<Device>(id(before))?.map(|device| device.sequence), Some(before.into()));
                }
                assert_eq!(tx.get::<Device>(id(number))?, Some(device(number.into())));
            }
            tx.delete(key(0));
            assert_eq!(tx.get::<Device>(id(0))?, None);
            Ok(())
        })
        .unwrap();
        let there = store.get(&(0..rows + 1).map(key).collect::<Vec<_>>()).unwrap();
        let there: Vec<bool> = there.into_iter().map(|row| row.is_some()).collect();
        let wanted: Vec<bool> = (0..rows + 1).map(|number| number > 0 && number < rows).collect();
        assert_eq!(there, wanted, "of {rows} rows");
    }
}

#[test]
fn a_row_is_read_once_and_only_if_it_was_not_written_before() {
    let (store, stamps) = (Recording::default(), Stamps::seeded(1));
    transact(&store, &stamps, |tx| {
        tx.put(id(9), device(9));
        tx.load([key(1), key(2), key(1), key(9), key(2)])?;
        tx.load([key(2), key(1)])?;
        tx.get::<Device>(id(1))?;
        tx.get::<Device>(id(9))?;
        tx.load([key(1), key(3)])
    })
    .unwrap();
    assert_eq!(*store.asked.lock().unwrap(), [2, 1]);
    let commits = store.commits.lock().unwrap();
    let checked: Vec<&Key> = commits[0].checks.iter().map(|check| &check.key).collect();
    assert_eq!(checked, [&key(1), &key(2), &key(3)]);
    assert_eq!(commits[0].writes.iter().map(Write::key).collect::<Vec<_>>(), [&key(9)]);
}

#[test]
fn additions_to_one_counter_are_merged_and_those_of_zero_are_dropped() {
    let (store, stamps) = (Recording::default(), Stamps::seeded(1));
    let counter = |slot| Key::Tally(product(1), Tally::Members, slot);
    transact(&store, &stamps, |tx| {
        for (slot, delta) in [(0, 2), (1, 5), (0, 3), (1, -5), (2, 0)] {
            tx.add(counter(slot), delta);
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(store.commits.lock().unwrap()[0].writes, [Write::Add { key: counter(0), delta: 5 }]);
}

#[test]
fn a_transaction_with_one_read_and_no_writes_commits_nothing() {
    let (store, stamps) = (Recording::default(), Stamps::seeded(1));
    transact(&store, &stamps, |tx| tx.load([key(1), key(2)])).unwrap();
    transact(&store, &stamps, |tx| count(tx, 1).and(Err::<(), _>(Error::not_found("product")))).unwrap_err();
    assert_eq!(*store.commits.lock().unwrap(), []);
}

#[test]
fn an_error_from_rows_of_two_moments_is_not_reported() {
    let (store, stamps) = (MemoryStore::new(), Stamps::seeded(1));
    let mut tries = 0;
    let result = transact(&store, &stamps, |tx| {
        tries += 1;
        let first = count(tx, 1)?;
        if tries == 1 {
            // The two records are only changed together.
            transact(&store, &stamps, |tx| {
                set_count(tx, 1, 5);
                set_count(tx, 2, 5);
                Ok(())
            })?;
        }
        let second = count(tx, 2)?;
        if first == second { Ok(first) } else { Err(Error::not_found("second record")) }
    });
    assert_eq!((result.unwrap(), tries), (5, 2));
}

#[test]
fn a_rule_is_run_again_until_its_commit_meets_no_conflict() {
    let (store, stamps) = (MemoryStore::new(), Stamps::seeded(1));
    let mut tries = 0;
    transact(&store, &stamps, |tx| {
        tries += 1;
        let devices = count(tx, 1)?;
        if tries <= 3 {
            transact(&store, &stamps, |tx| count(tx, 1).map(|devices| set_count(tx, 1, devices + 10)))?;
        }
        set_count(tx, 1, devices + 1);
        Ok(())
    })
    .unwrap();
    let devices = transact(&store, &stamps, |tx| count(tx, 1)).unwrap();
    assert_eq!((devices, tries), (31, 4));
}

#[test]
fn contended_records_are_reported_as_contention() {
    let (store, stamps) = (Faulty::new(MemoryStore::new(), 1).with(Fault::Conflict, 1.0), Stamps::seeded(1));
    let mut tries = 0;
    let result = transact(&store, &stamps, |tx| {
        tries += 1;
        let devices = count(tx, 1)?;
        set_count(tx, 1, devices + 1);
        Ok(())
    });
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.is_transient(), tries), ("store_contention", true, TRIES));
    assert_eq!(store.inner().get(&[Key::DeviceCount(product(1))]).unwrap(), [None]);
}
