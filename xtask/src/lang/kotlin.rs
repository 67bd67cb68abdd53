//! Kotlin: by Maven, which fetches the compiler.

use super::mobile::{self, copy_folder, copy_into, empty, has, install};
use super::{Language, Trouble, fresh};
use crate::workspace::{finish, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Kotlin;

impl Language for Kotlin {
    fn unproven(&self) -> Option<&'static str> {
        Some("its tests and scenarios have never been run to their end; `cargo xtask test --lang kotlin` runs them")
    }

    fn name(&self) -> &'static str {
        "kotlin"
    }

    fn set_up(&self) -> Result<(), Trouble> {
        let natives = natives().ok_or_else(|| Trouble::Absent("JNA has no name here for this machine".to_owned()))?;
        if !has("mvn") || !has("javac") {
            install(&["maven", "default-jdk-headless"])?;
        }
        let library = mobile::library()?;
        let generated = module().join("target/generated-sources/uniffi");
        empty(&generated)?;
        mobile::generate(&library, "kotlin", &generated)?;
        Ok(copy_into(&library.shared, &module().join("target/natives").join(natives))?)
    }

    fn test(&self) -> Result<(), String> {
        maven(&module(), &["test"])
    }

    fn spec(&self, path: &Path) -> Result<(), String> {
        let vectors = mobile::absolute(&root().join("fleet-core/tests/vectors"))?;
        program("fleetcore.spec.MainKt", &format!("{} {}", path.display(), vectors.display()))
    }

    /// A project of somebody else's, which depends on the jar as it is installed.
    fn package(&self) -> Result<(), String> {
        maven(&module(), &["install", "-DskipTests"])?;
        let fresh = mobile::absolute(&fresh("kotlin")?)?;
        copy_folder(&root().join("examples/kotlin"), &fresh)?;
        let data = mobile::absolute(&root().join("examples/data"))?;
        maven(&fresh, &["compile", "exec:java", &format!("-Dexec.args={}", data.display())])
    }

    fn bench(&self) -> Result<(), String> {
        let listed = mobile::absolute(&module())?.join("target/classpath");
        let list = format!("-Dmdep.outputFile={}", listed.display());
        maven(&module(), &["test-compile", "dependency:build-classpath", "-Dmdep.includeScope=test", &list])?;
        let others = fs::read_to_string(&listed).map_err(|error| format!("{}: {error}", listed.display()))?;
        let built = mobile::absolute(&module())?.join("target").display().to_string();
        let mut java = Command::new("java");
        java.arg("-cp");
        java.arg(format!("{built}/classes:{built}/test-classes:{}", others.trim())).arg("fleetcore.bench.MainKt");
        mobile::launcher("kotlin", &java)
    }
}

/// The folder in a jar where JNA looks for a library of this machine's.
fn natives() -> Option<&'static str> {
    match std::env::consts::ARCH {
        "x86_64" => Some("linux-x86-64"),
        "aarch64" => Some("linux-aarch64"),
        _ => None,
    }
}

/// The module's folder.
fn module() -> PathBuf {
    root().join("bindings-swift/kotlin")
}

fn maven(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let quiet = ["--batch-mode", "--quiet", "--no-transfer-progress"];
    finish(Command::new("mvn").current_dir(folder).args(quiet).args(arguments))
}

/// Runs a program that is beside the tests.
fn program(main: &str, arguments: &str) -> Result<(), String> {
    let (main, arguments) = (format!("-Dexec.mainClass={main}"), format!("-Dexec.args={arguments}"));
    maven(&module(), &["test-compile", "exec:java", &main, &arguments])
}
