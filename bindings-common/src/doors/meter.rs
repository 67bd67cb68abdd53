//! A product's meter, for hosts that send messages by themselves.

use super::{Answered, When, unsigned};
use crate::plain::count;
use fleet_core::event::metering::DetachedMeter;
use std::sync::Arc;

/// A product's meter: admits messages on one atomic number while its lease lasts. Cheap to clone and safe to share.
#[derive(Clone, Debug)]
pub struct Meter {
    fleet: Arc<fleet_core::Fleet>,
    meter: DetachedMeter,
    when: When,
}

impl Meter {
    pub(super) fn new(fleet: &Arc<fleet_core::Fleet>, meter: DetachedMeter, when: When) -> Self {
        Self { fleet: Arc::clone(fleet), meter, when }
    }

    /// Whether one more message may be sent. Counted if so.
    pub fn admit(&self) -> Answered<bool> {
        Ok(self.meter.attach(&self.fleet).admit(self.when.now())?)
    }

    /// How many of so many messages may be sent; they are counted.
    pub fn admit_many(&self, want: i64) -> Answered<i64> {
        let want = unsigned("want", want)?;
        Ok(count(self.meter.attach(&self.fleet).admit_many(want, self.when.now())?))
    }
}
