//! The harnesses of the core: plays the scenarios of `spec/`, compares with the vectors of independent tools, and runs
//! schedules of metering. `cargo xtask spec`, `vectors` and `simulate` run this program.

#[cfg(test)]
mod methods;
mod simulate;
mod spec;
mod vectors;

use clap::{Parser, Subcommand, ValueEnum};
use fleet_postgres_server::Server;
use spec::StoreKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;

#[derive(Debug, Parser)]
#[command(name = "harness", about = "Plays scenarios, vectors and schedules.", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    harness: Harness,
}

#[derive(Debug, Subcommand)]
enum Harness {
    /// Run the scenarios of a file, or of every .json under a folder. The format: spec/README.md.
    Spec {
        /// The file or folder.
        path: PathBuf,
        /// The stores to run on, separated by commas. `postgres` starts a server, which must be installed.
        #[arg(long, value_delimiter = ',', default_value = "memory,sqlite,postgres")]
        store: Vec<StoreKind>,
    },
    /// Compare what this project reads with what independent tools read.
    Vectors {
        /// The kind of vectors.
        kind: VectorKind,
        /// An `expected.json`, a folder with one, or a folder of such folders; for billing, a `vectors.json` or its
        /// folder.
        path: PathBuf,
    },
    /// Run schedules of metering: many processes, and everything that can go wrong between them.
    Simulate {
        /// Number of schedules.
        #[arg(long)]
        schedules: u64,
        /// The first schedule's seed; those of the others follow from it.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum VectorKind {
    Billing,
    Firmware,
    Import,
}

/// The repository's folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A PostgreSQL server that all scenarios share, each in its own schema.
fn server() -> Result<&'static Server, String> {
    // Scenarios do not depend on durability after a power cut.
    static SERVER: LazyLock<std::io::Result<Server>> = LazyLock::new(|| Server::start(&["fsync=off"]));
    SERVER.as_ref().map_err(ToString::to_string)
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().harness {
        Harness::Spec { path, store } => spec::run(&path, &store).show(),
        Harness::Vectors { kind: VectorKind::Billing, path } => vectors::billing::run(&path).show(),
        Harness::Vectors { kind: VectorKind::Firmware, path } => vectors::firmware::run(&path).show(),
        Harness::Vectors { kind: VectorKind::Import, path } => vectors::import::run(&path).show(),
        Harness::Simulate { schedules, seed } => simulate::simulate(schedules, seed),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
