//! What devices send, and how much of it is sent on.

pub mod metering;

pub use metering::{Meter, Usage};
