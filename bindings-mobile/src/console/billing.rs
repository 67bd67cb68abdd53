//! Billing operations of owners and the operator.

use super::{Console, ProductConsole};
use crate::Answered;
use fleet_bindings::shapes::{AccountBilling, BillingStatus, Interval, Invoice, InvoicePage, Money, Quote, Upgrade};

#[uniffi::export]
impl Console {
    /// Puts a card on the actor's file, after the payment provider accepted it. `expires` is the last month in which it
    /// is valid, such as `2017-12`.
    pub async fn set_card(&self, token: String, brand: String, last_four: String, expires: String) -> Answered<()> {
        self.ask(move |door| door.set_card(&token, &brand, &last_four, &expires)).await
    }

    /// Removes the card from the actor's file.
    pub async fn remove_card(&self) -> Answered<()> {
        self.ask(|door| door.remove_card()).await
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

#[uniffi::export]
impl ProductConsole {
    /// Quotes what it costs to move to a tier, at an interval, now.
    pub async fn quote_upgrade(&self, tier: String, interval: Interval) -> Answered<Quote> {
        self.ask(move |door| door.quote_upgrade(&tier, interval)).await
    }

    /// Accepts a quote. Returns the charge that the upgrade waits for, or its invoice if there is nothing to charge.
    pub async fn upgrade(&self, quote: String) -> Answered<Upgrade> {
        self.ask(move |door| door.upgrade(&quote)).await
    }

    /// Changes the interval from the next renewal on.
    pub async fn switch_interval(&self, interval: Interval) -> Answered<()> {
        self.ask(move |door| door.switch_interval(interval)).await
    }

    /// Sets the currency in which a product is billed, before its first invoice.
    pub async fn set_currency(&self, currency: String) -> Answered<()> {
        self.ask(move |door| door.set_currency(&currency)).await
    }

    /// Returns the state of a product's billing.
    pub async fn billing_status(&self) -> Answered<BillingStatus> {
        self.ask(|door| door.billing_status()).await
    }

    /// Lists a product's invoices, newest first.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn invoices(&self, after: Option<String>, limit: Option<u32>) -> Answered<InvoicePage> {
        self.ask(move |door| door.invoices(after.as_deref(), limit)).await
    }

    /// Ends a product's plan and returns the credit note. An operator's command.
    pub async fn cancel_plan(&self) -> Answered<Invoice> {
        self.ask(|door| door.cancel_plan()).await
    }

    /// Moves a product to a lower tier and returns the credit note. An operator's command.
    pub async fn downgrade(&self, tier: String) -> Answered<Invoice> {
        self.ask(move |door| door.downgrade(&tier)).await
    }

    /// Agrees on a price for a product; an absent price cancels the agreement. An operator's command.
    pub async fn agree_price(&self, tier: String, interval: Interval, price: Option<Money>) -> Answered<()> {
        self.ask(move |door| door.agree_price(&tier, interval, price)).await
    }

    /// Writes off an unpaid invoice, also that of a removed product. An operator's command.
    pub async fn write_off(&self, invoice: u32) -> Answered<Invoice> {
        self.ask(move |door| door.write_off(invoice)).await
    }
}
