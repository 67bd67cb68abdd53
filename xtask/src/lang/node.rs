//! Node: the native part is built once and put where `bindings-node` loads it from; npm installs TypeScript in the
//! version of `bindings-node/package-lock.json`.

use super::{Language, Trouble, folder, fresh, is_there, with_postgres, without_settings};
use crate::workspace::{built, finish, root, with_extension};
use std::env::consts::DLL_EXTENSION;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Node;

impl Language for Node {
    fn name(&self) -> &'static str {
        "node"
    }

    fn set_up(&self) -> Result<(), Trouble> {
        toolchain()?;
        no_registry().and_then(|()| tools()).and_then(|()| build("dev")).map_err(Trouble::Failed)?;
        other_sqlite().map_err(Trouble::Failed)
    }

    fn release(&self) -> Result<(), String> {
        build("release")
    }

    fn test(&self) -> Result<(), String> {
        npm(&["run", "--silent", "types"])?;
        finish(with_postgres(npm_in(&package()).args(["run", "--silent", "test"]))?)
    }

    fn spec(&self, path: &Path) -> Result<(), String> {
        finish(with_postgres(Command::new("node").arg(package().join("test/spec/run.mjs")).arg(path))?)
    }

    fn package(&self) -> Result<(), String> {
        let fresh = fresh("node")?;
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            copy(&root().join(licence), &package().join(licence))?;
        }
        finish(npm_in(&fresh).args(["pack", "--silent"]).arg(package()))?;
        fs::write(fresh.join("package.json"), "{ \"name\": \"fresh\", \"private\": true }")
            .map_err(|error| error.to_string())?;
        finish(npm_in(&fresh).args(INSTALL).arg(tarball(&fresh)?))?;
        // The tried files are copied beside the installed package, so that they load this package and no other.
        for (from, to) in [("test/package/cjs.cjs", "cjs.cjs"), ("test/package/esm.mjs", "esm.mjs")] {
            copy(&package().join(from), &fresh.join(to))?;
            finish(Command::new("node").current_dir(&fresh).arg(to))?;
        }
        copy(&root().join("examples/node/quickstart.mjs"), &fresh.join("quickstart.mjs"))?;
        finish(
            Command::new("node")
                .current_dir(&fresh)
                .arg("quickstart.mjs")
                .env("FLEET_DATA", root().join("examples/data")),
        )
    }
}

/// Options that keep npm from requesting anything but the packages to install.
const INSTALL: [&str; 5] = ["install", "--no-audit", "--no-fund", "--silent", "--offline"];

/// Finds Node and npm. Debian has packages of them.
fn toolchain() -> Result<(), Trouble> {
    if is_new_enough() && is_there("npm", "--version") {
        return Ok(());
    }
    let absent = || Trouble::Absent("there is no Node 18.18 or later with npm".to_owned());
    if !is_there("apt-get", "--version") {
        return Err(absent());
    }
    println!("there is no Node that is new enough: installing Debian's");
    let get = |arguments: &[&str]| {
        finish(Command::new("apt-get").args(["-qq", "-o", "DPkg::Lock::Timeout=600"]).args(arguments))
    };
    get(&["update"])
        .and_then(|()| get(&["install", "-y", "--no-install-recommends", "nodejs", "npm"]))
        .map_err(|_| absent())?;
    if is_new_enough() { Ok(()) } else { Err(absent()) }
}

/// Whether Node has at least the version that `package.json` requires.
fn is_new_enough() -> bool {
    let check = "const [major, minor] = process.versions.node.split('.'); \
        process.exit(major > 18 || (major == 18 && minor >= 18) ? 0 : 1)";
    Command::new("node").args(["-e", check]).status().is_ok_and(|status| status.success())
}

/// Installs npm's packages, unless exactly these are installed.
fn tools() -> Result<(), String> {
    let wanted = read(&package().join("package-lock.json"))?;
    let installed = folder("node")?.join("package-lock.json");
    if package().join("node_modules").exists()
        && fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted)
    {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund", "--silent"])?;
    fs::create_dir_all(folder("node")?).and_then(|()| fs::write(&installed, wanted)).map_err(|error| error.to_string())
}

/// Installs another copy of SQLite, which tests run on a fleet's file. If there is no build for this machine, it is
/// compiled; if that fails, those tests are skipped, and if `CI` is set, that is a failure.
fn other_sqlite() -> Result<(), String> {
    let folder = package().join("test/sqlite");
    if !folder.join("node_modules/better-sqlite3/build").exists() {
        println!("installing better-sqlite3, which may have to be compiled");
        let mut get = Command::new("npm");
        if let Err(why) = finish(get.current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--silent"])) {
            let why = format!("there is no better-sqlite3, and tests with it are skipped: {why}");
            if std::env::var_os("CI").is_some() {
                return Err(why);
            }
            println!("{why}");
        }
    }
    Ok(())
}

/// Checks that the lock file names no registry: the machine decides where packages come from.
fn no_registry() -> Result<(), String> {
    let lock = read(&package().join("package-lock.json"))?;
    match lock.lines().find(|line| line.contains("\"resolved\"") || line.contains("://")) {
        Some(line) => Err(format!("package-lock.json names a registry: {}", line.trim())),
        None => Ok(()),
    }
}

/// Builds the native part without 50 MB of debug information, and puts it where the package loads it from.
fn build(profile: &str) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["rustc", "--locked", "--package", "fleet-node", "--profile", profile]);
    let library = with_extension(&built(&mut cargo, "fleet_node", &["-Cstrip=symbols"])?, DLL_EXTENSION)?;
    let output = Command::new("node")
        .arg("-p")
        .arg("require('./lib/platform.cjs').platform()")
        .current_dir(package())
        .output()
        .map_err(|error| format!("node can't be started: {error}"))?;
    let platform = String::from_utf8_lossy(&output.stdout);
    let native = package().join("native");
    fs::create_dir_all(&native).map_err(|error| error.to_string())?;
    copy(&library, &native.join(format!("fleet-core.{}.node", platform.trim())))
}

fn package() -> PathBuf {
    root().join("bindings-node")
}

/// Returns an npm command in a folder, without a person's own settings: a prefix or `global` would install elsewhere,
/// `production` would leave out the TypeScript compiler.
fn npm_in(folder: &Path) -> Command {
    const KEPT: &[&str] = &[
        "registry",
        "proxy",
        "https_proxy",
        "noproxy",
        "cafile",
        "ca",
        "cert",
        "key",
        "cache",
        "userconfig",
        "strict_ssl",
    ];
    let mut npm = Command::new("npm");
    npm.current_dir(folder);
    without_settings(&mut npm, "npm_config_", KEPT)
        .env_remove("NODE_ENV")
        .env_remove("NODE_OPTIONS")
        .env_remove("NODE_PATH");
    npm.env("npm_config_global", "false").env("npm_config_include", "dev");
    npm
}

fn npm(arguments: &[&str]) -> Result<(), String> {
    finish(npm_in(&package()).args(arguments))
}

/// Returns the package that npm packed into a folder.
fn tarball(folder: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_packed = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "tgz");
    paths.find(is_packed).ok_or_else(|| format!("npm packed nothing into {}", folder.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
