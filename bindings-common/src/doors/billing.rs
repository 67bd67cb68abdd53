//! Billing operations of owners and the operator, and the door for time.

use super::{Answered, Console, ProductConsole, When, account_id, limit, product_id};
use crate::closable::{Begin, Begun, Entered, Opened};
use crate::shapes::{
    AccountBilling, Advanced, BillingStatus, ChargeOutcome, Due, Interval, Invoice, InvoicePage, Money, Quote, Upgrade,
};
use crate::{Failure, Moment};
use fleet_core::billing::{CardToken, ExpiryMonth, NewCard};

/// Number of due things that a clock handles unless the caller gives another limit.
const STEPS: u32 = 1000;

impl Console {
    /// Puts a card on the actor's file, after the payment provider accepted it. `expires` is the last month in which it
    /// is valid, such as `2017-12`.
    pub fn set_card(&self, token: &str, brand: &str, last_four: &str, expires: &str) -> Answered<()> {
        Ok(self.door()?.set_card(&NewCard::new(CardToken::new(token)?, brand, last_four, month(expires)?))?)
    }

    /// Removes the card from the actor's file.
    pub fn remove_card(&self) -> Answered<()> {
        Ok(self.door()?.remove_card()?)
    }

    /// Returns what an account owes over all its products, including removed ones.
    pub fn account_billing(&self, account: i64) -> Answered<AccountBilling> {
        (&self.door()?.account_billing(account_id(account)?)?).try_into()
    }

    /// Lists an account's invoices over all its products, including removed ones: by product, and within each the
    /// newest first.
    pub fn account_invoices(&self, account: i64, after: Option<&str>, page: Option<u32>) -> Answered<InvoicePage> {
        let cursor = |after: &str| {
            let (product, number) = after.split_once('-')?;
            Some((product_id(product.parse().ok()?).ok()?, number.parse().ok()?))
        };
        let invalid = || Failure::invalid("after", "is not a cursor of a page of an account's invoices");
        let after = after.map(|after| cursor(after).ok_or_else(invalid)).transpose()?;
        let page = self.door()?.account_invoices(account_id(account)?, after, limit(page))?;
        let items = page.items.iter().map(|invoice| Invoice::try_from(&**invoice)).collect::<Answered<_>>()?;
        Ok(InvoicePage { items, next: page.next.map(|(product, number)| format!("{product}-{number}")) })
    }
}

impl ProductConsole {
    /// Quotes what it costs to move to a tier, at an interval, now.
    pub fn quote_upgrade(&self, tier: &str, interval: Interval) -> Answered<Quote> {
        Ok((&self.door()?.quote_upgrade(tier, interval.into())?).into())
    }

    /// Accepts a quote. Returns the charge that the upgrade waits for, or its invoice if there is nothing to charge.
    pub fn upgrade(&self, quote: &str) -> Answered<Upgrade> {
        (&self.door()?.upgrade(quote.parse()?)?).try_into()
    }

    /// Changes the interval from the next renewal on.
    pub fn switch_interval(&self, interval: Interval) -> Answered<()> {
        Ok(self.door()?.switch_interval(interval.into())?)
    }

    /// Sets the currency in which a product is billed, before its first invoice.
    pub fn set_currency(&self, currency: &str) -> Answered<()> {
        Ok(self.door()?.set_currency(currency.parse()?)?)
    }

    /// Returns the state of a product's billing.
    pub fn billing_status(&self) -> Answered<BillingStatus> {
        Ok((&self.door()?.billing_status()?).into())
    }

    /// Lists a product's invoices, newest first.
    pub fn invoices(&self, after: Option<&str>, page: Option<u32>) -> Answered<InvoicePage> {
        let number =
            |after: &str| after.parse().map_err(|_| Failure::invalid("after", "is not a cursor of a page of invoices"));
        let page = self.door()?.invoices(after.map(number).transpose()?, limit(page))?;
        let items = page.items.iter().map(|invoice| Invoice::try_from(&**invoice)).collect::<Answered<_>>()?;
        Ok(InvoicePage { items, next: page.next.map(|number| number.to_string()) })
    }

    /// Ends a product's plan and returns the credit note. An operator's command.
    pub fn cancel_plan(&self) -> Answered<Invoice> {
        (&self.door()?.cancel_plan()?).try_into()
    }

    /// Moves a product to a lower tier and returns the credit note. An operator's command.
    pub fn downgrade(&self, tier: &str) -> Answered<Invoice> {
        (&self.door()?.downgrade(tier)?).try_into()
    }

    /// Agrees on a price for a product, or cancels the agreement. An operator's command.
    pub fn agree_price(&self, tier: &str, interval: Interval, price: Option<Money>) -> Answered<()> {
        let price = price.map(TryInto::try_into).transpose()?;
        Ok(self.door()?.agree_price(tier, interval.into(), price)?)
    }

    /// Writes off an unpaid invoice, also that of a removed product. An operator's command.
    pub fn write_off(&self, invoice: u32) -> Answered<Invoice> {
        (&self.door()?.write_off(invoice)?).try_into()
    }
}

/// The door for time: the host opens it at regular intervals, and when its payment provider answers.
#[derive(Clone, Debug)]
pub struct Clock {
    fleet: Opened,
    when: When,
}

impl Begin for Clock {
    fn begin(&self) -> Answered<Begun> {
        self.fleet.begin()
    }
}

impl Clock {
    pub(super) fn new(fleet: &Opened, now: Option<Moment>) -> Self {
        Self { fleet: fleet.clone(), when: When(now) }
    }

    fn door(&self) -> Answered<Entered<'_, fleet_core::billing::Clock<'_>>> {
        self.fleet.enter_at(self.when, fleet_core::Fleet::clock)
    }

    /// Lists what is due now.
    pub fn due(&self, page: Option<u32>) -> Answered<Vec<Due>> {
        Ok(super::shapes(&self.door()?.due(limit(Some(page.unwrap_or(STEPS))))?))
    }

    /// Handles what is due now: renewals, retries, notices.
    pub fn advance(&self, page: Option<u32>) -> Answered<Advanced> {
        Ok((&self.door()?.advance(limit(Some(page.unwrap_or(STEPS))))?).into())
    }

    /// Confirms that the clock is right after a leap that `advance` refused.
    pub fn confirm_leap(&self) -> Answered<()> {
        Ok(self.door()?.confirm_leap()?)
    }

    /// Reports a charge's outcome from the payment provider.
    pub fn charge_outcome(&self, key: &str, outcome: ChargeOutcome) -> Answered<()> {
        Ok(self.door()?.charge_outcome(key.parse()?, outcome.into())?)
    }
}

fn month(text: &str) -> Answered<ExpiryMonth> {
    let read = || {
        let (year, month) = text.split_once('-')?;
        Some((year.parse().ok()?, month.parse().ok()?))
    };
    let (year, month) = read().ok_or_else(|| Failure::invalid("expires", "write a month such as 2017-12"))?;
    Ok(ExpiryMonth::new(year, month)?)
}
