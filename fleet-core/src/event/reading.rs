//! Reading a log: by page backwards from its end, or forwards from a cursor.
//!
//! Results are exact to the log's bounds, even if more rows are still stored. Slots are merged by era, moment, slot and
//! number, which agrees with the order within each slot and with the order in which events were logged.

use super::cursor::{EventCursor, Position, SLOTS, slot_of};
use super::log::{EventLog, EventView, LoggedEvent};
use super::stream::{EventStream, Streamed};
use crate::Error;
use crate::device::{DeviceId, Page, check_page};
use crate::fleet::{Console, ProductConsole};
use crate::product::{Product, ProductId};
use crate::store::{Key, Range, Record, Row, Stamp, Store};
use crate::team::{Access, Command};
use crate::time::Timestamp;
use fleet_core_macros::door;
use std::collections::VecDeque;
use std::sync::Arc;

/// Filter of events. All conditions that are set must hold; by default every event matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventFilter {
    /// Only events of this device.
    pub device: Option<DeviceId>,
    /// Only events whose name begins with this, byte for byte.
    pub prefix: Option<String>,
}

impl EventFilter {
    fn wants(&self, event: &LoggedEvent) -> bool {
        self.device.is_none_or(|device| device == event.device)
            && self.prefix.as_deref().is_none_or(|prefix| event.name.starts_with(prefix))
    }
}

/// A page of a log that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Followed {
    /// The next events, oldest first. Empty means there are no more yet.
    pub items: Vec<EventView>,
    /// The cursor to continue with.
    pub next: EventCursor,
    /// Number of events that left the log before they were read.
    pub missed: u64,
}

impl ProductConsole<'_> {
    /// Returns the events of a product's log that match a filter, newest first, `limit` (1 to 1,000) a page, before the
    /// cursor where the previous page ended (R-EVT-8). With a device in the filter, only its slot is read.
    ///
    /// An event is in the log while fewer than [`log_events`](crate::Policy::log_events) events of the product are
    /// newer and it is younger than [`log_age_millis`](crate::Policy::log_age_millis) at this console's moment. The
    /// order in which events were logged decides which are newer, not a clock.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    #[door(Events)]
    pub fn events(
        &self,
        filter: &EventFilter,
        before: Option<EventCursor>,
        limit: usize,
    ) -> Result<Page<EventView, EventCursor>, Error> {
        let Self { console, product } = *self;
        check_page(limit)?;
        console.read(Command::ReadProduct, product, |record| console.events_of(record, filter, before, limit))
    }

    /// Returns the events after a cursor in a product's log, oldest first, at most `limit` (1 to 1,000). Without a
    /// cursor it starts now: it returns no event, only the cursor to continue with (R-EVT-8).
    ///
    /// A reader that continues from each answer's `next` gets every event once, as long as it reads the event before
    /// that leaves the log; `missed` counts those that left. A page of [`events`](ProductConsole::events) before the
    /// same cursor contains the earlier ones.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    ///
    /// ```
    /// # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp, event::Event};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
    /// # let console = fleet.console(alice.id, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    /// # let device = "55ff6d04498b49a1b2c3d4e5".parse()?;
    /// # console.product(product).import(b"55ff6d04498b49a1b2c3d4e5")?;
    /// let start = console.product(product).follow_events(None, 100)?.next;
    /// fleet.gateway(now).publish(&Event::new(device, "door", "open", now)?)?;
    /// let followed = console.product(product).follow_events(Some(start), 100)?;
    /// assert_eq!((followed.items.len(), followed.missed), (1, 0));
    /// assert!(console.product(product).follow_events(Some(followed.next), 100)?.items.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[door(FollowEvents)]
    pub fn follow_events(&self, after: Option<EventCursor>, limit: usize) -> Result<Followed, Error> {
        let Self { console, product } = *self;
        check_page(limit)?;
        console.read(Command::ReadProduct, product, |record| console.events_after(record, after, limit))
    }

    /// Opens a stream of what this process publishes for a product from now on. It is not a subscription: its events do
    /// not count as messages.
    ///
    /// # Errors
    /// `not_found`.
    ///
    /// ```
    /// # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp, event::Event};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
    /// # let console = fleet.console(alice.id, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    /// # let device = "55ff6d04498b49a1b2c3d4e5".parse()?;
    /// # console.product(product).import(b"55ff6d04498b49a1b2c3d4e5")?;
    /// let stream = console.product(product).event_stream()?;
    /// fleet.gateway(now).publish(&Event::new(device, "door", "open", now)?)?;
    ///
    /// assert!(stream.wait(std::time::Duration::from_secs(1)));
    /// let streamed = console.read_event_stream(&stream, 100)?;
    /// assert_eq!(&*streamed.items[0].event.data, "open");
    ///
    /// // Each event carries the cursor that continues after it, also in the log.
    /// let read = streamed.items[0].cursor;
    /// assert!(console.product(product).follow_events(Some(read), 100)?.items.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[door(EventStream)]
    pub fn event_stream(&self) -> Result<EventStream, Error> {
        let Self { console, product } = *self;
        console.reader(product)?;
        console.fleet.live().open(product, || Ok(Heads::read(console.fleet.store(), product)?.end()))
    }
}

impl Console<'_> {
    fn events_of(
        &self,
        record: &Product,
        filter: &EventFilter,
        before: Option<EventCursor>,
        limit: usize,
    ) -> Result<Page<EventView, EventCursor>, Error> {
        let product = record.id;
        let log = Heads::read(self.fleet.store(), product)?;
        let floor = log.floor(record.policy.log_events.into())?;
        let end = log.end();
        let mut reached = EventCursor::default();
        for slot in 0..SLOTS {
            let end = end.sequence(slot);
            reached.set(slot, before.map_or(end, |before| before.sequence(slot).min(end)));
        }
        let only = filter.device.map(slot_of);
        let mut walk = Walk::new(self.fleet.store(), product, true, limit, only, floor, reached);
        let mut items = Vec::new();
        while let Some(view) = walk.peek()? {
            let is_young = view.event.is_young(&record.policy, self.now);
            // Below a moment that this clock has reached, all older events are beyond the age as well.
            if !is_young && view.event.aged() <= self.now {
                break;
            }
            if is_young && filter.wants(&view.event) {
                if items.len() == limit {
                    return Ok(Page::new(items, Some(reached)));
                }
                items.push(view.clone().followed_from(reached));
            }
            reached.set(view.position.slot, view.position.sequence);
            walk.take();
        }
        Ok(Page::new(items, None))
    }

    fn events_after(&self, record: &Product, after: Option<EventCursor>, limit: usize) -> Result<Followed, Error> {
        let product = record.id;
        let log = Heads::read(self.fleet.store(), product)?;
        let end = log.end();
        let Some(after) = after else { return Ok(Followed { items: Vec::new(), next: end, missed: 0 }) };
        let floor = log.floor(record.policy.log_events.into())?;
        let mut missed = 0_u64;
        let mut next = EventCursor::default();
        for slot in 0..SLOTS {
            let sequence = after.sequence(slot).min(end.sequence(slot));
            next.set(slot, sequence.max(floor.sequence(slot)));
            missed = missed.saturating_add(next.sequence(slot) - sequence);
        }
        let mut walk = Walk::new(self.fleet.store(), product, false, limit, None, next, end);
        let mut items = Vec::new();
        while items.len() < limit
            && let Some(view) = walk.peek()?
        {
            let Position { slot, sequence, .. } = view.position;
            // Rows that were stored when the heads were read may be trimmed before they are read.
            missed = missed.saturating_add(sequence.saturating_sub(next.sequence(slot)));
            next.set(slot, sequence.saturating_add(1));
            if view.event.is_young(&record.policy, self.now) {
                items.push(view.clone().followed_from(next));
            } else {
                missed = missed.saturating_add(1);
            }
            walk.take();
        }
        Ok(Followed { items, next, missed })
    }

    /// Takes at most `limit` (1 to 1,000) events from a stream. Access is checked at each call: after it was lost the
    /// answer is `not_found`, and the stream, which keeps its bounded buffer until it is dropped, returns nothing more.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    #[door(ReadEventStream)]
    pub fn read_event_stream(&self, stream: &EventStream, limit: usize) -> Result<Streamed, Error> {
        check_page(limit)?;
        self.read(Command::ReadProduct, stream.product(), |_| Ok(stream.read(limit)))
    }

    /// Returns a product that the actor may see.
    pub(super) fn reader(&self, product: ProductId) -> Result<Arc<Product>, Error> {
        self.fleet.transact(|tx| Ok(Access::check(tx, self.actor, Command::ReadProduct, product)?.product))
    }
}

/// The heads of a product's slots, as they were at one moment.
pub(super) struct Heads<'s> {
    store: &'s dyn Store,
    product: ProductId,
    /// Each with its stamp. `None` means nothing was ever logged in the slot.
    pub(super) slots: Vec<(EventLog, Option<Stamp>)>,
}

impl<'s> Heads<'s> {
    pub(super) fn read(store: &'s dyn Store, product: ProductId) -> Result<Self, Error> {
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
    pub(super) fn start(&self) -> EventCursor {
        self.cursor(|head| head.first)
    }

    /// The end of the log.
    pub(super) fn end(&self) -> EventCursor {
        self.cursor(|head| head.next)
    }

    /// Number of events stored beyond `most`.
    pub(super) fn excess(&self, most: u64) -> u64 {
        let stored = self.slots.iter().fold(0_u64, |sum, (head, _)| sum.saturating_add(head.len()));
        stored.saturating_sub(most)
    }

    /// Walks from the oldest event on.
    pub(super) fn walk(&self, few: usize) -> Walk<'s> {
        Walk::new(self.store, self.product, false, few, None, self.start(), self.end())
    }

    /// Returns the start of the log's newest `most` events. If many more are stored, most of them are skipped by
    /// bisection of the slots; the last ones are walked through.
    fn floor(&self, most: u64) -> Result<EventCursor, Error> {
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
pub(super) struct Walk<'s> {
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
    fn new(
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
    pub(super) fn peek(&mut self) -> Result<Option<EventView>, Error> {
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
    pub(super) fn take(&mut self) {
        if let Some(slot) = self.ahead.take().and_then(|index| self.slots.get_mut(index)) {
            slot.read.pop_front();
        }
    }

    /// Returns the first event of a slot that was not taken yet.
    pub(super) fn first_of(&self, slot: u8) -> Option<&EventView> {
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
