//! PostgreSQL and a pooler, which the tests of its store start: installed where they are not there.

use crate::workspace::finish;
use fleet_postgres_server::{Server, pooler, programs};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

/// Keeps Debian's package from making a server of its own, which nobody asked for.
const NO_CLUSTER: (&str, &str) = ("/etc/postgresql-common/createcluster.conf", "create_main_cluster = false\n");

/// Sees to it that PostgreSQL is there. Tried once.
pub(crate) fn install() -> Result<(), String> {
    static INSTALLED: LazyLock<Result<(), String>> = LazyLock::new(try_install);
    INSTALLED.clone()
}

/// A server that all scenarios share, each in a schema of its own.
pub(crate) fn server() -> Result<&'static Server, String> {
    // What is on the disk after a power cut is no scenario's concern.
    static SERVER: LazyLock<std::io::Result<Server>> = LazyLock::new(|| Server::start(&["fsync=off"]));
    SERVER.as_ref().map_err(ToString::to_string)
}

/// Says what was left out where it could not be had; under `CI` that fails.
pub(crate) fn left_out() -> Result<(), String> {
    let Err(why) = install() else { return Ok(()) };
    println!("\nnot run here  why\nPostgreSQL    {why}");
    if std::env::var_os("CI").is_some() { Err(format!("PostgreSQL: {why}")) } else { Ok(()) }
}

fn try_install() -> Result<(), String> {
    if programs().is_some() && pooler().is_some() {
        return Ok(());
    }
    if !Path::new("/etc/debian_version").exists() {
        let how = "and only on Debian this knows how to: install its server and `pgbouncer`";
        return Err(format!("it is not installed, {how}"));
    }
    println!("installing PostgreSQL");
    let apt = |arguments: &[&str]| {
        finish(
            Command::new("apt-get")
                .args(["-qq", "-o", "DPkg::Lock::Timeout=600"])
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    };
    let install = |package| apt(&["install", "--yes", "--no-install-recommends", package]);
    let server = || {
        if programs().is_some() {
            return Ok(());
        }
        install("postgresql-common")?;
        let (path, setting) = NO_CLUSTER;
        fs::write(path, setting).map_err(|error| format!("`{path}` cannot be written: {error}"))?;
        install("postgresql")
    };
    let installed = apt(&["update"]).and_then(|()| server()).and_then(|()| install("pgbouncer"));
    installed
        .map_err(|why| format!("it is not installed, and cannot be: {why}; run this as root, or install its server"))?;
    programs().and(pooler()).map(drop).ok_or_else(|| "it was installed and is not found".to_owned())
}
