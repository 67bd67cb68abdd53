//! Wrong codes: counted at the secret too, so that nobody continues to guess under another name.

use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Number of wrong codes before a customer or secret is locked out.
pub const WRONG_CODES: u8 = 5;

/// Duration of the lockout after too many wrong codes. A wrong code also counts this long after the last one.
pub const BARRED_FOR: Duration = Duration::from_secs(15 * 60);

/// Wrong codes of one customer, or against one secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrongCodes {
    /// Number of wrong codes since the last lockout.
    pub count: u8,
    /// When the last one was entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
    /// End of the lockout. Until then no code is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barred_until: Option<Timestamp>,
}

impl WrongCodes {
    pub(super) fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the reason why no code is checked now, if any. A lockout that begins far in the future was set by a
    /// wrong clock.
    pub(super) fn barred(&self, now: Timestamp) -> Option<Error> {
        let latest = now.after(BARRED_FOR);
        let until = self.barred_until.filter(|until| *until > now && !until.is_of_another_clock(latest))?;
        Some(ErrorKind::Barred { until }.into())
    }

    /// Counts a wrong code. The last one starts the lockout.
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

/// Result of a wrong code. The stricter of two is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Wrong { left: u8 },
    Barred { until: Timestamp },
}

impl Refused {
    /// Returns the stricter of two.
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
    fn the_fifth_wrong_code_locks_out_and_an_old_one_no_longer_counts() {
        let mut wrong = WrongCodes::default();
        let left: Vec<Refused> = (0..4).map(|second| wrong.count(at(second))).collect();
        assert_eq!(left, [4, 3, 2, 1].map(|left| Refused::Wrong { left }));
        assert_eq!(wrong.clone().count(at(3 + 899)), Refused::Barred { until: at(3 + 899 + 900) });
        assert_eq!(wrong.count(at(3 + 900)), Refused::Wrong { left: 4 });
        assert!(wrong.barred(at(3 + 900)).is_none());
    }

    #[test]
    fn a_lockout_ends_to_the_second() {
        let mut wrong = WrongCodes::default();
        for _ in 0..5 {
            wrong.count(at(0));
        }
        assert!(wrong.barred(at(899)).is_some() && wrong.barred(at(900)).is_none());
    }
}
