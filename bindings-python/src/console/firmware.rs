//! Firmware, and which device gets which version.

use super::{DeviceConsole, ProductConsole};
use crate::run;
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{Change, Decision, DryRun, Firmware, Flash};
use pyo3::prelude::*;

#[checked]
#[pymethods]
impl ProductConsole {
    /// Uploads a firmware: its binary is read and checked against the product and the given version. The host keeps the
    /// binary itself, under its SHA-256.
    #[pyo3(signature = (version, title, binary, *, description=None, requires_system=None))]
    fn upload(
        &self,
        py: Python<'_>,
        version: u32,
        title: &str,
        binary: &[u8],
        description: Option<&str>,
        requires_system: Option<&str>,
    ) -> PyResult<Firmware> {
        run(py, || self.0.upload(version, title, description, requires_system, binary))
    }

    /// Lists the product's firmware, by version.
    fn firmware(&self, py: Python<'_>) -> PyResult<Vec<Firmware>> {
        run(py, || self.0.firmware())
    }

    /// Changes a firmware's title, and its description if one is given; an empty one removes it.
    #[pyo3(signature = (version, title, description=None))]
    fn edit_firmware(
        &self,
        py: Python<'_>,
        version: u32,
        title: &str,
        description: Option<&str>,
    ) -> PyResult<Firmware> {
        run(py, || self.0.edit_firmware(version, title, description))
    }

    /// Deletes a firmware that was never released and that no device is locked to.
    fn delete_firmware(&self, py: Python<'_>, version: u32) -> PyResult<()> {
        run(py, || self.0.delete_firmware(version))
    }

    /// Releases a version.
    fn release(&self, py: Python<'_>, version: u32) -> PyResult<()> {
        run(py, || self.0.release(version))
    }

    /// Withdraws the product's release.
    fn withdraw_release(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.withdraw_release())
    }

    /// Releases a version to a group; `None` withdraws the group's release.
    #[pyo3(signature = (group, version))]
    fn release_to_group(&self, py: Python<'_>, group: u16, version: Option<u32>) -> PyResult<()> {
        run(py, || self.0.release_to_group(group, version))
    }

    /// Counts what a change would do, without making it.
    fn dry_run(&self, py: Python<'_>, change: Change) -> PyResult<DryRun> {
        run(py, || self.0.dry_run(change))
    }
}

#[checked]
#[pymethods]
impl DeviceConsole {
    /// Locks the device to a version, and returns the answer to the device. With `"now"`, the host sends its directive
    /// at once; with `"on_reset"`, the device gets it at its next connect.
    fn lock(&self, py: Python<'_>, version: u32, flash: Flash) -> PyResult<Decision> {
        run(py, || self.0.lock(version, flash))
    }

    /// Unlocks the device.
    fn unlock(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.unlock())
    }

    /// Sends the device its next update even while it reports that it takes none.
    fn force_update(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.force_update())
    }
}
