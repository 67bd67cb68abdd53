//! The door for customers.

use crate::job::{Runner, operations};
use fleet_bindings::shapes::{ClaimCode, CustomerDevice, CustomerSession, Scope};
use napi_derive::napi;

/// The door for customers, opened with a token at a moment.
#[napi]
#[derive(Debug)]
pub struct Portal {
    pub(crate) door: fleet_bindings::Portal,
    pub(crate) runner: Runner,
}

operations! { Portal {
    me() -> CustomerSession { move |door| door.me() }
    log_out() -> () { move |door| door.log_out() }
    activate(code: String) -> () { move |door| door.activate(&code) }
    ask_claim_code() -> ClaimCode { move |door| door.ask_claim_code() }
    claim(device: String, code: String) -> () { move |door| door.claim(&device, &code) }
    unclaim(device: String) -> () { move |door| door.unclaim(&device) }
    devices() -> Vec<CustomerDevice> { move |door| door.devices() }
    use_device(device: String, scope: Scope) -> () { move |door| door.use_device(&device, scope) }
} }
