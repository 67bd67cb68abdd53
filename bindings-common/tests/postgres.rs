//! Opens PostgreSQL by its URL. Without an installed PostgreSQL the tests do nothing; `cargo xtask test` reports that
//! at its end.
#![cfg(feature = "postgres")]
#![expect(clippy::unwrap_used, reason = "a test may panic on an unexpected result")]

use fleet_bindings::{Failure, Fleet, FleetOptions};
use fleet_postgres_server::{programs, shared};

fn open(url: &str) -> Result<Fleet, Failure> {
    Fleet::open(url, FleetOptions::default())
}

/// The address of a server. `None` if PostgreSQL is not installed.
fn server() -> Option<String> {
    programs().map(|_| shared().unwrap().url("postgres"))
}

#[test]
fn another_process_opens_the_same_fleet_and_each_schema_has_its_own() {
    let Some(server) = server() else { return };
    let fleet = open(&server).unwrap();
    fleet.operator(None).create_account("alice@example.com").unwrap();
    let again = open(&server.replace("postgresql:", "postgres:")).unwrap();
    assert_eq!(again.operator(None).create_account("alice@example.com").unwrap_err().code, "taken");
    let another = open(&format!("{server}?application_name=hello&schema=another&connections=1")).unwrap();
    another.operator(None).create_account("alice@example.com").unwrap();
}

#[test]
fn a_closed_fleet_disconnects_from_the_database() {
    let Some(server) = server() else { return };
    let fleet = open(&format!("{server}?schema=closed")).unwrap();
    let operator = fleet.operator(None);
    fleet.close();
    assert!(operator.create_account("alice@example.com").unwrap_err().message.contains("closed"));
}

#[test]
fn an_error_of_opening_does_not_show_the_password() {
    let Some(server) = server() else { return };
    let address = server.split_once('@').unwrap().1.replace("/postgres", "");
    for (url, code, expected) in [
        ("postgresql:hunter2".to_owned(), "invalid", "postgresql://USER@HOST/DATABASE"),
        ("postgresql://f:hunter2@db:many/x".to_owned(), "store_failed", "cannot read the URL"),
        ("postgresql://f:hun@ter2@db/x".to_owned(), "store_failed", "as `%40`"),
        ("postgresql://f:hunter2@db/x?colour=blue".to_owned(), "store_failed", "unknown option `colour`"),
        ("postgresql://f:hunter2@db/x?connections=0".to_owned(), "invalid", "from 1 to 1000"),
        ("postgresql://f:hunter2@db/x?schema=a b".to_owned(), "store_failed", "choose letters"),
        (format!("postgresql://nobody:hunter2@{address}/postgres"), "store_failed", "check user and password"),
        (format!("postgresql://fleet:hunter2@{address}/none"), "store_failed", "create the database first"),
        (format!("postgresql://fleet:hunter2@{address}/postgres?sslmode=require"), "store_failed", "TLS"),
    ] {
        let failure = open(&url).unwrap_err();
        assert_eq!((failure.code.as_str(), failure.is_transient), (code, false), "{url}: {failure}");
        assert!(failure.message.contains(expected), "{url}: {failure}");
        assert!(!format!("{failure:?}").contains("ter2"), "{url}: {failure:?}");
    }
}
