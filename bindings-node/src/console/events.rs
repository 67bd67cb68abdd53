//! Events, as a team sees them, and streams of new events.

use super::{Console, ProductConsole};
use crate::given;
use crate::job::operations;
use fleet_bindings::shapes::{
    Destination, DeviceError, Event, EventPage, FollowedEvents, StreamedEvents, Subscription, Usage,
};
use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Unknown};
use napi_derive::napi;

operations! { ProductConsole {
    subscribe(to: Destination, prefix: Option<String>, device: Option<String>) -> Subscription {
        move |door| door.subscribe(to, prefix.as_deref(), device.as_deref())
    }
    unsubscribe(subscription: u32) -> () { move |door| door.unsubscribe(subscription) }
    subscriptions() -> Vec<Subscription> { move |door| door.subscriptions() }
    events(device: Option<String>, prefix: Option<String>, before: Option<String>, limit: Option<u32>) -> EventPage {
        move |door| door.events(device.as_deref(), prefix.as_deref(), before.as_deref(), limit)
    }
    follow_events(after: Option<String>, limit: Option<u32>) -> FollowedEvents {
        move |door| door.follow_events(after.as_deref(), limit)
    }
    event_stream() -> EventStream { move |door| door.event_stream().map(EventStream) }
    device_errors() -> Vec<DeviceError> { move |door| door.device_errors() }
    forget_device_errors(error_kind: String) -> () { move |door| door.forget_device_errors(&error_kind) }
    usage() -> Usage { move |door| door.usage() }
} }

#[napi]
impl ProductConsole {
    /// The next events of a walk over a stream.
    #[napi]
    pub fn next_events(&self, env: Env, stream: &EventStream) -> napi::Result<PromiseRaw<'static, Vec<Event>>> {
        let stream = stream.0.clone();
        self.runner.run(&env, self.door.clone(), move |door| door.next_events(&stream))
    }
}

#[napi]
impl Console {
    /// Reads the events that arrived on a stream.
    #[napi]
    pub fn read_event_stream(
        &self,
        env: Env,
        stream: &EventStream,
        limit: Unknown<'_>,
    ) -> napi::Result<PromiseRaw<'static, StreamedEvents>> {
        let (stream, limit): (_, Option<u32>) = (stream.0.clone(), given(&env, limit, "limit")?);
        self.runner.run(&env, self.door.clone(), move |door| door.read_event_stream(&stream, limit))
    }
}

/// The events of a product that this process publishes.
#[napi]
#[derive(Debug)]
pub struct EventStream(fleet_bindings::EventStream);

#[napi]
impl EventStream {
    /// The end of the log when the stream was opened.
    #[napi(getter)]
    pub fn start(&self) -> String {
        self.0.start()
    }

    /// Waits for events without blocking a thread.
    #[napi]
    pub fn begin_wait(&self) -> StreamWait {
        StreamWait(self.0.begin_wait())
    }
}

/// A wait for events.
#[napi]
#[derive(Debug)]
pub struct StreamWait(fleet_bindings::StreamWait);

#[napi]
impl StreamWait {
    /// Resolves to whether there is something to read, once there is or the wait was stopped.
    #[napi]
    pub fn ended(&self, env: Env) -> napi::Result<PromiseRaw<'static, bool>> {
        let (deferred, promise) = env.create_deferred()?;
        let promise = PromiseRaw::new(env.raw(), napi::JsValue::raw(&promise));
        self.0.then(move |is_there| deferred.resolve(move |_| Ok(is_there)));
        Ok(promise)
    }

    /// Stops the wait.
    #[napi]
    pub fn stop(&self) {
        self.0.stop();
    }
}
