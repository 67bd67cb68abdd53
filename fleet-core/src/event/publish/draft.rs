//! What is to be logged in one slot of a product's log, and the commit that does it.

use super::{Found, Pending};
use crate::event::cursor::Position;
use crate::event::errors::DeviceErrors;
use crate::event::log::{EventLog, EventOrigin, LoggedEvent};
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
    /// The stamp of the row that has its id by now and leads nowhere.
    id_stamp: Option<Stamp>,
}

impl<'e> Draft<'e> {
    pub(super) fn new(first: &Pending<'e>, head: Option<Row>, errors: Option<Option<Row>>) -> Self {
        let (before, stamp) = match head {
            Some(Row { record: Record::EventLog(head), stamp, .. }) => (head, Some(stamp)),
            _ => (EventLog::default(), None),
        };
        let errors = errors.map(|row| match row {
            Some(Row { record: Record::DeviceErrors(errors), stamp, .. }) => (errors, Some(stamp)),
            _ => (Arc::default(), None),
        });
        Self {
            product: first.product,
            slot: first.slot,
            head: before,
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
        if let Some(hash) = pending.id {
            if let Some(first) = self.ids.get(&hash) {
                self.repeated.push((pending.place, *first));
                return;
            }
            self.ids.insert(hash, self.entries.len());
        }
        let (sequence, at) = self.head.push(now);
        let origin = if found.locked && origin == EventOrigin::Member { EventOrigin::OwnerLocked } else { origin };
        let is_member = matches!(origin, EventOrigin::Member | EventOrigin::OwnerLocked);
        if let (Some(kind), Some((errors, _)), true) = (event.error(), &mut self.errors, is_member) {
            Arc::make_mut(errors).count(kind, at, event.device());
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
        });
        self.entries.push(DraftEntry { pending, sequence, event, id_stamp });
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
        for entry in &self.entries {
            if let Some(hash) = entry.pending.id {
                let position = Position::new(slot, entry.sequence);
                replace(Key::EventId(product, hash), entry.id_stamp, Record::EventId(position));
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
