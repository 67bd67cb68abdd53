//! Events of devices, their subscribers, and their log (R-EVT).
//!
//! A product's log has [`SLOTS`] slots. All events of one device are in one slot, so that they stay in order and
//! concurrent writers of one product seldom conflict. Invariants: within a slot, sequence numbers have no gaps; an
//! event logged later comes later in the log's order, whatever the clocks say; an event, its slot's head and the row of
//! its id are written by one commit.

mod console;
mod cursor;
mod errors;
mod gateway;
mod ids;
mod log;
mod members;
pub mod metering;
mod published;
mod record;
mod rows;
mod stream;
mod subscription;

pub use console::{EventFilter, Followed};
pub(crate) use cursor::LAST_SEQUENCE;
pub use cursor::{EventCursor, Position, SLOTS};
pub use errors::{DeviceError, DeviceErrors, MAX_KINDS, OTHER};
pub use ids::{EventId, KEPT_IDS, KnownEvent};
pub use log::{EventLog, EventOrigin, EventView, LoggedEvent};
pub(crate) use members::Members;
pub use metering::{Meter, Usage};
pub use published::{Delivery, DeliveryKey, Dropped, Entry, Message, Published};
pub use record::{Event, MAX_DATA, MAX_ID, MAX_KIND, MAX_NAME};
pub(crate) use rows::{drop_log, forget_ids};
pub(crate) use stream::Live;
pub use stream::{EventStream, Readable, STREAM_BUFFER, Streamed};
pub use subscription::{
    Destination, MAX_SUBSCRIPTIONS, NewSubscription, Subscription, SubscriptionId, Subscriptions, WebhookUrl,
};
