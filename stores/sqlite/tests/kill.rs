//! A writer that is killed at any moment leaves a file with every acknowledged commit, complete; also with a journal,
//! whenever it dies during a fold.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use common::*;
use fleet_core::Timestamp;
use fleet_core::store::{
    AuditId, Commit, CommitOutcome, JournalOptions, Journaled, Key, Kind, Range, Record, Store, Write,
};
use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const FILE: &str = "FLEET_KILLED_WRITERS_FILE";
const JOURNALED: &str = "FLEET_KILLED_WRITERS_JOURNAL";
const ROUNDS: usize = 24;
const DEVICES: u8 = 8;

fn open(path: &Path) -> SqliteStore {
    // Nothing else that survives the process differs, and more commits are in progress when it is killed.
    SqliteStore::open_with(path, Options::new().synchronous(Synchronous::Normal)).unwrap()
}

/// So small that a round has many generations, each with a fold.
fn open_journaled(path: &Path) -> Journaled<SqliteStore> {
    Journaled::open_with(open(path), JournalOptions::new().rows(32).fold_after(100)).unwrap()
}

fn note_key(nonce: u64) -> Key {
    Key::Audit(product(), AuditId { at: Timestamp::from_millis(0), nonce })
}

/// The commit with this number: its device, the counter and an audit record belong together.
fn numbered(number: u32) -> Commit {
    let note = r#"{"at":0,"actor":"operator","command":"create_account","subject":"written by one who was killed"}"#;
    commit(
        [check(note_key(number.into()), None)],
        [
            put(device_key((number % u32::from(DEVICES)) as u8), device(number), number.into()),
            Write::Add { key: tally_key(0), delta: 1 },
            put(note_key(number.into()), Record::from_json(Kind::Audit, note).unwrap(), number.into()),
        ],
    )
}

/// Not a test by itself: what the killed process does. It continues after the last commit that it finds.
#[test]
fn write_until_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    match std::env::var_os(JOURNALED) {
        Some(_) => write(&open_journaled(Path::new(&path))),
        None => write(&open(Path::new(&path))),
    }
}

fn write(store: &dyn Store) {
    let mut next = u32::try_from(counter(store, 0).unwrap_or(0)).unwrap() + 1;
    let mut out = std::io::stdout();
    loop {
        let batch: Vec<Commit> = (next..next + next % 5 + 1).map(numbered).collect();
        let outcomes = store.commit(&batch).unwrap();
        assert!(outcomes.iter().all(|outcome| *outcome == CommitOutcome::Applied), "{outcomes:?}");
        next += u32::try_from(batch.len()).unwrap();
        writeln!(out, "\nwritten {}", next - 1).unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn a_killed_writer_leaves_every_acknowledged_commit() {
    kill_writers(None, |path, acknowledged| stands(&open(path), path, acknowledged));
}

#[test]
fn a_killed_writer_with_a_journal_leaves_every_acknowledged_commit() {
    let mut left = 0;
    kill_writers(Some(JOURNALED), |path, acknowledged| {
        left += open(path).scan(&Range::new(Key::Journal(1), Key::Journal(u64::MAX))).unwrap().len();
        stands(&open_journaled(path), path, acknowledged);
    });
    assert!(left > ROUNDS, "only {left} records of the journal were left in total: reading them was not tested");
}

/// Kills one writer after the other, and checks what each leaves.
fn kill_writers(switch: Option<&str>, mut look: impl FnMut(&Path, u32)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.db");
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["write_until_killed", "--exact", "--nocapture"])
            .env(FILE, &path)
            .envs(switch.map(|switch| (switch, "1")))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let mut written = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("written ")?.parse().ok());
        acknowledged = written.next().unwrap_or_else(|| panic!("round {round}: the writer wrote nothing"));
        std::thread::sleep(Duration::from_micros(RandomState::new().hash_one(round) % 60_000));
        writer.kill().unwrap();
        writer.wait().unwrap();
        acknowledged = written.last().unwrap_or(acknowledged);
        look(&path, acknowledged);
    }
    assert!(acknowledged > 100, "only {acknowledged} commits in {ROUNDS} rounds");
}

/// Checks that a store holds each commit up to a number that is not below the last acknowledged one, completely, in an
/// undamaged file.
fn stands(store: &dyn Store, path: &Path, acknowledged: u32) {
    let applied = u32::try_from(counter(store, 0).unwrap()).unwrap();
    assert!(applied >= acknowledged, "{acknowledged} acknowledged, {applied} there");
    let notes = store.scan(&Range::new(note_key(0), note_key(u64::MAX))).unwrap();
    let numbers: Vec<u64> = notes.iter().map(|row| row.stamp.0).collect();
    assert!(numbers.iter().copied().eq(1..=applied.into()), "{applied} counted, but these stand: {numbers:?}");
    for device in 0..DEVICES {
        let latest = (1..=applied).rev().find(|number| number % u32::from(DEVICES) == u32::from(device));
        assert_eq!(sequence(store, device), latest, "device {device} after {applied} commits");
    }
    let file = rusqlite::Connection::open(path).unwrap();
    let verdict = file.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(verdict, "ok");
}
