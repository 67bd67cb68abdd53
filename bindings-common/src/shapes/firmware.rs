//! Firmware, and what a change of releases would do.

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
        /// A binary of no known format, taken because the product's policy says so.
        Opaque = "opaque",
        /// One that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// An uploaded firmware.
    pub struct Firmware {
        /// Its version.
        pub version: u16,
        /// Its title.
        pub title: String,
        /// What it is for.
        pub description: String,
        /// When it was uploaded.
        pub uploaded_at: Moment,
        /// The account that uploaded it; none: an operator.
        pub uploaded_by: Option<i64>,
        /// What was found in the binary.
        pub image: Image,
        /// The system versions it runs on; none: any.
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
        /// What kind of image it is.
        pub format: ImageFormat,
        /// Its size in bytes.
        pub size: i64,
        /// The SHA-256 of the whole file.
        pub sha256: String,
        /// The hashes that the image carries and that a device may report in place of the file's.
        pub embedded: Vec<String>,
        /// Its security counter; 0 where the format has none.
        pub security_counter: u32,
        /// The version string that the image carries beside the integer.
        pub own_version: Option<String>,
        /// The project's name that the image carries.
        pub project: Option<String>,
        /// Whether it names the platform's id as its product.
        pub wildcard: bool,
        /// The least revision of the chip that it runs on, 100 × major + minor; none: any.
        pub min_chip_revision: Option<u32>,
        /// The last revision of the chip that it runs on, 100 × major + minor; none: any.
        pub max_chip_revision: Option<u32>,
    }
}

shape! {
    /// That a firmware ran on a device.
    pub struct Proof {
        /// The device.
        pub device: String,
        /// When it reported so.
        pub at: Moment,
    }
}

choice! {
    /// A change of what devices should run, to be counted before it is made.
    pub enum Change {
        /// None: what is to be sent as things stand.
        Nothing as NoChange(new),
        /// A release to the product, or its withdrawal.
        Release as ReleaseChange(new version = None) {
            /// The version; none: its withdrawal.
            version: Option<u32>,
        },
        /// A release to a group, or its withdrawal.
        ReleaseToGroup as GroupReleaseChange(new group, version = None) {
            /// The group.
            group: u16,
            /// The version; none: its withdrawal.
            version: Option<u32>,
        },
        /// A device's lock, or its unlocking.
        Lock as LockChange(new device, version = None) {
            /// The device.
            device: String,
            /// The version; none: its unlocking.
            version: Option<u32>,
        },
        /// The groups that a device is in.
        Groups as GroupsChange(new device, groups) {
            /// The device.
            device: String,
            /// Its groups.
            groups: Vec<u16>,
        },
    }
}

shape! {
    /// How many devices would be sent a firmware at their next connect.
    pub struct DryRun {
        /// All that would be sent something once the change is made.
        pub sent: Ways,
        /// Those of them that would be sent something else, or nothing, without it.
        pub by_change: Ways,
    }
}

shape! {
    /// Devices by the way their firmware would go.
    pub struct Ways {
        /// To a higher version than they report.
        pub up: i64,
        /// To a lower one.
        pub down: i64,
        /// From none.
        pub from_none: i64,
        /// All of them.
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
            Change::Release { version } => Self::Release(any(version)?),
            Change::ReleaseToGroup { group, version } => Self::ReleaseToGroup(GroupId::new(group), any(version)?),
            Change::Lock { device, version } => Self::Lock(crate::doors::device_id(&device)?, any(version)?),
            Change::Groups { device, groups } => {
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
