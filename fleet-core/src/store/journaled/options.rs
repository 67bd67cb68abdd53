//! How much a journaled store keeps in memory, and when it folds.

/// How much a [`Journaled`](super::Journaled) store keeps in memory and in its journal. The defaults are good for a fleet of a
/// million devices and take some 400 MB with one; a small fleet takes what it has.
///
/// ```
/// use fleet_core::MemoryStore;
/// use fleet_core::store::{JournalOptions, Journaled};
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
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many rows are kept in memory beside those that wait to be folded, some 200 bytes each: what is not among them
    /// is read from the inner store again. Default: 1,048,576.
    #[must_use]
    pub fn rows(self, rows: usize) -> Self {
        Self { rows, ..self }
    }

    /// So many rows are written to before their fold begins. The more they are the closer they stand, and the less a
    /// fold costs for each; and the longer it takes until SQL shows them. About twice as many wait at most while all
    /// goes well. Default: 1,048,576.
    #[must_use]
    pub fn fold_after(self, rows: usize) -> Self {
        Self { fold_after: rows.max(1), ..self }
    }

    /// The fold begins after so many bytes of journal too: this bounds what opening has to read, about twice as much.
    /// Default: 128 MiB.
    #[must_use]
    pub fn journal_size(self, bytes: usize) -> Self {
        Self { journal_size: bytes, ..self }
    }
}
