//! Devices of a locked owner (R-PAY-5): by default everything continues. If the platform holds them, nothing is sent to
//! or for them until the owner is unlocked.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{World, at, device, list, report, version};
use fleet_core::billing::BillingPolicy;
use fleet_core::event::{Destination, Entry, Event, EventOrigin, NewSubscription, Published};
use fleet_core::firmware::{Answer, Hold, Rule, Target, Upload};
use fleet_core::product::Gate;
use fleet_core::{Fleet, MemoryStore, PolicyChange};
use std::sync::Arc;

/// A world whose product has released version 2 to devices 0 to 3, and has an event subscription.
fn world(held: bool) -> World {
    let billing = if held { BillingPolicy::default().with_devices_held() } else { BillingPolicy::default() };
    let world = World::of(Fleet::builder(Arc::new(MemoryStore::new())).seed(1).billing(billing).open());
    let console = world.console(0);
    let policy = PolicyChange::new().opaque_images(true).gate(Gate::new(0));
    console.product(world.product).set_policy(&policy).unwrap();
    for number in 1..3 {
        let (title, binary) = (format!("Version {number}"), format!("opaque firmware {number}"));
        console.product(world.product).upload(&Upload::new(version(number), &title), binary.as_bytes()).unwrap();
    }
    console.product(world.product).import(list(0..4).as_bytes()).unwrap();
    console.product(world.product).release(version(2)).unwrap();
    console.product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    world
}

fn lock(world: &World, locked: bool, seconds: i64) {
    let operator = world.operator(seconds);
    if locked { operator.lock_account(world.owner) } else { operator.unlock_account(world.owner) }.unwrap();
}

/// Returns the answer to a device, alone and in a batch, which must be equal.
fn connect(world: &World, number: u32, version: u16, seconds: i64) -> Answer {
    let gateway = world.fleet.gateway(at(seconds));
    let sent = report(number, version, seconds);
    let alone = gateway.connect(&sent).unwrap().answer;
    let among_many = gateway.connect_many(&[sent]).unwrap().remove(0).answer;
    assert_eq!(alone, among_many);
    alone
}

fn publish(world: &World, number: u32, seconds: i64) -> Entry {
    let event = Event::new(device(number), "door", "open", at(seconds)).unwrap().with_product(94);
    match world.fleet.gateway(at(seconds)).publish(&event).unwrap() {
        Published::Logged(entry) => entry,
        other => panic!("{other:?}"),
    }
}

fn is_sent(answer: &Answer) -> bool {
    matches!(answer, Answer::Update { directive, .. } if directive.version == version(2))
}

#[test]
fn the_devices_of_a_locked_owner_continue_by_default() {
    let world = world(false);
    lock(&world, true, 10);
    assert!(is_sent(&connect(&world, 0, 1, 11)));
    let entry = publish(&world, 0, 12);
    assert_eq!((entry.origin, entry.deliveries.len()), (EventOrigin::Member, 1));
}

#[test]
fn held_devices_are_sent_nothing_until_the_owner_is_unlocked() {
    let world = world(true);
    assert!(is_sent(&connect(&world, 0, 1, 9)), "nobody is locked yet");

    lock(&world, true, 10);
    let hold = Hold::OwnerLocked { since: at(10) };
    let target = Some(Target { version: version(2), rule: Rule::Release });
    let held = Answer::Held { hold, target };
    assert_eq!(connect(&world, 1, 1, 11), held);
    assert_eq!(
        held.to_string(),
        "held: the account of the product's owner is locked since 1970-01-01T00:00:10Z; pay its bills, or have an operator unlock it (R-PAY-5); keeps back 2 (R-TGT-4 release)"
    );
    assert!(
        matches!(connect(&world, 2, 2, 12), Answer::UpToDate { .. }),
        "a device with the right version gets that answer"
    );
    assert_eq!(world.row(1).sequence, 0, "no directive was made for it");

    lock(&world, false, 20);
    assert!(is_sent(&connect(&world, 1, 1, 21)));
}

#[test]
fn events_of_held_devices_are_logged_and_counted_but_not_delivered() {
    let world = world(true);
    lock(&world, true, 10);
    let entry = publish(&world, 0, 11);
    assert_eq!((entry.origin, entry.deliveries, entry.dropped), (EventOrigin::OwnerLocked, Vec::new(), None));
    let used = |seconds| world.operator(seconds).product(world.product).usage().unwrap().used;
    assert_eq!(used(12), 0, "undelivered messages count against no tier (R-EVT-2)");
    let failed = Event::new(device(1), "error", "hot", at(13)).unwrap().with_product(94).with_error("sensor");
    world.fleet.gateway(at(13)).publish(&failed.unwrap()).unwrap();
    let errors = world.operator(14).product(world.product).device_errors().unwrap();
    assert_eq!(errors.values().map(|error| error.count).sum::<u64>(), 1, "their errors are still counted");

    lock(&world, false, 20);
    let entry = publish(&world, 0, 21);
    assert_eq!((entry.origin, entry.deliveries.len()), (EventOrigin::Member, 1));
}

#[test]
fn an_unpaid_owners_devices_are_held_in_every_product_and_nobody_elses() {
    let mut world = world(true);
    let second = world.make_product(95, "photon");
    world.console(0).product(second).import(list(10..11).as_bytes()).unwrap();
    let bob = common::account(&world.fleet, "bob");
    let owner = std::mem::replace(&mut world.owner, bob);
    let other = world.make_product(96, "photon");
    world.console(0).product(other).import(list(20..21).as_bytes()).unwrap();
    world.owner = owner;
    lock(&world, true, 10);
    let origin = |number, product| {
        let event = Event::new(device(number), "door", "open", at(11)).unwrap().with_product(product);
        match world.fleet.gateway(at(11)).publish(&event).unwrap() {
            Published::Logged(entry) => entry.origin,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(origin(0, 94), EventOrigin::OwnerLocked);
    assert_eq!(origin(10, 95), EventOrigin::OwnerLocked);
    assert_eq!(origin(20, 96), EventOrigin::Member);
}

#[test]
fn a_dry_run_and_an_explanation_hold_the_devices_of_a_locked_owner() {
    use fleet_core::firmware::Change;
    for (held, sent) in [(true, 0), (false, 4)] {
        let world = world(held);
        for number in 0..4 {
            connect(&world, number, 1, 1);
        }
        let operator = world.operator(3);
        assert_eq!(operator.product(world.product).dry_run(&Change::Nothing).unwrap().sent.total(), 4);
        lock(&world, true, 3);
        for change in [Change::Nothing, Change::Release(Some(version(2))), Change::Lock(device(0), Some(version(2)))] {
            let one_device = matches!(change, Change::Lock(..));
            let run = operator.product(world.product).dry_run(&change).unwrap();
            assert_eq!(run.sent.total(), if one_device { sent / 4 } else { sent }, "{held} {change:?}");
        }
        let explained = operator.product(world.product).device(device(0)).explain().unwrap();
        let connected = connect(&world, 0, 1, 4);
        assert_eq!((is_sent(&explained), is_sent(&connected)), (!held, !held), "one function answers all");
        if held {
            assert_eq!(explained, connected);
        }
        lock(&world, false, 5);
        assert_eq!(operator.product(world.product).dry_run(&Change::Nothing).unwrap().sent.total(), 4);
    }
}
