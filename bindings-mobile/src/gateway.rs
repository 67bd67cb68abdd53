//! The door for gateways.

use crate::{Answered, ask_off_thread};
use fleet_bindings::shapes::{Connected, NewEvent, Published, UpdateProgress};
use fleet_bindings::{Moment, Report, SecretText};

/// The door for devices.
#[derive(Debug, uniffi::Object)]
pub struct Gateway(pub(crate) fleet_bindings::Gateway);

impl Gateway {
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(fleet_bindings::Gateway) -> fleet_bindings::Answered<T> + Send + 'static,
    ) -> Answered<T> {
        let door = self.0.clone();
        ask_off_thread(door, ask).await
    }
}

#[uniffi::export]
impl Gateway {
    /// Records that a device connects. Returns what the device is to run, and why.
    pub async fn connect(&self, report: Report) -> Answered<Connected> {
        self.ask(move |door| door.connect(&report)).await
    }

    /// The same for many devices at once. The answers are in the order of the reports.
    pub async fn connect_many(&self, reports: Vec<Report>) -> Answered<Vec<Connected>> {
        self.ask(move |door| door.connect_many(&reports)).await
    }

    /// `connect` on the caller's own thread, which blocks for the store. It avoids the change of threads, which costs
    /// more than a store in memory does. Do not call it on a thread that others wait for.
    pub fn connect_blocking(&self, report: Report) -> Answered<Connected> {
        Ok(self.0.connect(&report)?)
    }

    /// `connect_many` on the caller's own thread, which blocks for the store.
    pub fn connect_many_blocking(&self, reports: Vec<Report>) -> Answered<Vec<Connected>> {
        Ok(self.0.connect_many(&reports)?)
    }

    /// Records that a device's connection ended.
    #[uniffi::method(default(product = None, session = None, ended_at = None))]
    pub async fn disconnect(
        &self,
        device: String,
        product: Option<u32>,
        session: Option<i64>,
        ended_at: Option<Moment>,
    ) -> Answered<()> {
        self.ask(move |door| door.disconnect(&device, product, session, ended_at)).await
    }

    /// Reports the progress of the update with this directive's number. Returns whether it is the device's latest.
    pub async fn report_update(
        &self,
        device: String,
        product: u32,
        sequence: u32,
        progress: UpdateProgress,
    ) -> Answered<bool> {
        self.ask(move |door| door.report_update(&device, product, sequence, progress)).await
    }

    /// Publishes an event of a device: logs it and returns what is to be sent.
    pub async fn publish(&self, event: NewEvent) -> Answered<Published> {
        self.ask(move |door| door.publish(&event)).await
    }

    /// The same for many events at once. The answers are in the order of the events.
    pub async fn publish_many(&self, events: Vec<NewEvent>) -> Answered<Vec<Published>> {
        self.ask(move |door| door.publish_many(&events)).await
    }

    /// Presents the claim code that a customer gave to the device during setup.
    pub async fn present_claim_code(&self, device: String, code: SecretText) -> Answered<()> {
        self.ask(move |door| door.present_claim_code(&device, &code.0)).await
    }
}
