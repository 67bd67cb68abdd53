//! Billing operations of owners and the operator.

use super::{Console, ProductConsole};
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
    set_card(card: NewCard) -> () {
        move |door| door.set_card(&card.token, &card.brand, &card.last_four, &card.expires)
    }
    remove_card() -> () { move |door| door.remove_card() }
    account_billing(account: i64) -> AccountBilling { move |door| door.account_billing(account) }
    account_invoices(account: i64, after: Option<String>, limit: Option<u32>) -> InvoicePage {
        move |door| door.account_invoices(account, after.as_deref(), limit)
    }
} }

operations! { ProductConsole {
    quote_upgrade(tier: String, interval: Interval) -> Quote { move |door| door.quote_upgrade(&tier, interval) }
    upgrade(quote: String) -> Upgrade { move |door| door.upgrade(&quote) }
    switch_interval(interval: Interval) -> () { move |door| door.switch_interval(interval) }
    set_currency(currency: String) -> () { move |door| door.set_currency(&currency) }
    billing_status() -> BillingStatus { move |door| door.billing_status() }
    invoices(after: Option<String>, limit: Option<u32>) -> InvoicePage {
        move |door| door.invoices(after.as_deref(), limit)
    }
    cancel_plan() -> Invoice { move |door| door.cancel_plan() }
    downgrade(tier: String) -> Invoice { move |door| door.downgrade(&tier) }
    agree_price(tier: String, interval: Interval, price: Stated<Money>) -> () {
        move |door| door.agree_price(&tier, interval, price.0)
    }
    write_off(invoice: u32) -> Invoice { move |door| door.write_off(invoice) }
} }
