//! Trimming of a log to its bounds: a number of events, and an age.
//!
//! Readers apply the exact bounds. Rows are deleted once every [`TRIM_EVERY`] events of a slot, so the stored log
//! exceeds the bounds by at most that number a slot, and the events of one batch. The number of stored events follows
//! from the sequence numbers. An event is deleted for its age only once the clocks of the last publishes to a slot
//! agree that it is old, so that a single gateway whose clock is ahead deletes nothing. Events that grow old while
//! nothing is published stay stored, and no reader sees them.

use super::walk::Heads;
use crate::event::cursor::SLOTS;
use crate::event::ids::{id_hash, old_id_hash};
use crate::event::log::{EventLog, EventOrigin, LoggedEvent, is_young};
use crate::product::{Product, ProductId};
use crate::store::{Check, Commit, Key, Range, Record, Write, apply};
use crate::time::Timestamp;
use crate::{Error, Fleet};

/// Number of events of a slot after which the log is trimmed.
const TRIM_EVERY: u64 = 64;

/// Number of events deleted at a time.
const CHUNK: usize = 1024;

/// Maximum number of chunks in a row: a publish must not wait for all the work that a lowered bound causes.
const CHUNKS: usize = 16;

/// Whether a trim is due, after a slot's head changed from `before` to `after`.
pub(in crate::event) fn is_due(before: &EventLog, after: &EventLog) -> bool {
    before.next / TRIM_EVERY != after.next / TRIM_EVERY
}

/// Deletes what is beyond the bounds of a product's log. `now` decides about the age. If another commit conflicts, the
/// rest is deleted the next time.
///
/// # Errors
/// Errors of the store.
pub(in crate::event) fn trim(fleet: &Fleet, product: &Product, now: Timestamp) -> Result<(), Error> {
    for _ in 0..CHUNKS {
        let heads = Heads::read(fleet.store(), product.id)?;
        let mut excess = heads.excess(product.policy.log_events.into());
        let is_old = |at| !is_young(&product.policy, at, now);
        if excess == 0 && !heads.slots.iter().any(|(head, _)| !head.is_empty() && is_old(head.first_at)) {
            return Ok(());
        }
        // Usually only the events since the last trim are beyond the bounds.
        let few = usize::try_from(excess.max(TRIM_EVERY)).unwrap_or(CHUNK).min(CHUNK);
        let mut walk = heads.walk(few);
        let mut taken: Vec<Vec<Write>> = (0..SLOTS).map(|_| Vec::new()).collect();
        let mut first = heads.start();
        let mut count = 0;
        while count < CHUNK
            && let Some(view) = walk.peek()?
            && (excess > 0 || is_old(view.event.aged()))
        {
            let slot = view.position.slot;
            if let Some(writes) = taken.get_mut(usize::from(slot)) {
                writes.extend(deletions(product.id, slot, view.position.sequence, &view.event));
            }
            first = first.past(view.position);
            (excess, count) = (excess.saturating_sub(1), count + 1);
            walk.take();
        }
        // Makes the first remaining event of each slot known.
        walk.peek()?;
        let mut commits = Vec::new();
        for ((mut writes, (head, stamp)), slot) in taken.into_iter().zip(&heads.slots).zip(0..) {
            if writes.is_empty() {
                continue;
            }
            let first_at = walk.first_of(slot).map_or(head.first_at, |view| view.event.aged());
            let head = EventLog { first: first.sequence(slot), first_at, ..*head };
            let key = Key::EventLog(product.id, slot);
            let put = Write::Put { key: key.clone(), record: Record::EventLog(head), stamp: fleet.stamps().stamp() };
            writes.push(put);
            commits.push(Commit { checks: vec![Check { key, stamp: *stamp }], writes });
        }
        let outcomes = fleet.store().commit(&commits)?;
        if count < CHUNK || outcomes.contains(&crate::store::CommitOutcome::Conflict) {
            return Ok(());
        }
    }
    Ok(())
}

/// Deletes the log of a removed product, its subscriptions and its error counts. Nobody publishes to it any more: each
/// publish checks that the product still exists.
///
/// # Errors
/// Errors of the store.
pub(crate) fn drop_log(fleet: &Fleet, product: ProductId) -> Result<(), Error> {
    for slot in 0..SLOTS {
        let mut range = Key::events(product, slot).limit(fleet.at_once(CHUNK));
        loop {
            let rows = fleet.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
            range = range.after(last);
            let writes = rows.iter().flat_map(|row| match (&row.key, &row.record) {
                (Key::Event(_, slot, sequence), Record::Event(event)) => {
                    deletions(product, *slot, *sequence, event).collect()
                }
                _ => Vec::new(),
            });
            apply(fleet.store(), &Commit { checks: Vec::new(), writes: writes.collect() })?;
        }
    }
    let mut range =
        Range::new(Key::EventId(product, [0; 16]), Key::EventId(product, [0xFF; 16])).limit(fleet.at_once(CHUNK));
    loop {
        let rows = fleet.store().scan(&range)?;
        let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
        range = range.after(last);
        let writes = rows.into_iter().map(|row| Write::Delete { key: row.key }).collect();
        apply(fleet.store(), &Commit { checks: Vec::new(), writes })?;
    }
    let rest = (0..SLOTS).flat_map(|slot| [Key::EventLog(product, slot), Key::DeviceErrors(product, slot)]);
    let writes = rest.chain([Key::EventSubscriptions(product)]).map(|key| Write::Delete { key }).collect();
    apply(fleet.store(), &Commit { checks: Vec::new(), writes })?;
    Ok(())
}

/// Returns the deletions of an event's rows. The id row of a member stays, because an id outlives its event; other
/// devices' id rows are deleted.
fn deletions(product: ProductId, slot: u8, sequence: u64, event: &LoggedEvent) -> impl Iterator<Item = Write> {
    let is_member = matches!(event.origin, EventOrigin::Member | EventOrigin::OwnerLocked);
    let id = event.id.as_deref();
    let ids = id.map(|id| {
        let new = (!is_member).then(|| id_hash(event.device, id));
        [Some(old_id_hash(event.device, id)), new]
    });
    let ids = ids.into_iter().flatten().flatten().map(move |hash| Key::EventId(product, hash));
    [Key::Event(product, slot, sequence)].into_iter().chain(ids).map(|key| Write::Delete { key })
}
