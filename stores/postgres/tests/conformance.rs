//! The store keeps every law of the core's suite, on a real server.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

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
fn a_layer_that_merges_commits_keeps_every_law_over_it() {
    lawful(conformance::check(|| GroupCommit::new(schema().open())));
    lawful(conformance::check(|| GroupCommit::new(schema().open()).with_reads()));
}

#[test]
fn what_was_committed_is_there_when_the_database_is_opened_again() {
    lawful(conformance::check_reopen(schema, |schema| -> PostgresStore { schema.open() }));
}
