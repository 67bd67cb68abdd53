//! Events, as a team sees them, and streams of new events.

use super::{Console, ProductConsole};
use crate::{run, waited};
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{
    Destination, DeviceError, Event, EventPage, FollowedEvents, StreamedEvents, Subscription, Usage,
};
use pyo3::prelude::*;
use std::time::Duration;

/// A stream of the events of a product that this process publishes after the stream was opened.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct EventStream(fleet_bindings::EventStream);

#[checked]
#[pymethods]
impl EventStream {
    /// The end of the log when the stream was opened: a cursor for `follow_events`.
    #[getter]
    fn start(&self) -> String {
        self.0.start()
    }

    /// Blocks until there is something to read or this time has passed. Returns whether there is something to read.
    /// Ctrl-C ends the wait.
    fn wait(&self, py: Python<'_>, at_most: Duration) -> PyResult<bool> {
        waited(py, at_most, |slice| self.0.wait(slice))
    }

    /// Waits without blocking a thread: calls `callback` once, from any thread, with whether there is something to read.
    fn _begin_wait(&self, callback: Py<PyAny>) -> StreamWait {
        let wait = self.0.begin_wait();
        wait.then(move |is_there| {
            Python::attach(|py| {
                // The receiver's event loop may have ended.
                let _ = callback.call1(py, (is_there,));
            });
        });
        StreamWait(wait)
    }
}

/// A wait that blocks no thread.
#[pyclass(frozen, name = "_StreamWait", module = "fleet_core")]
#[derive(Debug)]
pub(super) struct StreamWait(fleet_bindings::StreamWait);

#[pymethods]
impl StreamWait {
    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.0.stop());
    }
}

#[checked]
#[pymethods]
impl Console {
    /// Reads the events that arrived on a stream. The actor's permission is checked on each call.
    #[pyo3(signature = (stream, *, limit=None))]
    fn read_event_stream(
        &self,
        py: Python<'_>,
        stream: &Bound<'_, EventStream>,
        limit: Option<u32>,
    ) -> PyResult<StreamedEvents> {
        let stream = stream.get();
        run(py, || self.0.read_event_stream(&stream.0, limit))
    }
}

#[checked]
#[pymethods]
impl ProductConsole {
    /// Forwards matching events from now on. Each delivery is one outbound message.
    #[pyo3(signature = (to, *, prefix=None, device=None))]
    fn subscribe(
        &self,
        py: Python<'_>,
        to: Destination,
        prefix: Option<&str>,
        device: Option<&str>,
    ) -> PyResult<Subscription> {
        run(py, || self.0.subscribe(to, prefix, device))
    }

    /// Ends a subscription.
    fn unsubscribe(&self, py: Python<'_>, subscription: u32) -> PyResult<()> {
        run(py, || self.0.unsubscribe(subscription))
    }

    /// Lists a product's subscriptions, oldest first.
    fn subscriptions(&self, py: Python<'_>) -> PyResult<Vec<Subscription>> {
        run(py, || self.0.subscriptions())
    }

    /// Lists the events of a product's log, newest first: of one device, or those whose name begins with a prefix.
    #[pyo3(signature = (*, device=None, prefix=None, before=None, limit=None))]
    fn events(
        &self,
        py: Python<'_>,
        device: Option<&str>,
        prefix: Option<&str>,
        before: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<EventPage> {
        run(py, || self.0.events(device, prefix, before, limit))
    }

    /// Lists the events that were logged after a cursor, oldest first; without a cursor, from now on.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn follow_events(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<FollowedEvents> {
        run(py, || self.0.follow_events(after, limit))
    }

    /// Opens a stream of the events that this process publishes for a product from now on.
    fn event_stream(&self, py: Python<'_>) -> PyResult<EventStream> {
        run(py, || self.0.event_stream()).map(EventStream)
    }

    /// Lists the errors that members of a product reported, by kind.
    fn device_errors(&self, py: Python<'_>) -> PyResult<Vec<DeviceError>> {
        run(py, || self.0.device_errors())
    }

    /// Resets the count of the errors of a kind.
    fn forget_device_errors(&self, py: Python<'_>, error_kind: &str) -> PyResult<()> {
        run(py, || self.0.forget_device_errors(error_kind))
    }

    /// Returns a product's message counts in the usage month of this moment.
    fn usage(&self, py: Python<'_>) -> PyResult<Usage> {
        run(py, || self.0.usage())
    }

    /// The next events of a walk over a stream.
    fn _next_events(&self, py: Python<'_>, stream: &Bound<'_, EventStream>) -> PyResult<Vec<Event>> {
        let stream = stream.get();
        run(py, || self.0.next_events(&stream.0))
    }
}
