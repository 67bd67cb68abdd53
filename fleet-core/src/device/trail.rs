//! Orders a device's connections, and knows which of them have ended (R-TGT-17). Pure.
//!
//! Two reports are ordered by the gateway's session numbers if both have one, otherwise by the moment that the later
//! arrival states. A report with neither is *live*: it is the newest because it arrives last, and no clock decides.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Stands for "no moment" in a [`Mark`], so that a mark takes 16 bytes.
const NO_MOMENT: Timestamp = Timestamp::from_millis(i64::MIN);

/// A position in the order of a device's connections: a session number and a moment, each if it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    session: u64,
    at: Timestamp,
}

impl Mark {
    /// No position: nothing comes before it.
    pub const NONE: Self = Self { session: 0, at: NO_MOMENT };

    /// A mark of a session number (0 means none) and a moment.
    pub fn new(session: u64, at: Option<Timestamp>) -> Self {
        Self { session, at: at.unwrap_or(NO_MOMENT) }
    }

    /// The session number; 0 means none.
    pub fn session(self) -> u64 {
        self.session
    }

    /// The moment, if there is one.
    pub fn at(self) -> Option<Timestamp> {
        Some(self.at).filter(|at| *at != NO_MOMENT)
    }

    /// The part of this mark that another one, which arrived earlier or is the same, does not cover.
    pub(crate) fn beyond(self, other: Self) -> Self {
        let later = Self { session: self.session, at: if self.at > other.at { self.at } else { NO_MOMENT } };
        match (self.session, other.session) {
            (0, _) | (_, 0) => later,
            (own, others) if own > others => self,
            _ => Self::NONE,
        }
    }

    fn join(self, other: Self) -> Self {
        Self { session: self.session.max(other.session), at: self.at.max(other.at) }
    }
}

impl Default for Mark {
    fn default() -> Self {
        Self::NONE
    }
}

/// The order of a device's connections beyond its latest report. Stored in the device's row, or in the registry while
/// it is in no product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// The newest connection, if it is not that of the row's latest report. A report at or before it is stale.
    #[serde(default)]
    pub newest: Mark,
    /// The end of the latest connection that is known to have ended. A report at or before it does not set the device
    /// online.
    #[serde(default)]
    pub ended: Mark,
}

impl Trail {
    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Merges two trails of one device.
    pub(crate) fn join(self, other: Self) -> Self {
        Self { newest: self.newest.join(other.newest), ended: self.ended.join(other.ended) }
    }
}

/// A [`Trail`] as a row stores it. Most rows have none, and then it takes only the space of a pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Trail", into = "Trail")]
pub struct RowTrail(Option<Box<Trail>>);

impl RowTrail {
    /// The trail.
    pub fn get(&self) -> Trail {
        self.0.as_deref().copied().unwrap_or_default()
    }

    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl From<Trail> for RowTrail {
    fn from(trail: Trail) -> Self {
        Self((!trail.is_empty()).then(|| Box::new(trail)))
    }
}

impl From<RowTrail> for Trail {
    fn from(stored: RowTrail) -> Self {
        stored.get()
    }
}

/// The position of a report, or of the end of a connection: the session and moment that it states, and when it arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReportOrder {
    pub(crate) session: u64,
    at: Option<Timestamp>,
    now: Timestamp,
    /// A mark further after `now` than this comes from a clock that ran ahead, and orders nothing.
    tolerance: Duration,
}

impl ReportOrder {
    /// A moment later than `now` counts as `now`.
    pub(crate) fn new(session: u64, at: Option<Timestamp>, now: Timestamp, tolerance: Duration) -> Self {
        Self { session, at: at.map(|at| at.min(now)), now, tolerance }
    }

    /// The stated moment, otherwise the time of arrival.
    pub(crate) fn moment(&self) -> Timestamp {
        self.at.unwrap_or(self.now)
    }

    /// Its position in the order.
    pub(crate) fn mark(&self) -> Mark {
        Mark { session: self.session, at: self.moment() }
    }

    /// Whether it belongs to the same connection as a mark: the same session, or without numbers the same moment.
    pub(crate) fn is_of(&self, mark: Mark) -> bool {
        self.session == mark.session && (self.session != 0 || self.at.is_some_and(|at| at == mark.at))
    }

    /// Whether it comes before a mark. Within one session, the moment decides.
    pub(crate) fn is_before(&self, mark: Mark) -> bool {
        match (self.session, mark.session) {
            (own, marked) if own != 0 && marked != 0 && own != marked => own < marked,
            _ => self.moments(mark).is_some_and(|(own, marked)| own < marked),
        }
    }

    /// Whether it comes before a mark or belongs to the same connection.
    pub(crate) fn is_at_or_before(&self, mark: Mark) -> bool {
        if self.session != 0 && mark.session != 0 {
            return self.session <= mark.session;
        }
        self.moments(mark).is_some_and(|(own, marked)| own <= marked)
    }

    /// The later of its moment and a mark's.
    pub(crate) fn later(&self, mark: Mark) -> Timestamp {
        if self.is_of_this_clock(mark) { self.moment().max(mark.at) } else { self.moment() }
    }

    fn moments(&self, mark: Mark) -> Option<(Timestamp, Timestamp)> {
        self.at.filter(|_| self.is_of_this_clock(mark)).map(|at| (at, mark.at))
    }

    fn is_of_this_clock(&self, mark: Mark) -> bool {
        mark.at != NO_MOMENT && !self.is_far_behind(mark.at)
    }

    /// Whether a moment is so far after the arrival that it comes from a clock that ran ahead.
    pub(crate) fn is_far_behind(&self, moment: Timestamp) -> bool {
        moment > self.now.after(self.tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Duration = Duration::from_secs(600);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn order(session: u64, own: Option<i64>, now: i64) -> ReportOrder {
        ReportOrder::new(session, own.map(at), at(now), TOLERANCE)
    }

    #[test]
    fn session_numbers_decide_before_moments() {
        let mark = Mark::new(5, Some(at(100)));
        assert!(order(4, Some(200), 300).is_before(mark));
        assert!(!order(6, Some(50), 300).is_before(mark));
        assert!(order(5, Some(99), 300).is_before(mark) && !order(5, Some(100), 300).is_before(mark));
        assert!(order(5, Some(200), 300).is_at_or_before(mark) && !order(6, Some(1), 300).is_at_or_before(mark));
    }

    #[test]
    fn a_live_report_is_never_before_anything() {
        let mark = Mark::new(u64::MAX, Some(at(100)));
        assert!(!order(0, None, 1).is_before(mark) && !order(0, None, 1).is_at_or_before(mark));
    }

    #[test]
    fn a_mark_orders_up_to_the_tolerance_ahead_of_the_present_clock_and_no_further() {
        assert!(order(0, Some(10), 10).is_before(Mark::new(0, Some(at(610)))));
        assert!(!order(0, Some(10), 10).is_before(Mark::new(0, Some(at(611)))));
    }

    #[test]
    fn nothing_is_left_beyond_the_same_or_a_newer_mark() {
        let mark = |session, moment: i64| Mark::new(session, Some(at(moment)));
        assert_eq!(mark(5, 10).beyond(mark(5, 10)), Mark::NONE);
        assert_eq!(mark(4, 20).beyond(mark(5, 10)), Mark::NONE);
        assert_eq!(mark(6, 5).beyond(mark(5, 10)), mark(6, 5));
        assert_eq!(mark(5, 10).beyond(mark(0, 20)), Mark::new(5, None), "a live report came after session 5");
        assert_eq!(mark(0, 30).beyond(mark(5, 10)), mark(0, 30));
        assert_eq!(mark(0, 10).beyond(mark(0, 10)), Mark::NONE);
    }
}
