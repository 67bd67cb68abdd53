//! What happens to a fleet in a forked process.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "common/forked.rs"]
mod forked;

use fleet_core::device::Report;
use fleet_core::event::{Event, EventStream};
use fleet_core::store::{GroupCommit, Journaled, Key, Store};
use fleet_core::{Actor, Fleet, ProductId, Timestamp};
use fleet_store_sqlite::SqliteStore;
use forked::in_child;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_millis(1_457_438_400_000);
const DEVICES: u32 = 50;

fn list(first: u32) -> String {
    (first..first + DEVICES).map(|number| format!("aa{number:022x}\n")).collect()
}

fn with_product(fleet: &Fleet) -> ProductId {
    let operator = fleet.console(Actor::Operator, NOW);
    let alice = operator.create_account("alice@example.com").unwrap();
    let product = operator
        .create_product_with_id(ProductId::new(94).unwrap(), alice.id, "Thermostat", "photon".parse().unwrap())
        .unwrap();
    operator.product(product.id).set_tier("Medium").unwrap();
    product.id
}

fn open(path: &Path) -> Fleet {
    Fleet::open(GroupCommit::new(SqliteStore::open(path).unwrap()))
}

/// A process with several threads must not fork while another thread is inside SQLite, which has mutexes of its own.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Number of devices of the fleet in a file, counted by a process that is not a fork.
fn devices(path: &Path) -> i64 {
    let file = rusqlite::Connection::open(path).unwrap();
    file.query_row("SELECT count(*) FROM device", [], |row| row.get(0)).unwrap()
}

#[test]
fn two_forked_processes_never_draw_the_same_number() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    // Like `import fleet_core` in the parent: any random state that a library keeps in a process exists before the
    // fork.
    let before = Fleet::open(fleet_core::MemoryStore::new());
    with_product(&before);
    let stamps = |name: &str| {
        let path = folder.path().join(name);
        let child = in_child(|| {
            let fleet = open(&path);
            let product = with_product(&fleet);
            fleet.console(Actor::Operator, NOW).product(product).import(list(1).as_bytes()).unwrap();
            let keys: Vec<Key> =
                (1..=DEVICES).map(|n| format!("aa{n:022x}").parse().unwrap()).map(Key::Registration).collect();
            let rows = fleet.store().get(&keys).unwrap();
            rows.into_iter().map(|row| format!("{:?}\n", row.unwrap().stamp)).collect()
        });
        child.join()
    };
    let drawn = [stamps("a.db"), stamps("b.db"), stamps("c.db")].concat();
    let distinct: HashSet<&str> = drawn.lines().collect();
    assert_eq!((drawn.lines().count(), distinct.len()), (150, 150));
}

#[test]
fn a_fleet_opened_before_the_fork_fails_with_the_advice_to_open_it_after_the_fork() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    type Opened = fn(&Path) -> Fleet;
    let kinds: [(&str, Opened); 3] = [
        ("grouped.db", open),
        ("plain.db", |path| Fleet::open(SqliteStore::open(path).unwrap())),
        ("journaled.db", |path| {
            Fleet::open(GroupCommit::new(Journaled::open(SqliteStore::open(path).unwrap()).unwrap()))
        }),
    ];
    for (name, opened) in kinds {
        let path = folder.path().join(name);
        let fleet = opened(&path);
        let product = with_product(&fleet);
        let operator = fleet.console(Actor::Operator, NOW);
        operator.product(product).import(list(1).as_bytes()).unwrap();
        let meter = fleet.meter(product).unwrap();
        assert!(meter.admit(NOW).unwrap());
        let stream = operator.product(product).event_stream().unwrap();

        let output = in_child(|| {
            let said = every_call(&fleet, product, &stream, &meter);
            assert!(stream.wait(Duration::from_secs(60)), "it must not wait for an event that never comes");
            forked::drop_copy(&stream);
            forked::drop_copy(&fleet);
            said
        });
        // What the parent does meanwhile is kept.
        operator.product(product).import(list(1000).as_bytes()).unwrap();
        let output = output.join();
        assert_eq!(output.lines().count(), 12, "{name}: {output}");
        for line in output.lines() {
            assert!(
                line.starts_with("store_forked") && line.contains("open the fleet after the fork"),
                "{name}: {line}"
            );
        }
        operator.product(product).import(list(2000).as_bytes()).unwrap();
        assert_eq!(operator.product(product).summary().unwrap().devices, 3 * u64::from(DEVICES), "{name}");
        assert!(meter.admit(NOW).unwrap());
    }
}

/// The results of calls to each door, one on each line.
fn every_call(fleet: &Fleet, product: ProductId, stream: &EventStream, meter: &fleet_core::event::Meter<'_>) -> String {
    let operator = fleet.console(Actor::Operator, NOW);
    let gateway = fleet.gateway(NOW);
    let device = "aa0000000000000000000001".parse().unwrap();
    let report = Report::new(device).product(product.get()).at(NOW);
    let event = Event::new(device, "door", "open", NOW).unwrap();
    [
        gateway.connect(&report).err(),
        gateway.connect_many(std::slice::from_ref(&report)).err(),
        gateway.publish(&event).err(),
        operator.product(product).summary().err(),
        operator.create_account("bob@example.com").err(),
        operator.product(product).import(list(5000).as_bytes()).err(),
        operator.product(product).event_stream().err(),
        operator.read_event_stream(stream, 10).err(),
        meter.admit(NOW).err(),
        fleet.report_usage(NOW).err(),
        fleet.settle_usage(NOW).err(),
        fleet.store().get(&[Key::Directory()]).err().map(Into::into),
    ]
    .map(|error| error.map_or("it worked\n".to_owned(), |error| format!("{} {error}\n", error.code())))
    .concat()
}

#[test]
fn a_child_opens_the_file_of_its_parent_again_and_loses_nothing() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let parent = open(&path);
    let product = with_product(&parent);
    let operator = parent.console(Actor::Operator, NOW);
    operator.product(product).import(list(1).as_bytes()).unwrap();

    let (go, gone) = (folder.path().join("go"), folder.path().join("gone"));
    let child = in_child(|| {
        let fleet = open(&path);
        let operator = fleet.console(Actor::Operator, NOW);
        operator.product(product).import(list(1000).as_bytes()).unwrap();
        std::fs::write(&go, "").unwrap();
        // The parent closes here. It must detect that the child still has the file open.
        forked::wait_for(&gone);
        operator.product(product).import(list(2000).as_bytes()).unwrap();
        fleet.console(Actor::Operator, NOW).product(product).summary().unwrap().devices.to_string()
    });
    forked::wait_for(&go);
    operator.product(product).import(list(3000).as_bytes()).unwrap();
    drop(parent);
    std::fs::write(&gone, "").unwrap();
    assert_eq!(child.join(), "200");
    assert_eq!(devices(&path), 200);
}

#[test]
fn a_store_without_a_fleet_does_not_cross_a_fork_either() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let sqlite = SqliteStore::open(folder.path().join("fleet.db")).unwrap();
    let journaled = Arc::new(Journaled::open(SqliteStore::open(folder.path().join("journaled.db")).unwrap()).unwrap());
    let child = in_child(|| {
        let mut said = String::new();
        for store in [&sqlite as &dyn Store, &journaled] {
            for failed in [
                store.get(&[Key::Directory()]).map(drop),
                store.commit(&[fleet_core::store::Commit::default()]).map(drop),
            ] {
                said += failed.unwrap_err().code();
            }
        }
        said + journaled.fold(10).unwrap_err().code()
    });
    assert_eq!(child.join(), "store_forked".repeat(5));
}
