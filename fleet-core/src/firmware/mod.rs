//! Firmware: images, versions, releases, and which device gets which version.

pub mod image;

mod dry_run;
mod index;
mod lock;
mod release;
mod sha256;
mod targeting;
mod upload;
mod version;

pub use dry_run::{Change, DryRun, Ways};
pub use index::{Firmware, FirmwareIndex, ImageFacts, ImageFormat, Proof};
pub(crate) use lock::move_lock;
pub use lock::{FirmwareLocks, Flash};
pub use release::Release;
pub(crate) use release::runs_since;
pub use sha256::{MalformedSha256, Sha256};
pub(crate) use targeting::wants;
pub use targeting::{Answer, Decision, Directive, Hold, Rule, Target, decide};
pub use upload::{FirmwareUse, MAX_IMAGE_BYTES, Upload, UploadRefused, examine};
pub use version::FirmwareVersion;
