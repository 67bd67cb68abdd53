//! A fleet that was restored from a backup requests its charges under the keys that the payment provider knows.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it does not expect")]

use fleet_core::billing::{
    CardToken, Charge, ChargeOutcome, Decline, ExpiryMonth, Interval, NewCard, Purpose, Upgrade,
};
use fleet_core::store::copy;
use fleet_core::{AccountId, Actor, Currency, Fleet, MemoryStore, Money, ProductId, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn card(token: &str) -> NewCard {
    let (token, expires) = (CardToken::new(token).unwrap(), ExpiryMonth::new(2099, 1).unwrap());
    NewCard::new(token, "visa", "4242", expires)
}

fn pending(fleet: &Fleet) -> Vec<Charge> {
    fleet.pending_charges(None, 100).unwrap().items.into_iter().map(|charge| (*charge).clone()).collect()
}

/// A fleet with two products of one owner, bought on 8 March, and everything that was requested for it.
fn fleet(store: &Arc<MemoryStore>, owner: &str, seed: u64) -> (Fleet, AccountId, Vec<ProductId>, Vec<Charge>) {
    let fleet = Fleet::builder(Arc::clone(store)).seed(seed).open();
    let now = moment("2016-03-08T00:00:00Z");
    let owner = fleet.console(Actor::Operator, now).create_account(owner).unwrap().id;
    let console = fleet.console(owner, now);
    console.set_card(&card("tok_1")).unwrap();
    let mut products = Vec::new();
    let mut charges = Vec::new();
    for name in ["Thermostat", "Pump"] {
        let product = console.create_product(name, "photon".parse().unwrap()).unwrap().id;
        let quote = console.product(product).quote_upgrade("Small", Interval::Monthly).unwrap();
        let Upgrade::Charging(charge) = console.product(product).upgrade(quote.id).unwrap() else { unreachable!() };
        fleet.clock(now).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
        charges.push(*charge);
        products.push(product);
    }
    (fleet, owner, products, charges)
}

fn restored(from: &MemoryStore, seed: u64) -> Fleet {
    let backup = MemoryStore::new();
    copy(from, &backup).unwrap();
    Fleet::builder(backup).seed(seed).open()
}

/// Requests what is due on each day, and declines it while it lasts: two attempts of two invoices.
fn lived(fleet: &Fleet, product: ProductId) -> Vec<Charge> {
    let mut all = Vec::new();
    for day in ["2016-04-08T00:00:00Z", "2016-04-11T00:00:00Z", "2016-04-14T00:00:00Z"] {
        let clock = fleet.clock(moment(day));
        while clock.advance(100).unwrap().more {}
        while let Some(charge) = pending(fleet).into_iter().find(|charge| !all.contains(charge)) {
            clock.charge_outcome(charge.key, ChargeOutcome::Unknown).unwrap();
            assert_eq!(pending(fleet)[0].key, charge.key, "an unknown outcome keeps the key");
            let outcome =
                if day < "2016-04-14" { ChargeOutcome::Declined(Decline::Soft) } else { ChargeOutcome::Succeeded };
            clock.charge_outcome(charge.key, outcome).unwrap();
            all.push(charge);
        }
    }
    fleet.console(Actor::Operator, moment("2016-04-20T00:00:00Z")).product(product).cancel_plan().unwrap();
    all.extend(pending(fleet));
    all
}

#[test]
fn a_restored_fleet_charges_under_the_same_keys_and_no_two_charges_share_one() {
    let store = Arc::new(MemoryStore::new());
    let (first, _, products, bought) = fleet(&store, "alice@example.com", 1);
    let second = restored(&store, 2);
    let (one, other) = (lived(&first, products[0]), lived(&second, products[0]));
    assert_eq!(one, other);
    assert!(one.len() > 4 && one.iter().any(|charge| matches!(charge.purpose, Purpose::Refund { .. })), "{one:?}");
    let keys: BTreeSet<String> = bought.iter().chain(&one).map(|charge| charge.key.to_string()).collect();
    assert_eq!(keys.len(), bought.len() + one.len(), "{keys:?}");
}

#[test]
fn another_price_or_card_keeps_the_key_so_that_the_provider_refuses_it() {
    let store = Arc::new(MemoryStore::new());
    let (first, owner, products, _) = fleet(&store, "alice@example.com", 1);
    let second = restored(&store, 2);
    second.console(owner, moment("2016-04-01T00:00:00Z")).set_card(&card("tok_2")).unwrap();
    let price = Money::new(1200, Currency::USD);
    let operator = second.console(Actor::Operator, moment("2016-04-01T00:00:00Z"));
    operator.product(products[0]).agree_price("Small", Interval::Monthly, Some(price)).unwrap();
    let [one, other] = [&first, &second].map(|fleet| {
        fleet.clock(moment("2016-04-08T00:00:00Z")).advance(100).unwrap();
        pending(fleet).remove(0)
    });
    assert_eq!(one.key, other.key);
    assert_ne!((one.amount, one.card), (other.amount, other.card));
}

#[test]
fn a_transferred_product_charges_its_new_owner_under_other_keys() {
    let store = Arc::new(MemoryStore::new());
    let (first, owner, products, _) = fleet(&store, "alice@example.com", 1);
    let now = moment("2016-04-01T00:00:00Z");
    let bob = first.console(Actor::Operator, now).create_account("bob@example.com").unwrap().id;
    let second = restored(&store, 2);
    second.console(bob, now).set_card(&card("tok_2")).unwrap();
    second.console(owner, now).product(products[0]).invite("bob@example.com").unwrap();
    second.console(bob, now).product(products[0]).accept_invitation().unwrap();
    second.console(Actor::Operator, now).product(products[0]).transfer_ownership(bob).unwrap();
    let keys = [&first, &second].map(|fleet| {
        fleet.clock(moment("2016-04-08T00:00:00Z")).advance(100).unwrap();
        let charges = pending(fleet).into_iter().filter(|charge| charge.product == products[0]);
        charges.map(|charge| charge.key).collect::<Vec<_>>()
    });
    assert!(!keys[0].is_empty() && keys[0].iter().all(|key| !keys[1].contains(key)), "{keys:?}");
}
