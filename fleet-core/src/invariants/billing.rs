//! Compares the debts of products and accounts with the clock's index, the lock and the assigned numbers.

use super::Findings;
use crate::billing::{Contract, Payer};
use crate::product::ProductId;
use crate::store::{Key, Record, StoreError};
use crate::team::{Account, AccountId};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The moments under which products and accounts are in the clock's index.
pub(super) struct Index {
    products: BTreeMap<ProductId, BTreeSet<Timestamp>>,
    accounts: BTreeMap<AccountId, BTreeSet<Timestamp>>,
}

impl Index {
    pub(super) fn read(findings: &Findings<'_>) -> Result<Self, StoreError> {
        let end = Timestamp::from_millis(i64::MAX);
        let mut index = Self { products: BTreeMap::new(), accounts: BTreeMap::new() };
        findings.each(&Key::products_due(end), |key, _| {
            if let Key::ProductDue(at, product) = key {
                index.products.entry(*product).or_default().insert(*at);
            }
        })?;
        findings.each(&Key::accounts_due(end), |key, _| {
            if let Key::AccountDue(at, account) = key {
                index.accounts.entry(*account).or_default().insert(*at);
            }
        })?;
        Ok(index)
    }

    /// Checks a product's entry in the index, and the numbers of its invoices.
    pub(super) fn product(&mut self, findings: &mut Findings<'_>, product: ProductId) -> Result<(), StoreError> {
        let listed = self.products.remove(&product).unwrap_or_default();
        let Some(subscription) = findings.record::<Arc<Contract>>(product)? else {
            findings.ensure("R-BILL-2", listed.is_empty(), || format!("product {product} is due and pays for nothing"));
            return Ok(());
        };
        let due = subscription.due.into_iter().collect();
        findings.same("R-BILL-2", &format!("when product {product} is due"), due, listed);
        let mut invoices = BTreeSet::new();
        findings.each(&Key::invoices(product), |key, record| {
            if let (Key::Invoice(_, number), Record::Invoice(_)) = (key, record) {
                invoices.insert(*number);
            }
        })?;
        let highest = invoices.last().copied().unwrap_or(0);
        let given = highest <= subscription.invoices;
        findings.ensure("R-BILL-4", given, || {
            format!("the number of invoice {highest} of product {product} was never assigned")
        });
        let there = subscription.unpaid.is_subset(&invoices);
        findings.ensure("R-PAY-6", there, || format!("product {product} owes an invoice that does not exist"));
        if let Some(plan) = &subscription.plan
            && let Some(paid) = plan.paid
        {
            let is_part = (0..=plan.billed.minor()).contains(&paid.minor());
            findings.ensure("R-BILL-7", is_part, || format!("product {product} paid {paid} of {} billed", plan.billed));
        }
        Ok(())
    }

    /// Checks an account's entry in the index, and its lock.
    pub(super) fn account(&mut self, findings: &mut Findings<'_>, account: &Account) -> Result<(), StoreError> {
        let listed = self.accounts.remove(&account.id).unwrap_or_default();
        let payer = findings.record::<Arc<Payer>>(account.id)?;
        let due = payer.as_ref().and_then(|payer| payer.due).into_iter().collect();
        findings.same("R-PAY-6", &format!("when account {} is due", account.id), due, listed);
        let is_ordered = payer.as_ref().is_none_or(|payer| payer.open.is_sorted_by_key(|open| open.since));
        findings
            .ensure("R-PAY-6", is_ordered, || format!("account {} has a newer bill before an older one", account.id));
        let locked = payer.is_some_and(|payer| payer.lock.is_some());
        let shown = account.unpaid_since.is_some();
        findings.same("R-PAY-5", &format!("whether account {} is locked for unpaid bills", account.id), shown, locked);
        Ok(())
    }
}
