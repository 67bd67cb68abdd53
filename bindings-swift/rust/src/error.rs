//! The error of every operation.

use fleet_bindings::{Failure, FailureKind};

/// Why a call failed. Nothing was changed, unless the operation's documentation says how far it came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum FleetError {
    /// The one case there is: what went wrong is told by its code and its kind.
    #[error("{reason}")]
    Failed {
        /// A stable word, the same in every language.
        code: String,
        /// A sentence for a person, which says what to do next.
        reason: String,
        /// Whether the same call may succeed when it is made again, without anything else being changed.
        is_transient: bool,
        /// What went wrong, with what a caller branches on.
        kind: FailureKind,
    },
}

impl From<Failure> for FleetError {
    fn from(failure: Failure) -> Self {
        let Failure { code, message, is_transient, kind } = failure.in_camel_case();
        Self::Failed { code, reason: message, is_transient, kind }
    }
}
