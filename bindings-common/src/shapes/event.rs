//! Events, their subscribers, and the messages that are counted.

use crate::macros::{arguments, choice, shape, words};
use crate::plain::count;
use crate::shapes::Limit;
use crate::{Failure, Moment, SecretText};
use fleet_core::Timestamp;
use fleet_core::event;

choice! {
    /// Where matching events are sent.
    pub enum Destination {
        /// To a server of the vendor.
        Webhook(#[cfg_attr(feature = "mobile", uniffi::export(Debug))] Webhook) new(url) {
            /// Its address, which may contain a secret.
            url: SecretText,
        },
        /// To a service that the host knows by this name.
        Integration(Integration) new(name) {
            /// The name.
            name: String,
        },
        /// To the clients that have the product's live stream open at the host.
        LiveStream as LiveStream new(),
    }
}

shape! {
    /// A subscription: matching events are forwarded.
    pub struct Subscription {
        /// Its number.
        pub id: u32,
        /// Where matching events are sent.
        pub to: Destination,
        /// Prefix of the event's name. An empty prefix matches any name.
        pub prefix: String,
        /// The device whose events match. Absent if all devices match.
        pub device: Option<String>,
        /// When it was made.
        pub created_at: Moment,
    }
}

words! {
    /// A device's relation to the product when it published.
    pub enum EventOrigin {
        /// In the product: its events are forwarded.
        Member = "member",
        /// Waiting for admission: its events are not forwarded.
        Quarantined = "quarantined",
        /// It reported the product and is not in it: its events are not forwarded.
        Foreign = "foreign",
        /// In the product, but the owner's account is locked, and the platform holds the devices of locked accounts:
        /// its events are not forwarded.
        OwnerLocked = "owner_locked",
    }
}

shape! {
    /// An event of a product's log, and its position there.
    pub struct Event {
        /// The slot of the log.
        pub slot: u8,
        /// The number within the slot.
        pub sequence: i64,
        /// When it was logged.
        pub at: Moment,
        /// When it happened, as reported by the device or its gateway.
        pub happened_at: Moment,
        /// The device.
        pub device: String,
        /// The device's relation to the product.
        pub origin: EventOrigin,
        /// Its name.
        pub name: String,
        /// Its data.
        pub data: String,
        /// The id that its publisher gave it.
        pub id: Option<String>,
        /// The kind of error that it reports.
        pub error_kind: Option<String>,
        /// The subscriptions that it matched, in order.
        pub matched: Vec<u32>,
        /// Number of these, counted from the first, to which it was sent; the others were dropped.
        pub sent: u32,
        /// Cursor to follow the log from right after this event. In a list of one device's events, it is exact for the
        /// events of this device.
        pub cursor: String,
    }
}

shape! {
    /// A page of a log.
    pub struct EventPage {
        /// The events, newest first.
        pub items: Vec<Event>,
        /// Cursor of the next page, which holds older events. Absent on the last page.
        pub next: Option<String>,
    }
}

shape! {
    /// A part of a log that is being followed.
    pub struct FollowedEvents {
        /// The next events, oldest first. Empty if there are no more at present.
        pub items: Vec<Event>,
        /// Cursor to continue with.
        pub next: String,
        /// Number of events that fell out of the log before they were read.
        pub missed: i64,
    }
}

shape! {
    /// Events that arrived on a stream.
    pub struct StreamedEvents {
        /// Events in the order in which this process published them.
        pub items: Vec<Event>,
        /// Number of earlier events that were discarded because nobody read them in time. They are in the log.
        pub missed: i64,
    }
}

arguments! {
    /// An event of a device, as its gateway passes it on.
    pub struct NewEvent {
        required {
            /// The device.
            device: String,
            /// Its name: 1 to 64 bytes without control characters.
            name: String,
        }
        optional {
            /// The product id in the device's firmware.
            product: u32,
            /// Its data: at most 1,024 bytes of text. Default: empty.
            data: String,
            /// An id of the publisher, unique among the device's events. A repeated event is recognised by it.
            id: String,
            /// The kind of error or exception that it reports.
            error_kind: String,
            /// When it happened. Default: now.
            happened_at: Moment,
        }
    }
}

choice! {
    /// What happened to an event.
    #[allow(clippy::large_enum_variant, reason = "most events are logged, and every language copies the value")]
    pub enum Published {
        /// It is in the product's log, and is to be delivered as listed.
        Logged(EventLogged) {
            /// The product whose log it is in.
            product: u32,
            /// The slot of the log.
            slot: u8,
            /// The number within the slot.
            sequence: i64,
            /// When it was logged.
            at: Moment,
            /// The device's relation to the product.
            origin: EventOrigin,
            /// Whether this event was published before, by its id. If so, nothing was logged or counted again.
            duplicate: bool,
            /// What is to be sent, in the order of the subscriptions. Each is one outbound message.
            deliveries: Vec<Delivery>,
            /// What is not to be sent, and why.
            dropped: Option<Dropped>,
            /// Whether another event had this id before, or this event had it before the deduplication window. It
            /// counts as a new event.
            id_reused: bool,
        },
        /// The device is denied in the product: the event was rejected and is in no log.
        Denied(EventDenied) {
            /// The product.
            product: u32,
        },
        /// The device is in no product and named none: the event is in no log.
        Personal as EventOfPersonalDevice,
        /// The device named a product that does not exist: the event is in no log.
        UnknownProduct as EventOfUnknownProduct,
        /// A value that is newer than this binding.
        Other as EventTurnedAway,
    }
}

shape! {
    /// One message to one subscriber, with all that is needed to send it.
    pub struct Delivery {
        /// The subscription's number.
        pub subscription: u32,
        /// Its id, the same at every retry.
        pub key: String,
        /// Where to send it. Absent if the event was published before and the subscription was ended since: then there
        /// is nothing to send.
        pub to: Option<Destination>,
        /// The device.
        pub device: String,
        /// The event's name.
        pub name: String,
        /// Its data.
        pub data: String,
        /// The id that its publisher gave it.
        pub id: Option<String>,
        /// When it was logged.
        pub at: Moment,
    }
}

shape! {
    /// The messages that were dropped at the tier's monthly limit.
    pub struct Dropped {
        /// The subscriptions' numbers, in order.
        pub subscriptions: Vec<u32>,
        /// The limit, and the cheapest tier that would be enough.
        pub limit: Limit,
    }
}

shape! {
    /// Statistics on the errors of one kind.
    pub struct DeviceError {
        /// The kind.
        pub kind: String,
        /// Number of reported errors.
        pub count: i64,
        /// When the first one was logged since counting began.
        pub first_at: Moment,
        /// When the latest one was logged.
        pub last_at: Moment,
        /// The device that reported the latest one.
        pub device: String,
    }
}

shape! {
    /// A period: includes its start, excludes its end.
    pub struct Period {
        /// Its number from the product's creation.
        pub index: u32,
        /// Its first moment.
        pub start: Moment,
        /// The first moment after it.
        pub end: Moment,
    }
}

shape! {
    /// A product's messages in its usage month.
    pub struct Usage {
        /// The month. The count restarts at its end.
        pub period: Period,
        /// The tier's present limit. Absent if there is none.
        pub limit: Option<i64>,
        /// Messages that are counted as sent.
        pub used: i64,
        /// Messages that processes may still send on their leases.
        pub reserved: i64,
    }
}

impl TryFrom<Destination> for event::Destination {
    type Error = Failure;

    fn try_from(destination: Destination) -> Result<Self, Failure> {
        Ok(match destination {
            Destination::Webhook(Webhook { url }) => Self::Webhook { url: url.0.parse()? },
            Destination::Integration(Integration { name }) => Self::Integration { name: name.into() },
            Destination::LiveStream => Self::LiveStream,
        })
    }
}

impl From<&event::Destination> for Destination {
    fn from(destination: &event::Destination) -> Self {
        match destination {
            event::Destination::Webhook { url } => Self::Webhook(Webhook { url: SecretText(url.reveal().to_owned()) }),
            event::Destination::Integration { name } => Self::Integration(Integration { name: name.to_string() }),
            _ => Self::LiveStream,
        }
    }
}

impl From<&event::Subscription> for Subscription {
    fn from(subscription: &event::Subscription) -> Self {
        Self {
            id: subscription.id.get(),
            to: (&subscription.destination).into(),
            prefix: subscription.prefix.to_string(),
            device: subscription.device.map(|id| id.to_string()),
            created_at: subscription.created_at.into(),
        }
    }
}

impl From<event::EventOrigin> for EventOrigin {
    fn from(origin: event::EventOrigin) -> Self {
        match origin {
            event::EventOrigin::Member => Self::Member,
            event::EventOrigin::Quarantined => Self::Quarantined,
            event::EventOrigin::Foreign => Self::Foreign,
            event::EventOrigin::OwnerLocked => Self::OwnerLocked,
        }
    }
}

impl From<&event::EventView> for Event {
    fn from(view: &event::EventView) -> Self {
        let event = &view.event;
        Self {
            slot: view.position.slot,
            sequence: count(view.position.sequence),
            at: event.at.into(),
            happened_at: event.happened_at.into(),
            device: event.device.to_string(),
            origin: event.origin.into(),
            name: event.name.to_string(),
            data: event.data.to_string(),
            id: event.id.as_ref().map(ToString::to_string),
            error_kind: event.error.as_ref().map(ToString::to_string),
            matched: event.matched.iter().map(|id| id.get()).collect(),
            sent: event.sent,
            cursor: view.cursor.to_string(),
        }
    }
}

impl NewEvent {
    /// The event in the core's form, at `now` if it has no moment.
    pub fn read(&self, now: Timestamp) -> Result<event::Event, Failure> {
        let device = crate::doors::device_id(&self.device)?;
        let at = self.happened_at.map_or(Ok(now), |at| at.read("happened_at"))?;
        let mut event = event::Event::new(device, &self.name, self.data.as_deref().unwrap_or_default(), at)?;
        if let Some(product) = self.product {
            event = event.with_product(product);
        }
        if let Some(id) = &self.id {
            event = event.with_id(id)?;
        }
        if let Some(kind) = &self.error_kind {
            event = event.with_error(kind)?;
        }
        Ok(event)
    }
}

impl From<&event::Published> for Published {
    fn from(published: &event::Published) -> Self {
        match published {
            event::Published::Logged(entry) => Self::Logged(EventLogged {
                product: entry.product.get(),
                slot: entry.position.slot,
                sequence: count(entry.position.sequence),
                at: entry.at.into(),
                origin: entry.origin.into(),
                duplicate: entry.duplicate,
                deliveries: entry.deliveries.iter().map(Delivery::from).collect(),
                dropped: entry.dropped.as_ref().map(|dropped| Dropped {
                    subscriptions: dropped.subscriptions.iter().map(|id| id.get()).collect(),
                    limit: (&dropped.limit).into(),
                }),
                id_reused: entry.id_reused,
            }),
            event::Published::Denied { product } => Self::Denied(EventDenied { product: product.get() }),
            event::Published::Personal => Self::Personal,
            event::Published::UnknownProduct => Self::UnknownProduct,
            _ => Self::Other,
        }
    }
}

impl From<&event::Delivery> for Delivery {
    fn from(delivery: &event::Delivery) -> Self {
        let message = &delivery.message;
        Self {
            subscription: delivery.subscription.get(),
            key: delivery.key.to_string(),
            to: delivery.to.as_ref().map(Destination::from),
            device: message.device.to_string(),
            name: message.name.to_string(),
            data: message.data.to_string(),
            id: message.id.as_ref().map(ToString::to_string),
            at: message.at.into(),
        }
    }
}

impl From<fleet_core::billing::Period> for Period {
    fn from(period: fleet_core::billing::Period) -> Self {
        Self { index: period.index, start: period.start.into(), end: period.end.into() }
    }
}

impl From<&event::Usage> for Usage {
    fn from(usage: &event::Usage) -> Self {
        Self {
            period: usage.period.into(),
            limit: usage.limit.map(count),
            used: count(usage.used),
            reserved: count(usage.reserved),
        }
    }
}
