//! Quotes: the price of an upgrade (R-BILL-3 to 6), which is the rest of the period at the new price minus the unused
//! rest of the old plan.

use super::{Anchor, Contract, Interval, InvoiceLine, Limits, LineKind, Period, prorate};
use crate::billing::invoice::total;
use crate::{Error, Money, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Identifies a quote.
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
        number
            .map(Self)
            .ok_or_else(|| Error::invalid("quote", "is not a quote id; give the `id` of a quote, 16 hex digits"))
    }
}

/// The price of an upgrade, valid until `expires_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Quote {
    /// Its id.
    pub id: QuoteId,
    /// The new tier.
    pub tier: Arc<str>,
    /// The new interval.
    pub interval: Interval,
    /// When it was issued. Amounts are prorated to this moment.
    pub at: Timestamp,
    /// When it expires: 15 minutes later by default, and never beyond the period's end.
    pub expires_at: Timestamp,
    /// The period of the new plan.
    pub period: Period,
    /// The product's limits under the new plan: what is sold is what was quoted. `None` in records of an earlier
    /// version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Price of the full period.
    pub price: Money,
    /// Price of the rest of the period.
    pub charge: Money,
    /// Lines of the invoice.
    pub lines: Vec<InvoiceLine>,
    /// Amount to charge now.
    pub due: Money,
    /// Balance left for later invoices.
    pub balance: Money,
}

/// A change of a plan that is not an upgrade (R-TIER-4, R-BILL-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoUpgrade {
    /// A lower tier.
    LowerTier,
    /// The plan that the product has.
    SamePlan,
    /// Monthly instead of annual, before the paid year is over.
    YearPaid,
    /// A tier that costs nothing.
    Free,
    /// Annual instead of monthly: it takes effect at once, so it is quoted.
    LongerInterval,
}

impl fmt::Display for NoUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LowerTier => "only an operator sets a lower tier, because the product may exceed its limits",
            Self::SamePlan => "the product already has this plan",
            Self::YearPaid => "the year is paid: request a quote for `annual`, and switch the interval for its end",
            Self::Free => "it costs nothing; ask an operator to put the product on it",
            Self::LongerInterval => "annual instead of monthly takes effect at once: request a quote for the same tier",
        })
    }
}

/// Target of an upgrade.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) tier: Arc<str>,
    pub(crate) interval: Interval,
    pub(crate) price: Money,
    pub(crate) limits: Option<Limits>,
}

/// Returns the quote for a target, now. `paid` is what the owner has paid for the current segment. `None` means another
/// account paid for it, and is refunded the unused rest.
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

/// Balances the lines: uses the balance up to the sum of the lines, or adds a negative sum to the balance. Returns the
/// new balance.
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
