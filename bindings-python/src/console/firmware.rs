//! Firmware, and which device gets which version.

use super::Console;
use crate::run;
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{Change, Decision, DryRun, Firmware};
use pyo3::prelude::*;

#[checked]
#[pymethods]
impl Console {
    /// Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the
    /// binary itself, under its SHA-256.
    #[pyo3(signature = (product, version, title, binary, *, description=None, requires_system=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn upload(
        &self,
        py: Python<'_>,
        product: u32,
        version: u32,
        title: &str,
        binary: &[u8],
        description: Option<&str>,
        requires_system: Option<&str>,
    ) -> PyResult<Firmware> {
        run(py, || self.0.upload(product, version, title, description, requires_system, binary))
    }

    /// Lists the product's firmware, by version.
    fn firmware(&self, py: Python<'_>, product: u32) -> PyResult<Vec<Firmware>> {
        run(py, || self.0.firmware(product))
    }

    /// Changes a firmware's title, and its description if one is given; an empty one removes it.
    #[pyo3(signature = (product, version, title, description=None))]
    fn edit_firmware(
        &self,
        py: Python<'_>,
        product: u32,
        version: u32,
        title: &str,
        description: Option<&str>,
    ) -> PyResult<Firmware> {
        run(py, || self.0.edit_firmware(product, version, title, description))
    }

    /// Deletes a firmware that was never released and that no device is locked to.
    fn delete_firmware(&self, py: Python<'_>, product: u32, version: u32) -> PyResult<()> {
        run(py, || self.0.delete_firmware(product, version))
    }

    /// Releases a version.
    fn release(&self, py: Python<'_>, product: u32, version: u32) -> PyResult<()> {
        run(py, || self.0.release(product, version))
    }

    /// Withdraws the product's release.
    fn withdraw_release(&self, py: Python<'_>, product: u32) -> PyResult<()> {
        run(py, || self.0.withdraw_release(product))
    }

    /// Releases a version to a group; `None` withdraws the group's release.
    #[pyo3(signature = (product, group, version))]
    fn release_to_group(&self, py: Python<'_>, product: u32, group: u16, version: Option<u32>) -> PyResult<()> {
        run(py, || self.0.release_to_group(product, group, version))
    }

    /// Locks a device to a version and returns the directive to send at once.
    fn lock_and_flash_now(&self, py: Python<'_>, product: u32, device: &str, version: u32) -> PyResult<Decision> {
        run(py, || self.0.lock_and_flash_now(product, device, version))
    }

    /// Locks a device to a version, which it gets at its next connect.
    fn lock_and_flash_on_reset(&self, py: Python<'_>, product: u32, device: &str, version: u32) -> PyResult<()> {
        run(py, || self.0.lock_and_flash_on_reset(product, device, version))
    }

    /// Unlocks a device.
    fn unlock(&self, py: Python<'_>, product: u32, device: &str) -> PyResult<()> {
        run(py, || self.0.unlock(product, device))
    }

    /// Sends the device its next update even while it reports that it takes none.
    fn force_update(&self, py: Python<'_>, product: u32, device: &str) -> PyResult<()> {
        run(py, || self.0.force_update(product, device))
    }

    /// Counts what a change would do, without making it.
    fn dry_run(&self, py: Python<'_>, product: u32, change: Change) -> PyResult<DryRun> {
        run(py, || self.0.dry_run(product, change))
    }
}
