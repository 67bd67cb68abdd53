//! Collection of open invoices: requests charges, records failures, and locks or unlocks the account as the rules
//! demand at a moment.
//!
//! Every command that changes what an account owes, or the card that it pays with, calls [`collect`] in the same
//! transaction.

use super::{
    AttemptResult, BillingPolicy, Charge, ChargeKey, Charged, ChargedCard, Contract, Invoice, OpenCharge, OpenInvoice,
    Payer, PaymentAttempt, PaymentLock, Step, failures, is_exhausted, next_step,
};
use crate::notice::{NoticeSubject, notify};
use crate::store::{Key, Record, StoreError, StoreErrorKind, Transaction};
use crate::team::{Account, AccountId};
use crate::{Error, Money, Product, ProductId, Timestamp};
use std::sync::Arc;

/// Does what is due now for an account's open renewal invoices: one at a time, the oldest first (R-PAY-6). Stores the
/// account in the due index under its next due moment.
pub(crate) fn collect(
    tx: &mut Transaction<'_>,
    policy: &BillingPolicy,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let mut record: Arc<Payer> = tx.get(account)?.unwrap_or_default();
    let payer = Arc::make_mut(&mut record);
    let mut retry = None;
    while payer.charging.is_none() {
        let Some(head) = payer.open.first().copied() else {
            unlock(tx, account, payer, now)?;
            break;
        };
        let mut invoice = invoice(tx, head.product, head.number)?;
        let card = payer.presentable(now);
        let number = card.as_ref().map(|card| card.number);
        match (next_step(policy.retries(), &invoice.attempts, number, payer.lock.is_some(), now), card) {
            (Step::Present { scheduled }, Some(card)) => {
                present(tx, payer, Arc::make_mut(&mut invoice), card, scheduled, now)?;
                tx.put((head.product, head.number), invoice);
            }
            (Step::Miss, _) => {
                Arc::make_mut(&mut invoice).attempts.push(PaymentAttempt {
                    at: now,
                    scheduled: true,
                    card: None,
                    result: AttemptResult::NotPresented,
                    known_at: Some(now),
                });
                failed(tx, policy, payer, &invoice, now)?;
                tx.put((head.product, head.number), invoice);
            }
            (Step::Wait(until), _) => {
                retry = Some(until);
                break;
            }
            (Step::Present { .. } | Step::Outstanding | Step::Rest, _) => break,
        }
    }
    let expiry = notify_expiry(tx, account, payer, now)?;
    let due = [retry, expiry].into_iter().flatten().min();
    if payer.due != due {
        if let Some(at) = payer.due {
            tx.delete(Key::AccountDue(at, account));
        }
        if let Some(at) = due {
            tx.put_record(Key::AccountDue(at, account), Record::PRESENT);
        }
        payer.due = due;
    }
    tx.put(account, record);
    Ok(())
}

/// Returns the record of an invoice that other records refer to. A missing record means the store is corrupt.
pub(crate) fn invoice(tx: &mut Transaction<'_>, product: ProductId, number: u32) -> Result<Arc<Invoice>, Error> {
    let missing = || StoreError::new(StoreErrorKind::Corrupt, "an invoice has no record");
    Ok(tx.get((product, number))?.ok_or_else(missing)?)
}

/// Requests a charge: stores a record in the outbox, under the key of what is charged.
pub(crate) fn ask(
    tx: &mut Transaction<'_>,
    contract: &mut Contract,
    (product, account): (ProductId, AccountId),
    what: Charged,
    amount: Money,
    card: Option<ChargedCard>,
    now: Timestamp,
) -> Result<Charge, Error> {
    let number = contract.next_charge()?;
    let created = tx.get::<Arc<Product>>(product)?.map(|product| product.created_at);
    let key = ChargeKey::of(product, created, number, account, what);
    let charge = Charge { key, product, account, purpose: what.purpose(), amount, card, at: now, unknown: false };
    tx.put((product, number), Arc::new(charge.clone()));
    Ok(charge)
}

fn present(
    tx: &mut Transaction<'_>,
    payer: &mut Payer,
    invoice: &mut Invoice,
    card: ChargedCard,
    scheduled: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let mut contract: Arc<Contract> = tx.get(invoice.product)?.unwrap_or_default();
    let attempt =
        PaymentAttempt { at: now, scheduled, card: Some(card.number), result: AttemptResult::Open, known_at: None };
    let what = Charged::Renewal { invoice: invoice.number, period: invoice.period, attempt: invoice.attempts.len() };
    let whose = (invoice.product, invoice.payer);
    let amount = invoice.outstanding()?;
    let charge = ask(tx, Arc::make_mut(&mut contract), whose, what, amount, Some(card), now)?;
    tx.put(invoice.product, contract);
    invoice.attempts.push(attempt);
    payer.charging = Some(OpenCharge { product: invoice.product, number: charge.key.number });
    Ok(())
}

/// Sends the notice of an invoice's latest failed attempt, and locks the account if it was the last attempt (R-PAY-2).
pub(crate) fn failed(
    tx: &mut Transaction<'_>,
    policy: &BillingPolicy,
    payer: &mut Payer,
    invoice: &Invoice,
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
    notify(tx, now, product, subject)?;
    if payer.lock.is_none() && is_exhausted(retries, &invoice.attempts) {
        let card = invoice.attempts.last().and_then(|attempt| attempt.card);
        let open = OpenInvoice::of(product, invoice.number, invoice.period);
        payer.lock = Some(PaymentLock { since: now, invoice: open, card });
        set_unpaid(tx, account, Some(now))?;
        let amount = Some(invoice.outstanding()?);
        notify(tx, now, product, NoticeSubject::AccountLocked { account, invoice: invoice.number, amount })?;
    }
    Ok(())
}

/// Unlocks the account once no invoice is open (R-PAY-5).
fn unlock(tx: &mut Transaction<'_>, account: AccountId, payer: &mut Payer, now: Timestamp) -> Result<(), Error> {
    if let Some(lock) = payer.lock.take() {
        set_unpaid(tx, account, None)?;
        let OpenInvoice { product, number, .. } = lock.invoice;
        notify(tx, now, product, NoticeSubject::AccountUnlocked { account, invoice: number })?;
    }
    Ok(())
}

fn set_unpaid(tx: &mut Transaction<'_>, account: AccountId, since: Option<Timestamp>) -> Result<(), Error> {
    if let Some(mut record) = tx.get::<Arc<Account>>(account)? {
        Arc::make_mut(&mut record).unpaid_since = since;
        tx.put(account, record);
    }
    Ok(())
}

/// Sends the owner one notice that the card on file expires, in its last month (R-PAY-7). Returns when that month
/// begins if it is still ahead.
fn notify_expiry(
    tx: &mut Transaction<'_>,
    account: AccountId,
    payer: &mut Payer,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let Some(card) = payer.card.as_mut().filter(|card| !card.told) else { return Ok(None) };
    if now < card.expires.start() {
        return Ok(Some(card.expires.start()));
    }
    // An account that pays for no product needs no notice. It receives one if it starts to pay within that month.
    if let Some(product) = paid_product(tx, account)? {
        card.told = true;
        let (number, month, known) = (card.number, card.expires, Some(card.known()));
        let subject = NoticeSubject::CardExpires { account, card: number, month, known };
        notify(tx, now, product, subject)?;
    } else if !card.expires.covers(now) {
        card.told = true;
    }
    Ok(None)
}

/// Returns a product that the account pays for: notices are stored under a product.
fn paid_product(tx: &mut Transaction<'_>, account: AccountId) -> Result<Option<ProductId>, Error> {
    let mut products = tx.get::<Arc<Payer>>(account)?.map(|payer| payer.products.clone()).unwrap_or_default();
    let rows = tx.store().scan(&Key::memberships(account))?.into_iter();
    products
        .extend(rows.filter_map(|row| if let Key::Membership(_, product) = row.key { Some(product) } else { None }));
    for product in products {
        let plan = tx.get::<Arc<Contract>>(product)?.and_then(|contract| contract.plan.clone());
        let owner = tx.get::<Arc<crate::Product>>(product)?.map(|product| product.owner);
        if plan.is_some() && owner == Some(account) {
            return Ok(Some(product));
        }
    }
    Ok(None)
}
