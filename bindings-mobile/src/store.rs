//! A store written in Swift or Kotlin: three methods over rows of bytes and JSON.

use fleet_bindings::store::{self, KeyRange, RowCommit, RowStoreTrouble, StoredRow};
use std::fmt;
use std::sync::Arc;

/// A store over rows of bytes and JSON, with three operations. A host implements it to keep a fleet in its own storage
/// engine. They are called from many threads at once, and may block. `conformance` checks the laws of stores.
#[uniffi::export(with_foreign)]
pub trait RowStore: Send + Sync {
    /// Returns the rows of these keys, in the requested order, all as of one moment.
    fn get(&self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<StoredRow>>, RowStoreError>;

    /// Returns the rows of a range, in the byte order of their keys, or reversed.
    fn scan(&self, range: KeyRange) -> Result<Vec<StoredRow>, RowStoreError>;

    /// Applies commits in order, each completely or not at all. Returns for each whether it was applied. A commit whose
    /// checks fail is not applied, and does not stop the next. After any error the core treats the outcome as unknown
    /// and resolves it; only `Refused` means that nothing was applied.
    fn commit(&self, batch: Vec<RowCommit>) -> Result<Vec<bool>, RowStoreError>;
}

/// Why a host's store failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum RowStoreError {
    /// It is busy or unreachable. A retry may succeed.
    #[error("{reason}")]
    Unavailable {
        /// The message for people.
        reason: String,
    },
    /// It refused the call. Nothing was or will be applied. A retry may succeed.
    #[error("{reason}")]
    Refused {
        /// The message for people.
        reason: String,
    },
    /// It failed during a commit. The outcome must be resolved.
    #[error("{reason}")]
    OutcomeUnknown {
        /// The message for people.
        reason: String,
    },
    /// Anything else.
    #[error("{reason}")]
    Broken {
        /// The message for people.
        reason: String,
    },
}

/// Any other error may have been thrown at any point of the commit.
impl From<uniffi::UnexpectedUniFFICallbackError> for RowStoreError {
    fn from(thrown: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::OutcomeUnknown { reason: format!("the store failed with {}", thrown.reason) }
    }
}

impl From<RowStoreError> for store::RowStoreError {
    fn from(error: RowStoreError) -> Self {
        let (trouble, message) = match error {
            RowStoreError::Unavailable { reason } => (RowStoreTrouble::Unavailable, reason),
            RowStoreError::Refused { reason } => (RowStoreTrouble::Refused, reason),
            RowStoreError::OutcomeUnknown { reason } => (RowStoreTrouble::Unknown, reason),
            RowStoreError::Broken { reason } => (RowStoreTrouble::Other, reason),
        };
        Self { trouble, message }
    }
}

/// The host's store in the common crate's form.
#[derive(Clone)]
pub(crate) struct Foreign(pub(crate) Arc<dyn RowStore>);

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Foreign")
    }
}

impl store::RowStore for Foreign {
    fn get(&self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<StoredRow>>, store::RowStoreError> {
        Ok(self.0.get(keys)?)
    }

    fn scan(&self, range: KeyRange) -> Result<Vec<StoredRow>, store::RowStoreError> {
        Ok(self.0.scan(range)?)
    }

    fn commit(&self, batch: Vec<RowCommit>) -> Result<Vec<bool>, store::RowStoreError> {
        Ok(self.0.commit(batch)?)
    }
}
