//! What metering lets through while events are published, and what of it comes back.

use crate::event::metering::Admitted;
use crate::product::{Product, ProductId};
use crate::time::Timestamp;
use crate::{Error, Fleet};

/// What metering lets through of a product's messages.
#[derive(Debug)]
pub(super) struct Allowance {
    pub(super) product: ProductId,
    admitted: Vec<Admitted>,
    /// How many of them are not spoken for.
    pub(super) left: u64,
}

impl Allowance {
    pub(super) fn new(product: ProductId) -> Self {
        Self { product, admitted: Vec::new(), left: 0 }
    }

    /// Has metering let through what is wanted and not there yet.
    pub(super) fn raise(&mut self, fleet: &Fleet, product: &Product, now: Timestamp, want: u64) -> Result<(), Error> {
        if let Some(more @ 1..) = want.checked_sub(self.left) {
            let admitted = fleet.admit(product, now, more)?;
            self.left += admitted.count;
            self.admitted.push(admitted);
        }
        Ok(())
    }

    /// Gives back what nobody spoke for.
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
