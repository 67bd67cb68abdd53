//! Fuzzing with a stable toolchain.
//!
//! libFuzzer needs coverage counters in the code, but not a nightly compiler: the flags below are stable. The C++ part
//! is compiled by the crate `libfuzzer-sys`, so nothing is downloaded here.

use crate::workspace::{finish, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The flags of cargo-fuzz, without the sanitizer, which needs a nightly compiler.
const COVERAGE: &str = "--cfg fuzzing \
     -Cpasses=sancov-module \
     -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares \
     -Ccodegen-units=1";

/// A fuzz target and the form of its inputs.
struct Target {
    name: &'static str,
    /// The folder of its seeds, under `fleet-core/tests/vectors`.
    seeds: &'static str,
    /// Maximum size of an input, in bytes.
    longest: u32,
    /// Whether inputs begin with a byte that says whether checksums are corrected.
    chooses_seal: bool,
}

const TARGETS: &[Target] = &[
    Target { name: "particle", seeds: "firmware/particle", longest: 4096, chooses_seal: true },
    Target { name: "esp_idf", seeds: "firmware/esp", longest: 4096, chooses_seal: true },
    Target { name: "mcuboot", seeds: "firmware/mcuboot", longest: 8192, chooses_seal: true },
    Target { name: "import_file", seeds: "import", longest: 4096, chooses_seal: false },
    Target { name: "recognise", seeds: "firmware", longest: 4096, chooses_seal: false },
];

/// Returns the names of the fuzz targets.
pub(crate) fn names() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.name).collect()
}

/// Fuzzes one target with `runs` inputs, starting from the vectors. A crashing input is stored in
/// `fuzz/artifacts/FORMAT/`.
pub(crate) fn run(format: &str, runs: u64) -> Result<(), String> {
    let target = TARGETS
        .iter()
        .find(|target| target.name == format)
        .ok_or_else(|| format!("`{format}` is not a fuzz target; choose one of {}", names().join(", ")))?;
    let root = root();
    let binary = build(&root, target)?;
    let corpus = tempfile::tempdir().map_err(|error| format!("cannot create a folder for the corpus: {error}"))?;
    let vectors = root.join("fleet-core/tests/vectors");
    copy_seeds(&vectors.join(target.seeds), target, corpus.path())?;
    let crashers = vectors.join("crashers").join(target.name);
    if crashers.exists() {
        copy_seeds(&crashers, target, corpus.path())?;
    }
    let artifacts = root.join("fuzz/artifacts").join(target.name);
    fs::create_dir_all(&artifacts).map_err(|error| format!("{}: {error}", artifacts.display()))?;
    finish(
        Command::new(binary)
            .arg(corpus.path())
            .arg(format!("-runs={runs}"))
            .arg(format!("-max_len={}", target.longest))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args(["-print_final_stats=1", "-verbosity=0", "-timeout=10"]),
    )
}

fn build(root: &Path, target: &Target) -> Result<PathBuf, String> {
    let folder = root.join("fuzz");
    let output = folder.join("target");
    let host = host_triple()?;
    // With an explicit target triple, the coverage flags do not apply to build scripts, which would not link with them.
    finish(
        Command::new(env!("CARGO"))
            .current_dir(&folder)
            .args(["build", "--release", "--locked", "--bin", target.name, "--target", &host])
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", COVERAGE)
            .env("CARGO_TARGET_DIR", &output),
    )?;
    Ok(output.join(host).join("release").join(target.name))
}

fn host_triple() -> Result<String, String> {
    let output =
        Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc can't be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not report its host".to_owned())
}

/// Copies every vector as a seed; if inputs have the first byte, once unchanged and once with correction.
fn copy_seeds(from: &Path, target: &Target, corpus: &Path) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            copy_seeds(&path, target, corpus)?;
        } else if path.extension().is_none_or(|extension| extension != "json" && extension != "md") {
            let bytes = fs::read(&path).map_err(failed)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let seeds = match target.chooses_seal {
                true => vec![[&[0], bytes.as_slice()].concat(), [&[1], bytes.as_slice()].concat()],
                false => vec![bytes],
            };
            for (seed, number) in seeds.iter().zip(0..) {
                fs::write(corpus.join(format!("{name}.{number}")), seed).map_err(failed)?;
            }
        }
    }
    Ok(())
}
