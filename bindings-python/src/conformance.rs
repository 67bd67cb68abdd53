//! The laws of every store, for a store written in Python.

use crate::store::PythonStore;
use fleet_bindings::store::{HostStore, broken_laws};
use fleet_core::{MemoryStore, Store};
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// A law that a store broke.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Violation {
    /// The law's name.
    law: String,
    /// The observed violation.
    what: String,
}

fleet_bindings::python_value!(Violation { law: String, what: String });

/// Interval in seconds at which the interpreter switches threads while stores are checked. Otherwise its lock would
/// hide races between two lines of a store.
const SWITCHING: f64 = 1e-6;

/// Makes the interpreter switch threads often, until it is dropped.
struct Switching<'py>(Bound<'py, PyModule>, Bound<'py, PyAny>);

impl<'py> Switching<'py> {
    fn often(py: Python<'py>) -> PyResult<Self> {
        let sys = PyModule::import(py, "sys")?;
        let before = sys.call_method0("getswitchinterval")?;
        sys.call_method1("setswitchinterval", (SWITCHING,))?;
        Ok(Self(sys, before))
    }
}

impl Drop for Switching<'_> {
    fn drop(&mut self) {
        let _ = self.0.call_method1("setswitchinterval", (&self.1,));
    }
}

/// Checks a store against every law of `fleet_core::store::conformance`; returns an empty list if it keeps them all.
/// `factory` creates an empty store for each law. With `reopen`, the laws of reopening are checked too: it receives a
/// store that is no longer used and opens its data again. For tests: meanwhile the interpreter switches threads often,
/// above all in the store's methods.
#[pyfunction]
#[pyo3(signature = (factory, *, reopen=None))]
pub(crate) fn conformance(py: Python<'_>, factory: Py<PyAny>, reopen: Option<Py<PyAny>>) -> PyResult<Vec<Violation>> {
    let _switching = Switching::often(py)?;
    let profiler = PyModule::import(py, "fleet_core._interrupts")?.getattr("interrupt")?.unbind();
    let raised: Mutex<Option<PyErr>> = Mutex::new(None);
    let opened = |store: PyResult<PythonStore>| -> Arc<dyn Store> {
        match store {
            Ok(store) => {
                let profiler = Python::attach(|py| profiler.clone_ref(py));
                Arc::new(HostStore(store.interrupted_by(profiler)))
            }
            Err(error) => {
                *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                // No law can be blamed for this: the exception is raised instead of the findings.
                Arc::new(MemoryStore::new())
            }
        }
    };
    let open = |before: Option<Py<PyAny>>| {
        let mut mark = None;
        let store = Python::attach(|py| {
            let store = match (before, &reopen) {
                (Some(before), Some(reopen)) => reopen.bind(py).call1((before,))?,
                _ => factory.bind(py).call0()?,
            };
            mark = Some(store.clone().unbind());
            PythonStore::new(&store)
        });
        (mark, opened(store))
    };
    let violations = py.detach(|| broken_laws(open, reopen.is_some()));
    if let Some(error) = raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    Ok(violations.into_iter().map(|broken| Violation { law: broken.law.to_owned(), what: broken.what }).collect())
}
