//! All integration tests of this crate, in one binary that is linked once.
#![allow(clippy::module_inception, reason = "a test includes the helpers of the same name")]

#[path = "../common/mod.rs"]
mod common;

mod advice;
mod conformance;
mod contention;
mod contract;
mod files;
mod full;
mod migrations;
mod query;
mod storm;
mod twins;
