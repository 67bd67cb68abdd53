//! The measured fleets. They are the same in every run: ids, reports and stamps come from a seed.

use crate::Result;
use fleet_core::device::{
    Device, DeviceCount, ImageSeen, PlatformSeen, Registration, Report, RowTrail, Seen, Standing, UpdateOutcome,
    UpdateResult,
};
use fleet_core::firmware::{FirmwareIndex, Upload};
use fleet_core::store::{Commit, Key, Record, Stamp, Store, Tally, Write};
use fleet_core::{
    AccountId, Actor, Console, DeviceId, FirmwareVersion, Fleet, Platform, Product, ProductId, SystemVersion, Timestamp,
};
use fleet_postgres_server::Server;
use fleet_store_postgres::{Options, PostgresStore};
use fleet_store_sqlite::SqliteStore;
use std::cell::{Cell, OnceCell};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const V1: &[u8] = include_bytes!("../../fleet-core/tests/vectors/firmware/particle/photon_p94_v1.bin");
const V2: &[u8] = include_bytes!("../../fleet-core/tests/vectors/firmware/particle/photon_p94_v2.bin");

/// The moment at which everything happens.
pub const NOW: Timestamp = Timestamp::from_millis(1_457_438_400_000);

/// The hardware of the fleets, in reports and in the product.
pub const PLATFORM: &str = "photon";

/// The system version that every device reports.
pub const SYSTEM: &str = "1.5.2";

/// Number of rows of a fleet that are written at a time.
pub const CHUNK: usize = 8192;

/// The size of the measurements, and the folder for files.
#[derive(Debug)]
pub struct Setting {
    /// Number of devices of the fleets.
    pub devices: usize,
    /// Whether fewer rounds are run.
    pub quick: bool,
    folder: TempDir,
    ids: OnceCell<Vec<DeviceId>>,
    file: OnceCell<PathBuf>,
    server: OnceCell<Server>,
    schemas: Cell<u32>,
}

/// A fleet with a product in it.
#[derive(Debug)]
pub struct World {
    /// The fleet.
    pub fleet: Fleet,
    /// The product's owner.
    pub owner: AccountId,
    /// The product.
    pub product: ProductId,
}

/// Pseudo-random numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// Returns the next number.
    pub fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a device's id from the next two numbers.
    pub fn device(&mut self) -> DeviceId {
        let [high, low] = [self.next_number(), self.next_number()].map(u64::to_be_bytes);
        let mut bytes = [0; 12];
        bytes.iter_mut().zip(high.into_iter().chain(low)).for_each(|(byte, from)| *byte = from);
        DeviceId::new(bytes)
    }

    /// Returns one of the given items.
    pub fn one_of<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        let place = self.next_number() % (things.len() as u64).max(1);
        things.get(usize::try_from(place).unwrap_or_default())
    }
}

impl Setting {
    /// Creates a setting. Files are put in a new folder under `within`, on a disk, which is deleted at the end.
    ///
    /// # Errors
    /// Fails if the folder cannot be created.
    pub fn new(devices: usize, quick: bool, within: &Path) -> Result<Self> {
        let folder = tempfile::tempdir_in(within)?;
        Ok(Self {
            devices,
            quick,
            folder,
            ids: OnceCell::new(),
            file: OnceCell::new(),
            server: OnceCell::new(),
            schemas: Cell::new(0),
        })
    }

    /// Returns the number of rounds, which is reduced for a quick run.
    pub fn rounds(&self, rounds: usize) -> usize {
        if self.quick { rounds.div_ceil(10) | 1 } else { rounds }
    }

    /// The fleet's ids, in random order.
    pub fn ids(&self) -> &[DeviceId] {
        self.ids.get_or_init(|| {
            let mut random = Random(1);
            (0..self.devices).map(|_| random.device()).collect()
        })
    }

    /// The fleet, and a part of it with at most this many devices.
    pub fn fleets(&self, few: usize) -> (&[DeviceId], &[DeviceId]) {
        let all = self.ids();
        (all, all.get(..few).unwrap_or(all))
    }

    /// The path of a file with this name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file with all the ids, one on each line.
    ///
    /// # Errors
    /// Fails if it cannot be written.
    pub fn device_list(&self) -> Result<PathBuf> {
        let path = self.path("devices.txt");
        let mut file = std::io::BufWriter::new(fs::File::create(&path)?);
        for id in self.ids() {
            writeln!(file, "{id}")?;
        }
        file.into_inner()?.sync_all()?;
        Ok(path)
    }

    /// Returns the URL of a PostgreSQL server. Starts it at the first call.
    ///
    /// # Errors
    /// Fails if it does not start.
    pub fn postgres(&self) -> Result<String> {
        let server = match self.server.get() {
            Some(server) => server,
            None => {
                // Settings of a server for such a fleet: enough memory for frequent reads, and few checkpoints.
                let server = Server::start(&["shared_buffers=1GB", "max_wal_size=16GB", "checkpoint_timeout=30min"])?;
                self.server.get_or_init(|| server)
            }
        };
        Ok(server.url("postgres"))
    }

    /// Opens a store in a new schema of that server. Returns it with the schema's name.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn postgres_store(&self) -> Result<(PostgresStore, String)> {
        let number = self.schemas.replace(self.schemas.get() + 1);
        let schema = format!("bench_{number}");
        let store = PostgresStore::open_with(&self.postgres()?, Options::new().schema(&schema))?;
        Ok((store, schema))
    }

    /// Copies a SQLite file with the whole [running](World::running) fleet under this name.
    ///
    /// # Errors
    /// Errors of the store and the disk.
    pub fn sqlite_copy(&self, name: &str) -> Result<PathBuf> {
        let original = match self.file.get() {
            Some(file) => file,
            None => {
                let path = self.path("running.db");
                World::running(SqliteStore::open(&path)?, self.ids())?;
                // The last connection closes with the store and writes everything to the file.
                self.file.get_or_init(|| path)
            }
        };
        let path = self.path(name);
        fs::copy(original, &path)?;
        fs::File::open(&path)?.sync_all()?;
        Ok(path)
    }
}

impl World {
    /// Creates a product without devices, on a tier without limits.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn empty(store: impl Store + 'static) -> Result<Self> {
        let fleet = Fleet::builder(store).seed(7).open();
        let operator = fleet.console(Actor::Operator, NOW);
        let owner = operator.create_account("alice@example.com")?.id;
        let product = ProductId::new(94)?;
        operator.create_product_with_id(product, owner, "Thermostat", PLATFORM.parse()?)?;
        operator.product(product).set_tier("Enterprise")?;
        Ok(Self { fleet, owner, product })
    }

    /// Opens a world that was created before in this store.
    ///
    /// # Errors
    /// Fails if it has no owner.
    pub fn open(store: impl Store + 'static) -> Result<Self> {
        let fleet = Fleet::open(store);
        let owner = fleet.console(Actor::Operator, NOW).product(ProductId::new(94)?).get()?.owner;
        Ok(Self { fleet, owner, product: ProductId::new(94)? })
    }

    /// Creates a product whose devices are all connected and run version 2, which is released.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn running(store: impl Store + 'static, ids: &[DeviceId]) -> Result<Self> {
        let world = Self::empty(store)?;
        world.console().product(world.product).upload(&Upload::new(version(1)?, "First"), V1)?;
        world.console().product(world.product).upload(&Upload::new(version(2)?, "Second"), V2)?;
        world.populate(ids)?;
        // One device proves both versions.
        let device = *ids.first().ok_or("a fleet needs a device")?;
        let gateway = world.fleet.gateway(NOW);
        gateway.connect(&report(device, 2)?.version(1))?;
        gateway.connect(&report(device, 3)?)?;
        world.console().product(world.product).release(version(2)?)?;
        Ok(world)
    }

    /// The owner's console.
    pub fn console(&self) -> Console<'_> {
        self.fleet.console(self.owner, NOW)
    }

    /// Returns the current product and its firmware.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn product_and_firmware(&self) -> Result<(Product, FirmwareIndex)> {
        let product = self.console().product(self.product).get()?;
        let rows = self.fleet.store().get(&[Key::Firmware(self.product)])?;
        match rows.into_iter().next().flatten().map(|row| row.record) {
            Some(Record::Firmware(index)) => Ok((product, FirmwareIndex::clone(&index))),
            _ => Err("the product has no firmware".into()),
        }
    }

    /// Writes the rows that the devices would have after they were imported and updated: a million durable connects
    /// would take minutes.
    fn populate(&self, ids: &[DeviceId]) -> Result<()> {
        let (product, store) = (self.product, self.fleet.store());
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        let mut random = Random(2);
        let mut put = |key, record| Write::Put { key, record, stamp: Stamp(random.next_number().max(1)) };
        let device = running_device()?;
        for chunk in sorted.chunks(CHUNK) {
            let registration = Registration { product: Some(product), ..Registration::default() };
            let entries = chunk.iter().map(|id| (Key::Registration(*id), Record::Registration(registration.clone())));
            let rows = chunk.iter().map(|id| (Key::Device(product, *id), Record::Device(device.clone())));
            let writes = entries.chain(rows).map(|(key, record)| put(key, record)).collect();
            store.commit(&[Commit { checks: Vec::new(), writes }])?;
        }
        let devices = ids.len() as u64;
        let count = DeviceCount { devices, ..DeviceCount::default() };
        let mut writes = vec![put(Key::DeviceCount(product), Record::DeviceCount(Box::new(count)))];
        for tally in [Tally::Members, Tally::Online, Tally::Version(2)] {
            writes.push(Write::Add { key: Key::Tally(product, tally, 0), delta: devices.cast_signed() });
        }
        store.commit(&[Commit { checks: Vec::new(), writes }])?;
        Ok(())
    }
}

/// A device that was updated to version 2 and is connected, in its first session.
///
/// # Errors
/// None.
pub fn running_device() -> Result<Device> {
    Ok(Device {
        standing: Standing::Member,
        development: false,
        forced: false,
        failures: 0,
        lock: None,
        sequence: 1,
        security_counter: 0,
        system: Some(SYSTEM.parse::<SystemVersion>()?),
        added_at: NOW,
        seen: Some(Seen {
            at: NOW,
            session: 1,
            version_since: NOW,
            version: Some(2),
            image: ImageSeen::Unknown,
            platform: PlatformSeen::Matches,
            takes_updates: true,
            online: true,
        }),
        attempt: None,
        outcome: Some(UpdateOutcome { at: NOW, target: version(2)?, result: UpdateResult::Succeeded }),
        label: None,
        trail: RowTrail::default(),
        listed: PlatformSeen::Unknown,
        relapses: 0,
        chip_revision: None,
    })
}

/// A report of a device that runs version 2, in this session.
///
/// # Errors
/// None.
pub fn report(device: DeviceId, session: u64) -> Result<Report> {
    Ok(Report::new(device)
        .product(94)
        .version(2)
        .platform(PLATFORM.parse::<Platform>()?)
        .system(SYSTEM.parse()?)
        .session(session)
        .at(NOW))
}

/// Converts a version.
///
/// # Errors
/// Fails if the number is not a version.
pub fn version(number: u32) -> Result<FirmwareVersion> {
    Ok(FirmwareVersion::new(number)?)
}
