//! A fleet, opened by the URL of its store or over a store of the host.

use crate::store::Foreign;
use crate::{
    Answered, Clock, Console, FleetOptions, Gateway, Meter, Portal, RowStore, Span, WatcherError, ask_cancellably,
    ask_off_thread, off_thread,
};
use fleet_bindings::shapes::{ChargePage, Metrics, NoticePage, ObservedCall, SqlValue};
use fleet_bindings::store::HostStore;
use fleet_bindings::{Failure, Fleet, Moment, SecretText};
use std::collections::HashMap;
use std::sync::Arc;

/// A fleet of connected devices, behind a store. Both languages call it `Fleet`.
#[derive(Debug, uniffi::Object)]
pub struct OpenFleet(Fleet);

/// Gets each call of a fleet after it has ended, on the thread that made it. It should be quick. It cannot change what
/// the call returns: what it throws is ignored.
#[uniffi::export(with_foreign)]
pub trait CallObserver: Send + Sync {
    /// Gets a call.
    ///
    /// # Errors
    /// Whatever the host throws.
    fn on_call(&self, call: ObservedCall) -> Result<(), WatcherError>;
}

/// Returns the options with the host's observer.
fn observed(
    options: Option<FleetOptions>,
    observer: Option<Arc<dyn CallObserver>>,
) -> Result<fleet_bindings::FleetOptions, Failure> {
    let mut options: fleet_bindings::FleetOptions = options.unwrap_or_default().try_into()?;
    options.observer = observer.map(|observer| {
        fleet_bindings::CallObserver::new(move |call| {
            // The call has ended: what an observer throws concerns nobody.
            let _ = observer.on_call(call);
        })
    });
    Ok(options)
}

#[uniffi::export]
impl OpenFleet {
    /// Opens a fleet in the store that a URL names: `memory:`, `sqlite:PATH`, `postgresql://…`.
    #[uniffi::constructor(default(options = None, observer = None))]
    pub async fn open(
        url: String,
        options: Option<FleetOptions>,
        observer: Option<Arc<dyn CallObserver>>,
    ) -> Answered<Arc<Self>> {
        off_thread(move || Ok(Arc::new(Self(Fleet::open(&url, observed(options, observer)?)?)))).await
    }

    /// Opens a fleet in a store written by the host.
    #[uniffi::constructor(default(options = None, observer = None))]
    pub async fn open_store(
        store: Arc<dyn RowStore>,
        options: Option<FleetOptions>,
        observer: Option<Arc<dyn CallObserver>>,
    ) -> Answered<Arc<Self>> {
        let store = HostStore(Foreign(store));
        off_thread(move || Ok(Arc::new(Self(Fleet::with_store(store, observed(options, observer)?)?)))).await
    }

    /// Closes the fleet: rejects new calls at once, waits for the running ones, then closes the store. It blocks the
    /// caller's thread.
    pub fn shut(&self) {
        self.0.close();
    }

    /// The same with a deadline. Calls still running then are cut off: they fail at their next call of the store.
    /// Returns whether all calls ended by themselves.
    pub fn shut_within(&self, at_most: Span) -> Answered<bool> {
        Ok(self.0.close_within(at_most.read("at_most")?))
    }

    /// Opens the door for a person whom the host has logged in: an account's number. Without `now`, each call happens
    /// at its own time.
    #[uniffi::method(default(now = None))]
    pub fn console(&self, account: i64, now: Option<Moment>) -> Answered<Arc<Console>> {
        Ok(Arc::new(Console(self.0.console(account, now)?)))
    }

    /// Opens the door for the platform's operator. The host decides who that is.
    #[uniffi::method(default(now = None))]
    pub fn operator(&self, now: Option<Moment>) -> Arc<Console> {
        Arc::new(Console(self.0.operator(now)))
    }

    /// Opens the door for a customer: the holder of the token.
    #[uniffi::method(default(now = None))]
    pub fn portal(&self, token: SecretText, now: Option<Moment>) -> Answered<Arc<Portal>> {
        Ok(Arc::new(Portal(self.0.portal(&token.0, now)?)))
    }

    /// The door for devices.
    #[uniffi::method(default(now = None))]
    pub fn gateway(&self, now: Option<Moment>) -> Arc<Gateway> {
        Arc::new(Gateway(self.0.gateway(now)))
    }

    /// The door for time.
    #[uniffi::method(default(now = None))]
    pub fn clock(&self, now: Option<Moment>) -> Arc<Clock> {
        Arc::new(Clock(self.0.clock(now)))
    }

    /// Lists the charges that the host's payment provider is to make, by product.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn pending_charges(&self, after: Option<String>, limit: Option<u32>) -> Answered<ChargePage> {
        ask_off_thread(self.0.clone(), move |fleet| fleet.pending_charges(after.as_deref(), limit)).await
    }

    /// Returns a product's meter in this process. Without `now`, each message is admitted at its own time.
    #[uniffi::method(default(now = None))]
    pub async fn meter(&self, product: u32, now: Option<Moment>) -> Answered<Arc<Meter>> {
        ask_off_thread(self.0.clone(), move |fleet| Ok(Arc::new(Meter(fleet.meter(product, now)?)))).await
    }

    /// Reports how many messages this process has sent. A host that runs more than one process calls it about every
    /// second.
    #[uniffi::method(default(now = None))]
    pub async fn report_usage(&self, now: Option<Moment>) -> Answered<()> {
        ask_off_thread(self.0.clone(), move |fleet| fleet.report_usage(now)).await
    }

    /// Reports how many messages this process has sent and returns the rest of its lease. The host calls it before it
    /// stops; closing calls it too.
    #[uniffi::method(default(now = None))]
    pub async fn settle_usage(&self, now: Option<Moment>) -> Answered<()> {
        ask_off_thread(self.0.clone(), move |fleet| fleet.settle_usage(now)).await
    }

    /// Lists the notices that wait to be sent, by product, up to `limit` (1 to 1,000, default 100).
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn pending_notices(&self, after: Option<String>, limit: Option<u32>) -> Answered<NoticePage> {
        ask_off_thread(self.0.clone(), move |fleet| fleet.pending_notices(after.as_deref(), limit)).await
    }

    /// Marks the notice with this key as sent. Returns whether it was still waiting.
    pub async fn acknowledge(&self, key: String) -> Answered<bool> {
        ask_off_thread(self.0.clone(), move |fleet| fleet.acknowledge(&key)).await
    }

    /// Writes a copy of the whole fleet, as of one moment, to a new file, while others use the fleet. For a fleet in
    /// SQLite.
    pub async fn backup(&self, path: String) -> Answered<()> {
        ask_off_thread(self.0.clone(), move |fleet| fleet.backup(path)).await
    }

    /// Returns the numbers of this fleet in this process, for a host that exports them. Reads nothing in the store.
    /// Absent if the fleet was opened without the option `metrics`.
    pub async fn metrics(&self) -> Answered<Option<Metrics>> {
        ask_off_thread(self.0.clone(), |fleet| fleet.metrics()).await
    }

    /// Runs one read-only SQL statement, while others use the fleet. Returns each row by column name. A result of more
    /// rows than `limit` (default 1,000, at most 100,000) is refused. It ends early if its caller is cancelled. For a
    /// fleet in SQLite.
    #[uniffi::method(default(limit = None))]
    pub async fn query(&self, sql: String, limit: Option<u32>) -> Answered<Vec<HashMap<String, SqlValue>>> {
        ask_cancellably(self.0.clone(), move |fleet, cancel| {
            Ok(fleet.query_until(&sql, limit, cancel)?.into_iter().map(Into::into).collect())
        })
        .await
    }
}
