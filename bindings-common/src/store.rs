//! A store written in another language, over rows of bytes and JSON.

use crate::plain::count;
use fleet_core::store::conformance::{self, Violation};
use fleet_core::store::{
    Check, Commit, CommitOutcome, Key, Range, Record, Row, Stamp, Store, StoreError, StoreErrorKind, Write,
};
use std::cell::Cell;
use std::fmt::Debug;
use std::ops::Bound;

/// A store over rows of bytes and JSON, with three operations. A host implements it to keep a fleet in its own storage
/// engine. The suite of `fleet_core::store::conformance` checks the laws of [`Store`], and the guide `docs/STORES.md`
/// lists the maximum size of a call.
pub trait RowStore: Send + Sync + Debug {
    /// Returns the rows of these keys, in the requested order, all as of one moment.
    ///
    /// # Errors
    /// If the store cannot answer.
    fn get(&self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<StoredRow>>, RowStoreError>;

    /// Returns the rows of a range, in the byte order of their keys, or reversed.
    ///
    /// # Errors
    /// If the store cannot answer.
    fn scan(&self, range: KeyRange) -> Result<Vec<StoredRow>, RowStoreError>;

    /// Applies commits in order, each completely or not at all. Returns for each whether it was applied. A commit whose
    /// checks fail is not applied, and does not stop the next.
    ///
    /// # Errors
    /// If the store cannot confirm that it applied them. After any failure the core treats the outcome as unknown and
    /// resolves it; only [`RowStoreTrouble::Refused`] means that nothing was applied.
    fn commit(&self, batch: Vec<RowCommit>) -> Result<Vec<bool>, RowStoreError>;
}

/// A row as bytes and text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct StoredRow {
    /// Its key: unique, ordered by bytes.
    pub key: Vec<u8>,
    /// Its content as JSON. For a counter, the number.
    pub record: String,
    /// The version stamp: identifies the write that stored it; any 64 bits. 0 for a counter.
    pub stamp: i64,
}

/// A range of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct KeyRange {
    /// The first key.
    pub first: Vec<u8>,
    /// Whether the range includes `first`.
    pub first_included: bool,
    /// The last key.
    pub last: Vec<u8>,
    /// Whether the range includes `last`.
    pub last_included: bool,
    /// Maximum number of rows.
    pub limit: i64,
    /// Whether to scan from the last key to the first.
    pub reverse: bool,
}

/// Writes, and the preconditions for applying them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct RowCommit {
    /// The preconditions.
    pub checks: Vec<RowCheck>,
    /// The writes.
    pub writes: Vec<RowWrite>,
}

/// A precondition: a row must be unchanged since it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct RowCheck {
    /// The row's key.
    pub key: Vec<u8>,
    /// The expected version stamp. `None` means that the row must be absent.
    pub stamp: Option<i64>,
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
pub enum RowWrite {
    /// Stores a row, replacing the present one.
    Put(StoredRow),
    /// Deletes a row. Does nothing if there is none.
    Delete(RowDeletion),
    /// Adds to a counter, which starts at 0 and saturates at the ends of a signed 64-bit integer.
    Add(RowAddition),
}

/// The deletion of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct RowDeletion {
    /// The row's key.
    pub key: Vec<u8>,
}

/// An addition to a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct RowAddition {
    /// The counter's key.
    pub key: Vec<u8>,
    /// The amount.
    pub delta: i64,
}

/// Why a host's store failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowStoreTrouble {
    /// It is busy or unreachable. A retry may succeed.
    Unavailable,
    /// It refused the call. Nothing was or will be applied. A retry may succeed.
    Refused,
    /// It failed during a commit. The outcome must be resolved.
    Unknown,
    /// Anything else.
    Other,
}

/// The same with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowStoreError {
    /// The kind of trouble.
    pub trouble: RowStoreTrouble,
    /// The message for people.
    pub message: String,
}

impl RowStoreError {
    /// The same for the failure of a commit. A connection may be reset, or a bug may strike, after the engine applied
    /// the commit. Only a store that says so is known to have applied nothing.
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

/// A host's store in the core's form; the core's codec converts the rows.
#[derive(Clone, Debug)]
pub struct HostStore<S>(pub S);

impl<S: RowStore> Store for HostStore<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let rows = self.0.get(keys.iter().map(Key::encode).collect())?;
        if rows.len() != keys.len() {
            return Err(wrong(format!("get returned {} rows for {} keys", rows.len(), keys.len())));
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
            let what = format!("commit returned {} outcomes for {} commits", applied.len(), batch.len());
            return Err(StoreError::new(StoreErrorKind::Unknown, what));
        }
        let outcome = |applied| if applied { CommitOutcome::Applied } else { CommitOutcome::Conflict };
        Ok(applied.into_iter().map(outcome).collect())
    }

    /// Scans all keys page by page, each page as of its own moment. Stop the fleet's processes before you move a fleet.
    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let (last, last_included) = (vec![u8::MAX], false);
        let mut page =
            KeyRange { first: Vec::new(), first_included: true, last, last_included, limit: PAGE, reverse: false };
        loop {
            let rows = self.0.scan(page.clone())?;
            let Some(end) = rows.last().map(|row| row.key.clone()) else { return Ok(()) };
            if end < page.first || end == page.first && !page.first_included {
                return Err(wrong("a scan returned a key outside of the requested range".to_owned()));
            }
            (page.first, page.first_included) = (end, false);
            rows.into_iter().try_for_each(|row| visit(read(row)?))?;
        }
    }
}

/// Number of rows on a page of a walk.
const PAGE: i64 = 1024;

/// The end of a range. For an unbounded end it is `beyond`, a byte that sorts before or after every key.
fn end(bound: &Bound<Key>, beyond: u8) -> (Vec<u8>, bool) {
    match bound {
        Bound::Included(key) => (key.encode(), true),
        Bound::Excluded(key) => (key.encode(), false),
        Bound::Unbounded => (vec![beyond], false),
    }
}

fn read(row: StoredRow) -> Result<Row, StoreError> {
    let key = Key::decode(&row.key).ok_or_else(|| wrong("a row has a key that the core does not know".to_owned()))?;
    let record = Record::from_json(key.kind(), &row.record).map_err(|error| {
        StoreError::new(StoreErrorKind::Corrupt, format!("a row is unreadable: {error}")).with_source(error)
    })?;
    Ok(Row { key, record, stamp: Stamp(row.stamp.cast_unsigned()) })
}

fn write(commit: &Commit) -> Result<RowCommit, StoreError> {
    let check =
        |check: &Check| RowCheck { key: check.key.encode(), stamp: check.stamp.map(|stamp| stamp.0.cast_signed()) };
    let write = |write: &Write| {
        Ok(match write {
            Write::Put { key, record, stamp } => RowWrite::Put(StoredRow {
                key: key.encode(),
                record: record.to_json().map_err(|error| wrong(error.to_string()))?,
                stamp: stamp.0.cast_signed(),
            }),
            Write::Delete { key } => RowWrite::Delete(RowDeletion { key: key.encode() }),
            Write::Add { key, delta } => RowWrite::Add(RowAddition { key: key.encode(), delta: *delta }),
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

/// Checks the stores of a host against every law, and returns the broken laws. `open` makes an empty store. If it is
/// passed the token of a store that is no longer used, it reopens that store's data. It also returns the new store's
/// token. A token is passed only if the host `reopens` stores.
pub fn broken_laws<M, S: Store>(open: impl Fn(Option<M>) -> (Option<M>, S), reopens: bool) -> Vec<Violation> {
    let mut broken = conformance::check(|| open(None).1).err().unwrap_or_default();
    if reopens {
        let again = |cell: &Cell<Option<M>>| {
            let (token, store) = open(cell.take());
            cell.set(token);
            store
        };
        broken.extend(conformance::check_reopen(Cell::default, again).err().unwrap_or_default());
    }
    broken
}
