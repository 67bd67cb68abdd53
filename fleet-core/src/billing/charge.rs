//! Charges: what the host requests from its payment provider, and the outcome that it reports (R-BILL-9).

use super::{CardToken, Decline, Period, QuoteId};
use crate::firmware::Sha256;
use crate::team::AccountId;
use crate::{Error, Money, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Identifies one charge: the idempotency key to pass to the payment provider.
///
/// It is computed from what is charged (R-BILL-9). So a fleet that was restored from a backup requests a charge again
/// under the same key, and the payment provider recognises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChargeKey {
    pub(crate) product: ProductId,
    pub(crate) number: u32,
    /// The first 64 bits of a hash of what is charged. Charges of earlier versions have a random number here.
    pub(crate) digest: u64,
}

/// What is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charged {
    /// A renewal invoice, at the attempt with this number, from 0.
    Renewal { invoice: u32, period: Period, attempt: usize },
    /// An upgrade.
    Upgrade { quote: QuoteId },
    /// The refund of a credit note.
    Refund { invoice: u32, period: Period },
}

impl Charged {
    pub(crate) const fn purpose(self) -> Purpose {
        match self {
            Self::Renewal { invoice, .. } => Purpose::Renewal { invoice },
            Self::Upgrade { .. } => Purpose::Upgrade,
            Self::Refund { invoice, .. } => Purpose::Refund { invoice },
        }
    }
}

impl ChargeKey {
    /// The key of a product's charge with this number. `created`: when the product was created, which distinguishes the
    /// products of two fleets that use one payment provider. The amount and the card are left out: the provider refuses
    /// a key that it knows with another amount or card, instead of charging a second time.
    pub(crate) fn of(
        product: ProductId,
        created: Option<Timestamp>,
        number: u32,
        account: AccountId,
        what: Charged,
    ) -> Self {
        let what = match what {
            Charged::Renewal { invoice, period, attempt } => {
                format!("renewal {invoice} {} {} {attempt}", period.start.as_millis(), period.end.as_millis())
            }
            Charged::Upgrade { quote } => format!("upgrade {quote}"),
            Charged::Refund { invoice, period } => {
                format!("refund {invoice} {} {}", period.start.as_millis(), period.end.as_millis())
            }
        };
        let created = created.map_or(0, Timestamp::as_millis);
        let statement = format!("fleet-core charge 1\n{product} {created} {number} {account}\n{what}");
        let hash = Sha256::of(statement.as_bytes());
        let digest = hash.as_bytes().first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        Self { product, number, digest }
    }
}

impl fmt::Display for ChargeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:016x}", self.product, self.number, self.digest)
    }
}

impl FromStr for ChargeKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split('-');
        let mut next = || parts.next();
        let product = next().and_then(|part| part.parse().ok()).and_then(|number| ProductId::new(number).ok());
        let number = next().and_then(|part| part.parse().ok());
        let digest = next().filter(|part| part.len() == 16).and_then(|part| u64::from_str_radix(part, 16).ok());
        match (product, number, digest, next()) {
            (Some(product), Some(number), Some(digest), None) => Ok(Self { product, number, digest }),
            _ => Err(Error::invalid("charge", "is not a charge key; give the `key` of a charge")),
        }
    }
}

impl TryFrom<String> for ChargeKey {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ChargeKey> for String {
    fn from(key: ChargeKey) -> Self {
        key.to_string()
    }
}

/// A charge that the host has to request. It exists until the host reports its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Charge {
    /// The idempotency key.
    pub key: ChargeKey,
    /// The product that it belongs to.
    pub product: ProductId,
    /// The account that pays or is refunded.
    pub account: AccountId,
    /// Its purpose.
    pub purpose: Purpose,
    /// The amount, more than zero.
    pub amount: Money,
    /// The card to charge. `None` for a refund, which goes back to the original means of payment.
    pub card: Option<ChargedCard>,
    /// When it was requested.
    pub at: Timestamp,
    /// Whether its outcome was reported as unknown: look it up by the key before anything else (R-PAY-3).
    pub unknown: bool,
}

/// The purpose of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Purpose {
    /// A renewal invoice.
    Renewal {
        /// The invoice's number.
        invoice: u32,
    },
    /// An upgrade, which takes effect with the charge.
    Upgrade,
    /// A refund, for a credit note.
    Refund {
        /// The credit note's number.
        invoice: u32,
    },
}

/// The card to charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargedCard {
    /// Number of the card within its account.
    pub number: u32,
    /// The payment provider's reference.
    pub token: CardToken,
}

/// Outcome of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeOutcome {
    /// It was paid.
    Succeeded,
    /// It was declined.
    Declined(Decline),
    /// The outcome is not known yet, as after a time-out. It uses up no retry, and nothing else is attempted until the
    /// outcome is known.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_parsed_back_and_other_text_is_refused() {
        let key = ChargeKey { product: ProductId::new(94).unwrap(), number: 7, digest: 0xAB };
        assert_eq!(key.to_string(), "94-7-00000000000000ab");
        assert_eq!(key.to_string().parse::<ChargeKey>().unwrap(), key);
        for wrong in ["", "94-7", "94-7-ab", "0-7-00000000000000ab", "94-7-00000000000000ab-1", "94--00000000000000ab"]
        {
            assert_eq!(wrong.parse::<ChargeKey>().unwrap_err().code(), "invalid", "{wrong}");
        }
    }

    #[test]
    fn a_key_depends_on_everything_that_is_charged_and_on_nothing_else() {
        let product = |id| ProductId::new(id).unwrap();
        let account = |id| AccountId::new(id).unwrap();
        let [january, february, march] = [0, 2_678_400_000, 5_097_600_000].map(Timestamp::from_millis);
        let period = Period { index: 0, start: january, end: february };
        let next = Period { index: 1, start: february, end: march };
        let renewal = |invoice, period, attempt| Charged::Renewal { invoice, period, attempt };
        let first = renewal(3, period, 0);
        let key = ChargeKey::of(product(94), Some(january), 7, account(1), first);
        assert_eq!(key, ChargeKey::of(product(94), Some(january), 7, account(1), first));
        // A provider may keep keys for years: later versions must compute the same ones.
        assert_eq!(key.to_string(), "94-7-f3b56c8638a0a1c2");
        let others = [
            ChargeKey::of(product(95), Some(january), 7, account(1), first),
            ChargeKey::of(product(94), Some(february), 7, account(1), first),
            ChargeKey::of(product(94), Some(january), 8, account(1), first),
            ChargeKey::of(product(94), Some(january), 7, account(2), first),
            ChargeKey::of(product(94), Some(january), 7, account(1), renewal(4, period, 0)),
            ChargeKey::of(product(94), Some(january), 7, account(1), renewal(3, next, 0)),
            ChargeKey::of(product(94), Some(january), 7, account(1), renewal(3, period, 1)),
            ChargeKey::of(product(94), Some(january), 7, account(1), Charged::Refund { invoice: 3, period }),
            ChargeKey::of(product(94), Some(january), 7, account(1), Charged::Upgrade { quote: QuoteId(3) }),
            ChargeKey::of(product(94), Some(january), 7, account(1), Charged::Upgrade { quote: QuoteId(4) }),
        ];
        for (place, other) in others.iter().enumerate() {
            assert_ne!(other.digest, key.digest, "{other}");
            assert!(others.iter().skip(place + 1).all(|next| next.digest != other.digest), "{other}");
        }
    }
}
