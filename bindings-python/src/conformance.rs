//! The laws of every store, for one that is written in Python.

use crate::store::PythonStore;
use fleet_bindings::store::HostStore;
use fleet_core::store::conformance::check;
use fleet_core::{MemoryStore, Store};
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// A law that a store broke.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Violation {
    /// The law's name.
    law: String,
    /// What was seen that should not be.
    what: String,
}

fleet_bindings::python_value!(Violation { law: String, what: String });

/// Holds a store to every law of `fleet_core::store::conformance`; an empty list says that it keeps them all. `factory`
/// makes an empty store each time it is called.
#[pyfunction]
pub(crate) fn conformance(py: Python<'_>, factory: Py<PyAny>) -> PyResult<Vec<Violation>> {
    let raised: Mutex<Option<PyErr>> = Mutex::new(None);
    let open = || -> Arc<dyn Store> {
        match Python::attach(|py| PythonStore::new(&factory.bind(py).call0()?)) {
            Ok(store) => Arc::new(HostStore(store)),
            Err(error) => {
                *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                // No law is held against this one: what was raised is told in place of all findings.
                Arc::new(MemoryStore::new())
            }
        }
    };
    let outcome = py.detach(|| check(open));
    if let Some(error) = raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let violations = outcome.err().unwrap_or_default();
    Ok(violations.into_iter().map(|broken| Violation { law: broken.law.to_owned(), what: broken.what }).collect())
}
