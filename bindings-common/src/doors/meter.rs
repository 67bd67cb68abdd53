//! A product's meter, for hosts that send messages by themselves.

use super::{Answered, When, unsigned};
use crate::closable::{Begin, Begun, Opened};
use crate::plain::count;
use fleet_core::event::metering::DetachedMeter;

/// A product's meter: admits messages on one atomic number while its lease lasts. Cheap to clone and safe to share.
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

    /// Whether one more message may be sent. Counted if so.
    pub fn admit(&self) -> Answered<bool> {
        let now = self.when.now()?;
        Ok(self.fleet.enter(|fleet| self.meter.attach(fleet))?.admit(now)?)
    }

    /// How many of so many messages may be sent; they are counted.
    pub fn admit_many(&self, want: i64) -> Answered<i64> {
        let want = unsigned("want", want)?;
        let now = self.when.now()?;
        Ok(count(self.fleet.enter(|fleet| self.meter.attach(fleet))?.admit_many(want, now)?))
    }
}
