//! Which files a store was opened on, and whether they are still the ones at its path.
//!
//! SQLite goes on in the files that it opened, wherever they are moved to, while every connection that is opened later
//! opens what is at the path by then. So before each commit and for each new connection the two are compared.

use fleet_core::store::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The files of an open store.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    /// The write-ahead log, beside the file that `path` leads to.
    log: PathBuf,
    opened: Opened,
}

/// What a path leads to: device and inode. Elsewhere than on Unix a file that is open cannot be moved.
#[cfg(unix)]
type Identity = Option<(u64, u64)>;
#[cfg(not(unix))]
type Identity = ();

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Opened {
    database: Identity,
    log: Identity,
}

/// What happened to the files of an open store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The path leads to another database, or to none.
    Database,
    /// The log was deleted.
    LogDeleted,
    /// There is another log beside the database.
    LogReplaced,
}

#[cfg(unix)]
fn identity(path: &Path) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Identity {}

impl Files {
    /// The files that a connection has open. It has read something, so the log is open too.
    pub(crate) fn of(path: &Path, connection: &Connection) -> Result<Self, StoreError> {
        let mut log = OsString::from(path.canonicalize().unwrap_or_else(|_| path.to_owned()));
        log.push("-wal");
        let log = PathBuf::from(log);
        let opened = Opened { database: identity(path), log: identity(&log) };
        let files = Self { path: path.to_owned(), log, opened };
        files.same(connection)?;
        Ok(files)
    }

    /// The path that the store was opened by, from the root.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What happened to the files since they were opened.
    pub(crate) fn change(&self) -> Option<Change> {
        if identity(&self.path) != self.opened.database {
            return Some(Change::Database);
        }
        let log = identity(&self.log);
        if log == self.opened.log {
            return None;
        }
        Some(if log == Identity::default() { Change::LogDeleted } else { Change::LogReplaced })
    }

    /// That a connection has the store's file open, and that the files are in their places.
    pub(crate) fn same(&self, connection: &Connection) -> Result<(), StoreError> {
        let change = if has_moved(connection) { Some(Change::Database) } else { self.change() };
        change.map_or(Ok(()), |change| Err(self.moved(change)))
    }

    pub(crate) fn moved(&self, change: Change) -> StoreError {
        let (file, log) = (self.path.display(), self.log.display());
        let problem = match change {
            Change::Database => format!(
                "`{file}` was moved, deleted or replaced while this fleet had it open, so nothing more is written: \
                 close the fleet, see that the right file is there without the `-wal` of another, and open it again"
            ),
            Change::LogDeleted => format!(
                "`{log}` was deleted while this fleet had it open, so nothing more is written to it; what was in it was \
                 put into `{file}`: close the fleet and open it again, and leave the files beside `{file}` alone"
            ),
            Change::LogReplaced => format!(
                "`{log}` was replaced while this fleet had it open, so nothing more is written: another program took \
                 itself for the only one that uses `{file}`; close both, and open the fleet again"
            ),
        };
        StoreError::new(StoreErrorKind::Moved, problem)
    }
}

/// Whether the path that a connection was opened by leads to another file by now.
fn has_moved(connection: &Connection) -> bool {
    #[cfg(unix)]
    {
        let mut moved = 0;
        let asked = connection.file_control(Some("main"), rusqlite::FileControl::HasMoved(&mut moved));
        asked.is_ok() && moved != 0
    }
    #[cfg(not(unix))]
    {
        let _ = connection;
        false
    }
}
