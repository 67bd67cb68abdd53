//! Runs the program that moves fleets.

#![expect(clippy::unwrap_used, reason = "a test fails if its program does not run")]

use fleet_core::{Actor, Fleet, Timestamp};
use fleet_store_sqlite::SqliteStore;
use std::path::PathBuf;
use std::process::Command;

/// The exit status and output of the example, as cargo built it for this test run.
fn migrate(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut program: PathBuf = std::env::current_exe().unwrap();
    program.pop();
    program.set_file_name("examples");
    let output = Command::new(program.join("migrate")).args(arguments).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), out, err)
}

#[test]
fn a_fleet_moves_to_an_empty_file_and_does_not_overwrite_another_fleet() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let open = |name: &str| Fleet::open(SqliteStore::open(folder.path().join(name)).unwrap());
    let now = Timestamp::from_millis(0);
    open("a").console(Actor::Operator, now).create_account("alice@example.com").unwrap();
    let (code, out, err) = migrate(&["--from", &path("a"), "--to", &path("b")]);
    assert_eq!((code, &*err), (Some(0), ""));
    assert!(out.contains("1  account\n") && out.ends_with("rows in all, the same in both stores\n"), "{out}");
    assert!(open("b").console(Actor::Operator, now).create_account("alice@example.com").is_err());

    open("c").console(Actor::Operator, now).create_account("carol@example.com").unwrap();
    let (code, _, err) = migrate(&["--from", &path("c"), "--to", &path("b")]);
    assert_eq!(code, Some(1));
    assert!(err.contains("not empty"), "{err}");
}

#[test]
fn an_invalid_store_url_is_reported() {
    let (code, _, err) = migrate(&["--from", "sqlite:/nowhere/fleet.db", "--to", "sqlite:b"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("there is no file `/nowhere/fleet.db`"), "{err}");
    let (code, _, err) = migrate(&["--from", "oracle", "--to", "sqlite:b"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("is no store that can be opened here"), "{err}");
    assert_eq!(migrate(&[]).0, Some(2));
}
