//! The ids that events were published under (R-EVT-7): for each the latest event of a member, and what it came to.
//!
//! An id outlives its event in the log, which the traffic of other devices trims. Its row has all that it takes to answer
//! the event again. Invariants: an id's row and its event are written by one commit; all rows of a device stand together,
//! and only what this device publishes takes some of them away. A clock takes none away by itself.

use super::cursor::Position;
use super::log::{EventOrigin, LoggedEvent};
use super::record::Event;
use super::subscription::SubscriptionId;
use crate::billing::LimitExceeded;
use crate::device::DeviceId;
use crate::firmware::Sha256;
use crate::product::{Policy, ProductId};
use crate::store::{Check, Commit, Key, Range, Record, Row, Transaction, Write};
use crate::time::Timestamp;
use crate::{Error, Fleet};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The ids of a device that are kept at least: its newest.
pub const KEPT_IDS: usize = 256;

/// An id's window is over once this many newer events of its device were logged after it: one clock that is ahead ends none.
const WITNESSES: usize = 16;

/// The rows of a device are looked through once in this many events with an id.
pub(super) const EVERY: u64 = 16;

/// The latest event that was published under an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventId {
    /// Where it is in the log, or was: its slot.
    pub slot: u8,
    /// Its number there.
    pub sequence: u64,
    /// What was published and what it came to; none: written by a version that looked it up in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Box<KnownEvent>>,
}

/// What is kept of an event to recognise it and to answer it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownEvent {
    /// When it was logged.
    pub at: Timestamp,
    /// A hash of its device, id, name and data.
    pub content: Sha256,
    /// What the device was to the product.
    pub origin: EventOrigin,
    /// The subscriptions that it matched, in their order.
    pub matched: Box<[SubscriptionId]>,
    /// To how many of these, from the first on, it was to be sent.
    pub sent: u32,
    /// What the others were dropped for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Box<LimitExceeded>>,
}

impl EventId {
    pub(super) fn new(position: Position, event: &LoggedEvent) -> Self {
        let content = content(event.device, event.id.as_deref().unwrap_or_default(), &event.name, &event.data);
        let known = KnownEvent {
            at: event.at,
            content,
            origin: event.origin,
            matched: event.matched.clone(),
            sent: event.sent,
            limit: event.limit.clone(),
        };
        Self { slot: position.slot, sequence: position.sequence, event: Some(Box::new(known)) }
    }

    /// Where its event is or was.
    pub(super) fn position(&self) -> Position {
        Position::new(self.slot, self.sequence)
    }
}

impl KnownEvent {
    /// Whether an event with this id is this one told again: within the window, with the same name and data.
    pub(super) fn is_told_again(&self, event: &Event, policy: &Policy, now: Timestamp) -> bool {
        let window = Duration::from_millis(policy.event_id_millis);
        self.at.after(window) > now && self.content == content_of(event)
    }
}

/// The hash of an event that has an id.
pub(super) fn content_of(event: &Event) -> Sha256 {
    content(event.device(), event.id().unwrap_or_default(), event.name(), event.data())
}

fn content(device: DeviceId, id: &str, name: &str, data: &str) -> Sha256 {
    let mut bytes = Vec::with_capacity(32 + id.len() + name.len() + data.len());
    bytes.extend(device.as_bytes());
    // Ids and names have no control characters in them.
    for part in [id, name, data] {
        bytes.extend(part.as_bytes());
        bytes.push(0);
    }
    Sha256::of(&bytes)
}

/// The part of a key that stands for an id of a device's event: first what all ids of the device share, then the id's. The
/// device is in both, so that none can take an id from another.
pub(super) fn id_hash(device: DeviceId, id: &str) -> [u8; 16] {
    let mut bytes = Vec::with_capacity(76);
    bytes.extend(device.as_bytes());
    bytes.extend(id.as_bytes());
    halves(device, Sha256::of(&bytes).as_bytes())
}

/// The hash by which earlier versions found an id.
pub(super) fn old_id_hash(device: DeviceId, id: &str) -> [u8; 16] {
    let mut bytes = Vec::with_capacity(76);
    bytes.extend(device.as_bytes());
    bytes.extend(id.as_bytes());
    let mut hash = [0; 16];
    hash.iter_mut().zip(Sha256::of(&bytes).as_bytes()).for_each(|(byte, from)| *byte = *from);
    hash
}

fn halves(device: DeviceId, last: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    let first = Sha256::of(device.as_bytes());
    let bytes = first.as_bytes().iter().take(8).chain(last);
    hash.iter_mut().zip(bytes).for_each(|(byte, from)| *byte = *from);
    hash
}

/// The keys of all ids of a device.
fn range(product: ProductId, device: DeviceId) -> Range {
    let key = |last: u8| Key::EventId(product, halves(device, &[last; 8]));
    Range::new(key(0), key(0xFF))
}

/// Takes away what need not be kept of a device's ids. Where somebody publishes under one of them meanwhile, it stays.
///
/// # Errors
/// The store's.
pub(super) fn tidy(fleet: &Fleet, product: ProductId, policy: &Policy, device: DeviceId) -> Result<(), Error> {
    let mut rows = rows(fleet, product, device)?;
    rows.sort_by_key(|(id, _)| id.sequence);
    let known: Vec<Option<Timestamp>> = rows.iter().map(|(id, _)| id.event.as_ref().map(|event| event.at)).collect();
    let window = Duration::from_millis(policy.event_id_millis);
    let commits: Vec<Commit> = spare(&known, window).filter_map(|place| Some(deletion(&rows.get(place)?.1))).collect();
    if !commits.is_empty() {
        fleet.store().commit(&commits)?;
    }
    Ok(())
}

/// Takes away all ids of a device with what takes it out of the product.
///
/// # Errors
/// The store's.
pub(crate) fn forget_ids(tx: &mut Transaction<'_>, product: ProductId, device: DeviceId) -> Result<(), Error> {
    for row in tx.store().scan(&range(product, device))? {
        tx.delete(row.key);
    }
    Ok(())
}

fn rows(fleet: &Fleet, product: ProductId, device: DeviceId) -> Result<Vec<(EventId, Row)>, Error> {
    let rows = fleet.store().scan(&range(product, device))?;
    let id = |row: Row| match &row.record {
        Record::EventId(id) => Some((id.clone(), row)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(id).collect())
}

fn deletion(row: &Row) -> Commit {
    Commit {
        checks: vec![Check { key: row.key.clone(), stamp: Some(row.stamp) }],
        writes: vec![Write::Delete { key: row.key.clone() }],
    }
}

/// Which ids of a device need not be kept, by when their events were logged, oldest first: those beyond its newest
/// [`KEPT_IDS`], and those whose window was over when each of [`WITNESSES`] later ones was logged.
fn spare(ids: &[Option<Timestamp>], window: Duration) -> impl Iterator<Item = usize> {
    let is_over = move |(place, at): (usize, &Option<Timestamp>)| {
        let later = ids.get(place.saturating_add(1)..).unwrap_or_default();
        let witnesses = |at: &Timestamp| later.iter().flatten().filter(|later| **later >= at.after(window)).count();
        let is_spare = later.len() >= KEPT_IDS || at.as_ref().is_none_or(|at| witnesses(at) >= WITNESSES);
        is_spare.then_some(place)
    };
    ids.iter().enumerate().filter_map(is_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(last: u8) -> DeviceId {
        let mut bytes = [7; 12];
        bytes[11] = last;
        DeviceId::new(bytes)
    }

    #[test]
    fn one_device_never_has_the_id_of_another() {
        assert_ne!(id_hash(device(1), "17"), id_hash(device(2), "17"));
        assert_ne!(id_hash(device(b'1'), "7"), id_hash(device(b'1'), "17"));
    }

    #[test]
    fn the_ids_of_a_device_stand_together() {
        let product = ProductId::new(1000).unwrap();
        let keys = range(product, device(1));
        for number in 0..50 {
            assert!(keys.contains(&Key::EventId(product, id_hash(device(1), &number.to_string()))), "{number}");
            assert!(!keys.contains(&Key::EventId(product, id_hash(device(2), &number.to_string()))), "{number}");
        }
    }

    #[test]
    fn an_id_is_kept_for_its_window_whatever_one_clock_says() {
        let at = |millis: i64| Some(Timestamp::from_millis(millis));
        let spare = |ids: &[Option<Timestamp>]| spare(ids, Duration::from_millis(10)).collect::<Vec<_>>();
        let mut ids = vec![at(0)];
        ids.extend([at(9); 100]);
        assert_eq!(spare(&ids), [0; 0], "all within the window");
        let mut ids = vec![at(0)];
        ids.extend([at(10); WITNESSES - 1]);
        assert_eq!(spare(&ids), [0; 0]);
        ids.push(at(10));
        assert_eq!(spare(&ids), [0]);
        assert_eq!(spare(&[at(0); KEPT_IDS]), [0; 0]);
        assert_eq!(spare(&[at(0); KEPT_IDS + 2]), [0, 1]);
    }
}
