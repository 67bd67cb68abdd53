//! Commits that cross, over many connections: two of them, each of which checks the row that the other puts, are never
//! both applied.
//!
//! The suite of laws tries a few dozen rounds. By hand, and on another version of PostgreSQL:
//! `FLEET_CROSSED_ROUNDS=100000 FLEET_POSTGRES_PROGRAMS=/path/to/bin cargo test -p fleet-store-postgres --test crossed`
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::schema;
use fleet_core::store::conformance::check_crossed;
use fleet_postgres_server::Server;
use fleet_store_postgres::{Options, PostgresStore};

#[test]
fn of_two_commits_that_cross_one_is_refused() {
    let rounds: Option<u32> = std::env::var("FLEET_CROSSED_ROUNDS").ok().map(|rounds| rounds.parse().unwrap());
    for connections in [2, 8, 32] {
        // A round of 32 connections is one of 16 pairs.
        let rounds = rounds.unwrap_or(100) * 2 / connections as u32;
        let store = match std::env::var("FLEET_CROSSED_ROUNDS") {
            // What is durable is of no concern in a race of a night.
            Ok(_) => {
                let server = Box::leak(Box::new(Server::start(&["fsync=off"]).unwrap()));
                PostgresStore::open_with(&server.url("postgres"), Options::new().connections(connections)).unwrap()
            }
            Err(_) => PostgresStore::open_with(&schema().url, schema().options().connections(connections)).unwrap(),
        };
        check_crossed(&store, connections, rounds).unwrap();
        println!("{connections} connections, {rounds} rounds: {} tries anew", store.retries());
    }
}
