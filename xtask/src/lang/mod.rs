//! The language bindings of the core: each is set up in `target/`, tested, checked against the scenarios, packed, and
//! its package is tried in a new folder.
//!
//! A machine with Rust is enough if the other toolchains can be installed. If one is missing and cannot be installed,
//! the summary table says so, and if `CI` is set, that is a failure.

mod kotlin;
mod mobile;
mod node;
mod python;
mod swift;

use crate::postgres;
use crate::workspace::{root, target};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A language.
pub(crate) trait Language: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Installs its toolchain and builds the binding, once for all later steps. Existing parts are reused.
    fn set_up(&self) -> Result<(), Trouble>;

    /// Builds the binding as it is published, and replaces a debug build.
    fn release(&self) -> Result<(), String> {
        Ok(())
    }

    /// Runs the binding's own tests and type checks.
    fn test(&self) -> Result<(), String>;

    /// Runs the scenarios of a file or folder through the binding. The last line of the output counts the passed and
    /// the failed ones.
    fn spec(&self, path: &Path) -> Result<(), String>;

    /// Packs the binding, installs the package in a new folder, and runs the language's quickstart there.
    fn package(&self) -> Result<(), String>;

    /// Builds the program that a bench runs, `LANGUAGE/bench` in cargo's target folder, if set-up has not built it.
    fn bench(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Why a language could not be set up.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Its toolchain is missing and cannot be installed here.
    Absent(String),
    /// Anything else.
    Failed(String),
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// Every language but Rust.
const LANGUAGES: &[&dyn Language] = &[&python::Python, &node::Node, &swift::Swift, &kotlin::Kotlin];

/// Crates that belong to one language. They have no tests in Rust, and a test that was built with all of them would
/// have to be linked with every language.
const CRATES: &[&str] = &["fleet-python"];

/// The arguments that exclude those crates from a command over the workspace.
pub(crate) fn left_out() -> Vec<String> {
    CRATES.iter().flat_map(|name| ["--exclude".to_owned(), (*name).to_owned()]).collect()
}

/// Returns the names of the languages.
pub(crate) fn names() -> Vec<&'static str> {
    LANGUAGES.iter().map(|language| language.name()).collect()
}

/// Runs the scenarios in one language, or in each.
pub(crate) fn spec(name: &str, path: &Path) -> Result<(), String> {
    let path = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
    over(Some(name).filter(|name| *name != "all"), |language| language.spec(&path))
}

/// Tests one language, or each: its own tests, the scenarios, its package.
pub(crate) fn test(name: Option<&str>) -> Result<(), String> {
    over(name, |language| {
        language.test()?;
        language.spec(&root().join("spec"))?;
        language.package()
    })
}

/// Makes the package of one language, or of each, as it is published, and tries it.
pub(crate) fn package(name: Option<&str>) -> Result<(), String> {
    over(name, |language| {
        language.release()?;
        language.package()
    })
}

/// Sets up the languages that a bench may measure: those that match its filter, or all. A language that cannot be set
/// up is not measured.
pub(crate) fn prepare(arguments: &[String]) {
    let mut words = arguments.iter().filter(|word| *word != "--quick");
    let filter = loop {
        match words.next().map(String::as_str) {
            Some("--devices") => drop(words.next()),
            word => break word.map(str::to_lowercase),
        }
    };
    for language in LANGUAGES {
        let named = filter.as_ref().is_none_or(|filter| filter.contains(language.name()));
        let build = || language.release().and_then(|()| language.bench());
        let ready = || language.set_up().and_then(|()| build().map_err(Trouble::Failed));
        if named && let Err(Trouble::Absent(why) | Trouble::Failed(why)) = ready() {
            eprintln!("{} is not measured: {why}", language.name());
        }
    }
}

/// Sets up languages, runs work for each, and prints a summary table.
fn over(only: Option<&str>, work: impl Fn(&dyn Language) -> Result<(), String>) -> Result<(), String> {
    let mut table = Vec::new();
    for language in LANGUAGES.iter().filter(|language| only.is_none_or(|only| language.name() == only)) {
        println!("\n--- {}", language.name());
        let begin = Instant::now();
        let outcome = match language.set_up() {
            Ok(()) => work(*language).map_err(|why| (format!("FAILED: {why}"), true)),
            Err(Trouble::Failed(why)) => Err((format!("FAILED: {why}"), true)),
            Err(Trouble::Absent(why)) => Err((format!("not run: {why}"), std::env::var_os("CI").is_some())),
        };
        table.push((language.name(), begin.elapsed().as_secs_f64(), outcome));
    }
    println!("\n{:<12} {:>8}", "language", "seconds");
    for (name, seconds, outcome) in &table {
        println!("{name:<12} {seconds:>8.1}  {}", outcome.as_ref().map_or_else(|(why, _)| why.as_str(), |()| "ok"));
    }
    let failed: Vec<&str> =
        table.iter().filter(|(.., outcome)| matches!(outcome, Err((_, true)))).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// A language's own folder in cargo's target folder.
fn folder(name: &str) -> Result<PathBuf, String> {
    Ok(target()?.join(name))
}

/// Returns the names of the environment's variables.
fn set_here() -> Vec<OsString> {
    std::env::vars_os().map(|(name, _)| name).collect()
}

/// Removes variables from a tool's environment that hold a person's own settings: of those that are `set`, the ones with
/// this `prefix`, except the `kept` ones, which configure where packages are downloaded from.
fn without_settings<'c>(command: &'c mut Command, set: &[OsString], prefix: &str, kept: &[&str]) -> &'c mut Command {
    for name in set {
        let said = name.to_string_lossy().to_lowercase();
        if let Some(rest) = said.strip_prefix(prefix)
            && !kept.contains(&rest)
        {
            command.env_remove(name);
        }
    }
    command
}

/// Makes an empty folder in a language's own folder, to try a package in.
fn fresh(name: &str) -> Result<PathBuf, String> {
    let fresh = folder(name)?.join("fresh");
    let failed = |error| format!("{}: {error}", fresh.display());
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh).map_err(failed)?;
    }
    std::fs::create_dir_all(&fresh).map_err(failed)?;
    Ok(fresh)
}

/// The variable with the URL of a PostgreSQL server in which a language's tests may create schemas.
const SERVER: &str = "FLEET_POSTGRES";

/// Passes the URL of the scenarios' shared server to a program, if PostgreSQL is available.
fn with_postgres(command: &mut Command) -> Result<&mut Command, String> {
    if postgres::install().is_ok() {
        command.env(SERVER, postgres::server()?.url("postgres"));
    }
    Ok(command)
}

/// Returns the variables that are removed from a command's environment.
#[cfg(test)]
fn removed(command: &Command) -> Vec<String> {
    let changed = command.get_envs().filter(|(_, value)| value.is_none());
    changed.map(|(name, _)| name.to_string_lossy().into_owned()).collect()
}

/// Returns the value of a variable in a command's environment.
#[cfg(test)]
fn value(command: &Command, name: &str) -> Option<String> {
    let set = command.get_envs().find(|(known, _)| *known == name)?;
    set.1.map(|value| value.to_string_lossy().into_owned())
}

/// Whether a program can report its version.
fn is_there(program: &str, version: &str) -> bool {
    Command::new(program).arg(version).output().is_ok_and(|output| output.status.success())
}
