//! File locks on systems without locks of an open file description: SQLite's own, which belong to the process. See
//! `locks.rs` for the consequences beside another copy of SQLite.

use std::path::Path;

/// A store's file.
#[derive(Debug)]
pub(crate) struct Owned;

impl Owned {
    pub(crate) fn new(_path: &Path) -> Self {
        Self
    }
}

/// Whether the log beside a database belongs to another one. Not detectable here.
pub(crate) fn is_log_of_another(_database: &Path) -> bool {
    false
}

/// Whether only this process has a store's log open. Not detectable here.
pub(crate) fn has_log_alone(_shared: Option<(u64, u64)>) -> bool {
    false
}

/// Reads from the file of the shared memory. Not possible here: it would need another descriptor, and closing that
/// would drop this process's locks.
pub(crate) fn read_shared(_shared: Option<(u64, u64)>, _into: &mut [u8]) -> bool {
    false
}

/// Whether another copy of SQLite in this process can delete the log while a store has it open.
pub(crate) const LOG_MAY_GO: bool = cfg!(unix);
