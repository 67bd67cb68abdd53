//! Computes the effect of a change before it is made (R-TGT-11): calls the same function that decides at a connect, for
//! every device with its latest report.

use crate::Error;
use crate::device::{Device, DeviceId};
use crate::firmware::{Decision, FirmwareIndex, FirmwareVersion, Release, decide};
use crate::fleet::{Console, ProductConsole};
use crate::product::{GroupId, Product, ProductId};
use crate::store::{Key, Record};
use crate::team::{Access, Actor, Command};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A change of what devices should run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// No change: counts what would be sent now.
    Nothing,
    /// A release to the product. `None` withdraws it.
    Release(Option<FirmwareVersion>),
    /// A release to a group. `None` withdraws it.
    ReleaseToGroup(GroupId, Option<FirmwareVersion>),
    /// A lock of a device. `None` unlocks it.
    Lock(DeviceId, Option<FirmwareVersion>),
    /// The groups of a device.
    Groups(DeviceId, BTreeSet<GroupId>),
}

/// Number of devices that would be sent a firmware at their next connect, if they repeat their latest report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DryRun {
    /// All devices that would be sent a firmware after the change.
    pub sent: Ways,
    /// Those of them that would be sent another firmware, or none, without the change.
    pub by_change: Ways,
}

/// Number of devices by the direction of their update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ways {
    /// To a higher version than they report.
    pub up: u64,
    /// To a lower version than they report.
    pub down: u64,
    /// From no version: they reported none, or never connected.
    pub from_none: u64,
}

impl Ways {
    /// The total number of devices.
    pub fn total(&self) -> u64 {
        self.up + self.down + self.from_none
    }

    fn count(&mut self, reported: Option<u16>, version: FirmwareVersion) {
        let counter = match reported {
            None => &mut self.from_none,
            Some(reported) if version.get() > reported => &mut self.up,
            Some(_) => &mut self.down,
        };
        *counter += 1;
    }
}

impl ProductConsole<'_> {
    /// Counts the exact effect of a change without making it (R-TGT-11). For a lock or a device's groups, only that
    /// device counts.
    ///
    /// # Errors
    /// `not_found` for a firmware, group or device that the product does not have. Does not check whether the change
    /// would pass the gate.
    pub fn dry_run(&self, change: &Change) -> Result<DryRun, Error> {
        let Self { console, product: id } = *self;
        console.read(Command::ReadProduct, id, |_| console.count_dry_run(id, change))
    }
}

impl Console<'_> {
    fn count_dry_run(&self, id: ProductId, change: &Change) -> Result<DryRun, Error> {
        let (before, index) = self.fleet.transact(|tx| {
            let Access { product, .. } = Access::check(tx, self.actor, Command::ReadProduct, id)?;
            let index: Arc<FirmwareIndex> = tx.get(id)?.unwrap_or_default();
            Ok((product, index))
        })?;
        let locked = self.fleet.held_since(&before)?;
        let after = change.applied_to(&before, &index, (self.now, self.actor))?;
        let mut run = DryRun::default();
        match change.device() {
            Some(device) => {
                let row = self.product(id).device(device).get()?.row;
                run.count((&before, &row), (&after, &change.applied_to_row(&row)), &index, locked);
            }
            None => self.fleet.store().for_each(&Key::devices(id), &mut |_, record| {
                if let Record::Device(row) = record {
                    run.count((&before, row), (&after, row), &index, locked);
                }
            })?,
        }
        Ok(run)
    }
}

impl Change {
    /// Returns the product with the change.
    fn applied_to(
        &self,
        product: &Product,
        index: &FirmwareIndex,
        (now, actor): (Timestamp, Actor),
    ) -> Result<Product, Error> {
        let mut after = product.clone();
        if let Self::Release(version) | Self::ReleaseToGroup(_, version) | Self::Lock(_, version) = self
            && version.is_some_and(|version| index.get(version).is_none())
        {
            return Err(Error::not_found("firmware"));
        }
        match self {
            Self::Nothing | Self::Lock(..) => {}
            Self::Release(version) => after.release = version.map(|version| Release::new(version, now, actor)),
            Self::ReleaseToGroup(group, version) => {
                after.groups.get_mut(group).ok_or_else(|| Error::not_found("group"))?.release = *version;
            }
            Self::Groups(_, groups) => {
                if !groups.iter().all(|group| after.groups.contains_key(group)) {
                    return Err(Error::not_found("group"));
                }
            }
        }
        Ok(after)
    }

    /// The device that the change concerns, if it concerns only one.
    fn device(&self) -> Option<DeviceId> {
        match self {
            Self::Lock(device, _) | Self::Groups(device, _) => Some(*device),
            Self::Nothing | Self::Release(_) | Self::ReleaseToGroup(..) => None,
        }
    }

    /// Returns the device's row with the change.
    fn applied_to_row(&self, row: &Device) -> Device {
        let mut changed = row.clone();
        match self {
            Self::Lock(_, version) => changed.lock = *version,
            Self::Groups(_, groups) => changed.relabel(|label| label.groups.clone_from(groups)),
            Self::Nothing | Self::Release(_) | Self::ReleaseToGroup(..) => {}
        }
        changed
    }
}

impl DryRun {
    fn count(
        &mut self,
        before: (&Product, &Device),
        after: (&Product, &Device),
        index: &FirmwareIndex,
        locked: Option<Timestamp>,
    ) {
        let sent = |(product, row): (&Product, &Device)| match decide(product, index, locked, row) {
            Decision::Send { firmware, .. } => Some(firmware.version),
            _ => None,
        };
        let Some(version) = sent(after) else { return };
        let reported = after.1.version();
        self.sent.count(reported, version);
        if sent(before) != Some(version) {
            self.by_change.count(reported, version);
        }
    }
}
