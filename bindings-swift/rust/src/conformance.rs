//! The laws of every store, for one that is written in Swift or Kotlin.

use crate::store::Foreign;
use crate::{RowStore, RowStoreError};
use fleet_bindings::store::HostStore;
use fleet_core::store::conformance::check;
use fleet_core::{MemoryStore, Store};
use std::sync::{Arc, Mutex, PoisonError};

/// Makes empty stores.
#[uniffi::export(with_foreign)]
pub trait StoreFactory: Send + Sync {
    /// A store with nothing in it, another one each time.
    fn make(&self) -> Result<Arc<dyn RowStore>, RowStoreError>;
}

/// A law that a store broke.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Violation {
    /// The law's name.
    pub law: String,
    /// What was seen that should not be.
    pub what: String,
}

/// Holds a store to every law that the core counts on; an empty list says that it keeps them all. For tests: it takes
/// seconds and starts threads.
#[uniffi::export]
pub async fn conformance(factory: Arc<dyn StoreFactory>) -> Vec<Violation> {
    let failed = Arc::new(Mutex::new(None));
    let noted = Arc::clone(&failed);
    let open = move || -> Arc<dyn Store> {
        match factory.make() {
            Ok(store) => Arc::new(HostStore(Foreign(store))),
            Err(error) => {
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                // No law is held against this one: what was thrown is told in place of all findings.
                Arc::new(MemoryStore::new())
            }
        }
    };
    let outcome = blocking::unblock(move || check(open)).await;
    if let Some(what) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return vec![Violation { law: "a factory makes stores".to_owned(), what }];
    }
    let broken = outcome.err().unwrap_or_default().into_iter();
    broken.map(|broken| Violation { law: broken.law.to_owned(), what: broken.what }).collect()
}
