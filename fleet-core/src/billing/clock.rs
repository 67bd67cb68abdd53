//! What time does: renewals, retries, notices. And what the host's payment provider said.

use super::collect::{ask, collect, failed, invoice};
use super::invoice::total;
use super::quote::balanced;
use super::{
    Anchor, AttemptResult, Charge, ChargeKey, ChargeOutcome, Decline, Invoice, InvoiceStatus, Line, LineKind,
    OpenInvoice, Payer, Plan, Purpose, Quote, Reason, Subscription,
};
use crate::device::{Page, check_page};
use crate::fleet::Fleet;
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, Transaction};
use crate::team::AccountId;
use crate::{Error, ErrorKind, Money, Timestamp};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The door for time, opened at a moment: the host opens it every so often, and when its payment provider answers.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'f> {
    fleet: &'f Fleet,
    now: Timestamp,
}

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A product's renewal, or the notice before it.
    Product {
        /// Since when.
        at: Timestamp,
        /// Which.
        product: ProductId,
    },
    /// A retry of an account's payment, or the notice that its card expires.
    Account {
        /// Since when.
        at: Timestamp,
        /// Which.
        account: AccountId,
    },
}

/// How far an advance came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advanced {
    /// How many things were done.
    pub done: usize,
    /// Whether more is due now.
    pub more: bool,
}

/// Where in the list of charges a page ended. Written and read as hexadecimal digits that mean nothing to anybody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeCursor(Key);

impl fmt::Display for ChargeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_hex())
    }
}

impl FromStr for ChargeCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match Key::from_hex(text) {
            Some(key @ Key::Charge(..)) => Ok(Self(key)),
            _ => Err(Error::invalid("after", "is no cursor that a page of charges ended with")),
        }
    }
}

impl Fleet {
    /// The door for time.
    pub fn clock(&self, now: Timestamp) -> Clock<'_> {
        Clock { fleet: self, now }
    }

    /// The charges that wait to be made, or whose outcome is not known, `limit` (1 to 1,000) a page, in order of their
    /// products. For the host, which asks its payment provider with the charge's key as idempotency key, and
    /// [tells the outcome](Clock::charge_outcome); until then they are handed out again.
    ///
    /// # Errors
    /// `invalid` for a limit out of its range.
    pub fn pending_charges(
        &self,
        after: Option<ChargeCursor>,
        limit: usize,
    ) -> Result<Page<Arc<Charge>, ChargeCursor>, Error> {
        check_page(limit)?;
        let mut range = Key::charges().limit(limit);
        if let Some(ChargeCursor(after)) = after {
            range = range.after(after);
        }
        let rows = self.store().scan(&range)?;
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| ChargeCursor(row.key.clone()));
        let charges = rows.into_iter();
        let charges =
            charges.filter_map(|row| if let Record::Charge(charge) = row.record { Some(charge) } else { None });
        Ok(Page::new(charges.collect(), next))
    }
}

impl Clock<'_> {
    /// What is due now, the earliest first of each kind, `limit` (1 to 1,000) of each at most.
    ///
    /// # Errors
    /// `invalid` for a limit out of its range.
    pub fn due(&self, limit: usize) -> Result<Vec<Due>, Error> {
        check_page(limit)?;
        let mut due = Vec::new();
        for range in [Key::products_due(self.now), Key::accounts_due(self.now)] {
            due.extend(self.fleet.store().scan(&range.limit(limit))?.into_iter().filter_map(|row| match row.key {
                Key::ProductDue(at, product) => Some(Due::Product { at, product }),
                Key::AccountDue(at, account) => Some(Due::Account { at, account }),
                _ => None,
            }));
        }
        Ok(due)
    }

    /// Does what is due, `limit` (1 to 1,000) things at most: issues renewals and asks for their charges, retries failed
    /// ones, sends notices out. Each is a commit of its own, and done once: run it twice, late, or on several nodes at
    /// once, and nothing more happens. Several periods late, each of them is invoiced.
    ///
    /// ```
    /// # use fleet_core::{Actor, Fleet, MemoryStore};
    /// # use fleet_core::billing::{CardToken, ChargeOutcome, ExpiryMonth, Interval, NewCard, Upgrade};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), "2016-03-08T12:00:00Z".parse()?);
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?.id;
    /// # let console = fleet.console(alice, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    /// # let card = NewCard {
    /// #     token: CardToken::new("tok_1")?,
    /// #     brand: "visa".to_owned(),
    /// #     last_four: "4242".to_owned(),
    /// #     expires: ExpiryMonth::new(2020, 1)?,
    /// # };
    /// # console.set_card(&card)?;
    /// # let quote = console.quote_upgrade(product, "Small", Interval::Monthly)?;
    /// # let Upgrade::Charging(charge) = console.upgrade(product, quote.id)? else { panic!() };
    /// # fleet.clock(now).charge_outcome(charge.key, ChargeOutcome::Succeeded)?;
    /// let clock = fleet.clock("2016-04-08T00:00:00Z".parse()?);
    /// while clock.advance(100)?.more {}
    /// let charge = &fleet.pending_charges(None, 100)?.items[0];
    /// assert_eq!(charge.amount.to_string(), "89.00 USD");
    /// // The host asks its payment provider, with the key, and tells what it said.
    /// clock.charge_outcome(charge.key, ChargeOutcome::Succeeded)?;
    /// assert!(fleet.pending_charges(None, 100)?.items.is_empty());
    /// # Ok::<(), fleet_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid` for a limit out of its range; the store's. What was done before stays done.
    pub fn advance(&self, limit: usize) -> Result<Advanced, Error> {
        check_page(limit)?;
        let mut done = 0;
        while done < limit {
            let due = self.due(limit - done)?;
            if due.is_empty() {
                return Ok(Advanced { done, more: false });
            }
            for due in due.into_iter().take(limit - done) {
                match due {
                    Due::Product { at, product } => self.turn(product, at)?,
                    Due::Account { at, account } => self.pursue(account, at)?,
                }
                done += 1;
            }
        }
        Ok(Advanced { done, more: !self.due(1)?.is_empty() })
    }

    /// What is due for a product: the notice that there is no card for its renewal, or the renewal.
    fn turn(&self, product: ProductId, at: Timestamp) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let mut record: Arc<Subscription> = tx.get(product)?.unwrap_or_default();
            let subscription = Arc::make_mut(&mut record);
            let plan = subscription.plan.clone().filter(|_| subscription.due == Some(at));
            let Some(plan) = plan else {
                // Somebody else was here since it was found.
                tx.delete(Key::ProductDue(at, product));
                return Ok(());
            };
            if self.now < plan.period.end {
                self.warn(tx, product, &plan)?;
                subscription.warned = true;
            } else if subscription.upgrade.is_none() {
                return self.renew(tx, product, record, &plan);
            } else {
                // The period after is billed at the price that the open charge decides on.
                subscription.due = None;
                tx.delete(Key::ProductDue(at, product));
                tx.put(product, record);
                return Ok(());
            }
            self.fleet.schedule(tx, product, subscription);
            tx.put(product, record);
            Ok(())
        })
    }

    /// Tells the owner where no card will be good at the renewal (R-PAY-7).
    fn warn(&self, tx: &mut Transaction<'_>, product: ProductId, plan: &Plan) -> Result<(), Error> {
        let Some(record) = tx.get::<Arc<Product>>(product)? else { return Ok(()) };
        let payer: Arc<Payer> = tx.get(record.owner)?.unwrap_or_default();
        if payer.card.as_ref().is_some_and(|card| card.is_good(plan.period.end)) {
            return Ok(());
        }
        notify(tx, self.now, product, NoticeSubject::CardNeeded { account: record.owner, renewal: plan.period.end })
    }

    /// Issues the invoice of the period that follows, and has it paid.
    fn renew(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        mut record: Arc<Subscription>,
        plan: &Plan,
    ) -> Result<(), Error> {
        let product = tx.get::<Arc<Product>>(id)?.ok_or_else(|| Error::not_found("product"))?;
        let subscription = Arc::make_mut(&mut record);
        let interval = subscription.at_renewal.take().unwrap_or(plan.interval);
        let price = self.fleet.renewal_price(&product, subscription, plan, interval);
        let period = Anchor::at(product.created_at).period_at(interval, plan.period.end);
        subscription.quotes.clear();
        subscription.warned = false;
        let Some(price) = price.filter(|price| !price.is_zero() && period.start < period.end) else {
            // On a tier that costs nothing there is nothing to renew.
            subscription.plan = None;
            self.fleet.schedule(tx, id, subscription);
            tx.put(id, record);
            return Ok(());
        };
        let none = Money::zero(price.currency());
        let tier = Arc::clone(&product.tier);
        let span = (period.start, period.end);
        let full = Line { kind: LineKind::Period, tier: Arc::clone(&tier), from: span.0, to: span.1, amount: price };
        let mut lines = vec![full];
        subscription.balance = balanced(&mut lines, subscription.balance, &tier, span)?;
        let number = subscription.next_invoice()?;
        let total = total(&lines, none)?;
        let status = if total.is_zero() { InvoiceStatus::Settled { at: self.now } } else { InvoiceStatus::Open };
        subscription.plan = Some(Plan { tier, interval, period, price, billed: price, invoice: number });
        if status == InvoiceStatus::Open {
            subscription.unpaid.insert(number);
        }
        self.fleet.schedule(tx, id, subscription);
        tx.put(id, record);
        let invoice = Invoice {
            number,
            product: id,
            payer: product.owner,
            reason: Reason::Renewal,
            issued_at: self.now,
            period,
            lines,
            total,
            offset: none,
            refund: none,
            status,
            charge: None,
            attempts: Vec::new(),
        };
        tx.put((id, number), Arc::new(invoice));
        if status == InvoiceStatus::Open {
            let mut payer: Arc<Payer> = tx.get(product.owner)?.unwrap_or_default();
            Arc::make_mut(&mut payer).open.push(OpenInvoice { product: id, number });
            tx.put(product.owner, payer);
            collect(tx, self.fleet.billing(), product.owner, self.now)?;
        }
        Ok(())
    }

    /// What is due for an account: a retry, or the notice that its card expires.
    fn pursue(&self, account: AccountId, at: Timestamp) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let payer: Arc<Payer> = tx.get(account)?.unwrap_or_default();
            if payer.due == Some(at) {
                collect(tx, self.fleet.billing(), account, self.now)
            } else {
                tx.delete(Key::AccountDue(at, account));
                Ok(())
            }
        })
    }

    /// Tells what became of a charge. Succeeded: an upgrade takes effect with it, a renewal is paid, and a locked account
    /// that has paid all is unlocked. Declined: a renewal is tried again by the schedule; an upgrade has changed nothing.
    /// Unknown: the charge goes on waiting, and so does all that depends on it (R-PAY-3).
    ///
    /// # Errors
    /// `unknown_charge`; `charge_finished` where its outcome was told before: the first one counts; `invalid` for a
    /// refund that was declined, which has to be made another way. Nothing has changed then.
    pub fn charge_outcome(&self, key: ChargeKey, outcome: ChargeOutcome) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            tx.load([Key::Charge(key.product, key.number), Key::Subscription(key.product)])?;
            let subscription: Option<Arc<Subscription>> = tx.get(key.product)?;
            let mut charge = match tx.get::<Arc<Charge>>((key.product, key.number))? {
                Some(charge) if charge.key == key => charge,
                Some(_) => return Err(ErrorKind::UnknownCharge.into()),
                None if (1..=subscription.map_or(0, |found| found.charges)).contains(&key.number) => {
                    return Err(ErrorKind::ChargeFinished.into());
                }
                None => return Err(ErrorKind::UnknownCharge.into()),
            };
            let declined = match outcome {
                ChargeOutcome::Succeeded => None,
                ChargeOutcome::Declined(decline) => Some(decline),
                ChargeOutcome::Unknown => {
                    Arc::make_mut(&mut charge).unknown = true;
                    tx.put((key.product, key.number), charge);
                    return Ok(());
                }
            };
            tx.delete(Key::Charge(key.product, key.number));
            if declined == Some(Decline::Hard) {
                self.spoil(tx, &charge)?;
            }
            match charge.purpose {
                Purpose::Renewal { invoice } => self.renewal_outcome(tx, &charge, invoice, declined),
                Purpose::Upgrade => self.upgrade_outcome(tx, &charge, declined),
                Purpose::Refund { .. } if declined.is_none() => Ok(()),
                Purpose::Refund { .. } => {
                    let problem = "a refund cannot be declined: make it another way, and tell that it succeeded";
                    Err(Error::invalid("outcome", problem))
                }
            }
        })
    }

    /// Notes that a card was declined for good: it is not presented again, for whatever (R-PAY-3).
    fn spoil(&self, tx: &mut Transaction<'_>, charge: &Charge) -> Result<(), Error> {
        let mut payer: Arc<Payer> = tx.get(charge.account)?.unwrap_or_default();
        let number = charge.card.as_ref().map(|card| card.number);
        if let Some(card) = Arc::make_mut(&mut payer).card.as_mut().filter(|card| Some(card.number) == number) {
            card.declined = true;
            tx.put(charge.account, payer);
        }
        Ok(())
    }

    fn renewal_outcome(
        &self,
        tx: &mut Transaction<'_>,
        charge: &Charge,
        number: u32,
        declined: Option<Decline>,
    ) -> Result<(), Error> {
        let (product, account) = (charge.product, charge.account);
        let mut found = invoice(tx, OpenInvoice { product, number })?;
        let mut record: Arc<Payer> = tx.get(account)?.unwrap_or_default();
        let (invoice, payer) = (Arc::make_mut(&mut found), Arc::make_mut(&mut record));
        payer.charging = None;
        if let Some(attempt) = invoice.attempts.iter_mut().find(|attempt| attempt.result == AttemptResult::Open) {
            attempt.result = declined.map_or(AttemptResult::Succeeded, AttemptResult::Declined);
        }
        if declined.is_some() {
            failed(tx, self.fleet.billing(), payer, invoice, self.now)?;
        } else {
            invoice.status = InvoiceStatus::Settled { at: self.now };
            invoice.charge = Some(charge.key.number);
            payer.close(product, number);
            settle(tx, product, number)?;
            notify(tx, self.now, product, NoticeSubject::RenewalPaid { account, invoice: number })?;
        }
        tx.put((product, number), found);
        tx.put(account, record);
        collect(tx, self.fleet.billing(), account, self.now)
    }

    fn upgrade_outcome(
        &self,
        tx: &mut Transaction<'_>,
        charge: &Charge,
        declined: Option<Decline>,
    ) -> Result<(), Error> {
        let (product, account) = (charge.product, charge.account);
        let mut record: Arc<Subscription> = tx.get(product)?.unwrap_or_default();
        let subscription = Arc::make_mut(&mut record);
        let Some(open) = subscription.upgrade.take() else { return Err(ErrorKind::ChargeFinished.into()) };
        if declined.is_some() {
            let number = charge.key.number;
            notify(tx, self.now, product, NoticeSubject::UpgradeDeclined { account, charge: number })?;
            self.fleet.schedule(tx, product, subscription);
        } else {
            let payment = Some(charge.key.number);
            take_effect(self.fleet, tx, (product, account), subscription, open.quote, payment, self.now)?;
        }
        tx.put(product, record);
        Ok(())
    }
}

/// Takes an invoice off the product's list of those that are not paid.
pub(crate) fn settle(tx: &mut Transaction<'_>, product: ProductId, number: u32) -> Result<(), Error> {
    let mut record: Arc<Subscription> = tx.get(product)?.unwrap_or_default();
    Arc::make_mut(&mut record).unpaid.remove(&number);
    tx.put(product, record);
    Ok(())
}

/// Puts a product on what was quoted, with its invoice, which is paid.
pub(crate) fn take_effect(
    fleet: &Fleet,
    tx: &mut Transaction<'_>,
    (product, account): (ProductId, AccountId),
    subscription: &mut Subscription,
    quote: Quote,
    charge: Option<u32>,
    now: Timestamp,
) -> Result<Invoice, Error> {
    let mut record = tx.get::<Arc<Product>>(product)?.ok_or_else(|| Error::not_found("product"))?;
    Arc::make_mut(&mut record).tier = Arc::clone(&quote.tier);
    tx.put(product, record);
    let (number, none) = (subscription.next_invoice()?, Money::zero(quote.price.currency()));
    let Quote { tier, interval, period, price, charge: billed, lines, due: total, balance, .. } = quote;
    if subscription.plan.as_ref().is_some_and(|plan| plan.interval != interval) {
        subscription.at_renewal = None;
    }
    // Of a renewal that stays where it was, the owner is told once.
    subscription.warned &= subscription.plan.as_ref().is_some_and(|plan| plan.period.end == period.end);
    subscription.plan = Some(Plan { tier, interval, period, price, billed, invoice: number });
    subscription.balance = balance;
    subscription.quotes.clear();
    fleet.schedule(tx, product, subscription);
    let invoice = Invoice {
        number,
        product,
        payer: account,
        reason: Reason::Upgrade,
        issued_at: now,
        period,
        lines,
        total,
        offset: none,
        refund: none,
        status: InvoiceStatus::Settled { at: now },
        charge,
        attempts: Vec::new(),
    };
    tx.put((product, number), Arc::new(invoice.clone()));
    notify(tx, now, product, NoticeSubject::Upgraded { account, invoice: number })?;
    Ok(invoice)
}

/// Asks for a refund of a credit note.
pub(crate) fn ask_refund(
    tx: &mut Transaction<'_>,
    subscription: &mut Subscription,
    note: &Invoice,
    now: Timestamp,
) -> Result<(), Error> {
    if !note.refund.is_zero() {
        let purpose = Purpose::Refund { invoice: note.number };
        ask(tx, subscription, (note.product, note.payer), purpose, note.refund, None, now)?;
    }
    Ok(())
}
