//! The card that an account pays with. The payment provider keeps the card; here is a reference to it, and what a person
//! knows it by.

use super::{Anchor, Interval};
use crate::firmware::Sha256;
use crate::text;
use crate::{Date, Error, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The payment provider's reference to a card. Printed for debugging it shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CardToken(String);

impl CardToken {
    /// A reference of 1 to 255 characters.
    ///
    /// # Errors
    /// `invalid` for another length, or one with control characters.
    pub fn new(text: &str) -> Result<Self, Error> {
        text::checked("card token", text, 1..=255).map(Self)
    }

    /// The text, for the provider's eyes only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardToken(..)")
    }
}

/// The month through whose last day a card is valid (R-PAY-7), in UTC.
///
/// ```
/// use fleet_core::billing::ExpiryMonth;
///
/// let month = ExpiryMonth::new(2016, 2)?;
/// assert_eq!(month.to_string(), "2016-02");
/// assert!(month.covers("2016-02-29T23:59:59Z".parse()?));
/// assert!(!month.covers("2016-03-01T00:00:00Z".parse()?));
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExpiryMonth(Date);

impl ExpiryMonth {
    /// A month of the years 1 to 9998.
    ///
    /// # Errors
    /// `invalid` for what is no month.
    pub fn new(year: u16, month: u8) -> Result<Self, Error> {
        let wrong = || Error::invalid("expiry", "give a year up to 9998 and a month from 1 to 12");
        let first = (1..9999).contains(&year).then(|| format!("{year:04}-{month:02}-01").parse().ok());
        first.flatten().map(Self).ok_or_else(wrong)
    }

    /// Its first moment.
    pub fn start(self) -> Timestamp {
        self.0.midnight()
    }

    /// The first moment after it.
    pub fn end(self) -> Timestamp {
        Anchor::new(self.0).date(Interval::Monthly, 1).midnight()
    }

    /// Whether a card of this month is still valid at a moment.
    pub fn covers(self, at: Timestamp) -> bool {
        at < self.end()
    }
}

impl fmt::Display for ExpiryMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.0.to_string();
        f.write_str(date.get(..7).unwrap_or(&date))
    }
}

/// A card as an owner hands it in, after their payment provider took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCard {
    /// The provider's reference.
    pub token: CardToken,
    /// The brand, to tell cards apart: 1 to 100 characters.
    pub brand: String,
    /// The last four digits of its number.
    pub last_four: String,
    /// The month through which it is valid.
    pub expires: ExpiryMonth,
}

/// The card on file of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Which of the account's cards it is: 1 for the first.
    pub number: u32,
    /// The provider's reference.
    pub token: CardToken,
    /// The brand.
    pub brand: String,
    /// The last four digits of its number.
    pub last_four: String,
    /// The month through which it is valid.
    pub expires: ExpiryMonth,
    /// Whether it was declined for good (R-PAY-3).
    pub declined: bool,
    /// Whether the owner was told that it expires (R-PAY-7).
    pub told: bool,
}

/// What people know a card by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownCard {
    /// The brand.
    pub brand: String,
    /// The last four digits of its number.
    pub last_four: String,
    /// The month through which it is valid.
    pub expires: ExpiryMonth,
}

/// A card that was on file before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastCard {
    /// Which of the account's cards it is.
    pub number: u32,
    /// The SHA-256 of the provider's reference, by which it is recognised.
    pub digest: Sha256,
    /// What people know it by.
    pub card: KnownCard,
    /// Whether it was declined for good.
    pub declined: bool,
    /// Whether the owner was told that it expires.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
}

impl PastCard {
    pub(crate) fn of(card: &Card) -> Self {
        let digest = Sha256::of(card.token.reveal().as_bytes());
        Self { number: card.number, digest, card: card.known(), declined: card.declined, told: card.told }
    }
}

impl Card {
    pub(crate) fn known(&self) -> KnownCard {
        KnownCard { brand: self.brand.clone(), last_four: self.last_four.clone(), expires: self.expires }
    }

    pub(crate) fn new(number: u32, card: &NewCard) -> Result<Self, Error> {
        if card.last_four.len() != 4 || !card.last_four.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Error::invalid("last four", "give the last four digits of the card's number"));
        }
        Ok(Self {
            number,
            token: card.token.clone(),
            brand: text::checked("brand", &card.brand, text::NAME)?,
            last_four: card.last_four.clone(),
            expires: card.expires,
            declined: false,
            told: false,
        })
    }

    /// Whether it can be presented at a moment.
    pub fn is_good(&self, at: Timestamp) -> bool {
        !self.declined && self.expires.covers(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_one_of_twelve() {
        for (year, month) in [(2016, 0), (2016, 13), (0, 1), (9999, 1), (2016, 100)] {
            assert!(ExpiryMonth::new(year, month).is_err(), "{year} {month}");
        }
        assert_eq!(ExpiryMonth::new(2016, 12).unwrap().end().to_string(), "2017-01-01T00:00:00Z");
    }

    #[test]
    fn a_reference_is_never_printed() {
        let token = CardToken::new("tok_4242").unwrap();
        assert_eq!(format!("{token:?}"), "CardToken(..)");
        assert_eq!(CardToken::new("").unwrap_err().code(), "invalid");
        assert_eq!(CardToken::new(&"x".repeat(256)).unwrap_err().code(), "invalid");
    }
}
