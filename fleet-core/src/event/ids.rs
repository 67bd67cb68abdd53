//! The ids that events were published under (R-EVT-7): for each id, a member's latest event with it, and the result of
//! publishing it.
//!
//! An id outlives its event in the log, which other devices' traffic trims. Its row contains everything needed to
//! answer the event again. Invariants: an id's row and its event are written by one commit; all rows of a device are
//! adjacent, and only events of this device delete some of them. A clock alone deletes none.

use super::cursor::Position;
use super::log::{EventOrigin, LoggedEvent};
use super::record::Event;
use super::subscription::SubscriptionId;
use crate::billing::LimitExceeded;
use crate::device::DeviceId;
use crate::firmware::Sha256;
use crate::product::{Policy, ProductId};
use crate::store::{Key, Range};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Number of ids of a device, its newest, that are kept within their window.
pub const KEPT_IDS: usize = 256;

/// An id's window ends only after this many newer events of its device were logged after it, so that a single wrong
/// clock ends no window.
const MIN_LATER: usize = 16;

/// Number of events with an id after which the rows of their device are pruned.
pub(super) const PRUNE_EVERY: u64 = 16;

/// The latest event that was published under an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventId {
    /// The slot of its event, which may have left the log.
    pub slot: u8,
    /// The sequence number of its event.
    pub sequence: u64,
    /// The event and its result. `None` means the row is from an earlier version, which looked the event up in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Box<KnownEvent>>,
}

/// The data needed to recognise an event and to answer it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownEvent {
    /// When it was logged.
    pub at: Timestamp,
    /// Hash of its device, id, name and data.
    pub content: Sha256,
    /// Relation of the device to the product.
    pub origin: EventOrigin,
    /// The subscriptions that it matched, in their order.
    pub matched: Box<[SubscriptionId]>,
    /// Number of these, from the first on, that it was delivered to.
    pub sent: u32,
    /// The exceeded limit that dropped the others.
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

    /// Position of its event, which may have left the log.
    pub(super) fn position(&self) -> Position {
        Position::new(self.slot, self.sequence)
    }
}

impl KnownEvent {
    /// Whether `event` repeats this one: within the window, with the same name and data.
    pub(super) fn is_repeated_by(&self, event: &Event, policy: &Policy, now: Timestamp) -> bool {
        let window = policy.event_id_life;
        self.at.after(window) > now && self.content == content_of(event)
    }
}

/// Returns the content hash of an event that has an id.
pub(super) fn content_of(event: &Event) -> Sha256 {
    content(event.device(), event.id().unwrap_or_default(), event.name(), event.data())
}

fn content(device: DeviceId, id: &str, name: &str, data: &str) -> Sha256 {
    let mut bytes = Vec::with_capacity(32 + id.len() + name.len() + data.len());
    bytes.extend(device.as_bytes());
    // Ids and names contain no control characters.
    for part in [id, name, data] {
        bytes.extend(part.as_bytes());
        bytes.push(0);
    }
    Sha256::of(&bytes)
}

/// Returns the part of a key that identifies a device's event id: first a hash shared by all ids of the device, then
/// one of the id. Both contain the device, so that no device can collide with another's id.
pub(super) fn id_hash(device: DeviceId, id: &str) -> [u8; 16] {
    let mut bytes = Vec::with_capacity(76);
    bytes.extend(device.as_bytes());
    bytes.extend(id.as_bytes());
    halves(device, Sha256::of(&bytes).as_bytes())
}

/// Returns the hash that earlier versions stored an id under.
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

/// Returns the key range of all ids of a device.
pub(super) fn range(product: ProductId, device: DeviceId) -> Range {
    let key = |last: u8| Key::EventId(product, halves(device, &[last; 8]));
    Range::new(key(0), key(0xFF))
}

/// Returns which ids of a device can be deleted, given the times at which their events were logged, oldest first: those
/// beyond its newest [`KEPT_IDS`], and those whose window was over when each of [`MIN_LATER`] later ones was logged.
pub(super) fn prunable(ids: &[Option<Timestamp>], window: Duration) -> impl Iterator<Item = usize> {
    let is_over = move |(index, at): (usize, &Option<Timestamp>)| {
        let later = ids.get(index.saturating_add(1)..).unwrap_or_default();
        let later_count = |at: &Timestamp| later.iter().flatten().filter(|later| **later >= at.after(window)).count();
        let is_prunable = later.len() >= KEPT_IDS || at.as_ref().is_none_or(|at| later_count(at) >= MIN_LATER);
        is_prunable.then_some(index)
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
    fn event_ids_of_two_devices_never_collide() {
        assert_ne!(id_hash(device(1), "17"), id_hash(device(2), "17"));
        assert_ne!(id_hash(device(b'1'), "7"), id_hash(device(b'1'), "17"));
    }

    #[test]
    fn the_ids_of_a_device_are_adjacent() {
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
        let prunable = |ids: &[Option<Timestamp>]| prunable(ids, Duration::from_millis(10)).collect::<Vec<_>>();
        let mut ids = vec![at(0)];
        ids.extend([at(9); 100]);
        assert_eq!(prunable(&ids), [0; 0], "all within the window");
        let mut ids = vec![at(0)];
        ids.extend([at(10); MIN_LATER - 1]);
        assert_eq!(prunable(&ids), [0; 0]);
        ids.push(at(10));
        assert_eq!(prunable(&ids), [0]);
        assert_eq!(prunable(&[at(0); KEPT_IDS]), [0; 0]);
        assert_eq!(prunable(&[at(0); KEPT_IDS + 2]), [0, 1]);
    }
}
