//! A fleet, opened by the URL of its store.

use super::{Answered, Console, Gateway, Portal, account_id, limit};
use crate::closable::Closable;
use crate::shapes::{Notice, NoticePage};
use crate::closable::Closable;
use crate::{Moment, url};
use fleet_core::{Actor, Catalogue, Store, Tier};
use std::sync::Arc;

/// A fleet of connected devices, behind a store. Cheap to clone and safe to share.
#[derive(Clone, Debug)]
pub struct Fleet {
    core: Arc<fleet_core::Fleet>,
    store: Closable,
}

/// How a fleet is opened, beside where it is.
#[derive(Clone, Debug, Default)]
pub struct FleetOptions {
    /// Tiers of one's own, the cheapest first.
    pub tiers: Option<Vec<Tier>>,
    /// Stamps from a seed: two runs write the same bytes. For tests.
    pub seed: Option<u64>,
}

impl Fleet {
    /// Opens the fleet of the store that a URL names: `memory:`, `sqlite:PATH`.
    pub fn open(url: &str, options: FleetOptions) -> Answered<Self> {
        Self::with_store(url::open(url)?, options)
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
        Ok(Self { core: Arc::new(fleet), store })
    }

    /// Closes the store, once all that is under way has ended. Whatever is asked of the fleet or its doors afterwards
    /// fails.
    pub fn close(&self) {
        self.store.close();
    }

    /// The door for a person who has logged in with the host. Without `now`, each call is made at its own time.
    pub fn console(&self, account: i64, now: Option<Moment>) -> Answered<Console> {
        Ok(Console::new(&self.core, Actor::Account(account_id(account)?), now))
    }

    /// The door for who runs the platform. The host decides who that is.
    pub fn operator(&self, now: Option<Moment>) -> Console {
        Console::new(&self.core, Actor::Operator, now)
    }

    /// The door for customers: whoever holds the token.
    pub fn portal(&self, token: &str, now: Option<Moment>) -> Answered<Portal> {
        Portal::new(&self.core, token, now)
    }

    /// The door for devices.
    pub fn gateway(&self, now: Option<Moment>) -> Gateway {
        Gateway::new(&self.core, now)
    }

    /// The notices that wait to be sent, by product.
    pub fn pending_notices(&self, after: Option<&str>, page: Option<u32>) -> Answered<NoticePage> {
        let page = self.core.pending_notices(after.map(str::parse).transpose()?, limit(page))?;
        let items = page.items.iter().map(|notice| Notice::from(&**notice)).collect();
        Ok(NoticePage { items, next: page.next.as_ref().map(ToString::to_string) })
    }

    /// Says that the notice of this key has been sent; answers whether it was still waiting.
    pub fn acknowledge(&self, key: &str) -> Answered<bool> {
        Ok(self.core.acknowledge(key)?)
    }
}
