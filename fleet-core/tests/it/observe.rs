//! Seeing inside: what observers, metrics and spans show of the calls, and what they do not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use crate::common::{World, at, device, list};
use fleet_core::customer::{Identity, Scope};
use fleet_core::device::Report;
use fleet_core::observe::{Call, Metrics, Outcome};
use fleet_core::store::{Fault, Faulty, GroupCommit};
use fleet_core::{Actor, Fleet, MemoryStore, Store};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A fleet, and the calls that its observer has seen.
fn observed(store: impl Store + 'static) -> (Fleet, Arc<Mutex<Vec<Call>>>) {
    let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
    let seen = Arc::clone(&calls);
    let fleet = Fleet::builder(store).observer(move |call: &Call| seen.lock().unwrap().push(*call)).metrics().open();
    (fleet, calls)
}

fn texts(calls: &Mutex<Vec<Call>>) -> Vec<String> {
    std::mem::take(&mut *calls.lock().unwrap()).iter().map(ToString::to_string).collect()
}

#[test]
fn a_call_is_seen_with_its_product_its_code_and_its_rule() {
    let (fleet, calls) = observed(MemoryStore::new());
    let alice = fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap();
    let console = fleet.console(alice.id, at(0));
    let id = console.create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
    let product = console.product(id);
    product.import(list([1]).as_bytes()).unwrap();
    product.release(crate::common::version(7)).unwrap_err();
    fleet.gateway(at(1)).connect(&Report::new(device(1)).product(id.get()).at(at(1))).unwrap();
    assert_eq!(
        texts(&calls),
        [
            "create_account: ok".to_owned(),
            "create_product: ok".to_owned(),
            format!("import {id}: ok"),
            format!("release {id}: not_found (R-TEAM-6)"),
            format!("connect {id}: ok"),
        ]
    );
}

#[test]
fn the_calls_of_a_customer_are_seen_with_their_product() {
    let (fleet, calls) = observed(MemoryStore::new());
    let alice = fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap();
    let console = fleet.console(alice.id, at(0));
    let product = console.product(console.create_product("Thermostat", "photon".parse().unwrap()).unwrap().id);
    let customer = product.create_customer("carol", &Identity::Simple).unwrap().id;
    let (id, secret) = product.customer(customer).issue_token(&[Scope::See].into(), Duration::from_secs(3600)).unwrap();
    texts(&calls);
    let portal = fleet.portal(&secret, at(1));
    portal.me().unwrap();
    product.customer(customer).revoke_token(id).unwrap();
    portal.me().unwrap_err();
    let product = product.id();
    // A token that is not valid is of no product.
    let seen = [format!("me {product}: ok"), format!("revoke_token {product}: ok"), "me: unauthenticated".to_owned()];
    assert_eq!(texts(&calls), seen);
}

#[test]
fn a_failure_of_the_store_is_not_a_refusal() {
    let (fleet, calls) = observed(Faulty::new(MemoryStore::new(), 1).with(Fault::Unreadable, 1.0));
    fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap_err();
    let seen = calls.lock().unwrap()[0];
    assert_eq!((seen.outcome, seen.rule), (Outcome::Failed, None));
    let counted = fleet.metrics().unwrap().calls[0];
    assert_eq!((counted.answered, counted.refused, counted.failed), (0, 0, 1));
}

#[test]
fn a_commit_that_was_overtaken_is_another_try() {
    let store = Arc::new(Faulty::new(MemoryStore::new(), 1));
    let (fleet, calls) = observed(Arc::clone(&store));
    store.plan([Some(Fault::Conflict), Some(Fault::Conflict)]);
    fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap();
    assert_eq!(texts(&calls), ["create_account: ok, 3 tries"]);
    let Metrics { conflicts, retries, .. } = fleet.metrics().unwrap();
    assert_eq!((conflicts, retries), (2, 2));
}

#[test]
fn an_observer_that_panics_or_calls_the_fleet_changes_nothing() {
    let inner = Arc::new(Mutex::new(None::<std::sync::Weak<Fleet>>));
    let seen = Arc::clone(&inner);
    let fleet = Fleet::builder(MemoryStore::new()).observer(move |call: &Call| {
        let fleet = seen.lock().unwrap().as_ref().and_then(std::sync::Weak::upgrade);
        let fleet = fleet.unwrap();
        // Observed, this would call the observer for ever.
        fleet.console(Actor::Operator, at(0)).products().unwrap();
        panic!("{call}");
    });
    let fleet = Arc::new(fleet.open());
    *inner.lock().unwrap() = Some(Arc::downgrade(&fleet));
    fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap();
    assert_eq!(fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap_err().code(), "taken");
}

#[test]
fn metrics_are_counted_only_where_the_host_asked_for_them() {
    assert_eq!(Fleet::open(MemoryStore::new()).metrics(), None);
    let fleet = Fleet::builder(MemoryStore::new()).metrics().open();
    assert_eq!(fleet.metrics(), Some(Metrics::default()));
}

#[test]
fn batches_are_those_of_the_layer_that_merges() {
    let fleet = Fleet::builder(GroupCommit::new(MemoryStore::new())).metrics().open();
    thread::scope(|threads| {
        for thread in 0..4 {
            let fleet = &fleet;
            threads.spawn(move || {
                for number in 0..25 {
                    let console = fleet.console(Actor::Operator, at(0));
                    console.create_account(&format!("{thread}-{number}@example.com")).unwrap();
                }
            });
        }
    });
    let metrics = fleet.metrics().unwrap();
    assert_eq!((metrics.calls[0].operation.name(), metrics.calls[0].answered), ("create_account", 100));
    let batches = &metrics.batches;
    assert!(batches.sum >= 100 && batches.count <= batches.sum && batches.largest >= 1, "{batches:?}");
    assert_eq!(batches.classes.iter().sum::<u64>(), batches.count);
    assert_eq!(metrics.conflicts, metrics.retries);
}

#[test]
fn a_meter_that_is_granted_nothing_is_counted() {
    let world = World::of(Fleet::builder(MemoryStore::new()).metrics().open());
    let tier = world.console(0).product(world.product).usage().unwrap().limit.unwrap();
    let World { fleet, product, .. } = world;
    let meter = fleet.meter(product).unwrap();
    assert_eq!(meter.admit_many(tier, at(1)).unwrap(), tier);
    assert_eq!(fleet.metrics().unwrap().lease_refusals, 0);
    for _ in 0..3 {
        assert_eq!(meter.admit_many(1, at(2)).unwrap(), 0);
    }
    assert_eq!(fleet.metrics().unwrap().lease_refusals, 1, "the store is asked once");
}

/// With the feature `tracing`, the same calls are spans.
#[cfg(feature = "tracing")]
mod spans {
    use super::*;
    use std::fmt;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Keeps everything that it is given, as text.
    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<String>>>);

    struct Line<'l>(&'l mut String);

    impl Visit for Line<'_> {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            *self.0 += &format!(" {field}={value:?}");
        }
    }

    impl Subscriber for Captured {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            let mut line = format!("{} {}", span.metadata().target(), span.metadata().name());
            span.record(&mut Line(&mut line));
            let mut lines = self.0.lock().unwrap();
            lines.push(line);
            Id::from_u64(lines.len() as u64)
        }

        fn record(&self, span: &Id, values: &Record<'_>) {
            let mut lines = self.0.lock().unwrap();
            values.record(&mut Line(&mut lines[span.into_u64() as usize - 1]));
        }

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            let mut line = String::new();
            event.record(&mut Line(&mut line));
            self.0.lock().unwrap().push(line);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn a_span_has_the_fields_of_a_call_and_no_secret_and_nobody() {
        let captured = Captured::default();
        let mut hidden = Vec::new();
        tracing::subscriber::with_default(captured.clone(), || {
            let world = World::new(Arc::new(MemoryStore::new()));
            let product = world.console(0).product(world.product);
            product.import(list([1]).as_bytes()).unwrap();
            hidden.push(device(1).to_string());
            let customer =
                product.create_customer("carol", &Identity::TwoLegged { user: "carol-7".to_owned() }).unwrap().id;
            hidden.extend(["carol".to_owned(), "carol-7".to_owned(), "owner@".to_owned()]);
            let scopes = [Scope::Claim, Scope::See].into();
            let (_, token) = product.customer(customer).issue_token(&scopes, Duration::from_secs(3600)).unwrap();
            hidden.push(token.reveal());
            let portal = world.fleet.portal(&token, at(1));
            portal.me().unwrap();
            let code = portal.ask_claim_code().unwrap();
            hidden.push(code.code.reveal());
            world.fleet.gateway(at(1)).present_claim_code(device(2), &token).unwrap_err();
            hidden.push(device(2).to_string());
            portal.claim(device(1), "wrong-code").unwrap_err();
            hidden.push("wrong-code".to_owned());
            product.invite("bob@example.com").unwrap_err();
            hidden.push("bob@".to_owned());
        });
        let lines = captured.0.lock().unwrap().clone();
        let text = lines.join("\n");
        assert!(
            lines.contains(
                &"fleet_core call operation=\"import\" product=94 outcome=\"answered\" code=\"ok\" tries=1".to_owned()
            ),
            "{text}"
        );
        assert!(text.contains("operation=\"me\" product=94"), "{text}");
        for hidden in hidden {
            assert!(!text.contains(&hidden), "{hidden} is in\n{text}");
        }
    }

    #[test]
    fn a_call_inside_an_observer_has_no_span() {
        let captured = Captured::default();
        tracing::subscriber::with_default(captured.clone(), || {
            let inner = Fleet::open(MemoryStore::new());
            let observer = move |_: &Call| drop(inner.console(Actor::Operator, at(0)).products());
            let fleet = Fleet::builder(MemoryStore::new()).observer(observer).open();
            fleet.console(Actor::Operator, at(0)).create_account("alice@example.com").unwrap();
        });
        let lines = captured.0.lock().unwrap().clone();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("operation=\"create_account\""), "{lines:?}");
    }
}
