//! How a file is opened.

use std::time::Duration;

/// When a commit counts as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Synchronous {
    /// When the disk says so: a commit that was answered outlives a power cut. One fsync a batch.
    #[default]
    Full,
    /// When the operating system has it: a commit that was answered outlives the process. A power cut may take the
    /// latest commits back, whole ones in their order, and never damages the file.
    Normal,
}

/// How a file is opened. The defaults are good for a fleet of a million devices.
///
/// ```
/// use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
/// use std::time::Duration;
///
/// let folder = tempfile::tempdir()?;
/// let options = Options::new().synchronous(Synchronous::Normal).busy_timeout(Duration::from_secs(30));
/// let store = SqliteStore::open_with(folder.path().join("fleet.db"), options)?;
/// # let _ = store;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) synchronous: Synchronous,
    pub(crate) cache_size: usize,
    pub(crate) busy_timeout: Duration,
    pub(crate) page_size: u32,
    pub(crate) size_limit: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            synchronous: Synchronous::Full,
            cache_size: 64 << 20,
            busy_timeout: Duration::from_secs(5),
            page_size: 2048,
            size_limit: None,
        }
    }
}

impl Options {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// When a commit counts as written. Default: [`Synchronous::Full`].
    #[must_use]
    pub fn synchronous(self, synchronous: Synchronous) -> Self {
        Self { synchronous, ..self }
    }

    /// How many bytes of the file the writing connection keeps in memory at most. Default: 64 MiB.
    #[must_use]
    pub fn cache_size(self, bytes: usize) -> Self {
        Self { cache_size: bytes, ..self }
    }

    /// How long to wait for another process that writes before answering `store_unavailable`. Default: 5 s.
    #[must_use]
    pub fn busy_timeout(self, timeout: Duration) -> Self {
        Self { busy_timeout: timeout, ..self }
    }

    /// The size in bytes of the pages of a new file: a power of two from 512 to 65536. A file that is there keeps its
    /// own. Default: 2048.
    #[must_use]
    pub fn page_size(self, bytes: u32) -> Self {
        Self { page_size: bytes, ..self }
    }

    /// Answers `store_full` rather than let the file grow over so many bytes; its write-ahead log comes on top.
    /// Default: no limit but the disk's.
    #[must_use]
    pub fn size_limit(self, bytes: u64) -> Self {
        Self { size_limit: Some(bytes), ..self }
    }
}
