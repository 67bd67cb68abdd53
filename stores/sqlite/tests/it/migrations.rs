//! Files of older versions can always be opened.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::device::{Report, Trail};
use fleet_core::event::{Event, EventFilter, Published};
use fleet_core::firmware::{Answer, Hold};
use fleet_core::{Actor, Fleet, ProductId, Timestamp, invariants};
use fleet_store_sqlite::SqliteStore;
use rusqlite::Connection;
use std::path::Path;

/// The code of schema 1 wrote `fixtures/schema-1.sqlite`: an owner, product 94 with two devices, and a firmware that
/// ran on one of them and is released.
#[test]
fn a_file_of_schema_1_opens_with_all_of_its_data_and_stores_events() {
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
    assert_eq!(version().unwrap(), 5);
    assert!(SqliteStore::open(&path).is_ok());
}

/// `fixtures/schema-2.sqlite` is the same file in schema 2. Its device that connected has disconnected since, and
/// received three directives.
#[test]
fn a_file_of_schema_2_opens_and_keeps_the_order_of_connections_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-2.sqlite"), &path).unwrap();
    let now: Timestamp = "2016-03-09T12:00:00Z".parse().unwrap();
    let fleet = Fleet::open(SqliteStore::open(&path).unwrap());
    let (product, device) = (ProductId::new(94).unwrap(), "55ff6d04498b49a1b2c3d4e5".parse().unwrap());
    let (console, gateway) = (fleet.console(Actor::Operator, now), fleet.gateway(now));
    let row = console.device(product, device).unwrap().row;
    assert_eq!((row.sequence, row.security_counter, row.is_online(), row.trail.get()), (3, 7, false, Trail::default()));
    assert_eq!(row.chip_revision, None, "a field that was never reported is absent");
    assert!(invariants::check(&fleet, now).unwrap().is_empty(), "the counters agree with the rows");

    // The session that ended according to the old file does not come back, even after removal and import.
    console.remove_device(product, device).unwrap();
    assert_eq!(console.import(product, b"55ff6d04498b49a1b2c3d4e5").unwrap().counts().imported, 1);
    let report = Report { product: Some(94), version: Some(1), session: 7, ..Report::new(device, None) };
    let answer = gateway.connect(&report).unwrap().answer;
    assert!(matches!(answer, Answer::Held { hold: Hold::StaleReport, .. }), "{answer}");
    gateway.connect(&Report { session: 8, chip_revision: Some(301), ..report }).unwrap();
    let row = console.device(product, device).unwrap().row;
    assert_eq!((row.sequence, row.security_counter, row.is_online()), (3, 7, true));
    assert_eq!(row.chip_revision, Some(301));
    drop(fleet);
    let outcome = Connection::open(&path)
        .unwrap()
        .query_row("SELECT outcome_result FROM devices", [], |row| row.get::<_, Option<String>>(0));
    assert_eq!(outcome.unwrap(), None, "the view is there");
}
