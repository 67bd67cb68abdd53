//! Events, and streams of new events.

use super::{Console, ProductConsole};
use crate::Answered;
use fleet_bindings::shapes::{
    Destination, DeviceError, Event, EventPage, FollowedEvents, StreamedEvents, Subscription, Usage,
};
use std::sync::Arc;

/// A stream of the events of a product that this process publishes after the stream was opened.
#[derive(Debug, uniffi::Object)]
pub struct EventStream(pub(crate) fleet_bindings::doors::EventStream);

#[uniffi::export]
impl EventStream {
    /// The end of the log when the stream was opened: a cursor for `follow_events`.
    pub fn start(&self) -> String {
        self.0.start()
    }

    /// Waits for events without blocking a thread. `wait` of each language has a deadline and is cancelled with its
    /// task.
    pub fn begin_wait(&self) -> Arc<StreamWait> {
        Arc::new(StreamWait(self.0.begin_wait()))
    }
}

/// A wait for events.
#[derive(Debug, uniffi::Object)]
pub struct StreamWait(fleet_bindings::StreamWait);

#[uniffi::export]
impl StreamWait {
    /// Resolves to whether there is something to read, once there is or the wait was stopped.
    pub async fn ended(&self) -> bool {
        self.0.ended().await
    }

    /// Stops the wait.
    pub fn stop(&self) {
        self.0.stop();
    }
}

#[uniffi::export]
impl Console {
    /// Reads the events that arrived on a stream. The actor's permission is checked on each call.
    #[uniffi::method(default(limit = None))]
    pub async fn read_event_stream(&self, stream: Arc<EventStream>, limit: Option<u32>) -> Answered<StreamedEvents> {
        self.ask(move |door| door.read_event_stream(&stream.0, limit)).await
    }
}

#[uniffi::export]
impl ProductConsole {
    /// Forwards matching events from now on. Each delivery is one outbound message.
    #[uniffi::method(default(prefix = None, device = None))]
    pub async fn subscribe(
        &self,
        to: Destination,
        prefix: Option<String>,
        device: Option<String>,
    ) -> Answered<Subscription> {
        self.ask(move |door| door.subscribe(to, prefix.as_deref(), device.as_deref())).await
    }

    /// Ends a subscription.
    pub async fn unsubscribe(&self, subscription: u32) -> Answered<()> {
        self.ask(move |door| door.unsubscribe(subscription)).await
    }

    /// Lists a product's subscriptions, oldest first.
    pub async fn subscriptions(&self) -> Answered<Vec<Subscription>> {
        self.ask(|door| door.subscriptions()).await
    }

    /// Lists the events of a product's log, newest first: of one device, or those whose name begins with a prefix.
    #[uniffi::method(default(device = None, prefix = None, before = None, limit = None))]
    pub async fn events(
        &self,
        device: Option<String>,
        prefix: Option<String>,
        before: Option<String>,
        limit: Option<u32>,
    ) -> Answered<EventPage> {
        self.ask(move |door| door.events(device.as_deref(), prefix.as_deref(), before.as_deref(), limit)).await
    }

    /// Lists the events that were logged after a cursor, oldest first; without a cursor, from now on.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn follow_events(&self, after: Option<String>, limit: Option<u32>) -> Answered<FollowedEvents> {
        self.ask(move |door| door.follow_events(after.as_deref(), limit)).await
    }

    /// Opens a stream of the events that this process publishes for a product from now on.
    pub async fn event_stream(&self) -> Answered<Arc<EventStream>> {
        self.ask(move |door| Ok(Arc::new(EventStream(door.event_stream()?)))).await
    }

    /// Lists the errors that members of a product reported, by kind.
    pub async fn device_errors(&self) -> Answered<Vec<DeviceError>> {
        self.ask(|door| door.device_errors()).await
    }

    /// Resets the count of the errors of a kind.
    pub async fn forget_device_errors(&self, error_kind: String) -> Answered<()> {
        self.ask(move |door| door.forget_device_errors(&error_kind)).await
    }

    /// Returns a product's message counts in the usage month of this moment.
    pub async fn usage(&self) -> Answered<Usage> {
        self.ask(|door| door.usage()).await
    }

    /// Returns the next events of a walk over a stream, or nothing if it has to wait. A gap is reported once as
    /// `eventsMissed`; the next call continues after the gap.
    pub async fn next_events(&self, stream: Arc<EventStream>) -> Answered<Vec<Event>> {
        self.ask(move |door| door.next_events(&stream.0)).await
    }
}
