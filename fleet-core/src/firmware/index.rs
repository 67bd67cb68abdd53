//! A product's firmware: every version that was uploaded.
//!
//! One record a product, the guard of three invariants: versions grow, titles are distinct, and firmware that was released
//! is not deleted (R-IMG-6, R-IMG-7). How many devices are locked to a version is in a record of its own,
//! [`FirmwareLocks`](super::FirmwareLocks): a lock reads this one and does not write it.

use super::{FirmwareVersion, Sha256};
use crate::device::{DeviceId, is_zero};
use crate::team::AccountId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// All firmware of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirmwareIndex {
    /// The highest version ever uploaded, deleted ones too; 0: none.
    pub(crate) highest: u16,
    /// What is there, in order of version.
    pub(crate) firmware: Vec<Firmware>,
}

/// An uploaded firmware.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Firmware {
    /// Its version.
    pub version: FirmwareVersion,
    /// Its title: 1 to 100 characters, distinct within the product.
    pub title: String,
    /// What it is for: up to 2,000 characters.
    pub description: String,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// Who uploaded it; none: an operator.
    pub uploaded_by: Option<AccountId>,
    /// What was found in the binary.
    pub image: ImageFacts,
    /// The system versions it runs on; none: any (R-TGT-14).
    pub requires_system: Option<semver::VersionReq>,
    /// The first device of the product that reported it, with the image's hash where it reported one (R-TGT-2).
    pub proven: Option<Proof>,
    /// When it was first released, to the product or to a group.
    pub released_at: Option<Timestamp>,
    /// When manufacturing began that programs it on the line (R-CFG-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_the_line_at: Option<Timestamp>,
    /// How many devices are locked to it. In the stored record, only what an earlier version counted here, until the first
    /// lock or unlock takes it over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub locked_devices: u32,
}

/// That a firmware ran on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The device.
    pub device: DeviceId,
    /// When it reported so.
    pub at: Timestamp,
}

/// What an update needs to know of a binary. The binary itself stays with the host, under its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ImageFacts {
    /// What kind of image it is.
    pub format: ImageFormat,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of the whole file.
    pub sha256: Sha256,
    /// The hashes that the image carries and that a device may report in place of the file's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub embedded: Vec<Sha256>,
    /// Its security counter; 0 where the format has none (R-TGT-15).
    pub security_counter: u32,
    /// The version string that the image carries beside the integer (R-IMG-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_version: Option<String>,
    /// The project's name that the image carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The least revision of the chip that it runs on, 100 × major + minor; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_chip_revision: Option<u16>,
    /// The last revision of the chip that it runs on, 100 × major + minor; none: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chip_revision: Option<u16>,
    /// Whether it names the platform's id as its product: the wildcard of newer toolchains (R-IMG-2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wildcard: bool,
}

/// The kinds of image that can be uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImageFormat {
    /// A Particle user part or monolithic module.
    Particle,
    /// An ESP-IDF application image.
    EspIdf,
    /// An MCUboot image.
    Mcuboot,
    /// A binary of no known format, taken because the product's policy says so (R-IMG-4).
    Opaque,
}

impl std::fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Particle => "Particle module",
            Self::EspIdf => "ESP-IDF image",
            Self::Mcuboot => "MCUboot image",
            Self::Opaque => "opaque image",
        })
    }
}

impl FirmwareIndex {
    /// The firmware, in order of version.
    pub fn iter(&self) -> impl Iterator<Item = &Firmware> {
        self.firmware.iter()
    }

    /// The firmware with this version.
    pub fn get(&self, version: FirmwareVersion) -> Option<&Firmware> {
        let place = self.firmware.binary_search_by_key(&version, |firmware| firmware.version).ok()?;
        self.firmware.get(place)
    }

    /// The firmware with the version that a device reported.
    pub(crate) fn reported(&self, version: Option<u16>) -> Option<&Firmware> {
        self.get(FirmwareVersion::new(version?.into()).ok()?)
    }

    pub(crate) fn get_mut(&mut self, version: FirmwareVersion) -> Option<&mut Firmware> {
        let place = self.firmware.binary_search_by_key(&version, |firmware| firmware.version).ok()?;
        self.firmware.get_mut(place)
    }
}

impl ImageFacts {
    /// Whether a chip of this revision is one that it runs on (R-TGT-14).
    pub fn runs_on(&self, revision: u16) -> bool {
        self.min_chip_revision.is_none_or(|least| revision >= least)
            && self.max_chip_revision.is_none_or(|last| revision <= last)
    }

    /// Whether a hash that a device reported is this image's: the file's, or one that the image carries.
    pub fn is(&self, hash: Sha256) -> bool {
        hash == self.sha256 || self.embedded.contains(&hash)
    }
}
