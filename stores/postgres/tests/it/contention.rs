//! Callers that contend for one record take turns in each process, and processes wait at random: every caller gets an
//! answer.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../../../../fleet-core/tests/common/contention.rs"]
mod crowd;

use crate::common as schemas;
use fleet_core::store::GroupCommit;
use std::sync::Arc;

#[test]
fn all_of_50_callers_of_each_command_are_answered() {
    crowd::all_are_answered(|| Arc::new(GroupCommit::new(schemas::schema().open()).with_reads()), 50);
}

#[test]
fn all_of_400_strangers_join_at_once() {
    crowd::all_join(GroupCommit::new(schemas::schema().open()).with_reads(), 400);
    crowd::all_join(schemas::schema().open(), 400);
}

#[test]
fn callers_of_four_processes_are_answered() {
    let schema = schemas::schema();
    contention::processes_are_answered(|| Arc::new(schema.open()), 4, 80);
}
