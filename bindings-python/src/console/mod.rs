//! The door for people.

mod billing;
mod devices;
mod events;
mod firmware;
mod handles;
mod people;
mod products;

pub(crate) use events::EventStream;
pub(crate) use handles::{CustomerConsole, DeviceConsole, ProductConsole};
use pyo3::prelude::*;

/// The door for people: the operations of a team and of the platform's operator.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Console(pub(crate) fleet_bindings::Console);
