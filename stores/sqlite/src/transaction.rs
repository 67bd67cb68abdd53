//! A transaction of SQLite that is rolled back unless it is committed.

use rusqlite::Connection;

/// An open transaction on a connection.
pub(crate) struct Transaction<'c>(&'c Connection);

impl<'c> Transaction<'c> {
    /// Begins a transaction that reads: it sees the moment of its first read.
    pub(crate) fn to_read(connection: &'c Connection) -> rusqlite::Result<Self> {
        Self::begin(connection, "BEGIN")
    }

    /// Begins a transaction that writes, once no other one writes.
    pub(crate) fn to_write(connection: &'c Connection) -> rusqlite::Result<Self> {
        Self::begin(connection, "BEGIN IMMEDIATE")
    }

    fn begin(connection: &'c Connection, how: &str) -> rusqlite::Result<Self> {
        run(connection, how)?;
        Ok(Self(connection))
    }

    /// Makes the writes durable, as far as the file's options promise.
    pub(crate) fn commit(self) -> rusqlite::Result<()> {
        run(self.0, "COMMIT")
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // SQLite may have ended it already, by COMMIT or after an error.
        if !self.0.is_autocommit() {
            let _ = run(self.0, "ROLLBACK");
        }
    }
}

/// Runs a statement without parameters and rows.
pub(crate) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}
