//! Thirty-two threads contend for one record: each succeeds, nothing is lost, and the number of retries is counted.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::customer::Identity;
use fleet_core::store::{Counted, Counts, Fault, Faulty, GroupCommit, Store};
use fleet_core::{Actor, Fleet, MemoryStore, Timestamp, invariants};
use fleet_store_journaled::Journaled;
use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::time::Duration;

const THREADS: u64 = 32;
const EACH: u64 = 4;

/// Each thread creates customers of one product; their numbers come from one record. A door retries 64 times by itself;
/// its caller continues as long as the error says that a retry helps.
fn storm(store: impl Store + 'static) -> Counts {
    // On a fast machine threads hardly overlap unless some calls are slow.
    let slow = Faulty::new(store, 1).with(Fault::Slow(Duration::from_micros(100)), 0.3);
    let store = Arc::new(Counted::new(slow));
    let fleet = Fleet::open(Arc::clone(&store));
    let now = Timestamp::from_millis(0);
    let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com").unwrap().id;
    let product = fleet.console(alice, now).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
    let start = Barrier::new(THREADS as usize);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (fleet, start) = (&fleet, &start);
            scope.spawn(move || {
                start.wait();
                for number in 0..EACH {
                    let name = format!("customer {number} of {thread}");
                    let make = || fleet.console(alice, now).product(product).create_customer(&name, &Identity::Simple);
                    while let Err(error) = make() {
                        assert!(error.is_transient(), "{error}");
                    }
                }
            });
        }
    });
    let customers =
        fleet.console(alice, now).product(product).customers(&Default::default(), None, 1000).unwrap().items;
    let numbers: Vec<u64> = customers.iter().map(|customer| customer.id.get()).collect();
    assert!(numbers.iter().copied().eq(1..=THREADS * EACH), "{numbers:?}");
    assert_eq!(invariants::check(&fleet, now).unwrap(), []);
    let counts = store.counts();
    // Callers of one process take turns once they have conflicted.
    assert!(counts.conflicts > 0, "there were no conflicts: {counts:?}");
    assert_eq!(counts.failures, 0, "{counts:?}");
    counts
}

fn file(folder: &Path) -> SqliteStore {
    SqliteStore::open_with(folder.join("fleet.db"), Options::new().synchronous(Synchronous::Normal)).unwrap()
}

#[test]
fn a_storm_in_memory_ends() {
    println!("{:?}", storm(MemoryStore::new()));
}

#[test]
fn a_storm_on_a_file_ends() {
    let folder = tempfile::tempdir().unwrap();
    println!("{:?}", storm(file(folder.path())));
}

#[test]
fn a_storm_on_a_journal_with_merged_commits_ends() {
    for merged in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let store = Journaled::open(file(folder.path())).unwrap();
        println!("{:?}", if merged { storm(GroupCommit::new(store)) } else { storm(store) });
    }
}
