//! Targeting on rows of every kind, compared with a second implementation of R-TGT-4, and dry runs compared with the
//! real change.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it does not expect")]

use crate::common;
use crate::machine::model;

use common::{World, at, device, list, report, version};
use fleet_core::device::{
    Device, ImageSeen, Label, PlatformSeen, Progress, Report, RowTrail, Seen, Standing, UpdateAttempt,
};
use fleet_core::firmware::{Answer, Change, Decision, FirmwareIndex, Hold, Upload, decide};
use fleet_core::product::{Gate, GroupId};
use fleet_core::{FirmwareVersion, Flash, MemoryStore, PolicyChange, Product, Sha256, SystemVersion};
use model::Decided;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const REQUIREMENTS: [&str; 6] = [">=1.2.0", "<2", "^1.5", "=2.0.0-rc.1", "*", ">=1, <1.4"];
const REVISIONS: [u16; 5] = [0, 199, 300, 301, 399];
const SYSTEMS: [&str; 6] = ["0.0.0", "1.3.9", "1.5.2", "2.0.0-rc.1", "2.0.0", "65535.65535.65535"];

/// A product with versions, releases and policies, in the core's form and in the model's.
#[derive(Clone, Debug)]
struct Context {
    product: Product,
    index: FirmwareIndex,
    naive: model::Product,
}

/// Few versions, so that they coincide, and both ends of their range.
fn versions() -> impl Strategy<Value = u16> {
    prop_oneof![6 => 1_u16..6, 1 => select(vec![65_533_u16, 65_534])]
}

fn context() -> impl Strategy<Value = Context> {
    let revision = || proptest::option::of(select(REVISIONS.to_vec()));
    let firmware = (0_u32..4, proptest::option::of(select(REQUIREMENTS.to_vec())), (revision(), revision()));
    let index = proptest::collection::btree_map(versions(), firmware, 0..6);
    let groups = proptest::collection::btree_map(1_u16..5, proptest::option::of(versions()), 0..4);
    (index, groups, proptest::option::of(versions()), any::<bool>()).prop_map(|(index, groups, release, downgrades)| {
        let mut product =
            json!(World::new(Arc::new(MemoryStore::new())).console(0).product(common::product(94)).get().unwrap());
        product["policy"]["forbid_downgrades"] = json!(downgrades);
        if let Some(version) = release {
            product["release"] = json!({ "version": version, "at": 0, "by": "operator" });
        }
        for (id, release) in &groups {
            product["groups"][id.to_string()] = json!({ "name": format!("Group {id}"), "release": release });
        }
        type Facts<'r> = (u32, Option<&'r str>, (Option<u16>, Option<u16>));
        let firmware = |(version, (counter, requires, (min, max))): (&u16, &Facts<'_>)| {
            json!({
                "version": version, "title": format!("Version {version}"), "description": "", "uploaded_at": 0,
                "uploaded_by": null, "requires_system": requires, "proven": null, "released_at": null,
                "locked_devices": 0,
                "image": { "format": "opaque", "size": version, "sha256": Sha256::of(&version.to_be_bytes()),
                    "security_counter": counter, "min_chip_revision": min, "max_chip_revision": max },
            })
        };
        let all: Vec<_> = index.iter().map(firmware).collect();
        let highest = index.keys().max().copied().unwrap_or(0);
        let product: Product = serde_json::from_value(product).unwrap();
        let naive = model::Product {
            owner: 1,
            platform: product.platform.clone(),
            limit: None,
            policy: product.policy.clone(),
            release,
            groups,
            next_group: 9,
            highest,
            firmware: index
                .into_iter()
                .map(|(version, (counter, requires, chips))| {
                    let firmware = model::Firmware {
                        title: String::new(),
                        sha256: Sha256::of(&version.to_be_bytes()),
                        size: version.into(),
                        counter,
                        requires: requires.map(|requires| requires.parse().unwrap()),
                        chips,
                        uploaded_at: at(0),
                        proven: false,
                        released: false,
                    };
                    (version, firmware)
                })
                .collect(),
            rows: BTreeMap::new(),
            removed: false,
        };
        let index = serde_json::from_value(json!({ "highest": highest, "firmware": all })).unwrap();
        Context { product, index, naive }
    })
}

fn seen() -> impl Strategy<Value = Seen> {
    let version = prop_oneof![6 => versions().prop_map(Some), 1 => select(vec![None, Some(0), Some(65_535)])];
    let image = select(vec![ImageSeen::Unknown, ImageSeen::Matches, ImageSeen::Differs]);
    let platform = select(vec![
        PlatformSeen::Unknown,
        PlatformSeen::Matches,
        PlatformSeen::Matches,
        PlatformSeen::Matches,
        PlatformSeen::Differs,
    ]);
    (version, image, platform, prop::bool::weighted(0.7), any::<bool>(), any::<u64>(), any::<i64>()).prop_map(
        |(version, image, platform, takes_updates, online, session, moment)| {
            let at = fleet_core::Timestamp::from_millis(moment);
            Seen { at, session, version_since: at, version, image, platform, takes_updates, online }
        },
    )
}

fn row() -> impl Strategy<Value = Device> {
    let standing =
        prop_oneof![8 => Just(Standing::Member), 1 => Just(Standing::Quarantined), 1 => Just(Standing::Denied)];
    let chip = proptest::option::weighted(0.3, select(REVISIONS.to_vec()));
    let marks = (prop::bool::weighted(0.1), any::<bool>(), any::<u8>(), any::<u32>(), 0_u32..4, chip);
    let system = proptest::option::of(select(SYSTEMS.to_vec()));
    let groups = proptest::collection::btree_set(1_u16..6, 0..4);
    let attempt = proptest::option::of((versions(), proptest::option::of(versions())));
    let lock = proptest::option::weighted(0.3, versions());
    (standing, marks, lock, proptest::option::weighted(0.9, seen()), system, groups, attempt).prop_map(
        |(
            standing,
            (development, forced, failures, sequence, counter, chip_revision),
            lock,
            seen,
            system,
            groups,
            attempt,
        )| Device {
            standing,
            development,
            forced,
            failures,
            lock: lock.map(|lock| version(lock.into())),
            sequence,
            security_counter: counter,
            system: system.map(|system| system.parse::<SystemVersion>().unwrap()),
            added_at: at(0),
            seen,
            attempt: attempt.map(|(target, from)| UpdateAttempt {
                at: at(0),
                target: version(target.into()),
                from,
                progress: Progress::Offered,
            }),
            outcome: None,
            label: (!groups.is_empty())
                .then(|| Box::new(Label { name: "".into(), groups: groups.into_iter().map(GroupId::new).collect() })),
            trail: RowTrail::default(),
            listed: PlatformSeen::Unknown,
            relapses: 0,
            chip_revision,
        },
    )
}

/// Formats a decision in the model's form, so that a difference shows both.
fn spelled(decision: &Decision<'_>) -> String {
    let number = |version: &Option<FirmwareVersion>| version.map(FirmwareVersion::get);
    match decision {
        Decision::UpToDate { rule, kept_back, image_differs } => {
            format!("up to date by {rule:?}, keeps back {:?}, differs {image_differs}", number(kept_back))
        }
        Decision::Send { firmware, rule, kept_back } => {
            format!("send {} by {rule:?}, keeps back {:?}", firmware.version, number(kept_back))
        }
        Decision::Held { hold, target } => {
            format!("{hold:?}, target {:?}", target.map(|target| (target.version.get(), target.rule)))
        }
    }
}

fn expected(decided: &Decided) -> String {
    match decided {
        Decided::UpToDate { rule, kept_back, image_differs } => {
            format!("up to date by {rule:?}, keeps back {kept_back:?}, differs {image_differs}")
        }
        Decided::Send { version, rule, kept_back } => format!("send {version} by {rule:?}, keeps back {kept_back:?}"),
        Decided::Held { hold, target } => format!("{hold:?}, target {target:?}"),
    }
}

/// The last reports of a fleet's devices: version, whether they take updates, a system version.
type Fleet = Vec<(Option<u16>, bool, Option<&'static str>)>;

fn fleet() -> impl Strategy<Value = Fleet> {
    let reported = prop_oneof![5 => (1_u16..6).prop_map(Some), 1 => Just(None)];
    let one = (reported, prop::bool::weighted(0.8), proptest::option::of(select(SYSTEMS.to_vec())));
    proptest::collection::vec(one, 1..12)
}

/// A change of what a device should run.
#[derive(Clone, Debug)]
enum Move {
    Release(Option<u32>),
    ToGroup(u16, Option<u32>),
    Lock(u32, Option<u32>),
    Groups(u32, BTreeSet<u16>),
}

fn moves() -> impl Strategy<Value = Move> {
    let to = || proptest::option::weighted(0.8, 1_u32..6);
    prop_oneof![
        to().prop_map(Move::Release),
        (1_u16..3, to()).prop_map(|(group, to)| Move::ToGroup(group, to)),
        (0_u32..12, to()).prop_map(|(device, to)| Move::Lock(device, to)),
        (0_u32..12, proptest::collection::btree_set(1_u16..3, 0..3)).prop_map(|(device, to)| Move::Groups(device, to)),
    ]
}

impl Move {
    fn change(&self) -> Change {
        let to = |number: &Option<u32>| number.map(version);
        match self {
            Self::Release(number) => Change::Release(to(number)),
            Self::ToGroup(group, number) => Change::ReleaseToGroup(GroupId::new(*group), to(number)),
            Self::Lock(number, lock) => Change::Lock(device(*number), to(lock)),
            Self::Groups(number, groups) => {
                Change::Groups(device(*number), groups.iter().copied().map(GroupId::new).collect())
            }
        }
    }

    fn make(&self, world: &World, seconds: i64) -> Result<(), fleet_core::Error> {
        let (console, id) = (world.console(seconds), world.product);
        match self.change() {
            Change::Release(Some(to)) => console.product(id).release(to),
            Change::Release(None) => console.product(id).withdraw_release(),
            Change::ReleaseToGroup(group, to) => console.product(id).release_to_group(group, to),
            Change::Lock(device, Some(to)) => console.product(id).device(device).lock(to, Flash::OnReset).map(drop),
            Change::Lock(device, None) => console.product(id).device(device).unlock(),
            Change::Groups(device, groups) => console.product(id).device(device).set_groups(&groups),
            _ => Ok(()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decisions_equal_those_of_the_rules(context in context(), rows in proptest::collection::vec(row(), 1..24)) {
        for row in rows {
            let decision = decide(&context.product, &context.index, None, &row);
            let naive = context.naive.decide(&model::Row::of(&row));
            prop_assert_eq!(spelled(&decision), expected(&naive), "R-TGT-4 for {:?}", row);
            if let Decision::Send { firmware, .. } = decision {
                prop_assert_eq!(row.standing, Standing::Member, "R-IMP-9, R-IMP-10");
                prop_assert!(!row.development, "R-IMP-11");
                prop_assert!(
                    firmware.image.security_counter >= row.security_counter,
                    "{} is below {} (R-TGT-15)", firmware.image.security_counter, row.security_counter
                );
                prop_assert!(row.chip_revision.is_none_or(|chip| firmware.image.runs_on(chip)), "R-TGT-14");
                prop_assert_ne!(row.version(), Some(firmware.version.get()), "R-TGT-4: differs is not equal");
                if let Some(requires) = &firmware.requires_system {
                    let system = row.system.as_ref();
                    prop_assert!(system.is_some_and(|system| system.meets(requires)), "R-TGT-14");
                }
                let back = row.version().is_some_and(|runs| runs > firmware.version.get());
                prop_assert!(!(back && context.product.policy.forbid_downgrades), "R-TGT-4: no way back");
                prop_assert!(row.forced || row.seen.is_none_or(|seen| seen.takes_updates), "R-TGT-9");
            }
        }
    }

    #[test]
    fn a_dry_run_counts_the_real_changes(
        fleet in fleet(),
        before in proptest::collection::vec(moves(), 0..6),
        change in moves(),
        forbid_downgrades in prop::bool::weighted(0.2),
    ) {
        let world = World::new(Arc::new(MemoryStore::new()));
        let console = world.console(0);
        let gate = Gate::new(0);
        let policy = PolicyChange::new().opaque_images(true).gate(gate).forbid_downgrades(forbid_downgrades);
        console.product(world.product).set_policy(&policy).unwrap();
        for number in 1..6_u32 {
            let (title, binary) = (format!("Version {number}"), format!("opaque firmware {number}"));
            let requires_system = (number == 4).then(|| ">=1.5.0".parse().unwrap());
            let mut upload = Upload::new(version(number), &title);
upload.requires_system = requires_system;
            console.product(world.product).upload(&upload, binary.as_bytes()).unwrap();
        }
        for name in ["one", "two"] {
            console.product(world.product).create_group(name).unwrap();
        }
        console.product(world.product).import(list(0..12).as_bytes()).unwrap();
        let say = |number: u32, seconds: i64| {
            let (version, takes_updates, system) = fleet[number as usize];
            let system = system.map(|system| system.parse().unwrap());
            let mut report = report(number, 0, seconds);
            report.version = version;
            report.takes_updates = takes_updates;
            report.system = system;
            report
        };
        let devices = u32::try_from(fleet.len()).unwrap();
        for number in 0..devices {
            world.fleet.gateway(at(1)).connect(&say(number, 1)).unwrap();
        }
        for earlier in &before {
            earlier.make(&world, 2).unwrap();
        }
        let run = world.console(3).product(world.product).dry_run(&change.change()).unwrap();
        let now = world.console(3).product(world.product).dry_run(&Change::Nothing).unwrap();
        prop_assert_eq!(now.by_change.total(), 0, "nothing changes nothing (R-TGT-11)");
        change.make(&world, 4).unwrap();
        let only = match &change {
            Move::Lock(number, _) | Move::Groups(number, _) => Some(*number),
            _ => None,
        };
        let mut sent = fleet_core::firmware::Ways::default();
        for number in (0..12).filter(|number| only.is_none_or(|only| only == *number)) {
            // A device that never connected has no report at first.
            let said = if number < devices {
                say(number, 5)
            } else {
                Report::new(device(number)).product(94).at(at(5))
            };
            if let Answer::Update { directive, .. } = world.fleet.gateway(at(5)).connect(&said).unwrap().answer {
                match said.version {
                    None => sent.from_none += 1,
                    Some(runs) if runs < directive.version.get() => sent.up += 1,
                    Some(_) => sent.down += 1,
                }
            }
        }
        prop_assert_eq!(run.sent, sent, "the dry run of {:?} (R-TGT-11)", change);
    }
}

#[test]
fn a_device_that_takes_no_updates_gets_one_only_when_forced() {
    let world = World::new(Arc::new(MemoryStore::new()));
    let gate = Gate::new(0);
    let policy = PolicyChange::new().opaque_images(true).gate(gate);
    world.console(0).product(world.product).set_policy(&policy).unwrap();
    for number in 1..3 {
        let title = format!("Version {number}");
        world
            .console(0)
            .product(world.product)
            .upload(&Upload::new(version(number), &title), title.as_bytes())
            .unwrap();
    }
    world.console(0).product(world.product).import(list([0]).as_bytes()).unwrap();
    world.console(0).product(world.product).release(version(2)).unwrap();
    let says_no = |runs, seconds| report(0, runs, seconds).refuses_updates();
    let answer = |runs, seconds| world.fleet.gateway(at(seconds)).connect(&says_no(runs, seconds)).unwrap().answer;
    assert!(matches!(answer(1, 1), Answer::Held { hold: Hold::TakesNoUpdates, .. }), "{}", answer(1, 1));
    world.console(2).product(world.product).device(device(0)).force_update().unwrap();
    assert!(matches!(answer(1, 3), Answer::Update { .. }), "{}", answer(1, 3));
    assert!(matches!(answer(1, 4), Answer::Update { .. }), "until one succeeded: {}", answer(1, 4));
    answer(2, 5);
    world.console(6).product(world.product).release(version(1)).unwrap();
    assert!(matches!(answer(2, 7), Answer::Held { hold: Hold::TakesNoUpdates, .. }), "{}", answer(2, 7));
}

#[test]
fn a_deleted_group_releases_nothing_and_its_number_is_not_reused() {
    let world = World::new(Arc::new(MemoryStore::new()));
    let console = world.console(0);
    let gate = Gate::new(0);
    console.product(world.product).set_policy(&PolicyChange::new().opaque_images(true).gate(gate)).unwrap();
    console.product(world.product).upload(&Upload::new(version(1), "One"), b"opaque one").unwrap();
    console.product(world.product).import(list([0]).as_bytes()).unwrap();
    let group = console.product(world.product).create_group("Beta").unwrap();
    console.product(world.product).device(device(0)).set_groups(&[group].into()).unwrap();
    console.product(world.product).release_to_group(group, Some(version(1))).unwrap();
    assert!(matches!(console.product(world.product).device(device(0)).explain().unwrap(), Answer::Update { .. }));
    console.product(world.product).delete_group(group).unwrap();
    let again = console.product(world.product).create_group("Beta").unwrap();
    assert_ne!(again, group);
    let answer = world.fleet.gateway(at(1)).connect(&report(0, 3, 1)).unwrap().answer;
    assert_eq!(answer.to_string(), "up to date (R-TGT-1 no release)");
    let gone = console.product(world.product).release_to_group(group, Some(version(1))).unwrap_err();
    assert_eq!(gone.to_string(), "there is no such group, or it is not yours to see");
}

#[test]
fn firmware_is_not_deleted_while_a_device_is_being_locked_to_it() {
    for lock_first in [true, false] {
        let store = common::Interrupted::new(MemoryStore::new());
        let world = Arc::new(World::new(store.clone()));
        let console = world.console(0);
        console.product(world.product).set_policy(&PolicyChange::new().opaque_images(true)).unwrap();
        console.product(world.product).upload(&Upload::new(version(1), "One"), b"opaque one").unwrap();
        console.product(world.product).import(list([0]).as_bytes()).unwrap();
        let rival = Arc::clone(&world);
        store.before_commits(move |commit| {
            let console = rival.console(1);
            match (commit, lock_first) {
                (1, true) => console.product(rival.product).delete_firmware(version(1)).unwrap(),
                (1, false) => {
                    console.product(rival.product).device(device(0)).lock(version(1), Flash::OnReset).unwrap();
                }
                _ => {}
            }
            Ok(())
        });
        let error = if lock_first {
            console.product(world.product).device(device(0)).lock(version(1), Flash::OnReset).unwrap_err()
        } else {
            console.product(world.product).delete_firmware(version(1)).unwrap_err()
        };
        store.leave_alone();
        assert_eq!(error.code(), if lock_first { "not_found" } else { "firmware_in_use" }, "R-IMG-7");
        world.contents().check_counts(world.product);
    }
}
