//! Billing operations of owners and the operator.

use super::Console;
use crate::Answered;
use fleet_bindings::shapes::{AccountBilling, BillingStatus, Interval, Invoice, InvoicePage, Money, Quote, Upgrade};

#[uniffi::export]
impl Console {
    /// Quotes what it costs to move to a tier, at an interval, now.
    pub async fn quote_upgrade(&self, product: u32, tier: String, interval: Interval) -> Answered<Quote> {
        self.ask(move |door| door.quote_upgrade(product, &tier, interval)).await
    }

    /// Accepts a quote. Returns the charge that the upgrade waits for, or its invoice if there is nothing to charge.
    pub async fn upgrade(&self, product: u32, quote: String) -> Answered<Upgrade> {
        self.ask(move |door| door.upgrade(product, &quote)).await
    }

    /// Changes the interval from the next renewal on.
    pub async fn switch_interval(&self, product: u32, interval: Interval) -> Answered<()> {
        self.ask(move |door| door.switch_interval(product, interval)).await
    }

    /// Sets the currency in which a product is billed, before its first invoice.
    pub async fn set_currency(&self, product: u32, currency: String) -> Answered<()> {
        self.ask(move |door| door.set_currency(product, &currency)).await
    }

    /// Puts a card on the actor's file, after the payment provider accepted it. `expires` is the last month in which it
    /// is valid, such as `2017-12`.
    pub async fn set_card(&self, token: String, brand: String, last_four: String, expires: String) -> Answered<()> {
        self.ask(move |door| door.set_card(&token, &brand, &last_four, &expires)).await
    }

    /// Removes the card from the actor's file.
    pub async fn remove_card(&self) -> Answered<()> {
        self.ask(|door| door.remove_card()).await
    }

    /// Returns the state of a product's billing.
    pub async fn billing_status(&self, product: u32) -> Answered<BillingStatus> {
        self.ask(move |door| door.billing_status(product)).await
    }

    /// Lists a product's invoices, newest first.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn invoices(&self, product: u32, after: Option<String>, limit: Option<u32>) -> Answered<InvoicePage> {
        self.ask(move |door| door.invoices(product, after.as_deref(), limit)).await
    }

    /// Ends a product's plan and returns the credit note. An operator's command.
    pub async fn cancel_plan(&self, product: u32) -> Answered<Invoice> {
        self.ask(move |door| door.cancel_plan(product)).await
    }

    /// Moves a product to a lower tier and returns the credit note. An operator's command.
    pub async fn downgrade(&self, product: u32, tier: String) -> Answered<Invoice> {
        self.ask(move |door| door.downgrade(product, &tier)).await
    }

    /// Agrees on a price for a product; an absent price cancels the agreement. An operator's command.
    pub async fn agree_price(
        &self,
        product: u32,
        tier: String,
        interval: Interval,
        price: Option<Money>,
    ) -> Answered<()> {
        self.ask(move |door| door.agree_price(product, &tier, interval, price)).await
    }

    /// Writes off an unpaid invoice, also that of a removed product. An operator's command.
    pub async fn write_off(&self, product: u32, invoice: u32) -> Answered<Invoice> {
        self.ask(move |door| door.write_off(product, invoice)).await
    }

    /// Returns what an account owes over all its products, including removed ones.
    pub async fn account_billing(&self, account: i64) -> Answered<AccountBilling> {
        self.ask(move |door| door.account_billing(account)).await
    }

    /// Lists an account's invoices over all its products, including removed ones: by product, and within each the
    /// newest first.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn account_invoices(
        &self,
        account: i64,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<InvoicePage> {
        self.ask(move |door| door.account_invoices(account, after.as_deref(), limit)).await
    }
}
