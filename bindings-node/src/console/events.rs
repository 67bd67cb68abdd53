//! Events, as a team sees them, and what comes in on a stream.

use super::Console;
use crate::given;
use crate::job::operations;
use fleet_bindings::shapes::{
    Destination, DeviceError, EventPage, FollowedEvents, StreamedEvents, Subscription, Usage,
};
use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Unknown};
use napi_derive::napi;
use std::thread;
use std::time::Duration;

operations! { Console {
    subscribe(product: u32, to: Destination, prefix: Option<String>, device: Option<String>) -> Subscription {
        move |door| door.subscribe(product, to, prefix.as_deref(), device.as_deref())
    }
    unsubscribe(product: u32, subscription: u32) -> () { move |door| door.unsubscribe(product, subscription) }
    subscriptions(product: u32) -> Vec<Subscription> { move |door| door.subscriptions(product) }
    events(
        product: u32,
        device: Option<String>,
        prefix: Option<String>,
        before: Option<String>,
        limit: Option<u32>
    ) -> EventPage {
        move |door| door.events(product, device.as_deref(), prefix.as_deref(), before.as_deref(), limit)
    }
    follow_events(product: u32, after: Option<String>, limit: Option<u32>) -> FollowedEvents {
        move |door| door.follow_events(product, after.as_deref(), limit)
    }
    event_stream(product: u32) -> EventStream { move |door| door.event_stream(product).map(EventStream) }
    device_errors(product: u32) -> Vec<DeviceError> { move |door| door.device_errors(product) }
    forget_device_errors(product: u32, error_kind: String) -> () {
        move |door| door.forget_device_errors(product, &error_kind)
    }
    usage(product: u32) -> Usage { move |door| door.usage(product) }
} }

#[napi]
impl Console {
    /// Takes events that came in on a stream.
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

    /// Waits until there is something to read, at most so many milliseconds, on a thread of its own: whoever waits on
    /// the pool keeps it from others.
    #[napi]
    pub fn wait(&self, env: Env, at_most: Unknown<'_>) -> napi::Result<PromiseRaw<'static, bool>> {
        let at_most = Duration::from_millis(given::<u32>(&env, at_most, "milliseconds")?.into());
        let stream = self.0.clone();
        let (deferred, promise) = env.create_deferred()?;
        let promise = PromiseRaw::new(env.raw(), napi::JsValue::raw(&promise));
        let waiting = thread::Builder::new().name("fleet-wait".to_owned());
        let spawned = waiting.spawn(move || {
            let is_there = stream.wait(at_most);
            deferred.resolve(move |_| Ok(is_there));
        });
        spawned.map_err(|error| napi::Error::from_reason(error.to_string()))?;
        Ok(promise)
    }
}
