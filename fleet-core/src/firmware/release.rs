//! Making a version the preferred one, of the product or of a group (R-TGT-1, R-TGT-2, R-TGT-10): one small write,
//! whatever the fleet's size.

use super::{Firmware, FirmwareIndex, FirmwareVersion};
use crate::device::{ImageSeen, PlatformSeen, Standing};
use crate::fleet::Console;
use crate::product::{GroupId, Product, ProductId};
use crate::store::{Key, Record, Tally, Transaction};
use crate::team::{Access, Actor, Command};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The preferred version of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Release {
    /// The version.
    pub version: FirmwareVersion,
    /// When it was released.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

impl Release {
    pub(crate) fn new(version: FirmwareVersion, at: Timestamp, by: Actor) -> Self {
        Self { version, at, by }
    }
}

impl Console<'_> {
    /// Releases a version: every device that is not locked, and in no group with a release of its own, gets it at its
    /// next connect (R-TGT-1). A later release takes its place; an older version takes the fleet back.
    ///
    /// # Errors
    /// `not_proven` unless the version runs on as many devices as the product's policy asks (R-TGT-2).
    pub fn release(&self, product: ProductId, version: FirmwareVersion) -> Result<(), Error> {
        self.change_release(product, Some(version), format!("version {version}"), |record, at, by| {
            record.release = Some(Release::new(version, at, by));
            Ok(())
        })
    }

    /// Withdraws the product's release: from then on nothing is sent but to groups with a release and locked devices.
    ///
    /// # Errors
    /// `not_found`.
    pub fn withdraw_release(&self, product: ProductId) -> Result<(), Error> {
        self.change_release(product, None, "withdrawn".to_owned(), |record, _, _| {
            record.release = None;
            Ok(())
        })
    }

    /// Releases a version to a group, or withdraws the group's release (R-TGT-4). The same gate stands before it.
    ///
    /// # Errors
    /// `not_proven` as for [`release`](Self::release).
    pub fn release_to_group(
        &self,
        product: ProductId,
        group: GroupId,
        version: Option<FirmwareVersion>,
    ) -> Result<(), Error> {
        let subject = match version {
            Some(version) => format!("version {version} to group {group}"),
            None => format!("withdrawn from group {group}"),
        };
        self.change_release(product, version, subject, |record, _, _| {
            record.groups.get_mut(&group).ok_or_else(|| Error::not_found("group"))?.release = version;
            Ok(())
        })
    }

    fn change_release(
        &self,
        id: ProductId,
        version: Option<FirmwareVersion>,
        subject: String,
        change: impl Fn(&mut Product, Timestamp, Actor) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let Access { mut product, .. } = Access::check(tx, self.actor, Command::ReleaseFirmware, id)?;
            let mut index: Arc<FirmwareIndex> = tx.get(id)?.unwrap_or_default();
            if let Some(version) = version {
                let firmware = index.get(version).ok_or_else(|| Error::not_found("firmware"))?;
                self.pass_gate(tx, &product, firmware)?;
                if firmware.released_at.is_none()
                    && let Some(firmware) = Arc::make_mut(&mut index).get_mut(version)
                {
                    firmware.released_at = Some(self.now);
                    tx.put(id, index);
                }
            }
            let before = Arc::clone(&product);
            change(Arc::make_mut(&mut product), self.now, self.actor)?;
            let entry = before.changed(subject.clone(), &product);
            tx.put(id, product);
            self.note(tx, id, Command::ReleaseFirmware, entry);
            Ok(())
        })
    }

    /// Whether a version may be released (R-TGT-2). What was released once may be again, so that a fleet can always be
    /// taken back. By default one device's proof is enough, and that is kept with the firmware; a higher count or a
    /// soak time is counted on the devices that run it now.
    fn pass_gate(&self, tx: &mut Transaction<'_>, product: &Product, firmware: &Firmware) -> Result<(), Error> {
        let gate = product.policy.gate;
        let proven = firmware.released_at.is_some()
            || gate.devices == 0
            || (gate.devices == 1 && gate.soak_millis == 0 && firmware.proven.is_some());
        if proven {
            return Ok(());
        }
        let running = match gate {
            crate::product::Gate { devices: 1, soak_millis: 0 } => 0,
            _ => self.running(tx, product, firmware)?,
        };
        if running >= gate.devices {
            return Ok(());
        }
        let soaked = match gate.soak_millis {
            0 => String::new(),
            millis => format!(", on each for {} s", millis.div_ceil(1000)),
        };
        Err(ErrorKind::NotProven { version: firmware.version, needed: gate.devices, running, soaked }.into())
    }

    /// On how many devices a version runs, by their last report, for as long as the product asks. What was reported
    /// before the upload was another image. The counters say at once where there are too few.
    fn running(&self, tx: &Transaction<'_>, product: &Product, firmware: &Firmware) -> Result<u32, Error> {
        let gate = product.policy.gate;
        let counted = tx.sum(product.id, Tally::Version(firmware.version.get()))?;
        if counted < i64::from(gate.devices) && gate.soak_millis == 0 {
            return Ok(u32::try_from(counted.max(0)).unwrap_or(u32::MAX));
        }
        let mut running = 0_u32;
        tx.store().for_each(&Key::devices(product.id), &mut |_, record| {
            let Record::Device(device) = record else { return };
            let runs = device.standing == Standing::Member
                && device.seen.is_some_and(|seen| {
                    seen.version == Some(firmware.version.get())
                        && seen.at >= firmware.uploaded_at
                        && seen.image != ImageSeen::Differs
                        && seen.platform != PlatformSeen::Differs
                        && self.now.since(seen.version_since.max(firmware.uploaded_at)) >= gate.soak()
                });
            running = running.saturating_add(runs.into());
        })?;
        Ok(running)
    }
}
