//! How a database is opened.

use crate::Dialect;
use std::time::Duration;

/// How a database is opened. The defaults are good for a process that serves some thousand devices a second.
///
/// ```no_run
/// use fleet_store_postgres::{Options, PostgresStore};
/// use std::time::Duration;
///
/// let options = Options::new().connections(16).statement_timeout(Duration::from_secs(10));
/// let url = "postgresql://fleet@db1,db2/fleet?target_session_attrs=read-write&sslmode=require";
/// let store = PostgresStore::open_with(url, options)?;
/// # let _ = store;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) schema: String,
    pub(crate) connections: usize,
    pub(crate) connect_timeout: Duration,
    statement_timeout: Option<Duration>,
    pub(crate) lock_timeout: Duration,
    pub(crate) patience: Duration,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) root_certificates: Vec<Vec<u8>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            schema: "fleet".to_owned(),
            connections: 8,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: None,
            lock_timeout: Duration::from_secs(5),
            patience: Duration::from_secs(10),
            dialect: None,
            root_certificates: Vec::new(),
        }
    }
}

impl Options {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The schema that the tables are in, made where it is not there: letters, digits and `_`, at most 63 bytes. Several
    /// fleets can be in one database, each in a schema of its own. Default: `fleet`.
    #[must_use]
    pub fn schema(self, name: impl Into<String>) -> Self {
        Self { schema: name.into(), ..self }
    }

    /// How many connections are opened at most, as they are needed; at least 1. A call has one to itself while it lasts.
    /// Default: 8.
    #[must_use]
    pub fn connections(self, most: usize) -> Self {
        Self { connections: most.max(1), ..self }
    }

    /// How long one server may take to accept a connection. Default: 5 s.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// How long a statement may take before the server gives it up; a walk over a whole range may take longer. If this is
    /// more than the patience, a caller may wait so long and 5 s more where the server does not answer.
    /// Default: three quarters of the patience.
    #[must_use]
    pub fn statement_timeout(self, timeout: Duration) -> Self {
        Self { statement_timeout: Some(timeout), ..self }
    }

    pub(crate) fn statement_time(&self) -> Duration {
        self.statement_timeout.unwrap_or(self.patience / 4 * 3)
    }

    /// How long an answer is waited for. The server may take longer to say that a statement timed out than it had.
    pub(crate) fn answers_within(&self) -> Duration {
        const GRACE: Duration = Duration::from_secs(5);
        self.statement_timeout.map_or(self.patience, |timeout| timeout.saturating_add(GRACE))
    }

    /// How long to wait for a row that another transaction holds. Default: 5 s.
    #[must_use]
    pub fn lock_timeout(self, timeout: Duration) -> Self {
        Self { lock_timeout: timeout, ..self }
    }

    /// How long a call waits in all, for a free connection, for a server that takes one and for its answer, before it
    /// answers `store_unavailable`, or `store_outcome_unknown` for a commit that was sent: longer than a restart or a
    /// promotion takes, and callers do not notice it. Default: 10 s.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Which engine it is. Default: the server is asked.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect: Some(dialect), ..self }
    }

    /// Trusts servers whose certificate this one signed (DER), besides those the system trusts. May be called again.
    #[must_use]
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(der.into());
        self
    }
}
