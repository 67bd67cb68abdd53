//! The customers' door.

use crate::fleet::Opened;
use crate::job::operations;
use fleet_bindings::shapes::{ClaimCode, Customer, CustomerDevice, Scope};
use fleet_bindings::{Answered, Moment, SecretText};
use napi_derive::napi;

/// The door for customers, opened with a token at a moment.
#[napi]
#[derive(Debug)]
pub struct Portal {
    door: Door,
}

/// Whose token, and when.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    opened: Opened,
    token: SecretText,
    now: Option<Moment>,
}

impl Portal {
    pub(crate) fn new(opened: Opened, token: String, now: Option<Moment>) -> Self {
        Self { door: Door { opened, token: SecretText(token), now } }
    }

    fn door(&self) -> Door {
        self.door.clone()
    }
}

impl Door {
    fn enter<T>(&self, work: impl FnOnce(&fleet_bindings::Portal) -> Answered<T>) -> Answered<T> {
        self.opened.enter(|fleet| work(&fleet.portal(&self.token.0, self.now)?))
    }
}

operations! { Portal {
    me() -> Customer { move |door| door.me() }
    activate(code: String) -> () { move |door| door.activate(&code) }
    ask_claim_code() -> ClaimCode { move |door| door.ask_claim_code() }
    claim(device: String, code: String) -> () { move |door| door.claim(&device, &code) }
    unclaim(device: String) -> () { move |door| door.unclaim(&device) }
    devices() -> Vec<CustomerDevice> { move |door| door.devices() }
    use_device(device: String, scope: Scope) -> () { move |door| door.use_device(&device, scope) }
} }
