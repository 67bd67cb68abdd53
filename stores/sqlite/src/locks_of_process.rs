//! File locks where none belong to an open file description: SQLite's own, which belong to the process. See `locks.rs`
//! for what that means beside another copy of SQLite.

use std::path::Path;

/// A store's file.
#[derive(Debug)]
pub(crate) struct Owned;

impl Owned {
    pub(crate) fn new(_path: &Path) -> Self {
        Self
    }
}

/// Whether the log beside a database belongs to another one. Cannot be known here.
pub(crate) fn is_log_of_another(_database: &Path) -> bool {
    false
}

/// Whether nobody but this process has a store's log open. Cannot be known here.
pub(crate) fn has_log_alone(_shared: Option<(u64, u64)>) -> bool {
    false
}

/// Reads from the file through which connections of a store share memory. A descriptor more of it would be one too many:
/// closing it would drop this process's locks.
pub(crate) fn read_shared(_shared: Option<(u64, u64)>, _into: &mut [u8]) -> bool {
    false
}

/// Whether another copy of SQLite in this process can take the log away while a store has it open.
pub(crate) const LOG_MAY_GO: bool = cfg!(unix);
