//! The store and its operations. Invariant: every commit runs in a serializable transaction.

#[cfg(test)]
mod tests;

use crate::batch::{Absence, are_independent, checked, in_order, independent};
use crate::copy::Copied;
use crate::error::{Problem, Verdict, unknown};
use crate::pool::{Connection, Parameter, Pool, Within};
use crate::row_lookup::{LookupKind, RowLookup};
use crate::statement::{Script, Shape, all, between, copy, without_counters};
use crate::table::{self, Given, TableKind};
use crate::{Dialect, Options, open};
use fleet_core::store::{
    Commit, CommitOutcome, Decoded, Key, Opener, Query, Range, Record, Row, SqlRow, Stamp, Store, StoreError,
    StoreErrorKind, Write,
};
use futures_util::{SinkExt, TryStreamExt};
use std::collections::HashMap;
use std::ops::Bound;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_postgres::types::{ToSql, Type};

/// A commit that inserts more rows than this into a table copies them: this saves more than the additional round trips
/// cost.
const COPIED: usize = 1024;

/// A store in PostgreSQL. See the [crate] for its guarantees.
#[derive(Debug)]
pub struct PostgresStore {
    /// A forked process shares its parent's sockets: what it sends, even to close a connection, goes to the parent's
    /// sessions. So every operation checks this first, and in a child nothing is closed either.
    opener: Opener,
    pool: Arc<Pool>,
    /// Names the database in messages.
    name: String,
    decoded: Decoded,
    retries: AtomicU64,
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.opener.release(&self.pool);
    }
}

/// Why an attempt failed, and whether it may have had an effect.
#[derive(Debug)]
struct Attempt {
    problem: Problem,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Nothing,
    /// The commit may have been applied.
    MayBeApplied,
    /// Some rows were already passed to the visitor, so a retry is not possible.
    Shown,
}

impl From<Problem> for Attempt {
    fn from(problem: Problem) -> Self {
        Self { problem, fate: Fate::Nothing }
    }
}

impl Attempt {
    /// A failed attempt to commit that may have been applied if it was sent.
    fn to_commit(problem: Problem) -> Self {
        let fate = if problem.may_be_applied() { Fate::MayBeApplied } else { Fate::Nothing };
        Self { problem, fate }
    }
}

impl PostgresStore {
    /// Opens a database with the default [`Options`], and creates the store's schema if it does not exist.
    ///
    /// The URL is PostgreSQL's: `postgresql://user:password@host:5432/database`, with several hosts, separated by
    /// commas, and `target_session_attrs=read-write` for a primary with standbys.
    ///
    /// # Errors
    /// `store_not_ours` for a schema of another program; `store_newer_schema`; `store_unavailable` if no server can be
    /// reached; `store_failed` for an invalid URL, a user who is refused, or a database that does not exist. Each
    /// message says what to do.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, Options::new())
    }

    /// Opens a database with these options.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and `store_failed` for an invalid name of a schema or an invalid certificate.
    pub fn open_with(url: &str, options: Options) -> Result<Self, StoreError> {
        let (pool, name) = open::open(url, options)?;
        let (opener, pool) = (Opener::here(), Arc::new(pool));
        Ok(Self { opener, pool, name, decoded: Decoded::default(), retries: AtomicU64::new(0) })
    }

    /// Number of retries since the store was opened, because of other transactions or lost connections; suitable for a
    /// metric. A high rate means that many callers change the same records at once.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Runs work on a connection. Retries if other transactions interfere, on another connection if one is lost.
    fn call<T>(&self, mut work: impl FnMut(&mut Connection) -> Result<T, Attempt>) -> Result<T, StoreError> {
        self.opener.check()?;
        let (until, answered) = self.pool.patience();
        let mut tries = 0;
        loop {
            let mut lent = self.pool.acquire(until, answered).map_err(|problem| problem.explain(&self.name))?;
            let Attempt { problem, fate } = match work(&mut lent.connection) {
                Ok(done) => {
                    lent.release();
                    return Ok(done);
                }
                Err(attempt) => attempt,
            };
            let verdict = problem.verdict();
            if matches!(problem, Problem::TimedOut) {
                self.pool.drop_idle();
            }
            if verdict != Verdict::Elsewhere && lent.connection.roll_back().is_ok() {
                lent.release();
            }
            match fate {
                Fate::MayBeApplied => return Err(unknown(problem, &self.name)),
                Fate::Nothing if verdict != Verdict::Failed && Instant::now() < until => {}
                Fate::Nothing | Fate::Shown => return Err(problem.explain(&self.name)),
            }
            self.retries.fetch_add(1, Ordering::Relaxed);
            rest(tries);
            tries += 1;
        }
    }

    /// Runs one statement for independent commits. It returns the numbers of the refused commits, or of the applied
    /// ones.
    fn commit_independent(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let mut script = independent(batch, Absence::Assumed).map_err(|problem| problem.explain(&self.name))?;
        if script.is_empty() {
            return Ok(vec![CommitOutcome::Applied; batch.len()]);
        }
        let returns_applied = script.returns_applied();
        let mut copied = if self.copies(batch) { script.split_off_inserts(COPIED) } else { Vec::new() };
        let mut is_first = true;
        let answer = self.call(|connection| {
            // A copy uses a named statement, which the sessions of a pooler do not know.
            if !std::mem::take(&mut is_first) || connection.is_shared() && !copied.is_empty() {
                copied.clear();
                script = independent(batch, Absence::Checked)?;
            } else if !copied.is_empty() {
                return copy_in(connection, &script, &copied);
            }
            let sql = |schema: &str| script.sql(schema);
            connection.ask(script.shape(), sql, &script.parameters(), Within::Nothing).map_err(Attempt::to_commit)
        })?;
        // The outcomes unless the answer differs. A commit without checks cannot be refused, and need not be in the
        // statement.
        let default_outcome = |commit: &Commit| {
            if returns_applied && !commit.checks.is_empty() { CommitOutcome::Conflict } else { CommitOutcome::Applied }
        };
        let returned_outcome = if returns_applied { CommitOutcome::Applied } else { CommitOutcome::Conflict };
        let mut outcomes: Vec<CommitOutcome> = batch.iter().map(default_outcome).collect();
        for row in answer {
            let number: i32 = row.try_get(0).map_err(|error| Problem::from(error).explain(&self.name))?;
            if let Some(outcome) = usize::try_from(number).ok().and_then(|number| outcomes.get_mut(number)) {
                *outcome = returned_outcome;
            }
        }
        Ok(outcomes)
    }

    /// Deletes the counters that a batch brought to 0. If this separate statement fails, such a counter stays with the
    /// value 0 until it reaches 0 again, which is correct too.
    fn end_counters(&self, batch: &[Commit]) {
        let ended = batch.iter().flat_map(|commit| &commit.writes).filter_map(|write| match write {
            Write::Add { key, delta: ..=0 } if key.ends_at_zero() => table::counter_key(key).ok(),
            _ => None,
        });
        let mut ended: Vec<(i64, i32, i32)> = ended.collect();
        if ended.is_empty() {
            return;
        }
        ended.sort_unstable();
        ended.dedup();
        let _ = self.call(|connection| {
            let sql = without_counters(connection.schema(), &ended);
            connection.wait(connection.client.batch_execute(&sql)).map_err(Attempt::to_commit)
        });
    }

    /// Whether many rows that a batch inserts are to be copied. Only for a single commit: of several, one might be
    /// refused, and its rows would have to be left out.
    fn copies(&self, batch: &[Commit]) -> bool {
        batch.len() == 1 && self.pool.dialect() == Some(Dialect::PostgreSql) && !self.pool.is_shared()
    }

    /// Runs one transaction for commits that depend on each other.
    fn commit_in_order(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let keys: Vec<&Key> = checked(batch).into_iter().collect();
        let numbered = (0..).zip(&keys).map(|(number, key)| (number, *key, None));
        let row_lookup = RowLookup::new(LookupKind::Stamps, numbered).map_err(|problem| problem.explain(&self.name))?;
        self.call(|connection| {
            let mut now = HashMap::with_capacity(keys.len());
            for row in row_lookup.ask(connection, Within::First)? {
                let number: i32 = row.try_get(0).map_err(Problem::from)?;
                let stamp: i64 = row.try_get(1).map_err(Problem::from)?;
                if let Some(key) = usize::try_from(number).ok().and_then(|number| keys.get(number)) {
                    now.insert(*key, Stamp(stamp.cast_unsigned()));
                }
            }
            let (outcomes, script) = in_order(batch, now)?;
            if script.is_empty() {
                connection.commit().map_err(Attempt::to_commit)?;
            } else {
                let sql = |schema: &str| script.sql(schema);
                let written = connection.ask(script.shape(), sql, &script.parameters(), Within::Last);
                written.map_err(Attempt::to_commit)?;
            }
            Ok(outcomes)
        })
    }

    /// Passes on the rows that statements select one at a time, all from one moment.
    fn walk(
        &self,
        selections: &[Selection],
        take: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut said = Ok(());
        self.call(|connection| {
            connection.wait_for_each();
            connection.begin_walk()?;
            let mut fate = Fate::Nothing;
            for Selection { table_kind, shape, sql, parameters } in selections {
                let failed = |problem: Problem| Attempt { problem, fate };
                let values = parameters.iter().map(|(value, _)| &**value as &(dyn ToSql + Sync));
                let rows = if connection.is_shared() {
                    let sql = sql(connection.schema());
                    let types = parameters.iter().map(|(_, kind)| kind.clone());
                    connection.wait(connection.client.query_typed_raw(&sql, values.zip(types)))
                } else {
                    let statement = connection.prepared(shape.clone(), sql).map_err(failed)?;
                    connection.wait(connection.client.query_raw(&statement, values))
                };
                let mut rows = pin!(rows.map_err(failed)?);
                loop {
                    let next = connection.wait(rows.try_next()).map_err(|problem| Attempt { problem, fate })?;
                    let (Some(row), Ok(())) = (next, &said) else { break };
                    let row = table::read(*table_kind, &row, 0).map_err(|problem| Attempt { problem, fate })?;
                    fate = Fate::Shown;
                    said = take(row);
                }
            }
            connection.commit().map_err(|problem| Attempt { problem, fate })
        })?;
        said
    }

    /// Returns the statement for the rows of a range, ordered on request.
    fn select(&self, range: &Range, reverse: Option<bool>) -> Result<Selection, StoreError> {
        match (&range.first, &range.last) {
            (Bound::Included(first) | Bound::Excluded(first), Bound::Included(last) | Bound::Excluded(last))
                if first.kind() == last.kind() =>
            {
                Selection::between(range, first, last, reverse).map_err(|problem| problem.explain(&self.name))
            }
            _ => {
                let problem = "a range needs a first and a last key of one kind; give both";
                Err(StoreError::new(StoreErrorKind::Other, problem))
            }
        }
    }
}

/// A statement that selects rows of one table, and its parameters.
struct Selection {
    table_kind: TableKind,
    shape: Shape,
    /// Builds its text from the name of the schema.
    sql: Box<dyn Fn(&str) -> String>,
    parameters: Vec<Given>,
}

impl Selection {
    fn between(range: &Range, first: &Key, last: &Key, reverse: Option<bool>) -> Result<Self, Problem> {
        let table_kind = TableKind::of(first.kind());
        let is_in = |end: &Bound<Key>| matches!(end, Bound::Included(_));
        let (with_first, with_last) = (is_in(&range.first), is_in(&range.last));
        let mut parameters = table::key_parameters(first)?;
        parameters.append(&mut table::key_parameters(last)?);
        if reverse.is_some() {
            parameters.push((Box::new(i64::try_from(range.limit).unwrap_or(i64::MAX)), Type::INT8));
        }
        let shape = Shape::Between(table_kind, with_first, with_last, reverse);
        let sql = move |schema: &str| between(schema, table_kind.table(), with_first, with_last, reverse);
        Ok(Self { table_kind, shape, sql: Box::new(sql), parameters })
    }

    fn all(table_kind: TableKind) -> Self {
        let sql = move |schema: &str| all(schema, table_kind.table());
        Self { table_kind, shape: Shape::All(table_kind), sql: Box::new(sql), parameters: Vec::new() }
    }
}

impl Store for PostgresStore {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.opener.check()?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        // Held here, because the cache may drop them before the answer arrives.
        let known: Vec<Option<(Stamp, Record)>> =
            keys.iter().map(|key| if Decoded::keeps(key) { self.decoded.latest(key) } else { None }).collect();
        let mut order: Vec<(i32, &Key, Option<Stamp>)> = (0..)
            .zip(keys)
            .zip(&known)
            .map(|((number, key), known)| (number, key, known.as_ref().map(|(stamp, _)| *stamp)))
            .collect();
        order.sort_by_key(|(_, key, _)| *key);
        let row_lookup = RowLookup::new(LookupKind::Rows, order).map_err(|problem| problem.explain(&self.name))?;
        let answers = self.call(|connection| Ok(row_lookup.ask(connection, Within::Nothing)?))?;
        let table_kinds = row_lookup.table_kinds();
        let mut rows = vec![None; keys.len()];
        for answer in answers {
            let read = || -> Result<Option<(usize, Row)>, Problem> {
                let number = usize::try_from(answer.try_get::<_, i32>(0)?).unwrap_or(usize::MAX);
                let Some(key) = keys.get(number) else { return Ok(None) };
                let table_kind = TableKind::of(key.kind());
                let first = table_kinds.column_of(table_kind, 1);
                let row = match (table_kind, known.get(number)) {
                    (TableKind::Record, Some(Some((stamp, record)))) if !table::has_body(&answer, first)? => {
                        Row { key: key.clone(), record: record.clone(), stamp: *stamp }
                    }
                    _ => {
                        let row = table::read(table_kind, &answer, first)?;
                        if Decoded::keeps(&row.key) {
                            self.decoded.keep(&row);
                        }
                        row
                    }
                };
                Ok(Some((number, row)))
            };
            let Some((number, row)) = read().map_err(|problem| problem.explain(&self.name))? else { continue };
            if let Some(slot) = rows.get_mut(number) {
                *slot = Some(row);
            }
        }
        Ok(rows)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        let selection = self.select(range, Some(range.reverse))?;
        let found = self.call(|connection| {
            let Selection { shape, sql, parameters, .. } = &selection;
            let parameters: Vec<Parameter<'_>> =
                parameters.iter().map(|(value, kind)| (&**value as &(dyn ToSql + Sync), kind.clone())).collect();
            Ok(connection.ask(shape.clone(), sql, &parameters, Within::Nothing)?)
        })?;
        let rows = found.iter().map(|row| table::read(selection.table_kind, row, 0));
        rows.collect::<Result<_, _>>().map_err(|problem| problem.explain(&self.name))
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.opener.check()?;
        let outcomes =
            if are_independent(batch) { self.commit_independent(batch) } else { self.commit_in_order(batch) }?;
        self.end_counters(batch);
        Ok(outcomes)
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.walk(&[self.select(range, None)?], &mut |row| {
            visit(&row.key, &row.record);
            Ok(())
        })
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.walk(&TableKind::ALL.map(Selection::all), visit)
    }

    fn backup(&self, _to: &Path) -> Result<(), StoreError> {
        let problem = "a fleet in PostgreSQL is backed up with the server's own tools; use `pg_dump` or a base backup";
        Err(StoreError::new(StoreErrorKind::Unsupported, problem))
    }

    fn query(&self, _query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        let problem = "a fleet in PostgreSQL is queried with `psql` or over a connection pool of your own; the schema has \
                       views for it";
        Err(StoreError::new(StoreErrorKind::Unsupported, problem))
    }
}

/// Runs a commit that inserts many rows: a statement for everything else, which returns whether it is refused, and then
/// the rows. If one of them exists already, the transaction fails.
fn copy_in(
    connection: &mut Connection,
    script: &Script,
    copied: &[Copied],
) -> Result<Vec<tokio_postgres::Row>, Attempt> {
    connection.begin()?;
    if !script.is_empty() {
        let sql = |schema: &str| script.sql(schema);
        let refused = connection.ask(script.shape(), sql, &script.parameters(), Within::Middle)?;
        if !refused.is_empty() {
            connection.roll_back()?;
            return Ok(refused);
        }
    }
    for Copied { table_kind, rows } in copied {
        let statement = connection.prepared(Shape::Copy(*table_kind), |schema| copy(schema, *table_kind))?;
        connection.wait(async {
            let mut sink = pin!(connection.client.copy_in(&statement).await?);
            sink.send(rows.clone()).await?;
            sink.finish().await
        })?;
    }
    connection.commit().map_err(Attempt::to_commit)?;
    Ok(Vec::new())
}

/// Waits for a random time that grows with the number of attempts, up to about 16 ms.
fn rest(tries: u32) {
    if tries > 0 {
        let longest = 250_u64 << tries.min(6);
        let mut random = [0; 8];
        // Without randomness all callers wait equally long, and thread scheduling decides.
        let _ = getrandom::fill(&mut random);
        std::thread::sleep(Duration::from_micros(u64::from_le_bytes(random) % longest));
    }
}
