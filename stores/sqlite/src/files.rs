//! Which files a store was opened on, and whether they are still the ones at its path.
//!
//! SQLite goes on in the files that it opened, wherever they are moved to, while every connection that is opened later
//! opens what is at the path by then. So before each commit and for each new connection the two are compared.

use crate::locks;
use fleet_core::store::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of an open store.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    /// The write-ahead log, beside the file that `path` leads to.
    log: PathBuf,
    /// The file through which connections share memory.
    shared: PathBuf,
    /// What the three were when they were opened.
    opened: [Identity; 3],
}

/// What a path leads to: device and inode. `None` also stands for what has none: elsewhere than on Unix, where a file that
/// is open cannot be moved.
type Identity = Option<(u64, u64)>;

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
fn identity(_path: &Path) -> Identity {
    None
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    name.push(end);
    PathBuf::from(name)
}

/// Sees to it, before a database is opened, that the log beside it is not one that a running program writes for another
/// database, which was at this path before.
pub(crate) fn without_log_of_another(path: &Path) -> Result<(), StoreError> {
    if !locks::is_log_of_another(path) {
        return Ok(());
    }
    let [log, shared, aside] = ["-wal", "-shm", "-wal-moved"].map(|end| beside(path, end));
    if path.metadata().map_or(true, |found| found.len() == 0) {
        // A new database has no log. The other program has this one open, and keeps it.
        if !aside.exists() {
            let _ = fs::rename(&log, &aside);
        }
        let _ = fs::remove_file(&shared);
        return Ok(());
    }
    let (file, log, shared) = (path.display(), log.display(), shared.display());
    let problem = format!(
        "`{log}` belongs to another database: a program is running that had one open which was at `{file}` before. End that \
         program, delete `{log}` and `{shared}` if they are still there, put the right file in place once more, and open it"
    );
    Err(StoreError::new(StoreErrorKind::Moved, problem))
}

impl Files {
    /// The files that a connection has open. It has read something, so the log is open too.
    pub(crate) fn of(path: &Path, connection: &Connection) -> Result<Self, StoreError> {
        let [log, shared] = ["-wal", "-shm"].map(|end| beside(path, end));
        let opened = [path, &log, &shared].map(identity);
        let files = Self { path: path.to_owned(), log, shared, opened };
        files.same(connection)?;
        Ok(files)
    }

    /// The path that the store was opened by, from the root.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What happened to the files since they were opened.
    pub(crate) fn change(&self) -> Option<Change> {
        let [database, log, _] = self.opened;
        if identity(&self.path) != database {
            return Some(Change::Database);
        }
        match identity(&self.log) {
            now if now == log => None,
            None => Some(Change::LogDeleted),
            Some(_) => Some(Change::LogReplaced),
        }
    }

    /// Puts what was acknowledged into the database that a connection has open, wherever that is by now, if nobody else
    /// can have written to its log.
    pub(crate) fn save(&self, connection: &Connection, change: Change) {
        let [.., shared] = self.opened;
        let is_ours = match change {
            Change::Database => locks::has_log_alone(shared),
            Change::LogDeleted => true,
            Change::LogReplaced => false,
        };
        if is_ours {
            let _ = connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(()));
        }
    }

    /// Does what SQLite leaves undone when it closes the last connection to a database that was moved: what is beside
    /// its former path would be taken for the log of whatever is put there.
    pub(crate) fn tidy(&self) {
        let [_, log, shared] = self.opened;
        if locks::has_log_alone(shared) {
            for (path, opened) in [(&self.log, log), (&self.shared, shared)] {
                if opened.is_some() && identity(path) == opened {
                    let _ = fs::remove_file(path);
                }
            }
        }
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
                 close the fleet, put the right file in place, and open it again"
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
