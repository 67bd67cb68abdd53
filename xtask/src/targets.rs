//! Checks that the core, and the library for Swift and Kotlin, build for phones and the web.

use crate::workspace::{cargo, finish};
use std::process::Command;

const TARGETS: [&str; 3] = ["aarch64-apple-ios", "aarch64-linux-android", "wasm32-unknown-unknown"];

/// Checks types for every target, without SQLite, which would need each target's C compiler.
pub(crate) fn check() -> Result<(), String> {
    finish(Command::new("rustup").args(["target", "add"]).args(TARGETS))?;
    TARGETS.into_iter().try_for_each(|target| {
        println!("{target}");
        let packages = ["--package", "fleet-core", "--package", "fleet-mobile", "--no-default-features"];
        let check = ["check", "--locked", "--target", target].into_iter().chain(packages);
        cargo([], &check.map(str::to_owned).collect::<Vec<_>>())
    })
}
