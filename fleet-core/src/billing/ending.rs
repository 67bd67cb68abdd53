//! Amounts credited when a plan ends or is lowered (R-BILL-7, R-TIER-4).

use super::{InvoiceLine, LineKind, Plan, Split, cap_credit, prorate, split_credit};
use crate::{Error, Money, Timestamp};
use std::sync::Arc;

/// The current segment at a moment: its unused rest, and what was paid of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// The first moment of the unused rest.
    pub(crate) from: Timestamp,
    /// Price of the used part.
    pub(crate) used: Money,
    /// Price of the unused part, never more than was billed.
    pub(crate) unused: Money,
    /// The paid part of the unused rest: what was paid beyond the used part.
    pub(crate) paid_ahead: Money,
}

/// What is credited when a plan ends, or continues at a lower price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The lines: the unused rest credited, and the rest at the lower price.
    pub(crate) lines: Vec<InvoiceLine>,
    /// Price of the rest at the lower price.
    pub(crate) charge: Money,
    /// The paid part of that.
    pub(crate) charge_paid: Money,
    /// How the difference is returned.
    pub(crate) split: Split,
}

impl Plan {
    /// Returns the current segment. `paid` is the amount paid for it.
    pub(crate) fn segment(&self, paid: Money, now: Timestamp) -> Result<Segment, Error> {
        let none = Money::zero(self.price.currency());
        let (left, whole) = (self.period.seconds_left(now), self.period.seconds());
        let unused = cap_credit(prorate(self.price, left, whole)?, self.billed, none)?;
        let used = self.billed.minus(unused)?;
        let paid_ahead = split_credit(unused, used, paid)?.refund;
        Ok(Segment { from: now.max(self.period.start).min(self.period.end), used, unused, paid_ahead })
    }

    /// Returns the line that credits an unused rest.
    pub(crate) fn credit_line(&self, from: Timestamp, amount: Money) -> Result<InvoiceLine, Error> {
        let (kind, tier, to) = (LineKind::Credit, Arc::clone(&self.tier), self.period.end);
        Ok(InvoiceLine { kind, tier, from, to, amount: amount.negated()? })
    }
}

/// Returns what is credited now, given what was paid for the current segment. A lower plan has a tier and a price.
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
            "it costs more than the current plan: agree on a lower price, or put the product on it with `set_tier`",
        ));
    }
    let split = split_credit(creditable, used.plus(charge)?, paid)?;
    let charge_paid = paid.minus(used)?.or_zero().at_most(charge)?;
    Ok(Ending { lines, charge, charge_paid, split })
}
