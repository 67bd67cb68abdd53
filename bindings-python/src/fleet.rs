//! A fleet, opened by the URL of its store or over a store that Python writes.

use crate::console::Console;
use crate::gateway::Gateway;
use crate::portal::Portal;
use crate::run;
use crate::store::PythonStore;
use fleet_bindings::shapes::NoticePage;
use fleet_bindings::store::HostStore;
use fleet_bindings::{Failure, FleetOptions, Moment};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// A fleet of connected devices, behind a store. Leaving its `with` block closes the store.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Fleet(fleet_bindings::Fleet);

/// A tier of one's own: limits. None is no limit.
#[pyclass(frozen, get_all, eq, hash, from_py_object, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tier {
    /// Its name, unique in the catalogue.
    name: String,
    /// Devices in the product, at most.
    devices: Option<u64>,
    /// Team members, the owner among them, at most.
    members: Option<u64>,
    /// Outbound messages a usage month, at most.
    messages: Option<u64>,
}

fleet_bindings::python_value!(Tier {
        name: String,
        devices: Option<u64>,
        members: Option<u64>,
        messages: Option<u64>,
    }
    #[new]
    #[pyo3(signature = (name, *, devices=None, members=None, messages=None))]
    fn new(name: String, devices: Option<u64>, members: Option<u64>, messages: Option<u64>) -> Self {
        Self { name, devices, members, messages }
    }
);

#[pymethods]
impl Fleet {
    /// Opens the fleet of a store: `memory:`, `sqlite:PATH`, or a `Store` written in Python.
    #[staticmethod]
    #[pyo3(signature = (store, *, tiers=None))]
    fn open(py: Python<'_>, store: &Bound<'_, PyAny>, tiers: Option<Vec<Tier>>) -> PyResult<Self> {
        let tier = |tier: Tier| fleet_core::Tier {
            name: tier.name.into(),
            devices: tier.devices,
            members: tier.members,
            messages: tier.messages,
        };
        let options =
            FleetOptions { tiers: tiers.map(|tiers| tiers.into_iter().map(tier).collect()), ..FleetOptions::default() };
        if let Ok(url) = store.cast::<PyString>() {
            let url = url.to_cow()?;
            return run(py, || fleet_bindings::Fleet::open(&url, options)).map(Self);
        }
        let store = HostStore(PythonStore::new(store)?);
        Ok(Self(fleet_bindings::Fleet::with_store(store, options)?))
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyAny>) {
        self.close(py);
    }

    fn __repr__(&self) -> &'static str {
        "<fleet_core.Fleet>"
    }

    /// Closes the store, once all that is under way has ended. Whatever is asked of the fleet or its doors afterwards
    /// fails.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.0.close());
    }

    /// The door for people: `"operator"`, or the number of the account that has logged in with the host. Without `now`,
    /// each call is made at its own time.
    #[pyo3(signature = (actor, now=None))]
    fn console(&self, actor: &Bound<'_, PyAny>, now: Option<Moment>) -> PyResult<Console> {
        if let Ok(word) = actor.cast::<PyString>() {
            if word.to_cow()? == "operator" {
                return Ok(Console(self.0.operator(now)));
            }
            return Err(Failure::invalid("actor", "is to be \"operator\" or an account's number").into());
        }
        Ok(Console(self.0.console(actor.extract()?, now)?))
    }

    /// The door for customers: whoever holds the token.
    #[pyo3(signature = (token, now=None))]
    fn portal(&self, token: &str, now: Option<Moment>) -> PyResult<Portal> {
        Ok(Portal(self.0.portal(token, now)?))
    }

    /// The door for devices.
    #[pyo3(signature = (now=None))]
    fn gateway(&self, now: Option<Moment>) -> Gateway {
        Gateway(self.0.gateway(now))
    }

    /// The notices that wait to be sent, by product.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn pending_notices(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<NoticePage> {
        run(py, || self.0.pending_notices(after, limit))
    }

    /// Says that the notice of this key has been sent; answers whether it was still waiting.
    fn acknowledge(&self, py: Python<'_>, key: &str) -> PyResult<bool> {
        run(py, || self.0.acknowledge(key))
    }
}
