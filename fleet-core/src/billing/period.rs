//! Periods: the billing periods of a product, and the usage months of its messages (R-BILL-2, R-EVT-4).
//!
//! The n-th date is always the anchor plus n units, never the previous date plus one unit: it is clamped to the last
//! day of a short month, and returns to its own day afterwards. Periods begin at 00:00 UTC of their date, are
//! half-open, and tile time.

use crate::time::{Date, Timestamp};
use jiff::Span;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Length of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// A month.
    Monthly,
    /// A year.
    Annual,
}

impl Interval {
    const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Annual => 12,
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Monthly => "monthly",
            Self::Annual => "annual",
        })
    }
}

/// The date that periods are counted from: the UTC day on which a product was created.
///
/// ```
/// use fleet_core::billing::{Anchor, Interval};
///
/// let anchor = Anchor::new("2015-01-31".parse()?);
/// let dates: Vec<String> = (0..4).map(|n| anchor.date(Interval::Monthly, n).to_string()).collect();
/// assert_eq!(dates, ["2015-01-31", "2015-02-28", "2015-03-31", "2015-04-30"]);
///
/// let february = anchor.period_at(Interval::Monthly, "2015-02-28T00:00:00Z".parse()?);
/// assert_eq!(february.index, 1);
/// assert_eq!(february.end.to_string(), "2015-03-31T00:00:00Z");
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor(Date);

/// One half-open period: its start is included, its end is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Its number. Period 0 begins at the anchor.
    pub index: u32,
    /// Its first moment.
    pub start: Timestamp,
    /// The first moment after it, where the next period starts.
    pub end: Timestamp,
}

impl Period {
    /// Whether a moment is in the period.
    pub fn contains(&self, at: Timestamp) -> bool {
        (self.start..self.end).contains(&at)
    }

    /// Its length in whole seconds.
    pub fn seconds(&self) -> u64 {
        self.end.since(self.start).as_secs()
    }

    /// Whole seconds from a moment to its end: the full length before its start, 0 from its end on.
    pub fn seconds_left(&self, at: Timestamp) -> u64 {
        self.end.since(at.max(self.start)).as_secs()
    }
}

impl Anchor {
    /// Creates an anchor on this date.
    pub const fn new(date: Date) -> Self {
        Self(date)
    }

    /// Creates an anchor on the UTC day of a moment.
    pub fn at(moment: Timestamp) -> Self {
        Self(moment.date())
    }

    /// Returns the n-th date: the anchor itself for 0. Stops at the end of the calendar, in the year 9999.
    pub fn date(self, interval: Interval, n: u32) -> Date {
        let months = i64::from(n).saturating_mul(interval.months().into());
        let date = Span::new().try_months(months).and_then(|span| self.0.civil().checked_add(span));
        date.map_or(Date::MAX, Date::from_civil)
    }

    /// Returns the period with this number.
    pub fn period(self, interval: Interval, index: u32) -> Period {
        let (start, end) = (self.date(interval, index), self.date(interval, index.saturating_add(1)));
        Period { index, start: start.midnight(), end: end.midnight() }
    }

    /// Returns the period that contains a moment. A moment before the anchor, which a wrong clock may show, counts as
    /// in the first period.
    pub fn period_at(self, interval: Interval, at: Timestamp) -> Period {
        let (anchor, day) = (self.0.civil(), at.date().civil());
        let months = (i64::from(day.year()) - i64::from(anchor.year())) * 12 + i64::from(day.month())
            - i64::from(anchor.month());
        let guess = u32::try_from(months.max(0)).unwrap_or(0) / interval.months();
        // The guess is right, or one too high if the day of the month is not reached yet.
        let period = self.period(interval, guess);
        if at < period.start && guess > 0 { self.period(interval, guess - 1) } else { period }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn anchor(date: &str) -> Anchor {
        Anchor::new(date.parse().unwrap())
    }

    #[test]
    fn a_leap_day_falls_on_the_28th_in_common_years_and_returns() {
        let dates: Vec<String> = (0..=4).map(|n| anchor("2016-02-29").date(Interval::Annual, n).to_string()).collect();
        assert_eq!(dates, ["2016-02-29", "2017-02-28", "2018-02-28", "2019-02-28", "2020-02-29"]);
    }

    #[test]
    fn the_calendar_ends_and_nothing_panics() {
        assert_eq!(anchor("2016-02-29").date(Interval::Annual, u32::MAX), Date::MAX);
        let last = anchor("9999-12-31").period_at(Interval::Monthly, Timestamp::from_millis(i64::MAX));
        assert_eq!(last.start, last.end);
        let first = anchor("2016-02-29").period_at(Interval::Monthly, Timestamp::from_millis(i64::MIN));
        assert_eq!(first.index, 0);
    }

    /// R-BILL-2, for every day that a product of 2016 to 2032 can be created on.
    #[test]
    fn periods_tile_time_from_every_anchor_on_the_day_of_the_month_or_its_last() {
        let first = "2016-01-01".parse::<Date>().unwrap().civil();
        for day in 0..6_210 {
            let date = first.checked_add(Span::new().days(day)).unwrap();
            let anchor = Anchor::new(Date::from_civil(date));
            for (interval, periods) in [(Interval::Monthly, 49), (Interval::Annual, 9)] {
                for n in 0..periods {
                    let (period, next) = (anchor.period(interval, n), anchor.period(interval, n + 1));
                    assert!(period.start < period.end && period.end == next.start, "{date} {n}: {period:?} {next:?}");
                    let start = anchor.date(interval, n).civil();
                    let expected = date.day().min(start.days_in_month());
                    assert_eq!(start.day(), expected, "{date} {interval} {n}");
                    for at in [period.start.as_millis(), period.end.as_millis() - 1].map(Timestamp::from_millis) {
                        assert_eq!(anchor.period_at(interval, at), period, "{date} {interval} {at}");
                    }
                }
            }
        }
    }

    proptest! {
        /// R-BILL-2: periods tile time, whatever the anchor.
        #[test]
        fn each_moment_is_in_the_one_period_that_contains_it(
            day in 16_801..23_376_i64,
            later in 0..(20 * 366 * 86_400_000_i64),
            annual: bool,
        ) {
            let anchor = Anchor::at(Timestamp::from_millis(day * 86_400_000));
            let interval = if annual { Interval::Annual } else { Interval::Monthly };
            let at = Timestamp::from_millis(day * 86_400_000 + later);
            let period = anchor.period_at(interval, at);
            prop_assert!(period.contains(at), "{period:?} has {at}");
            prop_assert_eq!(anchor.period(interval, period.index + 1).start, period.end);
        }
    }
}
