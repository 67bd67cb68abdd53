//! The door for customers.

use super::{Answered, When, device_id};
use crate::Moment;
use crate::closable::{Begin, Begun, Entered, Opened};
use crate::shapes::{ClaimCode, CustomerDevice, CustomerSession, Scope};
use fleet_core::customer::Secret;

/// The door for a customer: the holder of the token.
#[derive(Clone, Debug)]
pub struct Portal {
    fleet: Opened,
    token: Secret,
    when: When,
}

impl Begin for Portal {
    fn begin(&self) -> Answered<Begun> {
        self.fleet.begin()
    }
}

impl Portal {
    pub(crate) fn new(fleet: &Opened, token: &str, now: Option<Moment>) -> Answered<Self> {
        Ok(Self { fleet: fleet.clone(), token: token.parse()?, when: When(now) })
    }

    fn door(&self) -> Answered<Entered<'_, fleet_core::Portal<'_>>> {
        self.fleet.enter_at(self.when, |fleet, now| fleet.portal(&self.token, now))
    }

    /// Returns the customer's own record, and the token's scopes and expiry.
    pub fn me(&self) -> Answered<CustomerSession> {
        Ok((&self.door()?.me()?).into())
    }

    /// Revokes the token at once.
    pub fn log_out(&self) -> Answered<()> {
        Ok(self.door()?.log_out()?)
    }

    /// Joins the private beta with the customer's activation code.
    pub fn activate(&self, code: &str) -> Answered<()> {
        Ok(self.door()?.activate(code.parse()?)?)
    }

    /// Returns a code that the customer's device presents when it is set up.
    pub fn ask_claim_code(&self) -> Answered<ClaimCode> {
        Ok((&self.door()?.ask_claim_code()?).into())
    }

    /// Claims a device with the code on it.
    pub fn claim(&self, device: &str, code: &str) -> Answered<()> {
        Ok(self.door()?.claim(device_id(device)?, code)?)
    }

    /// Ends the claim of a device.
    pub fn unclaim(&self, device: &str) -> Answered<()> {
        Ok(self.door()?.unclaim(device_id(device)?)?)
    }

    /// Lists the customer's devices.
    pub fn devices(&self) -> Answered<Vec<CustomerDevice>> {
        Ok(super::shapes(&self.door()?.devices()?))
    }

    /// Checks that the customer may see or control a device now, and records that they did.
    pub fn use_device(&self, device: &str, scope: Scope) -> Answered<()> {
        Ok(self.door()?.use_device(device_id(device)?, scope.into())?)
    }
}
