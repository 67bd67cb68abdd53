//! A schema for each test, on one server for all tests of a program.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, each used by some"
)]

pub(crate) mod load;
pub(crate) mod proxy;

use fleet_store_postgres::{Options, PostgresStore};
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty schema on the shared server.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) url: String,
    pub(crate) name: String,
}

pub(crate) fn schema() -> Schema {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("fleet_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    Schema { url: fleet_postgres_server::shared().unwrap().url("postgres"), name }
}

impl Schema {
    pub(crate) fn options(&self) -> Options {
        Options::new().schema(&self.name).connections(4)
    }

    pub(crate) fn open(&self) -> PostgresStore {
        PostgresStore::open_with(&self.url, self.options()).unwrap()
    }
}
