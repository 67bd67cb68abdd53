//! What a device says of itself when it connects, and what that changes in its row: pure.

use super::{Attempt, Device, DeviceId, ImageSeen, Outcome, PlatformSeen, Seen, SystemVersion, UpdateResult};
use crate::firmware::{FirmwareIndex, FirmwareVersion, Sha256};
use crate::product::{Platform, Product, ProductId};
use crate::time::Timestamp;

/// What a device says of itself when it connects, as its gateway hands it on. Nothing in it is believed but recorded.
///
/// ```
/// use fleet_core::device::Report;
/// use fleet_core::Timestamp;
///
/// let at = Timestamp::from_millis(0);
/// let report = Report { product: Some(94), version: Some(1), ..Report::new("55ff6d04498b49a1b2c3d4e5".parse()?, at) };
/// # let _ = report;
/// # Ok::<(), fleet_core::MalformedDeviceId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The device.
    pub device: DeviceId,
    /// The product id in its firmware. None, 0, 65535, or a Particle platform's own id where no product has the device
    /// under it: it names no product.
    pub product: Option<u32>,
    /// The version in its firmware.
    pub version: Option<u16>,
    /// The hash of its image: the file's SHA-256, or one that the image carries.
    pub image: Option<Sha256>,
    /// Its hardware.
    pub platform: Option<Platform>,
    /// Its system's version.
    pub system: Option<SystemVersion>,
    /// The security counter that it has stored.
    pub security_counter: Option<u32>,
    /// Whether it takes updates now (R-TGT-9). Default: yes.
    pub takes_updates: bool,
    /// The gateway's number of the session, growing for each device; 0: the gateway numbers none, and `at` orders reports.
    pub session: u64,
    /// When it connected. A moment after the gateway's is taken as the gateway's.
    pub at: Timestamp,
}

/// What a report changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Observed {
    /// It is older than what the row holds: nothing changed (R-TGT-17).
    Stale,
    /// The row now holds it; an update may have ended by it.
    Taken(Option<Outcome>),
}

impl Report {
    /// A report of a device that says nothing of itself.
    pub fn new(device: DeviceId, at: Timestamp) -> Self {
        Self {
            device,
            product: None,
            version: None,
            image: None,
            platform: None,
            system: None,
            security_counter: None,
            takes_updates: true,
            session: 0,
            at,
        }
    }

    /// The product it names, before it is known whether the id is a platform's.
    pub(crate) fn names(&self) -> Option<ProductId> {
        ProductId::new(self.product?).ok()
    }

    /// Whether the product id is that of the device's platform: what firmware without a product of its own carries.
    pub(crate) fn names_its_platform(&self, known: Option<&Platform>) -> bool {
        let platform = self.platform.as_ref().or(known);
        matches!((platform, self.product), (Some(Platform::Particle(id)), Some(product)) if u32::from(*id) == product)
    }
}

/// Whether a report of this session and moment comes before what was seen (R-TGT-17): by the session's number where
/// both have one and they differ, else by time.
pub(crate) fn is_stale(seen: &Seen, session: u64, at: Timestamp) -> bool {
    if session != 0 && seen.session != 0 && session != seen.session { session < seen.session } else { at < seen.at }
}

/// Records a report in a device's row (R-TGT-5, 7, 15, 16, 17).
///
/// A device that is back in a *new* session on its old version has failed the update it was sent; the same session
/// told again is not a new try.
pub(crate) fn observe(
    device: &mut Device,
    report: &Report,
    product: &Product,
    index: &FirmwareIndex,
    now: Timestamp,
) -> Observed {
    let at = report.at.min(now);
    let before = device.seen;
    if before.is_some_and(|seen| is_stale(&seen, report.session, at)) {
        return Observed::Stale;
    }
    let told_again = before.is_some_and(|seen| {
        if report.session == 0 { seen.session == 0 && seen.at == at } else { seen.session == report.session }
    });
    let firmware = index.reported(report.version);
    let image = match (firmware, report.image) {
        (Some(firmware), Some(hash)) if firmware.image.is(hash) => ImageSeen::Matches,
        (Some(_), Some(_)) => ImageSeen::Differs,
        _ => ImageSeen::Unknown,
    };
    let platform = match &report.platform {
        Some(platform) if *platform == product.platform => PlatformSeen::Matches,
        Some(_) => PlatformSeen::Differs,
        None => before.map_or(PlatformSeen::Unknown, |seen| seen.platform),
    };
    let version_since = match before {
        // A soak is of the image (R-TGT-2): another image under the same version begins anew.
        Some(seen)
            if seen.version == report.version
                && (seen.image == ImageSeen::Differs) == (image == ImageSeen::Differs) =>
        {
            seen.version_since
        }
        _ => at,
    };
    device.seen = Some(Seen {
        at,
        session: report.session,
        version_since,
        version: report.version,
        image,
        platform,
        takes_updates: report.takes_updates,
        // The connect of a session that has ended, told again, does not bring it back.
        online: before.filter(|_| told_again).is_none_or(|seen| seen.online),
    });
    if report.system.is_some() {
        device.system.clone_from(&report.system);
    }
    let carried = match (firmware, image) {
        (Some(firmware), ImageSeen::Matches | ImageSeen::Unknown) => firmware.image.security_counter,
        _ => 0,
    };
    device.security_counter = device.security_counter.max(carried).max(report.security_counter.unwrap_or(0));
    Observed::Taken(finish(device, report.version, at, told_again))
}

/// Ends the update under way, if the report ends it. One that was given up succeeds after all where the device then
/// reports its target: the word of others is not enough, for a failure as for a success (R-TGT-7).
fn finish(device: &mut Device, version: Option<u16>, at: Timestamp, told_again: bool) -> Option<Outcome> {
    let Some(Attempt { target, from, .. }) = device.attempt else {
        let given_up = device.outcome.filter(|outcome| outcome.result != UpdateResult::Succeeded)?;
        return (version == Some(given_up.target.get()))
            .then(|| end(device, given_up.target, UpdateResult::Succeeded, at));
    };
    let result = if version == Some(target.get()) {
        UpdateResult::Succeeded
    } else if version == from {
        if told_again {
            return None;
        }
        UpdateResult::Failed
    } else {
        UpdateResult::RunsAnother
    };
    end_attempt(device, result, at)
}

/// Ends the update under way with a result.
pub(crate) fn end_attempt(device: &mut Device, result: UpdateResult, at: Timestamp) -> Option<Outcome> {
    let attempt = device.attempt.take()?;
    Some(end(device, attempt.target, result, at))
}

fn end(device: &mut Device, target: FirmwareVersion, result: UpdateResult, at: Timestamp) -> Outcome {
    if result == UpdateResult::Succeeded {
        device.failures = 0;
        device.forced = false;
    } else {
        device.failures = device.failures.saturating_add(1);
    }
    let outcome = Outcome { at, target, result };
    device.outcome = Some(outcome);
    outcome
}
