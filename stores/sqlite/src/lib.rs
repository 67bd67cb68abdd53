//! Keeps a fleet in one SQLite file that people can query.
//!
//! ```
//! use fleet_core::Fleet;
//! use fleet_core::store::{Query, SqlValue};
//! use fleet_store_sqlite::SqliteStore;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("fleet.db");
//! let fleet = Fleet::open(SqliteStore::open(&path)?);
//!
//! // People and other programs may query it in SQL while it is open.
//! let online = Query::new("SELECT count(*) AS online FROM devices WHERE product = 1000 AND online");
//! let rows = fleet.query(&online)?;
//! assert_eq!(rows.first().and_then(|row| row.get("online")), Some(&SqlValue::Integer(0)));
//!
//! fleet.backup(folder.path().join("copy.db"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it promises
//! - A commit that was answered is on the disk: it survives a power cut with [`Synchronous::Full`], the default, and
//!   the end of the process with [`Synchronous::Normal`]. A batch of commits is one transaction and costs one fsync, so
//!   merge concurrent commits.
//! - Commits are serializable. A batch that fails with an error was not applied, unless the error is
//!   `store_outcome_unknown`: then the disk failed during the commit, and the rows must be read to find out.
//! - Reads continue during a write. Each read, and each walk over a whole range, sees one moment; a long walk keeps the
//!   write-ahead log from being truncated until it ends.
//! - Several processes may have the file open. One of them writes at a time; the others wait for it, up to
//!   [`Options::busy_timeout`], and then answer `store_unavailable`, which is worth a retry. All must run on one
//!   machine: a write-ahead log does not work over a network file system.
//! - A commit that only checks is a read: like all reads, it does not wait for writers.
//! - Other copies of SQLite in this process behave like other processes, on systems where locks can belong to an open
//!   file description: Linux and Android. On other systems, such a copy may delete the log under this store when it
//!   closes the file; the store detects this before the next commit.
//! - A file that is moved, deleted or replaced while it is open is no longer written to: `store_moved`. This is checked
//!   before each commit and for each new connection.
//! - A store that was opened before a `fork()` is refused after it (`store_forked`). The child may open the file again,
//!   even while the parent has it open.
//! - A file of another program, or of a newer version of this one, is refused and not changed.
//!
//! # What is in the file
//! | table | what | key |
//! |---|---|---|
//! | `device` | each device of a product, one column for each property | product, id |
//! | `registration` | each device's entry in the registry: its product, its claim, its hardware | id |
//! | `tally` | counters of a product, each the sum of a few slots | product, counter, slot |
//! | `event` | the events of each product's log | product, slot, sequence |
//! | `record` | everything else, as JSON in `body`, with its `kind`, `product` and `account` | the encoded key |
//!
//! Views for people show names instead of numbers and moments like `2016-03-08T12:00:00Z`: `devices`, `registry`,
//! `counters` (one row for each counter), `events` and `audit`. `.schema` in the `sqlite3` shell shows them all.
//! ```sql
//! SELECT version, value FROM counters WHERE product = 1000 AND counter = 'version' ORDER BY value DESC;
//! SELECT id, seen_at, outcome_target FROM devices WHERE product = 1000 AND outcome_result = 'failed';
//! SELECT at, actor, command, subject FROM audit WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT at, device, name, data FROM events WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT body ->> 'name' FROM record WHERE kind = 'product';
//! ```
//! Find one device by its key in `device`: `WHERE product = 1000 AND id = x'55ff6d04498b49a1b2c3d4e5'`. Only read: if
//! you change a row by hand and keep its stamp, an open fleet may overwrite the change or not notice it.
//!
//! # Backup
//! [`Fleet::backup`](fleet_core::Fleet::backup) writes a complete copy while the fleet is open; so does `VACUUM INTO
//! 'copy.db'` in the `sqlite3` shell. Any other way of copying is safe only while nobody has the file open, and must
//! include the `-wal` file beside it, if there is one. To restore, put a copy in place while nobody has the file open
//! and no other file is beside it: a `-wal` that is left over belongs to the old file, and SQLite would apply it to the
//! new one.
#![deny(unsafe_code)]

mod backup;
mod batch;
mod error;
mod files;
// Where locks can belong to an open file description, and where SQLite's `fcntl` can be replaced by a Rust function.
#[cfg_attr(
    not(all(
        any(target_os = "linux", target_os = "android"),
        any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
    )),
    path = "locks_of_process.rs"
)]
mod locks;
mod open;
mod options;
mod query;
mod store;
mod table;
mod transaction;

pub use options::{Options, Synchronous};
pub use store::SqliteStore;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
