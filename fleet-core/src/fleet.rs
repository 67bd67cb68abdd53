//! A fleet: a store, and the doors to it.

use crate::Error;
use crate::audit::{AuditRecord, Entry};
use crate::billing::{BillingPolicy, Catalogue};
use crate::device::{Arrivals, Joiners};
use crate::event::metering::Meters;
use crate::event::{Live, Members};
use crate::product::{Product, ProductId};
use crate::store::{
    AuditId, Guarded, Key, Query, Record, Row, SqlRow, Stamps, Store, StoreError, StoreErrorKind, Transaction, Tries,
    Turnstiles, Write, plain, transact_in_turn,
};
use crate::team::{AccountId, Actor, Command};
use crate::time::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// An import adds so many devices a commit.
const IMPORT_CHUNK: usize = 8192;

/// A fleet of connected devices, behind a store.
///
/// Every door is opened at a moment: nothing in here reads a clock.
///
/// A fleet belongs to the process that opened it. In a process that is made by `fork()` afterwards every call fails with
/// `store_forked` and touches nothing; open the fleet after the fork.
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
    arrivals: Option<Arrivals>,
    joiners: Joiners,
    turnstiles: Turnstiles,
    import_chunk: usize,
}

impl Fleet {
    /// The fleet that a store holds, with the default catalogue of tiers. A store whose journal holds changes is opened
    /// with [`Journaled`](crate::store::Journaled); without it, every call fails with `store_journaled`.
    pub fn open(store: impl Store + 'static) -> Self {
        let arrivals = store.merges().then(|| Arrivals::new(true));
        Self {
            store: Guarded::new(plain(store)),
            arrivals,
            stamps: Stamps::random(),
            audited: AuditOrder::OfProcess,
            catalogue: Catalogue::default(),
            billing: BillingPolicy::default(),
            randomness: Randomness::default(),
            live: Arc::default(),
            meters: Meters::default(),
            members: Members::default(),
            joiners: Joiners::new(false),
            turnstiles: Turnstiles::default(),
            import_chunk: IMPORT_CHUNK,
        }
    }

    /// The same with tiers of one's own.
    #[must_use]
    pub fn with_catalogue(mut self, catalogue: Catalogue) -> Self {
        self.catalogue = catalogue;
        self
    }

    /// The same with the platform's own choices about billing.
    #[must_use]
    pub fn with_billing(mut self, billing: BillingPolicy) -> Self {
        self.billing = billing;
        self
    }

    /// The same over a store whose commits may write so many rows only: for engines with small transactions. An import then
    /// adds fewer devices a commit; removing a product and inviting a list of guests go in smaller steps too. No fewer than
    /// 48. What the host hands in as one batch (`publish_many`) stays one. Default: 16,400, for 8,192 devices of an import.
    #[must_use]
    pub fn with_largest_commit(mut self, rows: usize) -> Self {
        // A device has two rows, and there are a few that the devices of a commit share.
        self.import_chunk = (rows.saturating_sub(16) / 2).clamp(16, IMPORT_CHUNK);
        self
    }

    /// How many devices an import looks up, or adds, at a time.
    pub(crate) fn import_chunk(&self) -> usize {
        self.import_chunk
    }

    /// How many things of up to four rows each one commit may be about, where it would be about so many.
    pub(crate) fn at_once(&self, most: usize) -> usize {
        most.min(self.import_chunk / 2)
    }

    /// The same with stamps from a seed: two runs write the same bytes. For tests; two processes on one store must
    /// never share a seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.stamps = Stamps::seeded(seed);
        self.audited = AuditOrder::Own(AtomicU32::new(0));
        self
    }

    /// The door for people: what the team, or the platform's operator, asks for.
    pub fn console(&self, actor: impl Into<Actor>, now: Timestamp) -> Console<'_> {
        Console { fleet: self, actor: actor.into(), now }
    }

    /// The door for devices: what the host's device gateway tells and asks.
    pub fn gateway(&self, now: Timestamp) -> Gateway<'_> {
        Gateway { fleet: self, now }
    }

    /// The store.
    pub fn store(&self) -> &dyn Store {
        &self.store
    }

    /// Writes a copy of the whole fleet, as it is at one moment, to a new file, while others use it. The copy of a store
    /// with a journal has the journal in it, and is opened like the store.
    ///
    /// # Errors
    /// `store_not_empty` where the file is there already, `store_unsupported` for a fleet that is in no file; the message
    /// names what to use instead.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), Error> {
        Ok(self.store.backup(to.as_ref())?)
    }

    /// Runs one statement of SQL that only reads, on one moment of the store, while others use the fleet. What tables
    /// and views there are is the store's to say. Over a journal it sees rows as of the last fold.
    ///
    /// # Errors
    /// `invalid` for a statement that does not only read, is not SQL, takes too long or answers too many rows;
    /// `store_unsupported` for a store without SQL; the message names what to use instead.
    pub fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, Error> {
        if !(1..=Query::MOST).contains(&query.rows()) {
            return Err(Error::invalid("limit", format!("is {}; give 1 to {} rows", query.rows(), Query::MOST)));
        }
        self.store.query(query).map_err(|error| match error.kind() {
            StoreErrorKind::Query => Error::invalid("sql", error.to_string()),
            _ => error.into(),
        })
    }

    /// The tiers on offer.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The platform's choices about billing.
    pub fn billing(&self) -> &BillingPolicy {
        &self.billing
    }

    /// The same with randomness of one's own, which must be fit for secrets: it fills the bytes and says whether it
    /// could. By default it is the operating system's; where there is none, as on bare WebAssembly, secrets can be made
    /// only with this.
    #[must_use]
    pub fn with_randomness(mut self, fill: impl Fn(&mut [u8]) -> bool + Send + Sync + 'static) -> Self {
        self.randomness = Randomness(Arc::new(fill));
        self
    }

    /// Bytes that nobody can guess.
    pub(crate) fn random_bytes<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        if (self.randomness.0)(&mut bytes) {
            return Ok(bytes);
        }
        Err(Error::invalid("randomness", "there is none on this host; give the fleet some with with_randomness"))
    }

    /// A number that nobody can guess.
    pub(crate) fn random_number(&self) -> Result<u64, Error> {
        self.random_bytes().map(u64::from_le_bytes)
    }

    /// The record of what somebody did, and where it is kept.
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

    /// A name after those of all records of the place, whatever the clocks of their moments say.
    fn audit_id(&self, place: &AuditPlace, at: Timestamp) -> AuditId {
        let id = AuditId { at, nonce: self.audited.next(&self.stamps, 0) };
        let all = match place {
            AuditPlace::Product(product) => Key::audits(*product),
            AuditPlace::Account(account) => Key::account_audits(*account),
        };
        // A store that cannot tell will not take the commit either.
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

    /// Since when a product's devices are held because the account of its owner is locked (R-PAY-5); none: they are not.
    /// No commit checks the account: a lock that lands in the same instant may be seen or not.
    pub(crate) fn held_since(&self, product: &Product) -> Result<Option<Timestamp>, StoreError> {
        if !self.billing.holds_devices() {
            return Ok(None);
        }
        let owner = self.store.get(&[Key::Account(product.owner)])?.pop().flatten();
        let Some(Row { record: Record::Account(owner), .. }) = owner else { return Ok(None) };
        Ok(owner.locked_since())
    }

    /// Devices that connect at the same time; none over a store that merges nothing, nor in a forked process, where
    /// nobody may be left who goes for those that wait.
    pub(crate) fn arrivals(&self) -> Option<&Arrivals> {
        self.arrivals.as_ref().filter(|_| self.store.opener().is_here())
    }

    /// That this process opened the fleet. To be asked before a lock of the fleet's own is taken: a forked process has a
    /// copy of it, which may be held by a thread that does not exist there.
    #[inline]
    pub(crate) fn check_process(&self) -> Result<(), Error> {
        Ok(self.store.opener().check()?)
    }

    /// Devices that need more than their own row to be written, at the same time.
    pub(crate) fn joiners(&self) -> &Joiners {
        &self.joiners
    }

    /// The tries of a caller that may meet others in one record.
    pub(crate) fn tries(&self) -> Tries<'_> {
        Tries::new(&self.turnstiles, &self.stamps)
    }

    /// Ends the waiting on every [event stream](crate::event::EventStream): for a host that closes its store.
    pub fn end_event_streams(&self) {
        self.live.end();
    }

    /// Who listens to what this fleet publishes.
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

/// What an audit record is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AuditPlace {
    /// A product: its team reads it.
    Product(ProductId),
    /// An account: it reads it itself.
    Account(AccountId),
}

/// Numbers audit records of one millisecond in the order of their commits.
///
/// A rule draws a number each time that it runs, so one that conflicted and ran again has a later number than the commit
/// that it lost to. The numbers are the process's, whichever fleet draws them.
#[derive(Debug)]
enum AuditOrder {
    OfProcess,
    /// For a fleet with a seed, which writes the same bytes each time.
    Own(AtomicU32),
}

impl AuditOrder {
    /// A number above those drawn before, its upper half not below a least one; the lower half is random and tells those
    /// of several processes apart.
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

/// Where unguessable bytes come from.
#[derive(Clone)]
struct Randomness(Arc<Fill>);

/// Fills the bytes, and says whether it could.
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

/// The door for people, opened by an actor at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Console<'f> {
    pub(crate) fleet: &'f Fleet,
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
}

/// The door for devices, opened at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Gateway<'f> {
    pub(crate) fleet: &'f Fleet,
    pub(crate) now: Timestamp,
}

impl Console<'_> {
    /// Writes down what was done, with the commit that does it (R-TEAM-7).
    pub(crate) fn note(&self, tx: &mut Transaction<'_>, product: ProductId, command: Command, entry: impl Into<Entry>) {
        let (key, record) = self.audit_record(AuditPlace::Product(product), command, entry);
        tx.put_record(key, record);
    }

    /// Writes down what was done to an account, with the commit that does it (R-TEAM-7).
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

    /// The same as a write of a commit that no transaction makes.
    pub(crate) fn audit(&self, product: ProductId, command: Command, subject: String) -> Write {
        let (key, record) = self.audit_record(AuditPlace::Product(product), command, subject);
        Write::Put { key, record, stamp: self.fleet.stamps.stamp() }
    }

    fn audit_record(&self, place: AuditPlace, command: Command, entry: impl Into<Entry>) -> (Key, Record) {
        self.fleet.audit_record(place, self.actor, self.now, command, entry)
    }
}
