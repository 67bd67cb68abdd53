//! A fleet, opened by the URL of its store or over a store of the host's.

use crate::store::Foreign;
use crate::{Answered, Console, Gateway, Portal, RowStore, off_thread};
use fleet_bindings::shapes::NoticePage;
use fleet_bindings::store::HostStore;
use fleet_bindings::{Fleet, FleetOptions, Moment, SecretText};
use std::sync::Arc;

/// A fleet of connected devices, behind a store. `Fleet` is its name in both languages.
#[derive(Debug, uniffi::Object)]
pub struct OpenFleet(Fleet);

/// A tier of one's own: its limits. None is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Tier {
    /// Its name, unique in the catalogue.
    pub name: String,
    /// Devices in the product, at most.
    #[uniffi(default = None)]
    pub devices: Option<u64>,
    /// Team members, the owner among them, at most.
    #[uniffi(default = None)]
    pub members: Option<u64>,
    /// Outbound messages a usage month, at most.
    #[uniffi(default = None)]
    pub messages: Option<u64>,
}

impl From<Tier> for fleet_core::Tier {
    fn from(tier: Tier) -> Self {
        let Tier { name, devices, members, messages } = tier;
        Self { name: name.into(), devices, members, messages }
    }
}

fn options(tiers: Option<Vec<Tier>>) -> FleetOptions {
    let tiers = tiers.map(|tiers| tiers.into_iter().map(fleet_core::Tier::from).collect());
    FleetOptions { tiers, ..FleetOptions::default() }
}

#[uniffi::export]
impl OpenFleet {
    /// Opens the fleet of the store that a URL names: `memory:`, `sqlite:PATH`. With tiers of one's own, the cheapest
    /// first, or those that there are by default.
    #[uniffi::constructor(default(tiers = None))]
    pub async fn open(url: String, tiers: Option<Vec<Tier>>) -> Answered<Arc<Self>> {
        off_thread(move || Ok(Arc::new(Self(Fleet::open(&url, options(tiers))?)))).await
    }

    /// Opens the fleet of a store that the host has written.
    #[uniffi::constructor(default(tiers = None))]
    pub async fn open_store(store: Arc<dyn RowStore>, tiers: Option<Vec<Tier>>) -> Answered<Arc<Self>> {
        let open = move || Fleet::with_store(HostStore(Foreign(store)), options(tiers));
        off_thread(move || Ok(Arc::new(Self(open()?)))).await
    }

    /// Closes the store, once all that is under way has ended. Whatever is asked of the fleet or its doors afterwards
    /// fails.
    pub fn shut(&self) {
        self.0.close();
    }

    /// The door for a person who has logged in with the host: an account's number. Without `now`, each call is made at
    /// its own time.
    #[uniffi::method(default(now = None))]
    pub fn console(&self, account: i64, now: Option<Moment>) -> Answered<Arc<Console>> {
        Ok(Arc::new(Console(self.0.console(account, now)?)))
    }

    /// The door for who runs the platform. The host decides who that is.
    #[uniffi::method(default(now = None))]
    pub fn operator(&self, now: Option<Moment>) -> Arc<Console> {
        Arc::new(Console(self.0.operator(now)))
    }

    /// The door for customers: whoever holds the token.
    #[uniffi::method(default(now = None))]
    pub fn portal(&self, token: SecretText, now: Option<Moment>) -> Answered<Arc<Portal>> {
        Ok(Arc::new(Portal(self.0.portal(&token.0, now)?)))
    }

    /// The door for devices.
    #[uniffi::method(default(now = None))]
    pub fn gateway(&self, now: Option<Moment>) -> Arc<Gateway> {
        Arc::new(Gateway(self.0.gateway(now)))
    }

    /// The notices that wait to be sent, by product, up to `limit` (1 to 1,000; 100 where it is left out).
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn pending_notices(&self, after: Option<String>, limit: Option<u32>) -> Answered<NoticePage> {
        let fleet = self.0.clone();
        off_thread(move || fleet.pending_notices(after.as_deref(), limit)).await
    }

    /// Says that the notice of this key has been sent; answers whether it was still waiting.
    pub async fn acknowledge(&self, key: String) -> Answered<bool> {
        let fleet = self.0.clone();
        off_thread(move || fleet.acknowledge(&key)).await
    }
}
