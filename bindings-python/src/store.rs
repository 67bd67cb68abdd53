//! A store written in Python: three methods over rows of bytes and JSON.

use fleet_bindings::python_value;
use fleet_bindings::store::{
    KeyRange as Range, RowAddition, RowCheck, RowCommit, RowDeletion, RowStore, RowStoreError, RowStoreTrouble,
    RowWrite, StoredRow,
};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use std::fmt;

/// A row: its key, its content as JSON, and the version stamp of the write that stored it.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core.store")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    /// Its key: unique, ordered by bytes.
    key: Vec<u8>,
    /// Its content as JSON. For a counter, the number.
    record: String,
    /// The version stamp: identifies the write that stored it; a signed 64-bit integer. 0 for a counter.
    stamp: i64,
}

/// A range of keys.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core.store")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeyRange {
    /// The first key.
    first: Vec<u8>,
    /// Whether the range includes `first`.
    first_included: bool,
    /// The last key.
    last: Vec<u8>,
    /// Whether the range includes `last`.
    last_included: bool,
    /// Maximum number of rows.
    limit: i64,
    /// Whether to scan from the last key to the first.
    reverse: bool,
}

/// A precondition: a row must be unchanged since it was read.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core.store")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Check {
    /// The row's key.
    key: Vec<u8>,
    /// The expected version stamp. `None` means that the row must be absent.
    stamp: Option<i64>,
}

/// Stores a row, replacing the present one.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core.store")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Put {
    /// The key.
    key: Vec<u8>,
    /// The content as JSON.
    record: String,
    /// The version stamp of this write.
    stamp: i64,
}

/// Deletes a row. Does nothing if there is none.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core.store")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Delete {
    /// The answer.
    key: Vec<u8>,
}

/// Adds to a counter, which starts at 0 and saturates at the ends of a signed 64-bit integer.
#[pyclass(frozen, get_all, eq, hash, module = "fleet_core.store")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Add {
    /// The counter's key.
    key: Vec<u8>,
    /// The amount.
    delta: i64,
}

/// Writes, and the preconditions for applying them.
#[pyclass(frozen, get_all, module = "fleet_core.store")]
#[derive(Debug)]
pub(crate) struct Commit {
    /// The preconditions.
    checks: Py<PyAny>,
    /// The writes.
    writes: Py<PyAny>,
}

/// Any object with `get`, `scan` and `commit`.
pub(crate) struct PythonStore {
    store: Py<PyAny>,
    /// Called at each step within the store: makes other threads run in between, while the store is checked.
    interrupts: Option<Py<PyAny>>,
}

impl PythonStore {
    pub(crate) fn new(store: &Bound<'_, PyAny>) -> PyResult<Self> {
        for method in ["get", "scan", "commit"] {
            if !store.hasattr(method)? {
                let what = format!("must be a URL or a store; a store has a method `{method}`");
                return Err(fleet_bindings::Failure::invalid("store", what).into());
            }
        }
        Ok(Self { store: store.clone().unbind(), interrupts: None })
    }

    /// The same, with a profiler under which its methods run.
    pub(crate) fn interrupted_by(self, profiler: Py<PyAny>) -> Self {
        Self { interrupts: Some(profiler), ..self }
    }

    /// Calls a method and processes its answer.
    fn ask<T: Send>(&self, call: impl for<'py> FnOnce(&Bound<'py, PyAny>) -> PyResult<T>) -> Result<T, RowStoreError> {
        Python::attach(|py| {
            let store = self.store.bind(py);
            let called = match &self.interrupts {
                None => call(store),
                Some(profiler) => interrupted(profiler.bind(py), || call(store)),
            };
            called.map_err(|error| trouble(py, &error))
        })
    }
}

/// Runs code under a profiler.
fn interrupted<T>(profiler: &Bound<'_, PyAny>, act: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let sys = PyModule::import(profiler.py(), "sys")?;
    sys.call_method1("setprofile", (profiler,))?;
    let done = act();
    sys.call_method1("setprofile", (profiler.py().None(),))?;
    done
}

impl fmt::Debug for PythonStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PythonStore")
    }
}

/// Converts an exception of a store for the core: `TimeoutError` and `ConnectionError` may be retried. In a commit,
/// every exception but `fleet_core.store.Refused` leaves the outcome unknown.
fn trouble(py: Python<'_>, error: &PyErr) -> RowStoreError {
    use pyo3::exceptions::{PyConnectionError, PyTimeoutError};

    let store = PyModule::import(py, "fleet_core.store");
    let is =
        |name| store.as_ref().is_ok_and(|store| store.getattr(name).is_ok_and(|kind| error.is_instance(py, &kind)));
    let trouble = if is("OutcomeUnknown") {
        RowStoreTrouble::Unknown
    } else if is("Refused") {
        RowStoreTrouble::Refused
    } else if error.is_instance_of::<PyTimeoutError>(py) || error.is_instance_of::<PyConnectionError>(py) {
        RowStoreTrouble::Unavailable
    } else {
        RowStoreTrouble::Other
    };
    RowStoreError { trouble, message: format!("the store raised {error}") }
}

/// Reads a row from any object with its three attributes.
fn row(row: &Bound<'_, PyAny>) -> PyResult<StoredRow> {
    if let Ok(row) = row.cast::<Row>() {
        let Row { key, record, stamp } = row.get().clone();
        return Ok(StoredRow { key, record, stamp });
    }
    let (key, record, stamp) = (row.getattr("key")?, row.getattr("record")?, row.getattr("stamp")?);
    Ok(StoredRow { key: key.extract()?, record: record.extract()?, stamp: stamp.extract()? })
}

fn commit(py: Python<'_>, commit: RowCommit) -> PyResult<Commit> {
    let check = |RowCheck { key, stamp }: RowCheck| Check { key, stamp };
    let checks: Vec<Check> = commit.checks.into_iter().map(check).collect();
    let write = |write: RowWrite| {
        Ok(match write {
            RowWrite::Put(StoredRow { key, record, stamp }) => Bound::new(py, Put { key, record, stamp })?.into_any(),
            RowWrite::Delete(RowDeletion { key }) => Bound::new(py, Delete { key })?.into_any(),
            RowWrite::Add(RowAddition { key, delta }) => Bound::new(py, Add { key, delta })?.into_any(),
        })
    };
    let writes = commit.writes.into_iter().map(write).collect::<PyResult<Vec<_>>>()?;
    Ok(Commit {
        checks: checks.into_pyobject(py)?.into_any().unbind(),
        writes: writes.into_pyobject(py)?.into_any().unbind(),
    })
}

impl RowStore for PythonStore {
    fn get(&self, keys: Vec<Vec<u8>>) -> Result<Vec<Option<StoredRow>>, RowStoreError> {
        self.ask(|store| {
            let keys: Vec<Bound<'_, PyBytes>> = keys.iter().map(|key| PyBytes::new(store.py(), key)).collect();
            let rows = store.call_method1("get", (keys,))?;
            let rows = rows.try_iter()?.map(|found| {
                let found = found?;
                if found.is_none() { Ok(None) } else { row(&found).map(Some) }
            });
            rows.collect()
        })
    }

    fn scan(&self, range: Range) -> Result<Vec<StoredRow>, RowStoreError> {
        let Range { first, first_included, last, last_included, limit, reverse } = range;
        self.ask(|store| {
            let range = KeyRange { first, first_included, last, last_included, limit, reverse };
            let rows = store.call_method1("scan", (range,))?;
            rows.try_iter()?.map(|found| row(&found?)).collect()
        })
    }

    fn commit(&self, batch: Vec<RowCommit>) -> Result<Vec<bool>, RowStoreError> {
        self.ask(|store| {
            let batch = batch.into_iter().map(|one| commit(store.py(), one)).collect::<PyResult<Vec<_>>>()?;
            store.call_method1("commit", (batch,))?.try_iter()?.map(|applied| applied?.is_truthy()).collect()
        })
    }
}

python_value!(Row { key: Vec<u8>, record: String, stamp: i64, }
    #[new]
    fn new(key: Vec<u8>, record: String, stamp: i64) -> Self {
        Self { key, record, stamp }
    }
);
python_value!(KeyRange {
    first: Vec<u8>,
    first_included: bool,
    last: Vec<u8>,
    last_included: bool,
    limit: i64,
    reverse: bool,
}
    #[new]
    #[pyo3(signature = (first, last, *, first_included=None, last_included=None, limit=None, reverse=None))]
    fn new(
        first: Vec<u8>,
        last: Vec<u8>,
        first_included: Option<bool>,
        last_included: Option<bool>,
        limit: Option<i64>,
        reverse: Option<bool>,
    ) -> Self {
        let (first_included, last_included) = (first_included.unwrap_or(true), last_included.unwrap_or(true));
        let (limit, reverse) = (limit.unwrap_or(i64::MAX), reverse.unwrap_or(false));
        Self { first, first_included, last, last_included, limit, reverse }
    }
);
python_value!(Check { key: Vec<u8>, stamp: Option<i64>, }
    #[new]
    #[pyo3(signature = (key, stamp=None))]
    fn new(key: Vec<u8>, stamp: Option<i64>) -> Self {
        Self { key, stamp }
    }
);
python_value!(Put { key: Vec<u8>, record: String, stamp: i64, }
    #[new]
    fn new(key: Vec<u8>, record: String, stamp: i64) -> Self {
        Self { key, record, stamp }
    }
);
python_value!(Delete { key: Vec<u8>, }
    #[new]
    fn new(key: Vec<u8>) -> Self {
        Self { key }
    }
);
python_value!(Add { key: Vec<u8>, delta: i64, }
    #[new]
    fn new(key: Vec<u8>, delta: i64) -> Self {
        Self { key, delta }
    }
);
python_value!(Commit { checks: Py<PyAny>, writes: Py<PyAny>, }
    #[new]
    #[pyo3(signature = (checks=None, writes=None))]
    fn new(py: Python<'_>, checks: Option<Py<PyAny>>, writes: Option<Py<PyAny>>) -> Self {
        let none = || PyList::empty(py).into_any().unbind();
        Self { checks: checks.unwrap_or_else(none), writes: writes.unwrap_or_else(none) }
    }
);
