//! Refusals of files, copies and queries: following the advice of the message works.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::store::{Query, Store};
use fleet_core::{CancelToken, Fleet, StoreError};
use fleet_store_sqlite::{Options, SqliteStore};
use rusqlite::Connection;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Expects a refusal with this code and this advice.
#[track_caller]
fn refused<T: Debug>(result: Result<T, StoreError>, code: &str, advice: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(advice), "`{advice}` is not in: {error}");
}

fn open(path: &Path) -> Result<(), StoreError> {
    SqliteStore::open(path).map(drop)
}

#[test]
fn a_refused_file_opens_once_the_advice_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let path = file("fleet.db");
    open(&path).unwrap();
    let good = fs::read(&path).unwrap();

    refused(open(folder.path()), "store_failed", "it is a folder; name a file inside it");
    refused(open(&file("none/fleet.db")), "store_failed", "create it first");
    fs::create_dir(file("none")).unwrap();
    open(&file("none/fleet.db")).unwrap();
    let with_pages = |bytes| SqliteStore::open_with(file("pages.db"), Options::new().page_size(bytes)).map(drop);
    for (wrong, right) in [(511, 512), (1000, 1024), (65_537, 65_536)] {
        refused(with_pages(wrong), "store_failed", "choose a power of two from 512 to 65536");
        with_pages(right).unwrap();
    }

    fs::write(file("diary.db"), "dear diary, ".repeat(100)).unwrap();
    refused(open(&file("diary.db")), "store_not_ours", "choose another file");
    open(&file("other.db")).unwrap();

    // A write version in the header that SQLite does not know makes a file read-only even for root.
    let mut read_only = good.clone();
    *read_only.get_mut(18).unwrap() = 3;
    fs::write(&path, read_only).unwrap();
    refused(open(&path), "store_read_only", "let this program write the file");
    fs::write(&path, &good).unwrap();
    open(&path).unwrap();

    // A newer program writes its own schema number. Restoring the number stands for an update of the program.
    let schema = |number: i64| Connection::open(&path).unwrap().pragma_update(None, "user_version", number).unwrap();
    let own: i64 = Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    schema(own + 1);
    refused(open(&path), "store_newer_schema", "update the program");
    schema(own);
    open(&path).unwrap();

    let mut damaged = good.clone();
    damaged.iter_mut().skip(100).take(200).for_each(|byte| *byte = 0xAA);
    fs::write(&path, damaged).unwrap();
    refused(open(&path), "store_corrupt", "restore it from a backup");
    fs::write(&path, &good).unwrap();
    open(&path).unwrap();
}

#[test]
fn a_refused_copy_is_made_once_the_advice_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let store = SqliteStore::open(file("fleet.db")).unwrap();
    store.backup(&file("copy.db")).unwrap();
    refused(store.backup(&file("copy.db")), "store_not_empty", "name a new file");
    store.backup(&file("copy-2.db")).unwrap();
    refused(store.backup(&file("none/copy.db")), "store_failed", "create it first");
    fs::create_dir(file("none")).unwrap();
    store.backup(&file("none/copy.db")).unwrap();
}

#[test]
fn a_cancelled_query_ends_before_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = Fleet::open(SqliteStore::open(folder.path().join("fleet.db")).unwrap());
    let cancel = CancelToken::new();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let begun = Instant::now();
    let error = std::thread::scope(|scope| {
        let asked = scope.spawn(|| fleet.query(&Query::new(endless).time(Duration::from_secs(30)).until(&cancel)));
        std::thread::sleep(Duration::from_millis(20));
        cancel.cancel();
        asked.join().unwrap().unwrap_err()
    });
    assert_eq!(error.code(), "cancelled");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    // A token that nobody cancels, and one that is cancelled after the answer, change nothing.
    let fresh = CancelToken::new();
    assert_eq!(fleet.query(&Query::new("SELECT 1 AS one").until(&fresh)).unwrap().len(), 1);
}

#[test]
fn a_refused_query_is_answered_once_the_advice_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("fleet.db")).unwrap();
    let three = "SELECT 1 AS a UNION SELECT 2 UNION SELECT 3";
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    let all = format!("{endless} SELECT max(i) FROM n");
    let less = format!("{endless} SELECT i FROM n WHERE i <= 1 LIMIT 1");
    let soon = |sql| Query::new(sql).time(Duration::from_millis(50));
    let cases = [
        (Query::new(" "), "write a SELECT", Query::new("SELECT 1")),
        (Query::new("SELECT 1; SELECT 2"), "run one at a time", Query::new("SELECT 1")),
        (Query::new("DELETE FROM devices"), "write one SELECT", Query::new("SELECT count(*) FROM devices")),
        (Query::new("ATTACH 'x' AS x"), "write one SELECT", Query::new("SELECT 1")),
        (Query::new("SELECT ?1"), "write the values into it", Query::new("SELECT 7")),
        (Query::new("SELECT 1 AS a, 2 AS a"), "rename one with AS", Query::new("SELECT 1 AS a, 2 AS b")),
        (Query::new(three).limit(2), "add a LIMIT to the query", Query::new("SELECT 1 LIMIT 2").limit(2)),
        (Query::new(three).limit(2), "or raise `limit`", Query::new(three).limit(3)),
        (soon(&all), "select fewer rows", soon(&less)),
        (Query::new("SELECT zeroblob(300000000)"), "select less", Query::new("SELECT zeroblob(3)")),
        (Query::new("SELECT x FROM devices"), "no such column: x", Query::new("SELECT id FROM devices")),
    ];
    for (wrong, advice, right) in cases {
        refused(store.query(&wrong), "store_query_refused", advice);
        store.query(&right).unwrap_or_else(|error| panic!("{}: {error}", right.sql()));
    }
}
