//! Runs random commands of teams, events and billing on fleets on two stores: both must return the same answers and
//! have the same final contents. `machine` knows the right result; this test only checks that the engine does not
//! change it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

use fleet_core::billing::{BillingPolicy, CardToken, ChargeOutcome, Decline, ExpiryMonth, Interval, NewCard};
use fleet_core::event::{Destination, Event, EventCursor, EventFilter, NewSubscription};
use fleet_core::store::Key;
use fleet_core::{
    AccountId, Actor, Catalogue, DeviceId, Fleet, MemoryStore, PolicyChange, ProductId, Store, Timestamp,
    device::Report,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// 2016-01-28T00:00:00Z: the following months differ in length.
const START: i64 = 1_453_939_200_000;

/// One command.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Hours pass.
    Pass(i64),
    Import(u8, u8),
    Remove(u8),
    Deny(u8),
    Connect(u8, Option<u16>),
    Publish(u8, Option<u8>),
    PublishMany(u8, u8),
    Subscribe(u8),
    Unsubscribe(u32),
    Keep(u32),
    Read(usize),
    Follow(usize),
    Invite(usize),
    Accept(usize),
    Leave(usize),
    Transfer(usize),
    Card(bool),
    NoCard,
    Upgrade(usize, usize),
    Downgrade(usize),
    Cancel(usize),
    Advance(usize),
    Outcome(ChargeOutcome),
    Status(usize),
    /// The operator locks or unlocks the owner, whose devices are held while locked.
    Lock(bool),
}

/// At most this many commands.
pub(crate) fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    let outcome = prop_oneof![
        3 => Just(ChargeOutcome::Succeeded),
        2 => Just(ChargeOutcome::Declined(Decline::Soft)),
        1 => Just(ChargeOutcome::Declined(Decline::Hard)),
        1 => Just(ChargeOutcome::Unknown),
    ];
    let act = prop_oneof![
        3 => (1..800_i64).prop_map(Act::Pass),
        1 => (0..40_u8, 1..30_u8).prop_map(|(from, count)| Act::Import(from, count)),
        1 => (0..40_u8).prop_map(Act::Remove),
        1 => (0..40_u8).prop_map(Act::Deny),
        2 => (0..40_u8, proptest::option::of(1..3_u16)).prop_map(|(device, version)| Act::Connect(device, version)),
        3 => (0..40_u8, proptest::option::of(0..3_u8)).prop_map(|(device, id)| Act::Publish(device, id)),
        2 => (0..40_u8, 1..40_u8).prop_map(|(from, count)| Act::PublishMany(from, count)),
        1 => (0..4_u8).prop_map(Act::Subscribe),
        1 => (1..6_u32).prop_map(Act::Unsubscribe),
        1 => (1..50_u32).prop_map(Act::Keep),
        1 => (1..30_usize).prop_map(Act::Read),
        1 => (1..30_usize).prop_map(Act::Follow),
        1 => (0..3_usize).prop_map(Act::Invite),
        1 => (0..3_usize).prop_map(Act::Accept),
        1 => (0..3_usize).prop_map(Act::Leave),
        1 => (0..3_usize).prop_map(Act::Transfer),
        1 => any::<bool>().prop_map(Act::Card),
        1 => Just(Act::NoCard),
        2 => (0..2_usize, 1..4_usize).prop_map(|(product, tier)| Act::Upgrade(product, tier)),
        1 => (0..2_usize).prop_map(Act::Downgrade),
        1 => (0..2_usize).prop_map(Act::Cancel),
        3 => (1..5_usize).prop_map(Act::Advance),
        3 => outcome.prop_map(Act::Outcome),
        1 => (0..2_usize).prop_map(Act::Status),
        1 => any::<bool>().prop_map(Act::Lock),
    ];
    proptest::collection::vec(act, 1..most)
}

struct Twin {
    fleet: Fleet,
    people: [AccountId; 3],
    products: [ProductId; 2],
    cursor: EventCursor,
    cards: u32,
    now: i64,
}

impl Twin {
    fn on(store: Arc<dyn Store>) -> Self {
        let mut tiers = Catalogue::default().tiers().to_vec();
        (tiers[0].messages, tiers[1].messages) = (Some(30), Some(90));
        let drawn = AtomicU8::new(0);
        // The same numbers in both runs.
        let draw = move |bytes: &mut [u8]| {
            bytes.fill_with(|| drawn.fetch_add(1, Ordering::Relaxed));
            true
        };
        let fleet = Fleet::builder(store)
            .seed(7)
            .catalogue(Catalogue::new(tiers).unwrap())
            .billing(BillingPolicy::default().with_devices_held())
            .randomness(draw)
            .open();
        let start = Timestamp::from_millis(START);
        let operator = fleet.console(Actor::Operator, start);
        let people =
            ["alice", "bob", "carol"].map(|name| operator.create_account(&format!("{name}@example.com")).unwrap().id);
        let products = [94, 95].map(|number| {
            let id = ProductId::new(number).unwrap();
            operator
                .create_product_with_id(id, people[0], &format!("Product {number}"), "photon".parse().unwrap())
                .unwrap()
                .id
        });
        let cursor = fleet.console(people[0], start).product(products[0]).follow_events(None, 1).unwrap().next;
        Self { fleet, people, products, cursor, cards: 0, now: START }
    }

    /// Runs a command and returns its answer as text.
    fn act(&mut self, act: &Act) -> String {
        let now = Timestamp::from_millis(self.now);
        let product = self.products[0];
        let (alice, operator) = (self.fleet.console(self.people[0], now), self.fleet.console(Actor::Operator, now));
        let (gateway, clock) = (self.fleet.gateway(now), self.fleet.clock(now));
        let event = |number: u8| {
            let name = ["door", "door/front", "error"][usize::from(number) % 3];
            Event::new(device(number), name, "{}", now).unwrap().with_product(94)
        };
        match act {
            Act::Pass(hours) => {
                self.now += hours * 3_600_000;
                String::new()
            }
            Act::Import(from, count) => {
                let list: String = (*from..from + count).map(|number| format!("{}\n", device(number))).collect();
                shown(alice.product(product).import(list.as_bytes()).map(|report| report.lines.len()))
            }
            Act::Remove(number) => shown(alice.product(product).device(device(*number)).remove()),
            Act::Deny(number) => shown(alice.product(product).device(device(*number)).deny()),
            Act::Connect(number, version) => {
                let mut report = Report::new(device(*number)).product(94).at(now);
                report.version = *version;
                shown(gateway.connect(&report))
            }
            Act::Publish(number, id) => {
                let event = match id {
                    Some(id) => event(*number).with_id(&id.to_string()).unwrap(),
                    None => event(*number),
                };
                shown(gateway.publish(&event))
            }
            Act::PublishMany(from, count) => {
                let events: Vec<Event> =
                    (*from..from + count).map(|number| event(number).with_error("stack").unwrap()).collect();
                shown(gateway.publish_many(&events))
            }
            Act::Subscribe(length) => {
                let prefix = &"door/front"[..usize::from(*length) * 2];
                shown(alice.product(product).subscribe(&NewSubscription::new(Destination::LiveStream).prefix(prefix)))
            }
            Act::Unsubscribe(number) => {
                let subscriptions = alice.product(product).subscriptions().unwrap_or_default();
                let found = subscriptions.iter().find(|found| found.id.get() == *number);
                shown(found.map(|found| alice.product(product).unsubscribe(found.id)))
            }
            Act::Keep(log_events) => {
                shown(alice.product(product).set_policy(&PolicyChange::new().log_events(*log_events)))
            }
            Act::Read(limit) => shown(alice.product(product).events(&EventFilter::default(), None, *limit)),
            Act::Follow(limit) => {
                let followed = operator.product(product).follow_events(Some(self.cursor), *limit);
                if let Ok(followed) = &followed {
                    self.cursor = followed.next;
                }
                shown(followed)
            }
            Act::Invite(who) => shown(alice.product(product).invite(["alice", "bob", "new"][*who])),
            Act::Accept(who) => shown(self.fleet.console(self.people[*who], now).product(product).accept_invitation()),
            Act::Leave(who) => shown(self.fleet.console(self.people[*who], now).product(product).leave_team()),
            Act::Transfer(who) => shown(operator.product(product).transfer_ownership(self.people[*who])),
            Act::Card(valid) => {
                self.cards += 1;
                let expires = ExpiryMonth::new(if *valid { 2099 } else { 2016 }, 5).unwrap();
                let token = CardToken::new(&format!("tok_{}", self.cards)).unwrap();
                let (brand, last_four) = ("visa".to_owned(), "4242".to_owned());
                shown(alice.set_card(&NewCard::new(token, brand, last_four, expires)))
            }
            Act::NoCard => shown(alice.remove_card()),
            Act::Upgrade(product, tier) => {
                let (product, tier) = (self.products[*product], ["Prototype", "Small", "Medium", "Large"][*tier]);
                let quoted = alice.product(product).quote_upgrade(tier, Interval::Monthly);
                let done = quoted.as_ref().ok().map(|quote| alice.product(product).upgrade(quote.id));
                shown((quoted, done))
            }
            Act::Downgrade(product) => shown(operator.product(self.products[*product]).downgrade("Small")),
            Act::Cancel(product) => shown(operator.product(self.products[*product]).cancel_plan()),
            Act::Advance(limit) => shown(clock.advance(*limit)),
            Act::Outcome(outcome) => {
                let first = self.fleet.pending_charges(None, 1).unwrap().items.pop();
                shown(first.map(|charge| clock.charge_outcome(charge.key, *outcome)))
            }
            Act::Lock(true) => shown(operator.lock_account(self.people[0])),
            Act::Lock(false) => shown(operator.unlock_account(self.people[0])),
            Act::Status(product) => {
                let product = self.products[*product];
                shown((
                    operator.product(product).billing_status(),
                    operator.product(product).usage(),
                    operator.product(product).device_errors(),
                ))
            }
        }
    }
}

/// Returns every row of a store, without stamps and without the journal's own rows.
pub(crate) fn rows(store: &dyn Store) -> BTreeMap<String, String> {
    let mut rows = BTreeMap::new();
    store
        .for_each_row(&mut |row| {
            if !matches!(row.key, Key::Journal(_)) {
                assert_eq!(rows.insert(shown(row.key), shown(row.record)), None, "shown twice");
            }
            Ok(())
        })
        .unwrap();
    rows
}

/// Runs the same commands on a fleet in memory and on one on this store. Both must answer alike and, by the rows
/// `held`, end alike.
pub(crate) fn run(store: Arc<dyn Store>, acts: &[Act], held: impl FnOnce() -> BTreeMap<String, String>) {
    let memory = Arc::new(MemoryStore::new());
    let (mut inside, mut other) = (Twin::on(Arc::clone(&memory) as _), Twin::on(store));
    for act in acts {
        assert_eq!(inside.act(act), other.act(act), "{act:?}");
    }
    let (inside, outside) = (rows(&*memory), held());
    let differing: Vec<_> = inside
        .keys()
        .chain(outside.keys())
        .map(|key| (key, inside.get(key), outside.get(key)))
        .filter(|(_, inside, outside)| inside != outside)
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

fn device(number: u8) -> DeviceId {
    DeviceId::new([number; 12])
}

fn shown(answer: impl Debug) -> String {
    format!("{answer:?}")
}
