//! The checks that a submission must pass, in one command that runs the same on any machine.
//!
//! Every step runs even if an earlier one failed, so that one run reports everything.

use crate::workspace::{cargo, cargo_test, finish, root};
use crate::{fuzz, harness, lang, language, licences, postgres, targets};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Number of inputs for each format: enough to check that a fuzz target still builds and runs.
const SMOKE: u64 = 200_000;

/// Number of schedules: enough to find most faults; nightly runs use a million.
pub(crate) const SCHEDULES: u64 = 100_000;

struct Step {
    name: &'static str,
    run: fn() -> Result<(), String>,
}

const FORMAT: Step = Step { name: "format", run: || cargo(["fmt", "--all", "--check"], &[]) };
const LANGUAGE: Step = Step { name: "language", run: language::check };
const CLIPPY: Step = Step { name: "clippy", run: clippy };

const STEPS: &[Step] = &[
    FORMAT,
    LANGUAGE,
    CLIPPY,
    Step { name: "test", run: test },
    Step { name: "bindings", run: || lang::test(None) },
    Step { name: "targets", run: targets::check },
    Step { name: "doc", run: doc },
    Step { name: "quickstart", run: quickstart },
    Step { name: "licences", run: licences::check },
    Step { name: "packages", run: packages },
    Step { name: "fuzz", run: fuzz_smoke },
    Step { name: "simulate", run: || harness::simulate(SCHEDULES, 1) },
];

/// Returns the names of the steps.
pub(crate) fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

/// The fast checks: they find most of what a small change can break.
const CHECKS: &[Step] = &[
    FORMAT,
    LANGUAGE,
    CLIPPY,
    Step {
        name: "unit tests",
        run: || cargo(["test", "--quiet", "--workspace", "--lib", "--locked"], &lang::left_out()),
    },
    Step { name: "scenarios", run: || harness::spec(&root().join("spec"), &["memory"]) },
];

/// Runs the fast checks, and prints a summary table.
pub(crate) fn check() -> Result<(), String> {
    run_steps(CHECKS.iter())
}

/// Runs one step or all, and prints a summary table.
pub(crate) fn run(only: Option<&str>) -> Result<(), String> {
    run_steps(STEPS.iter().filter(|step| only.is_none_or(|only| step.name == only)))
}

fn run_steps(steps: impl Iterator<Item = &'static Step>) -> Result<(), String> {
    let mut table = Vec::new();
    for step in steps {
        println!("\n=== {}", step.name);
        let begin = Instant::now();
        let outcome = (step.run)();
        table.push((step.name, begin.elapsed().as_secs_f64(), outcome));
    }
    println!("\n{:<12} {:>8}  ok", "step", "seconds");
    for (name, seconds, outcome) in &table {
        println!("{name:<12} {seconds:>8.1}  {}", if outcome.is_ok() { "yes" } else { "NO" });
    }
    let failed: Vec<String> =
        table.iter().filter_map(|(name, _, outcome)| Some(format!("{name}: {}", outcome.as_ref().err()?))).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed:\n{}", failed.join("\n"))) }
}

/// Runs all tests: the workspace's, the scenarios on every store, the vectors. What cannot run here is skipped and
/// listed at the end; if `CI` is set, that is a failure.
pub(crate) fn test() -> Result<(), String> {
    let mut failed = Vec::new();
    let mut note = |what: &str, outcome: Result<(), String>| {
        if let Err(why) = outcome {
            failed.push(format!("{what}: {why}"));
        }
    };
    note("tests with spans", cargo(["test", "--quiet", "--locked"], &spans()));
    let mut without = lang::left_out();
    if postgres::install().is_err() {
        without.extend(["--exclude", "fleet-store-postgres"].map(str::to_owned));
    }
    note("tests", cargo_test(&without));
    println!("\nscenarios");
    note("scenarios", scenarios(&root().join("spec")));
    for vectors in [root().join("fleet-core/tests/vectors"), root().join("../shared/vectors")] {
        if vectors.exists() {
            println!("\nvectors in {}", vectors.display());
            for kind in ["firmware", "import", "billing"] {
                note(&format!("{kind} vectors"), harness::vectors(kind, &vectors.join(kind)));
            }
        }
    }
    note("left out", postgres::left_out());
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

/// The tests of what a host sees, with the core's feature `tracing`.
fn spans() -> Vec<String> {
    ["--package", "fleet-core", "--features", "tracing", "--test", "it", "observe"].map(str::to_owned).to_vec()
}

/// Runs scenarios on every store that is available here.
pub(crate) fn scenarios(path: &Path) -> Result<(), String> {
    let mut stores = vec!["memory", "sqlite"];
    stores.extend(postgres::install().is_ok().then_some("postgres"));
    harness::spec(path, &stores)
}

fn clippy() -> Result<(), String> {
    cargo(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[])
}

fn doc() -> Result<(), String> {
    finish(
        Command::new(env!("CARGO"))
            .current_dir(root())
            .args(["doc", "--workspace", "--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-Dwarnings"),
    )
}

fn quickstart() -> Result<(), String> {
    cargo(["run", "--release", "--locked", "--example", "quickstart"], &[])
}

/// The crates that are published, each after those that it needs.
const PUBLISHED: [&str; 8] = [
    "fleet-process",
    "fleet-core-macros",
    "fleet-core",
    "fleet-store-journaled",
    "fleet-sqlite-process",
    "fleet-store-sqlite",
    "fleet-store-postgres",
    "fleet-open",
];

/// Packs each crate that is published. A release compiles them as packed, too.
fn packages() -> Result<(), String> {
    let packages = PUBLISHED.iter().flat_map(|name| ["--package".to_owned(), (*name).to_owned()]);
    let options = ["--quiet", "--locked", "--no-verify", "--allow-dirty"].map(str::to_owned);
    cargo(["package"], &options.into_iter().chain(packages).collect::<Vec<_>>())
}

fn fuzz_smoke() -> Result<(), String> {
    fuzz::names().into_iter().try_for_each(|format| fuzz::run(format, SMOKE))
}
