//! Whatever is done to the file and to the store in memory, both answer alike and end alike.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::commits::{run, steps};
use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_file_and_the_memory_answer_alike_and_end_alike(steps in steps(24)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.db");
        run(&steps, || SqliteStore::open_with(&path, Options::new().synchronous(Synchronous::Normal)).unwrap());
    }
}
