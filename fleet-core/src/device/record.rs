//! The stored records of a device: its entry in the registry, and its row in a product.
//!
//! Invariant: the registry names a product exactly when that product has a row for the device whose standing is
//! [`Standing::Member`]. One commit writes both, so the hot path needs to read only the row.

use super::trail::{Mark, ReportOrder, RowTrail, Trail};
use crate::Error;
use crate::firmware::FirmwareVersion;
use crate::product::{GroupId, Platform, ProductId};
use crate::team::Claimant;
use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The facts about a device that do not depend on its product; the guard record of "one product a device" (R-IMP-4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The product it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// The account or customer that claimed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<Claimant>,
    /// Its hardware, if the host registered it or the device reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Whether the host registered it: it is on a manufacturing list (R-IMP-12).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub registered: bool,
    /// The highest security counter that it confirmed in products it has left; a device does not forget its own
    /// (R-TGT-15).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub security_counter: u32,
    /// The number of the latest directive that it was sent in products it has left; numbering continues in the next
    /// product (R-IMG-9).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sequence: u32,
    /// The order of its connections while it is in no product; otherwise the product's row has it (R-TGT-17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<Box<Trail>>,
}

impl Registration {
    /// Copies the values that must never decrease into the row of a product that the device joins.
    pub(crate) fn hand_over(&mut self, row: &mut Device) {
        row.security_counter = confirmed(row.security_counter).max(confirmed(self.security_counter));
        row.sequence = row.sequence.max(self.sequence);
        if let Some(trail) = self.trail.take() {
            row.follow(*trail);
        }
    }

    /// Takes the values that must never decrease from the row of a product that the device leaves.
    pub(crate) fn take_over(&mut self, row: &Device) {
        self.security_counter = confirmed(self.security_counter).max(confirmed(row.security_counter));
        self.sequence = self.sequence.max(row.sequence);
        self.keep(row.whole_trail());
    }

    /// Stores the order of a device's connections while it is in no product.
    pub(crate) fn keep(&mut self, trail: Trail) {
        let trail = self.trail.as_deref().copied().unwrap_or_default().join(trail);
        self.trail = (!trail.is_empty()).then(|| Box::new(trail));
    }

    /// Copies the registry's knowledge of its hardware into its row of a product, so that the two agree.
    pub(crate) fn copy_platform(&self, row: &mut Device, product: &Platform) {
        if let Some(platform) = &self.platform {
            row.set_platform(if platform == product { PlatformSeen::Matches } else { PlatformSeen::Differs });
        }
    }
}

/// A security counter; all ones means that none is set, as 65535 does for versions.
pub(crate) fn confirmed(counter: u32) -> u32 {
    if counter == u32::MAX { 0 } else { counter }
}

/// Number of relapses after which two devices probably have the same id. In a relapse, a device reports an older
/// version again after it had reported an update's.
pub(crate) const RELAPSES: u8 = 3;

/// Whether a counter can be left out of the record.
pub(crate) fn is_zero<T: Default + PartialEq>(counter: &T) -> bool {
    *counter == T::default()
}

/// A device's row in a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Whether it is in the product, waits for approval, or is denied.
    pub standing: Standing,
    /// Whether it is a development device, which is never updated over the air (R-IMP-11).
    pub development: bool,
    /// Whether a person wants the next update sent although the device accepts none (R-TGT-9).
    pub forced: bool,
    /// Number of consecutive failed attempts on the present target (R-TGT-7).
    pub failures: u8,
    /// The version it is locked to (R-TGT-3).
    pub lock: Option<FirmwareVersion>,
    /// Number of update directives that it was sent; also the number of the latest (R-IMG-9).
    pub sequence: u32,
    /// The highest security counter that it confirmed, by reporting it or by running an image that has it (R-TGT-15).
    pub security_counter: u32,
    /// The latest system version that it reported, if any.
    pub system: Option<SystemVersion>,
    /// When it was added to the product, or first asked to join.
    pub added_at: Timestamp,
    /// Its latest report. `None` means that it has not connected since it was added.
    pub seen: Option<Seen>,
    /// The update that it was sent and that has not ended.
    pub attempt: Option<UpdateAttempt>,
    /// How its latest finished update ended.
    pub outcome: Option<UpdateOutcome>,
    /// Its name and groups.
    pub label: Option<Box<Label>>,
    /// The order of its connections beyond its latest report (R-TGT-17).
    #[serde(default, skip_serializing_if = "RowTrail::is_empty")]
    pub trail: RowTrail,
    /// Whether the hardware in the registry is the product's, as long as the device has not reported its hardware here.
    #[serde(default, skip_serializing_if = "PlatformSeen::is_unknown")]
    pub listed: PlatformSeen,
    /// Number of times that it reported another version within a day after it had succeeded on the present target. From
    /// 3 on, two devices probably have the same id: the device counts as failing and is sent nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub relapses: u8,
    /// The revision of its chip, 100 × major + minor, as reported. `None` means that it never reported one in this
    /// product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip_revision: Option<u16>,
}

/// Whether a device is in a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In the product.
    Member,
    /// It asked to join and waits for a person's decision (R-IMP-9): it gets no firmware, and its events are not
    /// forwarded.
    Quarantined,
    /// It may not ask again until it is undenied (R-IMP-10).
    Denied,
}

/// A device's latest report, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// When it connected.
    pub at: Timestamp,
    /// The gateway's session number; 0 if the gateway gives none.
    pub session: u64,
    /// Since when it has reported this version with the same image.
    pub version_since: Timestamp,
    /// The version that it reported, uploaded or not. `None` means that it reported none (R-TGT-16).
    pub version: Option<u16>,
    /// Whether the reported hash is that of the uploaded image (R-TGT-5).
    pub image: ImageSeen,
    /// Whether its hardware is the product's (R-IMP-12).
    pub platform: PlatformSeen,
    /// Whether it accepts updates now (R-TGT-9).
    pub takes_updates: bool,
    /// Whether it is connected.
    pub online: bool,
}

/// The result of comparing the hash in a report with the uploaded image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSeen {
    /// It reported no hash, or its version was never uploaded.
    Unknown,
    /// It reported the hash of the image that was uploaded under its version.
    Matches,
    /// It reported another hash: the version is right, but the image differs.
    Differs,
}

/// The result of comparing a device's hardware with its product's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformSeen {
    /// The hardware is unknown.
    #[default]
    Unknown,
    /// The hardware is the product's.
    Matches,
    /// The hardware is not the product's: the device is held.
    Differs,
}

impl PlatformSeen {
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// An update under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateAttempt {
    /// When the directive was issued.
    pub at: Timestamp,
    /// The version to run.
    pub target: FirmwareVersion,
    /// The version it ran before.
    pub from: Option<u16>,
    /// The progress of the update, as reported by whatever carries it out: never a success (R-TGT-7).
    pub progress: Progress,
}

/// The progress of an update, as the gateway or the device reports it before the device reconnects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// The directive was issued.
    Offered,
    /// The image is being sent.
    Downloading,
    /// The image is on the device, which will restart.
    Downloaded,
}

/// How an update ended, by the device's own report afterwards (R-TGT-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateOutcome {
    /// When it ended.
    pub at: Timestamp,
    /// The version that the device was to run.
    pub target: FirmwareVersion,
    /// The result.
    pub result: UpdateResult,
}

/// The result of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UpdateResult {
    /// The device reported the version that it was sent.
    Succeeded,
    /// The device came back on its old version, or the update was reported as failed.
    Failed,
    /// The device reported a version that is neither the old one nor the one it was sent.
    RunsAnother,
    /// The version was no longer wanted on the device before the device reconnected; this is not a failure.
    Withdrawn,
}

/// A device's name and groups, as people assigned them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Label {
    /// Its name; empty if it has none.
    pub name: Box<str>,
    /// The groups it is in.
    pub groups: BTreeSet<GroupId>,
}

impl Seen {
    /// Its position in the order of the device's connections.
    pub(crate) fn mark(&self) -> Mark {
        Mark::new(self.session, Some(self.at))
    }
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
            trail: RowTrail::default(),
            listed: PlatformSeen::Unknown,
            relapses: 0,
            chip_revision: None,
        }
    }

    /// Whether it is connected.
    pub fn is_online(&self) -> bool {
        self.seen.is_some_and(|seen| seen.online)
    }

    /// The version that it reported last. 0 and 65535, which firmware without a version has, count as none.
    pub fn version(&self) -> Option<u16> {
        self.seen.and_then(|seen| seen.version).filter(|version| FirmwareVersion::new(u32::from(*version)).is_ok())
    }

    /// Whether its latest attempts failed, or two devices seem to share its id.
    pub fn is_failing(&self) -> bool {
        self.failures > 0 || self.relapses >= RELAPSES
    }

    /// Whether its hardware is the product's.
    pub fn platform(&self) -> PlatformSeen {
        match self.seen {
            Some(seen) if seen.platform != PlatformSeen::Unknown => seen.platform,
            _ => self.listed,
        }
    }

    /// Records whether its hardware is the product's.
    pub(crate) fn set_platform(&mut self, platform: PlatformSeen) {
        self.listed = platform;
        if let Some(seen) = &mut self.seen {
            seen.platform = platform;
        }
    }

    /// Whether a report is older than the row's data (R-TGT-17).
    pub(crate) fn is_stale(&self, order: &ReportOrder) -> bool {
        order.is_at_or_before(self.trail.get().newest) || self.seen.is_some_and(|seen| order.is_before(seen.mark()))
    }

    /// Whether a report that is not stale belongs to the same connection as the row's latest report.
    pub(crate) fn is_repeated(&self, order: &ReportOrder) -> bool {
        self.seen.is_some_and(|seen| order.is_of(seen.mark()))
    }

    /// Ends the given connection, unless it is older than the present one.
    pub(crate) fn end_connection(&mut self, order: &ReportOrder) {
        let is_older = self.seen.is_some_and(|seen| match (order.session, seen.session) {
            (ended, present) if ended != 0 && present != 0 => ended < present,
            _ => order.is_before(seen.mark()),
        });
        let mut trail = self.trail.get();
        if is_older || order.is_at_or_before(trail.newest) {
            return;
        }
        let session = if order.session != 0 { order.session } else { self.whole_trail().newest.session() };
        let before = trail.ended;
        trail.ended = Mark::new(session.max(before.session()), Some(order.later(before)));
        self.trail = trail.into();
        if let Some(seen) = &mut self.seen {
            seen.online = false;
        }
    }

    /// The whole order of its connections, including its latest report.
    pub(crate) fn whole_trail(&self) -> Trail {
        let Trail { newest, ended } = self.trail.get();
        let Some(seen) = self.seen else { return self.trail.get() };
        let newest = Mark::new(newest.session().max(seen.session), newest.at().or(Some(seen.at)));
        // Rows of earlier versions record only that the connection has ended.
        let ended = if !seen.online && ended == Mark::NONE { seen.mark() } else { ended };
        Trail { newest, ended }
    }

    /// Merges what is known of the device's connections elsewhere.
    pub(crate) fn follow(&mut self, elsewhere: Trail) {
        let joined = self.trail.get().join(elsewhere);
        let newest = self.seen.map_or(joined.newest, |seen| joined.newest.beyond(seen.mark()));
        self.trail = Trail { newest, ended: joined.ended }.into();
    }

    /// Records that the device connected elsewhere: it is no longer online here, and no earlier report sets it online
    /// again.
    pub(crate) fn leave_connection(&mut self, elsewhere: Trail) {
        self.follow(elsewhere);
        if let Some(seen) = &mut self.seen {
            seen.online = false;
        }
    }

    /// Its name; empty if it has none.
    pub fn name(&self) -> &str {
        self.label.as_ref().map_or("", |label| &label.name)
    }

    /// The groups it is in, in order of their numbers.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> {
        self.label.iter().flat_map(|label| label.groups.iter().copied())
    }

    /// Changes the label. An empty label is not stored.
    pub(crate) fn relabel(&mut self, change: impl FnOnce(&mut Label)) {
        let mut label = self.label.take().unwrap_or_default();
        change(&mut label);
        self.label = (*label != Label::default()).then_some(label);
    }
}

/// The version of a device's system software, as the device reports it: a semantic version, or any other text of at
/// most 64 bytes, which is stored unchanged and meets no requirement (R-TGT-14). The build metadata of a semantic
/// version is dropped, because it does not affect the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemVersion(Repr);

/// Most versions need no allocation; other texts are behind one thin pointer, which keeps a row short.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Repr {
    Numbers([u16; 3], semver::Prerelease),
    #[expect(clippy::box_collection, reason = "a thin pointer keeps a device's row short")]
    Text(Box<String>),
}

impl SystemVersion {
    /// The longest that is stored, in bytes.
    pub const MAX_LEN: usize = 64;

    /// Converts to a [`semver::Version`]; `None` if it is not a semantic version.
    pub fn to_semver(&self) -> Option<semver::Version> {
        match &self.0 {
            Repr::Numbers(numbers, pre) => {
                let [major, minor, patch] = numbers.map(u64::from);
                Some(semver::Version { major, minor, patch, pre: pre.clone(), build: semver::BuildMetadata::EMPTY })
            }
            Repr::Text(text) => semver::Version::parse(text).ok(),
        }
    }

    /// Whether a requirement allows it (R-TGT-14), by the precedence of semantic versions: a pre-release is below its
    /// release and above every earlier version. `^`, `~` and `*` end before the pre-releases of the next version.
    ///
    /// ```
    /// use fleet_core::device::SystemVersion;
    ///
    /// let reported: SystemVersion = "2.0.0-rc.1".parse()?;
    /// assert!(reported.meets(&">=1.5.2".parse().unwrap()) && !reported.meets(&"^1.5.2".parse().unwrap()));
    /// assert!(!"v5.0".parse::<SystemVersion>()?.meets(&"*".parse().unwrap()));
    /// # Ok::<(), fleet_core::Error>(())
    /// ```
    pub fn meets(&self, required: &semver::VersionReq) -> bool {
        let Some(version) = self.to_semver() else { return false };
        required.comparators.iter().all(|comparator| meets(&version, comparator))
    }
}

/// Whether a comparator allows a version, by precedence.
fn meets(version: &semver::Version, comparator: &semver::Comparator) -> bool {
    use semver::Op;
    let semver::Comparator { op, major, minor, patch, pre } = comparator;
    let lowest = semver::Version {
        major: *major,
        minor: minor.unwrap_or(0),
        patch: patch.unwrap_or(0),
        pre: pre.clone(),
        build: semver::BuildMetadata::EMPTY,
    };
    let (is_lowest_or_above, is_exact) = (version.cmp_precedence(&lowest).is_ge(), patch.is_some());
    // Whether the numbers that the comparator names are the same. 1.6.0-rc.1 does not begin with 1.5.
    let begins_alike = version.major == *major
        && minor.is_none_or(|minor| version.minor == minor)
        && patch.is_none_or(|patch| version.patch == patch);
    match op {
        Op::Exact if is_exact => version.cmp_precedence(&lowest).is_eq(),
        Op::Exact | Op::Wildcard => is_lowest_or_above && begins_alike,
        Op::Greater if is_exact => version.cmp_precedence(&lowest).is_gt(),
        Op::Greater => is_lowest_or_above && !begins_alike,
        Op::GreaterEq => is_lowest_or_above,
        Op::Less => !is_lowest_or_above,
        Op::LessEq if is_exact => version.cmp_precedence(&lowest).is_le(),
        Op::LessEq => !is_lowest_or_above || begins_alike,
        Op::Tilde => is_lowest_or_above && version.major == *major && minor.is_none_or(|minor| version.minor == minor),
        Op::Caret => {
            // The first number that is not 0 must be equal; if all are 0, the last one named.
            let same_minor = minor.is_none_or(|minor| version.minor == minor);
            let same_patch = patch.is_none_or(|patch| version.patch == patch);
            is_lowest_or_above
                && version.major == *major
                && (*major > 0 || (same_minor && (minor.is_none_or(|minor| minor > 0) || same_patch)))
        }
        _ => false,
    }
}

impl From<semver::Version> for SystemVersion {
    fn from(version: semver::Version) -> Self {
        let small = |number| u16::try_from(number).ok();
        match (small(version.major), small(version.minor), small(version.patch)) {
            (Some(major), Some(minor), Some(patch)) => Self(Repr::Numbers([major, minor, patch], version.pre)),
            _ => {
                let build = semver::BuildMetadata::EMPTY;
                Self(Repr::Text(Box::new(semver::Version { build, ..version }.to_string())))
            }
        }
    }
}

impl FromStr for SystemVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (text, most) = (text.trim_matches(|c: char| c.is_whitespace() || c == '\0'), Self::MAX_LEN);
        if text.len() > most {
            return Err(Error::invalid(
                "system version",
                format!("has {} bytes, more than {most}: shorten it", text.len()),
            ));
        }
        if text.is_empty() || text.chars().any(char::is_control) {
            let problem = "is empty or has control characters in it; leave it out if the device has none";
            return Err(Error::invalid("system version", problem));
        }
        Ok(match semver::Version::parse(text) {
            Ok(version) => version.into(),
            Err(_) => Self(Repr::Text(Box::new(text.to_owned()))),
        })
    }
}

impl fmt::Display for SystemVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0, self.to_semver()) {
            (Repr::Text(text), _) => f.write_str(text),
            (Repr::Numbers(..), Some(version)) => version.fmt(f),
            (Repr::Numbers(..), None) => Ok(()),
        }
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
    fn a_device_takes_128_bytes() {
        assert_eq!(size_of::<Device>(), 128);
        assert!(size_of::<Registration>() <= 64, "{}", size_of::<Registration>());
    }

    #[test]
    fn a_system_version_round_trips() {
        let longest = "9".repeat(SystemVersion::MAX_LEN);
        let texts = ["0.0.0", "1.5.2", "65535.65535.65535", "2.0.0-rc.1", "5.0.0-a.very.long.prerelease.name.12"];
        for text in
            texts.into_iter().chain(["1", "1.5", "65536.0.0", "v5.0-2022-12-01", "1.2.3-", "Linux 6.1 #1", &longest])
        {
            let version: SystemVersion = text.parse().unwrap();
            assert_eq!(version.to_string(), text);
            let stored = serde_json::to_string(&version).unwrap();
            assert_eq!(serde_json::from_str::<SystemVersion>(&stored).unwrap(), version);
        }
        assert_eq!("1.2.3+build".parse::<SystemVersion>().unwrap().to_string(), "1.2.3");
        assert_eq!(" v5.0\0".parse::<SystemVersion>().unwrap().to_string(), "v5.0");
        for text in ["", " ", "1.2\n3", &"9".repeat(65)] {
            assert_eq!(text.parse::<SystemVersion>().unwrap_err().code(), "invalid", "{text}");
        }
    }

    /// R-TGT-14.
    #[test]
    fn a_requirement_is_met_by_the_precedence_of_semantic_versions() {
        for (required, met, unmet) in [
            (">=1.5.2", &["1.5.2", "2.0.0-rc.1", "70000.0.0"][..], &["1.5.1", "1.5.2-rc.1", "v2.0.0", "2.0"][..]),
            ("*", &["0.0.0-a", "2.0.0-rc.1"], &["1.5", "main"]),
            ("<2.0.0", &["1.9.9", "2.0.0-rc.1"], &["2.0.0"]),
            (">1.5", &["1.6.0", "1.6.0-rc.1", "2.0.0-a"], &["1.5.0", "1.5.9"]),
            ("<=1.5", &["1.5.9", "1.4.0", "1.5.0-rc.1"], &["1.6.0", "1.6.0-rc.1"]),
            ("^1.5.2", &["1.5.2", "1.9.0-rc.1"], &["2.0.0-rc.1", "1.5.2-rc.1", "1.5.1"]),
            ("^0.3", &["0.3.0", "0.3.9"], &["0.4.0", "0.4.0-a"]),
            ("^0.0.3", &["0.0.3"], &["0.0.4", "0.0.4-a"]),
            ("~1.5.2", &["1.5.3-rc.1", "1.5.9"], &["1.6.0-a", "1.5.1"]),
            ("1.5.*", &["1.5.0", "1.5.9-a"], &["1.6.0-a"]),
            ("=1.5.2", &["1.5.2"], &["1.5.2-a", "1.5.3"]),
            (">=2.0.0-rc.1, <3.0.0", &["2.0.0-rc.1", "2.0.0", "3.0.0-a"], &["2.0.0-beta.1", "3.0.0"]),
        ] {
            let required_: semver::VersionReq = required.parse().unwrap();
            for (version, is_met) in met.iter().map(|v| (v, true)).chain(unmet.iter().map(|v| (v, false))) {
                let reported: SystemVersion = version.parse().unwrap();
                assert_eq!(reported.meets(&required_), is_met, "{version} for {required}");
            }
        }
    }
}
