//! How an account pays: its card, the renewal invoices that are open, and the lock.
//!
//! The guard record of an account's payments: one renewal is attempted at a time, the oldest first (R-PAY-6), and the
//! account is locked for them from the failure of the last attempt until all are paid (R-PAY-5).

use super::{Card, ChargedCard, KnownCard, NewCard, PastCard, Period};
use crate::firmware::Sha256;
use crate::{Error, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So many cards that were on file before are remembered.
const MOST_PAST: usize = 32;

/// An account's payments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Payer {
    /// The number of the latest card.
    pub cards: u32,
    /// The card on file.
    pub card: Option<Card>,
    /// Cards that were on file before, oldest first, 32 at most: set again, each is the card that it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<PastCard>,
    /// The products that it was ever billed for, removed ones among them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub products: BTreeSet<ProductId>,
    /// The renewal invoices that are not paid, oldest first.
    pub open: Vec<OpenInvoice>,
    /// The charge for the oldest of them that has no outcome yet.
    pub charging: Option<OpenCharge>,
    /// Since when the account is locked for them.
    pub lock: Option<PaymentLock>,
    /// Under which moment it stands in the index of what is due.
    pub due: Option<Timestamp>,
}

/// A renewal invoice that is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenInvoice {
    /// The product.
    pub product: ProductId,
    /// The invoice's number.
    pub number: u32,
    /// When the period begins that it bills.
    #[serde(default = "before_all", skip_serializing_if = "is_before_all")]
    pub since: Timestamp,
}

impl OpenInvoice {
    /// The invoice that bills a period.
    pub(crate) fn of(product: ProductId, number: u32, period: Period) -> Self {
        Self { product, number, since: period.start }
    }
}

/// What an earlier version wrote does not say: those invoices are older than the others.
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

/// That an account is locked for unpaid invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentLock {
    /// Since when.
    pub since: Timestamp,
    /// The invoice whose last attempt failed.
    pub invoice: OpenInvoice,
    /// The card that it failed with: it is not tried again.
    pub card: Option<u32>,
}

impl Payer {
    /// The card that can be presented at a moment.
    pub(crate) fn presentable(&self, now: Timestamp) -> Option<ChargedCard> {
        let card = self.card.as_ref().filter(|card| card.is_good(now))?;
        let spent = self.lock.is_some_and(|lock| lock.card == Some(card.number));
        (!spent).then(|| ChargedCard { number: card.number, token: card.token.clone() })
    }

    /// Puts an invoice on the list of those that are not paid, by the age of what it bills (R-PAY-6).
    pub(crate) fn owe(&mut self, open: OpenInvoice) {
        let place = self.open.partition_point(|other| other.since <= open.since);
        self.open.insert(place, open);
    }

    /// Takes an invoice off the list: it was paid, or is not to be paid any more. What comes next may be tried with the
    /// card on file.
    pub(crate) fn close(&mut self, product: ProductId, number: u32) {
        self.open.retain(|open| (open.product, open.number) != (product, number));
        if let Some(lock) = &mut self.lock {
            lock.card = None;
        }
    }

    /// Puts a card on file. A card is its token (R-PAY-3): one that was here before keeps its number, and stays declined
    /// where it was declined for good.
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
                let wrong = || Error::invalid("card", "the account has used every number of a card");
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

    /// Takes the card on file away, and remembers which it was.
    pub(crate) fn remove_card(&mut self) {
        if let Some(card) = self.card.take() {
            self.remember(&card);
        }
    }

    fn remember(&mut self, card: &Card) {
        self.past.retain(|past| past.number != card.number);
        if self.past.len() >= MOST_PAST {
            // One that was declined for good is remembered the longest.
            let place = self.past.iter().position(|past| !past.declined).unwrap_or(0);
            self.past.remove(place);
        }
        self.past.push(PastCard::of(card));
    }

    /// Notes that a card was declined for good, also where it is no longer on file (R-PAY-3).
    pub(crate) fn spoil(&mut self, number: u32) {
        for card in self.card.iter_mut().filter(|card| card.number == number) {
            card.declined = true;
        }
        for past in self.past.iter_mut().filter(|past| past.number == number) {
            past.declined = true;
        }
    }

    /// What people know a card by: the one with this number, or else the latest.
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
