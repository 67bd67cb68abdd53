//! Metering: counting outbound messages against the tier's monthly limit, and never going over it (R-EVT-2 to R-EVT-6).
//!
//! The count of a product and usage month is one record, the [`UsageMonth`]. Asking it for every message would be slow,
//! and guessing would be wrong. So a process takes a **lease**, a block of messages that is counted as granted at once;
//! sends them on the word of one atomic number; **reports** how many it has sent; and **settles**, which gives back the
//! rest. After every commit
//!
//! > used + what open leases hold = granted ≤ the limit
//!
//! whatever processes do, crash or say twice. The month is in the record's key, so no job resets anything.
//!
//! * **Size.** The first message of a node is counted as it is sent and leases nothing. A lease is never more than twice
//!   what the node sent in the second before, or two seconds of its traffic, and never more than [`MAX_LEASE`]; nor than
//!   an eighth of what the limit leaves, so it shrinks to nothing in the end and the last message is exact.
//! * **Reports** are made every [`REPORT_EVERY`] while the node sends, and at the message that people are to be told of
//!   (R-EVT-5), as far as the node knows. A report also gives back what is more than two seconds of traffic: a node that
//!   is idle holds nothing after its next report.
//! * **A crash** loses what its lease had left: at most two seconds of the node's own traffic, never more than
//!   [`MAX_LEASE`], for each product. That counts as sent (R-EVT-6) as soon as somebody needs it to: when a message is turned
//!   away, or the record is full, leases that were silent for [`LEASE_LIFE`] are closed. A living owner that comes late
//!   may still send what was counted, and nothing more.
//! * **Clocks** may jump. A message belongs to the month of its `now`, also when that is back across the start of the
//!   month; the record of each month is kept.

mod allowance;
mod doors;
mod meter;
mod month;
#[cfg(test)]
mod tests;
pub mod threshold;

pub use doors::{DetachedMeter, Meter, Usage};
pub use month::{Lease, Told, UsageMonth};

pub(crate) use meter::{Admitted, Meters};

use std::time::Duration;

/// How often a node that sends says how much.
pub const REPORT_EVERY: Duration = Duration::from_secs(1);

/// A lease whose node was silent for so long may be closed; its rest counts as sent.
pub const LEASE_LIFE: Duration = Duration::from_secs(60);

/// The most messages that a node may send without asking.
pub const MAX_LEASE: u64 = 65_536;

/// The most open leases of a product. A node that finds none free has each of its messages counted as it sends it.
pub const MAX_LEASES: usize = 64;

/// The atomics of [`Allowance`](allowance::Allowance), which a model checker replaces by its own.
mod atomic {
    pub(super) use std::sync::atomic::{AtomicI64, Ordering};
}
