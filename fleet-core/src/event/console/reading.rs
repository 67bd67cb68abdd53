//! Reading a log: by page backwards from its end, or forwards from a cursor.
//!
//! Results are exact to the log's bounds, even if more rows are still stored.

use crate::Error;
use crate::device::{DeviceId, Page, check_page};
use crate::event::cursor::{EventCursor, Position, SLOTS, slot_of};
use crate::event::log::{EventView, LoggedEvent};
use crate::event::rows::{Heads, Walk};
use crate::event::stream::{EventStream, Streamed};
use crate::fleet::{Console, ProductConsole};
use crate::product::{Product, ProductId};
use crate::team::{Access, Command};
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
    /// Selects all events.
    ///
    /// ```
    /// let filter = fleet_core::event::EventFilter::new().prefix("room/");
    /// assert_eq!((filter.prefix.as_deref(), filter.device), (Some("room/"), None));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects events of this device.
    #[must_use]
    pub fn device(self, device: DeviceId) -> Self {
        Self { device: Some(device), ..self }
    }

    /// Selects events whose name begins with this, byte for byte.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()), ..self }
    }

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
    /// newer and it is younger than [`log_age`](crate::Policy::log_age) at this console's moment. The
    /// order in which events were logged decides which are newer, not a clock.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
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
    pub fn read_event_stream(&self, stream: &EventStream, limit: usize) -> Result<Streamed, Error> {
        check_page(limit)?;
        self.read(Command::ReadProduct, stream.product(), |_| Ok(stream.read(limit)))
    }

    /// Returns a product that the actor may see.
    pub(in crate::event) fn reader(&self, product: ProductId) -> Result<Arc<Product>, Error> {
        self.fleet.transact(|tx| Ok(Access::check(tx, self.actor, Command::ReadProduct, product)?.product))
    }
}
