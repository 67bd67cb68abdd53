//! Billing commands of the operator: end and lower plans, agree on prices, write off invoices.

use crate::audit::{Entry, shown};
use crate::billing::credit::return_balance;
use crate::billing::ending::{reduce, write_off};
use crate::billing::rows::{apply, invoice, put_payer};
use crate::billing::{AgreedPrice, Contract, Interval, Invoice, Payer, Plan, Price, Reason};
use crate::fleet::{Console, ProductConsole};
use crate::product::Product;
use crate::store::Transaction;
use crate::team::{Access, Command};
use crate::{Error, ErrorKind, Money};
use std::sync::Arc;

impl ProductConsole<'_> {
    /// Ends a product's plan now and puts the product on the first tier (R-BILL-7). The unused rest is credited:
    /// the paid part, never more than was paid, is refunded together with the balance of earlier invoices; the unpaid
    /// part reduces the open invoice. If no plan is running, only the balance is refunded. A renewal that is due is
    /// issued first. Returns the credit note. For operators only.
    ///
    /// # Errors
    /// `no_plan` if there is no balance either; `charge_open` while a charge that this depends on has no outcome;
    /// `not_found`.
    pub fn cancel_plan(&self) -> Result<Invoice, Error> {
        let Self { console, product } = *self;
        console.up_to_date(product, Command::CancelPlan)?;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::CancelPlan, product)?;
            let before: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let (has_plan, note) = console.end_plan(tx, &access.product)?;
            let note = note.ok_or(ErrorKind::NoPlan)?;
            let mut tier = Entry::default();
            if has_plan {
                tier = console.put_on_tier(tx, access.product, &console.fleet.catalogue().first(), false);
            }
            let after: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let entry = before.change(format!("credit note {}", note.number), &after).and(tier);
            console.note(tx, product, Command::CancelPlan, entry);
            Ok(note)
        })
    }

    /// Puts a product on a lower tier now (R-TIER-4). The price difference of the rest of the period is credited: the
    /// paid part reduces the next invoices, the unpaid part the open one. Nothing over the new limits is deleted.
    /// Returns the credit note. For operators only. To reach the free tier, use [`cancel_plan`](Self::cancel_plan).
    ///
    /// # Errors
    /// `no_plan`; `invalid` for a tier that is not lower or costs nothing; `price_by_agreement`; `charge_open`;
    /// `not_found`.
    pub fn downgrade(&self, tier: &str) -> Result<Invoice, Error> {
        let Self { console, product } = *self;
        console.up_to_date(product, Command::Downgrade)?;
        let tier = console.fleet.catalogue().named(tier)?;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::Downgrade, product)?;
            let record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let plan = record.plan.as_ref().ok_or(ErrorKind::NoPlan)?;
            let catalogue = console.fleet.catalogue();
            let interval = plan.interval;
            let price = console.fleet.catalogue().price_for(&record, &tier, interval);
            let price = price.ok_or(ErrorKind::PriceByAgreement { tier: Arc::clone(&tier), interval })?;
            // A tier that is no longer sold has no rank: its price decides which tiers are below it.
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
            let note = console.reduce(tx, &access.product, record, Some((&tier, price)))?;
            let on_tier = console.put_on_tier(tx, access.product, &tier, true);
            let after: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let entry = before.change(format!("to {tier}, credit note {}", note.number), &after).and(on_tier);
            console.note(tx, product, Command::Downgrade, entry);
            Ok(note)
        })
    }

    /// Sets the agreed price of a full period of a tier for a product, from its next quote or renewal on. `None` means
    /// the catalogue's price (R-TIER-1). A renewal that is due is issued first, at the old price. For operators only.
    ///
    /// # Errors
    /// `invalid` for a tier that is not in the catalogue, a price of zero or out of its range, or one in another
    /// currency than the product's; `price_by_agreement` if the product's plan would have no price; `charge_open`;
    /// `not_found`.
    pub fn agree_price(&self, tier: &str, interval: Interval, price: Option<Money>) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.up_to_date(product, Command::AgreePrice)?;
        let tier = console.fleet.catalogue().named(tier)?;
        let price = price.map(|amount| Price::new(interval, amount)).transpose()?.map(|price| price.amount);
        if price.is_some_and(Money::is_zero) {
            let problem = "agree on more than nothing; `set_tier` puts a product on a tier without a charge";
            return Err(Error::invalid("price", problem));
        }
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::AgreePrice, product)?;
            let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            record.no_renewal_due(console.now)?;
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
            // The plan continues at the interval chosen for its renewal, or at its current one.
            let goes_on = |plan: &Plan| plan.interval == interval || contract.at_renewal == Some(interval);
            let is_needed = contract.plan.as_ref().is_some_and(goes_on) && access.product.tier == tier;
            if is_needed && console.fleet.catalogue().price_for(contract, &tier, interval).is_none_or(Money::is_zero) {
                return Err(ErrorKind::PriceByAgreement { tier: Arc::clone(&tier), interval }.into());
            }
            console.fleet.warn(tx, product, contract, console.now)?;
            tx.put(product, record);
            console.note(tx, product, Command::AgreePrice, Entry::changed(format!("{tier}, {interval}"), values));
            Ok(())
        })
    }

    /// Writes off an open renewal invoice: the rest of it need not be paid. What was paid of it stays paid. If it was
    /// the last open invoice of a locked account, the account is unlocked. Invoices of a removed product can be written
    /// off too. For operators only.
    ///
    /// # Errors
    /// `not_found` for an invoice that is not open; `charge_open` while its charge has no outcome.
    pub fn write_off(&self, number: u32) -> Result<Invoice, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check_including_removed(tx, console.actor, Command::WriteOff, product)?;
            let found = tx.get::<Arc<Invoice>>((product, number))?.filter(|invoice| invoice.is_open());
            let mut found = found.ok_or_else(|| Error::not_found("open invoice"))?;
            let outstanding = found.outstanding()?;
            let mut contract: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let mut payer: Arc<Payer> = tx.get(found.payer)?.unwrap_or_default();
            let locked = |payer: &Payer| shown(payer.lock.as_ref().map(|lock| lock.since));
            let before = locked(&payer);
            let effect = write_off(
                Arc::make_mut(&mut contract),
                Arc::make_mut(&mut found),
                Arc::make_mut(&mut payer),
                console.now,
            )?;
            tx.put(product, contract);
            tx.put(found.payer, payer);
            tx.put((product, number), Arc::clone(&found));
            apply(tx, console.fleet.billing(), [effect], console.now)?;
            let payer: Arc<Payer> = tx.get(found.payer)?.unwrap_or_default();
            let values = [
                ("status", "open".to_owned(), "written off".to_owned()),
                ("to pay", outstanding.to_string(), Money::zero(outstanding.currency()).to_string()),
                ("account locked since", before, locked(&payer)),
            ];
            console.note(tx, product, Command::WriteOff, Entry::changed(format!("invoice {number}"), values));
            Ok(Arc::unwrap_or_clone(found))
        })
    }
}

impl Console<'_> {
    /// Ends a product's plan, if it has one, and refunds the balance: the common part of cancellation and removal.
    /// Returns whether it had a plan, and the credit note.
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
        let (mut effects, contract) = (Vec::new(), Arc::make_mut(&mut record));
        let note = return_balance(&mut effects, product, contract, Reason::Cancellation, self.now)?;
        apply(tx, self.fleet.billing(), effects, self.now)?;
        if note.is_some() {
            tx.put(product.id, record);
        }
        Ok((false, note))
    }

    /// Credits the price difference of a plan from now on, and continues with the lower plan or none.
    fn reduce(
        &self,
        tx: &mut Transaction<'_>,
        product: &Product,
        mut record: Arc<Contract>,
        lower: Option<(&Arc<str>, Money)>,
    ) -> Result<Invoice, Error> {
        record.no_upgrade_open()?;
        let plan = record.plan.as_ref().ok_or(ErrorKind::NoPlan)?;
        let mut billed = invoice(tx, product.id, plan.invoice)?;
        let mut payer: Arc<Payer> = tx.get(billed.payer)?.unwrap_or_default();
        let (contract, open) = (Arc::make_mut(&mut record), (Arc::make_mut(&mut billed), Arc::make_mut(&mut payer)));
        let (note, effects) = reduce(self.fleet.billing(), product, contract, open, lower, self.now)?;
        tx.put(product.id, record);
        put_payer(tx, billed.payer, payer)?;
        tx.put((product.id, billed.number), billed);
        apply(tx, self.fleet.billing(), effects, self.now)?;
        Ok(note)
    }

    /// Puts a product on a tier. Returns the change, for the audit.
    fn put_on_tier(&self, tx: &mut Transaction<'_>, mut product: Arc<Product>, tier: &Arc<str>, sold: bool) -> Entry {
        let entry = Entry::changed("", [("tier", product.tier.to_string(), tier.to_string())]);
        self.fleet.catalogue().put_on(Arc::make_mut(&mut product), Some(tier), sold);
        tx.put(product.id, product);
        entry
    }
}
