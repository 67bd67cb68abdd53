//! When a product's billing is due next, and what its renewal costs then.

use super::{Billing, Interval, Plan};
use crate::fleet::Fleet;
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, Transaction};
use crate::{Money, Timestamp};

impl Fleet {
    /// Puts a product in the index of what is due under its next moment, and takes it out from under the one before:
    /// there is one entry for each product that pays.
    pub(crate) fn schedule(&self, tx: &mut Transaction<'_>, product: ProductId, billing: &mut Billing) {
        let due: Option<Timestamp> = billing.next_due(self.billing().card_notice_days());
        if billing.due == due {
            return;
        }
        if let Some(at) = billing.due {
            tx.delete(Key::ProductDue(at, product));
        }
        if let Some(at) = due {
            tx.put_record(Key::ProductDue(at, product), Record::Present);
        }
        billing.due = due;
    }

    /// What a full period costs a product: as agreed, or by the catalogue.
    pub(crate) fn price(&self, billing: &Billing, tier: &str, interval: Interval) -> Option<Money> {
        let listed = || self.catalogue().tier(tier)?.price(interval, billing.currency);
        billing.agreed(tier, interval).or_else(listed)
    }

    /// What the next period costs. A tier that is not sold any more goes on at its last price.
    pub(crate) fn renewal_price(
        &self,
        product: &Product,
        billing: &Billing,
        plan: &Plan,
        interval: Interval,
    ) -> Option<Money> {
        let same = || (plan.tier == product.tier && plan.interval == interval).then_some(plan.price);
        self.price(billing, &product.tier, interval).or_else(same)
    }
}
