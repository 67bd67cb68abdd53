//! What an upgrade costs (R-BILL-3 to 6): the unused rest of the old plan back, the rest of the period at the new price.

use super::{Anchor, Contract, Interval, InvoiceLine, Limits, LineKind, Period, prorate};
use crate::billing::invoice::total;
use crate::{Error, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Names a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuoteId(pub(crate) u64);

impl fmt::Display for QuoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for QuoteId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
        number.map(Self).ok_or_else(|| Error::invalid("quote", "give the id that a quote has: 16 hex digits"))
    }
}

/// What an upgrade costs, for as long as it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Quote {
    /// Its name.
    pub id: QuoteId,
    /// The tier to go to.
    pub tier: Arc<str>,
    /// The interval to go to.
    pub interval: Interval,
    /// When it was given: what is prorated is prorated to this moment.
    pub at: Timestamp,
    /// From when on it no longer holds: 15 minutes later by default, and never beyond the period's end.
    pub expires_at: Timestamp,
    /// The period that the plan will be in.
    pub period: Period,
    /// What the product may hold then: what is sold is what was quoted. None in what an earlier version wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// What all of that period costs.
    pub price: Money,
    /// What the rest of it costs.
    pub charge: Money,
    /// What the charge is made of.
    pub lines: Vec<InvoiceLine>,
    /// What will be charged.
    pub due: Money,
    /// What is left over for later invoices afterwards.
    pub balance: Money,
}

/// Where an upgrade goes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) tier: Arc<str>,
    pub(crate) interval: Interval,
    pub(crate) price: Money,
    pub(crate) limits: Option<Limits>,
}

/// What going there costs now. `paid` is what the owner has paid for the segment that runs; none where somebody else has,
/// who gets the unused rest back.
pub(crate) fn quote(
    id: QuoteId,
    contract: &Contract,
    paid: Option<Money>,
    anchor: Anchor,
    target: Target,
    now: Timestamp,
    life: Duration,
) -> Result<Quote, Error> {
    let Target { tier, interval, price, limits } = target;
    let plan = contract.plan.as_ref();
    let at = plan.map_or(now, |plan| now.max(plan.period.start));
    contract.no_renewal_due(at)?;
    let period = match plan {
        Some(plan) if plan.interval == interval => plan.period,
        _ => anchor.period_at(interval, at),
    };
    let from = at.max(period.start);
    let mut lines = Vec::with_capacity(4);
    if let Some((plan, paid)) = plan.zip(paid) {
        lines.push(plan.credit_line(from, plan.segment(paid, at)?.paid_ahead)?);
    }
    let charge = prorate(price, period.seconds_left(at), period.seconds())?;
    lines.push(InvoiceLine { kind: LineKind::Rest, tier: Arc::clone(&tier), from, to: period.end, amount: charge });
    let span = (from, period.end);
    let balance = balanced(&mut lines, contract.balance, &tier, span)?;
    let due = total(&lines, Money::zero(price.currency()))?;
    let end = plan.map_or(period.end, |plan| plan.period.end.min(period.end));
    Ok(Quote {
        id,
        tier,
        interval,
        at,
        expires_at: now.after(life).min(end),
        period,
        limits,
        price,
        charge,
        lines,
        due,
        balance,
    })
}

/// Evens lines out with what is left over: uses of it what they come to, or leaves over what they fall short of nothing.
/// Answers what is left over then.
pub(crate) fn balanced(
    lines: &mut Vec<InvoiceLine>,
    balance: Money,
    tier: &Arc<str>,
    (from, to): (Timestamp, Timestamp),
) -> Result<Money, Error> {
    let none = Money::zero(balance.currency());
    let net = total(lines, none)?;
    let (kind, amount) = if net.minor() < 0 {
        (LineKind::Carried, net.negated()?)
    } else {
        (LineKind::Balance, net.at_most(balance)?.negated()?)
    };
    if !amount.is_zero() {
        lines.push(InvoiceLine { kind, tier: Arc::clone(tier), from, to, amount });
    }
    balance.plus(amount)
}
