//! Which firmware a device gets, and why (R-TGT-4): a pure function of the product, its firmware, its owner's account and
//! the device's row.
//!
//! The row already holds what the device reported last, so the same function answers a connect and counts a dry run.

use super::{Firmware, FirmwareIndex, FirmwareVersion, ImageFacts, ImageFormat, Sha256};
use crate::device::{Device, DeviceId, ImageSeen, PlatformSeen, RELAPSES, Standing, SystemVersion, confirmed};
use crate::product::{GroupId, Platform, Product, ProductId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a device is to do, and why.
///
/// ```
/// use fleet_core::firmware::{Answer, Hold};
///
/// let answer = Answer::Held { hold: Hold::Development, target: None };
/// assert_eq!(answer.to_string(), "held: a development device is never updated over the air; take its mark away first (R-IMP-11)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// It runs what it should, or nothing is asked of it.
    UpToDate {
        /// What decided so.
        rule: Rule,
        /// What it would get, or be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
        /// It reported the right version with another image than the uploaded one (R-TGT-5).
        image_differs: bool,
    },
    /// It is to run another firmware.
    Update {
        /// What to send.
        directive: Directive,
        /// What decided so.
        rule: Rule,
        /// What it would get, or be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
    },
    /// It gets nothing, whatever it should run.
    Held {
        /// What holds it.
        hold: Hold,
        /// What it should run, where that was asked.
        target: Option<Target>,
    },
}

/// The version that a device should run, and what decided so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The version.
    pub version: FirmwareVersion,
    /// What decided so.
    pub rule: Rule,
}

/// The rule that names the version a device should run (R-TGT-4, in this order).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// It is locked to it.
    Lock,
    /// It is the highest version released to a group that the device is in: this one.
    GroupRelease(GroupId),
    /// It is the product's release.
    Release,
    /// Nothing is released (R-TGT-1).
    NoRelease,
}

/// What keeps a device from getting anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Hold {
    /// It is shut out (R-IMP-10).
    Denied,
    /// It asks to join: it waits to be let in, or it was turned away (R-IMP-9).
    Quarantined {
        /// Whether the quarantine is full: then it does not wait, and nothing is kept of it.
        #[serde(default)]
        full: bool,
    },
    /// Its hardware is not the product's (R-IMP-12).
    OtherPlatform {
        /// The product's.
        product: Platform,
        /// The device's, where it is known.
        device: Option<Platform>,
    },
    /// It is a development device (R-IMP-11).
    Development,
    /// The product forbids going back from the version that it reports (R-TGT-4).
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
    /// The revision of its chip is not one that the image runs on (R-TGT-14). All three are 100 × major + minor.
    ChipRevision {
        /// The device's.
        chip_revision: u16,
        /// The least that the image runs on; none: any.
        min_chip_revision: Option<u16>,
        /// The last that the image runs on; none: any.
        max_chip_revision: Option<u16>,
    },
    /// Its system version is not one that the firmware runs on (R-TGT-14).
    SystemVersion {
        /// What the firmware requires.
        requires: semver::VersionReq,
        /// What the device reported; none: nothing.
        reported: Option<SystemVersion>,
    },
    /// It takes no updates now, and nobody forces it (R-TGT-9).
    TakesNoUpdates,
    /// It reported other versions again and again right after its update had succeeded: two devices seem to have its id.
    /// A person's `force`, or another target, sends it updates again.
    TwoDevices,
    /// The account of the product's owner is locked, and the platform holds the devices of such (R-PAY-5).
    OwnerLocked {
        /// Since when.
        since: Timestamp,
    },
    /// It is in no product and asks for none: a personal device (R-PRD-6).
    Personal,
    /// It reports a product that does not exist (R-TGT-16).
    UnknownProduct,
    /// Its report is older than one that was seen before: nothing was changed (R-TGT-17).
    StaleReport,
}

/// What a device is told to run (R-IMG-9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Directive {
    /// The device.
    pub device: DeviceId,
    /// The product that the firmware is of.
    pub product: ProductId,
    /// The version to run.
    pub version: FirmwareVersion,
    /// The file's size in bytes.
    pub size: u64,
    /// The file's SHA-256: the host keeps the file under it.
    pub sha256: Sha256,
    /// What kind of image it is.
    pub format: ImageFormat,
    /// The image's security counter.
    pub security_counter: u32,
    /// Grows with each new directive for this device; the same for the same directive given out again.
    pub sequence: u32,
}

/// What targeting decides, before it is made an [`Answer`] for a device.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision<'f> {
    /// It runs what it should, or nothing is asked of it.
    UpToDate {
        /// What decided so.
        rule: Rule,
        /// What it would get, or be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
        /// Right version, another image (R-TGT-5).
        image_differs: bool,
    },
    /// It is to be sent a firmware.
    Send {
        /// Which.
        firmware: &'f Firmware,
        /// What decided so.
        rule: Rule,
        /// What it would get, or be right to run, without that rule.
        kept_back: Option<FirmwareVersion>,
    },
    /// It gets nothing.
    Held {
        /// What holds it.
        hold: Hold,
        /// What it should run, where that was asked.
        target: Option<Target>,
    },
}

/// Decides which firmware a device gets, by its row and what that holds of its last report (R-TGT-4, 5, 9, 14, 15).
/// `owner_locked` is the moment since which the owner's account is locked, where the platform then holds the owner's devices
/// (R-PAY-5).
///
/// Total: every device of every product has exactly one decision. The order: standing, hardware, development mark,
/// lock, the highest release among the device's groups, the product's release. Then, if a version other than the
/// reported one results, what may keep it back: the chip's revision, a forbidden downgrade, the security counter, the system version, the
/// device's own word, the owner's account. Connects, explanations and dry runs all ask this function, so they agree.
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
    let ground = Ground { product, index, owner_locked, device };
    let Some(target) = ground.target(Step::Lock) else {
        return Decision::UpToDate { rule: Rule::NoRelease, kept_back: None, image_differs: false };
    };
    let Target { version, rule } = target;
    let kept_back = || ground.kept_back(target);
    match ground.way_to(version) {
        Way::Runs => {
            let image_differs = matches!(device.seen, Some(seen) if seen.image == ImageSeen::Differs);
            Decision::UpToDate { rule, kept_back: kept_back(), image_differs }
        }
        // A version that is targeted is never deleted (R-IMG-7), so the index has it.
        Way::Missing => Decision::UpToDate { rule: Rule::NoRelease, kept_back: Some(version), image_differs: false },
        Way::Held(hold) => Decision::Held { hold, target: Some(target) },
        Way::Open(firmware) => Decision::Send { firmware, rule, kept_back: kept_back() },
    }
}

/// The steps by which a target is looked for, in this order (R-TGT-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Lock,
    Groups,
    Release,
}

/// What stands between a device and a version.
enum Way<'f> {
    /// It reports that version.
    Runs,
    /// The product has no such firmware.
    Missing,
    Held(Hold),
    Open(&'f Firmware),
}

struct Ground<'g, 'f> {
    product: &'g Product,
    index: &'f FirmwareIndex,
    owner_locked: Option<Timestamp>,
    device: &'g Device,
}

impl<'f> Ground<'_, 'f> {
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

    /// What the device would get, or would be right to run, if the rule that named its target did not exist (R-TGT-6).
    fn kept_back(&self, target: Target) -> Option<FirmwareVersion> {
        let next = match target.rule {
            Rule::Lock => Step::Groups,
            Rule::GroupRelease(_) => Step::Release,
            Rule::Release | Rule::NoRelease => return None,
        };
        let other = self.target(next).filter(|other| other.version != target.version)?;
        matches!(self.way_to(other.version), Way::Runs | Way::Open(_)).then_some(other.version)
    }

    fn way_to(&self, version: FirmwareVersion) -> Way<'f> {
        if self.device.version() == Some(version.get()) {
            return Way::Runs;
        }
        match self.index.get(version) {
            None => Way::Missing,
            Some(firmware) => self.hold(firmware).map_or(Way::Open(firmware), Way::Held),
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

/// Whether a version is what a device should run as things stand, be it held or not.
pub(crate) fn wants(product: &Product, index: &FirmwareIndex, device: &Device, version: FirmwareVersion) -> bool {
    match decide(product, index, None, device) {
        Decision::Send { firmware, .. } => firmware.version == version,
        Decision::Held { target, .. } => target.is_some_and(|target| target.version == version),
        Decision::UpToDate { rule, .. } => rule != Rule::NoRelease && device.version() == Some(version.get()),
    }
}

impl Answer {
    /// The same, naming the device's hardware where that is what holds it.
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
    /// The rule's number and name.
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
    /// The rule's number.
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

/// What to do with a device of other hardware than its product's: two ways, for one of both facts is wrong.
const OTHER_HARDWARE: &str =
    "import it into a product of its hardware, or have an operator correct what is known of it";

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => f.write_str("it was denied; import it to let it in"),
            Self::Quarantined { full: false } => f.write_str("it asks to join and waits for the team's approval"),
            Self::OtherPlatform { product, device: Some(device) } => {
                write!(f, "its hardware is {device}, the product's is {product}; {OTHER_HARDWARE}")
            }
            Self::OtherPlatform { product, device: None } => {
                write!(f, "its hardware is not the product's {product}; {OTHER_HARDWARE}")
            }
            Self::Development => {
                f.write_str("a development device is never updated over the air; take its mark away first")
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
                let spelt = |revision: u16| format!("{}.{}", revision / 100, revision % 100);
                write!(f, "its chip has revision {}, and the image runs on ", spelt(*chip_revision))?;
                match (min_chip_revision, max_chip_revision) {
                    (Some(least), Some(last)) => write!(f, "{} to {}", spelt(*least), spelt(*last)),
                    (Some(least), None) => write!(f, "{} and later", spelt(*least)),
                    (None, Some(last)) => write!(f, "{} and earlier", spelt(*last)),
                    (None, None) => f.write_str("any"),
                }
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
                "two devices under one id? It went back to another version right after its update, again and again; \
                 look for a copied id, or force the update",
            ),
            Self::Quarantined { full: true } => f.write_str(
                "it asks to join, but the quarantine is full; approve or deny devices that wait, or raise its limit",
            ),
            Self::OwnerLocked { since } => write!(
                f,
                "the account of the product's owner is locked since {since}; its bills must be paid, or an operator unlocks it"
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
