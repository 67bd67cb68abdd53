//! What a product is on: its plan, the segment of the period that was billed, and what is open.
//!
//! The guard record of a product's billing: whoever bills it, or changes what is billed, reads and writes this one. So a
//! period is invoiced once, one upgrade is open at a time, and numbers are given once.

use super::{Interval, Invoice, InvoiceStatus, Period, Quote};
use crate::{Currency, Error, ErrorKind, Money, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A product's billing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Subscription {
    /// The currency it is billed in.
    pub currency: Currency,
    /// What it pays for; none: nothing, as on the free tier.
    pub plan: Option<Plan>,
    /// What earlier invoices left over: it lessens the next ones.
    pub balance: Money,
    /// The interval from the next renewal on, where that is another (R-BILL-6).
    pub at_renewal: Option<Interval>,
    /// Prices that were agreed on with the operator.
    pub agreed: Vec<AgreedPrice>,
    /// Quotes that were given and may still hold.
    pub quotes: Vec<Quote>,
    /// The upgrade whose charge has no outcome yet: there is one at most.
    pub upgrade: Option<OpenUpgrade>,
    /// Renewal invoices that are not paid.
    pub unpaid: BTreeSet<u32>,
    /// The number of the latest invoice.
    pub invoices: u32,
    /// The number of the latest charge.
    pub charges: u32,
    /// Whether the owner was told that there is no good card for the next renewal.
    pub warned: bool,
    /// Under which moment it stands in the index of what is due.
    pub due: Option<Timestamp>,
}

/// What a product pays for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The tier.
    pub tier: Arc<str>,
    /// How long a period is.
    pub interval: Interval,
    /// The period that was billed last.
    pub period: Period,
    /// The price of all of it.
    pub price: Money,
    /// What was billed for the segment that runs: all of the period, or the rest since the plan changed within it.
    pub billed: Money,
    /// The invoice that billed it.
    pub invoice: u32,
}

/// A price that was agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreedPrice {
    /// For which tier.
    pub tier: Arc<str>,
    /// For which interval.
    pub interval: Interval,
    /// What a full period costs.
    pub price: Money,
}

/// An upgrade whose charge has no outcome yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenUpgrade {
    /// The charge's number.
    pub charge: u32,
    /// What was quoted, and takes effect.
    pub quote: Quote,
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            currency: Currency::USD,
            plan: None,
            balance: Money::zero(Currency::USD),
            at_renewal: None,
            agreed: Vec::new(),
            quotes: Vec::new(),
            upgrade: None,
            unpaid: BTreeSet::new(),
            invoices: 0,
            charges: 0,
            warned: false,
            due: None,
        }
    }
}

impl Subscription {
    /// The price that was agreed on.
    pub fn agreed(&self, tier: &str, interval: Interval) -> Option<Money> {
        let mut agreed = self.agreed.iter().filter(|agreed| &*agreed.tier == tier && agreed.interval == interval);
        agreed.next().map(|agreed| agreed.price)
    }

    /// Refuses while an upgrade's charge has no outcome.
    pub(crate) fn no_upgrade_open(&self) -> Result<(), Error> {
        match &self.upgrade {
            Some(open) => Err(ErrorKind::ChargeOpen { charge: open.charge }.into()),
            None => Ok(()),
        }
    }

    /// Refuses while an upgrade's charge has no outcome, or a renewal is not paid.
    pub(crate) fn nothing_open(&self, product: ProductId) -> Result<(), Error> {
        self.no_upgrade_open()?;
        match self.unpaid.first() {
            Some(invoice) => Err(ErrorKind::RenewalUnpaid { product, invoice: *invoice }.into()),
            None => Ok(()),
        }
    }

    pub(crate) fn next_invoice(&mut self) -> Result<u32, Error> {
        self.invoices = counted(self.invoices, "invoices")?;
        Ok(self.invoices)
    }

    pub(crate) fn next_charge(&mut self) -> Result<u32, Error> {
        self.charges = counted(self.charges, "charges")?;
        Ok(self.charges)
    }

    /// When the clock has to look at it: for a notice some days before the renewal, then for the renewal.
    pub(crate) fn next_due(&self, notice_days: u32) -> Option<Timestamp> {
        let Plan { period, .. } = self.plan.as_ref()?;
        let notice = Timestamp::from_millis(period.end.as_millis() - i64::from(notice_days) * 86_400_000);
        Some(if self.warned || notice_days == 0 { period.end } else { notice.max(period.start) })
    }
}

fn counted(number: u32, what: &'static str) -> Result<u32, Error> {
    number.checked_add(1).ok_or_else(|| Error::invalid(what, "every number of this product has been used"))
}

impl Plan {
    /// What was paid of what was billed for the segment that runs, where this is the invoice that billed it.
    pub(crate) fn paid(&self, invoice: &Invoice) -> Result<Money, Error> {
        match invoice.status {
            InvoiceStatus::Settled { .. } => Ok(self.billed),
            InvoiceStatus::Open | InvoiceStatus::Void { .. } => {
                Ok(self.billed.minus(invoice.total.minus(invoice.offset)?)?.or_zero())
            }
        }
    }
}
