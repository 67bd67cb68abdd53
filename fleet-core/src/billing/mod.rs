//! What counts against a tier and what it costs.

mod period;
mod tier;

pub use period::{Anchor, Interval, Period};
pub use tier::{Catalogue, LimitExceeded, Resource, Tier};
