//! Wrong codes: counted where the secret is, so that nobody guesses on under another name.

use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Number of wrong codes before no code is looked at for a while.
pub const WRONG_CODES: u8 = 5;

/// How long no code is looked at after too many wrong ones, and how long a wrong code counts after the last one.
pub const BARRED_FOR: Duration = Duration::from_secs(15 * 60);

/// The wrong codes that one customer told, or that were told against one secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrongCodes {
    /// Number of wrong codes since the last bar.
    pub count: u8,
    /// When the last of them was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
    /// Until when no code is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barred_until: Option<Timestamp>,
}

impl WrongCodes {
    pub(super) fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Why no code is looked at now, if none is. A bar that begins far ahead of now was set by a clock that was wrong.
    pub(super) fn barred(&self, now: Timestamp) -> Option<Error> {
        let latest = now.after(BARRED_FOR);
        let until = self.barred_until.filter(|until| *until > now && !until.is_of_another_clock(latest))?;
        Some(ErrorKind::Barred { until }.into())
    }

    /// Counts a wrong code. After the last of them the bar begins.
    pub(super) fn count(&mut self, now: Timestamp) -> Refused {
        if self.last_at.is_some_and(|last| now.since(last) >= BARRED_FOR || last.is_of_another_clock(now)) {
            self.count = 0;
        }
        (self.count, self.last_at) = (self.count.saturating_add(1), Some(now));
        if self.count < WRONG_CODES {
            return Refused::Wrong { left: WRONG_CODES - self.count };
        }
        let until = now.after(BARRED_FOR);
        (self.count, self.barred_until) = (0, Some(until));
        Refused::Barred { until }
    }
}

/// What a wrong code comes to: the harder of two is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Wrong { left: u8 },
    Barred { until: Timestamp },
}

impl Refused {
    /// The harder of two.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Wrong { left: one }, Self::Wrong { left: two }) => Self::Wrong { left: one.min(two) },
            (Self::Barred { until: one }, Self::Barred { until: two }) => Self::Barred { until: one.max(two) },
            (barred @ Self::Barred { .. }, _) | (_, barred) => barred,
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wrong { left } => ErrorKind::WrongCode { left: Some(left) }.into(),
            Refused::Barred { until } => ErrorKind::Barred { until }.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn the_fifth_wrong_code_bars_and_an_old_one_counts_no_more() {
        let mut wrong = WrongCodes::default();
        let left: Vec<Refused> = (0..4).map(|second| wrong.count(at(second))).collect();
        assert_eq!(left, [4, 3, 2, 1].map(|left| Refused::Wrong { left }));
        assert_eq!(wrong.clone().count(at(3 + 899)), Refused::Barred { until: at(3 + 899 + 900) });
        assert_eq!(wrong.count(at(3 + 900)), Refused::Wrong { left: 4 });
        assert!(wrong.barred(at(3 + 900)).is_none());
    }

    #[test]
    fn a_bar_ends_to_the_second() {
        let mut wrong = WrongCodes::default();
        for _ in 0..5 {
            wrong.count(at(0));
        }
        assert!(wrong.barred(at(899)).is_some() && wrong.barred(at(900)).is_none());
    }
}
