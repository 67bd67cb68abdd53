//! Cancels a long call that only reads, from another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cancels the call that it is passed to: [`plan_import_until`](crate::ProductConsole::plan_import_until), or a query with
/// [`Query::until`](crate::store::Query::until). Clones cancel the same call.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Creates a token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels the call. It returns `cancelled` soon after.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the call was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
