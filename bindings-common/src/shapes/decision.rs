//! Decisions: what a device is to do, and why.

use crate::Moment;
use crate::macros::{choice, shape, words};
use crate::plain::count;
use crate::shapes::{ImageFormat, UpdateOutcome};
use fleet_core::FirmwareVersion;
use fleet_core::firmware::{self, Answer, Hold};

words! {
    /// The rule that sets the version a device should run.
    pub enum Rule {
        /// The version that the device is locked to.
        Lock = "lock",
        /// The highest version released to a group of the device.
        GroupRelease = "group_release",
        /// The product's release.
        Release = "release",
        /// Nothing is released.
        NoRelease = "no_release",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

words! {
    /// The reason why a device gets no firmware.
    pub enum HoldReason {
        /// It is denied.
        Denied = "denied",
        /// It asks to join: it waits for admission, or was turned away.
        Quarantined = "quarantined",
        /// Its hardware is not the product's.
        OtherPlatform = "other_platform",
        /// It is a development device.
        Development = "development",
        /// The product forbids a version below the one that it reports.
        DowngradeForbidden = "downgrade_forbidden",
        /// The image's security counter is below the highest that the device has confirmed.
        SecurityCounter = "security_counter",
        /// The image does not run on its chip's revision.
        ChipRevision = "chip_revision",
        /// The firmware does not run on its system version.
        SystemVersion = "system_version",
        /// It takes no updates now, and nobody forces it.
        TakesNoUpdates = "takes_no_updates",
        /// It returned to another version right after an update, several times: two devices seem to have its id.
        TwoDevices = "two_devices",
        /// The account of the product's owner is locked, and the platform holds the devices of locked accounts.
        OwnerLocked = "owner_locked",
        /// It is in no product and asks for none.
        Personal = "personal",
        /// It reports a product that does not exist.
        UnknownProduct = "unknown_product",
        /// Its report is older than an earlier one.
        StaleReport = "stale_report",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// The firmware that a device is to run.
    pub struct Directive {
        /// The device.
        pub device: String,
        /// The product of the firmware.
        pub product: u32,
        /// The version to run.
        pub version: u16,
        /// The file's size in bytes.
        pub size: i64,
        /// The file's SHA-256, under which the host keeps the file.
        pub sha256: String,
        /// The kind of image.
        pub format: ImageFormat,
        /// The image's security counter.
        pub security_counter: u32,
        /// Grows with each new directive for this device. A repeated directive keeps its number.
        pub sequence: u32,
    }
}

shape! {
    /// The version that a device should run, and the rule that set it.
    pub struct Target {
        /// The version.
        pub version: u16,
        /// The rule that set it.
        pub rule: Rule,
        /// The group whose release it is.
        pub group: Option<u16>,
    }
}

choice! {
    /// Decisions: what a device is to do, and why.
    pub enum Decision {
        /// It runs the version that it should, or no version is set.
        UpToDate(UpToDate as "UpToDateDecision") {
            /// The rule that set it.
            rule: Rule,
            /// The group whose release it is.
            group: Option<u16>,
            /// The version that it would get without that rule.
            kept_back: Option<u16>,
            /// Whether it reported the right version with another image than the uploaded one.
            image_differs: bool,
            /// The rule's number and name.
            cites: String,
            /// A sentence for a person.
            why: String,
        },
        /// It is to run another firmware.
        Update(Update as "UpdateDecision") {
            /// The directive to send.
            directive: Directive,
            /// The rule that set it.
            rule: Rule,
            /// The group whose release it is.
            group: Option<u16>,
            /// The version that it would get without that rule.
            kept_back: Option<u16>,
            /// The rule's number and name.
            cites: String,
            /// A sentence for a person.
            why: String,
        },
        /// It gets no firmware, whatever it should run.
        Held(Held as "HeldDecision") {
            /// What keeps it in use.
            reason: HoldReason,
            /// The version that it should run, if that was determined.
            target: Option<Target>,
            /// With `quarantined`: whether the quarantine is full, so that the device does not wait and is not
            /// recorded.
            full: Option<bool>,
            /// With `downgrade_forbidden`: the version that it reports.
            from_version: Option<u16>,
            /// With `security_counter`: the image's counter.
            image: Option<u32>,
            /// With `security_counter`: the highest that the device has confirmed.
            confirmed: Option<u32>,
            /// With `chip_revision`: the device's revision, 100 × major + minor.
            chip_revision: Option<u32>,
            /// With `chip_revision`: the lowest that the image runs on. Absent if any.
            min_chip_revision: Option<u32>,
            /// With `chip_revision`: the highest that the image runs on. Absent if any.
            max_chip_revision: Option<u32>,
            /// With `system_version`: the version that the firmware requires.
            requires: Option<String>,
            /// With `system_version`: the version that the device reported.
            reported: Option<String>,
            /// With `owner_locked`: since when.
            since: Option<Moment>,
            /// The rule's number.
            cites: String,
            /// A sentence for a person.
            why: String,
        },
    }
}

/// The result of a connect. Python has a class of its own for it, which builds its texts only when they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "node", napi_derive::napi(object, object_from_js = false, use_nullable = true))]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct Connected {
    /// The product of the decision. Absent for a personal device.
    pub product: Option<u32>,
    /// What the device is to do, and why.
    pub answer: Decision,
    /// Outcome of the previous update, if this connect ended it.
    pub outcome: Option<UpdateOutcome>,
}

fn rule(rule: firmware::Rule) -> (Rule, Option<u16>) {
    match rule {
        firmware::Rule::Lock => (Rule::Lock, None),
        firmware::Rule::GroupRelease(group) => (Rule::GroupRelease, Some(group.get())),
        firmware::Rule::Release => (Rule::Release, None),
        firmware::Rule::NoRelease => (Rule::NoRelease, None),
        _ => (Rule::Other, None),
    }
}

impl From<&firmware::Directive> for Directive {
    fn from(directive: &firmware::Directive) -> Self {
        Self {
            device: directive.device.to_string(),
            product: directive.product.get(),
            version: directive.version.get(),
            size: count(directive.size),
            sha256: directive.sha256.to_string(),
            format: directive.format.into(),
            security_counter: directive.security_counter,
            sequence: directive.sequence,
        }
    }
}

impl From<firmware::Target> for Target {
    fn from(target: firmware::Target) -> Self {
        let (rule, group) = rule(target.rule);
        Self { version: target.version.get(), rule, group }
    }
}

impl From<&Answer> for Decision {
    fn from(answer: &Answer) -> Self {
        let why = answer.to_string();
        match answer {
            Answer::UpToDate { rule: by, kept_back, image_differs } => {
                let (rule, group) = rule(*by);
                let kept_back = kept_back.map(FirmwareVersion::get);
                let cites = by.citation().to_owned();
                Self::UpToDate(UpToDate { rule, group, kept_back, image_differs: *image_differs, cites, why })
            }
            Answer::Update { directive, rule: by, kept_back } => {
                let (rule, group) = rule(*by);
                let kept_back = kept_back.map(FirmwareVersion::get);
                let cites = by.citation().to_owned();
                Self::Update(Update { directive: directive.into(), rule, group, kept_back, cites, why })
            }
            Answer::Held { hold, target } => held(hold, target.map(Target::from), why),
        }
    }
}

fn held(hold: &Hold, target: Option<Target>, why: String) -> Decision {
    let (mut from_version, mut counters, mut system, mut locked) = (None, (None, None), (None, None), None);
    let (mut full, mut revisions) = (None, (None, None, None));
    let reason = match hold {
        Hold::Denied => HoldReason::Denied,
        Hold::Quarantined { full: is_full } => {
            full = Some(*is_full);
            HoldReason::Quarantined
        }
        Hold::OtherPlatform { .. } => HoldReason::OtherPlatform,
        Hold::Development => HoldReason::Development,
        Hold::DowngradeForbidden { from } => {
            from_version = Some(*from);
            HoldReason::DowngradeForbidden
        }
        Hold::SecurityCounter { image, confirmed } => {
            counters = (Some(*image), Some(*confirmed));
            HoldReason::SecurityCounter
        }
        Hold::ChipRevision { chip_revision, min_chip_revision, max_chip_revision } => {
            let image = (min_chip_revision.map(u32::from), max_chip_revision.map(u32::from));
            revisions = (Some(u32::from(*chip_revision)), image.0, image.1);
            HoldReason::ChipRevision
        }
        Hold::SystemVersion { requires, reported } => {
            system = (Some(requires.to_string()), reported.as_ref().map(ToString::to_string));
            HoldReason::SystemVersion
        }
        Hold::TakesNoUpdates => HoldReason::TakesNoUpdates,
        Hold::TwoDevices => HoldReason::TwoDevices,
        Hold::OwnerLocked { since } => {
            locked = Some((*since).into());
            HoldReason::OwnerLocked
        }
        Hold::Personal => HoldReason::Personal,
        Hold::UnknownProduct => HoldReason::UnknownProduct,
        Hold::StaleReport => HoldReason::StaleReport,
        _ => HoldReason::Other,
    };
    let ((image, confirmed), (requires, reported)) = (counters, system);
    let (chip_revision, min_chip_revision, max_chip_revision) = revisions;
    let cites = hold.citation().to_owned();
    Decision::Held(Held {
        reason,
        target,
        full,
        from_version,
        image,
        confirmed,
        chip_revision,
        min_chip_revision,
        max_chip_revision,
        requires,
        reported,
        since: locked,
        cites,
        why,
    })
}

impl From<&fleet_core::device::Connected> for Connected {
    fn from(connected: &fleet_core::device::Connected) -> Self {
        Self {
            product: connected.product.map(|id| id.get()),
            answer: (&connected.answer).into(),
            outcome: connected.outcome.map(UpdateOutcome::from),
        }
    }
}
