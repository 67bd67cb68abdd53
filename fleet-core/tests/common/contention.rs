//! Many concurrent callers of one command that write the same record: all are answered, none is starved.
#![allow(dead_code, reason = "each test file takes its share")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use fleet_core::billing::{CardToken, ExpiryMonth, NewCard};
use fleet_core::customer::Identity;
use fleet_core::device::{DeviceId, Report};
use fleet_core::event::{Destination, Event, NewSubscription};
use fleet_core::firmware::Upload;
use fleet_core::{
    AccountId, Actor, Catalogue, Console, Error, FirmwareVersion, Flash, Fleet, PolicyChange, ProductId, Store, Tier,
    Timestamp,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

const V1: &[u8] = include_bytes!("../vectors/firmware/particle/photon_p94_v1.bin");

const NOW: Timestamp = Timestamp::from_millis(1_457_438_400_000);

/// A fleet with a product 94 whose tier has no limits.
pub(crate) struct Crowd {
    pub(crate) fleet: Fleet,
    pub(crate) owner: AccountId,
    pub(crate) product: ProductId,
    callers: u32,
}

/// A command with many callers: its setup, and the call of each caller.
pub(crate) struct Shared {
    pub(crate) name: &'static str,
    before: fn(&Crowd),
    call: fn(&Crowd, u32) -> Result<(), Error>,
}

/// The commands, each with the record that its callers share.
pub(crate) const COMMANDS: [Shared; 16] = [
    Shared {
        name: "invite: the team",
        before: accounts,
        call: |crowd, n| crowd.owner().product(crowd.product).invite(&email(n)).map(drop),
    },
    Shared {
        name: "accept_invitation: the team",
        before: |crowd| {
            accounts(crowd);
            for n in 0..crowd.callers {
                crowd.owner().product(crowd.product).invite(&email(n)).unwrap();
            }
        },
        call: |crowd, n| {
            // The owner is account 1.
            let account = AccountId::new(u64::from(n) + 2)?;
            crowd.fleet.console(account, NOW).product(crowd.product).accept_invitation()
        },
    },
    Shared {
        name: "create_account: the directory",
        before: |_| {},
        call: |crowd, n| crowd.operator().create_account(&email(n)).map(drop),
    },
    Shared {
        name: "create_product: the directory",
        before: |_| {},
        call: |crowd, n| crowd.owner().create_product(&format!("Product {n}"), "photon".parse().unwrap()).map(drop),
    },
    Shared {
        name: "lock: the firmware",
        before: |crowd| {
            members(crowd);
            crowd
                .owner()
                .product(crowd.product)
                .upload(&Upload::new(FirmwareVersion::new(1).unwrap(), "One"), V1)
                .unwrap();
        },
        call: |crowd, n| {
            crowd
                .owner()
                .product(crowd.product)
                .device(device(n))
                .lock(FirmwareVersion::new(1).unwrap(), Flash::OnReset)
                .map(drop)
        },
    },
    Shared {
        name: "edit_firmware: the firmware",
        before: |crowd| {
            crowd
                .owner()
                .product(crowd.product)
                .upload(&Upload::new(FirmwareVersion::new(1).unwrap(), "One"), V1)
                .unwrap();
        },
        call: |crowd, n| {
            let version = FirmwareVersion::new(1).unwrap();
            crowd.owner().product(crowd.product).edit_firmware(version, "One", n.to_string().as_str()).map(drop)
        },
    },
    Shared {
        name: "import: the count of devices",
        before: |_| {},
        call: |crowd, n| crowd.owner().product(crowd.product).import(device(n).to_string().as_bytes()).map(drop),
    },
    Shared {
        name: "remove_device: the count of devices",
        before: members,
        call: |crowd, n| crowd.owner().product(crowd.product).device(device(n)).remove(),
    },
    Shared {
        name: "approve_device: the count of devices",
        before: |crowd| {
            let reports: Vec<Report> = (0..crowd.callers).map(report).collect();
            crowd.fleet.gateway(NOW).connect_many(&reports).unwrap();
        },
        call: |crowd, n| crowd.owner().product(crowd.product).device(device(n)).approve(),
    },
    Shared {
        name: "create_group: the product",
        before: |_| {},
        call: |crowd, n| crowd.owner().product(crowd.product).create_group(&format!("Group {n}")).map(drop),
    },
    Shared {
        name: "create_customer: the count of customers",
        before: |_| {},
        call: |crowd, n| {
            let identity = Identity::TwoLegged { user: n.to_string() };
            crowd.owner().product(crowd.product).create_customer(&format!("customer {n}"), &identity).map(drop)
        },
    },
    Shared {
        name: "subscribe: the subscriptions",
        before: |_| {},
        call: |crowd, _| {
            crowd.owner().product(crowd.product).subscribe(&NewSubscription::new(Destination::LiveStream)).map(drop)
        },
    },
    Shared {
        name: "publish of one device: the head of its slot",
        before: members,
        call: |crowd, n| {
            let event = Event::new(device(0), "door", &n.to_string(), NOW)?.with_error("stack overflow")?;
            crowd.fleet.gateway(NOW).publish(&event).map(drop)
        },
    },
    Shared {
        name: "publish to a subscriber: the usage month",
        before: |crowd| {
            members(crowd);
            crowd.owner().product(crowd.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
        },
        call: |crowd, n| crowd.fleet.gateway(NOW).publish(&Event::new(device(n), "door", "", NOW)?).map(drop),
    },
    Shared {
        name: "set_card: the payer",
        before: |_| {},
        call: |crowd, n| {
            let card = NewCard::new(CardToken::new(&format!("tok_{n}"))?, "visa", "4242", ExpiryMonth::new(2030, 12)?);
            crowd.owner().set_card(&card)
        },
    },
    Shared {
        name: "connect of strangers: the count of devices",
        before: |_| {},
        call: |crowd, n| crowd.fleet.gateway(NOW).connect(&report(n)).map(drop),
    },
];

fn email(number: u32) -> String {
    format!("person{number}@example.com")
}

pub(crate) fn device(number: u32) -> DeviceId {
    let mut bytes = [0xC0; 12];
    let (_, last) = bytes.split_at_mut(8);
    last.copy_from_slice(&number.to_be_bytes());
    DeviceId::new(bytes)
}

/// A report of the product and of the device's hardware, which its row does not contain yet.
pub(crate) fn report(number: u32) -> Report {
    let report = Report::new(device(number)).platform("photon".parse().unwrap());
    report.product(94).version(1).session(1).at(NOW)
}

fn accounts(crowd: &Crowd) {
    (0..crowd.callers).for_each(|n| drop(crowd.operator().create_account(&email(n)).unwrap()));
}

pub(crate) fn members(crowd: &Crowd) {
    let list: String = (0..crowd.callers).map(|n| format!("{}\n", device(n))).collect();
    crowd.owner().product(crowd.product).import(list.as_bytes()).unwrap();
}

impl Crowd {
    pub(crate) fn new(store: impl Store + 'static, callers: u32) -> Self {
        let tier = Tier::new("Vast");
        let fleet = Fleet::builder(store).catalogue(Catalogue::new(vec![tier]).unwrap()).open();
        let operator = fleet.console(Actor::Operator, NOW);
        let owner = operator.create_account("owner@example.com").unwrap().id;
        let product = ProductId::new(94).unwrap();
        operator.create_product_with_id(product, owner, "Thermostat", "photon".parse().unwrap()).unwrap();
        Self { fleet, owner, product, callers }
    }

    pub(crate) fn owner(&self) -> Console<'_> {
        self.fleet.console(self.owner, NOW)
    }

    pub(crate) fn operator(&self) -> Console<'_> {
        self.fleet.console(Actor::Operator, NOW)
    }

    /// Runs a command of the table with all callers at once. Returns the duration, and the refusals.
    pub(crate) fn run(&self, command: &Shared) -> (Duration, BTreeSet<String>) {
        (command.before)(self);
        self.meet(|n| (command.call)(self, n))
    }

    /// Runs all callers at once. Returns the duration, and the refusals.
    pub(crate) fn meet(&self, call: impl Fn(u32) -> Result<(), Error> + Sync) -> (Duration, BTreeSet<String>) {
        let (start, refused) = (Barrier::new(self.callers as usize + 1), Mutex::new(BTreeSet::new()));
        let begun = std::thread::scope(|scope| {
            for n in 0..self.callers {
                let (start, refused, call) = (&start, &refused, &call);
                scope.spawn(move || {
                    start.wait();
                    if let Err(error) = call(n) {
                        refused.lock().unwrap().insert(error.to_string());
                    }
                });
            }
            let begun = Instant::now();
            start.wait();
            begun
        });
        (begun.elapsed(), refused.into_inner().unwrap())
    }
}

/// Runs each command of the table with this number of callers, each command on its own store.
pub(crate) fn all_are_answered(open: impl Fn() -> Arc<dyn Store>, callers: u32) {
    for command in &COMMANDS {
        let (took, refused) = Crowd::new(open(), callers).run(command);
        assert_eq!(refused, BTreeSet::new(), "{}: after {took:?}", command.name);
        println!("{}: {callers} callers in {took:?}", command.name);
    }
}

/// Strangers join at once, and the product's count includes all of them.
pub(crate) fn all_join(store: impl Store + 'static, callers: u32) {
    let crowd = Crowd::new(store, callers);
    let policy = PolicyChange::new().approve_by_itself(true);
    crowd.owner().product(crowd.product).set_policy(&policy).unwrap();
    let (took, refused) = crowd.meet(|n| crowd.fleet.gateway(NOW).connect(&report(n)).map(drop));
    assert_eq!(refused, BTreeSet::new(), "after {took:?}");
    assert_eq!(crowd.owner().product(crowd.product).summary().unwrap().devices, u64::from(callers));
    println!("{callers} strangers in {took:?}");
}

/// Processes that share a store, each with its own callers, write the same record: the processes do not see each
/// other's queues.
pub(crate) fn processes_are_answered(open: impl Fn() -> Arc<dyn Store>, processes: usize, callers: u32) {
    let crowd = Crowd::new(open(), callers);
    let fleets: Vec<Fleet> = (0..processes).map(|_| Fleet::open(open())).collect();
    let (took, refused) = crowd.meet(|n| {
        let fleet = fleets.get(n as usize % processes).unwrap();
        fleet.console(crowd.owner, NOW).product(crowd.product).create_group(&format!("Group {n}")).map(drop)
    });
    assert_eq!(refused, BTreeSet::new(), "after {took:?}");
    println!("{callers} callers of {processes} processes in {took:?}");
}
