//! A fleet: a store, and the doors to it.

use crate::Error;
use crate::audit::AuditRecord;
use crate::billing::{BillingPolicy, Catalogue};
use crate::device::Arrivals;
use crate::event::metering::Meters;
use crate::event::{Live, Members};
use crate::product::{Product, ProductId};
use crate::store::{AuditId, Key, Record, Row, Stamps, Store, StoreError, Transaction, Write, transact};
use crate::team::{Actor, Command};
use crate::time::Timestamp;
use std::sync::Arc;

/// A fleet of connected devices, behind a store.
///
/// Every door is opened at a moment: nothing in here reads a clock.
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
    store: Arc<dyn Store>,
    stamps: Stamps,
    catalogue: Catalogue,
    billing: BillingPolicy,
    randomness: Randomness,
    live: Arc<Live>,
    meters: Meters,
    members: Members,
    arrivals: Option<Arrivals>,
}

impl Fleet {
    /// The fleet that a store holds, with the default catalogue of tiers.
    pub fn open(store: impl Store + 'static) -> Self {
        let arrivals = store.merges().then(|| Arrivals::new(true));
        Self {
            store: Arc::new(store),
            arrivals,
            stamps: Stamps::random(),
            catalogue: Catalogue::default(),
            billing: BillingPolicy::default(),
            randomness: Randomness::default(),
            live: Arc::default(),
            meters: Meters::default(),
            members: Members::default(),
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

    /// The same with stamps from a seed: two runs write the same bytes. For tests; two processes on one store must
    /// never share a seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.stamps = Stamps::seeded(seed);
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
        &*self.store
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
        product: ProductId,
        actor: Actor,
        at: Timestamp,
        command: Command,
        subject: String,
    ) -> (Key, Record) {
        let id = AuditId { at, nonce: self.stamps.next() };
        (Key::Audit(product, id), Record::Audit(Arc::new(AuditRecord::new(at, actor, command, subject))))
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

    /// Devices that connect at the same time; none over a store that merges nothing.
    pub(crate) fn arrivals(&self) -> Option<&Arrivals> {
        self.arrivals.as_ref()
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
        transact(&*self.store, &self.stamps, rule)
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
    pub(crate) fn note(
        &self,
        tx: &mut Transaction<'_>,
        product: ProductId,
        command: Command,
        subject: impl Into<String>,
    ) {
        let (key, record) = self.audit_record(product, command, subject.into());
        tx.put_record(key, record);
    }

    /// The same as a write of a commit that no transaction makes.
    pub(crate) fn audit(&self, product: ProductId, command: Command, subject: String) -> Write {
        let (key, record) = self.audit_record(product, command, subject);
        Write::Put { key, record, stamp: self.fleet.stamps.stamp() }
    }

    fn audit_record(&self, product: ProductId, command: Command, subject: String) -> (Key, Record) {
        self.fleet.audit_record(product, self.actor, self.now, command, subject)
    }
}
