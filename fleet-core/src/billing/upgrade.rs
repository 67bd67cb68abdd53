//! Upgrades: what a quote changes once it is paid, or once it costs nothing.

use super::credit::return_unused;
use super::effect::Effect;
use super::{BillingPolicy, Catalogue, Contract, Invoice, Payer, Plan, Quote, Reason};
use crate::notice::NoticeSubject;
use crate::product::Product;
use crate::team::AccountId;
use crate::{Error, Timestamp};
use std::sync::Arc;

/// Puts a product on the quoted plan and demands the invoice, which is paid by `charge` or costs nothing. `billed` is
/// the invoice of the plan until now: if another account paid for it, the unused rest is refunded to that account.
pub(crate) fn upgrade(
    (catalogue, policy): (&Catalogue, &BillingPolicy),
    product: &mut Product,
    contract: &mut Contract,
    (account, payer): (AccountId, &mut Payer),
    billed: Option<&Invoice>,
    (quote, charge): (Quote, Option<u32>),
    now: Timestamp,
) -> Result<(Invoice, Vec<Effect>), Error> {
    let id = product.id;
    catalogue.put_on(product, Some(&quote.tier), true);
    product.limits = quote.limits.or(product.limits);
    let before = contract.plan.take();
    let number = contract.next_invoice()?;
    let Quote { tier, interval, at, period, price, charge: price_now, lines, due: total, balance, .. } = quote;
    if before.as_ref().is_some_and(|plan| plan.interval != interval) {
        contract.at_renewal = None;
    }
    // A renewal whose date does not change keeps its flag: the owner receives one notice for it.
    let stays = before.as_ref().is_some_and(|plan| plan.period.end == period.end);
    contract.warned &= stays;
    contract.card_needed &= stays;
    let paid = Some(price_now);
    contract.plan = Some(Plan { tier, interval, period, price, billed: price_now, paid, invoice: number });
    contract.balance = balance;
    contract.quotes.clear();
    let mut effects: Vec<Effect> = contract.reschedule(policy, id).into_iter().collect();
    effects.extend(contract.notify_card_needed((catalogue, policy), product, payer, now)?);
    payer.products.insert(id);
    let settled = Invoice::settled(number, (id, account), Reason::Upgrade, period, lines, total, now);
    let invoice = Invoice { charge, ..settled };
    effects.push(Effect::Issue(Arc::new(invoice.clone())));
    let subject = NoticeSubject::Upgraded { account, invoice: number, amount: Some(total) };
    effects.push(Effect::notify(id, subject));
    if let Some((before, billed)) = before.zip(billed.filter(|billed| billed.payer != account)) {
        return_unused(&mut effects, id, contract, (&before, billed), at, now)?;
    }
    Ok((invoice, effects))
}
