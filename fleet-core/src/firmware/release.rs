//! The released version of a product, and the proof that a version runs (R-TGT-1, R-TGT-2).

use super::{Firmware, FirmwareVersion};
use crate::device::{Device, ImageSeen, PlatformSeen, Standing};
use crate::team::Actor;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The released version of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Release {
    /// The version.
    pub version: FirmwareVersion,
    /// When it was released.
    pub at: Timestamp,
    /// The actor that released it.
    pub by: Actor,
}

impl Release {
    pub(crate) fn new(version: FirmwareVersion, at: Timestamp, by: Actor) -> Self {
        Self { version, at, by }
    }
}

/// Since when a firmware has run on a device of the product, by the device's latest report (R-TGT-2). This is the only
/// definition of a proof: the report must not be older than the upload, and if it has a hash, it must be that image's.
/// An upload that a clock far ahead recorded is ignored in this comparison.
pub(crate) fn runs_since(firmware: &Firmware, device: &Device, now: Timestamp) -> Option<Timestamp> {
    let seen = device.seen.filter(|_| device.standing == Standing::Member)?;
    let uploaded_at = Some(firmware.uploaded_at).filter(|at| !at.is_of_another_clock(now));
    let runs = seen.version == Some(firmware.version.get())
        && uploaded_at.is_none_or(|at| seen.at.max(seen.version_since) >= at)
        && seen.image != ImageSeen::Differs
        && seen.platform != PlatformSeen::Differs;
    runs.then(|| uploaded_at.map_or(seen.version_since, |at| at.max(seen.version_since)))
}
