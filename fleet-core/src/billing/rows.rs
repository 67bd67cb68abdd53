//! Reads and stages the records of billing, for all doors, and applies what the rules demand.

use super::collect::{Oldest, attempt_oldest};
use super::effect::{Effect, NewCharge};
use super::{BillingPolicy, Charge, ChargeKey, Contract, Invoice, Payer, Plan, Quote, renewal, upgrade};
use crate::fleet::Fleet;
use crate::notice::notify;
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, StoreError, StoreErrorKind, Transaction};
use crate::team::{Account, AccountId, products_of};
use crate::{Error, Timestamp};
use std::sync::Arc;

/// Applies what a rule demands. The records that the rule changed are staged before.
pub(crate) fn apply(
    tx: &mut Transaction<'_>,
    policy: &BillingPolicy,
    effects: impl IntoIterator<Item = Effect>,
    now: Timestamp,
) -> Result<(), Error> {
    for effect in effects {
        match effect {
            Effect::Charge(charge) => drop(request(tx, *charge, now)?),
            Effect::Issue(invoice) => tx.put((invoice.product, invoice.number), invoice),
            Effect::Notify(product, subject) => notify(tx, now, product, *subject)?,
            Effect::Lock { account, since } => {
                if let Some(mut record) = tx.get::<Arc<Account>>(account)? {
                    Arc::make_mut(&mut record).unpaid_since = since;
                    tx.put(account, record);
                }
            }
            Effect::ProductDue { product, before, at } => {
                move_due(tx, |at| Key::ProductDue(at, product), before, at);
            }
            Effect::AccountDue { account, before, at } => {
                move_due(tx, |at| Key::AccountDue(at, account), before, at);
            }
            Effect::Collect(account) => collect(tx, policy, account, now)?,
        }
    }
    Ok(())
}

/// Stores a charge in the outbox, under a new key.
pub(crate) fn request(tx: &mut Transaction<'_>, new: NewCharge, now: Timestamp) -> Result<Charge, Error> {
    let NewCharge { product, number, account, what, amount, card } = new;
    let created = tx.get::<Arc<Product>>(product)?.map(|product| product.created_at);
    let key = ChargeKey::of(product, created, number, account, what);
    let charge = Charge { key, product, account, purpose: what.purpose(), amount, card, at: now, unknown: false };
    tx.put((product, number), Arc::new(charge.clone()));
    Ok(charge)
}

fn move_due(
    tx: &mut Transaction<'_>,
    key: impl Fn(Timestamp) -> Key,
    before: Option<Timestamp>,
    at: Option<Timestamp>,
) {
    if let Some(before) = before {
        tx.delete(key(before));
    }
    if let Some(at) = at {
        tx.put_record(key(at), Record::PRESENT);
    }
}

/// Does what is due now for an account's open renewal invoices, and stores when the next step is due.
pub(crate) fn collect(
    tx: &mut Transaction<'_>,
    policy: &BillingPolicy,
    account: AccountId,
    now: Timestamp,
) -> Result<(), Error> {
    let mut record: Arc<Payer> = tx.get(account)?.unwrap_or_default();
    let payer = Arc::make_mut(&mut record);
    let mut oldest = match payer.open.first().filter(|_| payer.charging.is_none()) {
        Some(open) => Some(owed(tx, open.product, open.number)?),
        None => None,
    };
    let before = oldest.clone();
    let may_expire = payer.card.as_ref().is_some_and(|card| !card.told && now >= card.expires.start());
    let paid_for = if may_expire { paid_product(tx, account)? } else { None };
    let effects = attempt_oldest(policy, account, payer, oldest.as_mut(), paid_for, now)?;
    tx.put(account, record);
    if let Some((before, oldest)) = before.zip(oldest) {
        put_owed(tx, &before, oldest);
    }
    apply(tx, policy, effects, now)
}

/// Reads an invoice and the contract of its product.
pub(crate) fn owed(tx: &mut Transaction<'_>, product: ProductId, number: u32) -> Result<Oldest, Error> {
    Ok(Oldest { invoice: invoice(tx, product, number)?, contract: tx.get(product)?.unwrap_or_default() })
}

/// Stores an invoice and the contract of its product, as far as they have changed.
pub(crate) fn put_owed(tx: &mut Transaction<'_>, before: &Oldest, Oldest { invoice, contract }: Oldest) {
    if contract != before.contract {
        tx.put(invoice.product, contract);
    }
    if invoice != before.invoice {
        tx.put((invoice.product, invoice.number), invoice);
    }
}

/// Stores the payments of an account if they have changed.
pub(crate) fn put_payer(tx: &mut Transaction<'_>, account: AccountId, payer: Arc<Payer>) -> Result<(), Error> {
    if tx.get::<Arc<Payer>>(account)?.unwrap_or_default() != payer {
        tx.put(account, payer);
    }
    Ok(())
}

/// Returns the record of an invoice that other records refer to. A missing record means the store is corrupt.
pub(crate) fn invoice(tx: &mut Transaction<'_>, product: ProductId, number: u32) -> Result<Arc<Invoice>, Error> {
    let missing = || StoreError::new(StoreErrorKind::Corrupt, "an invoice has no record");
    Ok(tx.get((product, number))?.ok_or_else(missing)?)
}

/// Returns a product that the account pays for: notices are stored under a product.
fn paid_product(tx: &mut Transaction<'_>, account: AccountId) -> Result<Option<ProductId>, Error> {
    let mut products = tx.get::<Arc<Payer>>(account)?.map(|payer| payer.products.clone()).unwrap_or_default();
    products.extend(products_of(tx.store(), account)?);
    for product in products {
        let plan = tx.get::<Arc<Contract>>(product)?.and_then(|contract| contract.plan.clone());
        let owner = tx.get::<Arc<Product>>(product)?.map(|product| product.owner);
        if plan.is_some() && owner == Some(account) {
            return Ok(Some(product));
        }
    }
    Ok(None)
}

impl Fleet {
    /// Issues the invoice of the next period and collects it; or ends the plan and notifies the owner.
    pub(crate) fn renew(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        mut contract: Arc<Contract>,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut product = tx.get::<Arc<Product>>(id)?.ok_or_else(|| Error::not_found("product"))?;
        let owner = product.owner;
        let mut payer: Arc<Payer> = tx.get(owner)?.unwrap_or_default();
        let effects = renewal::renew(
            (self.catalogue(), self.billing()),
            Arc::make_mut(&mut product),
            Arc::make_mut(&mut contract),
            Arc::make_mut(&mut payer),
            plan,
            now,
        )?;
        tx.put(id, product);
        tx.put(id, contract);
        put_payer(tx, owner, payer)?;
        apply(tx, self.billing(), effects, now)
    }

    /// Moves a product to its next due moment.
    pub(crate) fn reschedule(
        &self,
        tx: &mut Transaction<'_>,
        product: ProductId,
        contract: &mut Contract,
        now: Timestamp,
    ) -> Result<(), Error> {
        let moved = contract.reschedule(self.billing(), product);
        apply(tx, self.billing(), moved, now)
    }

    /// Puts a product on the quoted plan, and writes the invoice, which is paid.
    pub(crate) fn apply_upgrade(
        &self,
        tx: &mut Transaction<'_>,
        (id, account): (ProductId, AccountId),
        contract: &mut Contract,
        (quote, charge): (Quote, Option<u32>),
        now: Timestamp,
    ) -> Result<Invoice, Error> {
        let mut product = tx.get::<Arc<Product>>(id)?.ok_or_else(|| Error::not_found("product"))?;
        let mut payer: Arc<Payer> = tx.get(account)?.unwrap_or_default();
        let billed = contract.plan.as_ref().map(|plan| invoice(tx, id, plan.invoice)).transpose()?;
        let (issued, effects) = upgrade::upgrade(
            (self.catalogue(), self.billing()),
            Arc::make_mut(&mut product),
            contract,
            (account, Arc::make_mut(&mut payer)),
            billed.as_deref(),
            (quote, charge),
            now,
        )?;
        tx.put(id, product);
        put_payer(tx, account, payer)?;
        apply(tx, self.billing(), effects, now)?;
        Ok(issued)
    }

    /// Sends the owner one notice for a renewal at which no card will be valid (R-PAY-7).
    pub(crate) fn warn(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        contract: &mut Contract,
        now: Timestamp,
    ) -> Result<(), Error> {
        if !contract.may_need_card(self.billing(), now) {
            return Ok(());
        }
        let Some(product) = tx.get::<Arc<Product>>(id)? else { return Ok(()) };
        let payer: Arc<Payer> = tx.get(product.owner)?.unwrap_or_default();
        let terms = (self.catalogue(), self.billing());
        let effect = contract.notify_card_needed(terms, &product, &payer, now)?;
        apply(tx, self.billing(), effect, now)
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
        let products = products_of(tx.store(), account)?;
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
}
