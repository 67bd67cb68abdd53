//! Metering: counts outbound messages against the tier's monthly limit, and never exceeds it (R-EVT-2 to R-EVT-6).
//!
//! The count of a product and usage month is one record, the [`UsageMonth`]. Reading it for every message would be
//! slow, and an estimate would be wrong. So a process takes a **lease**, a block of messages that is counted as granted
//! at once; admits messages with one atomic number; **reports** how many it has sent; and **settles**, which returns
//! the rest. After every commit
//!
//! > used + what open leases hold = granted ≤ the limit
//!
//! whatever processes do, crash or repeat. The month is part of the record's key, so no job resets anything.
//!
//! * **Size.** The first message of a node is counted as it is sent and leases nothing. A lease is at most twice what
//!   the node sent in the second before, or two seconds of its traffic; at most [`MAX_LEASE`]; and at most an eighth of
//!   the rest of the limit. So leases shrink to nothing near the limit, and the last message is exact.
//! * **Reports** are made every [`REPORT_EVERY`] while the node sends, and at a message that reaches a threshold
//!   (R-EVT-5), as far as the node knows. A report also returns what exceeds two seconds of traffic: an idle node
//!   reserves nothing after its next report.
//! * **A crash** loses the rest of its lease: at most two seconds of the node's own traffic, never more than
//!   [`MAX_LEASE`], for each product. They count as sent (R-EVT-6) as soon as they are needed: when a message is
//!   refused, or the record is full, leases that were silent for [`LEASE_LIFE`] are closed. A living owner that is late
//!   may still send what was counted, and nothing more.
//! * **Clocks** may jump. A message belongs to the month of its `now`, also when that is back across the start of the
//!   month; the record of each month is kept.

mod allowance;
mod console;
mod meter;
mod month;
#[cfg(test)]
mod tests;
pub mod threshold;

pub use console::{DetachedMeter, Meter, Usage};
pub use month::{Lease, Told, UsageMonth};

pub(crate) use meter::{Admitted, Meters};

use std::time::Duration;

/// How often a sending node reports its usage.
pub const REPORT_EVERY: Duration = Duration::from_secs(1);

/// After this much silence of its node a lease may be closed. Its rest counts as sent.
pub const LEASE_LIFE: Duration = Duration::from_secs(60);

/// Maximum number of messages that a node may send without asking the store.
pub const MAX_LEASE: u64 = 65_536;

/// Maximum number of open leases of a product. A node without a lease has each message counted as it sends it.
pub const MAX_LEASES: usize = 64;

/// The atomics of [`Allowance`](allowance::Allowance). The model checker replaces them by its own.
mod atomic {
    pub(super) use std::sync::atomic::{AtomicI64, Ordering};
}
