//! Turns errors of SQLite into messages for people: which file has which problem, and what to do next.

use fleet_core::store::{StoreError, StoreErrorKind};
use rusqlite::{Error, ErrorCode};
use std::path::Path;

/// Returns the error of a store on this file.
pub(crate) fn explain(path: &Path, error: Error) -> StoreError {
    let (kind, context) = classify(path, &error);
    StoreError::new(kind, context).with_source(error)
}

/// Returns the error of a store on this file whose engine failed while it made a transaction durable.
pub(crate) fn explain_at_commit(path: &Path, error: Error) -> StoreError {
    if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
        let context = format!(
            "the disk failed during a commit to `{}`, which may have been applied; read the rows, and check the disk",
            path.display()
        );
        return StoreError::new(StoreErrorKind::Unknown, context).with_source(error);
    }
    explain(path, error)
}

fn classify(path: &Path, error: &Error) -> (StoreErrorKind, String) {
    use StoreErrorKind as Kind;
    let file = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (
            Kind::Full,
            format!("cannot write to `{file}`: the disk is full or the size limit is reached; free some space"),
        ),
        Some(ErrorCode::ReadOnly) => (
            Kind::ReadOnly,
            format!("cannot write to `{file}`: it is read-only; let this program write the file and its folder"),
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (Kind::Unavailable, format!("`{file}` is busy: another process is writing to it; try again"))
        }
        Some(ErrorCode::NotADatabase) => not_ours(path, "is not a database"),
        Some(ErrorCode::DatabaseCorrupt) => (Kind::Corrupt, damaged(path, error)),
        Some(ErrorCode::CannotOpen) => (Kind::Other, cannot_open(path)),
        Some(ErrorCode::SystemIoFailure) => {
            (Kind::Other, format!("the disk failed at `{file}`: nothing was applied; check the disk"))
        }
        Some(_) => (Kind::Other, format!("cannot use `{file}`: {error}")),
        None => match error {
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => (Kind::Corrupt, damaged(path, error)),
            _ => (Kind::Other, format!("cannot use `{file}`: {error}")),
        },
    }
}

/// The error for a file that does not belong to this store, with the reason.
pub(crate) fn not_ours(path: &Path, what: &str) -> (StoreErrorKind, String) {
    (StoreErrorKind::NotOurs, format!("`{}` {what}; choose another file", path.display()))
}

fn damaged(path: &Path, error: &Error) -> String {
    let problem = match error {
        Error::FromSqlConversionFailure(_, _, problem) => problem.to_string(),
        error => error.to_string(),
    };
    let damaged = format!("`{}` is damaged: {problem}; restore it from a backup", path.display());
    match left_over(path).filter(|_| error.sqlite_error_code().is_some()) {
        Some(log) => damaged + &beside_a_log(&log),
        None => damaged,
    }
}

/// What to do about a damaged file with a log beside it.
fn beside_a_log(log: &str) -> String {
    format!(
        "; if it was just restored, `{log}` was left over from the previous file: close the fleet, delete `{log}`, and \
         copy the backup again"
    )
}

/// Returns the log beside a file, if it is not empty.
pub(crate) fn left_over(path: &Path) -> Option<String> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = Path::new(&log);
    log.metadata().is_ok_and(|found| found.len() > 0).then(|| log.display().to_string())
}

/// Returns the error of opening a file that had a log beside it; SQLite may have removed the log since.
pub(crate) fn opened_beside(log: Option<String>, error: StoreError) -> StoreError {
    match log {
        Some(log) if error.kind() == StoreErrorKind::Corrupt && !error.to_string().contains(&log) => {
            StoreError::new(StoreErrorKind::Corrupt, error.to_string() + &beside_a_log(&log)).with_source(error)
        }
        _ => error,
    }
}

fn cannot_open(path: &Path) -> String {
    let file = path.display();
    if path.is_dir() {
        return format!("cannot open `{file}`: it is a folder; name a file inside it");
    }
    match path.parent() {
        Some(folder) if folder != Path::new("") && !folder.is_dir() => {
            format!("cannot open `{file}`: there is no folder `{}`; create it first", folder.display())
        }
        _ => format!("cannot open `{file}`: let this program read and write the file and its folder"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;
    use std::error::Error as _;

    fn engine(code: i32) -> Error {
        Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn each_error_of_the_engine_has_its_kind_and_names_the_file() {
        for (code, kind) in [
            (ffi::SQLITE_FULL, StoreErrorKind::Full),
            (ffi::SQLITE_READONLY_DIRECTORY, StoreErrorKind::ReadOnly),
            (ffi::SQLITE_BUSY_SNAPSHOT, StoreErrorKind::Unavailable),
            (ffi::SQLITE_LOCKED, StoreErrorKind::Unavailable),
            (ffi::SQLITE_NOTADB, StoreErrorKind::NotOurs),
            (ffi::SQLITE_CORRUPT_INDEX, StoreErrorKind::Corrupt),
            (ffi::SQLITE_IOERR_READ, StoreErrorKind::Other),
            (ffi::SQLITE_NOMEM, StoreErrorKind::Other),
        ] {
            let error = explain(Path::new("/fleet.db"), engine(code));
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains("`/fleet.db`"), "{error}");
            assert!(error.source().is_some(), "{error}");
        }
    }

    #[test]
    fn only_a_disk_failure_at_the_commit_leaves_the_outcome_unknown() {
        let path = Path::new("/fleet.db");
        assert!(explain_at_commit(path, engine(ffi::SQLITE_IOERR_FSYNC)).is_unknown());
        assert_eq!(explain_at_commit(path, engine(ffi::SQLITE_FULL)).kind(), StoreErrorKind::Full);
        assert!(!explain(path, engine(ffi::SQLITE_IOERR_FSYNC)).is_unknown());
    }
}
