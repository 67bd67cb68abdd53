//! Turns errors of PostgreSQL into messages for people: which database has which problem, and what to do next.

use fleet_core::store::{StoreError, StoreErrorKind};
use std::error::Error as _;
use std::{fmt, io};
use tokio_postgres::error::{ErrorPosition, Severity, SqlState};

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The error came from the server or from the connection to it.
    Server(tokio_postgres::Error),
    /// The server did not answer in time; the connection was closed.
    TimedOut,
    /// This system could not provide a connection; nothing was sent.
    NoConnection(io::Error),
    /// No connection became free in time.
    Busy,
    /// A row could not be read.
    Unreadable(String),
    /// A record could not be written.
    Unwritable(String),
}

impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(error) => match error.as_db_error() {
                Some(reported) => {
                    write!(f, "{} ({})", reported.message(), reported.code().code())?;
                    if let Some(ErrorPosition::Internal { query, .. }) = reported.position() {
                        write!(f, " in {query}")?;
                    }
                    Ok(())
                }
                None => match error.source() {
                    Some(source) => write!(f, "{error}: {source}"),
                    None => error.fmt(f),
                },
            },
            Self::TimedOut => f.write_str("the server did not answer in time"),
            Self::NoConnection(error) => error.fmt(f),
            Self::Busy => f.write_str("every connection is in use"),
            Self::Unreadable(problem) | Self::Unwritable(problem) => f.write_str(problem),
        }
    }
}

/// What a problem means for the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another transaction interfered: nothing was applied, and a retry of the statement may succeed.
    Again,
    /// The connection is lost, or the server no longer takes writes: what was not sent was not applied, and another
    /// connection may work.
    Elsewhere,
    /// The server refused the statement: nothing was applied.
    Failed,
}

impl Problem {
    fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Server(error) => error.code(),
            _ => None,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let Self::Server(error) = self else {
            return match self {
                Self::TimedOut | Self::NoConnection(_) => Verdict::Elsewhere,
                _ => Verdict::Failed,
            };
        };
        match error.code() {
            Some(state) if is_retryable(state) => Verdict::Again,
            Some(state) if is_unusable(state) || is_session_error(error) => Verdict::Elsewhere,
            Some(_) => Verdict::Failed,
            None if is_connection_error(error) => Verdict::Elsewhere,
            None => Verdict::Failed,
        }
    }

    /// Whether a statement that was sent may have been applied despite this problem: nobody answered, or the server
    /// process was shutting down, possibly after it wrote the commit.
    pub(crate) fn may_be_applied(&self) -> bool {
        match self {
            Self::TimedOut => true,
            Self::Server(error) => match error.as_db_error() {
                Some(reported) => {
                    matches!(reported.parsed_severity(), Some(Severity::Fatal | Severity::Panic) | None)
                        || *reported.code() == SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
                        || *reported.code() == SqlState::TRANSACTION_RESOLUTION_UNKNOWN
                }
                None => is_connection_error(error),
            },
            _ => false,
        }
    }

    /// Returns the error for the caller.
    pub(crate) fn explain(self, database: &str) -> StoreError {
        use StoreErrorKind as Kind;
        let (kind, context) = match &self {
            Self::Unreadable(problem) => {
                (Kind::Corrupt, format!("{database} is damaged: {problem}; restore it from a backup"))
            }
            Self::Unwritable(problem) => (Kind::Other, problem.clone()),
            Self::Busy => (
                Kind::Unavailable,
                format!("every connection to {database} is in use; try again, or allow more connections"),
            ),
            Self::NoConnection(_) => (
                Kind::Unavailable,
                format!("this system cannot open another connection to {database}: {self}; try again"),
            ),
            Self::TimedOut => (Kind::Unavailable, format!("{database} did not answer in time; try again")),
            Self::Server(error) if is_session_error(error) => (
                Kind::Unavailable,
                format!(
                    "sessions of {database} lose their settings: {self}; connect to the server itself, or to a \
                     pooler in session mode"
                ),
            ),
            Self::Server(error) => match self.state() {
                Some(state) => describe(database, state, &self),
                None if is_connection_error(error) => {
                    (Kind::Unavailable, format!("{database} cannot be reached: {self}; try again"))
                }
                None => (Kind::Other, format!("cannot use {database}: {self}")),
            },
        };
        let error = StoreError::new(kind, context);
        match self {
            Self::Server(source) => error.with_source(source),
            Self::NoConnection(source) => error.with_source(source),
            _ => error,
        }
    }
}

/// Returns the error for a commit whose outcome is unknown.
pub(crate) fn unknown(problem: Problem, database: &str) -> StoreError {
    let context = format!(
        "the connection to {database} broke during a commit, which may have been applied: {problem}; read the rows"
    );
    let error = StoreError::new(StoreErrorKind::Unknown, context);
    match problem {
        Problem::Server(source) => error.with_source(source),
        _ => error,
    }
}

fn describe(database: &str, state: &SqlState, problem: &Problem) -> (StoreErrorKind, String) {
    use StoreErrorKind as Kind;
    let class = state.code().get(..2).unwrap_or_default();
    match class {
        _ if is_retryable(state) => {
            (Kind::Contention, format!("others keep changing the same records of {database}; try again"))
        }
        "53" if *state == SqlState::DISK_FULL => {
            (Kind::Full, format!("cannot write to {database}: its disk is full; free some space"))
        }
        "25" if *state == SqlState::READ_ONLY_SQL_TRANSACTION => (
            Kind::ReadOnly,
            format!(
                "cannot write to {database}: it is read-only; name the primary, or all servers and \
                 `target_session_attrs=read-write`"
            ),
        ),
        "53" | "57" | "08" => (Kind::Unavailable, format!("{database} cannot be used now: {problem}; try again")),
        "55" if *state == SqlState::LOCK_NOT_AVAILABLE => {
            (Kind::Unavailable, format!("another transaction has locked rows of {database}; try again"))
        }
        "28" => (Kind::Other, format!("{database} refused the login: {problem}; check user and password")),
        "3D" => (Kind::Other, format!("{database} does not exist: {problem}; create the database first")),
        "42" if *state == SqlState::INSUFFICIENT_PRIVILEGE => {
            (Kind::Other, format!("the user lacks a privilege in {database}: {problem}; grant it"))
        }
        "XX" => (Kind::Corrupt, format!("{database} is damaged: {problem}; restore it from a backup")),
        _ => (Kind::Other, format!("cannot use {database}: {problem}")),
    }
}

/// Serialization failures, deadlocks, and concurrent inserts of one key.
fn is_retryable(state: &SqlState) -> bool {
    [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::UNIQUE_VIOLATION].contains(state)
}

/// Whether this connection is unusable, but another one may work.
fn is_unusable(state: &SqlState) -> bool {
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ]
    .contains(state)
        || state.code().starts_with("08")
}

/// Whether a session lost the settings or prepared statements of the store: a pooler sends its statements to another
/// session, or their tables were changed. Nothing was applied, and this connection is unusable.
fn is_session_error(error: &tokio_postgres::Error) -> bool {
    let Some(reported) = error.as_db_error() else { return false };
    let state = reported.code();
    [SqlState::INVALID_SQL_STATEMENT_NAME, SqlState::DUPLICATE_PSTATEMENT].contains(state)
        || *state == SqlState::FEATURE_NOT_SUPPORTED && reported.routine() == Some("RevalidateCachedQuery")
        || *state == SqlState::FEATURE_NOT_SUPPORTED && reported.message().contains("cached plan")
        || *state == SqlState::UNDEFINED_OBJECT && reported.message().contains("fleet.transaction_is_not_serializable")
}

/// Whether the server refused the options in the startup packet, and may accept a connection without them.
pub(crate) fn is_refused_at_startup(error: &tokio_postgres::Error) -> bool {
    let state = error.code().map_or("", SqlState::code);
    ["08", "0A", "22", "42"].iter().any(|class| state.starts_with(class))
}

/// Whether the connection failed, not the statement. The library shows this only in the text of its error.
fn is_connection_error(error: &tokio_postgres::Error) -> bool {
    let is_io = error.source().is_some_and(|source| source.is::<std::io::Error>());
    error.is_closed() || is_io || {
        let reported = error.to_string();
        reported.contains("connecting to server") || reported.contains("communicating with the server")
    }
}
