//! Installs PostgreSQL and a pooler, which the tests of the store start, if they are missing.

use crate::workspace::finish;
use fleet_postgres_server::{Server, pooler, programs};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

/// Keeps Debian's package from creating a server of its own, which is not needed.
const NO_CLUSTER: (&str, &str) = ("/etc/postgresql-common/createcluster.conf", "create_main_cluster = false\n");

/// Installs PostgreSQL if it is missing. Tried once.
pub(crate) fn install() -> Result<(), String> {
    static INSTALLED: LazyLock<Result<(), String>> = LazyLock::new(try_install);
    INSTALLED.clone()
}

/// A server that all scenarios share, each in its own schema.
pub(crate) fn server() -> Result<&'static Server, String> {
    // Scenarios do not depend on durability after a power cut.
    static SERVER: LazyLock<std::io::Result<Server>> = LazyLock::new(|| Server::start(&["fsync=off"]));
    SERVER.as_ref().map_err(ToString::to_string)
}

/// Prints what was skipped because PostgreSQL is not available; if `CI` is set, that is a failure.
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
        let how = "and can be installed from here only on Debian; install its server and `pgbouncer`";
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
        fs::write(path, setting).map_err(|error| format!("cannot write `{path}`: {error}"))?;
        install("postgresql")
    };
    let installed = apt(&["update"]).and_then(|()| server()).and_then(|()| install("pgbouncer"));
    installed.map_err(|why| format!("it cannot be installed: {why}; run this as root, or install its server"))?;
    programs().and(pooler()).map(drop).ok_or_else(|| "it was installed, but is not found".to_owned())
}
