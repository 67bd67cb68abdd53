//! What is left of a lease in this process: one number that all threads take from.
//!
//! Everything that a lease holds is taken at most once, or is what closing answers: that is shown for every
//! interleaving by `tests/allowance.rs`, which includes this file with the model checker's atomics.

use super::atomic::{AtomicI64, Ordering};

/// So far below zero that no thread gets it up again, nor down to the smallest number.
const CLOSED: i64 = i64::MIN / 2;

/// The most that is taken at once.
const MOST: u64 = 1 << 32;

/// How much may still be taken. Below zero is as empty as zero: a thread that came too late leaves it there.
#[derive(Debug)]
pub(super) struct Allowance(AtomicI64);

/// What a thread got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// How much, at most what it wanted.
    pub(super) count: u64,
    /// Whether it was the last there was.
    pub(super) emptied: bool,
}

impl Allowance {
    /// One that holds nothing.
    pub(super) fn closed() -> Self {
        Self(AtomicI64::new(CLOSED))
    }

    /// Takes so much, or what there is.
    #[inline]
    pub(super) fn take(&self, want: u64) -> Taken {
        // Without this look, threads that find nothing would count down for ever.
        if self.0.load(Ordering::Relaxed) <= 0 {
            return Taken::default();
        }
        let want = want.min(MOST).cast_signed();
        let before = self.0.fetch_sub(want, Ordering::AcqRel);
        Taken { count: before.clamp(0, want).cast_unsigned(), emptied: before > 0 && before <= want }
    }

    /// Takes one, if there is one. Unlike [`take`](Self::take) it does not look first: one at a time, a thousand million
    /// times a second, it takes a century to count down from nothing to the smallest number.
    #[inline]
    pub(super) fn take_one(&self) -> Taken {
        let before = self.0.fetch_sub(1, Ordering::AcqRel);
        Taken { count: (before > 0).into(), emptied: before == 1 }
    }

    /// What could be taken now.
    pub(super) fn left(&self) -> u64 {
        self.0.load(Ordering::Acquire).max(0).cast_unsigned()
    }

    /// Puts back what was taken from this lease. Only by who keeps others from closing it and opening the next.
    pub(super) fn put_back(&self, count: u64) {
        let count = count.min(MOST).cast_signed();
        self.change(|left| (left > CLOSED / 2).then(|| left.max(0).saturating_add(count)));
    }

    /// Leaves this much at most, and says how much it took away. Only by who keeps others from closing it.
    pub(super) fn keep(&self, most: u64) -> u64 {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let before = self.change(|left| (left > most).then_some(most));
        before.map_or(0, |before| before.saturating_sub(most).cast_unsigned())
    }

    /// Ends the lease: nothing can be taken from now on. What is left.
    pub(super) fn close(&self) -> u64 {
        self.0.swap(CLOSED, Ordering::AcqRel).max(0).cast_unsigned()
    }

    /// Begins a lease, after the one before was closed.
    pub(super) fn open(&self, count: u64) {
        self.0.swap(i64::try_from(count).unwrap_or(i64::MAX / 2), Ordering::AcqRel);
    }

    /// What was there before a change was made; nothing where none was wanted.
    fn change(&self, change: impl Fn(i64) -> Option<i64>) -> Option<i64> {
        let mut before = self.0.load(Ordering::Acquire);
        while let Some(after) = change(before) {
            match self.0.compare_exchange(before, after, Ordering::AcqRel, Ordering::Acquire) {
                Ok(before) => return Some(before),
                Err(other) => before = other,
            }
        }
        None
    }
}
