//! Options for opening a file.

use std::time::Duration;

/// When a commit counts as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Synchronous {
    /// Once the disk confirms it: a commit that was answered survives a power cut. One fsync for each batch.
    #[default]
    Full,
    /// Once the operating system has it: a commit that was answered survives the process. A power cut may undo the
    /// latest commits, whole ones and in order, and never damages the file.
    Normal,
}

/// Options for opening a file. The defaults suit a fleet of a million devices.
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
    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets when a commit counts as written. Default: [`Synchronous::Full`].
    #[must_use]
    pub fn synchronous(self, synchronous: Synchronous) -> Self {
        Self { synchronous, ..self }
    }

    /// Sets the maximum size of the writing connection's page cache, in bytes. Default: 64 MiB.
    #[must_use]
    pub fn cache_size(self, bytes: usize) -> Self {
        Self { cache_size: bytes, ..self }
    }

    /// Sets how long to wait for another process that writes, before answering `store_unavailable`. Default: 5 s.
    #[must_use]
    pub fn busy_timeout(self, timeout: Duration) -> Self {
        Self { busy_timeout: timeout, ..self }
    }

    /// Sets the page size of a new file in bytes: a power of two from 512 to 65536. An existing file keeps its own.
    /// Default: 2048.
    #[must_use]
    pub fn page_size(self, bytes: u32) -> Self {
        Self { page_size: bytes, ..self }
    }

    /// Sets the maximum size of the file in bytes, without its write-ahead log. A commit that would exceed it fails
    /// with `store_full`. Default: no limit but the disk's.
    #[must_use]
    pub fn size_limit(self, bytes: u64) -> Self {
        Self { size_limit: Some(bytes), ..self }
    }
}
