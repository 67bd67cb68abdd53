//! Amounts credited when a plan ends or is lowered (R-BILL-7, R-TIER-4).

use super::credit::{Credit, balance_line, return_balance, write_credit};
use super::effect::Effect;
use super::{
    AttemptResult, BillingPolicy, Contract, Invoice, InvoiceLine, InvoiceStatus, LineKind, Payer, Plan, Reason, Split,
    cap_credit, prorate, split_credit,
};
use crate::product::Product;
use crate::{Error, ErrorKind, Money, Timestamp};
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

/// Credits the price difference of a plan from now on, and continues with the lower plan or none. `billed` is the
/// plan's invoice and `payer` the account that pays it. Returns the credit note.
pub(crate) fn reduce(
    policy: &BillingPolicy,
    product: &Product,
    contract: &mut Contract,
    (billed, payer): (&mut Invoice, &mut Payer),
    lower: Option<(&Arc<str>, Money)>,
    now: Timestamp,
) -> Result<(Invoice, Vec<Effect>), Error> {
    let plan = contract.plan.take().ok_or(ErrorKind::NoPlan)?;
    no_charge_for(billed, payer)?;
    let is_owners = billed.payer == product.owner;
    let none = Money::zero(contract.currency);
    let Ending { mut lines, charge, charge_paid, split } = ending(&plan, plan.paid(billed)?, lower, now)?;
    let (mut refund, mut offset) = (split.refund, split.offset);
    if !billed.is_open() {
        // A written-off amount is not credited: no open invoice is left for it to reduce.
        if let Some(credit) = lines.first_mut() {
            credit.amount = credit.amount.plus(offset)?;
        }
        offset = none;
    }
    if is_owners && lower.is_some() {
        contract.balance = contract.balance.plus(refund)?;
        refund = none;
    } else if is_owners {
        let balance = std::mem::replace(&mut contract.balance, none);
        if !balance.is_zero() {
            lines.push(balance_line(&plan.tier, plan.period, balance, now)?);
            refund = refund.plus(balance)?;
        }
    }
    go_on(contract, &plan, lower, (charge, charge_paid));
    let mut effects = Vec::new();
    let reason = if lower.is_some() { Reason::Downgrade } else { Reason::Cancellation };
    let credit = Credit { payer: billed.payer, reason, period: plan.period, lines, offset, refund };
    let note = write_credit(&mut effects, product.id, contract, credit, now)?;
    if lower.is_none() {
        return_balance(&mut effects, product, contract, Reason::Cancellation, now)?;
    }
    effects.extend(contract.reschedule(policy, product.id));
    effects.extend(subtract(contract, billed, payer, offset, now)?);
    Ok((note, effects))
}

/// Continues a contract on a lower tier, with what was billed and paid for the rest of the period; or without a plan.
fn go_on(contract: &mut Contract, plan: &Plan, lower: Option<(&Arc<str>, Money)>, (billed, paid): (Money, Money)) {
    contract.quotes.clear();
    match lower {
        Some((tier, price)) => {
            let (tier, paid) = (Arc::clone(tier), Some(paid));
            contract.plan = Some(Plan { tier, price, billed, paid, ..plan.clone() });
        }
        None => contract.at_renewal = None,
    }
}

/// Subtracts from an open invoice the amount that need not be paid any more.
fn subtract(
    contract: &mut Contract,
    billed: &mut Invoice,
    payer: &mut Payer,
    offset: Money,
    now: Timestamp,
) -> Result<Option<Effect>, Error> {
    if !billed.is_open() || offset.is_zero() {
        return Ok(None);
    }
    billed.offset = billed.offset.plus(offset)?;
    if !billed.outstanding()?.is_zero() {
        return Ok(None);
    }
    billed.status = InvoiceStatus::Settled { at: now };
    contract.settle(billed.number, true);
    payer.close(billed.product, billed.number);
    Ok(Some(Effect::Collect(billed.payer)))
}

/// Writes off what is left to pay of an open invoice. What was paid of it stays paid.
pub(crate) fn write_off(
    contract: &mut Contract,
    invoice: &mut Invoice,
    payer: &mut Payer,
    now: Timestamp,
) -> Result<Effect, Error> {
    no_charge_for(invoice, payer)?;
    if let Some(plan) = contract.plan.as_mut().filter(|plan| plan.invoice == invoice.number) {
        plan.paid = Some(plan.paid(invoice)?);
    }
    invoice.status = InvoiceStatus::Void { at: now };
    contract.settle(invoice.number, false);
    payer.close(invoice.product, invoice.number);
    Ok(Effect::Collect(invoice.payer))
}

/// Refuses while a charge for an open invoice has no outcome.
fn no_charge_for(invoice: &Invoice, payer: &Payer) -> Result<(), Error> {
    let is_charged = invoice.attempts.iter().any(|attempt| attempt.result == AttemptResult::Open);
    match payer.charging.filter(|_| invoice.is_open() && is_charged) {
        Some(open) => Err(ErrorKind::ChargeOpen { charge: open.number }.into()),
        None => Ok(()),
    }
}
