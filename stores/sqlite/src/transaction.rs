//! A transaction of SQLite that is rolled back unless it is committed.

use rusqlite::Connection;

/// A transaction under way on a connection.
pub(crate) struct Transaction<'c>(&'c Connection);

impl<'c> Transaction<'c> {
    /// Begins one that reads: all it sees is from the moment of its first read.
    pub(crate) fn to_read(connection: &'c Connection) -> rusqlite::Result<Self> {
        Self::begin(connection, "BEGIN")
    }

    /// Begins one that writes, once no other does.
    pub(crate) fn to_write(connection: &'c Connection) -> rusqlite::Result<Self> {
        Self::begin(connection, "BEGIN IMMEDIATE")
    }

    fn begin(connection: &'c Connection, how: &str) -> rusqlite::Result<Self> {
        run(connection, how)?;
        Ok(Self(connection))
    }

    /// Makes what was written durable, as far as the file's options promise.
    pub(crate) fn commit(self) -> rusqlite::Result<()> {
        run(self.0, "COMMIT")
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        // SQLite may have ended it already, by COMMIT or by an error.
        if !self.0.is_autocommit() {
            let _ = run(self.0, "ROLLBACK");
        }
    }
}

/// Runs a statement that has no parameters and no answer.
pub(crate) fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}
