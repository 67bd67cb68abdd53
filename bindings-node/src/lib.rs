//! The native half of the npm package `fleet-core`; the other half is in `lib/`.
//!
//! The doors convert values and never decide. Every call that may use the store runs on Node's pool of threads, and
//! long ones on threads of their own; none runs on the event loop, except those whose names end in `Sync`. A failure is
//! thrown as an `Error` that carries it; `lib/errors.cjs` turns it into the class that people catch.

mod clock;
mod conformance;
mod console;
mod fleet;
mod gateway;
mod job;
mod meter;
mod packed;
mod portal;
mod store;
mod threads;

pub use clock::Clock;
pub use conformance::{Violation, conformance};
pub use console::{Console, CustomerConsole, DeviceConsole, EventStream, ProductConsole, StreamWait};
pub use fleet::Fleet;
pub use gateway::Gateway;
pub use meter::Meter;
pub use portal::Portal;
pub use store::StoreLink;

use fleet_bindings::given::Given;
use fleet_bindings::shapes::UpdateResult;
use fleet_bindings::{Failure, FailureKind, camel_case, typescript};
use napi::bindgen_prelude::Object;
use napi::{Env, JsValue as _, Unknown};
use napi_derive::napi;

/// Converts a failure to a JavaScript error whose field `failure` holds all data.
fn refused(env: &Env, failure: Failure) -> napi::Error {
    let error = || {
        let Failure { code, message, is_transient, kind } = failure.in_camel_case();
        let mut flat = Object::new(env)?;
        flat.set("code", code)?;
        flat.set("isTransient", is_transient)?;
        flat.set("kind", kind.name())?;
        flat.set("context", kind)?;
        let mut error = env.create_error(napi::Error::from_reason(message))?;
        error.set("failure", flat)?;
        Ok(napi::Error::from_unknown_without_coercion(error.to_unknown()))
    };
    error().unwrap_or_else(|error| error)
}

/// Reads an argument strictly.
fn given<T: Given>(env: &Env, value: Unknown<'_>, name: &'static str) -> napi::Result<T> {
    T::given(value, name).map_err(|failure| refused(env, failure))
}

/// The operations of each door that all languages have, for the test that finds missing ones.
#[napi]
pub fn operations() -> Vec<Vec<String>> {
    let operations = fleet_bindings::doors::OPERATIONS.iter();
    operations.map(|operation| vec![format!("{:?}", operation.door), camel_case(operation.name)]).collect()
}

/// The kinds of failure. Each has a class.
#[napi]
pub fn failure_kinds() -> Vec<&'static str> {
    FailureKind::NAMES.to_vec()
}

/// The results of an update, by number.
#[napi]
pub fn update_results() -> Vec<&'static str> {
    UpdateResult::ALL.iter().map(|result| result.word()).collect()
}

/// The files in `lib/` with the types of the shapes and failures, for the test that compares them.
#[napi]
pub fn typings() -> Vec<(String, String)> {
    vec![("shapes.d.cts".to_owned(), typescript::shapes()), ("errors.d.cts".to_owned(), typescript::failures())]
}
