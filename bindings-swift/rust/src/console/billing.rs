//! What owners and the operator do about billing.

use super::Console;
use crate::Answered;
use fleet_bindings::shapes::{AccountBilling, BillingStatus, Interval, Invoice, InvoicePage, Money, Quote, Upgrade};

#[uniffi::export]
impl Console {
    /// What it costs to go to a tier, at an interval, now.
    pub async fn quote_upgrade(&self, product: u32, tier: String, interval: Interval) -> Answered<Quote> {
        self.ask(move |door| door.quote_upgrade(product, &tier, interval)).await
    }

    /// Takes a quote: answers the charge that the upgrade waits for, or its invoice where there is nothing to charge.
    pub async fn upgrade(&self, product: u32, quote: String) -> Answered<Upgrade> {
        self.ask(move |door| door.upgrade(product, &quote)).await
    }

    /// Changes the interval from the next renewal on.
    pub async fn switch_interval(&self, product: u32, interval: Interval) -> Answered<()> {
        self.ask(move |door| door.switch_interval(product, interval)).await
    }

    /// Chooses the currency that a product is billed in, before its first invoice.
    pub async fn set_currency(&self, product: u32, currency: String) -> Answered<()> {
        self.ask(move |door| door.set_currency(product, &currency)).await
    }

    /// Puts a card on one's file, after the payment provider took it; `expires` is the month through which it is valid,
    /// such as `2017-12`.
    pub async fn set_card(&self, token: String, brand: String, last_four: String, expires: String) -> Answered<()> {
        self.ask(move |door| door.set_card(&token, &brand, &last_four, &expires)).await
    }

    /// Takes the card off one's file.
    pub async fn remove_card(&self) -> Answered<()> {
        self.ask(|door| door.remove_card()).await
    }

    /// How a product's billing stands.
    pub async fn billing_status(&self, product: u32) -> Answered<BillingStatus> {
        self.ask(move |door| door.billing_status(product)).await
    }

    /// A product's invoices, newest first.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn invoices(&self, product: u32, after: Option<String>, limit: Option<u32>) -> Answered<InvoicePage> {
        self.ask(move |door| door.invoices(product, after.as_deref(), limit)).await
    }

    /// Ends a product's plan; answers the credit note. An operator's command.
    pub async fn cancel_plan(&self, product: u32) -> Answered<Invoice> {
        self.ask(move |door| door.cancel_plan(product)).await
    }

    /// Puts a product on a lower tier; answers the credit note. An operator's command.
    pub async fn downgrade(&self, product: u32, tier: String) -> Answered<Invoice> {
        self.ask(move |door| door.downgrade(product, &tier)).await
    }

    /// Agrees on a price for a product; none takes the agreement back. An operator's command.
    pub async fn agree_price(
        &self,
        product: u32,
        tier: String,
        interval: Interval,
        price: Option<Money>,
    ) -> Answered<()> {
        self.ask(move |door| door.agree_price(product, &tier, interval, price)).await
    }

    /// Gives an unpaid invoice up, a removed product's too. An operator's command.
    pub async fn write_off(&self, product: u32, invoice: u32) -> Answered<Invoice> {
        self.ask(move |door| door.write_off(product, invoice)).await
    }

    /// What an account owes over all its products, removed ones among them.
    pub async fn account_billing(&self, account: i64) -> Answered<AccountBilling> {
        self.ask(move |door| door.account_billing(account)).await
    }

    /// An account's invoices over all its products, removed ones among them: by product, and of each the newest first.
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
