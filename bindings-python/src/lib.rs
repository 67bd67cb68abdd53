//! `fleet_core._native`: the doors of `fleet-bindings` for Python, and stores written in Python.
//!
//! Each method releases the interpreter's lock while the core works, so that other Python threads run meanwhile.

mod clock;
mod conformance;
mod console;
mod fleet;
mod gateway;
mod portal;
mod publish;
mod store;

use fleet_bindings::doors::{OPERATIONS, Operation};
use fleet_bindings::{Answered, Begin, Begun as Begins, Failure, FailureKind, guarded, python};
use fleet_core::CancelToken;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Releases the interpreter's lock while the core works.
fn run<T: Send>(py: Python<'_>, call: impl FnOnce() -> Answered<T> + Send) -> PyResult<T> {
    Ok(py.detach(|| guarded(call))?)
}

/// Runs a long read-only call for the main thread. Python notices Ctrl-C only between its own instructions, so the call
/// runs on another thread: Ctrl-C cancels it.
fn run_interruptibly<T: Send + 'static>(
    py: Python<'_>,
    call: impl FnOnce(&CancelToken) -> Answered<T> + Send + 'static,
) -> PyResult<T> {
    let cancel = CancelToken::new();
    if !is_main_thread(py)? {
        return run(py, || call(&cancel));
    }
    let (answer, answered) = mpsc::sync_channel(1);
    let answered = Mutex::new(answered);
    let token = cancel.clone();
    std::thread::spawn(move || answer.send(guarded(|| call(&token))));
    loop {
        match py.detach(|| answered.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(SLICE)) {
            Ok(answer) => return Ok(answer?),
            Err(RecvTimeoutError::Timeout) => py.check_signals().inspect_err(|_| cancel.cancel())?,
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::panicked().into()),
        }
    }
}

/// How long a wait goes without checking for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);

/// Whether this thread handles signals.
fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let threading = PyModule::import(py, "threading")?;
    Ok(threading.call_method0("current_thread")?.is(&threading.call_method0("main_thread")?))
}

/// Cancels a call from another thread. For asyncio.
#[pyclass(frozen, name = "_Cancel", module = "fleet_core")]
#[derive(Debug)]
struct Cancel(CancelToken);

#[pymethods]
impl Cancel {
    #[new]
    fn new() -> Self {
        Self(CancelToken::new())
    }

    fn cancel(&self) {
        self.0.cancel();
    }
}

/// A call that was requested and will run later on another thread. A close in between waits for it. For asyncio.
#[pyclass(frozen, name = "_Begun", module = "fleet_core")]
#[derive(Debug)]
struct Begun(Begins);

#[pymethods]
impl Begun {
    #[pyo3(signature = (call, *arguments, **keywords))]
    fn run<'py>(
        &self,
        call: &Bound<'py, PyAny>,
        arguments: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.0.run(|| call.call(arguments, keywords))
    }
}

/// Begins a call.
fn begin(door: &impl Begin) -> PyResult<Begun> {
    Ok(Begun(door.begin()?))
}

/// Waits in slices, because Python notices Ctrl-C only between its own instructions. Ctrl-C ends the wait.
fn waited(py: Python<'_>, at_most: Duration, wait: impl Fn(Duration) -> bool + Send + Sync) -> PyResult<bool> {
    if !is_main_thread(py)? {
        return Ok(py.detach(|| wait(at_most)));
    }
    let begun = Instant::now();
    loop {
        let rest = at_most.saturating_sub(begun.elapsed());
        if py.detach(|| wait(rest.min(SLICE))) {
            return Ok(true);
        }
        py.check_signals()?;
        if rest <= SLICE {
            return Ok(false);
        }
    }
}

/// The door of every operation, and its name in Python.
#[pyfunction]
fn operations() -> Vec<(String, &'static str)> {
    let name = |operation: &Operation| match operation.name {
        // A reserved word of Python.
        "import" => "import_devices",
        name => name,
    };
    OPERATIONS.iter().map(|operation| (format!("{:?}", operation.door), name(operation))).collect()
}

/// The name of every kind of failure. Each has an exception in `fleet_core.errors`.
#[pyfunction]
fn failures() -> Vec<&'static str> {
    FailureKind::NAMES.to_vec()
}

/// The values of every `Literal`, by its name.
#[pyfunction]
fn words(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    Ok(python::words(py)?.into_any())
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    python::register(module)?;
    // `add_class` would make it public.
    module.setattr("_Cancel", module.py().get_type::<Cancel>())?;
    module.add_class::<fleet::Fleet>()?;
    module.add_class::<fleet::Tier>()?;
    module.add_class::<fleet::Price>()?;
    module.add_class::<clock::Clock>()?;
    module.add_class::<console::Console>()?;
    module.add_class::<console::ProductConsole>()?;
    module.add_class::<console::DeviceConsole>()?;
    module.add_class::<console::CustomerConsole>()?;
    module.add_class::<portal::Portal>()?;
    module.add_class::<gateway::Gateway>()?;
    module.add_class::<gateway::Report>()?;
    module.add_class::<gateway::Connected>()?;
    module.add_class::<console::EventStream>()?;
    module.add_class::<publish::NewEvent>()?;
    module.add_class::<publish::Meter>()?;
    module.add_class::<store::Row>()?;
    module.add_class::<store::KeyRange>()?;
    module.add_class::<store::Check>()?;
    module.add_class::<store::Commit>()?;
    module.add_class::<store::Put>()?;
    module.add_class::<store::Delete>()?;
    module.add_class::<store::Add>()?;
    module.add_class::<conformance::Violation>()?;
    module.add_function(wrap_pyfunction!(conformance::conformance, module)?)?;
    module.add_function(wrap_pyfunction!(failures, module)?)?;
    module.add_function(wrap_pyfunction!(operations, module)?)?;
    module.add_function(wrap_pyfunction!(words, module)?)
}
