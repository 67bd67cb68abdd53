//! Sessions that lost what the store set up in them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::*;
use fleet_core::ProductId;
use fleet_core::store::{Tally, Write};
use fleet_postgres_server::shared;

fn open(schema: &str) -> PostgresStore {
    let options = Options::new().schema(schema).connections(3).patience(Duration::from_secs(5));
    PostgresStore::open_with(&shared().unwrap().url("postgres"), options).unwrap()
}

fn counter() -> Key {
    Key::Tally(ProductId::new(1).unwrap(), Tally::Members, 0)
}

/// Sends one commit that adds, and one that only checks.
fn commits(store: &PostgresStore) -> Result<Vec<CommitOutcome>, StoreError> {
    let add = Commit { checks: Vec::new(), writes: vec![Write::Add { key: counter(), delta: 1 }] };
    let check = fleet_core::store::Check { key: Key::Directory(), stamp: None };
    store.commit(&[add])?;
    store.commit(&[Commit { checks: vec![check], writes: Vec::new() }])
}

fn value(store: &PostgresStore) -> i64 {
    match store.get(&[counter()]).unwrap().remove(0) {
        Some(Row { record: Record::Counter(value), .. }) => value,
        other => panic!("{other:?}"),
    }
}

/// Changes the settings of every idle session, without the store's knowledge.
fn in_each_session(store: &PostgresStore, sql: &str) {
    let acquire = || {
        let (until, answered) = store.pool.patience();
        store.pool.acquire(until, answered).unwrap()
    };
    let all = [acquire(), acquire(), acquire()];
    for lent in &all {
        lent.connection.wait(lent.connection.client.batch_execute(sql)).unwrap();
    }
    all.into_iter().for_each(crate::pool::PooledConnection::release);
}

#[test]
fn a_session_that_lost_its_settings_applies_nothing_and_is_not_used_again() {
    let store = open("lost");
    commits(&store).unwrap();
    for (times, sql) in (2..).zip([
        "SET default_transaction_isolation = 'read committed'",
        "SET default_transaction_isolation = 'repeatable read'",
        "DEALLOCATE ALL",
        "DISCARD ALL",
        "SET search_path = public",
    ]) {
        in_each_session(&store, sql);
        assert_eq!(commits(&store).unwrap(), [CommitOutcome::Applied], "{sql}");
        assert_eq!(value(&store), times, "{sql}");
    }
    assert!(store.retries() >= 8, "only {} calls met a changed session", store.retries());
}

#[test]
fn a_plan_whose_columns_changed_is_replaced_on_another_connection() {
    let store = open("replanned");
    commits(&store).unwrap();
    assert_eq!(value(&store), 1);
    let change = "ALTER TABLE replanned.tally RENAME TO old; ALTER TABLE replanned.old ALTER COLUMN value TYPE numeric;
        ALTER TABLE replanned.old RENAME TO tally; DROP VIEW IF EXISTS replanned.counters";
    let drop_view = "DROP VIEW IF EXISTS replanned.counters CASCADE";
    in_each_session(&store, drop_view);
    let mut client = postgres::Client::connect(&shared().unwrap().url("postgres"), postgres::NoTls).unwrap();
    client.batch_execute(change).unwrap();
    client.batch_execute("ALTER TABLE replanned.tally ADD COLUMN more int, ALTER COLUMN value TYPE int8").unwrap();
    assert_eq!(value(&store), 1);
    let changed = "ALTER TABLE replanned.tally ALTER COLUMN slot TYPE int8";
    client.batch_execute(changed).unwrap();
    // The new type of the column is reported; the error of the stale plan does not persist.
    let message = store.get(&[counter()]).unwrap_err().to_string();
    assert!(!message.contains("cached plan"), "{message}");
}
