//! The SQL of a table, written once for all tables, and its prepared statements.
//!
//! In every statement the parameters are the columns in their order, the key's first; what a row must have been before
//! comes last.

use rusqlite::{CachedStatement, Connection};

/// A table: its name and columns, and the statements that read and write one row of it.
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
    /// A table. `stamp` is the expression that gives a row's stamp.
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

    /// Selects all rows.
    pub(crate) fn all(&self) -> &str {
        &self.select
    }

    /// Selects the rows between two keys; `first` and `last` are the operators that hold a row against them.
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

    /// Orders such a selection by key and limits it to as many rows as the parameter after the two keys says.
    pub(crate) fn ordered(&self, reverse: bool) -> String {
        let direction = if reverse { " DESC" } else { "" };
        let order: Vec<_> = self.key.iter().map(|column| format!("{column}{direction}")).collect();
        format!(" ORDER BY {} LIMIT ?{}", order.join(", "), 2 * self.key.len() + 1)
    }
}

fn parameters(from: usize, count: usize) -> String {
    (from..from + count).map(|number| format!("?{number}")).collect::<Vec<_>>().join(", ")
}

/// The statements of a table on one connection, each prepared when it is first asked for.
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

    /// The row of a key.
    pub(crate) fn get(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.get, self.connection, &self.table.get)
    }

    /// The stamp of a key's row.
    pub(crate) fn stamp(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.stamp, self.connection, &self.table.stamp)
    }

    /// Puts a row in place of what was there.
    pub(crate) fn put(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.put, self.connection, &self.table.put)
    }

    /// Puts a row where there was none, or changes nothing.
    pub(crate) fn insert(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.insert, self.connection, &self.table.insert)
    }

    /// Puts a row in place of one with a stamp, or changes nothing.
    pub(crate) fn update(&mut self) -> Prepared<'_, 'c> {
        prepared(&mut self.update, self.connection, &self.table.update)
    }

    /// Takes a row away.
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
