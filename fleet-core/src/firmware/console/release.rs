//! Releases a version to a product or a group (R-TGT-1, R-TGT-2, R-TGT-10). A release is one small write, whatever the
//! fleet's size.

use crate::device::MAX_PAGE;
use crate::firmware::{Firmware, FirmwareIndex, FirmwareVersion, Proof, Release, runs_since};
use crate::fleet::{Console, ProductConsole};
use crate::product::{GroupId, Product, ProductId};
use crate::store::{Key, Record, Tally, Transaction};
use crate::team::{Access, Actor, Command};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use std::sync::Arc;

impl ProductConsole<'_> {
    /// Releases a version: every device that is not locked, and in no group with its own release, gets it at its next
    /// connect (R-TGT-1). A later release replaces it; releasing an older version rolls the fleet back. Releasing the
    /// released version again changes nothing.
    ///
    /// # Errors
    /// `not_proven` unless the version runs on as many devices as the product's policy requires (R-TGT-2).
    pub fn release(&self, version: FirmwareVersion) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.change_release(product, Some(version), format!("version {version}"), |record, at, by| {
            if record.release.is_none_or(|release| release.version != version) {
                record.release = Some(Release::new(version, at, by));
            }
            Ok(())
        })
    }

    /// Withdraws the product's release. From then on, only locked devices and groups with a release get updates.
    ///
    /// # Errors
    /// `not_found`.
    pub fn withdraw_release(&self) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.change_release(product, None, "withdrawn".to_owned(), |record, _, _| {
            record.release = None;
            Ok(())
        })
    }

    /// Releases a version to a group, or withdraws the group's release (R-TGT-4). The same gate applies.
    ///
    /// # Errors
    /// `not_proven` as for [`release`](Self::release).
    pub fn release_to_group(&self, group: GroupId, version: Option<FirmwareVersion>) -> Result<(), Error> {
        let Self { console, product } = *self;
        let subject = match version {
            Some(version) => format!("version {version} to group {group}"),
            None => format!("withdrawn from group {group}"),
        };
        console.change_release(product, version, subject, |record, _, _| {
            record.groups.get_mut(&group).ok_or_else(|| Error::not_found("group"))?.release = version;
            Ok(())
        })
    }
}

impl Console<'_> {
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
                let proof = self.pass_gate(tx, &product, firmware)?;
                if firmware.released_at.is_none()
                    && let Some(firmware) = Arc::make_mut(&mut index).get_mut(version)
                {
                    firmware.released_at = Some(self.now);
                    firmware.proven = firmware.proven.or(proof);
                    tx.put(id, index);
                }
            }
            let before = Arc::clone(&product);
            change(Arc::make_mut(&mut product), self.now, self.actor)?;
            if before != product {
                let entry = before.changed(subject.clone(), &product);
                tx.put(id, product);
                self.note(tx, id, Command::ReleaseFirmware, entry);
            }
            Ok(())
        })
    }

    /// Whether a version may be released (R-TGT-2). A version that was released once may be released again, so that a
    /// fleet can always be rolled back. With a gate of one device and no soak, it is enough that the version ever ran;
    /// otherwise the devices that run it now are counted. Returns a proof that the count found and that is not stored
    /// yet.
    fn pass_gate(&self, tx: &Transaction<'_>, product: &Product, firmware: &Firmware) -> Result<Option<Proof>, Error> {
        let gate = product.policy.gate;
        let once_is_enough = gate.devices <= 1 && gate.soak.is_zero();
        if gate.devices == 0 || firmware.released_at.is_some() || (once_is_enough && firmware.proven.is_some()) {
            return Ok(None);
        }
        let (running, proof) = self.running(tx, product, firmware)?;
        if running >= gate.devices {
            return Ok(proof);
        }
        Err(ErrorKind::NotProven { version: firmware.version, gate, running }.into())
    }

    /// Number of devices that run a version, by their latest report, for as long as the product requires, and the first
    /// of them. The count stops when it is enough. If the counters show none, no device is read.
    fn running(
        &self,
        tx: &Transaction<'_>,
        product: &Product,
        firmware: &Firmware,
    ) -> Result<(u32, Option<Proof>), Error> {
        let gate = product.policy.gate;
        let (mut running, mut first) = (0_u32, None);
        if tx.sum(product.id, Tally::Version(firmware.version.get()))? <= 0 {
            return Ok((running, first));
        }
        let mut range = Key::devices(product.id).limit(MAX_PAGE);
        loop {
            let rows = tx.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok((running, first)) };
            for row in rows {
                let (Key::Device(_, id), Record::Device(device)) = (row.key, row.record) else { continue };
                let Some(since) = runs_since(firmware, &device, self.now) else { continue };
                if self.now.since(since) < gate.soak {
                    continue;
                }
                running = running.saturating_add(1);
                first = first.or(device.seen.map(|seen| Proof { device: id, at: seen.at }));
                if running >= gate.devices {
                    return Ok((running, first));
                }
            }
            range = range.after(last);
        }
    }
}
