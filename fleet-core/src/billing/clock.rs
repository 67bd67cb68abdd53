//! What time does: renewals, retries, notices. And what the host's payment provider said.

use super::collect::{collect, failed, invoice};
use super::credit::{former_payer, return_unused};
use super::{
    AttemptResult, Charge, ChargeKey, ChargeOutcome, Contract, Decline, Invoice, InvoiceStatus, Payer, Plan, Purpose,
    Quote, Reason,
};
use crate::device::{Page, check_page};
use crate::directory::Directory;
use crate::fleet::Fleet;
use crate::notice::{NoticeSubject, charge_unknown_name, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, StoreErrorKind, Transaction};
use crate::team::AccountId;
use crate::{Error, ErrorKind, Money, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advanced {
    /// How many things were done; notices that an outcome stays unknown are not counted.
    pub done: usize,
    /// Whether more is due now, beside what was skipped.
    pub more: bool,
    /// What could not be done because a record cannot be read. It stays due, and stops nothing else; a person has to look.
    pub skipped: Vec<Skipped>,
}

/// Something that is due and could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// What.
    pub due: Due,
    /// Why, in words.
    pub why: String,
}

impl Advanced {
    /// Goes on past what cannot be done by trying again. A store that fails stops the whole.
    fn skip(&mut self, due: Due, error: Error) -> Result<(), Error> {
        if let ErrorKind::Store(problem) = error.kind()
            && problem.kind() != StoreErrorKind::Corrupt
        {
            return Err(error);
        }
        self.skipped.push(Skipped { due, why: error.to_string() });
        Ok(())
    }
}

/// What was done for a product, and when it is due next.
struct Turned {
    is_counted: bool,
    next: Option<Timestamp>,
}

fn moment_of(key: &Key) -> Option<Timestamp> {
    match key {
        Key::ProductDue(at, _) | Key::AccountDue(at, _) => Some(*at),
        _ => None,
    }
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
            _ => Err(Error::invalid(
                "after",
                "is no cursor that a page of charges ended with; give the one of the page before, or none",
            )),
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
    /// `clock_leap` where the clock did not advance for over 35 days (by default) and something has been due for over 7
    /// days: nothing was done, and [`confirm_leap`](Self::confirm_leap) says that the clock is right; `invalid` for a limit out of
    /// its range; the store's. What was done before stays done.
    pub fn advance(&self, limit: usize) -> Result<Advanced, Error> {
        check_page(limit)?;
        self.note_moment(false)?;
        let mut advanced = Advanced { done: 0, more: false, skipped: Vec::new() };
        self.advance_products(limit, &mut advanced)?;
        self.advance_accounts(limit, &mut advanced)?;
        advanced.more = advanced.more || self.has_more(&advanced.skipped)?;
        Ok(advanced)
    }

    /// Says that the clock is right after a leap that [`advance`](Self::advance) refused (R-BILL-10): the moment at which
    /// this door was opened counts as one at which it advanced.
    ///
    /// # Errors
    /// The store's.
    pub fn confirm_leap(&self) -> Result<(), Error> {
        self.note_moment(true)
    }

    /// Notes that the clock advances now, unless it leaps and nobody confirmed it.
    fn note_moment(&self, confirmed: bool) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let mut directory: Directory = tx.get(())?.unwrap_or_default();
            if !confirmed {
                let mut first = None;
                for range in [Key::products_due(self.now), Key::accounts_due(self.now)] {
                    let row = tx.store().scan(&range.limit(1))?.into_iter().next();
                    first = row.and_then(|row| moment_of(&row.key)).into_iter().chain(first).min();
                }
                self.fleet.no_leap(&directory, first, self.now)?;
            }
            if directory.advanced_at != Some(self.now) {
                directory.advanced_at = Some(self.now);
                tx.put((), directory);
            }
            Ok(())
        })
    }

    /// What is due for products, the earliest first, also where one is late by several periods: of two invoices the older
    /// is issued first, and charged first (R-PAY-6).
    fn advance_products(&self, limit: usize, advanced: &mut Advanced) -> Result<(), Error> {
        let mut seen = None;
        while advanced.done < limit {
            let left = limit - advanced.done;
            let mut range = Key::products_due(self.now).limit(left);
            if let Some(seen) = seen.take() {
                range = range.after(seen);
            }
            let rows = self.fleet.store().scan(&range)?;
            let (is_last, end) = (rows.len() < left, rows.last().map(|row| row.key.clone()));
            let found = rows.into_iter().filter_map(|row| match row.key {
                Key::ProductDue(at, product) => Some(Reverse((at, product))),
                _ => None,
            });
            let mut heap: BinaryHeap<Reverse<(Timestamp, ProductId)>> = found.collect();
            while let Some(Reverse((at, product))) = heap.pop() {
                if advanced.done >= limit {
                    advanced.more = true;
                    return Ok(());
                }
                match self.turn(product, at) {
                    Ok(Turned { is_counted, next }) => {
                        advanced.done += usize::from(is_counted);
                        let again = next.filter(|next| *next <= self.now && *next > at);
                        let before = |next: &Timestamp| {
                            is_last || end.as_ref().and_then(moment_of).is_some_and(|end| *next <= end)
                        };
                        heap.extend(again.filter(before).map(|next| Reverse((next, product))));
                    }
                    Err(error) => advanced.skip(Due::Product { at, product }, error)?,
                }
            }
            match end {
                Some(end) if !is_last => seen = Some(end),
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// What is due for accounts: what products have issued is on their lists by now.
    fn advance_accounts(&self, limit: usize, advanced: &mut Advanced) -> Result<(), Error> {
        let mut seen = None;
        while advanced.done < limit {
            let left = limit - advanced.done;
            let mut range = Key::accounts_due(self.now).limit(left);
            if let Some(seen) = seen.take() {
                range = range.after(seen);
            }
            let rows = self.fleet.store().scan(&range)?;
            let is_last = rows.len() < left;
            for row in rows {
                let Key::AccountDue(at, account) = row.key else { continue };
                match self.pursue(account, at) {
                    Ok(()) => advanced.done += 1,
                    Err(error) => advanced.skip(Due::Account { at, account }, error)?,
                }
                seen = Some(Key::AccountDue(at, account));
            }
            if is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether anything is due but what was skipped.
    fn has_more(&self, skipped: &[Skipped]) -> Result<bool, Error> {
        let due = self.due((skipped.len() + 1).min(1000))?;
        Ok(due.iter().any(|due| skipped.iter().all(|skipped| skipped.due != *due)))
    }

    /// What is due for a product: the notice that there is no card for its renewal, the renewal, or that nobody has found
    /// out what became of a charge.
    fn turn(&self, product: ProductId, at: Timestamp) -> Result<Turned, Error> {
        self.fleet.transact(|tx| {
            let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let contract = Arc::make_mut(&mut record);
            if contract.due != Some(at) {
                // Somebody else was here since it was found.
                tx.delete(Key::ProductDue(at, product));
                return Ok(Turned { is_counted: true, next: contract.due });
            }
            let mut is_counted = self.tell_of_unknown(tx, product, contract)? == 0;
            if let Some(plan) = contract.plan.clone().filter(|plan| self.now >= plan.period.end) {
                // Too late for the notice: the renewal has its turn by its own moment, among those of other products.
                if at < plan.period.end && contract.upgrade.is_none() {
                    is_counted = false;
                } else if contract.upgrade.is_none() {
                    self.fleet.renew(tx, product, record, &plan, self.now)?;
                    let next = tx.get::<Arc<Contract>>(product)?.and_then(|renewed| renewed.due);
                    return Ok(Turned { is_counted: true, next });
                }
                // The period after is billed at the price that the open charge decides on.
                contract.warned = true;
            } else if let Some(plan) = &contract.plan
                && self.now >= plan.notice_from(self.fleet.billing())
            {
                contract.warned = true;
                self.fleet.warn(tx, product, contract, self.now)?;
            }
            self.fleet.schedule(tx, product, contract);
            let next = contract.due;
            tx.put(product, record);
            Ok(Turned { is_counted, next })
        })
    }

    /// Tells of charges whose outcome has been unknown for too long, once each (R-PAY-3). Answers of how many.
    fn tell_of_unknown(
        &self,
        tx: &mut Transaction<'_>,
        product: ProductId,
        contract: &mut Contract,
    ) -> Result<usize, Error> {
        let patience = self.fleet.billing().unknown_notice();
        let late: Vec<(u32, Timestamp)> = contract.unknown.iter().map(|(charge, since)| (*charge, *since)).collect();
        let mut told = 0;
        for (number, since) in late.into_iter().filter(|(_, since)| self.now >= since.after(patience)) {
            told += 1;
            contract.unknown.remove(&number);
            if let Some(charge) = tx.get::<Arc<Charge>>((product, number))? {
                let (account, amount) = (charge.account, charge.amount);
                notify(tx, self.now, product, NoticeSubject::ChargeUnknown { account, charge: number, amount, since })?;
            }
        }
        Ok(told)
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
            tx.load([Key::Charge(key.product, key.number), Key::Contract(key.product)])?;
            let mut record: Arc<Contract> = tx.get(key.product)?.unwrap_or_default();
            let mut charge = match tx.get::<Arc<Charge>>((key.product, key.number))? {
                Some(charge) if charge.key == key => charge,
                Some(_) => return Err(ErrorKind::UnknownCharge.into()),
                None if (1..=record.charges).contains(&key.number) => return Err(ErrorKind::ChargeFinished.into()),
                None => return Err(ErrorKind::UnknownCharge.into()),
            };
            let contract = Arc::make_mut(&mut record);
            let declined = match outcome {
                ChargeOutcome::Succeeded => None,
                ChargeOutcome::Declined(decline) => Some(decline),
                ChargeOutcome::Unknown => {
                    if !charge.unknown {
                        Arc::make_mut(&mut charge).unknown = true;
                        contract.unknown.insert(key.number, self.now);
                        self.fleet.schedule(tx, key.product, contract);
                        tx.put((key.product, key.number), charge);
                        tx.put(key.product, record);
                    }
                    return Ok(());
                }
            };
            tx.delete(Key::Charge(key.product, key.number));
            if charge.unknown {
                // Nobody needs to be told of it any more.
                tx.delete(Key::Notice(key.product, charge_unknown_name(key.number)));
            }
            if contract.unknown.remove(&key.number).is_some() {
                self.fleet.schedule(tx, key.product, contract);
                tx.put(key.product, record);
            }
            if let Some((Decline::Hard, card)) = declined.zip(charge.card.as_ref()) {
                self.spoil(tx, charge.account, card.number)?;
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

    /// Notes that a card was declined for good: it is not presented again, for whatever (R-PAY-3). Where a renewal is near,
    /// its owner is told that another is needed.
    fn spoil(&self, tx: &mut Transaction<'_>, account: AccountId, card: u32) -> Result<(), Error> {
        let mut payer: Arc<Payer> = tx.get(account)?.unwrap_or_default();
        Arc::make_mut(&mut payer).spoil(card);
        tx.put(account, payer);
        self.fleet.warn_account(tx, account, self.now)
    }

    fn renewal_outcome(
        &self,
        tx: &mut Transaction<'_>,
        charge: &Charge,
        number: u32,
        declined: Option<Decline>,
    ) -> Result<(), Error> {
        let (product, account) = (charge.product, charge.account);
        let mut found = invoice(tx, product, number)?;
        let mut record: Arc<Payer> = tx.get(account)?.unwrap_or_default();
        let (invoice, payer) = (Arc::make_mut(&mut found), Arc::make_mut(&mut record));
        payer.charging = None;
        if let Some(attempt) = invoice.attempts.iter_mut().find(|attempt| attempt.result == AttemptResult::Open) {
            attempt.result = declined.map_or(AttemptResult::Succeeded, AttemptResult::Declined);
            attempt.known_at = Some(self.now);
        }
        if declined.is_some() {
            failed(tx, self.fleet.billing(), payer, invoice, self.now)?;
        } else {
            invoice.status = InvoiceStatus::Settled { at: self.now };
            invoice.charge = Some(charge.key.number);
            payer.close(product, number);
            settle(tx, product, number, true)?;
            let card = payer.known(charge.card.as_ref().map(|card| card.number));
            let amount = Some(charge.amount);
            notify(tx, self.now, product, NoticeSubject::RenewalPaid { account, invoice: number, amount, card })?;
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
        let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
        let contract = Arc::make_mut(&mut record);
        let Some(open) = contract.upgrade.take() else { return Err(ErrorKind::ChargeFinished.into()) };
        if declined.is_some() {
            let payer: Arc<Payer> = tx.get(account)?.unwrap_or_default();
            let card = payer.known(charge.card.as_ref().map(|card| card.number));
            let (number, amount) = (charge.key.number, Some(charge.amount));
            let result = declined.map(AttemptResult::Declined);
            let subject = NoticeSubject::UpgradeDeclined { account, charge: number, amount, result, card };
            notify(tx, self.now, product, subject)?;
            self.fleet.schedule(tx, product, contract);
        } else {
            let payment = Some(charge.key.number);
            take_effect(self.fleet, tx, (product, account), contract, open.quote, payment, self.now)?;
        }
        tx.put(product, record);
        collect(tx, self.fleet.billing(), account, self.now)
    }
}

/// Takes an invoice off the product's list of those that are not paid. Where it was `paid`, so is the segment that it billed.
pub(crate) fn settle(tx: &mut Transaction<'_>, product: ProductId, number: u32, paid: bool) -> Result<(), Error> {
    let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
    let contract = Arc::make_mut(&mut record);
    contract.unpaid.remove(&number);
    if let Some(plan) = contract.plan.as_mut().filter(|plan| paid && plan.invoice == number) {
        plan.paid = Some(plan.billed);
    }
    tx.put(product, record);
    Ok(())
}

/// Puts a product on what was quoted, with its invoice, which is paid.
pub(crate) fn take_effect(
    fleet: &Fleet,
    tx: &mut Transaction<'_>,
    (product, account): (ProductId, AccountId),
    contract: &mut Contract,
    quote: Quote,
    charge: Option<u32>,
    now: Timestamp,
) -> Result<Invoice, Error> {
    let mut record = tx.get::<Arc<Product>>(product)?.ok_or_else(|| Error::not_found("product"))?;
    let changed = Arc::make_mut(&mut record);
    fleet.put_on(changed, Some(&quote.tier), true);
    changed.limits = quote.limits.or(changed.limits);
    tx.put(product, record);
    let before = contract.plan.take();
    let former = former_payer(tx, product, before.as_ref(), account)?;
    let (number, none) = (contract.next_invoice()?, Money::zero(quote.price.currency()));
    let Quote { tier, interval, at, period, price, charge: billed, lines, due: total, balance, .. } = quote;
    if before.as_ref().is_some_and(|plan| plan.interval != interval) {
        contract.at_renewal = None;
    }
    // Of a renewal that stays where it was, the owner is told once.
    let stays = before.as_ref().is_some_and(|plan| plan.period.end == period.end);
    contract.warned &= stays;
    contract.card_needed &= stays;
    contract.plan = Some(Plan { tier, interval, period, price, billed, paid: Some(billed), invoice: number });
    contract.balance = balance;
    contract.quotes.clear();
    fleet.schedule(tx, product, contract);
    fleet.warn(tx, product, contract, now)?;
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
    let mut payer: Arc<Payer> = tx.get(account)?.unwrap_or_default();
    if Arc::make_mut(&mut payer).products.insert(product) {
        tx.put(account, payer);
    }
    notify(tx, now, product, NoticeSubject::Upgraded { account, invoice: number, amount: Some(total) })?;
    if let Some((before, _)) = before.zip(former) {
        return_unused(tx, product, contract, &before, at, now)?;
    }
    Ok(invoice)
}
