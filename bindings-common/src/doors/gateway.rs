//! The gateway's door.

use super::{Answered, When, device_id, product_id, unsigned};
use crate::closable::{Begin, Begun, Entered, Opened};
use crate::macros::arguments;
use crate::shapes::{Connected, NewEvent, Published, UpdateProgress};
use crate::{Failure, Moment};
use fleet_core::customer::Secret;
use fleet_core::device::{self, Disconnect};
use fleet_core::{Sha256, Timestamp};

arguments! {
    /// What a device says of itself when it connects, as its gateway hands it on.
    pub struct Report {
        required {
            /// The device: 24 hexadecimal digits.
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
            /// The security counter that it has stored.
            security_counter: u32,
            /// The revision of its chip, 100 × major + minor.
            chip_revision: u32,
            /// Whether it takes updates now. Default: yes.
            takes_updates: bool,
            /// The gateway's number of the session, growing for each device; 0 or none: the gateway numbers none.
            session: i64,
            /// When it connected. Without it and without a session, the report is live: the newest because it is told last.
            /// Told twice it is two connections, so a gateway that may tell a connect twice gives one of the two.
            reported_at: Moment,
        }
    }
}

impl Report {
    /// The report as the core reads it.
    pub fn read(&self) -> Answered<device::Report> {
        let hash =
            |hash: &String| hash.parse::<Sha256>().map_err(|problem| Failure::invalid("image", problem.to_string()));
        let at = self.reported_at.map(|at| at.read("reported_at")).transpose()?;
        Ok(device::Report {
            product: self.product,
            version: self.version,
            image: self.image.as_ref().map(hash).transpose()?,
            platform: self.platform.as_deref().map(str::parse).transpose()?,
            system: self.system.as_deref().map(str::parse).transpose()?,
            security_counter: self.security_counter,
            chip_revision: self.chip_revision.map(chip_revision).transpose()?,
            takes_updates: self.takes_updates.unwrap_or(true),
            session: unsigned("session", self.session.unwrap_or(0))?,
            ..device::Report::new(device_id(&self.device)?, at)
        })
    }
}

/// A chip's revision, as the core reads it.
fn chip_revision(given: u32) -> Answered<u16> {
    u16::try_from(given).map_err(|_| {
        Failure::invalid("chip_revision", format!("{given} is out of range; it is 100 × major + minor, 65535 at most"))
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

    /// The moment of a call that is made now.
    pub fn now(&self) -> Answered<Timestamp> {
        self.when.now()
    }

    /// The core's own door, for a binding that keeps reports and answers in the core's own form.
    pub fn at(&self, now: Timestamp) -> Answered<Entered<'_, fleet_core::Gateway<'_>>> {
        self.fleet.enter(|fleet| fleet.gateway(now))
    }

    /// A device connects, says what it is and runs, and is told what to run and why.
    pub fn connect(&self, report: &Report) -> Answered<Connected> {
        Ok((&self.at(self.now()?)?.connect(&report.read()?)?).into())
    }

    /// The same for many at once; the answers are in the order of the reports.
    pub fn connect_many(&self, reports: &[Report]) -> Answered<Vec<Connected>> {
        let reports = reports.iter().map(Report::read).collect::<Answered<Vec<_>>>()?;
        Ok(super::shapes(&self.at(self.now()?)?.connect_many(&reports)?))
    }

    /// A device's connection ended. Without `session` and `ended_at`: the one that was told of last.
    pub fn disconnect(
        &self,
        device: &str,
        product: Option<u32>,
        session: Option<i64>,
        ended_at: Option<Moment>,
    ) -> Answered<()> {
        let at = ended_at.map(|at| at.read("ended_at")).transpose()?;
        let (device, session) = (device_id(device)?, unsigned("session", session.unwrap_or(0))?);
        Ok(self.at(self.now()?)?.disconnect(&Disconnect { device, product, session, at })?)
    }

    /// How the update with this directive's number fares; answers whether it is the device's latest.
    pub fn report_update(&self, device: &str, product: u32, sequence: u32, progress: UpdateProgress) -> Answered<bool> {
        let (device, product) = (device_id(device)?, product_id(product)?);
        Ok(self.at(self.now()?)?.report_update(device, product, sequence, progress.into())?)
    }

    /// A device publishes an event: it is logged, and what is to be sent is answered.
    pub fn publish(&self, event: &NewEvent) -> Answered<Published> {
        let now = self.now()?;
        Ok((&self.at(now)?.publish(&event.read(now)?)?).into())
    }

    /// The same for many at once; the answers are in the order of the events.
    pub fn publish_many(&self, events: &[NewEvent]) -> Answered<Vec<Published>> {
        let now = self.now()?;
        let events = events.iter().map(|event| event.read(now)).collect::<Answered<Vec<_>>>()?;
        Ok(super::shapes(&self.at(now)?.publish_many(&events)?))
    }

    /// A device that is set up presents the claim code that its customer gave it.
    pub fn present_claim_code(&self, device: &str, code: &str) -> Answered<()> {
        Ok(self.at(self.now()?)?.present_claim_code(device_id(device)?, &Secret::claim_code(code)?)?)
    }
}
