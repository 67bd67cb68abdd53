//! Records for tests.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, each used by some"
)]

pub(crate) mod commits;

use fleet_core::device::{Device, DeviceId, PlatformSeen, Registration, RowTrail, Standing};
use fleet_core::store::{Check, Commit, Key, Record, Stamp, Store, Tally, Write};
use fleet_core::{ProductId, Timestamp};

pub(crate) fn product() -> ProductId {
    ProductId::new(1000).unwrap()
}

pub(crate) fn id(number: u8) -> DeviceId {
    DeviceId::new([number; 12])
}

pub(crate) fn device_key(number: u8) -> Key {
    Key::Device(product(), id(number))
}

pub(crate) fn registration_key(number: u8) -> Key {
    Key::Registration(id(number))
}

pub(crate) fn tally_key(slot: u8) -> Key {
    Key::Tally(product(), Tally::Members, slot)
}

/// A device that received this many directives: the number distinguishes one write of it from another.
pub(crate) fn device(sequence: u32) -> Record {
    Record::Device(Device {
        standing: Standing::Member,
        development: false,
        forced: false,
        failures: 0,
        lock: None,
        sequence,
        security_counter: 0,
        system: None,
        added_at: Timestamp::from_millis(1_457_438_400_000),
        seen: None,
        attempt: None,
        outcome: None,
        label: None,
        trail: RowTrail::default(),
        listed: PlatformSeen::Unknown,
        relapses: 0,
        chip_revision: None,
    })
}

pub(crate) fn registration() -> Record {
    Record::Registration(Registration { product: Some(product()), ..Registration::default() })
}

pub(crate) fn put(key: Key, record: Record, stamp: u64) -> Write {
    Write::Put { key, record, stamp: Stamp(stamp) }
}

pub(crate) fn check(key: Key, stamp: Option<u64>) -> Check {
    Check { key, stamp: stamp.map(Stamp) }
}

pub(crate) fn commit(checks: impl Into<Vec<Check>>, writes: impl Into<Vec<Write>>) -> Commit {
    Commit { checks: checks.into(), writes: writes.into() }
}

/// The number of a device that was put by [`device`].
pub(crate) fn sequence(store: &dyn Store, number: u8) -> Option<u32> {
    match store.get(&[device_key(number)]).unwrap().remove(0)?.record {
        Record::Device(device) => Some(device.sequence),
        _ => None,
    }
}

/// The value of a counter's slot.
pub(crate) fn counter(store: &dyn Store, slot: u8) -> Option<i64> {
    match store.get(&[tally_key(slot)]).unwrap().remove(0)?.record {
        Record::Counter(value) => Some(value),
        _ => None,
    }
}
