//! Options for opening a database.

use crate::Dialect;
use std::time::Duration;

/// Options for opening a database. The defaults suit a process that serves some thousand devices a second.
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
    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the schema of the tables, which is created if it does not exist: letters, digits and `_`, at most 63 bytes.
    /// One database can hold several fleets, each in its own schema. Default: `fleet`.
    #[must_use]
    pub fn schema(self, name: impl Into<String>) -> Self {
        Self { schema: name.into(), ..self }
    }

    /// Sets the maximum number of connections, at least 1. They are opened as needed, and each call uses one of its
    /// own. Default: 8.
    #[must_use]
    pub fn connections(self, most: usize) -> Self {
        Self { connections: most.max(1), ..self }
    }

    /// Sets how long one server may take to accept a connection. Default: 5 s.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// Sets how long a statement may take before the server cancels it; a walk over a whole range may take longer. If
    /// this exceeds the patience and the server does not answer, a caller may wait for this time plus 5 s. Default:
    /// three quarters of the patience.
    #[must_use]
    pub fn statement_timeout(self, timeout: Duration) -> Self {
        Self { statement_timeout: Some(timeout), ..self }
    }

    pub(crate) fn statement_time(&self) -> Duration {
        self.statement_timeout.unwrap_or(self.patience / 4 * 3)
    }

    /// How long to wait for an answer. The server may report the timeout of a statement later than it occurred.
    pub(crate) fn answers_within(&self) -> Duration {
        const GRACE: Duration = Duration::from_secs(5);
        self.statement_timeout.map_or(self.patience, |timeout| timeout.saturating_add(GRACE))
    }

    /// Sets how long to wait for a row that another transaction has locked. Default: 5 s.
    #[must_use]
    pub fn lock_timeout(self, timeout: Duration) -> Self {
        Self { lock_timeout: timeout, ..self }
    }

    /// Sets how long a call waits in total, for a free connection, for a server that accepts one and for its answer,
    /// before it answers `store_unavailable`, or `store_outcome_unknown` for a commit that was sent. Longer than a
    /// restart or a promotion, so that callers do not notice one. Default: 10 s.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sets the engine. Default: the server is asked.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect: Some(dialect), ..self }
    }

    /// Trusts servers whose certificate is signed by this one (DER), besides the system's roots. May be called several
    /// times.
    #[must_use]
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(der.into());
        self
    }
}
