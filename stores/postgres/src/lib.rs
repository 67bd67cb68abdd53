//! Keeps a fleet in PostgreSQL, for several processes on several machines at once.
//!
//! ```no_run
//! use fleet_core::Fleet;
//! use fleet_core::store::GroupCommit;
//! use fleet_store_postgres::PostgresStore;
//!
//! let store = PostgresStore::open("postgresql://fleet:secret@db.example.com/fleet?sslmode=require")?;
//! // Commits of many threads share the cost of a transaction.
//! let fleet = Fleet::open(GroupCommit::new(store).with_reads());
//! # let _ = fleet;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it promises
//! - A commit that was answered is as durable as a transaction of the server: with PostgreSQL's defaults it survives a
//!   power cut, and the loss of the primary if `synchronous_standby_names` is set. The server's setting
//!   `synchronous_commit = off` is overridden.
//! - Commits are serializable, whatever other processes do. A batch is applied in one transaction. It costs one round
//!   trip if its commits are independent, and two otherwise.
//! - If another transaction interferes (SQLSTATE 40001, 40P01, or 23505 for one key), nothing was applied and the call
//!   is retried. It is also retried on another connection if one was lost before anything was sent, or if no server can
//!   be reached yet, until [`Options::patience`] ends. If the connection broke after a commit was sent, the answer is
//!   `store_outcome_unknown`, and the core resolves the outcome.
//! - Each read, and each walk over a range or over all rows, sees one moment. A walk may take any time; until it ends,
//!   the server cannot remove old versions of rows.
//! - A schema of another program, or of a newer version of this one, is refused and not changed.
//!
//! The store may be called from any thread, also from one of an asynchronous runtime, which it blocks during the call.
//!
//! # Connections
//! [`Options`] sets their number and timeouts. The URL is PostgreSQL's own. For a primary with standbys name all
//! servers, `postgresql://fleet@db1,db2/fleet?target_session_attrs=read-write`; the store uses the current primary. The
//! URL may lead to a pooler, also to one in transaction mode; the guide `docs/STORES.md` describes the cost. A fleet
//! that was opened before a `fork()` is refused after it (`store_forked`).
//!
//! TLS is used if the server offers it; `sslmode=require` requires it. The server's certificate is always verified,
//! against the system's roots and [`Options::root_certificate`], or against the roots in `sslrootcert=FILE` (PEM)
//! instead of the system's, and it must name the host. No mode encrypts without verification, so `verify-ca` and
//! `verify-full` mean the same as `require`. `sslcert` and `sslkey` name the files (PEM) of this program's own
//! certificate.
//!
//! A connection string of keywords (`host=db1 dbname=fleet`) is accepted too, as are the drivers that SQLAlchemy adds
//! to the scheme (`postgresql+psycopg2://`). An option that the store does not support is refused by name.
//!
//! # What is in the database
//! Everything is in one schema, `fleet` unless the options name another.
//!
//! | table | what | key |
//! |---|---|---|
//! | `device` | each device of a product, one column for each property | product, id |
//! | `registration` | each device's entry in the registry: its product, its claim, its hardware | id |
//! | `tally` | counters of a product, each the sum of a few slots | product, counter, slot |
//! | `event` | the events of each product's log | product, slot, sequence |
//! | `record` | everything else, as JSON in `body`, with its `kind`, `product` and `account` | the encoded key |
//!
//! Views for people show names instead of numbers and moments as `timestamptz`: `devices`, `registry`, `counters` (one
//! row for each counter), `events` and `audit`. `\d fleet.*` in `psql` shows them all.
//! ```sql
//! SELECT version, value FROM fleet.counters WHERE product = 1000 AND counter = 'version' ORDER BY value DESC;
//! SELECT id, seen_at, outcome_target FROM fleet.devices WHERE product = 1000 AND outcome_result = 'failed';
//! SELECT at, actor, command, subject FROM fleet.audit WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT at, device, name, data FROM fleet.events WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT body ->> 'name' FROM fleet.record WHERE kind = 'product';
//! ```
//! Find one device by its key in `device`: `WHERE product = 1000 AND id = '\x55ff6d04498b49a1b2c3d4e5'`. Only read: if
//! you change a row by hand and keep its stamp, an open fleet may overwrite the change or not notice it. PostgreSQL
//! cannot store NUL in text; the store replaces it by U+FDD0 and a `0`.
//!
//! The only indexes are the primary keys. Add none on columns that change at each connect (`seen_at`, `session`,
//! `version`, `online`): without such an index, an update of a device changes its own page only. A test checks this.
//!
//! # Other engines
//! CockroachDB and YugabyteDB speak the same protocol; see [`Dialect`] for what the store does differently for them.
//! This project's tests do not run them.
//!
//! # Backup
//! `pg_dump` copies one moment while the fleet is open; `pg_basebackup` with an archive of the write-ahead log can be
//! restored to any moment.
#![forbid(unsafe_code)]

mod array;
mod batch;
mod copy;
mod dialect;
mod error;
mod line;
mod open;
mod options;
mod pool;
mod row_lookup;
mod statement;
mod store;
mod table;
mod text;
mod tls;
mod url;

/// Tests the examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/STORES.md")]
struct Guide;

pub use dialect::Dialect;
pub use options::Options;
pub use store::PostgresStore;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
