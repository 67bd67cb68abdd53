//! A fleet works on a store with small transactions.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::store::{Commit, CommitOutcome, Key, Range, Row, Store, StoreError, StoreErrorKind};
use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const NOW: Timestamp = Timestamp::from_millis(1_457_438_400_000);
const LARGEST: usize = 100;

/// A store that refuses commits with too many rows.
#[derive(Debug, Default)]
struct Small {
    inner: MemoryStore,
    largest: AtomicUsize,
}

impl Store for Small {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let largest = batch.iter().map(|commit| commit.writes.len()).max().unwrap_or(0);
        self.largest.fetch_max(largest, Ordering::Relaxed);
        if largest > LARGEST {
            return Err(StoreError::new(StoreErrorKind::Other, format!("{largest} rows are too many for one commit")));
        }
        self.inner.commit(batch)
    }
}

fn list(devices: u32) -> String {
    (0..devices).map(|number| format!("aa{number:022x}\n")).collect()
}

#[test]
fn an_import_and_the_removal_of_its_product_use_small_commits() {
    let store = Arc::new(Small::default());
    let fleet = Fleet::builder(Arc::clone(&store)).largest_commit(LARGEST).open();
    let operator = fleet.console(Actor::Operator, NOW);
    let alice = operator.create_account("alice@example.com").unwrap().id;
    let product = fleet.console(alice, NOW).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
    operator.product(product).set_tier("Medium").unwrap();
    assert_eq!(operator.product(product).import(list(500).as_bytes()).unwrap().counts().imported, 500);
    assert_eq!(operator.product(product).summary().unwrap().devices, 500);
    operator.product(product).remove().unwrap();
    let largest = store.largest.load(Ordering::Relaxed);
    assert!((LARGEST / 2..=LARGEST).contains(&largest), "{largest} rows in a commit");

    // Without the bound, the same store refuses the commit.
    let fleet = Fleet::open(Arc::new(Small::default()));
    let operator = fleet.console(Actor::Operator, NOW);
    let alice = operator.create_account("alice@example.com").unwrap().id;
    let product = fleet.console(alice, NOW).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
    operator.product(product).set_tier("Medium").unwrap();
    assert_eq!(operator.product(product).import(list(500).as_bytes()).unwrap_err().code(), "store_failed");
}
