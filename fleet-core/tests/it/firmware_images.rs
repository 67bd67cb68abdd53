//! Firmware images of independent tools: intact, damaged and manipulated (R-IMG-1 to 5).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the functions that build and open test images may fail like the tests themselves"
)]

mod esp_idf;
mod mcuboot;
mod particle;
mod recognise;

use std::path::{Path, PathBuf};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// Returns a vector's bytes, by its path under `tests/vectors/firmware`.
fn vector(name: &str) -> Vec<u8> {
    let path = vectors().join("firmware").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
