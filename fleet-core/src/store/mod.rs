//! The store: where records are kept, behind three operations that carry only data.
//!
//! Every door loads the records it needs, decides with a pure rule, and commits the changes as one piece of data. A
//! commit names the stamps of the rows that the decision was based on; it is applied only if none of them has changed.
//! No closure, lock or connection is held while a rule runs, so anything with atomic conditional writes can be a store.
//!
//! To use a store of your own, implement [`Store`] (three methods) and test it with [`conformance`].

pub mod conformance;

mod copy;
mod counted;
mod decoded;
mod error;
mod faulty;
mod group_commit;
pub(crate) mod journaled;
mod key;
mod memory;
mod merge;
mod opener;
mod plain;
mod query;
mod record;
mod records;
mod transaction;
mod turnstile;

pub use copy::copy;
pub use counted::{Counted, Counts};
pub use decoded::Decoded;
pub use error::{StoreError, StoreErrorKind};
pub use faulty::{Fault, Faulty};
pub use group_commit::GroupCommit;
pub(crate) use group_commit::{Call, Merger};
pub use journaled::{JournalOptions, Journaled};
pub use key::{AuditId, DeviceName, Tally};
pub use memory::MemoryStore;
pub(crate) use opener::Guarded;
pub use opener::Opener;
pub(crate) use plain::plain;
pub use query::{Query, SqlRow, SqlValue};
pub(crate) use record::Stored;
pub use record::{JournalBytes, Present};
pub use records::{Key, Kind, Record};
#[cfg(test)]
pub(crate) use transaction::transact;
pub(crate) use transaction::{Stamps, TRIES, Transaction, apply, apply_all, contention, rest, transact_in_turn, wait};
pub(crate) use turnstile::{Tries, Turnstiles};

use std::fmt::Debug;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

/// Keeps records. Object safe, blocking, and safe to share between threads.
pub trait Store: Send + Sync + Debug {
    /// Reads rows by key, from one consistent moment, in the order of `keys`: one answer for each key, also for a key
    /// that is asked for twice. A counter that was never added to reads as absent. A call has at most about 30,000
    /// keys, as many as a host passes to `connect_many`.
    ///
    /// # Errors
    /// Fails if the store cannot answer.
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError>;

    /// Returns the rows of a key range in key order, or reversed, at most `range.limit` of them, from one consistent
    /// moment. A limit of 0 returns no rows; a range whose first key is beyond its last one is empty.
    ///
    /// # Errors
    /// Fails if the store cannot answer.
    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError>;

    /// Applies commits in order, each entirely or not at all. Commits are serializable and independent: one that
    /// conflicts does not stop the next. When this returns, they are as durable as the store promises. If the engine
    /// reports a serialization failure, retry in here; a conflict means only that a check does not hold. A commit has
    /// at most about 16,400 checks and as many writes, unless
    /// [`FleetBuilder::largest_commit`](crate::FleetBuilder::largest_commit) sets a lower bound.
    ///
    /// # Errors
    /// Fails if the store cannot confirm that it applied them. Nothing was applied, unless [`StoreError::is_unknown`]:
    /// then the core resolves the outcome. To do so it may read, and may send the same commit again with the same
    /// stamps.
    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError>;

    /// Passes each row of a range to `visit`, in any order; `range.limit` and `range.reverse` are ignored. `visit` must
    /// not call the store, which may hold a lock meanwhile. The default reads pages by [`scan`](Store::scan), each from
    /// its own moment; override it if the store can show all rows from one moment.
    ///
    /// # Errors
    /// Fails if the store cannot answer.
    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        const PAGE: usize = 1024;
        let mut page = Range { limit: PAGE, reverse: false, ..range.clone() };
        loop {
            let rows = self.scan(&page)?;
            for row in &rows {
                visit(&row.key, &row.record);
            }
            match rows.into_iter().next_back() {
                // A store that returns the same page forever is broken; stop instead of looping.
                Some(last) if !page.contains(&last.key) => {
                    return Err(StoreError::new(StoreErrorKind::Other, "a scan returned rows outside its range"));
                }
                Some(last) => page.first = Bound::Excluded(last.key),
                None => return Ok(()),
            }
        }
    }

    /// Passes every row of the store to `visit`, in any order, from one moment, until `visit` fails. [`copy()`] uses it
    /// to move a fleet to another store. `visit` must not call this store.
    ///
    /// # Errors
    /// `store_unsupported` from a store without such a walk (the default); an error of the store if it cannot answer;
    /// any error of `visit`.
    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let _ = visit;
        Err(StoreError::new(StoreErrorKind::Unsupported, "this store cannot show all of its rows"))
    }

    /// Writes a copy of the whole store, as of one moment, to a new file. Others can read and commit meanwhile.
    ///
    /// # Errors
    /// `store_not_empty` if the file exists already; `store_unsupported` from a store that is not a file (the default).
    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let _ = to;
        Err(StoreError::new(
            StoreErrorKind::Unsupported,
            "this store is not a file; back up its engine with the engine's own tools",
        ))
    }

    /// Runs one read-only SQL statement on one moment of the store. Others can read and commit meanwhile.
    ///
    /// # Errors
    /// [`StoreErrorKind::Query`] for a statement that is not SQL, does more than read, takes too long or returns too
    /// much; `store_unsupported` from a store without SQL (the default).
    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        let _ = query;
        Err(StoreError::new(
            StoreErrorKind::Unsupported,
            "this store has no SQL; query its engine with the engine's own tools",
        ))
    }

    /// Whether this store merges the calls of many threads, as [`GroupCommit`] does. If it does, a fleet handles
    /// devices that connect at the same time together, with one read and one commit, and each thread waits once. The
    /// default is no.
    fn merges(&self) -> bool {
        false
    }
}

/// A record with its key and the stamp of the write that put it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The key of the record.
    pub key: Key,
    /// The record.
    pub record: Record,
    /// The stamp of the write that put it there.
    pub stamp: Stamp,
}

/// Identifies one write of one row. The core chooses it at random, so a row that was deleted and created again never
/// looks unchanged. Rows of counters have the stamp 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp(pub u64);

/// Changes to apply together, and the preconditions for applying them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commit {
    /// Preconditions: rows that must be unchanged.
    pub checks: Vec<Check>,
    /// Changes. A key occurs at most once, except keys of counters.
    pub writes: Vec<Write>,
}

/// A precondition: a row must still be as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Key of the row. Never a counter.
    pub key: Key,
    /// Stamp that the row must have. `None` means that the row must be absent.
    pub stamp: Option<Stamp>,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Puts a record and replaces the one that was there.
    Put {
        /// Key of the record.
        key: Key,
        /// The record.
        record: Record,
        /// Stamp of this write.
        stamp: Stamp,
    },
    /// Deletes a record. Does nothing if there is none.
    Delete {
        /// Key of the record.
        key: Key,
    },
    /// Adds to a counter, which starts at 0 and saturates at the ends of `i64`. Additions commute: they never conflict.
    /// A counter that [ends at zero](Key::ends_at_zero) should be deleted when it reaches 0; it reads as absent then.
    Add {
        /// Key of the counter.
        key: Key,
        /// Amount to add.
        delta: i64,
    },
}

impl Write {
    /// The key that is written.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key } | Self::Add { key, .. } => key,
        }
    }
}

/// Result of one commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    /// The whole commit was applied.
    Applied,
    /// One of its checks did not hold; nothing of it was applied.
    Conflict,
}

/// A range of keys of one [`Kind`] in one partition. Both ends must be of that kind and partition.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Lower end.
    pub first: Bound<Key>,
    /// Upper end.
    pub last: Bound<Key>,
    /// Maximum number of rows.
    pub limit: usize,
    /// Whether rows come from the last key to the first.
    pub reverse: bool,
}

impl Range {
    /// Returns the range of all keys from `first` to `last`, both included.
    pub fn new(first: Key, last: Key) -> Self {
        Self { first: Bound::Included(first), last: Bound::Included(last), limit: usize::MAX, reverse: false }
    }

    /// Limits the number of rows.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// Reverses the order: from the last key to the first.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { reverse: true, ..self }
    }

    /// Keeps only the keys after `key` in the direction of reading.
    #[must_use]
    pub fn after(self, key: Key) -> Self {
        if self.reverse {
            Self { last: Bound::Excluded(key), ..self }
        } else {
            Self { first: Bound::Excluded(key), ..self }
        }
    }

    /// Whether the range can contain no key. Ordered maps panic when asked for some of these ranges.
    pub(crate) fn is_empty(&self) -> bool {
        match (&self.first, &self.last) {
            (Bound::Included(first), Bound::Included(last)) => first > last,
            (Bound::Included(first) | Bound::Excluded(first), Bound::Included(last) | Bound::Excluded(last)) => {
                first >= last
            }
            _ => false,
        }
    }

    /// Whether a key is in the range.
    pub fn contains(&self, key: &Key) -> bool {
        std::ops::RangeBounds::contains(&(self.first.as_ref(), self.last.as_ref()), key)
    }
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        (**self).get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        (**self).scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        (**self).commit(batch)
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        (**self).for_each(range, visit)
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        (**self).for_each_row(visit)
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        (**self).backup(to)
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        (**self).query(query)
    }

    fn merges(&self) -> bool {
        (**self).merges()
    }
}
