//! A store that is written in Swift or Kotlin: three methods over rows of bytes and JSON.

use fleet_bindings::store::{self, KeyRange, RowCommit, RowStoreTrouble, StoredRow};
use std::fmt;
use std::sync::Arc;

/// Three operations over rows of bytes and JSON: what a host implements to keep a fleet in an engine of its own. They are
/// called from many threads at once, and may block. `conformance` holds a store to the laws.
#[uniffi::export(with_foreign)]
pub trait RowStore: Send + Sync {
    /// The rows of these keys, in the order asked, from one moment.
    fn get(&self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<StoredRow>>, RowStoreError>;

    /// The rows of a range in order of their keys' bytes, or reversed.
    fn scan(&self, range: KeyRange) -> Result<Vec<StoredRow>, RowStoreError>;

    /// Applies commits in their order, each whole or not at all; says of each whether it was applied. One whose checks
    /// do not hold is not, and does not stop the next. Whatever this throws, it is taken to be unknown whether they were
    /// applied, and the core finds out; only `Refused` says that nothing was.
    fn commit(&self, batch: Vec<RowCommit>) -> Result<Vec<bool>, RowStoreError>;
}

/// Why a store of a host's could not do its part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum RowStoreError {
    /// It is busy or cannot be reached. Trying again helps.
    #[error("{reason}")]
    Unavailable {
        /// What to tell a person.
        reason: String,
    },
    /// It refuses the call, and nothing of it was applied nor will be. Trying again helps.
    #[error("{reason}")]
    Refused {
        /// What to tell a person.
        reason: String,
    },
    /// It failed in the middle of a commit: whether it was applied must be found out.
    #[error("{reason}")]
    OutcomeUnknown {
        /// What to tell a person.
        reason: String,
    },
    /// Anything else.
    #[error("{reason}")]
    Broken {
        /// What to tell a person.
        reason: String,
    },
}

/// A store that throws anything else may have thrown it anywhere.
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

/// The host's store, as the common crate knows one.
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
