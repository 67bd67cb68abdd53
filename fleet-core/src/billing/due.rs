//! When a product's billing is due next, and what a tier costs it.

use super::{Contract, Interval};
use crate::fleet::Fleet;
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, Transaction};
use crate::{Money, Timestamp};
use std::sync::Arc;

impl Fleet {
    /// Puts a product in the index of what is due under its next moment, and takes it out from under the one before:
    /// there is one entry at most for each product.
    pub(crate) fn schedule(&self, tx: &mut Transaction<'_>, product: ProductId, contract: &mut Contract) {
        let due: Option<Timestamp> = contract.next_due(self.billing());
        if contract.due == due {
            return;
        }
        if let Some(at) = contract.due {
            tx.delete(Key::ProductDue(at, product));
        }
        if let Some(at) = due {
            tx.put_record(Key::ProductDue(at, product), Record::Present);
        }
        contract.due = due;
    }

    /// Puts a product on a tier, or leaves it on its own, and notes what it may hold from now on. A tier that is not on offer
    /// any more keeps the limits that it had.
    pub(crate) fn put_on(&self, product: &mut Product, tier: Option<&Arc<str>>, sold: bool) {
        if let Some(tier) = tier {
            if product.tier != *tier {
                product.limits = None;
            }
            product.tier = Arc::clone(tier);
        }
        match (self.catalogue().tier(&product.tier), &mut product.limits) {
            (Some(tier), _) => product.limits = Some(tier.limits(sold)),
            (None, Some(limits)) => limits.sold = sold,
            (None, None) => {}
        }
    }

    /// What a full period costs a product: as agreed, or by the catalogue. A free tier costs nothing in any currency.
    pub(crate) fn price(&self, contract: &Contract, tier: &str, interval: Interval) -> Option<Money> {
        let listed = || self.catalogue().tier(tier)?.price(interval, contract.currency);
        let free = || self.catalogue().is_free(tier).then(|| Money::zero(contract.currency));
        contract.agreed(tier, interval).or_else(listed).or_else(free)
    }
}
