//! What is to be logged in one slot of a product's log, and the commit that does it.

use super::{Found, Pending};
use crate::event::cursor::Position;
use crate::event::errors::DeviceErrors;
use crate::event::ids::EventId;
use crate::event::log::{EventLog, EventOrigin, LogMoment, LoggedEvent};
use crate::product::ProductId;
use crate::store::{Check, Commit, Key, Record, Row, Stamp, Stamps, Write};
use crate::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// What is to be logged in one slot.
pub(super) struct Draft<'e> {
    pub(super) product: ProductId,
    pub(super) slot: u8,
    /// The slot's head, as it was read and as it is to be.
    pub(super) before: EventLog,
    stamp: Option<Stamp>,
    pub(super) head: EventLog,
    errors: Option<(Arc<DeviceErrors>, Option<Stamp>)>,
    pub(super) entries: Vec<DraftEntry<'e>>,
    /// Which of the entries has which id.
    ids: HashMap<[u8; 16], usize, foldhash::fast::RandomState>,
    /// Places of events whose id an entry before them has, and which.
    pub(super) repeated: Vec<(usize, usize)>,
}

pub(super) struct DraftEntry<'e> {
    pub(super) pending: Pending<'e>,
    pub(super) sequence: u64,
    pub(super) event: Arc<LoggedEvent>,
    /// The stamp of the row that another event with its id has by now.
    id_stamp: Option<Stamp>,
    /// Whether there was another event with its id.
    pub(super) id_reused: bool,
}

impl<'e> Draft<'e> {
    /// Of a slot whose head is this, by a gateway's clock.
    pub(super) fn new(
        first: &Pending<'e>,
        (before, stamp): (EventLog, Option<Stamp>),
        errors: Option<Option<Row>>,
        now: Timestamp,
    ) -> Self {
        let mut head = before;
        head.heard(now);
        let errors = errors.map(|row| match row {
            Some(Row { record: Record::DeviceErrors(errors), stamp, .. }) => (errors, Some(stamp)),
            _ => (Arc::default(), None),
        });
        Self {
            product: first.product,
            slot: first.slot,
            head,
            before,
            stamp,
            errors,
            entries: Vec::new(),
            ids: HashMap::default(),
            repeated: Vec::new(),
        }
    }

    /// Takes an event in. Only a member's is counted if it is an error, and sent on where its owner is not locked.
    pub(super) fn enter(
        &mut self,
        pending: Pending<'e>,
        origin: EventOrigin,
        found: &Found,
        now: Timestamp,
        id_stamp: Option<Stamp>,
    ) {
        let event = pending.event;
        let mut id_reused = id_stamp.is_some();
        if let Some(hash) = pending.id {
            if let Some((place, first)) =
                self.ids.get(&hash).and_then(|place| Some((*place, self.entries.get(*place)?)))
            {
                if first.event.is(event) {
                    self.repeated.push((pending.place, place));
                    return;
                }
                id_reused = true;
            }
            self.ids.insert(hash, self.entries.len());
        }
        // What was found late to be another event comes after those that were entered before it.
        let moment = self.head.last(self.slot).max(Some(pending.moment)).unwrap_or(pending.moment);
        let LogMoment { era, at, ages_from, .. } = moment;
        let sequence = self.head.push(moment);
        let origin = if found.locked && origin == EventOrigin::Member { EventOrigin::OwnerLocked } else { origin };
        let is_member = matches!(origin, EventOrigin::Member | EventOrigin::OwnerLocked);
        if let (Some(kind), Some((errors, _)), true) = (event.error(), &mut self.errors, is_member) {
            Arc::make_mut(errors).count(kind, now, event.device());
        }
        let matched = if origin == EventOrigin::Member {
            found.subscriptions.matching(event.device(), event.name()).collect()
        } else {
            Box::default()
        };
        let event = Arc::new(LoggedEvent {
            at,
            happened_at: event.at().min(now),
            device: event.device(),
            origin,
            name: event.name().into(),
            data: event.data().into(),
            id: event.id().map(Into::into),
            error: event.error().map(Into::into),
            matched,
            sent: 0,
            limit: None,
            era,
            ages_from: (ages_from != at).then_some(ages_from),
        });
        self.entries.push(DraftEntry { pending, sequence, event, id_stamp, id_reused });
    }

    /// The commit that logs it.
    pub(super) fn commit(&mut self, found: &Found, stamps: &Stamps) -> Commit {
        let Self { product, slot, .. } = *self;
        let mut checks = Vec::with_capacity(2);
        let mut writes = Vec::with_capacity(1 + self.entries.len());
        checks.push(Check { key: Key::Product(product), stamp: Some(found.stamp) });
        let mut replace = |key: Key, read: Option<Stamp>, record: Record| {
            checks.push(Check { key: key.clone(), stamp: read });
            writes.push(Write::Put { key, record, stamp: stamps.stamp() });
        };
        replace(Key::EventLog(product, slot), self.stamp, Record::EventLog(self.head));
        if let Some((errors, stamp)) = self.errors.take() {
            replace(Key::DeviceErrors(product, slot), stamp, Record::DeviceErrors(errors));
        }
        for (entry, place) in self.entries.iter().zip(0..) {
            // An id leads to the last event that has it.
            if let Some(hash) = entry.pending.id.filter(|hash| self.ids.get(hash) == Some(&place)) {
                let id = EventId::new(Position::new(slot, entry.sequence), &entry.event);
                replace(Key::EventId(product, hash), entry.id_stamp, Record::EventId(id));
            }
        }
        writes.extend(self.entries.iter().map(|entry| Write::Put {
            key: Key::Event(product, slot, entry.sequence),
            record: Record::Event(Arc::clone(&entry.event)),
            stamp: stamps.stamp(),
        }));
        Commit { checks, writes }
    }
}
