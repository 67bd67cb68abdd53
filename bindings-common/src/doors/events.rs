//! Events, as a team sees them, and streams of new events.

use super::waiting::StreamWait;
use super::{Answered, Console, ProductConsole, device_id, limit};
use crate::Failure;
use crate::plain::count;
use crate::shapes::{Destination, DeviceError, Event, EventPage, FollowedEvents, StreamedEvents, Subscription, Usage};
use fleet_core::event::{self, EventFilter, NewSubscription, SubscriptionId};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Number of events that a walk over a stream reads at a time.
const WALK: u32 = 1000;

/// A stream of the events of a product that this process publishes after the stream was opened. Dropping the last clone
/// closes it.
#[derive(Clone, Debug)]
pub struct EventStream(Arc<Listening>);

#[derive(Debug)]
struct Listening {
    stream: event::EventStream,
    /// Events that were read, and the number of events missing before them.
    held: Mutex<Vec<Event>>,
}

impl EventStream {
    /// The end of the log when the stream was opened: a cursor for `follow_events`.
    pub fn start(&self) -> String {
        self.0.stream.start().to_string()
    }

    /// Blocks the thread until there is something to read or this time has passed. Returns whether there is something
    /// to read.
    pub fn wait(&self, at_most: Duration) -> bool {
        self.0.stream.wait(at_most)
    }

    /// Waits without blocking a thread.
    pub fn begin_wait(&self) -> StreamWait {
        StreamWait::new(self.0.stream.readable())
    }
}

impl Console {
    /// Reads the events that arrived on a stream. The actor's permission is checked on each call.
    pub fn read_event_stream(&self, stream: &EventStream, page: Option<u32>) -> Answered<StreamedEvents> {
        let streamed = self.door()?.read_event_stream(&stream.0.stream, limit(page))?;
        let items: Vec<Event> = super::shapes(&streamed.items);
        Ok(StreamedEvents { items, missed: count(streamed.missed) })
    }
}

impl ProductConsole {
    /// Forwards matching events from now on. Each delivery is one outbound message.
    pub fn subscribe(&self, to: Destination, prefix: Option<&str>, device: Option<&str>) -> Answered<Subscription> {
        let mut new = NewSubscription::new(to.try_into()?).prefix(prefix.unwrap_or_default());
        new.device = device.map(device_id).transpose()?;
        Ok((&self.door()?.subscribe(&new)?).into())
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, subscription: u32) -> Answered<()> {
        Ok(self.door()?.unsubscribe(SubscriptionId::new(subscription))?)
    }

    /// Lists a product's subscriptions, oldest first.
    pub fn subscriptions(&self) -> Answered<Vec<Subscription>> {
        Ok(super::shapes(&self.door()?.subscriptions()?))
    }

    /// Lists the events of a product's log, newest first: of one device, or those whose name begins with a prefix.
    pub fn events(
        &self,
        device: Option<&str>,
        prefix: Option<&str>,
        before: Option<&str>,
        page: Option<u32>,
    ) -> Answered<EventPage> {
        let mut filter = EventFilter::default();
        filter.device = device.map(device_id).transpose()?;
        filter.prefix = prefix.map(str::to_owned);
        let before = before.map(str::parse).transpose()?;
        let page = self.door()?.events(&filter, before, limit(page))?;
        Ok(EventPage { items: super::shapes(&page.items), next: page.next.map(|cursor| cursor.to_string()) })
    }

    /// Lists the events that were logged after a cursor, oldest first; without a cursor, from now on.
    pub fn follow_events(&self, after: Option<&str>, page: Option<u32>) -> Answered<FollowedEvents> {
        let after = after.map(str::parse).transpose()?;
        let followed = self.door()?.follow_events(after, limit(page))?;
        let (next, missed) = (followed.next.to_string(), count(followed.missed));
        Ok(FollowedEvents { items: super::shapes(&followed.items), next, missed })
    }

    /// Opens a stream of the events that this process publishes for a product from now on.
    pub fn event_stream(&self) -> Answered<EventStream> {
        let stream = self.door()?.event_stream()?;
        Ok(EventStream(Arc::new(Listening { stream, held: Mutex::default() })))
    }

    /// Lists the errors that members of a product reported, by kind.
    pub fn device_errors(&self) -> Answered<Vec<DeviceError>> {
        let errors = self.door()?.device_errors()?;
        let shapes = errors.iter().map(|(kind, error)| DeviceError {
            kind: kind.to_string(),
            count: count(error.count),
            first_at: error.first_at.into(),
            last_at: error.last_at.into(),
            device: error.device.to_string(),
        });
        Ok(shapes.collect())
    }

    /// Resets the count of the errors of a kind.
    pub fn forget_device_errors(&self, error_kind: &str) -> Answered<()> {
        Ok(self.door()?.forget_device_errors(error_kind)?)
    }

    /// Returns a product's message counts in the usage month of this moment.
    pub fn usage(&self) -> Answered<Usage> {
        Ok((&self.door()?.usage()?).into())
    }

    /// Returns the next events of a walk over a stream, or nothing if it has to wait. A gap is reported once as the
    /// error `events_missed`; the next call continues after the gap.
    pub fn next_events(&self, stream: &EventStream) -> Answered<Vec<Event>> {
        let StreamedEvents { items, missed } = self.console.read_event_stream(stream, Some(WALK))?;
        let mut held = stream.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend(items);
        if missed > 0 {
            return Err(Failure::events_missed(missed));
        }
        Ok(std::mem::take(&mut *held))
    }
}
