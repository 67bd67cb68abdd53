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
