//! Failed payments (R-PAY): the next step for an open renewal invoice, computed from the history of its attempts.
//!
//! A schedule gives the dates of the attempts. Each failure is reported in a notice; the last one locks the account. A
//! card that was declined permanently changes neither the dates nor the lock, but is not presented again. A new card is
//! tried at once, outside the schedule. While an attempt has no known outcome, no other is made.

use crate::{Error, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One day, the unit of the retry schedule.
const DAY: Duration = Duration::from_secs(86_400);

/// When a failed renewal is retried: days after the previous attempt. Default: three retries, 3 days apart (R-PAY-2).
///
/// ```
/// use fleet_core::billing::Retries;
///
/// assert_eq!(Retries::default().attempt_days(), [0, 3, 6, 9]);
/// assert_eq!(Retries::new(&[1, 1])?.attempts(), 3);
/// assert!(Retries::new(&[0]).is_err());
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retries(Vec<u32>);

impl Retries {
    /// Creates a schedule of up to 30 retries, each 1 to 365 days after the previous attempt. With an empty list the
    /// first failure locks the account.
    ///
    /// # Errors
    /// `invalid` for more retries or other numbers of days.
    pub fn new(days: &[u32]) -> Result<Self, Error> {
        if days.len() > 30 || days.iter().any(|days| !(1..=365).contains(days)) {
            return Err(Error::invalid("retries", "give at most 30, each 1 to 365 days after the one before"));
        }
        Ok(Self(days.to_vec()))
    }

    /// Number of attempts in all. If the last one fails, the account is locked.
    pub fn attempts(&self) -> usize {
        self.0.len() + 1
    }

    /// Days of the attempts, counted from the first.
    pub fn attempt_days(&self) -> Vec<u32> {
        let first = std::iter::once(0);
        first
            .chain(self.0.iter().scan(0_u32, |day, days| {
                *day += days;
                Some(*day)
            }))
            .collect()
    }

    /// Returns when the last attempt of the schedule is due if all remaining ones fail at once: its failure locks the
    /// account.
    pub(crate) fn locks_at(&self, history: &[PaymentAttempt]) -> Option<Timestamp> {
        let last = history.iter().rev().find(|attempt| attempt.scheduled)?;
        let left = self.0.get(failures(history).checked_sub(1)?..)?;
        let days: u32 = left.iter().sum();
        (days > 0).then(|| last.ended_at().after(DAY * days))
    }

    /// Returns when the next attempt is due after one at `last`, for a history with `scheduled` attempts of the
    /// schedule.
    fn next(&self, scheduled: usize, last: Timestamp) -> Option<Timestamp> {
        let days = self.0.get(scheduled.checked_sub(1)?)?;
        Some(last.after(DAY * *days))
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self(vec![3, 3, 3])
    }
}

/// How a payment provider declined a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    /// Temporarily, for example for insufficient funds.
    Soft,
    /// Permanently, for example because the card was stolen: the same card is not presented again (R-PAY-3).
    Hard,
}

/// One attempt to collect a renewal invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentAttempt {
    /// When it was made.
    pub at: Timestamp,
    /// Whether it belongs to the schedule. Otherwise it was made for a new card and uses up no retry (R-PAY-4).
    pub scheduled: bool,
    /// Number of the card within its account. `None` means there was no card to present.
    pub card: Option<u32>,
    /// Outcome of the attempt.
    pub result: AttemptResult,
    /// When the outcome was reported. `None` means it is not known yet, or an earlier version wrote this record and the
    /// outcome came at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Timestamp>,
}

/// Outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptResult {
    /// The charge was requested, and its outcome is not known yet.
    Open,
    /// It was paid.
    Succeeded,
    /// It was declined.
    Declined(Decline),
    /// Nothing was presented: there was no card, or it was invalid or permanently declined.
    NotPresented,
}

impl PaymentAttempt {
    /// Whether the attempt failed.
    pub fn failed(&self) -> bool {
        matches!(self.result, AttemptResult::Declined(_) | AttemptResult::NotPresented)
    }

    /// When the failure became known: the days to the next attempt are counted from then (R-PAY-2).
    fn ended_at(&self) -> Timestamp {
        self.known_at.map_or(self.at, |known| known.max(self.at))
    }
}

/// The next step for an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Request a charge.
    Present {
        /// Whether the attempt belongs to the schedule.
        scheduled: bool,
    },
    /// An attempt is due and there is no card to present: the attempt fails.
    Miss,
    /// The next attempt is due at this moment.
    Wait(Timestamp),
    /// An attempt has no outcome yet: nothing else is attempted (R-PAY-3).
    Outstanding,
    /// Nothing more is attempted until there is another card.
    Rest,
}

/// Number of scheduled attempts that failed.
pub fn failures(history: &[PaymentAttempt]) -> usize {
    history.iter().filter(|attempt| attempt.scheduled && attempt.failed()).count()
}

/// Whether the schedule is exhausted: every attempt of it has failed.
pub fn is_exhausted(retries: &Retries, history: &[PaymentAttempt]) -> bool {
    failures(history) >= retries.attempts()
}

/// Returns the next step for an open invoice at a moment.
///
/// `card` is the number of the card that can be presented, if there is one. Invoices of a `locked` account are
/// attempted only with a card that they were not attempted with before (R-PAY-5).
///
/// ```
/// use fleet_core::billing::{PaymentAttempt, AttemptResult, Decline, Retries, Step, next_step};
/// use fleet_core::Timestamp;
///
/// let (retries, day) = (Retries::default(), |day: i64| Timestamp::from_millis(day * 86_400_000));
/// let (card, result) = (Some(1), AttemptResult::Declined(Decline::Soft));
/// let failed = PaymentAttempt { at: day(0), scheduled: true, card, result, known_at: Some(day(0)) };
/// assert_eq!(next_step(&retries, &[failed], Some(1), false, day(1)), Step::Wait(day(3)));
/// assert_eq!(next_step(&retries, &[failed], Some(2), false, day(1)), Step::Present { scheduled: false });
/// ```
pub fn next_step(
    retries: &Retries,
    history: &[PaymentAttempt],
    card: Option<u32>,
    locked: bool,
    now: Timestamp,
) -> Step {
    let last = history.iter().rev().find(|attempt| attempt.scheduled);
    let tried = |card: u32| history.iter().any(|attempt| attempt.card == Some(card));
    let untried = card.is_some_and(|card| !tried(card));
    if history.iter().any(|attempt| attempt.result == AttemptResult::Open) {
        return Step::Outstanding;
    }
    if untried && (locked || !history.is_empty()) {
        return Step::Present { scheduled: false };
    }
    if locked || is_exhausted(retries, history) {
        return Step::Rest;
    }
    match last.and_then(|last| retries.next(failures(history), last.ended_at())) {
        Some(due) if now < due => Step::Wait(due),
        _ if card.is_some() => Step::Present { scheduled: true },
        _ => Step::Miss,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_millis(day * 86_400_000)
    }

    fn attempt(at: i64, scheduled: bool, card: u32, result: AttemptResult) -> PaymentAttempt {
        PaymentAttempt { at: day(at), scheduled, card: Some(card), result, known_at: None }
    }

    const SOFT: AttemptResult = AttemptResult::Declined(Decline::Soft);

    fn step(history: &[PaymentAttempt], card: Option<u32>, now: i64) -> Step {
        next_step(&Retries::default(), history, card, false, day(now))
    }

    #[test]
    fn four_attempts_three_days_apart_and_then_none() {
        let mut history = Vec::new();
        for due in [0, 3, 6, 9] {
            if due > 0 {
                assert_eq!(step(&history, Some(1), due - 1), Step::Wait(day(due)));
            }
            assert_eq!(step(&history, Some(1), due), Step::Present { scheduled: true });
            history.push(attempt(due, true, 1, SOFT));
        }
        assert!(is_exhausted(&Retries::default(), &history));
        assert_eq!(step(&history, Some(1), 100), Step::Rest);
    }

    #[test]
    fn a_decline_reported_late_does_not_shorten_the_schedule() {
        let late = PaymentAttempt { known_at: Some(day(10)), ..attempt(0, true, 1, SOFT) };
        assert_eq!(step(&[late], Some(1), 10), Step::Wait(day(13)));
        assert_eq!(step(&[late], Some(1), 13), Step::Present { scheduled: true });
        assert_eq!(Retries::default().locks_at(&[late]), Some(day(19)));
        let by_a_clock_that_went_back = PaymentAttempt { known_at: Some(day(-5)), ..attempt(0, true, 1, SOFT) };
        assert_eq!(step(&[by_a_clock_that_went_back], Some(1), 0), Step::Wait(day(3)));
    }

    #[test]
    fn without_a_card_the_dates_stay_and_nothing_is_charged() {
        let hard = attempt(0, true, 1, AttemptResult::Declined(Decline::Hard));
        assert_eq!(step(&[hard], None, 2), Step::Wait(day(3)));
        assert_eq!(step(&[hard], None, 3), Step::Miss);
        assert_eq!(step(&[], None, 0), Step::Miss);
    }

    #[test]
    fn a_new_card_is_tried_at_once_and_the_schedule_is_unchanged() {
        let first = attempt(0, true, 1, SOFT);
        assert_eq!(step(&[first], Some(2), 1), Step::Present { scheduled: false });
        let second = attempt(1, false, 2, SOFT);
        assert_eq!(step(&[first, second], Some(2), 2), Step::Wait(day(3)));
        assert_eq!(step(&[first, second], Some(2), 3), Step::Present { scheduled: true });
        assert_eq!(failures(&[first, second]), 1);
    }

    #[test]
    fn nothing_is_tried_while_an_outcome_is_open() {
        let open = attempt(0, true, 1, AttemptResult::Open);
        for card in [None, Some(1), Some(2)] {
            assert_eq!(step(&[open], card, 100), Step::Outstanding);
        }
    }

    #[test]
    fn a_locked_account_is_tried_only_with_another_card() {
        let history = [0, 3, 6, 9].map(|at| attempt(at, true, 1, SOFT));
        let locked = |history: &[PaymentAttempt], card| next_step(&Retries::default(), history, card, true, day(50));
        assert_eq!(locked(&history, Some(1)), Step::Rest);
        assert_eq!(locked(&history, Some(2)), Step::Present { scheduled: false });
        assert_eq!(locked(&[], None), Step::Rest);
    }

    #[test]
    fn without_retries_the_first_failure_locks() {
        let none = Retries::new(&[]).unwrap();
        assert!(is_exhausted(&none, &[attempt(0, true, 1, SOFT)]));
        assert!(!is_exhausted(&none, &[]));
    }
}
