//! Opens a file: checks that it belongs to this store, sets it up, and brings its schema up to date.

use crate::error::{explain, not_ours};
use crate::files::Files;
use crate::transaction::Transaction;
use crate::{Options, Synchronous};
use fleet_core::store::{StoreError, StoreErrorKind};
use rusqlite::{Connection, Error, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::{Duration, Instant};

/// Marks a file as one of this store: `FLET` in the header, which the `file` command shows.
const APPLICATION_ID: i32 = 0x464C_4554;

/// The migrations, from an empty file on. The version of a file is the number of migrations that it has run. Released
/// migrations never change.
const MIGRATIONS: [&str; 5] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
];

/// Maximum number of prepared statements for each connection: more than the store uses.
const STATEMENTS: usize = 64;

/// Number of bytes of the log after which a checkpoint runs. A page that was written several times since is written
/// back once, so a large log is cheaper for scattered devices.
const CHECKPOINT: u32 = 32 << 20;

/// A long import may make the log longer than this; then the file is truncated to this size.
const LOG_LIMIT: u32 = 64 << 20;

/// Page cache of a reading connection: small, because each commit invalidates it.
const READER_CACHE: usize = 2 << 20;

/// Checks that a file can be opened with these options.
pub(crate) fn check(options: &Options) -> Result<(), StoreError> {
    if !(512..=65_536).contains(&options.page_size) || !options.page_size.is_power_of_two() {
        let problem =
            format!("a page cannot have {} bytes; choose a power of two from 512 to 65536", options.page_size);
        return Err(StoreError::new(StoreErrorKind::Other, problem));
    }
    Ok(())
}

/// Opens a file for writing, and initializes it if it is new.
pub(crate) fn writer(path: &Path, options: &Options) -> Result<(Connection, Files), StoreError> {
    let engine = |error| explain(path, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection = connect(path, flags, options, options.cache_size).map_err(engine)?;
    // Nothing may be changed in a file before it is known to be the store's.
    let look = Transaction::to_read(&connection).map_err(engine)?;
    let version = version(path, &connection)?;
    drop(look);
    if connection.is_readonly("main").map_err(engine)? {
        let problem = Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY), None);
        return Err(explain(path, problem));
    }
    if version == 0 {
        connection.pragma_update(None, "page_size", options.page_size).map_err(engine)?;
    }
    use_log(&connection, options.busy_timeout).map_err(engine)?;
    let page_size: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(engine)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT / page_size).map_err(engine)?;
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT).map_err(engine)?;
    if let Some(limit) = options.size_limit {
        let pages = i64::try_from(limit / u64::from(page_size)).unwrap_or(i64::MAX).max(1);
        connection.pragma_update(None, "max_page_count", pages).map_err(engine)?;
    }
    if version < MIGRATIONS.len() {
        migrate(path, &connection)?;
    }
    // The first read opens the log.
    header(&connection).map_err(engine)?;
    let files = Files::of(path, &connection)?;
    Ok((connection, files))
}

/// Opens a file again, for reads.
pub(crate) fn reader(files: &Files, options: &Options) -> Result<Connection, StoreError> {
    let connection = again(files, OpenFlags::SQLITE_OPEN_READ_WRITE, options)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| explain(files.path(), error))?;
    Ok(connection)
}

/// Opens a file again, for queries of people: nothing can be written to it.
pub(crate) fn only_reader(files: &Files, options: &Options) -> Result<Connection, StoreError> {
    let connection = again(files, OpenFlags::SQLITE_OPEN_READ_ONLY, options)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| explain(files.path(), error))?;
    Ok(connection)
}

/// Opens a file again, to copy it elsewhere.
pub(crate) fn copier(files: &Files, options: &Options) -> Result<Connection, StoreError> {
    again(files, OpenFlags::SQLITE_OPEN_READ_WRITE, options)
}

fn again(files: &Files, flags: OpenFlags, options: &Options) -> Result<Connection, StoreError> {
    // SQLite would create a log if there is none.
    if let Some(change) = files.change() {
        return Err(files.moved(change));
    }
    let connection = connect(files.path(), flags, options, READER_CACHE);
    let opened = connection.and_then(|connection| {
        header(&connection)?;
        Ok(connection)
    });
    let connection = opened.map_err(|error| explain(files.path(), error))?;
    files.same(&connection)?;
    Ok(connection)
}

/// Opens a database in memory.
pub(crate) fn in_memory(name: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_in_memory().map_err(|error| explain(name, error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    migrate(name, &connection)?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags, options: &Options, cache_size: usize) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(options.busy_timeout)?;
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // A negative number is in KiB.
    connection.pragma_update(None, "cache_size", -i64::try_from(cache_size / 1024).unwrap_or(i64::MAX))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Returns the version of a file's schema; 0 for an empty file. For use within a transaction, so that it sees one
/// moment.
fn version(path: &Path, connection: &Connection) -> Result<usize, StoreError> {
    let (application, version, things) = header(connection).map_err(|error| explain(path, error))?;
    match (application, version) {
        (0, 0) if things == 0 => Ok(0),
        (APPLICATION_ID, version) => match usize::try_from(version) {
            Ok(version) if version > MIGRATIONS.len() => {
                let problem = format!(
                    "`{}` has schema {version}, and this program supports up to {}; update the program",
                    path.display(),
                    MIGRATIONS.len()
                );
                Err(StoreError::new(StoreErrorKind::NewerSchema, problem))
            }
            Ok(version) => Ok(version),
            Err(_) => Err(foreign(path)),
        },
        _ => Err(foreign(path)),
    }
}

fn foreign(path: &Path) -> StoreError {
    let (kind, problem) = not_ours(path, "is a database of another program");
    StoreError::new(kind, problem)
}

/// Returns the application id and version of a file, and the number of its tables, views and indexes.
fn header(connection: &Connection) -> rusqlite::Result<(i32, i32, i64)> {
    let things = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((application, version, things))
}

/// Makes the file use a write-ahead log. Retries, because SQLite does not wait if others open the file at the same
/// time.
fn use_log(connection: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let problem = format!("it has a {mode} journal instead of a write-ahead log; move it to a local disk");
                let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR);
                return Err(Error::SqliteFailure(error, Some(problem)));
            }
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < busy_timeout =>
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Brings the schema up to date in one transaction.
fn migrate(path: &Path, connection: &Connection) -> Result<(), StoreError> {
    let engine = |error| explain(path, error);
    let write = Transaction::to_write(connection).map_err(engine)?;
    // Another process may have migrated it since the first look.
    let version = version(path, connection)?;
    for migration in MIGRATIONS.iter().skip(version) {
        connection.execute_batch(migration).map_err(engine)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(engine)?;
    connection.pragma_update(None, "user_version", MIGRATIONS.len().cast_signed()).map_err(engine)?;
    write.commit().map_err(engine)
}
