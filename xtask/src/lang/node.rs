//! Node: the native part is built once and put where `bindings-node` loads it from; npm installs TypeScript in the
//! version of `bindings-node/package-lock.json`.

use super::{Language, Trouble, folder, fresh, is_there, set_here, with_postgres, without_settings};
use crate::workspace::{built, finish, root, with_extension};
use std::env::consts::DLL_EXTENSION;
use std::ffi::OsString;
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
        finish(with_postgres(node_in(&root()).arg(package().join("test/spec/run.mjs")).arg(path))?)
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
            finish(node_in(&fresh).arg(to))?;
        }
        copy(&root().join("examples/node/quickstart.mjs"), &fresh.join("quickstart.mjs"))?;
        finish(node_in(&fresh).arg("quickstart.mjs").env("FLEET_DATA", root().join("examples/data")))
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
    node_in(&root()).args(["-e", check]).status().is_ok_and(|status| status.success())
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
        if let Err(why) = finish(npm_in(&folder).args(["ci", "--no-audit", "--no-fund", "--silent"])) {
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
    let output = node_in(&package())
        .arg("-p")
        .arg("require('./lib/platform.cjs').platform()")
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

/// Returns a Node command in a folder, without a person's own settings: their options or modules would be loaded into
/// every program.
fn node_in(folder: &Path) -> Command {
    isolated("node", folder, &set_here())
}

/// Returns an npm command in a folder, without a person's own settings, also those in a file of npm's: a prefix or
/// `global` would install elsewhere, `production` would leave out the TypeScript compiler, `ignore-scripts` what has to
/// be compiled.
fn npm_in(folder: &Path) -> Command {
    isolated("npm", folder, &set_here())
}

/// Returns a command of Node or npm in a folder, without those of the set variables that would change it.
fn isolated(program: &str, folder: &Path, set: &[OsString]) -> Command {
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
    let mut command = Command::new(program);
    command.current_dir(folder);
    without_settings(&mut command, set, "npm_config_", KEPT);
    // `NODE_EXTRA_CA_CERTS` may be needed to reach a person's registry.
    without_settings(&mut command, set, "node_", &["extra_ca_certs"]);
    if program == "npm" {
        let chosen = [("global", "false"), ("include", "dev"), ("ignore_scripts", "false"), ("dry_run", "false")];
        command.envs(chosen.map(|(name, value)| (format!("npm_config_{name}"), value)));
    }
    command
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{removed, value};

    #[test]
    fn a_persons_settings_do_not_change_node_and_npm() {
        let changing = [
            "NODE_ENV",
            "NODE_OPTIONS",
            "NODE_PATH",
            "NODE_TEST_CONTEXT",
            "NPM_CONFIG_GLOBAL",
            "NPM_CONFIG_PREFIX",
            "npm_config_ignore_scripts",
            "npm_config_omit",
            "npm_config_pack_destination",
            "npm_config_production",
        ];
        let needed = [
            "HTTPS_PROXY",
            "NODE_EXTRA_CA_CERTS",
            "NPM_CONFIG_CACHE",
            "NPM_CONFIG_REGISTRY",
            "PATH",
            "npm_config_proxy",
        ];
        let set: Vec<OsString> = changing.iter().chain(&needed).map(OsString::from).collect();
        for program in ["node", "npm"] {
            let command = isolated(program, Path::new("a b"), &set);
            let mut gone = removed(&command);
            gone.retain(|name| program == "node" || name != "npm_config_ignore_scripts");
            let wanted: Vec<_> =
                changing.iter().filter(|name| program == "node" || **name != "npm_config_ignore_scripts").collect();
            assert_eq!(gone.iter().collect::<Vec<_>>(), wanted, "{program}");
            assert_eq!(command.get_current_dir(), Some(Path::new("a b")));
        }
        let npm = isolated("npm", Path::new("."), &set);
        for (name, chosen) in [("global", "false"), ("include", "dev"), ("ignore_scripts", "false")] {
            assert_eq!(value(&npm, &format!("npm_config_{name}")).as_deref(), Some(chosen), "{name}");
        }
    }
}
