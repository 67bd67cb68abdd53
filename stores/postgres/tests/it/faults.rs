//! Failures of a server, a connection or a machine at the worst moment: no acknowledged commit is lost, none is applied
//! twice, and each caller learns the outcome of its command.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use crate::common;

use common::load::{self, Account};
use common::proxy::Proxy;
use common::schema;
use fleet_core::{Fleet, ProductId};
use fleet_postgres_server::Server;
use fleet_store_postgres::{Options, PostgresStore};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a call waits for its server; no test takes longer than a few times this.
const PATIENCE: Duration = Duration::from_secs(20);

fn options() -> Options {
    Options::new().connections(4).patience(PATIENCE).connect_timeout(Duration::from_secs(2))
}

/// Runs a load on a fleet while `disturb` disturbs its store.
fn under_load(fleet: &Fleet, product: ProductId, disturb: impl FnOnce(&AtomicUsize)) -> Account {
    let (enough, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|threads| {
        let load = threads.spawn(|| load::run(fleet, product, &enough, &done));
        // Stops the load also if `disturb` panics; otherwise its threads would run forever.
        let disturbed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| disturb(&done)));
        enough.store(true, Ordering::Relaxed);
        let account = load.join().unwrap();
        disturbed.unwrap();
        account
    })
}

/// Waits until this many more commands were acknowledged.
fn until_done(done: &AtomicUsize, more: usize) {
    let (goal, begun) = (done.load(Ordering::Relaxed) + more, Instant::now());
    while done.load(Ordering::Relaxed) < goal {
        assert!(begun.elapsed() < PATIENCE, "no command is acknowledged");
        thread::sleep(Duration::from_millis(1));
    }
}

fn certain(account: &Account) {
    assert!(account.failed.is_empty(), "{} commands failed, first: {:?}", account.failed.len(), account.failed[0]);
}

#[test]
fn a_server_that_is_killed_and_restarted_loses_and_repeats_nothing() {
    let mut server = Server::start(&[]).unwrap();
    let url = server.url("postgres");
    let fleet = Fleet::open(PostgresStore::open_with(&url, options()).unwrap());
    let product = load::product(&fleet);
    let account = under_load(&fleet, product, |done| {
        for round in 0..5 {
            until_done(done, 20 + 17 * round);
            server.kill().unwrap();
            server.run().unwrap();
        }
        until_done(done, 20);
    });
    certain(&account);
    assert!(account.acknowledged > 250, "only {} commands", account.acknowledged);
    load::holds(&Fleet::open(PostgresStore::open_with(&url, options()).unwrap()), product, &account);
}

#[test]
fn connections_that_the_server_closes_lose_and_repeat_nothing() {
    let schema = schema();
    let name = format!("{}?application_name={}", schema.url, schema.name);
    let fleet = Fleet::open(PostgresStore::open_with(&name, options().schema(&schema.name)).unwrap());
    let product = load::product(&fleet);
    let mut executioner = postgres::Client::connect(&schema.url, postgres::NoTls).unwrap();
    let mut ended = 0;
    let account = under_load(&fleet, product, |done| {
        for _ in 0..60 {
            until_done(done, 5);
            let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
            ended += executioner.query(all, &[&schema.name]).unwrap().len();
        }
        until_done(done, 20);
    });
    assert!(ended > 60, "only {ended} connections were there to end");
    certain(&account);
    load::holds(&Fleet::open(schema.open()), product, &account);
}

#[test]
fn a_connection_that_breaks_during_commits_leaves_no_outcome_unresolved() {
    let schema = schema();
    let server = fleet_postgres_server::shared().unwrap();
    let proxy = Proxy::to(server.port());
    let url = format!("postgresql://fleet@127.0.0.1:{}/postgres", proxy.port());
    let fleet = Fleet::open(PostgresStore::open_with(&url, options().schema(&schema.name)).unwrap());
    let product = load::product(&fleet);
    let account = under_load(&fleet, product, |done| {
        proxy.cut_one_in(40);
        while proxy.cuts().iter().any(|cuts| *cuts < 8) {
            until_done(done, 1);
        }
        proxy.cut_one_in(u64::MAX);
        until_done(done, 20);
    });
    certain(&account);
    load::holds(&Fleet::open(schema.open()), product, &account);
}

#[test]
fn a_synchronous_standby_takes_over_with_every_acknowledged_commit() {
    let mut primary = Server::start(&["synchronous_standby_names=second"]).unwrap();
    let standby = primary.standby("second").unwrap();
    let (first, second) = (primary.port(), standby.port());
    let url =
        format!("postgresql://fleet@127.0.0.1:{first},127.0.0.1:{second}/postgres?target_session_attrs=read-write");
    let fleet = Fleet::open(PostgresStore::open_with(&url, options()).unwrap());
    let product = load::product(&fleet);
    let account = under_load(&fleet, product, |done| {
        until_done(done, 150);
        primary.kill().unwrap();
        standby.promote().unwrap();
        until_done(done, 100);
    });
    certain(&account);
    load::holds(&fleet, product, &account);
}
