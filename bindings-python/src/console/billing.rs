//! Billing operations of owners and the operator.

use super::{Console, ProductConsole};
use crate::run;
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{AccountBilling, BillingStatus, Interval, Invoice, InvoicePage, Money, Quote, Upgrade};
use pyo3::prelude::*;

#[checked]
#[pymethods]
impl Console {
    /// Puts a card on the actor's file, after the payment provider accepted it. `expires` is the last month in which it
    /// is valid, such as `2017-12`.
    #[pyo3(signature = (token, *, brand, last_four, expires))]
    fn set_card(&self, py: Python<'_>, token: &str, brand: &str, last_four: &str, expires: &str) -> PyResult<()> {
        run(py, || self.0.set_card(token, brand, last_four, expires))
    }

    /// Removes the card from the actor's file.
    fn remove_card(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.remove_card())
    }

    /// Returns what an account owes over all its products, including removed ones.
    fn account_billing(&self, py: Python<'_>, account: i64) -> PyResult<AccountBilling> {
        run(py, || self.0.account_billing(account))
    }

    /// Lists an account's invoices over all its products, including removed ones: by product, and within each the
    /// newest first.
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

#[checked]
#[pymethods]
impl ProductConsole {
    /// Quotes what it costs to move to a tier, at an interval, now.
    fn quote_upgrade(&self, py: Python<'_>, tier: &str, interval: Interval) -> PyResult<Quote> {
        run(py, || self.0.quote_upgrade(tier, interval))
    }

    /// Accepts a quote. Returns the charge that the upgrade waits for, or its invoice if there is nothing to charge.
    fn upgrade(&self, py: Python<'_>, quote: &str) -> PyResult<Upgrade> {
        run(py, || self.0.upgrade(quote))
    }

    /// Changes the interval from the next renewal on.
    fn switch_interval(&self, py: Python<'_>, interval: Interval) -> PyResult<()> {
        run(py, || self.0.switch_interval(interval))
    }

    /// Sets the currency in which a product is billed, before its first invoice.
    fn set_currency(&self, py: Python<'_>, currency: &str) -> PyResult<()> {
        run(py, || self.0.set_currency(currency))
    }

    /// Returns the state of a product's billing.
    fn billing_status(&self, py: Python<'_>) -> PyResult<BillingStatus> {
        run(py, || self.0.billing_status())
    }

    /// Lists a product's invoices, newest first.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn invoices(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<InvoicePage> {
        run(py, || self.0.invoices(after, limit))
    }

    /// Ends a product's plan and returns the credit note. An operator's command.
    fn cancel_plan(&self, py: Python<'_>) -> PyResult<Invoice> {
        run(py, || self.0.cancel_plan())
    }

    /// Moves a product to a lower tier and returns the credit note. An operator's command.
    fn downgrade(&self, py: Python<'_>, tier: &str) -> PyResult<Invoice> {
        run(py, || self.0.downgrade(tier))
    }

    /// Agrees on a price for a product; `None` cancels the agreement. An operator's command.
    #[pyo3(signature = (tier, interval, price))]
    fn agree_price(&self, py: Python<'_>, tier: &str, interval: Interval, price: Option<Money>) -> PyResult<()> {
        run(py, || self.0.agree_price(tier, interval, price))
    }

    /// Writes off an unpaid invoice, also that of a removed product. An operator's command.
    fn write_off(&self, py: Python<'_>, invoice: u32) -> PyResult<Invoice> {
        run(py, || self.0.write_off(invoice))
    }
}
