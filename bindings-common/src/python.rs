//! What Python has types of its own for, and what its classes have in common.

use crate::shapes::{ConfigurationAnswer, SqlRow, SqlValue};
use crate::{Failure, Moment, SecretText};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDateTime, PyDelta, PyDict, PyInt, PyString, PyTzInfo};
use pyo3::{IntoPyObjectExt as _, intern};
use std::convert::Infallible;

/// What a value shows of itself: `Product(id=1000, name='Thermostat', …)`. Secrets are not shown.
pub fn repr(value: &Bound<'_, PyAny>, class: &str, fields: &[(&str, &str)]) -> PyResult<String> {
    let mut shown = Vec::with_capacity(fields.len());
    for (field, kind) in fields {
        if *kind == stringify!(SecretText) {
            shown.push(format!("{field}=<hidden>"));
        } else {
            shown.push(format!("{field}={}", value.getattr(*field)?.repr()?));
        }
    }
    Ok(format!("{class}({})", shown.join(", ")))
}

/// 1970-01-01T00:00:00Z.
fn epoch(py: Python<'_>) -> PyResult<&Bound<'_, PyDateTime>> {
    static EPOCH: PyOnceLock<Py<PyDateTime>> = PyOnceLock::new();
    let epoch = EPOCH.get_or_try_init(py, || {
        let utc = PyTzInfo::utc(py)?;
        PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&utc)).map(Bound::unbind)
    });
    Ok(epoch?.bind(py))
}

const MILLIS_A_DAY: i64 = 86_400_000;

impl<'py> IntoPyObject<'py> for Moment {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (days, rest) = (self.as_millis().div_euclid(MILLIS_A_DAY), self.as_millis().rem_euclid(MILLIS_A_DAY));
        let (seconds, micros) = (rest / 1000, rest % 1000 * 1000);
        // Beyond the calendar, Python says OverflowError.
        let days = i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX });
        let small = |number| i32::try_from(number).unwrap_or_default();
        epoch(py)?.add(PyDelta::new(py, days, small(seconds), small(micros), true)?)
    }
}

impl<'py> FromPyObject<'_, 'py> for Moment {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let at = value.cast::<PyDateTime>()?;
        if at.getattr(intern!(py, "tzinfo"))?.is_none() {
            let problem = "needs a time zone: write datetime.now(UTC), not datetime.now()";
            return Err(Failure::invalid("datetime", problem).into());
        }
        let since = at.sub(epoch(py)?)?;
        let part = |name| since.getattr(name)?.extract::<i64>();
        let (days, seconds, micros) =
            (part(intern!(py, "days"))?, part(intern!(py, "seconds"))?, part(intern!(py, "microseconds"))?);
        Ok(Self::from_millis(days * MILLIS_A_DAY + seconds * 1000 + micros / 1000))
    }
}

impl<'py> IntoPyObject<'py> for SecretText {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        self.0.into_pyobject(py)
    }
}

impl<'py> FromPyObject<'_, 'py> for SecretText {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        value.extract().map(Self)
    }
}

impl<'py> IntoPyObject<'py> for ConfigurationAnswer {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Text { text } => text.into_bound_py_any(py),
            Self::YesNo { yes } => yes.into_bound_py_any(py),
            Self::Some { chosen } => chosen.into_bound_py_any(py),
            Self::Version { version } => version.into_bound_py_any(py),
        }
    }
}

impl<'py> IntoPyObject<'py> for SqlRow {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let row = PyDict::new(py);
        self.0.into_iter().try_for_each(|(column, value)| row.set_item(column, value))?;
        Ok(row)
    }
}

impl<'py> IntoPyObject<'py> for SqlValue {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Null => Ok(py.None().into_bound(py)),
            Self::Integer { number } => number.into_bound_py_any(py),
            Self::Real { number } => number.into_bound_py_any(py),
            Self::Text { text } => text.into_bound_py_any(py),
            Self::Blob { bytes } => Ok(PyBytes::new(py, &bytes).into_any()),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for ConfigurationAnswer {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        // A `bool` is an `int` too, so it is looked for first.
        Ok(if value.is_instance_of::<PyBool>() {
            Self::YesNo { yes: value.extract()? }
        } else if value.is_instance_of::<PyInt>() {
            Self::Version { version: value.extract()? }
        } else if value.is_instance_of::<PyString>() {
            Self::Text { text: value.extract()? }
        } else {
            let chosen = value.try_iter()?.map(|one| one?.extract());
            Self::Some { chosen: chosen.collect::<PyResult<_>>()? }
        })
    }
}

/// The exceptions are written in Python, where people read, pickle and subclass them.
fn exception(py: Python<'_>, failure: Failure) -> PyResult<Bound<'_, PyAny>> {
    static ERRORS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let errors = ERRORS.get_or_try_init(py, || PyModule::import(py, "fleet_core.errors").map(Bound::unbind))?;
    let class = errors.bind(py).getattr(failure.kind.name())?;
    let exception = class.call1((failure.message,))?;
    exception.setattr(intern!(py, "code"), failure.code)?;
    exception.setattr(intern!(py, "is_transient"), failure.is_transient)?;
    failure.kind.set_attributes(&exception)?;
    Ok(exception)
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        Python::attach(|py| exception(py, failure).map_or_else(|error| error, Self::from_value))
    }
}

/// Adds the class of every shape to a module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    use crate::shapes::*;

    macro_rules! add {
        ($($class:ident)*) => {
            $(module.add_class::<$class>()?;)*
        };
    }
    add! {
        Account Person Invited Team Invitation ReceivedInvitation Operator AccountActor CustomerActor AuditEntry
        AuditPage Product Release Group Gate Policy Limit Fits Configuration Missing SimpleIdentity TwoLeggedIdentity
        LinkedIdentity Customer Token IssuedToken CustomerPage ClaimCode CustomerDevice BetaGuest BetaGuestPage
        BetaLine BetaReport Directive Target UpToDate Update Held Device Seen UpdateAttempt UpdateOutcome DevicePage
        DeviceIdPage Summary VersionCount Firmware Image Proof NoChange ReleaseChange GroupReleaseChange LockChange
        GroupsChange DryRun Ways ImportReport ImportLine ImportCounts ImportProgress DevicesAskToJoin QuarantineFull InvitationNotice
        UsageWarningNotice UsageLimitReachedNotice OtherNotice Notice NoticePage Webhook Integration LiveStream
        Subscription Event EventPage FollowedEvents StreamedEvents EventLogged EventDenied EventOfPersonalDevice
        EventOfUnknownProduct EventTurnedAway Delivery Dropped DeviceError Period Usage PaymentFailedNotice AccountLockedNotice AccountUnlockedNotice RenewalPaidNotice UpgradedNotice UpgradeDeclinedNotice PlanReducedNotice PlanEndedNotice ChargeUnknownNotice CardExpiresNotice CardNeededNotice Money
        InvoiceLine Quote RenewalCharge UpgradeCharge RefundCharge OtherCharge ChargedCard Charge ChargePage
        PaymentAttempt Invoice InvoicePage Upgrade Card KnownCard AccountBilling BillingStatus Due Advanced Skipped
    }
    Ok(())
}

/// The words of every enum, by the name of its type.
pub fn words(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    use crate::shapes::*;

    let words = PyDict::new(py);
    macro_rules! add {
        ($($name:ident)*) => {
            $(words.set_item(stringify!($name), $name::ALL.iter().map(|one| one.word()).collect::<Vec<_>>())?;)*
        };
    }
    add! {
        Agreement AttemptProgress Authentication AuthenticationChoice BetaLineVerdict ChargeOutcome EventOrigin HoldReason ImageFormat Interval InvoiceLineKind
        InvoiceReason InvoiceStatus PaymentResult Resource Rule Scope Standing
        UpdateProgress UpdateResult
    }
    Ok(words)
}
