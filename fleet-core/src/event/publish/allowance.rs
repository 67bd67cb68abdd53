//! Messages that metering admitted for one publish, and the return of the unused ones.

use crate::event::metering::Admitted;
use crate::product::{Product, ProductId};
use crate::time::Timestamp;
use crate::{Error, Fleet};

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

    /// Requests the missing messages from metering, up to `want`.
    pub(super) fn raise(&mut self, fleet: &Fleet, product: &Product, now: Timestamp, want: u64) -> Result<(), Error> {
        if let Some(more @ 1..) = want.checked_sub(self.left) {
            let admitted = fleet.admit(product, now, more)?;
            self.left += admitted.count;
            self.admitted.push(admitted);
        }
        Ok(())
    }

    /// Returns the messages that no event used.
    pub(super) fn give_back(self, fleet: &Fleet) {
        let mut left = self.left;
        for admitted in self.admitted.into_iter().rev() {
            let count = left.min(admitted.count);
            left -= count;
            if count > 0 {
                fleet.give_back(admitted, count);
            }
        }
    }
}
