//! The error of every operation.

use fleet_bindings::{Failure, FailureKind};

/// Why a call failed. Nothing was changed, unless the operation's documentation says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FleetFailure {
    /// A stable code, the same in every language.
    pub code: String,
    /// A sentence for people. It says what to do next.
    pub message: String,
    /// Whether the same call may succeed when retried, without any other change.
    pub is_transient: bool,
    /// The kind of failure, with the data that a caller branches on.
    pub kind: FailureKind,
}

/// The error of every operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum FleetError {
    /// The only case. Its record holds everything that is known of the failure.
    #[error("{}", .0.message)]
    Failed(FleetFailure),
}

impl From<Failure> for FleetError {
    fn from(failure: Failure) -> Self {
        let Failure { code, message, is_transient, kind } = failure.in_camel_case();
        Self::Failed(FleetFailure { code, message, is_transient, kind })
    }
}
