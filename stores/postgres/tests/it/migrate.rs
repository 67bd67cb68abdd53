//! Copies a whole fleet from each kind of store to each other kind, and compares every row.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use crate::common;

use common::load::{NOW, product};
use common::schema;
use fleet_core::device::Report;
use fleet_core::store::{Row, Store, copy};
use fleet_core::{Actor, Fleet, MemoryStore};
use fleet_store_sqlite::SqliteStore;
use std::sync::Arc;

/// Fills a store with records of most kinds, with text that PostgreSQL cannot store unencoded.
fn fill(store: Arc<dyn Store>) {
    let fleet = Fleet::open(store);
    let product = product(&fleet);
    let operator = fleet.console(Actor::Operator, NOW);
    let id = "02000000010000000000000001".get(..24).unwrap().parse().unwrap();
    let report = Report::new(id).product(product.get()).version(3).session(u64::MAX).at(NOW);
    fleet.gateway(NOW).connect(&report).unwrap();
    operator.product(product).invite("bob@example.com").unwrap_err();
    operator.create_account("bob@example.com").unwrap();
    operator.product(product).invite("bob@example.com").unwrap();
}

fn rows(store: &dyn Store) -> Vec<Row> {
    let mut rows = Vec::new();
    store
        .for_each_row(&mut |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows
}

#[test]
fn a_fleet_moves_from_any_store_to_any_other_to_the_last_row() {
    let folder = tempfile::tempdir().unwrap();
    let schemas: Vec<_> = (0..5).map(|_| schema()).collect();
    let sqlite = |name: &str| -> Arc<dyn Store> { Arc::new(SqliteStore::open(folder.path().join(name)).unwrap()) };
    let postgres = |number: usize| -> Arc<dyn Store> { Arc::new(schemas[number].open()) };
    let memory = || -> Arc<dyn Store> { Arc::new(MemoryStore::new()) };
    let pairs = [
        (memory(), postgres(0)),
        (postgres(1), memory()),
        (sqlite("a"), postgres(2)),
        (postgres(3), sqlite("b")),
        (memory(), sqlite("c")),
        (sqlite("d"), memory()),
    ];
    for (from, to) in pairs {
        fill(Arc::clone(&from));
        let copied: u64 = copy(&*from, &*to).unwrap().values().sum();
        assert_eq!(copied, rows(&*from).len() as u64, "{from:?} to {to:?}");
        assert!(copied > 100, "{copied} rows of {from:?}");
        assert_eq!(rows(&*from), rows(&*to), "{from:?} to {to:?}");
        // The copy is the same fleet.
        let fleet = Fleet::open(to);
        assert!(fleet.console(Actor::Operator, NOW).create_account("bob@example.com").is_err());
        // Now the target is not empty, and differs from the source.
        fleet.console(Actor::Operator, NOW).create_account("carol@example.com").unwrap();
        assert_eq!(copy(&*from, fleet.store()).unwrap_err().code(), "store_not_empty");
    }
}
