use super::check;
use crate::customer::CustomerId;
use crate::device::{DeviceCount, Registration, Report};
use crate::event::{Destination, Event, NewSubscription};
use crate::firmware::Flash;
use crate::firmware::Upload;
use crate::store::{Commit, Journaled, Key, Range, Record, Stamp, Store, Tally, Write};
use crate::{Actor, DeviceId, Error, FirmwareVersion, Fleet, MemoryStore, ProductId, Timestamp};
use std::sync::Arc;

const NOW: Timestamp = Timestamp::from_millis(1_457_438_400_000);

fn product() -> ProductId {
    ProductId::new(94).unwrap()
}

fn device() -> DeviceId {
    "55ff6d04498b49a1b2c3d4e5".parse().unwrap()
}

/// Returns a fleet with records of every kind.
fn fleet() -> Result<(Fleet, Arc<MemoryStore>), Error> {
    let store = Arc::new(MemoryStore::new());
    let fleet = Fleet::open(Arc::clone(&store));
    let operator = fleet.console(Actor::Operator, NOW);
    let alice = operator.create_account("alice@example.com")?;
    let bob = operator.create_account("bob@example.com")?;
    operator.create_product_with_id(product(), alice.id, "Thermostat", "photon".parse()?)?;
    operator.product(product()).set_tier("Small")?;
    let console = fleet.console(alice.id, NOW);
    console.product(product()).import(b"55ff6d04498b49a1b2c3d4e5\n45f96d06492949f0e1d2c3b4")?;
    let binary = include_bytes!("../../tests/vectors/firmware/particle/photon_p94_v2.bin");
    let two = FirmwareVersion::new(2)?;
    console.product(product()).upload(&Upload::new(two, "Quieter"), binary)?;
    console.product(product()).device(device()).lock(two, Flash::OnReset)?;
    fleet.gateway(NOW).connect(&Report::new(device()).product(94).version(2).at(NOW))?;
    let stranger = Report::new(DeviceId::new([7; 12])).product(94).at(NOW);
    fleet.gateway(NOW).connect(&stranger)?;
    console.product(product()).release(two)?;
    console.product(product()).invite("bob@example.com")?;
    fleet.console(bob.id, NOW).claim_device(DeviceId::new([9; 12]))?;
    console.product(product()).create_customer("Carol", &crate::customer::Identity::Simple)?;
    let hook = Destination::Webhook { url: "https://example.com/hook".parse()? };
    console.product(product()).subscribe(&NewSubscription::new(hook).prefix("door"))?;
    for id in ["1", "2"] {
        fleet.gateway(NOW).publish(&Event::new(device(), "door/front", "open", NOW)?.with_id(id)?)?;
    }
    Ok((fleet, store))
}

/// Returns the rules reported as broken after one record was changed directly in the store.
fn broken_by(write: impl Fn(&MemoryStore) -> Write) -> Vec<&'static str> {
    let (fleet, store) = fleet().unwrap();
    let writes = vec![write(&store)];
    store.commit(&[Commit { checks: Vec::new(), writes }]).unwrap();
    check(&fleet, NOW).unwrap().iter().map(|broken| broken.rule).collect()
}

fn changed(store: &MemoryStore, key: Key, change: impl Fn(&mut Record)) -> Write {
    let mut row = store.get(std::slice::from_ref(&key)).unwrap().remove(0).unwrap();
    change(&mut row.record);
    Write::Put { key, record: row.record, stamp: Stamp(1) }
}

#[test]
fn a_fleet_changed_only_by_commands_is_consistent() {
    assert_eq!(check(&fleet().unwrap().0, NOW).unwrap(), []);
}

/// A fleet that is opened without its journal is stale.
#[test]
fn a_journal_that_was_not_folded_is_reported() {
    let store = Arc::new(MemoryStore::new());
    let journaled = Arc::new(Journaled::open(Arc::clone(&store)).unwrap());
    let fleet = Fleet::open(Arc::clone(&journaled));
    fleet.console(Actor::Operator, NOW).create_account("alice@example.com").unwrap();
    assert_eq!(check(&fleet, NOW).unwrap(), []);
    let plain = Fleet::open(store);
    assert_eq!(check(&plain, NOW).unwrap().iter().map(|broken| broken.rule).collect::<Vec<_>>(), ["journal"]);
    journaled.fold(usize::MAX).unwrap();
    assert_eq!(check(&plain, NOW).unwrap(), []);
}

#[test]
fn each_disagreement_is_reported_with_its_rule() {
    let stranger = DeviceId::new([7; 12]);
    let firmware = |change: fn(&mut crate::firmware::FirmwareIndex)| {
        broken_by(move |store| {
            changed(store, Key::Firmware(product()), |record| {
                let Record::Firmware(index) = record else { panic!() };
                change(Arc::make_mut(index));
            })
        })
    };
    let cases: [(&str, Vec<&str>); 18] = [
        ("R-IMP-9", broken_by(|_| Write::Delete { key: Key::Registration(device()) })),
        ("R-IMP-4", broken_by(|_| Write::Delete { key: Key::Device(product(), device()) })),
        (
            "R-IMP-9",
            broken_by(|store| {
                changed(store, Key::Device(product(), DeviceId::new([7; 12])), |record| {
                    let Record::Device(row) = record else { panic!() };
                    row.standing = crate::device::Standing::Member;
                })
            }),
        ),
        (
            "R-IMP-4",
            broken_by(move |_| Write::Put {
                key: Key::Registration(stranger),
                record: Record::Registration(Registration {
                    product: Some(ProductId::new(5).unwrap()),
                    ..Registration::default()
                }),
                stamp: Stamp(1),
            }),
        ),
        (
            "R-IMP-6",
            broken_by(|_| Write::Put {
                key: Key::DeviceCount(product()),
                record: Record::DeviceCount(Box::new(DeviceCount {
                    devices: 3,
                    quarantined: 1,
                    ..DeviceCount::default()
                })),
                stamp: Stamp(1),
            }),
        ),
        ("R-SEE-1", broken_by(|_| Write::Add { key: Key::Tally(product(), Tally::Version(2), 3), delta: 1 })),
        ("R-IMG-6", firmware(|index| index.highest = 1)),
        (
            "R-IMG-7",
            broken_by(|store| {
                changed(store, Key::FirmwareLocks(product()), |record| {
                    let Record::FirmwareLocks(locks) = record else { panic!() };
                    Arc::make_mut(locks).devices.values_mut().for_each(|devices| *devices += 1);
                })
            }),
        ),
        ("R-IMG-7", broken_by(|_| Write::Delete { key: Key::FirmwareLocks(product()) })),
        ("R-IMG-7", firmware(|index| index.firmware.clear())),
        ("R-TEAM-1", broken_by(|_| Write::Delete { key: Key::Team(product()) })),
        ("R-TEAM-1", broken_by(|_| Write::Delete { key: Key::Email("bob@example.com".into()) })),
        (
            "R-CUS-2",
            broken_by(|_| Write::Put {
                key: Key::CustomerName(product(), "dave".into()),
                record: Record::CustomerName(CustomerId::new(1).unwrap()),
                stamp: Stamp(1),
            }),
        ),
        (
            "R-CUS-2",
            broken_by(|_| Write::Put {
                key: Key::CustomerCount(product()),
                record: Record::CustomerCount(Box::default()),
                stamp: Stamp(1),
            }),
        ),
        (
            "R-EVT-8",
            broken_by(|store| {
                let mut events =
                    (0..crate::event::SLOTS).flat_map(|slot| store.scan(&Key::events(product(), slot)).unwrap());
                Write::Delete { key: events.next().unwrap().key }
            }),
        ),
        (
            "R-EVT-7",
            broken_by(|store| {
                let range = Range::new(Key::EventId(product(), [0; 16]), Key::EventId(product(), [0xFF; 16]));
                let key = store.scan(&range).unwrap().remove(0).key;
                changed(store, key, |record| {
                    let Record::EventId(id) = record else { panic!() };
                    id.sequence += 100;
                })
            }),
        ),
        (
            "R-EVT-6",
            broken_by(|store| {
                let range = Range::new(Key::UsageMonth(product(), 0), Key::UsageMonth(product(), u32::MAX));
                let key = store.scan(&range).unwrap().remove(0).key;
                changed(store, key, |record| {
                    let Record::UsageMonth(usage) = record else { panic!() };
                    usage.used = u64::MAX;
                })
            }),
        ),
        (
            "R-BILL-2",
            broken_by(|_| Write::Put {
                key: Key::ProductDue(NOW, product()),
                record: Record::PRESENT,
                stamp: Stamp(1),
            }),
        ),
    ];
    for (place, (rule, broken)) in cases.into_iter().enumerate() {
        assert!(broken.contains(&rule), "case {place}: {rule} is not among {broken:?}");
    }
    let bob = crate::team::AccountId::new(2).unwrap();
    let claim = broken_by(|_| Write::Delete { key: Key::Claim(bob, DeviceId::new([9; 12])) });
    assert_eq!(claim, ["R-CUS-3"]);
}
