//! Shared by Swift and Kotlin: the library, the generator, and the location of toolchains.

use super::Trouble;
use crate::workspace::{built, finish, root, target, with_extension};
use std::env::consts::{DLL_EXTENSION, EXE_EXTENSION};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The built `fleet-mobile`.
#[derive(Debug)]
pub(super) struct Library {
    /// The static library for Swift programs.
    pub(super) archive: PathBuf,
    /// The shared library for a JVM, which the generator also reads.
    pub(super) shared: PathBuf,
}

/// The folder of the crate that Swift and Kotlin are generated from.
pub(super) fn folder() -> PathBuf {
    root().join("bindings-mobile")
}

/// Returns the absolute path.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))
}

/// The build profile of the library.
#[derive(Clone, Copy)]
pub(super) enum Profile {
    /// For tests: the profile of the workspace's own tests, so that most of it is built already.
    Dev,
    /// For packages and benchmarks.
    Release,
}

/// Builds the library. The one for tests keeps its symbols, because the generator reads them.
pub(super) fn library(profile: Profile) -> Result<Library, String> {
    let (name, compiler): (_, &[&str]) = match profile {
        Profile::Dev => ("dev", &[]),
        Profile::Release => ("release", &["-Cstrip=symbols"]),
    };
    let command = if compiler.is_empty() { "build" } else { "rustc" };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args([command, "--lib", "--profile", name, "--locked", "--package", "fleet-mobile"]);
    let files = built(&mut cargo, "fleet_mobile", compiler)?;
    Ok(Library { archive: with_extension(&files, "a")?, shared: with_extension(&files, DLL_EXTENSION)? })
}

/// The library for tests, and the generator. Each build keeps one core busy for most of its time, so they run in
/// parallel.
pub(super) struct Built {
    pub(super) library: Library,
    generator: PathBuf,
}

pub(super) fn build() -> Result<Built, String> {
    both(|| library(Profile::Dev), generator).map(|(library, generator)| Built { library, generator })
}

/// Runs two functions in parallel. If both fail, returns the first one's error.
pub(super) fn both<A, B: Send, E: Send>(
    first: impl FnOnce() -> Result<A, E>,
    second: impl FnOnce() -> Result<B, E> + Send,
) -> Result<(A, B), E> {
    std::thread::scope(|scope| {
        let second = scope.spawn(second);
        let first = first();
        let second = second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((first?, second?))
    })
}

/// Builds the generator, separately from other cargo builds.
fn generator() -> Result<PathBuf, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder().join("bindgen")).args(["build", "--quiet", "--locked"]);
    let files = built(cargo.env("CARGO_TARGET_DIR", target()?.join("bindgen")), "fleet-bindgen", &[])?;
    with_extension(&files, EXE_EXTENSION)
}

impl Built {
    /// Generates the code of a language that calls the library.
    pub(super) fn generate(&self, language: &str, into: &Path) -> Result<(), String> {
        empty(into)?;
        let config = folder().join("uniffi.toml");
        finish(Command::new(&self.generator).arg(&self.library.shared).arg(config).arg(language).arg(into))
    }
}

/// Makes an empty folder, and deletes its previous content.
pub(super) fn empty(path: &Path) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", path.display());
    if path.exists() {
        fs::remove_dir_all(path).map_err(failed)?;
    }
    fs::create_dir_all(path).map_err(failed)
}

/// Copies a file into a folder, which is created if it does not exist.
pub(super) fn copy_into(file: &Path, folder: &Path) -> Result<(), String> {
    let failed = |error| format!("{} into {}: {error}", file.display(), folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    fs::copy(file, folder.join(file.file_name().unwrap_or_default())).map_err(failed)?;
    Ok(())
}

/// Copies a folder with its content.
pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let inner = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() { copy_folder(&path, &inner)? } else { copy_into(&path, to)? }
    }
    Ok(())
}

/// Whether a program can be started.
pub(super) fn has(program: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Installs packages with apt, if possible.
pub(super) fn install(packages: &[&str]) -> Result<(), Trouble> {
    if !has("apt-get") {
        return Err(Trouble::Absent(format!(
            "{} are missing, and there is no apt-get to install them",
            packages.join(", ")
        )));
    }
    if !is_root() {
        return Err(Trouble::Absent(format!("{} are missing, and only root can install them", packages.join(", "))));
    }
    let apt = |arguments: &[&str]| {
        finish(Command::new("apt-get").args(arguments).stdout(Stdio::null()).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let install = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    // A new machine has no package lists yet.
    let installed = apt(&install).or_else(|_| apt(&["update"]).and_then(|()| apt(&install)));
    installed.map_err(|why| Trouble::Absent(format!("{} can't be installed: {why}", packages.join(", "))))
}

/// Whether this program runs as root.
pub(super) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Returns the output of a program.
pub(super) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("{:?} can't be started: {error}", command.get_program()))?;
    if !output.status.success() {
        return Err(format!("{:?} ended with {}", command.get_program(), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program in a README, and the output that the README shows.
pub(super) struct Readme {
    program: String,
    prints: String,
}

impl Readme {
    /// Reads the first two blocks below *Ten lines that work*.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let blocks = || {
            let (_, section) = text.split_once("\n## Ten lines that work\n")?;
            let mut blocks = section.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
            Some(Self { program: blocks.next()?.1.to_owned(), prints: blocks.next()?.1.to_owned() })
        };
        blocks().ok_or_else(|| format!("{}: it has no program, or not its output", file.display()))
    }

    /// Writes the program to a file.
    pub(super) fn write(&self, file: &Path) -> Result<(), String> {
        fs::write(file, &self.program).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Whether the program prints what the README shows. Maven adds codes that reset colours.
    pub(super) fn compare(&self, program: &mut Command) -> Result<(), String> {
        let printed = output(program)?;
        if printed.contains(&self.prints) {
            return Ok(());
        }
        Err(format!("the README's program does not print the output in the README, but\n{printed}"))
    }
}

/// Writes a command as a script that passes on its arguments: `LANGUAGE/bench` in cargo's target folder.
pub(super) fn launcher(language: &str, command: &Command) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;

    let quoted = |word: &OsStr| format!("'{}'", word.to_string_lossy().replace('\'', "'\\''"));
    let words: Vec<String> = std::iter::once(command.get_program()).chain(command.get_args()).map(quoted).collect();
    let folder = command.get_current_dir().map(|folder| format!("cd {}\n", quoted(folder.as_os_str())));
    let script = format!("#!/bin/sh\n{}exec {} \"$@\"\n", folder.unwrap_or_default(), words.join(" "));
    let place = target()?.join(language).join("bench");
    let failed = |error| format!("{}: {error}", place.display());
    fs::create_dir_all(target()?.join(language)).map_err(failed)?;
    fs::write(&place, script).map_err(failed)?;
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).map_err(failed)
}
