//! Renewals: the next period of a plan, the notice that no card will be valid for it, and the refusal of a clock that
//! leaps. A renewal is issued by the clock, and before any command that decides about a plan. Therefore a late clock
//! yields the same invoices.

use super::effect::Effect;
use super::invoice::total;
use super::quote::balanced;
use super::{
    Anchor, BillingPolicy, Catalogue, Contract, Interval, Invoice, InvoiceLine, InvoiceStatus, LineKind, OpenInvoice,
    Payer, Plan, Reason,
};
use crate::directory::Directory;
use crate::notice::NoticeSubject;
use crate::product::Product;
use crate::{Error, ErrorKind, Money, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// Maximum number of days that a step may be overdue before the clock has advanced for the first time.
const FIRST_LEAP_DAYS: u32 = 366;

/// A step that is overdue by at most this many days is late, which is no leap: it is done once in any case.
const LATE_DAYS: u32 = 7;

/// How a product continues after its period.
enum Renewal {
    /// With the next period, at this price.
    Continues(Plan),
    /// With nothing: its tier costs nothing.
    Ends,
}

/// Issues the invoice of the next period, which is collected; or ends the plan and notifies the owner.
pub(crate) fn renew(
    (catalogue, policy): (&Catalogue, &BillingPolicy),
    product: &mut Product,
    contract: &mut Contract,
    payer: &mut Payer,
    plan: &Plan,
    now: Timestamp,
) -> Result<Vec<Effect>, Error> {
    let (id, owner) = (product.id, product.owner);
    let renewal = next_plan(catalogue, product, contract, plan);
    contract.at_renewal = None;
    contract.quotes.clear();
    (contract.warned, contract.card_needed) = (false, false);
    catalogue.put_on(product, None, matches!(renewal, Renewal::Continues(_)));
    let Renewal::Continues(next) = renewal else {
        contract.plan = None;
        let subject =
            NoticeSubject::PlanEnded { account: owner, tier: product.tier.to_string(), since: plan.period.end };
        return Ok(contract.reschedule(policy, id).into_iter().chain([Effect::notify(id, subject)]).collect());
    };
    let invoice = bill(product, contract, next, now)?;
    payer.products.insert(id);
    let mut effects: Vec<Effect> = contract.reschedule(policy, id).into_iter().collect();
    if invoice.is_open() {
        payer.owe(OpenInvoice::of(id, invoice.number, invoice.period));
    }
    let owes = invoice.is_open().then_some(Effect::Collect(owner));
    effects.push(Effect::Issue(Arc::new(invoice)));
    effects.extend(owes);
    Ok(effects)
}

/// Bills a period: the balance reduces its price. The invoice is open if anything is left to pay.
fn bill(product: &Product, contract: &mut Contract, mut next: Plan, now: Timestamp) -> Result<Invoice, Error> {
    let none = Money::zero(next.price.currency());
    let (tier, period, amount) = (Arc::clone(&next.tier), next.period, next.price);
    let (from, to) = (period.start, period.end);
    let mut lines = vec![InvoiceLine { kind: LineKind::Period, tier: Arc::clone(&tier), from, to, amount }];
    contract.balance = balanced(&mut lines, contract.balance, &tier, (from, to))?;
    let number = contract.next_invoice()?;
    let total = total(&lines, none)?;
    let is_open = !total.is_zero();
    (next.invoice, next.paid) = (number, Some(next.price.minus(total)?));
    contract.plan = Some(next);
    if is_open {
        contract.unpaid.insert(number);
    }
    let whose = (product.id, product.owner);
    let settled = Invoice::settled(number, whose, Reason::Renewal, period, lines, total, now);
    Ok(if is_open { Invoice { status: InvoiceStatus::Open, ..settled } } else { settled })
}

/// Decides how a plan continues: on the product's tier at its current price, or at the last price if it has none any
/// more. The plan ends if the tier costs nothing.
fn next_plan(catalogue: &Catalogue, product: &Product, contract: &Contract, plan: &Plan) -> Renewal {
    let Some((interval, price)) = catalogue.renewal_price(product, contract, plan) else { return Renewal::Ends };
    let period = Anchor::at(product.created_at).period_at(interval, plan.period.end);
    if period.start >= period.end {
        return Renewal::Ends;
    }
    let tier = Arc::clone(&product.tier);
    Renewal::Continues(Plan { tier, interval, period, price, billed: price, paid: None, invoice: 0 })
}

impl Catalogue {
    /// Returns the interval and price of the next period. `None` means it costs nothing, and the plan ends (R-BILL-11).
    pub(crate) fn renewal_price(
        &self,
        product: &Product,
        contract: &Contract,
        plan: &Plan,
    ) -> Option<(Interval, Money)> {
        let priced = |interval| Some((interval, self.price_for(contract, &product.tier, interval)?));
        // If the chosen interval is no longer sold, the plan keeps its own interval at today's price.
        let found = contract.at_renewal.and_then(priced).or_else(|| priced(plan.interval));
        let (interval, price) = found.unwrap_or((plan.interval, plan.price));
        (!price.is_zero()).then_some((interval, price))
    }
}

impl Contract {
    /// Whether the notice that no card will be valid at the renewal may be due: the notice days have begun, and it was
    /// not sent yet.
    pub(crate) fn may_need_card(&self, policy: &BillingPolicy, now: Timestamp) -> bool {
        let in_notice = |plan: &Plan| plan.notice_from(policy) <= now && now < plan.period.end;
        !self.card_needed && policy.card_notice_days() > 0 && self.plan.as_ref().is_some_and(in_notice)
    }

    /// Demands one notice to the owner for a renewal at which no card will be valid (R-PAY-7).
    pub(crate) fn notify_card_needed(
        &mut self,
        (catalogue, policy): (&Catalogue, &BillingPolicy),
        product: &Product,
        payer: &Payer,
        now: Timestamp,
    ) -> Result<Option<Effect>, Error> {
        let Some(plan) = self.plan.as_ref().filter(|_| self.may_need_card(policy, now)) else { return Ok(None) };
        let renewal = plan.period.end;
        let price = catalogue.renewal_price(product, self, plan);
        let amount = price.map(|(_, price)| price.minus(self.balance)).transpose()?.map(Money::or_zero);
        let has_card = payer.card.as_ref().is_some_and(|card| card.is_good(renewal));
        let Some(amount) = amount.filter(|amount| !amount.is_zero() && !has_card) else { return Ok(None) };
        self.card_needed = true;
        let (account, card) = (product.owner, payer.known(None));
        let subject = NoticeSubject::CardNeeded { account, renewal, amount: Some(amount), card };
        Ok(Some(Effect::notify(product.id, subject)))
    }
}

/// Refuses an unconfirmed leap of the clock (R-BILL-10): the clock did not advance for longer than the policy allows,
/// and something has been due for over a week. `due` is the earliest due moment.
pub(crate) fn no_leap(
    policy: &BillingPolicy,
    directory: &Directory,
    due: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(due) = due else { return Ok(()) };
    let over = |since: Timestamp, days: u32| now.since(since) > Duration::from_secs(86_400) * days;
    let days = policy.leap_days();
    let leaps = match directory.advanced_at {
        Some(last) => over(last, days) && over(due, LATE_DAYS),
        None => over(due, FIRST_LEAP_DAYS),
    };
    if !leaps {
        return Ok(());
    }
    Err(ErrorKind::ClockLeap { last: directory.advanced_at.unwrap_or(due), now, days }.into())
}
