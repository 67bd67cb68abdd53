//! What happens to a fleet in a forked process.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;
#[path = "../../sqlite/tests/common/forked.rs"]
mod forked;

use common::load::{self, NOW, agrees};
use common::{Schema, schema};
use fleet_core::store::{GroupCommit, Journaled, Key, Store};
use fleet_core::{Actor, Fleet, ProductId};
use forked::in_child;

fn open(schema: &Schema) -> Fleet {
    Fleet::open(GroupCommit::new(schema.open()).with_reads())
}

fn list(first: u32) -> String {
    (first..first + 20).map(|number| format!("aa{number:022x}\n")).collect()
}

fn devices(fleet: &Fleet, product: ProductId) -> u64 {
    fleet.console(Actor::Operator, NOW).product(product).summary().unwrap().devices
}

#[test]
fn a_parent_gets_the_answers_to_its_own_calls_whatever_its_child_does() {
    let schema = schema();
    let fleet = open(&schema);
    let product = load::product(&fleet);
    let operator = fleet.console(Actor::Operator, NOW);
    let before = devices(&fleet, product);
    let child = in_child(|| {
        let mut codes = String::new();
        for turn in 0..50 {
            let error = operator.product(product).import(list(turn * 20).as_bytes()).map(drop).unwrap_err();
            assert!(error.to_string().contains("open the fleet after the fork"), "{error}");
            codes += error.code();
            codes += fleet.store().get(&[Key::Directory()]).unwrap_err().code();
        }
        // Closing sends nothing on the parent's connections.
        forked::drop_copy(&fleet);
        codes
    });
    for turn in 0..20 {
        operator.product(product).import(list(10_000 + turn * 20).as_bytes()).unwrap();
        assert_eq!(devices(&fleet, product), before + u64::from(turn + 1) * 20);
    }
    assert_eq!(child.join(), "store_forked".repeat(100));
    operator.product(product).import(list(20_000).as_bytes()).unwrap();
    agrees(&fleet);
}

#[test]
fn children_that_open_their_own_fleet_draw_different_numbers() {
    let schema = schema();
    let parent = open(&schema);
    let product = load::product(&parent);
    let before = devices(&parent, product);
    let children: Vec<_> = (0..2)
        .map(|me| {
            let schema = &schema;
            in_child(move || {
                let fleet = open(schema);
                let operator = fleet.console(Actor::Operator, NOW);
                for turn in 0..10 {
                    operator.product(product).import(list(me * 1_000 + turn * 20).as_bytes()).unwrap();
                    // Leases are identified by numbers too.
                    assert!(fleet.meter(product).unwrap().admit(NOW).unwrap());
                }
                fleet.settle_usage(NOW).unwrap();
                "done".to_owned()
            })
        })
        .collect();
    for child in children {
        assert_eq!(child.join(), "done");
    }
    assert_eq!(devices(&parent, product), before + 2 * 10 * 20);
    assert_eq!(parent.console(Actor::Operator, NOW).product(product).usage().unwrap().used, 20);
    agrees(&parent);
}

#[test]
fn a_store_without_a_fleet_does_not_cross_a_fork_either() {
    let (plain, journaled) = (schema().open(), Journaled::open(schema().open()).unwrap());
    let child = in_child(|| {
        let mut codes = String::new();
        for store in [&plain as &dyn Store, &journaled] {
            codes += store.get(&[Key::Directory()]).unwrap_err().code();
            codes += store.for_each(&Key::devices(ProductId::new(1).unwrap()), &mut |_, _| {}).unwrap_err().code();
            codes += store.commit(&[fleet_core::store::Commit::default()]).unwrap_err().code();
        }
        forked::drop_copy(&plain);
        forked::drop_copy(&journaled);
        codes
    });
    assert_eq!(child.join(), "store_forked".repeat(6));
    assert_eq!(plain.get(&[Key::Directory()]).unwrap(), [None]);
    assert_eq!(journaled.get(&[Key::Directory()]).unwrap(), [None]);
}
