//! Moves a whole fleet from one store to another:
//!
//! ```text
//! cargo run --release --example migrate -- --from sqlite:fleet.db --to postgresql://fleet@localhost/fleet
//! ```
//!
//! Nobody may use either store meanwhile. The target must be empty, or hold what an earlier run that was broken off left
//! there: then this run completes it. At the end both are compared, row by row.

use fleet_core::store::{Store, copy};
use fleet_store_postgres::PostgresStore;
use fleet_store_sqlite::SqliteStore;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: migrate --from STORE --to STORE

  STORE  sqlite:FILE, or postgresql://user@host/database
         of a PostgreSQL schema other than `fleet`: postgresql://…#schema";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ["--from", from, "--to", to] = *words else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match migrate(from, to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn migrate(from: &str, to: &str) -> Result<(), Box<dyn std::error::Error>> {
    // Opening would make a file that is not there, and an empty fleet is hardly what was meant.
    if let Some(file) = from.strip_prefix("sqlite:").filter(|file| !Path::new(file).exists()) {
        return Err(format!("there is no file `{file}`").into());
    }
    let copied = copy(&*open(from)?, &*open(to)?)?;
    for (kind, rows) in &copied {
        println!("{rows:>10}  {}", kind.name());
    }
    println!("{:>10}  rows in all, the same in both stores", copied.values().sum::<u64>());
    Ok(())
}

/// The store that a word names.
fn open(store: &str) -> Result<Box<dyn Store>, Box<dyn std::error::Error>> {
    if let Some(file) = store.strip_prefix("sqlite:") {
        return Ok(Box::new(SqliteStore::open(file)?));
    }
    if store.starts_with("postgresql://") || store.starts_with("postgres://") {
        let (url, schema) = store.split_once('#').unwrap_or((store, "fleet"));
        let options = fleet_store_postgres::Options::new().schema(schema);
        return Ok(Box::new(PostgresStore::open_with(url, options)?));
    }
    Err(format!("`{store}` is no store\n\n{USAGE}").into())
}
