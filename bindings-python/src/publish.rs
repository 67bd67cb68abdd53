//! Events that devices publish, in the core's form, and the meter of sent messages.

use crate::gateway::Gateway;
use crate::{Begun, begin, run};
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{NewEvent as Shape, Published};
use fleet_bindings::{Failure, Moment};
use fleet_core::Timestamp;
use fleet_core::event::Event;
use pyo3::prelude::*;

/// An event of a device, as its gateway passes it on.
#[pyclass(frozen, eq, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewEvent {
    event: Shape,
}

#[checked]
#[pymethods]
impl NewEvent {
    #[new]
    #[pyo3(signature = (device, name, data=None, *, product=None, id=None, error_kind=None, happened_at=None))]
    fn new(
        device: String,
        name: String,
        data: Option<String>,
        product: Option<u32>,
        id: Option<String>,
        error_kind: Option<String>,
        happened_at: Option<Moment>,
    ) -> PyResult<Self> {
        Self::read(Shape { device, name, product, data, id, error_kind, happened_at })
    }

    /// The device's id: 24 hexadecimal digits.
    #[getter]
    fn device(&self) -> &str {
        &self.event.device
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.event.name
    }

    /// Its data.
    #[getter]
    fn data(&self) -> &str {
        self.event.data.as_deref().unwrap_or_default()
    }

    /// The product id in the device's firmware.
    #[getter]
    fn product(&self) -> Option<u32> {
        self.event.product
    }

    /// An id of the publisher. A repeated event is recognised by it.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.event.id.as_deref()
    }

    /// The kind of error that it reports.
    #[getter]
    fn error_kind(&self) -> Option<&str> {
        self.event.error_kind.as_deref()
    }

    /// When it happened. `None` means the time at which it is passed on.
    #[getter]
    fn happened_at(&self) -> Option<Moment> {
        self.event.happened_at
    }
}

impl NewEvent {
    /// Malformed values are rejected here, where they were written.
    fn read(event: Shape) -> PyResult<Self> {
        event.read(Timestamp::from_millis(0))?;
        Ok(Self { event })
    }
}

fleet_bindings::python_value!(by hand NewEvent {
    device: String,
    name: String,
    data: String,
    product: Option<u32>,
    id: Option<String>,
    error_kind: Option<String>,
    happened_at: Option<Moment>,
}
    #[staticmethod]
    fn _from_fields(
        device: String,
        name: String,
        data: String,
        product: Option<u32>,
        id: Option<String>,
        error_kind: Option<String>,
        happened_at: Option<Moment>,
    ) -> PyResult<Self> {
        Self::read(Shape { device, name, product, data: Some(data), id, error_kind, happened_at })
    }
);

#[checked]
#[pymethods]
impl Gateway {
    /// Publishes an event of a device: logs it and returns what is to be sent.
    fn publish(&self, py: Python<'_>, event: &Bound<'_, NewEvent>) -> PyResult<Published> {
        let event = event.get();
        run(py, || self.0.publish(&event.event))
    }

    /// The same for many events at once. The answers are in the order of the events.
    fn publish_many(&self, py: Python<'_>, events: Vec<Bound<'_, NewEvent>>) -> PyResult<Vec<Published>> {
        let now = self.0.now()?;
        let read = |event: &Bound<'_, NewEvent>| event.get().event.read(now);
        let events = events.iter().map(read).collect::<Result<Vec<Event>, Failure>>()?;
        run(py, || {
            let answers = self.0.at(now)?.publish_many(&events)?;
            Ok(answers.iter().map(Published::from).collect())
        })
    }
}

/// A product's meter: admits messages that a host sends itself, by one atomic counter while its lease is valid.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Meter(pub(crate) fleet_bindings::Meter);

#[checked]
#[pymethods]
impl Meter {
    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }

    /// Returns whether one more message may be sent. If so, it is counted.
    fn admit(&self, py: Python<'_>) -> PyResult<bool> {
        run(py, || self.0.admit())
    }

    /// Returns how many of the wanted messages may be sent, and counts them.
    fn admit_many(&self, py: Python<'_>, want: i64) -> PyResult<i64> {
        run(py, || self.0.admit_many(want))
    }
}
