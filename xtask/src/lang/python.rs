//! Python: the binding is built once, as a wheel, and installed in the project's own environment `target/python`, with
//! the pinned tools of `bindings-python/requirements.txt`.

use super::{Language, Trouble, cross, folder, fresh, set_here, with_postgres, without_settings};
use crate::workspace::{finish, root};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Python;

impl Language for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn set_up(&self) -> Result<(), Trouble> {
        let python = interpreter().ok_or_else(|| Trouble::Absent("there is no Python 3.11 or later".to_owned()))?;
        tools(python).and_then(|()| build(&[])).map_err(Trouble::Failed)
    }

    fn release(&self) -> Result<(), String> {
        build(&["--release"])
    }

    fn test(&self) -> Result<(), String> {
        let package = root().join("bindings-python");
        let run = |module: &[&str]| finish(here("python")?.current_dir(&package).arg("-m").args(module));
        finish(here("python")?.current_dir(&package).args(["stubs.py", "--check"]))?;
        run(&["mypy", "--strict", "stubs.py", "tests", "bench.py", "../examples/python"])?;
        run(&["mypy.stubtest", "--allowlist", "tests/stubtest.txt", "fleet_core"])?;
        finish(with_postgres(here("python")?.current_dir(&package).args(["-m", "pytest"]))?)
    }

    fn spec(&self, path: &Path) -> Result<(), String> {
        let runner = root().join("bindings-python/tests/spec_runner.py");
        finish(with_postgres(here("python")?.arg(runner).arg(path))?)
    }

    fn package(&self) -> Result<(), String> {
        let python = interpreter().ok_or("there is no Python 3.11 or later")?;
        let fresh = fresh("python")?;
        finish(isolated(&mut Command::new(python)).args(["-m", "venv"]).arg(fresh.join("venv")))?;
        let python = program(&fresh.join("venv"), "python");
        let mut pip = Command::new(&python);
        finish(isolated(&mut pip).args(["-m", "pip", "install", "--quiet", "--no-index"]).arg(wheel()?))?;
        finish(
            isolated(&mut Command::new(&python)).current_dir(&fresh).arg(root().join("examples/python/quickstart.py")),
        )
    }

    fn cross(&self, target: &str) -> Result<(), String> {
        let wheels = cross::finished("python")?;
        finish(
            cross::tool("maturin", target)?
                .current_dir(root().join("bindings-python"))
                .args(["build", "--release", "--locked", "--quiet", "--zig", "--target", target])
                .args(["--compatibility", cross::compatibility(target), "--out"])
                .arg(&wheels),
        )?;
        let entries = fs::read_dir(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
        entries.filter_map(|entry| Some(entry.ok()?.path())).for_each(|wheel| cross::made(&wheel));
        Ok(())
    }
}

/// Returns a Python interpreter of a supported version.
fn interpreter() -> Option<&'static str> {
    // On Debian, `venv` and `ensurepip` are packages of their own. A version manager's program without a chosen version
    // exists but prints nothing.
    let check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    let fits = |program: &&str| {
        let output = isolated(&mut Command::new(program)).args(["-c", check]).output();
        output.is_ok_and(|output| output.status.success())
    };
    ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"].into_iter().find(fits)
}

/// Creates the environment with the tools, if it is missing or other versions are pinned now.
fn tools(python: &str) -> Result<(), String> {
    let pinned = root().join("bindings-python/requirements.txt");
    let wanted = fs::read_to_string(&pinned).map_err(|error| format!("{}: {error}", pinned.display()))?;
    let installed = folder("python")?.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    environment_with(python, &environment()?, &pinned)?;
    fs::write(&installed, wanted).map_err(|error| format!("{}: {error}", installed.display()))
}

/// Creates an environment with pinned tools.
pub(super) fn create_environment(environment: &Path, pinned: &Path) -> Result<(), String> {
    environment_with(interpreter().ok_or("there is no Python 3.11 or later")?, environment, pinned)
}

fn environment_with(python: &str, environment: &Path, pinned: &Path) -> Result<(), String> {
    finish(isolated(&mut Command::new(python)).args(["-m", "venv", "--clear"]).arg(environment))?;
    finish(
        in_environment(environment, "python")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"])
            .arg(pinned),
    )
}

/// Builds the wheel and installs it. A debug build takes a third of the time, and detects overflows.
fn build(profile: &[&str]) -> Result<(), String> {
    let wheels = folder("python")?.join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    finish(
        here("maturin")?
            .current_dir(root().join("bindings-python"))
            .args(["build", "--locked", "--quiet", "--out"])
            .arg(&wheels)
            .args(profile),
    )?;
    finish(
        here("python")?
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--no-index", "--force-reinstall"])
            .arg(wheel()?),
    )
}

/// Returns the wheel that was built.
fn wheel() -> Result<PathBuf, String> {
    let wheels = folder("python")?.join("wheels");
    let entries = fs::read_dir(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    let mut paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "whl");
    paths.find(is_wheel).ok_or_else(|| format!("there is no wheel in {}", wheels.display()))
}

fn environment() -> Result<PathBuf, String> {
    Ok(folder("python")?.join("venv"))
}

/// Returns a command in the project's own environment.
fn here(name: &str) -> Result<Command, String> {
    Ok(in_environment(&environment()?, name))
}

/// Returns a command in an environment.
pub(super) fn in_environment(environment: &Path, name: &str) -> Command {
    let mut command = Command::new(program(environment, name));
    // maturin needs to know the environment that it runs in.
    isolated(&mut command).env("VIRTUAL_ENV", environment);
    command
}

/// Removes a person's own settings from a Python command, also those in a file of pip's: another prefix or `user` would
/// install elsewhere, their modules would be imported first, and optimised Python skips `assert`.
fn isolated(command: &mut Command) -> &mut Command {
    isolated_from(command, &set_here())
}

/// As [`isolated`], where these variables are set.
fn isolated_from<'c>(command: &'c mut Command, set: &[OsString]) -> &'c mut Command {
    const KEPT: &[&str] = &[
        "index_url",
        "extra_index_url",
        "find_links",
        "no_index",
        "cert",
        "client_cert",
        "proxy",
        "trusted_host",
        "config_file",
        "cache_dir",
        "no_cache_dir",
    ];
    for name in ["CONDA_PREFIX", "VIRTUAL_ENV", "MYPYPATH"] {
        command.env_remove(name);
    }
    for prefix in ["python", "pytest_", "mypy_", "maturin_", "pyo3_"] {
        without_settings(command, set, prefix, &[]);
    }
    without_settings(command, set, "pip_", KEPT).env("PIP_USER", "0").env("PIP_REQUIRE_VIRTUALENV", "0")
}

/// Returns the path of a program in a virtual environment.
fn program(environment: &Path, name: &str) -> PathBuf {
    if cfg!(windows) {
        environment.join("Scripts").join(format!("{name}.exe"))
    } else {
        environment.join("bin").join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{removed, value};

    #[test]
    fn a_persons_settings_do_not_change_python_and_pip() {
        let changing = [
            "CONDA_PREFIX",
            "MATURIN_PEP517_ARGS",
            "MYPYPATH",
            "PIP_PREFIX",
            "PIP_TARGET",
            "PYO3_PYTHON",
            "PYTEST_ADDOPTS",
            "PYTHONHOME",
            "PYTHONOPTIMIZE",
            "PYTHONPATH",
            "PYTHONSTARTUP",
            "PYTHONWARNINGS",
            "VIRTUAL_ENV",
        ];
        let needed = ["HTTPS_PROXY", "PATH", "PIP_CERT", "PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_PROXY", "PYENV_ROOT"];
        let overruled = ["PIP_REQUIRE_VIRTUALENV", "PIP_USER"];
        let set: Vec<OsString> = changing.iter().chain(&needed).chain(&overruled).map(OsString::from).collect();
        let mut command = Command::new("python3");
        isolated_from(&mut command, &set);
        assert_eq!(removed(&command), changing);
        for name in overruled {
            assert_eq!(value(&command, name).as_deref(), Some("0"), "{name}");
        }
    }
}
