//! Runs the conformance suite on this store: in a file, in memory, and under layers.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use fleet_core::store::GroupCommit;
use fleet_core::store::conformance::{Violation, check, check_reopen};
use fleet_store_journaled::{JournalOptions, Journaled};
use fleet_store_sqlite::SqliteStore;
use std::cell::RefCell;
use tempfile::TempDir;

/// The violations, one on each line.
fn summary(kept: Result<(), Vec<Violation>>) -> Result<(), String> {
    kept.map_err(|violations| violations.iter().map(|violation| format!("{violation}\n")).collect())
}

/// Opens stores in folders of their own, which are deleted when this is dropped.
#[derive(Default)]
struct Folders(RefCell<Vec<TempDir>>);

impl Folders {
    fn open(&self) -> SqliteStore {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path().join("fleet.db")).unwrap();
        self.0.borrow_mut().push(folder);
        store
    }
}

#[test]
fn a_store_in_a_file_keeps_every_law() {
    let folders = Folders::default();
    assert_eq!(summary(check(|| folders.open())), Ok(()));
}

#[test]
fn a_store_in_memory_keeps_every_law() {
    assert_eq!(summary(check(|| SqliteStore::in_memory().unwrap())), Ok(()));
}

#[test]
fn a_store_under_group_commit_keeps_every_law() {
    let folders = Folders::default();
    assert_eq!(summary(check(|| GroupCommit::new(folders.open()))), Ok(()));
}

/// Opens a journaled store that folds so often that most rows of a law are folded while it is tried.
fn journaled(store: SqliteStore) -> Journaled<SqliteStore> {
    Journaled::open_with(store, JournalOptions::new().rows(64).fold_after(16)).unwrap()
}

#[test]
fn a_store_under_a_journal_keeps_every_law() {
    let folders = Folders::default();
    assert_eq!(summary(check(|| journaled(folders.open()))), Ok(()));
}

#[test]
fn a_reopened_store_under_a_journal_has_every_commit() {
    let open = |folder: &TempDir| journaled(SqliteStore::open(folder.path().join("fleet.db")).unwrap());
    assert_eq!(summary(check_reopen(|| TempDir::new().unwrap(), open)), Ok(()));
}

#[test]
fn a_reopened_store_has_every_commit() {
    let open = |folder: &TempDir| SqliteStore::open(folder.path().join("fleet.db")).unwrap();
    assert_eq!(summary(check_reopen(|| TempDir::new().unwrap(), open)), Ok(()));
}
