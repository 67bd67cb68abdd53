//! The language bindings of the core: each is set up in `target/`, tested, checked against the scenarios, packed, and
//! its package is tried in a new folder.
//!
//! A machine with Rust is enough if the other toolchains can be installed. If one is missing and cannot be installed,
//! the summary table says so, and if `CI` is set, that is a failure.

mod cross;
mod kotlin;
mod mobile;
mod node;
mod python;
mod swift;

use crate::postgres;
use crate::workspace::{captured, root, target};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
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

    /// Builds the package as it is published for another target, into `LANGUAGE/release` in cargo's target folder.
    fn cross(&self, target: &str) -> Result<(), String> {
        Err(format!("{} for {target} is built on that system: see RELEASING.md", self.name()))
    }

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
const LANGUAGES: &[&dyn Language] = &[&swift::Swift, &kotlin::Kotlin, &python::Python, &node::Node];

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

/// Makes the package of one language for another target.
pub(crate) fn cross(name: &str, target: &str) -> Result<(), String> {
    cross::set_up(target)?;
    LANGUAGES.iter().filter(|language| language.name() == name).try_for_each(|language| language.cross(target))
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

/// Sets up languages, runs work for each, and prints a summary table. Set-up uses all cores, so one language follows the
/// other; the work mostly waits or uses one core, so that of two languages runs side by side.
fn over(only: Option<&str>, work: impl Fn(&dyn Language) -> Result<(), String> + Sync) -> Result<(), String> {
    let mut table = Vec::new();
    let mut ready: Vec<(&dyn Language, f64)> = Vec::new();
    for language in LANGUAGES.iter().filter(|language| only.is_none_or(|only| language.name() == only)) {
        println!("\n--- {}: set-up", language.name());
        let begin = Instant::now();
        let outcome = language.set_up();
        let seconds = begin.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => ready.push((*language, seconds)),
            Err(Trouble::Failed(why)) => table.push((language.name(), seconds, Err((format!("FAILED: {why}"), true)))),
            Err(Trouble::Absent(why)) => {
                let why = (format!("not run: {why}"), std::env::var_os("CI").is_some());
                table.push((language.name(), seconds, Err(why)));
            }
        }
    }
    let run = |language: &dyn Language| work(language).map_err(|why| (format!("FAILED: {why}"), true));
    if let [(language, before)] = ready.as_slice() {
        let begin = Instant::now();
        let outcome = run(*language);
        table.push((language.name(), before + begin.elapsed().as_secs_f64(), outcome));
    } else {
        table.extend(side_by_side(&ready, &run));
    }
    println!("\n{:<12} {:>8}", "language", "seconds");
    for (name, seconds, outcome) in &table {
        println!("{name:<12} {seconds:>8.1}  {}", outcome.as_ref().map_or_else(|(why, _)| why.as_str(), |()| "ok"));
    }
    let failed: Vec<&str> =
        table.iter().filter(|(.., outcome)| matches!(outcome, Err((_, true)))).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// The name of a language, the seconds that it took, and why it failed or was not run.
type Line = (&'static str, f64, Result<(), (String, bool)>);

/// Runs work for languages, two at a time. Each one's output is printed when it ends.
fn side_by_side(
    ready: &[(&'static dyn Language, f64)],
    run: &(impl Fn(&dyn Language) -> Result<(), (String, bool)> + Sync),
) -> Vec<Line> {
    let (next, table) = (Mutex::new(ready.iter()), Mutex::new(Vec::new()));
    let worker = || {
        while let Some((language, before)) = lock(&next).next() {
            let begin = Instant::now();
            let log = folder(language.name()).map(|folder| folder.join("output.txt"));
            let captured = log.and_then(|log| {
                let outcome = captured(&log, || Ok(run(*language)))?;
                Ok((fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?, outcome))
            });
            let mut table = lock(&table);
            println!("\n--- {}", language.name());
            let outcome = captured.map_err(|why| (why, true)).and_then(|(output, outcome)| {
                println!("{}", String::from_utf8_lossy(&output));
                outcome
            });
            table.push((language.name(), before + begin.elapsed().as_secs_f64(), outcome));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(worker);
        worker();
    });
    table.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        fs::remove_dir_all(&fresh).map_err(failed)?;
    }
    fs::create_dir_all(&fresh).map_err(failed)?;
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
