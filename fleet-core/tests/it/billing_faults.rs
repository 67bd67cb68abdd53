//! Billing when the catalogue changes, a record cannot be read, or data is from an earlier version.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it does not expect")]

use fleet_core::billing::{
    CardToken, ChargeOutcome, Contract, Due, ExpiryMonth, Interval, NewCard, Price, Tier, Upgrade,
};
use fleet_core::notice::NoticeSubject;
use fleet_core::store::{Commit, CommitOutcome, Key, Range, Record, Row, StoreErrorKind};
use fleet_core::{
    AccountId, Actor, Catalogue, Console, Currency, Fleet, MemoryStore, Money, ProductId, Store, StoreError, Timestamp,
};
use std::sync::Arc;

fn at(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

fn tier(name: &str, devices: u64, month: i64) -> Tier {
    let price = |interval, minor| Price { interval, amount: Money::new(minor, Currency::USD) };
    Tier::new(name)
        .devices(devices)
        .messages(devices * 10)
        .prices(vec![price(Interval::Monthly, month), price(Interval::Annual, month * 10)])
}

fn tiers(tiers: &[(&str, u64, i64)]) -> Catalogue {
    Catalogue::new(tiers.iter().map(|(name, devices, month)| tier(name, *devices, *month)).collect()).unwrap()
}

const FIRST: [(&str, u64, i64); 3] = [("Free", 1, 0), ("Small", 3, 8_900), ("Medium", 9, 27_900)];

struct World {
    store: Arc<MemoryStore>,
    fleet: Fleet,
    owner: AccountId,
    product: ProductId,
}

impl World {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let fleet = Fleet::builder(Arc::clone(&store)).catalogue(tiers(&FIRST)).seed(1).open();
        let now = at("2016-04-01");
        let owner = fleet.console(Actor::Operator, now).create_account("alice@example.com").unwrap().id;
        let product = fleet.console(owner, now).create_product("P", "photon".parse().unwrap()).unwrap().id;
        let world = Self { store, fleet, owner, product };
        let (token, brand) = (CardToken::new("tok").unwrap(), "visa".to_owned());
        let expires = ExpiryMonth::new(2099, 1).unwrap();
        world.console("2016-04-01").set_card(&NewCard::new(token, brand, "4242", expires)).unwrap();
        world
    }

    /// Opens the same fleet with other tiers on sale.
    fn selling(&mut self, sold: &[(&str, u64, i64)]) {
        self.fleet = Fleet::builder(Arc::clone(&self.store)).catalogue(tiers(sold)).seed(2).open();
    }

    fn console(&self, day: &str) -> Console<'_> {
        self.fleet.console(self.owner, at(day))
    }

    fn operator(&self, day: &str) -> Console<'_> {
        self.fleet.console(Actor::Operator, at(day))
    }

    fn buy(&self, product: ProductId, tier: &str, day: &str) {
        let quote = self.console(day).product(product).quote_upgrade(tier, Interval::Monthly).unwrap();
        let Upgrade::Charging(charge) = self.console(day).product(product).upgrade(quote.id).unwrap() else {
            panic!("{quote:?} costs something");
        };
        self.fleet.clock(at(day)).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
    }

    fn pay(&self, day: &str) -> i64 {
        self.fleet.clock(at(day)).advance(100).unwrap();
        let charges = self.fleet.pending_charges(None, 100).unwrap().items;
        for charge in &charges {
            self.fleet.clock(at(day)).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
        }
        charges.iter().map(|charge| charge.amount.minor()).sum()
    }

    /// Maximum number of devices of the product.
    fn device_limit(&self, day: &str) -> Option<u64> {
        let list: String = (0..20).map(|number| format!("aa00000000000000000000{number:02}\n")).collect();
        let plan = self.console(day).product(self.product).plan_import(list.as_bytes()).unwrap();
        plan.refused.map(|refused| refused.limit)
    }

    fn has_notice(&self, wanted: impl Fn(&NoticeSubject) -> bool) -> bool {
        self.fleet.pending_notices(None, 100).unwrap().items.iter().any(|notice| wanted(&notice.subject))
    }
}

#[test]
fn sold_limits_last_until_the_renewal_and_higher_ones_apply_at_once() {
    let mut world = World::new();
    world.buy(world.product, "Small", "2016-04-01");
    assert_eq!(world.device_limit("2016-04-01"), Some(3));
    world.selling(&[("Free", 1, 0), ("Small", 2, 8_900), ("Medium", 9, 27_900)]);
    assert_eq!(world.device_limit("2016-04-02"), Some(3), "what was sold");
    assert_eq!(world.pay("2016-05-01"), 8_900);
    assert_eq!(world.device_limit("2016-05-01"), Some(2), "what is sold now");
    world.selling(&[("Free", 1, 0), ("Small", 5, 8_900), ("Medium", 9, 27_900)]);
    assert_eq!(world.device_limit("2016-05-02"), Some(5), "more");
}

#[test]
fn a_product_without_a_plan_has_the_current_limits() {
    let mut world = World::new();
    world.selling(&[("Free", 2, 0), ("Small", 3, 8_900)]);
    assert_eq!(world.device_limit("2016-04-02"), Some(2));
    world.selling(&[("Starter", 2, 0), ("Small", 3, 8_900)]);
    assert_eq!(world.device_limit("2016-04-02"), Some(1), "a removed tier keeps its limits");
}

#[test]
fn a_tier_no_longer_sold_keeps_its_price_and_limits() {
    let mut world = World::new();
    world.buy(world.product, "Medium", "2016-04-01");
    world.selling(&[("Free", 1, 0), ("Basic", 2, 5_000), ("Big", 20, 50_000)]);
    assert_eq!(world.pay("2016-05-01"), 27_900);
    assert_eq!(world.device_limit("2016-05-01"), Some(9));
    let usage = world.console("2016-05-01").product(world.product).usage().unwrap();
    assert_eq!(usage.limit, Some(90));

    let less =
        world.console("2016-05-01").product(world.product).quote_upgrade("Basic", Interval::Monthly).unwrap_err();
    assert_eq!(less.code(), "not_an_upgrade", "{less}");
    assert!(world.console("2016-05-01").product(world.product).quote_upgrade("Big", Interval::Monthly).is_ok());
    let up = world.operator("2016-05-16").product(world.product).downgrade("Big").unwrap_err();
    assert_eq!(up.code(), "invalid", "{up}");
    world.operator("2016-05-16").product(world.product).downgrade("Basic").unwrap();
    assert_eq!(world.device_limit("2016-05-16"), Some(2));
}

#[test]
fn a_dearer_tier_with_lower_limits_is_no_upgrade_from_a_removed_one() {
    let mut world = World::new();
    world.buy(world.product, "Medium", "2016-04-01");
    world.selling(&[("Free", 1, 0), ("Lean", 8, 30_000), ("Same", 9, 30_000)]);
    let quote = |tier| world.console("2016-04-02").product(world.product).quote_upgrade(tier, Interval::Monthly);
    assert_eq!(quote("Lean").unwrap_err().code(), "not_an_upgrade");
    assert!(quote("Same").is_ok());
}

#[test]
fn a_switch_to_an_interval_no_longer_sold_leaves_the_plan_unchanged() {
    let mut world = World::new();
    let console = world.console("2016-04-01");
    let quote = console.product(world.product).quote_upgrade("Small", Interval::Annual).unwrap();
    let Upgrade::Charging(charge) = console.product(world.product).upgrade(quote.id).unwrap() else { panic!() };
    world.fleet.clock(at("2016-04-01")).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
    world.console("2016-04-01").product(world.product).switch_interval(Interval::Monthly).unwrap();
    world.selling(&[("Free", 1, 0)]);
    assert_eq!(world.pay("2017-03-31"), 0);
    assert_eq!(world.pay("2017-04-01"), 89_000, "a year again, at its last price");
}

#[test]
fn without_a_monthly_price_the_annual_plan_continues_at_todays_price() {
    let mut world = World::new();
    let console = world.console("2016-04-01");
    let quote = console.product(world.product).quote_upgrade("Small", Interval::Annual).unwrap();
    let Upgrade::Charging(charge) = console.product(world.product).upgrade(quote.id).unwrap() else { panic!() };
    world.fleet.clock(at("2016-04-01")).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
    world.console("2016-04-01").product(world.product).switch_interval(Interval::Monthly).unwrap();
    let mut small = tier("Small", 3, 9_900);
    small.prices.retain(|price| price.interval == Interval::Annual);
    let catalogue = Catalogue::new(vec![tier("Free", 1, 0), small]).unwrap();
    world.fleet = Fleet::builder(Arc::clone(&world.store)).catalogue(catalogue).seed(2).open();
    let status = world.console("2016-04-02").product(world.product).billing_status().unwrap();
    assert_eq!((status.next_interval, status.next_amount.unwrap().minor()), (Some(Interval::Annual), 99_000));
    assert_eq!(world.pay("2017-04-01"), 99_000);
}

#[test]
fn a_tier_set_by_an_operator_keeps_its_limits_when_no_longer_sold() {
    let mut world = World::new();
    world.operator("2016-04-01").product(world.product).set_tier("Medium").unwrap();
    world.selling(&[("Free", 1, 0), ("Small", 3, 8_900)]);
    assert_eq!(world.device_limit("2016-04-02"), Some(9));
    let less = world.console("2016-04-02").product(world.product).quote_upgrade("Small", Interval::Monthly);
    assert_eq!(less.unwrap_err().code(), "not_an_upgrade");
    world.operator("2016-04-02").product(world.product).set_tier("Small").unwrap();
    assert_eq!(world.device_limit("2016-04-02"), Some(3));
}

#[test]
fn a_tier_that_becomes_free_ends_the_plan_with_a_notice() {
    let mut world = World::new();
    world.buy(world.product, "Small", "2016-04-01");
    world.selling(&[("Free", 1, 0), ("Small", 3, 0), ("Medium", 9, 27_900)]);
    assert_eq!(world.pay("2016-05-01"), 0);
    assert!(world.has_notice(|subject| matches!(subject, NoticeSubject::PlanEnded { tier, .. } if tier == "Small")));
    assert_eq!(world.console("2016-05-01").product(world.product).billing_status().unwrap().plan, None);
}

/// A store with one record that cannot be read.
#[derive(Debug)]
struct Damaged {
    inner: Arc<MemoryStore>,
    key: Key,
}

impl Store for Damaged {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        if keys.contains(&self.key) {
            return Err(StoreError::new(StoreErrorKind::Corrupt, "a row cannot be read"));
        }
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.inner.commit(batch)
    }
}

#[test]
fn an_unreadable_record_stops_no_other_product() {
    let world = World::new();
    let other = world.console("2016-04-02").create_product("Q", "photon".parse().unwrap()).unwrap().id;
    world.buy(world.product, "Small", "2016-04-01");
    world.buy(other, "Medium", "2016-04-02");
    for limit in [1, 2, 100] {
        let store = Damaged { inner: Arc::clone(&world.store), key: Key::Contract(world.product) };
        let fleet = Fleet::builder(store).catalogue(tiers(&FIRST)).open();
        let clock = fleet.clock(at("2016-05-02"));
        let mut rounds = 0;
        let last = loop {
            let advanced = clock.advance(limit).unwrap();
            rounds += 1;
            assert!(rounds < 20, "it terminates");
            if !advanced.more {
                break advanced;
            }
        };
        assert_eq!(last.skipped.len(), 1, "{last:?}");
        assert!(matches!(last.skipped.first().unwrap().due, Due::Product { product, .. } if product == world.product));
        let charges = fleet.pending_charges(None, 100).unwrap().items;
        assert_eq!(charges.len(), 1);
        assert!(charges.iter().all(|charge| charge.product == other));
    }
    assert!(world.fleet.clock(at("2016-05-02")).advance(100).unwrap().skipped.is_empty(), "repaired, it is done");
    let open = world.operator("2016-05-02").account_billing(world.owner).unwrap().open;
    let products: Vec<ProductId> = open.iter().map(|invoice| invoice.product).collect();
    assert_eq!(products, [world.product, other], "the older first");
}

#[test]
fn the_invoice_of_an_earlier_versions_plan_has_the_paid_amount() {
    let world = World::new();
    world.buy(world.product, "Small", "2016-04-01");
    let key = Key::Contract(world.product);
    let row = world.store.get(std::slice::from_ref(&key)).unwrap().remove(0).unwrap();
    let json = row.record.to_json().unwrap();
    let paid = r#","paid":{"minor":8900,"currency":"USD"}"#;
    let old = json.replace(paid, "").replace(r#","card_needed":false"#, "");
    assert_eq!(old.len() + paid.len() + r#","card_needed":false"#.len(), json.len(), "{json}");
    let record = Record::from_json(key.kind(), &old).unwrap();
    let Record::Contract(read) = &record else { panic!() };
    let read: &Contract = read;
    assert_eq!(read.plan.as_ref().unwrap().paid, None);
    let write = fleet_core::store::Write::Put { key, record, stamp: fleet_core::store::Stamp(7) };
    world.store.commit(&[Commit { checks: Vec::new(), writes: vec![write] }]).unwrap();
    let note = world.operator("2016-04-16").product(world.product).cancel_plan().unwrap();
    assert_eq!(note.refund, Money::new(4_450, Currency::USD));
}

#[test]
fn an_upgrade_paid_after_its_tier_left_the_catalogue_applies_the_quote() {
    let mut world = World::new();
    let console = world.console("2016-04-01");
    let quote = console.product(world.product).quote_upgrade("Medium", Interval::Monthly).unwrap();
    let Upgrade::Charging(charge) = console.product(world.product).upgrade(quote.id).unwrap() else { panic!() };
    world.selling(&[("Free", 1, 0), ("Small", 3, 8_900)]);
    world.fleet.clock(at("2016-04-02")).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
    assert_eq!(world.device_limit("2016-04-02"), Some(9));
}
