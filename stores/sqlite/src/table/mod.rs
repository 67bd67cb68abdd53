//! The tables: devices, registry entries, counters and events have columns of their own, other records are JSON.
//!
//! Invariant: each table's file lists its columns once, and writes and reads them in that order.

mod device;
mod event;
mod record;
mod registration;
mod tally;
mod text;

use fleet_core::store::{Key, Kind, Record, Row, Stamp};
use rusqlite::types::{FromSql, ToSql, Type};
use rusqlite::{Connection, Statement};
use std::error::Error as StdError;
use std::sync::LazyLock;
pub(crate) use tally::{ADD, END};
pub(crate) use text::{Statements, Table};

static DEVICE: LazyLock<Table> = LazyLock::new(|| Table::new("device", &["product", "id"], "stamp", &device::COLUMNS));
static REGISTRATION: LazyLock<Table> =
    LazyLock::new(|| Table::new("registration", &["id"], "stamp", &registration::COLUMNS));
static TALLY: LazyLock<Table> =
    LazyLock::new(|| Table::new("tally", &["product", "counter", "slot"], "0", &tally::COLUMNS));
static EVENT: LazyLock<Table> =
    LazyLock::new(|| Table::new("event", &["product", "slot", "sequence"], "stamp", &event::COLUMNS));
static RECORD: LazyLock<Table> = LazyLock::new(|| Table::new("record", &["key"], "stamp", &record::COLUMNS));

/// Returns the table for a kind of key.
pub(crate) fn table_of(kind: Kind) -> &'static Table {
    match kind {
        Kind::Device => &DEVICE,
        Kind::Registration => &REGISTRATION,
        Kind::Tally => &TALLY,
        Kind::Event => &EVENT,
        _ => &RECORD,
    }
}

/// One kind of key for each table.
pub(crate) const EACH: [Kind; 5] = [Kind::Device, Kind::Registration, Kind::Tally, Kind::Event, Kind::Directory];

/// The statements of every table on one connection.
pub(crate) struct Tables<'c> {
    device: Statements<'c>,
    registration: Statements<'c>,
    tally: Statements<'c>,
    event: Statements<'c>,
    record: Statements<'c>,
}

impl<'c> Tables<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self {
            device: Statements::new(connection, &DEVICE),
            registration: Statements::new(connection, &REGISTRATION),
            tally: Statements::new(connection, &TALLY),
            event: Statements::new(connection, &EVENT),
            record: Statements::new(connection, &RECORD),
        }
    }

    /// Returns the statements of the table for a key.
    pub(crate) fn of(&mut self, key: &Key) -> &mut Statements<'c> {
        match key {
            Key::Device(..) => &mut self.device,
            Key::Registration(_) => &mut self.registration,
            Key::Tally(..) => &mut self.tally,
            Key::Event(..) => &mut self.event,
            _ => &mut self.record,
        }
    }

    /// Returns the row of a key.
    pub(crate) fn row(&mut self, key: &Key) -> rusqlite::Result<Option<Row>> {
        let statement = self.of(key).get()?;
        Parameters::of(statement).key(key)?;
        statement.raw_query().next()?.map(|row| read(key.kind(), row)).transpose()
    }

    /// Returns the stamp of a key's row.
    pub(crate) fn stamp(&mut self, key: &Key) -> rusqlite::Result<Option<Stamp>> {
        let statement = self.of(key).stamp()?;
        Parameters::of(statement).key(key)?;
        statement.raw_query().next()?.map(|row| Columns::of(row).stamp()).transpose()
    }
}

/// Reads a row of the table for a kind.
pub(crate) fn read(kind: Kind, row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let mut columns = Columns::of(row);
    match kind {
        Kind::Device => device::read(&mut columns),
        Kind::Registration => registration::read(&mut columns),
        Kind::Tally => tally::read(&mut columns),
        Kind::Event => event::read(&mut columns),
        _ => record::read(&mut columns),
    }
}

/// Binds a statement's parameters in order.
pub(crate) struct Parameters<'s, 'c> {
    statement: &'s mut Statement<'c>,
    next: usize,
}

impl<'s, 'c> Parameters<'s, 'c> {
    pub(crate) fn of(statement: &'s mut Statement<'c>) -> Self {
        Self { statement, next: 1 }
    }

    pub(crate) fn push(&mut self, value: impl ToSql) -> rusqlite::Result<()> {
        self.statement.raw_bind_parameter(self.next, value)?;
        self.next += 1;
        Ok(())
    }

    fn nulls(&mut self, count: usize) -> rusqlite::Result<()> {
        (0..count).try_for_each(|_| self.push(rusqlite::types::Null))
    }

    pub(crate) fn stamp(&mut self, stamp: Stamp) -> rusqlite::Result<()> {
        self.push(stamp.0.cast_signed())
    }

    /// Binds the columns of a key.
    pub(crate) fn key(&mut self, key: &Key) -> rusqlite::Result<()> {
        match key {
            Key::Device(product, id) => {
                self.push(product.get())?;
                self.push(id.as_bytes())
            }
            Key::Registration(id) => self.push(id.as_bytes()),
            Key::Tally(..) => tally::write_key(self, key),
            Key::Event(product, slot, sequence) => event::write_key(self, *product, *slot, *sequence),
            _ => self.push(key.encode()),
        }
    }

    /// Binds all columns of a row.
    pub(crate) fn row(&mut self, key: &Key, record: &Record, stamp: Stamp) -> rusqlite::Result<()> {
        self.key(key)?;
        match (key, record) {
            (Key::Device(..), Record::Device(device)) => device::write(self, device, stamp),
            (Key::Registration(_), Record::Registration(entry)) => registration::write(self, entry, stamp),
            (Key::Tally(..), Record::Counter(value)) => self.push(*value),
            (Key::Event(..), Record::Event(event)) => event::write(self, event, stamp),
            (Key::Device(..) | Key::Registration(_) | Key::Tally(..) | Key::Event(..), _)
            | (_, Record::Device(_) | Record::Registration(_) | Record::Counter(_) | Record::Event(_)) => {
                let problem = format!("a record of another kind was put under {key:?}");
                Err(rusqlite::Error::ToSqlConversionFailure(problem.into()))
            }
            _ => record::write(self, key, record, stamp),
        }
    }
}

/// Reads a row's columns in order.
struct Columns<'r, 'q> {
    row: &'r rusqlite::Row<'q>,
    next: usize,
}

impl<'r, 'q> Columns<'r, 'q> {
    fn of(row: &'r rusqlite::Row<'q>) -> Self {
        Self { row, next: 0 }
    }

    fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let value = self.row.get(self.next)?;
        self.next += 1;
        Ok(value)
    }

    fn skip(&mut self, count: usize) {
        self.next += count;
    }

    fn stamp(&mut self) -> rusqlite::Result<Stamp> {
        Ok(Stamp(self.next::<i64>()?.cast_unsigned()))
    }

    /// Reads the next column and converts it to a type of the core.
    fn next_as<S: FromSql, T, E: Into<Box<dyn StdError + Send + Sync>>>(
        &mut self,
        make: impl FnOnce(S) -> Result<T, E>,
    ) -> rusqlite::Result<T> {
        let value = self.next()?;
        make(value).map_err(|error| self.unreadable(error))
    }

    /// Reads the next column, which may be NULL.
    fn next_if<S: FromSql, T, E: Into<Box<dyn StdError + Send + Sync>>>(
        &mut self,
        make: impl FnOnce(S) -> Result<T, E>,
    ) -> rusqlite::Result<Option<T>> {
        self.next_as(|value: Option<S>| value.map(make).transpose())
    }

    /// Reads the next column, which holds the position of a value in a list.
    fn next_of<T: Copy>(&mut self, all: &[T]) -> rusqlite::Result<T> {
        self.next_as(|index: u8| all.get(usize::from(index)).copied().ok_or("unknown value"))
    }

    /// The error for an invalid value in the column that was read last.
    fn unreadable(&self, error: impl Into<Box<dyn StdError + Send + Sync>>) -> rusqlite::Error {
        let column = self.next.saturating_sub(1);
        let name = self.row.as_ref().column_name(column).unwrap_or("a column");
        let problem = format!("`{name}` of a row cannot be read: {}", error.into());
        rusqlite::Error::FromSqlConversionFailure(column, Type::Null, problem.into())
    }
}

/// Returns the position of a value in the list of all values.
fn index_of<T: PartialEq>(all: &[T], value: &T) -> rusqlite::Result<u8> {
    let index = all.iter().position(|one| one == value).and_then(|index| u8::try_from(index).ok());
    index.ok_or_else(|| {
        rusqlite::Error::ToSqlConversionFailure(
            "the record has a value that this store does not support; update the program".into(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selection_goes_by_the_primary_key() {
        let connection = crate::open::in_memory(std::path::Path::new(":memory:")).unwrap();
        for table in [&DEVICE, &REGISTRATION, &TALLY, &EVENT, &RECORD] {
            for end in [table.ordered(false), table.ordered(true), String::new()] {
                let sql = format!("EXPLAIN QUERY PLAN {}{end}", table.between(">=", "<"));
                let mut statement = connection.prepare(&sql).unwrap();
                let steps: Vec<String> =
                    statement.raw_query().mapped(|row| row.get("detail")).map(Result::unwrap).collect();
                let [step] = &*steps else { panic!("{sql}: {steps:?}") };
                assert!(step.starts_with("SEARCH ") && step.contains("PRIMARY KEY"), "{sql}: {step}");
                assert!(step.contains('>') && step.contains('<'), "{sql}: {step}");
            }
        }
    }
}
