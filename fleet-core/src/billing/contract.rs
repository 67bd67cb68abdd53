//! The billing contract of a product: its plan, the billed segment of the period, and what is open.
//!
//! It is the guard record of a product's billing: every command that bills the product, or changes what is billed,
//! reads and writes it. Therefore a period is invoiced once, at most one upgrade is open, and each number is assigned
//! once.

use super::{BillingPolicy, Interval, Invoice, InvoiceStatus, Period, Quote};
use crate::audit::{Entry, shown};
use crate::{Currency, Error, ErrorKind, Money, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A product's billing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Contract {
    /// The currency it is billed in.
    pub currency: Currency,
    /// What it pays for. `None` means nothing, as on the free tier.
    pub plan: Option<Plan>,
    /// Balance left over from earlier invoices. It reduces the next ones.
    pub balance: Money,
    /// The interval from the next renewal on. `None` means it does not change (R-BILL-6).
    pub at_renewal: Option<Interval>,
    /// Prices agreed on with the operator.
    pub agreed: Vec<AgreedPrice>,
    /// Issued quotes that may still be valid.
    pub quotes: Vec<Quote>,
    /// The upgrade whose charge has no outcome yet. There is at most one.
    pub upgrade: Option<OpenUpgrade>,
    /// Unpaid renewal invoices.
    pub unpaid: BTreeSet<u32>,
    /// The number of the latest invoice.
    pub invoices: u32,
    /// The number of the latest charge.
    pub charges: u32,
    /// Whether the notice days before the next renewal have begun, in which the owner learns that there is no valid
    /// card.
    pub warned: bool,
    /// Whether the owner received a notice that there is no valid card for the next renewal.
    #[serde(default)]
    pub card_needed: bool,
    /// Charges whose outcome was reported as unknown, with the time of the first report, until the notice is sent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<u32, Timestamp>,
    /// The moment under which the product stands in the due index.
    pub due: Option<Timestamp>,
}

/// The plan that a product pays for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The tier.
    pub tier: Arc<str>,
    /// How long a period is.
    pub interval: Interval,
    /// The period that was billed last.
    pub period: Period,
    /// The price of the full period.
    pub price: Money,
    /// What was billed for the current segment: the full period, or the rest since the plan changed within it.
    pub billed: Money,
    /// What was paid of that, with money or balance. `None` in records of an earlier version: there the invoice has the
    /// amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Money>,
    /// The invoice that billed it.
    pub invoice: u32,
}

/// A price agreed on with the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreedPrice {
    /// The tier.
    pub tier: Arc<str>,
    /// The interval.
    pub interval: Interval,
    /// The price of a full period.
    pub price: Money,
}

/// An upgrade whose charge has no outcome yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenUpgrade {
    /// The charge's number.
    pub charge: u32,
    /// The quote that takes effect.
    pub quote: Quote,
}

impl Default for Contract {
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
            card_needed: false,
            unknown: BTreeMap::new(),
            due: None,
        }
    }
}

impl Contract {
    /// Returns the audit entry of a command that changed this contract to `after`: the old and new value of each term
    /// that differs. It contains no card token.
    pub(crate) fn change(&self, subject: impl Into<String>, after: &Self) -> Entry {
        let (before, after) = (self.terms(), after.terms());
        Entry::changed(subject, before.into_iter().zip(after).map(|((name, old), (_, new))| (name, old, new)))
    }

    /// The billing terms of a product, with their names in the audit.
    fn terms(&self) -> [(&'static str, String); 8] {
        let plan = self.plan.as_ref();
        let open = self.upgrade.as_ref().map(|open| {
            let Quote { tier, interval, due, .. } = &open.quote;
            format!("{tier} {interval} for {due}")
        });
        [
            ("plan", shown(plan.map(|plan| &plan.tier))),
            ("interval", shown(plan.map(|plan| plan.interval))),
            ("price", shown(plan.map(|plan| plan.price))),
            ("period", shown(plan.map(|plan| format!("{} to {}", plan.period.start, plan.period.end)))),
            ("interval at renewal", shown(self.at_renewal)),
            ("upgrade to be paid", shown(open)),
            ("currency", self.currency.to_string()),
            ("balance", self.balance.to_string()),
        ]
    }

    /// Returns the agreed price.
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

    /// Refuses while an upgrade's charge has no outcome, or a renewal is unpaid.
    pub(crate) fn nothing_open(&self, product: ProductId) -> Result<(), Error> {
        self.no_upgrade_open()?;
        match self.unpaid.first() {
            Some(invoice) => Err(ErrorKind::RenewalUnpaid { product, invoice: *invoice }.into()),
            None => Ok(()),
        }
    }

    /// Removes an invoice from the unpaid ones. If it was `paid`, marks the segment that it billed as paid.
    pub(crate) fn settle(&mut self, number: u32, paid: bool) {
        self.unpaid.remove(&number);
        if let Some(plan) = self.plan.as_mut().filter(|plan| paid && plan.invoice == number) {
            plan.paid = Some(plan.billed);
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

    /// Refuses while the period is over and the next one is not billed: the renewal waits for the clock, or for an open
    /// upgrade.
    pub(crate) fn no_renewal_due(&self, now: Timestamp) -> Result<(), Error> {
        match &self.plan {
            Some(plan) if now >= plan.period.end => {
                self.no_upgrade_open()?;
                Err(ErrorKind::RenewalDue { since: plan.period.end }.into())
            }
            _ => Ok(()),
        }
    }

    /// Returns when the clock has to process the product: for a notice some days before the renewal; for the renewal,
    /// which waits for an open upgrade; and for a charge whose outcome stays unknown.
    pub(crate) fn next_due(&self, policy: &BillingPolicy) -> Option<Timestamp> {
        let renewal = self.plan.as_ref().and_then(|plan| {
            if !self.warned && policy.card_notice_days() > 0 {
                return Some(plan.notice_from(policy));
            }
            self.upgrade.is_none().then_some(plan.period.end)
        });
        let unknown = self.unknown.values().min().map(|since| since.after(policy.unknown_notice()));
        renewal.into_iter().chain(unknown).min()
    }
}

fn counted(number: u32, what: &'static str) -> Result<u32, Error> {
    number
        .checked_add(1)
        .ok_or_else(|| Error::invalid(what, "all numbers of this product are used up; create a new product"))
}

impl Plan {
    /// Returns what was paid of the amount billed for the current segment. `invoice` is the one that billed it.
    pub(crate) fn paid(&self, invoice: &Invoice) -> Result<Money, Error> {
        match (self.paid, invoice.status) {
            (Some(paid), _) => Ok(paid),
            // An earlier version wrote off by subtracting the unpaid part from the billed amount.
            (None, InvoiceStatus::Settled { .. } | InvoiceStatus::Void { .. }) => Ok(self.billed),
            (None, InvoiceStatus::Open) => Ok(self.billed.minus(invoice.total.minus(invoice.offset)?)?.or_zero()),
        }
    }

    /// Returns when the notice days begin, in which the owner learns that no card will be valid at the renewal.
    pub(crate) fn notice_from(&self, policy: &BillingPolicy) -> Timestamp {
        let days = i64::from(policy.card_notice_days());
        Timestamp::from_millis(self.period.end.as_millis().saturating_sub(days * 86_400_000)).max(self.period.start)
    }
}
