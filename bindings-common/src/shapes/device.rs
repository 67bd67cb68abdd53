//! Devices: what is known of each, what it reports, a fleet in numbers.

use crate::Moment;
use crate::macros::{arguments, shape, words};
use crate::plain::count;
use fleet_core::FirmwareVersion;
use fleet_core::device;

words! {
    /// Whether a device is in a product.
    pub enum Standing {
        /// In the product.
        Member = "member",
        /// Asked to join and waits for a person.
        Quarantined = "quarantined",
        /// May not ask again until it is undenied.
        Denied = "denied",
    }
}

words! {
    /// What a report says, held against what is known.
    pub enum Agreement {
        /// It never said, or nothing is known to hold it against.
        Unknown = "unknown",
        /// The same.
        Matches = "matches",
        /// Another.
        Differs = "differs",
    }
}

words! {
    /// How far an update has come.
    pub enum AttemptProgress {
        /// The directive was given out.
        Offered = "offered",
        /// The image is being sent.
        Downloading = "downloading",
        /// The image is on the device, which will restart.
        Downloaded = "downloaded",
    }
}

words! {
    /// How an update fares, by the word of who carries it out. Never a success: that is what the device reports.
    pub enum UpdateProgress {
        /// The image is being sent.
        Downloading = "downloading",
        /// The image is on the device.
        Downloaded = "downloaded",
        /// It could not be sent, or the device refused it.
        Failed = "failed",
    }
}

words! {
    /// What came of an update.
    pub enum UpdateResult {
        /// The device reported the version that it was sent.
        Succeeded = "succeeded",
        /// The device came back on its old version, or its update was said to have failed.
        Failed = "failed",
        /// The device reported a version that is neither the old one nor the one it was sent.
        RunsAnother = "runs_another",
        /// The version was no longer wanted on the device before it came back: no failure.
        Withdrawn = "withdrawn",
        /// One that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// A device of a product, as its team sees it.
    pub struct Device {
        /// Its id: 24 hexadecimal digits.
        pub id: String,
        /// Its name; none: it has none.
        pub name: Option<String>,
        /// The groups it is in, by number.
        pub groups: Vec<u16>,
        /// Whether it is in the product, waits to be let in, or is shut out.
        pub standing: Standing,
        /// Whether it is for development: never updated over the air.
        pub development: bool,
        /// Whether a person wants the next update sent although it takes none.
        pub forced: bool,
        /// How many attempts in a row failed on the present target.
        pub failures: u8,
        /// The number of times that it went back to another version within a day after its update. From 3 on two devices
        /// probably have one id: it counts as failing and is sent nothing.
        pub relapses: u8,
        /// The version it is locked to.
        pub lock: Option<u16>,
        /// The number of the latest directive that it was sent.
        pub sequence: u32,
        /// The highest security counter it has confirmed.
        pub security_counter: u32,
        /// The revision of its chip, 100 × major + minor, as it reported it; none: it never did in this product.
        pub chip_revision: Option<u32>,
        /// The system version that it reported last.
        pub system: Option<String>,
        /// When it was added to the product, or first asked to join.
        pub added_at: Moment,
        /// What it reported last; none: it never connected since it was added.
        pub seen: Option<Seen>,
        /// The update that it was sent and has not answered yet.
        pub attempt: Option<UpdateAttempt>,
        /// How its latest finished update ended.
        pub outcome: Option<UpdateOutcome>,
    }
}

shape! {
    /// A device's latest report.
    pub struct Seen {
        /// When it connected.
        pub at: Moment,
        /// The gateway's number of the session; 0: it gave none.
        pub session: i64,
        /// Since when it has reported this version.
        pub version_since: Moment,
        /// The version it reported.
        pub version: Option<u16>,
        /// Whether the hash that it reported is that of the uploaded image.
        pub image: Agreement,
        /// Whether its hardware is the product's.
        pub platform: Agreement,
        /// Whether it takes updates now.
        pub takes_updates: bool,
        /// Whether it is connected.
        pub online: bool,
    }
}

shape! {
    /// An update on its way.
    pub struct UpdateAttempt {
        /// When the directive was given out.
        pub at: Moment,
        /// The version to run.
        pub target: u16,
        /// The version it ran before.
        pub from_version: Option<u16>,
        /// How far the update has come.
        pub progress: AttemptProgress,
    }
}

shape! {
    /// How an update ended.
    pub struct UpdateOutcome {
        /// When that was known.
        pub at: Moment,
        /// The version it was to run.
        pub target: u16,
        /// What came of it.
        pub result: UpdateResult,
    }
}

shape! {
    /// A page of devices.
    pub struct DevicePage {
        /// The devices, by id.
        pub items: Vec<Device>,
        /// The device that the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

shape! {
    /// A page of device ids.
    pub struct DeviceIdPage {
        /// The ids, in order.
        pub items: Vec<String>,
        /// The device that the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

arguments! {
    /// Which devices to list; all that is set must hold. By default, all that are in the product.
    #[derive(Default)]
    pub struct DeviceFilter {
        optional {
            /// In the product, waiting, or shut out.
            standing: Standing,
            /// Connected, or not.
            online: bool,
            /// Reporting this version.
            version: u16,
            /// In this group.
            group: u16,
            /// Locked, or not.
            locked: bool,
            /// Marked for development, or not.
            development: bool,
            /// With an update on its way, or not.
            pending: bool,
            /// Whose latest attempts failed, or not.
            failing: bool,
            /// Whose name or id begins with this, whatever the case.
            prefix: String,
        }
    }
}

shape! {
    /// A fleet in numbers.
    pub struct Summary {
        /// In the product.
        pub devices: i64,
        /// Of these, connected now.
        pub online: i64,
        /// Of these, not seen since they were added.
        pub never_seen: i64,
        /// How many report which version, by version.
        pub versions: Vec<VersionCount>,
        /// How many report none.
        pub no_version: i64,
        /// How many run another image than the one uploaded under the version that they report.
        pub image_differs: i64,
        /// How many have an update on its way.
        pub pending: i64,
        /// How many failed their latest attempt or attempts.
        pub failing: i64,
        /// How many are locked to a version.
        pub locked: i64,
        /// How many are development devices.
        pub development: i64,
        /// How many are held because their hardware is not the product's.
        pub wrong_platform: i64,
        /// How many wait to be let in.
        pub quarantined: i64,
        /// How many are shut out.
        pub denied: i64,
        /// Places that imports under way, or cut off, hold for devices they have yet to add.
        pub held_places: i64,
    }
}

shape! {
    /// How many devices report a version.
    pub struct VersionCount {
        /// The version.
        pub version: u16,
        /// How many.
        pub devices: i64,
    }
}

impl From<device::Standing> for Standing {
    fn from(standing: device::Standing) -> Self {
        match standing {
            device::Standing::Member => Self::Member,
            device::Standing::Quarantined => Self::Quarantined,
            device::Standing::Denied => Self::Denied,
        }
    }
}

impl From<Standing> for device::Standing {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Member => Self::Member,
            Standing::Quarantined => Self::Quarantined,
            Standing::Denied => Self::Denied,
        }
    }
}

impl From<device::ImageSeen> for Agreement {
    fn from(image: device::ImageSeen) -> Self {
        match image {
            device::ImageSeen::Unknown => Self::Unknown,
            device::ImageSeen::Matches => Self::Matches,
            device::ImageSeen::Differs => Self::Differs,
        }
    }
}

impl From<device::PlatformSeen> for Agreement {
    fn from(platform: device::PlatformSeen) -> Self {
        match platform {
            device::PlatformSeen::Unknown => Self::Unknown,
            device::PlatformSeen::Matches => Self::Matches,
            device::PlatformSeen::Differs => Self::Differs,
        }
    }
}

impl From<device::Progress> for AttemptProgress {
    fn from(progress: device::Progress) -> Self {
        match progress {
            device::Progress::Offered => Self::Offered,
            device::Progress::Downloading => Self::Downloading,
            device::Progress::Downloaded => Self::Downloaded,
        }
    }
}

impl From<UpdateProgress> for device::UpdateProgress {
    fn from(progress: UpdateProgress) -> Self {
        match progress {
            UpdateProgress::Downloading => Self::Downloading,
            UpdateProgress::Downloaded => Self::Downloaded,
            UpdateProgress::Failed => Self::Failed,
        }
    }
}

impl From<device::UpdateOutcome> for UpdateOutcome {
    fn from(outcome: device::UpdateOutcome) -> Self {
        let result = match outcome.result {
            device::UpdateResult::Succeeded => UpdateResult::Succeeded,
            device::UpdateResult::Failed => UpdateResult::Failed,
            device::UpdateResult::RunsAnother => UpdateResult::RunsAnother,
            device::UpdateResult::Withdrawn => UpdateResult::Withdrawn,
            _ => UpdateResult::Other,
        };
        Self { at: outcome.at.into(), target: outcome.target.get(), result }
    }
}

impl From<device::Seen> for Seen {
    fn from(seen: device::Seen) -> Self {
        Self {
            at: seen.at.into(),
            session: count(seen.session),
            version_since: seen.version_since.into(),
            version: seen.version,
            image: seen.image.into(),
            platform: seen.platform.into(),
            takes_updates: seen.takes_updates,
            online: seen.online,
        }
    }
}

impl From<&device::DeviceView> for Device {
    fn from(view: &device::DeviceView) -> Self {
        let row = &view.row;
        Self {
            id: view.id.to_string(),
            name: Some(row.name()).filter(|name| !name.is_empty()).map(str::to_owned),
            groups: row.groups().map(|group| group.get()).collect(),
            standing: row.standing.into(),
            development: row.development,
            forced: row.forced,
            failures: row.failures,
            relapses: row.relapses,
            lock: row.lock.map(FirmwareVersion::get),
            sequence: row.sequence,
            security_counter: row.security_counter,
            chip_revision: row.chip_revision.map(u32::from),
            system: row.system.as_ref().map(ToString::to_string),
            added_at: row.added_at.into(),
            seen: row.seen.map(Seen::from),
            attempt: row.attempt.map(|attempt| UpdateAttempt {
                at: attempt.at.into(),
                target: attempt.target.get(),
                from_version: attempt.from,
                progress: attempt.progress.into(),
            }),
            outcome: row.outcome.map(UpdateOutcome::from),
        }
    }
}

impl From<DeviceFilter> for device::DeviceFilter {
    fn from(filter: DeviceFilter) -> Self {
        let mut wanted = Self::default();
        wanted.standing = filter.standing.map(Into::into);
        wanted.online = filter.online;
        wanted.version = filter.version;
        wanted.group = filter.group.map(fleet_core::product::GroupId::new);
        wanted.locked = filter.locked;
        wanted.development = filter.development;
        wanted.pending = filter.pending;
        wanted.failing = filter.failing;
        wanted.prefix = filter.prefix;
        wanted
    }
}

impl From<&device::Summary> for Summary {
    fn from(summary: &device::Summary) -> Self {
        let versions = summary.versions.iter();
        Self {
            devices: count(summary.devices),
            online: count(summary.online),
            never_seen: count(summary.never_seen),
            versions: versions
                .map(|(version, devices)| VersionCount { version: *version, devices: count(*devices) })
                .collect(),
            no_version: count(summary.no_version),
            image_differs: count(summary.image_differs),
            pending: count(summary.pending),
            failing: count(summary.failing),
            locked: count(summary.locked),
            development: count(summary.development),
            wrong_platform: count(summary.wrong_platform),
            quarantined: count(summary.quarantined),
            denied: count(summary.denied),
            held_places: count(summary.held_places),
        }
    }
}
