//! The SQL of a table, written once for all tables, and its prepared statements.
//!
//! Invariant: in every statement the parameters are the columns in order, the key's first; the expected stamp comes
//! last.

use rusqlite::{CachedStatement, Connection};

/// A table: its name and columns, and the SQL that reads and writes one row.
#[derive(Debug)]
pub(crate) struct Table {
    key: &'static [&'static str],
    select: String,
    get: String,
    stamp: String,
    put: String,
    insert: String,
    update: String,
    delete: String,
}

impl Table {
    /// Creates a table. `stamp` is the expression for a row's stamp.
    pub(crate) fn new(name: &str, key: &'static [&'static str], stamp: &str, columns: &'static [&'static str]) -> Self {
        let all = format!("{}, {}", key.join(", "), columns.join(", "));
        let width = key.len() + columns.len();
        let select = format!("SELECT {all} FROM {name}");
        let here = format!("WHERE ({}) = ({})", key.join(", "), parameters(1, key.len()));
        let row = format!("INTO {name} ({all}) VALUES ({})", parameters(1, width));
        Self {
            key,
            get: format!("{select} {here}"),
            stamp: format!("SELECT {stamp} FROM {name} {here}"),
            put: format!("REPLACE {row}"),
            insert: format!("INSERT {row} ON CONFLICT DO NOTHING"),
            update: format!(
                "UPDATE {name} SET ({}) = ({}) {here} AND {stamp} = ?{}",
                columns.join(", "),
                parameters(key.len() + 1, columns.len()),
                width + 1
            ),
            delete: format!("DELETE FROM {name} {here}"),
            select,
        }
    }

    /// The SQL that selects all rows.
    pub(crate) fn all(&self) -> &str {
        &self.select
    }

    /// The SQL that selects the rows between two keys; `first` and `last` are the comparison operators.
    pub(crate) fn between(&self, first: &str, last: &str) -> String {
        let width = self.key.len();
        format!(
            "{} WHERE ({key}) {first} ({}) AND ({key}) {last} ({})",
            self.select,
            parameters(1, width),
            parameters(width + 1, width),
            key = self.key.join(", "),
        )
    }

    /// Adds the order by key and a limit, which is the parameter after the two keys, to such a selection.
    pub(crate) fn ordered(&self, reverse: bool) -> String {
        let direction = if reverse { " DESC" } else { "" };
        let order: Vec<_> = self.key.iter().map(|column| format!("{column}{direction}")).collect();
        format!(" ORDER BY {} LIMIT ?{}", order.join(", "), 2 * self.key.len() + 1)
    }
}

fn parameters(from: usize, count: usize) -> String {
    (from..from + count).map(|number| format!("?{number}")).collect::<Vec<_>>().join(", ")
}

/// The statements of a table on one connection. Each is prepared at its first use.
pub(crate) struct Statements<'c> {
    connection: &'c Connection,
    table: &'static Table,
    get: Option<CachedStatement<'c>>,
    stamp: Option<CachedStatement<'c>>,
    put: Option<CachedStatement<'c>>,
    insert: Option<CachedStatement<'c>>,
    update: Option<CachedStatement<'c>>,
    delete: Option<CachedStatement<'c>>,
}

type Prepared<'s, 'c> = rusqlite::Result<&'s mut CachedStatement<'c>>;

impl<'c> Statements<'c> {
    pub(crate) fn new(connection: &'c Connection, table: &'static Table) -> Self {
        Self { connection, table, get: None, stamp: None, put: None, insert: None, update: None, delete: None }
    }

    /// Selects the row of a key.
    pub(crate) fn get(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.get, self.connection, &self.table.get)
    }

    /// Selects the stamp of a key's row.
    pub(crate) fn stamp(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.stamp, self.connection, &self.table.stamp)
    }

    /// Puts a row, and replaces the one that was there.
    pub(crate) fn put(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.put, self.connection, &self.table.put)
    }

    /// Inserts a row. Changes nothing if there is one.
    pub(crate) fn insert(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.insert, self.connection, &self.table.insert)
    }

    /// Replaces a row with a certain stamp. Changes nothing if there is none.
    pub(crate) fn update(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.update, self.connection, &self.table.update)
    }

    /// Deletes a row.
    pub(crate) fn delete(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.delete, self.connection, &self.table.delete)
    }
}

fn prepared<'s, 'c>(
    slot: &'s mut Option<CachedStatement<'c>>,
    connection: &'c Connection,
    sql: &str,
) -> Prepared<'s, 'c> {
    match slot {
        Some(statement) => Ok(statement),
        None => Ok(slot.insert(connection.prepare_cached(sql)?)),
    }
}
