//! Stored events: the rows of the log, and the heads of its slots.

use super::cursor::{EventCursor, Position};
use super::ids::{id_hash, old_id_hash};
use super::record::Event;
use super::subscription::SubscriptionId;
use crate::billing::LimitExceeded;
use crate::device::DeviceId;
use crate::product::Policy;
use crate::store::{Record, Row, Stamp};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Number of recent publishes whose clocks must agree before an event is deleted for its age.
pub(super) const CLOCKS: usize = 4;

/// Head of one slot of a product's log: which events are in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLog {
    /// The sequence number of the oldest stored event.
    pub first: u64,
    /// The sequence number of the next event.
    pub next: u64,
    /// The moment from which the oldest stored event [ages](LoggedEvent::ages_from). Meaningless if the slot is empty.
    pub first_at: Timestamp,
    /// When the latest one was logged.
    pub last_at: Timestamp,
    /// The [era](LoggedEvent::era) of the latest one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub era: u64,
    /// The moment from which the latest one ages. `None` means the moment at which it was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages_from: Option<Timestamp>,
    /// The gateways' clocks at the latest publishes to this slot, the most recent first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clocks: [Timestamp; CLOCKS],
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_default(clocks: &[Timestamp; CLOCKS]) -> bool {
    *clocks == <[Timestamp; CLOCKS]>::default()
}

/// A moment in a log's order. No clock can make a later event precede an earlier one.
///
/// A clock that is a little behind the log's latest moment is ignored. One that is over 10 minutes behind starts a
/// new era: everything that follows comes after what was logged before, whatever its moment. Nobody knows which of the
/// two clocks is wrong. A slot that sorts before the latest event's slot also starts a new era if the moment is the
/// same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogMoment {
    pub(super) era: u64,
    pub(super) at: Timestamp,
    pub(super) slot: u8,
    /// The latest moment that the log had reached by then: a later event never ages from an earlier moment.
    pub(super) ages_from: Timestamp,
}

impl LogMoment {
    /// Returns the moment of the next event in a slot by a gateway's clock, after the latest event of the log.
    pub(super) fn next(latest: Option<Self>, slot: u8, now: Timestamp) -> Self {
        let Some(latest) = latest else { return Self { era: 0, at: now, slot, ages_from: now } };
        let is_far_behind = latest.at.is_of_another_clock(now);
        let at = if is_far_behind { now } else { latest.at.max(now) };
        let begins = is_far_behind || (at == latest.at && slot < latest.slot);
        let era = latest.era.saturating_add(u64::from(begins));
        Self { era, at, slot, ages_from: latest.ages_from.max(at) }
    }

    /// Returns the latest moment of a log, from the heads of its slots.
    pub(super) fn latest<'h>(heads: impl Iterator<Item = &'h EventLog>) -> Option<Self> {
        let mut latest: Option<Self> = None;
        for moment in heads.zip(0..).filter_map(|(head, slot)| head.last(slot)) {
            let ages_from = latest.map_or(moment.ages_from, |latest| latest.ages_from.max(moment.ages_from));
            latest = latest.max(Some(moment)).map(|latest| Self { ages_from, ..latest });
        }
        latest
    }
}

impl EventLog {
    /// Number of stored events.
    pub fn len(&self) -> u64 {
        self.next.saturating_sub(self.first)
    }

    /// Whether no event is stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns a slot's head and its stamp, from its row.
    pub(super) fn of(row: Option<Row>) -> (Self, Option<Stamp>) {
        match row {
            Some(Row { record: Record::EventLog(head), stamp, .. }) => (head, Some(stamp)),
            _ => (Self::default(), None),
        }
    }

    /// Returns the latest event's place in the log's order. `None` means there never was one.
    pub(super) fn last(&self, slot: u8) -> Option<LogMoment> {
        let ages_from = self.ages_from.unwrap_or(self.last_at);
        (self.next > 0).then_some(LogMoment { era: self.era, at: self.last_at, slot, ages_from })
    }

    /// Adds one more event, and returns its sequence number.
    pub(super) fn push(&mut self, moment: LogMoment) -> u64 {
        let sequence = self.next;
        if self.is_empty() {
            self.first_at = moment.ages_from;
        }
        self.next = sequence.saturating_add(1);
        (self.era, self.last_at) = (moment.era, moment.at);
        self.ages_from = (moment.ages_from != moment.at).then_some(moment.ages_from);
        sequence
    }

    /// Stores the clock of a gateway that publishes to the slot.
    pub(super) fn record_clock(&mut self, now: Timestamp) {
        self.clocks.rotate_right(1);
        if let Some(first) = self.clocks.first_mut() {
            *first = now;
        }
    }

    /// Returns the latest moment that the clocks of all recent publishes have reached.
    pub(super) fn agreed_clock(&self) -> Timestamp {
        self.clocks.iter().copied().min().unwrap_or_default()
    }
}

/// Relation of a device to the product when it published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOrigin {
    /// In the product: its events are delivered.
    Member,
    /// Waiting for approval: its events are not delivered (R-IMP-9).
    Quarantined,
    /// It reported the product, but is not in it and has not asked to join yet: its events are not delivered.
    Foreign,
    /// In the product, but the owner's account is locked and the platform holds the devices of locked accounts: its
    /// events are not delivered (R-PAY-5).
    OwnerLocked,
}

impl EventOrigin {
    /// All origins. A store may store an index into this list, so new ones are added at its end.
    pub const ALL: [Self; 4] = [Self::Member, Self::Quarantined, Self::Foreign, Self::OwnerLocked];
}

/// An event as it is stored in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedEvent {
    /// When it was logged, by the gateway's clock; if that clock was up to ten minutes behind the log's latest moment,
    /// that moment.
    pub at: Timestamp,
    /// When it happened, as reported by the device or its gateway; not later than the gateway's clock.
    pub happened_at: Timestamp,
    /// The device.
    pub device: DeviceId,
    /// Relation of the device to the product.
    pub origin: EventOrigin,
    /// Its name.
    pub name: Box<str>,
    /// Its data.
    pub data: Box<str>,
    /// The id that its caller assigned.
    pub id: Option<Box<str>>,
    /// The kind of error that it reports.
    pub error: Option<Box<str>>,
    /// The subscriptions that it matched, in their order.
    pub matched: Box<[SubscriptionId]>,
    /// Number of these, from the first on, that it was delivered to. The others were dropped.
    pub sent: u32,
    /// The exceeded limit that dropped the others.
    pub limit: Option<Box<LimitExceeded>>,
    /// The part of the log that it is in. A new era starts where the era, moment and slot alone would sort an event
    /// before an earlier one: its clock is ten minutes or more behind, or it has the same moment and its slot sorts
    /// first. Events are ordered by era, moment, slot and number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub era: u64,
    /// The moment from which it ages: the latest that the log had reached by then. `None` means the moment at which it
    /// was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages_from: Option<Timestamp>,
}

/// An event of a product's log, and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventView {
    /// Its position.
    pub position: Position,
    /// The event.
    pub event: Arc<LoggedEvent>,
    /// The boundary right after it: [`follow_events`](crate::ProductConsole::follow_events) from here returns exactly what
    /// follows this event in the answer that returned it, and what is logged later. In an answer about one device, it
    /// is exact for the events of this device.
    pub cursor: EventCursor,
}

impl EventView {
    pub(super) fn new(position: Position, event: Arc<LoggedEvent>) -> Self {
        Self { position, event, cursor: EventCursor::default() }
    }

    /// Returns the event with the cursor from which a reader continues after it.
    pub(super) fn followed_from(self, cursor: EventCursor) -> Self {
        Self { cursor, ..self }
    }

    /// Whether it is before a boundary of its slot.
    pub(super) fn is_before(&self, boundary: EventCursor) -> bool {
        self.position.sequence < boundary.sequence(self.position.slot)
    }

    /// Returns its sort key among the events of its log.
    pub(super) fn order(&self) -> (u64, Timestamp, Position) {
        (self.event.era, self.event.at, self.position)
    }
}

impl LoggedEvent {
    /// Whether this is the logged form of `event`, compared by id.
    pub(super) fn is(&self, event: &Event) -> bool {
        self.device == event.device()
            && self.id.as_deref() == event.id()
            && *self.name == *event.name()
            && *self.data == *event.data()
    }

    /// Whether this is the id hash of the event.
    pub(crate) fn has_id_hash(&self, hash: [u8; 16]) -> bool {
        let id = self.id.as_deref();
        id.is_some_and(|id| id_hash(self.device, id) == hash || old_id_hash(self.device, id) == hash)
    }

    /// Returns the moment from which it ages.
    pub(super) fn aged(&self) -> Timestamp {
        self.ages_from.unwrap_or(self.at)
    }

    /// Whether it is young enough to be in the log, by the reader's clock. A moment that this clock has not reached yet
    /// proves nothing about the age of later events: those age from their own.
    pub(super) fn is_young(&self, policy: &Policy, now: Timestamp) -> bool {
        let from = if self.aged() > now { self.at } else { self.aged() };
        is_young(policy, from, now)
    }
}

/// Whether an event logged at `at` is young enough to be in the log.
pub(super) fn is_young(policy: &Policy, at: Timestamp, now: Timestamp) -> bool {
    at.after(policy.log_age) > now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_jump_back_of_a_clock_is_ignored() {
        let mut head = EventLog::default();
        let pushed = [10, 20, 5, 20, 21].map(|now| {
            let moment = LogMoment::next(LogMoment::latest([&head].into_iter()), 0, Timestamp::from_millis(now));
            (head.push(moment), moment.era, moment.at.as_millis())
        });
        assert_eq!(pushed, [(0, 0, 10), (1, 0, 20), (2, 0, 20), (3, 0, 20), (4, 0, 21)]);
        assert_eq!((head.len(), head.first_at), (5, Timestamp::from_millis(10)));
    }

    #[test]
    fn a_later_event_sorts_later_whatever_the_clocks_say() {
        let minute = 60_000;
        let year = 365 * 24 * 60 * minute;
        let clocks =
            [0, minute, year, 2 * minute, 3 * minute, -year, 4 * minute, i64::MAX, 5 * minute, i64::MIN, 6 * minute];
        let mut heads = [EventLog::default(); 3];
        let mut moments = Vec::new();
        for (clock, slot) in clocks.into_iter().zip([0, 1, 2].into_iter().cycle()) {
            let moment = LogMoment::next(LogMoment::latest(heads.iter()), slot, Timestamp::from_millis(clock));
            heads[usize::from(slot)].push(moment);
            moments.push(moment);
        }
        assert!(moments.is_sorted_by_key(|moment| (moment.era, moment.at)), "{moments:?}");
        assert!(moments.is_sorted_by_key(|moment| moment.ages_from), "{moments:?}");
        let at = |index: usize| moments[index].at.as_millis();
        assert_eq!((at(3), at(4), at(6), at(8), at(10)), (2 * minute, 3 * minute, 4 * minute, 5 * minute, 6 * minute));
    }

    #[test]
    fn events_of_one_moment_keep_the_order_of_logging() {
        let mut heads = [EventLog::default(); 4];
        let order = [3, 1, 1, 2, 0, 0, 3].map(|slot| {
            let moment = LogMoment::next(LogMoment::latest(heads.iter()), slot, Timestamp::from_millis(7));
            let number = heads[usize::from(slot)].push(moment);
            (moment.era, moment.at, slot, number)
        });
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(order.map(|(era, ..)| era), [0, 1, 1, 1, 2, 2, 2]);
        let later = LogMoment::next(LogMoment::latest(heads.iter()), 0, Timestamp::from_millis(8));
        assert_eq!(later.era, 2);
    }

    #[test]
    fn one_clock_that_is_ahead_does_not_count() {
        let mut head = EventLog::default();
        let moments = [1, 2, 3, 900, 5, 900, 900, 900, 900].map(Timestamp::from_millis);
        let agreed = moments.map(|now| {
            head.record_clock(now);
            head.agreed_clock().as_millis()
        });
        assert_eq!(agreed, [0, 0, 0, 1, 2, 3, 5, 5, 900]);
    }

    #[test]
    fn the_list_of_origins_has_each_at_its_index() {
        for (index, origin) in EventOrigin::ALL.into_iter().enumerate() {
            let wanted = match origin {
                EventOrigin::Member => 0,
                EventOrigin::Quarantined => 1,
                EventOrigin::Foreign => 2,
                EventOrigin::OwnerLocked => 3,
            };
            assert_eq!(index, wanted);
        }
    }
}
