//! The native half of the npm package `fleet-core`; the other half is in `lib/`.
//!
//! The doors convert and never decide. Every call that may ask the store runs on Node's pool of threads, and long ones on
//! threads beside it; none runs on the event loop, but for those whose names end in `Sync`. What fails comes as an `Error` with the failure on it,
//! of which `lib/errors.cjs` makes the class that people catch.

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
pub use console::{Console, EventStream, StreamWait};
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

/// A failure as an error of JavaScript, on whose `failure` everything is.
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

/// An argument, read strictly.
fn given<T: Given>(env: &Env, value: Unknown<'_>, name: &'static str) -> napi::Result<T> {
    T::given(value, name).map_err(|failure| refused(env, failure))
}

/// The operations of each door that all languages have, for the test that looks for gaps.
#[napi]
pub fn operations() -> Vec<Vec<String>> {
    let operations = fleet_bindings::doors::OPERATIONS.iter();
    operations.map(|operation| vec![format!("{:?}", operation.door), camel_case(operation.name)]).collect()
}

/// The kinds of failure, each of which has a class.
#[napi]
pub fn failure_kinds() -> Vec<&'static str> {
    FailureKind::NAMES.to_vec()
}

/// How an update can end, by number.
#[napi]
pub fn update_results() -> Vec<&'static str> {
    UpdateResult::ALL.iter().map(|result| result.word()).collect()
}

/// The files in `lib/` that hold the types of the shapes and of the failures, for the test that holds them to this.
#[napi]
pub fn typings() -> Vec<(String, String)> {
    vec![("shapes.d.cts".to_owned(), typescript::shapes()), ("errors.d.cts".to_owned(), typescript::failures())]
}
