//! The door for gateways.

use super::{Answered, When, device_id, product_id, unsigned};
use crate::closable::{Begin, Begun, Entered, Opened};
use crate::macros::arguments;
use crate::shapes::{Connected, NewEvent, Published, UpdateProgress};
use crate::{Failure, Moment};
use fleet_core::customer::Secret;
use fleet_core::device::{self, Disconnect};
use fleet_core::{Sha256, Timestamp};

arguments! {
    /// What a device reports when it connects, as its gateway passes it on.
    pub struct Report {
        required {
            /// The device's id: 24 hexadecimal digits.
            device: String,
        }
        optional {
            /// The product id in its firmware.
            product: u32,
            /// The version in its firmware.
            version: u16,
            /// The hash of its image: the file's SHA-256, or one that the image carries.
            image: String,
            /// Its hardware.
            platform: String,
            /// Its system's version.
            system: String,
            /// The security counter that the device has stored.
            security_counter: u32,
            /// The chip's revision, 100 × major + minor.
            chip_revision: u32,
            /// Whether the device takes updates now. Default: yes.
            takes_updates: bool,
            /// The gateway's session number, which grows for each device. Absent or 0 if the gateway numbers no
            /// sessions.
            session: i64,
            /// When it connected. If both this and `session` are absent, the report is live: the last one received is
            /// the newest. Without either, a report sent twice counts as two connections, so a gateway that may repeat
            /// a connect sets one of them.
            reported_at: Moment,
        }
    }
}

impl Report {
    /// The report in the core's form.
    pub fn read(&self) -> Answered<device::Report> {
        let hash =
            |hash: &String| hash.parse::<Sha256>().map_err(|problem| Failure::invalid("image", problem.to_string()));
        let at = self.reported_at.map(|at| at.read("reported_at")).transpose()?;
        let mut report = device::Report::new(device_id(&self.device)?).at(at);
        report.product = self.product;
        report.version = self.version;
        report.image = self.image.as_ref().map(hash).transpose()?;
        report.platform = self.platform.as_deref().map(str::parse).transpose()?;
        report.system = self.system.as_deref().map(str::parse).transpose()?;
        report.security_counter = self.security_counter;
        report.chip_revision = self.chip_revision.map(chip_revision).transpose()?;
        report.takes_updates = self.takes_updates.unwrap_or(true);
        report.session = unsigned("session", self.session.unwrap_or(0))?;
        Ok(report)
    }
}

/// Checks a chip's revision for the core.
fn chip_revision(given: u32) -> Answered<u16> {
    u16::try_from(given).map_err(|_| {
        Failure::invalid("chip_revision", format!("{given} is out of range; write 100 × major + minor, at most 65535"))
    })
}

/// The door for devices. Cheap to clone and safe to share.
#[derive(Clone, Debug)]
pub struct Gateway {
    fleet: Opened,
    when: When,
}

impl Begin for Gateway {
    fn begin(&self) -> Answered<Begun> {
        self.fleet.begin()
    }
}

impl Gateway {
    pub(crate) fn new(fleet: &Opened, now: Option<Moment>) -> Self {
        Self { fleet: fleet.clone(), when: When(now) }
    }

    /// The moment of a call made now.
    pub fn now(&self) -> Answered<Timestamp> {
        self.when.now()
    }

    /// The core's own door, for a binding that keeps reports and decisions in the core's form.
    pub fn at(&self, now: Timestamp) -> Answered<Entered<'_, fleet_core::Gateway<'_>>> {
        self.fleet.enter(|fleet| fleet.gateway(now))
    }

    /// Records that a device connects. Returns what the device is to run, and why.
    pub fn connect(&self, report: &Report) -> Answered<Connected> {
        Ok((&self.at(self.now()?)?.connect(&report.read()?)?).into())
    }

    /// The same for many devices at once. The answers are in the order of the reports.
    pub fn connect_many(&self, reports: &[Report]) -> Answered<Vec<Connected>> {
        let reports = reports.iter().map(Report::read).collect::<Answered<Vec<_>>>()?;
        Ok(super::shapes(&self.at(self.now()?)?.connect_many(&reports)?))
    }

    /// Records that a device's connection ended. Without `session` and `ended_at`, this is the latest known connection.
    pub fn disconnect(
        &self,
        device: &str,
        product: Option<u32>,
        session: Option<i64>,
        ended_at: Option<Moment>,
    ) -> Answered<()> {
        let at = ended_at.map(|at| at.read("ended_at")).transpose()?;
        let mut end = Disconnect::new(device_id(device)?).session(unsigned("session", session.unwrap_or(0))?).at(at);
        end.product = product;
        Ok(self.at(self.now()?)?.disconnect(&end)?)
    }

    /// Reports the progress of the update with this directive's number. Returns whether it is the device's latest.
    pub fn report_update(&self, device: &str, product: u32, sequence: u32, progress: UpdateProgress) -> Answered<bool> {
        let (device, product) = (device_id(device)?, product_id(product)?);
        Ok(self.at(self.now()?)?.report_update(device, product, sequence, progress.into())?)
    }

    /// Publishes an event of a device: logs it and returns what is to be sent.
    pub fn publish(&self, event: &NewEvent) -> Answered<Published> {
        let now = self.now()?;
        Ok((&self.at(now)?.publish(&event.read(now)?)?).into())
    }

    /// The same for many events at once. The answers are in the order of the events.
    pub fn publish_many(&self, events: &[NewEvent]) -> Answered<Vec<Published>> {
        let now = self.now()?;
        let events = events.iter().map(|event| event.read(now)).collect::<Answered<Vec<_>>>()?;
        Ok(super::shapes(&self.at(now)?.publish_many(&events)?))
    }

    /// Presents the claim code that a customer gave to the device during setup.
    pub fn present_claim_code(&self, device: &str, code: &str) -> Answered<()> {
        Ok(self.at(self.now()?)?.present_claim_code(device_id(device)?, &Secret::claim_code(code)?)?)
    }
}
