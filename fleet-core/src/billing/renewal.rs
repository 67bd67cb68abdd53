//! Renewals: issued by the clock, and before any command that decides about a plan, so that a clock that is late comes to
//! the same.

use super::collect::collect;
use super::invoice::total;
use super::quote::balanced;
use super::{
    Anchor, BillingPolicy, Contract, Invoice, InvoiceLine, InvoiceStatus, LineKind, OpenInvoice, Payer, Plan, Reason,
};
use crate::directory::Directory;
use crate::fleet::{Console, Fleet};
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, Transaction};
use crate::team::{Access, AccountId, Command};
use crate::{Error, ErrorKind, Money, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// So many renewals of one product a command issues before it decides: 50 years of months.
const MOST_LATE: u32 = 600;

/// Until the clock has advanced for the first time, nothing may be due for longer than this many days.
const FIRST_LEAP_DAYS: u32 = 366;

/// What has waited for no longer than this many days is late, and no leap: it would have been done once, all the same.
const LATE_DAYS: u32 = 7;

/// What a product goes on with.
enum Renewal {
    /// The next period, at this price.
    Goes(Plan),
    /// Nothing: it is on a tier that costs nothing.
    Ends,
}

impl Fleet {
    /// Issues the invoice of the period that follows, and has it paid; or ends the plan, and tells its owner.
    pub(crate) fn renew(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        mut record: Arc<Contract>,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut product = tx.get::<Arc<Product>>(id)?.ok_or_else(|| Error::not_found("product"))?;
        let contract = Arc::make_mut(&mut record);
        let renewal = self.renewal(&product, contract, plan);
        contract.at_renewal = None;
        contract.quotes.clear();
        (contract.warned, contract.card_needed) = (false, false);
        self.put_on(Arc::make_mut(&mut product), None, matches!(renewal, Renewal::Goes(_)));
        let owner = product.owner;
        tx.put(id, Arc::clone(&product));
        let Renewal::Goes(mut next) = renewal else {
            contract.plan = None;
            self.schedule(tx, id, contract);
            let tier = product.tier.to_string();
            notify(tx, now, id, NoticeSubject::PlanEnded { account: owner, tier, since: plan.period.end })?;
            tx.put(id, record);
            return Ok(());
        };
        let none = Money::zero(next.price.currency());
        let (tier, span) = (Arc::clone(&next.tier), (next.period.start, next.period.end));
        let full = InvoiceLine {
            kind: LineKind::Period,
            tier: Arc::clone(&tier),
            from: span.0,
            to: span.1,
            amount: next.price,
        };
        let mut lines = vec![full];
        contract.balance = balanced(&mut lines, contract.balance, &tier, span)?;
        let number = contract.next_invoice()?;
        let total = total(&lines, none)?;
        let is_open = !total.is_zero();
        (next.invoice, next.paid) = (number, Some(next.price.minus(total)?));
        let period = next.period;
        contract.plan = Some(next);
        if is_open {
            contract.unpaid.insert(number);
        }
        self.schedule(tx, id, contract);
        tx.put(id, record);
        let invoice = Invoice {
            number,
            product: id,
            payer: owner,
            reason: Reason::Renewal,
            issued_at: now,
            period,
            lines,
            total,
            offset: none,
            refund: none,
            status: if is_open { InvoiceStatus::Open } else { InvoiceStatus::Settled { at: now } },
            charge: None,
            attempts: Vec::new(),
        };
        tx.put((id, number), Arc::new(invoice));
        let mut payer: Arc<Payer> = tx.get(owner)?.unwrap_or_default();
        Arc::make_mut(&mut payer).products.insert(id);
        if is_open {
            Arc::make_mut(&mut payer).owe(OpenInvoice::of(id, number, period));
        }
        tx.put(owner, payer);
        if is_open { collect(tx, self.billing(), owner, now) } else { Ok(()) }
    }

    /// What a plan goes on with: the tier that the product is on, at its price; and where there is none any more, at the
    /// last one. It ends where the tier costs nothing.
    fn renewal(&self, product: &Product, contract: &Contract, plan: &Plan) -> Renewal {
        let Some((interval, price)) = self.renewal_price(product, contract, plan) else { return Renewal::Ends };
        let period = Anchor::at(product.created_at).period_at(interval, plan.period.end);
        if period.start >= period.end {
            return Renewal::Ends;
        }
        let tier = Arc::clone(&product.tier);
        Renewal::Goes(Plan { tier, interval, period, price, billed: price, paid: None, invoice: 0 })
    }

    /// At which interval and price the next period is billed; none: it costs nothing, and the plan ends (R-BILL-11).
    pub(crate) fn renewal_price(
        &self,
        product: &Product,
        contract: &Contract,
        plan: &Plan,
    ) -> Option<(super::Interval, Money)> {
        let priced = |interval| Some((interval, self.price(contract, &product.tier, interval)?));
        // An interval that is sold no more leaves the plan at its own, as that is sold today.
        let found = contract.at_renewal.and_then(priced).or_else(|| priced(plan.interval));
        let (interval, price) = found.unwrap_or((plan.interval, plan.price));
        (!price.is_zero()).then_some((interval, price))
    }

    /// Tells the owner, once for a renewal, that no card will be good at it (R-PAY-7).
    pub(crate) fn warn(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        contract: &mut Contract,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(plan) = contract.plan.as_ref().filter(|plan| in_notice(self.billing(), plan, now)) else {
            return Ok(());
        };
        if contract.card_needed {
            return Ok(());
        }
        let Some(product) = tx.get::<Arc<Product>>(id)? else { return Ok(()) };
        let payer: Arc<Payer> = tx.get(product.owner)?.unwrap_or_default();
        let renewal = plan.period.end;
        let price = self.renewal_price(&product, contract, plan);
        let amount = price.map(|(_, price)| price.minus(contract.balance)).transpose()?.map(Money::or_zero);
        let Some(amount) = amount.filter(|amount| !amount.is_zero()) else { return Ok(()) };
        if payer.card.as_ref().is_some_and(|card| card.is_good(renewal)) {
            return Ok(());
        }
        contract.card_needed = true;
        let (account, card) = (product.owner, payer.known(None));
        notify(tx, now, id, NoticeSubject::CardNeeded { account, renewal, amount: Some(amount), card })
    }

    /// A product has another owner, who pays for its plan from the next renewal on: they are told what their card will miss.
    pub(crate) fn pays_from_now_on(
        &self,
        tx: &mut Transaction<'_>,
        product: ProductId,
        owner: AccountId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(mut record) = tx.get::<Arc<Contract>>(product)?.filter(|record| record.plan.is_some()) else {
            return Ok(());
        };
        let contract = Arc::make_mut(&mut record);
        contract.card_needed = false;
        self.warn(tx, product, contract, now)?;
        tx.put(product, record);
        let mut payer: Arc<Payer> = tx.get(owner)?.unwrap_or_default();
        Arc::make_mut(&mut payer).products.insert(product);
        tx.put(owner, payer);
        collect(tx, self.billing(), owner, now)
    }

    /// The same for all products of an account whose card has changed, or will be good no longer.
    pub(crate) fn warn_account(
        &self,
        tx: &mut Transaction<'_>,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let rows = tx.store().scan(&Key::memberships(account))?.into_iter();
        let products: Vec<ProductId> = rows
            .filter_map(|row| if let Key::Membership(_, product) = row.key { Some(product) } else { None })
            .collect();
        tx.load(products.iter().flat_map(|product| [Key::Product(*product), Key::Contract(*product)]))?;
        for id in products {
            let owner = tx.get::<Arc<Product>>(id)?.map(|product| product.owner);
            let Some(mut record) = tx.get::<Arc<Contract>>(id)?.filter(|_| owner == Some(account)) else {
                continue;
            };
            let told = record.card_needed;
            self.warn(tx, id, Arc::make_mut(&mut record), now)?;
            if record.card_needed != told {
                tx.put(id, record);
            }
        }
        Ok(())
    }

    /// Refuses a leap of the clock that nobody confirmed (R-BILL-10): the clock did not advance for longer than the policy
    /// allows, and something has been due for over a week. `due` is the earliest that is due.
    pub(crate) fn no_leap(&self, directory: &Directory, due: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
        let Some(due) = due else { return Ok(()) };
        let over = |since: Timestamp, days: u32| now.since(since) > Duration::from_secs(86_400) * days;
        let days = self.billing().leap_days();
        let leaps = match directory.advanced_at {
            Some(last) => over(last, days) && over(due, LATE_DAYS),
            None => over(due, FIRST_LEAP_DAYS),
        };
        if !leaps {
            return Ok(());
        }
        Err(ErrorKind::ClockLeap { last: directory.advanced_at.unwrap_or(due), now, days }.into())
    }
}

/// Whether a moment is in the days before a renewal in which its owner is told that no card will be good.
fn in_notice(policy: &BillingPolicy, plan: &Plan, now: Timestamp) -> bool {
    policy.card_notice_days() > 0 && plan.notice_from(policy) <= now && now < plan.period.end
}

impl Console<'_> {
    /// Issues the renewals of a product that are due, each in a commit of its own, before a command decides about its
    /// plan. Says nothing of one that waits for an upgrade: the command finds the upgrade open.
    pub(crate) fn up_to_date(&self, product: ProductId, command: Command) -> Result<(), Error> {
        for _ in 0..MOST_LATE {
            let is_late = self.fleet.transact(|tx| {
                Access::check(tx, self.actor, command, product)?;
                self.renew_if_due(tx, product)
            })?;
            if !is_late {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Issues one renewal of a product, if it is due. Says whether it was.
    pub(crate) fn renew_if_due(&self, tx: &mut Transaction<'_>, product: ProductId) -> Result<bool, Error> {
        let record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
        let late = record.plan.clone().filter(|plan| self.now >= plan.period.end && record.upgrade.is_none());
        let Some(plan) = late else { return Ok(false) };
        let directory: Directory = tx.get(())?.unwrap_or_default();
        self.fleet.no_leap(&directory, Some(plan.period.end), self.now)?;
        self.fleet.renew(tx, product, record, &plan, self.now)?;
        Ok(true)
    }
}
