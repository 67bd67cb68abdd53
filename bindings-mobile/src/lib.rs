//! The doors of fleet-core for Swift and Kotlin.
//!
//! Every operation is a method of a door that passes plain values to `fleet-bindings`. The store blocks, so each
//! operation runs on a thread where blocking is allowed, and Swift's `async` and Kotlin's `suspend` wait for it; the
//! caller's threads are never blocked. `fleet-bindgen` generates both languages from this crate; idiomatic additions
//! are handwritten beside them.
uniffi::setup_scaffolding!();

mod clock;
mod conformance;
mod console;
mod error;
mod fleet;
mod gateway;
mod meter;
mod options;
mod portal;
mod store;

pub use clock::Clock;
pub use conformance::{StoreFactory, StoreReopener, Violation, conformance};
pub use console::{
    Console, CustomerConsole, DeviceConsole, EventStream, ImportWatcher, ProductConsole, StreamWait, WatcherError,
};
pub use error::{FleetError, FleetFailure};
pub use fleet::{CallObserver, OpenFleet};
pub use gateway::Gateway;
pub use meter::Meter;
pub use options::{FleetOptions, Price, Span, Tier};
pub use portal::Portal;
pub use store::{RowStore, RowStoreError};

use fleet_bindings::{Begin, guarded};
use fleet_core::CancelToken;

/// The result of an operation.
type Answered<T> = Result<T, FleetError>;

/// Runs blocking code where blocking is allowed.
async fn off_thread<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, fleet_bindings::Failure> + Send + 'static,
) -> Answered<T> {
    blocking::unblock(move || guarded(ask)).await.map_err(FleetError::from)
}

/// Calls a door. The call counts as running from here on: a close that comes before its thread starts waits for it.
async fn ask_off_thread<D: Begin + Send + 'static, T: Send + 'static>(
    door: D,
    ask: impl FnOnce(D) -> Result<T, fleet_bindings::Failure> + Send + 'static,
) -> Answered<T> {
    let begun = door.begin()?;
    off_thread(move || begun.run(|| ask(door))).await
}

/// Calls a door for a long call that can be cancelled: a task or a coroutine that is cancelled drops its future, which
/// cancels the call.
async fn ask_cancellably<D: Begin + Send + 'static, T: Send + 'static>(
    door: D,
    ask: impl FnOnce(D, &CancelToken) -> Result<T, fleet_bindings::Failure> + Send + 'static,
) -> Answered<T> {
    let cancel = CancelToken::new();
    let _waits = OnDrop(cancel.clone());
    ask_off_thread(door, move |door| ask(door, &cancel)).await
}

/// Cancels a call when it is dropped. After the call it has no effect.
struct OnDrop(CancelToken);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
