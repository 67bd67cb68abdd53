//! Keeps a fleet in PostgreSQL, for several processes on several machines at once.
//!
//! ```no_run
//! use fleet_core::Fleet;
//! use fleet_core::store::GroupCommit;
//! use fleet_store_postgres::PostgresStore;
//!
//! let store = PostgresStore::open("postgresql://fleet:secret@db.example.com/fleet?sslmode=require")?;
//! // Where commits come on many threads, they share what a commit costs.
//! let fleet = Fleet::open(GroupCommit::new(store).with_reads());
//! # let _ = fleet;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it promises
//! - A commit that was answered is as durable as the server makes a transaction: with PostgreSQL's defaults it outlives a
//!   power cut, and the loss of the primary where `synchronous_standby_names` is set. A server that is set to
//!   `synchronous_commit = off` is overruled.
//! - Commits are serializable, whatever other processes do. A batch is applied in one transaction and costs one round
//!   trip where its commits do not meet, two where they do.
//! - Where others came between (SQLSTATE 40001, 40P01, or 23505 for one key), nothing was applied and the call begins
//!   again; so it does on another connection where one was lost before anything was sent, or a server is not there yet,
//!   until [`Options::patience`] ends. Where the line broke after a commit was sent, the answer is
//!   `store_outcome_unknown`, and the core finds out.
//! - Each read, and each walk over a range or over all rows, sees one moment. A walk may last as long as it likes; it
//!   keeps the server from taking back old versions of rows until it ends.
//! - A schema of another program, or of a newer version of this one, is refused and not touched.
//!
//! It may be called from any thread, also one of an asynchronous runtime, which it blocks for as long as the call takes.
//!
//! # Connections
//! [`Options`] says how many and how patient. The URL is PostgreSQL's own. Name all servers of a primary with standbys,
//! `postgresql://fleet@db1,db2/fleet?target_session_attrs=read-write`, and whichever is the primary is used. It may
//! lead to a pooler, also to one that gives each transaction to another session; the guide `docs/STORES.md` says what that
//! costs. A fleet that was opened before a `fork()` is refused after it (`store_forked`).
//!
//! TLS is used where the server offers it, and `sslmode=require` insists on it. The server's certificate is always held
//! against the roots that the system trusts and [`Options::root_certificate`], or those of `sslrootcert=FILE` (PEM) instead
//! of the system's, and must name the host: there is no mode that encrypts and does not verify. So `verify-ca` and
//! `verify-full` mean the same as `require`. `sslcert` and `sslkey` name the files (PEM) of this program's own certificate.
//!
//! A connection string of keywords (`host=db1 dbname=fleet`) is taken too, and what SQLAlchemy puts behind the scheme
//! (`postgresql+psycopg2://`). An option that the store does not have is refused by its name.
//!
//! # What is in the database
//! Everything is in one schema, `fleet` unless the options name another.
//!
//! | table | what | key |
//! |---|---|---|
//! | `device` | each device of a product, a column for each thing that is known of it | product, id |
//! | `registration` | each device's entry in the registry: its product, its claim, its hardware | id |
//! | `tally` | counters of a product, each in a few slots to be summed | product, counter, slot |
//! | `event` | the events of each product's log | product, slot, sequence |
//! | `record` | everything else, as JSON in `body`, with its `kind`, `product` and `account` | the encoded key |
//!
//! For people there are views, which name what the tables number and give moments as `timestamptz`: `devices`,
//! `registry`, `counters` (one row a counter), `events` and `audit`. `\d fleet.*` in `psql` shows them all.
//! ```sql
//! SELECT version, value FROM fleet.counters WHERE product = 1000 AND counter = 'version' ORDER BY value DESC;
//! SELECT id, seen_at, outcome_target FROM fleet.devices WHERE product = 1000 AND outcome_result = 'failed';
//! SELECT at, actor, command, subject FROM fleet.audit WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT at, device, name, data FROM fleet.events WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT body ->> 'name' FROM fleet.record WHERE kind = 'product';
//! ```
//! One device is found by its key in `device`: `WHERE product = 1000 AND id = '\x55ff6d04498b49a1b2c3d4e5'`. Only read: a
//! row that is changed by hand under its old stamp may be overwritten, or not noticed, by a fleet that is open. Text in
//! which there is a NUL, which PostgreSQL cannot keep, has U+FDD0 and a `0` in its place.
//!
//! There is no index but the primary keys. Add none on what changes at each connect (`seen_at`, `session`, `version`,
//! `online`): then an update of a device touches its own page only, which the tests hold it to.
//!
//! # Other engines
//! CockroachDB and YugabyteDB speak the same protocol; see [`Dialect`] for what is done for them. They are not run by
//! this project's tests.
//!
//! # Backup
//! `pg_dump` makes a copy of one moment while the fleet is open; `pg_basebackup` and a write-ahead log archive make one
//! that can be wound to any moment.
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
mod question;
mod statement;
mod store;
mod table;
mod text;
mod tls;
mod url;

/// Has the examples of the guide tested.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/STORES.md")]
struct Guide;

pub use dialect::Dialect;
pub use options::Options;
pub use store::PostgresStore;
