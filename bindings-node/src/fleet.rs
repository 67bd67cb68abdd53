//! The fleet itself: opened once, closed once, and the way to all doors.

use crate::job::{self, operations};
use crate::{Console, Gateway, Portal, given, refused};
use fleet_bindings::shapes::NoticePage;
use fleet_bindings::{Answered, Failure, FleetOptions, Moment};
use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Unknown};
use napi_derive::napi;
use std::sync::{Arc, RwLock};

/// A fleet that may have been closed. A call holds it open until it is done.
#[derive(Clone, Debug)]
pub(crate) struct Opened(Arc<RwLock<Option<fleet_bindings::Fleet>>>);

impl Opened {
    /// Does something with the fleet, unless it is closed.
    pub(crate) fn enter<T>(&self, work: impl FnOnce(&fleet_bindings::Fleet) -> Answered<T>) -> Answered<T> {
        // Nothing that is guarded can be left half done, so a panic elsewhere spoils nothing.
        let fleet = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        work(fleet.as_ref().ok_or_else(|| Failure::invalid("fleet", "was closed"))?)
    }

    /// Closes the store, once every call that is under way is done.
    fn close(&self) {
        let fleet = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        drop(fleet);
    }
}

/// A fleet of connected devices, behind a store.
#[napi]
#[derive(Debug)]
pub struct Fleet {
    opened: Opened,
}

#[napi]
impl Fleet {
    /// Opens the fleet of the store that a URL names.
    #[napi]
    pub fn open(env: Env, url: Unknown<'_>) -> napi::Result<PromiseRaw<'static, Fleet>> {
        let url: String = given(&env, url, "url")?;
        job::run(&env, move || {
            let fleet = fleet_bindings::Fleet::open(&url, FleetOptions::default())?;
            Ok(Self { opened: Opened(Arc::new(RwLock::new(Some(fleet)))) })
        })
    }

    /// The door for a person who has logged in with the host.
    #[napi]
    pub fn console(&self, env: Env, actor: Unknown<'_>, now: Unknown<'_>) -> napi::Result<Console> {
        let (account, now): (i64, Option<Moment>) = (given(&env, actor, "actor")?, given(&env, now, "now")?);
        self.opened.enter(|fleet| fleet.console(account, now)).map_err(|failure| refused(&env, failure))?;
        Ok(Console::new(self.opened.clone(), Some(account), now))
    }

    /// The door for who runs the platform.
    #[napi]
    pub fn operator(&self, env: Env, now: Unknown<'_>) -> napi::Result<Console> {
        Ok(Console::new(self.opened.clone(), None, given(&env, now, "now")?))
    }

    /// The door for customers: whoever holds the token.
    #[napi]
    pub fn portal(&self, env: Env, token: Unknown<'_>, now: Unknown<'_>) -> napi::Result<Portal> {
        let (token, now): (String, Option<Moment>) = (given(&env, token, "token")?, given(&env, now, "now")?);
        self.opened.enter(|fleet| fleet.portal(&token, now)).map_err(|failure| refused(&env, failure))?;
        Ok(Portal::new(self.opened.clone(), token, now))
    }

    /// The door for devices.
    #[napi]
    pub fn gateway(&self, env: Env, now: Unknown<'_>) -> napi::Result<Gateway> {
        Ok(Gateway::new(self.opened.clone(), given(&env, now, "now")?))
    }

    /// Closes the store, once every call that is under way is done.
    #[napi]
    pub fn close(&self, env: Env) -> napi::Result<PromiseRaw<'static, ()>> {
        let opened = self.opened.clone();
        job::run(&env, move || {
            opened.close();
            Ok(())
        })
    }

    fn door(&self) -> Opened {
        self.opened.clone()
    }
}

operations! { Fleet {
    pending_notices(after: Option<String>, limit: Option<u32>) -> NoticePage {
        move |fleet| fleet.pending_notices(after.as_deref(), limit)
    }
    acknowledge(key: String) -> bool { move |fleet| fleet.acknowledge(&key) }
} }
