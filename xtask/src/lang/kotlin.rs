//! Kotlin: by Maven, which fetches the compiler.

use super::mobile::{self, Profile, copy_folder, copy_into, has, install};
use super::{Language, Trouble, fresh, with_postgres};
use crate::workspace::{finish, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Kotlin;

impl Language for Kotlin {
    fn name(&self) -> &'static str {
        "kotlin"
    }

    /// The compiler takes most of the time there is, so all that follows runs what is compiled here.
    fn set_up(&self) -> Result<(), Trouble> {
        let natives = natives().ok_or_else(|| Trouble::Absent("JNA has no name here for this machine".to_owned()))?;
        if !has("mvn") || !has("javac") {
            install(&["maven", "default-jdk-headless"])?;
        }
        let built = mobile::build()?;
        built.generate("kotlin", &module().join("target/generated-sources/uniffi"))?;
        copy_into(&built.library.shared, &module().join("target/natives").join(natives))?;
        let list = format!("-Dmdep.outputFile={}", listed()?.display());
        Ok(maven(&module(), &["test-compile", "dependency:build-classpath", "-Dmdep.includeScope=test", &list])?)
    }

    fn test(&self) -> Result<(), String> {
        finish(with_postgres(mvn(&module()).arg("surefire:test"))?)
    }

    fn spec(&self, path: &Path) -> Result<(), String> {
        let vectors = mobile::absolute(&root().join("fleet-core/tests/vectors"))?;
        finish(with_postgres(java(&[], "fleetcore.spec.MainKt")?.arg(path).arg(vectors))?)
    }

    /// A project of somebody else's, which depends on the jar as it is installed: the quickstart, and the program that
    /// the README shows.
    fn package(&self) -> Result<(), String> {
        maven(&module(), &["jar:jar", "install:install"])?;
        let fresh = mobile::absolute(&fresh("kotlin")?)?;
        copy_folder(&root().join("examples/kotlin"), &fresh)?;
        let readme = mobile::Readme::read(&module().join("README.md"))?;
        readme.write(&fresh.join("src/main/kotlin/Readme.kt"))?;
        let data = mobile::absolute(&root().join("examples/data"))?;
        maven(&fresh, &["compile", "exec:java", &format!("-Dexec.args={}", data.display())])?;
        readme.compare(mvn(&fresh).args(["exec:java", "-Dexec.mainClass=ReadmeKt"]))
    }

    fn bench(&self) -> Result<(), String> {
        let library = mobile::library(Profile::Release)?;
        let folder = mobile::absolute(library.shared.parent().unwrap_or(&library.shared))?;
        // Looked into before what is in the jar, which is built for tests.
        let first = format!("-Djna.library.path={}", folder.display());
        mobile::launcher("kotlin", &java(&[&first], "fleetcore.bench.MainKt")?)
    }
}

/// The folder in a jar where JNA looks for a library of this machine's.
fn natives() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("linux-x86-64"),
        ("linux", "aarch64") => Some("linux-aarch64"),
        ("macos", "x86_64") => Some("darwin-x86-64"),
        ("macos", "aarch64") => Some("darwin-aarch64"),
        _ => None,
    }
}

/// The module's folder.
fn module() -> PathBuf {
    root().join("bindings-swift/kotlin")
}

fn mvn(folder: &Path) -> Command {
    let mut mvn = Command::new("mvn");
    mvn.current_dir(folder).args(["--batch-mode", "--quiet", "--no-transfer-progress", "-Dstyle.color=never"]);
    mvn
}

fn maven(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    finish(mvn(folder).args(arguments))
}

/// Where Maven lists what the tests depend on.
fn listed() -> Result<PathBuf, String> {
    Ok(mobile::absolute(&module())?.join("target/classpath"))
}

/// Runs a program that is beside the tests, as they were compiled.
fn java(options: &[&str], main: &str) -> Result<Command, String> {
    let listed = listed()?;
    let others = fs::read_to_string(&listed).map_err(|error| format!("{}: {error}", listed.display()))?;
    let built = mobile::absolute(&module())?.join("target").display().to_string();
    let mut java = Command::new("java");
    java.args(options).arg("-cp").arg(format!("{built}/classes:{built}/test-classes:{}", others.trim())).arg(main);
    Ok(java)
}
