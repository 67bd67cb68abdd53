//! Looks up many rows in any tables with one statement.
//!
//! One statement sees one moment and is answered in one message. With several statements, the server would send each
//! answer by itself and wake the waiting thread for each.

use crate::array::{Array, Scalar};
use crate::error::Problem;
use crate::pool::{Connection, Parameter, Within};
use crate::statement::{Shape, lookup, rows, stamps};
use crate::table::{Cells, TableKind, TableSet, UniformGroups};
use fleet_core::store::{Key, Stamp};
use tokio_postgres::Row;

/// What is read of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookupKind {
    Stamps,
    Rows,
}

/// Keys to look up, by table.
#[derive(Debug)]
pub(crate) struct RowLookup {
    kind: LookupKind,
    /// In the order of the tables.
    parts: Vec<Part>,
}

/// The keys of one table.
#[derive(Debug)]
struct Part {
    table_kind: TableKind,
    arrays: Vec<Array>,
    uniform: UniformGroups,
}

impl RowLookup {
    /// Creates a lookup of keys, each with a number that identifies it in the answer, and the stamp of the caller's
    /// cached copy.
    pub(crate) fn new<'k>(
        kind: LookupKind,
        keys: impl IntoIterator<Item = (i32, &'k Key, Option<Stamp>)>,
    ) -> Result<Self, Problem> {
        let mut row_lookup = Self { kind, parts: Vec::new() };
        for (number, key, known) in keys {
            let table_kind = TableKind::of(key.kind());
            let mut cells = Cells::of(row_lookup.part(table_kind));
            cells.push(number);
            cells.key(key)?;
            if kind == LookupKind::Rows {
                // Only tables with JSON have a column for it.
                cells.expected(known);
            }
        }
        for part in &mut row_lookup.parts {
            part.uniform = UniformGroups::find(part.table_kind.table(), part.arrays.get_mut(1..).unwrap_or_default());
        }
        Ok(row_lookup)
    }

    fn part(&mut self, table_kind: TableKind) -> &mut [Array] {
        let at = self.parts.binary_search_by_key(&table_kind, |part| part.table_kind).unwrap_or_else(|at| {
            let columns = match self.kind {
                LookupKind::Stamps => table_kind.table().key.to_vec(),
                LookupKind::Rows => lookup(table_kind),
            };
            let scalars = [Scalar::Int4].into_iter().chain(columns.iter().map(|(_, scalar)| *scalar));
            let arrays = scalars.map(Array::new).collect();
            self.parts.insert(at, Part { table_kind, arrays, uniform: UniformGroups::default() });
            at
        });
        self.parts.get_mut(at).map(|part| part.arrays.as_mut_slice()).unwrap_or_default()
    }

    /// The tables of the keys.
    pub(crate) fn table_kinds(&self) -> TableSet {
        TableSet::of(self.parts.iter().map(|part| part.table_kind))
    }

    /// Runs the lookup. The first column of each row is the number of its key.
    pub(crate) fn ask(&self, connection: &mut Connection, within: Within) -> Result<Vec<Row>, Problem> {
        if self.parts.is_empty() {
            return if within == Within::First { connection.begin().map(|()| Vec::new()) } else { Ok(Vec::new()) };
        }
        let parts = || self.parts.iter().map(|part| (part.table_kind, part.uniform)).collect::<Vec<_>>();
        let arrays = self.parts.iter().flat_map(|part| &part.arrays);
        let parameters: Vec<Parameter<'_>> = arrays.map(|array| (array as _, array.sent_as())).collect();
        match self.kind {
            LookupKind::Stamps => {
                connection.ask(Shape::Stamps(parts()), |schema| stamps(schema, &parts()), &parameters, within)
            }
            LookupKind::Rows => {
                connection.ask(Shape::Rows(parts()), |schema| rows(schema, &parts()), &parameters, within)
            }
        }
    }
}
