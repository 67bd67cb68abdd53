//! Reports that are late, repeated, out of order, or of a device that moves between products (R-TGT-7, 16, 17).
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{World, at, device, list, plant, report, version};
use fleet_core::device::{Device, Disconnect, Report, Seen, UpdateProgress, UpdateResult};
use fleet_core::firmware::{Answer, Hold, Upload};
use fleet_core::store::{Key, Record};
use fleet_core::{MemoryStore, PolicyChange, ProductId, Timestamp};
use proptest::prelude::*;
use std::sync::Arc;

const STALE: Answer = Answer::Held { hold: Hold::StaleReport, target: None };

/// A world whose product has versions 1 to 4 and devices 0 to 3; version 2 is released.
fn world() -> World {
    let world = World::new(Arc::new(MemoryStore::new()));
    let console = world.console(0);
    let policy = PolicyChange::new().opaque_images(true).gate(fleet_core::product::Gate::new(0));
    console.product(world.product).set_policy(&policy).unwrap();
    for number in 1..5_u32 {
        let (title, binary) = (format!("Version {number}"), format!("opaque firmware {number}"));
        console.product(world.product).upload(&Upload::new(version(number), &title), binary.as_bytes()).unwrap();
    }
    console.product(world.product).import(list(0..4).as_bytes()).unwrap();
    console.product(world.product).release(version(2)).unwrap();
    world
}

fn connect(world: &World, report: &Report, seconds: i64) -> Answer {
    world.fleet.gateway(at(seconds)).connect(report).unwrap().answer
}

fn disconnect(world: &World, number: u32, product: u32, session: u64, seconds: i64) {
    let end = Disconnect::new(device(number)).product(product).session(session).at(at(seconds));
    world.fleet.gateway(at(seconds)).disconnect(&end).unwrap();
}

fn online(world: &World, product: ProductId) -> u64 {
    world.operator(0).product(product).summary().unwrap().online
}

/// Returns the last report of a device, without what only its history shows.
fn last(row: &Device) -> (Option<Seen>, Option<String>) {
    let seen = row.seen.map(|seen| Seen { version_since: at(0), ..seen });
    (seen, row.system.as_ref().map(ToString::to_string))
}

/// Reports of one device in the order it made them, with increasing sessions or moments.
fn history() -> impl Strategy<Value = Vec<Report>> {
    let said = (proptest::option::of(1_u16..6), prop::bool::weighted(0.8), 0_u16..3);
    (proptest::collection::vec(said, 1..8), any::<bool>()).prop_map(|(all, numbered)| {
        let mut moment = 100;
        all.into_iter()
            .zip(1_u64..)
            .map(|((version, takes_updates, system), session)| {
                moment += 10;
                let mut report = Report::new(device(0))
                    .product(94)
                    .platform("photon".parse().unwrap())
                    .system(format!("1.{system}.0").parse().unwrap())
                    .session(if numbered { session } else { 0 })
                    .at(at(moment));
                report.version = version;
                report.takes_updates = takes_updates;
                report
            })
            .collect()
    })
}

/// Reports of a batch: several devices, members, strangers and moving ones, some repeated.
fn batch() -> impl Strategy<Value = Vec<Report>> {
    let product = prop_oneof![6 => Just(Some(94)), 2 => Just(Some(95)), 2 => prop::sample::select(vec![None, Some(0), Some(6), Some(777)])];
    let one = (0_u32..8, product, proptest::option::of(1_u16..4), 0_u64..4, 90_i64..110, prop::bool::weighted(0.2));
    let one = one.prop_map(|(number, product, version, session, moment, has_platform)| {
        let mut report = Report::new(device(number)).session(session).at(at(moment));
        report.product = product;
        report.version = version;
        report.platform = has_platform.then(|| "photon".parse().unwrap());
        report
    });
    proptest::collection::vec(one, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_newest_report_wins_in_any_order(
        history in history(),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 1..16),
    ) {
        let (world, plain) = (world(), world());
        let newest = history.last().unwrap();
        connect(&plain, newest, 1000);
        let mut highest = 0;
        let places = order.iter().map(|place| place.index(history.len())).chain([history.len() - 1, 0]);
        for (step, place) in places.enumerate() {
            let before = world.contents();
            let answer = connect(&world, &history[place], 1000);
            let stale = step > 0 && place < highest;
            prop_assert_eq!(answer == STALE, stale, "report {} after {} (R-TGT-17)", place, highest);
            if stale {
                prop_assert_eq!(world.contents(), before, "a stale report changes nothing (R-TGT-17)");
            }
            highest = highest.max(place);
        }
        prop_assert_eq!(last(&world.row(0)), last(&plain.row(0)), "R-TGT-17");
        world.contents().check_counts(world.product);
    }

    #[test]
    fn a_repeated_report_changes_nothing(history in history(), times in proptest::collection::vec(1_usize..4, 8)) {
        let (once, more) = (world(), world());
        for (report, times) in history.iter().zip(times) {
            let first = connect(&once, report, 1000);
            for _ in 0..times {
                prop_assert_eq!(&connect(&more, report, 1000), &first, "the same answer and directive (R-TGT-17)");
            }
            prop_assert_eq!(more.row(0), once.row(0), "no failure is counted twice (R-TGT-7)");
        }
    }

    #[test]
    fn a_batch_equals_single_reports_in_order(first in batch(), second in batch(), by_itself: bool) {
        let worlds = [world(), world()];
        for world in &worlds {
            let other = world.make_product(95, "photon");
            let policy = PolicyChange::new().approve_by_itself(by_itself).quarantine_limit(2);
            world.console(1).product(other).set_policy(&policy).unwrap();
            world.console(1).product(other).import(list([5]).as_bytes()).unwrap();
        }
        for (batch, moment) in [(&first, 200), (&second, 300)] {
            let together = worlds[0].fleet.gateway(at(moment)).connect_many(batch).unwrap();
            let gateway = worlds[1].fleet.gateway(at(moment));
            let apart: Vec<_> = batch.iter().map(|report| gateway.connect(report).unwrap()).collect();
            prop_assert_eq!(together, apart);
        }
        let [together, apart] = worlds.map(|world| world.contents().without_nonces());
        prop_assert_eq!(together, apart);
    }

    #[test]
    fn no_moment_and_no_number_breaks_a_connect(
        moments in proptest::collection::vec((any::<i64>(), any::<i64>(), any::<u64>(), any::<Option<u16>>(), any::<Option<u32>>()), 1..8),
    ) {
        let world = world();
        for (now, moment, session, version, product) in moments {
            let moment = Timestamp::from_millis(if moment % 3 == 0 { i64::MIN } else { moment });
            let mut report = Report::new(device(0)).session(session).at(moment);
            report.version = version;
            report.product = product;
            let now = Timestamp::from_millis(if now % 3 == 0 { i64::MAX } else { now });
            let connected = world.fleet.gateway(now).connect(&report).unwrap();
            prop_assert!(!connected.answer.to_string().is_empty());
            world.fleet.console(world.owner, now).product(world.product).device(device(0)).explain().unwrap();
        }
        world.contents().check_counts(world.product);
    }
}

#[test]
fn a_late_report_of_another_product_changes_nothing() {
    let world = world();
    let other = world.make_product(95, "photon");
    connect(&world, &report(0, 1, 20).session(5), 20);
    let before = world.contents();
    let late = report(0, 1, 10).session(4).product(95);
    assert_eq!(connect(&world, &late, 21), STALE);
    assert_eq!(world.contents(), before, "R-TGT-17");
    assert_eq!((online(&world, world.product), online(&world, other)), (1, 0));
}

#[test]
fn a_device_that_moves_to_and_fro_is_online_where_it_is() {
    let world = world();
    let other = world.make_product(95, "photon");
    for round in 0..3_u32 {
        let moment = i64::from(round) * 10 + 10;
        connect(&world, &report(0, 2, moment).session(u64::from(round) * 2 + 1), moment);
        assert_eq!(online(&world, world.product), 1, "home in round {round}");
        let abroad = report(0, 2, moment + 5).session(u64::from(round) * 2 + 2).product(95);
        assert_eq!(
            connect(&world, &abroad, moment + 5),
            Answer::Held { hold: Hold::Quarantined { full: false }, target: None }
        );
        assert_eq!(online(&world, world.product), 0, "away in round {round} (R-SEE-1)");
    }
    disconnect(&world, 0, 95, 6, 50);
    assert_eq!((online(&world, world.product), online(&world, other)), (0, 0));
    assert_eq!(world.contents().devices(other).count(), 1, "it asks once, however often (R-IMP-9)");
}

#[test]
fn a_repeated_connect_of_an_ended_session_does_not_bring_the_device_back() {
    for session in [0, 7] {
        let world = world();
        let first = report(0, 2, 10).session(session);
        connect(&world, &first, 10);
        disconnect(&world, 0, 94, session, 12);
        connect(&world, &first, 13);
        assert_eq!(online(&world, world.product), 0, "session {session} (R-TGT-17)");
        connect(&world, &report(0, 2, 14).session(session * 2), 14);
        assert_eq!(online(&world, world.product), 1, "a new session, after {session}");
        disconnect(&world, 0, 94, session, 11);
        assert_eq!(online(&world, world.product), 1, "the old session's end came late, session {session}");
    }
}

#[test]
fn a_device_twice_in_a_batch_is_answered_in_order_for_any_product() {
    let world = world();
    connect(&world, &report(1, 2, 5), 5);
    let mut nameless = report(0, 1, 10).session(1);
    nameless.product = None;
    let named = report(0, 2, 11).session(2);
    let connected = world.fleet.gateway(at(12)).connect_many(&[nameless, named]).unwrap();
    assert!(matches!(connected[0].answer, Answer::Update { .. }), "{}", connected[0].answer);
    assert_eq!(connected[1].outcome.map(|outcome| outcome.result), Some(UpdateResult::Succeeded));
}

#[test]
fn a_stale_report_does_not_change_the_registry() {
    let world = world();
    connect(&world, &report(0, 1, 10).session(3), 10);
    let before = world.contents();
    let late = report(0, 1, 9).session(2).platform("boron".parse().unwrap());
    assert_eq!(connect(&world, &late, 11), STALE);
    assert_eq!(world.contents(), before, "R-TGT-17");
}

#[test]
fn a_device_that_joins_by_itself_proves_what_it_runs() {
    let world = world();
    let policy = PolicyChange::new().approve_by_itself(true).opaque_images(true);
    world.console(1).product(world.product).set_policy(&policy).unwrap();
    connect(&world, &report(9, 4, 10), 10);
    world.console(11).product(world.product).release(version(4)).unwrap();
}

#[test]
fn a_build_seen_before_its_version_was_uploaded_proves_nothing() {
    for devices in [1, 2] {
        let world = world();
        let gate = fleet_core::product::Gate::new(devices);
        let policy = PolicyChange::new().opaque_images(true).gate(gate);
        world.console(1).product(world.product).set_policy(&policy).unwrap();
        connect(&world, &report(0, 5, 10), 10);
        connect(&world, &report(1, 5, 10), 10);
        world
            .console(20)
            .product(world.product)
            .upload(&Upload::new(version(5), "Five"), b"opaque firmware 5")
            .unwrap();
        let refused = world.console(21).product(world.product).release(version(5)).unwrap_err();
        assert_eq!(refused.code(), "not_proven", "a gate of {devices} (R-TGT-2)");
        connect(&world, &report(0, 5, 30), 30);
        connect(&world, &report(1, 5, 30), 30);
        world.console(31).product(world.product).release(version(5)).unwrap();
    }
}

#[test]
fn an_abandoned_update_succeeds_when_the_device_reports_it() {
    let world = world();
    let Answer::Update { directive, .. } = connect(&world, &report(0, 1, 10), 10) else { panic!("it runs 1 of 2") };
    let gateway = world.fleet.gateway(at(11));
    assert!(gateway.report_update(device(0), world.product, directive.sequence, UpdateProgress::Failed).unwrap());
    assert!(!gateway.report_update(device(0), world.product, directive.sequence, UpdateProgress::Failed).unwrap());
    assert_eq!(world.operator(11).product(world.product).summary().unwrap().failing, 1);
    let back = world.fleet.gateway(at(12)).connect(&report(0, 2, 12)).unwrap();
    assert_eq!(back.outcome.map(|outcome| outcome.result), Some(UpdateResult::Succeeded), "R-TGT-7");
    assert_eq!(world.operator(12).product(world.product).summary().unwrap().failing, 0, "R-TGT-8");
}

#[test]
fn a_gateway_whose_clock_goes_back_can_open_new_sessions() {
    let world = world();
    connect(&world, &report(0, 1, 100).session(1), 100);
    let answer = connect(&world, &report(0, 2, 50).session(2), 50);
    assert_ne!(answer, STALE, "the session's number orders, not the clock (R-TGT-17)");
    assert_eq!(world.row(0).version(), Some(2));
    // A report from the far future counts as of now, so that it does not block later ones.
    connect(&world, &report(0, 1, i64::MAX / 1000).session(3), 60);
    assert_ne!(connect(&world, &report(0, 2, 61), 61), STALE);
}

#[test]
fn the_last_directive_number_wraps_and_the_failure_count_saturates() {
    let world = world();
    let full = Device { sequence: u32::MAX, failures: u8::MAX, security_counter: 0, ..world.row(0) };
    plant(world.fleet.store(), Key::Device(world.product, device(0)), Record::Device(full));
    let Answer::Update { directive, .. } = connect(&world, &report(0, 1, 10), 10) else { panic!("it runs 1 of 2") };
    assert_eq!(directive.sequence, 0);
    connect(&world, &report(0, 1, 11), 11);
    assert_eq!((world.row(0).failures, world.row(0).sequence), (u8::MAX, 1));
}

#[test]
fn devices_of_a_removed_product_become_personal() {
    let world = world();
    connect(&world, &report(0, 1, 10), 10);
    world.operator(11).product(world.product).remove().unwrap();
    assert_eq!(connect(&world, &report(0, 1, 12), 12), Answer::Held { hold: Hold::UnknownProduct, target: None });
    let mut nameless = report(0, 1, 13);
    nameless.product = None;
    assert_eq!(connect(&world, &nameless, 13), Answer::Held { hold: Hold::Personal, target: None });
    let many = world.fleet.gateway(at(14)).connect_many(&[report(1, 1, 14), report(0, 1, 14)]).unwrap();
    assert!(many.iter().all(|connected| connected.product.is_none()), "{many:?}");
    disconnect(&world, 0, 94, 0, 15);
    assert_eq!(world.contents().devices(world.product).count(), 0);
    world.contents().check_counts(world.product);
}

#[test]
fn a_platforms_own_number_names_a_product_only_for_its_members() {
    let world = world();
    let six = world.make_product(6, "photon");
    let photon = || Some("photon".parse().unwrap());
    let mut wildcard = report(0, 1, 10).product(6);
    wildcard.platform = photon();
    let connected = world.fleet.gateway(at(10)).connect(&wildcard).unwrap();
    assert_eq!(connected.product, Some(world.product), "it is in 94 and names its platform (R-IMG-2)");
    world.console(11).product(six).import(list([9]).as_bytes()).unwrap();
    let mut member = report(9, 1, 12).product(6);
    member.platform = photon();
    assert_eq!(world.fleet.gateway(at(12)).connect(&member).unwrap().product, Some(six));
    let mut stranger = report(10, 1, 12).product(6);
    stranger.platform = photon();
    assert_eq!(connect(&world, &stranger, 12), Answer::Held { hold: Hold::Personal, target: None });
}
