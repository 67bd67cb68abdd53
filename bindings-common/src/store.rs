//! A store that is written in another language, over rows of bytes and JSON.

use crate::plain::count;
use fleet_core::store::conformance::{self, Violation};
use fleet_core::store::{
    Check, Commit, CommitOutcome, Key, Range, Record, Row, Stamp, Store, StoreError, StoreErrorKind, Write,
};
use std::cell::Cell;
use std::fmt::Debug;
use std::ops::Bound;

/// Three operations over rows of bytes and JSON: what a host implements to keep a fleet in an engine of its own. The
/// suite of `fleet_core::store::conformance` holds it to the laws of [`Store`], and the guide `docs/STORES.md` says how
/// large calls become.
pub trait RowStore: Send + Sync + Debug {
    /// The rows of these keys, in the order asked, from one moment.
    ///
    /// # Errors
    /// Where the store cannot answer.
    fn get(&self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<StoredRow>>, RowStoreError>;

    /// The rows of a range in order of their keys' bytes, or reversed.
    ///
    /// # Errors
    /// Where the store cannot answer.
    fn scan(&self, range: KeyRange) -> Result<Vec<StoredRow>, RowStoreError>;

    /// Applies commits in their order, each whole or not at all; says of each whether it was applied. One whose checks
    /// do not hold is not, and does not stop the next.
    ///
    /// # Errors
    /// Where the store cannot say that it applied them. Whatever it fails with, it is taken to be unknown whether they
    /// were applied, and the core finds out; only [`RowStoreTrouble::Refused`] says that nothing was.
    fn commit(&self, batch: Vec<RowCommit>) -> Result<Vec<bool>, RowStoreError>;
}

/// A row as bytes and text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct StoredRow {
    /// Its key: unique, and ordered as bytes are.
    pub key: Vec<u8>,
    /// What it says, as JSON; of a counter, its number.
    pub record: String,
    /// Names the write that put it there; any 64 bits. Of a counter, 0.
    pub stamp: i64,
}

/// A range of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct KeyRange {
    /// Where it begins.
    pub first: Vec<u8>,
    /// Whether `first` is in it.
    pub first_included: bool,
    /// Where it ends.
    pub last: Vec<u8>,
    /// Whether `last` is in it.
    pub last_included: bool,
    /// How many rows at most.
    pub limit: i64,
    /// From the last key to the first.
    pub reverse: bool,
}

/// What is to be changed, and what must still be so for it to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct RowCommit {
    /// What must still be so.
    pub checks: Vec<RowCheck>,
    /// What to change.
    pub writes: Vec<RowWrite>,
}

/// A row that must be as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct RowCheck {
    /// Which row.
    pub key: Vec<u8>,
    /// The stamp it must have; none: it must be absent.
    pub stamp: Option<i64>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
pub enum RowWrite {
    /// Puts a row, in place of what was there.
    Put {
        /// The row.
        row: StoredRow,
    },
    /// Takes a row away; nothing happens where there is none.
    Delete {
        /// Which.
        key: Vec<u8>,
    },
    /// Adds to a counter, which starts at 0 and stops at the ends of a signed 64-bit integer.
    Add {
        /// Which counter.
        key: Vec<u8>,
        /// How much.
        delta: i64,
    },
}

/// Why a store of a host's could not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStoreTrouble {
    /// It is busy or cannot be reached. Trying again helps.
    Unavailable,
    /// It refuses the call, and nothing of it was applied nor will be. Trying again helps.
    Refused,
    /// It failed in the middle of a commit: whether it was applied must be found out.
    Unknown,
    /// Anything else.
    Other,
}

/// The same with a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowStoreError {
    /// Which trouble.
    pub trouble: RowStoreTrouble,
    /// What to tell a person.
    pub message: String,
}

impl RowStoreError {
    /// The same as the failure of a commit. A connection that was reset may have been reset after the engine applied what
    /// it carried, and a bug may be behind that: only who says so is known to have applied nothing.
    fn of_a_commit(self) -> Self {
        let trouble = if self.trouble == RowStoreTrouble::Refused { self.trouble } else { RowStoreTrouble::Unknown };
        Self { trouble, ..self }
    }
}

impl From<RowStoreError> for StoreError {
    fn from(error: RowStoreError) -> Self {
        let kind = match error.trouble {
            RowStoreTrouble::Unavailable | RowStoreTrouble::Refused => StoreErrorKind::Unavailable,
            RowStoreTrouble::Unknown => StoreErrorKind::Unknown,
            RowStoreTrouble::Other => StoreErrorKind::Other,
        };
        Self::new(kind, error.message)
    }
}

/// A store of a host's, as the core uses it: the core's own codec stands between.
#[derive(Clone, Debug)]
pub struct HostStore<S>(pub S);

impl<S: RowStore> Store for HostStore<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let rows = self.0.get(keys.iter().map(Key::encode).collect())?;
        if rows.len() != keys.len() {
            return Err(wrong(format!("get answered {} rows for {} keys", rows.len(), keys.len())));
        }
        rows.into_iter().map(|row| row.map(read).transpose()).collect()
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        let (first, first_included) = end(&range.first, 0);
        let (last, last_included) = end(&range.last, u8::MAX);
        let limit = count(range.limit as u64);
        let range = KeyRange { first, first_included, last, last_included, limit, reverse: range.reverse };
        self.0.scan(range)?.into_iter().map(read).collect()
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        let written = batch.iter().map(write).collect::<Result<Vec<_>, _>>()?;
        let applied = self.0.commit(written).map_err(RowStoreError::of_a_commit)?;
        if applied.len() != batch.len() {
            let what = format!("commit answered {} outcomes for {} commits", applied.len(), batch.len());
            return Err(StoreError::new(StoreErrorKind::Unknown, what));
        }
        let outcome = |applied| if applied { CommitOutcome::Applied } else { CommitOutcome::Conflict };
        Ok(applied.into_iter().map(outcome).collect())
    }

    /// By pages of a scan over all keys, each from a moment of its own: whoever moves a fleet stops its processes first.
    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let (last, last_included) = (vec![u8::MAX], false);
        let mut page =
            KeyRange { first: Vec::new(), first_included: true, last, last_included, limit: PAGE, reverse: false };
        loop {
            let rows = self.0.scan(page.clone())?;
            let Some(end) = rows.last().map(|row| row.key.clone()) else { return Ok(()) };
            if end < page.first || end == page.first && !page.first_included {
                return Err(wrong("a scan went back behind the range that it was given".to_owned()));
            }
            (page.first, page.first_included) = (end, false);
            rows.into_iter().try_for_each(|row| visit(read(row)?))?;
        }
    }
}

/// How many rows a page of a walk has.
const PAGE: i64 = 1024;

/// The end of a range; `beyond` is what every key is on one side of.
fn end(bound: &Bound<Key>, beyond: u8) -> (Vec<u8>, bool) {
    match bound {
        Bound::Included(key) => (key.encode(), true),
        Bound::Excluded(key) => (key.encode(), false),
        Bound::Unbounded => (vec![beyond], false),
    }
}

fn read(row: StoredRow) -> Result<Row, StoreError> {
    let key = Key::decode(&row.key).ok_or_else(|| wrong("a row's key is none of the core's".to_owned()))?;
    let record = Record::from_json(key.kind(), &row.record).map_err(|error| {
        StoreError::new(StoreErrorKind::Corrupt, format!("a row can't be read: {error}")).with_source(error)
    })?;
    Ok(Row { key, record, stamp: Stamp(row.stamp.cast_unsigned()) })
}

fn write(commit: &Commit) -> Result<RowCommit, StoreError> {
    let check =
        |check: &Check| RowCheck { key: check.key.encode(), stamp: check.stamp.map(|stamp| stamp.0.cast_signed()) };
    let write = |write: &Write| {
        Ok(match write {
            Write::Put { key, record, stamp } => RowWrite::Put {
                row: StoredRow {
                    key: key.encode(),
                    record: record.to_json().map_err(|error| wrong(error.to_string()))?,
                    stamp: stamp.0.cast_signed(),
                },
            },
            Write::Delete { key } => RowWrite::Delete { key: key.encode() },
            Write::Add { key, delta } => RowWrite::Add { key: key.encode(), delta: *delta },
        })
    };
    Ok(RowCommit {
        checks: commit.checks.iter().map(check).collect(),
        writes: commit.writes.iter().map(write).collect::<Result<_, StoreError>>()?,
    })
}

fn wrong(what: String) -> StoreError {
    StoreError::new(StoreErrorKind::Other, what)
}

/// Holds the stores of a host to every law, and answers which they broke. `open` makes an empty store; handed a mark of a
/// store that is not used any more, it opens what that one kept once more. It answers the new store's mark too. Only where
/// the host `reopens` stores is it handed one.
pub fn broken_laws<M, S: Store>(open: impl Fn(Option<M>) -> (Option<M>, S), reopens: bool) -> Vec<Violation> {
    let mut broken = conformance::check(|| open(None).1).err().unwrap_or_default();
    if reopens {
        let again = |place: &Cell<Option<M>>| {
            let (mark, store) = open(place.take());
            place.set(mark);
            store
        };
        broken.extend(conformance::check_reopen(Cell::default, again).err().unwrap_or_default());
    }
    broken
}
