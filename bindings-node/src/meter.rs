//! A product's meter, for hosts that send messages themselves.

use crate::job::{Runner, operations};
use crate::{given, refused};
use napi::{Env, Unknown};
use napi_derive::napi;

/// Admits messages of a product by one atomic counter while its lease is valid.
#[napi]
#[derive(Debug)]
pub struct Meter {
    pub(crate) door: fleet_bindings::Meter,
    pub(crate) runner: Runner,
}

operations! { Meter {
    admit() -> bool { move |meter| meter.admit() }
    admit_many(want: i64) -> i64 { move |meter| meter.admit_many(want) }
} }

#[napi]
impl Meter {
    /// Returns whether one more message may be sent, on the event loop. It uses the store only when a lease ends.
    #[napi]
    pub fn admit_sync(&self, env: Env) -> napi::Result<bool> {
        self.runner.allows_sync().and_then(|()| self.door.admit()).map_err(|failure| refused(&env, failure))
    }

    /// Returns how many of the wanted messages may be sent, on the event loop.
    #[napi]
    pub fn admit_many_sync(&self, env: Env, want: Unknown<'_>) -> napi::Result<i64> {
        let want = given(&env, want, "want")?;
        self.runner.allows_sync().and_then(|()| self.door.admit_many(want)).map_err(|failure| refused(&env, failure))
    }
}
