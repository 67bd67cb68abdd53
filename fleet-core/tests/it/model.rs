//! Compares the whole core with a naive model of RULES.md: for any actors and order of commands, both agree after every
//! step.
//!
//! `PROPTEST_CASES=10000 cargo test -p fleet-core --test it model` runs longer.

use crate::machine;

use fleet_core::MemoryStore;
use proptest::prelude::*;
use std::sync::Arc;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 4000, ..ProptestConfig::default() })]

    #[test]
    fn the_core_agrees_with_the_model(steps in machine::steps(60)) {
        machine::run(Arc::new(MemoryStore::new()), &steps);
    }
}
