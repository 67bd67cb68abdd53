//! All integration tests of this crate, in one binary that is linked once.

#[path = "../common/mod.rs"]
mod common;

mod conformance;
mod contention;
mod crossed;
mod database;
mod faults;
mod migrate;
mod twins;
