//! Shared parts of the tests: helpers for small worlds, stores that fail or are interrupted on purpose, and a dump of a
//! store's contents.
#![allow(dead_code, reason = "each test file takes its share")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use fleet_core::device::{Device, Registration, Report};
use fleet_core::store::{Commit, CommitOutcome, Key, Range, Record, Row, Stamp, StoreErrorKind, Tally, Write};
use fleet_core::{
    AccountId, Actor, Console, DeviceId, FirmwareVersion, Fleet, ProductId, Store, StoreError, Timestamp,
};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// A product 94 v1 and v2 for a photon, as the vendor's toolchain builds them.
pub(crate) const V1: &[u8] = include_bytes!("../vectors/firmware/particle/photon_p94_v1.bin");
pub(crate) const V2: &[u8] = include_bytes!("../vectors/firmware/particle/photon_p94_v2.bin");

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

pub(crate) fn version(number: u32) -> FirmwareVersion {
    FirmwareVersion::new(number).unwrap()
}

pub(crate) fn product(number: u32) -> ProductId {
    ProductId::new(number).unwrap()
}

/// Returns the device with this number.
pub(crate) fn device(number: u32) -> DeviceId {
    let mut bytes = [0xA5; 12];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    DeviceId::new(bytes)
}

/// Returns a list of these devices, one id a line.
pub(crate) fn list(devices: impl IntoIterator<Item = u32>) -> String {
    devices.into_iter().map(|number| format!("{}\n", device(number))).collect()
}

/// A fleet with one product, 94 of photons, and its owner.
pub(crate) struct World {
    pub(crate) fleet: Fleet,
    pub(crate) owner: AccountId,
    pub(crate) product: ProductId,
}

impl World {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self::of(Fleet::builder(store).seed(1).open())
    }

    pub(crate) fn of(fleet: Fleet) -> Self {
        let owner = account(&fleet, "owner");
        let world = Self { fleet, owner, product: product(94) };
        world.make_product(94, "photon");
        world
    }

    pub(crate) fn make_product(&self, number: u32, platform: &str) -> ProductId {
        let (id, name) = (product(number), format!("Product {number}"));
        self.operator(0).create_product_with_id(id, self.owner, &name, platform.parse().unwrap()).unwrap();
        id
    }

    pub(crate) fn operator(&self, seconds: i64) -> Console<'_> {
        self.fleet.console(Actor::Operator, at(seconds))
    }

    pub(crate) fn console(&self, seconds: i64) -> Console<'_> {
        self.fleet.console(self.owner, at(seconds))
    }

    pub(crate) fn contents(&self) -> Contents {
        let products = [6, 13, 94, 95, 96, 1000, 1001, 1002, 1003].map(product);
        Contents::of(self.fleet.store(), &products, &[1, 2, 3, 4].map(|id| AccountId::new(id).unwrap()))
    }

    pub(crate) fn row(&self, number: u32) -> Device {
        self.operator(0).product(self.product).device(device(number)).get().unwrap().row
    }

    /// Returns the number of devices of the product by the counters and by its rows, which must agree.
    pub(crate) fn devices(&self) -> u64 {
        let contents = self.contents();
        contents.check_counts(self.product);
        self.operator(0).product(self.product).summary().unwrap().devices
    }
}

pub(crate) fn account(fleet: &Fleet, name: &str) -> AccountId {
    fleet.console(Actor::Operator, at(0)).create_account(&format!("{name}@example.com")).unwrap().id
}

/// Returns a report of a device that runs a version of product 94.
pub(crate) fn report(number: u32, version: u16, seconds: i64) -> Report {
    Report::new(device(number)).product(94).version(version).at(at(seconds))
}

/// Contents of a store, without stamps; counters are summed over their slots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contents {
    pub(crate) rows: BTreeMap<Key, Record>,
    pub(crate) sums: BTreeMap<(ProductId, Tally), i64>,
}

impl Contents {
    /// Reads every record of these products and accounts, the registry, the outbox and the directory.
    pub(crate) fn of(store: &dyn Store, products: &[ProductId], accounts: &[AccountId]) -> Self {
        let mut found: Vec<Row> = Vec::new();
        let mut singles = vec![Key::Directory()];
        singles.extend(accounts.iter().map(|id| Key::Account(*id)));
        for id in products {
            singles.extend([
                Key::Product(*id),
                Key::Team(*id),
                Key::Firmware(*id),
                Key::FirmwareLocks(*id),
                Key::DeviceCount(*id),
            ]);
            for range in [Key::devices(*id), Key::device_names(*id, ""), Key::tallies(*id), Key::audits(*id)] {
                found.extend(store.scan(&range).unwrap());
            }
        }
        let ends = |key: fn(DeviceId) -> Key| Range::new(key(DeviceId::new([0; 12])), key(DeviceId::new([0xFF; 12])));
        found.extend(store.scan(&ends(Key::Registration)).unwrap());
        found.extend(store.scan(&Key::notices()).unwrap());
        for account in accounts {
            let claim = |byte| Key::Claim(*account, DeviceId::new([byte; 12]));
            found.extend(store.scan(&Range::new(claim(0), claim(0xFF))).unwrap());
            found.extend(store.scan(&Key::memberships(*account)).unwrap());
        }
        found.extend(store.get(&singles).unwrap().into_iter().flatten());
        let mut contents = Self { rows: BTreeMap::new(), sums: BTreeMap::new() };
        for Row { key, record, .. } in found {
            match (&key, &record) {
                (Key::Tally(product, tally, _), Record::Counter(value)) => {
                    *contents.sums.entry((*product, *tally)).or_default() += value;
                }
                _ => {
                    contents.rows.insert(key, record);
                }
            }
        }
        contents.sums.retain(|_, sum| *sum != 0);
        contents
    }

    /// Removes the random parts: the audit and the notices' keys.
    pub(crate) fn without_nonces(mut self) -> Self {
        self.rows.retain(|key, _| !matches!(key, Key::Audit(..) | Key::Notice(..)));
        self
    }

    pub(crate) fn devices(&self, product: ProductId) -> impl Iterator<Item = (DeviceId, &Device)> {
        self.rows.iter().filter_map(move |(key, record)| match (key, record) {
            (Key::Device(in_product, id), Record::Device(device)) if *in_product == product => Some((*id, device)),
            _ => None,
        })
    }

    pub(crate) fn registrations(&self) -> impl Iterator<Item = (DeviceId, &Registration)> {
        self.rows.iter().filter_map(|(key, record)| match (key, record) {
            (Key::Registration(id), Record::Registration(entry)) => Some((*id, entry)),
            _ => None,
        })
    }

    /// Checks every invariant over the rows of a product, recounted from the rows alone.
    pub(crate) fn check_counts(&self, id: ProductId) {
        use fleet_core::device::{ImageSeen, PlatformSeen, Standing};
        let mut sums: BTreeMap<(ProductId, Tally), i64> = BTreeMap::new();
        let mut count = |on: bool, tally| {
            if on {
                *sums.entry((id, tally)).or_default() += 1;
            }
        };
        let homes: BTreeMap<_, _> = self.registrations().map(|(device, entry)| (device, entry.product)).collect();
        let (mut members, mut waiting) = (0, 0);
        let mut locks: BTreeMap<FirmwareVersion, u32> = BTreeMap::new();
        for (device, row) in self.devices(id) {
            let home = homes.get(&device).copied().flatten();
            assert_eq!(
                row.standing == Standing::Member,
                home == Some(id),
                "R-IMP-4: {device} is {:?} in {id}, and the registry has {home:?}",
                row.standing
            );
            count(row.standing == Standing::Quarantined, Tally::Quarantined);
            count(row.standing == Standing::Denied, Tally::Denied);
            waiting += u64::from(row.standing == Standing::Quarantined);
            if row.standing != Standing::Member {
                assert_eq!((row.lock, row.attempt), (None, None), "{device} is not in {id}");
                continue;
            }
            members += 1;
            count(true, Tally::Members);
            count(row.lock.is_some(), Tally::Locked);
            count(row.development, Tally::Development);
            count(row.attempt.is_some(), Tally::Pending);
            count(row.failures > 0 || row.relapses >= 3, Tally::Failing);
            count(row.platform() == PlatformSeen::Differs, Tally::WrongPlatform);
            count(row.seen.is_none(), Tally::NeverSeen);
            if let Some(version) = row.lock {
                *locks.entry(version).or_default() += 1;
            }
            if let Some(seen) = row.seen {
                count(seen.online, Tally::Online);
                count(seen.image == ImageSeen::Differs, Tally::ImageDiffers);
                count(seen.version.is_none(), Tally::NoVersion);
                if let Some(version) = seen.version {
                    count(true, Tally::Version(version));
                }
            }
        }
        let kept: BTreeMap<_, _> = self.sums.iter().filter(|((of, _), _)| *of == id).map(|(k, v)| (*k, *v)).collect();
        assert_eq!(kept, sums, "R-SEE-1: the counters of {id} against its rows");
        for (device, entry) in self.registrations().filter(|(_, entry)| entry.product == Some(id)) {
            assert!(self.rows.contains_key(&Key::Device(id, device)), "R-IMP-4: {device} has no row: {entry:?}");
        }
        if let Some(Record::DeviceCount(kept)) = self.rows.get(&Key::DeviceCount(id)) {
            assert_eq!((kept.devices, kept.quarantined), (members, waiting), "R-TIER-2: the guard of {id}");
        }
        let mut named: Vec<DeviceId> =
            self.devices(id).filter(|(_, row)| !row.name().is_empty()).map(|(id, _)| id).collect();
        let mut indexed: Vec<DeviceId> = self
            .rows
            .keys()
            .filter_map(|key| match key {
                Key::DeviceName(of, name) if *of == id => Some(name.device),
                _ => None,
            })
            .collect();
        named.sort_unstable();
        indexed.sort_unstable();
        assert_eq!(indexed, named, "R-SEE-2: the index of names of {id}");
        let kept: BTreeMap<_, _> = match self.rows.get(&Key::FirmwareLocks(id)) {
            Some(Record::FirmwareLocks(kept)) => kept.iter().collect(),
            _ => BTreeMap::new(),
        };
        assert_eq!(kept, locks, "R-IMG-7: the guard of the locks of {id}");
        if let Some(Record::Firmware(index)) = self.rows.get(&Key::Firmware(id)) {
            assert!(index.iter().all(|one| one.locked_devices == 0), "R-IMG-7: locks have one count");
            assert!(kept.keys().all(|version| index.get(*version).is_some()), "R-IMG-7: every locked version exists");
        }
    }
}

/// The action of an [`Interrupted`] store before a commit.
type Intrusion = Box<dyn FnMut(u64) -> Result<(), StoreError> + Send>;

/// A store that runs an action just before each commit: a failure, as if the process died between two commits, or a
/// concurrent change.
pub(crate) struct Interrupted<S> {
    inner: S,
    commits: AtomicU64,
    intrusion: Mutex<Option<Intrusion>>,
}

impl<S> Interrupted<S> {
    pub(crate) fn new(inner: S) -> Arc<Self> {
        Arc::new(Self { inner, commits: AtomicU64::new(0), intrusion: Mutex::new(None) })
    }

    /// From now on, calls `intrusion` with 1, 2, … before each commit that writes. It may use the store itself.
    pub(crate) fn before_commits(&self, intrusion: impl FnMut(u64) -> Result<(), StoreError> + Send + 'static) {
        self.commits.store(0, Ordering::SeqCst);
        *self.intrusion.lock().unwrap() = Some(Box::new(intrusion));
    }

    /// Makes the process die before its `nth` commit.
    pub(crate) fn die_before_commit(&self, nth: u64) {
        self.before_commits(move |commit| {
            if commit < nth { Ok(()) } else { Err(StoreError::new(StoreErrorKind::Unavailable, "the process died")) }
        });
    }

    pub(crate) fn leave_alone(&self) {
        *self.intrusion.lock().unwrap() = None;
    }
}

impl<S> fmt::Debug for Interrupted<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interrupted")
    }
}

impl<S: Store> Store for Interrupted<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        if batch.iter().any(|commit| !commit.writes.is_empty()) {
            // Removed while it runs, so that its own commits are not interrupted.
            let taken = self.intrusion.lock().unwrap().take();
            if let Some(mut intrusion) = taken {
                let result = intrusion(self.commits.fetch_add(1, Ordering::SeqCst) + 1);
                self.intrusion.lock().unwrap().get_or_insert(intrusion);
                result?;
            }
        }
        self.inner.commit(batch)
    }
}

/// Writes a record into a store directly, without a command.
pub(crate) fn plant(store: &dyn Store, key: Key, record: Record) {
    let write = Write::Put { key, record, stamp: Stamp(0xF1EE7) };
    let outcomes = store.commit(&[Commit { checks: Vec::new(), writes: vec![write] }]).unwrap();
    assert_eq!(outcomes, [CommitOutcome::Applied]);
}
