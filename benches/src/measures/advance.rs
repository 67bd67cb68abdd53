//! Renewals that are due: the time must not depend on the number of products.

use crate::Result;
use crate::rounds::{Figures, beside, timed};
use crate::world::{CHUNK, NOW, Random, Setting};
use fleet_core::billing::{Anchor, Card, CardToken, ChargeOutcome, Contract, ExpiryMonth, Interval, Payer, Plan};
use fleet_core::store::{Commit, Key, Record, Stamp, Write};
use fleet_core::{AccountId, Actor, Currency, Fleet, MemoryStore, Money, ProductId, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// One product in a hundred is due; the other fleet has a tenth of the products, and as many that are due.
pub(super) fn memory(setting: &Setting) -> Result<Figures> {
    let (many, due) = (setting.devices, (setting.devices / 100).max(1));
    let (mut many, mut few) = (Renewing::new(many, due)?, Renewing::new(many / 10, due)?);
    beside(setting.rounds(11), due, || many.month(), || few.month())
}

/// Products of which some renew each month, each with its own owner, and the others in the far future.
struct Renewing {
    fleet: Fleet,
    due: usize,
    months: u32,
}

impl Renewing {
    fn new(products: usize, due: usize) -> Result<Self> {
        let fleet = Fleet::builder(MemoryStore::new()).seed(7).open();
        let operator = fleet.console(Actor::Operator, NOW);
        let owner = operator.create_account("alice@example.com")?.id;
        let made = operator.create_product_with_id(ProductId::new(94)?, owner, "Thermostat", "photon".parse()?)?;
        let others = subscription(NOW, "2090-01-01T00:00:00Z".parse()?)?;
        let mut random = Random(11);
        let mut put = |key, record| Write::Put { key, record, stamp: Stamp(random.next_number().max(1)) };
        let mut writes = Vec::with_capacity(4 * CHUNK);
        for place in 0..products {
            let id = ProductId::new(100_000 + u32::try_from(place)?)?;
            let subscription = if place < due { subscription(NOW, NOW)? } else { Arc::clone(&others) };
            if let Some(at) = subscription.due {
                writes.push(put(Key::ProductDue(at, id), Record::PRESENT));
            }
            writes.push(put(Key::Contract(id), Record::Contract(subscription)));
            if place < due {
                let owner = AccountId::new(1_000 + u64::try_from(place)?)?;
                let mut product = made.clone();
                (product.id, product.owner, product.tier) = (id, owner, "Small".into());
                writes.push(put(Key::Product(id), Record::Product(Arc::new(product))));
                writes.push(put(Key::Payer(owner), Record::Payer(Arc::new(payer()?))));
            }
            if writes.len() >= 3 * CHUNK || place + 1 == products {
                let commit = Commit { checks: Vec::new(), writes: std::mem::take(&mut writes) };
                fleet.store().commit(&[commit])?;
            }
        }
        Ok(Self { fleet, due, months: 0 })
    }

    /// Advances by a month and measures the renewals; then pays them all, not measured.
    fn month(&mut self) -> Result<Duration> {
        self.months += 1;
        let now = Anchor::at(NOW).date(Interval::Monthly, self.months).midnight();
        let clock = self.fleet.clock(now);
        let took = timed(|| {
            let mut done = 0;
            loop {
                let advanced = clock.advance(1000)?;
                done += advanced.done;
                if !advanced.more {
                    break if done == self.due { Ok(()) } else { Err(format!("{done} renewals were due").into()) };
                }
            }
        })?;
        loop {
            let charges = self.fleet.pending_charges(None, 1000)?.items;
            if charges.is_empty() {
                return Ok(took);
            }
            for charge in charges {
                clock.charge_outcome(charge.key, ChargeOutcome::Succeeded)?;
            }
            for notice in self.fleet.pending_notices(None, 1000)?.items {
                self.fleet.acknowledge(&notice.key)?;
            }
        }
    }
}

/// A plan that was billed from one moment on, and is due at another.
fn subscription(billed: Timestamp, due: Timestamp) -> Result<Arc<Contract>> {
    let price = Money::new(8_900, Currency::USD);
    let period = Anchor::at(billed).period_at(Interval::Monthly, billed);
    let mut subscription = Contract::default();
    let (tier, interval) = ("Small".into(), Interval::Monthly);
    subscription.plan = Some(Plan { tier, interval, period, price, billed: price, paid: Some(price), invoice: 1 });
    (subscription.invoices, subscription.due) = (1, Some(due));
    Ok(Arc::new(subscription))
}

fn payer() -> Result<Payer> {
    let mut payer = Payer::default();
    payer.cards = 1;
    payer.card = Some(Card {
        number: 1,
        token: CardToken::new("tok_1")?,
        brand: "visa".to_owned(),
        last_four: "4242".to_owned(),
        expires: ExpiryMonth::new(2099, 1)?,
        declined: false,
        told: false,
    });
    Ok(payer)
}
