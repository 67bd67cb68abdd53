//! A pool of connections, each used by one call at a time, and how a statement is sent over one.
//!
//! A connection leads either to a session of its own, or to a pooler that assigns each transaction to any free session.
//! Which of the two is determined when the connection is opened ([`Connection::is_shared`]): the store sends a name in
//! the startup packet, and a session that does not know this name was not started for this connection.
//!
//! In a session of its own, statements are prepared once, and one statement is a transaction. Behind a pooler nothing
//! survives a transaction: no settings and no prepared statements, and in the next session the name of a prepared
//! statement may even be that of another client's statement. There each statement is sent unnamed, in a transaction
//! that makes all its settings. All of its messages are sent at once, so this is one round trip too.

use crate::error::{Problem, Verdict, is_refused_at_startup};
use crate::line::Line;
use crate::statement::Shape;
use crate::url::Trust;
use crate::{Dialect, Options, tls};
use fleet_core::store::StoreError;
use futures_util::future::{join, join3};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Row, SimpleQueryMessage, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Maximum number of prepared statements on a connection. When it is reached, all are dropped; frequent ones are soon
/// prepared again.
const STATEMENTS: usize = 256;

/// Idle time after which a connection is tested before it is used: a firewall may have dropped it. Under load
/// connections are not idle for so long, and no test is needed.
const IDLE: Duration = Duration::from_millis(100);

/// Maximum time for that test. It is also at most a quarter of the patience.
const PING: Duration = Duration::from_secs(2);

/// The setting in the startup packet that holds the session's name.
const SESSION: &str = "fleet.session";

/// Pause after a failed attempt to connect.
const PAUSE: Duration = Duration::from_millis(50);

/// A parameter of a statement: a value and its type.
pub(crate) type Parameter<'p> = (&'p (dyn ToSql + Sync), Type);

/// The position of a statement in its transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// The statement is a transaction by itself.
    Nothing,
    /// The statement begins the transaction.
    First,
    /// The statement is in the middle of the transaction.
    Middle,
    /// The statement ends the transaction.
    Last,
}

/// A connection and its prepared statements.
pub(crate) struct Connection {
    pub(crate) client: Client,
    line: Line,
    /// Whether a transaction is open.
    pub(crate) in_transaction: bool,
    statements: HashMap<Shape, Statement>,
    answers_within: Duration,
    /// The moment until which the current caller waits.
    until: Option<Instant>,
    used_at: Instant,
    is_shared: bool,
    session: Arc<Session>,
}

/// What the sessions of a pool have in common.
#[derive(Debug)]
struct Session {
    schema: String,
    /// The settings of a session, without `SET`.
    settings: Vec<String>,
    /// A query that makes the other settings.
    and: &'static str,
}

impl Session {
    fn new(options: &Options, dialect: Option<Dialect>) -> Self {
        let timeout = |timeout: Duration| timeout.as_millis().min(i32::MAX as u128);
        let mut settings = vec![
            format!("search_path = \"{}\"", options.schema),
            format!("statement_timeout = {}", timeout(options.statement_time())),
            format!("lock_timeout = {}", timeout(options.lock_timeout)),
        ];
        settings.extend(dialect.into_iter().flat_map(Dialect::settings).map(|setting| (*setting).to_owned()));
        Self { schema: options.schema.clone(), settings, and: dialect.map_or("", Dialect::session) }
    }

    /// Returns the statements that set up a session of the store's own.
    fn set_up(&self) -> String {
        let mut sql = "SET default_transaction_isolation = 'serializable'; ".to_owned();
        for setting in &self.settings {
            let _ = write!(sql, "SET {setting}; ");
        }
        sql + &self.and.replace("$local", "false")
    }

    /// Returns the statements that begin a transaction in a session whose settings are unknown.
    fn begin(&self, how: &str) -> String {
        let mut sql = format!("BEGIN ISOLATION LEVEL {how}; ");
        for setting in &self.settings {
            let _ = write!(sql, "SET LOCAL {setting}; ");
        }
        sql + &self.and.replace("$local", "true")
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("statements", &self.statements.len()).finish_non_exhaustive()
    }
}

impl Connection {
    /// Rolls back the open transaction, if there is one.
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
        let left = self.until.map_or(self.answers_within, |until| until.saturating_duration_since(Instant::now()));
        Ok(self.line.wait(left.min(self.answers_within), answer)??)
    }

    /// Makes the caller wait for each answer as long as a statement may take, whatever their number.
    pub(crate) fn wait_for_each(&mut self) {
        self.until = None;
    }

    /// Makes the caller wait very long for an answer, because creating a schema may take long.
    pub(crate) fn wait_long(&mut self) {
        (self.until, self.answers_within) = (None, Duration::from_secs(600));
    }

    /// Whether the connection leads to a pooler, which assigns each transaction to another session.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// The schema of the tables.
    pub(crate) fn schema(&self) -> &str {
        &self.session.schema
    }

    /// Begins a transaction.
    pub(crate) fn begin(&mut self) -> Result<(), Problem> {
        self.in_transaction = true;
        self.wait(self.client.batch_execute(&self.beginning("SERIALIZABLE")))
    }

    /// Begins a read-only transaction that sees one moment and may take long.
    pub(crate) fn begin_walk(&mut self) -> Result<(), Problem> {
        self.in_transaction = true;
        // A snapshot is enough, because no commit depends on what is read, and it never blocks other commits.
        let begin = self.beginning("REPEATABLE READ READ ONLY") + "; SET LOCAL statement_timeout = 0";
        self.wait(self.client.batch_execute(&begin))
    }

    fn beginning(&self, how: &str) -> String {
        if self.is_shared { self.session.begin(how) } else { format!("BEGIN ISOLATION LEVEL {how}") }
    }

    /// Ends a transaction.
    pub(crate) fn commit(&mut self) -> Result<(), Problem> {
        self.wait(self.client.batch_execute("COMMIT"))?;
        self.in_transaction = false;
        Ok(())
    }

    /// Runs a statement. If it is not prepared yet, its text is built from the schema. Everything that belongs to it is
    /// sent at once.
    pub(crate) fn ask(
        &mut self,
        shape: Shape,
        sql: impl FnOnce(&str) -> String,
        parameters: &[Parameter<'_>],
        within: Within,
    ) -> Result<Vec<Row>, Problem> {
        if within == Within::First {
            self.in_transaction = true;
        }
        if self.is_shared {
            let (sql, begin) = (sql(self.schema()), self.session.begin("SERIALIZABLE"));
            let client = &self.client;
            let query = client.query_typed(&sql, parameters);
            self.wait(async {
                match within {
                    Within::Nothing => {
                        let (begun, answer, ended) =
                            join3(client.batch_execute(&begin), query, client.batch_execute("COMMIT")).await;
                        // If the statement failed, the transaction that ended had failed too.
                        begun.and(answer).and_then(|answer| ended.map(|()| answer))
                    }
                    Within::First => {
                        let (begun, answer) = join(client.batch_execute(&begin), query).await;
                        begun.and(answer)
                    }
                    Within::Middle => query.await,
                    Within::Last => {
                        let (answer, ended) = join(query, client.batch_execute("COMMIT")).await;
                        answer.and_then(|answer| ended.map(|()| answer))
                    }
                }
            })
        } else {
            let statement = self.prepared(shape, sql)?;
            let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|(value, _)| *value).collect();
            let client = &self.client;
            let query = client.query(&statement, &parameters);
            self.wait(async {
                match within {
                    Within::Nothing | Within::Middle => query.await,
                    Within::First => {
                        let (begun, answer) =
                            join(client.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE"), query).await;
                        begun.and(answer)
                    }
                    Within::Last => {
                        let (answer, ended) = join(query, client.batch_execute("COMMIT")).await;
                        answer.and_then(|answer| ended.map(|()| answer))
                    }
                }
            })
        }
        .inspect(|_| self.in_transaction &= within != Within::Last)
    }

    /// Whether the connection is known to be closed.
    fn is_closed(&self) -> bool {
        self.line.process_incoming();
        self.client.is_closed()
    }

    /// Whether the server answers. It is asked only if the connection was idle for long.
    fn answers(&mut self, within: Duration) -> bool {
        if self.is_closed() {
            return false;
        }
        if self.used_at.elapsed() < IDLE {
            return true;
        }
        self.until = Some(Instant::now() + within);
        self.wait(self.client.batch_execute("")).is_ok()
    }

    /// Returns a statement in a session of the store's own; prepares it at its first use.
    pub(crate) fn prepared(&mut self, shape: Shape, sql: impl FnOnce(&str) -> String) -> Result<Statement, Problem> {
        if let Some(statement) = self.statements.get(&shape) {
            return Ok(statement.clone());
        }
        let statement = self.wait(self.client.prepare(&sql(self.schema())))?;
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
    /// `None` means that it is not known yet.
    dialect: Option<Dialect>,
    session: Arc<Session>,
    /// The name of the store's own sessions. It is unique to this store.
    name: String,
    /// Whether the server refuses the session's name in the startup packet, as poolers do.
    refuses_names: AtomicBool,
    /// Whether a connection was found to lead to a pooler.
    is_shared: AtomicBool,
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
    /// Number of connections, in use or idle.
    open: usize,
}

/// A connection in use. `release` returns it to the pool. If it is dropped instead, it is closed, because its state
/// is unknown.
#[derive(Debug)]
pub(crate) struct PooledConnection<'p> {
    pub(crate) connection: Connection,
    permit: Permit<'p>,
}

/// Permission to have one connection open.
#[derive(Debug)]
struct Permit<'p>(&'p Pool);

impl Pool {
    pub(crate) fn new(mut config: Config, trust: &Trust, mut options: Options) -> Result<Self, StoreError> {
        if let Some(timeout) = config.get_connect_timeout() {
            options.connect_timeout = *timeout;
        }
        config.connect_timeout(options.connect_timeout);
        set_keepalives(&mut config, options.patience);
        if config.get_application_name().is_none() {
            config.application_name("fleet");
        }
        Ok(Self {
            state: Mutex::default(),
            freed: Condvar::new(),
            config,
            tls: Tls(tls::connector(&options, trust)?),
            dialect: options.dialect,
            session: Arc::new(Session::new(&options, options.dialect)),
            name: random_name(),
            refuses_names: AtomicBool::new(false),
            is_shared: AtomicBool::new(false),
            options,
        })
    }

    /// The engine, once it is known.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// Sets the engine that new connections are set up for.
    pub(crate) fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = Some(dialect);
        self.session = Arc::new(Session::new(&self.options, self.dialect));
    }

    /// Whether connections lead to a pooler, as far as is known.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared.load(Ordering::Relaxed)
    }

    /// Closes all idle connections.
    pub(crate) fn close_idle(&self) {
        let idle = {
            let mut state = self.state();
            state.open -= state.idle.len();
            std::mem::take(&mut state.idle)
        };
        for Connection { client, line, .. } in idle {
            line.close(client);
        }
    }

    /// Drops all idle connections without closing messages: one of them did not answer, so the route to the server may
    /// be lost for all, and each would have to be waited for.
    pub(crate) fn drop_idle(&self) {
        let idle = {
            let mut state = self.state();
            state.open -= state.idle.len();
            std::mem::take(&mut state.idle)
        };
        drop(idle);
        self.freed.notify_all();
    }

    /// Returns the moment until which a call that begins now is retried, and the moment at which its caller has an
    /// answer.
    pub(crate) fn patience(&self) -> (Instant, Instant) {
        let (now, patience) = (Instant::now(), self.options.patience);
        // A statement sent at the very end would be cancelled before it can be answered.
        (now + patience - patience / 10, now + patience.max(self.options.answers_within()))
    }

    /// Returns a connection for one call: an idle one, a new one, or the next one that is returned. Its answers are
    /// waited for until the second moment.
    pub(crate) fn acquire(&self, until: Instant, answered: Instant) -> Result<PooledConnection<'_>, Problem> {
        let mut state = self.state();
        loop {
            match state.idle.pop() {
                Some(mut connection) => {
                    drop(state);
                    let permit = Permit(self);
                    if connection.answers(PING.min(self.options.patience / 4)) {
                        connection.until = Some(answered);
                        return Ok(PooledConnection { connection, permit });
                    }
                    let was_silent = !connection.is_closed();
                    drop(connection);
                    drop(permit);
                    if was_silent {
                        self.drop_idle();
                    }
                    state = self.state();
                }
                None if state.open < self.options.connections => {
                    state.open += 1;
                    drop(state);
                    let permit = Permit(self);
                    let mut connection = self.connect(until)?;
                    connection.until = Some(answered);
                    return Ok(PooledConnection { connection, permit });
                }
                None => {
                    let left = until.checked_duration_since(Instant::now()).ok_or(Problem::Busy)?;
                    (state, _) = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    /// Connects to the first server that accepts; retries until a moment.
    fn connect(&self, until: Instant) -> Result<Connection, Problem> {
        let mut heard = None;
        loop {
            match self.connect_once(until) {
                Err(problem) if problem.verdict() == Verdict::Elsewhere && Instant::now() + PAUSE < until => {
                    if !matches!(problem, Problem::TimedOut) {
                        heard = Some(problem);
                    }
                    std::thread::sleep(PAUSE);
                }
                // The last attempt had little time left. The error of an earlier one is more useful.
                Err(Problem::TimedOut) => return Err(heard.unwrap_or(Problem::TimedOut)),
                connected => return connected,
            }
        }
    }

    fn connect_once(&self, until: Instant) -> Result<Connection, Problem> {
        let is_named = !self.refuses_names.load(Ordering::Relaxed);
        match self.open_connection(until, is_named) {
            Err(Problem::Server(error)) if is_named && is_refused_at_startup(&error) => {
                self.refuses_names.store(true, Ordering::Relaxed);
                self.open_connection(until, false)
            }
            reached => reached,
        }
    }

    /// Connects, with or without the session's name in the startup packet.
    fn open_connection(&self, until: Instant, is_named: bool) -> Result<Connection, Problem> {
        let mut config = self.config.clone();
        if is_named {
            let theirs = config.get_options().map(|options| format!("{options} ")).unwrap_or_default();
            config.options(format!("{theirs}-c {SESSION}={}", self.name));
        }
        // Each host has its own time to accept the connection and to authenticate.
        let hosts = u32::try_from(config.get_hosts().len()).unwrap_or(u32::MAX).max(1);
        let patience = self.options.connect_timeout.saturating_mul(hosts).saturating_mul(2);
        let left = until.saturating_duration_since(Instant::now());
        let (line, client) = Line::connect(&config, self.tls.0.clone(), patience.min(left))?;
        let mut connection = Connection {
            client,
            line,
            in_transaction: false,
            statements: HashMap::new(),
            answers_within: self.options.answers_within(),
            until: Some(until),
            used_at: Instant::now(),
            is_shared: !is_named,
            session: Arc::clone(&self.session),
        };
        if is_named {
            let asked = format!("SELECT current_setting('{SESSION}', true)");
            let answer = connection.wait(connection.client.simple_query(&asked))?;
            connection.is_shared = !answer.iter().any(
                |message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some(self.name.as_str())),
            );
        }
        if connection.is_shared {
            // It must not be set up: the next transaction in this session may be another program's.
            self.is_shared.store(true, Ordering::Relaxed);
        } else {
            connection.wait(connection.client.batch_execute(&self.session.set_up()))?;
        }
        Ok(connection)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sets keepalives and timeouts so that the operating system detects a lost route: it probes idle connections and gives
/// up those over which nothing arrives. Settings in the URL take precedence.
fn set_keepalives(config: &mut Config, patience: Duration) {
    const TWO_HOURS: Duration = Duration::from_secs(2 * 60 * 60);
    if config.get_keepalives_idle() == TWO_HOURS {
        config.keepalives_idle(Duration::from_secs(30));
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(Duration::from_secs(5));
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(3);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(patience);
    }
}

/// Returns a unique name. It is not secret.
fn random_name() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without a name no session is known to be the store's own, so all are treated as shared.
        return String::new();
    }
    bytes.iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"))
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close_idle();
    }
}

impl PooledConnection<'_> {
    /// Returns the connection to the pool.
    pub(crate) fn release(self) {
        let Self { mut connection, permit } = self;
        connection.used_at = Instant::now();
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
