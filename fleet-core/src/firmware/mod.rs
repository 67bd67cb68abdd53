//! Firmware: images, versions, releases, and which device gets what.

pub mod image;

mod index;
mod release;
mod sha256;
mod version;

pub use index::{Firmware, FirmwareIndex, ImageFacts, ImageFormat, Proof};
pub use release::Release;
pub use sha256::{MalformedSha256, Sha256};
pub use version::FirmwareVersion;
