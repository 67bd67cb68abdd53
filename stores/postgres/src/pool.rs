//! Connections, each used by one call at a time, and the statements that are prepared on them.

use crate::error::{Problem, Verdict};
use crate::line::Line;
use crate::statement::Shape;
use crate::{Dialect, Options, tls};
use fleet_core::store::StoreError;
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_postgres::{Client, Config, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

/// So many prepared statements are kept on a connection; then all are forgotten. Those a fleet uses most are soon back.
const STATEMENTS: usize = 256;

/// What a server may take longer to say that a statement timed out than the statement had.
const GRACE: Duration = Duration::from_secs(5);

/// After a failed attempt to connect, so long until the next.
const PAUSE: Duration = Duration::from_millis(50);

/// A connection, and what is prepared on it.
pub(crate) struct Connection {
    pub(crate) client: Client,
    line: Line,
    /// Whether a transaction was begun and not ended.
    pub(crate) in_transaction: bool,
    statements: HashMap<Shape, Statement>,
    answers_within: Duration,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("statements", &self.statements.len()).finish_non_exhaustive()
    }
}

impl Connection {
    /// Ends a transaction that failed, if there is one.
    pub(crate) fn roll_back(&mut self) -> Result<(), Problem> {
        if self.in_transaction {
            self.wait(self.client.batch_execute("ROLLBACK"))?;
            self.in_transaction = false;
        }
        Ok(())
    }

    /// Waits for an answer.
    pub(crate) fn wait<T: Send>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>> + Send,
    ) -> Result<T, Problem> {
        Ok(self.line.wait(self.answers_within, answer)??)
    }

    /// Whether its server or the way to it is known to be gone.
    fn is_closed(&self) -> bool {
        self.line.listen();
        self.client.is_closed()
    }

    /// A statement, prepared the first time.
    pub(crate) fn prepared(&mut self, shape: Shape, sql: impl FnOnce() -> String) -> Result<Statement, Problem> {
        if let Some(statement) = self.statements.get(&shape) {
            return Ok(statement.clone());
        }
        let statement = self.wait(self.client.prepare(&sql()))?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(shape, statement.clone());
        Ok(statement)
    }
}

/// The connections of a store.
#[derive(Debug)]
pub(crate) struct Pool {
    state: Mutex<State>,
    freed: Condvar,
    config: Config,
    tls: Tls,
    options: Options,
    /// None: not known yet.
    dialect: Option<Dialect>,
}

struct Tls(MakeRustlsConnect);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Connection>,
    /// How many there are, in use or not.
    open: usize,
}

/// A connection that is in use. It goes back to its pool when it is given back, and is closed when it is dropped: what
/// it is in the middle of is not known then.
#[derive(Debug)]
pub(crate) struct Lent<'p> {
    pub(crate) connection: Connection,
    permit: Permit<'p>,
}

/// Leave to have one connection open.
#[derive(Debug)]
struct Permit<'p>(&'p Pool);

impl Pool {
    pub(crate) fn new(mut config: Config, options: Options) -> Result<Self, StoreError> {
        config.connect_timeout(options.connect_timeout);
        if config.get_application_name().is_none() {
            config.application_name("fleet");
        }
        Ok(Self {
            state: Mutex::default(),
            freed: Condvar::new(),
            config,
            tls: Tls(tls::connector(&options)?),
            dialect: options.dialect,
            options,
        })
    }

    /// Which engine it is, once that is known.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// From now on, connections are set up for this engine.
    pub(crate) fn speak(&mut self, dialect: Dialect) {
        self.dialect = Some(dialect);
    }

    /// Gives up the connections that nobody uses.
    pub(crate) fn forget_idle(&self) {
        let idle = {
            let mut state = self.state();
            state.open -= state.idle.len();
            std::mem::take(&mut state.idle)
        };
        for Connection { client, line, .. } in idle {
            line.hang_up(client);
        }
    }

    /// The moment until which a call that begins now goes on trying.
    pub(crate) fn patience(&self) -> Instant {
        Instant::now() + self.options.patience
    }

    /// A connection of one's own: an idle one, a new one, or the next one that is given back.
    pub(crate) fn lend(&self, until: Instant) -> Result<Lent<'_>, Problem> {
        let mut state = self.state();
        loop {
            match state.idle.pop() {
                Some(connection) => {
                    drop(state);
                    let permit = Permit(self);
                    if !connection.is_closed() {
                        return Ok(Lent { connection, permit });
                    }
                    drop(permit);
                    state = self.state();
                }
                None if state.open < self.options.connections => {
                    state.open += 1;
                    drop(state);
                    let permit = Permit(self);
                    return Ok(Lent { connection: self.connect(until)?, permit });
                }
                None => {
                    let left = until.checked_duration_since(Instant::now()).ok_or(Problem::Busy)?;
                    (state, _) = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// Connects to whichever server takes us, trying until a moment.
    fn connect(&self, until: Instant) -> Result<Connection, Problem> {
        loop {
            match self.connect_once() {
                Err(problem) if problem.verdict() == Verdict::Elsewhere && Instant::now() + PAUSE < until => {
                    std::thread::sleep(PAUSE);
                }
                connected => return connected,
            }
        }
    }

    fn connect_once(&self) -> Result<Connection, Problem> {
        // Each of the hosts has its time.
        let hosts = u32::try_from(self.config.get_hosts().len()).unwrap_or(u32::MAX).max(1);
        let patience = self.options.connect_timeout.saturating_mul(hosts).saturating_add(GRACE);
        let (line, client) = Line::connect(&self.config, self.tls.0.clone(), patience)?;
        let answers_within = self.options.statement_timeout.saturating_add(GRACE);
        let connection = Connection { client, line, in_transaction: false, statements: HashMap::new(), answers_within };
        connection.wait(connection.client.batch_execute(&self.session()))?;
        Ok(connection)
    }

    /// What a new connection is set to.
    fn session(&self) -> String {
        let Options { schema, statement_timeout, lock_timeout, .. } = &self.options;
        format!(
            "SET search_path = \"{schema}\"; SET default_transaction_isolation = 'serializable'; \
             SET statement_timeout = {}; SET lock_timeout = {}; {}",
            statement_timeout.as_millis().min(i32::MAX as u128),
            lock_timeout.as_millis().min(i32::MAX as u128),
            self.dialect.map_or("", Dialect::session)
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.forget_idle();
    }
}

impl Lent<'_> {
    /// Lets others use the connection.
    pub(crate) fn give_back(self) {
        let Self { connection, permit } = self;
        let pool = permit.0;
        std::mem::forget(permit);
        pool.state().idle.push(connection);
        pool.freed.notify_one();
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.state().open -= 1;
        self.0.freed.notify_one();
    }
}
