//! The whole core against a naive model of RULES.md: whatever anybody does in whatever order, the two say and hold the
//! same after every step.
//!
//! `PROPTEST_CASES=10000 cargo test -p fleet-core --test model` looks longer.

mod common;
#[path = "common/machine.rs"]
mod machine;

use fleet_core::MemoryStore;
use proptest::prelude::*;
use std::sync::Arc;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 4000, ..ProptestConfig::default() })]

    #[test]
    fn the_core_does_what_the_model_does(steps in machine::steps(60)) {
        machine::run(Arc::new(MemoryStore::new()), &steps);
    }
}
