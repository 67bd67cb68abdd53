//! Many threads on one store at once: at the end, every count matches the rows, and every invariant holds.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::common;

use common::{World, at, device, list, product, report, version};
use fleet_core::device::{Disconnect, Report, UpdateProgress};
use fleet_core::firmware::{Answer, Upload};
use fleet_core::product::{Gate, GroupId};
use fleet_core::{Error, MemoryStore, Policy};
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
    let gate = Gate { devices: 1, soak_millis: 0 };
    for id in [94, 95].map(product) {
        let policy = Policy { opaque_images: true, approve_by_itself: id == product(95), gate, ..Policy::default() };
        world.console(0).set_policy(id, &policy).unwrap();
        for number in 1..4_u32 {
            let title = format!("Version {number}");
            world.console(0).upload(id, &Upload::new(version(number), &title), title.as_bytes()).unwrap();
        }
        world.console(0).create_group(id, "Beta").unwrap();
    }
    world
}

/// Runs one random command. Refusals are expected; errors of the store are not.
fn step(world: &World, dice: &mut Dice, moment: i64) -> Result<(), Error> {
    let id = product(if dice.roll(3) == 0 { 95 } else { 94 });
    let number = u32::try_from(dice.roll(DEVICES)).unwrap();
    let to = version(u32::try_from(dice.roll(3)).unwrap() + 1);
    let (console, gateway) = (world.console(moment), world.fleet.gateway(at(moment)));
    let said = |number: u32, dice: &mut Dice| Report {
        product: Some(id.get()),
        session: if dice.roll(2) == 0 { 0 } else { dice.roll(1000) },
        ..report(number, u16::try_from(dice.roll(5)).unwrap(), moment - i64::try_from(dice.roll(3)).unwrap())
    };
    match dice.roll(18) {
        0 => {
            let from = u32::try_from(dice.roll(DEVICES)).unwrap();
            console.import(id, list(from..from + 8).as_bytes())?;
        }
        1 => console.release(id, to)?,
        2 => console.lock_and_flash_on_reset(id, device(number), to)?,
        3 => {
            console.lock_and_flash_now(id, device(number), to)?;
        }
        4 => console.unlock(id, device(number))?,
        5 => console.approve_device(id, device(number))?,
        6 => console.remove_device(id, device(number))?,
        7 => console.deny_device(id, device(number))?,
        8 => console.undeny_device(id, device(number))?,
        9 => console.delete_firmware(id, to)?,
        10 => console.set_groups(id, device(number), &[GroupId::new(1)].into())?,
        11 => console.release_to_group(id, GroupId::new(1), (dice.roll(3) > 0).then_some(to))?,
        12 => {
            let reports: Vec<Report> =
                (0..8_u32).map(|index| said((number + index * 7) % u32::try_from(DEVICES).unwrap(), dice)).collect();
            gateway.connect_many(&reports)?;
        }
        13 => {
            let end = Disconnect { device: device(number), product: Some(id.get()), session: 0, at: Some(at(moment)) };
            gateway.disconnect(&end)?;
        }
        14 => console.mark_development(id, device(number), dice.roll(4) == 0)?,
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
            let members = world.operator(0).summary(id).unwrap().devices;
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
            operator.operator(9).remove_product(product(95)).unwrap();
        });
    });
    let contents = world.contents();
    contents.check_counts(product(94));
    contents.check_counts(product(95));
    assert_eq!(contents.devices(product(95)).count(), 0, "R-PRD-5");
    let left: Vec<_> = contents.registrations().filter(|(_, entry)| entry.product == Some(product(95))).collect();
    assert_eq!(left, [], "its devices are personal again");
}
