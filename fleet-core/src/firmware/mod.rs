//! Firmware: images, versions, releases, and which device gets what.

pub mod image;

mod index;
mod release;
mod sha256;
mod targeting;
mod upload;
mod version;

pub use index::{Firmware, FirmwareIndex, ImageFacts, ImageFormat, Proof};
pub use release::Release;
pub use sha256::{MalformedSha256, Sha256};
pub use targeting::{Answer, Decision, Directive, Hold, Rule, Target, decide};
pub use upload::{MAX_IMAGE_BYTES, Upload, UploadRefused, examine};
pub use version::FirmwareVersion;
