//! The door for time.

use crate::job::{Runner, operations};
use fleet_bindings::shapes::{Advanced, ChargeOutcome, Due};
use napi_derive::napi;

/// The door for time, which the host opens at regular intervals.
#[napi]
#[derive(Debug)]
pub struct Clock {
    pub(crate) door: fleet_bindings::Clock,
    pub(crate) runner: Runner,
}

operations! { Clock {
    due(limit: Option<u32>) -> Vec<Due> { move |clock| clock.due(limit) }
    advance(limit: Option<u32>) -> Advanced { move |clock| clock.advance(limit) }
    confirm_leap() -> () { move |clock| clock.confirm_leap() }
    charge_outcome(key: String, outcome: ChargeOutcome) -> () { move |clock| clock.charge_outcome(&key, outcome) }
} }
