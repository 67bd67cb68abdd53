//! Charges: what the host asks its payment provider for, and what it tells of the outcome (R-BILL-9).

use super::{CardToken, Decline};
use crate::team::AccountId;
use crate::{Error, Money, ProductId, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Names a charge and no other: the idempotency key to hand to the payment provider.
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
            _ => Err(Error::invalid("charge", "give the key that a charge request has")),
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

/// A charge that the host is to ask for, until it tells what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Charge {
    /// The idempotency key.
    pub key: ChargeKey,
    /// The product that it is for.
    pub product: ProductId,
    /// Who pays, or gets the money back.
    pub account: AccountId,
    /// What it is for.
    pub purpose: Purpose,
    /// How much: more than nothing.
    pub amount: Money,
    /// The card to charge; none for a refund, which goes back the way the money came.
    pub card: Option<ChargedCard>,
    /// When it was asked for.
    pub at: Timestamp,
    /// Whether its outcome was told as unknown: find it out by the key before anything else (R-PAY-3).
    pub unknown: bool,
}

/// What a charge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Purpose {
    /// A renewal invoice.
    Renewal {
        /// Its number.
        invoice: u32,
    },
    /// An upgrade, which takes effect with the charge.
    Upgrade,
    /// Money back, for a credit note.
    Refund {
        /// The credit note's number.
        invoice: u32,
    },
}

/// The card that a charge is asked of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargedCard {
    /// Which of the account's cards.
    pub number: u32,
    /// The payment provider's reference.
    pub token: CardToken,
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeOutcome {
    /// It was made.
    Succeeded,
    /// It was declined.
    Declined(Decline),
    /// Nobody can say yet, as after a time-out. It uses up nothing, and nothing else is tried until it is known.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_nothing_else_is_one() {
        let key = ChargeKey { product: ProductId::new(94).unwrap(), number: 7, nonce: 0xAB };
        assert_eq!(key.to_string(), "94-7-00000000000000ab");
        assert_eq!(key.to_string().parse::<ChargeKey>().unwrap(), key);
        for wrong in ["", "94-7", "94-7-ab", "0-7-00000000000000ab", "94-7-00000000000000ab-1", "94--00000000000000ab"]
        {
            assert_eq!(wrong.parse::<ChargeKey>().unwrap_err().code(), "invalid", "{wrong}");
        }
    }
}
