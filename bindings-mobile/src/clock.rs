//! The door for time.

use crate::{Answered, ask_off_thread};
use fleet_bindings::shapes::{Advanced, ChargeOutcome, Due};

/// The door for time: the host opens it at regular intervals, and when its payment provider answers.
#[derive(Debug, uniffi::Object)]
pub struct Clock(pub(crate) fleet_bindings::doors::Clock);

impl Clock {
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(fleet_bindings::doors::Clock) -> fleet_bindings::Answered<T> + Send + 'static,
    ) -> Answered<T> {
        let door = self.0.clone();
        ask_off_thread(door, ask).await
    }
}

#[uniffi::export]
impl Clock {
    /// Lists what is due now.
    #[uniffi::method(default(limit = None))]
    pub async fn due(&self, limit: Option<u32>) -> Answered<Vec<Due>> {
        self.ask(move |door| door.due(limit)).await
    }

    /// Handles what is due now: renewals, retries, notices.
    #[uniffi::method(default(limit = None))]
    pub async fn advance(&self, limit: Option<u32>) -> Answered<Advanced> {
        self.ask(move |door| door.advance(limit)).await
    }

    /// Confirms that the clock is right after a leap that `advance` refused.
    pub async fn confirm_leap(&self) -> Answered<()> {
        self.ask(|door| door.confirm_leap()).await
    }

    /// Reports a charge's outcome from the payment provider.
    pub async fn charge_outcome(&self, key: String, outcome: ChargeOutcome) -> Answered<()> {
        self.ask(move |door| door.charge_outcome(&key, outcome)).await
    }
}
