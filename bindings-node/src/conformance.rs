//! The laws of every store, for a store written in JavaScript.

use crate::job::Runner;
use crate::store::StoreLink;
use crate::threads::Threads;
use fleet_bindings::store::{HostStore, broken_laws};
use napi::Env;
use napi::bindgen_prelude::PromiseRaw;
use napi_derive::napi;

/// A law that a store broke.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Violation {
    /// The law's name.
    pub law: String,
    /// The observed violation.
    pub what: String,
}

/// Checks the stores of a link against every law. A store that is used for the first time is empty or, if the link
/// `reopens` stores, has the data of another one.
#[napi]
pub fn conformance(env: Env, stores: &StoreLink, reopens: bool) -> napi::Result<PromiseRaw<'static, Vec<Violation>>> {
    let link = stores.hand_over()?;
    Runner::Threads(Threads::start()?).run_free(&env, link, move |link| {
        let open = |before| {
            let store = link.store(before);
            (Some(store.number()), HostStore(store))
        };
        let violations = broken_laws(open, reopens);
        Ok(violations.into_iter().map(|broken| Violation { law: broken.law.to_owned(), what: broken.what }).collect())
    })
}
