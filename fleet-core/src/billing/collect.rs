//! Collection of open renewal invoices: which charge is requested, which failure is noted, and whether the account is
//! locked or unlocked at a moment.
//!
//! Every command that changes what an account owes, or the card that it pays with, has these rules applied in the same
//! commit ([`collect`](super::rows::collect)).

use super::effect::{Effect, NewCharge};
use super::{
    AttemptResult, BillingPolicy, Charge, Charged, ChargedCard, Contract, Decline, Invoice, InvoiceStatus, OpenCharge,
    OpenInvoice, Payer, PaymentAttempt, PaymentLock, Step, failures, is_exhausted, next_step,
};
use crate::notice::NoticeSubject;
use crate::team::AccountId;
use crate::{Error, ProductId, Timestamp};
use std::sync::Arc;

/// The oldest unpaid renewal of an account, and the contract that assigns the number of its charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Oldest {
    pub(crate) invoice: Arc<Invoice>,
    pub(crate) contract: Arc<Contract>,
}

/// Decides what is due now for an account: one renewal at a time, the oldest first (R-PAY-6). `oldest` is needed while
/// no charge is open; `paid_for` is a product that the account pays for, under which notices are stored.
pub(crate) fn attempt_oldest(
    policy: &BillingPolicy,
    account: AccountId,
    payer: &mut Payer,
    oldest: Option<&mut Oldest>,
    paid_for: Option<ProductId>,
    now: Timestamp,
) -> Result<Vec<Effect>, Error> {
    let mut effects = Vec::new();
    let retry = match oldest {
        _ if payer.charging.is_some() => None,
        Some(oldest) => attempt(policy, payer, oldest, &mut effects, now)?,
        None => {
            unlock(account, payer, &mut effects);
            None
        }
    };
    let expiry = notify_expiry(account, payer, paid_for, &mut effects, now);
    let due = [retry, expiry].into_iter().flatten().min();
    if payer.due != due {
        effects.push(Effect::AccountDue { account, before: payer.due, at: due });
        payer.due = due;
    }
    Ok(effects)
}

/// Makes the attempts that are due. Returns when the next one is.
fn attempt(
    policy: &BillingPolicy,
    payer: &mut Payer,
    oldest: &mut Oldest,
    effects: &mut Vec<Effect>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    loop {
        let card = payer.presentable(now);
        let number = card.as_ref().map(|card| card.number);
        let attempts = &oldest.invoice.attempts;
        match (next_step(policy.retries(), attempts, number, payer.lock.is_some(), now), card) {
            (Step::Present { scheduled }, Some(card)) => {
                effects.push(present(payer, oldest, card, scheduled, now)?);
                return Ok(None);
            }
            (Step::Miss, _) => {
                let invoice = Arc::make_mut(&mut oldest.invoice);
                invoice.attempts.push(PaymentAttempt {
                    at: now,
                    scheduled: true,
                    card: None,
                    result: AttemptResult::NotPresented,
                    known_at: Some(now),
                });
                failed(policy, payer, invoice, effects, now)?;
            }
            (Step::Wait(until), _) => return Ok(Some(until)),
            (Step::Present { .. } | Step::Outstanding | Step::Rest, _) => return Ok(None),
        }
    }
}

fn present(
    payer: &mut Payer,
    oldest: &mut Oldest,
    card: ChargedCard,
    scheduled: bool,
    now: Timestamp,
) -> Result<Effect, Error> {
    let invoice = Arc::make_mut(&mut oldest.invoice);
    let whose = (invoice.product, invoice.payer);
    let what = Charged::Renewal { invoice: invoice.number, period: invoice.period, attempt: invoice.attempts.len() };
    let (amount, number) = (invoice.outstanding()?, Some(card.number));
    let charge = NewCharge::next(Arc::make_mut(&mut oldest.contract), whose, what, amount, Some(card))?;
    let result = AttemptResult::Open;
    invoice.attempts.push(PaymentAttempt { at: now, scheduled, card: number, result, known_at: None });
    payer.charging = Some(OpenCharge { product: invoice.product, number: charge.number });
    Ok(Effect::Charge(Box::new(charge)))
}

/// Decides about the outcome of a renewal's charge: the invoice is settled, or its attempt failed. What the account
/// owes now is collected.
pub(crate) fn renewal_outcome(
    policy: &BillingPolicy,
    payer: &mut Payer,
    Oldest { invoice, contract }: &mut Oldest,
    charge: &Charge,
    declined: Option<Decline>,
    now: Timestamp,
) -> Result<Vec<Effect>, Error> {
    let (mut effects, invoice, account) = (Vec::new(), Arc::make_mut(invoice), charge.account);
    payer.charging = None;
    if let Some(attempt) = invoice.attempts.iter_mut().find(|attempt| attempt.result == AttemptResult::Open) {
        attempt.result = declined.map_or(AttemptResult::Succeeded, AttemptResult::Declined);
        attempt.known_at = Some(now);
    }
    if declined.is_some() {
        failed(policy, payer, invoice, &mut effects, now)?;
    } else {
        invoice.status = InvoiceStatus::Settled { at: now };
        invoice.charge = Some(charge.key.number);
        payer.close(invoice.product, invoice.number);
        Arc::make_mut(contract).settle(invoice.number, true);
        let card = payer.known(charge.card.as_ref().map(|card| card.number));
        let (number, amount) = (invoice.number, Some(charge.amount));
        let subject = NoticeSubject::RenewalPaid { account, invoice: number, amount, card };
        effects.push(Effect::notify(charge.product, subject));
    }
    effects.push(Effect::Collect(account));
    Ok(effects)
}

/// Demands the notice of an invoice's latest failed attempt, and locks the account if it was the last one (R-PAY-2).
fn failed(
    policy: &BillingPolicy,
    payer: &mut Payer,
    invoice: &Invoice,
    effects: &mut Vec<Effect>,
    now: Timestamp,
) -> Result<(), Error> {
    let (account, product, retries) = (invoice.payer, invoice.product, policy.retries());
    let card = payer.presentable(now).map(|card| card.number);
    let last = invoice.attempts.last();
    let next = match next_step(retries, &invoice.attempts, card, payer.lock.is_some(), now) {
        Step::Wait(next) => Some(next),
        Step::Present { .. } => Some(now),
        Step::Miss | Step::Outstanding | Step::Rest => None,
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let subject = NoticeSubject::PaymentFailed {
        account,
        invoice: invoice.number,
        attempt: count(invoice.attempts.len()),
        failures: count(failures(&invoice.attempts)),
        of: count(retries.attempts()),
        next,
        amount: Some(invoice.outstanding()?),
        result: last.map(|attempt| attempt.result),
        card: payer.known(last.and_then(|attempt| attempt.card)),
        tried_next: next.is_some_and(|next| payer.presentable(next).is_some()),
        locks_at: retries.locks_at(&invoice.attempts).filter(|_| payer.lock.is_none()),
    };
    effects.push(Effect::notify(product, subject));
    if payer.lock.is_none() && is_exhausted(retries, &invoice.attempts) {
        let card = invoice.attempts.last().and_then(|attempt| attempt.card);
        let open = OpenInvoice::of(product, invoice.number, invoice.period);
        payer.lock = Some(PaymentLock { since: now, invoice: open, card });
        effects.push(Effect::Lock { account, since: Some(now) });
        let amount = Some(invoice.outstanding()?);
        let subject = NoticeSubject::AccountLocked { account, invoice: invoice.number, amount };
        effects.push(Effect::notify(product, subject));
    }
    Ok(())
}

/// Unlocks the account: no invoice is open (R-PAY-5).
fn unlock(account: AccountId, payer: &mut Payer, effects: &mut Vec<Effect>) {
    if let Some(lock) = payer.lock.take() {
        let OpenInvoice { product, number, .. } = lock.invoice;
        effects.push(Effect::Lock { account, since: None });
        effects.push(Effect::notify(product, NoticeSubject::AccountUnlocked { account, invoice: number }));
    }
}

/// Demands one notice that the card on file expires, in its last month (R-PAY-7). Returns when that month begins if it
/// is still ahead.
fn notify_expiry(
    account: AccountId,
    payer: &mut Payer,
    paid_for: Option<ProductId>,
    effects: &mut Vec<Effect>,
    now: Timestamp,
) -> Option<Timestamp> {
    let card = payer.card.as_mut().filter(|card| !card.told)?;
    if now < card.expires.start() {
        return Some(card.expires.start());
    }
    // An account that pays for no product needs no notice. It receives one if it starts to pay within that month.
    if let Some(product) = paid_for {
        card.told = true;
        let (number, month, known) = (card.number, card.expires, Some(card.known()));
        effects.push(Effect::notify(product, NoticeSubject::CardExpires { account, card: number, month, known }));
    } else if !card.expires.covers(now) {
        card.told = true;
    }
    None
}
