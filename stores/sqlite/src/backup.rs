//! Writes a copy of the whole store while others use it.

use crate::error::explain;
use fleet_core::store::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Copies what a connection reads, as of one moment, to a new file. A file at `to` is empty or complete, never partial.
pub(crate) fn write(connection: &Connection, path: &Path, to: &Path) -> Result<(), StoreError> {
    let to = std::path::absolute(to).map_err(|error| failed(to, error))?;
    // The process that creates the file is the only one that writes to it.
    OpenOptions::new().write(true).create_new(true).open(&to).map_err(|error| failed(&to, error))?;
    let partial = partial(&to);
    let written =
        copy(connection, path, &partial).and_then(|()| settle(&partial, &to).map_err(|error| failed(&to, error)));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
        let _ = fs::remove_file(&to);
    }
    written
}

/// The path at which the copy is written. A remainder of an interrupted backup is overwritten.
fn partial(to: &Path) -> PathBuf {
    let mut name = OsString::from(to);
    name.push("-partial");
    PathBuf::from(name)
}

fn copy(connection: &Connection, path: &Path, partial: &Path) -> Result<(), StoreError> {
    let Some(name) = partial.to_str() else {
        let problem = format!("cannot write to `{}`: its name is not Unicode; name another file", partial.display());
        return Err(StoreError::new(StoreErrorKind::Other, problem));
    };
    match fs::remove_file(partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(partial, error)),
        _ => {}
    }
    let done = connection.execute("VACUUM INTO ?1", [name]);
    done.map(drop).map_err(|error| match error.sqlite_error_code() {
        // The copy may be on another disk.
        Some(rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::CannotOpen) => explain(partial, error),
        _ => explain(path, error),
    })
}

/// Makes the copy durable, then renames it.
fn settle(partial: &Path, to: &Path) -> io::Result<()> {
    File::open(partial)?.sync_all()?;
    fs::rename(partial, to)?;
    match to.parent() {
        #[cfg(unix)]
        Some(folder) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn failed(to: &Path, error: io::Error) -> StoreError {
    let file = to.display();
    let (kind, problem) = match error.kind() {
        ErrorKind::AlreadyExists => {
            (StoreErrorKind::NotEmpty, format!("`{file}` exists already and is not overwritten; name a new file"))
        }
        ErrorKind::NotFound => {
            (StoreErrorKind::Other, format!("cannot write to `{file}`: the folder does not exist; create it first"))
        }
        ErrorKind::StorageFull => {
            (StoreErrorKind::Full, format!("cannot write to `{file}`: the disk is full; free some space"))
        }
        _ => (StoreErrorKind::Other, format!("cannot write to `{file}`: {error}")),
    };
    StoreError::new(kind, problem).with_source(error)
}
