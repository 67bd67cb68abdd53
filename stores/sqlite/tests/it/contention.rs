//! Callers that contend for one record of a file take turns: every caller gets an answer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../../../../fleet-core/tests/common/contention.rs"]
mod crowd;

use fleet_core::store::GroupCommit;
use fleet_store_sqlite::SqliteStore;
use std::sync::Arc;

#[test]
fn all_of_100_callers_of_each_command_are_answered() {
    crowd::all_are_answered(|| Arc::new(GroupCommit::new(SqliteStore::in_memory().unwrap())), 100);
}

#[test]
fn all_of_400_strangers_join_at_once() {
    let folder = tempfile::tempdir().unwrap();
    crowd::all_join(GroupCommit::new(SqliteStore::open(folder.path().join("fleet.db")).unwrap()), 400);
    crowd::all_join(SqliteStore::open(folder.path().join("alone.db")).unwrap(), 400);
}
