//! A writer that is killed at any moment leaves a file with every acknowledged commit, complete; also with a journal,
//! whenever it dies during a fold or while it opens. So do an import, and a process that brings the file up to date.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::*;
use fleet_core::store::{
    AuditId, Commit, CommitOutcome, JournalOptions, Journaled, Key, Kind, Range, Record, Store, Write,
};
use fleet_core::{Actor, Fleet, ProductId, Timestamp, invariants};
use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
use std::ffi::OsStr;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const OPENED: &str = "FLEET_KILLED_OPENERS_FILE";
const REOPENED: &str = "FLEET_KILLED_JOURNAL_OPENERS_FILE";
const IMPORTED: &str = "FLEET_KILLED_IMPORTS_FILE";
const ROUND: &str = "FLEET_KILLED_IMPORTS_ROUND";
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
        left += journal(path);
        stands(&open_journaled(path), path, acknowledged);
    });
    assert!(left > ROUNDS, "only {left} records of the journal were left in total: reading them was not tested");
}

/// Number of records that the journal of a closed file holds.
fn journal(path: &Path) -> usize {
    open(path).scan(&Range::new(Key::Journal(1), Key::Journal(u64::MAX))).unwrap().len()
}

/// Not a test by itself: what the killed process does.
#[test]
fn open_a_journal_until_killed() {
    let Some(path) = std::env::var_os(REOPENED) else { return };
    say("started");
    let store = open_journaled(Path::new(&path));
    say("opened");
    std::thread::sleep(Duration::from_secs(60));
    drop(store);
}

#[test]
fn a_process_that_is_killed_while_it_opens_a_journal_loses_nothing() {
    let mut left = 0;
    kill_writers(Some(JOURNALED), |path, acknowledged| {
        for attempt in 0..3 {
            left += journal(path);
            let mut opener = start("open_a_journal_until_killed", &[(REOPENED, path.as_os_str())]);
            wait_for(&mut opener, "started");
            std::thread::sleep(Duration::from_micros(RandomState::new().hash_one(attempt) % 4_000));
            opener.kill().unwrap();
            opener.wait().unwrap();
        }
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

const NOW: Timestamp = Timestamp::from_millis(1_457_438_400_000);

/// More than one commit of an import holds.
const IMPORTS: usize = 9_000;

fn list(round: usize) -> String {
    (0..IMPORTS).map(|number| format!("aa{round:06x}{number:016x}\n")).collect()
}

fn fleet(path: &Path, is_journaled: bool) -> Fleet {
    if is_journaled { Fleet::open(open_journaled(path)) } else { Fleet::open(open(path)) }
}

fn start(test: &str, variables: &[(&str, &OsStr)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits for a line that begins with these words.
fn wait_for(child: &mut Child, words: &str) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.starts_with(words)), "the process did not write `{words}`");
}

fn say(words: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "\n{words}").unwrap();
    out.flush().unwrap();
}

/// Not a test by itself: what the killed process does.
#[test]
fn import_until_killed() {
    let Some(path) = std::env::var_os(IMPORTED) else { return };
    let round = std::env::var(ROUND).unwrap().parse().unwrap();
    let fleet = fleet(Path::new(&path), std::env::var_os(JOURNALED).is_some());
    say("started");
    let product = ProductId::new(94).unwrap();
    fleet.console(Actor::Operator, NOW).product(product).import(list(round).as_bytes()).unwrap();
    say("done");
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn an_import_that_is_killed_is_completed_by_the_same_file() {
    for is_journaled in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db");
        let product = ProductId::new(94).unwrap();
        {
            let fleet = fleet(&path, is_journaled);
            let operator = fleet.console(Actor::Operator, NOW);
            let owner = operator.create_account("alice@example.com").unwrap().id;
            operator.create_product_with_id(product, owner, "Thermostat", "photon".parse().unwrap()).unwrap();
            operator.product(product).set_tier("Enterprise").unwrap();
        }
        // At some moment of the import, and after it was acknowledged.
        for (round, delay) in [Some(RandomState::new().hash_one(1) % 600), None].into_iter().enumerate() {
            let number = round.to_string();
            let mut variables = vec![(IMPORTED, path.as_os_str()), (ROUND, number.as_ref())];
            variables.extend(is_journaled.then_some((JOURNALED, "1".as_ref())));
            let mut child = start("import_until_killed", &variables);
            wait_for(&mut child, if delay.is_some() { "started" } else { "done" });
            std::thread::sleep(Duration::from_millis(delay.unwrap_or(0)));
            child.kill().unwrap();
            child.wait().unwrap();

            let fleet = fleet(&path, is_journaled);
            assert_eq!(invariants::check(&fleet, NOW).unwrap(), [], "round {round}, journal {is_journaled}");
            let console = fleet.console(Actor::Operator, NOW);
            let devices = || usize::try_from(console.product(product).summary().unwrap().devices).unwrap();
            let (earlier, all, before) = (round * IMPORTS, (round + 1) * IMPORTS, devices());
            assert!((earlier..=all).contains(&before), "round {round}: {before} devices");
            assert!(delay.is_some() || before == all, "an acknowledged import is complete");
            let done = console.product(product).import(list(round).as_bytes()).unwrap();
            assert_eq!((done.counts().imported as usize, devices()), (all - before, all));
            assert_eq!(invariants::check(&fleet, NOW).unwrap(), []);
        }
    }
}

/// Not a test by itself: what the killed process does, and each of two processes that open a file at once.
#[test]
fn open_until_killed() {
    let Some(path) = std::env::var_os(OPENED) else { return };
    say("started");
    let fleet = Fleet::open(SqliteStore::open(&path).unwrap());
    let summary = fleet.console(Actor::Operator, NOW).product(ProductId::new(94).unwrap()).summary().unwrap();
    say(&format!("opened {}", summary.devices));
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_migration_that_is_killed_or_that_two_processes_do_at_once_keeps_all_data() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..10 {
        let path = folder.path().join(format!("{round}.db"));
        std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-1.sqlite"), &path).unwrap();
        let mut openers = [0; 2].map(|_| start("open_until_killed", &[(OPENED, path.as_os_str())]));
        if round % 2 == 0 {
            openers.iter_mut().for_each(|opener| wait_for(opener, "opened 2"));
        } else {
            wait_for(&mut openers[0], "started");
            std::thread::sleep(Duration::from_micros(RandomState::new().hash_one(round) % 20_000));
        }
        for opener in &mut openers {
            opener.kill().unwrap();
            opener.wait().unwrap();
        }
        let fleet = Fleet::open(SqliteStore::open(&path).unwrap());
        assert_eq!(invariants::check(&fleet, NOW).unwrap(), [], "round {round}");
        let summary = fleet.console(Actor::Operator, NOW).product(ProductId::new(94).unwrap()).summary().unwrap();
        assert_eq!((summary.devices, summary.online), (2, 1), "round {round}");
    }
}
