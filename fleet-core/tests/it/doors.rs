//! An overview: a fleet from its first device to its first rollback, through the public commands alone.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use fleet_core::device::import::Verdict;
use fleet_core::device::{Disconnect, Report, Standing, UpdateResult};
use fleet_core::firmware::{Answer, Hold, Rule, Upload};
use fleet_core::{AccountId, Actor, DeviceId, FirmwareVersion, Flash, Fleet, MemoryStore, ProductId, Timestamp};

const V1: &[u8] = include_bytes!("../vectors/firmware/particle/photon_p94_v1.bin");
const V2: &[u8] = include_bytes!("../vectors/firmware/particle/photon_p94_v2.bin");

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn version(number: u32) -> FirmwareVersion {
    FirmwareVersion::new(number).unwrap()
}

fn id(number: u8) -> DeviceId {
    DeviceId::new([number; 12])
}

struct World {
    fleet: Fleet,
    owner: AccountId,
    product: ProductId,
}

impl World {
    fn new() -> Self {
        let fleet = Fleet::builder(MemoryStore::new()).seed(1).open();
        let operator = fleet.console(Actor::Operator, at(0));
        let owner = operator.create_account("alice@example.com").unwrap().id;
        let product = ProductId::new(94).unwrap();
        operator.create_product_with_id(product, owner, "Thermostat", "photon".parse().unwrap()).unwrap();
        Self { fleet, owner, product }
    }

    fn console(&self, seconds: i64) -> fleet_core::Console<'_> {
        self.fleet.console(self.owner, at(seconds))
    }

    fn connect(&self, device: DeviceId, version: u16, seconds: i64) -> fleet_core::device::Connected {
        let report = Report::new(device).product(94).version(version).at(at(seconds));
        self.fleet.gateway(at(seconds)).connect(&report).unwrap()
    }

    fn import(&self, ids: &[DeviceId]) -> fleet_core::device::import::ImportReport {
        let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
        self.console(1).product(self.product).import(list.as_bytes()).unwrap()
    }
}

#[test]
fn a_fleet_from_import_to_rollback() {
    let world = World::new();
    let report = world.import(&[id(1), id(2), id(1)]);
    assert_eq!(report.lines[2].verdict, Verdict::DuplicateOf { line: 1 });
    assert_eq!(world.import(&[id(1)]).lines[0].verdict, Verdict::AlreadyHere);

    let console = world.console(2);
    console.product(world.product).upload(&Upload::new(version(1), "First"), V1).unwrap();
    let wrong = console.product(world.product).upload(&Upload::new(version(3), "Second"), V2).unwrap_err();
    assert_eq!(wrong.code(), "image_other_version");
    console.product(world.product).upload(&Upload::new(version(2), "Second"), V2).unwrap();

    // R-TGT-2: no device runs it yet.
    assert_eq!(console.product(world.product).release(version(2)).unwrap_err().code(), "not_proven");
    assert_eq!(
        console.product(world.product).device(id(1)).lock(version(2), Flash::Now).unwrap_err().code(),
        "device_offline"
    );
    let first = world.connect(id(1), 1, 3);
    assert!(matches!(first.answer, Answer::UpToDate { rule: Rule::NoRelease, .. }), "{}", first.answer);
    let Answer::Update { directive, rule: Rule::Lock, .. } =
        world.console(4).product(world.product).device(id(1)).lock(version(2), Flash::Now).unwrap()
    else {
        panic!("a locked device that runs another version is sent the locked one")
    };
    assert_eq!((directive.size, directive.sequence), (V2.len() as u64, 1));
    let back = world.connect(id(1), 2, 5);
    assert_eq!(back.outcome.map(|outcome| outcome.result), Some(UpdateResult::Succeeded));

    let console = world.console(6);
    console.product(world.product).release(version(2)).unwrap();
    let other = world.connect(id(2), 1, 7);
    assert!(matches!(other.answer, Answer::Update { rule: Rule::Release, .. }), "{}", other.answer);
    let failed = world.connect(id(2), 1, 8);
    assert_eq!(failed.outcome.map(|outcome| outcome.result), Some(UpdateResult::Failed));
    let summary = world.console(9).product(world.product).summary().unwrap();
    assert_eq!((summary.devices, summary.online, summary.pending, summary.failing), (2, 2, 1, 1));
    assert_eq!(summary.versions.into_iter().collect::<Vec<_>>(), [(1, 1), (2, 1)]);

    world.console(9).product(world.product).release(version(1)).unwrap();
    assert!(matches!(world.connect(id(2), 1, 10).answer, Answer::UpToDate { rule: Rule::Release, .. }));
    world.console(11).product(world.product).device(id(1)).unlock().unwrap();
    let Answer::Update { directive, .. } = world.connect(id(1), 2, 12).answer else { panic!("taken back") };
    assert_eq!(directive.version, version(1));
    let gone = Disconnect::new(id(1)).product(94).at(at(13));
    world.fleet.gateway(at(13)).disconnect(&gone).unwrap();
    assert_eq!(world.console(14).product(world.product).summary().unwrap().online, 1);
}

#[test]
fn a_stranger_waits_until_the_team_approves_it() {
    let world = World::new();
    let asked = world.connect(id(9), 1, 1);
    assert_eq!(asked.answer, Answer::Held { hold: Hold::Quarantined { full: false }, target: None });
    let notices = world.fleet.pending_notices(None, 10).unwrap();
    assert_eq!(notices.items.len(), 1);
    assert!(world.fleet.acknowledge(&notices.items[0].key).unwrap());
    world.console(2).product(world.product).device(id(9)).approve().unwrap();
    assert_eq!(world.console(2).product(world.product).device(id(9)).get().unwrap().row.standing, Standing::Member);
    assert_eq!(world.console(3).product(world.product).summary().unwrap().quarantined, 0);
    world.console(4).product(world.product).device(id(9)).deny().unwrap();
    assert_eq!(world.connect(id(9), 1, 5).answer, Answer::Held { hold: Hold::Denied, target: None });
    world.console(6).product(world.product).device(id(9)).undeny().unwrap();
    assert_eq!(
        world.connect(id(9), 1, 7).answer,
        Answer::Held { hold: Hold::Quarantined { full: false }, target: None }
    );
}

#[test]
fn an_outsider_cannot_tell_what_exists() {
    let world = World::new();
    let mallory = world.fleet.console(Actor::Operator, at(0)).create_account("mallory@example.com").unwrap().id;
    let console = world.fleet.console(mallory, at(1));
    let exists = console.product(world.product).get().unwrap_err().to_string();
    let does_not = console.product(ProductId::new(95).unwrap()).get().unwrap_err().to_string();
    assert_eq!(exists, does_not);
}
