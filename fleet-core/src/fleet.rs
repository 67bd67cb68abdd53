//! A [`Fleet`]: a store, and the doors through which it is used. No door reads a clock.

use crate::audit::{AuditRecord, Entry};
use crate::billing::{BillingPolicy, Catalogue};
use crate::customer::CustomerId;
use crate::device::{ConnectQueue, DeviceId, JoinQueue};
use crate::event::metering::Meters;
use crate::event::{Live, Members};
use crate::product::{Product, ProductId};
use crate::store::{
    AuditId, Guarded, Key, Query, Record, Row, SqlRow, Stamps, Store, StoreError, StoreErrorKind, Transaction, Tries,
    Turnstiles, Write, plain, transact_in_turn,
};
use crate::team::{AccountId, Actor, Command};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Number of devices that an import adds in one commit.
const IMPORT_CHUNK: usize = 8192;

/// A fleet of connected devices in a store.
///
/// Every door takes the current time as an argument; nothing here reads a clock.
///
/// A fleet belongs to the process that opened it. After a `fork()`, every call in the child process fails with
/// `store_forked` and changes nothing; open the fleet after the fork.
///
/// ```
/// use fleet_core::{Fleet, MemoryStore, Actor, Timestamp};
///
/// let fleet = Fleet::open(MemoryStore::new());
/// let now: Timestamp = "2016-03-08T12:00:00Z".parse()?;
/// let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
/// let product = fleet.console(alice.id, now).create_product("Thermostat", "photon".parse()?)?;
/// assert_eq!(product.owner, alice.id);
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Fleet {
    store: Guarded,
    stamps: Stamps,
    audited: AuditOrder,
    catalogue: Catalogue,
    billing: BillingPolicy,
    randomness: Randomness,
    live: Arc<Live>,
    meters: Meters,
    members: Members,
    connect_queue: Option<ConnectQueue>,
    join_queue: JoinQueue,
    turnstiles: Turnstiles,
    import_chunk: usize,
}

impl Fleet {
    /// Opens the fleet of a store, with the default of every option; [`builder`](Self::builder) sets options. Open a
    /// store whose journal holds changes with [`Journaled`](crate::store::Journaled); without it, every call fails with
    /// `store_journaled`.
    pub fn open(store: impl Store + 'static) -> Self {
        Self::builder(store).open()
    }

    /// Begins to open the fleet of a store with options.
    pub fn builder(store: impl Store + 'static) -> FleetBuilder {
        let connect_queue = store.merges().then(|| ConnectQueue::new(true));
        FleetBuilder(Self {
            store: Guarded::new(plain(store)),
            connect_queue,
            stamps: Stamps::random(),
            audited: AuditOrder::OfProcess,
            catalogue: Catalogue::default(),
            billing: BillingPolicy::default(),
            randomness: Randomness::default(),
            live: Arc::default(),
            meters: Meters::default(),
            members: Members::default(),
            join_queue: JoinQueue::new(true),
            turnstiles: Turnstiles::default(),
            import_chunk: IMPORT_CHUNK,
        })
    }

    /// Number of devices that an import looks up, or adds, at a time.
    pub(crate) fn import_chunk(&self) -> usize {
        self.import_chunk
    }

    /// Number of items, each with up to four rows, that one commit may write; at most `most`.
    pub(crate) fn at_once(&self, most: usize) -> usize {
        most.min(self.import_chunk / 2)
    }

    /// Opens the door for people: the team and the platform's operator.
    pub fn console(&self, actor: impl Into<Actor>, now: Timestamp) -> Console<'_> {
        Console { fleet: self, actor: actor.into(), now }
    }

    /// Opens the door for devices, for the host's device gateway.
    pub fn gateway(&self, now: Timestamp) -> Gateway<'_> {
        Gateway { fleet: self, now }
    }

    /// Returns the store.
    pub fn store(&self) -> &dyn Store {
        &self.store
    }

    /// Copies the whole fleet, as of one moment, to a new file while it is in use. The copy of a store with a journal
    /// includes the journal, and is opened as that store is.
    ///
    /// # Errors
    /// `store_not_empty` if the file exists already; `store_unsupported` if the fleet is not in a file. The message
    /// names the alternative.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), Error> {
        Ok(self.store.backup(to.as_ref())?)
    }

    /// Runs one read-only SQL statement on a snapshot of the store while the fleet is in use. The store defines the
    /// tables and views. With a journal, the statement sees the rows as of the last fold.
    ///
    /// # Errors
    /// `invalid` for a statement that is not SQL, does more than read, takes too long or returns too many rows;
    /// `cancelled` if it was cancelled; `store_unsupported` for a store without SQL. The message names the alternative.
    pub fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, Error> {
        if !(1..=Query::MOST).contains(&query.rows()) {
            return Err(Error::invalid("limit", format!("is {}; give 1 to {} rows", query.rows(), Query::MOST)));
        }
        self.store.query(query).map_err(|error| match error.kind() {
            StoreErrorKind::Query if query.is_cancelled() => ErrorKind::Cancelled { added: 0 }.into(),
            StoreErrorKind::Query => Error::invalid("sql", error.to_string()),
            _ => error.into(),
        })
    }

    /// Returns the catalogue of tiers.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Returns the platform's billing policy.
    pub fn billing(&self) -> &BillingPolicy {
        &self.billing
    }

    /// Bytes that cannot be guessed.
    pub(crate) fn random_bytes<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        if (self.randomness.0)(&mut bytes) {
            return Ok(bytes);
        }
        Err(Error::invalid(
            "randomness",
            "there is none on this host; give the fleet some with FleetBuilder::randomness",
        ))
    }

    /// A number that cannot be guessed.
    pub(crate) fn random_number(&self) -> Result<u64, Error> {
        self.random_bytes().map(u64::from_le_bytes)
    }

    /// The audit record of an action, and its key.
    pub(crate) fn audit_record(
        &self,
        place: AuditPlace,
        actor: Actor,
        at: Timestamp,
        command: Command,
        entry: impl Into<Entry>,
    ) -> (Key, Record) {
        let id = self.audit_id(&place, at);
        let key = match place {
            AuditPlace::Product(product) => Key::Audit(product, id),
            AuditPlace::Account(account) => Key::AccountAudit(account, id.into()),
        };
        (key, Record::Audit(Arc::new(AuditRecord::new(at, actor, command, entry))))
    }

    /// Returns an id greater than those of all records of the place, even if an earlier record has a later timestamp.
    fn audit_id(&self, place: &AuditPlace, at: Timestamp) -> AuditId {
        let id = AuditId { at, nonce: self.audited.next(&self.stamps, 0) };
        let all = match place {
            AuditPlace::Product(product) => Key::audits(*product),
            AuditPlace::Account(account) => Key::account_audits(*account),
        };
        // A store that fails here fails at the commit as well.
        let newest = self.store.scan(&all.reversed().limit(1)).unwrap_or_default().pop().map(|row| row.key);
        let newest = match newest {
            Some(Key::Audit(_, newest)) => newest,
            Some(Key::AccountAudit(_, newest)) => *newest,
            _ => return id,
        };
        if newest < id {
            return id;
        }
        match u32::try_from(newest.nonce >> 32).ok().and_then(|order| order.checked_add(1)) {
            Some(order) => AuditId { at: newest.at, nonce: self.audited.next(&self.stamps, order) },
            None => AuditId { at: newest.at.after(Duration::from_millis(1)), ..id },
        }
    }

    /// Since when a product's devices are held because the owner's account is locked (R-PAY-5). `None` means that they
    /// are not held. No commit checks the account: a lock that is written at the same instant may or may not be seen.
    pub(crate) fn held_since(&self, product: &Product) -> Result<Option<Timestamp>, StoreError> {
        if !self.billing.holds_devices() {
            return Ok(None);
        }
        let owner = self.store.get(&[Key::Account(product.owner)])?.pop().flatten();
        let Some(Row { record: Record::Account(owner), .. }) = owner else { return Ok(None) };
        Ok(owner.locked_since())
    }

    /// The queue of devices that connect at the same time. `None` over a store that merges no commits, and in a forked
    /// process, whose copy of the queue may have lost its leader.
    pub(crate) fn connect_queue(&self) -> Option<&ConnectQueue> {
        self.connect_queue.as_ref().filter(|_| self.store.opener().is_here())
    }

    /// Fails unless this process opened the fleet. Call it before taking any mutex of the fleet: a forked process has a
    /// copy of the mutex, which may be held by a thread that does not exist there.
    #[inline]
    pub(crate) fn check_process(&self) -> Result<(), Error> {
        Ok(self.store.opener().check()?)
    }

    /// The queue of devices that connect at the same time and whose commits write more than their own row.
    pub(crate) fn join_queue(&self) -> &JoinQueue {
        &self.join_queue
    }

    /// The retries of a caller that may conflict with others on one record.
    pub(crate) fn tries(&self) -> Tries<'_> {
        Tries::new(&self.turnstiles, &self.stamps)
    }

    /// Ends the waits of every [event stream](crate::event::EventStream), for a host that closes its store.
    pub fn end_event_streams(&self) {
        self.live.end();
    }

    /// The listeners to the events of this fleet.
    pub(crate) fn live(&self) -> &Arc<Live> {
        &self.live
    }

    pub(crate) fn stamps(&self) -> &Stamps {
        &self.stamps
    }

    pub(crate) fn meters(&self) -> &Meters {
        &self.meters
    }

    pub(crate) fn members(&self) -> &Members {
        &self.members
    }

    pub(crate) fn transact<T>(&self, rule: impl FnMut(&mut Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.check_process()?;
        transact_in_turn(&self.store, &self.stamps, &self.turnstiles, rule)
    }
}

/// Options of a fleet, each with a default. Every process of a fleet must use the same catalogue and billing policy.
///
/// ```
/// use fleet_core::billing::BillingPolicy;
/// use fleet_core::{Catalogue, Fleet, MemoryStore, Tier};
///
/// let tiers = Catalogue::new(vec![Tier::new("Trial").devices(10), Tier::new("Everything")])?;
/// let billing = BillingPolicy::default().with_card_notice_days(14)?;
/// let fleet = Fleet::builder(MemoryStore::new()).catalogue(tiers).billing(billing).open();
/// assert_eq!(fleet.catalogue().tiers().len(), 2);
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "`open` opens the fleet"]
pub struct FleetBuilder(Fleet);

impl FleetBuilder {
    /// Replaces the catalogue of tiers. Default: that of R-TIER-1.
    pub fn catalogue(mut self, catalogue: Catalogue) -> Self {
        self.0.catalogue = catalogue;
        self
    }

    /// Replaces the platform's billing policy. Default: [`BillingPolicy::default`].
    pub fn billing(mut self, billing: BillingPolicy) -> Self {
        self.0.billing = billing;
        self
    }

    /// Limits the number of rows that one commit writes, for stores with small transactions. An import then adds fewer
    /// devices per commit; removing a product and inviting a list of guests take smaller steps too. The minimum is 48.
    /// A batch of the host (`publish_many`) is never split. Default: 16,400, enough for 8,192 devices of an import.
    pub fn largest_commit(mut self, rows: usize) -> Self {
        // Each device has two rows; the devices of a commit share a few more.
        self.0.import_chunk = (rows.saturating_sub(16) / 2).clamp(16, IMPORT_CHUNK);
        self
    }

    /// Draws version stamps from a seed, so that two runs write the same bytes. For tests only: two processes on one
    /// store must never share a seed. Default: a random seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.stamps = Stamps::seeded(seed);
        self.0.audited = AuditOrder::Own(AtomicU32::new(0));
        self
    }

    /// Replaces the source of randomness, which must be fit for secrets. `fill` fills the bytes and returns whether it
    /// succeeded. The default is the operating system's source; where there is none, as on bare WebAssembly, secrets
    /// need this.
    pub fn randomness(mut self, fill: impl Fn(&mut [u8]) -> bool + Send + Sync + 'static) -> Self {
        self.0.randomness = Randomness(Arc::new(fill));
        self
    }

    /// Opens the fleet. It reads nothing.
    #[must_use]
    pub fn open(self) -> Fleet {
        self.0
    }
}

/// The subject of an audit record, whose log holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AuditPlace {
    /// A product; its team reads the log.
    Product(ProductId),
    /// An account; the account itself reads the log.
    Account(AccountId),
}

/// Orders the audit records of one millisecond by their commits.
///
/// A rule draws a number each time it runs. A rule that conflicted and ran again therefore has a later number than the
/// commit that won. All fleets of a process share the numbers.
#[derive(Debug)]
enum AuditOrder {
    OfProcess,
    /// For a fleet with a seed, which must write the same bytes in every run.
    Own(AtomicU32),
}

impl AuditOrder {
    /// Returns a number above those drawn before, with an upper half of at least `least`. The random lower half
    /// separates the numbers of several processes.
    fn next(&self, stamps: &Stamps, least: u32) -> u64 {
        static OF_PROCESS: AtomicU32 = AtomicU32::new(0);
        let drawn = match self {
            Self::OfProcess => &OF_PROCESS,
            Self::Own(drawn) => drawn,
        };
        if least > 0 {
            drawn.fetch_max(least, Ordering::Relaxed);
        }
        let order = drawn.fetch_add(1, Ordering::Relaxed);
        (u64::from(order) << 32) | (stamps.next() >> 32)
    }
}

/// The source of unguessable bytes.
#[derive(Clone)]
struct Randomness(Arc<Fill>);

/// Fills the bytes, and returns whether it succeeded.
type Fill = dyn Fn(&mut [u8]) -> bool + Send + Sync;

impl Default for Randomness {
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    fn default() -> Self {
        Self(Arc::new(|bytes| getrandom::fill(bytes).is_ok()))
    }

    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    fn default() -> Self {
        Self(Arc::new(|_| false))
    }
}

impl std::fmt::Debug for Randomness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Randomness")
    }
}

/// The door for people: an actor at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Console<'f> {
    pub(crate) fleet: &'f Fleet,
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
}

/// A product, as an actor sees it at a moment. [`Console::product`] returns it.
///
/// A handle is a console and an id. To get one reads nothing, so a handle of a product that does not exist is possible;
/// its methods fail with `not_found`. [`get`](Self::get) reads the record.
///
/// ```
/// use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
///
/// let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
/// let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com")?;
/// let console = fleet.console(alice.id, now);
/// let thermostat = console.product(console.create_product("Thermostat", "photon".parse()?)?.id);
///
/// thermostat.import(b"55ff6d04498b49a1b2c3d4e5")?;
/// let hall = thermostat.device("55ff6d04498b49a1b2c3d4e5".parse()?);
/// hall.rename("hall")?;
/// assert_eq!(hall.get()?.row.name(), "hall");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ProductConsole<'f> {
    pub(crate) console: Console<'f>,
    pub(crate) product: ProductId,
}

/// A device of a product, as an actor sees it at a moment. [`ProductConsole::device`] returns it, and reads nothing.
#[derive(Clone, Copy, Debug)]
pub struct DeviceConsole<'f> {
    pub(crate) console: Console<'f>,
    pub(crate) product: ProductId,
    pub(crate) device: DeviceId,
}

/// A customer of a product, as an actor sees them at a moment. [`ProductConsole::customer`] returns it, and reads
/// nothing.
#[derive(Clone, Copy, Debug)]
pub struct CustomerConsole<'f> {
    pub(crate) console: Console<'f>,
    pub(crate) product: ProductId,
    pub(crate) customer: CustomerId,
}

impl<'f> Console<'f> {
    /// Returns the handle of a product, for everything that is done with it. Nothing is read.
    pub fn product(&self, product: ProductId) -> ProductConsole<'f> {
        ProductConsole { console: *self, product }
    }
}

impl<'f> ProductConsole<'f> {
    /// Returns the number of the product.
    pub fn id(&self) -> ProductId {
        self.product
    }

    /// Returns the handle of a device of the product. Nothing is read.
    pub fn device(&self, device: DeviceId) -> DeviceConsole<'f> {
        DeviceConsole { console: self.console, product: self.product, device }
    }

    /// Returns the handle of a customer of the product. Nothing is read.
    pub fn customer(&self, customer: CustomerId) -> CustomerConsole<'f> {
        CustomerConsole { console: self.console, product: self.product, customer }
    }
}

impl DeviceConsole<'_> {
    /// Returns the id of the device.
    pub fn id(&self) -> DeviceId {
        self.device
    }
}

impl CustomerConsole<'_> {
    /// Returns the number of the customer.
    pub fn id(&self) -> CustomerId {
        self.customer
    }
}

/// The door for devices, at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Gateway<'f> {
    pub(crate) fleet: &'f Fleet,
    pub(crate) now: Timestamp,
}

impl Console<'_> {
    /// Adds an audit record to the commit that makes the change (R-TEAM-7).
    pub(crate) fn note(&self, tx: &mut Transaction<'_>, product: ProductId, command: Command, entry: impl Into<Entry>) {
        let (key, record) = self.audit_record(AuditPlace::Product(product), command, entry);
        tx.put_record(key, record);
    }

    /// Adds an audit record about an account to the commit that makes the change (R-TEAM-7).
    pub(crate) fn note_account(
        &self,
        tx: &mut Transaction<'_>,
        account: AccountId,
        command: Command,
        entry: impl Into<Entry>,
    ) {
        let (key, record) = self.audit_record(AuditPlace::Account(account), command, entry);
        tx.put_record(key, record);
    }

    /// The same audit record as a write, for a commit that is made without a transaction.
    pub(crate) fn audit(&self, product: ProductId, command: Command, subject: String) -> Write {
        let (key, record) = self.audit_record(AuditPlace::Product(product), command, subject);
        Write::Put { key, record, stamp: self.fleet.stamps.stamp() }
    }

    fn audit_record(&self, place: AuditPlace, command: Command, entry: impl Into<Entry>) -> (Key, Record) {
        self.fleet.audit_record(place, self.actor, self.now, command, entry)
    }
}
