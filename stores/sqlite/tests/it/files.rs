//! Which files are opened, which are refused, and with which message.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::common;

use common::*;
use fleet_core::Timestamp;
use fleet_core::store::{AuditId, CommitOutcome, Key, Kind, Record, Store, StoreErrorKind, Tally, Write};
use fleet_core::team::AccountId;
use fleet_store_sqlite::{Options, SqliteStore};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Opens a file that must be refused. Returns the kind of error and the message without the folder's name.
fn refusal(path: &Path) -> (StoreErrorKind, String) {
    let error = SqliteStore::open(path).unwrap_err();
    let folder = format!("{}/", path.parent().unwrap().display());
    (error.kind(), error.to_string().replace(&folder, ""))
}

fn put_one(store: &SqliteStore, number: u8) -> Result<Vec<CommitOutcome>, fleet_core::StoreError> {
    store.commit(&[commit([], [put(device_key(number), device(1), number.into())])])
}

#[test]
fn an_empty_file_becomes_a_store_with_small_pages_and_its_application_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    fs::write(&path, "").unwrap();
    put_one(&SqliteStore::open(&path).unwrap(), 1).unwrap();
    let file = Connection::open(&path).unwrap();
    let pragma = |name| file.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(["page_size", "application_id", "user_version"].map(pragma), [2048, 0x464C_4554, 5]);
}

#[test]
fn a_file_of_another_program_is_refused_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let other = "`other.db` is a database of another program; choose another file";
    let databases = ["CREATE TABLE device (id)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"];
    for (content, message) in databases
        .iter()
        .map(|sql| (Some(sql), other))
        .chain([(None, "`other.db` is not a database; choose another file")])
    {
        let _ = fs::remove_file(&path);
        match content {
            Some(sql) => Connection::open(&path).unwrap().execute_batch(sql).unwrap(),
            None => fs::write(&path, "dear diary, ".repeat(100)).unwrap(),
        }
        let before = fs::read(&path).unwrap();
        assert_eq!(refusal(&path), (StoreErrorKind::NotOurs, message.to_owned()));
        assert!(fs::read(&path).unwrap() == before, "{content:?} was changed");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a file was left beside it");
    }
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let message = "`fleet.db` has schema 99, and this program supports up to 5; update the program";
    assert_eq!(refusal(&path), (StoreErrorKind::NewerSchema, message.to_owned()));
}

#[test]
fn a_folder_a_missing_folder_and_an_invalid_page_size_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet");
    fs::create_dir(&path).unwrap();
    let message = "cannot open `fleet`: it is a folder; name a file inside it";
    assert_eq!(refusal(&path), (StoreErrorKind::Other, message.to_owned()));
    let error = SqliteStore::open(path.join("no/fleet.db")).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!("there is no folder `{}`; create it first", path.join("no").display())),
        "{error}"
    );
    let error = SqliteStore::open_with(path.join("fleet.db"), Options::new().page_size(1000)).unwrap_err();
    assert_eq!(error.to_string(), "a page cannot have 1000 bytes; choose a power of two from 512 to 65536");
    assert!(!path.join("fleet.db").exists());
}

#[test]
fn a_file_that_cannot_be_written_to_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    drop(SqliteStore::open(&path).unwrap());
    // A write version in the header that SQLite does not know makes a file read-only even for root.
    let mut bytes = fs::read(&path).unwrap();
    bytes[18] = 3;
    fs::write(&path, bytes).unwrap();
    let message = "cannot write to `fleet.db`: it is read-only; let this program write the file and its folder";
    assert_eq!(refusal(&path), (StoreErrorKind::ReadOnly, message.to_owned()));
}

#[test]
fn a_full_disk_refuses_a_whole_batch_and_the_store_still_works() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open_with(&path, Options::new().size_limit(64 << 10)).unwrap();
    put_one(&store, 1).unwrap();
    let notes: Vec<_> = (0..2000)
        .map(|nonce| {
            let id = AuditId { at: Timestamp::from_millis(0), nonce };
            let json = r#"{"at":0,"actor":"operator","command":"create_account","subject":"alice@example.com"}"#;
            commit([], [put(Key::Audit(product(), id), Record::from_json(Kind::Audit, json).unwrap(), nonce + 1)])
        })
        .collect();
    let batch: Vec<_> = [commit([], [put(device_key(2), device(2), 9), Write::Add { key: tally_key(0), delta: 1 }])]
        .into_iter()
        .chain(notes)
        .collect();
    let error = store.commit(&batch).unwrap_err();
    assert_eq!((error.kind(), error.code()), (StoreErrorKind::Full, "store_full"));
    assert!(error.to_string().ends_with("the disk is full or the size limit is reached; free some space"), "{error}");
    assert_eq!((sequence(&store, 1), sequence(&store, 2), counter(&store, 0)), (Some(1), None, None));
    put_one(&store, 3).unwrap();
    assert_eq!(sequence(&store, 3), Some(1));
}

#[test]
fn a_file_that_another_process_writes_to_is_busy_until_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open_with(&path, Options::new().busy_timeout(Duration::from_millis(20))).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = put_one(&store, 1).unwrap_err();
    assert_eq!((error.kind(), error.is_transient()), (StoreErrorKind::Unavailable, true));
    assert!(error.to_string().ends_with("is busy: another process is writing to it; try again"), "{error}");
    assert_eq!(sequence(&store, 1), None, "reads still work");
    other.execute_batch("COMMIT").unwrap();
    put_one(&store, 1).unwrap();
    assert_eq!(sequence(&store, 1), Some(1));
}

#[test]
fn a_damaged_row_is_reported_and_does_not_affect_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    let team = Key::Team(product());
    let members = Record::from_json(Kind::Team, r#"{"members":[1]}"#).unwrap();
    store.commit(&[commit([], [put(team.clone(), members, 1)])]).unwrap();
    for number in [1, 2] {
        put_one(&store, number).unwrap();
    }
    let other = Connection::open(&path).unwrap();
    other.execute("UPDATE device SET standing = 9 WHERE id = ?1", [id(1).as_bytes()]).unwrap();
    other.execute("UPDATE record SET body = '{'", []).unwrap();
    for key in [device_key(1), team] {
        let error = store.get(&[key]).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
        let text = error.to_string();
        assert!(text.contains("` of a row cannot be read: ") && text.ends_with("; restore it from a backup"), "{text}");
    }
    assert_eq!(sequence(&store, 2), Some(1));
}

#[test]
fn many_may_open_a_new_file_at_once() {
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db");
        std::thread::scope(|scope| {
            for number in 1..=6 {
                let path = &path;
                scope.spawn(move || put_one(&SqliteStore::open(path).unwrap(), number).unwrap());
            }
        });
        let store = SqliteStore::open(&path).unwrap();
        assert!((1..=6).all(|number| sequence(&store, number) == Some(1)));
    }
}

#[test]
fn people_find_devices_counters_and_audit_records_by_sql() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    let noon: Timestamp = "2016-03-08T12:00:00Z".parse().unwrap();
    let at = noon.as_millis();
    let alice = AccountId::new(u64::MAX).unwrap();
    let note = format!(r#"{{"at":{at},"actor":"operator","command":"create_product","subject":"Thermostat"}}"#);
    let note = Record::from_json(Kind::Audit, &note).unwrap();
    let add = |slot, delta| Write::Add { key: Key::Tally(product(), Tally::Version(7), slot), delta };
    let writes = [
        put(Key::Membership(alice, product()), Record::PRESENT, 1),
        put(Key::Audit(product(), AuditId { at: noon, nonce: 5 }), note, 2),
        put(registration_key(0xAB), registration(), 3),
        put(device_key(0xAB), device(1), 4),
        add(0, 3),
        add(9, 4),
    ];
    store.commit(&[commit([], writes)]).unwrap();

    let file = Connection::open(&path).unwrap();
    let ask = |sql: &str| file.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let device = format!("{} member 2016-03-08T12:00:00Z", id(0xAB));
    assert_eq!(ask("SELECT id || ' ' || standing || ' ' || added_at FROM devices"), device);
    assert_eq!(ask("SELECT id || ' ' || product FROM registry"), format!("{} 1000", id(0xAB)));
    assert_eq!(
        ask("SELECT product || ' ' || counter || ' ' || version || ' ' || value FROM counters"),
        "1000 version 7 7"
    );
    let done = "1000 2016-03-08T12:00:00Z operator create_product Thermostat";
    assert_eq!(ask("SELECT concat_ws(' ', product, at, actor, command, subject) FROM audit"), done);
    let team = "SELECT printf('%u', account) || ' ' || product FROM record WHERE kind = 'membership'";
    assert_eq!(ask(team), format!("{alice} 1000"));
    for documented in [
        "SELECT version, value FROM counters WHERE product = 1000 AND counter = 'version' ORDER BY value DESC",
        "SELECT id, seen_at, outcome_target FROM devices WHERE product = 1000 AND outcome_result = 'failed'",
        "SELECT at, actor, command, subject FROM audit WHERE product = 1000 ORDER BY at DESC LIMIT 20",
        "SELECT at, device, name, data FROM events WHERE product = 1000 ORDER BY at DESC LIMIT 20",
        "SELECT body ->> 'name' FROM record WHERE kind = 'product'",
    ] {
        assert!(include_str!("../../src/lib.rs").contains(documented), "{documented}");
        file.prepare(documented).unwrap();
    }
}

#[test]
fn a_copy_made_while_the_fleet_is_open_is_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("fleet.db")).unwrap();
    put_one(&store, 1).unwrap();
    let copy = folder.path().join("copy.db");
    let file = Connection::open(folder.path().join("fleet.db")).unwrap();
    file.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    put_one(&store, 2).unwrap();
    let copy = SqliteStore::open(copy).unwrap();
    assert_eq!((sequence(&copy, 1), sequence(&copy, 2)), (Some(1), None));
}
