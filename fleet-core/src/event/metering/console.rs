//! Public functions of metering: for publishing, for hosts that meter messages themselves, and for the console.

use super::allowance::Taken;
use super::meter::{Admitted, NO_LIMIT, ProductMeter, limit_of, usage_month};
use super::month::UsageMonth;
use crate::Error;
use crate::billing::Period;
use crate::fleet::{Fleet, ProductConsole};
use crate::product::{Product, ProductId};
use crate::store::Transaction;
use crate::team::{Access, Command};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Messages of a product in its usage month (R-BILL-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// The month. The count restarts at its end (R-EVT-4).
    pub period: Period,
    /// The tier's limit now. `None` means no limit.
    pub limit: Option<u64>,
    /// Number of messages counted as sent: those that this process admitted, and those that others have reported.
    pub used: u64,
    /// Number of messages that nodes may send without asking the store. Some of those of other processes may already be
    /// sent, and are reported within a second.
    pub reserved: u64,
}

/// Meter of a product: admits messages that a host sends itself, with one atomic operation while the lease lasts.
///
/// A handle to the state of the product in this process; clones share it. The host calls [`Fleet::report_usage`] every
/// second and [`Fleet::settle_usage`] before it stops.
///
/// ```
/// use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
///
/// let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
/// let console = fleet.console(Actor::Operator, now);
/// let alice = console.create_account("alice@example.com")?;
/// let product = fleet.console(alice.id, now).create_product("Thermostat", "photon".parse()?)?;
///
/// let meter = fleet.meter(product.id)?;
/// assert!(meter.admit(now)?);
/// assert_eq!(meter.admit_many(9, now)?, 9);
/// assert_eq!(console.product(product.id).usage()?.used, 10);
/// fleet.settle_usage(now)?;
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Meter<'f> {
    fleet: &'f Fleet,
    meter: Arc<ProductMeter>,
}

/// A meter without a reference to its fleet, for languages that cannot borrow.
#[derive(Clone, Debug)]
pub struct DetachedMeter(Arc<ProductMeter>);

impl DetachedMeter {
    /// Reattaches the meter. `fleet` must be the one that it was detached from.
    pub fn attach<'f>(&self, fleet: &'f Fleet) -> Meter<'f> {
        Meter { fleet, meter: Arc::clone(&self.0) }
    }
}

impl Meter<'_> {
    /// Returns the meter without its fleet.
    pub fn detach(&self) -> DetachedMeter {
        DetachedMeter(Arc::clone(&self.meter))
    }

    /// Whether one more message may be sent (R-EVT-3). If so, it is counted.
    ///
    /// # Errors
    /// Errors of the store, if it had to be asked: then nothing was admitted.
    #[inline]
    pub fn admit(&self, now: Timestamp) -> Result<bool, Error> {
        self.fleet.check_process()?;
        match self.meter.take_one(now) {
            Taken { count: 1, emptied: false } => Ok(true),
            taken => self.admit_slowly(taken, now),
        }
    }

    #[cold]
    fn admit_slowly(&self, taken: Taken, now: Timestamp) -> Result<bool, Error> {
        if taken.emptied {
            self.meter.report_threshold(self.fleet, now);
            return Ok(true);
        }
        Ok(self.admit_many(1, now)? == 1)
    }

    /// Returns how many of `want` messages may be sent. They are counted.
    ///
    /// # Errors
    /// Errors of the store, if it had to be asked: then nothing was admitted.
    #[inline]
    pub fn admit_many(&self, want: u64, now: Timestamp) -> Result<u64, Error> {
        self.fleet.check_process()?;
        let admitted = match self.meter.admit_at_once(None, now, want) {
            Ok(admitted) => admitted,
            Err(part) => self.meter.admit_with_store(self.fleet, None, now, want, part)?,
        };
        Ok(admitted.count)
    }

    /// Reports what was sent, and returns what exceeds two seconds of this process's traffic. A changed limit takes
    /// effect here at the latest.
    ///
    /// # Errors
    /// Errors of the store. What was not reported is part of the next report.
    pub fn report(&self, now: Timestamp) -> Result<(), Error> {
        self.fleet.check_process()?;
        self.meter.report(self.fleet, now)
    }

    /// Reports what was sent and returns the rest of the lease. A later message is admitted from a new lease.
    ///
    /// # Errors
    /// Errors of the store. What could not be settled is part of the next report.
    pub fn settle(&self, now: Timestamp) -> Result<(), Error> {
        self.fleet.check_process()?;
        self.meter.settle(self.fleet, Some(now))
    }
}

impl Fleet {
    /// Returns a product's meter in this process.
    ///
    /// # Errors
    /// `not_found`.
    pub fn meter(&self, product: ProductId) -> Result<Meter<'_>, Error> {
        let product: Option<Arc<Product>> = self.transact(|tx| tx.get(product))?;
        let product =
            product.filter(|product| product.removed_at.is_none()).ok_or_else(|| Error::not_found("product"))?;
        let meter = self.meters().with(&product, Arc::clone);
        Ok(Meter { fleet: self, meter })
    }

    /// Returns how many of `want` messages a product may send (R-EVT-3). They are counted; messages that are not sent
    /// after all should be [returned](Self::give_back). On the hot path: it does not use the store while the lease
    /// lasts.
    ///
    /// # Errors
    /// Errors of the store, if it had to be asked: then nothing was admitted.
    pub(crate) fn admit(&self, product: &Product, now: Timestamp, want: u64) -> Result<Admitted, Error> {
        let limit = Some(limit_of(self, product));
        // The map is not locked while the store is asked.
        let at_once = self
            .meters()
            .with(product, |meter| meter.admit_at_once(limit, now, want).map_err(|part| (Arc::clone(meter), part)));
        at_once.or_else(|(meter, part)| meter.admit_with_store(self, limit, now, want, part))
    }

    /// Returns messages that were admitted and not sent. If their lease was reported since, they stay counted.
    pub(crate) fn give_back(&self, admitted: Admitted, count: u64) {
        if let Some(meter) = self.meters().get(admitted.product) {
            meter.give_back(admitted, count);
        }
    }

    /// Reports what this process has sent (R-EVT-6). The host calls it about every second: an idle product returns all
    /// that it reserved, so that other processes can send it.
    ///
    /// # Errors
    /// The first error of the store. Every product is tried, and what was not reported is part of the next report.
    pub fn report_usage(&self, now: Timestamp) -> Result<(), Error> {
        self.check_process()?;
        let reported = first_error(self.meters().all().iter().map(|meter| meter.report(self, now)));
        self.meters().forget_idle();
        reported
    }

    /// Reports what this process has sent and returns the rest. The host calls it before it stops. Dropping a fleet
    /// tries the same, at the latest moment that it knows.
    ///
    /// # Errors
    /// The first error of the store. Every product is tried.
    pub fn settle_usage(&self, now: Timestamp) -> Result<(), Error> {
        self.settle_all(Some(now))
    }

    /// Returns a product's messages in the usage month of a moment, unreported messages of this process included.
    pub(crate) fn usage_of(&self, tx: &mut Transaction<'_>, product: &Product, now: Timestamp) -> Result<Usage, Error> {
        let period = usage_month(product, now);
        let mut month: Box<UsageMonth> = tx.get((product.id, period.index))?.unwrap_or_default();
        if let Some(meter) = self.meters().get(product.id) {
            meter.with_own_reports(period.index, &mut month, now);
        }
        let limit = Some(limit_of(self, product)).filter(|limit| *limit != NO_LIMIT);
        Ok(Usage { period, limit, used: month.used, reserved: month.reserved() })
    }

    fn settle_all(&self, now: Option<Timestamp>) -> Result<(), Error> {
        self.check_process()?;
        first_error(self.meters().all().iter().map(|meter| meter.settle(self, now)))
    }
}

impl Drop for Fleet {
    /// Settles the leases of this process, as far as the store permits.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = self.settle_all(None);
        }
    }
}

impl ProductConsole<'_> {
    /// Returns a product's messages in the usage month of this moment (R-BILL-8).
    ///
    /// # Errors
    /// `not_found`.
    pub fn usage(&self) -> Result<Usage, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let product = Access::check(tx, console.actor, Command::ReadProduct, product)?.product;
            console.fleet.usage_of(tx, &product, console.now)
        })
    }
}

/// Runs all of them and returns the first error.
fn first_error(outcomes: impl Iterator<Item = Result<(), Error>>) -> Result<(), Error> {
    outcomes.fold(Ok(()), Result::and)
}
