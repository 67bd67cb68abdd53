//! Devices: what is known of each, what they report, and the fleet in numbers.

use crate::Moment;
use crate::macros::{arguments, shape, words};
use crate::plain::count;
use fleet_core::FirmwareVersion;
use fleet_core::device;

words! {
    /// A device's standing in a product.
    pub enum Standing {
        /// In the product.
        Member = "member",
        /// It asked to join and waits for a person.
        Quarantined = "quarantined",
        /// It may not ask again until it is undenied.
        Denied = "denied",
    }
}

words! {
    /// A reported value compared with the known one.
    pub enum Agreement {
        /// It was never reported, or there is no known value to compare.
        Unknown = "unknown",
        /// The values are equal.
        Matches = "matches",
        /// The values differ.
        Differs = "differs",
    }
}

words! {
    /// Progress of an update.
    pub enum AttemptProgress {
        /// The directive was issued.
        Offered = "offered",
        /// The image is being sent.
        Downloading = "downloading",
        /// The image is on the device, which will restart.
        Downloaded = "downloaded",
    }
}

words! {
    /// Progress of an update, as reported by the gateway. It is never a success: only the device reports that.
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
    /// Result of an update.
    pub enum UpdateResult {
        /// The device reported the version that it was sent.
        Succeeded = "succeeded",
        /// The device came back on its old version, or its update was reported as failed.
        Failed = "failed",
        /// The device reported a version that is neither the old one nor the one it was sent.
        RunsAnother = "runs_another",
        /// The version was no longer wanted on the device before it came back. Not a failure.
        Withdrawn = "withdrawn",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// A device of a product, as its team sees it.
    pub struct Device {
        /// Its id: 24 hexadecimal digits.
        pub id: String,
        /// Its name. Absent if it has none.
        pub name: Option<String>,
        /// The groups it is in, by number.
        pub groups: Vec<u16>,
        /// Its standing: in the product, waiting, or denied.
        pub standing: Standing,
        /// Whether it is a development device, which is never updated over the air.
        pub development: bool,
        /// Whether its next update is forced although it takes none.
        pub forced: bool,
        /// Number of consecutive failed attempts on the present target.
        pub failures: u8,
        /// Number of times that it returned to another version within a day after its update. From 3 on, two devices
        /// probably share the id: the device counts as failing and gets no updates.
        pub relapses: u8,
        /// The version it is locked to.
        pub lock: Option<u16>,
        /// The number of the latest directive that it was sent.
        pub sequence: u32,
        /// The highest security counter it has confirmed.
        pub security_counter: u32,
        /// The revision of its chip, 100 × major + minor, as reported. Absent if it never reported one in this product.
        pub chip_revision: Option<u32>,
        /// The system version that it reported last.
        pub system: Option<String>,
        /// When it was added to the product, or first asked to join.
        pub added_at: Moment,
        /// Its latest report. Absent if it has not connected since it was added.
        pub seen: Option<Seen>,
        /// The update that it was sent and has not answered yet.
        pub attempt: Option<UpdateAttempt>,
        /// Outcome of its latest finished update.
        pub outcome: Option<UpdateOutcome>,
    }
}

shape! {
    /// A device's latest report.
    pub struct Seen {
        /// When it connected.
        pub at: Moment,
        /// The gateway's session number. 0 if it gave none.
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
    /// An update in progress.
    pub struct UpdateAttempt {
        /// When the directive was issued.
        pub at: Moment,
        /// The version to run.
        pub target: u16,
        /// The version it ran before.
        pub from_version: Option<u16>,
        /// The progress of the update.
        pub progress: AttemptProgress,
    }
}

shape! {
    /// Outcome of an update.
    pub struct UpdateOutcome {
        /// When the outcome became known.
        pub at: Moment,
        /// The version it was to run.
        pub target: u16,
        /// The result.
        pub result: UpdateResult,
    }
}

shape! {
    /// A page of devices.
    pub struct DevicePage {
        /// The devices, by id.
        pub items: Vec<Device>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

shape! {
    /// A page of device ids.
    pub struct DeviceIdPage {
        /// The ids, in order.
        pub items: Vec<String>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

arguments! {
    /// The devices to list. All given conditions must hold. By default, all that are in the product.
    #[derive(Default)]
    pub struct DeviceFilter {
        optional {
            /// Devices in the product, waiting, or denied.
            standing: Standing,
            /// Connected devices, or others.
            online: bool,
            /// Devices that report this version.
            version: u16,
            /// Devices in this group.
            group: u16,
            /// Locked devices, or others.
            locked: bool,
            /// Development devices, or others.
            development: bool,
            /// Devices with an update in progress, or others.
            pending: bool,
            /// Devices whose latest attempts failed, or others.
            failing: bool,
            /// Devices whose name or id begins with this, ignoring case.
            prefix: String,
        }
    }
}

shape! {
    /// A fleet in numbers.
    pub struct Summary {
        /// In the product.
        pub devices: i64,
        /// Number of these that are connected now.
        pub online: i64,
        /// Number of these that were not seen since they were added.
        pub never_seen: i64,
        /// Number of devices for each reported version, by version.
        pub versions: Vec<VersionCount>,
        /// Number of devices that report none.
        pub no_version: i64,
        /// Number of devices that run another image than the one uploaded for the version that they report.
        pub image_differs: i64,
        /// Number of devices with an update in progress.
        pub pending: i64,
        /// Number of devices whose latest attempts failed.
        pub failing: i64,
        /// Number of devices that are locked to a version.
        pub locked: i64,
        /// Number of development devices.
        pub development: i64,
        /// Number of devices that are held because their hardware is not the product's.
        pub wrong_platform: i64,
        /// Number of devices that wait for admission.
        pub quarantined: i64,
        /// Number of denied devices.
        pub denied: i64,
        /// Places that running or interrupted imports reserve for devices not yet added.
        pub held_places: i64,
    }
}

shape! {
    /// Number of devices that report a version.
    pub struct VersionCount {
        /// The version.
        pub version: u16,
        /// Number of them.
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
