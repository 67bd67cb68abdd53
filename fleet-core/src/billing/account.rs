//! What an account pays, over all its products: those that were removed, and those that are another's by now, among them.

use super::{CardView, Charge, Invoice, Payer};
use crate::device::{Page, check_page};
use crate::fleet::Console;
use crate::product::ProductId;
use crate::store::{Key, Record, Transaction};
use crate::team::{Access, Account, AccountId, Command};
use crate::{Error, Money, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an account owes, and what it is asked to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountBilling {
    /// What it owes, one sum for each currency.
    pub owed: Vec<Money>,
    /// The invoices that it owes, the oldest first.
    pub open: Vec<Arc<Invoice>>,
    /// Its charges and refunds that have no outcome yet, by product.
    pub charges: Vec<Arc<Charge>>,
    /// Its card on file.
    pub card: Option<CardView>,
    /// Since when it is locked.
    pub locked_since: Option<Timestamp>,
}

impl Console<'_> {
    /// What an account owes over all its products, removed ones among them: the open invoices, the charges that have no
    /// outcome yet, the card, the lock. For the account itself and for an operator.
    ///
    /// # Errors
    /// `not_found` for an account that does not exist, or is another's.
    pub fn account_billing(&self, account: AccountId) -> Result<AccountBilling, Error> {
        self.fleet.transact(|tx| {
            let (record, payer) = self.payer(tx, account)?;
            tx.load(payer.open.iter().map(|open| Key::Invoice(open.product, open.number)))?;
            let mut open: Vec<Arc<Invoice>> = Vec::with_capacity(payer.open.len());
            let mut owed: Vec<Money> = Vec::new();
            for found in &payer.open {
                let Some(invoice) = tx.get::<Arc<Invoice>>((found.product, found.number))? else { continue };
                let outstanding = invoice.outstanding()?;
                match owed.iter_mut().find(|sum| sum.currency() == outstanding.currency()) {
                    Some(sum) => *sum = sum.plus(outstanding)?,
                    None => owed.push(outstanding),
                }
                open.push(invoice);
            }
            let mut charges = Vec::new();
            for product in self.billed_products(tx, account, &payer)? {
                let rows = tx.store().scan(&Key::charges_of(product))?.into_iter();
                let found =
                    rows.filter_map(|row| if let Record::Charge(charge) = row.record { Some(charge) } else { None });
                charges.extend(found.filter(|charge| charge.account == account));
            }
            let card = payer.card.as_ref().map(|card| card.view(self.now));
            Ok(AccountBilling { owed, open, charges, card, locked_since: record.locked_since() })
        })
    }

    /// The invoices and credit notes of an account over all its products, removed ones among them, `limit` (1 to 1,000) a
    /// page: by product, and of each the newest first. For the account itself and for an operator.
    ///
    /// # Errors
    /// `not_found` for an account that does not exist, or is another's; `invalid` for a limit out of its range.
    pub fn account_invoices(
        &self,
        account: AccountId,
        after: Option<(ProductId, u32)>,
        limit: usize,
    ) -> Result<Page<Arc<Invoice>, (ProductId, u32)>, Error> {
        check_page(limit)?;
        let products = self.fleet.transact(|tx| {
            let (_, payer) = self.payer(tx, account)?;
            self.billed_products(tx, account, &payer)
        })?;
        let mut invoices: Vec<Arc<Invoice>> = Vec::new();
        for product in products.into_iter().filter(|product| after.is_none_or(|(last, _)| *product >= last)) {
            let mut before = after.filter(|(last, _)| *last == product).map(|(_, number)| number);
            loop {
                let mut range = Key::invoices(product).reversed().limit(limit);
                if let Some(before) = before {
                    range = range.after(Key::Invoice(product, before));
                }
                let rows = self.fleet.store().scan(&range)?;
                let is_last = rows.len() < limit;
                for row in rows {
                    let Record::Invoice(found) = row.record else { continue };
                    before = Some(found.number);
                    if found.payer == account {
                        invoices.push(found);
                    }
                    if invoices.len() == limit {
                        let next = invoices.last().map(|last| (last.product, last.number));
                        return Ok(Page::new(invoices, next));
                    }
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(Page::new(invoices, None))
    }

    fn payer(&self, tx: &mut Transaction<'_>, account: AccountId) -> Result<(Arc<Account>, Arc<Payer>), Error> {
        Access::check_payer(self.actor, Command::ReadBilling, account)?;
        tx.load([Key::Account(account), Key::Payer(account)])?;
        let record = tx.get::<Arc<Account>>(account)?.ok_or_else(|| Error::not_found("account"))?;
        Ok((record, tx.get(account)?.unwrap_or_default()))
    }

    /// The products that an account was billed for. What an earlier version wrote does not name them: those are found by the
    /// teams that the account is on.
    fn billed_products(
        &self,
        tx: &mut Transaction<'_>,
        account: AccountId,
        payer: &Payer,
    ) -> Result<BTreeSet<ProductId>, Error> {
        let mut products = payer.products.clone();
        products.extend(payer.open.iter().map(|open| open.product));
        let rows = tx.store().scan(&Key::memberships(account))?.into_iter();
        products.extend(rows.filter_map(|row| if let Key::Membership(_, id) = row.key { Some(id) } else { None }));
        Ok(products)
    }
}
