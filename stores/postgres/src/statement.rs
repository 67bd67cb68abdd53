//! The SQL that reads and writes many rows at once.
//!
//! A statement that writes is put together of parts, each of which has its rows in arrays: what is to be checked, and
//! what to be put, deleted and added for those commits of which no check failed. Its answer is the numbers of the
//! commits that were refused. So a batch of commits that do not meet is one statement, whatever is in it.
//!
//! To the server an array costs about the same whether there is something in it or not: what is NULL in all rows, such as
//! the updates of devices that have none, is not sent.

use crate::array::{Array, Scalar};
use crate::error::Problem;
use crate::table::{Absent, Cells, Place, Places, Table};
use fleet_core::store::{Check, Key, Record, Stamp};
use std::fmt::Write as _;
use tokio_postgres::types::ToSql;

/// What is done with a row of a table, in the order in which a statement's parts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    /// Looks whether its stamp is as expected.
    Check,
    /// Puts it in place of one with a certain stamp: its commit's one check, and all it puts.
    Swap,
    /// Puts it where there is none, which its commit checks too. Where another transaction makes one at the same time
    /// the statement fails, and the next try sees that one.
    Insert,
    Put,
    Delete,
    /// Adds to a counter.
    Add,
}

/// Rows that are treated alike.
#[derive(Debug)]
struct Part {
    act: Act,
    place: Place,
    arrays: Vec<Array>,
    absent: Absent,
}

/// What tells one statement of the store from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// A bit for each part, and what is absent of rows that are swapped, inserted and put.
    Script(u32, [Absent; 3 * Place::ALL.len()]),
    Stamps(Places),
    Rows(Places),
    All(Place),
    /// With or without the ends of a range, and the order.
    Between(Place, bool, bool, Option<bool>),
}

/// A statement and its parameters.
#[derive(Debug, Default)]
pub(crate) struct Script {
    parts: Vec<Part>,
}

impl Act {
    /// The columns of its arrays, after the number of the commit.
    fn columns(self, table: &Table, absent: Absent) -> Vec<(&'static str, Scalar)> {
        let key = table.key.iter().copied();
        let present = table.columns.iter().enumerate().filter(|(place, _)| !absent.has(table, *place));
        let present = present.map(|(_, column)| *column);
        match self {
            Self::Check => key.chain([("expected", Scalar::Int8)]).collect(),
            Self::Swap => [("expected", Scalar::Int8)].into_iter().chain(key).chain(present).collect(),
            Self::Insert | Self::Put => key.chain(present).collect(),
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
        cells.expected(Some(expected));
        cells.row(key, record, stamp)
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

    /// A new row of the part for a key, after the number of the commit.
    fn cells(&mut self, act: Act, key: &Key, commit: i32) -> Cells<'_> {
        let place = Place::of(key.kind());
        let found = self.parts.iter().position(|part| part.act == act && part.place == place);
        let at = found.unwrap_or_else(|| {
            let absent = Absent::default();
            let columns = [("n", Scalar::Int4)].into_iter().chain(act.columns(place.table(), absent));
            let arrays = columns.map(|(_, scalar)| Array::new(scalar)).collect();
            self.parts.push(Part { act, place, arrays, absent });
            self.parts.len() - 1
        });
        let mut cells = Cells::of(self.parts.get_mut(at).map(|part| part.arrays.as_mut_slice()).unwrap_or_default());
        cells.push(commit);
        cells
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Puts its parts in order and drops what is empty; to be done once all is in them.
    #[must_use]
    pub(crate) fn finish(mut self) -> Self {
        self.parts.sort_by_key(|part| (part.act, part.place));
        self.parts.iter_mut().for_each(Part::drop_absent);
        self
    }

    /// Which parts it has: scripts that have the same have the same text.
    pub(crate) fn shape(&self) -> Shape {
        let (mut bits, mut all_absent) = (0, [Absent::default(); 3 * Place::ALL.len()]);
        for part in &self.parts {
            let bit = |act: Act| act as usize * Place::ALL.len() + part.place as usize;
            bits |= 1 << bit(part.act);
            let place = bit(part.act).checked_sub(Act::Swap as usize * Place::ALL.len());
            if let Some(absent) = place.and_then(|place| all_absent.get_mut(place)) {
                *absent = part.absent;
            }
        }
        Shape::Script(bits, all_absent)
    }

    /// Its text.
    pub(crate) fn sql(&self) -> String {
        let mut next = 1;
        let sources: Vec<(&Part, Source)> = self
            .parts
            .iter()
            .map(|part| (part, Source::new(&part.act.columns(part.place.table(), part.absent), &mut next)))
            .collect();
        let refusals: Vec<String> = sources.iter().filter_map(|(part, source)| refusal(part, source)).collect();
        let guard = if refusals.is_empty() { "" } else { " WHERE u.n NOT IN (SELECT n FROM refused)" };
        let mut steps = Vec::new();
        for (part, source) in &sources {
            if part.act == Act::Swap {
                steps.push(format!("swap_{} AS ({})", part.place.table().name, swap(part, source)));
            }
        }
        if !refusals.is_empty() {
            steps.push(format!("refused AS MATERIALIZED ({})", refusals.join(" UNION ALL ")));
        }
        for (part, source) in &sources {
            let table = part.place.table();
            let step = match part.act {
                Act::Check | Act::Swap => continue,
                Act::Insert => insert(part, source, guard),
                Act::Put => put(part, source, guard),
                Act::Delete => delete(table, source, guard),
                Act::Add => add(table, source, guard),
            };
            steps.push(format!("{}_{} AS ({step})", part.act.name(), table.name));
        }
        let answer = if refusals.is_empty() { "SELECT 0 WHERE false" } else { "SELECT n FROM refused" };
        format!("WITH {} {answer}", steps.join(", "))
    }

    /// Its parameters, in the order of its text.
    pub(crate) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.parts.iter().flat_map(|part| &part.arrays).map(|array| array as _).collect()
    }
}

impl Part {
    /// Drops the arrays of optional columns that are NULL in all rows.
    fn drop_absent(&mut self) {
        let table = self.place.table();
        if !matches!(self.act, Act::Swap | Act::Insert | Act::Put) {
            return;
        }
        let first = self.arrays.len() - table.columns.len();
        self.absent = Absent::of(table, |place| self.arrays.get(first + place).is_some_and(Array::is_null));
        let (absent, mut at) = (self.absent, 0..);
        self.arrays.retain(|_| {
            let place = at.next().and_then(|at: usize| at.checked_sub(first));
            !place.is_some_and(|place| absent.has(table, place))
        });
    }

    /// What a column of its rows `u` is.
    fn value(&self, place: usize, (name, scalar): &(&str, Scalar)) -> String {
        if self.absent.has(self.place.table(), place) { format!("NULL::{}", scalar.sql()) } else { format!("u.{name}") }
    }
}

/// Arrays as rows `u`.
struct Source {
    from: String,
    number: String,
}

impl Source {
    /// Rows of a commit's number and these columns, their parameters from `next` on.
    fn new(columns: &[(&str, Scalar)], next: &mut usize) -> Self {
        let number = format!("${next}::int4[]");
        let (mut arrays, mut names) = (number.clone(), "n".to_owned());
        *next += 1;
        for (name, scalar) in columns {
            let _ = write!(arrays, ", ${next}::{}[]", scalar.sql());
            let _ = write!(names, ", {name}");
            *next += 1;
        }
        Self { from: format!("unnest({arrays}) AS u({names})"), number }
    }
}

fn names(columns: &[(&str, Scalar)]) -> String {
    join(columns, ", ", |name| name.to_owned())
}

fn join(columns: &[(&str, Scalar)], between: &str, form: impl Fn(&str) -> String) -> String {
    columns.iter().map(|(name, _)| form(name)).collect::<Vec<_>>().join(between)
}

/// That a row `t` is the one that a row `u` names.
fn here(table: &Table) -> String {
    join(table.key, " AND ", |name| format!("t.{name} = u.{name}"))
}

/// The commits that a part refuses.
fn refusal(part: &Part, source: &Source) -> Option<String> {
    let table = part.place.table();
    match part.act {
        Act::Check => Some(format!(
            "SELECT u.n FROM {} LEFT JOIN {} t ON {} WHERE {} IS DISTINCT FROM u.expected",
            source.from,
            table.name,
            here(table),
            table.stamp
        )),
        Act::Swap => Some(format!(
            "SELECT u.n FROM unnest({}) AS u(n) WHERE u.n NOT IN (SELECT n FROM swap_{})",
            source.number, table.name
        )),
        Act::Insert | Act::Put | Act::Delete | Act::Add => None,
    }
}

fn swap(part: &Part, source: &Source) -> String {
    let table = part.place.table();
    let columns = table.columns.iter().enumerate();
    let changes: Vec<_> =
        columns.map(|(place, column)| format!("{} = {}", column.0, part.value(place, column))).collect();
    format!(
        "UPDATE {} AS t SET {} FROM {} WHERE {} AND {} = u.expected RETURNING u.n",
        table.name,
        changes.join(", "),
        source.from,
        here(table),
        table.stamp
    )
}

fn insert(part: &Part, source: &Source, guard: &str) -> String {
    let table = part.place.table();
    let all = format!("{}, {}", names(table.key), names(table.columns));
    let columns = table.columns.iter().enumerate();
    let values: Vec<_> = columns.map(|(place, column)| part.value(place, column)).collect();
    let values = format!("{}, {}", join(table.key, ", ", |name| format!("u.{name}")), values.join(", "));
    format!("INSERT INTO {} ({all}) SELECT {values} FROM {}{guard}", table.name, source.from)
}

fn put(part: &Part, source: &Source, guard: &str) -> String {
    let table = part.place.table();
    format!(
        "{} ON CONFLICT ({}) DO UPDATE SET {}",
        insert(part, source, guard),
        names(table.key),
        join(table.columns, ", ", |name| format!("{name} = excluded.{name}")),
    )
}

fn delete(table: &Table, source: &Source, guard: &str) -> String {
    let and = if guard.is_empty() { String::new() } else { guard.replace(" WHERE ", " AND ") };
    format!("DELETE FROM {} t USING {} WHERE {}{and}", table.name, source.from, here(table))
}

/// Adds to counters, which begin at 0 and stop at the ends of their range.
fn add(table: &Table, source: &Source, guard: &str) -> String {
    let key = names(table.key);
    format!(
        "INSERT INTO {name} ({key}, value) SELECT {key}, {sum} FROM {}{guard} GROUP BY {key} ORDER BY {key} \
         ON CONFLICT ({key}) DO UPDATE SET value = {both}",
        source.from,
        name = table.name,
        sum = clamped("sum(u.delta)"),
        both = clamped(&format!("{}.value::numeric + excluded.value", table.name)),
    )
}

fn clamped(sum: &str) -> String {
    format!("greatest(least({sum}, {}), {})::int8", i64::MAX, i64::MIN)
}

/// The stamps of rows by their keys: `n` and the stamp of each that is there.
pub(crate) fn stamps(places: Places) -> String {
    let mut next = 1;
    let selections = places.iter().map(|place| {
        let table = place.table();
        let source = Source::new(table.key, &mut next);
        format!("SELECT u.n, {} FROM {} JOIN {} t ON {}", table.stamp, source.from, table.name, here(table))
    });
    selections.collect::<Vec<_>>().join(" UNION ALL ")
}

/// The arrays by which rows are looked up: their place in the question, their key, and, where rows are JSON, the stamp
/// of what the caller has of them.
pub(crate) fn lookup(place: Place) -> Vec<(&'static str, Scalar)> {
    let known = (place == Place::Record).then_some(("known", Scalar::Int8));
    place.table().key.iter().copied().chain(known).collect()
}

/// Rows by their keys: `n`, and for each table the columns of its key and the others, NULL in rows of other tables. The
/// body of JSON is NULL where its stamp is the one that the caller has.
pub(crate) fn rows(places: Places) -> String {
    let mut next = 1;
    let selections = places.iter().map(|place| {
        let table = place.table();
        let source = Source::new(&lookup(place), &mut next);
        let columns = places.iter().map(|other| {
            let others = other.table();
            let all = [others.key, others.columns].concat();
            let value = |(name, scalar): &(&str, Scalar)| match (other == place, other, *name) {
                (false, ..) => format!("NULL::{} AS {name}", scalar.sql()),
                (true, Place::Record, "body") => {
                    "CASE WHEN t.stamp IS DISTINCT FROM u.known THEN t.body END AS body".to_owned()
                }
                (true, ..) => format!("t.{name}"),
            };
            all.iter().map(value).collect::<Vec<_>>().join(", ")
        });
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("SELECT u.n, {columns} FROM {} JOIN {} t ON {}", source.from, table.name, here(table))
    });
    selections.collect::<Vec<_>>().join(" UNION ALL ")
}

/// All rows of a table.
pub(crate) fn all(table: &Table) -> String {
    let column = |name: &str| format!("t.{name}");
    let columns = [join(table.key, ", ", column), join(table.columns, ", ", column)].join(", ");
    format!("SELECT {columns} FROM {} t", table.name)
}

/// The rows between two keys, which are in or not. In order, the number of rows is the last parameter.
pub(crate) fn between(table: &Table, with_first: bool, with_last: bool, reverse: Option<bool>) -> String {
    let key = join(table.key, ", ", |name| format!("t.{name}"));
    let width = table.key.len();
    let parameters = |from: usize| {
        let numbered = table.key.iter().zip(from..);
        numbered.map(|((_, scalar), n)| format!("${n}::{}", scalar.sql())).collect::<Vec<_>>().join(", ")
    };
    let mut sql = format!(
        "{} WHERE ({key}) {} ({}) AND ({key}) {} ({})",
        all(table),
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
