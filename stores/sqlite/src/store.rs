//! The store: its connections, and how each of the three operations uses them.
//!
//! Invariant: one connection writes. While it is free it also answers point reads, because its page cache stays warm,
//! whereas each commit invalidates the caches of the others. A poisoned mutex is used anyway: a transaction that a
//! panic interrupted was rolled back while the stack unwound.

use crate::backup;
use crate::batch::Batch;
use crate::error::{explain, explain_at_commit, left_over, opened_beside};
use crate::files::{self, Change, Files};
use crate::locks::{LOG_MAY_GO, Owned};
use crate::query;
use crate::table::{EACH, Parameters, Tables, read, table_of};
use crate::transaction::Transaction;
use crate::{Options, open};
use fleet_core::store::{
    Commit, CommitOutcome, Decoded, Key, Opener, Query, Range, Record, Row, SqlRow, Store, StoreError, StoreErrorKind,
};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// Number of reading connections that are kept open; more are opened when they are needed.
const READERS: usize = 4;

/// A store in one SQLite file. See the [crate] for its guarantees.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    /// SQLite must not cross a fork: the child would believe that it holds its parent's locks. So every operation
    /// checks this first, and in a child nothing is closed either.
    opener: Opener,
    writer: Arc<Mutex<Connection>>,
    /// `None` means that the store is in memory and has only one connection.
    on_disk: Option<Arc<OnDisk>>,
    decoded: Decoded,
}

/// What a store in a file has in addition to its writing connection.
#[derive(Debug)]
struct OnDisk {
    options: Options,
    files: Files,
    idle: Mutex<Vec<Connection>>,
    /// After the connections, which use it until they are closed.
    _locks: Owned,
}

impl SqliteStore {
    /// Opens a file with the default [`Options`]. A missing or empty file becomes a new store.
    ///
    /// # Errors
    /// `store_not_ours` for a file of another program; `store_newer_schema`; `store_read_only`; `store_unavailable` if
    /// another process holds the file; `store_failed` if it cannot be opened. Each message says what to do.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Options::new())
    }

    /// Opens a file with these options.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and `store_failed` for an invalid page size.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = absolute(path.as_ref())?;
        fleet_sqlite_process::tell_apart();
        open::check(&options)?;
        files::without_log_of_another(&path)?;
        let locks = Owned::new(&path);
        let log = left_over(&path);
        let (writer, files) = open::writer(&path, &options).map_err(|error| opened_beside(log, error))?;
        let on_disk = Some(Arc::new(OnDisk { options, files, idle: Mutex::default(), _locks: locks }));
        let writer = Arc::new(Mutex::new(writer));
        Ok(Self { path, opener: Opener::here(), writer, on_disk, decoded: Decoded::default() })
    }

    /// Opens a store in memory, which is lost when it is dropped: for trying things with this engine. It has one
    /// connection, so reads wait for writes.
    ///
    /// # Errors
    /// `store_failed` if there is not enough memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        let writer = open::in_memory(&path)?;
        let writer = Arc::new(Mutex::new(writer));
        Ok(Self { path, opener: Opener::here(), writer, on_disk: None, decoded: Decoded::default() })
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads with the writing connection if it is free.
    fn read_warm<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.opener.check()?;
        let connection = match self.writer.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return self.read(work),
        };
        work(&connection).map_err(|error| explain(&self.path, error))
    }

    /// Reads without blocking writers.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        self.opener.check()?;
        let worked = match &self.on_disk {
            Some(on_disk) => on_disk.read(work)?,
            None => work(&self.writer()),
        };
        worked.map_err(|error| explain(&self.path, error))
    }

    /// Checks that the files are still those that the store was opened on.
    fn in_place(&self, connection: &Connection) -> Result<(), StoreError> {
        let Some(OnDisk { files, .. }) = self.on_disk.as_deref() else { return Ok(()) };
        let Some(change) = files.change() else { return Ok(()) };
        // This connection still has the log open.
        files.save(connection, change);
        Err(files.moved(change))
    }

    /// Decides commits that only check. This is a read, so it does not wait for writers.
    fn check(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        if let Some(OnDisk { files, .. }) = self.on_disk.as_deref()
            && let Some(change) = files.change()
        {
            return Err(files.moved(change));
        }
        self.read_warm(|connection| {
            let moment = Transaction::to_read(connection)?;
            let mut checking = Batch::new(connection);
            let outcomes = batch.iter().map(|commit| checking.apply(commit)).collect::<Result<_, _>>()?;
            moment.commit()?;
            Ok(outcomes)
        })
    }

    /// Returns the row of a key. Decodes it only if it is not cached.
    fn row(&self, tables: &mut Tables<'_>, key: &Key) -> rusqlite::Result<Option<Row>> {
        if !Decoded::keeps(key) {
            return tables.row(key);
        }
        let Some(stamp) = tables.stamp(key)? else { return Ok(None) };
        if let Some(record) = self.decoded.get(key, stamp) {
            return Ok(Some(Row { key: key.clone(), record, stamp }));
        }
        let row = tables.row(key)?;
        if let Some(row) = &row {
            self.decoded.keep(row);
        }
        Ok(row)
    }

    /// Passes on the rows of a range, one at a time, ordered and limited on request.
    fn select(&self, range: &Range, order: Option<(bool, usize)>, take: &mut dyn FnMut(Row)) -> Result<(), StoreError> {
        let (first, last) = match (&range.first, &range.last) {
            (Bound::Included(first) | Bound::Excluded(first), Bound::Included(last) | Bound::Excluded(last))
                if first.kind() == last.kind() =>
            {
                (first, last)
            }
            _ => {
                let problem = "a range needs a first and a last key of one kind; give both";
                return Err(StoreError::new(StoreErrorKind::Other, problem));
            }
        };
        let table = table_of(first.kind());
        let above = if matches!(range.first, Bound::Included(_)) { ">=" } else { ">" };
        let below = if matches!(range.last, Bound::Included(_)) { "<=" } else { "<" };
        let mut sql = table.between(above, below);
        if let Some((reverse, _)) = order {
            sql.push_str(&table.ordered(reverse));
        }
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let mut parameters = Parameters::of(&mut statement);
            parameters.key(first)?;
            parameters.key(last)?;
            if let Some((_, limit)) = order {
                parameters.push(i64::try_from(limit).unwrap_or(i64::MAX))?;
            }
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                take(read(first.kind(), row)?);
            }
            Ok(())
        })
    }
}

/// Returns the absolute path, so that connections opened later find the same file if the working directory changes.
fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|error| {
        let problem = format!("cannot open `{}`: {error}; name a file", path.display());
        StoreError::new(StoreErrorKind::Other, problem).with_source(error)
    })
}

impl OnDisk {
    /// No lock is held during the work, so a visitor of rows may itself read.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<rusqlite::Result<T>, StoreError> {
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| open::reader(&self.files, &self.options), Ok)?;
        let worked = work(&connection);
        let mut idle = self.idle();
        if idle.len() < READERS {
            idle.push(connection);
        }
        Ok(worked)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for SqliteStore {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.read_warm(|connection| {
            let moment = Transaction::to_read(connection)?;
            let mut tables = Tables::new(connection);
            let mut order: Vec<(usize, &Key)> = keys.iter().enumerate().collect();
            order.sort_by_key(|(_, key)| *key);
            let mut rows = vec![None; keys.len()];
            for (position, key) in order {
                if let Some(slot) = rows.get_mut(position) {
                    *slot = self.row(&mut tables, key)?;
                }
            }
            moment.commit()?;
            Ok(rows)
        })
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.select(range, Some((range.reverse, range.limit)), &mut |row| rows.push(row))?;
        Ok(rows)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.opener.check()?;
        if batch.iter().all(|commit| commit.writes.is_empty()) {
            return self.check(batch);
        }
        let connection = self.writer();
        self.in_place(&connection)?;
        let engine = |error| explain(&self.path, error);
        let write = Transaction::to_write(&connection).map_err(engine)?;
        let mut applying = Batch::new(&connection);
        let outcomes = batch.iter().map(|commit| applying.apply(commit)).collect::<Result<_, _>>().map_err(engine)?;
        applying.finish().map_err(engine)?;
        write.commit().map_err(|error| explain_at_commit(&self.path, error))?;
        if LOG_MAY_GO {
            // The program that deleted the log may have deleted this commit with it.
            let unknown = |moved: StoreError| StoreError::new(StoreErrorKind::Unknown, moved.to_string());
            self.in_place(&connection).map_err(unknown)?;
        }
        Ok(outcomes)
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        if self.on_disk.is_some() {
            return self.select(range, None, &mut |row| visit(&row.key, &row.record));
        }
        // In memory, a visitor that reads or commits needs the only connection.
        let rows = self.scan(&Range { limit: usize::MAX, reverse: false, ..range.clone() })?;
        rows.iter().for_each(|row| visit(&row.key, &row.record));
        Ok(())
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut said = Ok(());
        self.read(|connection| {
            let moment = Transaction::to_read(connection)?;
            for kind in EACH {
                let mut statement = connection.prepare_cached(table_of(kind).all())?;
                let mut rows = statement.raw_query();
                while let (Some(row), Ok(())) = (rows.next()?, &said) {
                    said = visit(read(kind, row)?);
                }
            }
            moment.commit()
        })?;
        said
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.opener.check()?;
        match &self.on_disk {
            Some(on_disk) => backup::write(&open::copier(&on_disk.files, &on_disk.options)?, &self.path, to),
            None => backup::write(&self.writer(), &self.path, to),
        }
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.opener.check()?;
        match &self.on_disk {
            Some(on_disk) => query::run(open::only_reader(&on_disk.files, &on_disk.options)?, &self.path, query),
            None => {
                let problem = "a SQLite store in memory has no second connection; keep the fleet in a file";
                Err(StoreError::new(StoreErrorKind::Unsupported, problem))
            }
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if !self.opener.is_here() {
            self.opener.release(&self.writer);
            self.on_disk.iter().for_each(|on_disk| self.opener.release(on_disk));
            return;
        }
        let Some(on_disk) = &self.on_disk else { return };
        let (writer, idle) = (self.writer(), on_disk.idle());
        match on_disk.files.change() {
            Some(Change::Database) => {
                on_disk.files.save(&writer, Change::Database);
                on_disk.files.remove_leftovers();
            }
            // SQLite checkpoints the log and deletes it by name when the last connection closes. Here the name is that
            // of another log now, or the log does not match the database any more.
            Some(change @ (Change::LogReplaced | Change::Overwritten)) => {
                for connection in idle.iter().chain([&*writer]) {
                    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
                }
                if change == Change::Overwritten {
                    on_disk.files.set_log_aside();
                }
            }
            Some(Change::LogDeleted) | None => {}
        }
    }
}
