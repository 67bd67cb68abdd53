//! What counts against a tier and what it costs.

mod dunning;
mod period;
mod proration;
mod tier;

pub use dunning::{Attempt, AttemptResult, Decline, Retries, Step, failures, is_exhausted, next_step};
pub use period::{Anchor, Interval, Period};
pub use proration::{Split, cap_credit, prorate, prorate_span, split_credit};
pub use tier::{Catalogue, LimitExceeded, Price, Resource, Tier};
