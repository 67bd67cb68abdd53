//! Long imports, which report their progress and can be stopped.

use super::ProductConsole;
use crate::given;
use fleet_bindings::Failure;
use fleet_bindings::shapes::{ImportProgress, ImportReport};
use fleet_core::{CancelToken, ErrorKind};
use napi::bindgen_prelude::PromiseRaw;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Unknown};
use napi_derive::napi;
use std::sync::mpsc;

/// Receives an import's progress, and returns whether the import continues.
type Watch = ThreadsafeFunction<ImportProgress, bool, ImportProgress, Status, false>;

/// Cancels a call from the event loop.
#[napi]
#[derive(Debug)]
pub struct Cancel(pub(crate) CancelToken);

#[napi]
impl Cancel {
    /// Creates one that nobody has cancelled.
    #[napi(constructor)]
    #[allow(clippy::new_without_default, reason = "only JavaScript makes one")]
    pub fn new() -> Self {
        Self(CancelToken::new())
    }

    /// Cancels the call.
    #[napi]
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

#[napi]
impl ProductConsole {
    /// `plan_import`, until it is cancelled.
    #[napi]
    pub fn plan_import_until(
        &self,
        env: Env,
        list: Unknown<'_>,
        cancel: &Cancel,
    ) -> napi::Result<PromiseRaw<'static, ImportReport>> {
        let list: Vec<u8> = given(&env, list, "list")?;
        let cancel = cancel.0.clone();
        self.runner.run_long(&env, self.door.clone(), move |door| door.plan_import_until(&list, &cancel))
    }

    /// Imports a list on a thread outside the pool, because it waits for the event loop. Calls `watch` after every few
    /// thousand devices to ask whether to continue. Imports nothing if it is `stopped` before it begins.
    #[napi]
    pub fn import_watched(
        &self,
        env: Env,
        list: Unknown<'_>,
        stopped: bool,
        watch: Watch,
    ) -> napi::Result<PromiseRaw<'static, ImportReport>> {
        let list: Vec<u8> = given(&env, list, "list")?;
        self.runner.run_long(&env, self.door.clone(), move |door| {
            if stopped {
                return Err(Failure::from(fleet_core::Error::from(ErrorKind::Cancelled { added: 0 })));
            }
            door.import_watched(&list, |progress| goes_on(&watch, progress))
        })
    }
}

/// Calls JavaScript and waits for its answer; the event loop is free to give it. If the loop has ended, the import ends
/// too.
fn goes_on(watch: &Watch, progress: ImportProgress) -> bool {
    let (answer, answered) = mpsc::sync_channel(1);
    let called = watch.call_with_return_value(progress, ThreadsafeFunctionCallMode::NonBlocking, move |word, _| {
        // If this fails, nobody waits any more.
        answer.send(word.unwrap_or(false)).or(Ok(()))
    });
    called == Status::Ok && answered.recv().unwrap_or(false)
}
