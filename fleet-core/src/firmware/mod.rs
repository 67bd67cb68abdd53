//! Firmware: images, versions, releases, and which device gets what.

pub mod image;

mod sha256;
pub use sha256::{MalformedSha256, Sha256};
