//! When a product's billing is due next, and the limits and price of a tier for it.

use super::effect::Effect;
use super::{BillingPolicy, Catalogue, Contract, Interval};
use crate::product::{Product, ProductId};
use crate::{Money, Timestamp};
use std::sync::Arc;

impl Contract {
    /// Moves the product to its next due moment: each product has at most one entry in the index.
    #[must_use]
    pub(crate) fn reschedule(&mut self, policy: &BillingPolicy, product: ProductId) -> Option<Effect> {
        let at: Option<Timestamp> = self.next_due(policy);
        let before = std::mem::replace(&mut self.due, at);
        (before != at).then_some(Effect::ProductDue { product, before, at })
    }
}

impl Catalogue {
    /// Puts a product on a tier, or keeps its tier, and stores its limits from now on. A tier that is no longer on
    /// offer keeps the limits that it had.
    pub(crate) fn put_on(&self, product: &mut Product, tier: Option<&Arc<str>>, sold: bool) {
        if let Some(tier) = tier {
            if product.tier != *tier {
                product.limits = None;
            }
            product.tier = Arc::clone(tier);
        }
        match (self.tier(&product.tier), &mut product.limits) {
            (Some(tier), _) => product.limits = Some(tier.limits(sold)),
            (None, Some(limits)) => limits.sold = sold,
            (None, None) => {}
        }
    }

    /// Returns the price of a full period for a product: the agreed price, or the catalogue's. A free tier costs
    /// nothing in any currency.
    pub(crate) fn price_for(&self, contract: &Contract, tier: &str, interval: Interval) -> Option<Money> {
        let listed = || self.tier(tier)?.price(interval, contract.currency);
        let free = || self.is_free(tier).then(|| Money::zero(contract.currency));
        contract.agreed(tier, interval).or_else(listed).or_else(free)
    }
}
