//! The doors as bindings use them: owned values, plain arguments, flat answers, one method per operation.
//!
//! A binding wraps each method in one line. [`OPERATIONS`] lists them all; tests compare every language, and the core
//! itself, with it.

mod billing;
mod console;
mod devices;
mod events;
mod firmware;
mod fleet;
mod gateway;
mod handles;
mod meter;
mod operations;
mod people;
mod portal;
mod waiting;

pub use billing::Clock;
pub use events::EventStream;
pub use fleet::{CallObserver, Fleet, FleetOptions};
pub use gateway::{Gateway, Report};
pub use handles::{CustomerConsole, DeviceConsole, ProductConsole};
pub use meter::Meter;
pub use operations::{Door, OPERATIONS, Operation};
pub use portal::Portal;
pub use waiting::StreamWait;

use crate::closable::{Begin, Begun, Entered, Opened};
use crate::{Failure, Moment};
use fleet_core::customer::CustomerId;
use fleet_core::product::GroupId;
use fleet_core::{AccountId, Actor, DeviceId, ErrorKind, FirmwareVersion, ProductId, Timestamp};
use std::time::{SystemTime, UNIX_EPOCH};

/// The result of an operation.
pub type Answered<T> = Result<T, Failure>;

/// Number of items on a page unless the caller gives another limit.
pub const PAGE: u32 = 100;

/// The door for people. Cheap to clone and safe to share.
#[derive(Clone, Debug)]
pub struct Console {
    fleet: Opened,
    actor: Actor,
    when: When,
}

impl Begin for Console {
    fn begin(&self) -> Answered<Begun> {
        self.fleet.begin()
    }
}

impl Console {
    pub(crate) fn new(fleet: &Opened, actor: Actor, now: Option<Moment>) -> Self {
        Self { fleet: fleet.clone(), actor, when: When(now) }
    }

    fn door(&self) -> Answered<Entered<'_, fleet_core::Console<'_>>> {
        self.fleet.enter_at(self.when, |fleet, now| fleet.console(self.actor, now))
    }
}

/// The time of a door's calls: one fixed moment, or the time of each call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When(pub(crate) Option<Moment>);

impl When {
    /// The core never reads the time. A host that gives no moment means the present.
    pub(crate) fn now(self) -> Answered<Timestamp> {
        self.0.map_or_else(|| Ok(present()), |now| now.read("now"))
    }
}

fn present() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn unsigned(field: &'static str, number: i64) -> Answered<u64> {
    u64::try_from(number).map_err(|_| Failure::invalid(field, "must not be negative"))
}

pub(crate) fn device_id(text: &str) -> Answered<DeviceId> {
    text.parse().map_err(|problem: fleet_core::MalformedDeviceId| Failure::invalid("device", problem.to_string()))
}

fn product_id(number: u32) -> Answered<ProductId> {
    Ok(ProductId::new(number)?)
}

pub(crate) fn account_id(number: i64) -> Answered<AccountId> {
    Ok(AccountId::new(unsigned("account", number)?)?)
}

fn customer_id(number: i64) -> Answered<CustomerId> {
    Ok(CustomerId::new(unsigned("customer", number)?)?)
}

fn version(number: u32) -> Answered<FirmwareVersion> {
    Ok(FirmwareVersion::new(number)?)
}

fn group_ids<S: FromIterator<GroupId>>(numbers: &[u16]) -> S {
    numbers.iter().map(|number| GroupId::new(*number)).collect()
}

fn limit(limit: Option<u32>) -> usize {
    usize::try_from(limit.unwrap_or(PAGE)).unwrap_or(usize::MAX)
}

fn not_found(what: &'static str) -> Failure {
    fleet_core::Error::from(ErrorKind::NotFound { what }).into()
}

/// Converts a list to its shapes.
fn shapes<'c, C: 'c, S: From<&'c C>>(items: impl IntoIterator<Item = &'c C>) -> Vec<S> {
    items.into_iter().map(S::from).collect()
}
