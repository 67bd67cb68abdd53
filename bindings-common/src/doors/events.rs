//! Events, as a team sees them, and what comes in on a stream.

use super::waiting::StreamWait;
use super::{Answered, Console, device_id, limit, product_id};
use crate::Failure;
use crate::plain::count;
use crate::shapes::{Destination, DeviceError, Event, EventPage, FollowedEvents, StreamedEvents, Subscription, Usage};
use fleet_core::event::{self, EventFilter, NewSubscription, SubscriptionId};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Number of events that a walk over a stream reads at a time.
const WALK: u32 = 1000;

/// The events of a product that this process publishes, from the moment on when it was opened. Dropping the last clone
/// ends it.
#[derive(Clone, Debug)]
pub struct EventStream(Arc<Listening>);

#[derive(Debug)]
struct Listening {
    stream: event::EventStream,
    /// Events that were read together with the number of those that are missing before them.
    held: Mutex<Vec<Event>>,
}

impl EventStream {
    /// The end of the log when the stream was opened: for `follow_events`.
    pub fn start(&self) -> String {
        self.0.stream.start().to_string()
    }

    /// Waits on the caller's thread until there is something to read, at most for this time. Returns whether there is.
    pub fn wait(&self, at_most: Duration) -> bool {
        self.0.stream.wait(at_most)
    }

    /// Waits without a thread.
    pub fn begin_wait(&self) -> StreamWait {
        StreamWait::new(self.0.stream.readable())
    }
}

impl Console {
    /// Has matching events sent on from now on. Each delivery is one outbound message.
    pub fn subscribe(
        &self,
        product: u32,
        to: Destination,
        prefix: Option<&str>,
        device: Option<&str>,
    ) -> Answered<Subscription> {
        let mut new = NewSubscription::new(to.try_into()?).prefix(prefix.unwrap_or_default());
        new.device = device.map(device_id).transpose()?;
        Ok((&self.door()?.subscribe(product_id(product)?, &new)?).into())
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, product: u32, subscription: u32) -> Answered<()> {
        Ok(self.door()?.unsubscribe(product_id(product)?, SubscriptionId::new(subscription))?)
    }

    /// A product's subscriptions, in the order in which they were made.
    pub fn subscriptions(&self, product: u32) -> Answered<Vec<Subscription>> {
        Ok(super::shapes(&self.door()?.subscriptions(product_id(product)?)?))
    }

    /// The events of a product's log, newest first, of one device or whose name begins with a prefix.
    pub fn events(
        &self,
        product: u32,
        device: Option<&str>,
        prefix: Option<&str>,
        before: Option<&str>,
        page: Option<u32>,
    ) -> Answered<EventPage> {
        let mut filter = EventFilter::default();
        filter.device = device.map(device_id).transpose()?;
        filter.prefix = prefix.map(str::to_owned);
        let before = before.map(str::parse).transpose()?;
        let page = self.door()?.events(product_id(product)?, &filter, before, limit(page))?;
        Ok(EventPage { items: super::shapes(&page.items), next: page.next.map(|cursor| cursor.to_string()) })
    }

    /// The events that were logged after a cursor, oldest first; without one, from now on.
    pub fn follow_events(&self, product: u32, after: Option<&str>, page: Option<u32>) -> Answered<FollowedEvents> {
        let after = after.map(str::parse).transpose()?;
        let followed = self.door()?.follow_events(product_id(product)?, after, limit(page))?;
        let (next, missed) = (followed.next.to_string(), count(followed.missed));
        Ok(FollowedEvents { items: super::shapes(&followed.items), next, missed })
    }

    /// Opens a stream of what this process publishes for a product from now on.
    pub fn event_stream(&self, product: u32) -> Answered<EventStream> {
        let stream = self.door()?.event_stream(product_id(product)?)?;
        Ok(EventStream(Arc::new(Listening { stream, held: Mutex::default() })))
    }

    /// Takes events that came in on a stream. Whoever reads must be let in each time.
    pub fn read_event_stream(&self, stream: &EventStream, page: Option<u32>) -> Answered<StreamedEvents> {
        let streamed = self.door()?.read_event_stream(&stream.0.stream, limit(page))?;
        let items: Vec<Event> = super::shapes(&streamed.items);
        Ok(StreamedEvents { items, missed: count(streamed.missed) })
    }

    /// What a walk over a stream goes on with; nothing where it is to wait. A gap is an error, `events_missed`, and is
    /// told once: asked again, the walk goes on behind it.
    pub fn next_events(&self, stream: &EventStream) -> Answered<Vec<Event>> {
        let StreamedEvents { items, missed } = self.read_event_stream(stream, Some(WALK))?;
        let mut held = stream.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend(items);
        if missed > 0 {
            return Err(Failure::events_missed(missed));
        }
        Ok(std::mem::take(&mut *held))
    }

    /// Which errors the members of a product reported, by kind.
    pub fn device_errors(&self, product: u32) -> Answered<Vec<DeviceError>> {
        let errors = self.door()?.device_errors(product_id(product)?)?;
        let shapes = errors.iter().map(|(kind, error)| DeviceError {
            kind: kind.to_string(),
            count: count(error.count),
            first_at: error.first_at.into(),
            last_at: error.last_at.into(),
            device: error.device.to_string(),
        });
        Ok(shapes.collect())
    }

    /// Counts the errors of a kind anew.
    pub fn forget_device_errors(&self, product: u32, error_kind: &str) -> Answered<()> {
        Ok(self.door()?.forget_device_errors(product_id(product)?, error_kind)?)
    }

    /// A product's messages in the usage month of this moment.
    pub fn usage(&self, product: u32) -> Answered<Usage> {
        Ok((&self.door()?.usage(product_id(product)?)?).into())
    }
}
