//! The door for people.

mod billing;
mod devices;
mod events;
mod firmware;
mod handles;
mod people;
mod products;

pub use devices::{ImportWatcher, WatcherError};
pub use events::{EventStream, StreamWait};
pub use handles::{CustomerConsole, DeviceConsole, ProductConsole};

use crate::{Answered, ask_off_thread};

/// The door for people: the members of a team, or the platform's operator.
#[derive(Debug, uniffi::Object)]
pub struct Console(pub(crate) fleet_bindings::Console);

impl Console {
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(fleet_bindings::Console) -> fleet_bindings::Answered<T> + Send + 'static,
    ) -> Answered<T> {
        let door = self.0.clone();
        ask_off_thread(door, ask).await
    }
}
