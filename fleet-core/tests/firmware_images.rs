//! Firmware images of independent tools: intact, damaged and manipulated (R-IMG-1 to 5).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the functions that build and open test images may fail like the tests themselves"
)]

#[path = "firmware_images/esp_idf.rs"]
mod esp_idf;
#[path = "firmware_images/mcuboot.rs"]
mod mcuboot;
#[path = "firmware_images/particle.rs"]
mod particle;
#[path = "firmware_images/recognise.rs"]
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
