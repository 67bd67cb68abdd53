//! The guarantees of a store, one for each test.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::common;

use common::*;
use fleet_core::customer::CustomerId;
use fleet_core::device::{
    Device, DeviceId, ImageSeen, Label, Mark, PlatformSeen, Progress, Registration, Seen, Standing, Trail,
    UpdateAttempt, UpdateOutcome, UpdateResult,
};
use fleet_core::product::GroupId;
use fleet_core::store::{CommitOutcome, Key, Kind, Range, Record, Row, Stamp, Store, Write};
use fleet_core::team::{AccountId, Claimant};
use fleet_core::{FirmwareVersion, Platform, ProductId, Timestamp};
use fleet_store_sqlite::SqliteStore;
use proptest::option::of;
use proptest::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const APPLIED: CommitOutcome = CommitOutcome::Applied;
const CONFLICT: CommitOutcome = CommitOutcome::Conflict;

fn store() -> SqliteStore {
    SqliteStore::in_memory().unwrap()
}

#[test]
fn rows_are_returned_in_the_order_of_the_keys_and_twice_if_asked_twice() {
    let store = store();
    store.commit(&[commit([], [put(device_key(1), device(1), 11), put(device_key(2), device(2), 12)])]).unwrap();
    let rows = store.get(&[device_key(2), device_key(3), device_key(1), device_key(2)]).unwrap();
    let stamps: Vec<_> = rows.iter().map(|row| row.as_ref().map(|row| row.stamp.0)).collect();
    assert_eq!(stamps, [Some(12), None, Some(11), Some(12)]);
}

#[test]
fn a_commit_that_conflicts_is_not_applied_and_does_not_stop_the_next() {
    let store = store();
    let outcomes = store
        .commit(&[
            commit([check(device_key(1), None)], [put(device_key(1), device(1), 1)]),
            commit([check(device_key(1), None)], [put(device_key(1), device(2), 2), put(device_key(9), device(2), 3)]),
            commit([check(device_key(2), None)], [put(device_key(2), device(3), 4)]),
        ])
        .unwrap();
    assert_eq!(outcomes, [APPLIED, CONFLICT, APPLIED]);
    assert_eq!([1, 2, 9].map(|number| sequence(&store, number)), [Some(1), Some(3), None]);
}

#[test]
fn a_check_sees_what_an_earlier_commit_of_the_batch_wrote() {
    let store = store();
    let team = |members: &str| Record::from_json(Kind::Team, &format!(r#"{{"members":[{members}]}}"#)).unwrap();
    let key = Key::Team(product());
    let outcomes = store
        .commit(&[
            commit([check(device_key(1), None)], [put(device_key(1), device(1), 1)]),
            commit([check(device_key(1), Some(1))], [put(device_key(1), device(2), 2)]),
            commit([check(device_key(1), Some(1))], [put(device_key(1), device(3), 3)]),
            commit([check(key.clone(), None)], [put(key.clone(), team("1"), 4)]),
            commit([check(key.clone(), Some(4))], [put(device_key(5), device(5), 5)]),
            commit([check(key.clone(), Some(4))], [Write::Delete { key: key.clone() }]),
            commit([check(key.clone(), Some(4))], [put(device_key(6), device(6), 6)]),
            commit([check(key.clone(), None)], [put(device_key(7), device(7), 7)]),
        ])
        .unwrap();
    assert_eq!(outcomes, [APPLIED, APPLIED, CONFLICT, APPLIED, APPLIED, APPLIED, CONFLICT, APPLIED]);
    assert_eq!(sequence(&store, 1), Some(2));
}

#[test]
fn a_check_of_a_row_that_the_commit_does_not_write_counts() {
    let store = store();
    store
        .commit(&[commit([], [put(device_key(1), device(1), 1), put(registration_key(1), registration(), 2)])])
        .unwrap();
    let depends = |stamp| {
        commit([check(registration_key(1), stamp), check(device_key(1), Some(1))], [put(device_key(1), device(9), 1)])
    };
    assert_eq!(store.commit(&[depends(None), depends(Some(3))]).unwrap(), [CONFLICT, CONFLICT]);
    assert_eq!(sequence(&store, 1), Some(1));
    assert_eq!(store.commit(&[depends(Some(2))]).unwrap(), [APPLIED]);
    assert_eq!(sequence(&store, 1), Some(9));
}

#[test]
fn one_existing_row_of_many_that_must_be_absent_refuses_the_commit() {
    let store = store();
    store.commit(&[commit([], [put(device_key(50), device(1), 1)])]).unwrap();
    let import = commit(
        (1..=99).flat_map(|n| [check(registration_key(n), None), check(device_key(n), None)]).collect::<Vec<_>>(),
        (1..=99)
            .flat_map(|n| {
                let stamp = u64::from(n);
                [
                    put(registration_key(n), registration(), stamp),
                    put(device_key(n), device(2), 1000 + stamp),
                    Write::Add { key: tally_key(0), delta: 1 },
                ]
            })
            .collect::<Vec<_>>(),
    );
    let before = Write::Add { key: tally_key(0), delta: 7 };
    assert_eq!(store.commit(&[commit([], [before]), import]).unwrap(), [APPLIED, CONFLICT]);
    let there: Vec<_> = (1..=99).filter(|n| sequence(&store, *n).is_some()).collect();
    assert_eq!(there, [50]);
    assert_eq!(store.scan(&Range::new(registration_key(0), registration_key(255))).unwrap(), []);
    assert_eq!(counter(&store, 0), Some(7), "the earlier addition stays, that of the conflicting commit does not");
}

#[test]
fn a_counter_that_was_never_added_to_is_absent_and_one_that_returned_to_0_is_not() {
    let store = store();
    assert_eq!(counter(&store, 0), None);
    let add = |slot, delta| Write::Add { key: tally_key(slot), delta };
    store.commit(&[commit([], [add(0, 5), add(1, 2)]), commit([], [add(0, -5), add(1, i64::MAX)])]).unwrap();
    assert_eq!(
        store.get(&[tally_key(0)]).unwrap(),
        [Some(Row { key: tally_key(0), record: Record::Counter(0), stamp: Stamp(0) })]
    );
    assert_eq!(counter(&store, 1), Some(i64::MAX));
    store.commit(&[commit([], [add(1, 1)])]).unwrap();
    assert_eq!(counter(&store, 1), Some(i64::MAX), "a counter stops at the end of its range");
    store.commit(&[commit([], [add(1, 1)]), commit([], [Write::Delete { key: tally_key(1) }])]).unwrap();
    assert_eq!(counter(&store, 1), None);
}

#[test]
fn a_record_under_a_key_of_another_form_is_refused_and_nothing_of_the_batch_is_applied() {
    let store = store();
    let error = store
        .commit(&[commit([], [put(device_key(1), device(1), 1)]), commit([], [put(device_key(2), registration(), 2)])])
        .unwrap_err();
    assert_eq!(error.code(), "store_failed");
    assert_eq!(sequence(&store, 1), None);
}

#[test]
fn a_reopened_file_has_every_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    SqliteStore::open(&path).unwrap().commit(&[commit([], [put(device_key(1), device(4), u64::MAX)])]).unwrap();
    let row = SqliteStore::open(&path).unwrap().get(&[device_key(1)]).unwrap().remove(0).unwrap();
    assert_eq!(row, Row { key: device_key(1), record: device(4), stamp: Stamp(u64::MAX) });
}

#[test]
fn two_stores_on_one_file_see_each_others_commits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let (one, other) = (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
    let key = Key::Team(product());
    let team = |members: &str| Record::from_json(Kind::Team, &format!(r#"{{"members":[{members}]}}"#)).unwrap();
    for (stamp, members) in [(1, "1"), (2, "1,2"), (3, "2")] {
        one.commit(&[commit([], [put(key.clone(), team(members), stamp)])]).unwrap();
        let row = other.get(std::slice::from_ref(&key)).unwrap().remove(0).unwrap();
        assert_eq!((row.stamp, row.record), (Stamp(stamp), team(members)));
    }
    assert_eq!(other.commit(&[commit([check(key.clone(), Some(2))], [])]).unwrap(), [CONFLICT]);
    assert_eq!(other.commit(&[commit([check(key, Some(3))], [])]).unwrap(), [APPLIED]);
}

#[test]
fn a_visitor_of_rows_may_read_and_commit() {
    let folder = tempfile::tempdir().unwrap();
    for store in [store(), SqliteStore::open(folder.path().join("fleet.db")).unwrap()] {
        let writes: Vec<_> = (1..=9).map(|n| put(device_key(n), device(0), u64::from(n))).collect();
        store.commit(&[commit([], writes)]).unwrap();
        let mut visited = 0;
        store
            .for_each(&Range::new(device_key(0), device_key(255)), &mut |key, record| {
                assert_eq!(record, &device(0), "all rows are from the moment of the first");
                assert!(store.get(std::slice::from_ref(key)).unwrap()[0].is_some());
                let changed = (1..=9).map(|n| put(device_key(n), device(1), u64::from(n))).collect::<Vec<_>>();
                assert_eq!(store.commit(&[commit([], changed)]).unwrap(), [APPLIED]);
                visited += 1;
            })
            .unwrap();
        assert_eq!(visited, 9);
        assert_eq!(sequence(&store, 9), Some(1));
    }
}

#[test]
fn a_range_without_an_end_is_refused() {
    let open = Range { last: std::ops::Bound::Unbounded, ..Range::new(device_key(1), device_key(2)) };
    assert_eq!(store().scan(&open).unwrap_err().code(), "store_failed");
    let mixed = Range::new(registration_key(1), device_key(2));
    assert_eq!(store().scan(&mixed).unwrap_err().code(), "store_failed");
}

#[test]
fn no_update_is_lost_and_no_torn_pair_is_seen_among_threads() {
    const TIMES: u32 = 60;
    let folder = tempfile::tempdir().unwrap();
    let options = fleet_store_sqlite::Options::new().synchronous(fleet_store_sqlite::Synchronous::Normal);
    let store = SqliteStore::open_with(folder.path().join("fleet.db"), options).unwrap();
    let both = [device_key(1), device_key(2)];
    store.commit(&[commit([], [put(device_key(1), device(0), 1), put(device_key(2), device(0), 2)])]).unwrap();
    let done = AtomicBool::new(false);
    let pair = || {
        let rows: Vec<_> = store.get(&both).unwrap().into_iter().flatten().collect();
        match [&rows[0].record, &rows[1].record] {
            [Record::Device(one), Record::Device(other)] => {
                assert_eq!(one.sequence, other.sequence, "a pair that is always written together");
                (one.sequence, rows[0].stamp.0, rows[1].stamp.0)
            }
            other => panic!("{other:?}"),
        }
    };
    let increment = |thread: u64| {
        let mut stamp = thread << 32;
        let mut left = TIMES;
        while left > 0 {
            let (number, one, other) = pair();
            stamp += 2;
            let after = device(number + 1);
            let commit = commit(
                [check(device_key(1), Some(one)), check(device_key(2), Some(other))],
                [
                    put(device_key(1), after.clone(), stamp),
                    put(device_key(2), after, stamp + 1),
                    Write::Add { key: tally_key(0), delta: 1 },
                ],
            );
            left -= u32::from(store.commit(&[commit]).unwrap() == [APPLIED]);
        }
    };
    let watch = || {
        while !done.load(Ordering::Relaxed) {
            pair();
            let mut seen = Vec::new();
            let all = Range::new(device_key(0), device_key(255));
            store.for_each(&all, &mut |_, record| seen.push(record.clone())).unwrap();
            assert_eq!(seen[0], seen[1]);
        }
    };
    thread::scope(|scope| {
        let increment = &increment;
        let writers: Vec<_> = (1..=4).map(|thread| scope.spawn(move || increment(thread))).collect();
        scope.spawn(watch);
        let results: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        results.into_iter().for_each(|result| result.unwrap());
    });
    assert_eq!(pair().0, 4 * TIMES);
    assert_eq!(counter(&store, 0), Some(i64::from(4 * TIMES)));
}

fn trail() -> impl Strategy<Value = Trail> {
    let mark = || {
        let at = proptest::option::of(any::<i64>().prop_map(Timestamp::from_millis));
        (any::<u64>(), at).prop_map(|(session, at)| Mark::new(session, at))
    };
    (mark(), mark()).prop_map(|(newest, ended)| Trail { newest, ended })
}

fn devices() -> impl Strategy<Value = Device> {
    let time = || any::<i64>().prop_map(Timestamp::from_millis);
    let version = || (1..65_535u32).prop_map(|number| FirmwareVersion::new(number).unwrap());
    let standing = prop_oneof![Just(Standing::Member), Just(Standing::Quarantined), Just(Standing::Denied)];
    let image = prop_oneof![Just(ImageSeen::Unknown), Just(ImageSeen::Matches), Just(ImageSeen::Differs)];
    let platforms =
        || prop_oneof![Just(PlatformSeen::Unknown), Just(PlatformSeen::Matches), Just(PlatformSeen::Differs)];
    let platform = platforms();
    let progress = prop_oneof![Just(Progress::Offered), Just(Progress::Downloading), Just(Progress::Downloaded)];
    let result =
        prop_oneof![Just(UpdateResult::Succeeded), Just(UpdateResult::RunsAnother), Just(UpdateResult::Withdrawn)];
    let system =
        prop_oneof![Just("1.5.2"), Just("65535.0.1-rc.1"), Just("v5.0 dirty")].prop_map(|text| text.parse().unwrap());
    let seen = (time(), any::<u64>(), time(), any::<Option<u16>>(), image, platform, any::<[bool; 2]>()).prop_map(
        |(at, session, version_since, version, image, platform, [takes_updates, online])| Seen {
            at,
            session,
            version_since,
            version,
            image,
            platform,
            takes_updates,
            online,
        },
    );
    let attempt = (time(), version(), any::<Option<u16>>(), progress)
        .prop_map(|(at, target, from, progress)| UpdateAttempt { at, target, from, progress });
    let outcome = (time(), version(), result).prop_map(|(at, target, result)| UpdateOutcome { at, target, result });
    let label = (".{0,9}", proptest::collection::btree_set(any::<u16>().prop_map(GroupId::new), 0..4))
        .prop_map(|(name, groups)| Box::new(Label { name: name.into(), groups }));
    (
        (standing, any::<[bool; 2]>(), any::<u8>(), of(version()), any::<[u32; 2]>(), of(system), time()),
        (of(seen), of(attempt), of(outcome), of(label)),
        (trail(), platforms(), any::<u8>(), any::<Option<u16>>()),
    )
        .prop_map(|(always, (seen, attempt, outcome, label), (trail, listed, relapses, chip_revision))| {
            let (standing, [development, forced], failures, lock, [sequence, security_counter], system, added_at) =
                always;
            Device {
                standing,
                development,
                forced,
                failures,
                lock,
                sequence,
                security_counter,
                system,
                added_at,
                seen,
                attempt,
                outcome,
                label,
                trail: trail.into(),
                listed,
                relapses,
                chip_revision,
            }
        })
}

fn registrations() -> impl Strategy<Value = Registration> {
    let product = (1..65_535u32).prop_map(|id| ProductId::new(id).unwrap());
    let account = (1..=u64::MAX).prop_map(|id| Claimant::Account(AccountId::new(id).unwrap()));
    let customer =
        (product.clone(), 1..=u64::MAX).prop_map(|(of, id)| Claimant::Customer(of, CustomerId::new(id).unwrap()));
    let account = prop_oneof![account, customer];
    let platform = prop_oneof![
        any::<u16>().prop_map(Platform::Particle),
        any::<u16>().prop_map(Platform::EspIdf),
        "[a-z0-9._/-]{1,32}".prop_map(|board| Platform::Mcuboot(board.into())),
    ];
    (of(product), of(account), of(platform), any::<bool>(), any::<[u32; 2]>(), trail()).prop_map(
        |(product, claimed_by, platform, registered, [security_counter, sequence], trail)| Registration {
            product,
            claimed_by,
            platform,
            registered,
            security_counter,
            sequence,
            trail: Some(trail).filter(|trail| !trail.is_empty()).map(Box::new),
        },
    )
}

proptest! {
    #[test]
    fn every_device_and_every_registry_entry_reads_back_as_it_was_put(
        device in devices(), entry in registrations(), id in any::<[u8; 12]>(), stamp in any::<u64>(),
    ) {
        let rows = [
            (Key::Registration(DeviceId::new(id)), Record::Registration(entry)),
            (Key::Device(product(), DeviceId::new(id)), Record::Device(device)),
        ];
        thread_local!(static STORE: SqliteStore = store());
        STORE.with(|store| {
            for (key, record) in rows {
                store.commit(&[commit([], [put(key.clone(), record.clone(), stamp)])]).unwrap();
                let found = store.get(std::slice::from_ref(&key)).unwrap().remove(0).unwrap();
                prop_assert_eq!(found, Row { key, record, stamp: Stamp(stamp) });
            }
            Ok(())
        })?;
    }
}
