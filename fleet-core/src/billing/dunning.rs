//! Failed payments (R-PAY): what is to be done next about an open renewal invoice, from the history of its attempts.
//!
//! A schedule gives the dates of the attempts; each that fails is told; with the last the account is locked. A card that
//! was declined for good keeps the dates and the lock, but is not presented again. A new card is tried at once, beside
//! the schedule. While an attempt has no outcome that is known, there is no other.

use crate::{Error, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A day, as retries are spaced by.
const DAY: Duration = Duration::from_secs(86_400);

/// When a failed renewal is tried again: days after the attempt before. Default: three retries, 3 days apart (R-PAY-2).
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
    /// Retries so many days after the attempt before: up to 30 of them, 1 to 365 days each. None: the first failure
    /// locks.
    ///
    /// # Errors
    /// `invalid` for more retries or other days.
    pub fn new(days: &[u32]) -> Result<Self, Error> {
        if days.len() > 30 || days.iter().any(|days| !(1..=365).contains(days)) {
            return Err(Error::invalid("retries", "give at most 30, each 1 to 365 days after the one before"));
        }
        Ok(Self(days.to_vec()))
    }

    /// How many attempts there are in all: with the last of them the account is locked.
    pub fn attempts(&self) -> usize {
        self.0.len() + 1
    }

    /// The days of the attempts, counted from the first.
    pub fn attempt_days(&self) -> Vec<u32> {
        let first = std::iter::once(0);
        first
            .chain(self.0.iter().scan(0_u32, |day, days| {
                *day += days;
                Some(*day)
            }))
            .collect()
    }

    /// When the last attempt of the schedule is due, with which the account is locked, where the rest of it goes on failing
    /// at once.
    pub(crate) fn locks_at(&self, history: &[PaymentAttempt]) -> Option<Timestamp> {
        let last = history.iter().rev().find(|attempt| attempt.scheduled)?;
        let left = self.0.get(failures(history).checked_sub(1)?..)?;
        let days: u32 = left.iter().sum();
        (days > 0).then(|| last.ended_at().after(DAY * days))
    }

    /// When the attempt after this one is due, where the history has this many scheduled ones.
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
    /// For now, as where the account is short of money.
    Soft,
    /// For good, as where the card was stolen: the same card is not presented again (R-PAY-3).
    Hard,
}

/// One attempt to have a renewal invoice paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentAttempt {
    /// When it was made.
    pub at: Timestamp,
    /// Whether it was one of the schedule's; otherwise it is a new card's, which uses up no retry (R-PAY-4).
    pub scheduled: bool,
    /// Which card: the number that it got when it was set. None: there was none to present.
    pub card: Option<u32>,
    /// What became of it.
    pub result: AttemptResult,
    /// When that was told; none: it is not known yet, or an earlier version wrote this, and it was at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Timestamp>,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptResult {
    /// The charge was asked for, and what became of it is not known yet.
    Open,
    /// It was paid.
    Succeeded,
    /// It was declined.
    Declined(Decline),
    /// Nothing was presented: there was no card that could be, or it had been declined for good.
    NotPresented,
}

impl PaymentAttempt {
    /// Whether it failed.
    pub fn failed(&self) -> bool {
        matches!(self.result, AttemptResult::Declined(_) | AttemptResult::NotPresented)
    }

    /// When it was known that it had failed: from then on the days to the next are counted (R-PAY-2).
    fn ended_at(&self) -> Timestamp {
        self.known_at.map_or(self.at, |known| known.max(self.at))
    }
}

/// What is to be done about an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask for a charge.
    Present {
        /// Whether it is one of the schedule's attempts.
        scheduled: bool,
    },
    /// An attempt is due and there is no card to present: it has failed.
    Miss,
    /// The next attempt is due then.
    Wait(Timestamp),
    /// An attempt has no outcome yet: nothing else is tried (R-PAY-3).
    Outstanding,
    /// Nothing more is tried until there is another card.
    Rest,
}

/// How many of the schedule's attempts have failed.
pub fn failures(history: &[PaymentAttempt]) -> usize {
    history.iter().filter(|attempt| attempt.scheduled && attempt.failed()).count()
}

/// Whether the schedule is used up: every attempt of it has failed.
pub fn is_exhausted(retries: &Retries, history: &[PaymentAttempt]) -> bool {
    failures(history) >= retries.attempts()
}

/// What is to be done about an open invoice at a moment.
///
/// `card` is the number of the card that can be presented, if there is one. A `locked` account's invoices are tried only
/// with a card that they were not tried with (R-PAY-5).
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
    fn four_attempts_three_days_apart_and_then_rest() {
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
    fn a_decline_that_is_told_late_is_followed_by_all_the_days_of_the_schedule() {
        let told = PaymentAttempt { known_at: Some(day(10)), ..attempt(0, true, 1, SOFT) };
        assert_eq!(step(&[told], Some(1), 10), Step::Wait(day(13)));
        assert_eq!(step(&[told], Some(1), 13), Step::Present { scheduled: true });
        assert_eq!(Retries::default().locks_at(&[told]), Some(day(19)));
        let by_a_clock_that_went_back = PaymentAttempt { known_at: Some(day(-5)), ..attempt(0, true, 1, SOFT) };
        assert_eq!(step(&[by_a_clock_that_went_back], Some(1), 0), Step::Wait(day(3)));
    }

    #[test]
    fn without_a_card_the_dates_stay_and_nothing_is_presented() {
        let hard = attempt(0, true, 1, AttemptResult::Declined(Decline::Hard));
        assert_eq!(step(&[hard], None, 2), Step::Wait(day(3)));
        assert_eq!(step(&[hard], None, 3), Step::Miss);
        assert_eq!(step(&[], None, 0), Step::Miss);
    }

    #[test]
    fn a_new_card_is_tried_at_once_and_the_schedule_is_as_it_was() {
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
    fn no_retries_at_all_lock_with_the_first_failure() {
        let none = Retries::new(&[]).unwrap();
        assert!(is_exhausted(&none, &[attempt(0, true, 1, SOFT)]));
        assert!(!is_exhausted(&none, &[]));
    }
}
