//! Runs the program of the crate `harness`, which cargo builds when it is needed: so that this program, which needs
//! none of the fleet's crates, starts at once.

use crate::workspace::{finish, root};
use std::path::Path;
use std::process::Command;

/// Runs the scenarios of a file or folder on each of these stores.
pub(crate) fn spec(path: &Path, stores: &[&str]) -> Result<(), String> {
    finish(program().arg("spec").arg(path).args(["--store", &stores.join(",")]))
}

/// Compares with vectors of this kind.
pub(crate) fn vectors(kind: &str, path: &Path) -> Result<(), String> {
    finish(program().args(["vectors", kind]).arg(path))
}

/// Runs this many schedules of metering, the first with this seed.
pub(crate) fn simulate(schedules: u64, seed: u64) -> Result<(), String> {
    finish(program().args(["simulate", "--schedules", &schedules.to_string(), "--seed", &seed.to_string()]))
}

/// Returns a command that runs the program. Paths are relative to the caller's folder.
fn program() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--locked", "--package", "harness", "--profile", &profile(), "--manifest-path"]);
    cargo.arg(root().join("Cargo.toml")).arg("--");
    cargo
}

/// The profile of this program, whose name is that of its folder: `xtask`, or `dev` where cargo was called without one.
fn profile() -> String {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    folder.filter(|name| name != "debug" && name != "deps").unwrap_or_else(|| "dev".to_owned())
}
