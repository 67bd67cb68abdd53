//! When a product's billing is due next, and the price of a tier for it.

use super::{Contract, Interval};
use crate::fleet::Fleet;
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, Transaction};
use crate::{Money, Timestamp};
use std::sync::Arc;

impl Fleet {
    /// Stores a product in the due index under its next due moment and removes its previous entry: each product has at
    /// most one entry.
    pub(crate) fn schedule(&self, tx: &mut Transaction<'_>, product: ProductId, contract: &mut Contract) {
        let due: Option<Timestamp> = contract.next_due(self.billing());
        if contract.due == due {
            return;
        }
        if let Some(at) = contract.due {
            tx.delete(Key::ProductDue(at, product));
        }
        if let Some(at) = due {
            tx.put_record(Key::ProductDue(at, product), Record::PRESENT);
        }
        contract.due = due;
    }

    /// Puts a product on a tier, or keeps its tier, and stores its limits from now on. A tier that is no longer on
    /// offer keeps the limits that it had.
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

    /// Returns the price of a full period for a product: the agreed price, or the catalogue's. A free tier costs
    /// nothing in any currency.
    pub(crate) fn price(&self, contract: &Contract, tier: &str, interval: Interval) -> Option<Money> {
        let listed = || self.catalogue().tier(tier)?.price(interval, contract.currency);
        let free = || self.catalogue().is_free(tier).then(|| Money::zero(contract.currency));
        contract.agreed(tier, interval).or_else(listed).or_else(free)
    }
}
