//! Checks that the files at a store's path are still those that it was opened on.
//!
//! SQLite keeps using the files that it opened, wherever they are moved to, but each connection that is opened later
//! opens the file at the path. So both are compared before each commit and for each new connection.

use crate::locks;
use fleet_core::store::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The files of an open store.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    /// The write-ahead log, beside the file that `path` leads to.
    log: PathBuf,
    /// The file of the connections' shared memory.
    shared: PathBuf,
    /// The identities of the three files when they were opened.
    opened: [Identity; 3],
    last: Mutex<Option<Look>>,
    is_overwritten: AtomicBool,
}

/// The state of the database while SQLite was not writing to it, as far as it can be observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    written_back: WrittenBack,
    content: Content,
}

/// The progress of checkpoints: salts of the log, and frames. While there is a log, SQLite writes to the database
/// itself only in a checkpoint, which changes these.
type WrittenBack = [u32; 4];

/// Size in bytes, and the time of the last change, in seconds and nanoseconds.
type Content = (u64, i64, i64);

/// The identity of a file: device and inode. `None` means that there is no file, or that the system is not Unix, where
/// an open file cannot be moved.
type Identity = Option<(u64, u64)>;

/// What happened to the files of an open store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The path leads to another database, or to none.
    Database,
    /// A program other than SQLite wrote to the database.
    Overwritten,
    /// The log was deleted.
    LogDeleted,
    /// Another log is beside the database.
    LogReplaced,
}

/// Suffix of a log that was put aside, because it belongs to another database than the one beside it.
const ASIDE: &str = "-wal-moved";

fn identity(path: &Path) -> Identity {
    look(path).0
}

#[cfg(unix)]
fn look(path: &Path) -> (Identity, Option<Content>) {
    use std::os::unix::fs::MetadataExt as _;
    let found = path.metadata().ok();
    let identity = found.as_ref().map(|found| (found.dev(), found.ino()));
    (identity, found.map(|found| (found.size(), found.mtime(), found.mtime_nsec())))
}

#[cfg(not(unix))]
fn look(_path: &Path) -> (Identity, Option<Content>) {
    (None, None)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path.canonicalize().unwrap_or_else(|_| path.to_owned()));
    name.push(end);
    PathBuf::from(name)
}

/// Before a database is opened: makes sure that the log beside it is not that of a running program, which had another
/// database open at this path.
pub(crate) fn without_log_of_another(path: &Path) -> Result<(), StoreError> {
    if !locks::is_log_of_another(path) {
        return Ok(());
    }
    let [log, shared, aside] = ["-wal", "-shm", ASIDE].map(|end| beside(path, end));
    if path.metadata().map_or(true, |found| found.len() == 0) {
        // A new database has no log. The other program has this log open, and keeps it.
        if !aside.exists() {
            let _ = fs::rename(&log, &aside);
        }
        let _ = fs::remove_file(&shared);
        return Ok(());
    }
    let (file, log, shared) = (path.display(), log.display(), shared.display());
    let problem = format!(
        "`{log}` belongs to another database: a running program has the previous database of `{file}` open. End that \
         program, delete `{log}` and `{shared}` if they are still there, put the right file in place again, and open it"
    );
    Err(StoreError::new(StoreErrorKind::Moved, problem))
}

impl Files {
    /// Returns the files that a connection has open. The connection must have read something, so that its log is open
    /// too.
    pub(crate) fn of(path: &Path, connection: &Connection) -> Result<Self, StoreError> {
        let [log, shared] = ["-wal", "-shm"].map(|end| beside(path, end));
        let opened = [path, &log, &shared].map(identity);
        let (last, is_overwritten) = (Mutex::default(), AtomicBool::new(false));
        let files = Self { path: path.to_owned(), log, shared, opened, last, is_overwritten };
        files.same(connection)?;
        Ok(files)
    }

    /// The absolute path that the store was opened by.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns what happened to the files since they were opened.
    pub(crate) fn change(&self) -> Option<Change> {
        let [database, log, _] = self.opened;
        let before = self.written_back();
        let (now, content) = look(&self.path);
        if now != database {
            return Some(Change::Database);
        }
        match identity(&self.log) {
            now if now == log => {}
            None => return Some(Change::LogDeleted),
            Some(_) => return Some(Change::LogReplaced),
        }
        let look = before.zip(content).map(|(written_back, content)| Look { written_back, content });
        self.is_overwritten(look).then_some(Change::Overwritten)
    }

    /// Whether the content changed since the last look without a checkpoint.
    fn is_overwritten(&self, mut look: Option<Look>) -> bool {
        if self.is_overwritten.load(Ordering::Relaxed) {
            return true;
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_unchanged = last.zip(look).is_some_and(|(last, now)| last.content == now.content);
        if !is_unchanged {
            // A checkpoint since this look began makes the look useless.
            look = look.filter(|look| self.written_back() == Some(look.written_back));
        }
        let unexplained = |last: Look, now: Look| last.written_back == now.written_back && last.content != now.content;
        if last.zip(look).is_some_and(|(last, now)| unexplained(last, now)) {
            self.is_overwritten.store(true, Ordering::Relaxed);
            return true;
        }
        *last = look;
        false
    }

    /// The progress of checkpoints. `None` while one is running.
    fn written_back(&self) -> Option<WrittenBack> {
        let [.., shared] = self.opened;
        // The positions are part of SQLite's file format.
        let mut bytes = [0; 132];
        if !locks::read_shared(shared, &mut bytes) {
            return None;
        }
        let number = |at: usize| Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
        let (done, attempted) = (number(96)?, number(128)?);
        (done >= attempted).then_some([number(32)?, number(36)?, done, attempted])
    }

    /// Writes acknowledged commits from the log into the database that a connection has open, wherever it is now, if no
    /// other program can have written to its log.
    pub(crate) fn save(&self, connection: &Connection, change: Change) {
        let [.., shared] = self.opened;
        let is_ours = match change {
            Change::Database => locks::has_log_alone(shared),
            Change::LogDeleted => true,
            Change::Overwritten | Change::LogReplaced => false,
        };
        if is_ours {
            let _ = connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(()));
        }
    }

    /// Renames the log of a database that was overwritten, so that it is not taken for the log of the new content.
    pub(crate) fn set_log_aside(&self) {
        let [_, log, shared] = self.opened;
        if locks::has_log_alone(shared) && identity(&self.log) == log {
            let _ = fs::rename(&self.log, beside(&self.path, ASIDE));
            let _ = fs::remove_file(&self.shared);
        }
    }

    /// Does what SQLite does not do when it closes the last connection to a database that was moved: deletes the files
    /// beside its former path, which would be taken for those of the next database there.
    pub(crate) fn remove_leftovers(&self) {
        let [_, log, shared] = self.opened;
        if locks::has_log_alone(shared) {
            for (path, opened) in [(&self.log, log), (&self.shared, shared)] {
                if opened.is_some() && identity(path) == opened {
                    let _ = fs::remove_file(path);
                }
            }
        }
    }

    /// Checks that a connection has the store's file open, and that all files are in place.
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
            Change::Overwritten => format!(
                "`{file}` was overwritten while this fleet had it open, as when a backup is copied over it, so nothing more is \
                 written: close the fleet and every other program that uses the file, copy the file there again, and \
                 open it again"
            ),
            Change::LogDeleted => format!(
                "`{log}` was deleted while this fleet had it open, so nothing more is written to it; its content was \
                 written to `{file}`: close the fleet, open it again, and do not touch the files beside `{file}`"
            ),
            Change::LogReplaced => format!(
                "`{log}` was replaced while this fleet had it open, so nothing more is written: another program did not \
                 know that this one uses `{file}`; close both, and open the fleet again"
            ),
        };
        StoreError::new(StoreErrorKind::Moved, problem)
    }
}

/// Whether the path that a connection was opened by leads to another file now.
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
