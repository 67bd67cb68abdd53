//! A file and the store in memory give the same answers to the same operations, and end with the same rows. So does a
//! journal in front of the file, whenever it folds and however often it is opened again.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::commits::{held, run, steps};
use fleet_store_journaled::{JournalOptions, Journaled};
use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
use proptest::prelude::*;
use std::path::Path;

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open_with(path, Options::new().synchronous(Synchronous::Normal)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_file_and_memory_give_the_same_answers_and_end_with_the_same_rows(steps in steps(24)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db");
        run(&steps, || open(&path), |_, _| ());
    }

    #[test]
    fn a_journal_and_memory_give_the_same_answers_and_end_with_the_same_rows(steps in steps(40)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db");
        // Few rows in memory, so that many are read from the file. Folds begin by themselves or by a step.
        let options = || JournalOptions::new().rows(6).fold_after(12);
        let journaled = || Journaled::open_with(open(&path), options()).unwrap();
        let left = run(&steps, journaled, |store, rows| {
            store.fold(rows).unwrap();
        });
        // After a complete fold the file holds the same.
        prop_assert_eq!(held(&open(&path)), left);
    }
}
