//! The door for people.

mod devices;
mod firmware;
mod people;
mod products;

use pyo3::prelude::*;

/// The door for people: what the team, or the platform's operator, asks for.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Console(pub(crate) fleet_bindings::Console);
