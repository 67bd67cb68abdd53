//! Takes a fleet over, and reads what its last owner did not fold.

use super::overlay::Overlay;
use super::packed::{damaged, unpack};
use super::{Journal, JournalOptions, Journaled, is_reserved, records_from};
use fleet_core::store::{
    Check, Commit, JournalHead, Key, Opener, Record, Stamp, Store, StoreError, StoreErrorKind, Write,
};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, RwLock};

/// Number of records that are read at once.
const PAGE: usize = 16;

impl<S: Store> Journaled<S> {
    /// Takes over the fleet in a store, with these options.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_with(inner: S, options: JournalOptions) -> Result<Self, StoreError> {
        let mut journal = take_over(&inner, Stamp::random())?;
        let mut overlay = Overlay::default();
        read(&inner, &mut journal, &mut overlay)?;
        let (overlay, journal) = (RwLock::new(overlay), Mutex::new(journal));
        Ok(Self { inner, opener: Opener::here(), options, overlay, journal, taken: AtomicBool::new(false) })
    }
}

/// Writes a new head, so that no previous owner can write any more.
fn take_over(inner: &dyn Store, stamp: Stamp) -> Result<Journal, StoreError> {
    let row = inner.get(&[Key::Journal(0)])?.into_iter().next().flatten();
    let head = row.as_ref().map_or(Ok(JournalHead { folded: 0 }), |row| JournalHead::decode(&row.record))?;
    let takeover = Commit {
        checks: vec![Check { key: Key::Journal(0), stamp: row.map(|row| row.stamp) }],
        writes: vec![Write::Put { key: Key::Journal(0), record: head.encode(), stamp }],
    };
    inner.commit(std::slice::from_ref(&takeover))?;
    let now = inner.get(&[Key::Journal(0)])?.into_iter().next().flatten();
    if now.is_none_or(|now| now.stamp != stamp) {
        let problem = "another process is opening this fleet at the same time; open it in one process only";
        return Err(StoreError::new(StoreErrorKind::Unavailable, problem));
    }
    let oldest = inner.scan(&records_from(1, head.folded).limit(1))?;
    let trimmed = match oldest.first().map(|row| &row.key) {
        Some(Key::Journal(oldest)) => oldest - 1,
        _ => head.folded,
    };
    Ok(Journal {
        head: stamp,
        next: head.folded + 1,
        folded: head.folded,
        trimmed,
        bytes: 0,
        rows_due: 0,
        records_due: 0,
        closed: None,
        unsettled: None,
    })
}

/// Reads the records after the head into memory.
fn read(inner: &dyn Store, journal: &mut Journal, overlay: &mut Overlay) -> Result<(), StoreError> {
    loop {
        let page = inner.scan(&records_from(journal.next, u64::MAX).limit(PAGE))?;
        if page.is_empty() {
            return Ok(());
        }
        for row in page {
            if row.key != Key::Journal(journal.next) {
                return Err(damaged(journal.next, "it is missing, but later records exist"));
            }
            let writes = unpack(journal.next, &row.record)?;
            if writes.iter().any(|write| is_reserved(write.key())) {
                return Err(damaged(journal.next, "it holds a write to the journal itself"));
            }
            show(inner, overlay, &writes)?;
            journal.next += 1;
            journal.bytes += if let Record::Journal(bytes) = &row.record { bytes.len() } else { 0 };
        }
    }
}

fn show(inner: &dyn Store, overlay: &mut Overlay, writes: &[Write]) -> Result<(), StoreError> {
    let counters = writes.iter().map(Write::key).filter(|key| matches!(key, Key::Tally(..)));
    let mut missing: Vec<Key> = counters.filter(|key| !overlay.holds(key)).cloned().collect();
    missing.sort_unstable();
    missing.dedup();
    if !missing.is_empty() {
        let rows = inner.get(&missing)?;
        missing.into_iter().zip(rows).for_each(|(key, row)| overlay.keep(key, row));
    }
    writes.iter().for_each(|write| overlay.apply(write));
    Ok(())
}
