//! SQL queries for people who need more than the doors show, and their results.

use crate::CancelToken;
use std::sync::Arc;
use std::time::Duration;

/// One read-only SQL statement with bounds. See [`Fleet::query`](crate::Fleet::query).
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    sql: &'q str,
    limit: usize,
    time: Duration,
    cancel: Option<&'q CancelToken>,
}

impl<'q> Query<'q> {
    /// Largest number of rows that an answer may have.
    pub const MOST: usize = 100_000;

    /// Creates a query with at most 1,000 rows and at most 10 seconds.
    pub const fn new(sql: &'q str) -> Self {
        Self { sql, limit: 1_000, time: Duration::from_secs(10), cancel: None }
    }

    /// Sets the maximum number of rows, from 1 to [`MOST`](Self::MOST). An answer with more rows is refused, not
    /// truncated.
    #[must_use]
    pub const fn limit(self, rows: usize) -> Self {
        Self { limit: rows, ..self }
    }

    /// Sets the maximum duration.
    #[must_use]
    pub const fn time(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// Ends the query soon after this is cancelled.
    #[must_use]
    pub const fn until(self, cancel: &'q CancelToken) -> Self {
        Self { cancel: Some(cancel), ..self }
    }

    /// The statement.
    pub const fn sql(&self) -> &'q str {
        self.sql
    }

    /// The maximum number of rows.
    pub const fn rows(&self) -> usize {
        self.limit
    }

    /// The maximum duration.
    pub const fn most_time(&self) -> Duration {
        self.time
    }

    /// The token that cancels the query.
    pub const fn cancel(&self) -> Option<&'q CancelToken> {
        self.cancel
    }

    /// Whether the query was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(CancelToken::is_cancelled)
    }
}

/// A row of an answer: values by column name.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlRow {
    columns: Arc<[String]>,
    values: Vec<SqlValue>,
}

impl SqlRow {
    /// Creates a row with a value for each of these columns. All rows of an answer share the names.
    pub fn new(columns: Arc<[String]>, values: Vec<SqlValue>) -> Self {
        Self { columns, values }
    }

    /// The value of a column.
    pub fn get(&self, column: &str) -> Option<&SqlValue> {
        self.iter().find(|(name, _)| *name == column).map(|(_, value)| value)
    }

    /// The columns in their order, each with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &SqlValue)> {
        self.columns.iter().map(String::as_str).zip(&self.values)
    }
}

/// A value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}
