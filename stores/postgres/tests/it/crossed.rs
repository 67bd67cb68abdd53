//! Crossed commits over many connections: of two commits, each of which checks the row that the other puts, at most one
//! is applied.
//!
//! The conformance suite tries a few dozen rounds. To run more by hand, or on another version of PostgreSQL:
//! `FLEET_CROSSED_ROUNDS=100000 FLEET_POSTGRES_PROGRAMS=/path/to/bin cargo test -p fleet-store-postgres --test it crossed`
#![allow(clippy::unwrap_used, reason = "tests")]

use crate::common;

use common::schema;
use fleet_core::store::conformance::check_crossed;
use fleet_postgres_server::Server;
use fleet_store_postgres::{Options, PostgresStore};

#[test]
fn of_two_crossed_commits_one_is_refused() {
    let rounds: Option<u32> = std::env::var("FLEET_CROSSED_ROUNDS").ok().map(|rounds| rounds.parse().unwrap());
    for connections in [2, 8, 32] {
        // A round of 32 connections has 16 pairs.
        let rounds = rounds.unwrap_or(100) * 2 / connections as u32;
        let store = match std::env::var("FLEET_CROSSED_ROUNDS") {
            // Durability does not matter in a race that runs for a night.
            Ok(_) => {
                let server = Box::leak(Box::new(Server::start(&["fsync=off"]).unwrap()));
                PostgresStore::open_with(&server.url("postgres"), Options::new().connections(connections)).unwrap()
            }
            Err(_) => PostgresStore::open_with(&schema().url, schema().options().connections(connections)).unwrap(),
        };
        check_crossed(&store, connections, rounds).unwrap();
        println!("{connections} connections, {rounds} rounds: {} retries", store.retries());
    }
}
