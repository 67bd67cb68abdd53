//! Compares the whole core on SQLite with the naive model of fleet-core's own tests: an engine must not change the
//! rules.

#[path = "../../../fleet-core/tests/common/mod.rs"]
mod common;
#[path = "../../../fleet-core/tests/common/machine.rs"]
mod machine;

use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
use proptest::prelude::*;
use std::sync::Arc;

/// A step costs about thirty reads here, so there are fewer cases than in memory, unless more are requested.
fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { 32 };
    ProptestConfig { cases, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_core_on_sqlite_does_what_the_model_does(steps in machine::steps(60)) {
        machine::run(Arc::new(SqliteStore::in_memory().unwrap()), &steps);
    }

    #[test]
    fn the_core_on_a_file_does_what_the_model_does(steps in machine::steps(30)) {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::new().synchronous(Synchronous::Normal);
        machine::run(Arc::new(SqliteStore::open_with(folder.path().join("fleet.db"), options).unwrap()), &steps);
    }
}
