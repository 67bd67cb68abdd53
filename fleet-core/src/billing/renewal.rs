//! Renewals: issued by the clock, and before any command that decides about a plan. Therefore a late clock yields the
//! same invoices.

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

/// Maximum number of renewals of one product that a command issues before it decides: 50 years of months.
const MAX_LATE_RENEWALS: u32 = 600;

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

impl Fleet {
    /// Issues the invoice of the next period and collects it; or ends the plan and notifies the owner.
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
        self.put_on(Arc::make_mut(&mut product), None, matches!(renewal, Renewal::Continues(_)));
        let owner = product.owner;
        tx.put(id, Arc::clone(&product));
        let Renewal::Continues(mut next) = renewal else {
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

    /// Decides how a plan continues: on the product's tier at its current price, or at the last price if it has none
    /// any more. The plan ends if the tier costs nothing.
    fn renewal(&self, product: &Product, contract: &Contract, plan: &Plan) -> Renewal {
        let Some((interval, price)) = self.renewal_price(product, contract, plan) else { return Renewal::Ends };
        let period = Anchor::at(product.created_at).period_at(interval, plan.period.end);
        if period.start >= period.end {
            return Renewal::Ends;
        }
        let tier = Arc::clone(&product.tier);
        Renewal::Continues(Plan { tier, interval, period, price, billed: price, paid: None, invoice: 0 })
    }

    /// Returns the interval and price of the next period. `None` means it costs nothing, and the plan ends (R-BILL-11).
    pub(crate) fn renewal_price(
        &self,
        product: &Product,
        contract: &Contract,
        plan: &Plan,
    ) -> Option<(super::Interval, Money)> {
        let priced = |interval| Some((interval, self.price(contract, &product.tier, interval)?));
        // If the chosen interval is no longer sold, the plan keeps its own interval at today's price.
        let found = contract.at_renewal.and_then(priced).or_else(|| priced(plan.interval));
        let (interval, price) = found.unwrap_or((plan.interval, plan.price));
        (!price.is_zero()).then_some((interval, price))
    }

    /// Sends the owner one notice for a renewal at which no card will be valid (R-PAY-7).
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

    /// Records a new owner, who pays for the plan from the next renewal on, and sends the notices about a missing card.
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

    /// Updates the notices about a missing card for all products of an account whose card has changed or will expire.
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
            let before = record.card_needed;
            self.warn(tx, id, Arc::make_mut(&mut record), now)?;
            if record.card_needed != before {
                tx.put(id, record);
            }
        }
        Ok(())
    }

    /// Refuses an unconfirmed leap of the clock (R-BILL-10): the clock did not advance for longer than the policy
    /// allows, and something has been due for over a week. `due` is the earliest due moment.
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

/// Whether a moment is in the notice days before a renewal.
fn in_notice(policy: &BillingPolicy, plan: &Plan, now: Timestamp) -> bool {
    policy.card_notice_days() > 0 && plan.notice_from(policy) <= now && now < plan.period.end
}

impl Console<'_> {
    /// Issues the due renewals of a product, each in its own commit, before a command decides about its plan. Ignores a
    /// renewal that waits for an upgrade: the command itself finds the open upgrade.
    pub(crate) fn up_to_date(&self, product: ProductId, command: Command) -> Result<(), Error> {
        for _ in 0..MAX_LATE_RENEWALS {
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

    /// Issues one renewal of a product if it is due. Returns whether it was due.
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
