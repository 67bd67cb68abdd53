//! Firmware, and which device gets which version.

use super::Console;
use crate::Answered;
use fleet_bindings::shapes::{Change, Decision, DryRun, Firmware};

#[uniffi::export]
impl Console {
    /// Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the
    /// binary itself, under its SHA-256.
    #[uniffi::method(default(description = None, requires_system = None))]
    pub async fn upload(
        &self,
        product: u32,
        version: u32,
        title: String,
        binary: Vec<u8>,
        description: Option<String>,
        requires_system: Option<String>,
    ) -> Answered<Firmware> {
        self.ask(move |door| {
            door.upload(product, version, &title, description.as_deref(), requires_system.as_deref(), &binary)
        })
        .await
    }

    /// Lists the product's firmware, by version.
    pub async fn firmware(&self, product: u32) -> Answered<Vec<Firmware>> {
        self.ask(move |door| door.firmware(product)).await
    }

    /// Changes a firmware's title, and its description if one is given; an empty one removes it.
    #[uniffi::method(default(description = None))]
    pub async fn edit_firmware(
        &self,
        product: u32,
        version: u32,
        title: String,
        description: Option<String>,
    ) -> Answered<Firmware> {
        self.ask(move |door| door.edit_firmware(product, version, &title, description.as_deref())).await
    }

    /// Deletes a firmware that was never released and that no device is locked to.
    pub async fn delete_firmware(&self, product: u32, version: u32) -> Answered<()> {
        self.ask(move |door| door.delete_firmware(product, version)).await
    }

    /// Releases a version.
    pub async fn release(&self, product: u32, version: u32) -> Answered<()> {
        self.ask(move |door| door.release(product, version)).await
    }

    /// Withdraws the product's release.
    pub async fn withdraw_release(&self, product: u32) -> Answered<()> {
        self.ask(move |door| door.withdraw_release(product)).await
    }

    /// Releases a version to a group; an absent version withdraws the group's release.
    pub async fn release_to_group(&self, product: u32, group: u16, version: Option<u32>) -> Answered<()> {
        self.ask(move |door| door.release_to_group(product, group, version)).await
    }

    /// Locks a device to a version and returns the directive to send at once.
    pub async fn lock_and_flash_now(&self, product: u32, device: String, version: u32) -> Answered<Decision> {
        self.ask(move |door| door.lock_and_flash_now(product, &device, version)).await
    }

    /// Locks a device to a version, which it gets at its next connect.
    pub async fn lock_and_flash_on_reset(&self, product: u32, device: String, version: u32) -> Answered<()> {
        self.ask(move |door| door.lock_and_flash_on_reset(product, &device, version)).await
    }

    /// Unlocks a device.
    pub async fn unlock(&self, product: u32, device: String) -> Answered<()> {
        self.ask(move |door| door.unlock(product, &device)).await
    }

    /// Sends the device its next update even while it reports that it takes none.
    pub async fn force_update(&self, product: u32, device: String) -> Answered<()> {
        self.ask(move |door| door.force_update(product, &device)).await
    }

    /// Counts what a change would do, without making it.
    pub async fn dry_run(&self, product: u32, change: Change) -> Answered<DryRun> {
        self.ask(move |door| door.dry_run(product, change)).await
    }
}
