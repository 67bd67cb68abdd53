//! Packages for other Linux systems, built on this machine: with `zig` as the C compiler and linker, which knows the
//! symbols of each version of the C libraries. Nothing built here can run here, so what a package needs is checked by
//! the tools that make it, and it is tried on its own system ([RELEASING.md](../../../RELEASING.md)).

use super::{folder, python};
use crate::workspace::{finish, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest glibc that packages run on: that of manylinux_2_28.
const GLIBC: &str = "2.28";

/// Installs the tools of `bindings-python/cross.txt` and Rust's standard library for a target.
pub(super) fn set_up(target: &str) -> Result<(), String> {
    if !target.contains("-linux-") {
        return Err(format!("{target} cannot be built here: only Linux targets can, on Linux"));
    }
    finish(Command::new("rustup").args(["target", "add", target]))?;
    let pinned = root().join("bindings-python/cross.txt");
    let wanted = fs::read_to_string(&pinned).map_err(|error| format!("{}: {error}", pinned.display()))?;
    let installed = environment()?.join("cross.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    python::create_environment(&environment()?, &pinned)?;
    fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))
}

/// Returns one of the tools, set up to build for a target.
pub(super) fn tool(name: &str, target: &str) -> Result<Command, String> {
    let environment = environment()?;
    let mut tool = python::in_environment(&environment, name);
    let mut paths = vec![environment.join("bin")];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let paths = std::env::join_paths(paths).map_err(|error| error.to_string())?;
    tool.env("PATH", paths).current_dir(root());
    if target.ends_with("-musl") {
        // A library that a program loads uses the C library of that program.
        let name = format!("CARGO_TARGET_{}_RUSTFLAGS", target.to_uppercase().replace('-', "_"));
        tool.env(name, "-Ctarget-feature=-crt-static");
    }
    Ok(tool)
}

/// The target as cargo-zigbuild writes it, with the oldest glibc that the library is to run on.
pub(super) fn with_glibc(target: &str) -> String {
    if target.ends_with("-gnu") { format!("{target}.{GLIBC}") } else { target.to_owned() }
}

/// Python's name for the systems that a wheel of this target runs on.
pub(super) fn compatibility(target: &str) -> &'static str {
    if target.ends_with("-musl") { "musllinux_1_2" } else { "manylinux_2_28" }
}

/// The folder in which finished packages are put.
pub(super) fn finished(language: &str) -> Result<PathBuf, String> {
    let finished = folder(language)?.join("release");
    fs::create_dir_all(&finished).map_err(|error| format!("{}: {error}", finished.display()))?;
    Ok(finished)
}

fn environment() -> Result<PathBuf, String> {
    Ok(folder("python")?.join("cross"))
}

/// Prints what was made.
pub(super) fn made(package: &Path) {
    let size = fs::metadata(package).map_or(0, |metadata| metadata.len());
    println!("{} ({:.1} MB)", package.display(), size as f64 / 1e6);
}
