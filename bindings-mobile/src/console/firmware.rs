//! Firmware, and which device gets which version.

use super::{DeviceConsole, ProductConsole};
use crate::Answered;
use fleet_bindings::shapes::{Change, Decision, DryRun, Firmware, Flash};

#[uniffi::export]
impl ProductConsole {
    /// Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the
    /// binary itself, under its SHA-256.
    #[uniffi::method(default(description = None, requires_system = None))]
    pub async fn upload(
        &self,
        version: u32,
        title: String,
        binary: Vec<u8>,
        description: Option<String>,
        requires_system: Option<String>,
    ) -> Answered<Firmware> {
        self.ask(move |door| door.upload(version, &title, description.as_deref(), requires_system.as_deref(), &binary))
            .await
    }

    /// Lists the product's firmware, by version.
    pub async fn firmware(&self) -> Answered<Vec<Firmware>> {
        self.ask(|door| door.firmware()).await
    }

    /// Changes a firmware's title, and its description if one is given; an empty one removes it.
    #[uniffi::method(default(description = None))]
    pub async fn edit_firmware(&self, version: u32, title: String, description: Option<String>) -> Answered<Firmware> {
        self.ask(move |door| door.edit_firmware(version, &title, description.as_deref())).await
    }

    /// Deletes a firmware that was never released and that no device is locked to.
    pub async fn delete_firmware(&self, version: u32) -> Answered<()> {
        self.ask(move |door| door.delete_firmware(version)).await
    }

    /// Releases a version.
    pub async fn release(&self, version: u32) -> Answered<()> {
        self.ask(move |door| door.release(version)).await
    }

    /// Withdraws the product's release.
    pub async fn withdraw_release(&self) -> Answered<()> {
        self.ask(|door| door.withdraw_release()).await
    }

    /// Releases a version to a group; an absent version withdraws the group's release.
    pub async fn release_to_group(&self, group: u16, version: Option<u32>) -> Answered<()> {
        self.ask(move |door| door.release_to_group(group, version)).await
    }

    /// Counts what a change would do, without making it.
    pub async fn dry_run(&self, change: Change) -> Answered<DryRun> {
        self.ask(move |door| door.dry_run(change)).await
    }
}

#[uniffi::export]
impl DeviceConsole {
    /// Locks the device to a version, and returns the answer to the device. With `now`, the host sends its directive at
    /// once; with `onReset`, the device gets it at its next connect.
    pub async fn lock(&self, version: u32, flash: Flash) -> Answered<Decision> {
        self.ask(move |door| door.lock(version, flash)).await
    }

    /// Unlocks the device.
    pub async fn unlock(&self) -> Answered<()> {
        self.ask(|door| door.unlock()).await
    }

    /// Sends the device its next update even while it reports that it takes none.
    pub async fn force_update(&self) -> Answered<()> {
        self.ask(|door| door.force_update()).await
    }
}
