//! Events, and what comes in on a stream.

use super::Console;
use crate::Answered;
use fleet_bindings::shapes::{
    Destination, DeviceError, Event, EventPage, FollowedEvents, StreamedEvents, Subscription, Usage,
};
use std::sync::Arc;

/// The events of a product that this process publishes, from the moment on when it was opened.
#[derive(Debug, uniffi::Object)]
pub struct EventStream(pub(crate) fleet_bindings::doors::EventStream);

#[uniffi::export]
impl EventStream {
    /// The end of the log when the stream was opened: for `follow_events`.
    pub fn start(&self) -> String {
        self.0.start()
    }

    /// Waits for events without a thread. `wait` of each language has a deadline and is cancelled with its task.
    pub fn begin_wait(&self) -> Arc<StreamWait> {
        Arc::new(StreamWait(self.0.begin_wait()))
    }
}

/// Somebody who waits for events.
#[derive(Debug, uniffi::Object)]
pub struct StreamWait(fleet_bindings::StreamWait);

#[uniffi::export]
impl StreamWait {
    /// Whether there is something to read, once there is or the waiting was stopped.
    pub async fn ended(&self) -> bool {
        self.0.ended().await
    }

    /// Stops the waiting.
    pub fn stop(&self) {
        self.0.stop();
    }
}

#[uniffi::export]
impl Console {
    /// Has matching events sent on from now on. Each delivery is one outbound message.
    #[uniffi::method(default(prefix = None, device = None))]
    pub async fn subscribe(
        &self,
        product: u32,
        to: Destination,
        prefix: Option<String>,
        device: Option<String>,
    ) -> Answered<Subscription> {
        self.ask(move |door| door.subscribe(product, to, prefix.as_deref(), device.as_deref())).await
    }

    /// Ends a subscription.
    pub async fn unsubscribe(&self, product: u32, subscription: u32) -> Answered<()> {
        self.ask(move |door| door.unsubscribe(product, subscription)).await
    }

    /// A product's subscriptions, in the order in which they were made.
    pub async fn subscriptions(&self, product: u32) -> Answered<Vec<Subscription>> {
        self.ask(move |door| door.subscriptions(product)).await
    }

    /// The events of a product's log, newest first, of one device or whose name begins with a prefix.
    #[uniffi::method(default(device = None, prefix = None, before = None, limit = None))]
    pub async fn events(
        &self,
        product: u32,
        device: Option<String>,
        prefix: Option<String>,
        before: Option<String>,
        limit: Option<u32>,
    ) -> Answered<EventPage> {
        self.ask(move |door| door.events(product, device.as_deref(), prefix.as_deref(), before.as_deref(), limit)).await
    }

    /// The events that were logged after a cursor, oldest first; without one, from now on.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn follow_events(
        &self,
        product: u32,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<FollowedEvents> {
        self.ask(move |door| door.follow_events(product, after.as_deref(), limit)).await
    }

    /// Opens a stream of what this process publishes for a product from now on.
    pub async fn event_stream(&self, product: u32) -> Answered<Arc<EventStream>> {
        self.ask(move |door| Ok(Arc::new(EventStream(door.event_stream(product)?)))).await
    }

    /// Takes events that came in on a stream. Whoever reads must be let in each time.
    #[uniffi::method(default(limit = None))]
    pub async fn read_event_stream(&self, stream: Arc<EventStream>, limit: Option<u32>) -> Answered<StreamedEvents> {
        self.ask(move |door| door.read_event_stream(&stream.0, limit)).await
    }

    /// What a walk over a stream goes on with; nothing where it is to wait. A gap is told once, as `eventsMissed`: asked
    /// again, the walk goes on behind it.
    pub async fn next_events(&self, stream: Arc<EventStream>) -> Answered<Vec<Event>> {
        self.ask(move |door| door.next_events(&stream.0)).await
    }

    /// Which errors the members of a product reported, by kind.
    pub async fn device_errors(&self, product: u32) -> Answered<Vec<DeviceError>> {
        self.ask(move |door| door.device_errors(product)).await
    }

    /// Counts the errors of a kind anew.
    pub async fn forget_device_errors(&self, product: u32, error_kind: String) -> Answered<()> {
        self.ask(move |door| door.forget_device_errors(product, &error_kind)).await
    }

    /// A product's messages in the usage month of this moment.
    pub async fn usage(&self, product: u32) -> Answered<Usage> {
        self.ask(move |door| door.usage(product)).await
    }
}
