//! Firmware, and which device gets which version.

use super::{Answered, Console, device_id, product_id, version};
use crate::Failure;
use crate::shapes::{Change, Decision, DryRun, Firmware};
use fleet_core::Flash;
use fleet_core::firmware::Upload;
use fleet_core::product::GroupId;

impl Console {
    /// Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the
    /// binary itself, under its SHA-256.
    pub fn upload(
        &self,
        product: u32,
        number: u32,
        title: &str,
        description: Option<&str>,
        requires_system: Option<&str>,
        binary: &[u8],
    ) -> Answered<Firmware> {
        let requires_system = requires_system
            .map(|range| {
                range.parse().map_err(|problem: semver::Error| {
                    Failure::invalid("requires_system", format!("{problem}; write a range such as >=1.5.0"))
                })
            })
            .transpose()?;
        let mut upload = Upload::new(version(number)?, title).description(description.unwrap_or_default());
        upload.requires_system = requires_system;
        Ok((&self.door()?.product(product_id(product)?).upload(&upload, binary)?).into())
    }

    /// Lists the product's firmware, by version.
    pub fn firmware(&self, product: u32) -> Answered<Vec<Firmware>> {
        Ok(super::shapes(&self.door()?.product(product_id(product)?).firmware()?))
    }

    /// Changes a firmware's title, and its description if one is given.
    pub fn edit_firmware(
        &self,
        product: u32,
        number: u32,
        title: &str,
        description: Option<&str>,
    ) -> Answered<Firmware> {
        let (product, version) = (product_id(product)?, version(number)?);
        Ok((&self.door()?.product(product).edit_firmware(version, title, description)?).into())
    }

    /// Deletes a firmware that was never released and that no device is locked to.
    pub fn delete_firmware(&self, product: u32, number: u32) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).delete_firmware(version(number)?)?)
    }

    /// Releases a version.
    pub fn release(&self, product: u32, number: u32) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).release(version(number)?)?)
    }

    /// Withdraws the product's release.
    pub fn withdraw_release(&self, product: u32) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).withdraw_release()?)
    }

    /// Releases a version to a group, or withdraws the group's release.
    pub fn release_to_group(&self, product: u32, group: u16, number: Option<u32>) -> Answered<()> {
        let version = number.map(version).transpose()?;
        Ok(self.door()?.product(product_id(product)?).release_to_group(GroupId::new(group), version)?)
    }

    /// Locks a device to a version and returns the directive to send at once.
    pub fn lock_and_flash_now(&self, product: u32, device: &str, number: u32) -> Answered<Decision> {
        let (product, device) = (product_id(product)?, device_id(device)?);
        Ok((&self.door()?.product(product).device(device).lock(version(number)?, Flash::Now)?).into())
    }

    /// Locks a device to a version, which it gets at its next connect.
    pub fn lock_and_flash_on_reset(&self, product: u32, device: &str, number: u32) -> Answered<()> {
        let (product, device) = (product_id(product)?, device_id(device)?);
        self.door()?.product(product).device(device).lock(version(number)?, Flash::OnReset)?;
        Ok(())
    }

    /// Unlocks a device.
    pub fn unlock(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).unlock()?)
    }

    /// Sends the device its next update even while it reports that it takes none.
    pub fn force_update(&self, product: u32, device: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).force_update()?)
    }

    /// Counts what a change would do, without making it.
    pub fn dry_run(&self, product: u32, change: Change) -> Answered<DryRun> {
        Ok((&self.door()?.product(product_id(product)?).dry_run(&change.try_into()?)?).into())
    }
}
