//! The rest of a lease in this process: one atomic number that all threads take from.
//!
//! Every message of a lease is either taken once or returned by closing. `tests/allowance.rs` proves that for every
//! interleaving: it includes this file with the model checker's atomics.

use super::atomic::{AtomicI64, Ordering};

/// So far below zero that threads can neither raise it above zero nor reach the smallest number.
const CLOSED: i64 = i64::MIN / 2;

/// Maximum number of messages taken at once.
const MOST: u64 = 1 << 32;

/// Number of messages that may still be taken. Below zero means empty, as zero does: a thread that came too late leaves
/// it there.
#[derive(Debug)]
pub(super) struct Allowance(AtomicI64);

/// Result of taking messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// Number of messages taken, at most the number wanted.
    pub(super) count: u64,
    /// Whether the last message was taken.
    pub(super) emptied: bool,
}

impl Allowance {
    /// Creates an allowance that is closed.
    pub(super) fn closed() -> Self {
        Self(AtomicI64::new(CLOSED))
    }

    /// Takes the number wanted, or what is left.
    #[inline]
    pub(super) fn take(&self, want: u64) -> Taken {
        // Without this check, threads that find nothing would decrement without end.
        if self.0.load(Ordering::Relaxed) <= 0 {
            return Taken::default();
        }
        let want = want.min(MOST).cast_signed();
        let before = self.0.fetch_sub(want, Ordering::AcqRel);
        Taken { count: before.clamp(0, want).cast_unsigned(), emptied: before > 0 && before <= want }
    }

    /// Takes one message, if there is one. Unlike [`take`](Self::take) it does not check first: at a thousand million
    /// calls a second, decrementing from zero to the smallest number takes a century.
    #[inline]
    pub(super) fn take_one(&self) -> Taken {
        let before = self.0.fetch_sub(1, Ordering::AcqRel);
        Taken { count: (before > 0).into(), emptied: before == 1 }
    }

    /// Number of messages left.
    pub(super) fn left(&self) -> u64 {
        self.0.load(Ordering::Acquire).max(0).cast_unsigned()
    }

    /// Returns messages that were taken from this lease. The caller must prevent others from closing it and opening the
    /// next.
    pub(super) fn put_back(&self, count: u64) {
        let count = count.min(MOST).cast_signed();
        self.change(|left| (left > CLOSED / 2).then(|| left.max(0).saturating_add(count)));
    }

    /// Leaves at most `most`, and returns the number removed. The caller must prevent others from closing it.
    pub(super) fn keep(&self, most: u64) -> u64 {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let before = self.change(|left| (left > most).then_some(most));
        before.map_or(0, |before| before.saturating_sub(most).cast_unsigned())
    }

    /// Closes the lease: nothing can be taken from now on. Returns what was left.
    pub(super) fn close(&self) -> u64 {
        self.0.swap(CLOSED, Ordering::AcqRel).max(0).cast_unsigned()
    }

    /// Opens a lease, after the previous one was closed.
    pub(super) fn open(&self, count: u64) {
        self.0.swap(i64::try_from(count).unwrap_or(i64::MAX / 2), Ordering::AcqRel);
    }

    /// Returns the value before the change, or 0 if `change` wanted none.
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
