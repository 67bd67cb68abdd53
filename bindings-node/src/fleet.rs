//! The fleet: opens and closes the store, and opens all doors.

use crate::console::Cancel;
use crate::job::{Runner, operations};
use crate::store::StoreLink;
use crate::threads::Threads;
use crate::{Clock, Console, Gateway, Meter, Portal, given, refused};
use fleet_bindings::given::{Fields, Given, Listed};
use fleet_bindings::shapes::{ChargePage, Interval, Metrics, Money, NoticePage, ObservedCall, SqlRow};
use fleet_bindings::store::HostStore;
use fleet_bindings::{Answered, CallObserver, FleetOptions, Moment};
use napi::bindgen_prelude::{PromiseRaw, ToNapiValue, TypeName};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Unknown};
use napi_derive::napi;
use std::time::Duration;

/// A fleet of connected devices, behind a store.
#[napi]
#[derive(Debug)]
pub struct Fleet {
    door: fleet_bindings::Fleet,
    runner: Runner,
}

/// Options for opening a fleet.
struct Options(FleetOptions);

/// Number of calls that wait for the event loop. While it is busy and as many wait, further calls are left out.
const WAITING: usize = 4096;

/// JavaScript's function for calls. Weak: it does not keep the process alive.
type OnCall = ThreadsafeFunction<ObservedCall, (), ObservedCall, Status, false, true, WAITING>;

/// Passes each call on to the event loop, and waits for nothing.
fn passed_on(on_call: OnCall) -> CallObserver {
    CallObserver::new(move |call| {
        on_call.call(call, ThreadsafeFunctionCallMode::NonBlocking);
    })
}

/// A tier of the host's own.
struct Tier(fleet_core::Tier);

/// The price of a full period of a tier.
struct Price(fleet_core::billing::Price);

#[napi]
impl Fleet {
    /// `query`, until it is cancelled.
    #[napi]
    pub fn query_until(
        &self,
        env: Env,
        sql: Unknown<'_>,
        limit: Unknown<'_>,
        cancel: &Cancel,
    ) -> napi::Result<PromiseRaw<'static, Vec<SqlRow>>> {
        let (sql, limit): (String, Option<u32>) = (given(&env, sql, "sql")?, given(&env, limit, "limit")?);
        let cancel = cancel.0.clone();
        self.runner.run_long(&env, self.door.clone(), move |fleet| fleet.query_until(&sql, limit, &cancel))
    }

    /// Opens a fleet in the store that a URL names.
    #[napi]
    pub fn open(
        env: Env,
        url: Unknown<'_>,
        options: Unknown<'_>,
        on_call: Option<OnCall>,
    ) -> napi::Result<PromiseRaw<'static, Fleet>> {
        let (url, mut options): (String, Options) = (given(&env, url, "url")?, given(&env, options, "options")?);
        options.0.observer = on_call.map(passed_on);
        Runner::Pool.run_free(&env, url, |url| {
            let door = fleet_bindings::Fleet::open(url, options.0)?;
            Ok(Self { door, runner: Runner::Pool })
        })
    }

    /// Opens a fleet in a store written in JavaScript.
    #[napi]
    pub fn open_store(
        env: Env,
        store: &StoreLink,
        options: Unknown<'_>,
        on_call: Option<OnCall>,
    ) -> napi::Result<Fleet> {
        let mut options: Options = given(&env, options, "options")?;
        options.0.observer = on_call.map(passed_on);
        let store = HostStore(store.hand_over()?.store(None));
        let door = fleet_bindings::Fleet::with_store(store, options.0).map_err(|failure| refused(&env, failure))?;
        Ok(Self { door, runner: Runner::Threads(Threads::start()?) })
    }

    /// Opens the door for a person whom the host has logged in.
    #[napi]
    pub fn console(&self, env: Env, actor: Unknown<'_>, now: Unknown<'_>) -> napi::Result<Console> {
        let (account, now): (i64, Option<Moment>) = (given(&env, actor, "actor")?, given(&env, now, "now")?);
        let door = self.door.console(account, now);
        door.map(|door| Console { door, runner: self.runner.clone() }).map_err(|failure| refused(&env, failure))
    }

    /// Opens the door for the platform's operator.
    #[napi]
    pub fn operator(&self, env: Env, now: Unknown<'_>) -> napi::Result<Console> {
        Ok(Console { door: self.door.operator(given(&env, now, "now")?), runner: self.runner.clone() })
    }

    /// Opens the door for a customer: the holder of the token.
    #[napi]
    pub fn portal(&self, env: Env, token: Unknown<'_>, now: Unknown<'_>) -> napi::Result<Portal> {
        let (token, now): (String, Option<Moment>) = (given(&env, token, "token")?, given(&env, now, "now")?);
        let door = self.door.portal(&token, now);
        door.map(|door| Portal { door, runner: self.runner.clone() }).map_err(|failure| refused(&env, failure))
    }

    /// The door for devices.
    #[napi]
    pub fn gateway(&self, env: Env, now: Unknown<'_>) -> napi::Result<Gateway> {
        Ok(Gateway::new(self.door.gateway(given(&env, now, "now")?), self.runner.clone()))
    }

    /// The door for time.
    #[napi]
    pub fn clock(&self, env: Env, now: Unknown<'_>) -> napi::Result<Clock> {
        Ok(Clock { door: self.door.clock(given(&env, now, "now")?), runner: self.runner.clone() })
    }

    /// Returns a product's meter in this process.
    #[napi]
    pub fn meter(&self, env: Env, product: Unknown<'_>, now: Unknown<'_>) -> napi::Result<PromiseRaw<'static, Meter>> {
        let (product, now): (u32, Option<Moment>) = (given(&env, product, "product")?, given(&env, now, "now")?);
        let runner = self.runner.clone();
        self.runner.run(&env, self.door.clone(), move |fleet| Ok(Meter { door: fleet.meter(product, now)?, runner }))
    }

    /// Closes the fleet: rejects new calls at once and waits for the running ones.
    #[napi]
    pub fn close(&self, env: Env) -> napi::Result<PromiseRaw<'static, ()>> {
        self.closing(&env, |fleet| {
            fleet.close();
            Ok(())
        })
    }

    /// The same with a deadline in milliseconds.
    #[napi]
    pub fn close_within(&self, env: Env, at_most: Unknown<'_>) -> napi::Result<PromiseRaw<'static, bool>> {
        let at_most = Duration::from_millis(given::<u32>(&env, at_most, "milliseconds")?.into());
        self.closing(&env, move |fleet| Ok(fleet.close_within(at_most)))
    }
}

impl Fleet {
    /// Waits on a thread of its own, because the awaited calls may need all others.
    fn closing<T: ToNapiValue + TypeName + Send + 'static>(
        &self,
        env: &Env,
        wait: impl FnOnce(&fleet_bindings::Fleet) -> Answered<T> + Send + 'static,
    ) -> napi::Result<PromiseRaw<'static, T>> {
        self.door.closes_within(Duration::ZERO);
        Runner::Threads(Threads::start_one("fleet-closing")?).run_free(env, self.door.clone(), wait)
    }
}

operations! { Fleet {
    pending_notices(after: Option<String>, limit: Option<u32>) -> NoticePage {
        move |fleet| fleet.pending_notices(after.as_deref(), limit)
    }
    pending_charges(after: Option<String>, limit: Option<u32>) -> ChargePage {
        move |fleet| fleet.pending_charges(after.as_deref(), limit)
    }
    report_usage(now: Option<Moment>) -> () { move |fleet| fleet.report_usage(now) }
    settle_usage(now: Option<Moment>) -> () { move |fleet| fleet.settle_usage(now) }
    acknowledge(key: String) -> bool { move |fleet| fleet.acknowledge(&key) }
    metrics() -> Option<Metrics> { move |fleet| fleet.metrics() }
} long {
    backup(path: String) -> () { move |fleet| fleet.backup(path) }
    query(sql: String, limit: Option<u32>) -> Vec<SqlRow> { move |fleet| fleet.query(&sql, limit) }
} }

impl Given for Options {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let mut fields = Fields::of(value, field)?;
        let tiers: Option<Vec<Tier>> = fields.read("tiers")?;
        let quote_life: Option<u64> = fields.read("quote_life_millis")?;
        let unknown_notice: Option<u64> = fields.read("unknown_notice_millis")?;
        let read = FleetOptions {
            tiers: tiers.map(|tiers| tiers.into_iter().map(|tier| tier.0).collect()),
            seed: fields.read("seed")?,
            retry_days: fields.read("retry_days")?,
            quote_life: quote_life.map(Duration::from_millis),
            card_notice_days: fields.read("card_notice_days")?,
            hold_locked: fields.read("hold_locked")?,
            leap_days: fields.read("leap_days")?,
            unknown_notice: unknown_notice.map(Duration::from_millis),
            largest_commit: fields.read("largest_commit")?,
            metrics: fields.read("metrics")?,
            observer: None,
        };
        fields.end()?;
        Ok(Self(read))
    }
}

impl Given for Tier {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let mut fields = Fields::of(value, field)?;
        let name: String = fields.read("name")?;
        let prices: Option<Vec<Price>> = fields.read("prices")?;
        let mut read = fleet_core::Tier::new(name);
        read.devices = fields.read("devices")?;
        read.members = fields.read("members")?;
        read.messages = fields.read("messages")?;
        read.prices = prices.unwrap_or_default().into_iter().map(|price| price.0).collect();
        fields.end()?;
        Ok(Self(read))
    }
}

impl Given for Price {
    fn given(value: Unknown<'_>, field: &'static str) -> Answered<Self> {
        let mut fields = Fields::of(value, field)?;
        let (interval, amount): (Interval, Money) = (fields.read("interval")?, fields.read("amount")?);
        fields.end()?;
        Ok(Self(fleet_core::billing::Price::new(interval.into(), amount.try_into()?)?))
    }
}

impl Listed for Tier {}
impl Listed for Price {}
