//! How an account pays: its card, the renewal invoices that are open, and the lock.
//!
//! The guard record of an account's payments: one renewal is attempted at a time, the oldest first (R-PAY-6), and the
//! account is locked for them from the failure of the last attempt until all are paid (R-PAY-5).

use super::{Card, ChargedCard};
use crate::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};

/// An account's payments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Payer {
    /// The number of the latest card.
    pub cards: u32,
    /// The card on file.
    pub card: Option<Card>,
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

    /// Takes an invoice off the list: it was paid, or is not to be paid any more. What comes next may be tried with the
    /// card on file.
    pub(crate) fn close(&mut self, product: ProductId, number: u32) {
        self.open.retain(|open| *open != OpenInvoice { product, number });
        if let Some(lock) = &mut self.lock {
            lock.card = None;
        }
    }
}
