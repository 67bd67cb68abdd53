//! Timestamps in whole milliseconds since 1970-01-01T00:00:00Z, and dates. `jiff` does the calendar arithmetic.
//!
//! Nothing in this crate reads a clock: the caller passes the current time to every door.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The clocks of hosts and gateways differ by at most this much, unless one of them is wrong.
const CLOCKS_APART: Duration = Duration::from_mins(10);

/// A moment in UTC, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Written and read as RFC 3339 by [`Display`](fmt::Display) and [`FromStr`]; in JSON it is the number of milliseconds.
///
/// ```
/// use fleet_core::Timestamp;
///
/// let noon: Timestamp = "2016-03-08T12:00:00Z".parse()?;
/// assert_eq!(noon.as_millis(), 1_457_438_400_000);
/// assert_eq!(noon.to_string(), "2016-03-08T12:00:00Z");
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment this many milliseconds after (or, if negative, before) 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This moment plus a duration; saturates instead of wrapping.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Whether this moment is so far after `now` that a wrong clock must have written it. Such a moment never delays
    /// anything.
    pub(crate) fn is_of_another_clock(self, now: Self) -> bool {
        self > now.after(CLOCKS_APART)
    }

    /// The date in UTC. Outside the calendar's years, -9999 to 9999, it is the calendar's first or last day.
    pub fn date(self) -> Date {
        let (earliest, latest) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
        let millis = self.0.clamp(earliest.as_millisecond(), latest.as_millisecond());
        let moment = jiff::Timestamp::from_millisecond(millis).unwrap_or(latest);
        Date(jiff::tz::Offset::UTC.to_datetime(moment).date())
    }

    /// How long this moment is after `earlier`; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => moment.fmt(f),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, crate::Error> {
        let moment: jiff::Timestamp = text
            .parse()
            .map_err(|_| crate::Error::invalid("time", "write it as RFC 3339, such as 2016-03-08T12:00:00Z"))?;
        Ok(Self(moment.as_millisecond()))
    }
}

/// A calendar day without a time of day, such as a billing date or the month of a card.
///
/// Written and read as `2016-03-08`, also in JSON. Years -9999 to 9999.
///
/// ```
/// use fleet_core::{Date, Timestamp};
///
/// let day: Date = "2016-02-29".parse()?;
/// assert_eq!(day.midnight().to_string(), "2016-02-29T00:00:00Z");
/// assert_eq!("2016-02-29T23:59:59Z".parse::<Timestamp>()?.date(), day);
/// assert!("2015-02-29".parse::<Date>().is_err());
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// The last day of the calendar.
    pub const MAX: Self = Self(jiff::civil::Date::MAX);

    /// Its first moment, in UTC.
    pub fn midnight(self) -> Timestamp {
        let start = jiff::tz::Offset::UTC.to_timestamp(self.0.at(0, 0, 0, 0));
        Timestamp(start.unwrap_or(jiff::Timestamp::MAX).as_millisecond())
    }

    pub(crate) fn civil(self) -> jiff::civil::Date {
        self.0
    }

    pub(crate) fn from_civil(date: jiff::civil::Date) -> Self {
        Self(date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Date {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, crate::Error> {
        let wrong = || crate::Error::invalid("date", "write it as year, month and day, such as 2016-03-08");
        text.parse().map(Self).map_err(|_| wrong())
    }
}
