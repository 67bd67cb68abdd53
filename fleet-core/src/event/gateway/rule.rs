//! What a publish decides from the rows that it read: whether an event is logged, repeated, refused or has to be looked
//! up, and how many of its messages are sent.

use super::draft::DraftEntry;
use super::{Found, Pending};
use crate::billing::{Catalogue, LimitExceeded, Resource};
use crate::device::Standing;
use crate::event::cursor::Position;
use crate::event::ids::EventId;
use crate::event::log::EventOrigin;
use crate::event::published::Entry;
use crate::event::subscription::{SubscriptionId, Subscriptions};
use crate::product::{Policy, Product};
use crate::store::{Record, Row, Stamp};
use crate::time::Timestamp;
use std::sync::Arc;

/// Relation of an event's device to the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// The event is logged with this origin.
    Of(EventOrigin),
    /// The device is denied: the event is refused.
    Denied,
    /// The product or the device's row is missing: a transaction determines the event's product.
    Unknown,
}

/// Decision about an event by the row of its id.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is new. A stamp means another event used its id before.
    New(Option<Stamp>),
    /// It repeats an event, and is answered like that one.
    Repeats(Box<Entry>),
    /// The row is from an earlier version: the event at this position of the log decides.
    LookUp(Position, Stamp),
}

/// Determines the relation of an event's device to a product.
pub(super) fn relation(pending: &Pending<'_>, found: Option<&Found>, device: Option<&Row>) -> Relation {
    if found.is_none() {
        return Relation::Unknown;
    }
    match (pending.origin, pending.member_after, device) {
        (Some(origin), _, _) => Relation::Of(origin),
        (None, Some(_), _) => Relation::Of(EventOrigin::Member),
        (None, None, Some(Row { record: Record::Device(device), .. })) => origin_of(device.standing),
        (None, None, _) => Relation::Unknown,
    }
}

/// Returns the relation of a device of this standing.
pub(super) fn origin_of(standing: Standing) -> Relation {
    match standing {
        Standing::Member => Relation::Of(EventOrigin::Member),
        Standing::Quarantined => Relation::Of(EventOrigin::Quarantined),
        Standing::Denied => Relation::Denied,
    }
}

/// Whether a cached member may have left the product since it was cached.
pub(super) fn is_stale(pending: &Pending<'_>, found: &Found) -> bool {
    pending.origin.is_none() && pending.member_after.is_some_and(|departures| departures != found.departures)
}

/// Decides whether an event is new or repeats another one (R-EVT-7).
pub(super) fn judge(
    pending: &Pending<'_>,
    id: Option<Row>,
    (policy, subscriptions): (&Policy, &Subscriptions),
    now: Timestamp,
) -> Verdict {
    match id {
        Some(Row { record: Record::EventId(EventId { event: Some(first), slot, sequence }), .. })
            if first.is_repeated_by(pending.event, policy, now) =>
        {
            let position = Position::new(slot, sequence);
            let entry = Entry::new(pending.product, position, &*first, pending.event, subscriptions);
            Verdict::Repeats(Box::new(entry.into_duplicate()))
        }
        Some(Row { record: Record::EventId(id @ EventId { event: None, .. }), stamp, .. }) => {
            Verdict::LookUp(id.position(), stamp)
        }
        id => Verdict::New(id.map(|row| row.stamp)),
    }
}

/// Assigns admitted messages to events of a product in their order (R-EVT-3). Returns how many are left.
pub(super) fn assign(
    entries: Vec<&mut DraftEntry<'_>>,
    mut left: u64,
    catalogue: &Catalogue,
    product: &Product,
) -> u64 {
    for entry in entries {
        let matched = count_of(&entry.event.matched);
        let sent = matched.min(u32::try_from(left).unwrap_or(u32::MAX));
        left -= u64::from(sent);
        let event = Arc::make_mut(&mut entry.event);
        event.sent = sent;
        if sent < matched {
            event.limit = Some(Box::new(exceeded(catalogue, product, u64::from(matched - sent))));
        }
    }
    left
}

/// Number of messages that an event wants to send.
pub(super) fn count_of(matched: &[SubscriptionId]) -> u32 {
    u32::try_from(matched.len()).unwrap_or(u32::MAX)
}

/// Returns the refusal for dropped messages of a product (R-TIER-3).
fn exceeded(catalogue: &Catalogue, product: &Product, dropped: u64) -> LimitExceeded {
    let resource = Resource::Messages;
    let limit = catalogue.limit_of(product, resource).unwrap_or(u64::MAX);
    let would_be = limit.saturating_add(dropped);
    let tier = Arc::clone(&product.tier);
    let lifted = LimitExceeded { tier, resource, limit, used: limit, would_be, fits: None, held: None };
    catalogue.check_product(product, resource, limit, would_be).err().unwrap_or(lifted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceId;
    use crate::event::Event;
    use crate::event::log::LogMoment;

    fn event() -> Event {
        Event::new(DeviceId::new([7; 12]), "door/front", "open", Timestamp::from_millis(0)).unwrap()
    }

    fn pending(event: &Event) -> Pending<'_> {
        Pending {
            product: crate::ProductId::new(1000).unwrap(),
            slot: 0,
            index: 0,
            event,
            origin: None,
            member_after: None,
            id: None,
            moment: LogMoment::next(None, 0, Timestamp::from_millis(0)),
        }
    }

    #[test]
    fn an_event_of_an_unknown_product_is_looked_up_in_a_transaction() {
        let event = event();
        let known = Pending { origin: Some(EventOrigin::Member), ..pending(&event) };
        assert_eq!(relation(&known, None, None), Relation::Unknown);
    }

    #[test]
    fn the_standing_of_a_device_decides_whether_its_event_is_logged() {
        assert_eq!(origin_of(Standing::Member), Relation::Of(EventOrigin::Member));
        assert_eq!(origin_of(Standing::Quarantined), Relation::Of(EventOrigin::Quarantined));
        assert_eq!(origin_of(Standing::Denied), Relation::Denied);
    }

    #[test]
    fn an_event_without_an_id_is_new() {
        let event = event();
        let verdict =
            judge(&pending(&event), None, (&Policy::default(), &Subscriptions::default()), Timestamp::from_millis(0));
        assert!(matches!(verdict, Verdict::New(None)));
    }
}
