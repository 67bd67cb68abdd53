//! Billing of one account over all its products, removed and transferred products included.

use crate::billing::{CardView, Charge, Invoice, Payer};
use crate::device::{Page, check_page};
use crate::fleet::Console;
use crate::product::ProductId;
use crate::store::{Key, Record, Transaction};
use crate::team::{Access, Account, AccountId, Command, products_of};
use crate::{Error, Money, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an account owes and the charges that are pending.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountBilling {
    /// Amount owed, one sum for each currency.
    pub owed: Vec<Money>,
    /// Unpaid invoices, the oldest first.
    pub open: Vec<Arc<Invoice>>,
    /// Charges and refunds without an outcome, by product.
    pub charges: Vec<Arc<Charge>>,
    /// The card on file.
    pub card: Option<CardView>,
    /// When the account was locked. `None` means it is not locked.
    pub locked_since: Option<Timestamp>,
}

impl Console<'_> {
    /// Returns what an account owes over all its products, removed products included: the open invoices, the charges
    /// without an outcome, the card and the lock. Allowed for the account itself and for an operator.
    ///
    /// # Errors
    /// `not_found` for an account that does not exist or belongs to somebody else.
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

    /// Returns the invoices and credit notes of an account over all its products, removed products included, `limit` (1
    /// to 1,000) a page: ordered by product, the newest first within a product. Allowed for the account itself and for
    /// an operator.
    ///
    /// # Errors
    /// `not_found` for an account that does not exist or belongs to somebody else; `invalid` for a limit out of its
    /// range.
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

    /// Returns the products that an account was billed for. Records of an earlier version do not list them: for those,
    /// the products are found through the account's teams.
    fn billed_products(
        &self,
        tx: &mut Transaction<'_>,
        account: AccountId,
        payer: &Payer,
    ) -> Result<BTreeSet<ProductId>, Error> {
        let mut products = payer.products.clone();
        products.extend(payer.open.iter().map(|open| open.product));
        products.extend(products_of(tx.store(), account)?);
        Ok(products)
    }
}
