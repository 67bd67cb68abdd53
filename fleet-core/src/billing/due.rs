//! When a product's billing is due next, and what its renewal costs then.

use super::{Interval, Plan, Subscription};
use crate::fleet::Fleet;
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, Transaction};
use crate::{Money, Timestamp};

impl Fleet {
    /// Puts a product in the index of what is due under its next moment, and takes it out from under the one before:
    /// there is one entry for each product that pays.
    pub(crate) fn schedule(&self, tx: &mut Transaction<'_>, product: ProductId, subscription: &mut Subscription) {
        let due: Option<Timestamp> = subscription.next_due(self.billing().card_notice_days());
        if subscription.due == due {
            return;
        }
        if let Some(at) = subscription.due {
            tx.delete(Key::ProductDue(at, product));
        }
        if let Some(at) = due {
            tx.put_record(Key::ProductDue(at, product), Record::Present);
        }
        subscription.due = due;
    }

    /// What a full period costs a product: as agreed, or by the catalogue.
    pub(crate) fn price(&self, subscription: &Subscription, tier: &str, interval: Interval) -> Option<Money> {
        let listed = || self.catalogue().tier(tier)?.price(interval, subscription.currency);
        subscription.agreed(tier, interval).or_else(listed)
    }

    /// What the next period costs. A tier that is not sold any more goes on at its last price.
    pub(crate) fn renewal_price(
        &self,
        product: &Product,
        subscription: &Subscription,
        plan: &Plan,
        interval: Interval,
    ) -> Option<Money> {
        let same = || (plan.tier == product.tier && plan.interval == interval).then_some(plan.price);
        self.price(subscription, &product.tier, interval).or_else(same)
    }
}
