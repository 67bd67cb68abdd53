//! A connection is encrypted and leads to the right server, or it is refused.
#![allow(clippy::unwrap_used, reason = "tests")]

use fleet_core::{Actor, Fleet, Timestamp};
use fleet_postgres_server::Server;
use fleet_store_postgres::{Options, PostgresStore};
use postgres::{Client, NoTls};
use std::time::Duration;

/// Starts a server with a certificate for this name. Returns it with the certificate to trust.
fn server(name: &str) -> (Server, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let server = Server::start_with_tls(&made.cert.pem(), &made.signing_key.serialize_pem()).unwrap();
    (server, made.cert.der().to_vec())
}

fn options() -> Options {
    Options::new().connections(2).patience(Duration::from_secs(2)).connect_timeout(Duration::from_secs(2))
}

fn required(server: &Server) -> String {
    format!("{}?sslmode=require", server.url("postgres"))
}

fn why(url: &str, options: Options) -> String {
    PostgresStore::open_with(url, options).unwrap_err().to_string()
}

#[test]
fn a_server_with_a_trusted_certificate_is_used_over_tls() {
    let (server, root) = server("127.0.0.1");
    let store = PostgresStore::open_with(&required(&server), options().root_certificate(root.clone())).unwrap();
    let fleet = Fleet::open(store);
    let alice = fleet.console(Actor::Operator, Timestamp::from_millis(0)).create_account("alice@example.com").unwrap();
    assert_eq!(alice.email, "alice@example.com");

    let mut client = Client::connect(&format!("{}?sslmode=disable", server.url("postgres")), NoTls).unwrap();
    let secret = "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl s JOIN pg_stat_activity USING (pid)
                  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let row = client.query_one(secret, &[]).unwrap();
    let (secret, all): (i64, i64) = (row.get(0), row.get(1));
    assert!(secret > 0 && secret == all, "{secret} of {all} connections");

    // If the server offers TLS, it is used without being requested.
    PostgresStore::open_with(&server.url("postgres"), options().root_certificate(root)).unwrap();
}

#[test]
fn a_server_with_an_untrusted_certificate_is_refused() {
    let (server, _) = server("127.0.0.1");
    let said = why(&required(&server), options());
    assert!(said.contains("certificate"), "{said}");
    let (_, stranger) = self::server("127.0.0.1");
    let said = why(&required(&server), options().root_certificate(stranger));
    assert!(said.contains("certificate"), "{said}");
}

#[test]
fn a_server_whose_certificate_names_another_host_is_refused() {
    let (server, root) = server("db.example.com");
    let said = why(&required(&server), options().root_certificate(root));
    assert!(said.contains("certificate"), "{said}");
}

#[test]
fn a_server_without_tls_is_refused_if_tls_is_required() {
    let server = Server::start(&[]).unwrap();
    let said = why(&required(&server), options());
    assert!(said.to_lowercase().contains("tls"), "{said}");
}

#[test]
fn an_invalid_root_certificate_is_refused_by_name() {
    let said = why("postgresql://fleet@127.0.0.1:1/fleet", options().root_certificate(*b"no certificate"));
    assert!(said.contains("root certificate"), "{said}");
}
