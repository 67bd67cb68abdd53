//! Devices that come and go on many threads, and what must hold afterwards whatever failed meanwhile.

use fleet_core::device::{Disconnect, Report};
use fleet_core::store::{Key, Record};
use fleet_core::{Actor, DeviceId, Error, Fleet, ProductId, Timestamp, invariants};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_457_438_400_000);
pub(crate) const THREADS: u8 = 4;
/// Number of devices of each thread.
const DEVICES: u8 = 12;

/// Creates a product with the devices of every thread.
pub(crate) fn product(fleet: &Fleet) -> ProductId {
    let operator = fleet.console(Actor::Operator, NOW);
    let owner = operator.create_account("alice@example.com").unwrap().id;
    let product = fleet.console(owner, NOW).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
    operator.product(product).set_tier("Enterprise").unwrap();
    let all: Vec<DeviceId> =
        (0..THREADS).flat_map(|thread| (0..DEVICES).map(move |number| device(thread, number.into()))).collect();
    operator.product(product).import(list(&all).as_bytes()).unwrap();
    product
}

fn device(thread: u8, number: u32) -> DeviceId {
    let [a, b, c, d] = number.to_be_bytes();
    // With a letter: a spreadsheet turns an id of digits only into a number.
    DeviceId::new([thread + 1, a, b, c, d, 0, 0, 0, 0, 0, 0, 0xA0 | thread])
}

fn list(ids: &[DeviceId]) -> String {
    ids.iter().map(|id| format!("{id}\n")).collect()
}

/// What a thread knows about one of its devices: the latest acknowledged session, and the latest attempted one.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    acknowledged: u64,
    tried: u64,
}

/// What all threads know.
#[derive(Debug, Default)]
pub(crate) struct Account {
    connects: BTreeMap<DeviceId, Known>,
    imported: Vec<DeviceId>,
    /// Imports whose outcome can no longer be determined: others changed the guard record of the tier's limit, the only
    /// row of theirs that existed before, and the rows that they created are absent.
    open: Vec<DeviceId>,
    pub(crate) failed: Vec<Error>,
    pub(crate) acknowledged: usize,
}

/// Connects, disconnects and imports devices on several threads, until `enough` is set.
pub(crate) fn run(fleet: &Fleet, product: ProductId, enough: &AtomicBool, done: &AtomicUsize) -> Account {
    let mut account = Account::default();
    thread::scope(|threads| {
        let spawned: Vec<_> =
            (0..THREADS).map(|me| threads.spawn(move || work(fleet, product, me, enough, done))).collect();
        for thread in spawned {
            let mut own = thread.join().unwrap();
            account.connects.append(&mut own.connects);
            account.imported.append(&mut own.imported);
            account.open.append(&mut own.open);
            account.failed.append(&mut own.failed);
            account.acknowledged += own.acknowledged;
        }
    });
    account
}

fn work(fleet: &Fleet, product: ProductId, me: u8, enough: &AtomicBool, done: &AtomicUsize) -> Account {
    let mut account = Account::default();
    let gateway = fleet.gateway(NOW);
    let operator = fleet.console(Actor::Operator, NOW);
    let report = |id, session: u64| {
        Report::new(id).product(product.get()).version((session % 5) as u16 + 1).session(session).at(NOW)
    };
    for turn in 1_u32.. {
        if enough.load(Ordering::Relaxed) {
            break;
        }
        let session = u64::from(turn);
        let id = device(me, turn % u32::from(DEVICES));
        let outcome = match turn % 8 {
            0 => {
                let new = device(me, 1000 + turn);
                let imported = operator.product(product).import(list(&[new]).as_bytes()).map(drop);
                match imported {
                    Err(error) if error.code() == "store_outcome_unknown" => {
                        account.open.push(new);
                        continue;
                    }
                    Ok(()) => account.imported.push(new),
                    Err(_) => {}
                }
                imported
            }
            1 | 2 => gateway.disconnect(&Disconnect::new(id).product(product.get()).session(session + 1).at(NOW)),
            3 => {
                let batch: Vec<DeviceId> =
                    (turn..turn + 5).map(|number| device(me, number % u32::from(DEVICES))).collect();
                let reports: Vec<Report> = batch.iter().map(|id| report(*id, session)).collect();
                connect(fleet, product, &mut account, &batch, session, || gateway.connect_many(&reports).map(drop))
            }
            _ => connect(fleet, product, &mut account, &[id], session, || {
                gateway.connect(&report(id, session)).map(drop)
            }),
        };
        match outcome {
            Ok(()) => {
                account.acknowledged += 1;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => account.failed.push(error),
        }
    }
    account
}

fn connect(
    fleet: &Fleet,
    product: ProductId,
    account: &mut Account,
    ids: &[DeviceId],
    session: u64,
    call: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    for id in ids {
        let known = account.connects.entry(*id).or_default();
        // Checked here too, because later sessions would hide a loss.
        remembers(fleet, product, *id, *known);
        known.tried = session;
    }
    call()?;
    for id in ids {
        account.connects.entry(*id).or_default().acknowledged = session;
    }
    Ok(())
}

/// Checks that no acknowledged command is lost and none was applied twice: counts and guard records agree with the
/// rows.
pub(crate) fn holds(fleet: &Fleet, product: ProductId, account: &Account) {
    for (id, known) in &account.connects {
        remembers(fleet, product, *id, *known);
    }
    for id in &account.imported {
        let rows = fleet.store().get(&[Key::Device(product, *id), Key::Registration(*id)]).unwrap();
        assert!(rows.iter().all(Option::is_some), "{id} was imported and is absent");
    }
    for id in &account.open {
        let rows = fleet.store().get(&[Key::Device(product, *id), Key::Registration(*id)]).unwrap();
        assert_eq!(rows[0].is_some(), rows[1].is_some(), "{id} was imported in part");
    }
    let share = account.open.len() as f64 / (account.imported.len() + account.open.len()) as f64;
    assert!(share < 0.5, "the outcomes of {} imports are unknown", account.open.len());
    agrees(fleet);
}

/// Checks that a device's latest acknowledged session is stored, or a later attempted one.
fn remembers(fleet: &Fleet, product: ProductId, id: DeviceId, known: Known) {
    let rows = fleet.store().get(&[Key::Device(product, id)]).unwrap();
    let Some(Record::Device(device)) = rows[0].as_ref().map(|row| &row.record) else { panic!("{id} is absent") };
    let session = device.seen.map_or(0, |seen| seen.session);
    assert!((known.acknowledged..=known.tried).contains(&session), "{id} is in session {session}: {known:?}");
}

/// Checks that every guard record agrees with the rows it guards.
pub(crate) fn agrees(fleet: &Fleet) {
    assert_eq!(invariants::check(fleet, NOW).unwrap(), []);
}
