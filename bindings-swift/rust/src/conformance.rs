//! The laws of every store, for one that is written in Swift or Kotlin.

use crate::RowStore;
use crate::store::Foreign;
use fleet_bindings::store::HostStore;
use fleet_core::store::conformance::check;
use std::sync::Arc;

/// Makes empty stores.
#[uniffi::export(with_foreign)]
pub trait StoreFactory: Send + Sync {
    /// A store with nothing in it, another one each time.
    fn make(&self) -> Arc<dyn RowStore>;
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
    let outcome = blocking::unblock(move || check(|| HostStore(Foreign(factory.make())))).await;
    let broken = outcome.err().unwrap_or_default().into_iter();
    broken.map(|broken| Violation { law: broken.law.to_owned(), what: broken.what }).collect()
}
