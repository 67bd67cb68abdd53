//! Billing operations of owners and the operator.

use super::Console;
use crate::job::operations;
use fleet_bindings::Answered;
use fleet_bindings::given::{Fields, Given, Stated};
use fleet_bindings::shapes::{AccountBilling, BillingStatus, Interval, Invoice, InvoicePage, Money, Quote, Upgrade};
use napi::Unknown;

/// A card that the payment provider accepted.
struct NewCard {
    token: String,
    brand: String,
    last_four: String,
    expires: String,
}

impl Given for NewCard {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let mut fields = Fields::of(value, field)?;
        let read = Self {
            token: fields.read("token")?,
            brand: fields.read("brand")?,
            last_four: fields.read("last_four")?,
            expires: fields.read("expires")?,
        };
        fields.end()?;
        Ok(read)
    }
}

operations! { Console {
    quote_upgrade(product: u32, tier: String, interval: Interval) -> Quote {
        move |door| door.quote_upgrade(product, &tier, interval)
    }
    upgrade(product: u32, quote: String) -> Upgrade { move |door| door.upgrade(product, &quote) }
    switch_interval(product: u32, interval: Interval) -> () { move |door| door.switch_interval(product, interval) }
    set_currency(product: u32, currency: String) -> () { move |door| door.set_currency(product, &currency) }
    set_card(card: NewCard) -> () {
        move |door| door.set_card(&card.token, &card.brand, &card.last_four, &card.expires)
    }
    remove_card() -> () { move |door| door.remove_card() }
    billing_status(product: u32) -> BillingStatus { move |door| door.billing_status(product) }
    invoices(product: u32, after: Option<String>, limit: Option<u32>) -> InvoicePage {
        move |door| door.invoices(product, after.as_deref(), limit)
    }
    cancel_plan(product: u32) -> Invoice { move |door| door.cancel_plan(product) }
    downgrade(product: u32, tier: String) -> Invoice { move |door| door.downgrade(product, &tier) }
    agree_price(product: u32, tier: String, interval: Interval, price: Stated<Money>) -> () {
        move |door| door.agree_price(product, &tier, interval, price.0)
    }
    write_off(product: u32, invoice: u32) -> Invoice { move |door| door.write_off(product, invoice) }
    account_billing(account: i64) -> AccountBilling { move |door| door.account_billing(account) }
    account_invoices(account: i64, after: Option<String>, limit: Option<u32>) -> InvoicePage {
        move |door| door.account_invoices(account, after.as_deref(), limit)
    }
} }
