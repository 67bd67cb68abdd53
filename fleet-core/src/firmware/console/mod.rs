//! Firmware commands of a team: uploads, releases, the dry run of a release, and locks of devices.

mod dry_run;
mod lock;
mod release;
mod upload;

pub use dry_run::{Change, DryRun, Ways};
pub use lock::Flash;
