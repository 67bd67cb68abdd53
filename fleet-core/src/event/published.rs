//! Results of publishing an event.

use super::cursor::Position;
use super::ids::KnownEvent;
use super::log::{EventOrigin, LoggedEvent};
use super::record::Event;
use super::subscription::{Destination, SubscriptionId, Subscriptions};
use crate::billing::LimitExceeded;
use crate::device::DeviceId;
use crate::product::ProductId;
use crate::time::Timestamp;
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// Outcome of publishing an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Published {
    /// It is in the product's log, and must be delivered as the entry states.
    Logged(Entry),
    /// The device is denied in the product: the event was refused and is not logged.
    Denied {
        /// The product.
        product: ProductId,
    },
    /// The device is in no product and named none: the event is not logged.
    Personal,
    /// The device named a product that does not exist: the event is not logged.
    UnknownProduct,
}

/// An event in a product's log, and what the host must deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// The product of the log.
    pub product: ProductId,
    /// Its position in the log.
    pub position: Position,
    /// When it was logged.
    pub at: Timestamp,
    /// Relation of the device to the product.
    pub origin: EventOrigin,
    /// Whether this event was published before under its id. The entry then describes that event, and nothing was
    /// logged or counted again (R-EVT-7).
    pub duplicate: bool,
    /// Whether another event used the id before: one with another name or data, or one from before the window. This is
    /// a new event nevertheless (R-EVT-7).
    pub id_reused: bool,
    /// The messages to send, in the order of the subscriptions: each is one outbound message (R-EVT-2).
    pub deliveries: Vec<Delivery>,
    /// The messages not to send, and the reason (R-EVT-3).
    pub dropped: Option<Dropped>,
}

/// One message to one subscriber: everything that the host needs to send it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Its key, the same at every retry: the subscriber recognises the message by it.
    pub key: DeliveryKey,
    /// Where to send it. `None` means that the event was published before and the subscription was ended since: there
    /// is nothing to send.
    pub to: Option<Destination>,
    /// What to send: all deliveries of an event share it.
    pub message: Arc<Message>,
}

/// The content of the messages of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// The device.
    pub device: DeviceId,
    /// The event's name.
    pub name: Arc<str>,
    /// Its data.
    pub data: Arc<str>,
    /// The id that its caller assigned.
    pub id: Option<Arc<str>>,
    /// When it was logged.
    pub at: Timestamp,
}

impl Message {
    fn new(event: &Event, at: Timestamp) -> Arc<Self> {
        let (name, data, id) = event.shared();
        Arc::new(Self { device: event.device(), name, data, id, at })
    }
}

/// Key of a delivery, unique over all products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey {
    product: ProductId,
    position: Position,
    subscription: SubscriptionId,
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { product, position, subscription } = self;
        write!(f, "{product}-{}-{}-{subscription}", position.slot, position.sequence)
    }
}

impl Serialize for DeliveryKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Messages that were dropped, not queued, because of the tier's monthly limit (R-EVT-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dropped {
    /// Their subscriptions, in order.
    pub subscriptions: Vec<SubscriptionId>,
    /// The limit, and the cheapest tier that would suffice.
    pub limit: LimitExceeded,
}

/// The stored result of an event.
pub(super) struct StoredResult<'e> {
    pub(super) at: Timestamp,
    pub(super) origin: EventOrigin,
    pub(super) matched: &'e [SubscriptionId],
    pub(super) sent: u32,
    pub(super) limit: Option<&'e LimitExceeded>,
}

impl<'e> From<&'e LoggedEvent> for StoredResult<'e> {
    fn from(event: &'e LoggedEvent) -> Self {
        let LoggedEvent { at, origin, sent, .. } = *event;
        Self { at, origin, matched: &event.matched, sent, limit: event.limit.as_deref() }
    }
}

impl<'e> From<&'e KnownEvent> for StoredResult<'e> {
    fn from(event: &'e KnownEvent) -> Self {
        let KnownEvent { at, origin, sent, .. } = *event;
        Self { at, origin, matched: &event.matched, sent, limit: event.limit.as_deref() }
    }
}

impl Entry {
    /// Creates the answer to an event, from its stored result and the product's subscriptions.
    pub(super) fn new<'e>(
        product: ProductId,
        position: Position,
        result: impl Into<StoredResult<'e>>,
        event: &Event,
        subscriptions: &Subscriptions,
    ) -> Self {
        let StoredResult { at, origin, matched, sent, limit } = result.into();
        let sent = usize::try_from(sent).unwrap_or(usize::MAX).min(matched.len());
        let (sent, dropped) = matched.split_at(sent);
        let message = (!sent.is_empty()).then(|| Message::new(event, at));
        let delivery = |(subscription, message): (&SubscriptionId, &Arc<Message>)| Delivery {
            subscription: *subscription,
            key: DeliveryKey { product, position, subscription: *subscription },
            to: subscriptions.destination(*subscription).cloned(),
            message: Arc::clone(message),
        };
        Self {
            product,
            position,
            at,
            origin,
            duplicate: false,
            id_reused: false,
            deliveries: sent.iter().zip(message.iter().cycle()).map(delivery).collect(),
            dropped: limit.map(|limit| Dropped { subscriptions: dropped.to_vec(), limit: limit.clone() }),
        }
    }

    /// Returns the same entry as the answer to a repeated event.
    pub(super) fn into_duplicate(self) -> Self {
        Self { duplicate: true, ..self }
    }
}
