//! Node: the native part is built once and put where `bindings-node` loads it from; npm installs TypeScript in the
//! version of `bindings-node/package-lock.json`.

use super::mobile::output;
use super::{Language, Trouble, cross, folder, fresh, is_there, set_here, with_postgres, without_settings};
use crate::workspace::{built, finish, root, with_extension};
use serde_json::{Map, Value, json};
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
        let platform = platform()?;
        let binary = package().join("native").join(format!("fleet-core.{platform}.node"));
        let packed = [platform_package(&platform, &binary, &fresh)?, main_package(&fresh)?];
        fs::write(fresh.join("package.json"), "{ \"name\": \"fresh\", \"private\": true }")
            .map_err(|error| error.to_string())?;
        finish(npm_in(&fresh).args(INSTALL).args(packed))?;
        // The tried files are copied beside the installed package, so that they load this package and no other.
        for (from, to) in [("test/package/cjs.cjs", "cjs.cjs"), ("test/package/esm.mjs", "esm.mjs")] {
            copy(&package().join(from), &fresh.join(to))?;
            finish(node_in(&fresh).arg(to))?;
        }
        copy(&root().join("examples/node/quickstart.mjs"), &fresh.join("quickstart.mjs"))?;
        finish(node_in(&fresh).arg("quickstart.mjs").env("FLEET_DATA", root().join("examples/data")))
    }

    fn cross(&self, target: &str) -> Result<(), String> {
        let platforms = platforms()?;
        let names = platforms.iter().find(|(_, described)| described.get("target") == Some(&json!(target)));
        let (platform, _) = names.ok_or(format!("platforms.json does not have {target}"))?;
        let mut build = cross::tool("cargo-zigbuild", target)?;
        build.args(["rustc", "--locked", "--release", "--package", "fleet-node", "--target"]);
        let files = built(build.arg(cross::with_glibc(target)), "fleet_node", &["-Cstrip=symbols"])?;
        let library = with_extension(&files, DLL_EXTENSION)?;
        cross::made(&platform_package(platform, &library, &cross::finished("node")?)?);
        Ok(())
    }
}

/// Packs the package of a platform into a folder: the native part alone.
fn platform_package(platform: &str, binary: &Path, into: &Path) -> Result<PathBuf, String> {
    let described = platforms()?;
    let described = described.get(platform).ok_or(format!("platforms.json does not have {platform}"))?;
    let folder = into.join(platform);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    copy(binary, &folder.join("fleet-core.node"))?;
    let name = name_of(platform);
    let readme = format!("# {name}\n\nThe native part of `fleet-core` for {platform}. Install `fleet-core`.\n");
    write(&folder.join("README.md"), &readme)?;
    let mut manifest = manifest()?;
    manifest.retain(|key, _| ["version", "license", "repository", "engines"].contains(&key.as_str()));
    for key in ["os", "cpu", "libc"] {
        if let Some(value) = described.get(key) {
            manifest.insert(key.to_owned(), json!([value]));
        }
    }
    let own = [
        ("name", json!(name)),
        ("description", json!(format!("The native part of fleet-core for {platform}."))),
        ("main", json!("fleet-core.node")),
        ("files", json!(["fleet-core.node", "LICENSE-*"])),
    ];
    manifest.extend(own.map(|(key, value)| (key.to_owned(), value)));
    pack(&folder, &manifest, into)
}

/// Packs the package for people into a folder: it names the package of each platform, and has no native part.
fn main_package(fresh: &Path) -> Result<PathBuf, String> {
    let folder = fresh.join("main");
    fs::create_dir_all(folder.join("lib")).map_err(|error| error.to_string())?;
    let mut manifest = manifest()?;
    let files = ["README.md", "index.cjs", "index.mjs", "index.d.cts", "index.d.mts"].map(PathBuf::from);
    let library = fs::read_dir(package().join("lib")).map_err(|error| error.to_string())?;
    let library = library.filter_map(|entry| Some(Path::new("lib").join(entry.ok()?.file_name())));
    for file in files.into_iter().chain(library) {
        copy(&package().join(&file), &folder.join(&file))?;
    }
    let version = manifest.get("version").cloned().unwrap_or_default();
    let others: Map<_, _> = platforms()?.keys().map(|platform| (name_of(platform), version.clone())).collect();
    manifest.insert("optionalDependencies".to_owned(), Value::Object(others));
    manifest.retain(|key, _| !["devDependencies", "scripts"].contains(&key.as_str()));
    pack(&folder, &manifest, fresh)
}

/// Packs a folder with this `package.json` and the licences, and returns the package.
fn pack(folder: &Path, manifest: &Map<String, Value>, into: &Path) -> Result<PathBuf, String> {
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copy(&root().join(licence), &folder.join(licence))?;
    }
    write(&folder.join("package.json"), &format!("{:#}\n", json!(manifest)))?;
    let packed = output(npm_in(into).args(["pack", "--silent"]).arg(folder))?;
    Ok(into.join(packed.trim()))
}

/// The name of a platform's package.
fn name_of(platform: &str) -> String {
    format!("@fleet-core/{platform}")
}

/// The platforms for which there is a package, by npm's name.
fn platforms() -> Result<Map<String, Value>, String> {
    serde_json::from_str(&read(&package().join("platforms.json"))?).map_err(|error| format!("platforms.json: {error}"))
}

fn manifest() -> Result<Map<String, Value>, String> {
    serde_json::from_str(&read(&package().join("package.json"))?).map_err(|error| format!("package.json: {error}"))
}

/// Returns npm's name for this platform.
fn platform() -> Result<String, String> {
    let print = "console.log(require('./lib/platform.cjs').platform())";
    Ok(output(node_in(&package()).args(["-e", print]))?.trim().to_owned())
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
    let native = package().join("native");
    fs::create_dir_all(&native).map_err(|error| error.to_string())?;
    copy(&library, &native.join(format!("fleet-core.{}.node", platform()?)))
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

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
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
