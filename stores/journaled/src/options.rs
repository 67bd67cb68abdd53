//! Options of a journaled store: memory use, and when it folds.

/// How much a [`Journaled`](super::Journaled) store keeps in memory and in its journal. The defaults suit a fleet of a
/// million devices, which takes about 400 MB; a small fleet uses less.
///
/// ```
/// use fleet_core::MemoryStore;
/// use fleet_store_journaled::{JournalOptions, Journaled};
///
/// let options = JournalOptions::new().rows(50_000).fold_after(10_000);
/// let store = Journaled::open_with(MemoryStore::new(), options)?;
/// # let _ = store;
/// # Ok::<(), fleet_core::StoreError>(())
/// ```
#[derive(Clone, Debug)]
pub struct JournalOptions {
    pub(super) rows: usize,
    pub(super) fold_after: usize,
    pub(super) journal_size: usize,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { rows: 1 << 20, fold_after: 1 << 20, journal_size: 128 << 20 }
    }
}

impl JournalOptions {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of rows that are cached in memory, about 200 bytes each, in addition to those that wait to be
    /// folded. Other rows are read from the inner store. Default: 1,048,576.
    #[must_use]
    pub fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// Sets the number of changed rows after which their fold begins. With more rows, more of them share a page and
    /// each costs less to fold, but SQL shows them later. Normally at most about twice as many wait. Default:
    /// 1,048,576.
    #[must_use]
    pub fn fold_after(self, rows: usize) -> Self {
        Self { fold_after: rows.max(1), ..self }
    }

    /// Sets the size of the journal in bytes after which the fold begins too. This bounds what opening has to read:
    /// about twice as much. Default: 128 MiB.
    #[must_use]
    pub fn journal_size(self, bytes: usize) -> Self {
        Self { journal_size: bytes, ..self }
    }
}
