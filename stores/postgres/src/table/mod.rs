//! The tables: devices, registry entries, counters and events have columns of their own, other records are JSON.
//!
//! Invariant: each table's file lists its columns once, and writes and reads them in that order.

mod device;
mod event;
mod record;
mod registration;
mod tally;

use crate::array::{Array, Json, Scalar, Value};
use crate::error::Problem;
use fleet_core::FirmwareVersion;
use fleet_core::device::DeviceId;
use fleet_core::product::ProductId;
use fleet_core::store::{Key, Kind, Record, Row, Stamp};
use std::fmt::Display;
use std::ops::Range;
pub(crate) use tally::{TABLE as COUNTERS, key as counter_key};
use tokio_postgres::types::{FromSql, ToSql, Type};

/// A column: its name and type.
pub(crate) type Column = (&'static str, Scalar);

/// A table: its name, the columns of its key in order, and its other columns.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: &'static [Column],
    /// The expression for the stamp of a row `t`. NULL means that the row is absent.
    pub(crate) stamp: &'static str,
    pub(crate) columns: &'static [Column],
    /// Groups of adjacent columns that are often the same in all rows of a statement, by their positions, the key's
    /// first. At most 16, and preferably few: each doubles the number of statements that the store may have to prepare.
    pub(crate) uniform: &'static [Range<usize>],
}

/// The groups of columns that are the same in all rows of a statement, one bit for each group of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct UniformGroups(u16);

impl UniformGroups {
    /// Finds the groups of columns that are the same in all rows, and marks their arrays to be sent once. The arrays
    /// are those of the table's columns in order; some of the last may be missing, and others may follow.
    pub(crate) fn find(table: &Table, arrays: &mut [Array]) -> Self {
        let mut found = Self::default();
        for (set, bit) in table.uniform.iter().zip(0..) {
            if let Some(arrays) = arrays.get_mut(set.clone())
                && arrays.iter().all(Array::is_uniform)
            {
                arrays.iter_mut().for_each(Array::send_once);
                found.0 |= 1 << bit;
            }
        }
        found
    }

    /// Whether a column belongs to such a group.
    pub(crate) fn has(self, table: &Table, column: usize) -> bool {
        let mut sets = table.uniform.iter().zip(0..);
        sets.any(|(columns, bit)| columns.contains(&column) && self.0 & 1 << bit != 0)
    }
}

/// One of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TableKind {
    Device,
    Registration,
    Record,
    Tally,
    Event,
}

impl TableKind {
    /// All tables.
    pub(crate) const ALL: [Self; 5] = [Self::Device, Self::Registration, Self::Record, Self::Tally, Self::Event];

    /// The table for keys of a kind.
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Device => Self::Device,
            Kind::Registration => Self::Registration,
            Kind::Tally => Self::Tally,
            Kind::Event => Self::Event,
            _ => Self::Record,
        }
    }

    /// The definition of the table.
    pub(crate) fn table(self) -> &'static Table {
        match self {
            Self::Device => &device::TABLE,
            Self::Registration => &registration::TABLE,
            Self::Record => &record::TABLE,
            Self::Tally => &tally::TABLE,
            Self::Event => &event::TABLE,
        }
    }
}

/// A set of tables, one bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct TableSet(u8);

impl TableSet {
    pub(crate) fn of(kinds: impl IntoIterator<Item = TableKind>) -> Self {
        Self(kinds.into_iter().fold(0, |all, kind| all | 1 << kind as u8))
    }

    /// Returns the tables in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = TableKind> {
        TableKind::ALL.into_iter().filter(move |kind| self.0 & 1 << *kind as u8 != 0)
    }

    /// The first column of a table, if the columns of these tables follow one another from `first` on.
    pub(crate) fn column_of(self, kind: TableKind, first: usize) -> usize {
        let before = self.iter().take_while(|other| *other != kind).map(TableKind::table);
        first + before.map(|table| table.key.len() + table.columns.len()).sum::<usize>()
    }
}

/// Appends one row to a set of arrays, column by column.
pub(crate) struct Cells<'a>(std::slice::IterMut<'a, Array>);

impl<'a> Cells<'a> {
    pub(crate) fn of(arrays: &'a mut [Array]) -> Self {
        Self(arrays.iter_mut())
    }

    pub(crate) fn push<V: Value>(&mut self, value: V) {
        if let Some(array) = self.0.next() {
            array.push(&value);
        }
    }

    fn push_if<V: Value>(&mut self, value: Option<V>) {
        match value {
            Some(value) => self.push(value),
            None => self.nulls(1),
        }
    }

    fn nulls(&mut self, count: usize) {
        self.0.by_ref().take(count).for_each(Array::push_null);
    }

    fn text(&mut self, text: &str) {
        self.push(&*crate::text::to_text(text));
    }

    fn text_if(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.nulls(1),
        }
    }

    fn json_if(&mut self, json: Option<&str>) {
        match json {
            Some(json) => self.json(json),
            None => self.nulls(1),
        }
    }

    fn json(&mut self, json: &str) {
        self.push(Json(&crate::text::to_json(json)));
    }

    /// Appends the stamp that is expected of a row. `None` means that the row must be absent.
    pub(crate) fn expected(&mut self, stamp: Option<Stamp>) {
        self.push_if(stamp.map(|stamp| stamp.0.cast_signed()));
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.push(stamp.0.cast_signed());
    }

    /// Appends the columns of a key.
    pub(crate) fn key(&mut self, key: &Key) -> Result<(), Problem> {
        match key {
            Key::Device(product, id) => {
                self.push(i64::from(product.get()));
                self.push(id.as_bytes().as_slice());
            }
            Key::Registration(id) => self.push(id.as_bytes().as_slice()),
            Key::Tally(..) => {
                let (product, counter, slot) = tally::key(key)?;
                self.push(product);
                self.push(counter);
                self.push(slot);
            }
            Key::Event(product, slot, sequence) => {
                let (product, slot, sequence) = event::key(*product, *slot, *sequence)?;
                self.push(product);
                self.push(slot);
                self.push(sequence);
            }
            _ => self.push(key.encode().as_slice()),
        }
        Ok(())
    }

    /// Appends all columns of a row.
    pub(crate) fn row(&mut self, key: &Key, record: &Record, stamp: Stamp) -> Result<(), Problem> {
        self.key(key)?;
        match (key, record) {
            (Key::Device(..), Record::Device(device)) => device::write(self, device, stamp),
            (Key::Registration(_), Record::Registration(entry)) => {
                registration::write(self, entry, stamp);
                Ok(())
            }
            (Key::Tally(..), Record::Counter(value)) => {
                self.push(*value);
                Ok(())
            }
            (Key::Event(..), Record::Event(event)) => event::write(self, event, stamp),
            (Key::Device(..) | Key::Registration(_) | Key::Tally(..) | Key::Event(..), _)
            | (_, Record::Device(_) | Record::Registration(_) | Record::Counter(_) | Record::Event(_)) => {
                Err(Problem::Unwritable(format!("a record of another kind was put under {key:?}")))
            }
            _ => record::write(self, key, record, stamp),
        }
    }
}

/// A parameter of a statement and its type.
pub(crate) type Given = (Box<dyn ToSql + Send + Sync>, Type);

/// The columns of a key as parameters.
pub(crate) fn key_parameters(key: &Key) -> Result<Vec<Given>, Problem> {
    Ok(match key {
        Key::Device(product, id) => {
            vec![(Box::new(i64::from(product.get())), Type::INT8), (Box::new(id.as_bytes().to_vec()), Type::BYTEA)]
        }
        Key::Registration(id) => vec![(Box::new(id.as_bytes().to_vec()), Type::BYTEA)],
        Key::Tally(..) => {
            let (product, counter, slot) = tally::key(key)?;
            vec![(Box::new(product), Type::INT8), (Box::new(counter), Type::INT4), (Box::new(slot), Type::INT4)]
        }
        Key::Event(product, slot, sequence) => {
            let (product, slot, sequence) = event::key(*product, *slot, *sequence)?;
            vec![(Box::new(product), Type::INT8), (Box::new(slot), Type::INT2), (Box::new(sequence), Type::INT8)]
        }
        _ => vec![(Box::new(key.encode()), Type::BYTEA)],
    })
}

/// Whether a row of JSON, whose columns begin at `first`, contains its body.
pub(crate) fn has_body(row: &tokio_postgres::Row, first: usize) -> Result<bool, Problem> {
    Ok(row.try_get::<_, Option<Text<'_>>>(first + record::BODY)?.is_some())
}

/// Reads a row of a table, from the column `first` on.
pub(crate) fn read(kind: TableKind, row: &tokio_postgres::Row, first: usize) -> Result<Row, Problem> {
    let mut columns = Columns { row, next: first };
    match kind {
        TableKind::Device => device::read(&mut columns),
        TableKind::Registration => registration::read(&mut columns),
        TableKind::Record => record::read(&mut columns),
        TableKind::Tally => tally::read(&mut columns),
        TableKind::Event => event::read(&mut columns),
    }
}

/// Reads a row's columns in order.
struct Columns<'r> {
    row: &'r tokio_postgres::Row,
    next: usize,
}

impl<'r> Columns<'r> {
    fn next<T: FromSql<'r>>(&mut self) -> Result<T, Problem> {
        let value = self.row.try_get(self.next);
        self.next += 1;
        value.map_err(|error| self.unreadable(error))
    }

    fn skip(&mut self, count: usize) {
        self.next += count;
    }

    fn stamp(&mut self) -> Result<Stamp, Problem> {
        Ok(Stamp(self.next::<i64>()?.cast_unsigned()))
    }

    /// Reads the next column and converts it to a type of the core.
    fn next_as<S: FromSql<'r>, T, E: Display>(&mut self, make: impl FnOnce(S) -> Result<T, E>) -> Result<T, Problem> {
        let value = self.next()?;
        make(value).map_err(|error| self.unreadable(error))
    }

    /// Reads the next column, which may be NULL.
    fn next_if<S: FromSql<'r>, T, E: Display>(
        &mut self,
        make: impl FnOnce(S) -> Result<T, E>,
    ) -> Result<Option<T>, Problem> {
        self.next_as(|value: Option<S>| value.map(make).transpose())
    }

    /// Reads the next column, a number whose type in the database is wider.
    fn number<S: FromSql<'r>, T: TryFrom<S>>(&mut self) -> Result<T, Problem>
    where
        T::Error: Display,
    {
        self.next_as(|value: S| T::try_from(value))
    }

    /// Reads the next column, which holds the position of a value in a list.
    fn next_of<T: Copy>(&mut self, all: &[T]) -> Result<T, Problem> {
        self.next_as(|index: i16| {
            usize::try_from(index).ok().and_then(|index| all.get(index)).copied().ok_or("unknown value")
        })
    }

    /// The error for an invalid value in the column that was read last.
    fn unreadable(&self, error: impl Display) -> Problem {
        let column = self.next.saturating_sub(1);
        let name = self.row.columns().get(column).map_or("a column", |column| column.name());
        Problem::Unreadable(format!("`{name}` of a row cannot be read: {error}"))
    }
}

/// The text of a column, borrowed so that it is copied only once.
struct Text<'r>(&'r str);

impl<'r> FromSql<'r> for Text<'r> {
    fn from_sql(
        ty: &tokio_postgres::types::Type,
        raw: &'r [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        // JSONB is text after the version of its format.
        let raw = match (*ty == tokio_postgres::types::Type::JSONB, raw) {
            (true, [1, json @ ..]) => json,
            (true, _) => return Err("an unknown version of JSONB".into()),
            (false, text) => text,
        };
        Ok(Self(std::str::from_utf8(raw)?))
    }

    fn accepts(ty: &tokio_postgres::types::Type) -> bool {
        use tokio_postgres::types::Type;
        [Type::TEXT, Type::VARCHAR, Type::JSON, Type::JSONB].contains(ty)
    }
}

/// Returns the position of a value in the list of all values.
fn index_of<T: PartialEq>(all: &[T], value: &T) -> Result<i16, Problem> {
    let index = all.iter().position(|one| one == value).and_then(|index| i16::try_from(index).ok());
    index.ok_or_else(|| {
        Problem::Unwritable("the record has a value that this store does not support; update the program".to_owned())
    })
}

/// Converts a product's number.
fn product(number: i64) -> Result<ProductId, String> {
    let number = u32::try_from(number).map_err(|error| error.to_string())?;
    ProductId::new(number).map_err(|error| error.to_string())
}

/// Converts a device's id.
fn device_id(bytes: &[u8]) -> Result<DeviceId, &'static str> {
    bytes.try_into().map(DeviceId::new).map_err(|_| "an id has 12 bytes")
}

/// Converts the version of a firmware.
fn version(number: i32) -> Result<FirmwareVersion, String> {
    let number = u32::try_from(number).map_err(|error| error.to_string())?;
    FirmwareVersion::new(number).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_columns_do_not_overlap_and_never_hold_a_whole_key() {
        for table in TableKind::ALL.map(TableKind::table) {
            assert!(table.uniform.len() <= 16, "{}", table.name);
            let columns = table.key.len() + table.columns.len();
            let mut from = 0;
            for set in table.uniform {
                assert!(from <= set.start && set.start < set.end && set.end <= columns, "{set:?} of {}", table.name);
                from = set.end;
            }
            // Additions to counters are grouped by the remaining columns.
            let left = (0..table.key.len()).filter(|column| !table.uniform.iter().any(|set| set.contains(column)));
            assert!(left.count() > 0, "{}", table.name);
        }
    }

    #[test]
    fn a_column_with_equal_values_is_found_and_sent_once() {
        let table = &registration::TABLE;
        let columns =
            || table.key.iter().chain(table.columns).map(|(_, scalar)| Array::new(*scalar)).collect::<Vec<_>>();
        let row = |arrays: &mut [Array], id: u8, claimed_by: Option<i64>| {
            let mut cells = Cells::of(arrays);
            cells.push(&[id; 12][..]);
            cells.stamp(Stamp(id.into()));
            cells.push(94_i64);
            cells.push_if(claimed_by);
            cells.nulls(2);
            cells.push(true);
            cells.push(0_i64);
            cells.push(0_i64);
            cells.nulls(4);
        };
        let sent = |arrays: &[Array]| {
            arrays
                .iter()
                .map(|array| {
                    let mut out = bytes::BytesMut::new();
                    let is_null = array.to_sql(&tokio_postgres::types::Type::INT8, &mut out).unwrap();
                    matches!(is_null, tokio_postgres::types::IsNull::No).then(|| out.to_vec())
                })
                .collect::<Vec<_>>()
        };
        let mut arrays = columns();
        for id in 1..4 {
            row(&mut arrays, id, None);
        }
        let uniform = UniformGroups::find(table, &mut arrays);
        let once: Vec<bool> = (0..arrays.len()).map(|column| uniform.has(table, column)).collect();
        assert_eq!(once, [vec![false; 2], vec![true; 11]].concat());
        let values = sent(&arrays);
        assert_eq!(values[2], Some(94_i64.to_be_bytes().to_vec()));
        assert_eq!((&values[3], &values[4], &values[5]), (&None, &None, &None));
        assert_eq!((&values[6], &values[7]), (&Some(vec![1]), &Some(vec![0; 8])));

        // One different value makes its group differ, and no other.
        let mut arrays = columns();
        for (id, claimed_by) in [(1, None), (2, Some(7)), (3, None)] {
            row(&mut arrays, id, claimed_by);
        }
        let uniform = UniformGroups::find(table, &mut arrays);
        let once: Vec<bool> = (0..arrays.len()).map(|column| uniform.has(table, column)).collect();
        assert_eq!(once, [vec![false, false, true, false, false], vec![true; 8]].concat());
        // Three values, the first and the last of which are NULL, eight bytes in between.
        assert_eq!(sent(&arrays)[3].as_ref().map(Vec::len), Some(20 + 4 + 12 + 4));
    }
}
