//! Devices, as a team sees them.

use super::Console;
use crate::Answered;
use fleet_bindings::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportProgress, ImportReport, ListedDevice, Summary,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Is told how far an import is.
#[uniffi::export(with_foreign)]
pub trait ImportWatcher: Send + Sync {
    /// So many devices were added. Where it answers `false`, or throws, the import ends there.
    fn watch(&self, progress: ImportProgress) -> Result<bool, WatcherError>;
}

/// What a watcher threw, whatever it was: its import ends as one that was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum WatcherError {
    /// The one case there is.
    #[error("{reason}")]
    Thrown {
        /// What was thrown, in words.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for WatcherError {
    fn from(thrown: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Thrown { reason: thrown.reason }
    }
}

/// Says that whoever waited for an import is gone: a coroutine that was cancelled lets its future go.
#[derive(Clone, Debug, Default)]
struct Gone(Arc<AtomicBool>);

impl Gone {
    fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Says so when it is dropped.
struct OnDrop(Gone);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[uniffi::export]
impl Console {
    /// What an import of this list would say, without changing anything.
    pub async fn plan_import(&self, product: u32, list: Vec<u8>) -> Answered<ImportReport> {
        self.ask(move |door| door.plan_import(product, &list)).await
    }

    /// Imports a list of devices: one id a line, or a .csv. Where nobody waits for it any more, it ends after its next few
    /// thousand devices; what was added stays.
    pub async fn import(&self, product: u32, list: Vec<u8>) -> Answered<ImportReport> {
        let gone = Gone::default();
        let _waits = OnDrop(gone.clone());
        self.ask(move |door| door.import_watched(product, &list, |_| !gone.is_so())).await
    }

    /// The same, telling `watcher` how far it is after every few thousand devices. Where it answers `false` or throws, the
    /// import ends there with the error `cancelled`: what was added stays.
    pub async fn import_watched(
        &self,
        product: u32,
        list: Vec<u8>,
        watcher: Arc<dyn ImportWatcher>,
    ) -> Answered<ImportReport> {
        let gone = Gone::default();
        let _waits = OnDrop(gone.clone());
        self.ask(move |door| {
            door.import_watched(product, &list, |progress| !gone.is_so() && watcher.watch(progress).unwrap_or(false))
        })
        .await
    }

    /// Tells the platform of devices that exist; answers how many were new. An operator's command.
    pub async fn register_devices(&self, devices: Vec<ListedDevice>) -> Answered<i64> {
        self.ask(move |door| door.register_devices(&devices)).await
    }

    /// Corrects what the registry knows of a device: its hardware, its security counter, or both. An operator's command,
    /// recorded in the audit of `product`; the device need not be in it.
    #[uniffi::method(default(platform = None, security_counter = None))]
    pub async fn correct_device(
        &self,
        product: u32,
        device: String,
        platform: Option<String>,
        security_counter: Option<u32>,
    ) -> Answered<()> {
        self.ask(move |door| door.correct_device(product, &device, platform.as_deref(), security_counter)).await
    }

    /// Frees the places that imports hold for devices they have yet to add; answers how many.
    pub async fn free_places(&self, product: u32) -> Answered<i64> {
        self.ask(move |door| door.free_places(product)).await
    }

    /// A device of the product, waiting and denied ones too.
    pub async fn device(&self, product: u32, device: String) -> Answered<Device> {
        self.ask(move |door| door.device(product, &device)).await
    }

    /// The devices that a filter wants, by id.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn devices(
        &self,
        product: u32,
        filter: DeviceFilter,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<DevicePage> {
        self.ask(move |door| door.devices(product, filter, after.as_deref(), limit)).await
    }

    /// The fleet in numbers.
    pub async fn summary(&self, product: u32) -> Answered<Summary> {
        self.ask(move |door| door.summary(product)).await
    }

    /// What a device would be told if it connected now, and why.
    pub async fn explain(&self, product: u32, device: String) -> Answered<Decision> {
        self.ask(move |door| door.explain(product, &device)).await
    }

    /// Names a device; an empty name takes the name away.
    pub async fn name_device(&self, product: u32, device: String, name: String) -> Answered<()> {
        self.ask(move |door| door.name_device(product, &device, &name)).await
    }

    /// Marks a device for development, or takes the mark away.
    pub async fn mark_development(&self, product: u32, device: String, development: bool) -> Answered<()> {
        self.ask(move |door| door.mark_development(product, &device, development)).await
    }

    /// Puts a device in these groups and takes it out of all others.
    pub async fn set_groups(&self, product: u32, device: String, groups: Vec<u16>) -> Answered<()> {
        self.ask(move |door| door.set_groups(product, &device, &groups)).await
    }

    /// Lets a waiting device in.
    pub async fn approve_device(&self, product: u32, device: String) -> Answered<()> {
        self.ask(move |door| door.approve_device(product, &device)).await
    }

    /// Shuts a device out.
    pub async fn deny_device(&self, product: u32, device: String) -> Answered<()> {
        self.ask(move |door| door.deny_device(product, &device)).await
    }

    /// Lets a denied device ask again.
    pub async fn undeny_device(&self, product: u32, device: String) -> Answered<()> {
        self.ask(move |door| door.undeny_device(product, &device)).await
    }

    /// Takes a device out of the product.
    pub async fn remove_device(&self, product: u32, device: String) -> Answered<()> {
        self.ask(move |door| door.remove_device(product, &device)).await
    }

    /// Claims a device that nobody has claimed, for oneself.
    pub async fn claim_device(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.claim_device(&device)).await
    }

    /// Gives up a device that one has claimed.
    pub async fn unclaim_device(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.unclaim_device(&device)).await
    }

    /// Ends the claim of a device, whoever has it: the team for its product's, the operator for any.
    pub async fn end_claim(&self, device: String) -> Answered<()> {
        self.ask(move |door| door.end_claim(&device)).await
    }

    /// The devices that one has claimed, by id.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn claimed_devices(&self, after: Option<String>, limit: Option<u32>) -> Answered<DeviceIdPage> {
        self.ask(move |door| door.claimed_devices(after.as_deref(), limit)).await
    }
}
