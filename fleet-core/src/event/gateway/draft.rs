//! Draft of the events to log in one slot of a product's log, and the commit that stores them.

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

/// Events to log in one slot.
pub(super) struct Draft<'e> {
    pub(super) product: ProductId,
    pub(super) slot: u8,
    /// The slot's head as it was read, and as it will be.
    pub(super) before: EventLog,
    stamp: Option<Stamp>,
    pub(super) head: EventLog,
    errors: Option<(Arc<DeviceErrors>, Option<Stamp>)>,
    pub(super) entries: Vec<DraftEntry<'e>>,
    /// Index of the entry with an id, by id hash.
    ids: HashMap<[u8; 16], usize, foldhash::fast::RandomState>,
    /// Events that repeat the id of an earlier entry: their index and that entry's.
    pub(super) repeated: Vec<(usize, usize)>,
}

pub(super) struct DraftEntry<'e> {
    pub(super) pending: Pending<'e>,
    pub(super) sequence: u64,
    pub(super) event: Arc<LoggedEvent>,
    /// Stamp of the id's existing row, which belongs to another event.
    id_stamp: Option<Stamp>,
    /// Whether another event used its id before.
    pub(super) id_reused: bool,
}

impl<'e> Draft<'e> {
    /// Creates the draft of a slot with this head, by a gateway's clock.
    pub(super) fn new(
        first: &Pending<'e>,
        (before, stamp): (EventLog, Option<Stamp>),
        errors: Option<Option<Row>>,
        now: Timestamp,
    ) -> Self {
        let mut head = before;
        head.record_clock(now);
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

    /// Adds an event. Only a member's error is counted; a member's event is delivered unless the owner is locked.
    pub(super) fn enter(
        &mut self,
        pending: Pending<'e>,
        origin: EventOrigin,
        found: &Found,
        now: Timestamp,
        id_stamp: Option<Stamp>,
    ) {
        let event = pending.event;
        let earlier = pending.id.and_then(|hash| self.ids.get(&hash).copied());
        let first = earlier.and_then(|index| Some((index, self.entries.get(index)?)));
        if let Some((index, _)) = first.filter(|(_, first)| first.event.is(event)) {
            self.repeated.push((pending.index, index));
            return;
        }
        let id_reused = id_stamp.is_some() || first.is_some();
        if let Some(hash) = pending.id {
            self.ids.insert(hash, self.entries.len());
        }
        // An event found late to be a different one comes after those entered before it.
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

    /// Returns the commit that logs the events.
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
        for (entry, index) in self.entries.iter().zip(0..) {
            // An id refers to the latest event with it.
            if let Some(hash) = entry.pending.id.filter(|hash| self.ids.get(hash) == Some(&index)) {
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
