//! Kotlin: built by Maven, which downloads the compiler.

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

    /// Compilation takes most of the time, so all later steps run the classes compiled here.
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

    /// Builds another project that depends on the installed jar: the quickstart, and the program in the README.
    fn package(&self) -> Result<(), String> {
        let target = module().join("target");
        for sources in ["src/main/kotlin", "target/generated-sources/uniffi"] {
            copy_folder(&module().join(sources), &target.join("sources"))?;
        }
        copy_into(&module().join("README.md"), &target.join("javadoc"))?;
        maven(&module(), &["jar:jar", "jar:jar@sources", "jar:jar@javadoc", "install:install"])?;
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

/// Returns the folder in the jar where JNA finds this machine's library.
fn natives() -> Result<PathBuf, String> {
    let name = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x86-64",
        ("linux", "aarch64") => "linux-aarch64",
        ("macos", "x86_64") => "darwin-x86-64",
        ("macos", "aarch64") => "darwin-aarch64",
        _ => return Err("the name of this machine in JNA is unknown here".to_owned()),
    };
    Ok(module().join("target/natives").join(name))
}

/// The module's folder.
fn module() -> PathBuf {
    root().join("bindings-kotlin")
}

fn mvn(folder: &Path) -> Command {
    let mut mvn = Command::new("mvn");
    // A person's own arguments, such as another goal or project, do not apply to this build.
    mvn.env_remove("MAVEN_ARGS").env_remove("MAVEN_CONFIG").env_remove("MAVEN_DEBUG_OPTS");
    mvn.current_dir(folder).args(["--batch-mode", "--quiet", "--no-transfer-progress", "-Dstyle.color=never"]);
    mvn
}

fn maven(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    finish(mvn(folder).args(arguments))
}

/// The file in which Maven lists the dependencies of the tests.
fn listed() -> Result<PathBuf, String> {
    Ok(mobile::absolute(&module())?.join("target/classpath"))
}

/// Returns a command that runs a compiled program beside the tests.
fn java(main: &str) -> Result<Command, String> {
    let listed = listed()?;
    let others = fs::read_to_string(&listed).map_err(|error| format!("{}: {error}", listed.display()))?;
    let built = mobile::absolute(&module())?.join("target").display().to_string();
    let mut java = Command::new("java");
    java.arg("-cp").arg(format!("{built}/classes:{built}/test-classes:{}", others.trim())).arg(main);
    Ok(java)
}
