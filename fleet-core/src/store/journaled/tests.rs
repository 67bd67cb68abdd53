use super::packed::{Head, pack, unpack};
use super::{JournalOptions, Journaled};
use crate::MemoryStore;
use crate::device::{Device, Standing};
use crate::product::ProductId;
use crate::store::conformance::{check, check_reopen};
use crate::store::faulty::tests::{faulty, note, noted, survives_on};
use crate::store::{
    Check, Commit, CommitOutcome, Fault, Faulty, GroupCommit, Key, Kind, Range, Record, Row, Stamp, Stamps, Store,
    StoreError, StoreErrorKind, Tally, Write, transact,
};
use crate::time::Timestamp;
use crate::{DeviceId, Error};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const DEVICES: u32 = 5;

/// Opens a journaled store that folds so often that most rows of a test are folded within it.
fn restless<S: Store>(inner: S) -> Journaled<S> {
    Journaled::open_with(inner, JournalOptions::new().rows(8).fold_after(3).journal_size(4096)).unwrap()
}

fn product() -> ProductId {
    ProductId::new(1).unwrap()
}

fn device_key(number: u32) -> Key {
    let mut id = [0; 12];
    id[8..].copy_from_slice(&number.to_be_bytes());
    Key::Device(product(), DeviceId::new(id))
}

fn counter() -> Key {
    Key::Tally(product(), Tally::Members, 0)
}

fn device(sequence: u32) -> Record {
    Record::Device(Device { sequence, ..Device::new(Standing::Member, Timestamp::from_millis(0)) })
}

fn put(key: Key, record: Record, stamp: u64) -> Write {
    Write::Put { key, record, stamp: Stamp(stamp) }
}

fn add(delta: i64) -> Write {
    Write::Add { key: counter(), delta }
}

fn blind(writes: impl Into<Vec<Write>>) -> Commit {
    Commit { checks: Vec::new(), writes: writes.into() }
}

fn commit(store: &dyn Store, commit: Commit) -> Result<CommitOutcome, StoreError> {
    store.commit(&[commit]).map(|outcomes| outcomes[0])
}

fn row(store: &dyn Store, key: Key) -> Option<Row> {
    store.get(&[key]).unwrap().remove(0)
}

fn count(store: &dyn Store) -> Option<i64> {
    match row(store, counter())?.record {
        Record::Counter(value) => Some(value),
        other => panic!("{other:?}"),
    }
}

/// Number of records of the journal in a store, without its head.
fn records(inner: &dyn Store) -> usize {
    inner.scan(&Key::journal(1, u64::MAX)).unwrap().len()
}

/// The commit with this number: puts one of a few devices, creates another, and adds to a counter.
fn numbered(number: u32) -> Commit {
    let own = device_key(1000 + number);
    Commit {
        checks: vec![Check { key: own.clone(), stamp: None }],
        writes: vec![
            put(device_key(number % DEVICES), device(number), number.into()),
            put(own, device(number), number.into()),
            add(1),
        ],
    }
}

/// Number of numbered commits in a store. Each must be there completely and exactly once.
fn stands(store: &dyn Store) -> u32 {
    let applied = u32::try_from(count(store).unwrap_or(0)).unwrap();
    let own = store.scan(&Range::new(device_key(1000), device_key(u32::MAX))).unwrap();
    let numbers: Vec<u64> = own.iter().map(|row| row.stamp.0).collect();
    assert!(numbers.iter().copied().eq(1..=u64::from(applied)), "{applied} counted, but these stand: {numbers:?}");
    for number in 0..DEVICES {
        let latest = (1..=applied).rev().find(|applied| applied % DEVICES == number);
        let found = row(store, device_key(number)).map(|row| row.stamp.0);
        assert_eq!(found, latest.map(u64::from), "device {number} after {applied} commits");
    }
    applied
}

#[test]
fn a_journaled_store_keeps_every_law_whether_it_folds_late_or_constantly() {
    check(|| Journaled::open(MemoryStore::new()).unwrap()).unwrap();
    check(|| restless(MemoryStore::new())).unwrap();
    check(|| GroupCommit::new(restless(MemoryStore::new()))).unwrap();
}

#[test]
fn a_reopened_journaled_store_has_every_commit() {
    check_reopen(|| Arc::new(MemoryStore::new()), |inner| Journaled::open(Arc::clone(inner)).unwrap()).unwrap();
    check_reopen(|| Arc::new(MemoryStore::new()), |inner| restless(Arc::clone(inner))).unwrap();
}

/// A commit is in the journal at once, but in its row only after a fold; then the journal is empty.
#[test]
fn the_fold_moves_rows_to_the_inner_store() {
    let store = Journaled::open(MemoryStore::new()).unwrap();
    for number in 1..=7 {
        commit(&store, numbered(number)).unwrap();
    }
    assert_eq!((row(store.inner(), device_key(1)), count(store.inner()), records(store.inner())), (None, None, 7));
    assert_eq!(store.fold(4).unwrap(), 13, "a generation counts as folded only when all its rows are");
    assert_eq!((count(store.inner()), records(store.inner())), (None, 7));
    assert_eq!(stands(&store), 7);
    let inner = store.close().unwrap();
    assert_eq!((stands(&inner), records(&inner)), (7, 0));
}

/// Whatever the inner store does at any one commit, a journaled store that dies there loses no acknowledged commit, and
/// no commit is applied twice or in part.
#[test]
fn a_process_that_dies_at_any_step_loses_no_acknowledged_commit() {
    let faults = [
        Fault::Unavailable,
        Fault::UnknownBefore,
        Fault::UnknownAfter,
        Fault::UnknownLate,
        Fault::Torn,
        Fault::Conflict,
    ];
    for fault in faults {
        let (mut step, mut reached) = (0, true);
        while reached {
            let inner = Arc::new(Faulty::new(Arc::new(MemoryStore::new()), step));
            let plain = || restless(Arc::clone(inner.inner()));
            let store = restless(Arc::clone(&inner));
            inner.plan((0..step).map(|_| None).chain([Some(fault)]));
            let failed = (1..=24).find_map(|number| Some((number, commit(&store, numbered(number)).err()?)));
            let folded = store.fold(usize::MAX);
            reached = inner.injected() > 0;
            drop(store);
            inner.arrive();
            // The next process, and one after it that finds only what that one wrote.
            let acknowledged = failed.as_ref().map_or(24, |(number, _)| number - 1);
            let known = failed.as_ref().is_none_or(|(_, error)| !error.is_unknown());
            for _ in 0..2 {
                let there = stands(&plain());
                let wanted = acknowledged..=acknowledged + u32::from(!known);
                assert!(wanted.contains(&there), "{fault:?} at {step}: {there}, not {wanted:?}: {failed:?} {folded:?}");
            }
            let next = plain();
            let from = stands(&next) + 1;
            (from..from + 9)
                .for_each(|number| assert_eq!(commit(&next, numbered(number)).unwrap(), CommitOutcome::Applied));
            let left = next.close().unwrap();
            assert_eq!((stands(&left), records(&left)), (from + 8, 0), "{fault:?} at {step}");
            step += 1;
        }
        assert!(step > 24, "{fault:?} was tried at {step} steps only");
    }
}

/// The same for a process that survives and retries.
#[test]
fn transactions_survive_every_fault_below_a_journal() {
    let all = [
        (Fault::Slow(Duration::from_micros(30)), 0.1),
        (Fault::Conflict, 0.1),
        (Fault::Unavailable, 0.05),
        (Fault::UnknownBefore, 0.07),
        (Fault::UnknownAfter, 0.07),
        (Fault::UnknownLate, 0.07),
        (Fault::Torn, 0.07),
        (Fault::Unreadable, 0.07),
    ];
    for seed in 0..16 {
        let stamps = Stamps::seeded(seed);
        let inner = Arc::new(faulty(Arc::new(MemoryStore::new()), seed, &all));
        let plain = || restless(Arc::clone(inner.inner()));
        transact(&plain(), &stamps, |tx| note(tx, u64::MAX)).unwrap();
        let store = (0..).find_map(|_| {
            let options = JournalOptions::new().rows(8).fold_after(2);
            Journaled::open_with(Arc::clone(&inner), options).ok()
        });
        let outcomes = survives_on(&store.unwrap(), &stamps, || {
            assert!(inner.injected() > 10, "only {} faults", inner.injected());
            inner.arrive();
            noted(&plain())
        });
        assert!(outcomes.get("acknowledged").copied().unwrap_or(0) > 50, "{outcomes:?}");
    }
}

#[test]
fn opening_a_fleet_takes_it_over() {
    let inner = Arc::new(MemoryStore::new());
    let [first, second] = [(); 2].map(|()| restless(Arc::clone(&inner)));
    assert_eq!(commit(&second, numbered(1)).unwrap(), CommitOutcome::Applied);
    let error = commit(&first, numbered(1)).unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("store_taken", false), "{error}");
    for refused in [first.get(&[counter()]).err(), first.scan(&Key::tallies(product())).err(), first.fold(1).err()] {
        assert_eq!(refused.map(|error| error.code()), Some("store_taken"));
    }
    assert_eq!(commit(&second, numbered(2)).unwrap(), CommitOutcome::Applied);
    assert_eq!(stands(&restless(inner)), 2);
}

/// It reads old rows until it commits, and its fold changes nothing.
#[test]
fn a_process_that_lost_the_fleet_folds_nothing() {
    let inner = Arc::new(MemoryStore::new());
    let first = Journaled::open(Arc::clone(&inner)).unwrap();
    commit(&first, numbered(1)).unwrap();
    let second = Journaled::open(Arc::clone(&inner)).unwrap();
    commit(&second, numbered(2)).unwrap();
    assert_eq!(first.fold(usize::MAX).unwrap_err().kind(), StoreErrorKind::Taken);
    assert_eq!(count(&inner), None);
    second.close().unwrap();
    assert_eq!(stands(&inner), 2);
}

/// A counter goes from one end of its range to the other in one generation, which no single addition can do; then it is
/// deleted.
#[test]
fn a_fold_keeps_the_value_of_a_counter() {
    let steps: [&[Write]; 6] = [
        &[add(i64::MIN)],
        &[add(i64::MAX), add(i64::MAX), add(5)],
        &[Write::Delete { key: counter() }],
        &[add(3), add(-3)],
        &[Write::Delete { key: counter() }, add(7)],
        &[add(i64::MAX), add(-1)],
    ];
    let wanted = [Some(i64::MIN), Some(i64::MAX), None, Some(0), Some(7), Some(i64::MAX - 1)];
    let mut store = Journaled::open(MemoryStore::new()).unwrap();
    let model = MemoryStore::new();
    for (writes, wanted) in steps.into_iter().zip(wanted) {
        for write in writes {
            commit(&store, blind([write.clone()])).unwrap();
            commit(&model, blind([write.clone()])).unwrap();
        }
        assert_eq!(count(&model), wanted);
        let inner = store.close().unwrap();
        assert_eq!(count(&inner), wanted);
        store = Journaled::open(inner).unwrap();
    }
}

/// A store that can be made full.
#[derive(Debug, Default)]
struct Small {
    inner: MemoryStore,
    full: AtomicBool,
    full_for_rows: AtomicBool,
}

impl Store for Small {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let mut writes = batch.iter().flat_map(|commit| &commit.writes);
        let rows = self.full_for_rows.load(Ordering::Relaxed)
            && writes.any(|write| matches!(write, Write::Put { key: Key::Device(..), .. }));
        if rows || self.full.load(Ordering::Relaxed) {
            return Err(StoreError::new(StoreErrorKind::Full, "no room"));
        }
        self.inner.commit(batch)
    }
}

#[test]
fn a_full_store_applies_no_partial_commit_and_continues_once_there_is_space() {
    let store = restless(Small::default());
    (1..=4).for_each(|number| assert_eq!(commit(&store, numbered(number)).unwrap(), CommitOutcome::Applied));
    store.inner().full.store(true, Ordering::Relaxed);
    assert_eq!(commit(&store, numbered(5)).unwrap_err().kind(), StoreErrorKind::Full);
    assert_eq!(store.fold(usize::MAX).unwrap_err().kind(), StoreErrorKind::Full);
    assert_eq!(stands(&store), 4, "reads still work");
    store.inner().full.store(false, Ordering::Relaxed);
    (5..=9).for_each(|number| assert_eq!(commit(&store, numbered(number)).unwrap(), CommitOutcome::Applied));
    assert_eq!(stands(&store.close().unwrap().inner), 9);
}

/// The journal has space where the rows have none: commits continue, but not forever, because memory is bounded too.
#[test]
fn a_failing_fold_stops_commits_only_when_too_many_rows_wait() {
    let store = Journaled::open_with(Small::default(), JournalOptions::new().fold_after(100)).unwrap();
    store.inner().full_for_rows.store(true, Ordering::Relaxed);
    let refused = (1..2000).find_map(|number| Some((number, commit(&store, numbered(number)).err()?)));
    let (number, error) = refused.unwrap();
    assert!((350..450).contains(&number), "refused at commit {number}");
    assert_eq!(error.kind(), StoreErrorKind::Full);
    store.inner().full_for_rows.store(false, Ordering::Relaxed);
    assert_eq!(commit(&store, numbered(number)).unwrap(), CommitOutcome::Applied);
    assert_eq!(stands(&store), number);
}

#[test]
fn repeated_writes_to_few_rows_do_not_let_the_journal_grow() {
    let store = Journaled::open_with(MemoryStore::new(), JournalOptions::new().journal_size(20_000)).unwrap();
    let mut most = 0;
    for number in 1..3000 {
        commit(&store, blind([put(device_key(1), device(number), number.into()), add(1)])).unwrap();
        most = most.max(records(store.inner()));
    }
    assert!((100..1000).contains(&most), "{most} records at most");
    assert_eq!(count(&store), Some(2999));
}

#[test]
fn the_rows_of_the_journal_are_reserved() {
    let store = restless(MemoryStore::new());
    commit(&store, numbered(1)).unwrap();
    let write = blind([put(Key::Journal(0), Head { folded: 7 }.pack(), 1)]);
    assert_eq!(commit(&store, write).unwrap_err().kind(), StoreErrorKind::Other);
    assert_eq!(row(&store, Key::Journal(0)), None);
    assert_eq!(store.scan(&Key::journal(0, u64::MAX)).unwrap(), []);
}

/// Every form of a write, each device with other fields.
fn every_write() -> Vec<Write> {
    let rows = crate::store::conformance::every_row();
    let puts = rows.into_iter().filter(|(key, _)| key.kind() != Kind::Tally);
    let puts = puts.zip(1..).map(|((key, record), stamp)| put(key, record, stamp));
    puts.chain([add(i64::MIN), add(i64::MAX), Write::Delete { key: counter() }, Write::Delete { key: device_key(9) }])
        .collect()
}

#[test]
fn every_write_reads_back_from_the_journal() {
    let writes = every_write();
    for most in [usize::MAX, 10_000, 0] {
        let records = pack(writes.iter(), most).unwrap();
        let read: Vec<Write> = records.iter().flat_map(|record| unpack(1, record).unwrap()).collect();
        assert!(read == writes, "records of {most} bytes");
        assert_eq!(records.len() == 1, most == usize::MAX);
    }
}

/// A device with all fields set.
fn full_device() -> Record {
    let json = r#"{"standing":"quarantined","development":true,"forced":true,"failures":200,"lock":300,"sequence":70000,
        "security_counter":4000000000,"system":"1.5.2-rc.1","added_at":1457438400000,
        "seen":{"at":1457438401000,"session":18446744073709551615,"version_since":1457438400500,"version":2,
            "image":"differs","platform":"matches","takes_updates":true,"online":true},
        "attempt":{"at":1457438402000,"target":3,"from":2,"progress":"downloaded"},
        "outcome":{"at":-5,"target":65534,"result":"runs_another"},
        "label":{"name":"Küche","groups":[1,65535]}}"#;
    Record::from_json(Kind::Device, json).unwrap()
}

/// Records that a program of the first format wrote: the head; three devices, an addition and a team; a deletion.
const FIRST_FORMAT: &str = include_str!("journal_1.txt");

#[test]
fn a_journal_of_the_first_format_is_still_read() {
    let inner = MemoryStore::new();
    let lines = FIRST_FORMAT.lines().zip(0..);
    let rows =
        lines.map(|(line, number)| put(Key::Journal(number), Record::from_json(Kind::Journal, line).unwrap(), 1));
    commit(&inner, blind(rows.collect::<Vec<_>>())).unwrap();
    let store = Journaled::open(inner).unwrap();
    assert_eq!(row(&store, device_key(1)).map(|row| (row.record, row.stamp)), Some((device(7), Stamp(2))));
    assert_eq!(row(&store, device_key(3)).map(|row| (row.record, row.stamp)), Some((full_device(), Stamp(u64::MAX))));
    assert_eq!(row(&store, device_key(2)), None);
    assert_eq!(count(&store), Some(-5));
    assert!(matches!(row(&store, Key::Team(product())).unwrap().record, Record::Team(_)));
}

/// A device with all fields that the second format added.
fn fuller_device() -> Record {
    let json = r#"{"standing":"member","development":false,"forced":false,"failures":0,"lock":null,"sequence":3,
        "security_counter":0,"system":"v5.0-2022 dirty","added_at":1457438400000,
        "seen":{"at":1457438401000,"session":0,"version_since":1457438400500,"version":2,
            "image":"unknown","platform":"unknown","takes_updates":true,"online":false},
        "attempt":null,"outcome":{"at":1457438402000,"target":3,"result":"withdrawn"},"label":null,
        "trail":{"newest":{"session":7,"at":-9223372036854775808},
            "ended":{"session":18446744073709551615,"at":1457438402000}},
        "listed":"differs","relapses":3}"#;
    Record::from_json(Kind::Device, json).unwrap()
}

/// Records that a program of the second format wrote: the head; two devices.
const SECOND_FORMAT: &str = include_str!("journal_2.txt");

#[test]
fn a_journal_of_the_second_format_is_still_read() {
    let inner = MemoryStore::new();
    let lines = SECOND_FORMAT.lines().zip(0..);
    let rows =
        lines.map(|(line, number)| put(Key::Journal(number), Record::from_json(Kind::Journal, line).unwrap(), 1));
    commit(&inner, blind(rows.collect::<Vec<_>>())).unwrap();
    let store = Journaled::open(inner).unwrap();
    assert_eq!(row(&store, device_key(1)).map(|row| (row.record, row.stamp)), Some((fuller_device(), Stamp(1))));
    assert_eq!(row(&store, device_key(2)).map(|row| (row.record, row.stamp)), Some((full_device(), Stamp(2))));
}

/// A device with all fields of the third format, which added the revision of its chip.
fn fullest_device() -> Record {
    let Record::Device(mut device) = fuller_device() else { panic!("no device") };
    device.chip_revision = Some(301);
    Record::Device(device)
}

/// Records that a program of the third format wrote: the head; two devices.
const THIRD_FORMAT: &str = include_str!("journal_3.txt");

#[test]
fn a_journal_of_the_third_format_is_still_read() {
    let inner = MemoryStore::new();
    let lines = THIRD_FORMAT.lines().zip(0..);
    let rows =
        lines.map(|(line, number)| put(Key::Journal(number), Record::from_json(Kind::Journal, line).unwrap(), 1));
    commit(&inner, blind(rows.collect::<Vec<_>>())).unwrap();
    let store = Journaled::open(inner).unwrap();
    assert_eq!(row(&store, device_key(1)).map(|row| (row.record, row.stamp)), Some((fullest_device(), Stamp(1))));
    assert_eq!(row(&store, device_key(2)).map(|row| (row.record, row.stamp)), Some((fuller_device(), Stamp(2))));
}

#[test]
fn a_damaged_journal_is_refused_and_a_newer_one_too() {
    let open = |number: u64, change: &dyn Fn(Option<Record>) -> Option<Record>| -> Result<(), StoreError> {
        let store = Journaled::open(Arc::new(MemoryStore::new())).unwrap();
        (1..=3).for_each(|number| assert_eq!(commit(&store, numbered(number)).unwrap(), CommitOutcome::Applied));
        let record = row(store.inner(), Key::Journal(number)).map(|row| row.record);
        let write = match change(record) {
            Some(record) => put(Key::Journal(number), record, 1),
            None => Write::Delete { key: Key::Journal(number) },
        };
        commit(store.inner(), blind([write])).unwrap();
        Journaled::open(Arc::clone(store.inner())).map(drop)
    };
    let with = |change: fn(&mut Vec<u8>)| {
        move |record| {
            let Some(Record::Journal(bytes)) = record else { panic!("{record:?}") };
            let mut bytes = bytes.to_vec();
            change(&mut bytes);
            Some(Record::Journal(bytes.into()))
        }
    };
    for number in 0..4 {
        let damage: [&dyn Fn(Option<Record>) -> Option<Record>; 4] =
            [&with(|bytes| bytes[3] ^= 1), &with(|bytes| bytes.truncate(bytes.len() - 1)), &with(Vec::clear), &|_| {
                Some(Record::PRESENT)
            }];
        for (place, change) in damage.into_iter().enumerate() {
            let error = open(number, change).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
            assert!(error.to_string().ends_with("; restore the store from a backup"), "{place} of {number}: {error}");
        }
        let newer = with(|bytes| {
            bytes[0] = 4;
            let content = bytes.len() - 4;
            let sum = crc32fast::hash(&bytes[..content]).to_le_bytes();
            bytes[content..].copy_from_slice(&sum);
        });
        let error = open(number, &newer).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::NewerSchema, "{error}");
    }
    let missing = open(2, &|_| None).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "record 2 of the journal is damaged: it is missing, but later records exist; restore the store from a backup"
    );
    assert_eq!(open(9, &|_| None).map_err(|error: StoreError| Error::from(error).to_string()), Ok(()));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let mut framed = vec![1];
        framed.extend(&bytes);
        framed.extend(crc32fast::hash(&framed).to_le_bytes());
        drop(unpack(1, &Record::Journal(framed.into())));
        drop(unpack(1, &Record::Journal(bytes.into())));
    }

    /// Damage that the checksum does not show: a write with one changed byte is read as another write or rejected.
    #[test]
    fn no_byte_of_a_record_makes_reading_panic(place in proptest::prelude::any::<proptest::sample::Index>(), bit in 0..8_u8) {
        let Record::Journal(bytes) = pack(every_write().iter(), usize::MAX).unwrap().remove(0) else { panic!() };
        let mut bytes = bytes[..bytes.len() - 4].to_vec();
        let place = place.index(bytes.len() - 1) + 1;
        bytes[place] ^= 1 << bit;
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        drop(unpack(1, &Record::Journal(bytes.into())));
    }
}
