//! Errors of stores.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why a store failed: a kind to branch on, what the store was doing, and the engine's own error as the source.
///
/// It can be cloned, because one failure of an engine may be reported to many callers.
#[derive(Clone, Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    context: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kinds of store failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Others changed the same records at every attempt. Retrying later helps.
    Contention,
    /// The engine is busy or cannot be reached; nothing was applied. Retrying helps.
    Unavailable,
    /// The engine failed during a commit, so it is unknown whether the commit was applied. If the engine is behind a
    /// network, the commit may still be applied after this error was returned.
    Unknown,
    /// The disk is full; nothing was applied.
    Full,
    /// The store cannot be written to.
    ReadOnly,
    /// The file is not one of this store.
    NotOurs,
    /// The schema is newer than this program.
    NewerSchema,
    /// The operation needs an empty store, and the store is not empty.
    NotEmpty,
    /// The store does not support the operation.
    Unsupported,
    /// A record cannot be read.
    Corrupt,
    /// Another process has taken the fleet over. This process can no longer read or write.
    Taken,
    /// The fleet was opened by a parent of this process, before `fork()`. Open it in this process.
    Forked,
    /// The store's files were moved, deleted or replaced while they were open.
    Moved,
    /// The store has a journal with changes that are not folded into its rows yet. Without the journal it is an older
    /// fleet.
    Journaled,
    /// The query may not be run, or its answer exceeds a bound. A fleet answers `invalid`.
    Query,
    /// Any other failure.
    Other,
}

impl StoreError {
    /// Creates an error of a kind. `context` says what the store was doing or what a person should do.
    pub fn new(kind: StoreErrorKind, context: impl Into<String>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    /// Adds the engine's own error as the source.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: Some(Arc::from(source.into())), ..self }
    }

    /// The kind of failure.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// A stable code for the kind.
    pub fn code(&self) -> &'static str {
        match self.kind {
            StoreErrorKind::Contention => "store_contention",
            StoreErrorKind::Unavailable => "store_unavailable",
            StoreErrorKind::Unknown => "store_outcome_unknown",
            StoreErrorKind::Full => "store_full",
            StoreErrorKind::ReadOnly => "store_read_only",
            StoreErrorKind::NotOurs => "store_not_ours",
            StoreErrorKind::NewerSchema => "store_newer_schema",
            StoreErrorKind::NotEmpty => "store_not_empty",
            StoreErrorKind::Unsupported => "store_unsupported",
            StoreErrorKind::Corrupt => "store_corrupt",
            StoreErrorKind::Taken => "store_taken",
            StoreErrorKind::Forked => "store_forked",
            StoreErrorKind::Moved => "store_moved",
            StoreErrorKind::Journaled => "store_journaled",
            StoreErrorKind::Query => "store_query_refused",
            StoreErrorKind::Other => "store_failed",
        }
    }

    /// Whether the same call may succeed when it is retried.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Contention | StoreErrorKind::Unavailable)
    }

    /// Whether a commit may have been applied although the call failed.
    pub fn is_unknown(&self) -> bool {
        self.kind == StoreErrorKind::Unknown
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
