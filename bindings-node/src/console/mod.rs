//! The door for people.

mod devices;
mod firmware;
mod people;
mod products;
mod watched;

use napi_derive::napi;

/// The door for people, opened by an actor at a moment.
#[napi]
#[derive(Debug)]
pub struct Console(pub(crate) fleet_bindings::Console);
