//! A product's meter, for hosts that send messages themselves.

use super::{Answered, When, unsigned};
use crate::closable::{Begin, Begun, Opened};
use crate::plain::count;
use fleet_core::event::metering::DetachedMeter;

/// A product's meter: admits messages by one atomic counter while its lease is valid. Cheap to clone and safe to share.
#[derive(Clone, Debug)]
pub struct Meter {
    fleet: Opened,
    meter: DetachedMeter,
    when: When,
}

impl Begin for Meter {
    fn begin(&self) -> Answered<Begun> {
        self.fleet.begin()
    }
}

impl Meter {
    pub(super) fn new(fleet: &Opened, meter: DetachedMeter, when: When) -> Self {
        Self { fleet: fleet.clone(), meter, when }
    }

    /// Returns whether one more message may be sent. If so, it is counted.
    pub fn admit(&self) -> Answered<bool> {
        let now = self.when.now()?;
        Ok(self.fleet.enter(|fleet| self.meter.attach(fleet))?.admit(now)?)
    }

    /// Returns how many of the wanted messages may be sent, and counts them.
    pub fn admit_many(&self, want: i64) -> Answered<i64> {
        let want = unsigned("want", want)?;
        let now = self.when.now()?;
        Ok(count(self.fleet.enter(|fleet| self.meter.attach(fleet))?.admit_many(want, now)?))
    }
}
