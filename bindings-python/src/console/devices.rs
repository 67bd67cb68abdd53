//! Devices, as a team sees them.

use super::{Console, DeviceConsole, ProductConsole};
use crate::{Cancel, run, run_interruptibly};
use fleet_bindings::Failure;
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{
    Decision, Device, DeviceFilter, DeviceIdPage, DevicePage, ImportProgress, ImportReport, ListedDevice, Standing,
    Summary,
};
use pyo3::intern;
use pyo3::prelude::*;

#[checked]
#[pymethods]
impl Console {
    /// Registers devices that exist. Returns how many were new. An operator's command.
    fn register_devices(&self, py: Python<'_>, devices: Vec<(String, Option<String>)>) -> PyResult<i64> {
        let devices: Vec<ListedDevice> =
            devices.into_iter().map(|(device, platform)| ListedDevice { device, platform }).collect();
        run(py, || self.0.register_devices(&devices))
    }

    /// Claims an unclaimed device for the actor.
    fn claim_device(&self, py: Python<'_>, device: &str) -> PyResult<()> {
        run(py, || self.0.claim_device(device))
    }

    /// Ends the actor's claim of a device.
    fn unclaim_device(&self, py: Python<'_>, device: &str) -> PyResult<()> {
        run(py, || self.0.unclaim_device(device))
    }

    /// Ends the claim of a device, whoever has it: a team may do so for its product's devices, the operator for any.
    fn end_claim(&self, py: Python<'_>, device: &str) -> PyResult<()> {
        run(py, || self.0.end_claim(device))
    }

    /// Lists the devices that the actor has claimed, by id.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn claimed_devices(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<DeviceIdPage> {
        run(py, || self.0.claimed_devices(after, limit))
    }
}

#[checked]
#[pymethods]
impl ProductConsole {
    /// Returns the verdicts that an import of this list would give, without changing anything. Ctrl-C cancels it.
    fn plan_import(&self, py: Python<'_>, list: &[u8]) -> PyResult<ImportReport> {
        let (door, list) = (self.0.clone(), list.to_vec());
        run_interruptibly(py, move |cancel| door.plan_import_until(&list, cancel))
    }

    fn _plan_import(&self, py: Python<'_>, list: &[u8], cancel: &Bound<'_, Cancel>) -> PyResult<ImportReport> {
        let cancel = &cancel.get().0;
        run(py, || self.0.plan_import_until(list, cancel))
    }

    /// Imports a list of devices: a text file with one id a line, or a .csv. Ctrl-C ends it after its next few thousand
    /// devices; devices already added stay.
    fn import_devices(&self, py: Python<'_>, list: &[u8]) -> PyResult<ImportReport> {
        let mut interrupted = None;
        let report = run(py, || {
            self.0.import_watched(list, |_| {
                let signals = Python::attach(|py| py.check_signals());
                signals.map_err(|raised| interrupted = Some(raised)).is_ok()
            })
        });
        interrupted.map_or(report, Err)
    }

    /// The same, but calls `progress` after every few thousand devices. If `cancel` is set by then, or `progress`
    /// raises, the import ends there; devices already added stay.
    #[pyo3(signature = (list, *, progress=None, cancel=None))]
    fn import_watched(
        &self,
        py: Python<'_>,
        list: &[u8],
        progress: Option<Py<PyAny>>,
        cancel: Option<Py<PyAny>>,
    ) -> PyResult<ImportReport> {
        let is_function = |given: &Py<PyAny>| given.bind(py).is_callable();
        if progress.as_ref().is_some_and(|progress| !is_function(progress)) {
            return Err(Failure::invalid("progress", "must be a function, or `None`").into());
        }
        if let Some(cancel) = &cancel
            && !cancel.bind(py).hasattr(intern!(py, "is_set"))?
        {
            return Err(Failure::invalid("cancel", "must have a method `is_set`, as a `threading.Event` has").into());
        }
        let mut raised = None;
        let watch = |status: ImportProgress| {
            let go_on = Python::attach(|py| -> PyResult<bool> {
                // Ctrl-C, which Python notices only between its own instructions.
                py.check_signals()?;
                if let Some(progress) = &progress {
                    progress.call1(py, (status,))?;
                }
                match &cancel {
                    Some(cancel) => Ok(!cancel.call_method0(py, intern!(py, "is_set"))?.is_truthy(py)?),
                    None => Ok(true),
                }
            });
            go_on.unwrap_or_else(|error| {
                raised = Some(error);
                false
            })
        };
        let report = run(py, || self.0.import_watched(list, watch));
        raised.map_or(report, Err)
    }

    /// Frees the places that imports reserve for devices not yet added. Returns how many.
    fn free_places(&self, py: Python<'_>) -> PyResult<i64> {
        run(py, || self.0.free_places())
    }

    /// Lists the devices that match a filter, by id.
    #[pyo3(signature = (
        *, standing=None, online=None, version=None, group=None, locked=None, development=None, pending=None,
        failing=None, prefix=None, after=None, limit=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn devices(
        &self,
        py: Python<'_>,
        standing: Option<Standing>,
        online: Option<bool>,
        version: Option<u16>,
        group: Option<u16>,
        locked: Option<bool>,
        development: Option<bool>,
        pending: Option<bool>,
        failing: Option<bool>,
        prefix: Option<String>,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<DevicePage> {
        let filter = DeviceFilter { standing, online, version, group, locked, development, pending, failing, prefix };
        run(py, || self.0.devices(filter, after, limit))
    }

    /// Returns the numbers of the fleet.
    fn summary(&self, py: Python<'_>) -> PyResult<Summary> {
        run(py, || self.0.summary())
    }
}

#[checked]
#[pymethods]
impl DeviceConsole {
    /// Corrects the device's entry in the registry: its hardware, its security counter, or both. An operator's command,
    /// recorded in the audit of the product; the device need not be in it.
    #[pyo3(signature = (*, platform=None, security_counter=None))]
    fn correct(&self, py: Python<'_>, platform: Option<&str>, security_counter: Option<u32>) -> PyResult<()> {
        run(py, || self.0.correct(platform, security_counter))
    }

    /// Reads the device, also one that waits or is denied.
    fn get(&self, py: Python<'_>) -> PyResult<Device> {
        run(py, || self.0.get())
    }

    /// Returns what the device would be told to run if it connected now, and why.
    fn explain(&self, py: Python<'_>) -> PyResult<Decision> {
        run(py, || self.0.explain())
    }

    /// Names the device; an empty name removes the name.
    fn rename(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        run(py, || self.0.rename(name))
    }

    /// Marks the device for development.
    fn mark_development(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.mark_development())
    }

    /// Removes the mark for development.
    fn clear_development(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.clear_development())
    }

    /// Puts the device in these groups and removes it from all others.
    fn set_groups(&self, py: Python<'_>, groups: Vec<u16>) -> PyResult<()> {
        run(py, || self.0.set_groups(&groups))
    }

    /// Admits the waiting device.
    fn approve(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.approve())
    }

    /// Denies the device.
    fn deny(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.deny())
    }

    /// Allows the denied device to ask again.
    fn undeny(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.undeny())
    }

    /// Removes the device from the product.
    fn remove(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.remove())
    }
}
