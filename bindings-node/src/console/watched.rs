//! Long imports, which tell how far they are and can be stopped.

use super::Console;
use crate::given;
use fleet_bindings::Failure;
use fleet_bindings::shapes::{ImportProgress, ImportReport};
use fleet_core::ErrorKind;
use napi::bindgen_prelude::PromiseRaw;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, Unknown};
use napi_derive::napi;
use std::sync::mpsc;

/// Is told how far an import is, and says whether it goes on.
type Watch = ThreadsafeFunction<ImportProgress, bool, ImportProgress, Status, false>;

#[napi]
impl Console {
    /// Imports a list on a thread beside the pool, for it waits for the event loop. Asks `watch` after every few thousand
    /// devices whether to go on; imports nothing where it is `stopped` before it begins.
    #[napi]
    pub fn import_watched(
        &self,
        env: Env,
        product: Unknown<'_>,
        list: Unknown<'_>,
        stopped: bool,
        watch: Watch,
    ) -> napi::Result<PromiseRaw<'static, ImportReport>> {
        let (product, list): (u32, Vec<u8>) = (given(&env, product, "product")?, given(&env, list, "list")?);
        self.runner.run_long(&env, self.door.clone(), move |door| {
            if stopped {
                return Err(Failure::from(fleet_core::Error::from(ErrorKind::Cancelled { added: 0 })));
            }
            door.import_watched(product, &list, |progress| goes_on(&watch, progress))
        })
    }
}

/// Asks JavaScript, and waits for its word: the event loop is free to give it. Where the loop has ended, so has the
/// import.
fn goes_on(watch: &Watch, progress: ImportProgress) -> bool {
    let (answer, answered) = mpsc::sync_channel(1);
    let called = watch.call_with_return_value(progress, ThreadsafeFunctionCallMode::NonBlocking, move |word, _| {
        // Nobody waits any more where this fails.
        answer.send(word.unwrap_or(false)).or(Ok(()))
    });
    called == Status::Ok && answered.recv().unwrap_or(false)
}
