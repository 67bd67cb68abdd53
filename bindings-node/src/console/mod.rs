//! The door for people.

mod billing;
mod devices;
mod events;
mod firmware;
mod handles;
mod people;
mod products;
mod watched;

pub use events::{EventStream, StreamWait};
pub use handles::{CustomerConsole, DeviceConsole, ProductConsole};
pub(crate) use watched::Cancel;

use crate::job::Runner;
use napi_derive::napi;

/// The door for people, opened for an actor at a moment.
#[napi]
#[derive(Debug)]
pub struct Console {
    pub(crate) door: fleet_bindings::Console,
    pub(crate) runner: Runner,
}
