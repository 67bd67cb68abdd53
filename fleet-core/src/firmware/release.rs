//! Making a version the preferred one (R-TGT-1).

use super::FirmwareVersion;
use crate::team::Actor;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The preferred version of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Release {
    /// The version.
    pub version: FirmwareVersion,
    /// When it was released.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}
