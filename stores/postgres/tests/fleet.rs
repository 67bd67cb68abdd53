//! Compares the whole core on PostgreSQL with the naive model of fleet-core's own tests, as in memory and on SQLite: an
//! engine must not change the rules.

#[path = "../../../fleet-core/tests/common/mod.rs"]
mod common;
#[path = "../../../fleet-core/tests/common/machine.rs"]
mod machine;
#[path = "common/mod.rs"]
mod schemas;

use proptest::prelude::*;
use std::sync::Arc;

/// A step costs about thirty reads here, so there are fewer cases than in memory, unless more are requested.
fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { 8 };
    ProptestConfig { cases, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_core_on_postgresql_does_what_the_model_does(steps in machine::steps(60)) {
        machine::run(Arc::new(schemas::schema().open()), &steps);
    }
}
