//! Types that Python has of its own, and what the Python classes have in common.

use crate::shapes::{ConfigurationAnswer, SqlRow, SqlValue};
use crate::{Failure, Moment, SecretText};
pub use fleet_python_macros::checked;
use pyo3::exceptions::{PyException, PyMemoryError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDateTime, PyDelta, PyDict, PyInt, PyString, PyTuple, PyTzInfo};
use pyo3::{IntoPyObjectExt as _, intern};
use std::convert::Infallible;

/// The representation of a value: `Product(id=1000, name='Thermostat', …)`. Secrets are hidden.
pub fn repr(value: &Bound<'_, PyAny>, class: &str, fields: &[(&str, &str)]) -> PyResult<String> {
    let mut shown = Vec::with_capacity(fields.len());
    for (field, kind) in fields {
        if kind.contains("SecretText") {
            shown.push(format!("{field}=<hidden>"));
        } else {
            shown.push(format!("{field}={}", value.getattr(*field)?.repr()?));
        }
    }
    Ok(format!("{class}({})", shown.join(", ")))
}

/// Reads an argument. An unreadable one is `Invalid`, with the argument's name.
pub fn given<'a, 'py, T>(value: &'a Bound<'py, PyAny>, name: &'static str, kind: &str) -> PyResult<T>
where
    T: FromPyObject<'a, 'py>,
{
    value.extract::<T>().map_err(|error| {
        let (py, error): (_, PyErr) = (value.py(), error.into());
        // An exception that the caller's object raised during the conversion, such as an interrupt, is not about the
        // argument.
        if !error.is_instance_of::<PyException>(py) || error.is_instance_of::<PyMemoryError>(py) {
            return error;
        }
        let raised = error.value(py);
        let own = raised.getattr(intern!(py, "code")).and_then(|_| raised.getattr(intern!(py, "problem")));
        let problem = own.and_then(|problem| problem.extract()).unwrap_or_else(|_| {
            let found = value.get_type().name().map_or_else(|_| "another".to_owned(), |name| name.to_string());
            format!("must be {}, but is of the type `{found}`", expected(kind))
        });
        let refused = PyErr::from(Failure::invalid(name, problem));
        refused.set_cause(py, Some(error));
        refused
    })
}

/// The Python name of a Rust type, for people.
fn expected(kind: &str) -> String {
    let kind: String = kind.chars().filter(|sign| !sign.is_whitespace()).collect();
    let inner = |outer: &str| kind.strip_prefix(outer).and_then(|rest| rest.strip_suffix('>')).map(str::to_owned);
    if let Some(inner) = inner("Option<") {
        return expected(&inner);
    }
    if let Some(inner) = inner("Vec<").filter(|inner| inner != "u8") {
        return format!("a list in which each item is {}", expected(&inner));
    }
    match kind.as_str() {
        "bool" => "`True` or `False`".to_owned(),
        "u8" => format!("a whole number from 0 to {}", u8::MAX),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "u64" => format!("a whole number from 0 to {}", u64::MAX),
        "i64" => format!("a whole number from {} to {}", i64::MIN, i64::MAX),
        "String" | "&str" | "SecretText" => "a `str` without an unpaired surrogate".to_owned(),
        "&[u8]" | "Vec<u8>" => "`bytes`".to_owned(),
        "Moment" => "a `datetime` with a time zone".to_owned(),
        "Duration" => "a non-negative `timedelta`".to_owned(),
        "ConfigurationAnswer" => "a `str`, a `bool`, the number of a version, or a list of `str`".to_owned(),
        "(String,Option<String>)" => "a device's id, with its platform or `None`".to_owned(),
        class => {
            let name = class.trim_end_matches('>').rsplit([':', ',']).next().unwrap_or(class);
            format!("a `{name}`")
        }
    }
}

/// Pickles a value as its class and its fields. A value with a secret cannot be pickled.
pub fn reduce<'py>(value: &Bound<'py, PyAny>, class: &str, fields: &[(&str, &str)]) -> PyResult<Bound<'py, PyTuple>> {
    static REBUILD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let rebuild = REBUILD.get_or_try_init(py, || {
        Ok::<_, PyErr>(PyModule::import(py, "fleet_core._values")?.getattr("rebuild")?.unbind())
    })?;
    let mut held = Vec::with_capacity(fields.len());
    for (field, kind) in fields {
        let held_there = value.getattr(*field)?;
        keeps_no_secret(class, field, kind, &held_there)?;
        held.push(held_there);
    }
    let arguments = (value.get_type(), PyTuple::new(py, held)?);
    (rebuild.bind(py), arguments).into_pyobject(py)
}

/// Converts a value to JSON. A value with a secret cannot be converted.
pub fn to_dict<'py>(
    value: &Bound<'py, PyAny>,
    class: &str,
    kind: &str,
    fields: &[(&str, &str)],
) -> PyResult<Bound<'py, PyDict>> {
    static PLAIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let plain = PLAIN.get_or_try_init(py, || {
        Ok::<_, PyErr>(PyModule::import(py, "fleet_core._values")?.getattr("plain")?.unbind())
    })?;
    let made = PyDict::new(py);
    if !kind.is_empty() {
        made.set_item("kind", snake_case(kind))?;
    }
    for (field, kind) in fields {
        let held = value.getattr(*field)?;
        keeps_no_secret(class, field, kind, &held)?;
        made.set_item(*field, plain.bind(py).call1((held,))?)?;
    }
    Ok(made)
}

fn keeps_no_secret(class: &str, field: &str, kind: &str, held: &Bound<'_, PyAny>) -> PyResult<()> {
    if !kind.contains("SecretText") || held.is_none() {
        return Ok(());
    }
    let problem = format!("holds a secret and is not serialised; pass on `{field}` itself where it is needed");
    let error = fleet_core::ErrorKind::Invalid { field: "value", problem: format!("`{class}` {problem}") };
    Err(Failure::from(fleet_core::Error::from(error)).into())
}

/// Converts `GroupRelease` to `group_release`.
fn snake_case(name: &str) -> String {
    name.char_indices().fold(String::new(), |mut snake, (index, sign)| {
        if sign.is_ascii_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.push(sign.to_ascii_lowercase());
        snake
    })
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

/// 0001-01-01 and 9999-12-31, in days after 1970-01-01.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;

impl<'py> IntoPyObject<'py> for Moment {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (days, rest) = (self.as_millis().div_euclid(MILLIS_A_DAY), self.as_millis().rem_euclid(MILLIS_A_DAY));
        let (seconds, micros) = (rest / 1000, rest % 1000 * 1000);
        // Python's calendar has the years 1 to 9999. Moments beyond are clamped to its ends.
        let (days, seconds, micros) = match days {
            ..FIRST_DAY => (FIRST_DAY, 0, 0),
            FIRST_DAY..=LAST_DAY => (days, seconds, micros),
            _ => (LAST_DAY, 86_399, 999_000),
        };
        let small = |number| i32::try_from(number).unwrap_or_default();
        epoch(py)?.add(PyDelta::new(py, small(days), small(seconds), small(micros), true)?)
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
        // A `bool` is also an `int`, so it is tested first.
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

/// The exceptions are written in Python, so that people can read, pickle and subclass them.
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
        LinkedIdentity Customer CustomerSession Token IssuedToken CustomerPage ClaimCode CustomerDevice BetaGuest BetaGuestPage
        BetaLine BetaReport Directive Target UpToDate Update Held Device Seen UpdateAttempt UpdateOutcome DevicePage
        DeviceIdPage Summary VersionCount Firmware Image Proof NoChange ReleaseChange GroupReleaseChange LockChange
        GroupsChange DryRun Ways ImportReport ImportLine ImportCounts ImportProgress DevicesAskToJoin QuarantineFull InvitationNotice
        UsageWarningNotice UsageLimitReachedNotice OtherNotice Notice NoticePage Webhook Integration LiveStream
        Subscription Event EventPage FollowedEvents StreamedEvents EventLogged EventDenied EventOfPersonalDevice
        EventOfUnknownProduct EventTurnedAway Delivery Dropped DeviceError Period Usage PaymentFailedNotice AccountLockedNotice AccountUnlockedNotice RenewalPaidNotice UpgradedNotice UpgradeDeclinedNotice PlanReducedNotice PlanEndedNotice ChargeUnknownNotice CardExpiresNotice CardNeededNotice ClaimEndedNotice Money
        InvoiceLine Quote RenewalCharge UpgradeCharge RefundCharge OtherCharge ChargedCard Charge ChargePage
        PaymentAttempt Invoice InvoicePage Upgrade Card KnownCard AccountBilling BillingStatus Due Advanced Skipped
        ObservedCall CallCounts BatchSizes Metrics
    }
    Ok(())
}

/// The values of every enum, by the name of its type.
pub fn words(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    use crate::shapes::*;

    let words = PyDict::new(py);
    macro_rules! add {
        ($($name:ident)*) => {
            $(words.set_item(stringify!($name), $name::ALL.iter().map(|one| one.word()).collect::<Vec<_>>())?;)*
        };
    }
    add! {
        Agreement AttemptProgress Authentication AuthenticationChoice BetaLineVerdict CallOutcome ChargeOutcome Command EventOrigin HoldReason ImageFormat ImportVerdict Interval InvoiceLineKind
        InvoiceReason InvoiceStatus PaymentResult Resource Rule Scope Standing
        UpdateProgress UpdateResult
    }
    for (name, list) in crate::TYPES {
        words.set_item(name, list.to_vec())?;
    }
    Ok(words)
}
