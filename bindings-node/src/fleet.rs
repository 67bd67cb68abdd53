//! The fleet itself: opened once, closed once, and the way to all doors.

use crate::job::{self, operations};
use crate::{Console, Gateway, Portal, given, refused};
use fleet_bindings::shapes::NoticePage;
use fleet_bindings::{FleetOptions, Moment};
use napi::bindgen_prelude::PromiseRaw;
use napi::{Env, Unknown};
use napi_derive::napi;

/// A fleet of connected devices, behind a store.
#[napi]
#[derive(Debug)]
pub struct Fleet(fleet_bindings::Fleet);

#[napi]
impl Fleet {
    /// Opens the fleet of the store that a URL names.
    #[napi]
    pub fn open(env: Env, url: Unknown<'_>) -> napi::Result<PromiseRaw<'static, Fleet>> {
        let url: String = given(&env, url, "url")?;
        job::run(&env, url, |url| fleet_bindings::Fleet::open(url, FleetOptions::default()).map(Self))
    }

    /// The door for a person who has logged in with the host.
    #[napi]
    pub fn console(&self, env: Env, actor: Unknown<'_>, now: Unknown<'_>) -> napi::Result<Console> {
        let (account, now): (i64, Option<Moment>) = (given(&env, actor, "actor")?, given(&env, now, "now")?);
        self.0.console(account, now).map(Console).map_err(|failure| refused(&env, failure))
    }

    /// The door for who runs the platform.
    #[napi]
    pub fn operator(&self, env: Env, now: Unknown<'_>) -> napi::Result<Console> {
        Ok(Console(self.0.operator(given(&env, now, "now")?)))
    }

    /// The door for customers: whoever holds the token.
    #[napi]
    pub fn portal(&self, env: Env, token: Unknown<'_>, now: Unknown<'_>) -> napi::Result<Portal> {
        let (token, now): (String, Option<Moment>) = (given(&env, token, "token")?, given(&env, now, "now")?);
        self.0.portal(&token, now).map(Portal).map_err(|failure| refused(&env, failure))
    }

    /// The door for devices.
    #[napi]
    pub fn gateway(&self, env: Env, now: Unknown<'_>) -> napi::Result<Gateway> {
        Ok(Gateway::new(self.0.gateway(given(&env, now, "now")?)))
    }

    /// Closes the store, once every call that is under way is done.
    #[napi]
    pub fn close(&self, env: Env) -> napi::Result<PromiseRaw<'static, ()>> {
        job::run(&env, self.0.clone(), |fleet| {
            fleet.close();
            Ok(())
        })
    }
}

operations! { Fleet {
    pending_notices(after: Option<String>, limit: Option<u32>) -> NoticePage {
        move |fleet| fleet.pending_notices(after.as_deref(), limit)
    }
    acknowledge(key: String) -> bool { move |fleet| fleet.acknowledge(&key) }
} }
