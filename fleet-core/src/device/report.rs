//! A device's report at connect, and the changes that it makes to the device's row. Pure.

use super::record::confirmed;
use super::trail::{Mark, ReportOrder, Trail};
use super::{
    Device, DeviceId, ImageSeen, PlatformSeen, Seen, SystemVersion, UpdateAttempt, UpdateOutcome, UpdateResult,
};
use crate::firmware::{Firmware, FirmwareIndex, FirmwareVersion, Sha256, wants};
use crate::product::{Platform, Product, ProductId};
use crate::time::Timestamp;
use std::time::Duration;

/// A device that reports another version within this time after a successful update has relapsed.
const RELAPSE: Duration = Duration::from_secs(24 * 3600);

/// A device's report at connect, as its gateway forwards it. The core records its values and trusts none of them.
///
/// A gateway that holds a value as an `Option` assigns it to the field.
///
/// ```
/// use fleet_core::device::Report;
///
/// let device = "55ff6d04498b49a1b2c3d4e5".parse()?;
/// let report = Report::new(device).product(94).version(1).session(7);
/// assert_eq!((report.version, report.takes_updates, report.at), (Some(1), true, None));
/// # Ok::<(), fleet_core::MalformedDeviceId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The device.
    pub device: DeviceId,
    /// The product id in its firmware. `None`, 0 and 65535 name no product; neither does a Particle platform's own id,
    /// unless a product of that number has the device.
    pub product: Option<u32>,
    /// The version in its firmware. `None`, 0 and 65535 mean no version.
    pub version: Option<u16>,
    /// The hash of its image: the file's SHA-256, or a hash that the image contains.
    pub image: Option<Sha256>,
    /// Its hardware.
    pub platform: Option<Platform>,
    /// Its system's version.
    pub system: Option<SystemVersion>,
    /// The security counter that it has stored. `None` and 4294967295 mean that none is set.
    pub security_counter: Option<u32>,
    /// The revision of its chip, 100 × major + minor (R-TGT-14). `None` and 65535 mean that the device does not report
    /// it.
    pub chip_revision: Option<u16>,
    /// Whether it accepts updates now (R-TGT-9). Default: yes.
    pub takes_updates: bool,
    /// The gateway's session number, which increases for each device. 0 means that the gateway does not number
    /// sessions.
    pub session: u64,
    /// When it connected. A moment after the gateway's `now` counts as `now`. A report with neither session nor moment
    /// is *live*: it is the newest because it arrives last, and sending it twice counts as two connections (R-TGT-17).
    /// A gateway that may report one connect twice must therefore give a session or a moment.
    pub at: Option<Timestamp>,
}

/// The effect of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Observed {
    /// It is older than the row's data: nothing changed (R-TGT-17).
    Stale,
    /// The row now contains it.
    Recorded {
        /// How the update under way ended, if this report ended it.
        outcome: Option<UpdateOutcome>,
        /// Whether the same connection was reported before.
        repeated: bool,
    },
}

impl Report {
    /// A report with no data about the device. It is live until it gets a [session](Self::session) or a
    /// [moment](Self::at).
    pub fn new(device: DeviceId) -> Self {
        Self {
            device,
            product: None,
            version: None,
            image: None,
            platform: None,
            system: None,
            security_counter: None,
            chip_revision: None,
            takes_updates: true,
            session: 0,
            at: None,
        }
    }

    /// Sets the product id in its firmware.
    #[must_use]
    pub fn product(self, product: u32) -> Self {
        Self { product: Some(product), ..self }
    }

    /// Sets the version in its firmware.
    #[must_use]
    pub fn version(self, version: u16) -> Self {
        Self { version: Some(version), ..self }
    }

    /// Sets the hash of its image.
    #[must_use]
    pub fn image(self, image: Sha256) -> Self {
        Self { image: Some(image), ..self }
    }

    /// Sets its hardware.
    #[must_use]
    pub fn platform(self, platform: Platform) -> Self {
        Self { platform: Some(platform), ..self }
    }

    /// Sets its system's version.
    #[must_use]
    pub fn system(self, system: SystemVersion) -> Self {
        Self { system: Some(system), ..self }
    }

    /// Sets the security counter that it has stored.
    #[must_use]
    pub fn security_counter(self, security_counter: u32) -> Self {
        Self { security_counter: Some(security_counter), ..self }
    }

    /// Sets the revision of its chip.
    #[must_use]
    pub fn chip_revision(self, chip_revision: u16) -> Self {
        Self { chip_revision: Some(chip_revision), ..self }
    }

    /// Says that it accepts no updates now.
    #[must_use]
    pub fn refuses_updates(self) -> Self {
        Self { takes_updates: false, ..self }
    }

    /// Sets the gateway's session number.
    #[must_use]
    pub fn session(self, session: u64) -> Self {
        Self { session, ..self }
    }

    /// Sets when it connected; `None` means live.
    #[must_use]
    pub fn at(self, at: impl Into<Option<Timestamp>>) -> Self {
        Self { at: at.into(), ..self }
    }

    /// The product that it names, without a check whether the id is a platform's.
    pub(crate) fn names(&self) -> Option<ProductId> {
        ProductId::new(self.product?).ok()
    }

    /// Whether the product id is that of the device's platform, as firmware without a product of its own has it.
    pub(crate) fn names_its_platform(&self, known: Option<&Platform>) -> bool {
        let platform = self.platform.as_ref().or(known);
        matches!((platform, self.product), (Some(Platform::Particle(id)), Some(product)) if u32::from(*id) == product)
    }
}

/// Records a report in a device's row (R-TGT-5, 7, 15, 16, 17).
///
/// A device that is back in a *new* session on its old version has failed the update it was sent. A repeated report of
/// the same session does not count as another attempt.
pub(crate) fn observe(
    device: &mut Device,
    report: &Report,
    product: &Product,
    index: &FirmwareIndex,
    now: Timestamp,
) -> Observed {
    let order = ReportOrder::new(report.session, report.at, now, product.policy.clock_tolerance);
    if device.is_stale(&order) {
        return Observed::Stale;
    }
    let repeated = device.is_repeated(&order);
    let version = report.version.filter(|version| FirmwareVersion::new(u32::from(*version)).is_ok());
    let before = device.seen;
    let at = match before {
        // A repeated report without a moment keeps the moment of the first.
        Some(seen) if repeated && report.at.is_none() => seen.at,
        _ => order.moment(),
    };
    let firmware = index.reported(version);
    let image = match (firmware, report.image) {
        (Some(firmware), Some(hash)) if firmware.image.is(hash) => ImageSeen::Matches,
        (Some(_), Some(_)) => ImageSeen::Differs,
        _ => ImageSeen::Unknown,
    };
    // A report without a moment arrives after the upload of the version that it runs, whatever the two clocks show.
    let uploaded_at = firmware.filter(|_| report.at.is_none()).map(|firmware| firmware.uploaded_at);
    let uploaded_at = uploaded_at.filter(|at| !at.is_of_another_clock(now));
    let since = version_since(before, version, image, &order).unwrap_or(at);
    let version_since = uploaded_at.map_or(since, |at| at.max(since));
    if let Some(platform) = &report.platform {
        device.set_platform(if *platform == product.platform { PlatformSeen::Matches } else { PlatformSeen::Differs });
    }
    let online = begin_connection(device, report, &order, repeated);
    device.seen = Some(Seen {
        at,
        session: report.session,
        version_since,
        version,
        image,
        platform: device.platform(),
        takes_updates: report.takes_updates,
        online,
    });
    record_hardware(device, report, firmware.filter(|_| image != ImageSeen::Differs));
    count_relapse(device, before, version, at);
    let wanted = device.attempt.is_none_or(|attempt| wants(product, index, device, attempt.target));
    let outcome = finish(device, version, at, repeated, wanted);
    forgive(device, product, index);
    Observed::Recorded { outcome, repeated }
}

/// Puts a report into the order of the device's connections. Returns whether the device is online.
fn begin_connection(device: &mut Device, report: &Report, order: &ReportOrder, repeated: bool) -> bool {
    let before = device.seen;
    let Trail { newest, ended } = device.trail.get();
    let has_ended = order.is_at_or_before(ended);
    let online = !has_ended && before.filter(|_| repeated).is_none_or(|seen| seen.online);
    // Keeps the known positions of other connections, unless this report comes after them by the same measure: session
    // number or moment.
    let known =
        [newest.session(), before.map_or(0, |seen| seen.session), ended.session()].into_iter().max().unwrap_or(0);
    let newest = Mark::new(if report.session == 0 { known } else { 0 }, None);
    device.trail = Trail { newest, ended: if online { Mark::NONE } else { ended } }.into();
    online
}

/// Since when the device has run what it reports, if it ran that before. A soak belongs to an image (R-TGT-2): another
/// image under the same version starts a new soak. A start that a clock far ahead wrote is ignored.
fn version_since(
    before: Option<Seen>,
    version: Option<u16>,
    image: ImageSeen,
    order: &ReportOrder,
) -> Option<Timestamp> {
    let differs = |image| image == ImageSeen::Differs;
    let same = before.filter(|seen| seen.version == version && differs(seen.image) == differs(image));
    same.map(|seen| seen.version_since).filter(|since| !order.is_far_behind(*since))
}

/// Records the device's system, chip revision and security counter. `runs` is the firmware that it probably runs.
fn record_hardware(device: &mut Device, report: &Report, runs: Option<&Firmware>) {
    if report.system.is_some() {
        device.system.clone_from(&report.system);
    }
    if let Some(revision) = report.chip_revision.filter(|revision| *revision != u16::MAX) {
        device.chip_revision = Some(revision);
    }
    let carried = runs.map_or(0, |firmware| firmware.image.security_counter);
    let counters = [device.security_counter, carried, report.security_counter.unwrap_or(0)];
    device.security_counter = counters.into_iter().map(confirmed).max().unwrap_or(0);
}

/// Counts a relapse: the device reports another version soon after its update succeeded.
fn count_relapse(device: &mut Device, before: Option<Seen>, version: Option<u16>, at: Timestamp) {
    let succeeded = device.outcome.filter(|outcome| outcome.result == UpdateResult::Succeeded);
    if let (Some(before), Some(UpdateOutcome { target, .. }), None) = (before, succeeded, device.attempt)
        && before.version == Some(target.get())
        && version != before.version
    {
        let is_soon = at.since(before.version_since) <= RELAPSE;
        device.relapses = if is_soon { device.relapses.saturating_add(1) } else { 1 };
    }
}

/// Ends the update under way, if the report ends it. An update that was given up still succeeds when the device reports
/// its target: only the device's own report decides, for a failure as for a success (R-TGT-7).
fn finish(
    device: &mut Device,
    version: Option<u16>,
    at: Timestamp,
    repeated: bool,
    wanted: bool,
) -> Option<UpdateOutcome> {
    let Some(UpdateAttempt { target, from, .. }) = device.attempt else {
        let given_up = device.outcome.filter(|outcome| outcome.result != UpdateResult::Succeeded)?;
        return (version == Some(given_up.target.get()))
            .then(|| end(device, given_up.target, UpdateResult::Succeeded, at));
    };
    let result = if version == Some(target.get()) {
        UpdateResult::Succeeded
    } else if !wanted {
        UpdateResult::Withdrawn
    } else if version == from {
        if repeated {
            return None;
        }
        UpdateResult::Failed
    } else {
        UpdateResult::RunsAnother
    };
    end_attempt(device, result, at)
}

/// Ends an unwanted update as withdrawn, and forgets failures on a version that is no longer wanted.
pub(crate) fn withdraw(device: &mut Device, product: &Product, index: &FirmwareIndex, at: Timestamp) {
    if device.attempt.is_some_and(|attempt| !wants(product, index, device, attempt.target)) {
        end_attempt(device, UpdateResult::Withdrawn, at);
    }
    forgive(device, product, index);
}

/// Forgets failures on a version that the device should no longer run.
fn forgive(device: &mut Device, product: &Product, index: &FirmwareIndex) {
    if (device.failures > 0 || device.relapses > 0)
        && device.outcome.is_some_and(|outcome| !wants(product, index, device, outcome.target))
    {
        (device.failures, device.relapses) = (0, 0);
    }
}

/// Ends the update under way with a result.
pub(crate) fn end_attempt(device: &mut Device, result: UpdateResult, at: Timestamp) -> Option<UpdateOutcome> {
    let attempt = device.attempt.take()?;
    Some(end(device, attempt.target, result, at))
}

fn end(device: &mut Device, target: FirmwareVersion, result: UpdateResult, at: Timestamp) -> UpdateOutcome {
    match result {
        UpdateResult::Succeeded => (device.failures, device.forced) = (0, false),
        UpdateResult::Withdrawn => {}
        UpdateResult::Failed | UpdateResult::RunsAnother => device.failures = device.failures.saturating_add(1),
    }
    let outcome = UpdateOutcome { at, target, result };
    device.outcome = Some(outcome);
    outcome
}
