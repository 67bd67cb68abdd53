//! All integration tests of this crate, in one binary that is linked once.
#![allow(clippy::module_inception, reason = "a test includes the helpers of the same name")]

#[path = "../common/mod.rs"]
mod common;

mod conformance;
mod contention;
mod crossed;
mod database;
mod faults;
mod migrate;
mod twins;
