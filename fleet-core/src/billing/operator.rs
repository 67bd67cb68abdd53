//! What the operator does about billing: ends and lowers plans, agrees on prices, writes off.

use super::clock::{ask_refund, settle};
use super::collect::{collect, invoice};
use super::ending::{Ending, ending};
use super::invoice::total;
use super::{
    AgreedPrice, Interval, Invoice, InvoiceStatus, Line, LineKind, OpenInvoice, Payer, Plan, Price, Reason,
    Subscription,
};
use crate::fleet::Console;
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::Transaction;
use crate::team::{Access, Command};
use crate::{Error, ErrorKind, Money};
use std::sync::Arc;

impl Console<'_> {
    /// Ends a product's plan now, and puts it on the first tier (R-BILL-7). The unused rest is credited, never more than
    /// was paid: what was paid goes back, with what earlier invoices left over; what never was lessens the open invoice.
    /// Answers the credit note. An operator's command.
    ///
    /// # Errors
    /// `no_plan`; `charge_open` while a charge that this depends on has no outcome; `not_found`.
    pub fn cancel_plan(&self, product: ProductId) -> Result<Invoice, Error> {
        self.fleet.transact(|tx| {
            let access = Access::check(tx, self.actor, Command::CancelPlan, product)?;
            let note = self.end_plan(tx, &access.product)?.ok_or(ErrorKind::NoPlan)?;
            self.put_on_tier(tx, access.product, self.fleet.catalogue().first());
            self.note(tx, product, Command::CancelPlan, format!("credit note {}", note.number));
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
        let tier = self.fleet.catalogue().named(tier)?;
        self.fleet.transact(|tx| {
            let access = Access::check(tx, self.actor, Command::Downgrade, product)?;
            let record: Arc<Subscription> = tx.get(product)?.unwrap_or_default();
            let plan = record.plan.as_ref().ok_or(ErrorKind::NoPlan)?;
            let catalogue = self.fleet.catalogue();
            if catalogue.rank(&tier) >= catalogue.rank(&plan.tier) {
                return Err(Error::invalid("tier", format!("{tier} is not below {}", plan.tier)));
            }
            let interval = plan.interval;
            let price = self.fleet.price(&record, &tier, interval);
            let price = price.ok_or(ErrorKind::PriceByAgreement { tier: Arc::clone(&tier), interval })?;
            if price.is_zero() {
                return Err(Error::invalid("tier", format!("{tier} costs nothing: cancel the plan instead")));
            }
            let note = self.reduce(tx, &access.product, record, Some((&tier, price)))?;
            self.put_on_tier(tx, access.product, Arc::clone(&tier));
            self.note(tx, product, Command::Downgrade, format!("to {tier}, credit note {}", note.number));
            Ok(note)
        })
    }

    /// Agrees on what a full period of a tier costs a product, from its next quote or renewal on; none: what the
    /// catalogue says (R-TIER-1). An operator's command.
    ///
    /// # Errors
    /// `invalid` for a tier that the catalogue has not, a price out of its range, or in another currency than the
    /// product's; `not_found`.
    pub fn agree_price(
        &self,
        product: ProductId,
        tier: &str,
        interval: Interval,
        price: Option<Money>,
    ) -> Result<(), Error> {
        let tier = self.fleet.catalogue().named(tier)?;
        let price = price.map(|amount| Price::new(interval, amount)).transpose()?.map(|price| price.amount);
        self.fleet.transact(|tx| {
            Access::check(tx, self.actor, Command::AgreePrice, product)?;
            let mut record: Arc<Subscription> = tx.get(product)?.unwrap_or_default();
            if let Some(price) = price.filter(|price| price.currency() != record.currency) {
                let problem = format!("the product is billed in {}, not {}", record.currency, price.currency());
                return Err(Error::invalid("price", problem));
            }
            let subscription = Arc::make_mut(&mut record);
            subscription.agreed.retain(|agreed| agreed.tier != tier || agreed.interval != interval);
            subscription.agreed.extend(price.map(|price| AgreedPrice { tier: Arc::clone(&tier), interval, price }));
            subscription.quotes.clear();
            tx.put(product, record);
            self.note(tx, product, Command::AgreePrice, format!("{tier}, {interval}"));
            Ok(())
        })
    }

    /// Writes an open renewal invoice off: it is not to be paid any more. Where it was the last that an account was
    /// locked for, the account is unlocked. An operator's command.
    ///
    /// # Errors
    /// `not_found` for an invoice that is not open; `charge_open` while its charge has no outcome.
    pub fn write_off(&self, product: ProductId, number: u32) -> Result<Invoice, Error> {
        self.fleet.transact(|tx| {
            Access::check(tx, self.actor, Command::WriteOff, product)?;
            let found = tx.get::<Arc<Invoice>>((product, number))?.filter(|invoice| invoice.is_open());
            let mut found = found.ok_or_else(|| Error::not_found("open invoice"))?;
            no_charge_for(tx, &found)?;
            Arc::make_mut(&mut found).status = InvoiceStatus::Void { at: self.now };
            tx.put((product, number), Arc::clone(&found));
            let mut record: Arc<Subscription> = tx.get(product)?.unwrap_or_default();
            if let Some(plan) = Arc::make_mut(&mut record).plan.as_mut().filter(|plan| plan.invoice == number) {
                // Nothing is ever credited that was not paid.
                plan.billed = plan.paid(&found)?;
                tx.put(product, record);
            }
            self.close(tx, &found)?;
            self.note(tx, product, Command::WriteOff, format!("invoice {number}"));
            Ok(Arc::unwrap_or_clone(found))
        })
    }

    /// Ends a product's plan, where it has one: what a cancellation and a removal have in common. Answers the credit
    /// note.
    pub(crate) fn end_plan(&self, tx: &mut Transaction<'_>, product: &Product) -> Result<Option<Invoice>, Error> {
        let record: Arc<Subscription> = tx.get(product.id)?.unwrap_or_default();
        record.no_upgrade_open()?;
        match record.plan {
            Some(_) => self.reduce(tx, product, record, None).map(Some),
            None => Ok(None),
        }
    }

    /// Credits what a plan costs less from now on, and goes on with the lower one or none.
    fn reduce(
        &self,
        tx: &mut Transaction<'_>,
        product: &Product,
        mut record: Arc<Subscription>,
        lower: Option<(&Arc<str>, Money)>,
    ) -> Result<Invoice, Error> {
        record.no_upgrade_open()?;
        let subscription = Arc::make_mut(&mut record);
        let plan = subscription.plan.take().ok_or(ErrorKind::NoPlan)?;
        let billed = invoice(tx, OpenInvoice { product: product.id, number: plan.invoice })?;
        if billed.is_open() {
            no_charge_for(tx, &billed)?;
        }
        let none = Money::zero(subscription.currency);
        let Ending { mut lines, charge, split } = ending(&plan, plan.paid(&billed)?, lower, self.now)?;
        let refund = match lower {
            Some((tier, price)) => {
                subscription.balance = subscription.balance.plus(split.refund)?;
                let (tier, billed) = (Arc::clone(tier), charge);
                subscription.plan = Some(Plan { tier, price, billed, ..plan.clone() });
                none
            }
            None => {
                let kept = std::mem::replace(&mut subscription.balance, none);
                if !kept.is_zero() {
                    lines.push(kept_line(&plan, kept, self.now.max(plan.period.start))?);
                }
                subscription.at_renewal = None;
                split.refund.plus(kept)?
            }
        };
        subscription.quotes.clear();
        let note = Invoice {
            number: subscription.next_invoice()?,
            product: product.id,
            payer: billed.payer,
            reason: if lower.is_some() { Reason::Downgrade } else { Reason::Cancellation },
            issued_at: self.now,
            period: plan.period,
            total: total(&lines, none)?,
            lines,
            offset: split.offset,
            refund,
            status: InvoiceStatus::Settled { at: self.now },
            charge: None,
            attempts: Vec::new(),
        };
        ask_refund(tx, subscription, &note, self.now)?;
        self.fleet.schedule(tx, product.id, subscription);
        tx.put(product.id, record);
        tx.put((product.id, note.number), Arc::new(note.clone()));
        self.offset(tx, billed, split.offset)?;
        let subject = NoticeSubject::PlanReduced { account: note.payer, invoice: note.number };
        notify(tx, self.now, product.id, subject)?;
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
        if is_settled { self.close(tx, &billed) } else { Ok(()) }
    }

    /// Takes an invoice off the lists of what is to be paid, and goes on with the next.
    fn close(&self, tx: &mut Transaction<'_>, invoice: &Invoice) -> Result<(), Error> {
        settle(tx, invoice.product, invoice.number)?;
        let mut payer: Arc<Payer> = tx.get(invoice.payer)?.unwrap_or_default();
        Arc::make_mut(&mut payer).close(invoice.product, invoice.number);
        tx.put(invoice.payer, payer);
        collect(tx, self.fleet.billing(), invoice.payer, self.now)
    }

    fn put_on_tier(&self, tx: &mut Transaction<'_>, mut product: Arc<Product>, tier: Arc<str>) {
        Arc::make_mut(&mut product).tier = tier;
        tx.put(product.id, product);
    }
}

/// What earlier invoices left over, given back at the end.
fn kept_line(plan: &Plan, kept: Money, from: crate::Timestamp) -> Result<Line, Error> {
    let (tier, to) = (Arc::clone(&plan.tier), plan.period.end);
    Ok(Line { kind: LineKind::Balance, tier, from, to, amount: kept.negated()? })
}

/// Refuses while a charge for an invoice has no outcome.
fn no_charge_for(tx: &mut Transaction<'_>, invoice: &Invoice) -> Result<(), Error> {
    let payer: Arc<Payer> = tx.get(invoice.payer)?.unwrap_or_default();
    let is_head = payer.open.first() == Some(&OpenInvoice { product: invoice.product, number: invoice.number });
    match payer.charging.filter(|_| is_head) {
        Some(open) => Err(ErrorKind::ChargeOpen { charge: open.number }.into()),
        None => Ok(()),
    }
}
