//! The project's development commands; `cargo xtask --help` lists them.

mod api;
mod ci;
#[cfg(test)]
mod docs;
mod errors;
mod fuzz;
mod harness;
mod lang;
mod language;
mod licences;
mod postgres;
#[cfg(test)]
mod promises;
mod targets;
mod workspace;

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// The project's development commands.
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
        /// The bindings of this language only.
        #[arg(long, value_parser = lang::names())]
        lang: Option<String>,
    },
    /// Make the packages of the bindings as they are published, install each in a new folder, and try it there.
    Package {
        /// The package of this language only.
        #[arg(long, value_parser = lang::names())]
        lang: Option<String>,
        /// For another Linux than this one, for example `x86_64-unknown-linux-musl`: the package is made in
        /// `LANGUAGE/release` of cargo's target folder and not tried.
        #[arg(long, requires = "lang")]
        target: Option<String>,
    },
    /// Run the fast checks, for every small change: format, language, clippy, unit tests, and the scenarios in memory.
    Check,
    /// Write the page of error codes, docs/ERRORS.md, and the constants of Swift and Kotlin, from the source.
    Errors,
    /// Write the listings of the published crates' public APIs, docs/api/*.txt, from the source.
    Api,
    /// Run everything that a submission must pass, or one step of it.
    Ci {
        /// This step only.
        #[arg(value_parser = ci::names())]
        step: Option<String>,
    },
    /// Compare what this project reads with what independent tools read.
    Vectors {
        /// The kind of vectors.
        kind: VectorKind,
        /// An `expected.json`, a folder with one, or a folder of such folders; for billing, a `vectors.json` or its
        /// folder.
        path: PathBuf,
    },
    /// Run the scenarios of a file, or of every .json under a folder. The format: spec/README.md.
    Spec {
        /// The file or folder.
        path: PathBuf,
        /// The store to run on; bindings run on all of their stores.
        #[arg(long, default_value = "all")]
        store: Stores,
        /// The language to run in: `rust`, that of a binding, or `all`.
        #[arg(long, default_value = "rust", value_parser = spec_languages())]
        lang: String,
    },
    /// Measure the operations, each against its floor.
    Bench {
        /// Passed on to the bench.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run schedules of metering: many processes, and everything that can go wrong between them.
    Simulate {
        /// Number of schedules.
        #[arg(long, default_value_t = ci::SCHEDULES)]
        schedules: u64,
        /// The first schedule's seed; those of the others follow from it.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Fuzz a reader.
    Fuzz {
        /// The format.
        #[arg(value_parser = fuzz::names())]
        format: String,
        /// Number of inputs.
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
        Chore::Package { lang: Some(lang), target: Some(target) } => lang::cross(&lang, &target),
        Chore::Package { lang, .. } => lang::package(lang.as_deref()),
        Chore::Check => ci::check(),
        Chore::Errors => errors::write(),
        Chore::Api => api::write(),
        Chore::Ci { step } => ci::run(step.as_deref()),
        Chore::Vectors { kind: VectorKind::Billing, path } => harness::vectors("billing", &path),
        Chore::Vectors { kind: VectorKind::Firmware, path } => harness::vectors("firmware", &path),
        Chore::Vectors { kind: VectorKind::Import, path } => harness::vectors("import", &path),
        Chore::Spec { path, store, lang } => {
            let rust = || match store {
                Stores::Memory => harness::spec(&path, &["memory"]),
                Stores::Sqlite => harness::spec(&path, &["sqlite"]),
                Stores::Postgres => postgres::install().and_then(|()| harness::spec(&path, &["postgres"])),
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
        Chore::Simulate { schedules, seed } => harness::simulate(schedules, seed),
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
