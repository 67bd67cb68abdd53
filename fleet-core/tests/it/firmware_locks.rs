//! The number of devices locked to a version has its own record (R-IMG-7): a lock writes little, concurrent locks and
//! deletions agree, and the counts of an earlier version are migrated.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use crate::common;

use common::{Interrupted, World, at, device, list, version};
use fleet_core::firmware::Upload;
use fleet_core::product::Gate;
use fleet_core::store::{Commit, CommitOutcome, Counted, Key, Kind, Range, Record, Row, Stamp, Write};
use fleet_core::{Actor, Flash, Fleet, MemoryStore, PolicyChange, Store, StoreError, invariants};
use std::sync::{Arc, Mutex};

/// A store that lists what is written to it: the kind of each record and the length of its JSON.
#[derive(Debug, Default)]
struct Listed {
    inner: Counted<MemoryStore>,
    puts: Mutex<Vec<(Kind, usize)>>,
}

impl Store for Listed {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let puts = batch.iter().flat_map(|commit| &commit.writes).filter_map(|write| match write {
            Write::Put { key, record, .. } => Some((key.kind(), record.to_json().unwrap().len())),
            _ => None,
        });
        self.puts.lock().unwrap().extend(puts);
        self.inner.commit(batch)
    }
}

/// A product with this many firmwares and ten devices.
fn world(store: Arc<dyn Store>, firmwares: u32) -> World {
    let world = World::new(store);
    let console = world.console(0);
    let policy = PolicyChange::new().opaque_images(true).gate(Gate::new(0));
    console.product(world.product).set_policy(&policy).unwrap();
    for number in 1..=firmwares {
        let (title, binary) = (format!("Version {number}"), format!("opaque firmware {number}"));
        console.product(world.product).upload(&Upload::new(version(number), &title), binary.as_bytes()).unwrap();
    }
    console.product(world.product).import(list(0..10).as_bytes()).unwrap();
    world
}

fn locked(world: &World, to: u32) -> u32 {
    let firmware = world.console(0).product(world.product).firmware().unwrap();
    firmware.iter().find(|one| one.version == version(to)).unwrap().locked_devices
}

fn is_whole(world: &World) {
    world.contents().check_counts(world.product);
    assert_eq!(invariants::check(&world.fleet, at(0)).unwrap(), []);
}

#[test]
fn a_lock_in_a_product_with_60_firmwares_writes_little_and_not_the_firmware() {
    let store = Arc::new(Listed::default());
    let world = world(Arc::clone(&store) as _, 60);
    let console = world.console(1);
    type Change<'c> = &'c dyn Fn() -> Result<(), fleet_core::Error>;
    let changes: [(&str, Change<'_>); 4] = [
        ("lock", &|| console.product(world.product).device(device(1)).lock(version(60), Flash::OnReset).map(drop)),
        ("another version", &|| {
            console.product(world.product).device(device(1)).lock(version(59), Flash::OnReset).map(drop)
        }),
        ("unlock", &|| console.product(world.product).device(device(1)).unlock()),
        ("removal of a locked device", &|| {
            console.product(world.product).device(device(2)).lock(version(1), Flash::OnReset)?;
            console.product(world.product).device(device(2)).remove()
        }),
    ];
    for (what, change) in changes {
        let before = store.inner.counts();
        store.puts.lock().unwrap().clear();
        change().unwrap();
        let (puts, counts) = (store.puts.lock().unwrap().clone(), store.inner.counts());
        assert!(puts.iter().any(|(kind, _)| *kind == Kind::FirmwareLocks), "{what}: {puts:?}");
        assert!(puts.iter().all(|(kind, _)| *kind != Kind::Firmware), "{what} writes the firmware: {puts:?}");
        let bytes: usize = puts.iter().map(|(_, bytes)| bytes).sum();
        assert!(bytes < 2_000, "{what} writes {bytes} bytes: {puts:?}");
        assert!(counts.reads - before.reads <= 16, "{what}: {} reads", counts.reads - before.reads);
    }
    is_whole(&world);
}

#[test]
fn a_concurrent_lock_and_upload_both_succeed() {
    let store = Interrupted::new(MemoryStore::new());
    let world = world(Arc::clone(&store) as _, 2);
    let other = Fleet::open(Arc::clone(&store) as Arc<dyn Store>);
    let (owner, product) = (world.owner, world.product);
    store.before_commits(move |number| {
        if number == 1 {
            let upload = Upload::new(version(3), "Version 3");
            other.console(owner, at(1)).product(product).upload(&upload, b"opaque firmware 3").unwrap();
        }
        Ok(())
    });
    world.console(1).product(product).device(device(1)).lock(version(2), Flash::OnReset).unwrap();
    store.before_commits(|_| Ok(()));
    assert_eq!((locked(&world, 2), locked(&world, 3)), (1, 0));
    is_whole(&world);
}

#[test]
fn a_lock_after_a_concurrent_deletion_finds_no_firmware() {
    let store = Interrupted::new(MemoryStore::new());
    let world = world(Arc::clone(&store) as _, 2);
    let other = Fleet::open(Arc::clone(&store) as Arc<dyn Store>);
    let (owner, product) = (world.owner, world.product);
    store.before_commits(move |number| {
        if number == 1 {
            other.console(owner, at(1)).product(product).delete_firmware(version(2)).unwrap();
        }
        Ok(())
    });
    let refused = world.console(1).product(product).device(device(1)).lock(version(2), Flash::OnReset).unwrap_err();
    assert_eq!(refused.code(), "not_found");
    is_whole(&world);
}

#[test]
fn a_deletion_after_a_concurrent_lock_is_refused() {
    // The first lock of a product creates the record, and the second changes it.
    for locked_before in [0, 1] {
        let store = Interrupted::new(MemoryStore::new());
        let world = world(Arc::clone(&store) as _, 2);
        let (owner, product) = (world.owner, world.product);
        for number in 0..locked_before {
            world.console(1).product(product).device(device(number)).lock(version(1), Flash::OnReset).unwrap();
        }
        let other = Fleet::open(Arc::clone(&store) as Arc<dyn Store>);
        store.before_commits(move |number| {
            if number == 1 {
                other
                    .console(owner, at(1))
                    .product(product)
                    .device(device(5))
                    .lock(version(2), Flash::OnReset)
                    .unwrap();
            }
            Ok(())
        });
        let refused = world.console(1).product(product).delete_firmware(version(2)).unwrap_err();
        assert_eq!(refused.code(), "firmware_in_use", "{locked_before} devices were locked");
        store.before_commits(|_| Ok(()));
        assert_eq!(locked(&world, 2), 1);
        is_whole(&world);
    }
}

#[test]
fn of_concurrent_locks_and_deletions_of_a_version_one_side_wins() {
    let world = world(Arc::new(MemoryStore::new()), 40);
    let (product, world_) = (world.product, &world);
    for number in 1..=40 {
        let (locks, deletion) = std::thread::scope(|scope| {
            let lock = |device_: u32| {
                scope.spawn(move || {
                    world_
                        .console(1)
                        .product(product)
                        .device(device(device_))
                        .lock(version(number), Flash::OnReset)
                        .map(drop)
                        .is_ok()
                })
            };
            let locks = [0, 1, 2].map(lock);
            let deletion =
                scope.spawn(move || world_.console(1).product(product).delete_firmware(version(number)).is_ok());
            (locks.map(|lock| lock.join().unwrap()), deletion.join().unwrap())
        });
        let locked = locks.iter().filter(|is_locked| **is_locked).count();
        assert!(if deletion { locked == 0 } else { locked == 3 }, "version {number}: {locks:?}, {deletion}");
    }
    is_whole(&world);
}

/// Stores the counts where an earlier version stored them: in the firmware index.
fn as_an_earlier_version_kept_it(world: &World) {
    let keys = [Key::Firmware(world.product), Key::FirmwareLocks(world.product)];
    let rows = world.fleet.store().get(&keys).unwrap();
    let Some(Record::FirmwareLocks(locks)) = rows[1].as_ref().map(|row| row.record.clone()) else { panic!() };
    let index = rows[0].as_ref().unwrap().record.to_json().unwrap();
    let mut index: serde_json::Value = serde_json::from_str(&index).unwrap();
    for firmware in index["firmware"].as_array_mut().unwrap() {
        let number = u32::try_from(firmware["version"].as_u64().unwrap()).unwrap();
        firmware["locked_devices"] = locks.devices(version(number)).into();
    }
    let record = Record::from_json(Kind::Firmware, &index.to_string()).unwrap();
    let [key, gone] = keys;
    let writes = vec![Write::Put { key, record, stamp: Stamp(7) }, Write::Delete { key: gone }];
    assert_eq!(world.fleet.store().commit(&[Commit { checks: Vec::new(), writes }]).unwrap(), [CommitOutcome::Applied]);
}

#[test]
fn counts_of_an_earlier_version_are_valid_and_migrated_by_the_next_lock() {
    let world = world(Arc::new(MemoryStore::new()), 3);
    let (console, product) = (world.fleet.console(Actor::Operator, at(1)), world.product);
    for (number, to) in [(0, 1), (1, 1), (2, 2)] {
        console.product(product).device(device(number)).lock(version(to), Flash::OnReset).unwrap();
    }
    as_an_earlier_version_kept_it(&world);
    let counts = || [1, 2, 3].map(|to| locked(&world, to));
    assert_eq!(counts(), [2, 1, 0]);
    assert_eq!(invariants::check(&world.fleet, at(1)).unwrap(), []);
    assert_eq!(console.product(product).delete_firmware(version(2)).unwrap_err().code(), "firmware_in_use");
    assert_eq!(console.product(product).edit_firmware(version(1), "One", "").unwrap().locked_devices, 2);

    console.product(product).device(device(3)).lock(version(3), Flash::OnReset).unwrap();
    assert_eq!(counts(), [2, 1, 1]);
    is_whole(&world);
    as_an_earlier_version_kept_it(&world);
    console.product(product).device(device(2)).unlock().unwrap();
    assert_eq!(counts(), [2, 0, 1]);
    is_whole(&world);
    as_an_earlier_version_kept_it(&world);
    console.product(product).device(device(0)).remove().unwrap();
    assert_eq!(counts(), [1, 0, 1]);
    is_whole(&world);
    console.product(product).delete_firmware(version(2)).unwrap();
    is_whole(&world);

    as_an_earlier_version_kept_it(&world);
    console.product(product).remove().unwrap();
    assert_eq!(invariants::check(&world.fleet, at(1)).unwrap(), []);
}
