//! Reads a log: the heads of its slots, and its events from one boundary to another.
//!
//! Slots are merged by era, moment, slot and number, which agrees with the order within each slot and with the order in
//! which events were logged.

use crate::Error;
use crate::event::cursor::{EventCursor, Position, SLOTS};
use crate::event::log::{EventLog, EventView};
use crate::product::ProductId;
use crate::store::{Key, Range, Record, Row, Stamp, Store};
use crate::time::Timestamp;
use std::collections::VecDeque;

/// The heads of a product's slots, as they were at one moment.
pub(in crate::event) struct Heads<'s> {
    store: &'s dyn Store,
    product: ProductId,
    /// Each with its stamp. `None` means nothing was ever logged in the slot.
    pub(in crate::event) slots: Vec<(EventLog, Option<Stamp>)>,
}

impl<'s> Heads<'s> {
    pub(in crate::event) fn read(store: &'s dyn Store, product: ProductId) -> Result<Self, Error> {
        let keys: Vec<Key> = (0..SLOTS).map(|slot| Key::EventLog(product, slot)).collect();
        Ok(Self { store, product, slots: store.get(&keys)?.into_iter().map(EventLog::of).collect() })
    }

    fn cursor(&self, sequence_of: impl Fn(&EventLog) -> u64) -> EventCursor {
        let mut cursor = EventCursor::default();
        for ((head, _), slot) in self.slots.iter().zip(0..) {
            cursor.set(slot, sequence_of(head));
        }
        cursor
    }

    /// The start of the log as it is stored.
    pub(in crate::event) fn start(&self) -> EventCursor {
        self.cursor(|head| head.first)
    }

    /// The end of the log.
    pub(in crate::event) fn end(&self) -> EventCursor {
        self.cursor(|head| head.next)
    }

    /// Number of events stored beyond `most`.
    pub(in crate::event) fn excess(&self, most: u64) -> u64 {
        let stored = self.slots.iter().fold(0_u64, |sum, (head, _)| sum.saturating_add(head.len()));
        stored.saturating_sub(most)
    }

    /// Walks from the oldest event on.
    pub(in crate::event) fn walk(&self, few: usize) -> Walk<'s> {
        Walk::new(self.store, self.product, false, few, None, self.start(), self.end())
    }

    /// Returns the start of the log's newest `most` events. If many more are stored, most of them are skipped by
    /// bisection of the slots; the last ones are walked through.
    pub(in crate::event) fn floor(&self, most: u64) -> Result<EventCursor, Error> {
        let (start, end) = (self.start(), self.end());
        let mut excess = self.excess(most);
        let mut halves: Vec<Half> =
            (0..SLOTS).map(|slot| Half::new(slot, start.sequence(slot), end.sequence(slot))).collect();
        while excess > MAX_WALK {
            self.probe(&mut halves)?;
            // This many events are at or before the middle of their own slot, or were trimmed since.
            let before = halves.iter().map(Half::below).fold(0, u64::saturating_add);
            let there = halves.iter_mut().filter(|half| !half.is_empty());
            if excess >= before {
                // The oldest middle and everything before it in its slot are beyond the bound.
                let Some(oldest) = there.min_by_key(|half| half.order) else { break };
                excess = excess.saturating_sub(oldest.below());
                oldest.drop_below();
            } else {
                // The newest middle and everything after it in its slot are within the bound.
                let Some(newest) = there.max_by_key(|half| half.order) else { break };
                newest.drop_above();
            }
        }
        let mut floor = EventCursor::default();
        halves.iter().for_each(|half| floor.set(half.slot, half.from));
        let few = usize::try_from(excess).unwrap_or(usize::MAX);
        let mut walk = Walk::new(self.store, self.product, false, few, None, floor, end);
        for _ in 0..excess {
            let Some(view) = walk.peek()? else { break };
            floor = floor.past(view.position);
            walk.take();
        }
        Ok(floor)
    }

    /// Reads the events in the middle of slots where they are not known yet.
    fn probe(&self, halves: &mut [Half]) -> Result<(), Error> {
        let unknown = |half: &Half| half.order.is_none() && !half.is_empty();
        let keys: Vec<Key> = halves
            .iter()
            .filter(|half| unknown(half))
            .map(|half| Key::Event(self.product, half.slot, half.middle()))
            .collect();
        let mut rows = self.store.get(&keys)?.into_iter();
        for half in halves.iter_mut().filter(|half| unknown(half)) {
            let order = match rows.next().flatten() {
                Some(Row { record: Record::Event(event), .. }) => {
                    EventView::new(Position::new(half.slot, half.middle()), event).order()
                }
                // It was trimmed since, so it sorts before everything that is stored.
                _ => (0, Timestamp::from_millis(i64::MIN), Position::new(half.slot, half.middle())),
            };
            half.order = Some(order);
        }
        Ok(())
    }
}

/// Maximum number of events that are walked through to find the start of a log.
const MAX_WALK: u64 = 512;

/// The part of a slot in which a log may start, and the event in its middle.
struct Half {
    slot: u8,
    from: u64,
    to: u64,
    order: Option<(u64, Timestamp, Position)>,
}

impl Half {
    fn new(slot: u8, from: u64, to: u64) -> Self {
        Self { slot, from, to: to.max(from), order: None }
    }

    fn is_empty(&self) -> bool {
        self.from >= self.to
    }

    fn middle(&self) -> u64 {
        self.from + (self.to - self.from).saturating_sub(1) / 2
    }

    /// Number of events up to the middle one.
    fn below(&self) -> u64 {
        if self.is_empty() { 0 } else { self.middle() - self.from + 1 }
    }

    fn drop_below(&mut self) {
        (self.from, self.order) = (self.middle().saturating_add(1), None);
    }

    fn drop_above(&mut self) {
        (self.to, self.order) = (self.middle(), None);
    }
}

/// Iterates over the events of a log from one boundary to another, oldest or newest first, with as few reads as
/// possible.
pub(in crate::event) struct Walk<'s> {
    store: &'s dyn Store,
    product: ProductId,
    reverse: bool,
    /// Number of rows per read.
    chunk: usize,
    slots: Vec<SlotWalk>,
    /// Index in `slots` of the slot with the next event.
    ahead: Option<usize>,
}

struct SlotWalk {
    slot: u8,
    from: u64,
    to: u64,
    read: VecDeque<EventView>,
}

impl<'s> Walk<'s> {
    /// Creates a walk; `count` is the number of events that are probably wanted.
    pub(in crate::event) fn new(
        store: &'s dyn Store,
        product: ProductId,
        reverse: bool,
        count: usize,
        only: Option<u8>,
        from: EventCursor,
        to: EventCursor,
    ) -> Self {
        let slots: Vec<SlotWalk> = (0..SLOTS)
            .filter(|slot| only.is_none_or(|only| only == *slot))
            .map(|slot| SlotWalk { slot, from: from.sequence(slot), to: to.sequence(slot), read: VecDeque::new() })
            .collect();
        let chunk = (count / slots.len().max(1)).clamp(8, 256);
        Self { store, product, reverse, chunk, slots, ahead: None }
    }

    /// Returns the next event without taking it.
    pub(in crate::event) fn peek(&mut self) -> Result<Option<EventView>, Error> {
        if self.ahead.is_none() {
            for slot in &mut self.slots {
                slot.fill(self.store, self.product, self.reverse, self.chunk)?;
            }
            let heads = self.slots.iter().enumerate().filter_map(|(index, slot)| {
                let view = slot.read.front()?;
                Some((view.order(), index))
            });
            let next = if self.reverse { heads.max() } else { heads.min() };
            self.ahead = next.map(|(_, index)| index);
        }
        Ok(self.ahead.and_then(|index| self.slots.get(index)).and_then(|slot| slot.read.front().cloned()))
    }

    /// Takes the event that was peeked at.
    pub(in crate::event) fn take(&mut self) {
        if let Some(slot) = self.ahead.take().and_then(|index| self.slots.get_mut(index)) {
            slot.read.pop_front();
        }
    }

    /// Returns the first event of a slot that was not taken yet.
    pub(in crate::event) fn first_of(&self, slot: u8) -> Option<&EventView> {
        self.slots.iter().find(|walk| walk.slot == slot)?.read.front()
    }
}

impl SlotWalk {
    fn fill(&mut self, store: &dyn Store, product: ProductId, reverse: bool, chunk: usize) -> Result<(), Error> {
        if !self.read.is_empty() || self.from >= self.to {
            return Ok(());
        }
        let key = |sequence| Key::Event(product, self.slot, sequence);
        let range = Range::new(key(self.from), key(self.to - 1)).limit(chunk);
        let rows = store.scan(&if reverse { range.reversed() } else { range })?;
        let read = rows.into_iter().filter_map(|row| match (row.key, row.record) {
            (Key::Event(_, slot, sequence), Record::Event(event)) => {
                Some(EventView::new(Position::new(slot, sequence), event))
            }
            _ => None,
        });
        self.read = read.collect();
        match self.read.back().map(|view| view.position.sequence) {
            None => self.from = self.to,
            Some(sequence) if reverse => self.to = sequence,
            Some(sequence) => self.from = sequence.saturating_add(1),
        }
        Ok(())
    }
}
