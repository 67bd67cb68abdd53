//! Several processes on one database, each with its own store: every invariant holds, whatever they do at the same
//! time.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::load::{NOW, agrees};
use common::{Schema, schema};
use fleet_core::device::Report;
use fleet_core::{Actor, DeviceId, Error, Fleet, ProductId};
use std::process::{Child, Command, Stdio};
use std::thread;

const PROCESSES: u8 = 2;
const THREADS: u8 = 3;
const TURNS: u32 = 30;
/// The Prototype tier's limits.
const SEATS: usize = 5;
const DEVICES: u64 = 25;

const WHERE: &str = "FLEET_POSTGRES_PROCESS";

/// The lists of the processes share some devices, and together name more than the tier allows.
fn device(number: u32) -> DeviceId {
    let [a, b, c, d] = number.to_be_bytes();
    // With a letter, so that it does not look like a number from a spreadsheet.
    DeviceId::new([0xD9, a, b, c, d, 0, 0, 0, 0, 0, 0, 0])
}

fn list(numbers: impl Iterator<Item = u32>) -> String {
    numbers.map(|number| format!("{}\n", device(number))).collect()
}

/// Others may have been first or interfere with every attempt; any other error is a failure.
fn may_lose<T>(outcome: Result<T, Error>) {
    if let Err(error) = outcome {
        assert!(!error.code().starts_with("store_") || error.code() == "store_contention", "{error}");
    }
}

/// Not a test by itself: what each process does.
#[test]
fn one_of_the_processes() {
    let Ok(arguments) = std::env::var(WHERE) else { return };
    let [me, name, url] = arguments.split(' ').collect::<Vec<_>>()[..] else { panic!("{arguments}") };
    let me: u32 = me.parse().unwrap();
    // All create the schema at the same time.
    let fleet = Fleet::open(Schema { url: url.to_owned(), name: name.to_owned() }.open());
    let operator = fleet.console(Actor::Operator, NOW);
    // One of them creates the product; the others find it.
    let product = ProductId::new(94).unwrap();
    if me == 0 {
        let owner = operator.create_account("owner@example.com").unwrap().id;
        operator.create_product_with_id(product, owner, "Thermostat", "photon".parse().unwrap()).unwrap();
    }
    while operator.product(product).get().is_err() {
        thread::yield_now();
    }
    thread::scope(|threads| {
        for thread in 0..u32::from(THREADS) {
            let fleet = &fleet;
            threads.spawn(move || work(fleet, product, me * u32::from(THREADS) + thread));
        }
    });
}

fn work(fleet: &Fleet, product: ProductId, me: u32) {
    let operator = fleet.console(Actor::Operator, NOW);
    let gateway = fleet.gateway(NOW);
    let account = operator.create_account(&format!("p{me}@example.com")).unwrap().id;
    for turn in 0..TURNS {
        may_lose(operator.product(product).import(list((me * 4 + turn)..(me * 4 + turn + 12)).as_bytes()));
        let report = |number: u32| {
            Report::new(device(number % 60))
                .product(94)
                .version((turn % 3) as u16 + 1)
                .session(u64::from(turn * 100 + me))
                .at(NOW)
        };
        let reports: Vec<Report> = (0..8).map(|number| report(me * 7 + turn + number)).collect();
        may_lose(gateway.connect_many(&reports));
        may_lose(gateway.connect(&report(turn)));
        may_lose(operator.product(product).invite(&format!("p{}@example.com", (me + turn) % 6)));
        may_lose(fleet.console(account, NOW).product(product).accept_invitation());
        if turn % 4 == me % 4 {
            may_lose(fleet.console(account, NOW).product(product).leave_team());
            may_lose(operator.product(product).device(device(turn)).remove());
        }
        let team = operator.product(product).team().unwrap();
        assert!(team.members.len() + team.invited.len() <= SEATS, "{team:?}");
    }
}

fn spawn(arguments: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["one_of_the_processes", "--exact", "--nocapture"])
        .env(WHERE, arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn processes_that_share_a_database_keep_every_invariant() {
    let schema = schema();
    let arguments = |me| format!("{me} {} {}", schema.name, schema.url);
    let processes: Vec<Child> = (0..PROCESSES).map(|me| spawn(&arguments(me))).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let fleet = Fleet::open(schema.open());
    let product = ProductId::new(94).unwrap();
    agrees(&fleet);
    let members = fleet.console(Actor::Operator, NOW).product(product).summary().unwrap().devices;
    // R-TIER-2
    assert!((DEVICES / 2..=DEVICES).contains(&members), "{members} devices");
    // Each of six accounts was created once, and is on the team at most once.
    let team = fleet.console(Actor::Operator, NOW).product(product).team().unwrap();
    assert!(team.members.len() + team.invited.len() <= SEATS, "{team:?}");
}
