//! The door for customers.

use crate::{Begun, begin, run};
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{ClaimCode, CustomerDevice, CustomerSession, Scope};
use pyo3::prelude::*;

/// The door for a customer: the holder of the token.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Portal(pub(crate) fleet_bindings::Portal);

#[checked]
#[pymethods]
impl Portal {
    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }

    /// Returns the customer's own record, and the token's scopes and expiry.
    fn me(&self, py: Python<'_>) -> PyResult<CustomerSession> {
        run(py, || self.0.me())
    }

    /// Revokes the token at once.
    fn log_out(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.log_out())
    }

    /// Joins the private beta with the customer's activation code.
    fn activate(&self, py: Python<'_>, code: &str) -> PyResult<()> {
        run(py, || self.0.activate(code))
    }

    /// Returns a code that the customer's device presents when it is set up.
    fn ask_claim_code(&self, py: Python<'_>) -> PyResult<ClaimCode> {
        run(py, || self.0.ask_claim_code())
    }

    /// Claims a device with the code on it.
    fn claim(&self, py: Python<'_>, device: &str, code: &str) -> PyResult<()> {
        run(py, || self.0.claim(device, code))
    }

    /// Ends the claim of a device.
    fn unclaim(&self, py: Python<'_>, device: &str) -> PyResult<()> {
        run(py, || self.0.unclaim(device))
    }

    /// Lists the customer's devices.
    fn devices(&self, py: Python<'_>) -> PyResult<Vec<CustomerDevice>> {
        run(py, || self.0.devices())
    }

    /// Checks that the customer may see or control a device now, and records that they did.
    fn use_device(&self, py: Python<'_>, device: &str, scope: Scope) -> PyResult<()> {
        run(py, || self.0.use_device(device, scope))
    }
}
