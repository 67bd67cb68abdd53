//! A fleet, opened by the URL of its store or over a store written in Python.

use crate::clock::Clock;
use crate::console::Console;
use crate::gateway::Gateway;
use crate::portal::Portal;
use crate::publish::Meter;
use crate::store::PythonStore;
use crate::{Begun, Cancel, begin, run, run_interruptibly, waited};
use fleet_bindings::python::{checked, given};
use fleet_bindings::shapes::{CallOutcome, ChargePage, Interval, Metrics, Money, NoticePage, ObservedCall, SqlRow};
use fleet_bindings::store::HostStore;
use fleet_bindings::{CallObserver, Failure, FleetOptions, Moment};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::path::PathBuf;
use std::time::Duration;

/// A fleet of connected devices, behind a store. Leaving its `with` block closes the store.
#[pyclass(frozen, module = "fleet_core")]
#[derive(Debug)]
pub(crate) struct Fleet(fleet_bindings::Fleet);

/// The price of a full period of a tier.
#[pyclass(frozen, get_all, eq, hash, from_py_object, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Price {
    /// Length of a period.
    interval: Interval,
    /// The price.
    amount: Money,
}

fleet_bindings::python_value!(Price { interval: Interval, amount: Money, }
    #[new]
    fn new(interval: Interval, amount: Money) -> Self {
        Self { interval, amount }
    }
);

/// A tier of the host's own: limits, where `None` means no limit, and prices.
#[pyclass(frozen, get_all, eq, hash, from_py_object, module = "fleet_core")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Tier {
    /// Its name, unique in the catalogue.
    name: String,
    /// Maximum number of devices in the product.
    devices: Option<u64>,
    /// Maximum number of team members, including the owner.
    members: Option<u64>,
    /// Maximum number of outbound messages in a usage month.
    messages: Option<u64>,
    /// Prices of a full period, one for each interval and currency in which the tier is sold. Empty if it is sold by
    /// agreement.
    prices: Vec<Price>,
}

fleet_bindings::python_value!(Tier {
        name: String,
        devices: Option<u64>,
        members: Option<u64>,
        messages: Option<u64>,
        prices: Vec<Price>,
    }
    #[new]
    #[pyo3(signature = (name, *, devices=None, members=None, messages=None, prices=None))]
    fn new(
        name: String,
        devices: Option<u64>,
        members: Option<u64>,
        messages: Option<u64>,
        prices: Option<Vec<Price>>,
    ) -> Self {
        Self { name, devices, members, messages, prices: prices.unwrap_or_default() }
    }
);

impl TryFrom<Tier> for fleet_core::Tier {
    type Error = Failure;

    fn try_from(tier: Tier) -> Result<Self, Failure> {
        let price = |price: Price| {
            let amount = price.amount.try_into()?;
            fleet_core::billing::Price::new(price.interval.into(), amount).map_err(Failure::from)
        };
        let mut made = Self::new(tier.name);
        made.devices = tier.devices;
        made.members = tier.members;
        made.messages = tier.messages;
        made.prices = tier.prices.into_iter().map(price).collect::<Result<_, Failure>>()?;
        Ok(made)
    }
}

/// Writes a record of each call to a logger of Python. A logger that raises changes nothing: the call has ended. While
/// the interpreter shuts down, nothing is written.
fn log_to(logger: Py<PyAny>) -> CallObserver {
    CallObserver::new(move |call| {
        Python::try_attach(|py| {
            let _ = log(logger.bind(py), &call);
        });
    })
}

fn log(logger: &Bound<'_, PyAny>, call: &ObservedCall) -> PyResult<()> {
    // The levels of `logging`.
    let level = match call.outcome {
        CallOutcome::Answered => 10,
        CallOutcome::Refused => 20,
        CallOutcome::Failed => 30,
    };
    let py = logger.py();
    if !logger.call_method1("isEnabledFor", (level,))?.is_truthy()? {
        return Ok(());
    }
    let extra = PyDict::new(py);
    extra.set_item("operation", &call.operation)?;
    extra.set_item("product", call.product)?;
    extra.set_item("outcome", call.outcome)?;
    extra.set_item("code", &call.code)?;
    extra.set_item("rule", &call.rule)?;
    extra.set_item("tries", call.tries)?;
    let given = PyDict::new(py);
    given.set_item("extra", extra)?;
    logger.call_method("log", (level, "%s: %s", &call.operation, &call.code), Some(&given))?;
    Ok(())
}

/// How long a close waits at a time.
const CLOSING: Duration = Duration::from_secs(3600);

#[checked]
#[pymethods]
impl Fleet {
    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }

    /// Opens a fleet in a store: `memory:`, `sqlite:PATH`, `postgresql://…`, or a `Store` written in Python. Options:
    /// the host's own tiers, cheapest first; days after which a failed renewal is retried, for each retry; how long a
    /// quote is valid; how many days before a renewal the owner is notified that there is no valid card for it; whether
    /// the devices of an owner whose account is locked are held (they get no firmware, and their events are not
    /// forwarded); how many days the clock may leap without confirmation; after how long people are notified of a
    /// charge whose outcome is unknown; the maximum number of rows that a commit may write, for a store with small
    /// transactions (at least 48, default 16,400); whether to count what `metrics` returns; and a logger that gets a
    /// record of each call after it has ended: `DEBUG` for an answer, `INFO` for a refusal, `WARNING` for a failure of
    /// the store, with the attributes of an `ObservedCall`.
    #[staticmethod]
    #[pyo3(signature = (store, *, tiers=None, retry_days=None, quote_life=None, card_notice_days=None, hold_locked=None, leap_days=None, unknown_notice=None, largest_commit=None, metrics=None, logger=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn open(
        py: Python<'_>,
        store: &Bound<'_, PyAny>,
        tiers: Option<Vec<Tier>>,
        retry_days: Option<Vec<u32>>,
        quote_life: Option<Duration>,
        card_notice_days: Option<u32>,
        hold_locked: Option<bool>,
        leap_days: Option<u32>,
        unknown_notice: Option<Duration>,
        largest_commit: Option<u32>,
        metrics: Option<bool>,
        logger: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let tiers = tiers.map(|tiers| tiers.into_iter().map(TryInto::try_into).collect::<Result<_, Failure>>());
        let tiers = tiers.transpose()?;
        let options = FleetOptions {
            tiers,
            retry_days,
            quote_life,
            card_notice_days,
            hold_locked,
            leap_days,
            unknown_notice,
            largest_commit,
            metrics,
            observer: logger.map(log_to),
            ..FleetOptions::default()
        };
        if store.is_instance_of::<PyString>() {
            let url: &str = given(store, "store", "&str")?;
            return run(py, || fleet_bindings::Fleet::open(url, options)).map(Self);
        }
        let store = HostStore(PythonStore::new(store)?);
        Ok(Self(fleet_bindings::Fleet::with_store(store, options)?))
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyAny>) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> &'static str {
        "<fleet_core.Fleet>"
    }

    /// Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. When called from
    /// within a call of this fleet, such as an import's `progress`, it does not wait for that call. Ctrl-C ends the
    /// wait; the closing continues.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        while !waited(py, CLOSING, |slice| self.0.closes_within(slice))? {}
        Ok(())
    }

    /// The same with a deadline. Calls still running then are cut off: they fail at their next call of the store.
    /// Returns whether all calls ended by themselves.
    fn close_within(&self, py: Python<'_>, at_most: Duration) -> PyResult<bool> {
        Ok(waited(py, at_most, |slice| self.0.closes_within(slice))?
            || py.detach(|| self.0.close_within(Duration::ZERO)))
    }

    /// Opens the door for people: `"operator"`, or the number of the account that the host has logged in. Without
    /// `now`, each call happens at its own time.
    #[pyo3(signature = (actor, now=None))]
    fn console(&self, actor: &Bound<'_, PyAny>, now: Option<Moment>) -> PyResult<Console> {
        if actor.is_instance_of::<PyString>() {
            if given::<&str>(actor, "actor", "&str")? == "operator" {
                return Ok(Console(self.0.operator(now)));
            }
            return Err(Failure::invalid("actor", "must be \"operator\" or an account's number").into());
        }
        Ok(Console(self.0.console(given(actor, "actor", "i64")?, now)?))
    }

    /// Opens the door for a customer: the holder of the token.
    #[pyo3(signature = (token, now=None))]
    fn portal(&self, token: &str, now: Option<Moment>) -> PyResult<Portal> {
        Ok(Portal(self.0.portal(token, now)?))
    }

    /// The door for devices.
    #[pyo3(signature = (now=None))]
    fn gateway(&self, now: Option<Moment>) -> Gateway {
        Gateway(self.0.gateway(now))
    }

    /// The door for time.
    #[pyo3(signature = (now=None))]
    fn clock(&self, now: Option<Moment>) -> Clock {
        Clock(self.0.clock(now))
    }

    /// Lists the charges that the host's payment provider is to make, by product.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn pending_charges(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<ChargePage> {
        run(py, || self.0.pending_charges(after, limit))
    }

    /// Lists the notices that wait to be sent, by product.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn pending_notices(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<NoticePage> {
        run(py, || self.0.pending_notices(after, limit))
    }

    /// Returns a product's meter in this process. Without `now`, each message is admitted at its own time.
    #[pyo3(signature = (product, now=None))]
    fn meter(&self, py: Python<'_>, product: u32, now: Option<Moment>) -> PyResult<Meter> {
        run(py, || self.0.meter(product, now)).map(Meter)
    }

    /// Reports how many messages this process has sent. A host that runs more than one process calls it about every
    /// second.
    #[pyo3(signature = (now=None))]
    fn report_usage(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<()> {
        run(py, || self.0.report_usage(now))
    }

    /// Reports how many messages this process has sent and returns the rest of its lease. The host calls it before it
    /// stops; closing calls it too.
    #[pyo3(signature = (now=None))]
    fn settle_usage(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<()> {
        run(py, || self.0.settle_usage(now))
    }

    /// Marks the notice with this key as sent. Returns whether it was still waiting.
    fn acknowledge(&self, py: Python<'_>, key: &str) -> PyResult<bool> {
        run(py, || self.0.acknowledge(key))
    }

    /// Writes a copy of the whole fleet, as of one moment, to a new file, while others use the fleet. For a fleet in
    /// SQLite.
    fn backup(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        run(py, || self.0.backup(path))
    }

    /// Runs one read-only SQL statement, while others use the fleet. Returns a `dict` for each row. A result of more
    /// rows than `limit` (default 1,000, at most 100,000) is refused. Ctrl-C cancels it. For a fleet in SQLite.
    #[pyo3(signature = (sql, *, limit=None))]
    fn query(&self, py: Python<'_>, sql: &str, limit: Option<u32>) -> PyResult<Vec<SqlRow>> {
        let (fleet, sql) = (self.0.clone(), sql.to_owned());
        run_interruptibly(py, move |cancel| fleet.query_until(&sql, limit, cancel))
    }

    /// Returns the numbers of this fleet in this process, for a host that exports them. Reads nothing in the store.
    /// `None` if the fleet was opened without `metrics`.
    fn metrics(&self, py: Python<'_>) -> PyResult<Option<Metrics>> {
        run(py, || self.0.metrics())
    }

    fn _query(
        &self,
        py: Python<'_>,
        sql: &str,
        limit: Option<u32>,
        cancel: &Bound<'_, Cancel>,
    ) -> PyResult<Vec<SqlRow>> {
        let cancel = &cancel.get().0;
        run(py, || self.0.query_until(sql, limit, cancel))
    }
}
