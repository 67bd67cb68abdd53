//! The project's chores, each as one command: `cargo xtask --help` names them.

mod ci;
#[cfg(test)]
mod docs;
mod fuzz;
mod lang;
mod language;
mod licences;
mod postgres;
#[cfg(test)]
mod promises;
mod simulate;
mod spec;
mod targets;
mod vectors;
mod workspace;

use clap::{Parser, Subcommand, ValueEnum};
use spec::StoreKind;
use std::path::PathBuf;
use std::process::ExitCode;

/// The project's chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Run all tests: the workspace's, the scenarios on every store, the vectors, the bindings of every language.
    Test {
        /// The bindings of one language only.
        #[arg(long, value_parser = lang::names())]
        lang: Option<String>,
    },
    /// Make the packages of the bindings as they are published, install each in a fresh place, and try it there.
    Package {
        /// That of one language only.
        #[arg(long, value_parser = lang::names())]
        lang: Option<String>,
    },
    /// Run the fast checks, for every small change: format, language, clippy, unit tests, and the scenarios in memory.
    Check,
    /// Run everything that a submission must pass, or one step of it.
    Ci {
        /// One step only.
        #[arg(value_parser = ci::names())]
        step: Option<String>,
    },
    /// Compare what is read here with what independent tools read.
    Vectors {
        /// What the vectors are of.
        kind: VectorKind,
        /// An `expected.json`, a folder with one, or a folder of such folders; of billing, a `vectors.json` or its folder.
        path: PathBuf,
    },
    /// Run the scenarios of a file, or of every .json under a folder. The format: spec/README.md.
    Spec {
        /// The file or folder.
        path: PathBuf,
        /// The store to run on; the bindings run on all that they have.
        #[arg(long, default_value = "all")]
        store: Stores,
        /// The language to run in: `rust`, that of a binding, or `all`.
        #[arg(long, default_value = "rust", value_parser = spec_languages())]
        lang: String,
    },
    /// Measure, each figure beside its floor.
    Bench {
        /// Handed on to the bench.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Play schedules of metering: many processes, and everything that can go wrong between them.
    Simulate {
        /// How many.
        #[arg(long, default_value_t = ci::SCHEDULES)]
        schedules: u64,
        /// The first one's seed; those of the others follow from it.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Fuzz a reader.
    Fuzz {
        /// Which.
        #[arg(value_parser = fuzz::names())]
        format: String,
        /// With so many inputs.
        #[arg(long, default_value_t = 10_000_000)]
        runs: u64,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum VectorKind {
    Billing,
    Firmware,
    Import,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stores {
    Memory,
    Sqlite,
    Postgres,
    All,
}

fn spec_languages() -> Vec<&'static str> {
    [vec!["rust"], lang::names(), vec!["all"]].concat()
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().chore {
        Chore::Test { lang: None } => ci::test().and(lang::test(None)),
        Chore::Test { lang } => lang::test(lang.as_deref()),
        Chore::Package { lang } => lang::package(lang.as_deref()),
        Chore::Check => ci::check(),
        Chore::Ci { step } => ci::run(step.as_deref()),
        Chore::Vectors { kind: VectorKind::Billing, path } => vectors::billing::run(&path).show(),
        Chore::Vectors { kind: VectorKind::Firmware, path } => vectors::firmware::run(&path).show(),
        Chore::Vectors { kind: VectorKind::Import, path } => vectors::import::run(&path).show(),
        Chore::Spec { path, store, lang } => {
            let rust = || match store {
                Stores::Memory => spec::run(&path, &[StoreKind::Memory]).show(),
                Stores::Sqlite => spec::run(&path, &[StoreKind::Sqlite]).show(),
                Stores::Postgres => postgres::install().and_then(|()| spec::run(&path, &[StoreKind::Postgres]).show()),
                Stores::All => ci::scenarios(&path).and(postgres::left_out()),
            };
            match lang.as_str() {
                "rust" => rust(),
                "all" => rust().and(lang::spec("all", &path)),
                binding => lang::spec(binding, &path),
            }
        }
        Chore::Bench { arguments } => {
            lang::prepare(&arguments);
            if let Err(why) = postgres::install() {
                println!("PostgreSQL is not measured: {why}");
            }
            workspace::cargo(["run", "--release", "--package", "benches", "--bin", "bench", "--"], &arguments)
        }
        Chore::Simulate { schedules, seed } => simulate::simulate(schedules, seed),
        Chore::Fuzz { format, runs } => fuzz::run(&format, runs),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
