//! The door for gateways. Reports and answers stay in the core's form: a host reads little of each, and a gateway makes
//! thousands a second.

use crate::{Begun, begin, run};
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{Connected as Shape, Decision, Held, UpToDate, Update, UpdateOutcome, UpdateProgress};
use fleet_bindings::{Answered, Failure, Moment, doors};
use fleet_core::{Error, device};
use pyo3::prelude::*;
use pyo3::types::PyList;

/// What a device reports when it connects, as its gateway passes it on.
#[pyclass(frozen, eq, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report(device::Report);

#[checked]
#[pymethods]
impl Report {
    #[new]
    #[pyo3(signature = (
        device, *, product=None, version=None, image=None, platform=None, system=None, security_counter=None,
        chip_revision=None, takes_updates=None, session=None, reported_at=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn new(
        device: String,
        product: Option<u32>,
        version: Option<u16>,
        image: Option<String>,
        platform: Option<String>,
        system: Option<String>,
        security_counter: Option<u32>,
        chip_revision: Option<u32>,
        takes_updates: Option<bool>,
        session: Option<i64>,
        reported_at: Option<Moment>,
    ) -> PyResult<Self> {
        Self::read(doors::Report {
            device,
            product,
            version,
            image,
            platform,
            system,
            security_counter,
            chip_revision,
            takes_updates,
            session,
            reported_at,
        })
    }

    /// The device's id: 24 hexadecimal digits.
    #[getter]
    fn device(&self) -> String {
        self.0.device.to_string()
    }

    /// The product id in its firmware.
    #[getter]
    fn product(&self) -> Option<u32> {
        self.0.product
    }

    /// The version in its firmware.
    #[getter]
    fn version(&self) -> Option<u16> {
        self.0.version
    }

    /// The hash of its image.
    #[getter]
    fn image(&self) -> Option<String> {
        self.0.image.map(|hash| hash.to_string())
    }

    /// Its hardware.
    #[getter]
    fn platform(&self) -> Option<String> {
        self.0.platform.clone().map(String::from)
    }

    /// Its system's version.
    #[getter]
    fn system(&self) -> Option<String> {
        self.0.system.as_ref().map(ToString::to_string)
    }

    /// The security counter that the device has stored.
    #[getter]
    fn security_counter(&self) -> Option<u32> {
        self.0.security_counter
    }

    /// The chip's revision, 100 × major + minor.
    #[getter]
    fn chip_revision(&self) -> Option<u32> {
        self.0.chip_revision.map(u32::from)
    }

    /// Whether it takes updates now.
    #[getter]
    fn takes_updates(&self) -> bool {
        self.0.takes_updates
    }

    /// The gateway's session number. 0 if the gateway numbers no sessions.
    #[getter]
    fn session(&self) -> u64 {
        self.0.session
    }

    /// When it connected. `None` means that the report is ordered by its session, or is live.
    #[getter]
    fn reported_at(&self) -> Option<Moment> {
        self.0.at.map(Moment::from)
    }
}

fleet_bindings::python_value!(by hand Report {
    device: String,
    product: Option<u32>,
    version: Option<u16>,
    image: Option<String>,
    platform: Option<String>,
    system: Option<String>,
    security_counter: Option<u32>,
    chip_revision: Option<u32>,
    takes_updates: bool,
    session: u64,
    reported_at: Option<Moment>,
}
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "the fields of a report")]
    fn _from_fields(
        device: String,
        product: Option<u32>,
        version: Option<u16>,
        image: Option<String>,
        platform: Option<String>,
        system: Option<String>,
        security_counter: Option<u32>,
        chip_revision: Option<u32>,
        takes_updates: bool,
        session: i64,
        reported_at: Option<Moment>,
    ) -> PyResult<Self> {
        let (takes_updates, session) = (Some(takes_updates), Some(session));
        Self::read(doors::Report {
            device, product, version, image, platform, system, security_counter, chip_revision, takes_updates, session,
            reported_at
        })
    }
);

impl Report {
    fn read(report: doors::Report) -> PyResult<Self> {
        Ok(Self(report.read()?))
    }
}

/// The result of a connect.
#[pyclass(frozen, eq, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Connected(Answer);

#[derive(Clone, Debug)]
enum Answer {
    /// As the core returned it.
    Answered(device::Connected),
    /// As it was pickled.
    Rebuilt(Shape),
}

impl Answer {
    fn shape(&self) -> Shape {
        match self {
            Self::Answered(connected) => connected.into(),
            Self::Rebuilt(shape) => shape.clone(),
        }
    }
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Answered(one), Self::Answered(other)) => one == other,
            _ => self.shape() == other.shape(),
        }
    }
}

#[checked]
#[pymethods]
impl Connected {
    fn __str__(&self) -> String {
        match &self.0 {
            Answer::Answered(connected) => connected.answer.to_string(),
            Answer::Rebuilt(shape) => match &shape.answer {
                Decision::UpToDate(UpToDate { why, .. })
                | Decision::Update(Update { why, .. })
                | Decision::Held(Held { why, .. }) => why.clone(),
            },
        }
    }

    /// The product of the decision. Absent for a personal device.
    #[getter]
    fn product(&self) -> Option<u32> {
        match &self.0 {
            Answer::Answered(connected) => connected.product.map(|id| id.get()),
            Answer::Rebuilt(shape) => shape.product,
        }
    }

    /// What the device is to do, and why.
    #[getter]
    fn answer(&self) -> Decision {
        match &self.0 {
            Answer::Answered(connected) => (&connected.answer).into(),
            Answer::Rebuilt(shape) => shape.answer.clone(),
        }
    }

    /// Outcome of the previous update, if this connect ended it.
    #[getter]
    fn outcome(&self) -> Option<UpdateOutcome> {
        match &self.0 {
            Answer::Answered(connected) => connected.outcome.map(UpdateOutcome::from),
            Answer::Rebuilt(shape) => shape.outcome.clone(),
        }
    }
}

fleet_bindings::python_value!(by hand Connected {
    product: Option<u32>,
    answer: Decision,
    outcome: Option<UpdateOutcome>,
}
    #[staticmethod]
    fn _from_fields(product: Option<u32>, answer: Decision, outcome: Option<UpdateOutcome>) -> Self {
        Self(Answer::Rebuilt(Shape { product, answer, outcome }))
    }
);

/// The door for devices, which the host's gateway opens.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Gateway(pub(crate) fleet_bindings::Gateway);

#[checked]
#[pymethods]
impl Gateway {
    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }

    /// Records that a device connects. Returns what the device is to run, and why.
    fn connect(&self, py: Python<'_>, report: &Bound<'_, Report>) -> PyResult<Connected> {
        let now = self.0.now()?;
        let report = report.get();
        run(py, || {
            let connected = self.0.at(now)?.connect(&report.0);
            answered(connected).map(|connected| Connected(Answer::Answered(connected)))
        })
    }

    /// The same for many devices at once. The answers are in the order of the reports.
    fn connect_many<'py>(&self, py: Python<'py>, reports: Vec<Bound<'_, Report>>) -> PyResult<Bound<'py, PyList>> {
        let now = self.0.now()?;
        let reports: Vec<device::Report> = reports.iter().map(|report| report.get().0.clone()).collect();
        let answers = run(py, || answered(self.0.at(now)?.connect_many(&reports)))?;
        let answers = answers.into_iter().map(|connected| Bound::new(py, Connected(Answer::Answered(connected))));
        PyList::new(py, answers.collect::<PyResult<Vec<_>>>()?)
    }

    /// Records that a device's connection ended. Without `session` and `ended_at`, this is the latest known connection.
    #[pyo3(signature = (device, *, product=None, session=None, ended_at=None))]
    fn disconnect(
        &self,
        py: Python<'_>,
        device: &str,
        product: Option<u32>,
        session: Option<i64>,
        ended_at: Option<Moment>,
    ) -> PyResult<()> {
        run(py, || self.0.disconnect(device, product, session, ended_at))
    }

    /// Reports the progress of the update with this directive's number. Returns whether it is the device's latest.
    fn report_update(
        &self,
        py: Python<'_>,
        device: &str,
        product: u32,
        sequence: u32,
        progress: UpdateProgress,
    ) -> PyResult<bool> {
        run(py, || self.0.report_update(device, product, sequence, progress))
    }

    /// Presents the claim code that a customer gave to the device during setup.
    fn present_claim_code(&self, py: Python<'_>, device: &str, code: &str) -> PyResult<()> {
        run(py, || self.0.present_claim_code(device, code))
    }
}

fn answered<T>(answer: Result<T, Error>) -> Answered<T> {
    answer.map_err(Failure::from)
}
