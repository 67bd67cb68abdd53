//! The customers' door.

use crate::{Answered, ask_off_thread};
use fleet_bindings::shapes::{ClaimCode, CustomerDevice, CustomerSession, Scope};

/// The door for customers: whoever holds the token.
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
    /// The customer's own record, and what the token is good for.
    pub async fn me(&self) -> Answered<CustomerSession> {
        self.ask(|door| door.me()).await
    }

    /// Makes the token no good at once.
    pub async fn log_out(&self) -> Answered<()> {
        self.ask(|door| door.log_out()).await
    }

    /// Joins the private beta by the customer's activation code.
    pub async fn activate(&self, code: String) -> Answered<()> {
        self.ask(move |door| door.activate(&code)).await
    }

    /// A code for the customer's device to present when it is set up.
    pub async fn ask_claim_code(&self) -> Answered<ClaimCode> {
        self.ask(|door| door.ask_claim_code()).await
    }

    /// Claims a device by the code on it.
    pub async fn claim(&self, device: String, code: String) -> Answered<()> {
        self.ask(move |door| door.claim(&device, &code)).await
    }

    /// Gives a device up.
    pub async fn unclaim(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.unclaim(&device)).await
    }

    /// The customer's devices.
    pub async fn devices(&self) -> Answered<Vec<CustomerDevice>> {
        self.ask(|door| door.devices()).await
    }

    /// Whether the customer may see or control a device now; and that they did.
    pub async fn use_device(&self, device: String, scope: Scope) -> Answered<()> {
        self.ask(move |door| door.use_device(&device, scope)).await
    }
}
