//! Payments of an account: its card, its open renewal invoices, and the lock.
//!
//! It is the guard record of an account's payments: one renewal is attempted at a time, the oldest first (R-PAY-6). The
//! account is locked from the failure of the last attempt until all renewals are paid (R-PAY-5).

use super::{Card, ChargedCard, KnownCard, NewCard, PastCard, Period};
use crate::firmware::Sha256;
use crate::{Error, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Number of earlier cards that are remembered.
const MAX_PAST_CARDS: usize = 32;

/// Payment state of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Payer {
    /// The number of the latest card.
    pub cards: u32,
    /// The card on file.
    pub card: Option<Card>,
    /// Earlier cards, oldest first, at most 32. A card that is set again keeps its number and state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<PastCard>,
    /// All products that it was ever billed for, removed ones included.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub products: BTreeSet<ProductId>,
    /// Unpaid renewal invoices, oldest first.
    pub open: Vec<OpenInvoice>,
    /// The charge for the oldest of them, while it has no outcome.
    pub charging: Option<OpenCharge>,
    /// The lock for unpaid invoices. `None` means the account is not locked.
    pub lock: Option<PaymentLock>,
    /// The moment under which the account stands in the due index.
    pub due: Option<Timestamp>,
}

/// An unpaid renewal invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenInvoice {
    /// The product.
    pub product: ProductId,
    /// The invoice's number.
    pub number: u32,
    /// Start of the period that it bills.
    #[serde(default = "before_all", skip_serializing_if = "is_before_all")]
    pub since: Timestamp,
}

impl OpenInvoice {
    /// Creates the entry of an invoice that bills a period.
    pub(crate) fn of(product: ProductId, number: u32, period: Period) -> Self {
        Self { product, number, since: period.start }
    }
}

/// Default for records of an earlier version, which have no date: those invoices are older than all others.
fn before_all() -> Timestamp {
    Timestamp::from_millis(i64::MIN)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_before_all(since: &Timestamp) -> bool {
    *since == before_all()
}

/// A charge that has no outcome yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCharge {
    /// The product.
    pub product: ProductId,
    /// The charge's number.
    pub number: u32,
}

/// Lock of an account for unpaid invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentLock {
    /// When the account was locked.
    pub since: Timestamp,
    /// The invoice whose last attempt failed.
    pub invoice: OpenInvoice,
    /// The card of the failed attempt: it is not tried again.
    pub card: Option<u32>,
}

impl Payer {
    /// Returns the card that can be presented at a moment.
    pub(crate) fn presentable(&self, now: Timestamp) -> Option<ChargedCard> {
        let card = self.card.as_ref().filter(|card| card.is_good(now))?;
        let spent = self.lock.is_some_and(|lock| lock.card == Some(card.number));
        (!spent).then(|| ChargedCard { number: card.number, token: card.token.clone() })
    }

    /// Adds an invoice to the list of unpaid ones, ordered by the start of its period (R-PAY-6).
    pub(crate) fn owe(&mut self, open: OpenInvoice) {
        let index = self.open.partition_point(|other| other.since <= open.since);
        self.open.insert(index, open);
    }

    /// Removes an invoice from the list: it was paid, or need not be paid any more. The next invoice may be attempted
    /// with the card on file.
    pub(crate) fn close(&mut self, product: ProductId, number: u32) {
        self.open.retain(|open| (open.product, open.number) != (product, number));
        if let Some(lock) = &mut self.lock {
            lock.card = None;
        }
    }

    /// Replaces the card on file. A token identifies a card (R-PAY-3): one that was on file before keeps its number,
    /// and stays declined if it was declined permanently.
    pub(crate) fn put_card(&mut self, new: &NewCard) -> Result<(), Error> {
        let before = self.card.take();
        let digest = Sha256::of(new.token.reveal().as_bytes());
        let known = before.iter().filter(|card| card.token == new.token).map(PastCard::of).next();
        let known = known.or_else(|| self.past.iter().find(|past| past.digest == digest).cloned());
        let card = match known {
            Some(known) => {
                let mut card = Card::new(known.number, new)?;
                card.declined = known.declined;
                card.told = known.told && known.card.expires == new.expires;
                card
            }
            None => {
                let wrong = || Error::invalid("card", "the account has used up its card numbers");
                self.cards = self.cards.checked_add(1).ok_or_else(wrong)?;
                Card::new(self.cards, new)?
            }
        };
        if let Some(before) = before.filter(|before| before.number != card.number) {
            self.remember(&before);
        }
        self.past.retain(|past| past.number != card.number);
        self.card = Some(card);
        Ok(())
    }

    /// Removes the card on file and remembers it as a past card.
    pub(crate) fn remove_card(&mut self) {
        if let Some(card) = self.card.take() {
            self.remember(&card);
        }
    }

    fn remember(&mut self, card: &Card) {
        self.past.retain(|past| past.number != card.number);
        if self.past.len() >= MAX_PAST_CARDS {
            // Permanently declined cards are forgotten last.
            let index = self.past.iter().position(|past| !past.declined).unwrap_or(0);
            self.past.remove(index);
        }
        self.past.push(PastCard::of(card));
    }

    /// Marks a card as declined permanently, also if it is no longer on file (R-PAY-3).
    pub(crate) fn mark_declined(&mut self, number: u32) {
        for card in self.card.iter_mut().filter(|card| card.number == number) {
            card.declined = true;
        }
        for past in self.past.iter_mut().filter(|past| past.number == number) {
            past.declined = true;
        }
    }

    /// Returns the details of the card with this number, or else of the latest card.
    pub(crate) fn known(&self, number: Option<u32>) -> Option<KnownCard> {
        let all = || self.past.iter().map(|past| (past.number, &past.card));
        let current = self.card.as_ref().map(|card| (card.number, card.known()));
        match number {
            Some(number) => {
                let current = current.filter(|(of, _)| *of == number).map(|(_, known)| known);
                current.or_else(|| all().find(|(of, _)| *of == number).map(|(_, known)| known.clone()))
            }
            None => current.map(|(_, known)| known).or_else(|| all().next_back().map(|(_, known)| known.clone())),
        }
    }
}
