//! The clock: renewals, retries and notices that are due, and the outcomes that the payment provider reports. Each due
//! step is one commit and is done once.

use super::collect::renewal_outcome;
use super::renewal::no_leap;
use super::rows::{apply, collect, owed, put_owed};
use super::{AttemptResult, Charge, ChargeKey, ChargeOutcome, Contract, Decline, Payer, Purpose};
use crate::device::{Page, check_page};
use crate::directory::Directory;
use crate::fleet::{Console, Fleet};
use crate::notice::{NoticeSubject, charge_unknown_name, notify};
use crate::product::ProductId;
use crate::store::{Key, Record, Row, StoreErrorKind, Transaction};
use crate::team::{Access, AccountId, Command};
use crate::{Error, ErrorKind, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Maximum number of renewals of one product that a command issues before it decides: 50 years of months.
const MAX_LATE_RENEWALS: u32 = 600;

/// Commands of the clock, opened at a moment. The host opens it regularly, and whenever its payment provider answers.
#[derive(Clone, Copy, Debug)]
pub struct Clock<'f> {
    fleet: &'f Fleet,
    now: Timestamp,
}

/// A step that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A product's renewal, or the notice before it.
    Product {
        /// When it became due.
        at: Timestamp,
        /// The product.
        product: ProductId,
    },
    /// A retry of an account's payment, or the notice that its card expires.
    Account {
        /// When it became due.
        at: Timestamp,
        /// The account.
        account: AccountId,
    },
}

/// Result of one call of [`Clock::advance`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advanced {
    /// Number of steps done. Notices that an outcome stays unknown are not counted.
    pub done: usize,
    /// Whether more steps are due now, other than the skipped ones.
    pub more: bool,
    /// Steps that failed because a record cannot be read. They stay due and block nothing else; an operator has to look
    /// at them.
    pub skipped: Vec<Skipped>,
}

/// A due step that could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The step.
    pub due: Due,
    /// The reason, as text.
    pub why: String,
}

impl Advanced {
    /// Records a step that a retry cannot fix, and continues. Returns the error of a store that fails: it stops the
    /// whole advance.
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

/// Result of one step for a product, and when its next step is due.
struct ProductStep {
    is_counted: bool,
    next: Option<Timestamp>,
}

fn moment_of(key: &Key) -> Option<Timestamp> {
    match key {
        Key::ProductDue(at, _) | Key::AccountDue(at, _) => Some(*at),
        _ => None,
    }
}

/// Where a page of the list of charges ended. Its text form is opaque hexadecimal digits.
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
        Key::of_cursor(text, "charges", |key| matches!(key, Key::Charge(..))).map(Self)
    }
}

impl Fleet {
    /// Returns the commands of the clock at a moment.
    pub fn clock(&self, now: Timestamp) -> Clock<'_> {
        Clock { fleet: self, now }
    }

    /// Returns the charges that are pending or whose outcome is unknown, `limit` (1 to 1,000) a page, ordered by
    /// product. The host passes each to its payment provider, with the charge's key as idempotency key, and [reports
    /// the outcome](Clock::charge_outcome). Until then the charge is returned again.
    ///
    /// # Errors
    /// `invalid` for a limit out of its range.
    pub fn pending_charges(
        &self,
        after: Option<ChargeCursor>,
        limit: usize,
    ) -> Result<Page<Arc<Charge>, ChargeCursor>, Error> {
        check_page(limit)?;
        let mut range = Key::charges().limit(limit + 1);
        if let Some(ChargeCursor(after)) = after {
            range = range.after(after);
        }
        let rows = self.store().scan(&range)?;
        let charge = |row: Row| if let Record::Charge(charge) = row.record { Some(charge) } else { None };
        Ok(Page::of_rows(rows, limit, |key| Some(ChargeCursor(key.clone())), charge))
    }
}

impl Clock<'_> {
    /// Returns the steps that are due now, the earliest first of each kind, at most `limit` (1 to 1,000) of each.
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

    /// Does at most `limit` (1 to 1,000) due steps: issues renewals and requests their charges, retries failed charges,
    /// sends notices. Each step is its own commit and is done once: running it twice, late, or on several nodes at once
    /// does not repeat it. If it is several periods late, each period is invoiced.
    ///
    /// ```
    /// # use fleet_core::{Actor, Fleet, MemoryStore};
    /// # use fleet_core::billing::{CardToken, ChargeOutcome, ExpiryMonth, Interval, NewCard, Upgrade};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), "2016-03-08T12:00:00Z".parse()?);
    /// # let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?.id;
    /// # let console = fleet.console(alice, now);
    /// # let product = console.create_product("Thermostat", "photon".parse()?)?.id;
    /// # let card = NewCard::new(CardToken::new("tok_1")?, "visa", "4242", ExpiryMonth::new(2020, 1)?);
    /// # console.set_card(&card)?;
    /// # let quote = console.product(product).quote_upgrade("Small", Interval::Monthly)?;
    /// # let Upgrade::Charging(charge) = console.product(product).upgrade(quote.id)? else { panic!() };
    /// # fleet.clock(now).charge_outcome(charge.key, ChargeOutcome::Succeeded)?;
    /// let clock = fleet.clock("2016-04-08T00:00:00Z".parse()?);
    /// while clock.advance(100)?.more {}
    /// let charge = &fleet.pending_charges(None, 100)?.items[0];
    /// assert_eq!(charge.amount.to_string(), "89.00 USD");
    /// // The host requests the charge from its payment provider, with the key, and reports the answer.
    /// clock.charge_outcome(charge.key, ChargeOutcome::Succeeded)?;
    /// assert!(fleet.pending_charges(None, 100)?.items.is_empty());
    /// # Ok::<(), fleet_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `clock_leap` where the clock did not advance for over 35 days (by default) and something has been due for over 7
    /// days: nothing was done; call [`confirm_leap`](Self::confirm_leap) if the clock is right. `invalid` for a limit
    /// out of its range. Errors of the store. Steps done before the error stay done.
    pub fn advance(&self, limit: usize) -> Result<Advanced, Error> {
        check_page(limit)?;
        self.note_moment(false)?;
        let mut advanced = Advanced { done: 0, more: false, skipped: Vec::new() };
        self.advance_products(limit, &mut advanced)?;
        self.advance_accounts(limit, &mut advanced)?;
        advanced.more = advanced.more || self.has_more(&advanced.skipped)?;
        Ok(advanced)
    }

    /// Confirms that the clock is right after a leap that [`advance`](Self::advance) refused (R-BILL-10): the moment at
    /// which this `Clock` was opened counts as an advance.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn confirm_leap(&self) -> Result<(), Error> {
        self.note_moment(true)
    }

    /// Stores that the clock advances now, unless it leaps and the leap is not confirmed.
    fn note_moment(&self, confirmed: bool) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let mut directory: Directory = tx.get(())?.unwrap_or_default();
            if !confirmed {
                let mut first = None;
                for range in [Key::products_due(self.now), Key::accounts_due(self.now)] {
                    let row = tx.store().scan(&range.limit(1))?.into_iter().next();
                    first = row.and_then(|row| moment_of(&row.key)).into_iter().chain(first).min();
                }
                no_leap(self.fleet.billing(), &directory, first, self.now)?;
            }
            if directory.advanced_at != Some(self.now) {
                directory.advanced_at = Some(self.now);
                tx.put((), directory);
            }
            Ok(())
        })
    }

    /// Does the due steps of products, the earliest first, also where one product is late by several periods: of two
    /// invoices the older one is issued and charged first (R-PAY-6).
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
                match self.advance_product(product, at) {
                    Ok(ProductStep { is_counted, next }) => {
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

    /// Does the due steps of accounts. It runs after the products, whose new invoices are on the accounts' lists by
    /// then.
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
                match self.advance_account(account, at) {
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

    /// Whether any step is due other than the skipped ones.
    fn has_more(&self, skipped: &[Skipped]) -> Result<bool, Error> {
        let due = self.due((skipped.len() + 1).min(1000))?;
        Ok(due.iter().any(|due| skipped.iter().all(|skipped| skipped.due != *due)))
    }

    /// Does the due step of a product: the notice that there is no card for its renewal, the renewal, or the notice
    /// that the outcome of a charge is still unknown.
    fn advance_product(&self, product: ProductId, at: Timestamp) -> Result<ProductStep, Error> {
        self.fleet.transact(|tx| {
            let mut record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
            let contract = Arc::make_mut(&mut record);
            if contract.due != Some(at) {
                // Another commit has changed the schedule since the step was found.
                tx.delete(Key::ProductDue(at, product));
                return Ok(ProductStep { is_counted: true, next: contract.due });
            }
            let mut is_counted = self.notify_unknown(tx, product, contract)? == 0;
            if let Some(plan) = contract.plan.clone().filter(|plan| self.now >= plan.period.end) {
                // Too late for the notice: the renewal runs at its own due moment, in order with those of other
                // products.
                if at < plan.period.end && contract.upgrade.is_none() {
                    is_counted = false;
                } else if contract.upgrade.is_none() {
                    self.fleet.renew(tx, product, record, &plan, self.now)?;
                    let next = tx.get::<Arc<Contract>>(product)?.and_then(|renewed| renewed.due);
                    return Ok(ProductStep { is_counted: true, next });
                }
                // The price of the next period depends on the outcome of the open charge.
                contract.warned = true;
            } else if let Some(plan) = &contract.plan
                && self.now >= plan.notice_from(self.fleet.billing())
            {
                contract.warned = true;
                self.fleet.warn(tx, product, contract, self.now)?;
            }
            self.fleet.reschedule(tx, product, contract, self.now)?;
            let next = contract.due;
            tx.put(product, record);
            Ok(ProductStep { is_counted, next })
        })
    }

    /// Sends one notice for each charge whose outcome has been unknown for too long (R-PAY-3). Returns the number of
    /// notices.
    fn notify_unknown(
        &self,
        tx: &mut Transaction<'_>,
        product: ProductId,
        contract: &mut Contract,
    ) -> Result<usize, Error> {
        let patience = self.fleet.billing().unknown_notice();
        let late: Vec<(u32, Timestamp)> = contract.unknown.iter().map(|(charge, since)| (*charge, *since)).collect();
        let mut notified = 0;
        for (number, since) in late.into_iter().filter(|(_, since)| self.now >= since.after(patience)) {
            notified += 1;
            contract.unknown.remove(&number);
            if let Some(charge) = tx.get::<Arc<Charge>>((product, number))? {
                let (account, amount) = (charge.account, charge.amount);
                notify(tx, self.now, product, NoticeSubject::ChargeUnknown { account, charge: number, amount, since })?;
            }
        }
        Ok(notified)
    }

    /// Does the due step of an account: a retry, or the notice that its card expires.
    fn advance_account(&self, account: AccountId, at: Timestamp) -> Result<(), Error> {
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

    /// Reports the outcome of a charge. Succeeded: an upgrade takes effect, a renewal is paid, and a locked account
    /// that has paid everything is unlocked. Declined: a renewal is retried by the schedule; an upgrade changes
    /// nothing. Unknown: the charge stays pending, and so does everything that depends on it (R-PAY-3).
    ///
    /// # Errors
    /// `unknown_charge`; `charge_finished` where its outcome was reported before: the first report counts; `invalid`
    /// for a refund that was declined, which has to be made another way. Nothing changes in these cases.
    pub fn charge_outcome(&self, key: ChargeKey, outcome: ChargeOutcome) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            tx.load([Key::Charge(key.product, key.number), Key::Contract(key.product)])?;
            let mut record: Arc<Contract> = tx.get(key.product)?.unwrap_or_default();
            let charge = match tx.get::<Arc<Charge>>((key.product, key.number))? {
                Some(charge) if charge.key == key => charge,
                Some(_) => return Err(ErrorKind::UnknownCharge.into()),
                None if (1..=record.charges).contains(&key.number) => return Err(ErrorKind::ChargeFinished.into()),
                None => return Err(ErrorKind::UnknownCharge.into()),
            };
            let declined = match outcome {
                ChargeOutcome::Succeeded => None,
                ChargeOutcome::Declined(decline) => Some(decline),
                ChargeOutcome::Unknown => return self.note_unknown(tx, charge, record),
            };
            let contract = Arc::make_mut(&mut record);
            tx.delete(Key::Charge(key.product, key.number));
            if charge.unknown {
                // The outcome is known: the notice is obsolete.
                tx.delete(Key::Notice(key.product, charge_unknown_name(key.number)));
            }
            if contract.unknown.remove(&key.number).is_some() {
                self.fleet.reschedule(tx, key.product, contract, self.now)?;
                tx.put(key.product, record);
            }
            if let Some((Decline::Hard, card)) = declined.zip(charge.card.as_ref()) {
                self.mark_declined(tx, charge.account, card.number)?;
            }
            match charge.purpose {
                Purpose::Renewal { invoice } => self.renewal_outcome(tx, &charge, invoice, declined),
                Purpose::Upgrade => self.upgrade_outcome(tx, &charge, declined),
                Purpose::Refund { .. } if declined.is_none() => Ok(()),
                Purpose::Refund { .. } => {
                    let problem = "a refund cannot be declined: make it another way, and report it as succeeded";
                    Err(Error::invalid("outcome", problem))
                }
            }
        })
    }

    /// Notes since when the outcome of a charge has been unknown.
    fn note_unknown(
        &self,
        tx: &mut Transaction<'_>,
        mut charge: Arc<Charge>,
        mut record: Arc<Contract>,
    ) -> Result<(), Error> {
        if charge.unknown {
            return Ok(());
        }
        let (product, number) = (charge.product, charge.key.number);
        Arc::make_mut(&mut charge).unknown = true;
        let contract = Arc::make_mut(&mut record);
        contract.unknown.insert(number, self.now);
        self.fleet.reschedule(tx, product, contract, self.now)?;
        tx.put((product, number), charge);
        tx.put(product, record);
        Ok(())
    }

    /// Marks a card as declined permanently: it is never presented again (R-PAY-3). If a renewal is near, its owner
    /// receives a notice that another card is needed.
    fn mark_declined(&self, tx: &mut Transaction<'_>, account: AccountId, card: u32) -> Result<(), Error> {
        let mut payer: Arc<Payer> = tx.get(account)?.unwrap_or_default();
        Arc::make_mut(&mut payer).mark_declined(card);
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
        let mut record: Arc<Payer> = tx.get(charge.account)?.unwrap_or_default();
        let before = owed(tx, charge.product, number)?;
        let mut owed = before.clone();
        let (policy, payer) = (self.fleet.billing(), Arc::make_mut(&mut record));
        let effects = renewal_outcome(policy, payer, &mut owed, charge, declined, self.now)?;
        tx.put(charge.account, record);
        put_owed(tx, &before, owed);
        apply(tx, policy, effects, self.now)
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
            self.fleet.reschedule(tx, product, contract, self.now)?;
        } else {
            let payment = Some(charge.key.number);
            self.fleet.apply_upgrade(tx, (product, account), contract, (open.quote, payment), self.now)?;
        }
        tx.put(product, record);
        collect(tx, self.fleet.billing(), account, self.now)
    }
}

impl Console<'_> {
    /// Issues the due renewals of a product, each in its own commit, before a command decides about its plan. Ignores a
    /// renewal that waits for an upgrade: the command itself finds the open upgrade.
    pub(crate) fn up_to_date(&self, product: ProductId, command: Command) -> Result<(), Error> {
        for _ in 0..MAX_LATE_RENEWALS {
            let is_late = self.fleet.transact(|tx| {
                Access::check(tx, self.actor, command, product)?;
                self.renew_if_due(tx, product)
            })?;
            if !is_late {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Issues one renewal of a product if it is due. Returns whether it was due.
    pub(crate) fn renew_if_due(&self, tx: &mut Transaction<'_>, product: ProductId) -> Result<bool, Error> {
        let record: Arc<Contract> = tx.get(product)?.unwrap_or_default();
        let late = record.plan.clone().filter(|plan| self.now >= plan.period.end && record.upgrade.is_none());
        let Some(plan) = late else { return Ok(false) };
        let directory: Directory = tx.get(())?.unwrap_or_default();
        no_leap(self.fleet.billing(), &directory, Some(plan.period.end), self.now)?;
        self.fleet.renew(tx, product, record, &plan, self.now)?;
        Ok(true)
    }
}
