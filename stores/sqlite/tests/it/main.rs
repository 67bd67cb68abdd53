//! All integration tests of this crate, in one binary that is linked once.

#[path = "../common/mod.rs"]
mod common;

mod advice;
mod conformance;
mod contention;
mod contract;
mod files;
mod full;
mod migrations;
mod storm;
mod twins;
