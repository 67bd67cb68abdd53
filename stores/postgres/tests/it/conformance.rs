//! Runs the core's conformance suite on a real server.
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::common;

use common::schema;
use fleet_core::store::{GroupCommit, conformance};
use fleet_store_postgres::PostgresStore;

fn lawful(outcome: Result<(), Vec<conformance::Violation>>) {
    let broken: Vec<String> = outcome.err().into_iter().flatten().map(|violation| violation.to_string()).collect();
    assert!(broken.is_empty(), "{} laws are broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn the_store_keeps_every_law() {
    lawful(conformance::check(|| schema().open()));
}

#[test]
fn group_commit_over_the_store_keeps_every_law() {
    lawful(conformance::check(|| GroupCommit::new(schema().open())));
    lawful(conformance::check(|| GroupCommit::new(schema().open()).with_reads()));
}

#[test]
fn a_reopened_database_has_every_commit() {
    lawful(conformance::check_reopen(schema, |schema| -> PostgresStore { schema.open() }));
}
