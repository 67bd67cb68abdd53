//! Numbers about a fleet in this process, for a host that exports them.

use super::{Operation, Outcome};
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers about a fleet in this process, since it was opened. [`Fleet::metrics`](crate::Fleet::metrics) returns them.
///
/// All but [`journal_depth`](Self::journal_depth) only grow. They are read one after the other while others change
/// them, so a sum may be off by the calls that are under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Metrics {
    /// The calls of each operation that was called.
    pub calls: Vec<Calls>,
    /// Number of commits that the store refused because another commit had changed a row that they read.
    pub conflicts: u64,
    /// Number of times that a call read and decided again after such a conflict.
    pub retries: u64,
    /// Number of commits that the store made together. A layer that merges the commits of many threads
    /// ([`GroupCommit`](crate::store::GroupCommit)) counts its groups; otherwise these are the batches of single calls.
    pub batches: Sizes,
    /// Number of times that a meter asked the store for messages and was granted none, because the limit of the tier
    /// was reached (R-EVT-3). Until the limit or the month changes, further messages are refused without asking.
    pub lease_refusals: u64,
    /// Number of rows in the journal that are not in their places yet. `None` for a store without a journal.
    pub journal_depth: Option<u64>,
}

/// The calls of an operation, by their outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Calls {
    /// The operation.
    pub operation: Operation,
    /// Number of calls that were answered.
    pub answered: u64,
    /// Number of calls that a rule refused.
    pub refused: u64,
    /// Number of calls that the store failed.
    pub failed: u64,
}

/// How often something had which size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sizes {
    /// Number of sizes that were counted.
    pub count: u64,
    /// Sum of the sizes.
    pub sum: u64,
    /// The largest size.
    pub largest: u64,
    /// Number of sizes in each class. The first class is 1; each following one ends at twice the end of the one before:
    /// 2, 3 to 4, 5 to 8, up to 513 to 1,024. The last class holds everything larger.
    pub classes: [u64; Sizes::CLASSES],
}

impl Sizes {
    /// Number of classes.
    pub const CLASSES: usize = 12;

    /// Returns the largest size of a class, counted from 0. `None` for the last one, which has no end.
    pub const fn end_of(class: usize) -> Option<u64> {
        if class + 1 < Self::CLASSES { Some(1 << class) } else { None }
    }
}

/// What a store knows about itself. [`Store::metrics`](crate::store::Store::metrics) returns it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreMetrics {
    /// Number of commits that it made together. `None` for a store that merges no calls.
    pub batches: Option<Sizes>,
    /// Number of rows in its journal that are not in their places yet. `None` without a journal.
    pub journal_depth: Option<u64>,
}

/// Counts the calls of a fleet. The arrays have a fixed size: nothing that a caller passes makes them grow.
#[derive(Debug)]
pub(crate) struct Counters {
    calls: [[AtomicU64; 3]; Operation::ALL.len()],
    conflicts: AtomicU64,
    retries: AtomicU64,
    batches: SizeCounter,
    lease_refusals: AtomicU64,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            calls: [const { [const { AtomicU64::new(0) }; 3] }; Operation::ALL.len()],
            conflicts: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            batches: SizeCounter::default(),
            lease_refusals: AtomicU64::new(0),
        }
    }
}

impl Counters {
    /// Counts a call.
    pub(super) fn count(&self, operation: Operation, outcome: Outcome, tries: u32) {
        if let Some(counter) = self.calls.get(operation as usize).and_then(|of| of.get(outcome as usize)) {
            add(counter, 1);
        }
        if tries > 1 {
            add(&self.retries, u64::from(tries - 1));
        }
    }

    /// Counts the commits of one call of the store, and those that conflicted.
    pub(crate) fn count_batch(&self, commits: usize, conflicts: usize) {
        self.batches.count(commits);
        if conflicts > 0 {
            add(&self.conflicts, conflicts as u64);
        }
    }

    /// Counts a request for messages that was granted none.
    pub(super) fn count_lease_refusal(&self) {
        add(&self.lease_refusals, 1);
    }

    /// Returns the numbers, with those of the store.
    pub(crate) fn read(&self, store: StoreMetrics) -> Metrics {
        let calls = Operation::ALL.iter().zip(&self.calls).map(|(&operation, counters)| {
            let [answered, refused, failed] = counters.each_ref().map(read);
            Calls { operation, answered, refused, failed }
        });
        Metrics {
            calls: calls.filter(|calls| calls.answered + calls.refused + calls.failed > 0).collect(),
            conflicts: read(&self.conflicts),
            retries: read(&self.retries),
            batches: store.batches.unwrap_or_else(|| self.batches.read()),
            lease_refusals: read(&self.lease_refusals),
            journal_depth: store.journal_depth,
        }
    }
}

/// Counts sizes.
#[derive(Debug, Default)]
pub(crate) struct SizeCounter {
    sum: AtomicU64,
    largest: AtomicU64,
    classes: [AtomicU64; Sizes::CLASSES],
}

impl SizeCounter {
    /// Counts one size. Nothing is no size.
    pub(crate) fn count(&self, size: usize) {
        let size = size as u64;
        if size == 0 {
            return;
        }
        let class = (u64::BITS - (size - 1).leading_zeros()) as usize;
        if let Some(counter) = self.classes.get(class.min(Sizes::CLASSES - 1)) {
            add(counter, 1);
        }
        add(&self.sum, size);
        // Most sizes are not the largest one: reading is cheaper than writing.
        if read(&self.largest) < size {
            self.largest.fetch_max(size, Ordering::Relaxed);
        }
    }

    /// Returns what was counted.
    pub(crate) fn read(&self) -> Sizes {
        let classes = self.classes.each_ref().map(read);
        Sizes { count: classes.iter().sum(), sum: read(&self.sum), largest: read(&self.largest), classes }
    }
}

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_counted_in_the_class_that_ends_at_it_or_above() {
        for (size, class) in [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1024, 10), (1025, 11), (1 << 40, 11)] {
            let sizes = SizeCounter::default();
            sizes.count(size);
            let read = sizes.read();
            assert_eq!(read.classes.iter().position(|&count| count == 1), Some(class), "{size}");
            assert_eq!((read.count, read.sum, read.largest), (1, size as u64, size as u64));
            assert!(Sizes::end_of(class).is_none_or(|end| size as u64 <= end), "{size}");
        }
        let nothing = SizeCounter::default();
        nothing.count(0);
        assert_eq!(nothing.read(), Sizes::default());
    }
}
