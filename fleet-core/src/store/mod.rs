//! Where records live: three operations, data only.
//!
//! Every door loads the records it needs, decides with a pure rule, and commits the changes as one piece of data. A
//! commit names the stamps of the rows that the decision was made on; it is applied only if none of them has changed.
//! No closure, lock or connection is held while a rule runs, so anything with atomic conditional writes can be a store.
//!
//! A store of your own implements [`Store`] (three methods) and proves it with [`conformance`].

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
pub use key::{AuditId, DeviceName, Key, Kind, Tally};
pub use memory::MemoryStore;
pub(crate) use opener::Guarded;
pub use opener::Opener;
pub(crate) use plain::plain;
pub use query::{Query, SqlRow, SqlValue};
pub use record::Record;
pub(crate) use record::Stored;
#[cfg(test)]
pub(crate) use transaction::transact;
pub(crate) use transaction::{Stamps, TRIES, Transaction, apply, apply_all, contention, rest, transact_in_turn, wait};
pub(crate) use turnstile::{Tries, Turnstiles};

use std::fmt::Debug;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

/// Where records live. Object safe, blocking, and safe to share between threads.
pub trait Store: Send + Sync + Debug {
    /// Point reads from one consistent moment, in the order asked: an answer for each key, also for one that is asked for
    /// twice. A counter that was never added to reads as absent. At most some 30,000 keys, as many as a host hands to
    /// `connect_many`.
    ///
    /// # Errors
    /// Where the store cannot answer.
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError>;

    /// The rows of a key range in key order, or reversed, at most `range.limit` of them, from one consistent moment. A
    /// limit of 0 has no rows; a range whose first key is beyond its last one is empty.
    ///
    /// # Errors
    /// Where the store cannot answer.
    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError>;

    /// Applies commits in their order, each whole or not at all, serializable and independent of the others: one that
    /// conflicts does not stop the next. Durable, as far as the store promises it, when this returns. An engine that says
    /// that others came between is to be asked again in here; a conflict is that a check does not hold. A commit has at
    /// most some 16,400 checks and as many writes, unless [`Fleet::with_largest_commit`](crate::Fleet::with_largest_commit)
    /// bounds them.
    ///
    /// # Errors
    /// Where the store cannot say that it applied them. Nothing was applied, unless [`StoreError::is_unknown`]: then the
    /// core finds out, for which it may commit the same again, stamps and all, and read.
    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError>;

    /// Shows each row of a range to `visit`, in whatever order suits the store; `range.limit` and `range.reverse` do
    /// not count. `visit` must not call the store, which may hold a lock meanwhile. The default reads pages by [`scan`](Store::scan), each from a moment of its own; a store that can
    /// shows all from one moment.
    ///
    /// # Errors
    /// Where the store cannot answer.
    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        const PAGE: usize = 1024;
        let mut page = Range { limit: PAGE, reverse: false, ..range.clone() };
        loop {
            let rows = self.scan(&page)?;
            for row in &rows {
                visit(&row.key, &row.record);
            }
            match rows.into_iter().next_back() {
                // A store that answers the same page for ever is wrong; going round with it helps nobody.
                Some(last) if !page.contains(&last.key) => {
                    return Err(StoreError::new(
                        StoreErrorKind::Other,
                        "a scan went beyond the range that it was given",
                    ));
                }
                Some(last) => page.first = Bound::Excluded(last.key),
                None => return Ok(()),
            }
        }
    }

    /// Shows every row there is to `visit`, in whatever order suits the store, until that fails: what it takes to move to
    /// another store, for which see [`copy`]. All from one moment. `visit` must not call this store.
    ///
    /// # Errors
    /// `store_unsupported` from a store that has no such walk, as by default; where the store cannot answer; those of
    /// `visit`.
    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let _ = visit;
        Err(StoreError::new(StoreErrorKind::Unsupported, "this store cannot show all of its rows"))
    }

    /// Writes a copy of the whole store, as it is at one moment, to a new file. Others read and commit meanwhile.
    ///
    /// # Errors
    /// `store_not_empty` where the file is there already, `store_unsupported` from a store that is no file, as by default.
    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let _ = to;
        Err(StoreError::new(
            StoreErrorKind::Unsupported,
            "this store is no file that could be copied; back up the engine behind it by its own means",
        ))
    }

    /// Runs one statement of SQL that only reads, on one moment of the store. Others read and commit meanwhile.
    ///
    /// # Errors
    /// [`StoreErrorKind::Query`] for a statement that does not only read, is not SQL, takes too long or answers too much;
    /// `store_unsupported` from a store without SQL, as by default.
    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        let _ = query;
        Err(StoreError::new(
            StoreErrorKind::Unsupported,
            "this store has no SQL; query the engine behind it by its own means",
        ))
    }

    /// Whether calls of many threads are merged in here, as [`GroupCommit`] does. A fleet on top then takes devices that
    /// connect at the same time together, by one read and one commit, and each thread waits once. By default: no.
    fn merges(&self) -> bool {
        false
    }
}

/// A record, its key, and the stamp of the write that put it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it is.
    pub key: Key,
    /// What it says.
    pub record: Record,
    /// Which write put it there.
    pub stamp: Stamp,
}

/// Names one write of one row. Chosen at random by the core, so that a row that was deleted and made again never looks
/// unchanged. Rows of counters have the stamp 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp(pub u64);

/// What is to be changed, and what must still be so for it to be changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commit {
    /// What must still be so.
    pub checks: Vec<Check>,
    /// What to change. No key twice, but for counters.
    pub writes: Vec<Write>,
}

/// A row that must be as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Which row. Never a counter.
    pub key: Key,
    /// The stamp it must have; none: it must be absent.
    pub stamp: Option<Stamp>,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Puts a record, in place of what was there.
    Put {
        /// Where.
        key: Key,
        /// What.
        record: Record,
        /// The name of this write.
        stamp: Stamp,
    },
    /// Takes a record away; nothing happens where there is none.
    Delete {
        /// Which.
        key: Key,
    },
    /// Adds to a counter, which starts at 0 and stops at the ends of `i64`. Additions commute: they never conflict. One that
    /// [ends at zero](Key::ends_at_zero) should go away when it comes to 0; it reads as absent then.
    Add {
        /// Which counter.
        key: Key,
        /// How much.
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

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    /// It was applied, whole.
    Applied,
    /// One of its checks did not hold: nothing of it was applied.
    Conflict,
}

/// A range of keys of one [`Kind`] in one partition. Both ends must be of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// Where it begins.
    pub first: Bound<Key>,
    /// Where it ends.
    pub last: Bound<Key>,
    /// How many rows at most.
    pub limit: usize,
    /// From the last key to the first.
    pub reverse: bool,
}

impl Range {
    /// All keys from `first` to `last`, both included.
    pub fn new(first: Key, last: Key) -> Self {
        Self { first: Bound::Included(first), last: Bound::Included(last), limit: usize::MAX, reverse: false }
    }

    /// At most so many rows.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// From the last key to the first.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { reverse: true, ..self }
    }

    /// Only what comes after `key` in the direction of reading.
    #[must_use]
    pub fn after(self, key: Key) -> Self {
        if self.reverse {
            Self { last: Bound::Excluded(key), ..self }
        } else {
            Self { first: Bound::Excluded(key), ..self }
        }
    }

    /// Whether no key can be in the range; ordered maps panic when asked for some of these.
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
