//! The commands about messages: those of a console, and those of a host.

use super::answer;
use super::command::Command;
use super::world::{Found, World, done, malformed};
use fleet_core::event::Usage;
use serde_json::{Value, json};

impl World {
    /// Runs the commands of a host for its meters.
    pub(super) fn metering(&self, command: &Command) -> Found<Value> {
        Ok(match command {
            Command::Meter { product, want } => {
                let meter = self.fleet.meter(self.product(product)?)?;
                json!({ "admitted": meter.admit_many(self.see(want)?, self.now)? })
            }
            Command::ReportUsage {} => {
                self.fleet.report_usage(self.now)?;
                done()
            }
            Command::SettleUsage {} => {
                self.fleet.settle_usage(self.now)?;
                done()
            }
            _ => return malformed("this command needs an actor: add `as`"),
        })
    }
}

/// A product's messages.
pub(super) fn usage(usage: &Usage) -> Value {
    let Usage { period, limit, used, reserved, .. } = usage;
    let period = json!({ "index": period.index, "start": answer::time(period.start), "end": answer::time(period.end) });
    json!({ "period": period, "limit": limit, "used": used, "reserved": reserved })
}
