//! Files of older versions, which must open for ever.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::event::{Event, EventFilter, Published};
use fleet_core::{Actor, Fleet, ProductId, Timestamp};
use fleet_store_sqlite::SqliteStore;
use rusqlite::Connection;
use std::path::Path;

/// `fixtures/schema-1.sqlite` was written by the code of schema 1: an owner, product 94 with two devices, a firmware that
/// ran on one of them and is released.
#[test]
fn a_file_from_before_there_were_events_opens_with_all_that_is_in_it_and_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-1.sqlite"), &path).unwrap();
    let version =
        || Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    assert_eq!(version().unwrap(), 1);

    let now: Timestamp = "2016-03-09T12:00:00Z".parse().unwrap();
    let fleet = Fleet::open(SqliteStore::open(&path).unwrap());
    let product = ProductId::new(94).unwrap();
    let console = fleet.console(Actor::Operator, now);
    let record = console.product(product).unwrap();
    assert_eq!((&*record.name, record.policy.log_events), ("Thermostat", 10_000));
    assert_eq!(record.release.unwrap().version.get(), 1);
    let summary = console.summary(product).unwrap();
    assert_eq!((summary.devices, summary.online, summary.versions.get(&1)), (2, 1, Some(&1)));
    assert_eq!(console.audit_log(product, None, 10).unwrap().items.len(), 4);

    let device = "45f96d06492949f0e1d2c3b4".parse().unwrap();
    let event = Event::new(device, "door", "open", now).unwrap();
    assert!(matches!(fleet.gateway(now).publish(&event).unwrap(), Published::Logged(_)));
    assert_eq!(console.events(product, &EventFilter::default(), None, 10).unwrap().items.len(), 1);
    drop(fleet);
    assert_eq!(version().unwrap(), 3);
    assert!(SqliteStore::open(&path).is_ok());
}
