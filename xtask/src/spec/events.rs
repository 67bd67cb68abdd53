//! The commands about events: subscriptions, the log, and what devices publish.

use super::answer;
use super::argument::{Destined, EventsFilter, PublishedEvent};
use super::command::Command;
use super::world::{Found, PAGE, World, done, malformed};
use fleet_core::event::{
    Delivery, Destination, Entry, Event, EventFilter, EventView, NewSubscription, Published, Subscription,
    SubscriptionId,
};
use fleet_core::{Console, Timestamp};
use serde_json::{Value, json};

impl World {
    /// Runs the commands of a team about events.
    pub(super) fn events(&self, door: Console<'_>, command: &Command) -> Found<Option<Value>> {
        Ok(Some(match command {
            Command::Subscribe { product, to, prefix, device } => {
                let mut wanted = NewSubscription::new(destination(to)?);
                wanted.prefix = self.maybe(prefix.as_ref())?.unwrap_or_default();
                wanted.device = self.maybe(device.as_ref())?;
                subscription(&door.product(self.product(product)?).subscribe(&wanted)?)
            }
            Command::Unsubscribe { product, subscription } => {
                door.product(self.product(product)?).unsubscribe(SubscriptionId::new(self.see(subscription)?))?;
                done()
            }
            Command::Subscriptions { product } => {
                answer::items(door.product(self.product(product)?).subscriptions()?.iter().map(subscription))
            }
            Command::Events { product, filter, before, limit } => {
                let filter = self.event_filter(filter.as_ref())?;
                let before = self.maybe(before.as_ref())?;
                let page = door.product(self.product(product)?).events(&filter, before, limit.unwrap_or(PAGE))?;
                answer::page(page.items.iter().map(event), page.next)
            }
            Command::FollowEvents { product, after, limit } => {
                let after = self.maybe(after.as_ref())?;
                let followed = door.product(self.product(product)?).follow_events(after, limit.unwrap_or(PAGE))?;
                let page = answer::page(followed.items.iter().map(event), Some(followed.next));
                answer::with(page, json!({ "missed": followed.missed }))
            }
            Command::EventStream { product } => {
                let stream = door.product(self.product(product)?).event_stream()?;
                let mut streams = self.streams.borrow_mut();
                let opened = json!({ "stream": streams.len(), "start": stream.start() });
                streams.push(stream);
                opened
            }
            Command::ReadEventStream { stream, limit } => {
                let streams = self.streams.borrow();
                let Some(stream) = streams.get(self.see(stream)?) else {
                    return malformed("no previous step opened this stream");
                };
                let streamed = door.read_event_stream(stream, limit.unwrap_or(PAGE))?;
                let items = answer::items(streamed.items.iter().map(event));
                answer::with(items, json!({ "missed": streamed.missed }))
            }
            Command::DeviceErrors { product } => {
                let errors = door.product(self.product(product)?).device_errors()?;
                answer::items(errors.iter().map(|(kind, error)| {
                    json!({
                        "kind": kind,
                        "count": error.count,
                        "first_at": time(error.first_at),
                        "last_at": time(error.last_at),
                        "device": error.device,
                    })
                }))
            }
            Command::ForgetDeviceErrors { product, error_kind } => {
                door.product(self.product(product)?).forget_device_errors(&self.see(error_kind)?)?;
                done()
            }
            _ => return Ok(None),
        }))
    }

    /// Publishes an event of a device.
    pub(super) fn publish(&self, said: &PublishedEvent) -> Found<Value> {
        Ok(published(&self.fleet.gateway(self.now).publish(&self.said(said)?)?))
    }

    /// Publishes the events of many devices at once.
    pub(super) fn publish_many(&self, said: &[PublishedEvent]) -> Found<Value> {
        let events: Vec<Event> = said.iter().map(|said| self.said(said)).collect::<Found<_>>()?;
        let answers = self.fleet.gateway(self.now).publish_many(&events)?;
        Ok(json!({ "answers": answers.iter().map(published).collect::<Value>() }))
    }

    fn said(&self, said: &PublishedEvent) -> Found<Event> {
        let data = said.data.as_ref().map(|data| data.written()).unwrap_or_default();
        let at = said.happened_at.map_or(self.now, |at| at.0);
        let mut event = Event::new(self.see(&said.device)?, &said.name.written(), &data, at)?;
        if let Some(product) = self.maybe(said.product.as_ref())? {
            event = event.with_product(product);
        }
        if let Some(id) = &said.id {
            event = event.with_id(&id.written())?;
        }
        if let Some(kind) = &said.error_kind {
            event = event.with_error(&kind.written())?;
        }
        Ok(event)
    }

    fn event_filter(&self, filter: Option<&EventsFilter>) -> Found<EventFilter> {
        let mut wanted = EventFilter::default();
        if let Some(filter) = filter {
            wanted.device = self.maybe(filter.device.as_ref())?;
            wanted.prefix.clone_from(&filter.prefix);
        }
        Ok(wanted)
    }
}

fn destination(to: &Destined) -> Found<Destination> {
    Ok(match to {
        Destined::Webhook { url } => Destination::Webhook { url: url.written().parse()? },
        Destined::Integration { name } => Destination::Integration { name: name.written().into() },
        Destined::LiveStream => Destination::LiveStream,
    })
}

fn time(at: Timestamp) -> Value {
    at.to_string().into()
}

fn subscription(subscription: &Subscription) -> Value {
    json!({
        "id": subscription.id,
        "to": target(&subscription.destination),
        "prefix": subscription.prefix,
        "device": subscription.device,
        "created_at": time(subscription.created_at),
    })
}

fn target(destination: &Destination) -> Value {
    match destination {
        Destination::Webhook { url } => json!({ "webhook": { "url": url.reveal() } }),
        Destination::Integration { name } => json!({ "integration": { "name": name } }),
        _ => json!("live_stream"),
    }
}

fn event(view: &EventView) -> Value {
    let event = &view.event;
    json!({
        "slot": view.position.slot,
        "sequence": view.position.sequence,
        "at": time(event.at),
        "happened_at": time(event.happened_at),
        "device": event.device,
        "origin": event.origin,
        "name": event.name,
        "data": event.data,
        "id": event.id,
        "error_kind": event.error,
        "matched": event.matched,
        "sent": event.sent,
        "cursor": view.cursor,
    })
}

fn published(published: &Published) -> Value {
    match published {
        Published::Logged(entry) => logged(entry),
        Published::Denied { product } => json!({ "kind": "denied", "product": product }),
        Published::Personal => json!({ "kind": "personal" }),
        Published::UnknownProduct => json!({ "kind": "unknown_product" }),
        other => json!({ "kind": format!("{other:?}") }),
    }
}

fn delivery(delivery: &Delivery) -> Value {
    let message = &delivery.message;
    json!({
        "subscription": delivery.subscription,
        "key": delivery.key.to_string(),
        "to": delivery.to.as_ref().map(target),
        "device": message.device,
        "name": message.name,
        "data": message.data,
        "id": message.id,
        "at": time(message.at),
    })
}

fn logged(entry: &Entry) -> Value {
    let deliveries = entry.deliveries.iter().map(delivery);
    let dropped = entry
        .dropped
        .as_ref()
        .map(|dropped| json!({ "subscriptions": dropped.subscriptions, "limit": answer::limit(&dropped.limit) }));
    json!({
        "kind": "logged",
        "product": entry.product,
        "slot": entry.position.slot,
        "sequence": entry.position.sequence,
        "at": time(entry.at),
        "origin": entry.origin,
        "duplicate": entry.duplicate,
        "id_reused": entry.id_reused,
        "deliveries": deliveries.collect::<Value>(),
        "dropped": dropped,
    })
}
