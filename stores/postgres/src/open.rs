//! Opening a database: whose its schema is, and that it is the one this program knows.

use crate::error::{Problem, Verdict};
use crate::pool::{Connection, Pool};
use crate::{Dialect, Options, url};
use fleet_core::store::{StoreError, StoreErrorKind};
use std::time::Instant;
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres::types::Type;

/// What leads from each version of the schema to the next, from an empty one on. A schema's version is how many of
/// these it has seen. What was released is never changed.
pub(crate) const MIGRATIONS: [&str; 4] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
];

/// How often to look again where others make the schema at the same time.
const TRIES: u32 = 16;

/// The connections to a database whose schema is up to date.
pub(crate) fn open(target: &str, options: Options) -> Result<(Pool, String), StoreError> {
    let url::Target { config, trust } = url::read(target)?;
    if !is_plain(&options.schema) {
        let problem = format!("a schema cannot be called `{}`; choose letters, digits and _", options.schema);
        return Err(StoreError::new(StoreErrorKind::Other, problem));
    }
    let name = describe(&config, &options.schema);
    let (chosen, schema) = (options.dialect, options.schema.clone());
    let mut pool = Pool::new(config, &trust, options)?;
    let dialect = prepare(&pool, &name, chosen, &schema)?;
    pool.speak(dialect);
    pool.forget_idle();
    Ok((pool, name))
}

/// Makes the schema, or brings it up to date.
fn prepare(pool: &Pool, name: &str, chosen: Option<Dialect>, schema: &str) -> Result<Dialect, StoreError> {
    let (until, answered) = pool.patience();
    let (mut tries, mut heard) = (0, None);
    loop {
        match attempt(pool, chosen, schema, until, answered) {
            Ok(Found::Ready(dialect)) => return Ok(dialect),
            Ok(Found::Foreign) => {
                let problem = format!("{name} is another program's; choose another schema");
                return Err(StoreError::new(StoreErrorKind::NotOurs, problem));
            }
            Ok(Found::Newer(version)) => {
                let known = MIGRATIONS.len();
                let problem =
                    format!("{name} has schema {version}, and this program knows {known} at most; update the program");
                return Err(StoreError::new(StoreErrorKind::NewerSchema, problem));
            }
            // Two that make one schema see each other's half.
            Err(problem) if tries < TRIES && problem.verdict() != Verdict::Failed && Instant::now() < until => {
                tries += 1;
                if !matches!(problem, Problem::Silent) {
                    heard = Some(problem);
                }
            }
            // The last attempt had little time left. An earlier one says more.
            Err(Problem::Silent) => return Err(heard.unwrap_or(Problem::Silent).explain(name)),
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
    let mut lent = pool.lend(until, answered)?;
    let found = look(&mut lent.connection, chosen, schema)?;
    lent.give_back();
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

/// The version of the store's schema, 0 where there is none yet; nothing where the schema is not the store's.
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

/// Brings the schema up to date, in one transaction, while others who want to wait.
fn migrate(connection: &mut Connection, dialect: Dialect, schema: &str) -> Result<Found, Problem> {
    connection.take_time();
    let connection = &*connection;
    let run = |sql: &str| connection.wait(connection.client.batch_execute(sql));
    // What others did meanwhile must be seen.
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

/// Whether a name needs no care in SQL.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.len() <= 63 && name.bytes().all(plain)
}

/// What people are told of the database: no user, no password.
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
