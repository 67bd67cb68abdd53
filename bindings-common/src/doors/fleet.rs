//! A fleet, opened by the URL of its store.

use super::{Answered, Clock, Console, Gateway, Meter, Portal, When, account_id, limit, product_id};
use crate::Moment;
use crate::closable::{Begin, Begun, Closable, Opened};
use crate::shapes::{Charge, ChargePage, Metrics, Notice, NoticePage, ObservedCall, SqlRow};
use fleet_core::CancelToken;
use fleet_core::billing::{BillingPolicy, Retries};
use fleet_core::observe::Call;
use fleet_core::store::Query;
use fleet_core::{Actor, Catalogue, Store, Tier};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A fleet of connected devices, behind a store. Cheap to clone and safe to share.
#[derive(Clone, Debug)]
pub struct Fleet(Opened);

impl Begin for Fleet {
    fn begin(&self) -> Answered<Begun> {
        self.0.begin()
    }
}

/// Gets each call of a fleet after it has ended, on the thread that made it. It should be quick, and cannot change what
/// the call returns: a panic is caught.
#[derive(Clone)]
pub struct CallObserver(Arc<dyn Fn(ObservedCall) + Send + Sync>);

impl CallObserver {
    /// Creates an observer from a function.
    pub fn new(observe: impl Fn(ObservedCall) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }
}

impl fmt::Debug for CallObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallObserver")
    }
}

/// Options for opening a fleet.
#[derive(Clone, Debug, Default)]
pub struct FleetOptions {
    /// The host's own tiers, cheapest first.
    pub tiers: Option<Vec<Tier>>,
    /// Version stamps from a seed: two runs write the same bytes. For tests.
    pub seed: Option<u64>,
    /// Days after which a failed renewal is retried, for each retry. Default: 3, 3, 3.
    pub retry_days: Option<Vec<u32>>,
    /// How long a quote is valid. A minute to a day, default 15 minutes.
    pub quote_life: Option<Duration>,
    /// How many days before a renewal the owner is notified that there is no valid card for it. 0 to 27, default 7.
    pub card_notice_days: Option<u32>,
    /// Whether the devices of an owner whose account is locked are held: they get no firmware, and their events are
    /// logged but not forwarded. Default: they are not held.
    pub hold_locked: Option<bool>,
    /// How many days the clock may leap without confirmation if something was due meanwhile. 1 to 366, default 35.
    pub leap_days: Option<u32>,
    /// After how long people are notified of a charge whose outcome is still unknown. An hour to 30 days, default a
    /// day.
    pub unknown_notice: Option<Duration>,
    /// Maximum number of rows that a commit may write, for a store with small transactions. At least 48, default
    /// 16,400.
    pub largest_commit: Option<u32>,
    /// Whether to count what [`Fleet::metrics`] returns. Default: nothing is counted.
    pub metrics: Option<bool>,
    /// The observer of the calls. Default: none.
    pub observer: Option<CallObserver>,
}

impl Fleet {
    /// Opens a fleet in the store that a [URL](fleet_open::open) names.
    pub fn open(url: &str, options: FleetOptions) -> Answered<Self> {
        Self::with_store(fleet_open::open(url)?, options)
    }

    /// Opens a fleet in a store.
    pub fn with_store(store: impl Store + 'static, options: FleetOptions) -> Answered<Self> {
        let store = Closable::new(store);
        let mut fleet = fleet_core::Fleet::builder(store.clone());
        if options.metrics == Some(true) {
            fleet = fleet.metrics();
        }
        if let Some(tiers) = options.tiers {
            fleet = fleet.catalogue(Catalogue::new(tiers)?);
        }
        if let Some(seed) = options.seed {
            fleet = fleet.seed(seed);
        }
        if let Some(rows) = options.largest_commit {
            fleet = fleet.largest_commit(usize::try_from(rows).unwrap_or(usize::MAX));
        }
        if let Some(CallObserver(observe)) = options.observer {
            fleet = fleet.observer(move |call: &Call| observe(call.into()));
        }
        let mut billing = BillingPolicy::default();
        if let Some(days) = options.retry_days {
            billing = billing.with_retries(Retries::new(&days)?);
        }
        if let Some(life) = options.quote_life {
            billing = billing.with_quote_life(life)?;
        }
        if let Some(days) = options.card_notice_days {
            billing = billing.with_card_notice_days(days)?;
        }
        if options.hold_locked == Some(true) {
            billing = billing.with_devices_held();
        }
        if let Some(days) = options.leap_days {
            billing = billing.with_leap_days(days)?;
        }
        if let Some(after) = options.unknown_notice {
            billing = billing.with_unknown_notice(after)?;
        }
        Ok(Self(Opened::new(fleet.billing(billing).open(), store)))
    }

    /// Closes the fleet: rejects new operations at once, waits for the running ones, reports the usage of this process,
    /// and releases the store. When called from within an operation, such as an import's watcher, it does not wait for
    /// that operation.
    pub fn close(&self) {
        self.0.close();
    }

    /// The same with a deadline. Operations still running then are cut off: they fail at their next call of the store.
    /// Returns whether all operations ended by themselves.
    pub fn close_within(&self, at_most: Duration) -> bool {
        self.0.close_within(at_most)
    }

    /// Begins to close and waits until it is done or this time has passed, without cutting anything off. Returns
    /// whether it is done. For a host that checks for something else while it waits, such as a signal.
    pub fn closes_within(&self, at_most: Duration) -> bool {
        self.0.closes_within(at_most)
    }

    /// Opens the door for a person whom the host has logged in. Without `now`, each call happens at its own time.
    pub fn console(&self, account: i64, now: Option<Moment>) -> Answered<Console> {
        Ok(Console::new(&self.0, Actor::Account(account_id(account)?), now))
    }

    /// Opens the door for the platform's operator. The host decides who that is.
    pub fn operator(&self, now: Option<Moment>) -> Console {
        Console::new(&self.0, Actor::Operator, now)
    }

    /// Opens the door for a customer: the holder of the token.
    pub fn portal(&self, token: &str, now: Option<Moment>) -> Answered<Portal> {
        Portal::new(&self.0, token, now)
    }

    /// The door for devices.
    pub fn gateway(&self, now: Option<Moment>) -> Gateway {
        Gateway::new(&self.0, now)
    }

    /// The door for time.
    pub fn clock(&self, now: Option<Moment>) -> Clock {
        Clock::new(&self.0, now)
    }

    /// Lists the charges that the host's payment provider is to make, by product.
    pub fn pending_charges(&self, after: Option<&str>, page: Option<u32>) -> Answered<ChargePage> {
        let page = self.0.enter(|core| core)?.pending_charges(after.map(str::parse).transpose()?, limit(page))?;
        let items = page.items.iter().map(|charge| Charge::from(&**charge)).collect();
        Ok(ChargePage { items, next: page.next.as_ref().map(ToString::to_string) })
    }

    /// Lists the notices that wait to be sent, by product.
    pub fn pending_notices(&self, after: Option<&str>, page: Option<u32>) -> Answered<NoticePage> {
        let page = self.0.enter(|core| core)?.pending_notices(after.map(str::parse).transpose()?, limit(page))?;
        let items = page.items.iter().map(|notice| Notice::from(&**notice)).collect();
        Ok(NoticePage { items, next: page.next.as_ref().map(ToString::to_string) })
    }

    /// Returns a product's meter in this process.
    pub fn meter(&self, product: u32, now: Option<Moment>) -> Answered<Meter> {
        let meter = self.0.enter(|core| core)?.meter(product_id(product)?)?.detach();
        Ok(Meter::new(&self.0, meter, When(now)))
    }

    /// Reports how many messages this process has sent. A host that runs more than one process calls it about every
    /// second.
    pub fn report_usage(&self, now: Option<Moment>) -> Answered<()> {
        let now = When(now).now()?;
        Ok(self.0.enter(|core| core)?.report_usage(now)?)
    }

    /// Reports how many messages this process has sent and returns the rest of its lease. The host calls it before it
    /// stops; closing calls it too.
    pub fn settle_usage(&self, now: Option<Moment>) -> Answered<()> {
        let now = When(now).now()?;
        Ok(self.0.enter(|core| core)?.settle_usage(now)?)
    }

    /// Marks the notice with this key as sent. Returns whether it was still waiting.
    pub fn acknowledge(&self, key: &str) -> Answered<bool> {
        Ok(self.0.enter(|core| core)?.acknowledge(&key.into())?)
    }

    /// Writes a copy of the whole fleet, as of one moment, to a new file, while others use the fleet.
    pub fn backup(&self, path: impl AsRef<Path>) -> Answered<()> {
        Ok(self.0.enter(|core| core)?.backup(path)?)
    }

    /// Returns the numbers of this fleet in this process, for a host that exports them. Reads nothing in the store.
    /// `None` if the fleet was opened without the option `metrics`.
    pub fn metrics(&self) -> Answered<Option<Metrics>> {
        Ok(self.0.enter(|core| core)?.metrics().as_ref().map(Into::into))
    }

    /// Runs one read-only SQL statement, while others use the fleet. Returns at most `limit` rows.
    pub fn query(&self, sql: &str, limit: Option<u32>) -> Answered<Vec<SqlRow>> {
        self.query_until(sql, limit, &CancelToken::new())
    }

    /// The same, until it is cancelled.
    pub fn query_until(&self, sql: &str, limit: Option<u32>, cancel: &CancelToken) -> Answered<Vec<SqlRow>> {
        let query = Query::new(sql).until(cancel);
        let query = limit.map_or(query, |limit| query.limit(usize::try_from(limit).unwrap_or(usize::MAX)));
        Ok(self.0.enter(|core| core)?.query(&query)?.iter().map(SqlRow::from).collect())
    }
}
