//! Credit notes and their refunds. What an account paid belongs to that account, whoever owns the product later
//! (R-BILL-7).

use super::effect::{Effect, NewCharge};
use super::invoice::total;
use super::{Anchor, Charged, Contract, Interval, Invoice, InvoiceLine, LineKind, Period, Plan, Reason};
use crate::notice::NoticeSubject;
use crate::product::Product;
use crate::team::AccountId;
use crate::{Error, Money, ProductId, Timestamp};
use std::sync::Arc;

/// A credit note to write.
pub(crate) struct Credit {
    /// The account that receives the refund.
    pub(crate) payer: AccountId,
    pub(crate) reason: Reason,
    pub(crate) period: Period,
    pub(crate) lines: Vec<InvoiceLine>,
    /// The part that reduces an open invoice.
    pub(crate) offset: Money,
    /// The part that is refunded.
    pub(crate) refund: Money,
}

/// Demands a credit note, its refund, and the notice to its payer.
pub(crate) fn write_credit(
    effects: &mut Vec<Effect>,
    product: ProductId,
    contract: &mut Contract,
    credit: Credit,
    now: Timestamp,
) -> Result<Invoice, Error> {
    let Credit { payer, reason, period, lines, offset, refund } = credit;
    let none = Money::zero(contract.currency);
    let number = contract.next_invoice()?;
    let total = total(&lines, none)?;
    let settled = Invoice::settled(number, (product, payer), reason, period, lines, total, now);
    let note = Invoice { offset, refund, ..settled };
    if !note.refund.is_zero() {
        let what = Charged::Refund { invoice: note.number, period };
        let charge = NewCharge::next(contract, (product, payer), what, note.refund, None)?;
        effects.push(Effect::Charge(Box::new(charge)));
    }
    effects.push(Effect::Issue(Arc::new(note.clone())));
    let subject = NoticeSubject::PlanReduced { account: payer, invoice: note.number, refund: Some(refund) };
    effects.push(Effect::notify(product, subject));
    Ok(note)
}

/// Refunds the balance left over from earlier invoices to the owner. Writes nothing if the balance is zero.
pub(crate) fn return_balance(
    effects: &mut Vec<Effect>,
    product: &Product,
    contract: &mut Contract,
    reason: Reason,
    now: Timestamp,
) -> Result<Option<Invoice>, Error> {
    let none = Money::zero(contract.currency);
    let balance = std::mem::replace(&mut contract.balance, none);
    if balance.is_zero() {
        return Ok(None);
    }
    let running = contract.plan.as_ref().map(|plan| plan.period).filter(|period| period.contains(now));
    let period = running.unwrap_or_else(|| Anchor::at(product.created_at).period_at(Interval::Monthly, now));
    let line = balance_line(&product.tier, period, balance, now)?;
    let credit = Credit { payer: product.owner, reason, period, lines: vec![line], offset: none, refund: balance };
    write_credit(effects, product.id, contract, credit, now).map(Some)
}

/// Returns the line that refunds the balance left over from earlier invoices.
pub(crate) fn balance_line(
    tier: &Arc<str>,
    period: Period,
    balance: Money,
    now: Timestamp,
) -> Result<InvoiceLine, Error> {
    let (from, to) = (now.max(period.start).min(period.end), period.end);
    Ok(InvoiceLine { kind: LineKind::Balance, tier: Arc::clone(tier), from, to, amount: balance.negated()? })
}

/// Refunds the unused rest of a plan to its payer, who no longer owns the product. The new owner has bought a new plan.
pub(crate) fn return_unused(
    effects: &mut Vec<Effect>,
    product: ProductId,
    contract: &mut Contract,
    (plan, billed): (&Plan, &Invoice),
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let segment = plan.segment(plan.paid(billed)?, at)?;
    if segment.paid_ahead.is_zero() {
        return Ok(());
    }
    let credit = Credit {
        payer: billed.payer,
        reason: Reason::Transfer,
        period: plan.period,
        lines: vec![plan.credit_line(segment.from, segment.paid_ahead)?],
        offset: Money::zero(contract.currency),
        refund: segment.paid_ahead,
    };
    write_credit(effects, product, contract, credit, now).map(drop)
}
