//! Keeps a fleet in one SQLite file that people can query.
#![forbid(unsafe_code)]

mod batch;
mod decoded;
mod error;
mod open;
mod options;
mod store;
mod table;
mod transaction;

pub use options::{Options, Synchronous};
pub use store::SqliteStore;
