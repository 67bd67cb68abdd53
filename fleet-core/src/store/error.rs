//! What a store could not do.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Why a store could not do its part: a kind to branch on, what it was doing, and the engine's own error as its source.
///
/// One failure of an engine may be told to many callers, so it can be cloned.
#[derive(Clone, Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    context: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kinds of trouble a store can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// Others changed the same records at every try. Trying again later helps.
    Contention,
    /// The engine is busy or cannot be reached; nothing was applied. Trying again helps.
    Unavailable,
    /// The engine failed in the middle of a commit: whether it was applied must be found out. What was not applied when
    /// this is answered may still be, where the engine is behind a network.
    Unknown,
    /// The disk is full; nothing was applied.
    Full,
    /// The store cannot be written to.
    ReadOnly,
    /// The file is not one of this store.
    NotOurs,
    /// The schema is newer than this program.
    NewerSchema,
    /// The store must be empty for this, and is not.
    NotEmpty,
    /// The store does not do this.
    Unsupported,
    /// A record cannot be read.
    Corrupt,
    /// Another process has taken the fleet over: this one may neither read nor write any more.
    Taken,
    /// The fleet was opened by a parent of this process, before `fork()`: it must be opened in this process.
    Forked,
    /// The files of the store were moved, deleted or replaced while it had them open.
    Moved,
    /// The store has a journal with changes in it that were not put in their places: without the journal it is an older
    /// fleet.
    Journaled,
    /// A query is not one that may be run, or its answer is not one that may be had. A fleet answers `invalid`.
    Query,
    /// Anything else.
    Other,
}

impl StoreError {
    /// An error of a kind, with what the store was doing or should be told to a person.
    pub fn new(kind: StoreErrorKind, context: impl Into<String>) -> Self {
        Self { kind, context: context.into(), source: None }
    }

    /// The same with the engine's own error.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: Some(Arc::from(source.into())), ..self }
    }

    /// The kind of trouble.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// A stable word for the kind.
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

    /// Whether the same call may succeed when it is made again.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Contention | StoreErrorKind::Unavailable)
    }

    /// Whether a commit may have been applied although it failed.
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
