//! What is kept of events: the log's rows, and the heads of its slots.

use super::cursor::Position;
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
use std::time::Duration;

/// A clock that is this far behind the latest moment of a log is not taken for one that jumped back a little: either it or
/// the clock before it is wrong, and neither decides which events are newer.
pub(super) const FAR: Duration = Duration::from_mins(10);

/// Clocks of this many publishes must agree before an event is deleted for its age.
pub(super) const CLOCKS: usize = 4;

/// The head of one slot of a product's log: which events are in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLog {
    /// The number of the oldest event that is kept.
    pub first: u64,
    /// The number of the next event.
    pub next: u64,
    /// By which moment the oldest one that is kept [ages](LoggedEvent::ages_from); without meaning where there is none.
    pub first_at: Timestamp,
    /// When the latest one was logged.
    pub last_at: Timestamp,
    /// The [era](LoggedEvent::era) of the latest one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub era: u64,
    /// By which moment the latest one ages; none: by that at which it was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages_from: Option<Timestamp>,
    /// The gateways' clocks at the latest publishes to this slot, the last of them first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub clocks: [Timestamp; CLOCKS],
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_default(clocks: &[Timestamp; CLOCKS]) -> bool {
    *clocks == <[Timestamp; CLOCKS]>::default()
}

/// Where in a log's order something is logged: no clock can make what is logged later come before it.
///
/// A clock that is a little behind the log's latest moment is not followed. One that is [`FAR`] behind begins a new era:
/// all that follows comes after what was logged before, whatever its moment. Which of the two clocks is wrong nobody
/// knows. A slot that stands before the latest event's begins a new era too, where the moment is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LogMoment {
    pub(super) era: u64,
    pub(super) at: Timestamp,
    pub(super) slot: u8,
    /// The latest moment that the log had by then: what follows something never ages before it.
    pub(super) ages_from: Timestamp,
}

impl LogMoment {
    /// The moment of what is logged in a slot by a gateway's clock, after the latest of a log.
    pub(super) fn next(latest: Option<Self>, slot: u8, now: Timestamp) -> Self {
        let Some(latest) = latest else { return Self { era: 0, at: now, slot, ages_from: now } };
        let is_far_behind = latest.at > now.after(FAR);
        let at = if is_far_behind { now } else { latest.at.max(now) };
        let begins = is_far_behind || (at == latest.at && slot < latest.slot);
        let era = latest.era.saturating_add(u64::from(begins));
        Self { era, at, slot, ages_from: latest.ages_from.max(at) }
    }

    /// The latest of a log, by the heads of its slots.
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
    /// How many events are kept.
    pub fn len(&self) -> u64 {
        self.next.saturating_sub(self.first)
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A slot's head out of its row, and the row's stamp.
    pub(super) fn of(row: Option<Row>) -> (Self, Option<Stamp>) {
        match row {
            Some(Row { record: Record::EventLog(head), stamp, .. }) => (head, Some(stamp)),
            _ => (Self::default(), None),
        }
    }

    /// Where in the log's order the latest event was; none: there never was one.
    pub(super) fn last(&self, slot: u8) -> Option<LogMoment> {
        let ages_from = self.ages_from.unwrap_or(self.last_at);
        (self.next > 0).then_some(LogMoment { era: self.era, at: self.last_at, slot, ages_from })
    }

    /// Takes one more event in, and says under which number.
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

    /// Keeps the clock of a gateway that publishes to the slot.
    pub(super) fn heard(&mut self, now: Timestamp) {
        self.clocks.rotate_right(1);
        if let Some(first) = self.clocks.first_mut() {
            *first = now;
        }
    }

    /// The moment that the clocks of the latest publishes all reached.
    pub(super) fn agreed(&self) -> Timestamp {
        self.clocks.iter().copied().min().unwrap_or_default()
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
    /// When it was logged, by the gateway's clock; where that was up to ten minutes behind the log's latest moment, that.
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
    /// Which part of the log it is in: a new one begins where era, moment and slot alone would put it before what was logged
    /// before: its clock is ten minutes or more behind, or it is of the same moment and its slot comes first. Events are
    /// ordered by era, moment, slot and number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub era: u64,
    /// By which moment it ages, the latest that the log had by then; none: by that at which it was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages_from: Option<Timestamp>,
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

    /// What orders it among the events of its log.
    pub(super) fn order(&self) -> (u64, Timestamp, Position) {
        (self.event.era, self.event.at, self.position)
    }
}

impl LoggedEvent {
    /// Whether this is what is in the log of such an event under the caller's id.
    pub(super) fn is(&self, event: &Event) -> bool {
        self.device == event.device()
            && self.id.as_deref() == event.id()
            && *self.name == *event.name()
            && *self.data == *event.data()
    }

    /// Whether this is the part of a key that stands for its id.
    pub(crate) fn has_id_hash(&self, hash: [u8; 16]) -> bool {
        let id = self.id.as_deref();
        id.is_some_and(|id| id_hash(self.device, id) == hash || old_id_hash(self.device, id) == hash)
    }

    /// By which moment it ages.
    pub(super) fn aged(&self) -> Timestamp {
        self.ages_from.unwrap_or(self.at)
    }

    /// Whether it is young enough to be in the log, by the clock of who reads it. A moment that this clock did not reach
    /// yet says nothing of the age of what followed it: that ages by its own.
    pub(super) fn is_young(&self, policy: &Policy, now: Timestamp) -> bool {
        let from = if self.aged() > now { self.at } else { self.aged() };
        is_young(policy, from, now)
    }
}

/// Whether an event that was logged then is young enough to be in the log.
pub(super) fn is_young(policy: &Policy, at: Timestamp, now: Timestamp) -> bool {
    at.after(Duration::from_millis(policy.log_age_millis)) > now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_back_a_little_is_not_followed() {
        let mut head = EventLog::default();
        let pushed = [10, 20, 5, 20, 21].map(|now| {
            let moment = LogMoment::next(LogMoment::latest([&head].into_iter()), 0, Timestamp::from_millis(now));
            (head.push(moment), moment.era, moment.at.as_millis())
        });
        assert_eq!(pushed, [(0, 0, 10), (1, 0, 20), (2, 0, 20), (3, 0, 20), (4, 0, 21)]);
        assert_eq!((head.len(), head.first_at), (5, Timestamp::from_millis(10)));
    }

    #[test]
    fn what_is_logged_later_comes_later_whatever_the_clocks_say() {
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
        let at = |place: usize| moments[place].at.as_millis();
        assert_eq!((at(3), at(4), at(6), at(8), at(10)), (2 * minute, 3 * minute, 4 * minute, 5 * minute, 6 * minute));
    }

    #[test]
    fn what_is_logged_in_one_moment_is_in_the_order_in_which_it_was_logged() {
        let mut heads = [EventLog::default(); 4];
        let places = [3, 1, 1, 2, 0, 0, 3].map(|slot| {
            let moment = LogMoment::next(LogMoment::latest(heads.iter()), slot, Timestamp::from_millis(7));
            let number = heads[usize::from(slot)].push(moment);
            (moment.era, moment.at, slot, number)
        });
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(places.map(|(era, ..)| era), [0, 1, 1, 1, 2, 2, 2]);
        let later = LogMoment::next(LogMoment::latest(heads.iter()), 0, Timestamp::from_millis(8));
        assert_eq!(later.era, 2);
    }

    #[test]
    fn one_clock_that_is_ahead_is_not_agreed_on() {
        let mut head = EventLog::default();
        let moments = [1, 2, 3, 900, 5, 900, 900, 900, 900].map(Timestamp::from_millis);
        let agreed = moments.map(|now| {
            head.heard(now);
            head.agreed().as_millis()
        });
        assert_eq!(agreed, [0, 0, 0, 1, 2, 3, 5, 5, 900]);
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
}
