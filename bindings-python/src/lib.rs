//! `fleet_core._native`: the doors of `fleet-bindings` as Python opens them, and the stores that Python writes.
//!
//! Each method lets the interpreter go while the core works, so that other threads of Python run meanwhile.

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
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets the interpreter go while the core works.
fn run<T: Send>(py: Python<'_>, call: impl FnOnce() -> Answered<T> + Send) -> PyResult<T> {
    Ok(py.detach(|| guarded(call))?)
}

/// A call that changes nothing and takes long, for the main thread: Ctrl-C, which Python notices only between its own
/// instructions, ends the waiting for it, and nobody sees what it comes to.
fn run_interruptibly<T: Send + 'static>(
    py: Python<'_>,
    call: impl FnOnce() -> Answered<T> + Send + 'static,
) -> PyResult<T> {
    if !is_main_thread(py)? {
        return run(py, call);
    }
    let (answer, answered) = mpsc::sync_channel(1);
    let answered = Mutex::new(answered);
    std::thread::spawn(move || answer.send(guarded(call)));
    loop {
        match py.detach(|| answered.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(SLICE)) {
            Ok(answer) => return Ok(answer?),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::panicked().into()),
        }
    }
}

/// So long at a time a wait does not look for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);

/// Whether signals are noticed on this thread.
fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let threading = PyModule::import(py, "threading")?;
    Ok(threading.call_method0("current_thread")?.is(&threading.call_method0("main_thread")?))
}

/// A call that was asked for and runs later, on another thread: a close that comes in between waits for it. For asyncio.
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

/// Waits in slices, so that Ctrl-C, which Python notices only between its own instructions, ends the waiting.
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

/// The name of every kind of failure: of each there is an exception in `fleet_core.errors`.
#[pyfunction]
fn failures() -> Vec<&'static str> {
    FailureKind::NAMES.to_vec()
}

/// The words of every `Literal`, by its name.
#[pyfunction]
fn words(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    Ok(python::words(py)?.into_any())
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    python::register(module)?;
    module.add_class::<fleet::Fleet>()?;
    module.add_class::<fleet::Tier>()?;
    module.add_class::<fleet::Price>()?;
    module.add_class::<clock::Clock>()?;
    module.add_class::<console::Console>()?;
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
