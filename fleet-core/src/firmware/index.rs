//! The index of a product's firmware: every version that was uploaded.
//!
//! One record per product guards three invariants: versions increase, titles are distinct, and released firmware is not
//! deleted (R-IMG-6, R-IMG-7). The number of devices locked to a version is in a separate record,
//! [`FirmwareLocks`](super::FirmwareLocks), so that a lock only reads this one.

use super::{FirmwareVersion, Sha256};
use crate::device::{DeviceId, is_zero};
use crate::team::AccountId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// All firmware of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirmwareIndex {
    /// The highest version ever uploaded, including deleted ones; 0 means none.
    pub(crate) highest: u16,
    /// The uploaded firmware, in order of version.
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
    /// The account that uploaded it. `None` means an operator.
    pub uploaded_by: Option<AccountId>,
    /// The facts that were parsed from the binary.
    pub image: ImageFacts,
    /// The system versions that it runs on. `None` means any (R-TGT-14).
    pub requires_system: Option<semver::VersionReq>,
    /// The first device of the product that reported it, with the image's hash if it reported one (R-TGT-2).
    pub proven: Option<Proof>,
    /// When it was first released, to the product or to a group.
    pub released_at: Option<Timestamp>,
    /// When the manufacturing started in which it is programmed on the line (R-CFG-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_the_line_at: Option<Timestamp>,
    /// Number of devices that are locked to it. The stored record has only the counts of an earlier version, until the
    /// first lock or unlock moves them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub locked_devices: u32,
}

/// The proof that a firmware ran on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The device.
    pub device: DeviceId,
    /// When it reported the firmware.
    pub at: Timestamp,
}

/// The facts about a binary that an update needs. The host stores the binary, under its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ImageFacts {
    /// The format of the image.
    pub format: ImageFormat,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of the whole file.
    pub sha256: Sha256,
    /// The hashes inside the image that a device may report instead of the file's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub embedded: Vec<Sha256>,
    /// Its security counter; 0 if the format has none (R-TGT-15).
    pub security_counter: u32,
    /// The version text in the image, beside the integer (R-IMG-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_version: Option<String>,
    /// The project name in the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The lowest chip revision that it runs on, 100 × major + minor. `None` means any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_chip_revision: Option<u16>,
    /// The highest chip revision that it runs on, 100 × major + minor. `None` means any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chip_revision: Option<u16>,
    /// Whether it has the platform's id as its product id: the wildcard of newer toolchains (R-IMG-2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wildcard: bool,
}

/// The formats of images that can be uploaded.
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
    /// A binary of no known format, accepted because the product's policy allows it (R-IMG-4).
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
    /// Returns the firmware, in order of version.
    pub fn iter(&self) -> impl Iterator<Item = &Firmware> {
        self.firmware.iter()
    }

    /// The firmware with this version.
    pub fn get(&self, version: FirmwareVersion) -> Option<&Firmware> {
        let position = self.firmware.binary_search_by_key(&version, |firmware| firmware.version).ok()?;
        self.firmware.get(position)
    }

    /// The firmware with the version that a device reported.
    pub(crate) fn reported(&self, version: Option<u16>) -> Option<&Firmware> {
        self.get(FirmwareVersion::new(version?.into()).ok()?)
    }

    pub(crate) fn get_mut(&mut self, version: FirmwareVersion) -> Option<&mut Firmware> {
        let position = self.firmware.binary_search_by_key(&version, |firmware| firmware.version).ok()?;
        self.firmware.get_mut(position)
    }
}

impl ImageFacts {
    /// Whether it runs on a chip of this revision (R-TGT-14).
    pub fn runs_on(&self, revision: u16) -> bool {
        self.min_chip_revision.is_none_or(|least| revision >= least)
            && self.max_chip_revision.is_none_or(|last| revision <= last)
    }

    /// Whether a hash that a device reported belongs to this image: the file's hash, or one inside the image.
    pub fn is(&self, hash: Sha256) -> bool {
        hash == self.sha256 || self.embedded.contains(&hash)
    }
}
