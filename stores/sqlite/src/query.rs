//! SQL queries of people. SQLite itself enforces that they only read and that they end: it checks the time limit between
//! its steps. So the time of a step is bounded too: by the size of values, by a list of allowed functions, and by
//! [functions](linear) of our own in the place of those whose time is the product of the lengths of their arguments.
//! What SQLite does without a check is bounded in its [cost].

mod cost;
mod linear;

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
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Maximum size of a single value during a query, in bytes. The largest records are the firmware indexes of products,
/// with about 500 bytes for each upload: this is room for 8,000 uploads.
const VALUE: i32 = 4 << 20;

/// Limits of a query's text and of the program that SQLite makes of it.
const LIMITS: [(Limit, i32); 7] = [
    (Limit::SQLITE_LIMIT_LENGTH, VALUE),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 128 << 10),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 64),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 128),
    (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
];

/// Maximum number of columns of an answer.
const COLUMNS: usize = 200;

/// Maximum size of an answer, in bytes.
const ANSWER: usize = 64 << 20;

/// Number of SQLite's steps between two checks of the time limit and of a cancellation: some microseconds, unless values
/// are large.
const STEPS: i32 = 100;

/// Pause between two interruptions of a query that is late.
const AGAIN: Duration = Duration::from_millis(50);

/// Functions that a query may call: they read, and take time that grows with the length of their arguments.
#[rustfmt::skip]
const FUNCTIONS: [&str; 90] = [
    "->", "->>", "abs", "avg", "ceil", "ceiling", "char", "coalesce", "concat", "concat_ws", "count", "cume_dist",
    "current_date", "current_time", "current_timestamp", "date", "datetime", "dense_rank", "exp", "first_value",
    "floor", "format", "glob", "group_concat", "hex", "if", "ifnull", "iif", "instr", "json", "json_array",
    "json_array_length", "json_each", "json_extract", "json_group_array", "json_group_object", "json_object",
    "json_quote", "json_tree", "json_type", "json_valid", "julianday", "lag", "last_value", "lead", "length", "like",
    "likelihood", "likely", "ln", "log", "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif",
    "octet_length", "percent_rank", "pow", "power", "printf", "quote", "random", "rank", "replace", "round", "row_number",
    "rtrim", "sign", "sqlite_version", "sqrt", "strftime", "string_agg", "substr", "substring", "subtype", "sum",
    "time", "timediff", "total", "trim", "typeof", "unicode", "unixepoch", "unlikely", "upper", "zeroblob",
];

/// Tables of SQLite that walk the whole file in one step.
const WALKS: [&str; 2] = ["dbstat", "sqlite_dbpage"];

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
    for (limit, most) in LIMITS {
        connection.set_limit(limit, most).map_err(engine)?;
    }
    linear::install(&connection, VALUE.unsigned_abs() as usize).map_err(engine)?;
    cost::limit_merging(&connection, query.sql());
    let end = Instant::now().checked_add(query.most_time());
    let cancel = query.cancel().cloned();
    let is_over =
        move || end.is_some_and(|end| Instant::now() > end) || cancel.as_ref().is_some_and(CancelToken::is_cancelled);
    connection.progress_handler(STEPS, Some(is_over)).map_err(engine)?;
    connection.authorizer(Some(only_reads)).map_err(engine)?;
    let answer = interrupting(&connection, end, query.cancel().cloned(), || answer(&connection, query));
    answer.map_err(|problem| problem.into_error(path, query))
}

/// Interrupts a connection from a thread once the time is over or the query is cancelled. `count(*)` of a table looks for
/// an interruption at each page, and nowhere checks the time limit. An interruption between two statements has no effect,
/// so it is repeated.
fn interrupting<T>(
    connection: &Connection,
    end: Option<Instant>,
    cancel: Option<CancelToken>,
    run: impl FnOnce() -> T,
) -> T {
    let may_be_cancelled = cancel.is_some();
    thread::scope(|scope| {
        let (done, running) = channel::<()>();
        let interrupt = connection.get_interrupt_handle();
        let rest = move || end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        let is_cancelled = move || cancel.as_ref().is_some_and(CancelToken::is_cancelled);
        let watch = move || {
            let mut pause = if may_be_cancelled { rest().min(AGAIN) } else { rest() };
            while running.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                if rest().is_zero() || is_cancelled() {
                    interrupt.interrupt();
                }
                pause = AGAIN;
            }
        };
        // Without this thread the time limit is still checked between steps.
        let _ = thread::Builder::new().name("fleet-query".to_owned()).spawn_scoped(scope, watch);
        let answer = run();
        drop(done);
        answer
    })
}

/// The refusal of a statement that may do more than read.
const READ_ONLY: &str = "a query can only read; write one SELECT, without attaching databases or loading extensions";

/// The refusal of a statement that may run too long between two checks of the time limit.
const TOO_COSTLY: &str = "the query has too many expressions; write several shorter queries";

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
                refused("the query is too long, or needs more memory than is available; select less".to_owned())
            }
            Some(ErrorCode::Unknown | ErrorCode::TypeMismatch) => refused(said_by_sqlite(error.to_string())),
            _ => match error {
                Error::SqlInputError { msg, .. } => refused(said_by_sqlite(msg)),
                Error::InvalidParameterCount(..) | Error::NulError(_) | Error::Utf8Error(..) => {
                    refused(error.to_string())
                }
                error => explain(path, error),
            },
        }
    }
}

/// SQLite's message, or another one that says what to do.
fn said_by_sqlite(problem: String) -> String {
    match problem.strip_prefix("not authorized to use function: ") {
        Some(name) => format!("a query is not authorized to call `{name}`; use the functions that RUNNING.md lists"),
        // SQLite detects a change of a view before it asks whether changes are allowed.
        None if problem.starts_with("cannot modify") => READ_ONLY.to_owned(),
        None => problem,
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
    if statement.column_count() > COLUMNS {
        return Err(Problem::Refused(format!("the answer has more than {COLUMNS} columns; select fewer")));
    }
    if statement.is_explain() == 0
        && let Some(text) = statement.expanded_sql()
        && cost::is_too_high(connection, &text)?
    {
        return Err(Problem::Refused(TOO_COSTLY.to_owned()));
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
            if size > ANSWER {
                return Err(Problem::Refused(format!("the answer has more than {} MiB; select less", ANSWER >> 20)));
            }
            values.push(value);
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
        AuthAction::Select | AuthAction::Recursive => true,
        AuthAction::Read { table_name, .. } => !WALKS.iter().any(|name| name.eq_ignore_ascii_case(table_name)),
        AuthAction::Function { function_name } => FUNCTIONS.iter().any(|name| name.eq_ignore_ascii_case(function_name)),
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
