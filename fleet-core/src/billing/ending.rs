//! What the end of a plan gives back, and what a lower one does (R-BILL-7, R-TIER-4).

use super::{Line, LineKind, Plan, Split, cap_credit, prorate, split_credit};
use crate::{Error, Money, Timestamp};
use std::sync::Arc;

/// What is credited when a plan ends, or goes on at a lower price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The unused rest back, and the rest at the lower price.
    pub(crate) lines: Vec<Line>,
    /// What the rest costs at the lower price.
    pub(crate) charge: Money,
    /// How the difference is given back.
    pub(crate) split: Split,
}

/// What is credited now, of what was paid for the segment that runs. A lower plan has a tier and a price.
pub(crate) fn ending(
    plan: &Plan,
    paid: Money,
    lower: Option<(&Arc<str>, Money)>,
    now: Timestamp,
) -> Result<Ending, Error> {
    let none = Money::zero(plan.price.currency());
    let (left, whole) = (plan.period.seconds_left(now), plan.period.seconds());
    let (from, to) = (now.max(plan.period.start).min(plan.period.end), plan.period.end);
    let credit = cap_credit(prorate(plan.price, left, whole)?, plan.billed, none)?;
    let line = |kind, tier: &Arc<str>, amount| Line { kind, tier: Arc::clone(tier), from, to, amount };
    let mut lines = vec![line(LineKind::Credit, &plan.tier, credit.negated()?)];
    let mut charge = none;
    if let Some((tier, price)) = lower {
        charge = prorate(price, left, whole)?;
        lines.push(line(LineKind::Rest, tier, charge));
    }
    let creditable = credit.minus(charge)?;
    if creditable.minor() < 0 {
        return Err(Error::invalid("tier", "its price is not lower; an upgrade is quoted and charged"));
    }
    let split = split_credit(creditable, plan.billed.minus(creditable)?, paid)?;
    Ok(Ending { lines, charge, split })
}
