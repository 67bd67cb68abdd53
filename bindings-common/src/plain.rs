//! Values that every language has a type of its own for.

use fleet_core::Timestamp;
use std::fmt;

/// A moment, in whole milliseconds of UTC: a `datetime` in Python, a `Date` in Node and in Swift, an `Instant` in Kotlin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// So many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
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

/// A token or a code that is told once. A string in every language; here it does not show itself in logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(hidden)")
    }
}

/// A count of the core's as languages without unsigned integers can hold it.
pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
