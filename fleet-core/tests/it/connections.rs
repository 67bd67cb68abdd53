//! Whether a device is online when its gateways report in any order: swapped, repeated, through two products, with
//! clocks that are ahead or behind (R-TGT-17).
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{World, at, device, list, product};
use fleet_core::MemoryStore;
use fleet_core::device::{Disconnect, Report};
use proptest::prelude::*;
use std::sync::Arc;

/// Events of a device, in the order in which they happen.
#[derive(Clone, Copy, Debug)]
struct Event {
    product: u32,
    session: u64,
    begins: bool,
    /// In seconds.
    at: i64,
}

/// Connections one after the other, each of one product; the last may still be open.
fn life() -> impl Strategy<Value = Vec<Event>> {
    (proptest::collection::vec(prop_oneof![2 => Just(94), 1 => Just(95)], 1..8), any::<bool>()).prop_map(
        |(products, has_ended)| {
            let both = |(product, session): (u32, u64)| {
                let at = i64::try_from(session).unwrap() * 10;
                let event = |begins, at| Event { product, session, begins, at };
                [event(true, at), event(false, at + 5)]
            };
            let mut life: Vec<Event> = products.into_iter().zip(1..).flat_map(both).collect();
            if !has_ended {
                life.pop();
            }
            life
        },
    )
}

/// The same events as reported: some neighbours swapped, some repeated later.
fn reported() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    let disorder = (proptest::collection::vec(any::<bool>(), 16), proptest::collection::vec(0_usize..16, 0..4));
    (life(), disorder).prop_map(|(life, (swaps, again))| {
        let mut reported = life.clone();
        let mut index = 0;
        while index + 1 < reported.len() {
            if swaps.get(index) == Some(&true) {
                reported.swap(index, index + 1);
                index += 1;
            }
            index += 1;
        }
        for index in again {
            if let Some(event) = reported.get(index).copied() {
                reported.push(event);
            }
        }
        (life, reported)
    })
}

/// What a gateway orders its reports by.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Sessions,
    Moments,
    Both,
    Nothing,
}

fn report_event(world: &World, event: Event, by: By, now: i64) {
    let session = if matches!(by, By::Sessions | By::Both) { event.session } else { 0 };
    let moment = matches!(by, By::Moments | By::Both).then(|| at(event.at));
    let gateway = world.fleet.gateway(at(now));
    let product = Some(event.product);
    if event.begins {
        let mut report = Report::new(device(1)).session(session).at(moment);
        report.product = product;
        gateway.connect(&report).unwrap();
    } else {
        let mut end = Disconnect::new(device(1)).session(session).at(moment);
        end.product = product;
        gateway.disconnect(&end).unwrap();
    }
}

fn world() -> World {
    let world = World::new(Arc::new(MemoryStore::new()));
    world.make_product(95, "photon");
    world.console(0).product(world.product).import(list([1]).as_bytes()).unwrap();
    world
}

/// Returns whether it is online as a member of product 94, and as a waiting device in 95.
fn online(world: &World) -> (bool, bool) {
    let waits = world.operator(0).product(product(95)).device(device(1)).get();
    (world.row(1).is_online(), waits.is_ok_and(|view| view.row.is_online()))
}

fn holds(world: &World, life: &[Event]) -> Result<(), TestCaseError> {
    let last = life.last().unwrap();
    let (member, waits) = online(world);
    prop_assert_eq!(member, last.begins && last.product == 94, "as a member");
    // The row of a waiting device is not updated when the device is elsewhere: it counts nowhere.
    if last.product == 95 {
        prop_assert_eq!(waits, last.begins, "where it waits");
    }
    let summary = world.operator(0).product(world.product).summary().unwrap();
    prop_assert_eq!(summary.online, u64::from(member));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn a_device_is_online_while_its_newest_connection_lasts_in_any_order_of_reports(
        (life, reported) in reported(), by in prop_oneof![Just(By::Sessions), Just(By::Moments), Just(By::Both)],
    ) {
        let world = world();
        for event in reported {
            report_event(&world, event, by, 1000);
        }
        holds(&world, &life)?;
    }

    /// A live report is the newest because it arrives last; so if reports arrive in order, no clock matters.
    #[test]
    fn in_order_neither_clocks_nor_changes_of_gateway_matter(
        life in life(), clocks in proptest::collection::vec((0_usize..3, -100_000_000_i64..100_000_000), 16),
    ) {
        let world = world();
        for (event, (by, ahead)) in life.iter().zip(clocks) {
            // A wrong clock sends no moments here: they could not be distinguished from right ones.
            report_event(&world, *event, [By::Nothing, By::Nothing, By::Sessions][by], event.at + ahead);
            let newest = world.row(1).seen.map(|seen| seen.online);
            prop_assert!(event.product != 94 || newest == Some(event.begins), "{event:?}: {newest:?}");
        }
        holds(&world, &life)?;
    }

    /// Ten minutes after a clock is right again, its moments count, whatever it showed before.
    #[test]
    fn a_clock_that_was_ahead_blocks_nobody_for_longer_than_ten_minutes(ahead in 1_i64..100_000_000) {
        let world = world();
        let event = |session, at| Event { product: 94, session, begins: true, at };
        report_event(&world, event(0, 0), By::Nothing, 1000 + ahead);
        world.fleet.gateway(at(1000)).connect(&Report::new(device(1)).product(94).version(7).at(at(1000))).unwrap();
        let taken = world.row(1).version() == Some(7);
        prop_assert_eq!(taken, ahead > 600);
        report_event(&world, event(0, 1600), By::Moments, 1600);
        prop_assert_eq!(world.row(1).seen.map(|seen| seen.at), Some(at(1600)));
    }
}
