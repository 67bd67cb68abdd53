//! Firmware: images, versions, releases, and which device gets which version.

pub mod image;

mod console;
mod index;
mod locks;
mod release;
mod rows;
mod sha256;
mod targeting;
mod upload;
mod version;

pub use console::{Change, DryRun, Flash, Ways};
pub use index::{Firmware, FirmwareIndex, ImageFacts, ImageFormat, Proof};
pub use locks::FirmwareLocks;
pub use release::Release;
pub(crate) use release::runs_since;
pub(crate) use rows::move_lock;
pub use sha256::{MalformedSha256, Sha256};
pub(crate) use targeting::wants;
pub use targeting::{Answer, Decision, Directive, Hold, Rule, Target, decide};
pub use upload::{FirmwareUse, MAX_IMAGE_BYTES, Upload, UploadRefused, examine};
pub use version::FirmwareVersion;
