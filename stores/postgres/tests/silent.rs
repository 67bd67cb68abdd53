//! A route to the server that is lost silently, as behind a firewall that dropped its connections.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::proxy::Proxy;
use common::schema;
use fleet_core::store::{Commit, CommitOutcome, Key, Store, StoreErrorKind, Tally, Write};
use fleet_core::{Actor, Fleet, ProductId, Timestamp};
use fleet_store_postgres::{Options, PostgresStore};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 5;

fn counter() -> Key {
    Key::Tally(ProductId::new(1).unwrap(), Tally::Members, 0)
}

fn count(store: &dyn Store) -> Result<Vec<CommitOutcome>, fleet_core::StoreError> {
    store.commit(&[Commit { checks: Vec::new(), writes: vec![Write::Add { key: counter(), delta: 1 }] }])
}

/// Opens a store with the maximum number of idle connections, through a proxy that can drop them.
fn idle(patience: Duration) -> (Proxy, PostgresStore) {
    let schema = schema();
    drop(schema.open());
    let proxy = Proxy::to(fleet_postgres_server::shared().unwrap().port());
    let url = format!("postgresql://fleet@127.0.0.1:{}/postgres", proxy.port());
    let options = Options::new().schema(&schema.name).connections(CONNECTIONS).patience(patience);
    let store = PostgresStore::open_with(&url, options).unwrap();
    let together = Barrier::new(CONNECTIONS);
    thread::scope(|threads| {
        for _ in 0..CONNECTIONS {
            threads.spawn(|| {
                together.wait();
                // A walk keeps its connection until it ends.
                store.for_each(&Key::devices(ProductId::new(1).unwrap()), &mut |_, _| {}).unwrap();
                (0..20).for_each(|_| drop(count(&store).unwrap()));
            });
        }
    });
    (proxy, store)
}

#[test]
fn connections_that_a_firewall_dropped_cost_one_short_wait_and_are_all_closed() {
    let (proxy, store) = idle(Duration::from_secs(10));
    let before = proxy.lines();
    assert!(before >= 3, "only {before} connections");
    thread::sleep(Duration::from_millis(150));
    proxy.forget_lines();
    for (call, at_most) in [(0, 4), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)] {
        let begun = Instant::now();
        assert_eq!(count(&store).unwrap(), [CommitOutcome::Applied]);
        store.get(&[counter()]).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(at_most), "call {call} took {:?}", begun.elapsed());
    }
    assert_eq!(proxy.lines(), before + 1, "other connections of the same age were tried");
}

#[test]
fn a_connection_that_goes_silent_in_use_is_waited_for_until_the_patience_ends() {
    let patience = Duration::from_secs(2);
    let (proxy, store) = idle(patience);
    // The connection was just used, so it is not tested first.
    count(&store).unwrap();
    proxy.forget_lines();
    let begun = Instant::now();
    let error = count(&store).unwrap_err();
    assert!(begun.elapsed() < patience + Duration::from_millis(500), "{:?}", begun.elapsed());
    assert!(begun.elapsed() > patience / 2, "{:?}", begun.elapsed());
    assert_eq!(error.kind(), StoreErrorKind::Unknown, "the commit may have been applied: {error}");
    let begun = Instant::now();
    count(&store).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[test]
fn a_server_that_accepts_connections_and_never_answers_is_given_up_when_the_patience_ends() {
    let patience = Duration::from_secs(2);
    let (proxy, store) = idle(patience);
    proxy.forget_all();
    thread::sleep(Duration::from_millis(150));
    for turn in 0..2 {
        let begun = Instant::now();
        let error = store.get(&[counter()]).unwrap_err();
        assert!(begun.elapsed() < patience + Duration::from_millis(500), "turn {turn}: {:?}", begun.elapsed());
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    }
    // The core looks once more for the outcome of an unknown command, and then stops.
    let fleet = Fleet::open(store);
    let begun = Instant::now();
    fleet.console(Actor::Operator, Timestamp::from_millis(0)).create_account("alice@example.com").unwrap_err();
    assert!(begun.elapsed() < patience * 3, "{:?}", begun.elapsed());
    let begun = Instant::now();
    drop(fleet);
    assert!(begun.elapsed() < Duration::from_secs(2), "closing took {:?}", begun.elapsed());
}
