//! Billing commands of an owner: quotes, upgrades, the card, the status. All of them work on a locked account
//! (R-PAY-5).

mod account;
mod operator;

pub use account::AccountBilling;

use super::effect::NewCharge;
use super::quote::{Target, quote};
use super::rows::{collect, invoice, request};
use super::{
    Anchor, Card, Charge, Charged, Contract, Interval, Invoice, NewCard, NoUpgrade, OpenUpgrade, Payer, Quote, QuoteId,
};
use crate::audit::{Entry, shown};
use crate::device::{DeviceCount, Page, check_page};
use crate::event::Usage;
use crate::fleet::{Console, ProductConsole};
use crate::product::Product;
use crate::store::{Key, Record, Transaction};
use crate::team::{Access, Account, Actor, Command, allow};
use crate::{Currency, Error, ErrorKind, Money, Timestamp};
use std::sync::Arc;

/// Maximum number of valid quotes of a product. One more replaces the oldest.
const MAX_QUOTES: usize = 16;

/// Outcome of a call of `upgrade`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// It waits for this charge, and takes effect when the charge succeeds.
    Charging(Box<Charge>),
    /// There was nothing to charge: it is in effect.
    Done(Box<Invoice>),
}

/// Billing status of a product (R-BILL-8).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BillingStatus {
    /// The product's tier.
    pub tier: Arc<str>,
    /// The interval, and the period that was billed last. `None` means the product pays for nothing.
    pub plan: Option<super::Plan>,
    /// Messages of this usage month (R-EVT-4): used, reserved by nodes, and the limit.
    pub messages: Usage,
    /// Devices in the product.
    pub devices: u64,
    /// Seats of the team in use, pending invitations included.
    pub members: u64,
    /// When the next period is billed.
    pub renewal: Option<Timestamp>,
    /// The interval from the next renewal on.
    pub next_interval: Option<Interval>,
    /// Amount of the next renewal at the current terms.
    pub next_amount: Option<Money>,
    /// Balance left over from earlier invoices.
    pub balance: Money,
    /// Unpaid renewal invoices.
    pub unpaid: Vec<u32>,
    /// The charge of an upgrade that has no outcome yet.
    pub upgrading: Option<u32>,
    /// The owner's card on file.
    pub card: Option<CardView>,
    /// When the owner's account was locked. `None` means it is not locked.
    pub locked_since: Option<Timestamp>,
}

/// The details that people recognise a card by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardView {
    /// The brand.
    pub brand: String,
    /// The last four digits of its number.
    pub last_four: String,
    /// The last month in which it is valid.
    pub expires: super::ExpiryMonth,
    /// Whether it can be charged.
    pub good: bool,
}

impl CardView {
    /// Returns the text of the audit: enough to distinguish cards.
    fn shown(&self) -> String {
        format!("{} {}, valid through {}", self.brand, self.last_four, self.expires)
    }
}

impl ProductConsole<'_> {
    /// Returns the price of an upgrade to a tier, at an interval, now (R-BILL-3 to 6). The quote is valid for 15
    /// minutes by default, and not beyond the end of the period.
    ///
    /// # Errors
    /// `not_an_upgrade` for a lower tier, the tier that the product has, or a month instead of a paid year; `invalid`
    /// for a tier that is not in the catalogue; `price_by_agreement`; `renewal_unpaid`, `renewal_due`, `charge_open`;
    /// `forbidden` for anybody but the owner.
    pub fn quote_upgrade(&self, tier: &str, interval: Interval) -> Result<Quote, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::ChangePlan, product)?;
            let mut record = console.free_contract(tx, &access.product)?;
            let target = console.target(&access.product, &record, tier, interval)?;
            let (id, anchor) = (QuoteId(tx.random()), Anchor::at(access.product.created_at));
            let life = console.fleet.billing().quote_life();
            let paid = paid_by_owner(tx, &access.product, record.plan.as_ref())?;
            let quote = quote(id, &record, paid, anchor, target, console.now, life)?;
            let contract = Arc::make_mut(&mut record);
            contract.quotes.retain(|quote| quote.expires_at > console.now);
            if contract.quotes.len() >= MAX_QUOTES {
                contract.quotes.remove(0);
            }
            contract.quotes.push(quote.clone());
            tx.put(product, record);
            Ok(quote)
        })
    }

    /// Requests the charge of an upgrade, exactly as quoted. The upgrade takes effect together with the success of the
    /// charge, and is dropped when the charge is declined (R-BILL-4). An upgrade that costs nothing takes effect at
    /// once.
    ///
    /// # Errors
    /// `quote_expired`; `card_missing`, even if nothing is charged now; `renewal_unpaid`, `renewal_due`, `charge_open`;
    /// `forbidden` for anybody but the owner, also for an operator.
    pub fn upgrade(&self, quote: QuoteId) -> Result<Upgrade, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::BuyUpgrade, product)?;
            let owner = access.product.owner;
            let mut record = console.free_contract(tx, &access.product)?;
            let before = Arc::clone(&record);
            let contract = Arc::make_mut(&mut record);
            let held = contract.quotes.iter().find(|held| held.id == quote && console.now < held.expires_at);
            let quote = held.cloned().ok_or(ErrorKind::QuoteExpired)?;
            let subject = format!("to {}, {}", quote.tier, quote.interval);
            // An upgrade that costs nothing now is paid for at a later renewal.
            let payer: Arc<Payer> = tx.get(owner)?.unwrap_or_default();
            let card = payer.presentable(console.now).ok_or(ErrorKind::CardMissing)?;
            if quote.due.is_zero() {
                let invoice =
                    console.fleet.apply_upgrade(tx, (product, owner), contract, (quote, None), console.now)?;
                console.note(tx, product, Command::ChangePlan, before.change(subject, &record));
                tx.put(product, record);
                collect(tx, console.fleet.billing(), owner, console.now)?;
                return Ok(Upgrade::Done(Box::new(invoice)));
            }
            let new = NewCharge::next(
                contract,
                (product, owner),
                Charged::Upgrade { quote: quote.id },
                quote.due,
                Some(card),
            )?;
            let charge = request(tx, new, console.now)?;
            contract.quotes.clear();
            contract.upgrade = Some(OpenUpgrade { charge: charge.key.number, quote });
            console.note(tx, product, Command::ChangePlan, before.change(subject, &record));
            tx.put(product, record);
            Ok(Upgrade::Charging(Box::new(charge)))
        })
    }

    /// Sets the interval from the next renewal on: monthly at the end of a paid year, or back to annual (R-BILL-6). A
    /// change from monthly to annual is an upgrade, which is quoted and takes effect at once.
    ///
    /// # Errors
    /// `no_plan`; `not_an_upgrade` for annual instead of monthly; `price_by_agreement`; `forbidden` for anybody but the
    /// owner.
    pub fn switch_interval(&self, interval: Interval) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.up_to_date(product, Command::ChangePlan)?;
        console.fleet.transact(|tx| {
            let access = Access::check(tx, console.actor, Command::ChangePlan, product)?;
            let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            record.no_renewal_due(console.now)?;
            let current = record.plan.as_ref().ok_or(ErrorKind::NoPlan)?.interval;
            if current == Interval::Monthly && interval == Interval::Annual {
                return Err(ErrorKind::NotAnUpgrade { change: NoUpgrade::LongerInterval }.into());
            }
            let tier = &access.product.tier;
            if interval != current
                && console.fleet.catalogue().price_for(&record, tier, interval).is_none_or(Money::is_zero)
            {
                return Err(ErrorKind::PriceByAgreement { tier: Arc::clone(tier), interval }.into());
            }
            let before = Arc::clone(&record);
            let contract = Arc::make_mut(&mut record);
            contract.at_renewal = (interval != current).then_some(interval);
            console.fleet.warn(tx, product, contract, console.now)?;
            let entry = before.change(format!("{interval} from the next renewal on"), &record);
            tx.put(product, record);
            console.note(tx, product, Command::ChangePlan, entry);
            Ok(())
        })
    }

    /// Sets the currency that a product is billed in, before its first bill.
    ///
    /// # Errors
    /// `invalid` once the product was billed, or has an agreed price, in another currency; `charge_open`; `forbidden`
    /// for anybody but the owner.
    pub fn set_currency(&self, currency: Currency) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ChangePlan, product)?;
            let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            if record.currency == currency {
                return Ok(());
            }
            record.no_upgrade_open()?;
            if record.invoices > 0 {
                let problem = format!(
                    "the product is billed in {}, not {currency}, and that can no longer change; \
                     create a new product for {currency}",
                    record.currency
                );
                return Err(Error::invalid("currency", problem));
            }
            if !record.agreed.is_empty() {
                let currency = record.currency;
                let problem = format!("a price in {currency} is agreed on; ask an operator to remove it first");
                return Err(Error::invalid("currency", problem));
            }
            let before = Arc::clone(&record);
            let contract = Arc::make_mut(&mut record);
            (contract.currency, contract.balance) = (currency, Money::zero(currency));
            contract.quotes.clear();
            let entry = before.change(format!("billed in {currency}"), &record);
            tx.put(product, record);
            console.note(tx, product, Command::ChangePlan, entry);
            Ok(())
        })
    }

    /// Returns the billing status of a product (R-BILL-8).
    ///
    /// # Errors
    /// `not_found`; `forbidden` for a member who is not the owner.
    pub fn billing_status(&self) -> Result<BillingStatus, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { product: record, team } = Access::check(tx, console.actor, Command::ReadBilling, product)?;
            let owner = record.owner;
            tx.load([Key::Contract(product), Key::DeviceCount(product), Key::Account(owner), Key::Payer(owner)])?;
            let contract: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let payer: Arc<Payer> = tx.get(owner)?.unwrap_or_default();
            let plan = contract.plan.clone();
            let next = plan.as_ref().and_then(|plan| console.fleet.catalogue().renewal_price(&record, &contract, plan));
            let next_interval = next.map(|(interval, _)| interval);
            let next_price = plan.as_ref().map(|_| next.map_or(Money::zero(contract.currency), |(_, price)| price));
            let next_amount = next_price.map(|price| Ok::<_, Error>(price.minus(contract.balance)?.or_zero()));
            Ok(BillingStatus {
                tier: Arc::clone(&record.tier),
                renewal: plan.as_ref().map(|plan| plan.period.end),
                plan,
                messages: console.fleet.usage_of(tx, &record, console.now)?,
                devices: tx.get::<Box<DeviceCount>>(product)?.map_or(0, |count| count.devices),
                members: team.seats(console.now),
                next_interval,
                next_amount: next_amount.transpose()?,
                balance: contract.balance,
                unpaid: contract.unpaid.iter().copied().collect(),
                upgrading: contract.upgrade.as_ref().map(|open| open.charge),
                card: payer.card.as_ref().map(|card| card.view(console.now)),
                locked_since: tx.get::<Arc<Account>>(owner)?.and_then(|account| account.locked_since()),
            })
        })
    }

    /// Returns the invoices and credit notes of a product, newest first, `limit` (1 to 1,000) a page. An operator also
    /// reads those of a removed product, and an account those that it paid, with
    /// [`account_invoices`](Console::account_invoices).
    ///
    /// # Errors
    /// `not_found`; `forbidden` for a member who is not the owner; `invalid` for a limit out of its range.
    pub fn invoices(&self, after: Option<u32>, limit: usize) -> Result<Page<Arc<Invoice>, u32>, Error> {
        let Self { console, product } = *self;
        check_page(limit)?;
        let mut range = Key::invoices(product).reversed().limit(limit + 1);
        if let Some(after) = after {
            range = range.after(Key::Invoice(product, after));
        }
        let rows = console.read_with(
            |tx| Access::check_including_removed(tx, console.actor, Command::ReadBilling, product),
            |_| Ok(console.fleet.store().scan(&range)?),
        )?;
        let number = |key: &Key| if let Key::Invoice(_, number) = key { Some(*number) } else { None };
        Ok(Page::of_rows(rows, limit, number, |row| match row.record {
            Record::Invoice(found) => Some(found),
            _ => None,
        }))
    }
}

impl Console<'_> {
    /// Replaces the card on file. Open invoices are attempted with it at once, which uses up no retry (R-PAY-4). A
    /// token identifies a card: one that was set before is the same card and is not tried as a new one (R-PAY-3).
    ///
    /// # Errors
    /// `invalid` for an expired or malformed card; `not_found` for a caller without an account.
    pub fn set_card(&self, card: &NewCard) -> Result<(), Error> {
        if !card.expires.covers(self.now) {
            return Err(Error::invalid(
                "card",
                format!("it expired at the end of {}; give a card that is valid", card.expires),
            ));
        }
        self.change_card(|payer| payer.put_card(card))
    }

    /// Removes the card on file. The attempt dates of open invoices stay.
    ///
    /// # Errors
    /// `not_found` for a caller without an account.
    pub fn remove_card(&self) -> Result<(), Error> {
        self.change_card(|payer| {
            payer.remove_card();
            Ok(())
        })
    }

    fn change_card(&self, mut change: impl FnMut(&mut Payer) -> Result<(), Error>) -> Result<(), Error> {
        allow(self.actor, Command::SetCard)?;
        let Actor::Account(account) = self.actor else { return Err(Error::not_found("account")) };
        self.fleet.transact(|tx| {
            tx.get::<Arc<Account>>(account)?.ok_or_else(|| Error::not_found("account"))?;
            let mut record: Arc<Payer> = tx.get(account)?.unwrap_or_default();
            let shown_card = |payer: &Payer| shown(payer.card.as_ref().map(|card| card.view(self.now).shown()));
            let before = shown_card(&record);
            change(Arc::make_mut(&mut record))?;
            let entry = Entry::changed("card on file", [("card", before, shown_card(&record))]);
            if let Some(open) = record.open.first() {
                self.note(tx, open.product, Command::SetCard, entry.clone().of(format!("for invoice {}", open.number)));
            }
            self.note_account(tx, account, Command::SetCard, entry);
            tx.put(account, record);
            collect(tx, self.fleet.billing(), account, self.now)?;
            self.fleet.warn_account(tx, account, self.now)
        })
    }

    /// Returns a product's contract, if nothing open prevents an upgrade.
    fn free_contract(&self, tx: &mut Transaction<'_>, product: &Product) -> Result<Arc<Contract>, Error> {
        tx.load([Key::Contract(product.id), Key::Payer(product.owner)])?;
        let contract: Arc<Contract> = tx.get(product.id)?.unwrap_or_default();
        contract.nothing_open(product.id)?;
        // A locked account owes for another product.
        let payer: Arc<Payer> = tx.get(product.owner)?.unwrap_or_default();
        if let Some((_, open)) = payer.lock.zip(payer.open.first()) {
            return Err(ErrorKind::RenewalUnpaid { product: open.product, invoice: open.number }.into());
        }
        contract.no_renewal_due(self.now)?;
        Ok(contract)
    }

    /// Returns the target of an upgrade; refuses if it is no upgrade.
    fn target(&self, product: &Product, contract: &Contract, tier: &str, interval: Interval) -> Result<Target, Error> {
        let catalogue = self.fleet.catalogue();
        let tier = catalogue.named(tier)?;
        let not = |change| Err(ErrorKind::NotAnUpgrade { change }.into());
        if self.is_less(product, contract, &tier) {
            return not(NoUpgrade::LowerTier);
        }
        if let Some(plan) = &contract.plan {
            if plan.tier == tier && plan.interval == interval {
                return not(NoUpgrade::SamePlan);
            }
            if plan.interval == Interval::Annual && interval == Interval::Monthly {
                return not(NoUpgrade::YearPaid);
            }
        }
        let Some(price) = self.fleet.catalogue().price_for(contract, &tier, interval) else {
            return Err(ErrorKind::PriceByAgreement { tier, interval }.into());
        };
        if price.is_zero() {
            return not(NoUpgrade::Free);
        }
        let limits = catalogue.tier(&tier).map(|tier| tier.limits(true));
        Ok(Target { tier, interval, price, limits })
    }

    /// Whether a tier is below a product's tier. A tier that is no longer sold has no rank: a lower tier is one that
    /// costs less than the product pays, or limits more than the product may hold.
    fn is_less(&self, product: &Product, contract: &Contract, tier: &str) -> bool {
        let catalogue = self.fleet.catalogue();
        if let Some(rank) = catalogue.rank(&product.tier) {
            return catalogue.rank(tier) < Some(rank);
        }
        let price =
            |plan: &super::Plan| Some((plan.price, self.fleet.catalogue().price_for(contract, tier, plan.interval)?));
        let costs_less = contract.plan.as_ref().and_then(price).is_some_and(|(now, then)| then.minor() < now.minor());
        costs_less || catalogue.limits_less(tier, product)
    }
}

/// Returns what the product's owner paid for the current segment. `None` means another account paid for it.
fn paid_by_owner(
    tx: &mut Transaction<'_>,
    product: &Product,
    plan: Option<&super::Plan>,
) -> Result<Option<Money>, Error> {
    let Some(plan) = plan else { return Ok(None) };
    let billed = invoice(tx, product.id, plan.invoice)?;
    if billed.payer == product.owner { plan.paid(&billed).map(Some) } else { Ok(None) }
}

impl Card {
    pub(crate) fn view(&self, now: Timestamp) -> CardView {
        CardView {
            brand: self.brand.clone(),
            last_four: self.last_four.clone(),
            expires: self.expires,
            good: self.is_good(now),
        }
    }
}
