//! Amounts of money in whole minor units of a currency. No floating point, no conversion, no silent overflow.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A currency by its ISO 4217 code: three capital letters. The payment provider decides which codes exist.
///
/// ```
/// use fleet_core::Currency;
///
/// assert_eq!("eur".parse::<Currency>()?.to_string(), "EUR");
/// assert!("EURO".parse::<Currency>().is_err());
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// US dollars.
    pub const USD: Self = Self(*b"USD");

    fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Number of decimal places of its minor unit, by ISO 4217.
    fn places(self) -> u32 {
        match self.code() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
            | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_uppercase().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(Error::invalid("currency", "write its three letters, such as USD")),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in whole minor units (cents) of a currency; a negative amount is owed in the other direction.
///
/// ```
/// use fleet_core::{Currency, Money};
///
/// let price = Money::new(8_900, Currency::USD);
/// assert_eq!(price.to_string(), "89.00 USD");
/// assert_eq!(price.minus(Money::new(9_000, Currency::USD))?.to_string(), "-1.00 USD");
/// assert!(price.plus(Money::new(1, "EUR".parse()?)).is_err());
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of this many minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Zero, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum.
    ///
    /// # Errors
    /// `invalid` for amounts of two currencies, or a sum that is too large.
    pub fn plus(self, other: Self) -> Result<Self, Error> {
        self.with(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// `invalid` for amounts of two currencies, or a difference that is too large.
    pub fn minus(self, other: Self) -> Result<Self, Error> {
        self.with(other, i64::checked_sub)
    }

    /// The amount with the opposite sign.
    ///
    /// # Errors
    /// `invalid` for the one amount whose opposite does not fit.
    pub fn negated(self) -> Result<Self, Error> {
        Self::zero(self.currency).minus(self)
    }

    /// The amount, or zero if it is negative.
    #[must_use]
    pub fn or_zero(self) -> Self {
        Self { minor: self.minor.max(0), ..self }
    }

    /// The lesser of the two.
    ///
    /// # Errors
    /// `invalid` for amounts of two currencies.
    pub fn at_most(self, other: Self) -> Result<Self, Error> {
        self.with(other, |a, b| Some(a.min(b)))
    }

    /// Whether it is zero.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    fn with(self, other: Self, combine: impl Fn(i64, i64) -> Option<i64>) -> Result<Self, Error> {
        if self.currency != other.currency {
            let problem =
                format!("is in {}, not in {} as the other one; use one currency", other.currency, self.currency);
            return Err(Error::invalid("amount", problem));
        }
        let minor = combine(self.minor, other.minor).ok_or_else(too_large)?;
        Ok(Self { minor, ..self })
    }
}

pub(crate) fn too_large() -> Error {
    Error::invalid("amount", "is too large; give a smaller one")
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        let places = self.currency.places();
        let unit = 10_u64.pow(places);
        match places {
            0 => write!(f, "{sign}{minor} {}", self.currency),
            places => {
                write!(f, "{sign}{}.{:0width$} {}", minor / unit, minor % unit, self.currency, width = places as usize)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().unwrap())
    }

    #[test]
    fn an_amount_is_written_with_the_places_of_its_currency() {
        for (amount, text) in [
            (money(0, "USD"), "0.00 USD"),
            (money(5, "USD"), "0.05 USD"),
            (money(-5, "USD"), "-0.05 USD"),
            (money(123, "JPY"), "123 JPY"),
            (money(1_234, "KWD"), "1.234 KWD"),
            (money(38_123_456, "CLF"), "3812.3456 CLF"),
            (money(5, "UYW"), "0.0005 UYW"),
            (money(123, "UYI"), "123 UYI"),
            (money(i64::MIN, "USD"), "-92233720368547758.08 USD"),
        ] {
            assert_eq!(amount.to_string(), text);
        }
    }

    #[test]
    fn amounts_never_wrap_and_currencies_never_mix() {
        assert_eq!(money(i64::MAX, "USD").plus(money(1, "USD")).unwrap_err().code(), "invalid");
        assert_eq!(money(i64::MIN, "USD").negated().unwrap_err().code(), "invalid");
        assert_eq!(money(1, "USD").minus(money(1, "EUR")).unwrap_err().code(), "invalid");
        assert_eq!(money(-2, "USD").plus(money(1, "USD")).unwrap(), money(-1, "USD"));
    }

    #[test]
    fn a_currency_is_three_letters() {
        for wrong in ["", "US", "USDX", "U$D", "12A", "ÄÖÜ"] {
            assert!(wrong.parse::<Currency>().is_err(), "{wrong}");
        }
        assert_eq!(serde_json::to_string(&money(8_900, "usd")).unwrap(), r#"{"minor":8900,"currency":"USD"}"#);
        assert!(serde_json::from_str::<Money>(r#"{"minor":1,"currency":"dollars"}"#).is_err());
    }
}
