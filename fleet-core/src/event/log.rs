//! What is kept of events: the log's rows, and the heads of its slots.

use super::cursor::Position;
use super::record::Event;
use super::subscription::SubscriptionId;
use crate::billing::LimitExceeded;
use crate::device::DeviceId;
use crate::firmware::Sha256;
use crate::product::Policy;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// The head of one slot of a product's log: which events are in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLog {
    /// The number of the oldest event that is kept.
    pub first: u64,
    /// The number of the next event.
    pub next: u64,
    /// When the oldest one that is kept was logged; without meaning where there is none.
    pub first_at: Timestamp,
    /// When the latest one was logged: none that follows is logged under an earlier moment.
    pub last_at: Timestamp,
}

impl EventLog {
    /// How many events are kept.
    pub fn len(&self) -> u64 {
        self.next.saturating_sub(self.first)
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes one more event in, and says under which number and moment. A clock that jumped back is not followed.
    pub(super) fn push(&mut self, now: Timestamp) -> (u64, Timestamp) {
        let (sequence, at) = (self.next, now.max(self.last_at));
        if self.is_empty() {
            self.first_at = at;
        }
        (self.next, self.last_at) = (sequence.saturating_add(1), at);
        (sequence, at)
    }
}

/// What a device was to the product when it published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOrigin {
    /// In the product: its events are sent on.
    Member,
    /// Waiting to be let in: not sent on (R-IMP-9).
    Quarantined,
    /// It reported the product and is not in it, nor did it ask yet: not sent on.
    Foreign,
    /// In the product, whose owner's account is locked, and the platform holds the devices of such: not sent on (R-PAY-5).
    OwnerLocked,
}

impl EventOrigin {
    /// All of them. A store that keeps a number in their place keeps the place in this list, so that a new one is added at
    /// its end.
    pub const ALL: [Self; 4] = [Self::Member, Self::Quarantined, Self::Foreign, Self::OwnerLocked];
}

/// An event as it is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedEvent {
    /// When it was logged, by the gateway's clock; never before the event that precedes it in its slot.
    pub at: Timestamp,
    /// When it happened, by the word of the device or its gateway; not after the gateway's clock.
    pub happened_at: Timestamp,
    /// The device.
    pub device: DeviceId,
    /// What the device was to the product.
    pub origin: EventOrigin,
    /// Its name.
    pub name: Box<str>,
    /// Its data.
    pub data: Box<str>,
    /// The id that its caller gave it.
    pub id: Option<Box<str>>,
    /// The kind of error that it reports.
    pub error: Option<Box<str>>,
    /// The subscriptions that it matched, in their order.
    pub matched: Box<[SubscriptionId]>,
    /// To how many of these, from the first on, it was to be sent; the others were dropped.
    pub sent: u32,
    /// What the others were dropped for.
    pub limit: Option<Box<LimitExceeded>>,
}

/// An event of a product's log, and where it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventView {
    /// Where it is.
    pub position: Position,
    /// What it says.
    pub event: Arc<LoggedEvent>,
}

impl EventView {
    pub(super) fn new(position: Position, event: Arc<LoggedEvent>) -> Self {
        Self { position, event }
    }
}

impl LoggedEvent {
    /// Whether this is what is in the log of such an event under the caller's id.
    pub(super) fn is(&self, event: &Event) -> bool {
        self.device == event.device() && self.id.as_deref() == event.id()
    }

    /// The part of a key that stands for its id, if it has one.
    pub(crate) fn id_hash(&self) -> Option<[u8; 16]> {
        self.id.as_deref().map(|id| id_hash(self.device, id))
    }
}

/// The part of a key that stands for an id of a device's event. The device is in it, so that none can take an id from
/// another (R-EVT-7).
pub(super) fn id_hash(device: DeviceId, id: &str) -> [u8; 16] {
    let mut bytes = Vec::with_capacity(76);
    bytes.extend(device.as_bytes());
    bytes.extend(id.as_bytes());
    let mut hash = [0; 16];
    hash.iter_mut().zip(Sha256::of(&bytes).as_bytes()).for_each(|(byte, from)| *byte = *from);
    hash
}

/// Whether an event that was logged then is young enough to be in the log.
pub(super) fn is_young(policy: &Policy, at: Timestamp, now: Timestamp) -> bool {
    at.after(Duration::from_millis(policy.log_age_millis)) > now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_back_never_turns_the_log_back() {
        let mut head = EventLog::default();
        let moments = [10, 20, 5, 20, 21].map(Timestamp::from_millis);
        let pushed: Vec<_> = moments.iter().map(|now| head.push(*now)).collect();
        let wanted = [(0, 10), (1, 20), (2, 20), (3, 20), (4, 21)];
        assert_eq!(pushed, wanted.map(|(sequence, at)| (sequence, Timestamp::from_millis(at))));
        assert_eq!((head.len(), head.first_at), (5, Timestamp::from_millis(10)));
    }

    #[test]
    fn the_list_of_origins_has_each_at_its_place() {
        for (place, origin) in EventOrigin::ALL.into_iter().enumerate() {
            let wanted = match origin {
                EventOrigin::Member => 0,
                EventOrigin::Quarantined => 1,
                EventOrigin::Foreign => 2,
                EventOrigin::OwnerLocked => 3,
            };
            assert_eq!(place, wanted);
        }
    }

    #[test]
    fn one_device_never_has_the_id_of_another() {
        let device = |last| {
            let mut bytes = [7; 12];
            bytes[11] = last;
            DeviceId::new(bytes)
        };
        assert_ne!(id_hash(device(1), "17"), id_hash(device(2), "17"));
        assert_ne!(id_hash(device(b'1'), "7"), id_hash(device(b'1'), "17"));
    }
}
