//! Firmware, and which device gets which version.

use super::{Answered, DeviceConsole, ProductConsole, version};
use crate::Failure;
use crate::shapes::{Change, Decision, DryRun, Firmware, Flash};
use fleet_core::firmware::Upload;
use fleet_core::product::GroupId;

impl ProductConsole {
    /// Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the
    /// binary itself, under its SHA-256.
    pub fn upload(
        &self,
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
        Ok((&self.door()?.upload(&upload, binary)?).into())
    }

    /// Lists the product's firmware, by version.
    pub fn firmware(&self) -> Answered<Vec<Firmware>> {
        Ok(super::shapes(&self.door()?.firmware()?))
    }

    /// Changes a firmware's title, and its description if one is given.
    pub fn edit_firmware(&self, number: u32, title: &str, description: Option<&str>) -> Answered<Firmware> {
        Ok((&self.door()?.edit_firmware(version(number)?, title, description)?).into())
    }

    /// Deletes a firmware that was never released and that no device is locked to.
    pub fn delete_firmware(&self, number: u32) -> Answered<()> {
        Ok(self.door()?.delete_firmware(version(number)?)?)
    }

    /// Releases a version.
    pub fn release(&self, number: u32) -> Answered<()> {
        Ok(self.door()?.release(version(number)?)?)
    }

    /// Withdraws the product's release.
    pub fn withdraw_release(&self) -> Answered<()> {
        Ok(self.door()?.withdraw_release()?)
    }

    /// Releases a version to a group, or withdraws the group's release.
    pub fn release_to_group(&self, group: u16, number: Option<u32>) -> Answered<()> {
        let version = number.map(version).transpose()?;
        Ok(self.door()?.release_to_group(GroupId::new(group), version)?)
    }

    /// Counts what a change would do, without making it.
    pub fn dry_run(&self, change: Change) -> Answered<DryRun> {
        Ok((&self.door()?.dry_run(&change.try_into()?)?).into())
    }
}

impl DeviceConsole {
    /// Locks the device to a version, and returns the answer to the device. With `Flash::Now`, the host sends its
    /// directive at once; with `Flash::OnReset`, the device gets it at its next connect.
    pub fn lock(&self, number: u32, flash: Flash) -> Answered<Decision> {
        Ok((&self.door()?.lock(version(number)?, flash.into())?).into())
    }

    /// Unlocks the device.
    pub fn unlock(&self) -> Answered<()> {
        Ok(self.door()?.unlock()?)
    }

    /// Sends the device its next update even while it reports that it takes none.
    pub fn force_update(&self) -> Answered<()> {
        Ok(self.door()?.force_update()?)
    }
}
