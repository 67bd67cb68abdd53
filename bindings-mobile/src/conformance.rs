//! The laws of every store, for a store written in Swift or Kotlin.

use crate::store::Foreign;
use crate::{RowStore, RowStoreError};
use fleet_bindings::store::{HostStore, broken_laws};
use fleet_core::{MemoryStore, Store};
use std::sync::{Arc, Mutex, PoisonError};

/// Creates empty stores.
#[uniffi::export(with_foreign)]
pub trait StoreFactory: Send + Sync {
    /// Returns a new empty store.
    fn make(&self) -> Result<Arc<dyn RowStore>, RowStoreError>;
}

/// Reopens stores.
#[uniffi::export(with_foreign)]
pub trait StoreReopener: Send + Sync {
    /// Opens a store's data again. The argument is a store that the factory or this method returned and that is no
    /// longer used.
    fn reopen(&self, store: Arc<dyn RowStore>) -> Result<Arc<dyn RowStore>, RowStoreError>;
}

/// A law that a store broke.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Violation {
    /// The law's name.
    pub law: String,
    /// The observed violation.
    pub what: String,
}

/// Checks a store against every law that the core relies on; returns an empty list if it keeps them all. With
/// `reopener`, the laws of reopening are checked too. For tests: it takes seconds and starts threads.
#[uniffi::export(default(reopener = None))]
pub async fn conformance(factory: Arc<dyn StoreFactory>, reopener: Option<Arc<dyn StoreReopener>>) -> Vec<Violation> {
    let failed = Arc::new(Mutex::new(None));
    let noted = Arc::clone(&failed);
    let reopens = reopener.is_some();
    let open = move |before: Option<Arc<dyn RowStore>>| -> (Option<Arc<dyn RowStore>>, Arc<dyn Store>) {
        let opened = match (before, &reopener) {
            (Some(before), Some(reopener)) => reopener.reopen(before),
            _ => factory.make(),
        };
        match opened {
            Ok(store) => (Some(Arc::clone(&store)), Arc::new(HostStore(Foreign(store)))),
            Err(error) => {
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                // No law can be blamed for this: the error is thrown instead of the findings.
                (None, Arc::new(MemoryStore::new()))
            }
        }
    };
    let broken = blocking::unblock(move || broken_laws(open, reopens)).await;
    if let Some(what) = failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return vec![Violation { law: "a factory makes stores".to_owned(), what }];
    }
    broken.into_iter().map(|broken| Violation { law: broken.law.to_owned(), what: broken.what }).collect()
}
