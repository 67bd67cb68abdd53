//! Messages that metering admitted for one publish, and the return of the unused ones.

use crate::event::metering::Admitted;
use crate::product::ProductId;

/// Messages of a product that metering admitted.
#[derive(Debug)]
pub(super) struct Allowance {
    pub(super) product: ProductId,
    admitted: Vec<Admitted>,
    /// Number of them that no event uses yet.
    pub(super) left: u64,
}

impl Allowance {
    pub(super) fn new(product: ProductId) -> Self {
        Self { product, admitted: Vec::new(), left: 0 }
    }

    /// Number of messages to request from metering, so that `want` are left.
    pub(super) fn missing(&self, want: u64) -> Option<u64> {
        want.checked_sub(self.left).filter(|missing| *missing > 0)
    }

    pub(super) fn add(&mut self, admitted: Admitted) {
        self.left += admitted.count;
        self.admitted.push(admitted);
    }

    /// Returns the messages that no event used, by what admitted them: the latest first.
    pub(super) fn unused(self) -> impl Iterator<Item = (Admitted, u64)> {
        let mut left = self.left;
        self.admitted.into_iter().rev().filter_map(move |admitted| {
            let count = left.min(admitted.count);
            left -= count;
            (count > 0).then_some((admitted, count))
        })
    }
}
