//! Runs any sequence of commands by any actor on a fleet and on the naive [`model`]. Both must agree after every step
//! and at the end. A failed command must leave the store unchanged.
//!
//! It runs on any store, so that every engine passes the same test.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a machine that breaks is a test that fails"
)]

pub(crate) mod model;

use crate::common::{Contents, V1, V2, account, at, device, list, product, version};
use fleet_core::device::{DeviceFilter, Disconnect, Progress, Report, Standing, UpdateProgress};
use fleet_core::firmware::{Change, Hold, Upload};
use fleet_core::product::{Gate, GroupId};
use fleet_core::store::{Key, Record};
use fleet_core::team::Claimant;
use fleet_core::{
    AccountId, Actor, Catalogue, Error, Flash, Fleet, Platform, PolicyChange, ProductId, Sha256, Store, SystemVersion,
    Tier, Timestamp,
};
use model::{Answer, Code, ConnectOutcome, Model, ReportFacts, Row, Who};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// 6 and 13 are also the platform ids of a photon and a boron; 1000 and 1001 are the first assigned ids.
const PRODUCTS: [u32; 6] = [94, 6, 13, 1000, 1001, 777];
const DEVICES: u32 = 7;
const VERSIONS: [u16; 6] = [1, 2, 3, 4, 5, 65_534];
const TIERS: [(&str, Option<u64>); 3] = [("Prototype", Some(3)), ("Small", Some(5)), ("Enterprise", None)];

/// One operation of an actor, at a moment after all previous ones.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Create { who: Who, wanted: Option<u32>, platform: Platform },
    Remove { who: Who },
    Tier { who: Who, tier: usize },
    Policy { who: Who, policy: PolicyChange },
    Claim { account: u64, device: u32 },
    Unclaim { account: u64, device: u32 },
    Register { device: u32, platform: Platform },
    Import { who: Who, lines: Vec<Option<u32>> },
    Approve { who: Who, device: u32 },
    Deny { who: Who, device: u32 },
    Undeny { who: Who, device: u32 },
    Leave { who: Who, device: u32 },
    Develop { who: Who, device: u32, on: bool },
    Force { who: Who, device: u32 },
    Upload { who: Who, version: u16, binary: Binary, title: u8, requires: Option<&'static str> },
    DeleteFirmware { who: Who, version: u16 },
    Release { who: Who, group: Option<u16>, version: Option<u16> },
    CreateGroup { who: Who },
    DeleteGroup { who: Who, group: u16 },
    SetGroups { who: Who, device: u32, groups: BTreeSet<u16> },
    LockNow { who: Who, device: u32, version: u16 },
    LockOnReset { who: Who, device: u32, version: Option<u16> },
    DryRun { who: Who, change: Change },
    Connect { reports: Vec<DraftReport> },
    Disconnect { device: u32, reported: Option<u32>, session: u64, ago: Option<i64> },
    UpdateFares { device: u32, older: u32, progress: UpdateProgress },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Binary {
    V1,
    V2,
    Opaque,
}

/// A report without a moment.
#[derive(Clone, Debug)]
pub(crate) struct DraftReport {
    device: u32,
    product: Option<u32>,
    version: Option<u16>,
    image: Option<Binary>,
    platform: Option<Platform>,
    system: Option<&'static str>,
    counter: Option<u32>,
    takes_updates: bool,
    session: u64,
    /// `None` means the report is a live one.
    ago: Option<i64>,
}

/// An operation, and the product that it concerns.
pub(crate) type Step = (u32, Op);

pub(crate) fn steps(length: usize) -> impl Strategy<Value = Vec<Step>> {
    // Most operations concern one product, so that states get deep.
    let about = prop_oneof![6 => Just(94_u32), 4 => select(PRODUCTS.to_vec())];
    proptest::collection::vec((about, op()), 1..length)
}

fn platform() -> impl Strategy<Value = Platform> {
    select(vec![Platform::Particle(6), Platform::Particle(6), Platform::Particle(13)])
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![8 => Just(Who::Account(1)), 1 => Just(Who::Account(2)), 1 => Just(Who::Operator)]
}

fn policy() -> impl Strategy<Value = PolicyChange> {
    let gates = vec![(0, 0), (1, 0), (1, 0), (2, 0), (1, 5000)];
    (select(gates), any::<[bool; 5]>(), select(vec![0_u32, 1, 10_000])).prop_map(
        |((devices, soak_millis), [opaque, downgrades, approve, known, wildcard], quarantine_limit)| {
            PolicyChange::new()
                .gate(Gate::new(devices).soak(Duration::from_millis(soak_millis)))
                .wildcard_product(wildcard)
                .opaque_images(opaque || downgrades)
                .forbid_downgrades(downgrades && known)
                .approve_by_itself(approve)
                .known_ids_only(known && !opaque)
                .quarantine_limit(quarantine_limit)
        },
    )
}

fn draft_report() -> impl Strategy<Value = DraftReport> {
    let named = prop_oneof![
        6 => Just(Some(94)),
        3 => select(vec![None, Some(0), Some(65_535), Some(6), Some(13), Some(1000), Some(777), Some(u32::MAX)]),
    ];
    let runs =
        prop_oneof![5 => select(VERSIONS.to_vec()).prop_map(Some), 1 => select(vec![None, Some(0), Some(65_535)])];
    let image =
        prop_oneof![4 => Just(None), 1 => select(vec![Some(Binary::V1), Some(Binary::V2), Some(Binary::Opaque)])];
    let hardware = prop_oneof![6 => Just(None), 1 => platform().prop_map(Some)];
    let system = select(vec![None, None, Some("1.5.2"), Some("2.0.0-rc.1"), Some("3.1.0"), Some("v5.0-dirty")]);
    let counter = prop_oneof![20 => Just(None), 1 => select(vec![Some(0), Some(1), Some(u32::MAX)])];
    let session = prop_oneof![3 => Just(0_u64), 2 => 1_u64..9, 1 => Just(u64::MAX)];
    let ago = prop_oneof![6 => Just(0_i64), 2 => 1_i64..5000, 1 => select(vec![-5000, i64::MAX, i64::MIN])];
    let ago = proptest::option::weighted(0.7, ago);
    (0..DEVICES, named, runs, image, hardware, system, counter, (prop::bool::weighted(0.9), session, ago)).prop_map(
        |(device, product, version, image, platform, system, counter, (takes_updates, session, ago))| DraftReport {
            device,
            product,
            version,
            image,
            platform,
            system,
            counter,
            takes_updates,
            session,
            ago,
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let number = || 0..DEVICES;
    let runs = || select(VERSIONS.to_vec());
    let maybe = || prop_oneof![5 => runs().prop_map(Some), 1 => Just(None)];
    let groups = || proptest::collection::btree_set(1_u16..4, 0..3);
    let change = prop_oneof![
        maybe().prop_map(|to| Change::Release(to.map(|to| version(to.into())))),
        (1_u16..4, maybe())
            .prop_map(|(id, to)| Change::ReleaseToGroup(GroupId::new(id), to.map(|to| version(to.into())))),
        (number(), maybe()).prop_map(|(id, to)| Change::Lock(device(id), to.map(|to| version(to.into())))),
        (number(), groups())
            .prop_map(|(id, to)| Change::Groups(device(id), to.into_iter().map(GroupId::new).collect())),
        Just(Change::Nothing),
    ];
    let people = prop_oneof![
        1 => (who(), select(vec![None, Some(94), Some(6), Some(13), Some(777)]), platform())
            .prop_map(|(who, wanted, platform)| Op::Create { who, wanted, platform }),
        1 => prop_oneof![1 => who(), 1 => Just(Who::Operator)].prop_map(|who| Op::Remove { who }),
        2 => (prop_oneof![1 => who(), 2 => Just(Who::Operator)], 0..TIERS.len())
            .prop_map(|(who, tier)| Op::Tier { who, tier }),
        3 => (who(), policy()).prop_map(|(who, policy)| Op::Policy { who, policy }),
        2 => (1_u64..3, number()).prop_map(|(account, device)| Op::Claim { account, device }),
        1 => (1_u64..3, number()).prop_map(|(account, device)| Op::Unclaim { account, device }),
        1 => (number(), platform()).prop_map(|(device, platform)| Op::Register { device, platform }),
    ];
    let team = prop_oneof![
        4 => (who(), proptest::collection::vec(proptest::option::weighted(0.9, number()), 1..6))
            .prop_map(|(who, lines)| Op::Import { who, lines }),
        3 => (who(), number()).prop_map(|(who, device)| Op::Approve { who, device }),
        1 => (who(), number()).prop_map(|(who, device)| Op::Deny { who, device }),
        1 => (who(), number()).prop_map(|(who, device)| Op::Undeny { who, device }),
        1 => (who(), number()).prop_map(|(who, device)| Op::Leave { who, device }),
        1 => (who(), number(), any::<bool>()).prop_map(|(who, device, on)| Op::Develop { who, device, on }),
        1 => (who(), number()).prop_map(|(who, device)| Op::Force { who, device }),
        2 => (who(), 1_u16..5, maybe()).prop_map(|(who, group, version)| Op::Release {
            who, group: Some(group), version
        }),
        5 => (who(), maybe()).prop_map(|(who, version)| Op::Release { who, group: None, version }),
        1 => who().prop_map(|who| Op::CreateGroup { who }),
        1 => (who(), 1_u16..4).prop_map(|(who, group)| Op::DeleteGroup { who, group }),
        2 => (who(), number(), groups()).prop_map(|(who, device, groups)| Op::SetGroups { who, device, groups }),
    ];
    let firmware = prop_oneof![
        5 => (who(), runs(), select(vec![Binary::V1, Binary::V2, Binary::Opaque, Binary::Opaque]), 0_u8..9,
            select(vec![None, None, Some(">=2.0.0"), Some("<2")]))
            .prop_map(|(who, version, binary, title, requires)| Op::Upload { who, version, binary, title, requires }),
        1 => (who(), runs()).prop_map(|(who, version)| Op::DeleteFirmware { who, version }),
        3 => (who(), number(), runs()).prop_map(|(who, device, version)| Op::LockNow { who, device, version }),
        3 => (who(), number(), maybe()).prop_map(|(who, device, version)| Op::LockOnReset { who, device, version }),
        2 => (who(), change).prop_map(|(who, change)| Op::DryRun { who, change }),
    ];
    let devices = prop_oneof![
        8 => draft_report().prop_map(|draft| Op::Connect { reports: vec![draft] }),
        2 => proptest::collection::vec(draft_report(), 0..6).prop_map(|reports| Op::Connect { reports }),
        2 => (number(), select(vec![None, Some(94), Some(6), Some(1000)]), 0_u64..9, proptest::option::of(0_i64..3000))
            .prop_map(|(device, reported, session, ago)| Op::Disconnect { device, reported, session, ago }),
        2 => (number(), prop_oneof![5 => Just(0_u32), 1 => 1_u32..3],
            select(vec![UpdateProgress::Downloading, UpdateProgress::Downloaded, UpdateProgress::Failed]))
            .prop_map(|(device, older, progress)| Op::UpdateFares { device, older, progress }),
    ];
    prop_oneof![2 => people, 4 => team, 3 => firmware, 7 => devices]
}

/// The fleet, the model, and the store's contents after the last step.
struct Machine {
    fleet: Fleet,
    model: Model,
    contents: Contents,
}

/// Runs the steps on a store and on the model.
pub(crate) fn run(store: Arc<dyn Store>, steps: &[Step]) {
    let tiers = TIERS.map(|(name, devices)| {
        let mut tier = Tier::new(name);
        tier.devices = devices;
        tier
    });
    let fleet = Fleet::builder(store).seed(7).catalogue(Catalogue::new(tiers.into()).unwrap()).open();
    account(&fleet, "one");
    account(&fleet, "two");
    let contents = dump(&fleet);
    let mut machine = Machine { fleet, model: Model::new(), contents };
    let beginning = [
        (94, Op::Create { who: Who::Operator, wanted: Some(94), platform: Platform::Particle(6) }),
        (94, Op::Policy { who: Who::Account(1), policy: PolicyChange::new().opaque_images(true) }),
        (94, Op::Import { who: Who::Account(1), lines: vec![Some(0), Some(1)] }),
        (94, uploaded(1, Binary::V1)),
        (94, uploaded(2, Binary::V2)),
        (94, Op::CreateGroup { who: Who::Account(1) }),
    ];
    for (moment, (id, op)) in beginning.iter().chain(steps).enumerate() {
        let now = at(i64::try_from(moment).unwrap());
        machine.step(*id, op, now);
        let after = dump(&machine.fleet);
        machine.contents = after;
        machine.check_equiv();
    }
}

fn uploaded(version: u16, binary: Binary) -> Op {
    Op::Upload { who: Who::Account(1), version, binary, title: 100 + u8::try_from(version).unwrap(), requires: None }
}

fn dump(fleet: &Fleet) -> Contents {
    Contents::of(fleet.store(), &PRODUCTS.map(product), &[1, 2].map(|id| AccountId::new(id).unwrap()))
}

fn actor(who: Who) -> Actor {
    match who {
        Who::Account(number) => Actor::Account(AccountId::new(number).unwrap()),
        Who::Operator => Actor::Operator,
    }
}

fn bytes(binary: Binary, number: u16) -> Vec<u8> {
    match binary {
        Binary::V1 => V1.to_vec(),
        Binary::V2 => V2.to_vec(),
        Binary::Opaque => format!("opaque firmware {number}").into_bytes(),
    }
}

/// Returns the error that RULES.md demands for a binary before any other check (R-IMG-2, R-IMG-4).
fn wrong(id: u32, product: &model::Product, entered: u16, binary: Binary) -> Option<Code> {
    let compiled = match binary {
        Binary::V1 => 1,
        Binary::V2 => 2,
        Binary::Opaque => return (!product.policy.opaque_images).then_some("image_unrecognised"),
    };
    if product.platform != Platform::Particle(6) {
        Some("image_other_platform")
    } else if id != 94 {
        Some("image_other_product")
    } else {
        (entered != compiled).then_some("image_other_version")
    }
}

/// Converts an answer of the core into the model's form.
fn converted(answer: &fleet_core::firmware::Answer) -> Answer {
    use fleet_core::firmware::Answer as Core;
    match answer.clone() {
        Core::UpToDate { rule, kept_back, image_differs } => {
            Answer::UpToDate { rule, kept_back: kept_back.map(|version| version.get()), image_differs }
        }
        Core::Update { directive, rule, kept_back } => Answer::Update {
            version: directive.version.get(),
            sequence: directive.sequence,
            sha256: directive.sha256,
            size: directive.size,
            rule,
            kept_back: kept_back.map(|version| version.get()),
        },
        Core::Held { hold, target } => {
            // The model does not name the device's hardware.
            let hold = match hold {
                Hold::OtherPlatform { product, .. } => Hold::OtherPlatform { product, device: None },
                hold => hold,
            };
            Answer::Held { hold, target: target.map(|target| (target.version.get(), target.rule)) }
        }
    }
}

impl Machine {
    /// Compares the result of the core with that of the model. After an error, nothing may have changed.
    fn same<T: PartialEq + std::fmt::Debug>(&self, op: &Op, core: Result<T, Error>, model: Result<T, Code>) -> bool {
        if let Err(error) = &core {
            assert_eq!(dump(&self.fleet), self.contents, "an error changes nothing: {error} by {op:?}");
        }
        let core = core.map_err(|error| (error.code(), error.to_string()));
        let same = match (&core, &model) {
            (Ok(core), Ok(model)) => core == model,
            (Err((core, _)), Err(model)) => core == model,
            _ => false,
        };
        assert!(same, "{op:?}\n core: {core:?}\nmodel: {model:?}");
        core.is_ok()
    }

    fn step(&mut self, id: u32, op: &Op, now: Timestamp) {
        let about = product(id);
        match op {
            Op::Create { who, wanted, platform } => self.create(op, *who, *wanted, platform, now),
            Op::Remove { who } => {
                let core = self.fleet.console(actor(*who), now).product(about).remove();
                let model = if *who == Who::Operator { self.model.remove_product(id) } else { Err("forbidden") };
                self.same(op, core, model);
            }
            Op::Tier { who, tier } => {
                let core = self.fleet.console(actor(*who), now).product(about).set_tier(TIERS[*tier].0).map(|_| ());
                let model = self.model.product(id, *who).and_then(|product| {
                    if *who != Who::Operator {
                        return Err("forbidden");
                    }
                    product.limit = TIERS[*tier].1;
                    Ok(())
                });
                self.same(op, core, model);
            }
            Op::Policy { who, policy } => {
                let core = self.fleet.console(actor(*who), now).product(about).set_policy(policy).map(|_| ());
                let model = self.model.product(id, *who).map(|product| policy.apply(&mut product.policy));
                self.same(op, core, model);
            }
            Op::Claim { account, device: number } => {
                let core = self.fleet.console(actor(Who::Account(*account)), now).claim_device(device(*number));
                let model = self.model.claim(*account, *number);
                self.same(op, core, model);
            }
            Op::Unclaim { account, device: number } => {
                let core = self.fleet.console(actor(Who::Account(*account)), now).unclaim_device(device(*number));
                let model = self.model.unclaim(*account, *number);
                self.same(op, core, model);
            }
            Op::Register { device: number, platform } => {
                let listed = [(device(*number), Some(platform.clone()))];
                let core = self.fleet.console(Actor::Operator, now).register_devices(&listed);
                let model = self.model.register(*number, platform.clone());
                self.same(op, core, model);
            }
            Op::Import { who, lines } => self.import(op, id, *who, lines, now),
            Op::Approve { who, device: number } => {
                let core = self.fleet.console(actor(*who), now).product(about).device(device(*number)).approve();
                let model = self.model.approve(id, *who, *number);
                self.same(op, core, model);
            }
            Op::Deny { who, device: number } => {
                let core = self.fleet.console(actor(*who), now).product(about).device(device(*number)).deny();
                let model = self.model.leave(id, *who, *number, true);
                self.same(op, core, model);
            }
            Op::Undeny { who, device: number } => {
                let core = self.fleet.console(actor(*who), now).product(about).device(device(*number)).undeny();
                let model = self.model.undeny(id, *who, *number);
                self.same(op, core, model);
            }
            Op::Leave { who, device: number } => {
                let core = self.fleet.console(actor(*who), now).product(about).device(device(*number)).remove();
                let model = self.model.leave(id, *who, *number, false);
                self.same(op, core, model);
            }
            Op::Develop { who, device: number, on } => {
                let device = self.fleet.console(actor(*who), now).product(about).device(device(*number));
                let core = if *on { device.mark_development() } else { device.clear_development() };
                let model = self.model.mark(id, *who, *number, |row| row.development = *on);
                self.same(op, core, model);
            }
            Op::Force { who, device: number } => {
                let core = self.fleet.console(actor(*who), now).product(about).device(device(*number)).force_update();
                let model = self.model.mark(id, *who, *number, |row| (row.forced, row.relapses) = (true, 0));
                self.same(op, core, model);
            }
            Op::Upload { .. } => self.upload(id, op, now),
            Op::DeleteFirmware { who, version: number } => {
                let core =
                    self.fleet.console(actor(*who), now).product(about).delete_firmware(version((*number).into()));
                let model = self.model.delete_firmware(id, *who, *number);
                self.same(op, core, model);
            }
            Op::Release { who, group, version: number } => {
                let console = self.fleet.console(actor(*who), now);
                let to = number.map(|number| version(number.into()));
                let core = match (group, to) {
                    (Some(group), to) => console.product(about).release_to_group(GroupId::new(*group), to),
                    (None, Some(to)) => console.product(about).release(to),
                    (None, None) => console.product(about).withdraw_release(),
                };
                let model = self.model.release(id, *who, *group, *number, now);
                self.same(op, core, model);
            }
            Op::CreateGroup { who } => {
                let model = self.model.product(id, *who).map(|product| {
                    product.groups.insert(product.next_group, None);
                    product.next_group += 1;
                    product.next_group - 1
                });
                let name = format!("Group {model:?}");
                let core = self.fleet.console(actor(*who), now).product(about).create_group(&name).map(GroupId::get);
                self.same(op, core, model);
            }
            Op::DeleteGroup { who, group } => {
                let core = self.fleet.console(actor(*who), now).product(about).delete_group(GroupId::new(*group));
                let model = self.model.product(id, *who);
                let model = model.and_then(|product| product.groups.remove(group).map(|_| ()).ok_or("not_found"));
                self.same(op, core, model);
            }
            Op::SetGroups { who, device: number, groups } => {
                let to: BTreeSet<GroupId> = groups.iter().copied().map(GroupId::new).collect();
                let core = self.fleet.console(actor(*who), now).product(about).device(device(*number)).set_groups(&to);
                let model = self.model.set_groups(id, *who, *number, groups);
                self.same(op, core, model);
            }
            Op::LockNow { who, device: number, version: to } => {
                let console = self.fleet.console(actor(*who), now);
                let core = console.product(about).device(device(*number)).lock(version((*to).into()), Flash::Now);
                let model = self.model.lock(id, *who, *number, Some(*to), true);
                self.same(op, core.map(|answer| Some(converted(&answer))), model);
            }
            Op::LockOnReset { who, device: number, version: to } => {
                let console = self.fleet.console(actor(*who), now);
                let core = match to {
                    Some(to) => console
                        .product(about)
                        .device(device(*number))
                        .lock(version((*to).into()), Flash::OnReset)
                        .map(drop),
                    None => console.product(about).device(device(*number)).unlock(),
                };
                let model = self.model.lock(id, *who, *number, *to, false);
                self.same(op, core.map(|()| None), model);
            }
            Op::DryRun { who, change } => {
                let core = self.fleet.console(actor(*who), now).product(about).dry_run(change);
                let core = core.map(|run| [run.sent.up, run.sent.down, run.sent.from_none]);
                let model = self.model.dry_run(id, *who, change);
                self.same(op, core, model);
                assert_eq!(dump(&self.fleet), self.contents, "a dry run changes nothing");
            }
            Op::Connect { reports } => self.connect(op, reports, now),
            Op::Disconnect { device: number, reported, session, ago } => {
                let moment = ago.map(|ago| Timestamp::from_millis(now.as_millis() - ago));
                let mut end = Disconnect::new(device(*number)).session(*session).at(moment);
                end.product = *reported;
                let core = self.fleet.gateway(now).disconnect(&end);
                self.model.disconnect(*number, *reported, *session, moment, now);
                self.same(op, core, Ok(()));
            }
            Op::UpdateFares { device: number, older, progress } => {
                let row = self.model.products.get(&id).and_then(|product| product.rows.get(number));
                let sequence = row.map_or(0, |row| row.sequence).wrapping_sub(*older);
                let core = self.fleet.gateway(now).report_update(device(*number), about, sequence, *progress);
                let so_far = match progress {
                    UpdateProgress::Downloading => Some(Progress::Downloading),
                    UpdateProgress::Downloaded => Some(Progress::Downloaded),
                    UpdateProgress::Failed => None,
                };
                let model = self.model.update_fares(id, *number, sequence, so_far);
                self.same(op, core, Ok(model));
            }
        }
    }

    fn create(&mut self, op: &Op, who: Who, wanted: Option<u32>, platform: &Platform, now: Timestamp) {
        let console = self.fleet.console(actor(who), now);
        let (core, owner) = match wanted {
            Some(id) => {
                let owner = AccountId::new(1).unwrap();
                (console.create_product_with_id(product(id), owner, "Moved in", platform.clone()), Some(1))
            }
            // No more than the ids that the test examines.
            None if self.model.next_product > 1001 => return,
            None => {
                let owner = if let Who::Account(number) = who { Some(number) } else { None };
                (console.create_product("Made here", platform.clone()), owner)
            }
        };
        let model = match (wanted, who, owner) {
            (Some(_), Who::Operator, Some(owner)) | (None, Who::Account(_), Some(owner)) => {
                self.model.make_product(wanted, owner, platform.clone(), TIERS[0].1)
            }
            _ => Err("forbidden"),
        };
        self.same(op, core.map(|product| product.id.get()), model);
    }

    fn import(&mut self, op: &Op, id: u32, who: Who, lines: &[Option<u32>], now: Timestamp) {
        let file: String =
            lines.iter().map(|line| line.map_or("no id here\n".to_owned(), |number| list([number]))).collect();
        let console = self.fleet.console(actor(who), now);
        let plan = console.product(product(id)).plan_import(file.as_bytes());
        assert_eq!(dump(&self.fleet), self.contents, "a plan changes nothing (R-IMP-7)");
        let report = console.product(product(id)).import(file.as_bytes());
        if let (Ok(plan), Ok(report)) = (&plan, &report) {
            assert_eq!(plan, report, "plan and apply (R-IMP-7)");
        }
        let codes = report.map(|report| {
            let code = |line: &fleet_core::device::import::LineVerdict| {
                if line.device.is_some() { line.verdict.code() } else { "malformed" }
            };
            report.lines.iter().map(code).collect::<Vec<_>>()
        });
        let model = self.model.import(id, who, lines);
        self.same(op, codes, model);
    }

    fn upload(&mut self, id: u32, op: &Op, now: Timestamp) {
        let Op::Upload { who, version: number, binary, title, requires } = op else { return };
        let (title, requires) = (format!("Title {title}"), requires.map(|requires| requires.parse().unwrap()));
        let binary_bytes = bytes(*binary, *number);
        let mut upload = Upload::new(version((*number).into()), &title);
        upload.requires_system = requires.clone();
        let core = self.fleet.console(actor(*who), now).product(product(id)).upload(&upload, &binary_bytes).map(|_| ());
        let firmware = model::Firmware {
            title: title.clone(),
            sha256: Sha256::of(&binary_bytes),
            size: binary_bytes.len() as u64,
            counter: 0,
            requires,
            chips: (None, None),
            uploaded_at: now,
            proven: false,
            released: false,
        };
        let model = self.model.upload(id, *who, *number, |product| wrong(id, product, *number, *binary), firmware);
        self.same(op, core, model);
    }

    fn connect(&mut self, op: &Op, reports: &[DraftReport], now: Timestamp) {
        let facts: Vec<ReportFacts> = reports
            .iter()
            .map(|draft| ReportFacts {
                device: draft.device,
                product: draft.product,
                version: draft.version,
                image: draft.image.map(|image| Sha256::of(&bytes(image, draft.version.unwrap_or(0)))),
                platform: draft.platform.clone(),
                system: draft.system.map(|system| system.parse::<SystemVersion>().unwrap()),
                counter: draft.counter,
                takes_updates: draft.takes_updates,
                session: draft.session,
                at: draft.ago.map(|ago| Timestamp::from_millis(now.as_millis().saturating_sub(ago))),
            })
            .collect();
        let core_reports: Vec<Report> = facts
            .iter()
            .map(|facts| {
                let mut report = Report::new(device(facts.device)).session(facts.session).at(facts.at);
                report.product = facts.product;
                report.version = facts.version;
                report.image = facts.image;
                report.platform = facts.platform.clone();
                report.system = facts.system.clone();
                report.security_counter = facts.counter;
                report.takes_updates = facts.takes_updates;
                report
            })
            .collect();
        let gateway = self.fleet.gateway(now);
        let core = match &core_reports[..] {
            [one] => gateway.connect(one).map(|connected| vec![connected]),
            many => gateway.connect_many(many),
        };
        let core = core.map(|all| {
            let outcome = |one: &fleet_core::device::Connected| ConnectOutcome {
                product: one.product.map(ProductId::get),
                answer: converted(&one.answer),
                ended: one.outcome.map(|outcome| outcome.result),
            };
            all.iter().map(outcome).collect::<Vec<_>>()
        });
        let model: Vec<ConnectOutcome> = facts.iter().map(|facts| self.model.connect(facts, now)).collect();
        self.same(op, core, Ok(model));
    }

    /// Checks that the store and the model have the same contents, and that every counter is the sum of its rows.
    fn check_equiv(&self) {
        for (id, expected) in &self.model.products {
            let about = product(*id);
            self.contents.check_counts(about);
            let rows: Vec<(u32, Row)> =
                self.contents.devices(about).map(|(device, row)| (number(device), Row::of(row))).collect();
            let wanted: Vec<(u32, Row)> = expected.rows.iter().map(|(device, row)| (*device, row.clone())).collect();
            assert_eq!(rows, wanted, "the rows of {id}");
            let Some(Record::Product(record)) = self.contents.rows.get(&Key::Product(about)) else {
                panic!("product {id} has no record")
            };
            let release = record.release.map(|release| release.version.get());
            assert_eq!((release, record.removed_at.is_some()), (expected.release, expected.removed), "product {id}");
            let groups = record.groups.iter().map(|(id, group)| (id.get(), group.release.map(|v| v.get())));
            assert_eq!(groups.collect::<Vec<_>>(), expected.groups.clone().into_iter().collect::<Vec<_>>());
            let Some(Record::Firmware(index)) = self.contents.rows.get(&Key::Firmware(about)) else {
                panic!("product {id} has no index")
            };
            let kept = index.iter().map(|one| (one.version.get(), one.proven.is_some(), one.released_at.is_some()));
            let wanted = expected.firmware.iter().map(|(version, one)| (*version, one.proven, one.released));
            assert_eq!(kept.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "the firmware of {id}: proven, released");
            if !expected.removed {
                self.check_summary(about, expected);
            }
        }
        let entries: Vec<_> = self
            .contents
            .registrations()
            .map(|(device, entry)| {
                let product = entry.product.map(ProductId::get);
                let claimed_by = entry.claimed_by.map(|claimant| match claimant {
                    Claimant::Account(account) => account.get(),
                    Claimant::Customer(..) => panic!("the machine has no customers"),
                });
                (
                    number(device),
                    model::Entry {
                        product,
                        claimed_by,
                        platform: entry.platform.clone(),
                        registered: entry.registered,
                        counter: entry.security_counter,
                        sequence: entry.sequence,
                        marks: entry.trail.as_deref().map(|trail| {
                            let mark = |mark: fleet_core::device::Mark| (mark.session(), mark.at());
                            (mark(trail.newest), mark(trail.ended))
                        }),
                    },
                )
            })
            .collect();
        let wanted: Vec<_> = self.model.registry.iter().map(|(device, entry)| (*device, entry.clone())).collect();
        assert_eq!(entries, wanted, "the registry");
    }

    /// Checks that a console's summary of the fleet equals a count of all its rows.
    fn check_summary(&self, id: ProductId, expected: &model::Product) {
        let console = self.fleet.console(Actor::Operator, at(0));
        let summary = console.product(id).summary().unwrap();
        let members: Vec<&Row> = expected.rows.values().filter(|row| row.standing == Standing::Member).collect();
        let count = |on: &dyn Fn(&Row) -> bool| members.iter().filter(|row| on(row)).count() as u64;
        let seen = |row: &Row| row.seen;
        assert_eq!(summary.devices, members.len() as u64);
        assert_eq!(summary.online, count(&|row| seen(row).is_some_and(|seen| seen.online)));
        assert_eq!(summary.never_seen, count(&|row| seen(row).is_none()));
        assert_eq!(summary.pending, count(&|row| row.attempt.is_some()));
        assert_eq!(summary.failing, count(&|row| row.failures > 0 || row.relapses >= 3));
        assert_eq!(summary.locked, count(&|row| row.lock.is_some()));
        for (version, devices) in &summary.versions {
            assert_eq!(*devices, count(&|row| seen(row).and_then(|seen| seen.version) == Some(*version)));
        }
        let reporting = count(&|row| seen(row).is_some_and(|seen| seen.version.is_some()));
        assert_eq!(summary.versions.values().sum::<u64>(), reporting);
        let listed = console.product(id).devices(&DeviceFilter::default(), None, 2).unwrap();
        assert_eq!((listed.items.len(), listed.next.is_some()), (members.len().min(2), members.len() > 2));
    }
}

fn number(id: fleet_core::DeviceId) -> u32 {
    u32::from_be_bytes(id.as_bytes()[8..].try_into().unwrap())
}
