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
        natives().map_err(Trouble::Absent)?;
        if !has("mvn") || !has("javac") {
            install(&["maven", "default-jdk-headless"])?;
        }
        let built = mobile::build()?;
        built.generate("kotlin", &module().join("target/generated-sources/uniffi"))?;
        copy_into(&built.library.shared, &natives()?)?;
        let list = format!("-Dmdep.outputFile={}", listed()?.display());
        Ok(maven(&module(), &["test-compile", "dependency:build-classpath", "-Dmdep.includeScope=test", &list])?)
    }

    fn release(&self) -> Result<(), String> {
        copy_into(&mobile::library(Profile::Release)?.shared, &natives()?)?;
        maven(&module(), &["resources:resources"])
    }

    fn test(&self) -> Result<(), String> {
        finish(with_postgres(mvn(&module()).arg("surefire:test"))?)
    }

    fn spec(&self, path: &Path) -> Result<(), String> {
        let vectors = mobile::absolute(&root().join("fleet-core/tests/vectors"))?;
        finish(with_postgres(java("fleetcore.spec.MainKt")?.arg(path).arg(vectors))?)
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
        maven(&fresh, &["compile", "exec:java", &format!("-Dexec.args='{}'", data.display())])?;
        readme.compare(mvn(&fresh).args(["exec:java", "-Dexec.mainClass=ReadmeKt"]))
    }

    fn bench(&self) -> Result<(), String> {
        mobile::launcher("kotlin", &java("fleetcore.bench.MainKt")?)
    }
}

/// What goes into the jar so that JNA finds this machine's library there.
fn natives() -> Result<PathBuf, String> {
    let name = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x86-64",
        ("linux", "aarch64") => "linux-aarch64",
        ("macos", "x86_64") => "darwin-x86-64",
        ("macos", "aarch64") => "darwin-aarch64",
        _ => return Err("JNA has no name here for this machine".to_owned()),
    };
    Ok(module().join("target/natives").join(name))
}

/// The module's folder.
fn module() -> PathBuf {
    root().join("bindings-swift/kotlin")
}

fn mvn(folder: &Path) -> Command {
    let mut mvn = Command::new("mvn");
    // Arguments of a person's own, such as another goal or project, are none of this build's.
    mvn.env_remove("MAVEN_ARGS").env_remove("MAVEN_CONFIG").env_remove("MAVEN_DEBUG_OPTS");
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
fn java(main: &str) -> Result<Command, String> {
    let listed = listed()?;
    let others = fs::read_to_string(&listed).map_err(|error| format!("{}: {error}", listed.display()))?;
    let built = mobile::absolute(&module())?.join("target").display().to_string();
    let mut java = Command::new("java");
    java.arg("-cp").arg(format!("{built}/classes:{built}/test-classes:{}", others.trim())).arg(main);
    Ok(java)
}
