//! PostgreSQL, SQLite and the store in memory give the same answers to the same operations, and end with the same rows.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "../../sqlite/tests/common/mod.rs"]
mod records;

use common::schema;
use proptest::prelude::*;
use records::commits::{run, steps};

/// A step costs some round trips, so there are fewer cases than in memory, unless more are requested.
fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { 48 };
    ProptestConfig { cases, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(cases())]

    // SQLite's own test runs the same kind of sequences.
    #[test]
    fn postgresql_and_memory_give_the_same_answers_and_end_with_the_same_rows(steps in steps(24)) {
        let schema = schema();
        run(&steps, || schema.open(), |_, _| ());
    }
}
