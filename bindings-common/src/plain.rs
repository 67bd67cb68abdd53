//! Values for which every language has a type of its own.

use crate::{Answered, Failure};
use fleet_core::Timestamp;
use std::fmt;

/// The first millisecond of the year 0, and the last one of the year 9999.
const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

/// A moment, in whole milliseconds of UTC: a `datetime` in Python, a `Date` in Node and in Swift, an `Instant` in
/// Kotlin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The moment this many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads the moment of an argument.
    ///
    /// # Errors
    /// `invalid` for a moment before the year 0 or after the year 9999. Such values come from calendars that end there,
    /// from clocks that were never set, and from invalid numbers.
    pub fn read(self, field: &'static str) -> Answered<Timestamp> {
        if (FIRST..=LAST).contains(&self.0) {
            return Ok(self.into());
        }
        Err(Failure::invalid(field, "must be a moment in the years 0 to 9999"))
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millis())
    }
}

impl From<Moment> for Timestamp {
    fn from(at: Moment) -> Self {
        Self::from_millis(at.0)
    }
}

/// A token or a code that is shown only once. A string in every language; here it is hidden from logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}

/// A count of the core as a signed integer, for languages without unsigned ones.
pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Writes `security_counter` as JavaScript, Swift and Kotlin do.
#[cfg(any(feature = "node", feature = "mobile"))]
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut camel, word| {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}
