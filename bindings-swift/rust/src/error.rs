//! The error of every operation.

use fleet_bindings::{Failure, FailureKind};

/// Why a call failed. Nothing was changed, unless the operation's documentation says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum FleetError {
    /// The only case: the failure is described by its code and its kind.
    #[error("{reason}")]
    Failed {
        /// A stable code, the same in every language.
        code: String,
        /// A sentence for people. It says what to do next.
        reason: String,
        /// Whether the same call may succeed when retried, without any other change.
        is_transient: bool,
        /// The kind of failure, with the data that a caller branches on.
        kind: FailureKind,
    },
}

impl From<Failure> for FleetError {
    fn from(failure: Failure) -> Self {
        let Failure { code, message, is_transient, kind } = failure.in_camel_case();
        Self::Failed { code, reason: message, is_transient, kind }
    }
}
