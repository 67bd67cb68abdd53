//! SQL queries of people. SQLite itself enforces that they only read and that they end.

use crate::error::explain;
use fleet_core::CancelToken;
use fleet_core::store::{Query, SqlRow, SqlValue, StoreError, StoreErrorKind};
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, Error, ErrorCode};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Maximum size of a single value during a query, in bytes: more than any record has.
const VALUE: i32 = 64 << 20;

/// Maximum size of an answer, in bytes.
const ANSWER: usize = 64 << 20;

/// Number of SQLite's steps between two checks of the time limit and of a cancellation: some tens of microseconds.
const STEPS: i32 = 1000;

/// Pragmas that return information and change nothing, if they are given no value.
const PRAGMAS: [&str; 11] = [
    "application_id",
    "compile_options",
    "data_version",
    "encoding",
    "freelist_count",
    "function_list",
    "page_count",
    "page_size",
    "pragma_list",
    "table_list",
    "user_version",
];

/// Pragmas that take the name of what they describe.
const DESCRIPTIONS: [&str; 5] = ["index_info", "index_list", "index_xinfo", "table_info", "table_xinfo"];

/// Runs a query on a read-only connection that is opened for it.
pub(crate) fn run(mut connection: Connection, path: &Path, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
    let engine = |error| explain(path, error);
    // A sort may need more than fits into memory.
    connection.pragma_update(None, "temp_store", "FILE").map_err(engine)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE).map_err(engine)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0).map_err(engine)?;
    let end = Instant::now().checked_add(query.most_time());
    let cancel = query.cancel().cloned();
    let is_over =
        move || end.is_some_and(|end| Instant::now() > end) || cancel.as_ref().is_some_and(CancelToken::is_cancelled);
    connection.progress_handler(STEPS, Some(is_over)).map_err(engine)?;
    connection.authorizer(Some(only_reads)).map_err(engine)?;
    answer(&connection, query).map_err(|trouble| trouble.into_error(path, query))
}

/// The refusal of a statement that may do more than read.
const READ_ONLY: &str = "a query can only read; write one SELECT, without attaching databases or loading extensions";

/// Why a query has no answer.
enum Problem {
    Engine(Error),
    Refused(String),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl Problem {
    fn into_error(self, path: &Path, query: &Query<'_>) -> StoreError {
        let refused = |problem: String| StoreError::new(StoreErrorKind::Query, problem);
        let error = match self {
            Self::Refused(problem) => return refused(problem),
            Self::Engine(error) => error,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) if query.is_cancelled() => {
                refused("the query was cancelled".to_owned())
            }
            Some(ErrorCode::OperationInterrupted) => refused(format!(
                "the query took longer than {} seconds; select fewer rows, by key if possible",
                query.most_time().as_secs_f64()
            )),
            Some(ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly) => refused(READ_ONLY.to_owned()),
            Some(ErrorCode::TooBig) => refused(format!("a value has more than {} MiB; select less", VALUE >> 20)),
            Some(ErrorCode::OutOfMemory) => {
                refused("the query needs more memory than is available; select less".to_owned())
            }
            Some(ErrorCode::Unknown | ErrorCode::TypeMismatch) => {
                // SQLite detects a change of a view before it asks whether changes are allowed.
                let problem = error.to_string();
                refused(if problem.starts_with("cannot modify") { READ_ONLY.to_owned() } else { problem })
            }
            _ => match error {
                Error::SqlInputError { msg, .. } => refused(msg),
                Error::InvalidParameterCount(..) | Error::NulError(_) | Error::Utf8Error(..) => {
                    refused(error.to_string())
                }
                error => explain(path, error),
            },
        }
    }
}

fn answer(connection: &Connection, query: &Query<'_>) -> Result<Vec<SqlRow>, Problem> {
    let mut statements = Batch::new(connection, query.sql());
    let Some(mut statement) = statements.next()? else {
        return Err(Problem::Refused("there is no statement; write a SELECT".to_owned()));
    };
    if statements.next()?.is_some() {
        return Err(Problem::Refused("there are several statements; run one at a time".to_owned()));
    }
    if !statement.readonly() {
        return Err(Problem::Refused("a query can only read; write one SELECT".to_owned()));
    }
    if statement.parameter_count() > 0 {
        return Err(Problem::Refused("a query has no parameters; write the values into it".to_owned()));
    }
    let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut names: Vec<&String> = columns.iter().collect();
    names.sort_unstable();
    if let Some(name) = names.windows(2).find_map(|pair| if let [a, b] = pair { (a == b).then_some(a) } else { None }) {
        return Err(Problem::Refused(format!("two columns are called `{name}`; rename one with AS")));
    }
    let mut rows = statement.raw_query();
    let (mut answer, mut size) = (Vec::new(), 0_usize);
    while let Some(row) = rows.next()? {
        if answer.len() == query.rows() {
            let problem = format!(
                "the answer has more than {} rows; add a LIMIT to the query, or raise `limit`, to {} at most",
                query.rows(),
                Query::MOST
            );
            return Err(Problem::Refused(problem));
        }
        let mut values = Vec::with_capacity(columns.len());
        for column in 0..columns.len() {
            let value = read(row.get_ref(column)?)?;
            size = size.saturating_add(size_of(&value));
            values.push(value);
        }
        if size > ANSWER {
            return Err(Problem::Refused(format!("the answer has more than {} MiB; select less", ANSWER >> 20)));
        }
        answer.push(SqlRow::new(Arc::clone(&columns), values));
    }
    Ok(answer)
}

fn read(value: ValueRef<'_>) -> Result<SqlValue, Problem> {
    Ok(match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(number) => SqlValue::Integer(number),
        ValueRef::Real(number) => SqlValue::Real(number),
        // Text that a host stored need not be Unicode; a query shows it anyway.
        ValueRef::Text(text) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => SqlValue::Blob(bytes.to_vec()),
    })
}

fn size_of(value: &SqlValue) -> usize {
    size_of_val(value)
        + match value {
            SqlValue::Text(text) => text.len(),
            SqlValue::Blob(bytes) => bytes.len(),
            SqlValue::Null | SqlValue::Integer(_) | SqlValue::Real(_) => 0,
        }
}

/// Whether a statement may perform an action. Anything not listed is denied.
fn only_reads(asked: AuthContext<'_>) -> Authorization {
    let is_allowed = match asked.action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => {
            !["load_extension", "fts3_tokenizer"].iter().any(|name| name.eq_ignore_ascii_case(function_name))
        }
        AuthAction::Pragma { pragma_name, pragma_value: None } => {
            PRAGMAS.iter().chain(&DESCRIPTIONS).any(|name| name.eq_ignore_ascii_case(pragma_name))
        }
        AuthAction::Pragma { pragma_name, pragma_value: Some(_) } => {
            DESCRIPTIONS.iter().any(|name| name.eq_ignore_ascii_case(pragma_name))
        }
        _ => false,
    };
    if is_allowed { Authorization::Allow } else { Authorization::Deny }
}
