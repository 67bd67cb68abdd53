//! The door for customers.

use crate::{Answered, ask_off_thread};
use fleet_bindings::shapes::{ClaimCode, CustomerDevice, CustomerSession, Scope};

/// The door for a customer: the holder of the token.
#[derive(Debug, uniffi::Object)]
pub struct Portal(pub(crate) fleet_bindings::Portal);

impl Portal {
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(fleet_bindings::Portal) -> fleet_bindings::Answered<T> + Send + 'static,
    ) -> Answered<T> {
        let door = self.0.clone();
        ask_off_thread(door, ask).await
    }
}

#[uniffi::export]
impl Portal {
    /// Returns the customer's own record, and the token's scopes and expiry.
    pub async fn me(&self) -> Answered<CustomerSession> {
        self.ask(|door| door.me()).await
    }

    /// Revokes the token at once.
    pub async fn log_out(&self) -> Answered<()> {
        self.ask(|door| door.log_out()).await
    }

    /// Joins the private beta with the customer's activation code.
    pub async fn activate(&self, code: String) -> Answered<()> {
        self.ask(move |door| door.activate(&code)).await
    }

    /// Returns a code that the customer's device presents when it is set up.
    pub async fn ask_claim_code(&self) -> Answered<ClaimCode> {
        self.ask(|door| door.ask_claim_code()).await
    }

    /// Claims a device with the code on it.
    pub async fn claim(&self, device: String, code: String) -> Answered<()> {
        self.ask(move |door| door.claim(&device, &code)).await
    }

    /// Ends the claim of a device.
    pub async fn unclaim(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.unclaim(&device)).await
    }

    /// Lists the customer's devices.
    pub async fn devices(&self) -> Answered<Vec<CustomerDevice>> {
        self.ask(|door| door.devices()).await
    }

    /// Checks that the customer may see or control a device now, and records that they did.
    pub async fn use_device(&self, device: String, scope: Scope) -> Answered<()> {
        self.ask(move |door| door.use_device(&device, scope)).await
    }
}
