//! Devices, as a team sees them.

use super::{Console, DeviceConsole, ProductConsole};
use crate::{Answered, ask_cancellably};
use fleet_bindings::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportProgress, ImportReport, ListedDevice, Summary,
};
use fleet_core::CancelToken;
use std::sync::Arc;

/// Receives an import's progress.
#[uniffi::export(with_foreign)]
pub trait ImportWatcher: Send + Sync {
    /// Called with the number of devices added. If it returns `false`, or throws, the import ends there.
    fn watch(&self, progress: ImportProgress) -> Result<bool, WatcherError>;
}

/// An error that a watcher of an import or an observer of calls threw, of any kind. The watcher's import ends as
/// cancelled; the observer's call has ended before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum WatcherError {
    /// The only case.
    #[error("{reason}")]
    Thrown {
        /// A description of what was thrown.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for WatcherError {
    fn from(thrown: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Thrown { reason: thrown.reason }
    }
}

#[uniffi::export]
impl Console {
    /// Registers devices that exist. Returns how many were new. An operator's command.
    pub async fn register_devices(&self, devices: Vec<ListedDevice>) -> Answered<i64> {
        self.ask(move |door| door.register_devices(&devices)).await
    }

    /// Claims an unclaimed device for the actor.
    pub async fn claim_device(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.claim_device(&device)).await
    }

    /// Ends the actor's claim of a device.
    pub async fn unclaim_device(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.unclaim_device(&device)).await
    }

    /// Ends the claim of a device, whoever has it: a team may do so for its product's devices, the operator for any.
    pub async fn end_claim(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.end_claim(&device)).await
    }

    /// Lists the devices that the actor has claimed, by id.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn claimed_devices(&self, after: Option<String>, limit: Option<u32>) -> Answered<DeviceIdPage> {
        self.ask(move |door| door.claimed_devices(after.as_deref(), limit)).await
    }
}

#[uniffi::export]
impl ProductConsole {
    /// Returns the verdicts that an import of this list would give, without changing anything. It ends early if its
    /// caller is cancelled.
    pub async fn plan_import(&self, list: Vec<u8>) -> Answered<ImportReport> {
        ask_cancellably(self.0.clone(), move |door, cancel| door.plan_import_until(&list, cancel)).await
    }

    /// Imports a list of devices: a text file with one id a line, or a .csv. If its caller is cancelled, it ends after
    /// its next few thousand devices; devices already added stay.
    pub async fn import(&self, list: Vec<u8>) -> Answered<ImportReport> {
        let import = move |door: fleet_bindings::ProductConsole, cancel: &CancelToken| {
            door.import_watched(&list, |_| !cancel.is_cancelled())
        };
        ask_cancellably(self.0.clone(), import).await
    }

    /// The same, but calls `watcher` after every few thousand devices. If it returns `false` or throws, the import ends
    /// there with the error `cancelled`; devices already added stay.
    pub async fn import_watched(&self, list: Vec<u8>, watcher: Arc<dyn ImportWatcher>) -> Answered<ImportReport> {
        let import = move |door: fleet_bindings::ProductConsole, cancel: &CancelToken| {
            let watch = |progress| !cancel.is_cancelled() && watcher.watch(progress).unwrap_or(false);
            door.import_watched(&list, watch)
        };
        ask_cancellably(self.0.clone(), import).await
    }

    /// Frees the places that imports reserve for devices not yet added. Returns how many.
    pub async fn free_places(&self) -> Answered<i64> {
        self.ask(|door| door.free_places()).await
    }

    /// Lists the devices that match a filter, by id.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn devices(
        &self,
        filter: DeviceFilter,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<DevicePage> {
        self.ask(move |door| door.devices(filter, after.as_deref(), limit)).await
    }

    /// Returns the numbers of the fleet.
    pub async fn summary(&self) -> Answered<Summary> {
        self.ask(|door| door.summary()).await
    }
}

#[uniffi::export]
impl DeviceConsole {
    /// Corrects the device's entry in the registry: its hardware, its security counter, or both. An operator's command,
    /// recorded in the audit of the product; the device need not be in it.
    #[uniffi::method(default(platform = None, security_counter = None))]
    pub async fn correct(&self, platform: Option<String>, security_counter: Option<u32>) -> Answered<()> {
        self.ask(move |door| door.correct(platform.as_deref(), security_counter)).await
    }

    /// Reads the device, also one that waits or is denied.
    pub async fn get(&self) -> Answered<Device> {
        self.ask(|door| door.get()).await
    }

    /// Returns what the device would be told to run if it connected now, and why.
    pub async fn explain(&self) -> Answered<Decision> {
        self.ask(|door| door.explain()).await
    }

    /// Names the device; an empty name removes the name.
    pub async fn rename(&self, name: String) -> Answered<()> {
        self.ask(move |door| door.rename(&name)).await
    }

    /// Marks the device for development.
    pub async fn mark_development(&self) -> Answered<()> {
        self.ask(|door| door.mark_development()).await
    }

    /// Removes the mark for development.
    pub async fn clear_development(&self) -> Answered<()> {
        self.ask(|door| door.clear_development()).await
    }

    /// Puts the device in these groups and removes it from all others.
    pub async fn set_groups(&self, groups: Vec<u16>) -> Answered<()> {
        self.ask(move |door| door.set_groups(&groups)).await
    }

    /// Admits the waiting device.
    pub async fn approve(&self) -> Answered<()> {
        self.ask(|door| door.approve()).await
    }

    /// Denies the device.
    pub async fn deny(&self) -> Answered<()> {
        self.ask(|door| door.deny()).await
    }

    /// Allows the denied device to ask again.
    pub async fn undeny(&self) -> Answered<()> {
        self.ask(|door| door.undeny()).await
    }

    /// Removes the device from the product.
    pub async fn remove(&self) -> Answered<()> {
        self.ask(|door| door.remove()).await
    }
}
