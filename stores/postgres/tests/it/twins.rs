//! Teams, events and billing give the same answers on PostgreSQL as in memory, and end with the same rows. SQLite's own
//! test does the same.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../../../fleet-core/tests/common/twins.rs"]
mod pair;

use crate::common as schemas;
use proptest::prelude::*;
use std::sync::Arc;

fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { 12 };
    ProptestConfig { cases, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn postgresql_gives_the_same_answers_as_memory(acts in pair::acts(80)) {
        let store = Arc::new(schemas::schema().open());
        pair::run(Arc::clone(&store) as _, &acts, || pair::rows(&*store));
    }
}
