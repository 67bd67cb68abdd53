//! What counts against a tier and what it costs.

mod tier;

pub use tier::{Catalogue, LimitExceeded, Resource, Tier};
