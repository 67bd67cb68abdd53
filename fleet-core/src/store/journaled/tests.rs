use super::{JournalOptions, Journaled};
use crate::MemoryStore;
use crate::store::conformance::{check, check_reopen};
use crate::store::{GroupCommit, Store};
use std::sync::Arc;

/// Folds so often that most rows of a test are folded within it.
fn restless<S: Store>(inner: S) -> Journaled<S> {
    Journaled::open_with(inner, JournalOptions::new().rows(8).fold_after(3).journal_size(4096)).unwrap()
}

#[test]
fn a_journaled_store_keeps_every_law_whether_it_folds_late_or_all_the_time() {
    check(|| Journaled::open(MemoryStore::new()).unwrap()).unwrap();
    check(|| restless(MemoryStore::new())).unwrap();
    check(|| GroupCommit::new(restless(MemoryStore::new()))).unwrap();
}

#[test]
fn a_journaled_store_that_is_opened_again_has_all_that_was_committed() {
    check_reopen(|| Arc::new(MemoryStore::new()), |inner| Journaled::open(Arc::clone(inner)).unwrap()).unwrap();
    check_reopen(|| Arc::new(MemoryStore::new()), |inner| restless(Arc::clone(inner))).unwrap();
}
