//! Applies commits in one transaction of SQLite.
//!
//! A check of a row that the same commit puts is not a separate read: the statement that puts the row carries the check
//! as a condition. Additions to counters are summed and written at the end, because no commit checks a counter.

use crate::table::{ADD, END, Parameters, Tables};
use crate::transaction::run;
use fleet_core::store::{Check, Commit, CommitOutcome, Key, Stamp, Write};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

/// The commits of one transaction.
pub(crate) struct Batch<'b, 'c> {
    connection: &'c Connection,
    tables: Tables<'c>,
    /// Stamps of rows that many commits check, such as a product's, as this transaction sees them.
    known: HashMap<&'b Key, Option<Stamp>>,
    adds: BTreeMap<&'b Key, i64>,
}

/// A write and the check that it carries.
type Step<'b> = (&'b Write, Option<&'b Check>);

impl<'b, 'c> Batch<'b, 'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self { connection, tables: Tables::new(connection), known: HashMap::new(), adds: BTreeMap::new() }
    }

    /// Applies one commit, entirely or not at all.
    pub(crate) fn apply(&mut self, commit: &'b Commit) -> rusqlite::Result<CommitOutcome> {
        let Some(steps) = self.steps(commit)? else { return Ok(CommitOutcome::Conflict) };
        let applied = match steps.iter().filter(|(_, check)| check.is_some()).count() {
            0 | 1 => self.run_all(steps)?,
            _ => {
                run(self.connection, "SAVEPOINT one")?;
                let applied = self.run_all(steps)?;
                if !applied {
                    run(self.connection, "ROLLBACK TO one")?;
                }
                run(self.connection, "RELEASE one")?;
                applied
            }
        };
        if !applied {
            return Ok(CommitOutcome::Conflict);
        }
        for write in &commit.writes {
            self.remember(write);
        }
        Ok(CommitOutcome::Applied)
    }

    /// Writes the sums of the additions to counters.
    pub(crate) fn finish(self) -> rusqlite::Result<()> {
        let mut add = self.connection.prepare_cached(ADD)?;
        for (key, delta) in self.adds {
            let mut parameters = Parameters::of(&mut add);
            parameters.key(key)?;
            parameters.push(delta)?;
            add.raw_execute()?;
            if key.ends_at_zero() {
                let mut end = self.connection.prepare_cached(END)?;
                Parameters::of(&mut end).key(key)?;
                end.raw_execute()?;
            }
        }
        Ok(())
    }

    /// Returns the steps of a commit: first those that can still conflict, then by key. `None` means that a check which
    /// no write carries does not hold.
    fn steps(&mut self, commit: &'b Commit) -> rusqlite::Result<Option<Vec<Step<'b>>>> {
        let mut writes: Vec<&Write> =
            commit.writes.iter().filter(|write| !matches!(write, Write::Add { .. })).collect();
        writes.sort_by(|a, b| a.key().cmp(b.key()));
        let mut checks: Vec<&Check> = commit.checks.iter().collect();
        checks.sort_by(|a, b| a.key.cmp(&b.key));
        let mut checks = checks.into_iter().peekable();
        let mut steps = Vec::with_capacity(writes.len());
        for write in writes {
            while let Some(check) = checks.next_if(|check| check.key < *write.key()) {
                if !self.holds(check)? {
                    return Ok(None);
                }
            }
            let carries = matches!(write, Write::Put { key, .. } if !matches!(key, Key::Tally(..)));
            steps.push((write, checks.next_if(|check| carries && check.key == *write.key())));
        }
        for check in checks {
            if !self.holds(check)? {
                return Ok(None);
            }
        }
        steps.sort_by_key(|(_, check)| check.is_none());
        Ok(Some(steps))
    }

    /// Whether a check holds, as this transaction sees it.
    fn holds(&mut self, check: &'b Check) -> rusqlite::Result<bool> {
        let stamp = match &check.key {
            key if self.adds.contains_key(key) => Some(Stamp::default()),
            key if is_shared(key) => match self.known.get(key) {
                Some(known) => *known,
                None => {
                    let stamp = self.tables.stamp(key)?;
                    self.known.insert(key, stamp);
                    stamp
                }
            },
            key => self.tables.stamp(key)?,
        };
        Ok(stamp == check.stamp)
    }

    /// Runs steps until one conflicts.
    fn run_all(&mut self, steps: Vec<Step<'b>>) -> rusqlite::Result<bool> {
        for (write, check) in steps {
            if !self.take(write, check)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn take(&mut self, write: &'b Write, check: Option<&Check>) -> rusqlite::Result<bool> {
        match write {
            Write::Put { key, record, stamp } => {
                let statements = self.tables.of(key);
                let statement = match check.map(|check| check.stamp) {
                    None => statements.put()?,
                    Some(None) => statements.insert()?,
                    Some(Some(_)) => statements.update()?,
                };
                let mut parameters = Parameters::of(statement);
                parameters.row(key, record, *stamp)?;
                if let Some(Check { stamp: Some(expected), .. }) = check {
                    parameters.stamp(*expected)?;
                }
                let changed = statement.raw_execute()?;
                Ok(check.is_none() || changed == 1)
            }
            Write::Delete { key } => {
                let statement = self.tables.of(key).delete()?;
                Parameters::of(statement).key(key)?;
                statement.raw_execute()?;
                Ok(true)
            }
            Write::Add { .. } => Ok(true),
        }
    }

    /// Records the stamp of a write that was applied.
    fn remember(&mut self, write: &'b Write) {
        match write {
            Write::Add { key, delta } => {
                let sum = self.adds.entry(key).or_default();
                *sum = sum.saturating_add(*delta);
            }
            Write::Put { key: key @ Key::Tally(..), .. } | Write::Delete { key: key @ Key::Tally(..) } => {
                self.adds.remove(key);
            }
            Write::Put { key, stamp, .. } if is_shared(key) => {
                self.known.insert(key, Some(*stamp));
            }
            Write::Delete { key } if is_shared(key) => {
                self.known.insert(key, None);
            }
            Write::Put { .. } | Write::Delete { .. } => {}
        }
    }
}

/// Whether many commits of a batch are likely to check this row.
fn is_shared(key: &Key) -> bool {
    !matches!(
        key,
        Key::Device(..)
            | Key::Registration(_)
            | Key::Tally(..)
            | Key::Event(..)
            | Key::EventId(..)
            | Key::EventLog(..)
            | Key::DeviceErrors(..)
    )
}
