//! Teams, events and billing give the same answers on SQLite, and on a journal in front of it, as in memory, and end
//! with the same rows.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../../../../fleet-core/tests/common/twins.rs"]
mod pair;

use fleet_store_journaled::{JournalOptions, Journaled};
use fleet_store_sqlite::SqliteStore;
use proptest::prelude::*;
use std::sync::Arc;

fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { 48 };
    ProptestConfig { cases, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn sqlite_gives_the_same_answers_as_memory(acts in pair::acts(80)) {
        let store = Arc::new(SqliteStore::in_memory().unwrap());
        pair::run(Arc::clone(&store) as _, &acts, || pair::rows(&*store));
    }

    #[test]
    fn a_journal_gives_the_same_answers_as_memory(acts in pair::acts(80)) {
        let options = JournalOptions::new().rows(20).fold_after(40);
        let inner = Arc::new(SqliteStore::in_memory().unwrap());
        let journaled = Arc::new(Journaled::open_with(Arc::clone(&inner), options).unwrap());
        pair::run(Arc::clone(&journaled) as _, &acts, || {
            journaled.fold(usize::MAX).unwrap();
            pair::rows(&*inner)
        });
    }
}
