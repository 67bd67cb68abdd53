//! Whatever is done to PostgreSQL, to SQLite and to the store in memory, all answer alike and end alike.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;
#[path = "../../sqlite/tests/common/mod.rs"]
mod records;

use common::schema;
use proptest::prelude::*;
use records::commits::{run, steps};

/// A step costs some round trips: fewer cases than in memory, unless more are asked for.
fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { 48 };
    ProptestConfig { cases, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(cases())]

    // SQLite's own test runs the same sequences.
    #[test]
    fn the_database_and_the_memory_answer_alike_and_end_alike(steps in steps(24)) {
        let schema = schema();
        run(&steps, || schema.open(), |_, _| ());
    }
}
