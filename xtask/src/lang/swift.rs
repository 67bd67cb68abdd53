//! Swift: the installed one on the PATH, or Debian's in a folder beside cargo's target folder.
//!
//! The Debian of this machine may have no Swift, so a newer release is unpacked into a folder and entered by `chroot`.
//! The folders of this machine that it needs are mounted only for the duration of a command, in its own mount
//! namespace, which ends with the command.

use super::mobile::{self, Profile, copy_folder, copy_into, empty, has, install, is_root, output};
use super::{Language, Trouble, fresh, with_postgres};
use crate::workspace::{finish, root, target};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

pub(crate) struct Swift;

impl Language for Swift {
    fn name(&self) -> &'static str {
        "swift"
    }

    /// The toolchain is downloaded while cargo builds.
    fn set_up(&self) -> Result<(), Trouble> {
        mobile::both(Toolchain::set_up, || Ok(generate()?)).map(|_| ())
    }

    fn release(&self) -> Result<(), String> {
        copy_changed(&mobile::library(Profile::Release)?.archive, &package().join("lib"))
    }

    fn test(&self) -> Result<(), String> {
        finish(with_postgres(&mut swift(&["test", "--quiet"])?)?)
    }

    fn spec(&self, path: &Path) -> Result<(), String> {
        let vectors = mobile::absolute(&root().join("fleet-core/tests/vectors"))?;
        let (path, vectors) = (path.display().to_string(), vectors.display().to_string());
        finish(with_postgres(&mut swift(&["run", "--quiet", "FleetSpec", &path, &vectors])?)?)
    }

    /// Builds another package that depends on this one by path: the quickstart, then the program in the README.
    fn package(&self) -> Result<(), String> {
        let fresh = mobile::absolute(&fresh("swift")?)?;
        copy_folder(&root().join("examples/swift"), &fresh)?;
        let manifest = fresh.join("Package.swift");
        let text = fs::read_to_string(&manifest).map_err(|error| error.to_string())?;
        let text = text.replace("../../bindings-swift/swift", &mobile::absolute(&package())?.display().to_string());
        fs::write(&manifest, text).map_err(|error| error.to_string())?;
        let data = mobile::absolute(&root().join("examples/data"))?.display().to_string();
        let swift = Toolchain::found()?;
        finish(&mut swift.command(&fresh, &["run", "--quiet", "Quickstart", &data])?)?;
        let readme = mobile::Readme::read(&root().join("bindings-swift/README.md"))?;
        readme.write(&fresh.join("Sources/Quickstart/main.swift"))?;
        readme.compare(&mut swift.command(&fresh, &["run", "--quiet", "Quickstart"])?)
    }

    fn bench(&self) -> Result<(), String> {
        finish(&mut swift(&["build", "--quiet", "-c", "release", "--product", "FleetBench"])?)?;
        let scratch = scratch()?;
        let arguments = ["run", "--quiet", "--skip-build", "--scratch-path", &scratch, "-c", "release", "FleetBench"];
        mobile::launcher("swift", &Toolchain::found()?.command(&package(), &arguments)?)
    }
}

/// The Debian release that has Swift.
const RELEASE: &str = "trixie";

/// An available Swift.
enum Toolchain {
    /// The installed one.
    Here,
    /// The Swift of another Debian release, unpacked into this folder.
    Unpacked(PathBuf),
}

impl Toolchain {
    /// Returns the available one: installed or unpacked.
    fn found() -> Result<Self, String> {
        if has("swift") { Ok(Self::Here) } else { mobile::absolute(&unpacked()?).map(Self::Unpacked) }
    }

    /// Unpacks a toolchain if none is available.
    fn set_up() -> Result<(), Trouble> {
        let folder = unpacked()?;
        if has("swift") || folder.join(COMPLETE).exists() { Ok(()) } else { unpack(&folder) }
    }

    /// Returns a Swift command in a folder.
    fn command(&self, working: &Path, arguments: &[&str]) -> Result<Command, String> {
        let working = mobile::absolute(working)?;
        Ok(match self {
            Self::Here => {
                let mut command = Command::new("swift");
                command.current_dir(working).args(arguments);
                command
            }
            Self::Unpacked(folder) => {
                let mut command = Command::new("unshare");
                command.args(["--mount", "sh", "-euc", ENTER, "enter"]).arg(folder).arg(working);
                // The folders that builds read and write: the project, cargo's target folder, and temporary files of
                // stores.
                let seen = [mobile::absolute(&root())?, mobile::absolute(&target()?)?, env::temp_dir()];
                command.arg(seen.len().to_string()).args(seen).args(arguments);
                command
            }
        })
    }
}

/// The folder of the unpacked Debian: beside cargo's target folder, or `FLEET_TOOLCHAINS`.
fn unpacked() -> Result<PathBuf, String> {
    let place = match env::var_os("FLEET_TOOLCHAINS") {
        Some(place) => PathBuf::from(place),
        None => target()?.join("toolchains"),
    };
    Ok(place.join(format!("swift-{RELEASE}")))
}

/// A file that marks a folder as complete, as opposed to one of an interrupted run.
const COMPLETE: &str = "etc/fleet-toolchain-complete";

/// Script that enters an unpacked Debian: `enter FOLDER WORKING-FOLDER COUNT SEEN-FOLDER… ARGUMENT…`.
const ENTER: &str = r#"
folder=$1 working=$2 count=$3
shift 3
mount -t proc proc "$folder/proc"
mount --rbind /dev "$folder/dev"
while [ "$count" -gt 0 ]; do
    mkdir -p "$folder$1"
    mount --rbind "$1" "$folder$1"
    count=$((count - 1))
    shift
done
exec chroot "$folder" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/libexec/swift/bin:/usr/bin:/bin \
    FLEET_POSTGRES="${FLEET_POSTGRES-}" \
    sh -euc 'cd "$1"; shift; exec swift "$@"' swift "$working" "$@"
"#;

/// Unpacks Debian and installs its Swift: a minute or two, 2 GB.
fn unpack(folder: &Path) -> Result<(), Trouble> {
    let absent = |why: String| Trouble::Absent(why);
    if !has("apt-get") {
        return Err(absent("there is no `swift` on the PATH, and this is not a Debian that has one".to_owned()));
    }
    if !is_root() {
        return Err(absent("there is no `swift` on the PATH, and only root can unpack one".to_owned()));
    }
    for (program, package) in [("mmdebstrap", "mmdebstrap"), ("unshare", "util-linux"), ("chroot", "coreutils")] {
        if !has(program) {
            install(&[package])?;
        }
    }
    let mirror = mirror()?;
    empty(folder)?;
    println!("setting up Swift in {}", folder.display());
    // Mounts that are made meanwhile end with the namespace, even after an interruption.
    let program = ["--mount", "mmdebstrap", "--quiet", "--mode=root", "--variant=apt"];
    let sparing = ["--aptopt=APT::Install-Recommends \"false\"", "--dpkgopt=path-exclude=/usr/share/doc/*"];
    finish(
        Command::new("unshare")
            .args(program)
            .args(sparing)
            .args(["--include=swiftlang,gcc,libc6-dev,ca-certificates", RELEASE])
            .arg(folder)
            .arg(mirror)
            .stdout(Stdio::null()),
    )
    .map_err(|why| absent(format!("Swift can't be set up: {why}")))?;
    fs::write(folder.join(COMPLETE), "").map_err(|error| Trouble::Failed(error.to_string()))
}

/// Returns the mirror from which this machine gets its Debian packages.
fn mirror() -> Result<String, Trouble> {
    let targets = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"];
    let ask = || output(Command::new("apt-get").args(targets));
    let first = |listed: String| listed.lines().next().map(str::to_owned);
    let found = ask().ok().and_then(first);
    let found = match found {
        Some(mirror) => Some(mirror),
        None => {
            finish(Command::new("apt-get").arg("update").stdout(Stdio::null()))?;
            ask().ok().and_then(first)
        }
    };
    found.ok_or_else(|| Trouble::Absent("this machine's apt has no mirror of Debian".to_owned()))
}

/// The package's folder.
fn package() -> PathBuf {
    root().join("bindings-swift/swift")
}

/// Copies all generated files into the package.
fn generate() -> Result<(), String> {
    let built = mobile::build()?;
    let generated = target()?.join("swift/generated");
    built.generate("swift", &generated)?;
    let (headers, sources) = (package().join("Sources/FleetFFI/include"), package().join("Sources/FleetGenerated"));
    for entry in fs::read_dir(&generated).map_err(|error| error.to_string())? {
        let file = entry.map_err(|error| error.to_string())?.path();
        let is_source = file.extension().is_some_and(|extension| extension == "swift");
        copy_changed(&file, if is_source { &sources } else { &headers })?;
    }
    copy_changed(&built.library.archive, &package().join("lib"))
}

/// Copies a file only if it changed, so that SwiftPM does not rebuild unchanged files.
fn copy_changed(file: &Path, folder: &Path) -> Result<(), String> {
    let there = folder.join(file.file_name().unwrap_or_default());
    match (fs::read(file), fs::read(there)) {
        (Ok(new), Ok(old)) if new == old => Ok(()),
        _ => copy_into(file, folder),
    }
}

/// Returns a Swift command in the package.
fn swift(arguments: &[&str]) -> Result<Command, String> {
    let scratch = scratch()?;
    let [command, rest @ ..] = arguments else { return Err("a swift command needs an argument".to_owned()) };
    let all = [&[*command, "--scratch-path", &scratch], rest].concat();
    Toolchain::found()?.command(&package(), &all)
}

/// The folder in which SwiftPM builds.
fn scratch() -> Result<String, String> {
    let scratch = target()?.join("swift/build");
    fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    Ok(mobile::absolute(&scratch)?.display().to_string())
}
