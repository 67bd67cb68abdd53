//! The whole core on PostgreSQL against the naive model of fleet-core's own tests, as it is held to in memory and on
//! SQLite: an engine may not change what the rules say.

#[path = "../../../fleet-core/tests/common/mod.rs"]
mod common;
#[path = "../../../fleet-core/tests/common/machine.rs"]
mod machine;
#[path = "common/mod.rs"]
mod schemas;

use proptest::prelude::*;
use std::sync::Arc;

/// A step costs some thirty reads here: fewer cases than in memory, unless more are asked for.
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
