//! Charges: what the host requests from its payment provider, and the outcome that it reports (R-BILL-9).

use super::{CardToken, Decline};
use crate::team::AccountId;
use crate::{Error, Money, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Identifies one charge: the idempotency key to pass to the payment provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChargeKey {
    pub(crate) product: ProductId,
    pub(crate) number: u32,
    pub(crate) nonce: u64,
}

impl fmt::Display for ChargeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:016x}", self.product, self.number, self.nonce)
    }
}

impl FromStr for ChargeKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split('-');
        let mut next = || parts.next();
        let product = next().and_then(|part| part.parse().ok()).and_then(|number| ProductId::new(number).ok());
        let number = next().and_then(|part| part.parse().ok());
        let nonce = next().filter(|part| part.len() == 16).and_then(|part| u64::from_str_radix(part, 16).ok());
        match (product, number, nonce, next()) {
            (Some(product), Some(number), Some(nonce), None) => Ok(Self { product, number, nonce }),
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
        let key = ChargeKey { product: ProductId::new(94).unwrap(), number: 7, nonce: 0xAB };
        assert_eq!(key.to_string(), "94-7-00000000000000ab");
        assert_eq!(key.to_string().parse::<ChargeKey>().unwrap(), key);
        for wrong in ["", "94-7", "94-7-ab", "0-7-00000000000000ab", "94-7-00000000000000ab-1", "94--00000000000000ab"]
        {
            assert_eq!(wrong.parse::<ChargeKey>().unwrap_err().code(), "invalid", "{wrong}");
        }
    }
}
