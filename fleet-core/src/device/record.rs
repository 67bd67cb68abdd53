//! What is kept of a device: its entry in the registry, and its row in a product.
//!
//! Invariant: the registry says that a device is in a product exactly when the product has a row for it whose standing
//! is [`Standing::Member`]. Both are written by the same commit, so reading the row alone is enough on the hot path.

use crate::Error;
use crate::firmware::FirmwareVersion;
use crate::product::{GroupId, Platform, ProductId};
use crate::team::Claimant;
use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What is known of a device whatever product it is in: the guard record of "one product a device" (R-IMP-4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The product it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// Who claimed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<Claimant>,
    /// Its hardware, once the host registered it or it said so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Whether the host registered it: it is on a manufacturing list (R-IMP-12).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub registered: bool,
    /// The highest security counter that it confirmed in products it has left: a device does not forget its own (R-TGT-15).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub security_counter: u32,
}

/// Whether a counter need not be written down.
pub(super) fn is_zero<T: Default + PartialEq>(counter: &T) -> bool {
    *counter == T::default()
}

/// A device's row in a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Whether it is in the product, waits to be let in, or is shut out.
    pub standing: Standing,
    /// A development device is never updated over the air (R-IMP-11).
    pub development: bool,
    /// A person wants the next update sent although the device takes none (R-TGT-9).
    pub forced: bool,
    /// How many attempts in a row failed on the present target (R-TGT-7).
    pub failures: u8,
    /// The version it is locked to (R-TGT-3).
    pub lock: Option<FirmwareVersion>,
    /// How many update directives it was sent; the number of the latest (R-IMG-9).
    pub sequence: u32,
    /// The highest security counter it has confirmed, by its own word or by running an image that carries it (R-TGT-15).
    pub security_counter: u32,
    /// The system version that it reported last, where it ever reported one.
    pub system: Option<SystemVersion>,
    /// When it was added to the product, or first asked to join.
    pub added_at: Timestamp,
    /// What it reported at its latest connect; none: it never connected since it was added.
    pub seen: Option<Seen>,
    /// The update that it was sent and has not answered yet.
    pub attempt: Option<Attempt>,
    /// How its latest finished update ended.
    pub outcome: Option<Outcome>,
    /// What people call it and where they put it.
    pub label: Option<Box<Label>>,
}

/// Whether a device is in a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In the product.
    Member,
    /// Asked to join and waits for a person (R-IMP-9): no firmware, no events sent on.
    Quarantined,
    /// May not ask again until it is undenied (R-IMP-10).
    Denied,
}

/// A device's latest report, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// When it connected.
    pub at: Timestamp,
    /// The gateway's number of the session; 0 where the gateway gives none.
    pub session: u64,
    /// Since when it has reported this version, and no other image of it.
    pub version_since: Timestamp,
    /// The version it reported, uploaded or not; none: it reported none (R-TGT-16).
    pub version: Option<u16>,
    /// Whether the hash that it reported is that of the uploaded image (R-TGT-5).
    pub image: ImageSeen,
    /// Whether its hardware is the product's (R-IMP-12).
    pub platform: PlatformSeen,
    /// Whether it takes updates now (R-TGT-9).
    pub takes_updates: bool,
    /// Whether it is connected.
    pub online: bool,
}

/// What a device's report says of its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSeen {
    /// It reported no hash, or its version was never uploaded.
    Unknown,
    /// It reported the hash of the image that was uploaded under its version.
    Matches,
    /// It reported another hash: version right, image differs.
    Differs,
}

/// What is known of a device's hardware, held against its product's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformSeen {
    /// It never said.
    Unknown,
    /// The product's.
    Matches,
    /// Another: the device is held.
    Differs,
}

/// An update on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// When the directive was given out.
    pub at: Timestamp,
    /// The version to run.
    pub target: FirmwareVersion,
    /// The version it ran before.
    pub from: Option<u16>,
    /// How far the update has come, by the word of who carries it out: never a success (R-TGT-7).
    pub progress: Progress,
}

/// How far an update has come, as the gateway or the device tells it before the device is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The directive was given out.
    Offered,
    /// The image is being sent.
    Downloading,
    /// The image is on the device, which will restart.
    Downloaded,
}

/// How an update ended, by what the device itself reported afterwards (R-TGT-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// When that was known.
    pub at: Timestamp,
    /// The version it was to run.
    pub target: FirmwareVersion,
    /// What came of it.
    pub result: UpdateResult,
}

/// What came of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UpdateResult {
    /// The device reported the version that it was sent.
    Succeeded,
    /// The device came back on its old version, or its update was said to have failed.
    Failed,
    /// The device reported a version that is neither the old one nor the one it was sent.
    RunsAnother,
}

/// What people call a device and where they put it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Label {
    /// Its name; empty: none.
    pub name: Box<str>,
    /// The groups it is in.
    pub groups: BTreeSet<GroupId>,
}

impl Device {
    pub(crate) fn new(standing: Standing, added_at: Timestamp) -> Self {
        Self {
            standing,
            development: false,
            forced: false,
            failures: 0,
            lock: None,
            sequence: 0,
            security_counter: 0,
            system: None,
            added_at,
            seen: None,
            attempt: None,
            outcome: None,
            label: None,
        }
    }

    /// Whether it is connected.
    pub fn is_online(&self) -> bool {
        self.seen.is_some_and(|seen| seen.online)
    }

    /// The version that it reported last.
    pub fn version(&self) -> Option<u16> {
        self.seen.and_then(|seen| seen.version)
    }

    /// The name that people gave it; empty: none.
    pub fn name(&self) -> &str {
        self.label.as_ref().map_or("", |label| &label.name)
    }

    /// The groups it is in, in order of their numbers.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> {
        self.label.iter().flat_map(|label| label.groups.iter().copied())
    }

    /// Changes the label; an empty one takes no room.
    pub(crate) fn relabel(&mut self, change: impl FnOnce(&mut Label)) {
        let mut label = self.label.take().unwrap_or_default();
        change(&mut label);
        self.label = (*label != Label::default()).then_some(label);
    }
}

/// The version of a device's system software: a semantic version whose numbers are at most 65535. Build metadata is
/// read and left out, as it orders nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemVersion {
    numbers: [u16; 3],
    pre: semver::Prerelease,
}

impl SystemVersion {
    /// A version of its parts, where the second is a pre-release as semantic versions write it.
    pub(crate) fn of_parts(numbers: [u16; 3], pre: &str) -> Option<Self> {
        Some(Self { numbers, pre: semver::Prerelease::new(pre).ok()? })
    }

    /// Its numbers, and its pre-release; empty: none.
    pub(crate) fn parts(&self) -> ([u16; 3], &str) {
        (self.numbers, self.pre.as_str())
    }

    /// The same as a [`semver::Version`].
    pub fn to_semver(&self) -> semver::Version {
        let [major, minor, patch] = self.numbers.map(u64::from);
        semver::Version { major, minor, patch, pre: self.pre.clone(), build: semver::BuildMetadata::EMPTY }
    }
}

impl TryFrom<semver::Version> for SystemVersion {
    type Error = Error;

    fn try_from(version: semver::Version) -> Result<Self, Error> {
        let small = |number| {
            u16::try_from(number).map_err(|_| {
                Error::invalid("system version", format!("{number} is over 65535, the highest number kept"))
            })
        };
        Ok(Self { numbers: [small(version.major)?, small(version.minor)?, small(version.patch)?], pre: version.pre })
    }
}

impl FromStr for SystemVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() > 64 {
            return Err(Error::invalid("system version", format!("has {} bytes, at most 64 are read", text.len())));
        }
        semver::Version::parse(text)
            .map_err(|problem| {
                Error::invalid("system version", format!("{problem}; write it like 1.5.2 or 2.0.0-rc.1"))
            })?
            .try_into()
    }
}

impl fmt::Display for SystemVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_semver().fmt(f)
    }
}

impl Serialize for SystemVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SystemVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_takes_112_bytes() {
        assert_eq!(size_of::<Device>(), 112);
        assert!(size_of::<Registration>() <= 56, "{}", size_of::<Registration>());
    }

    #[test]
    fn a_system_version_reads_back_as_it_was_written() {
        for text in ["0.0.0", "1.5.2", "65535.65535.65535", "2.0.0-rc.1", "5.0.0-a.very.long.prerelease.name.12"] {
            let version: SystemVersion = text.parse().unwrap();
            assert_eq!(version.to_string(), text);
            let stored = serde_json::to_string(&version).unwrap();
            assert_eq!(serde_json::from_str::<SystemVersion>(&stored).unwrap(), version);
        }
        assert_eq!("1.2.3+build".parse::<SystemVersion>().unwrap().to_string(), "1.2.3");
        for text in ["", "1", "1.2", "65536.0.0", "v1.2.3", "1.2.3-"] {
            assert_eq!(text.parse::<SystemVersion>().unwrap_err().code(), "invalid", "{text}");
        }
    }
}
