//! Loads a store with gateways and consoles at the same time, for a set time. Prints what they did and whether every
//! invariant holds, and fails if one does not.

use benches::load::{Outcome, Plan, run};
use fleet_core::MemoryStore;
use fleet_core::store::{GroupCommit, Store};
use fleet_postgres_server::Server;
use fleet_store_journaled::Journaled;
use fleet_store_postgres::PostgresStore;
use fleet_store_sqlite::SqliteStore;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str =
    "usage: load [--store memory|sqlite|journaled|postgres] [--seconds N] [--threads N] [--devices N] [--seed N]

  --store STORE  default memory; `sqlite` and `journaled`, a journal in front of SQLite, are files in target/bench,
                 and `postgres` is a server on loopback; all are deleted at the end
  --seconds N    duration; default 10
  --threads N    number of threads; default 8
  --devices N    number of devices in the fleet at the start; default 10000
  --seed N       seed of the random choices; default 1. The scheduling of threads is not controlled";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((store, plan)) = read(&words) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match load(store, &plan) {
        Ok(outcome) => {
            println!("{outcome}");
            if outcome.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Memory,
    Sqlite,
    Journaled,
    Postgres,
}

fn read(words: &[String]) -> Option<(Kind, Plan)> {
    let mut store = Kind::Memory;
    let mut plan = Plan { time: Duration::from_secs(10), threads: 8, devices: 10_000, seed: 1 };
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let value = words.next()?;
        match word {
            "--store" => {
                store = match value {
                    "memory" => Kind::Memory,
                    "sqlite" => Kind::Sqlite,
                    "journaled" => Kind::Journaled,
                    "postgres" => Kind::Postgres,
                    _ => return None,
                }
            }
            "--seconds" => plan.time = Duration::from_secs(value.parse().ok()?),
            "--threads" => plan.threads = value.parse().ok().filter(|threads| *threads > 0)?,
            "--devices" => plan.devices = value.parse().ok().filter(|devices| *devices > 0)?,
            "--seed" => plan.seed = value.parse().ok()?,
            _ => return None,
        }
    }
    Some((store, plan))
}

fn load(kind: Kind, plan: &Plan) -> benches::Result<Outcome> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&folder)?;
    let folder = tempfile::tempdir_in(&folder)?;
    let file = || SqliteStore::open(folder.path().join("load.db"));
    match kind {
        Kind::Memory => watch(MemoryStore::new(), plan),
        Kind::Sqlite => watch(GroupCommit::new(file()?), plan),
        Kind::Journaled => watch(GroupCommit::new(Journaled::open(file()?)?), plan),
        Kind::Postgres => {
            let server = Server::start(&[])?;
            watch(GroupCommit::new(PostgresStore::open(&server.url("postgres"))?).with_reads(), plan)
        }
    }
}

/// Loads a store and prints the progress once a second.
fn watch(store: impl Store + 'static, plan: &Plan) -> benches::Result<Outcome> {
    let shown = std::cell::Cell::new((0, 0));
    let outcome = run(store, plan, |elapsed, done| {
        let (second, before) = shown.get();
        if elapsed.as_secs() <= second {
            return;
        }
        shown.set((elapsed.as_secs(), done));
        let line = format!("{:>5} s  {:>9} acts a second", elapsed.as_secs(), done - before);
        let mut out = std::io::stderr();
        // If nobody watches, each line is kept. If the line cannot be written, the load continues.
        let _ = if out.is_terminal() { write!(out, "\r{line}") } else { writeln!(out, "{line}") };
    });
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    outcome
}
