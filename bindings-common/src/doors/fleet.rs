//! A fleet, opened by the URL of its store.

use super::{Answered, Clock, Console, Gateway, Meter, Portal, When, account_id, limit, product_id};
use crate::Moment;
use crate::closable::{Begin, Begun, Closable, Opened};
use crate::shapes::{Charge, ChargePage, Notice, NoticePage, SqlRow};
use fleet_core::billing::{BillingPolicy, Retries};
use fleet_core::store::Query;
use fleet_core::{Actor, Catalogue, Store, Tier};
use std::path::Path;
use std::time::Duration;

/// A fleet of connected devices, behind a store. Cheap to clone and safe to share.
#[derive(Clone, Debug)]
pub struct Fleet(Opened);

impl Begin for Fleet {
    fn begin(&self) -> Answered<Begun> {
        self.0.begin()
    }
}

/// How a fleet is opened, beside where it is.
#[derive(Clone, Debug, Default)]
pub struct FleetOptions {
    /// Tiers of one's own, the cheapest first.
    pub tiers: Option<Vec<Tier>>,
    /// Stamps from a seed: two runs write the same bytes. For tests.
    pub seed: Option<u64>,
    /// After how many days each a failed renewal is tried again. Default: 3, 3, 3.
    pub retry_days: Option<Vec<u32>>,
    /// For how long a quote holds. A minute to a day, default 15 minutes.
    pub quote_life: Option<Duration>,
    /// How many days before a renewal the owner is told that there is no good card for it. 0 to 27, default 7.
    pub card_notice_days: Option<u32>,
    /// Whether the devices of an owner whose account is locked are held: sent no firmware, their events logged and not
    /// sent on. Default: they go on.
    pub hold_locked: Option<bool>,
    /// How many days the clock may leap without a word where something was due meanwhile. 1 to 366, default 35.
    pub leap_days: Option<u32>,
    /// After how long a charge whose outcome is still unknown is told. An hour to 30 days, default a day.
    pub unknown_notice: Option<Duration>,
    /// How many rows a commit may write at most, for a store with small transactions. At least 48, default 16,400.
    pub largest_commit: Option<u32>,
}

impl Fleet {
    /// Opens the fleet of the store that a [URL](fleet_open::open) names.
    pub fn open(url: &str, options: FleetOptions) -> Answered<Self> {
        Self::with_store(fleet_open::open(url)?, options)
    }

    /// Opens the fleet of a store.
    pub fn with_store(store: impl Store + 'static, options: FleetOptions) -> Answered<Self> {
        let store = Closable::new(store);
        let mut fleet = fleet_core::Fleet::open(store.clone());
        if let Some(tiers) = options.tiers {
            fleet = fleet.with_catalogue(Catalogue::new(tiers)?);
        }
        if let Some(seed) = options.seed {
            fleet = fleet.with_seed(seed);
        }
        if let Some(rows) = options.largest_commit {
            fleet = fleet.with_largest_commit(usize::try_from(rows).unwrap_or(usize::MAX));
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
        if let Some(held) = options.hold_locked {
            billing = billing.with_devices_held(held);
        }
        if let Some(days) = options.leap_days {
            billing = billing.with_leap_days(days)?;
        }
        if let Some(after) = options.unknown_notice {
            billing = billing.with_unknown_notice(after)?;
        }
        let fleet = fleet.with_billing(billing);
        Ok(Self(Opened::new(fleet, store)))
    }

    /// Closes the fleet: new operations fail at once, those under way are waited for, then what was sent is reported and
    /// the store is let go. From within an operation, such as the watcher of an import, it does not wait for that one.
    pub fn close(&self) {
        self.0.close();
    }

    /// The same with a deadline. Operations that have not ended by then are cut: they fail at their next call of the
    /// store. Returns whether everything ended by itself.
    pub fn close_within(&self, at_most: Duration) -> bool {
        self.0.close_within(at_most)
    }

    /// Begins to close and waits at most for this time until it is done, without cutting anything. Returns whether it is
    /// done. For a host that looks after something else while it waits, such as a signal.
    pub fn closes_within(&self, at_most: Duration) -> bool {
        self.0.closes_within(at_most)
    }

    /// The door for a person who has logged in with the host. Without `now`, each call is made at its own time.
    pub fn console(&self, account: i64, now: Option<Moment>) -> Answered<Console> {
        Ok(Console::new(&self.0, Actor::Account(account_id(account)?), now))
    }

    /// The door for who runs the platform. The host decides who that is.
    pub fn operator(&self, now: Option<Moment>) -> Console {
        Console::new(&self.0, Actor::Operator, now)
    }

    /// The door for customers: whoever holds the token.
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

    /// The charges that the host's payment provider is to make, by product.
    pub fn pending_charges(&self, after: Option<&str>, page: Option<u32>) -> Answered<ChargePage> {
        let page = self.0.enter(|core| core)?.pending_charges(after.map(str::parse).transpose()?, limit(page))?;
        let items = page.items.iter().map(|charge| Charge::from(&**charge)).collect();
        Ok(ChargePage { items, next: page.next.as_ref().map(ToString::to_string) })
    }

    /// The notices that wait to be sent, by product.
    pub fn pending_notices(&self, after: Option<&str>, page: Option<u32>) -> Answered<NoticePage> {
        let page = self.0.enter(|core| core)?.pending_notices(after.map(str::parse).transpose()?, limit(page))?;
        let items = page.items.iter().map(|notice| Notice::from(&**notice)).collect();
        Ok(NoticePage { items, next: page.next.as_ref().map(ToString::to_string) })
    }

    /// A product's meter in this process.
    pub fn meter(&self, product: u32, now: Option<Moment>) -> Answered<Meter> {
        let meter = self.0.enter(|core| core)?.meter(product_id(product)?)?.detach();
        Ok(Meter::new(&self.0, meter, When(now)))
    }

    /// Reports what this process has sent. For the host to call about every second, if it runs more than one process.
    pub fn report_usage(&self, now: Option<Moment>) -> Answered<()> {
        let now = When(now).now()?;
        Ok(self.0.enter(|core| core)?.report_usage(now)?)
    }

    /// Reports what this process has sent and gives back the rest. For the host to call before it stops; closing does.
    pub fn settle_usage(&self, now: Option<Moment>) -> Answered<()> {
        let now = When(now).now()?;
        Ok(self.0.enter(|core| core)?.settle_usage(now)?)
    }

    /// Says that the notice of this key has been sent; answers whether it was still waiting.
    pub fn acknowledge(&self, key: &str) -> Answered<bool> {
        Ok(self.0.enter(|core| core)?.acknowledge(key)?)
    }

    /// Writes a copy of the whole fleet, as it is at one moment, to a new file, while others use it.
    pub fn backup(&self, path: impl AsRef<Path>) -> Answered<()> {
        Ok(self.0.enter(|core| core)?.backup(path)?)
    }

    /// Runs one statement of SQL that only reads, while others use the fleet; at most `limit` rows.
    pub fn query(&self, sql: &str, limit: Option<u32>) -> Answered<Vec<SqlRow>> {
        let query = Query::new(sql);
        let query = limit.map_or(query, |limit| query.limit(usize::try_from(limit).unwrap_or(usize::MAX)));
        Ok(self.0.enter(|core| core)?.query(&query)?.iter().map(SqlRow::from).collect())
    }
}
