//! A fleet behind a real pooler that assigns each transaction to any free session.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::load::{self, NOW, agrees};
use common::schema;
use fleet_core::store::{Commit, CommitOutcome, GroupCommit, Key, Store, Tally, Write, conformance};
use fleet_core::{Actor, Fleet, ProductId};
use fleet_postgres_server::{Pooler, shared};
use fleet_store_postgres::PostgresStore;
use postgres::{Client, NoTls};
use std::thread;

/// Starts a pooler with fewer sessions than clients, so that transactions of one client use several sessions.
fn pooler(settings: &[&str]) -> Pooler {
    let few = ["default_pool_size = 3"];
    Pooler::start(shared().unwrap(), &[&few, settings].concat()).unwrap()
}

fn counter() -> Key {
    Key::Tally(ProductId::new(1).unwrap(), Tally::Members, 0)
}

fn count(store: &dyn Store) -> CommitOutcome {
    store.commit(&[Commit { checks: Vec::new(), writes: vec![Write::Add { key: counter(), delta: 1 }] }]).unwrap()[0]
}

/// Configurations of a pooler.
const KINDS: [&[&str]; 3] = [
    &["pool_mode = transaction"],
    // It resets the settings of sessions and drops prepared statements.
    &["pool_mode = transaction", "server_reset_query_always = 1"],
    &["pool_mode = session", "default_pool_size = 20"],
];

#[test]
fn many_clients_keep_every_invariant_whatever_sessions_they_get() {
    for kind in KINDS {
        let (pooler, schema) = (pooler(kind), schema());
        let open = || PostgresStore::open_with(&pooler.url("postgres"), schema.options()).unwrap();
        let fleets: Vec<Fleet> = (0..2).map(|_| Fleet::open(GroupCommit::new(open()).with_reads())).collect();
        let product = load::product(&fleets[0]);
        thread::scope(|threads| {
            for (me, fleet) in (0..4_u32).zip(fleets.iter().cycle()) {
                threads.spawn(move || {
                    for turn in 0..6_u32 {
                        let list: String = (0..30).map(|n| format!("bb{:022x}\n", me * 20 + turn * 7 + n)).collect();
                        let imported = fleet.console(Actor::Operator, NOW).product(product).import(list.as_bytes());
                        let code = imported.as_ref().err().map(fleet_core::Error::code);
                        assert!([None, Some("store_contention")].contains(&code), "{kind:?}: {imported:?}");
                    }
                });
            }
        });
        agrees(&fleets[0]);
        // And without the pooler.
        agrees(&Fleet::open(schema.open()));
    }
}

#[test]
fn a_large_import_goes_through_a_pooler() {
    let (pooler, schema) = (pooler(KINDS[0]), schema());
    let fleet = Fleet::open(PostgresStore::open_with(&pooler.url("postgres"), schema.options()).unwrap());
    let product = load::product(&fleet);
    let list: String = (0..3_000).map(|n| format!("cc{n:022x}\n")).collect();
    fleet.console(Actor::Operator, NOW).product(product).import(list.as_bytes()).unwrap();
    agrees(&fleet);
}

#[test]
fn a_pooler_that_mixes_transactions_keeps_every_law() {
    let pooler = pooler(KINDS[0]);
    let open = || {
        let schema = schema();
        PostgresStore::open_with(&pooler.url("postgres"), schema.options()).unwrap()
    };
    let broken = conformance::check(open).err().unwrap_or_default();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn a_session_shared_with_another_program_keeps_its_settings() {
    let (pooler, schema) = (pooler(&["pool_mode = transaction", "default_pool_size = 1"]), schema());
    let store = PostgresStore::open_with(&pooler.url("postgres"), schema.options()).unwrap();
    let mut other = Client::connect(&pooler.url("postgres"), NoTls).unwrap();
    for _ in 0..3 {
        assert_eq!(count(&store), CommitOutcome::Applied);
        for (setting, default) in [
            ("search_path", "\"$user\", public"),
            ("enable_seqscan", "on"),
            ("default_transaction_isolation", "read committed"),
        ] {
            let row = other.simple_query(&format!("SHOW {setting}")).unwrap();
            let postgres::SimpleQueryMessage::Row(row) = &row[1] else { panic!("{row:?}") };
            assert_eq!(row.get(0), Some(default), "{setting}");
        }
    }
    drop(store);
}
