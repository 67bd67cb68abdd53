//! Opens a database: checks that the schema belongs to this store, and brings it up to date.

use crate::error::{Problem, Verdict};
use crate::pool::{Connection, Pool};
use crate::{Dialect, Options, url};
use fleet_core::store::{StoreError, StoreErrorKind};
use std::time::Instant;
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres::types::Type;

/// The migrations, from an empty schema on. The version of a schema is the number of migrations that it has run.
/// Released migrations never change.
pub(crate) const MIGRATIONS: [&str; 4] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// Number of attempts while others create the schema at the same time.
const TRIES: u32 = 16;

/// Returns connections to a database whose schema is up to date, and the database's name for messages.
pub(crate) fn open(target: &str, options: Options) -> Result<(Pool, String), StoreError> {
    let url::Target { config, trust } = url::read(target)?;
    if !is_plain(&options.schema) {
        let problem = format!("a schema cannot be named `{}`; choose letters, digits and _", options.schema);
        return Err(StoreError::new(StoreErrorKind::Other, problem));
    }
    let name = describe(&config, &options.schema);
    let (chosen, schema) = (options.dialect, options.schema.clone());
    let mut pool = Pool::new(config, &trust, options)?;
    let dialect = prepare(&pool, &name, chosen, &schema)?;
    pool.set_dialect(dialect);
    pool.close_idle();
    Ok((pool, name))
}

/// Creates the schema or brings it up to date.
fn prepare(pool: &Pool, name: &str, chosen: Option<Dialect>, schema: &str) -> Result<Dialect, StoreError> {
    let (until, answered) = pool.patience();
    let (mut tries, mut heard) = (0, None);
    loop {
        match attempt(pool, chosen, schema, until, answered) {
            Ok(Found::Ready(dialect)) => return Ok(dialect),
            Ok(Found::Foreign) => {
                let problem = format!("{name} belongs to another program; choose another schema");
                return Err(StoreError::new(StoreErrorKind::NotOurs, problem));
            }
            Ok(Found::Newer(version)) => {
                let known = MIGRATIONS.len();
                let problem =
                    format!("{name} has schema {version}, and this program supports up to {known}; update the program");
                return Err(StoreError::new(StoreErrorKind::NewerSchema, problem));
            }
            // Two processes that create one schema can see each other's partial work.
            Err(problem) if tries < TRIES && problem.verdict() != Verdict::Failed && Instant::now() < until => {
                tries += 1;
                if !matches!(problem, Problem::TimedOut) {
                    heard = Some(problem);
                }
            }
            // The last attempt had little time left. The error of an earlier one is more useful.
            Err(Problem::TimedOut) => return Err(heard.unwrap_or(Problem::TimedOut).explain(name)),
            Err(problem) => return Err(problem.explain(name)),
        }
    }
}

enum Found {
    Ready(Dialect),
    Foreign,
    Newer(usize),
}

fn attempt(
    pool: &Pool,
    chosen: Option<Dialect>,
    schema: &str,
    until: Instant,
    answered: Instant,
) -> Result<Found, Problem> {
    let mut lent = pool.acquire(until, answered)?;
    let found = look(&mut lent.connection, chosen, schema)?;
    lent.release();
    Ok(found)
}

fn look(connection: &mut Connection, chosen: Option<Dialect>, schema: &str) -> Result<Found, Problem> {
    let dialect = match chosen {
        Some(dialect) => dialect,
        None => {
            let row = connection.wait(connection.client.query_typed_one("SELECT version()", &[]))?;
            Dialect::of(row.try_get(0)?)
        }
    };
    let version = match version(connection, schema)? {
        None => return Ok(Found::Foreign),
        Some(version) if version > MIGRATIONS.len() => return Ok(Found::Newer(version)),
        Some(version) => version,
    };
    if version < MIGRATIONS.len() {
        return migrate(connection, dialect, schema);
    }
    Ok(Found::Ready(dialect))
}

/// Returns the version of the store's schema, or 0 if there is none yet. `None` means that the schema is not the
/// store's.
fn version(connection: &Connection, schema: &str) -> Result<Option<usize>, Problem> {
    let sql = "SELECT count(*), coalesce(bool_or(c.relname = 'fleet_store'), false)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1::text";
    let row = connection.wait(connection.client.query_typed_one(sql, &[(&schema, Type::TEXT)]))?;
    let (things, ours): (i64, bool) = (row.try_get(0)?, row.try_get(1)?);
    if !ours {
        return Ok((things == 0).then_some(0));
    }
    let version = format!("SELECT version FROM \"{schema}\".fleet_store");
    let row = connection.wait(connection.client.query_typed_opt(&version, &[]))?;
    let version: Option<i32> = row.map(|row| row.try_get(0)).transpose()?;
    Ok(version.and_then(|version| usize::try_from(version).ok()))
}

/// Brings the schema up to date in one transaction, while other processes that want to do so wait.
fn migrate(connection: &mut Connection, dialect: Dialect, schema: &str) -> Result<Found, Problem> {
    connection.wait_long();
    let connection = &*connection;
    let run = |sql: &str| connection.wait(connection.client.batch_execute(sql));
    // Changes of others in the meantime must be visible.
    run("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0")?;
    run(&format!("SET LOCAL search_path = \"{schema}\""))?;
    if let Some(lock) = dialect.lock(schema) {
        run(&lock)?;
    }
    let there = "SELECT FROM pg_namespace WHERE nspname = $1::text";
    if connection.wait(connection.client.query_typed_opt(there, &[(&schema, Type::TEXT)]))?.is_none() {
        run(&format!("CREATE SCHEMA \"{schema}\""))?;
    }
    let found = match version(connection, schema)? {
        None => Found::Foreign,
        Some(version) if version > MIGRATIONS.len() => Found::Newer(version),
        Some(version) => {
            for (migration, version) in MIGRATIONS.iter().zip(1..).skip(version) {
                run(&dialect.migration(migration))?;
                run(&format!("DELETE FROM fleet_store; INSERT INTO fleet_store VALUES ({version})"))?;
            }
            Found::Ready(dialect)
        }
    };
    run("COMMIT")?;
    Ok(found)
}

/// Whether a name needs no quoting in SQL.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.len() <= 63 && name.bytes().all(plain)
}

/// Names the database in messages, without user and password.
fn describe(config: &Config, schema: &str) -> String {
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        })
        .collect();
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("`{database}` on {} (schema `{schema}`)", hosts.join(", "))
}
