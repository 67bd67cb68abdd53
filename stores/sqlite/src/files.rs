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
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

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
    last: Mutex<Option<Look>>,
    is_overwritten: AtomicBool,
}

/// What the database looked like while SQLite was not writing to it, as far as a look can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    written_back: WrittenBack,
    content: Content,
}

/// How far the log was written back: salts of the log, and frames. While there is a log SQLite writes to the database
/// itself only when it writes back, and that changes these.
type WrittenBack = [u32; 4];

/// Size in bytes, and when the content was changed last, in seconds and nanoseconds.
type Content = (u64, i64, i64);

/// What a path leads to: device and inode. `None` also stands for what has none: elsewhere than on Unix, where a file that
/// is open cannot be moved.
type Identity = Option<(u64, u64)>;

/// What happened to the files of an open store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The path leads to another database, or to none.
    Database,
    /// Somebody else than SQLite wrote to the database.
    Overwritten,
    /// The log was deleted.
    LogDeleted,
    /// There is another log beside the database.
    LogReplaced,
}

/// How the name of a log ends that belongs to another database than the one beside it.
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

/// Sees to it, before a database is opened, that the log beside it is not one that a running program writes for another
/// database, which was at this path before.
pub(crate) fn without_log_of_another(path: &Path) -> Result<(), StoreError> {
    if !locks::is_log_of_another(path) {
        return Ok(());
    }
    let [log, shared, aside] = ["-wal", "-shm", ASIDE].map(|end| beside(path, end));
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
        let (last, is_overwritten) = (Mutex::default(), AtomicBool::new(false));
        let files = Self { path: path.to_owned(), log, shared, opened, last, is_overwritten };
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

    /// Whether the content changed since the last look although nothing was written back.
    fn is_overwritten(&self, mut look: Option<Look>) -> bool {
        if self.is_overwritten.load(Ordering::Relaxed) {
            return true;
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_unchanged = last.zip(look).is_some_and(|(last, now)| last.content == now.content);
        if !is_unchanged {
            // If it was written back since this look began, the look tells nothing.
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

    /// How far the log is written back, unless that is under way.
    fn written_back(&self) -> Option<WrittenBack> {
        let [.., shared] = self.opened;
        // The places are part of SQLite's format of the file.
        let mut bytes = [0; 132];
        if !locks::read_shared(shared, &mut bytes) {
            return None;
        }
        let number = |at: usize| Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?));
        let (done, attempted) = (number(96)?, number(128)?);
        (done >= attempted).then_some([number(32)?, number(36)?, done, attempted])
    }

    /// Puts what was acknowledged into the database that a connection has open, wherever that is by now, if nobody else
    /// can have written to its log.
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

    /// Puts the log of a database that was overwritten aside, so that it is not taken for the log of what is there now.
    pub(crate) fn set_log_aside(&self) {
        let [_, log, shared] = self.opened;
        if locks::has_log_alone(shared) && identity(&self.log) == log {
            let _ = fs::rename(&self.log, beside(&self.path, ASIDE));
            let _ = fs::remove_file(&self.shared);
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
            Change::Overwritten => format!(
                "`{file}` was overwritten while this fleet had it open, as when a backup is copied over it, so nothing more is \
                 written: close the fleet and every other program that uses the file, copy the file there once more, and \
                 open it again"
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
