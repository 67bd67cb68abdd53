//! The project's folders, and running programs in them.

use serde_json::Value;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns cargo's target folder. Cargo is asked, because a person's configuration or environment may set another
/// folder than `target`.
pub(crate) fn target() -> Result<PathBuf, String> {
    static TARGET: OnceLock<PathBuf> = OnceLock::new();
    if let Some(target) = TARGET.get() {
        return Ok(target.clone());
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--locked"]);
    let output = cargo.stderr(Stdio::inherit()).output().map_err(|error| format!("cargo can't be started: {error}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata ended with {}: {error}", output.status))?;
    let folder = metadata.get("target_directory").and_then(Value::as_str).map(PathBuf::from);
    let folder = folder.ok_or("cargo metadata names no target folder")?;
    Ok(TARGET.get_or_init(|| folder).clone())
}

/// Runs a cargo build, with additional compiler arguments, and returns the files of the crate `name` that cargo
/// reports: their folder depends on the profile and on a person's settings.
pub(crate) fn built(cargo: &mut Command, name: &str, compiler: &[&str]) -> Result<Vec<PathBuf>, String> {
    cargo.arg("--message-format=json-render-diagnostics");
    if !compiler.is_empty() {
        cargo.arg("--").args(compiler);
    }
    let output = cargo.stderr(Stdio::inherit()).output().map_err(|error| format!("cargo can't be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo ended with {}", output.status));
    }
    let mut files = Vec::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<Value>(line) else { continue };
        if message.pointer("/target/name").and_then(Value::as_str) == Some(name) {
            let paths = message.get("filenames").and_then(Value::as_array).into_iter().flatten();
            files.extend(paths.filter_map(Value::as_str).map(PathBuf::from));
        }
    }
    if files.is_empty() { Err(format!("cargo reports no file of `{name}`")) } else { Ok(files) }
}

/// Returns the file with this extension.
pub(crate) fn with_extension(files: &[PathBuf], extension: &str) -> Result<PathBuf, String> {
    let found = files.iter().find(|file| file.extension().unwrap_or_default() == extension);
    found.cloned().ok_or_else(|| format!("cargo made no file that ends in `{extension}`"))
}

/// Runs cargo in the workspace.
pub(crate) fn cargo<const N: usize>(command: [&str; N], more: &[String]) -> Result<(), String> {
    finish(Command::new(env!("CARGO")).current_dir(root()).args(command).args(more))
}

/// Runs the tests of the workspace, all crates even after a failure. The error repeats each failure with its location
/// and reason, because people see the end of a long output.
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

thread_local! {
    /// The file that receives the output of the programs that this thread runs.
    static OUTPUT: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// Does work on this thread; the programs that it runs write to a file instead of the terminal.
pub(crate) fn captured<T>(path: &Path, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
    OUTPUT.set(Some(file));
    let outcome = work();
    OUTPUT.set(None);
    outcome
}

/// Runs a program to its end. A failure of the program is an error.
pub(crate) fn finish(command: &mut Command) -> Result<(), String> {
    let output = || OUTPUT.with_borrow(|file| file.as_ref().and_then(|file| file.try_clone().ok()));
    if let (Some(out), Some(err)) = (output(), output()) {
        command.stdout(out).stderr(err);
    }
    let status = command.status().map_err(|error| format!("{:?} can't be started: {error}", command.get_program()))?;
    if status.success() { Ok(()) } else { Err(format!("{:?} ended with {status}", command.get_program())) }
}
