//! The door for time.

use crate::{Begun, begin, run};
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{Advanced, ChargeOutcome, Due};
use pyo3::prelude::*;

/// The door for time: the host opens it at regular intervals, and when its payment provider answers.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Clock(pub(crate) fleet_bindings::Clock);

#[checked]
#[pymethods]
impl Clock {
    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }

    /// Lists what is due now.
    #[pyo3(signature = (*, limit=None))]
    fn due(&self, py: Python<'_>, limit: Option<u32>) -> PyResult<Vec<Due>> {
        run(py, || self.0.due(limit))
    }

    /// Handles what is due now: renewals, retries, notices.
    #[pyo3(signature = (*, limit=None))]
    fn advance(&self, py: Python<'_>, limit: Option<u32>) -> PyResult<Advanced> {
        run(py, || self.0.advance(limit))
    }

    /// Confirms that the clock is right after a leap that `advance` refused.
    fn confirm_leap(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.confirm_leap())
    }

    /// Reports a charge's outcome from the payment provider.
    fn charge_outcome(&self, py: Python<'_>, key: &str, outcome: ChargeOutcome) -> PyResult<()> {
        run(py, || self.0.charge_outcome(key, outcome))
    }
}
