//! The store's operations.

#[cfg(test)]
mod tests;

use crate::batch::{Absence, checked, in_order, is_apart, together};
use crate::copy::Copied;
use crate::error::{Problem, Verdict, unknown};
use crate::pool::{Connection, Parameter, Pool, Within};
use crate::question::{Asked, Question};
use crate::statement::{Script, Shape, all, between, copy, without_counters};
use crate::table::{self, Given, Place};
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

/// A commit that inserts more rows than these into a table has them copied: the round trips more are soon made up for.
const COPIED: usize = 1024;

/// A store in PostgreSQL. See the [crate] for what it promises.
#[derive(Debug)]
pub struct PostgresStore {
    /// A forked process has its parent's sockets: what it sent over them, a farewell too, would be said to the parent's
    /// sessions. So every operation asks this first, and in a child nothing is closed either.
    opener: Opener,
    pool: Arc<Pool>,
    /// What people are told of the database.
    name: String,
    decoded: Decoded,
    retries: AtomicU64,
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.opener.release(&self.pool);
    }
}

/// Why an attempt came to nothing, and what it may have come to all the same.
#[derive(Debug)]
struct Attempt {
    problem: Problem,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Nothing,
    /// What was to be committed may be.
    MayBeApplied,
    /// Some of what was to be shown was: it cannot be begun again.
    Shown,
}

impl From<Problem> for Attempt {
    fn from(problem: Problem) -> Self {
        Self { problem, fate: Fate::Nothing }
    }
}

impl Attempt {
    /// One that was sent and is a commit if it was carried out.
    fn to_commit(problem: Problem) -> Self {
        let fate = if problem.leaves_it_open() { Fate::MayBeApplied } else { Fate::Nothing };
        Self { problem, fate }
    }
}

impl PostgresStore {
    /// Opens a database with the default [`Options`], making the store's schema in it where it is not there.
    ///
    /// The URL is PostgreSQL's: `postgresql://user:password@host:5432/database`, with several hosts, behind commas, and
    /// `target_session_attrs=read-write` for a primary with standbys.
    ///
    /// # Errors
    /// `store_not_ours` for a schema of another program, `store_newer_schema`, `store_unavailable` where no server can be
    /// reached, `store_failed` for a URL that cannot be read, a user who is not let in, a database that is not there. Each
    /// says what to do.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, Options::new())
    }

    /// The same with options of one's own.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and `store_failed` for a schema's name or a certificate that cannot be.
    pub fn open_with(url: &str, options: Options) -> Result<Self, StoreError> {
        let (pool, name) = open::open(url, options)?;
        let (opener, pool) = (Opener::here(), Arc::new(pool));
        Ok(Self { opener, pool, name, decoded: Decoded::default(), retries: AtomicU64::new(0) })
    }

    /// How often a call was begun again since the store was opened, because other transactions came between or a
    /// connection was lost: for a gauge. Where there are many, many change the same records at once.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Does something on a connection: again where others came between, on another one where the line is lost.
    fn call<T>(&self, mut work: impl FnMut(&mut Connection) -> Result<T, Attempt>) -> Result<T, StoreError> {
        self.opener.check()?;
        let (until, answered) = self.pool.patience();
        let mut tries = 0;
        loop {
            let mut lent = self.pool.lend(until, answered).map_err(|problem| problem.explain(&self.name))?;
            let Attempt { problem, fate } = match work(&mut lent.connection) {
                Ok(done) => {
                    lent.give_back();
                    return Ok(done);
                }
                Err(attempt) => attempt,
            };
            let verdict = problem.verdict();
            if matches!(problem, Problem::Silent) {
                self.pool.distrust_idle();
            }
            if verdict != Verdict::Elsewhere && lent.connection.roll_back().is_ok() {
                lent.give_back();
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

    /// One statement for commits that do not meet: its answer is who was refused, or who was not.
    fn commit_together(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let mut script = together(batch, Absence::Hoped).map_err(|problem| problem.explain(&self.name))?;
        if script.is_empty() {
            return Ok(vec![CommitOutcome::Applied; batch.len()]);
        }
        let tells_applied = script.tells_applied();
        let mut copied = if self.copies(batch) { script.take_inserts(COPIED) } else { Vec::new() };
        let mut is_first = true;
        let answer = self.call(|connection| {
            // A copy is of a statement that has a name, which a pooler's sessions do not know.
            if !std::mem::take(&mut is_first) || connection.is_shared() && !copied.is_empty() {
                copied.clear();
                script = together(batch, Absence::Checked)?;
            } else if !copied.is_empty() {
                return copy_in(connection, &script, &copied);
            }
            let sql = |schema: &str| script.sql(schema);
            connection.ask(script.shape(), sql, &script.parameters(), Within::Nothing).map_err(Attempt::to_commit)
        })?;
        // Until the answer says otherwise. What checks nothing cannot be refused, and need not be in the statement.
        let unless_told = |commit: &Commit| {
            if tells_applied && !commit.checks.is_empty() { CommitOutcome::Conflict } else { CommitOutcome::Applied }
        };
        let told = if tells_applied { CommitOutcome::Applied } else { CommitOutcome::Conflict };
        let mut outcomes: Vec<CommitOutcome> = batch.iter().map(unless_told).collect();
        for row in answer {
            let number: i32 = row.try_get(0).map_err(|error| Problem::from(error).explain(&self.name))?;
            if let Some(outcome) = usize::try_from(number).ok().and_then(|number| outcomes.get_mut(number)) {
                *outcome = told;
            }
        }
        Ok(outcomes)
    }

    /// Takes away the counters that a batch brought to 0. A statement of its own, which is right by itself: where it fails,
    /// the counter is there with a 0 in it, until it comes to 0 again.
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

    /// Whether many rows that a batch inserts are to be copied. Of several commits one might be refused, and then the rows
    /// of that one would have to be left out.
    fn copies(&self, batch: &[Commit]) -> bool {
        batch.len() == 1 && self.pool.dialect() == Some(Dialect::PostgreSql) && !self.pool.is_shared()
    }

    /// One transaction for commits that meet.
    fn commit_in_order(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let keys: Vec<&Key> = checked(batch).into_iter().collect();
        let numbered = (0..).zip(&keys).map(|(number, key)| (number, *key, None));
        let question = Question::new(Asked::Stamps, numbered).map_err(|problem| problem.explain(&self.name))?;
        self.call(|connection| {
            let mut now = HashMap::with_capacity(keys.len());
            for row in question.ask(connection, Within::First)? {
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

    /// Hands over the rows that statements select one at a time, all from one moment.
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
            for Selection { place, shape, sql, parameters } in selections {
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
                    let row = table::read(*place, &row, 0).map_err(|problem| Attempt { problem, fate })?;
                    fate = Fate::Shown;
                    said = take(row);
                }
            }
            connection.commit().map_err(|problem| Attempt { problem, fate })
        })?;
        said
    }

    /// The rows of a range, in an order where one is named.
    fn select(&self, range: &Range, reverse: Option<bool>) -> Result<Selection, StoreError> {
        match (&range.first, &range.last) {
            (Bound::Included(first) | Bound::Excluded(first), Bound::Included(last) | Bound::Excluded(last))
                if first.kind() == last.kind() =>
            {
                Selection::between(range, first, last, reverse).map_err(|problem| problem.explain(&self.name))
            }
            _ => {
                let problem = "a range needs a first and a last key of one kind; name both";
                Err(StoreError::new(StoreErrorKind::Other, problem))
            }
        }
    }
}

/// A statement that selects rows of one table, and its parameters.
struct Selection {
    place: Place,
    shape: Shape,
    /// Its text, from the schema.
    sql: Box<dyn Fn(&str) -> String>,
    parameters: Vec<Given>,
}

impl Selection {
    fn between(range: &Range, first: &Key, last: &Key, reverse: Option<bool>) -> Result<Self, Problem> {
        let place = Place::of(first.kind());
        let is_in = |end: &Bound<Key>| matches!(end, Bound::Included(_));
        let (with_first, with_last) = (is_in(&range.first), is_in(&range.last));
        let mut parameters = table::key_parameters(first)?;
        parameters.append(&mut table::key_parameters(last)?);
        if reverse.is_some() {
            parameters.push((Box::new(i64::try_from(range.limit).unwrap_or(i64::MAX)), Type::INT8));
        }
        let shape = Shape::Between(place, with_first, with_last, reverse);
        let sql = move |schema: &str| between(schema, place.table(), with_first, with_last, reverse);
        Ok(Self { place, shape, sql: Box::new(sql), parameters })
    }

    fn all(place: Place) -> Self {
        let sql = move |schema: &str| all(schema, place.table());
        Self { place, shape: Shape::All(place), sql: Box::new(sql), parameters: Vec::new() }
    }
}

impl Store for PostgresStore {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.opener.check()?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        // Held here, as the one who keeps them may forget them before the answer comes.
        let known: Vec<Option<(Stamp, Record)>> =
            keys.iter().map(|key| if Decoded::keeps(key) { self.decoded.latest(key) } else { None }).collect();
        let mut order: Vec<(i32, &Key, Option<Stamp>)> = (0..)
            .zip(keys)
            .zip(&known)
            .map(|((number, key), known)| (number, key, known.as_ref().map(|(stamp, _)| *stamp)))
            .collect();
        order.sort_by_key(|(_, key, _)| *key);
        let question = Question::new(Asked::Rows, order).map_err(|problem| problem.explain(&self.name))?;
        let answers = self.call(|connection| Ok(question.ask(connection, Within::Nothing)?))?;
        let places = question.places();
        let mut rows = vec![None; keys.len()];
        for answer in answers {
            let read = || -> Result<Option<(usize, Row)>, Problem> {
                let number = usize::try_from(answer.try_get::<_, i32>(0)?).unwrap_or(usize::MAX);
                let Some(key) = keys.get(number) else { return Ok(None) };
                let place = Place::of(key.kind());
                let first = places.column_of(place, 1);
                let row = match (place, known.get(number)) {
                    (Place::Record, Some(Some((stamp, record)))) if !table::has_body(&answer, first)? => {
                        Row { key: key.clone(), record: record.clone(), stamp: *stamp }
                    }
                    _ => {
                        let row = table::read(place, &answer, first)?;
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
        let rows = found.iter().map(|row| table::read(selection.place, row, 0));
        rows.collect::<Result<_, _>>().map_err(|problem| problem.explain(&self.name))
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.opener.check()?;
        let outcomes = if is_apart(batch) { self.commit_together(batch) } else { self.commit_in_order(batch) }?;
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
        self.walk(&Place::ALL.map(Selection::all), visit)
    }

    fn backup(&self, _to: &Path) -> Result<(), StoreError> {
        let problem = "a fleet in PostgreSQL is backed up by the server's own means: use `pg_dump` or a base backup";
        Err(StoreError::new(StoreErrorKind::Unsupported, problem))
    }

    fn query(&self, _query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        let problem = "a fleet in PostgreSQL is queried with `psql` or over a connection pool of your own; the schema has \
                       views for it";
        Err(StoreError::new(StoreErrorKind::Unsupported, problem))
    }
}

/// Carries out a commit that inserts many rows: a statement for all else, whose answer is whether it is refused, and then
/// the rows. Where one of them is there already the transaction fails.
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
    for Copied { place, rows } in copied {
        let statement = connection.prepared(Shape::Copy(*place), |schema| copy(schema, *place))?;
        connection.wait(async {
            let mut sink = pin!(connection.client.copy_in(&statement).await?);
            sink.send(rows.clone()).await?;
            sink.finish().await
        })?;
    }
    connection.commit().map_err(Attempt::to_commit)?;
    Ok(Vec::new())
}

/// Waits a random while that grows with the number of tries, up to some 16 ms.
fn rest(tries: u32) {
    if tries > 0 {
        let longest = 250_u64 << tries.min(6);
        let mut random = [0; 8];
        // Without randomness those that met wait as long as each other, and their threads' luck decides.
        let _ = getrandom::fill(&mut random);
        std::thread::sleep(Duration::from_micros(u64::from_le_bytes(random) % longest));
    }
}
