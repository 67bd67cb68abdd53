//! Connections, each used by one call at a time, and how a statement is asked over one.
//!
//! A connection is either a session of the store's own, or it leads to a pooler that gives each transaction to whichever
//! session is free. Which of the two is found out when it is made ([`Connection::is_shared`]): the store names itself to
//! the server in the startup packet, and a session in which the server does not know that name was not started for this
//! connection.
//!
//! In a session of its own, statements are prepared once and one statement is a transaction. Behind a pooler nothing
//! outlives a transaction: not what a session is set to, and not a prepared statement, whose name may even be another
//! client's statement in the next session. There each statement goes in a transaction that says all it needs, and by no
//! name. All messages of it are sent at once, so it is one round trip too.

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

/// So many prepared statements are kept on a connection; then all are forgotten. Those a fleet uses most are soon back.
const STATEMENTS: usize = 256;

/// A connection that was not used for so long is asked whether its server still answers before anything is sent over it:
/// a firewall may have forgotten it. Under load connections are not idle for so long, and nothing is asked.
const IDLE: Duration = Duration::from_millis(100);

/// How long the answer to that may take at most. No more than a quarter of the patience.
const PING: Duration = Duration::from_secs(2);

/// What the store calls itself in the startup packet.
const SESSION: &str = "fleet.session";

/// After a failed attempt to connect, so long until the next.
const PAUSE: Duration = Duration::from_millis(50);

/// What a statement takes: a value and its type.
pub(crate) type Parameter<'p> = (&'p (dyn ToSql + Sync), Type);

/// Where in a transaction a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// It is a transaction by itself.
    Nothing,
    /// It begins one.
    First,
    /// It is in the middle of one.
    Middle,
    /// It ends one.
    Last,
}

/// A connection, and what is prepared on it.
pub(crate) struct Connection {
    pub(crate) client: Client,
    line: Line,
    /// Whether a transaction was begun and not ended.
    pub(crate) in_transaction: bool,
    statements: HashMap<Shape, Statement>,
    answers_within: Duration,
    /// When the caller at hand has waited long enough.
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
    /// Asks for what else there is to set.
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

    /// What a session of the store's own is set to.
    fn set_up(&self) -> String {
        let mut sql = "SET default_transaction_isolation = 'serializable'; ".to_owned();
        for setting in &self.settings {
            let _ = write!(sql, "SET {setting}; ");
        }
        sql + &self.and.replace("$local", "false")
    }

    /// Begins a transaction in a session of which nothing is known.
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
        let left = self.until.map_or(self.answers_within, |until| until.saturating_duration_since(Instant::now()));
        Ok(self.line.wait(left.min(self.answers_within), answer)??)
    }

    /// Has whoever uses it wait for each answer as long as a statement may take, however many there are.
    pub(crate) fn wait_for_each(&mut self) {
        self.until = None;
    }

    /// Has whoever uses it wait very long for an answer, as making a schema may take.
    pub(crate) fn take_time(&mut self) {
        (self.until, self.answers_within) = (None, Duration::from_secs(600));
    }

    /// Whether it leads to a pooler, which gives each transaction to another session.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// The schema that the tables are in.
    pub(crate) fn schema(&self) -> &str {
        &self.session.schema
    }

    /// Begins a transaction.
    pub(crate) fn begin(&mut self) -> Result<(), Problem> {
        self.in_transaction = true;
        self.wait(self.client.batch_execute(&self.beginning("SERIALIZABLE")))
    }

    /// Begins a transaction that only reads, sees one moment and may last.
    pub(crate) fn begin_walk(&mut self) -> Result<(), Problem> {
        self.in_transaction = true;
        // A snapshot will do where nothing is committed on what is seen, and keeps nobody from committing however long
        // it lasts.
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

    /// Asks a statement, whose text is made from the schema where it is not prepared yet. All that goes with it is sent at
    /// once.
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
                        // Where the statement failed, what ended was a transaction that had failed.
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

    /// Whether its server or the way to it is known to be gone.
    fn is_closed(&self) -> bool {
        self.line.listen();
        self.client.is_closed()
    }

    /// Whether its server answers, asked if it was idle for long.
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

    /// A statement, prepared the first time, in a session of the store's own.
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
    /// None: not known yet.
    dialect: Option<Dialect>,
    session: Arc<Session>,
    /// What a session is called that is the store's own: nobody else's is.
    name: String,
    /// Whether who takes connections refuses one that says what its session is called, as poolers do.
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
    pub(crate) fn new(mut config: Config, trust: &Trust, mut options: Options) -> Result<Self, StoreError> {
        if let Some(timeout) = config.get_connect_timeout() {
            options.connect_timeout = *timeout;
        }
        config.connect_timeout(options.connect_timeout);
        watch_over(&mut config, options.patience);
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

    /// Which engine it is, once that is known.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// From now on, connections are set up for this engine.
    pub(crate) fn speak(&mut self, dialect: Dialect) {
        self.dialect = Some(dialect);
        self.session = Arc::new(Session::new(&self.options, self.dialect));
    }

    /// Whether connections lead to a pooler, as far as is known.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared.load(Ordering::Relaxed)
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

    /// Gives up the connections that nobody uses without a word: one of their age was silent, so the way to the server may
    /// be gone for all of them, and each would have to be waited for.
    pub(crate) fn distrust_idle(&self) {
        let idle = {
            let mut state = self.state();
            state.open -= state.idle.len();
            std::mem::take(&mut state.idle)
        };
        drop(idle);
        self.freed.notify_all();
    }

    /// The moment until which a call that begins now goes on trying, and the one at which its caller has an answer.
    pub(crate) fn patience(&self) -> (Instant, Instant) {
        let (now, patience) = (Instant::now(), self.options.patience);
        // What is sent at the very end would be given up before it can be answered.
        (now + patience - patience / 10, now + patience.max(self.options.answers_within()))
    }

    /// A connection of one's own: an idle one, a new one, or the next one that is given back. Its answers are waited for
    /// until the second moment.
    pub(crate) fn lend(&self, until: Instant, answered: Instant) -> Result<Lent<'_>, Problem> {
        let mut state = self.state();
        loop {
            match state.idle.pop() {
                Some(mut connection) => {
                    drop(state);
                    let permit = Permit(self);
                    if connection.answers(PING.min(self.options.patience / 4)) {
                        connection.until = Some(answered);
                        return Ok(Lent { connection, permit });
                    }
                    let was_silent = !connection.is_closed();
                    drop(connection);
                    drop(permit);
                    if was_silent {
                        self.distrust_idle();
                    }
                    state = self.state();
                }
                None if state.open < self.options.connections => {
                    state.open += 1;
                    drop(state);
                    let permit = Permit(self);
                    let mut connection = self.connect(until)?;
                    connection.until = Some(answered);
                    return Ok(Lent { connection, permit });
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
        let mut heard = None;
        loop {
            match self.connect_once(until) {
                Err(problem) if problem.verdict() == Verdict::Elsewhere && Instant::now() + PAUSE < until => {
                    if !matches!(problem, Problem::Silent) {
                        heard = Some(problem);
                    }
                    std::thread::sleep(PAUSE);
                }
                // The last attempt had little time left. An earlier one says more.
                Err(Problem::Silent) => return Err(heard.unwrap_or(Problem::Silent)),
                connected => return connected,
            }
        }
    }

    fn connect_once(&self, until: Instant) -> Result<Connection, Problem> {
        let is_named = !self.refuses_names.load(Ordering::Relaxed);
        match self.reach(until, is_named) {
            Err(Problem::Server(error)) if is_named && is_refused_at_startup(&error) => {
                self.refuses_names.store(true, Ordering::Relaxed);
                self.reach(until, false)
            }
            reached => reached,
        }
    }

    /// Connects, and says in the startup packet what the session is called, or not.
    fn reach(&self, until: Instant, is_named: bool) -> Result<Connection, Problem> {
        let mut config = self.config.clone();
        if is_named {
            let theirs = config.get_options().map(|options| format!("{options} ")).unwrap_or_default();
            config.options(format!("{theirs}-c {SESSION}={}", self.name));
        }
        // Each of the hosts has its time, to take the connection and to let the user in.
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

/// Has the operating system notice that the way to a server is gone: it asks after an idle connection, and gives up one
/// over which nothing arrives. What the URL says about it holds.
fn watch_over(config: &mut Config, patience: Duration) {
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

/// A name that nobody else has. It is no secret.
fn random_name() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Then no name is known to be the store's own, and all sessions are taken for others'.
        return String::new();
    }
    bytes.iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"))
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.forget_idle();
    }
}

impl Lent<'_> {
    /// Lets others use the connection.
    pub(crate) fn give_back(self) {
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
