//! Builds the SQL that reads and writes many rows at once.
//!
//! A writing statement consists of parts, each with its rows in arrays: what to check, and what to put, delete and add
//! for the commits whose checks all hold. It returns the numbers of the refused commits. So a batch of independent
//! commits is one statement, whatever it contains.
//!
//! On the server an array costs about the same whatever it contains, more than anything else about a row. So a column
//! with the same value in all rows, such as the product, or NULL where no device has an update, is sent as one value,
//! not as an array.

use crate::array::{Array, Scalar};
use crate::copy::Copied;
use crate::error::Problem;
use crate::pool::Parameter;
use crate::table::{COUNTERS, Cells, Column, Table, TableKind, UniformGroups};
use fleet_core::store::{Check, Key, Record, Stamp};
use std::fmt::Write as _;

/// Fails a statement outside a serializable transaction, with an error that names this parameter, which no server has.
/// So nothing is applied, whatever happened to the session's settings. It is evaluated once for each statement, not for
/// each row.
const SERIALIZABLE: &str = "(SELECT CASE WHEN current_setting('transaction_isolation') = 'serializable' THEN true \
    ELSE current_setting('fleet.transaction_is_not_serializable') IS NULL END)";

/// The qualified name of a table. Behind a pooler the session's search path may be another program's.
pub(crate) fn name_of(schema: &str, table: &Table) -> String {
    format!("\"{schema}\".{}", table.name)
}

/// What to do with a row of a table, in the order of a statement's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Act {
    /// Checks that its stamp is as expected.
    Check,
    /// Replaces a row with a certain stamp: the commit's only check, and all that it puts.
    Swap,
    /// Inserts a row that its commit checks to be absent. If another transaction inserts it at the same time, the
    /// statement fails, and the retry sees that row.
    Insert,
    Put,
    Delete,
    /// Adds to a counter.
    Add,
}

/// Rows with the same action.
#[derive(Debug)]
struct Part {
    act: Act,
    table_kind: TableKind,
    arrays: Vec<Array>,
    uniform: UniformGroups,
}

/// Identifies the text of a statement: its parts, and the columns of each that are the same in all rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    Script(Vec<(Act, TableKind, UniformGroups)>),
    Copy(TableKind),
    Stamps(Vec<(TableKind, UniformGroups)>),
    Rows(Vec<(TableKind, UniformGroups)>),
    All(TableKind),
    /// Whether the ends of a range belong to it, and the order.
    Between(TableKind, bool, bool, Option<bool>),
}

/// A statement and its parameters.
#[derive(Debug, Default)]
pub(crate) struct Script {
    parts: Vec<Part>,
}

impl Act {
    /// The columns of its arrays, after the number of the commit: those of the table, then further ones.
    fn columns(self, table: &Table) -> Vec<Column> {
        let key = table.key.iter().copied();
        let all = key.clone().chain(table.columns.iter().copied());
        match self {
            Self::Check => key.chain([("expected", Scalar::Int8)]).collect(),
            Self::Swap => all.chain([("expected", Scalar::Int8)]).collect(),
            Self::Insert | Self::Put => all.collect(),
            Self::Delete => key.collect(),
            Self::Add => key.chain([("delta", Scalar::Int8)]).collect(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Swap => "swap",
            Self::Insert => "insert",
            Self::Put => "put",
            Self::Delete => "delete",
            Self::Add => "add",
        }
    }
}

impl Script {
    pub(crate) fn check(&mut self, commit: i32, check: &Check) -> Result<(), Problem> {
        let mut cells = self.cells(Act::Check, &check.key, commit);
        cells.key(&check.key)?;
        cells.expected(check.stamp);
        Ok(())
    }

    pub(crate) fn swap(
        &mut self,
        commit: i32,
        expected: Stamp,
        (key, record, stamp): (&Key, &Record, Stamp),
    ) -> Result<(), Problem> {
        let mut cells = self.cells(Act::Swap, key, commit);
        cells.row(key, record, stamp)?;
        cells.expected(Some(expected));
        Ok(())
    }

    pub(crate) fn insert(&mut self, commit: i32, key: &Key, record: &Record, stamp: Stamp) -> Result<(), Problem> {
        self.cells(Act::Insert, key, commit).row(key, record, stamp)
    }

    pub(crate) fn put(&mut self, commit: i32, key: &Key, record: &Record, stamp: Stamp) -> Result<(), Problem> {
        self.cells(Act::Put, key, commit).row(key, record, stamp)
    }

    pub(crate) fn delete(&mut self, commit: i32, key: &Key) -> Result<(), Problem> {
        self.cells(Act::Delete, key, commit).key(key)
    }

    pub(crate) fn add(&mut self, commit: i32, key: &Key, delta: i64) -> Result<(), Problem> {
        let mut cells = self.cells(Act::Add, key, commit);
        cells.key(key)?;
        cells.push(delta);
        Ok(())
    }

    /// Adds a row to the part for a key, after the number of the commit.
    fn cells(&mut self, act: Act, key: &Key, commit: i32) -> Cells<'_> {
        let table_kind = TableKind::of(key.kind());
        let found = self.parts.iter().position(|part| part.act == act && part.table_kind == table_kind);
        let at = found.unwrap_or_else(|| {
            let columns = [("n", Scalar::Int4)].into_iter().chain(act.columns(table_kind.table()));
            let arrays = columns.map(|(_, scalar)| Array::new(scalar)).collect();
            self.parts.push(Part { act, table_kind, arrays, uniform: UniformGroups::default() });
            self.parts.len() - 1
        });
        let mut cells = Cells::of(self.parts.get_mut(at).map(|part| part.arrays.as_mut_slice()).unwrap_or_default());
        cells.push(commit);
        cells
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Orders its parts and finds the columns that are the same in all rows. To be called once all rows are added.
    #[must_use]
    pub(crate) fn finish(mut self) -> Self {
        self.parts.sort_by_key(|part| (part.act, part.table_kind));
        for part in &mut self.parts {
            part.uniform = UniformGroups::find(part.table_kind.table(), part.arrays.get_mut(1..).unwrap_or_default());
        }
        self
    }

    /// Identifies its text: scripts of the same shape have the same text.
    pub(crate) fn shape(&self) -> Shape {
        Shape::Script(self.parts.iter().map(|part| (part.act, part.table_kind, part.uniform)).collect())
    }

    /// Whether it returns the numbers of the applied commits, instead of those that were refused.
    pub(crate) fn returns_applied(&self) -> bool {
        matches!(self.parts.as_slice(), [Part { act: Act::Swap, .. }])
    }

    /// Its text.
    pub(crate) fn sql(&self, schema: &str) -> String {
        let mut next = 1;
        let sources: Vec<(&Part, Source)> = self
            .parts
            .iter()
            .map(|part| {
                let table = part.table_kind.table();
                (part, Source::new(table, &part.act.columns(table), part.uniform, &mut next))
            })
            .collect();
        if let ([(part, source)], true) = (sources.as_slice(), self.returns_applied()) {
            return swap(schema, part.table_kind.table(), source);
        }
        let refusals: Vec<String> = sources.iter().filter_map(|(part, source)| refusal(schema, part, source)).collect();
        let unless_refused = if refusals.is_empty() { "" } else { " AND u.n NOT IN (SELECT n FROM refused)" };
        let guard = &format!("{SERIALIZABLE}{unless_refused}");
        let mut steps = Vec::new();
        for (part, source) in &sources {
            let table = part.table_kind.table();
            if part.act == Act::Swap {
                steps.push(format!("swap_{} AS ({})", table.name, swap(schema, table, source)));
            }
        }
        if !refusals.is_empty() {
            steps.push(format!("refused AS MATERIALIZED ({})", refusals.join(" UNION ALL ")));
        }
        for (part, source) in &sources {
            let table = part.table_kind.table();
            let step = match part.act {
                Act::Check | Act::Swap => continue,
                Act::Insert => insert(schema, table, source, guard),
                Act::Put => put(schema, table, source, guard),
                Act::Delete => delete(schema, table, source, guard),
                Act::Add => add(schema, table, source, guard),
            };
            steps.push(format!("{}_{} AS ({step})", part.act.name(), table.name));
        }
        let answer = if refusals.is_empty() { "SELECT 0 WHERE false" } else { "SELECT n FROM refused" };
        format!("WITH {} {answer}", steps.join(", "))
    }

    /// Removes the parts that insert more than this number of rows, so that they can be copied.
    pub(crate) fn split_off_inserts(&mut self, more_than: usize) -> Vec<Copied> {
        let large = self
            .parts
            .extract_if(.., |part| part.act == Act::Insert && part.arrays.first().is_some_and(|n| n.len() > more_than));
        large.map(|part| Copied::new(part.table_kind, part.arrays.get(1..).unwrap_or_default())).collect()
    }

    /// Its parameters, in the order of its text.
    pub(crate) fn parameters(&self) -> Vec<Parameter<'_>> {
        self.parts.iter().flat_map(|part| &part.arrays).map(|array| (array as _, array.sent_as())).collect()
    }
}

/// Arrays as rows `u`.
struct Source {
    from: String,
    number: String,
    /// The SQL of each column: its name in `u`, or the parameter that is the same in all rows.
    values: Vec<(&'static str, String)>,
}

impl Source {
    /// Creates rows of a number and these columns, those of the table first. Their parameters are numbered from `next`
    /// on.
    fn new(table: &Table, columns: &[Column], uniform: UniformGroups, next: &mut usize) -> Self {
        let number = format!("${next}::int4[]");
        let (mut arrays, mut names) = (number.clone(), "n".to_owned());
        *next += 1;
        let mut values = Vec::with_capacity(columns.len());
        for (position, (name, scalar)) in columns.iter().enumerate() {
            let parameter = format!("${next}::{}", scalar.sql());
            *next += 1;
            if uniform.has(table, position) {
                values.push((*name, parameter));
            } else {
                let _ = write!(arrays, ", {parameter}[]");
                let _ = write!(names, ", {name}");
                values.push((*name, format!("u.{name}")));
            }
        }
        Self { from: format!("unnest({arrays}) AS u({names})"), number, values }
    }

    /// The SQL of one of its columns. Any other name is passed on, and the server rejects it.
    fn value<'s>(&'s self, name: &'s str) -> &'s str {
        self.values.iter().find(|(column, _)| *column == name).map_or(name, |(_, value)| value)
    }

    /// Whether a column differs between rows.
    fn varies(&self, name: &str) -> bool {
        self.value(name).starts_with("u.")
    }

    /// The condition that a row `t` is the one that a row `u` names.
    fn here(&self, table: &Table) -> String {
        join(table.key, " AND ", |name| format!("t.{name} = {}", self.value(name)))
    }
}

fn names(columns: &[Column]) -> String {
    join(columns, ", ", |name| name.to_owned())
}

fn join(columns: &[Column], between: &str, form: impl Fn(&str) -> String) -> String {
    columns.iter().map(|(name, _)| form(name)).collect::<Vec<_>>().join(between)
}

/// Selects the commits that a part refuses.
fn refusal(schema: &str, part: &Part, source: &Source) -> Option<String> {
    let table = part.table_kind.table();
    match part.act {
        Act::Check => Some(format!(
            "SELECT u.n FROM {} LEFT JOIN {} t ON {} WHERE {SERIALIZABLE} AND {} IS DISTINCT FROM u.expected",
            source.from,
            name_of(schema, table),
            source.here(table),
            table.stamp
        )),
        Act::Swap => Some(format!(
            "SELECT u.n FROM unnest({}) AS u(n) WHERE u.n NOT IN (SELECT n FROM swap_{})",
            source.number, table.name
        )),
        Act::Insert | Act::Put | Act::Delete | Act::Add => None,
    }
}

fn swap(schema: &str, table: &Table, source: &Source) -> String {
    format!(
        "UPDATE {} AS t SET {} FROM {} WHERE {SERIALIZABLE} AND {} AND {} = u.expected RETURNING u.n",
        name_of(schema, table),
        join(table.columns, ", ", |name| format!("{name} = {}", source.value(name))),
        source.from,
        source.here(table),
        table.stamp
    )
}

fn insert(schema: &str, table: &Table, source: &Source, guard: &str) -> String {
    let all = [table.key, table.columns].concat();
    let values = join(&all, ", ", |name| source.value(name).to_owned());
    let (name, all) = (name_of(schema, table), names(&all));
    format!("INSERT INTO {name} ({all}) SELECT {values} FROM {} WHERE {guard}", source.from)
}

fn put(schema: &str, table: &Table, source: &Source, guard: &str) -> String {
    format!(
        "{} ON CONFLICT ({}) DO UPDATE SET {}",
        insert(schema, table, source, guard),
        names(table.key),
        join(table.columns, ", ", |name| format!("{name} = excluded.{name}")),
    )
}

fn delete(schema: &str, table: &Table, source: &Source, guard: &str) -> String {
    format!("DELETE FROM {} t USING {} WHERE {} AND {guard}", name_of(schema, table), source.from, source.here(table))
}

/// Adds to counters, which start at 0 and saturate at the ends of their range.
fn add(schema: &str, table: &Table, source: &Source, guard: &str) -> String {
    // Columns that are the same in all rows need no grouping. An array stays: without one there would be a row for no
    // rows.
    let varying: Vec<Column> = table.key.iter().filter(|(name, _)| source.varies(name)).copied().collect();
    format!(
        "INSERT INTO {name} AS t ({key}, value) SELECT {values}, {sum} FROM {from} WHERE {guard} GROUP BY {varying} \
         ORDER BY {varying} ON CONFLICT ({key}) DO UPDATE SET value = {both}",
        name = name_of(schema, table),
        key = names(table.key),
        values = join(table.key, ", ", |name| source.value(name).to_owned()),
        sum = clamped("sum(u.delta)"),
        from = source.from,
        varying = names(&varying),
        both = clamped("t.value::numeric + excluded.value"),
    )
}

fn clamped(sum: &str) -> String {
    format!("greatest(least({sum}, {}), {})::int8", i64::MAX, i64::MIN)
}

/// Copies rows, with the columns in order.
pub(crate) fn copy(schema: &str, table_kind: TableKind) -> String {
    let table = table_kind.table();
    format!("COPY {} ({}, {}) FROM STDIN BINARY", name_of(schema, table), names(table.key), names(table.columns))
}

/// The columns of a lookup: the key, and for rows of JSON the stamp of the caller's cached copy.
pub(crate) fn lookup(table_kind: TableKind) -> Vec<Column> {
    let known = (table_kind == TableKind::Record).then_some(("known", Scalar::Int8));
    table_kind.table().key.iter().copied().chain(known).collect()
}

/// Selects the stamps of existing rows by key: `n` and the stamp.
pub(crate) fn stamps(schema: &str, parts: &[(TableKind, UniformGroups)]) -> String {
    let mut next = 1;
    let selections = parts.iter().map(|(table_kind, uniform)| {
        let table = table_kind.table();
        let source = Source::new(table, table.key, *uniform, &mut next);
        let name = name_of(schema, table);
        format!("SELECT u.n, {} FROM {} JOIN {name} t ON {}", table.stamp, source.from, source.here(table))
    });
    selections.collect::<Vec<_>>().join(" UNION ALL ")
}

/// Selects rows by key: `n`, and for each table its key and other columns, NULL in rows of other tables. The JSON body
/// is NULL if the caller's cached copy has the row's stamp.
pub(crate) fn rows(schema: &str, parts: &[(TableKind, UniformGroups)]) -> String {
    let mut next = 1;
    let selections = parts.iter().map(|(table_kind, uniform)| {
        let table = table_kind.table();
        let source = Source::new(table, &lookup(*table_kind), *uniform, &mut next);
        let columns = parts.iter().map(|(other, _)| {
            let others = other.table();
            let all = [others.key, others.columns].concat();
            let value = |(name, scalar): &Column| match (other == table_kind, other, *name) {
                (false, ..) => format!("NULL::{} AS {name}", scalar.sql()),
                (true, TableKind::Record, "body") => {
                    "CASE WHEN t.stamp IS DISTINCT FROM u.known THEN t.body END AS body".to_owned()
                }
                (true, ..) => format!("t.{name}"),
            };
            all.iter().map(value).collect::<Vec<_>>().join(", ")
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!(
            "SELECT u.n, {columns} FROM {} JOIN {} t ON {}",
            source.from,
            name_of(schema, table),
            source.here(table)
        )
    });
    selections.collect::<Vec<_>>().join(" UNION ALL ")
}

/// Selects all rows of a table.
pub(crate) fn all(schema: &str, table: &Table) -> String {
    let column = |name: &str| format!("t.{name}");
    let columns = [join(table.key, ", ", column), join(table.columns, ", ", column)].join(", ");
    format!("SELECT {columns} FROM {} t", name_of(schema, table))
}

/// Deletes those of these counters that are 0.
pub(crate) fn without_counters(schema: &str, counters: &[(i64, i32, i32)]) -> String {
    let keys: Vec<String> =
        counters.iter().map(|(product, counter, slot)| format!("({product}, {counter}, {slot})")).collect();
    let table = name_of(schema, &COUNTERS);
    format!("DELETE FROM {table} WHERE value = 0 AND (product, counter, slot) IN ({})", keys.join(", "))
}

/// Selects the rows between two keys, with or without each end. If they are ordered, the last parameter is the limit.
pub(crate) fn between(schema: &str, table: &Table, with_first: bool, with_last: bool, reverse: Option<bool>) -> String {
    let key = join(table.key, ", ", |name| format!("t.{name}"));
    let width = table.key.len();
    let parameters = |from: usize| {
        let numbered = table.key.iter().zip(from..);
        numbered.map(|((_, scalar), n)| format!("${n}::{}", scalar.sql())).collect::<Vec<_>>().join(", ")
    };
    let mut sql = format!(
        "{} WHERE ({key}) {} ({}) AND ({key}) {} ({})",
        all(schema, table),
        if with_first { ">=" } else { ">" },
        parameters(1),
        if with_last { "<=" } else { "<" },
        parameters(width + 1),
    );
    if let Some(reverse) = reverse {
        let order = join(table.key, ", ", |name| format!("t.{name}{}", if reverse { " DESC" } else { "" }));
        let _ = write!(sql, " ORDER BY {order} LIMIT ${}::int8", 2 * width + 1);
    }
    sql
}
