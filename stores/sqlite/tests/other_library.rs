//! Another copy of SQLite uses the file, or the file is moved or replaced, while the fleet is open: no acknowledged
//! commit is lost, and nothing is written to a file that nobody will find.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::*;
use fleet_core::store::{self, CommitOutcome, GroupCommit, Query, Store, StoreErrorKind};
use fleet_core::{Actor, Fleet, MemoryStore, StoreError};
use fleet_store_journaled::Journaled;
use fleet_store_sqlite::{Options, SqliteStore};
use rusqlite::Connection;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const FILE: &str = "FLEET_OTHER_PROCESSES_FILE";
const SQL: &str = "FLEET_OTHER_PROCESSES_SQL";

/// Not a test by itself: what another process does. It opens the file, runs statements, and closes it.
#[test]
fn another_process() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let other = Connection::open(path).unwrap();
    other.busy_timeout(Duration::from_millis(100)).unwrap();
    let ran = other.execute_batch(&std::env::var(SQL).unwrap());
    println!("\nran {}", ran.map_or_else(|error| error.to_string(), |()| "well".to_owned()));
}

/// Runs SQL in another process, which then closes the file. Returns the result.
fn elsewhere(path: &Path, sql: &str) -> String {
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["another_process", "--exact", "--nocapture"])
        .envs([(FILE, path.as_os_str()), (SQL, sql.as_ref())])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    said.lines().find_map(|line| line.strip_prefix("ran ")).unwrap_or_else(|| panic!("{said}")).to_owned()
}

fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}{end}", path.display()))
}

fn put_one(store: &dyn Store, number: u8) -> Result<Vec<CommitOutcome>, StoreError> {
    store.commit(&[commit([check(device_key(number), None)], [put(device_key(number), device(1), number.into())])])
}

/// Checks that a store that is opened anew, as after a kill, holds exactly these numbers.
#[track_caller]
fn holds(path: &Path, numbers: &[u8]) {
    // The copy excludes whatever the killed process had open.
    let copy = tempfile::tempdir().unwrap();
    for end in ["", "-wal"] {
        if beside(path, end).exists() {
            fs::copy(beside(path, end), copy.path().join(format!("fleet.db{end}"))).unwrap();
        }
    }
    let store = SqliteStore::open(copy.path().join("fleet.db")).unwrap();
    let there: Vec<u8> = (0..20).filter(|number| sequence(&store, *number).is_some()).collect();
    assert_eq!(there, numbers);
}

/// Opens and closes each file of the store in this process, as other code in it may do.
fn open_and_close(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        drop(File::open(beside(path, end)).unwrap());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_process_that_opens_and_closes_the_file_leaves_the_log_to_its_users() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    for (number, sql) in (2..).zip([
        "SELECT * FROM devices",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "VACUUM",
        "ANALYZE",
        "BEGIN IMMEDIATE; CREATE TABLE mine (a); DROP TABLE mine; COMMIT",
    ]) {
        // Closing a descriptor drops the POSIX locks of the process: the other process would believe that it is alone.
        open_and_close(&path);
        assert_eq!(elsewhere(&path, sql), "well", "{sql}");
        put_one(&store, number).unwrap();
        holds(&path, &(1..=number).collect::<Vec<_>>());
    }
    open_and_close(&path);
    assert_eq!(elsewhere(&path, "PRAGMA journal_mode = DELETE; SELECT * FROM devices"), "database is locked");
    put_one(&store, 9).unwrap();
    holds(&path, &[1, 2, 3, 4, 5, 6, 9]);
    assert!(beside(&path, "-wal").exists());
    drop(store);
    assert!(!beside(&path, "-wal").exists(), "the last connection deletes the log when it closes");
    assert_eq!(elsewhere(&path, "PRAGMA journal_mode = DELETE"), "well");
    holds(&path, &[1, 2, 3, 4, 5, 6, 9]);
}

#[test]
#[cfg(target_os = "linux")]
fn locks_that_other_code_of_the_process_would_drop_keep_writers_of_two_processes_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    open_and_close(&path);
    assert_eq!(elsewhere(&path, "BEGIN IMMEDIATE"), "database is locked");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(elsewhere(&path, "BEGIN IMMEDIATE; COMMIT"), "well");
    put_one(&store, 1).unwrap();
}

#[test]
fn locks_end_with_the_last_connection_and_are_the_same_for_two_stores_on_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    for number in 1..9 {
        let (first, second) = (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
        put_one(&first, 2 * number).unwrap();
        let (first, second) = if number % 2 == 0 { (first, second) } else { (second, first) };
        drop(first);
        assert!(beside(&path, "-wal").exists());
        put_one(&second, 2 * number + 1).unwrap();
        drop(second);
        assert!(!beside(&path, "-wal").exists());
        assert_eq!(elsewhere(&path, "PRAGMA journal_mode = DELETE"), "well");
    }
}

#[test]
fn a_connection_of_the_host_that_is_opened_before_and_closed_after_works_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    drop(SqliteStore::open(&path).unwrap());
    let ask = |own: &Connection| own.query_row("SELECT count(*) FROM device", [], |row| row.get::<_, i64>(0)).unwrap();
    let own = Connection::open(&path).unwrap();
    assert_eq!(ask(&own), 0);
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    assert_eq!(ask(&own), 1);
    drop(store);
    assert_eq!(ask(&own), 1);
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 2).unwrap();
    drop(own);
    put_one(&store, 3).unwrap();
    holds(&path, &[1, 2, 3]);
}

/// Something that happens to a file, and its name.
type Incident<'h> = (&'h str, &'h dyn Fn(&Path));

#[test]
fn a_database_that_is_moved_deleted_or_replaced_is_no_longer_written_to() {
    let copied = |path: &Path| {
        let copy = path.with_extension("copy");
        Connection::open(path).unwrap().execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        copy
    };
    let changes: [Incident<'_>; 4] = [
        ("moved", &|path| fs::rename(path, path.with_extension("old")).unwrap()),
        ("deleted", &|path| fs::remove_file(path).unwrap()),
        ("replaced by a backup", &|path| fs::rename(copied(path), path).unwrap()),
        ("moved, and another made", &|path| {
            fs::rename(path, path.with_extension("old")).unwrap();
            drop(SqliteStore::open(path).unwrap());
        }),
    ];
    for (what, change) in changes {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db");
        let store = SqliteStore::open(&path).unwrap();
        put_one(&store, 1).unwrap();
        change(&path);
        let before = fs::read(&path).ok();
        let error = put_one(&store, 2).unwrap_err();
        assert_eq!((error.kind(), error.code(), error.is_transient()), (StoreErrorKind::Moved, "store_moved", false));
        assert!(error.to_string().contains("was moved, deleted or replaced while this fleet had it open"), "{error}");
        let only_checks = [commit([check(device_key(1), Some(1))], [])];
        assert_eq!(store.commit(&only_checks).unwrap_err().kind(), StoreErrorKind::Moved, "{what}");
        assert_eq!(store.backup(&folder.path().join("backup.db")).unwrap_err().kind(), StoreErrorKind::Moved);
        drop(store);
        assert!(fs::read(&path).ok() == before, "the file at the path was changed after the database was {what}");
    }
}

#[test]
fn a_reader_that_is_opened_after_the_database_was_replaced_reads_neither() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    fs::rename(&path, path.with_extension("old")).unwrap();
    drop(SqliteStore::open(&path).unwrap());
    let range = fleet_core::store::Range::new(device_key(0), device_key(255));
    assert_eq!(store.scan(&range).unwrap_err().kind(), StoreErrorKind::Moved);
}

#[test]
fn a_database_that_is_moved_and_put_back_works_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    fs::rename(&path, path.with_extension("old")).unwrap();
    assert_eq!(put_one(&store, 2).unwrap_err().kind(), StoreErrorKind::Moved);
    fs::rename(path.with_extension("old"), &path).unwrap();
    put_one(&store, 3).unwrap();
    holds(&path, &[1, 3]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_moved_database_holds_every_acknowledged_commit_and_a_new_one_at_its_path_is_separate() {
    let folder = tempfile::tempdir().unwrap();
    let [path, moved] = ["fleet.db", "moved.db"].map(|name| folder.path().join(name));
    for commits_again in [true, false] {
        let store = SqliteStore::open(&path).unwrap();
        put_one(&store, 1).unwrap();
        fs::rename(&path, &moved).unwrap();
        let new = SqliteStore::open(&path).unwrap();
        put_one(&new, 7).unwrap();
        if commits_again {
            assert_eq!(put_one(&store, 2).unwrap_err().kind(), StoreErrorKind::Moved);
            holds(&moved, &[1]);
        }
        assert_eq!(elsewhere(&path, "SELECT * FROM devices"), "well");
        drop(store);
        holds(&moved, &[1]);
        put_one(&new, 8).unwrap();
        holds(&path, &[7, 8]);
        drop(new);
        for path in [&path, &moved] {
            fs::remove_file(path).unwrap();
        }
        fs::remove_file(beside(&path, "-wal-moved")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_backup_put_in_place_under_a_running_fleet_is_not_mixed_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let [path, backup, moved] = ["fleet.db", "backup.db", "moved.db"].map(|name| folder.path().join(name));
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    store.backup(&backup).unwrap();
    put_one(&store, 2).unwrap();
    fs::rename(&path, &moved).unwrap();
    fs::copy(&backup, &path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Moved);
    assert!(error.to_string().contains("-wal` belongs to another database: a running program"), "{error}");
    assert_eq!(put_one(&store, 3).unwrap_err().kind(), StoreErrorKind::Moved);
    drop(store);
    holds(&moved, &[1, 2]);
    // The files of the running fleet are not there any more, so they cannot be mixed with the backup.
    assert_eq!(fs::read(&path).unwrap(), fs::read(&backup).unwrap());
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 4).unwrap();
    holds(&path, &[1, 4]);
}

#[test]
fn a_link_changed_to_another_database_is_detected_and_a_new_working_directory_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let [blue, green, link] = ["blue.db", "green.db", "fleet.db"].map(|name| folder.path().join(name));
    [&blue, &green].into_iter().for_each(|path| drop(SqliteStore::open(path)));
    std::os::unix::fs::symlink(&blue, &link).unwrap();
    let store = SqliteStore::open(&link).unwrap();
    put_one(&store, 1).unwrap();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&green, &link).unwrap();
    assert_eq!(put_one(&store, 2).unwrap_err().kind(), StoreErrorKind::Moved);
    drop(store);
    holds(&blue, &[1]);
    holds(&green, &[]);
}

#[test]
fn commits_acknowledged_before_the_log_was_deleted_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    fs::remove_file(beside(&path, "-wal")).unwrap();
    let error = put_one(&store, 2).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Moved);
    assert!(error.to_string().contains("-wal` was deleted while this fleet had it open"), "{error}");
    // Also if the process is killed now.
    holds(&path, &[1]);
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 2).unwrap();
    holds(&path, &[1, 2]);
}

#[test]
fn closing_does_not_delete_the_log_of_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    fs::remove_file(beside(&path, "-wal")).unwrap();
    File::create(beside(&path, "-wal")).unwrap().write_all(b"another's").unwrap();
    let error = put_one(&store, 2).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Moved);
    assert!(error.to_string().contains("-wal` was replaced while this fleet had it open"), "{error}");
    drop(store);
    assert_eq!(fs::read(beside(&path, "-wal")).unwrap(), b"another's");
}

#[test]
fn reads_and_commits_that_only_check_do_not_wait_for_writers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let open = || SqliteStore::open_with(&path, Options::new().busy_timeout(Duration::from_secs(2))).unwrap();
    let store = open();
    put_one(&store, 1).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let checks = |stamp, outcome| {
        let begun = Instant::now();
        for store in [&store as &dyn Store, &GroupCommit::new(open())] {
            let batch = [commit([check(device_key(1), stamp), check(device_key(2), None)], [])];
            assert_eq!(store.commit(&batch).unwrap(), [outcome]);
            assert_eq!(sequence(store, 1), Some(1));
        }
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    };
    checks(Some(1), CommitOutcome::Applied);
    checks(Some(2), CommitOutcome::Conflict);
    // Also while a writer of this process waits.
    thread::scope(|scope| {
        let waits = scope.spawn(|| put_one(&store, 3));
        thread::sleep(Duration::from_millis(50));
        checks(Some(1), CommitOutcome::Applied);
        assert_eq!(waits.join().unwrap().unwrap_err().kind(), StoreErrorKind::Unavailable);
    });
}

#[test]
fn a_journal_answers_commits_that_only_check_while_its_store_is_blocked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let inner = SqliteStore::open_with(&path, Options::new().busy_timeout(Duration::from_secs(1))).unwrap();
    let store = Journaled::open(inner).unwrap();
    put_one(&store, 1).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let waits = scope.spawn(|| put_one(&store, 3));
        thread::sleep(Duration::from_millis(50));
        let begun = Instant::now();
        let batch = [
            commit([check(device_key(1), Some(2)), check(device_key(2), None)], []),
            commit([check(device_key(1), Some(1)), check(device_key(2), None)], []),
        ];
        assert_eq!(store.commit(&batch).unwrap(), [CommitOutcome::Conflict, CommitOutcome::Applied]);
        assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
        assert!(waits.join().unwrap().is_err());
    });
}

#[test]
fn a_backup_while_others_write_is_of_one_moment_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let copy = folder.path().join("copy.db");
    let store = SqliteStore::open(&path).unwrap();
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0_u64;
            while !ends.load(Ordering::Relaxed) {
                // The two always have the same number.
                number += 1;
                let pair = [0, 1].map(|place| put(device_key(place), device(number as u32), number));
                store.commit(&[commit([], pair)]).unwrap();
            }
        });
        thread::sleep(Duration::from_millis(20));
        for _ in 0..5 {
            store.backup(&copy).unwrap();
            let backup = SqliteStore::open(&copy).unwrap();
            assert_eq!(sequence(&backup, 0), sequence(&backup, 1));
            assert!(sequence(&backup, 0) > Some(0));
            drop(backup);
            let before = fs::read(&copy).unwrap();
            let error = store.backup(&copy).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::NotEmpty);
            assert!(error.to_string().ends_with("exists already and is not overwritten; name a new file"), "{error}");
            assert!(fs::read(&copy).unwrap() == before);
            fs::remove_file(&copy).unwrap();
        }
        ends.store(true, Ordering::Relaxed);
    });
    assert_eq!(store.backup(&path).unwrap_err().kind(), StoreErrorKind::NotEmpty);
    let nowhere = folder.path().join("no").join("copy.db");
    assert!(store.backup(&nowhere).unwrap_err().to_string().contains("the folder does not exist"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn a_backup_of_a_fleet_with_a_journal_contains_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let store = Journaled::open(SqliteStore::open(folder.path().join("fleet.db")).unwrap()).unwrap();
    put_one(&store, 1).unwrap();
    store.backup(&copy).unwrap();
    put_one(&store, 2).unwrap();
    let backup = Journaled::open(SqliteStore::open(&copy).unwrap()).unwrap();
    assert_eq!((sequence(&backup, 1), sequence(&backup, 2)), (Some(1), None));
    put_one(&store, 3).unwrap();
}

#[test]
fn a_killed_process_leaves_a_file_that_opens_whoever_else_had_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    // A process that is stopped during a write, and killed.
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["another_process", "--exact", "--nocapture"])
        .envs([(FILE, path.as_os_str())])
        .env(
            SQL,
            "BEGIN IMMEDIATE; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n",
        )
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(300));
    other.kill().unwrap();
    other.wait().unwrap();
    put_one(&store, 2).unwrap();
    holds(&path, &[1, 2]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_backup_copied_over_the_open_file_is_detected_and_not_mixed_with_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let [path, backup] = ["fleet.db", "backup.db"].map(|name| folder.path().join(name));
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 1).unwrap();
    store.backup(&backup).unwrap();
    put_one(&store, 2).unwrap();
    thread::sleep(Duration::from_millis(20));
    fs::write(&path, fs::read(&backup).unwrap()).unwrap();
    let error = put_one(&store, 3).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Moved);
    assert!(error.to_string().contains("was overwritten while this fleet had it open"), "{error}");
    assert_eq!(put_one(&store, 3).unwrap_err().kind(), StoreErrorKind::Moved);
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), fs::read(&backup).unwrap());
    holds(&path, &[1]);
    let store = SqliteStore::open(&path).unwrap();
    put_one(&store, 4).unwrap();
    holds(&path, &[1, 4]);
}

#[test]
fn a_checkpoint_by_any_program_is_not_taken_for_an_overwritten_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let options = || Options::new().synchronous(fleet_store_sqlite::Synchronous::Normal);
    let store = SqliteStore::open_with(&path, options()).unwrap();
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        for mode in ["PASSIVE", "FULL", "RESTART", "TRUNCATE"] {
            let (path, ends) = (&path, &ends);
            scope.spawn(move || {
                let other = Connection::open(path).unwrap();
                other.busy_timeout(Duration::from_secs(5)).unwrap();
                while !ends.load(Ordering::Relaxed) {
                    let sql = format!("PRAGMA wal_checkpoint({mode})");
                    let _ = other.query_row(&sql, [], |row| row.get::<_, i64>(0));
                    thread::sleep(Duration::from_micros(300));
                }
            });
        }
        let second = SqliteStore::open_with(&path, options()).unwrap();
        for number in 1..=2_000_u32 {
            let store = if number % 2 == 0 { &store } else { &second };
            let device = put(device_key((number % 200) as u8), device(number), number.into());
            let done = store.commit(&[commit([], [device])]).map(drop);
            if let Err(error) = &done {
                assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
            }
        }
        ends.store(true, Ordering::Relaxed);
    });
    assert_eq!(elsewhere(&path, "PRAGMA wal_checkpoint(TRUNCATE)"), "well");
    put_one(&store, 255).unwrap();
}

#[test]
fn a_file_with_a_journal_that_is_opened_without_it_after_a_kill_is_refused() {
    let now = fleet_core::Timestamp::from_millis(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let open = || SqliteStore::open(&path).unwrap();
    let create = |fleet: &Fleet, name: &str| {
        let made = fleet.console(Actor::Operator, now).create_account(&format!("{name}@example.com"));
        made.map(|account| account.id.get()).map_err(|error| error.code())
    };
    // As after a kill: nobody closes the journal.
    assert_eq!(create(&Fleet::open(Journaled::open(open()).unwrap()), "alice"), Ok(1));

    let plain = Fleet::open(GroupCommit::new(open()));
    assert_eq!(create(&plain, "mallory"), Err("store_journaled"));
    assert_eq!(plain.pending_notices(None, 10).unwrap_err().code(), "store_journaled");
    let error = plain.query(&Query::new("SELECT * FROM devices")).unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("store_journaled", false));
    assert!(error.to_string().contains("open it with `Journaled::open`"), "{error}");
    for (from, to) in [(&open() as &dyn Store, &MemoryStore::new() as &dyn Store), (&MemoryStore::new(), &open())] {
        assert_eq!(store::copy(from, to).unwrap_err().code(), "store_journaled");
    }
    let copy = folder.path().join("copy.db");
    plain.backup(&copy).unwrap();
    assert_eq!(create(&Fleet::open(SqliteStore::open(&copy).unwrap()), "mallory"), Err("store_journaled"));
    assert_eq!(create(&Fleet::open(Journaled::open(SqliteStore::open(&copy).unwrap()).unwrap()), "bob"), Ok(2));

    // Once the journal is closed, the fleet that was refused works too.
    drop(Journaled::open(open()).unwrap().close().unwrap());
    assert_eq!(create(&plain, "alice"), Err("taken"));
    assert_eq!(create(&plain, "bob"), Ok(2));
    assert_eq!(create(&Fleet::open(open()), "carol"), Ok(3));
}

#[test]
fn a_damaged_file_with_a_log_beside_it_is_reported_together_with_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let [path, backup] = ["fleet.db", "backup.db"].map(|name| folder.path().join(name));
    drop(SqliteStore::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    bytes.iter_mut().skip(100).take(200).for_each(|byte| *byte = 0xAA);
    fs::write(&backup, &bytes).unwrap();
    let alone = SqliteStore::open(&backup).unwrap_err();
    assert_eq!(alone.kind(), StoreErrorKind::Corrupt);
    assert!(alone.to_string().ends_with("; restore it from a backup"), "{alone}");
    fs::write(beside(&backup, "-wal"), "of another").unwrap();
    let beside = SqliteStore::open(&backup).unwrap_err().to_string();
    assert!(
        beside.contains("backup.db-wal` was left over from the previous file: close the fleet, delete `"),
        "{beside}"
    );
}
