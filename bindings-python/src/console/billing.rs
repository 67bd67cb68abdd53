//! What owners and the operator do about billing.

use super::Console;
use crate::run;
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{AccountBilling, BillingStatus, Interval, Invoice, InvoicePage, Money, Quote, Upgrade};
use pyo3::prelude::*;

#[checked]
#[pymethods]
impl Console {
    /// What it costs to go to a tier, at an interval, now.
    fn quote_upgrade(&self, py: Python<'_>, product: u32, tier: &str, interval: Interval) -> PyResult<Quote> {
        run(py, || self.0.quote_upgrade(product, tier, interval))
    }

    /// Takes a quote: answers the charge that the upgrade waits for, or its invoice where there is nothing to charge.
    fn upgrade(&self, py: Python<'_>, product: u32, quote: &str) -> PyResult<Upgrade> {
        run(py, || self.0.upgrade(product, quote))
    }

    /// Changes the interval from the next renewal on.
    fn switch_interval(&self, py: Python<'_>, product: u32, interval: Interval) -> PyResult<()> {
        run(py, || self.0.switch_interval(product, interval))
    }

    /// Chooses the currency that a product is billed in, before its first invoice.
    fn set_currency(&self, py: Python<'_>, product: u32, currency: &str) -> PyResult<()> {
        run(py, || self.0.set_currency(product, currency))
    }

    /// Puts a card on one's file, after the payment provider took it; `expires` is the month through which it is valid,
    /// such as `2017-12`.
    #[pyo3(signature = (token, *, brand, last_four, expires))]
    fn set_card(&self, py: Python<'_>, token: &str, brand: &str, last_four: &str, expires: &str) -> PyResult<()> {
        run(py, || self.0.set_card(token, brand, last_four, expires))
    }

    /// Takes the card off one's file.
    fn remove_card(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.remove_card())
    }

    /// How a product's billing stands.
    fn billing_status(&self, py: Python<'_>, product: u32) -> PyResult<BillingStatus> {
        run(py, || self.0.billing_status(product))
    }

    /// A product's invoices, newest first.
    #[pyo3(signature = (product, *, after=None, limit=None))]
    fn invoices(&self, py: Python<'_>, product: u32, after: Option<&str>, limit: Option<u32>) -> PyResult<InvoicePage> {
        run(py, || self.0.invoices(product, after, limit))
    }

    /// Ends a product's plan; answers the credit note. An operator's command.
    fn cancel_plan(&self, py: Python<'_>, product: u32) -> PyResult<Invoice> {
        run(py, || self.0.cancel_plan(product))
    }

    /// Puts a product on a lower tier; answers the credit note. An operator's command.
    fn downgrade(&self, py: Python<'_>, product: u32, tier: &str) -> PyResult<Invoice> {
        run(py, || self.0.downgrade(product, tier))
    }

    /// Agrees on a price for a product; `None` takes the agreement back. An operator's command.
    #[pyo3(signature = (product, tier, interval, price))]
    fn agree_price(
        &self,
        py: Python<'_>,
        product: u32,
        tier: &str,
        interval: Interval,
        price: Option<Money>,
    ) -> PyResult<()> {
        run(py, || self.0.agree_price(product, tier, interval, price))
    }

    /// Gives an unpaid invoice up, a removed product's too. An operator's command.
    fn write_off(&self, py: Python<'_>, product: u32, invoice: u32) -> PyResult<Invoice> {
        run(py, || self.0.write_off(product, invoice))
    }

    /// What an account owes over all its products, removed ones among them.
    fn account_billing(&self, py: Python<'_>, account: i64) -> PyResult<AccountBilling> {
        run(py, || self.0.account_billing(account))
    }

    /// An account's invoices over all its products, removed ones among them: by product, and of each the newest first.
    #[pyo3(signature = (account, *, after=None, limit=None))]
    fn account_invoices(
        &self,
        py: Python<'_>,
        account: i64,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<InvoicePage> {
        run(py, || self.0.account_invoices(account, after, limit))
    }
}
