//! Firmware, and the effects of a change of releases.

use crate::Moment;
use crate::macros::{choice, shape, words};
use crate::plain::count;
use fleet_core::firmware;
use fleet_core::product::GroupId;
use fleet_core::{FirmwareVersion, Sha256};

words! {
    /// The kinds of image that can be uploaded.
    pub enum ImageFormat {
        /// A Particle user part or monolithic module.
        Particle = "particle",
        /// An ESP-IDF application image.
        EspIdf = "esp_idf",
        /// An MCUboot image.
        Mcuboot = "mcuboot",
        /// A binary of no known format, accepted because the product's policy allows it.
        Opaque = "opaque",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

words! {
    /// When a device that is locked to a version gets it.
    pub enum Flash {
        /// Immediately. The device must be online.
        Now = "now",
        /// At its next connect.
        OnReset = "on_reset",
    }
}

impl From<Flash> for fleet_core::Flash {
    fn from(flash: Flash) -> Self {
        match flash {
            Flash::Now => Self::Now,
            Flash::OnReset => Self::OnReset,
        }
    }
}

shape! {
    /// An uploaded firmware.
    pub struct Firmware {
        /// Its version.
        pub version: u16,
        /// Its title.
        pub title: String,
        /// The purpose.
        pub description: String,
        /// When it was uploaded.
        pub uploaded_at: Moment,
        /// The account that uploaded it. Absent if it was an operator.
        pub uploaded_by: Option<i64>,
        /// What was found in the binary.
        pub image: Image,
        /// The system versions it runs on. Absent if any.
        pub requires_system: Option<String>,
        /// The first device of the product that reported it.
        pub proven: Option<Proof>,
        /// When it was first released.
        pub released_at: Option<Moment>,
        /// How many devices are locked to it.
        pub locked_devices: u32,
    }
}

shape! {
    /// What was found in a binary.
    pub struct Image {
        /// The kind of image.
        pub format: ImageFormat,
        /// Its size in bytes.
        pub size: i64,
        /// The SHA-256 of the whole file.
        pub sha256: String,
        /// The hashes in the image, which a device may report instead of the file's hash.
        pub embedded: Vec<String>,
        /// Its security counter. 0 if the format has none.
        pub security_counter: u32,
        /// The version string in the image, besides the integer version.
        pub own_version: Option<String>,
        /// The project's name in the image.
        pub project: Option<String>,
        /// Whether it names the platform's id as its product.
        pub wildcard: bool,
        /// The lowest chip revision that it runs on, 100 × major + minor. Absent if any.
        pub min_chip_revision: Option<u32>,
        /// The highest chip revision that it runs on, 100 × major + minor. Absent if any.
        pub max_chip_revision: Option<u32>,
    }
}

shape! {
    /// Proof that a firmware ran on a device.
    pub struct Proof {
        /// The device.
        pub device: String,
        /// When the device reported it.
        pub at: Moment,
    }
}

choice! {
    /// A change of what devices should run, to be counted before it is made.
    pub enum Change {
        /// No change: counts what is to be sent as of now.
        Nothing as NoChange new(),
        /// A release to the product, or its withdrawal.
        Release(ReleaseChange) new(version = None) {
            /// The version. Absent to withdraw the release.
            version: Option<u32>,
        },
        /// A release to a group, or its withdrawal.
        ReleaseToGroup(GroupReleaseChange) new(group, version = None) {
            /// The group.
            group: u16,
            /// The version. Absent to withdraw the release.
            version: Option<u32>,
        },
        /// A device's lock, or its unlocking.
        Lock(LockChange) new(device, version = None) {
            /// The device.
            device: String,
            /// The version. Absent to unlock.
            version: Option<u32>,
        },
        /// A device's groups.
        Groups(GroupsChange) new(device, groups) {
            /// The device.
            device: String,
            /// Its groups.
            groups: Vec<u16>,
        },
    }
}

shape! {
    /// Number of devices that would get a firmware at their next connect.
    pub struct DryRun {
        /// Devices that would get a firmware after the change.
        pub sent: Ways,
        /// Devices among them that would get another firmware, or none, without the change.
        pub by_change: Ways,
    }
}

shape! {
    /// Number of devices by the direction of their update.
    pub struct Ways {
        /// To a higher version than they report.
        pub up: i64,
        /// To a lower version.
        pub down: i64,
        /// From no version.
        pub from_none: i64,
        /// All values.
        pub total: i64,
    }
}

impl From<firmware::ImageFormat> for ImageFormat {
    fn from(format: firmware::ImageFormat) -> Self {
        match format {
            firmware::ImageFormat::Particle => Self::Particle,
            firmware::ImageFormat::EspIdf => Self::EspIdf,
            firmware::ImageFormat::Mcuboot => Self::Mcuboot,
            firmware::ImageFormat::Opaque => Self::Opaque,
            _ => Self::Other,
        }
    }
}

impl From<&firmware::Firmware> for Firmware {
    fn from(firmware: &firmware::Firmware) -> Self {
        let image = &firmware.image;
        Self {
            version: firmware.version.get(),
            title: firmware.title.clone(),
            description: firmware.description.clone(),
            uploaded_at: firmware.uploaded_at.into(),
            uploaded_by: firmware.uploaded_by.map(|account| count(account.get())),
            image: Image {
                format: image.format.into(),
                size: count(image.size),
                sha256: image.sha256.to_string(),
                embedded: image.embedded.iter().map(Sha256::to_string).collect(),
                security_counter: image.security_counter,
                own_version: image.own_version.clone(),
                project: image.project.clone(),
                wildcard: image.wildcard,
                min_chip_revision: image.min_chip_revision.map(u32::from),
                max_chip_revision: image.max_chip_revision.map(u32::from),
            },
            requires_system: firmware.requires_system.as_ref().map(ToString::to_string),
            proven: firmware.proven.map(|proof| Proof { device: proof.device.to_string(), at: proof.at.into() }),
            released_at: firmware.released_at.map(Moment::from),
            locked_devices: firmware.locked_devices,
        }
    }
}

impl TryFrom<Change> for firmware::Change {
    type Error = crate::Failure;

    fn try_from(change: Change) -> Result<Self, crate::Failure> {
        let any = |version: Option<u32>| version.map(FirmwareVersion::new).transpose();
        Ok(match change {
            Change::Nothing => Self::Nothing,
            Change::Release(ReleaseChange { version }) => Self::Release(any(version)?),
            Change::ReleaseToGroup(GroupReleaseChange { group, version }) => {
                Self::ReleaseToGroup(GroupId::new(group), any(version)?)
            }
            Change::Lock(LockChange { device, version }) => {
                Self::Lock(crate::doors::device_id(&device)?, any(version)?)
            }
            Change::Groups(GroupsChange { device, groups }) => {
                Self::Groups(crate::doors::device_id(&device)?, groups.into_iter().map(GroupId::new).collect())
            }
        })
    }
}

impl From<&firmware::DryRun> for DryRun {
    fn from(run: &firmware::DryRun) -> Self {
        let ways = |ways: firmware::Ways| Ways {
            up: count(ways.up),
            down: count(ways.down),
            from_none: count(ways.from_none),
            total: count(ways.total()),
        };
        Self { sent: ways(run.sent), by_change: ways(run.by_change) }
    }
}
