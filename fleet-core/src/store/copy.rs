//! Copies a fleet from one store to another.

use super::{Commit, Kind, Row, Store, StoreError, StoreErrorKind, Write, plain};
use std::collections::BTreeMap;

/// Number of rows that are read or written at a time.
const CHUNK: usize = 4096;

/// Copies every row with its stamp into an empty store, then compares the two. Returns the number of rows of each kind.
///
/// Nobody may use either store meanwhile. To resume an interrupted copy, call this again: the target may hold rows that
/// equal the source's, and nothing else. Do not use the target as a fleet before this has returned successfully.
///
/// ```
/// use fleet_core::store::{Kind, copy};
/// use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
/// use std::sync::Arc;
///
/// let (old, new) = (Arc::new(MemoryStore::new()), MemoryStore::new());
/// let now: Timestamp = "2016-03-08T12:00:00Z".parse()?;
/// Fleet::open(Arc::clone(&old)).console(Actor::Operator, now).create_account("alice@example.com")?;
/// assert_eq!(copy(&old, &new)?.get(&Kind::Account), Some(&1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `store_journaled` if one of the stores was opened without its journal, which holds changes: open it with
/// `Journaled` of `fleet-store-journaled`. `store_not_empty` if the target holds anything that the source does not.
/// `store_unsupported` if one of them cannot show all of its rows. Errors of the stores.
pub fn copy(from: &dyn Store, to: &dyn Store) -> Result<BTreeMap<Kind, u64>, StoreError> {
    [from, to].into_iter().try_for_each(plain::check)?;
    matching(from, to)?;
    let mut copied = BTreeMap::new();
    let mut writes = Vec::with_capacity(CHUNK);
    from.for_each_row(&mut |Row { key, record, stamp }| {
        *copied.entry(key.kind()).or_default() += 1;
        // A counter is put, not added to: otherwise a resumed copy would count twice.
        writes.push(Write::Put { key, record, stamp });
        if writes.len() < CHUNK { Ok(()) } else { write(to, &mut writes) }
    })?;
    write(to, &mut writes)?;
    let there = matching(from, to)?;
    if there == copied {
        return Ok(copied);
    }
    let problem =
        format!("copied {copied:?} rows, but the target holds {there:?}; stop other use of the stores and copy again");
    Err(StoreError::new(StoreErrorKind::Other, problem))
}

fn write(to: &dyn Store, writes: &mut Vec<Write>) -> Result<(), StoreError> {
    if !writes.is_empty() {
        to.commit(&[Commit { checks: Vec::new(), writes: std::mem::take(writes) }])?;
    }
    Ok(())
}

/// Counts the rows of each kind in the target. Fails if the source does not hold them too.
fn matching(from: &dyn Store, to: &dyn Store) -> Result<BTreeMap<Kind, u64>, StoreError> {
    let mut counts = BTreeMap::new();
    let mut rows = Vec::with_capacity(CHUNK);
    to.for_each_row(&mut |row| {
        *counts.entry(row.key.kind()).or_default() += 1;
        rows.push(row);
        if rows.len() < CHUNK { Ok(()) } else { compare(from, &mut rows) }
    })?;
    compare(from, &mut rows)?;
    Ok(counts)
}

fn compare(from: &dyn Store, rows: &mut Vec<Row>) -> Result<(), StoreError> {
    let keys: Vec<_> = rows.iter().map(|row| row.key.clone()).collect();
    let same = from.get(&keys)?.into_iter().eq(rows.drain(..).map(Some));
    let problem = "the target store is not empty: it holds rows that the source does not; name an empty store";
    if same { Ok(()) } else { Err(StoreError::new(StoreErrorKind::NotEmpty, problem)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;
    use crate::product::ProductId;
    use crate::store::{Fault, Faulty, Key, Record, Stamp, Tally};
    use crate::team::Team;
    use std::sync::Arc;

    fn put(number: u32, stamp: u64) -> Write {
        let key = Key::Team(ProductId::new(number).unwrap());
        Write::Put { key, record: Record::Team(Arc::new(Team::default())), stamp: Stamp(stamp) }
    }

    fn add(delta: i64) -> Write {
        Write::Add { key: Key::Tally(ProductId::new(1).unwrap(), Tally::Members, 0), delta }
    }

    fn store(writes: Vec<Write>) -> MemoryStore {
        let store = MemoryStore::new();
        store.commit(&[Commit { checks: Vec::new(), writes }]).unwrap();
        store
    }

    /// Returns a store with more rows than two chunks hold.
    fn many() -> MemoryStore {
        store((1..10_000).map(|number| put(number, number.into())).chain([add(7)]).collect())
    }

    fn rows(store: &dyn Store) -> Vec<Row> {
        let mut rows = Vec::new();
        store
            .for_each_row(&mut |row| {
                rows.push(row);
                Ok(())
            })
            .unwrap();
        rows
    }

    #[test]
    fn a_copy_equals_its_source_to_the_last_row() {
        let (from, to) = (many(), MemoryStore::new());
        assert_eq!(copy(&from, &to).unwrap(), [(Kind::Team, 9_999), (Kind::Tally, 1)].into());
        assert_eq!(rows(&from), rows(&to));
    }

    #[test]
    fn a_target_with_other_rows_is_refused_and_not_changed() {
        for other in [put(20_000, 1), put(1, 99), add(1)] {
            let to = store(vec![other]);
            let before = rows(&to);
            assert_eq!(copy(&many(), &to).unwrap_err().code(), "store_not_empty");
            assert_eq!(rows(&to), before);
        }
    }

    #[test]
    fn an_interrupted_copy_can_be_resumed() {
        let from = many();
        for broken in [Fault::Unavailable, Fault::UnknownBefore, Fault::UnknownAfter] {
            let to = Faulty::new(MemoryStore::new(), 1);
            to.plan([None, Some(broken)]);
            assert!(copy(&from, &to).is_err(), "{broken:?}");
            let before = rows(&to).len();
            assert!(before > 0 && before < 10_000, "{before} rows after {broken:?}");
            copy(&from, &to).unwrap();
            assert_eq!(rows(&from), rows(&to));
        }
    }
}
