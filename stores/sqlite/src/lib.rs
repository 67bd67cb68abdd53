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
//! // People may ask it in SQL while it is open, and so may other programs.
//! let online = Query::new("SELECT count(*) AS online FROM devices WHERE product = 1000 AND online");
//! let rows = fleet.query(&online)?;
//! assert_eq!(rows.first().and_then(|row| row.get("online")), Some(&SqlValue::Integer(0)));
//!
//! fleet.backup(folder.path().join("copy.db"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it promises
//! - A commit that was answered is on the disk: it outlives a power cut with [`Synchronous::Full`], the default, and
//!   the end of the process with [`Synchronous::Normal`]. A batch of commits is one transaction and costs one fsync, so
//!   merge what comes at the same time.
//! - Commits are serializable. A batch that fails with an error was not applied, except where the error says
//!   `store_outcome_unknown`: then the disk failed in the middle, and what is there must be read.
//! - Reading goes on while something is being written. Each read, and each walk over a whole range, sees one moment;
//!   a walk that takes long keeps the write-ahead log from being taken back until it ends.
//! - Several processes may have the file open. One of them writes at a time; the others wait for it, up to
//!   [`Options::busy_timeout`], and then answer `store_unavailable`, which helps to try again. All must run on one
//!   machine: a write-ahead log does not work over a network file system.
//! - A commit that only checks is a read: like all reads, it does not wait for who writes.
//! - Other copies of SQLite in this process are as good as other processes, where locks can belong to an open file
//!   description: on Linux and Android. Elsewhere one that closes the file may delete the log under this store; that is
//!   noticed before the next commit.
//! - A file that is moved, deleted or replaced while it is open is not written to any more: `store_moved`. It is looked for
//!   before each commit and for each new connection.
//! - A store that was opened before a `fork()` is refused after it (`store_forked`). The child may open the file anew, also
//!   while the parent has it open.
//! - A file of another program, or of a newer version of this one, is refused and not touched.
//!
//! # What is in the file
//! | table | what | key |
//! |---|---|---|
//! | `device` | each device of a product, a column for each thing that is known of it | product, id |
//! | `registration` | each device's entry in the registry: its product, its claim, its hardware | id |
//! | `tally` | counters of a product, each in a few slots to be summed | product, counter, slot |
//! | `event` | the events of each product's log | product, slot, sequence |
//! | `record` | everything else, as JSON in `body`, with its `kind`, `product` and `account` | the encoded key |
//!
//! For people there are views, which name what the tables number and write moments as `2016-03-08T12:00:00Z`:
//! `devices`, `registry`, `counters` (one row a counter), `events` and `audit`. `.schema` in the `sqlite3` shell shows them all.
//! ```sql
//! SELECT version, value FROM counters WHERE product = 1000 AND counter = 'version' ORDER BY value DESC;
//! SELECT id, seen_at, outcome_target FROM devices WHERE product = 1000 AND outcome_result = 'failed';
//! SELECT at, actor, command, subject FROM audit WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT at, device, name, data FROM events WHERE product = 1000 ORDER BY at DESC LIMIT 20;
//! SELECT body ->> 'name' FROM record WHERE kind = 'product';
//! ```
//! One device is found by its key in `device`: `WHERE product = 1000 AND id = x'55ff6d04498b49a1b2c3d4e5'`. Only read:
//! a row that is changed by hand under its old stamp may be overwritten, or not noticed, by a fleet that is open.
//!
//! # Backup
//! [`Fleet::backup`](fleet_core::Fleet::backup) makes a whole copy while the fleet is open; so does `VACUUM INTO 'copy.db'` in
//! the `sqlite3` shell. Copying the file by other means is safe only while nobody has it open, and then together with the
//! `-wal` file beside it, if there is one. Restoring is putting a copy in place while nobody has the file open and nothing is
//! beside it: a `-wal` that is left over belongs to the old file, and SQLite would play it into the new one.
#![deny(unsafe_code)]

mod backup;
mod batch;
mod error;
mod files;
// Where locks can belong to an open file description, and where SQLite's `fcntl` can be replaced by a function of Rust's.
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
