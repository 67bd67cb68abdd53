//! The gateway's door. Reports and answers are kept in the core's own form: a host looks at little of each, and a
//! gateway makes thousands a second.

use crate::{Begun, begin, run};
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{Connected as Shape, Decision, UpdateOutcome, UpdateProgress};
use fleet_bindings::{Answered, Failure, Moment, doors};
use fleet_core::{Error, device};
use pyo3::prelude::*;
use pyo3::types::PyList;

/// What a device says of itself when it connects, as its gateway hands it on.
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

    /// The device: 24 hexadecimal digits.
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

    /// The security counter that it has stored.
    #[getter]
    fn security_counter(&self) -> Option<u32> {
        self.0.security_counter
    }

    /// The revision of its chip, 100 × major + minor.
    #[getter]
    fn chip_revision(&self) -> Option<u32> {
        self.0.chip_revision.map(u32::from)
    }

    /// Whether it takes updates now.
    #[getter]
    fn takes_updates(&self) -> bool {
        self.0.takes_updates
    }

    /// The gateway's number of the session; 0: the gateway numbers none.
    #[getter]
    fn session(&self) -> u64 {
        self.0.session
    }

    /// When it connected; none: it is ordered by its session, or is a live one.
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

/// What a connect came to.
#[pyclass(frozen, eq, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Connected(Answer);

#[derive(Clone, Debug)]
enum Answer {
    /// As the core answered it.
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
                Decision::UpToDate { why, .. } | Decision::Update { why, .. } | Decision::Held { why, .. } => {
                    why.clone()
                }
            },
        }
    }

    /// The product that the answer is of; none: a personal device.
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

    /// How the update that it was sent before ended, if it ended by this connect.
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

    /// A device connects, says what it is and runs, and is told what to run and why.
    fn connect(&self, py: Python<'_>, report: &Bound<'_, Report>) -> PyResult<Connected> {
        let now = self.0.now()?;
        let report = report.get();
        run(py, || {
            let connected = self.0.at(now)?.connect(&report.0);
            answered(connected).map(|connected| Connected(Answer::Answered(connected)))
        })
    }

    /// The same for many at once; the answers are in the order of the reports.
    fn connect_many<'py>(&self, py: Python<'py>, reports: Vec<Bound<'_, Report>>) -> PyResult<Bound<'py, PyList>> {
        let now = self.0.now()?;
        let reports: Vec<device::Report> = reports.iter().map(|report| report.get().0.clone()).collect();
        let answers = run(py, || answered(self.0.at(now)?.connect_many(&reports)))?;
        let answers = answers.into_iter().map(|connected| Bound::new(py, Connected(Answer::Answered(connected))));
        PyList::new(py, answers.collect::<PyResult<Vec<_>>>()?)
    }

    /// A device's connection ended. Without `session` and `ended_at`: the one that was told of last.
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

    /// How the update with this directive's number fares; answers whether it is the device's latest.
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

    /// A device that is set up presents the claim code that its customer gave it.
    fn present_claim_code(&self, py: Python<'_>, device: &str, code: &str) -> PyResult<()> {
        run(py, || self.0.present_claim_code(device, code))
    }
}

fn answered<T>(answer: Result<T, Error>) -> Answered<T> {
    answer.map_err(Failure::from)
}
