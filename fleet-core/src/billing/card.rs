//! The card that an account pays with. The payment provider stores the card; the core stores a reference to it and the
//! details that people recognise it by.

use super::{Anchor, Interval};
use crate::firmware::Sha256;
use crate::text;
use crate::{Date, Error, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The payment provider's reference to a card. Its `Debug` output hides the reference.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CardToken(String);

impl CardToken {
    /// Creates a reference of 1 to 255 characters.
    ///
    /// # Errors
    /// `invalid` for another length, or for a text with control characters.
    pub fn new(text: &str) -> Result<Self, Error> {
        text::checked("card token", text, 1..=255).map(Self)
    }

    /// Returns the text, to hand to the payment provider only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardToken(..)")
    }
}

/// The last month in which a card is valid, through its last day in UTC (R-PAY-7).
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
    /// Creates a month of the years 1 to 9998.
    ///
    /// # Errors
    /// `invalid` for a year or month out of its range.
    pub fn new(year: u16, month: u8) -> Result<Self, Error> {
        let wrong = || Error::invalid("expiry", "give a year up to 9998 and a month from 1 to 12");
        let first = (1..9999).contains(&year).then(|| format!("{year:04}-{month:02}-01").parse().ok());
        first.flatten().map(Self).ok_or_else(wrong)
    }

    /// The first moment of the month.
    pub fn start(self) -> Timestamp {
        self.0.midnight()
    }

    /// The first moment after the month.
    pub fn end(self) -> Timestamp {
        Anchor::new(self.0).date(Interval::Monthly, 1).midnight()
    }

    /// Whether a card that expires in this month is still valid at a moment.
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

/// A card that an owner registers, after the payment provider accepted it.
///
/// ```
/// use fleet_core::billing::{CardToken, ExpiryMonth, NewCard};
///
/// let card = NewCard::new(CardToken::new("tok_visa")?, "visa", "4242", ExpiryMonth::new(2019, 12)?);
/// assert_eq!(card.last_four, "4242");
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewCard {
    /// The provider's reference.
    pub token: CardToken,
    /// The brand, to distinguish cards: 1 to 100 characters.
    pub brand: String,
    /// The last four digits of the card number.
    pub last_four: String,
    /// The last month in which it is valid.
    pub expires: ExpiryMonth,
}

impl NewCard {
    /// A card: the provider's reference, its brand (1 to 100 characters), the last four digits of its number, and the
    /// last month in which it is valid. The brand and the digits are checked when the card is registered.
    pub fn new(token: CardToken, brand: impl Into<String>, last_four: impl Into<String>, expires: ExpiryMonth) -> Self {
        Self { token, brand: brand.into(), last_four: last_four.into(), expires }
    }
}

/// The card on file of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Number of the card within its account: 1 for the first.
    pub number: u32,
    /// The provider's reference.
    pub token: CardToken,
    /// The brand.
    pub brand: String,
    /// The last four digits of the card number.
    pub last_four: String,
    /// The last month in which it is valid.
    pub expires: ExpiryMonth,
    /// Whether it was declined permanently (R-PAY-3).
    pub declined: bool,
    /// Whether the owner received a notice that it expires (R-PAY-7).
    pub told: bool,
}

/// The details that people recognise a card by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownCard {
    /// The brand.
    pub brand: String,
    /// The last four digits of the card number.
    pub last_four: String,
    /// The last month in which it is valid.
    pub expires: ExpiryMonth,
}

/// A card that was on file before the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastCard {
    /// Number of the card within its account.
    pub number: u32,
    /// SHA-256 of the provider's reference, to recognise the card.
    pub digest: Sha256,
    /// The details that people recognise it by.
    pub card: KnownCard,
    /// Whether it was declined permanently.
    pub declined: bool,
    /// Whether the owner received a notice that it expires.
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

    /// Whether it can be charged at a moment.
    pub fn is_good(&self, at: Timestamp) -> bool {
        !self.declined && self.expires.covers(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_outside_1_to_12_is_refused() {
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
