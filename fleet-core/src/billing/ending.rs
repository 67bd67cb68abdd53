//! What the end of a plan gives back, and what a lower one does (R-BILL-7, R-TIER-4).

use super::{InvoiceLine, LineKind, Plan, Split, cap_credit, prorate, split_credit};
use crate::{Error, Money, Timestamp};
use std::sync::Arc;

/// The segment that runs at a moment: its unused rest, and what of that was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// From when on it is unused.
    pub(crate) from: Timestamp,
    /// What the used part costs.
    pub(crate) used: Money,
    /// What the unused part costs: never more than was billed.
    pub(crate) unused: Money,
    /// What of the unused part was paid: what was paid for more than was used.
    pub(crate) paid_ahead: Money,
}

/// What is credited when a plan ends, or goes on at a lower price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The unused rest back, and the rest at the lower price.
    pub(crate) lines: Vec<InvoiceLine>,
    /// What the rest costs at the lower price.
    pub(crate) charge: Money,
    /// What of that is paid.
    pub(crate) charge_paid: Money,
    /// How the difference is given back.
    pub(crate) split: Split,
}

impl Plan {
    /// The segment that runs, of which so much was paid.
    pub(crate) fn segment(&self, paid: Money, now: Timestamp) -> Result<Segment, Error> {
        let none = Money::zero(self.price.currency());
        let (left, whole) = (self.period.seconds_left(now), self.period.seconds());
        let unused = cap_credit(prorate(self.price, left, whole)?, self.billed, none)?;
        let used = self.billed.minus(unused)?;
        let paid_ahead = split_credit(unused, used, paid)?.refund;
        Ok(Segment { from: now.max(self.period.start).min(self.period.end), used, unused, paid_ahead })
    }

    /// The line that gives back an unused rest.
    pub(crate) fn credit_line(&self, from: Timestamp, amount: Money) -> Result<InvoiceLine, Error> {
        let (kind, tier, to) = (LineKind::Credit, Arc::clone(&self.tier), self.period.end);
        Ok(InvoiceLine { kind, tier, from, to, amount: amount.negated()? })
    }
}

/// What is credited now, of what was paid for the segment that runs. A lower plan has a tier and a price.
pub(crate) fn ending(
    plan: &Plan,
    paid: Money,
    lower: Option<(&Arc<str>, Money)>,
    now: Timestamp,
) -> Result<Ending, Error> {
    let none = Money::zero(plan.price.currency());
    let Segment { from, used, unused, .. } = plan.segment(paid, now)?;
    let mut lines = vec![plan.credit_line(from, unused)?];
    let mut charge = none;
    if let Some((tier, price)) = lower {
        charge = prorate(price, plan.period.seconds_left(now), plan.period.seconds())?;
        let (tier, to) = (Arc::clone(tier), plan.period.end);
        lines.push(InvoiceLine { kind: LineKind::Rest, tier, from, to, amount: charge });
    }
    let creditable = unused.minus(charge)?;
    if creditable.minor() < 0 {
        return Err(Error::invalid(
            "tier",
            "it costs more than what runs now: agree on a lower price, or put the product on it with `set_tier`",
        ));
    }
    let split = split_credit(creditable, used.plus(charge)?, paid)?;
    let charge_paid = paid.minus(used)?.or_zero().at_most(charge)?;
    Ok(Ending { lines, charge, charge_paid, split })
}
