//! Where the project is, and running programs in it.

use std::path::PathBuf;
use std::process::Command;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs cargo in the workspace.
pub(crate) fn cargo<const N: usize>(command: [&str; N], more: &[String]) -> Result<(), String> {
    finish(Command::new(env!("CARGO")).current_dir(root()).args(command).args(more))
}

/// Runs a program to its end; one that fails is an error.
pub(crate) fn finish(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{:?} can't be started: {error}", command.get_program()))?;
    if status.success() { Ok(()) } else { Err(format!("{:?} ended with {status}", command.get_program())) }
}
