//! A copy of the whole store while others use it.

use crate::error::explain;
use fleet_core::store::{StoreError, StoreErrorKind};
use rusqlite::Connection;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Copies what a connection reads, as it is at one moment, to a new file. Whoever finds a file at `to` finds an empty one
/// or all of it.
pub(crate) fn write(connection: &Connection, path: &Path, to: &Path) -> Result<(), StoreError> {
    let to = std::path::absolute(to).map_err(|error| failed(to, error))?;
    // Whoever makes the file is the only one that writes to it.
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

/// Where the copy is made. What a backup left there that did not end is overwritten.
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
        // The disk of the copy may be another one.
        Some(rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::CannotOpen) => explain(partial, error),
        _ => explain(path, error),
    })
}

/// Makes the copy outlive a power cut, and then gives it its name.
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
            (StoreErrorKind::NotEmpty, format!("`{file}` is there already and is not overwritten; name a new file"))
        }
        ErrorKind::NotFound => {
            (StoreErrorKind::Other, format!("cannot write to `{file}`: there is no such folder; make it first"))
        }
        ErrorKind::StorageFull => {
            (StoreErrorKind::Full, format!("cannot write to `{file}`: the disk is full; make room"))
        }
        _ => (StoreErrorKind::Other, format!("cannot write to `{file}`: {error}")),
    };
    StoreError::new(kind, problem).with_source(error)
}
