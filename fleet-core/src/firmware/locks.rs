//! The count of devices that are locked to each version.

use super::{FirmwareIndex, FirmwareVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The number of devices that are locked to each version of a product's firmware; the guard record of "a version with
/// locked devices exists" (R-IMG-7). A lock checks the firmware index and writes this record; deleting a firmware
/// checks both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirmwareLocks {
    /// The versions that devices are locked to, with the number of devices.
    pub(crate) devices: BTreeMap<FirmwareVersion, u32>,
}

impl FirmwareLocks {
    /// The counts that an earlier version stored in an index.
    pub(crate) fn counted_in(index: &FirmwareIndex) -> Self {
        let locked = index.iter().filter(|firmware| firmware.locked_devices > 0);
        Self { devices: locked.map(|firmware| (firmware.version, firmware.locked_devices)).collect() }
    }

    /// Number of devices that are locked to a version.
    pub fn devices(&self, version: FirmwareVersion) -> u32 {
        self.devices.get(&version).copied().unwrap_or(0)
    }

    /// The versions that devices are locked to, in order, with the number of devices.
    pub fn iter(&self) -> impl Iterator<Item = (FirmwareVersion, u32)> {
        self.devices.iter().map(|(version, devices)| (*version, *devices))
    }
}
