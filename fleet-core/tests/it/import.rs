//! Imports under attack: for any list, interruption and concurrent import, every line is answered, nothing is lost, and
//! no tier is exceeded (R-IMP, R-TIER).
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{Interrupted, World, account, at, device, list, product};
use fleet_core::device::Standing;
use fleet_core::device::import::{ImportReport, Verdict};
use fleet_core::{CancelToken, ErrorKind, MemoryStore, Platform, PolicyChange};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// More than fits in two commits: an import adds 8,192 devices at a time.
const MANY: u32 = 17_000;
const FIRST_COMMIT: u64 = 8192;

fn memory() -> World {
    World::new(Arc::new(MemoryStore::new()))
}

/// Devices in every relation to a product, of which only 19–22 are on the host's list: 0–9 unknown, 10–12 in it, 13 and
/// 14 in another, 15 and 16 claimed by a member, 17 and 18 by a stranger, 19 and 20 of another platform, 21 and 22 of
/// the right one, 23 and 24 waiting, 25 and 26 denied.
fn mixed() -> World {
    let world = memory();
    let other = world.make_product(95, "photon");
    let stranger = account(&world.fleet, "stranger");
    let console = world.console(1);
    console.product(world.product).import(list(10..13).as_bytes()).unwrap();
    console.product(other).import(list(13..15).as_bytes()).unwrap();
    for number in 15..17 {
        console.claim_device(device(number)).unwrap();
        world.fleet.console(stranger, at(1)).claim_device(device(number + 2)).unwrap();
    }
    let known = |number, platform: &str| (device(number), Some(platform.parse::<Platform>().unwrap()));
    let listed = [known(19, "boron"), known(20, "esp32c3"), known(21, "photon"), known(22, "photon")];
    assert_eq!(world.operator(1).register_devices(&listed).unwrap(), 4);
    for number in 23..27 {
        world.fleet.gateway(at(2)).connect(&common::report(number, 1, 2)).unwrap();
    }
    for number in 25..27 {
        console.product(world.product).device(device(number)).deny().unwrap();
    }
    world
}

/// Returns the verdict of RULES.md on each device of [`mixed`].
fn expected(number: u32, known_ids_only: bool) -> &'static str {
    match number {
        0..10 | 15..17 | 23..27 if known_ids_only => "unknown_id",
        10..13 => "already_here",
        13..15 => "in_another_product",
        17..19 => "claimed_outside_team",
        19..21 => "wrong_platform",
        _ => "imported",
    }
}

fn verdicts(report: &ImportReport) -> BTreeMap<u32, &'static str> {
    let duplicate = |verdict: &Verdict| matches!(verdict, Verdict::DuplicateOf { .. });
    let lines = report.lines.iter().filter(|line| !duplicate(&line.verdict));
    lines.map(|line| (number(line.device.unwrap()), line.verdict.code())).collect()
}

fn number(id: fleet_core::DeviceId) -> u32 {
    u32::from_be_bytes(id.as_bytes()[8..].try_into().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn neither_the_order_of_lines_nor_a_second_import_changes_anything(
        numbers in proptest::collection::vec(0_u32..27, 1..40),
        shuffled in any::<prop::sample::Index>(),
        known_ids_only: bool,
    ) {
        let worlds = [mixed(), mixed()];
        let mut other = numbers.clone();
        other.sort_by_key(|number| number.wrapping_mul(2_654_435_761).rotate_left(shuffled.index(32) as u32));
        let mut found = Vec::new();
        for (world, numbers) in worlds.iter().zip([&numbers, &other]) {
            let policy = PolicyChange::new().known_ids_only(known_ids_only);
            world.console(3).product(world.product).set_policy(&policy).unwrap();
            let file = list(numbers.iter().copied());
            let before = world.contents();
            let plan = world.console(3).product(world.product).plan_import(file.as_bytes()).unwrap();
            prop_assert_eq!(&world.contents(), &before, "a plan changes nothing (R-IMP-7)");
            let report = world.console(3).product(world.product).import(file.as_bytes()).unwrap();
            prop_assert_eq!(&plan, &report, "plan and apply (R-IMP-7)");
            prop_assert_eq!(report.lines.len(), numbers.len(), "every line is answered (R-IMP-5)");
            let mut first: BTreeMap<u32, u32> = BTreeMap::new();
            for (line, (number, expected_line)) in report.lines.iter().zip(numbers.iter().zip(1..)) {
                prop_assert_eq!((line.line, line.device), (expected_line, Some(device(*number))), "in order (R-IMP-5)");
                match first.get(number) {
                    Some(line_before) => {
                        prop_assert_eq!(&line.verdict, &Verdict::DuplicateOf { line: *line_before });
                    }
                    None => {
                        let wanted = expected(*number, known_ids_only);
                        prop_assert_eq!(line.verdict.code(), wanted, "device {} (R-IMP-3, 4, 12)", number);
                        first.insert(*number, expected_line);
                    }
                }
            }
            let after = world.contents();
            after.check_counts(world.product);
            let again = world.console(4).product(world.product).import(file.as_bytes()).unwrap();
            prop_assert_eq!(again.counts().imported, 0, "the second import (R-IMP-7)");
            prop_assert_eq!(world.contents(), after, "the second import changes nothing (R-IMP-7)");
            found.push(verdicts(&report));
        }
        let [one, two] = worlds.map(|world| world.contents().without_nonces());
        prop_assert_eq!(one, two, "the order of lines (R-IMP-7)");
        prop_assert_eq!(&found[0], &found[1]);
    }

    #[test]
    fn a_file_fits_the_tier_whole_or_not_at_all(here in 0_u32..=25, new in 0_u32..=30, duplicates in 0_u32..5, bad in 1..3_usize) {
        let world = memory();
        if here > 0 {
            world.console(1).product(world.product).import(list(100..100 + here).as_bytes()).unwrap();
        }
        let before = world.contents();
        let file = list(0..new) + &list((0..duplicates).filter(|number| *number < new)) + &"nonsense\n".repeat(bad);
        let plan = world.console(2).product(world.product).plan_import(file.as_bytes()).unwrap();
        let report = world.console(2).product(world.product).import(file.as_bytes()).unwrap();
        prop_assert_eq!(&plan, &report, "plan and apply (R-IMP-7)");
        let fits = here + new <= 25 || new == 0;
        prop_assert_eq!(report.refused.is_none(), fits, "{} of 25 and {} more (R-IMP-6)", here, new);
        if let Some(limit) = &report.refused {
            prop_assert_eq!((limit.limit, limit.used, limit.would_be), (25, here.into(), u64::from(here + new)));
            prop_assert_eq!(limit.fits.as_ref().map(|(name, _)| &**name), Some("Small"), "R-TIER-3");
            prop_assert_eq!(report.counts().imported, 0);
            prop_assert_eq!(world.contents(), before, "nothing is added (R-IMP-6)");
        } else {
            prop_assert_eq!(report.counts().imported, u64::from(new));
        }
        prop_assert_eq!(world.devices(), u64::from(if fits { here + new } else { here }));
    }

    #[test]
    fn any_bytes_are_answered_the_same_twice(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let world = memory();
        let plan = world.console(1).product(world.product).plan_import(&bytes);
        let report = world.console(1).product(world.product).import(&bytes);
        match (plan, report) {
            (Ok(plan), Ok(report)) => prop_assert_eq!(plan, report),
            (Err(plan), Err(error)) => prop_assert_eq!(plan.to_string(), error.to_string()),
            (plan, report) => prop_assert!(false, "{plan:?} against {report:?} (R-IMP-7)"),
        }
    }
}

#[test]
fn the_26th_device_of_a_prototype_is_refused_with_a_sufficient_tier() {
    let world = memory();
    let report = world.console(1).product(world.product).import(list(0..26).as_bytes()).unwrap();
    let refused = report.refused.unwrap().to_string();
    assert_eq!(refused, "refused: 26 devices would exceed the Prototype tier's 25 (0 in use now); Small allows 250");
    assert_eq!(world.devices(), 0);
    assert_eq!(world.console(1).product(world.product).import(list(0..25).as_bytes()).unwrap().refused, None);
    assert_eq!(world.devices(), 25);
    // R-TIER-2: removing a device frees its place at once.
    world.console(2).product(world.product).device(device(3)).remove().unwrap();
    assert_eq!(world.console(2).product(world.product).import(list(25..26).as_bytes()).unwrap().refused, None);
    assert_eq!(world.devices(), 25);
}

#[test]
fn a_waiting_and_a_denied_device_are_members_once_they_are_imported() {
    let world = mixed();
    world.console(5).product(world.product).import(list([23, 25]).as_bytes()).unwrap();
    for number in [23, 25] {
        assert_eq!(world.row(number).standing, Standing::Member, "device {number}");
    }
    let summary = world.console(5).product(world.product).summary().unwrap();
    assert_eq!((summary.quarantined, summary.denied, summary.devices), (1, 1, 5));
    world.contents().check_counts(world.product);
}

fn large(store: Arc<dyn fleet_core::Store>) -> World {
    let world = World::new(store);
    world.operator(0).product(world.product).set_tier("Enterprise").unwrap();
    world
}

/// A world whose product has places for exactly `MANY` devices.
fn exactly(store: Arc<dyn fleet_core::Store>) -> World {
    let tiers = vec![fleet_core::Tier::new("Prototype").devices(u64::from(MANY)), fleet_core::Tier::new("Enterprise")];
    let catalogue = fleet_core::Catalogue::new(tiers).unwrap();
    World::of(fleet_core::Fleet::builder(store).seed(1).catalogue(catalogue).open())
}

#[test]
fn a_cancelled_import_keeps_its_devices_and_is_completed_by_the_same_file() {
    let world = large(Arc::new(MemoryStore::new()));
    let file = list(0..MANY);
    let mut seen = Vec::new();
    let cancelled = world.console(1).product(world.product).import_watched(file.as_bytes(), |progress| {
        seen.push((progress.added, progress.to_add));
        ControlFlow::Break(())
    });
    let error = cancelled.unwrap_err();
    assert_eq!(seen, [(FIRST_COMMIT, u64::from(MANY))]);
    assert!(matches!(error.kind(), ErrorKind::Cancelled { added: FIRST_COMMIT }), "{error}");
    assert_eq!(world.devices(), FIRST_COMMIT);
    let report = world.console(2).product(world.product).import(file.as_bytes()).unwrap();
    assert_eq!(
        (report.counts().already_here, report.counts().imported),
        (FIRST_COMMIT, u64::from(MANY) - FIRST_COMMIT)
    );
    assert_eq!(world.devices(), u64::from(MANY));
    // A cancellation at the last step comes too late: all devices are added.
    let late = world
        .console(3)
        .product(world.product)
        .import_watched(list(MANY..MANY + 5).as_bytes(), |_| ControlFlow::Break(()));
    assert_eq!(late.unwrap().counts().imported, 5);
}

#[test]
fn a_cancelled_plan_ends_and_changes_nothing() {
    let world = large(Arc::new(MemoryStore::new()));
    let (file, cancel) = (list(0..MANY), CancelToken::new());
    let plan = || world.console(1).product(world.product).plan_import_until(file.as_bytes(), &cancel);
    assert_eq!(plan().unwrap(), world.console(1).product(world.product).plan_import(file.as_bytes()).unwrap());
    cancel.clone().cancel();
    let error = plan().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled { added: 0 }), "{error}");
    assert_eq!(error.to_string(), "the call was cancelled before it changed anything");
    assert_eq!(world.devices(), 0);
}

#[test]
fn an_import_that_dies_at_any_commit_is_completed_by_the_same_file() {
    // The reservation and three commits of devices.
    for death in 1..=4 {
        let store = Interrupted::new(MemoryStore::new());
        let world = exactly(store.clone());
        store.die_before_commit(death);
        let file = list(0..MANY);
        assert_eq!(
            world.console(1).product(world.product).import(file.as_bytes()).unwrap_err().code(),
            "store_unavailable"
        );
        store.leave_alone();
        world.contents().check_counts(world.product);
        assert_eq!(world.devices(), FIRST_COMMIT * death.saturating_sub(2), "death before commit {death}");
        let plan = world.console(2).product(world.product).plan_import(file.as_bytes()).unwrap();
        let report = world.console(2).product(world.product).import(file.as_bytes()).unwrap();
        assert_eq!(report.refused, None, "the same file uses its own reservation (R-IMP-13), death {death}");
        assert!(plan == report, "plan and apply after a death before commit {death} (R-IMP-7): {:?}", plan.refused);
        assert_eq!(world.devices(), u64::from(MANY));
        // No reservation is left.
        world.console(3).product(world.product).device(device(7)).remove().unwrap();
        assert_eq!(world.console(3).product(world.product).import(list([MANY]).as_bytes()).unwrap().refused, None);
    }
}

#[test]
fn places_reserved_by_a_dead_import_are_released_after_an_hour() {
    let store = Interrupted::new(MemoryStore::new());
    let world = exactly(store.clone());
    world.fleet.gateway(at(0)).connect(&common::report(MANY, 1, 0)).unwrap();
    store.die_before_commit(3);
    world.console(1).product(world.product).import(list(0..MANY).as_bytes()).unwrap_err();
    store.leave_alone();
    for second in [2, 3600] {
        let rival = world.console(second).product(world.product).import(list([MANY + 1]).as_bytes()).unwrap();
        let limit = rival.refused.expect("every place is reserved");
        assert_eq!((limit.used, limit.would_be), (FIRST_COMMIT, u64::from(MANY) + 1), "at {second} s");
        let places = limit.held.map(|held| (held.places, held.until));
        assert_eq!(places, Some((u64::from(MANY) - FIRST_COMMIT, at(3601))), "distinguished from devices");
        assert!(limit.to_string().starts_with("refused for now: "), "{limit}");
        let approval = world.console(second).product(world.product).device(device(MANY)).approve().unwrap_err();
        assert_eq!((approval.code(), approval.is_transient()), ("limit_exceeded", true), "at {second} s");
        let summary = world.console(second).product(world.product).summary().unwrap();
        assert_eq!((summary.devices, summary.held_places), (FIRST_COMMIT, u64::from(MANY) - FIRST_COMMIT));
    }
    // The reservation was made at 1 s: at 3,601 s it has expired.
    world.console(3601).product(world.product).device(device(MANY)).approve().unwrap();
    let rival = world.console(3601).product(world.product).import(list([MANY + 1]).as_bytes()).unwrap();
    assert_eq!(rival.refused, None);
    // The dead import no longer fits.
    let late = world.console(3602).product(world.product).import(list(0..MANY).as_bytes()).unwrap();
    assert_eq!(late.refused.map(|limit| limit.would_be), Some(u64::from(MANY) + 2));
    assert_eq!(world.devices(), FIRST_COMMIT + 2);
}

#[test]
fn places_of_a_dead_import_can_be_released_at_once() {
    let store = Interrupted::new(MemoryStore::new());
    let world = exactly(store.clone());
    store.die_before_commit(3);
    world.console(1).product(world.product).import(list(0..MANY).as_bytes()).unwrap_err();
    store.leave_alone();
    assert_eq!(world.console(2).product(world.product).free_places().unwrap(), u64::from(MANY) - FIRST_COMMIT);
    assert_eq!(world.console(2).product(world.product).free_places().unwrap(), 0);
    let other = world.console(2).product(world.product).import(list([MANY + 1]).as_bytes()).unwrap();
    assert_eq!(other.refused, None);
    // The rest would exceed the tier by devices alone: waiting does not help.
    let late = world.console(3).product(world.product).import(list(0..MANY).as_bytes()).unwrap().refused.unwrap();
    assert_eq!((late.used, late.would_be, late.held), (FIRST_COMMIT + 1, u64::from(MANY) + 1, None));
}

#[test]
fn two_concurrent_large_lists_are_imported_if_all_devices_fit() {
    let world = exactly(Arc::new(MemoryStore::new()));
    let (all, half) = (list(0..MANY), list(0..MANY / 2));
    std::thread::scope(|threads| {
        let imports = [&all, &half, &all, &half].map(|list| {
            threads.spawn(|| world.console(1).product(world.product).import(list.as_bytes()).unwrap().refused)
        });
        for import in imports {
            assert_eq!(import.join().unwrap(), None);
        }
    });
    assert_eq!(world.devices(), u64::from(MANY));
}

/// Imports two lists at the same time into a product with `limit` free places. Each list fits, they overlap, and
/// together they have `union` devices. Returns the number of refusals and of devices.
fn two_lists_that_overlap(world: &World, limit: u32, union: u32) -> (usize, u64) {
    let (shared_from, shared_to) = (limit / 3, limit * 2 / 3);
    let lists = [0..shared_to, shared_from..union].map(list);
    let refused = std::thread::scope(|threads| {
        let imports = lists.each_ref().map(|list| {
            threads.spawn(|| world.console(1).product(world.product).import(list.as_bytes()).unwrap().refused)
        });
        imports.map(|import| usize::from(import.join().unwrap().is_some()))
    });
    (refused.iter().sum(), world.devices())
}

#[test]
fn two_concurrent_overlapping_lists_are_imported_if_all_devices_fit() {
    for _ in 0..8 {
        assert_eq!(two_lists_that_overlap(&memory(), 25, 25), (0, 25), "in one commit each");
    }
    for _ in 0..2 {
        let world = exactly(Arc::new(MemoryStore::new()));
        assert_eq!(two_lists_that_overlap(&world, MANY, MANY), (0, u64::from(MANY)), "in several commits each");
        assert_eq!(world.console(2).product(world.product).summary().unwrap().held_places, 0);
    }
}

#[test]
fn of_two_overlapping_lists_with_one_device_too_many_one_is_imported_whole() {
    // The first list has two thirds of the limit, the second the last two thirds and one more.
    let whole = |limit: u32| [limit * 2 / 3, limit + 1 - limit / 3].map(u64::from);
    for _ in 0..8 {
        let (refused, devices) = two_lists_that_overlap(&memory(), 25, 26);
        assert!(refused == 1 && whole(25).contains(&devices), "{refused} refused, {devices} devices");
    }
    for _ in 0..2 {
        let world = exactly(Arc::new(MemoryStore::new()));
        let (refused, devices) = two_lists_that_overlap(&world, MANY, MANY + 1);
        assert!(refused == 1 && whole(MANY).contains(&devices), "{refused} refused, {devices} devices");
        assert_eq!(world.console(2).product(world.product).summary().unwrap().held_places, 0);
    }
}

#[test]
fn expired_reservations_do_not_let_an_import_exceed_the_limit() {
    let store = Interrupted::new(MemoryStore::new());
    let world = Arc::new(exactly(store.clone()));
    world.fleet.gateway(at(0)).connect(&common::report(MANY, 1, 0)).unwrap();
    store.die_before_commit(4);
    world.console(1).product(world.product).import(list(0..MANY).as_bytes()).unwrap_err();
    // Two hours later the rest is imported, and just before its commit another caller takes one of the places.
    let rival = Arc::clone(&world);
    store.before_commits(move |commit| {
        if commit == 1 {
            rival.console(7200).product(rival.product).device(device(MANY)).approve().unwrap();
        }
        Ok(())
    });
    let report = world.console(7200).product(world.product).import(list(0..MANY).as_bytes()).unwrap();
    store.leave_alone();
    assert!(report.refused.is_some(), "{:?}", report.counts());
    assert!(world.devices() <= u64::from(MANY), "{} of {MANY} (R-TIER-1)", world.devices());
}

#[test]
fn the_same_file_imported_twice_at_once_succeeds_for_both() {
    for devices in [25, MANY] {
        let store = Interrupted::new(MemoryStore::new());
        let world = Arc::new(if devices == MANY { exactly(store.clone()) } else { World::new(store.clone()) });
        let file = list(0..devices);
        let (rival, same) = (Arc::clone(&world), file.clone());
        store.before_commits(move |commit| {
            if commit == 1 {
                assert_eq!(rival.console(1).product(rival.product).import(same.as_bytes()).unwrap().refused, None);
            }
            Ok(())
        });
        let report = world.console(1).product(world.product).import(file.as_bytes()).unwrap();
        store.leave_alone();
        assert_eq!(report.refused, None, "they are already here, not too many (R-IMP-4)");
        assert_eq!(report.counts().already_here, u64::from(devices));
        assert_eq!(world.devices(), u64::from(devices));
    }
}

#[test]
fn concurrent_imports_never_exceed_the_tier() {
    for round in 0..8_u32 {
        let world = memory();
        let refused: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6_u32)
                .map(|thread| {
                    let world = &world;
                    let file = list((0..8).map(move |number| round * 100 + thread * 6 + number));
                    scope.spawn(move || world.console(1).product(world.product).import(file.as_bytes()).unwrap())
                })
                .collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap().refused.is_some())).sum()
        });
        let devices = world.devices();
        assert!(devices <= 25, "{devices} of 25 (R-IMP-6)");
        assert!(refused > 0, "38 distinct devices do not fit");
    }
}

#[test]
fn two_products_that_import_the_same_devices_at_once_share_none() {
    for _ in 0..8 {
        let world = memory();
        let other = world.make_product(95, "photon");
        let file = list(0..25);
        let reports: Vec<ImportReport> = std::thread::scope(|scope| {
            let threads: Vec<_> = [world.product, other, world.product, other]
                .into_iter()
                .map(|id| {
                    let (world, file) = (&world, &file);
                    scope.spawn(move || world.console(1).product(id).import(file.as_bytes()).unwrap())
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let contents = world.contents();
        contents.check_counts(world.product);
        contents.check_counts(other);
        let devices = [world.product, other].map(|id| contents.devices(id).count());
        assert_eq!(devices.iter().sum::<usize>(), 25, "{devices:?} (R-IMP-4)");
        assert_eq!(reports.iter().map(|report| report.counts().imported).sum::<u64>(), 25);
    }
}

#[test]
fn a_device_that_reports_another_platform_at_its_first_connect_is_held() {
    let world = memory();
    world.console(1).product(world.product).import(list([1]).as_bytes()).unwrap();
    let report = common::report(1, 1, 2).platform("boron".parse().unwrap());
    let connected = world.fleet.gateway(at(2)).connect(&report).unwrap();
    assert_eq!(
        connected.answer.to_string(),
        "held: its hardware is particle:13 (boron), the product's is particle:6 (photon); import it into a product of its hardware, or have an operator correct what is known of it (R-IMP-12)"
    );
    assert_eq!(world.console(2).product(world.product).summary().unwrap().wrong_platform, 1);
}

#[test]
fn an_outsider_imports_nothing_and_learns_nothing() {
    let world = memory();
    let outsider = account(&world.fleet, "outsider");
    let before = world.contents();
    let here = world.fleet.console(outsider, at(1)).product(world.product).import(list(0..3).as_bytes()).unwrap_err();
    let nowhere = world.fleet.console(outsider, at(1)).product(product(96)).import(list(0..3).as_bytes()).unwrap_err();
    assert_eq!(here.to_string(), nowhere.to_string(), "R-TEAM-6");
    assert_eq!(world.contents(), before);
}

#[test]
fn a_list_of_short_lines_costs_a_bounded_number_of_verdicts() {
    use fleet_core::device::import::MAX_LINES_WITHOUT_ID;
    let world = memory();
    let whole = world.console(1).product(world.product).import("x\n".repeat(MAX_LINES_WITHOUT_ID).as_bytes()).unwrap();
    assert_eq!(whole.lines.len(), MAX_LINES_WITHOUT_ID, "every line is answered (R-IMP-5)");
    let over = list(0..1) + &"x\n".repeat(MAX_LINES_WITHOUT_ID + 1);
    for refused in [
        world.console(1).product(world.product).plan_import(over.as_bytes()),
        world.console(1).product(world.product).import(over.as_bytes()),
    ] {
        assert_eq!(refused.unwrap_err().code(), "no_ids");
    }
    assert_eq!(world.devices(), 0, "nothing is done before the list is read");
}

#[test]
fn a_list_of_more_guests_than_a_beta_has_invites_nobody() {
    use fleet_core::customer::MAX_GUESTS;
    let world = memory();
    let console = world.console(1);
    console
        .product(world.product)
        .configure("private_beta", Some(&fleet_core::product::ConfigurationAnswer::YesNo(true)))
        .unwrap();
    let guests = |numbers: std::ops::Range<u64>| numbers.map(|number| format!("guest{number}\n")).collect::<String>();
    console.product(world.product).invite_to_beta(guests(0..3).as_bytes()).unwrap();
    let error = console.product(world.product).invite_to_beta(guests(3..MAX_GUESTS + 1).as_bytes()).unwrap_err();
    assert_eq!(error.code(), "invalid");
    assert!(error.to_string().contains("at most 100000 guests, and would have 100001"), "{error}");
    assert_eq!(console.product(world.product).beta_guests(None, 10).unwrap().items.len(), 3, "nobody was invited");
    let fitting = console.product(world.product).invite_to_beta(guests(1..MAX_GUESTS).as_bytes()).unwrap();
    assert_eq!(fitting.len(), 99_999);
}
