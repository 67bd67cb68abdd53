//! What the operator does about billing: ends and lowers plans, agrees on prices, writes off.

use super::clock::settle;
use super::collect::{collect, invoice};
use super::credit::{Credit, kept_line, return_balance, write_credit};
use super::ending::{Ending, ending};
use super::{AgreedPrice, AttemptResult, Contract, Interval, Invoice, InvoiceStatus, Payer, Plan, Price, Reason};
use crate::audit::{Entry, shown};
use crate::fleet::Console;
use crate::product::{Product, ProductId};
use crate::store::Transaction;
use crate::team::{Access, Command};
use crate::{Error, ErrorKind, Money};
use std::sync::Arc;

impl Console<'_> {
    /// Ends a product's plan now, and puts it on the first tier (R-BILL-7). The unused rest is credited, never more than
    /// was paid: what was paid goes back, with what earlier invoices left over; what never was lessens the open invoice.
    /// Where no plan runs any more, what is left over goes back. A renewal that is due is issued before. Answers the credit
    /// note. An operator's command.
    ///
    /// # Errors
    /// `no_plan` where nothing is left over either; `charge_open` while a charge that this depends on has no outcome; `not_found`.
    pub fn cancel_plan(&self, product: ProductId) -> Result<Invoice, Error> {
        self.up_to_date(product, Command::CancelPlan)?;
        self.fleet.transact(|tx| {
            let access = Access::check(tx, self.actor, Command::CancelPlan, product)?;
            let before: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let (has_plan, note) = self.end_plan(tx, &access.product)?;
            let note = note.ok_or(ErrorKind::NoPlan)?;
            let mut tier = Entry::default();
            if has_plan {
                tier = self.put_on_tier(tx, access.product, &self.fleet.catalogue().first(), false);
            }
            let after: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let entry = before.change(format!("credit note {}", note.number), &after).and(tier);
            self.note(tx, product, Command::CancelPlan, entry);
            Ok(note)
        })
    }

    /// Puts a product on a lower tier now (R-TIER-4). What the rest of the period costs less is credited: what was paid
    /// lessens the next invoices, what never was the open one. Nothing is deleted that is over the new limits. Answers
    /// the credit note. An operator's command; to the free tier, it is [`cancel_plan`](Self::cancel_plan).
    ///
    /// # Errors
    /// `no_plan`; `invalid` for a tier that is not lower or costs nothing; `price_by_agreement`; `charge_open`;
    /// `not_found`.
    pub fn downgrade(&self, product: ProductId, tier: &str) -> Result<Invoice, Error> {
        self.up_to_date(product, Command::Downgrade)?;
        let tier = self.fleet.catalogue().named(tier)?;
        self.fleet.transact(|tx| {
            let access = Access::check(tx, self.actor, Command::Downgrade, product)?;
            let record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let plan = record.plan.as_ref().ok_or(ErrorKind::NoPlan)?;
            let catalogue = self.fleet.catalogue();
            let interval = plan.interval;
            let price = self.fleet.price(&record, &tier, interval);
            let price = price.ok_or(ErrorKind::PriceByAgreement { tier: Arc::clone(&tier), interval })?;
            // A tier that is sold no more has no place among the others: its price says what is below it.
            let is_below = match catalogue.rank(&plan.tier) {
                Some(rank) => catalogue.rank(&tier) < Some(rank),
                None => price.minor() < plan.price.minor(),
            };
            if plan.tier == tier {
                return Err(Error::invalid("tier", format!("the product is on {tier} already; choose a lower one")));
            }
            if !is_below {
                return Err(Error::invalid(
                    "tier",
                    format!("{tier} is not below {}: upgrade to it instead", plan.tier),
                ));
            }
            if price.is_zero() {
                return Err(Error::invalid("tier", format!("{tier} costs nothing: cancel the plan instead")));
            }
            let before = Arc::clone(&record);
            let note = self.reduce(tx, &access.product, record, Some((&tier, price)))?;
            let on_tier = self.put_on_tier(tx, access.product, &tier, true);
            let after: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let entry = before.change(format!("to {tier}, credit note {}", note.number), &after).and(on_tier);
            self.note(tx, product, Command::Downgrade, entry);
            Ok(note)
        })
    }

    /// Agrees on what a full period of a tier costs a product, from its next quote or renewal on; none: what the
    /// catalogue says (R-TIER-1). A renewal that is due is issued before, at the price until now. An operator's command.
    ///
    /// # Errors
    /// `invalid` for a tier that the catalogue has not, a price of nothing or out of its range, or in another currency than
    /// the product's; `price_by_agreement` where the product's plan would be left without a price; `charge_open`;
    /// `not_found`.
    pub fn agree_price(
        &self,
        product: ProductId,
        tier: &str,
        interval: Interval,
        price: Option<Money>,
    ) -> Result<(), Error> {
        self.up_to_date(product, Command::AgreePrice)?;
        let tier = self.fleet.catalogue().named(tier)?;
        let price = price.map(|amount| Price::new(interval, amount)).transpose()?.map(|price| price.amount);
        if price.is_some_and(Money::is_zero) {
            let problem = "agree on more than nothing; `set_tier` puts a product on a tier without a charge";
            return Err(Error::invalid("price", problem));
        }
        self.fleet.transact(|tx| {
            let access = Access::check(tx, self.actor, Command::AgreePrice, product)?;
            let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            record.no_renewal_due(self.now)?;
            if let Some(price) = price.filter(|price| price.currency() != record.currency) {
                let problem = format!(
                    "the product is billed in {0}, not {1}: agree on a price in {0}",
                    record.currency,
                    price.currency()
                );
                return Err(Error::invalid("price", problem));
            }
            let values = [("agreed price", shown(record.agreed(&tier, interval)), shown(price))];
            let contract = Arc::make_mut(&mut record);
            contract.agreed.retain(|agreed| agreed.tier != tier || agreed.interval != interval);
            contract.agreed.extend(price.map(|price| AgreedPrice { tier: Arc::clone(&tier), interval, price }));
            contract.quotes.clear();
            // The plan goes on at the interval that was chosen for its renewal, or at its own after all.
            let goes_on = |plan: &Plan| plan.interval == interval || contract.at_renewal == Some(interval);
            let is_needed = contract.plan.as_ref().is_some_and(goes_on) && access.product.tier == tier;
            if is_needed && self.fleet.price(contract, &tier, interval).is_none_or(Money::is_zero) {
                return Err(ErrorKind::PriceByAgreement { tier: Arc::clone(&tier), interval }.into());
            }
            self.fleet.warn(tx, product, contract, self.now)?;
            tx.put(product, record);
            self.note(tx, product, Command::AgreePrice, Entry::changed(format!("{tier}, {interval}"), values));
            Ok(())
        })
    }

    /// Writes an open renewal invoice off: it is not to be paid any more. What was paid of it before stays paid. Where it was
    /// the last that an account was locked for, the account is unlocked. A removed product's can be written off too. An
    /// operator's command.
    ///
    /// # Errors
    /// `not_found` for an invoice that is not open; `charge_open` while its charge has no outcome.
    pub fn write_off(&self, product: ProductId, number: u32) -> Result<Invoice, Error> {
        self.fleet.transact(|tx| {
            Access::check_ever(tx, self.actor, Command::WriteOff, product)?;
            let found = tx.get::<Arc<Invoice>>((product, number))?.filter(|invoice| invoice.is_open());
            let mut found = found.ok_or_else(|| Error::not_found("open invoice"))?;
            no_charge_for(tx, &found)?;
            let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            if let Some(plan) = Arc::make_mut(&mut record).plan.as_mut().filter(|plan| plan.invoice == number) {
                plan.paid = Some(plan.paid(&found)?);
                tx.put(product, record);
            }
            let outstanding = found.outstanding()?;
            Arc::make_mut(&mut found).status = InvoiceStatus::Void { at: self.now };
            tx.put((product, number), Arc::clone(&found));
            let locked = |payer: Option<Arc<Payer>>| shown(payer.and_then(|payer| Some(payer.lock.as_ref()?.since)));
            let before = locked(tx.get(found.payer)?);
            self.close(tx, &found, false)?;
            let values = [
                ("status", "open".to_owned(), "written off".to_owned()),
                ("to pay", outstanding.to_string(), Money::zero(outstanding.currency()).to_string()),
                ("account locked since", before, locked(tx.get(found.payer)?)),
            ];
            self.note(tx, product, Command::WriteOff, Entry::changed(format!("invoice {number}"), values));
            Ok(Arc::unwrap_or_clone(found))
        })
    }

    /// Ends a product's plan, where it has one, and gives back what is left over: what a cancellation and a removal have in
    /// common. Answers whether it had one, and the credit note.
    pub(crate) fn end_plan(
        &self,
        tx: &mut Transaction<'_>,
        product: &Product,
    ) -> Result<(bool, Option<Invoice>), Error> {
        let mut record: Arc<Contract> = tx.get(product.id)?.unwrap_or_default();
        record.no_upgrade_open()?;
        record.no_renewal_due(self.now)?;
        if record.plan.is_some() {
            return Ok((true, Some(self.reduce(tx, product, record, None)?)));
        }
        let note = return_balance(tx, product, Arc::make_mut(&mut record), Reason::Cancellation, self.now)?;
        if note.is_some() {
            tx.put(product.id, record);
        }
        Ok((false, note))
    }

    /// Credits what a plan costs less from now on, and goes on with the lower one or none.
    fn reduce(
        &self,
        tx: &mut Transaction<'_>,
        product: &Product,
        mut record: Arc<Contract>,
        lower: Option<(&Arc<str>, Money)>,
    ) -> Result<Invoice, Error> {
        record.no_upgrade_open()?;
        let contract = Arc::make_mut(&mut record);
        let plan = contract.plan.take().ok_or(ErrorKind::NoPlan)?;
        let billed = invoice(tx, product.id, plan.invoice)?;
        if billed.is_open() {
            no_charge_for(tx, &billed)?;
        }
        let is_owners = billed.payer == product.owner;
        let none = Money::zero(contract.currency);
        let paid = plan.paid(&billed)?;
        let Ending { mut lines, charge, charge_paid, split } = ending(&plan, paid, lower, self.now)?;
        let (mut refund, mut offset) = (split.refund, split.offset);
        if !billed.is_open() {
            // What was written off is not credited: there is nothing left that it could lessen.
            if let Some(credit) = lines.first_mut() {
                credit.amount = credit.amount.plus(offset)?;
            }
            offset = none;
        }
        match lower {
            Some((tier, price)) => {
                if is_owners {
                    contract.balance = contract.balance.plus(refund)?;
                    refund = none;
                }
                let (tier, billed, paid) = (Arc::clone(tier), charge, Some(charge_paid));
                contract.plan = Some(Plan { tier, price, billed, paid, ..plan.clone() });
            }
            None => {
                let kept = contract.balance;
                if is_owners && !kept.is_zero() {
                    lines.push(kept_line(&plan.tier, plan.period, kept, self.now)?);
                    refund = refund.plus(kept)?;
                    contract.balance = none;
                }
                contract.at_renewal = None;
            }
        }
        contract.quotes.clear();
        let reason = if lower.is_some() { Reason::Downgrade } else { Reason::Cancellation };
        let credit = Credit { payer: billed.payer, reason, period: plan.period, lines, offset, refund };
        let note = write_credit(tx, product.id, contract, credit, self.now)?;
        if lower.is_none() {
            return_balance(tx, product, contract, Reason::Cancellation, self.now)?;
        }
        self.fleet.schedule(tx, product.id, contract);
        tx.put(product.id, record);
        self.offset(tx, billed, offset)?;
        Ok(note)
    }

    /// Takes off an open invoice what is not to be paid of it any more.
    fn offset(&self, tx: &mut Transaction<'_>, mut billed: Arc<Invoice>, offset: Money) -> Result<(), Error> {
        if !billed.is_open() || offset.is_zero() {
            return Ok(());
        }
        let invoice = Arc::make_mut(&mut billed);
        invoice.offset = invoice.offset.plus(offset)?;
        let is_settled = invoice.outstanding()?.is_zero();
        if is_settled {
            invoice.status = InvoiceStatus::Settled { at: self.now };
        }
        tx.put((billed.product, billed.number), Arc::clone(&billed));
        if is_settled { self.close(tx, &billed, true) } else { Ok(()) }
    }

    /// Takes an invoice off the lists of what is to be paid, and goes on with the next.
    fn close(&self, tx: &mut Transaction<'_>, invoice: &Invoice, paid: bool) -> Result<(), Error> {
        settle(tx, invoice.product, invoice.number, paid)?;
        let mut payer: Arc<Payer> = tx.get(invoice.payer)?.unwrap_or_default();
        Arc::make_mut(&mut payer).close(invoice.product, invoice.number);
        tx.put(invoice.payer, payer);
        collect(tx, self.fleet.billing(), invoice.payer, self.now)
    }

    /// Answers what that changes, for the audit.
    fn put_on_tier(&self, tx: &mut Transaction<'_>, mut product: Arc<Product>, tier: &Arc<str>, sold: bool) -> Entry {
        let entry = Entry::changed("", [("tier", product.tier.to_string(), tier.to_string())]);
        self.fleet.put_on(Arc::make_mut(&mut product), Some(tier), sold);
        tx.put(product.id, product);
        entry
    }
}

/// Refuses while a charge for an invoice has no outcome.
fn no_charge_for(tx: &mut Transaction<'_>, invoice: &Invoice) -> Result<(), Error> {
    let payer: Arc<Payer> = tx.get(invoice.payer)?.unwrap_or_default();
    let is_charged = invoice.attempts.iter().any(|attempt| attempt.result == AttemptResult::Open);
    match payer.charging.filter(|_| is_charged) {
        Some(open) => Err(ErrorKind::ChargeOpen { charge: open.number }.into()),
        None => Ok(()),
    }
}
