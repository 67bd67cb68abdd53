//! Decides which firmware a device gets, and why (R-TGT-4): a pure function of the product, its firmware, its owner's
//! account and the device's row.
//!
//! The row contains the device's latest report, so the same function answers a connect and counts a dry run.

use super::{Firmware, FirmwareIndex, FirmwareVersion, ImageFacts, ImageFormat, Sha256};
use crate::device::{Device, DeviceId, ImageSeen, PlatformSeen, RELAPSES, Standing, SystemVersion, confirmed};
use crate::product::{GroupId, Platform, Product, ProductId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a device must do, and why.
///
/// ```
/// use fleet_core::firmware::{Answer, Hold};
///
/// let answer = Answer::Held { hold: Hold::Development, target: None };
/// assert_eq!(answer.to_string(), "held: a development device is never updated over the air; remove the mark first (R-IMP-11)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// It runs what it should, or nothing is required of it.
    UpToDate {
        /// The rule that decided.
        rule: Rule,
        /// The version that it would get, or would be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
        /// Whether it reported the right version with another image than the uploaded one (R-TGT-5).
        image_differs: bool,
    },
    /// It must run another firmware.
    Update {
        /// The update to send.
        directive: Directive,
        /// The rule that decided.
        rule: Rule,
        /// The version that it would get, or would be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
    },
    /// It gets nothing, whatever it should run.
    Held {
        /// The reason.
        hold: Hold,
        /// What it should run, if that was determined.
        target: Option<Target>,
    },
}

/// The version that a device should run, and the rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The version.
    pub version: FirmwareVersion,
    /// The rule that decided.
    pub rule: Rule,
}

/// The rule that names the version a device should run (R-TGT-4, in this order).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The device is locked to the version.
    Lock,
    /// The version is the highest one released to a group of the device: this group.
    GroupRelease(GroupId),
    /// The version is the product's release.
    Release,
    /// Nothing is released (R-TGT-1).
    NoRelease,
}

/// Why a device gets no update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hold {
    /// It is denied (R-IMP-10).
    Denied,
    /// It asks to join: it waits for approval, or was refused (R-IMP-9).
    Quarantined {
        /// Whether the quarantine is full. If so, the device does not wait, and nothing is stored about it.
        #[serde(default)]
        full: bool,
    },
    /// Its hardware is not the product's (R-IMP-12).
    OtherPlatform {
        /// The product's.
        product: Platform,
        /// The device's hardware, if it is known.
        device: Option<Platform>,
    },
    /// It is a development device (R-IMP-11).
    Development,
    /// The product forbids downgrades from the version that the device reports (R-TGT-4).
    DowngradeForbidden {
        /// The version that it reports.
        from: u16,
    },
    /// The image's security counter is below the highest that the device has confirmed (R-TGT-15).
    SecurityCounter {
        /// The image's.
        image: u32,
        /// The highest confirmed.
        confirmed: u32,
    },
    /// The image does not run on the revision of its chip (R-TGT-14). All three are 100 × major + minor.
    ChipRevision {
        /// The device's.
        chip_revision: u16,
        /// The lowest revision that the image runs on. `None` means any.
        min_chip_revision: Option<u16>,
        /// The highest revision that the image runs on. `None` means any.
        max_chip_revision: Option<u16>,
    },
    /// The firmware does not run on its system version (R-TGT-14).
    SystemVersion {
        /// What the firmware requires.
        requires: semver::VersionReq,
        /// The version that the device reported. `None` means that it reported none.
        reported: Option<SystemVersion>,
    },
    /// It accepts no updates now, and nobody forces it (R-TGT-9).
    TakesNoUpdates,
    /// It repeatedly reported other versions right after its update had succeeded: two devices seem to have its id. A
    /// person's `force`, or another target, lets it get updates again.
    TwoDevices,
    /// The account of the product's owner is locked, and the platform holds the devices of locked accounts (R-PAY-5).
    OwnerLocked {
        /// Since when the account is locked.
        since: Timestamp,
    },
    /// It is in no product and asks to join none: a personal device (R-PRD-6).
    Personal,
    /// It reports a product that does not exist (R-TGT-16).
    UnknownProduct,
    /// Its report is older than an earlier one: nothing was changed (R-TGT-17).
    StaleReport,
}

/// The instruction to run a version (R-IMG-9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Directive {
    /// The device.
    pub device: DeviceId,
    /// The product of the firmware.
    pub product: ProductId,
    /// The version to run.
    pub version: FirmwareVersion,
    /// The file's size in bytes.
    pub size: u64,
    /// The file's SHA-256, under which the host stores the file.
    pub sha256: Sha256,
    /// The format of the image.
    pub format: ImageFormat,
    /// The image's security counter.
    pub security_counter: u32,
    /// Increases with each new directive for this device; a repeated directive keeps its number.
    pub sequence: u32,
}

/// The decision of targeting, from which a device's [`Answer`] is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision<'f> {
    /// It runs what it should, or nothing is required of it.
    UpToDate {
        /// The rule that decided.
        rule: Rule,
        /// The version that it would get, or would be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
        /// Whether the version is right but the image differs (R-TGT-5).
        image_differs: bool,
    },
    /// A firmware must be sent to it.
    Send {
        /// The firmware.
        firmware: &'f Firmware,
        /// The rule that decided.
        rule: Rule,
        /// The version that it would get, or would be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
    },
    /// It gets nothing.
    Held {
        /// The reason.
        hold: Hold,
        /// What it should run, if that was determined.
        target: Option<Target>,
    },
}

/// Decides which firmware a device gets, by its row and the latest report in it (R-TGT-4, 5, 9, 14, 15). `owner_locked`
/// is the time since which the owner's account is locked, if the platform holds such an owner's devices (R-PAY-5).
///
/// Total: every device of every product has exactly one decision. The order is: standing, hardware, development mark,
/// lock, the highest release among the device's groups, the product's release. If this gives another version than the
/// reported one, these may hold it back: the chip's revision, a forbidden downgrade, the security counter, the system
/// version, the device's own refusal, the owner's account. Connects, explanations and dry runs all call this function,
/// so they agree.
pub fn decide<'f>(
    product: &Product,
    index: &'f FirmwareIndex,
    owner_locked: Option<Timestamp>,
    device: &Device,
) -> Decision<'f> {
    let held = |hold| Decision::Held { hold, target: None };
    match device.standing {
        Standing::Denied => return held(Hold::Denied),
        Standing::Quarantined => return held(Hold::Quarantined { full: false }),
        Standing::Member => {}
    }
    if device.platform() == PlatformSeen::Differs {
        return held(Hold::OtherPlatform { product: product.platform.clone(), device: None });
    }
    if device.development {
        return held(Hold::Development);
    }
    let context = Context { product, index, owner_locked, device };
    let Some(target) = context.target(Step::Lock) else {
        return Decision::UpToDate { rule: Rule::NoRelease, kept_back: None, image_differs: false };
    };
    let Target { version, rule } = target;
    let kept_back = || context.kept_back(target);
    match context.path_to(version) {
        Path::Runs => {
            let image_differs = matches!(device.seen, Some(seen) if seen.image == ImageSeen::Differs);
            Decision::UpToDate { rule, kept_back: kept_back(), image_differs }
        }
        // A targeted version is never deleted (R-IMG-7), so the index has it.
        Path::Missing => Decision::UpToDate { rule: Rule::NoRelease, kept_back: Some(version), image_differs: false },
        Path::Held(hold) => Decision::Held { hold, target: Some(target) },
        Path::Sendable(firmware) => Decision::Send { firmware, rule, kept_back: kept_back() },
    }
}

/// The steps that determine a target, in this order (R-TGT-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Lock,
    Groups,
    Release,
}

/// The result of checking whether a device can run a version.
enum Path<'f> {
    /// The device reports that version.
    Runs,
    /// The product has no such firmware.
    Missing,
    Held(Hold),
    Sendable(&'f Firmware),
}

struct Context<'g, 'f> {
    product: &'g Product,
    index: &'f FirmwareIndex,
    owner_locked: Option<Timestamp>,
    device: &'g Device,
}

impl<'f> Context<'_, 'f> {
    /// The version that a device should run, by the first rule from this step on that names one.
    fn target(&self, from: Step) -> Option<Target> {
        let lock = self.device.lock.filter(|_| from == Step::Lock).map(|version| Target { version, rule: Rule::Lock });
        let by_group = || {
            let groups = self.device.groups().filter(|_| from <= Step::Groups);
            groups
                .filter_map(|id| Some((self.product.groups.get(&id)?.release?, std::cmp::Reverse(id))))
                .max()
                .map(|(version, std::cmp::Reverse(id))| Target { version, rule: Rule::GroupRelease(id) })
        };
        let release = || self.product.release.as_ref().map(|release| release.version);
        lock.or_else(by_group).or_else(|| release().map(|version| Target { version, rule: Rule::Release }))
    }

    /// The version that the device would get, or would be right to run, without the rule that named its target
    /// (R-TGT-6).
    fn kept_back(&self, target: Target) -> Option<FirmwareVersion> {
        let next = match target.rule {
            Rule::Lock => Step::Groups,
            Rule::GroupRelease(_) => Step::Release,
            Rule::Release | Rule::NoRelease => return None,
        };
        let other = self.target(next).filter(|other| other.version != target.version)?;
        matches!(self.path_to(other.version), Path::Runs | Path::Sendable(_)).then_some(other.version)
    }

    fn path_to(&self, version: FirmwareVersion) -> Path<'f> {
        if self.device.version() == Some(version.get()) {
            return Path::Runs;
        }
        match self.index.get(version) {
            None => Path::Missing,
            Some(firmware) => self.hold(firmware).map_or(Path::Sendable(firmware), Path::Held),
        }
    }

    fn hold(&self, firmware: &Firmware) -> Option<Hold> {
        let device = self.device;
        if let Some(chip_revision) = device.chip_revision
            && !firmware.image.runs_on(chip_revision)
        {
            let ImageFacts { min_chip_revision, max_chip_revision, .. } = firmware.image;
            return Some(Hold::ChipRevision { chip_revision, min_chip_revision, max_chip_revision });
        }
        if let Some(from) = device.version()
            && self.product.policy.forbid_downgrades
            && firmware.version.get() < from
        {
            return Some(Hold::DowngradeForbidden { from });
        }
        let (image, confirmed) = (firmware.image.security_counter, confirmed(device.security_counter));
        if image < confirmed {
            return Some(Hold::SecurityCounter { image, confirmed });
        }
        if let Some(requires) = &firmware.requires_system
            && !device.system.as_ref().is_some_and(|system| system.meets(requires))
        {
            return Some(Hold::SystemVersion { requires: requires.clone(), reported: device.system.clone() });
        }
        let has_relapsed =
            device.relapses >= RELAPSES && device.outcome.is_some_and(|outcome| outcome.target == firmware.version);
        if has_relapsed && !device.forced {
            return Some(Hold::TwoDevices);
        }
        let takes_updates = device.seen.is_none_or(|seen| seen.takes_updates);
        if !takes_updates && !device.forced {
            return Some(Hold::TakesNoUpdates);
        }
        self.owner_locked.map(|since| Hold::OwnerLocked { since })
    }
}

/// Whether a version is what a device should run now, even if it is held.
pub(crate) fn wants(product: &Product, index: &FirmwareIndex, device: &Device, version: FirmwareVersion) -> bool {
    match decide(product, index, None, device) {
        Decision::Send { firmware, .. } => firmware.version == version,
        Decision::Held { target, .. } => target.is_some_and(|target| target.version == version),
        Decision::UpToDate { rule, .. } => rule != Rule::NoRelease && device.version() == Some(version.get()),
    }
}

impl Answer {
    /// Adds the device's hardware to the answer, if the hardware is the reason for the hold.
    pub(crate) fn with_hardware(mut self, known: Option<&Platform>) -> Self {
        if let Self::Held { hold: Hold::OtherPlatform { device, .. }, .. } = &mut self
            && device.is_none()
        {
            *device = known.cloned();
        }
        self
    }
}

impl Directive {
    pub(crate) fn new(product: ProductId, device: DeviceId, firmware: &Firmware, sequence: u32) -> Self {
        Self {
            device,
            product,
            version: firmware.version,
            size: firmware.image.size,
            sha256: firmware.image.sha256,
            format: firmware.image.format,
            security_counter: firmware.image.security_counter,
            sequence,
        }
    }
}

impl Rule {
    /// The number and name of the rule.
    pub fn citation(self) -> &'static str {
        match self {
            Self::Lock => "R-TGT-4 lock",
            Self::GroupRelease(_) => "R-TGT-4 group release",
            Self::Release => "R-TGT-4 release",
            Self::NoRelease => "R-TGT-1 no release",
        }
    }
}

impl Hold {
    /// The number of the rule.
    pub fn citation(&self) -> &'static str {
        match self {
            Self::Denied => "R-IMP-10",
            Self::Quarantined { .. } => "R-IMP-9",
            Self::OtherPlatform { .. } => "R-IMP-12",
            Self::Development => "R-IMP-11",
            Self::DowngradeForbidden { .. } => "R-TGT-4",
            Self::SecurityCounter { .. } => "R-TGT-15",
            Self::ChipRevision { .. } | Self::SystemVersion { .. } => "R-TGT-14",
            Self::TakesNoUpdates => "R-TGT-9",
            Self::TwoDevices => "R-TGT-7",
            Self::OwnerLocked { .. } => "R-PAY-5",
            Self::Personal => "R-PRD-6",
            Self::UnknownProduct => "R-TGT-16",
            Self::StaleReport => "R-TGT-17",
        }
    }
}

/// The next step for a device whose hardware differs from its product's. There are two, because either fact may be
/// wrong.
const OTHER_HARDWARE: &str =
    "import it into a product of its hardware, or have an operator correct what is known of it";

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => f.write_str("it was denied; import it to admit it"),
            Self::Quarantined { full: false } => f.write_str("it asks to join and waits for the team's approval"),
            Self::OtherPlatform { product, device: Some(device) } => {
                write!(f, "its hardware is {device}, the product's is {product}; {OTHER_HARDWARE}")
            }
            Self::OtherPlatform { product, device: None } => {
                write!(f, "its hardware is not the product's {product}; {OTHER_HARDWARE}")
            }
            Self::Development => {
                f.write_str("a development device is never updated over the air; remove the mark first")
            }
            Self::DowngradeForbidden { from } => {
                write!(
                    f,
                    "the product forbids going back from version {from}; upload the older firmware as a higher version, or allow downgrades"
                )
            }
            Self::SecurityCounter { image, confirmed } => {
                write!(
                    f,
                    "the image's security counter {image} is below the {confirmed} that the device has confirmed; sign the firmware with {confirmed} or more"
                )
            }
            Self::ChipRevision { chip_revision, min_chip_revision, max_chip_revision } => {
                let formatted = |revision: u16| format!("{}.{}", revision / 100, revision % 100);
                write!(f, "its chip has revision {}, and the image runs on ", formatted(*chip_revision))?;
                match (min_chip_revision, max_chip_revision) {
                    (Some(least), Some(last)) => write!(f, "{} to {}", formatted(*least), formatted(*last)),
                    (Some(least), None) => write!(f, "{} and later", formatted(*least)),
                    (None, Some(last)) => write!(f, "{} and earlier", formatted(*last)),
                    (None, None) => f.write_str("any"),
                }?;
                f.write_str("; lock it to a version whose image runs on its chip")
            }
            Self::SystemVersion { requires, reported: Some(reported) } => {
                write!(f, "its system version {reported} is not `{requires}`; update its system first")
            }
            Self::SystemVersion { requires, reported: None } => {
                write!(
                    f,
                    "it never reported a system version, and the firmware requires `{requires}`; have it report one"
                )
            }
            Self::TakesNoUpdates => f.write_str("it takes no updates now; wait until it does, or force the update"),
            Self::TwoDevices => f.write_str(
                "two devices seem to have one id: it repeatedly went back to another version right after its update; \
                 look for a copied id, or force the update",
            ),
            Self::Quarantined { full: true } => f.write_str(
                "it asks to join, but the quarantine is full; approve or deny devices that wait, or raise its limit",
            ),
            Self::OwnerLocked { since } => write!(
                f,
                "the account of the product's owner is locked since {since}; pay its bills, or have an operator unlock it"
            ),
            Self::Personal => f.write_str("it is in no product; import it into one"),
            Self::UnknownProduct => {
                f.write_str("it reports a product that does not exist; give its firmware the id of one that does")
            }
            Self::StaleReport => f.write_str("its report is older than what is known"),
        }?;
        write!(f, " ({})", self.citation())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = |f: &mut fmt::Formatter<'_>, kept: &Option<FirmwareVersion>| match kept {
            Some(version) => write!(f, "; keeps back the released {version}"),
            None => Ok(()),
        };
        match self {
            Self::UpToDate { rule, kept_back, image_differs } => {
                write!(f, "up to date ({})", rule.citation())?;
                kept(f, kept_back)?;
                f.write_str(if *image_differs { "; the version is right, the image differs" } else { "" })
            }
            Self::Update { directive, rule, kept_back } => {
                write!(f, "update to {} ({})", directive.version, rule.citation())?;
                kept(f, kept_back)
            }
            Self::Held { hold, target: None } => write!(f, "held: {hold}"),
            Self::Held { hold, target: Some(target) } => {
                write!(f, "held: {hold}; keeps back {} ({})", target.version, target.rule.citation())
            }
        }
    }
}
