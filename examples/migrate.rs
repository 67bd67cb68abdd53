//! Moves a whole fleet from one store to another:
//!
//! ```text
//! cargo run --release --example migrate -- --from sqlite:fleet.db --to postgresql://fleet@localhost/fleet
//! ```
//!
//! Nobody may use either store meanwhile. The target must be empty, or contain what an interrupted earlier run copied;
//! then this run completes it. At the end both are compared, row by row.

use fleet_core::store::copy;
use std::process::ExitCode;

const USAGE: &str = "usage: migrate --from STORE --to STORE

  STORE  sqlite:FILE, or postgresql://user@host/database
         for a PostgreSQL schema other than `fleet`: postgresql://…?schema=NAME";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ["--from", from, "--to", to] = *arguments else {
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
    // Without a mode, a missing file would be created, and an empty fleet would be copied.
    let exists = |url: &str| match (url.starts_with("sqlite:"), url.contains('?')) {
        (true, false) => format!("{url}?mode=rw"),
        (true, true) => format!("{url}&mode=rw"),
        _ => url.to_owned(),
    };
    let copied = copy(&*fleet_open::open(&exists(from))?, &*fleet_open::open(to)?)?;
    for (kind, rows) in &copied {
        println!("{rows:>10}  {}", kind.name());
    }
    println!("{:>10}  rows in all, the same in both stores", copied.values().sum::<u64>());
    Ok(())
}
