//! A product's meter, for hosts that send messages themselves.

use crate::{Answered, ask_off_thread};

/// A product's meter in this process: admits messages by one atomic counter while its lease is valid, and asks the
/// store for the next lease.
#[derive(Debug, uniffi::Object)]
pub struct Meter(pub(crate) fleet_bindings::doors::Meter);

#[uniffi::export]
impl Meter {
    /// Returns whether one more message may be sent. If so, it is counted.
    pub async fn admit(&self) -> Answered<bool> {
        ask_off_thread(self.0.clone(), |meter| meter.admit()).await
    }

    /// Returns how many of the wanted messages may be sent, and counts them.
    pub async fn admit_many(&self, want: i64) -> Answered<i64> {
        ask_off_thread(self.0.clone(), move |meter| meter.admit_many(want)).await
    }

    /// `admit` on the caller's own thread, which blocks for the store when a lease has ended.
    pub fn admit_blocking(&self) -> Answered<bool> {
        Ok(self.0.admit()?)
    }
}
