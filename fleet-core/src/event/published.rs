//! What publishing an event comes to.

use super::cursor::Position;
use super::ids::KnownEvent;
use super::log::{EventOrigin, LoggedEvent};
use super::subscription::SubscriptionId;
use crate::billing::LimitExceeded;
use crate::product::ProductId;
use crate::time::Timestamp;
use serde::{Serialize, Serializer};
use std::fmt;

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Published {
    /// It is in the log of the product, and is to be delivered as the entry says.
    Logged(Entry),
    /// The device is shut out of the product: it was turned away and is logged nowhere.
    Denied {
        /// The product.
        product: ProductId,
    },
    /// The device is in no product and named none: it was logged nowhere.
    Personal,
    /// The device named a product that does not exist: it was logged nowhere.
    UnknownProduct,
}

/// An event in a product's log, and what the host is to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// The product whose log it is in.
    pub product: ProductId,
    /// Where it is there.
    pub position: Position,
    /// When it was logged.
    pub at: Timestamp,
    /// What the device was to the product.
    pub origin: EventOrigin,
    /// Whether this very event was published before, by its id: this is then where that one is and what it came to, and
    /// nothing was logged or counted again (R-EVT-7).
    pub duplicate: bool,
    /// Whether the id was used before by another event, one with another name or data, or one from before the window: this
    /// is a new event all the same (R-EVT-7).
    pub id_reused: bool,
    /// What is to be sent, in the order of the subscriptions: each is one outbound message (R-EVT-2).
    pub deliveries: Vec<Delivery>,
    /// What is not to be sent, and why (R-EVT-3).
    pub dropped: Option<Dropped>,
}

/// One message to one subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Whose.
    pub subscription: SubscriptionId,
    /// Its name, the same whenever it is tried again: for the subscriber to know it by.
    pub key: DeliveryKey,
}

/// The name of a delivery: no other has it, in any product.
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

/// The messages that were dropped, not queued, at the tier's monthly limit (R-EVT-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dropped {
    /// Whose, in order.
    pub subscriptions: Vec<SubscriptionId>,
    /// The limit, and the cheapest tier that would do.
    pub limit: LimitExceeded,
}

/// What an event came to.
pub(super) struct Came<'e> {
    pub(super) at: Timestamp,
    pub(super) origin: EventOrigin,
    pub(super) matched: &'e [SubscriptionId],
    pub(super) sent: u32,
    pub(super) limit: Option<&'e LimitExceeded>,
}

impl<'e> From<&'e LoggedEvent> for Came<'e> {
    fn from(event: &'e LoggedEvent) -> Self {
        let LoggedEvent { at, origin, sent, .. } = *event;
        Self { at, origin, matched: &event.matched, sent, limit: event.limit.as_deref() }
    }
}

impl<'e> From<&'e KnownEvent> for Came<'e> {
    fn from(event: &'e KnownEvent) -> Self {
        let KnownEvent { at, origin, sent, .. } = *event;
        Self { at, origin, matched: &event.matched, sent, limit: event.limit.as_deref() }
    }
}

impl Entry {
    pub(super) fn new<'e>(product: ProductId, position: Position, came: impl Into<Came<'e>>) -> Self {
        let Came { at, origin, matched, sent, limit } = came.into();
        let sent = usize::try_from(sent).unwrap_or(usize::MAX).min(matched.len());
        let (sent, dropped) = matched.split_at(sent);
        let delivery = |subscription: &SubscriptionId| Delivery {
            subscription: *subscription,
            key: DeliveryKey { product, position, subscription: *subscription },
        };
        Self {
            product,
            position,
            at,
            origin,
            duplicate: false,
            id_reused: false,
            deliveries: sent.iter().map(delivery).collect(),
            dropped: limit.map(|limit| Dropped { subscriptions: dropped.to_vec(), limit: limit.clone() }),
        }
    }

    /// The same as the answer to an event that was told again.
    pub(super) fn again(self) -> Self {
        Self { duplicate: true, ..self }
    }
}
