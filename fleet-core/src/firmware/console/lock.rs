//! Locks one device to one version (R-TGT-3), and forces an update on it (R-TGT-9).

use crate::audit::{Entry, shown};
use crate::device::{Device, DeviceId, answer, member, put_device, withdraw};
use crate::firmware::{Answer, FirmwareIndex, FirmwareVersion, move_lock};
use crate::fleet::{Console, DeviceConsole};
use crate::product::{Product, ProductId};
use crate::store::Key;
use crate::team::{Access, Command};
use crate::{Error, ErrorKind};
use std::sync::Arc;

/// When a device that is locked to a version gets it (R-TGT-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flash {
    /// Immediately: *Lock and flash now*. The device must be online.
    Now,
    /// At its next connect: *Lock and flash on reset*.
    OnReset,
}

impl DeviceConsole<'_> {
    /// Locks a device to a version (R-TGT-3), and returns the answer to the device. With [`Flash::Now`], the host sends
    /// its directive over the open connection; with [`Flash::OnReset`], the device gets it at its next connect.
    ///
    /// # Errors
    /// `device_offline` for [`Flash::Now`], and nothing is changed; `not_found` for a device or firmware that the
    /// product does not have.
    pub fn lock(&self, version: FirmwareVersion, flash: Flash) -> Result<Answer, Error> {
        let Self { console, product, device } = *self;
        let when = match flash {
            Flash::Now => "now",
            Flash::OnReset => "on reset",
        };
        let subject = format!("{device} to {version}, {when}");
        console.change_device(product, device, Command::LockDevice, subject, |change| {
            if flash == Flash::Now && !change.row.is_online() {
                return Err(ErrorKind::Offline { device }.into());
            }
            change.lock(Some(version))?;
            let locked = console.fleet.held_since(change.product)?;
            // What is sent later changes nothing yet.
            let mut later = change.row.clone();
            let row = if flash == Flash::Now { &mut *change.row } else { &mut later };
            Ok(answer(change.product, change.index, locked, device, row, console.now))
        })
    }

    /// Unlocks a device: it follows the releases again (R-TGT-3).
    ///
    /// # Errors
    /// `not_found`.
    pub fn unlock(&self) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        console.change_device(product, device, Command::LockDevice, format!("{device} unlocked"), |change| {
            change.lock(None)
        })
    }

    /// Sends the next update to a device even while it accepts none (R-TGT-9). This lasts until an update has
    /// succeeded.
    ///
    /// # Errors
    /// `not_found`.
    pub fn force_update(&self) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        console.change_device(product, device, Command::ForceUpdate, device.to_string(), |change| {
            (change.row.forced, change.row.relapses) = (true, 0);
            Ok(())
        })
    }
}

impl Console<'_> {
    /// Changes the row of a device of the product, and the count of its locks.
    pub(crate) fn change_device<T>(
        &self,
        id: ProductId,
        device: DeviceId,
        command: Command,
        subject: String,
        mut change: impl FnMut(&mut Change<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.fleet.transact(|tx| {
            let Access { product, .. } = Access::check(tx, self.actor, command, id)?;
            if command == Command::LockDevice {
                tx.load([Key::Device(id, device), Key::Firmware(id), Key::FirmwareLocks(id)])?;
            }
            let before = member(tx, id, device)?;
            let mut row = before.clone();
            let index: Arc<FirmwareIndex> = tx.get(id)?.unwrap_or_default();
            let result = change(&mut Change { product: &product, index: &index, row: &mut row })?;
            withdraw(&mut row, &product, &index, self.now);
            if before == row {
                return Ok(result);
            }
            if before.lock != row.lock {
                move_lock(tx, id, before.lock, row.lock)?;
            }
            let entry = changed(subject.clone(), &before, &row);
            put_device(tx, id, device, Some(&before), row);
            self.note(tx, id, command, entry);
            Ok(result)
        })
    }
}

/// The audit entry of a command that changed `before` to `after`.
fn changed(subject: String, before: &Device, after: &Device) -> Entry {
    let groups = |row: &Device| match row.groups().map(|group| group.to_string()).collect::<Vec<_>>() {
        none if none.is_empty() => "none".to_owned(),
        some => some.join(" "),
    };
    let values = [
        ("lock", shown(before.lock), shown(after.lock)),
        ("name", format!("`{}`", before.name()), format!("`{}`", after.name())),
        ("groups", groups(before), groups(after)),
        ("development", before.development.to_string(), after.development.to_string()),
        ("forced", before.forced.to_string(), after.forced.to_string()),
    ];
    Entry::changed(subject, values)
}

/// A device's row while a command changes it.
pub(crate) struct Change<'c> {
    pub(crate) product: &'c Product,
    pub(crate) index: &'c FirmwareIndex,
    pub(crate) row: &'c mut Device,
}

impl Change<'_> {
    fn lock(&mut self, version: Option<FirmwareVersion>) -> Result<(), Error> {
        if let Some(version) = version {
            self.index.get(version).ok_or_else(|| Error::not_found("firmware"))?;
        }
        self.row.lock = version;
        Ok(())
    }
}
