//! Many threads on one store at once: at the end, every count matches the rows, and every invariant holds.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{World, at, device, list, product, report, version};
use fleet_core::device::{Disconnect, Report, UpdateProgress};
use fleet_core::firmware::{Answer, Upload};
use fleet_core::product::{Gate, GroupId};
use fleet_core::{Error, Flash, MemoryStore, PolicyChange};
use std::sync::Arc;

const THREADS: u64 = 6;
const STEPS: i64 = 400;
const DEVICES: u64 = 40;

/// Small random numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

fn world() -> World {
    let world = World::new(Arc::new(MemoryStore::new()));
    world.make_product(95, "photon");
    let gate = Gate::new(1);
    for id in [94, 95].map(product) {
        let policy = PolicyChange::new().opaque_images(true).approve_by_itself(id == product(95)).gate(gate);
        world.console(0).product(id).set_policy(&policy).unwrap();
        for number in 1..4_u32 {
            let title = format!("Version {number}");
            world.console(0).product(id).upload(&Upload::new(version(number), &title), title.as_bytes()).unwrap();
        }
        world.console(0).product(id).create_group("Beta").unwrap();
    }
    world
}

/// Runs one random command. Refusals are expected; errors of the store are not.
fn step(world: &World, dice: &mut Dice, moment: i64) -> Result<(), Error> {
    let id = product(if dice.roll(3) == 0 { 95 } else { 94 });
    let number = u32::try_from(dice.roll(DEVICES)).unwrap();
    let to = version(u32::try_from(dice.roll(3)).unwrap() + 1);
    let (console, gateway) = (world.console(moment), world.fleet.gateway(at(moment)));
    let said = |number: u32, dice: &mut Dice| {
        report(number, u16::try_from(dice.roll(5)).unwrap(), moment - i64::try_from(dice.roll(3)).unwrap())
            .product(id.get())
            .session(if dice.roll(2) == 0 { 0 } else { dice.roll(1000) })
    };
    match dice.roll(18) {
        0 => {
            let from = u32::try_from(dice.roll(DEVICES)).unwrap();
            console.product(id).import(list(from..from + 8).as_bytes())?;
        }
        1 => console.product(id).release(to)?,
        2 => console.product(id).device(device(number)).lock(to, Flash::OnReset).map(drop)?,
        3 => {
            console.product(id).device(device(number)).lock(to, Flash::Now)?;
        }
        4 => console.product(id).device(device(number)).unlock()?,
        5 => console.product(id).device(device(number)).approve()?,
        6 => console.product(id).device(device(number)).remove()?,
        7 => console.product(id).device(device(number)).deny()?,
        8 => console.product(id).device(device(number)).undeny()?,
        9 => console.product(id).delete_firmware(to)?,
        10 => console.product(id).device(device(number)).set_groups(&[GroupId::new(1)].into())?,
        11 => console.product(id).release_to_group(GroupId::new(1), (dice.roll(3) > 0).then_some(to))?,
        12 => {
            let reports: Vec<Report> =
                (0..8_u32).map(|index| said((number + index * 7) % u32::try_from(DEVICES).unwrap(), dice)).collect();
            gateway.connect_many(&reports)?;
        }
        13 => {
            let end = Disconnect::new(device(number)).product(id.get()).at(at(moment));
            gateway.disconnect(&end)?;
        }
        14 => match dice.roll(4) {
            0 => console.product(id).device(device(number)).mark_development()?,
            _ => console.product(id).device(device(number)).clear_development()?,
        },
        _ => {
            if let Answer::Update { directive, .. } = gateway.connect(&said(number, dice))?.answer {
                gateway.report_update(device(number), id, directive.sequence, UpdateProgress::Downloaded)?;
            }
        }
    }
    Ok(())
}

fn play(world: &World, seed: u64) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                let mut dice = Dice(seed * 1000 + thread + 1);
                for moment in 1..STEPS {
                    if let Err(error) = step(world, &mut dice, moment) {
                        assert!(!error.code().starts_with("store_"), "{error} ({})", error.code());
                    }
                }
            });
        }
    });
}

#[test]
fn after_concurrent_commands_every_count_matches_the_rows() {
    for seed in 1..5 {
        let world = world();
        play(&world, seed);
        let contents = world.contents();
        for id in [94, 95].map(product) {
            contents.check_counts(id);
            let members = world.operator(0).product(id).summary().unwrap().devices;
            assert!(members <= 25, "{members} of 25 in {id} (R-IMP-6)");
        }
    }
}

#[test]
fn a_product_removed_under_load_keeps_no_device() {
    let world = world();
    std::thread::scope(|scope| {
        let (world, operator) = (&world, &world);
        scope.spawn(move || play(world, 9));
        scope.spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(30));
            operator.operator(9).product(product(95)).remove().unwrap();
        });
    });
    let contents = world.contents();
    contents.check_counts(product(94));
    contents.check_counts(product(95));
    assert_eq!(contents.devices(product(95)).count(), 0, "R-PRD-5");
    let left: Vec<_> = contents.registrations().filter(|(_, entry)| entry.product == Some(product(95))).collect();
    assert_eq!(left, [], "its devices are personal again");
}
