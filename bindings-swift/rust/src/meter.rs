//! A product's meter, for hosts that send messages by themselves.

use crate::{Answered, ask_off_thread};

/// A product's meter in this process: admits messages on one atomic number while its lease lasts, and asks the store for
/// the next lease.
#[derive(Debug, uniffi::Object)]
pub struct Meter(pub(crate) fleet_bindings::doors::Meter);

#[uniffi::export]
impl Meter {
    /// Whether one more message may be sent. Counted if so.
    pub async fn admit(&self) -> Answered<bool> {
        ask_off_thread(self.0.clone(), |meter| meter.admit()).await
    }

    /// How many of so many messages may be sent; they are counted.
    pub async fn admit_many(&self, want: i64) -> Answered<i64> {
        ask_off_thread(self.0.clone(), move |meter| meter.admit_many(want)).await
    }

    /// `admit` on the caller's own thread, which waits for the store where a lease has ended.
    pub fn admit_blocking(&self) -> Answered<bool> {
        Ok(self.0.admit()?)
    }
}
