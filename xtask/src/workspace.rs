//! Where the project is, and running programs in it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs cargo in the workspace.
pub(crate) fn cargo<const N: usize>(command: [&str; N], more: &[String]) -> Result<(), String> {
    finish(Command::new(env!("CARGO")).current_dir(root()).args(command).args(more))
}

/// Runs the tests of the workspace, those of every crate whatever became of others. What failed is in the error too, with
/// where and why, as the end of a long output is what people see.
pub(crate) fn cargo_test(more: &[String]) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["test", "--workspace", "--locked", "--no-fail-fast"]).args(more);
    let mut child = cargo.stdout(Stdio::piped()).spawn().map_err(|error| format!("cargo can't be started: {error}"))?;
    let (mut failed, mut follows) = (Vec::new(), 0_u8);
    for line in
        child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).split(b'\n')).map_while(Result::ok)
    {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        follows = if line.contains("panicked at ") { 3 } else { follows.saturating_sub(1) };
        if follows > 0 || (line.starts_with("test ") && line.ends_with("FAILED")) {
            failed.push(format!("\n  {}", line.trim_end()));
        }
    }
    let status = child.wait().map_err(|error| format!("cargo can't be waited for: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo test ended with {status}{}", failed.concat())) }
}

/// Runs a program to its end; one that fails is an error.
pub(crate) fn finish(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{:?} can't be started: {error}", command.get_program()))?;
    if status.success() { Ok(()) } else { Err(format!("{:?} ended with {status}", command.get_program())) }
}
