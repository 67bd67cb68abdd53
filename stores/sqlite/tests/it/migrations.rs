//! Files of older versions can always be opened.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::device::{Mark, Report, Trail};
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
    let record = console.product(product).get().unwrap();
    assert_eq!((&*record.name, record.policy.log_events), ("Thermostat", 10_000));
    assert_eq!(record.release.unwrap().version.get(), 1);
    let summary = console.product(product).summary().unwrap();
    assert_eq!((summary.devices, summary.online, summary.versions.get(&1)), (2, 1, Some(&1)));
    assert_eq!(console.product(product).audit_log(None, 10).unwrap().items.len(), 4);

    let device = "45f96d06492949f0e1d2c3b4".parse().unwrap();
    let event = Event::new(device, "door", "open", now).unwrap();
    assert!(matches!(fleet.gateway(now).publish(&event).unwrap(), Published::Logged(_)));
    assert_eq!(console.product(product).events(&EventFilter::default(), None, 10).unwrap().items.len(), 1);
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
    let row = console.product(product).device(device).get().unwrap().row;
    assert_eq!((row.sequence, row.security_counter, row.is_online(), row.trail.get()), (3, 7, false, Trail::default()));
    assert_eq!(row.chip_revision, None, "a field that was never reported is absent");
    assert!(invariants::check(&fleet, now).unwrap().is_empty(), "the counters agree with the rows");

    // The session that ended according to the old file does not come back, even after removal and import.
    console.product(product).device(device).remove().unwrap();
    assert_eq!(console.product(product).import(b"55ff6d04498b49a1b2c3d4e5").unwrap().counts().imported, 1);
    let report = Report::new(device).product(94).version(1).session(7);
    let answer = gateway.connect(&report).unwrap().answer;
    assert!(matches!(answer, Answer::Held { hold: Hold::StaleReport, .. }), "{answer}");
    gateway.connect(&report.session(8).chip_revision(301)).unwrap();
    let row = console.product(product).device(device).get().unwrap().row;
    assert_eq!((row.sequence, row.security_counter, row.is_online()), (3, 7, true));
    assert_eq!(row.chip_revision, Some(301));
    drop(fleet);
    let outcome = Connection::open(&path)
        .unwrap()
        .query_row("SELECT outcome_result FROM devices", [], |row| row.get::<_, Option<String>>(0));
    assert_eq!(outcome.unwrap(), None, "the view is there");
}

/// Makes a file of schema 3 or 4: `fixtures/schema-2.sqlite` with the migrations up to that version, and with what the
/// code of that version stored: a connection that ended, an update that was withdrawn, and a directive number.
fn older(path: &Path, schema: u32) {
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-2.sqlite"), path).unwrap();
    let file = Connection::open(path).unwrap();
    file.execute_batch(include_str!("../../src/schema/3.sql")).unwrap();
    file.execute_batch(
        "UPDATE device SET newest_session = 9, ended_session = 8, ended_at = 1457438400000, listed = 1, relapses = 2,
            outcome_at = 1457438400000, outcome_target = 1, outcome_result = 3
            WHERE id = x'55ff6d04498b49a1b2c3d4e5';
        UPDATE registration SET sequence = 5, newest_session = 4 WHERE id = x'45f96d06492949f0e1d2c3b4';",
    )
    .unwrap();
    if schema > 3 {
        file.execute_batch(include_str!("../../src/schema/4.sql")).unwrap();
        file.execute_batch("UPDATE event SET era = 1, ages_from = at").unwrap();
    }
    file.pragma_update(None, "user_version", schema).unwrap();
}

#[test]
fn files_of_schemas_3_and_4_open_with_all_of_their_data() {
    for schema in [3, 4] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db");
        older(&path, schema);
        let now: Timestamp = "2016-03-09T12:00:00Z".parse().unwrap();
        let fleet = Fleet::open(SqliteStore::open(&path).unwrap());
        assert_eq!(invariants::check(&fleet, now).unwrap(), [], "schema {schema}");
        let (product, device) = (ProductId::new(94).unwrap(), "55ff6d04498b49a1b2c3d4e5".parse().unwrap());
        let (console, gateway) = (fleet.console(Actor::Operator, now), fleet.gateway(now));
        let row = console.product(product).device(device).get().unwrap().row;
        let ended = Mark::new(8, Some(Timestamp::from_millis(1_457_438_400_000)));
        assert_eq!(row.trail.get(), Trail { newest: Mark::new(9, None), ended });
        assert_eq!((row.relapses, row.chip_revision), (2, None));

        let report = Report::new(device).product(94).version(1).session(8);
        let answer = gateway.connect(&report).unwrap().answer;
        assert!(matches!(answer, Answer::Held { hold: Hold::StaleReport, .. }), "schema {schema}: {answer}");
        gateway.connect(&report.session(10).chip_revision(301)).unwrap();
        assert_eq!(console.product(product).device(device).get().unwrap().row.chip_revision, Some(301));
        let event = Event::new(device, "door", "open", now).unwrap();
        assert!(matches!(gateway.publish(&event).unwrap(), Published::Logged(_)));
        assert_eq!(invariants::check(&fleet, now).unwrap(), [], "schema {schema}");
        drop(fleet);
        let file = Connection::open(&path).unwrap();
        assert_eq!(file.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap(), 5);
    }
}
