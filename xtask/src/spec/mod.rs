//! Behaviour as data: runs the scenarios of `spec/`, each on a new store of every kind, like the runners of the other
//! languages. `spec/README.md` documents the format.

mod answer;
mod argument;
mod billing;
mod command;
mod compare;
mod events;
mod file;
mod metering;
mod people;
mod world;

use compare::{Difference, compare};
use file::{Expected, Scenario, SpecFile, Step};
use fleet_core::{Fleet, FleetBuilder, MemoryStore};
use fleet_store_postgres::PostgresStore;
use fleet_store_sqlite::{Options, SqliteStore, Synchronous};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use world::{Failure, World};

use crate::postgres::server;
use crate::vectors::Report;

/// The stores that scenarios run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum StoreKind {
    Memory,
    Sqlite,
    Postgres,
}

impl StoreKind {
    pub(crate) const ALL: [Self; 3] = [Self::Memory, Self::Sqlite, Self::Postgres];

    fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Opens a fleet on a new store of this kind. Returns it with its folder, which must be kept as long as the fleet.
    fn open(self) -> Result<(FleetBuilder, Option<TempDir>), String> {
        match self {
            Self::Memory => Ok((Fleet::builder(MemoryStore::new()), None)),
            Self::Sqlite => {
                let folder =
                    tempfile::tempdir().map_err(|error| format!("cannot create a folder for a store: {error}"))?;
                // Scenarios do not depend on durability after a power cut.
                let options = Options::new().synchronous(Synchronous::Normal);
                let store = SqliteStore::open_with(folder.path().join("fleet.db"), options)
                    .map_err(|error| error.to_string())?;
                Ok((Fleet::builder(store), Some(folder)))
            }
            Self::Postgres => Ok((Fleet::builder(postgres()?), None)),
        }
    }
}

/// Opens a store in a schema of its own.
fn postgres() -> Result<PostgresStore, String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let schema = format!("scenario_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let options = fleet_store_postgres::Options::new().schema(schema);
    PostgresStore::open_with(&server()?.url("postgres"), options).map_err(|error| error.to_string())
}

/// Runs the scenarios of a file, or of every `.json` under a folder, on each of these stores.
pub(crate) fn run(path: &Path, stores: &[StoreKind]) -> Report {
    let mut report = Report::default();
    let mut files = Vec::new();
    if let Err(problem) = find(path, &mut files) {
        report.add(path.display().to_string(), Err(problem));
    }
    for file in &files {
        let name = file.display();
        match read(file) {
            Ok(spec) => {
                for scenario in &spec.scenarios {
                    for store in stores {
                        let title = format!("{name}: {} [{}]", scenario.name, store.name());
                        report.add(title, run_scenario(&spec, scenario, *store));
                    }
                }
            }
            Err(problems) => {
                problems.into_iter().for_each(|problem| report.add(name.to_string(), Err(problem)));
            }
        }
    }
    report
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("can't be read: {error}");
    if fs::metadata(path).map_err(failed)?.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<_, _>>())
        .map_err(failed)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            find(&entry, files)?;
        } else if entry.extension().is_some_and(|extension| extension == "json") {
            files.push(entry);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<SpecFile, Vec<String>> {
    let text = fs::read_to_string(file).map_err(|error| vec![format!("can't be read: {error}")])?;
    file::read(&text)
}

/// Runs one scenario up to its first unexpected result; later steps would depend on it.
fn run_scenario(spec: &SpecFile, scenario: &Scenario, store: StoreKind) -> Result<(), String> {
    let (mut builder, _folder) = store.open()?;
    if let Some(catalogue) = &spec.catalogue {
        builder = builder.catalogue(catalogue.clone());
    }
    let mut world = World::new(builder.open(), argument::Moment::START.0);
    for step in spec.given.iter().chain(&scenario.steps) {
        let differences = run_step(&mut world, step).map_err(|problem| format!("{}: {problem}", step.place))?;
        if !differences.is_empty() {
            let lines: Vec<String> = differences.iter().map(|difference| format!("\n    {difference}")).collect();
            return Err(format!("{}{}", step.place, lines.concat()));
        }
    }
    Ok(())
}

fn run_step(world: &mut World, step: &Step) -> Result<Vec<Difference>, String> {
    let mut differences = Vec::new();
    let outcome = world.perform(step);
    match (&step.expected, outcome) {
        (_, Err(Failure::Malformed(problem))) => return Err(problem),
        (Expected::Answer(expected), Ok(answer)) => {
            compare("answer", &world.fill(expected)?, &answer, &mut differences);
            if let Some(name) = &step.save {
                world.save(name, answer);
            }
        }
        (Expected::Answer(expected), Err(Failure::Refused(error))) => {
            let found = format!("the error `{}`: {error}", error.code());
            differences.push(Difference::new("answer", expected, found));
        }
        (Expected::Error { code, .. }, Ok(answer)) => {
            differences.push(Difference::new("error", format!("`{code}`"), format!("the answer {answer}")));
        }
        (Expected::Error { code, message }, Err(Failure::Refused(error))) => {
            if error.code() != code {
                let found = format!("`{}`: {error}", error.code());
                differences.push(Difference::new("error", format!("`{code}`"), found));
            }
            let said = error.to_string();
            if let Some(message) = message.as_ref().filter(|message| !said.contains(*message)) {
                let (expected, found) = (Value::from(message.as_str()), Value::from(said));
                differences.push(Difference::new("message", format!("{expected} in it"), found));
            }
        }
    }
    Ok(differences)
}

#[cfg(test)]
mod tests;
