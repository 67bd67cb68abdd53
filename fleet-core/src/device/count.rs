//! How many devices a product has.

use super::record::is_zero;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The guard record of a product's device limit and of its quarantine (R-IMP-6, R-TIER-2): read and written by whoever
/// lets a device in or out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceCount {
    /// Devices in the product.
    pub devices: u64,
    /// Devices that wait to be let in.
    pub quarantined: u64,
    /// Places that imports under way hold for what they have yet to add.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserved: Vec<Reservation>,
    /// Devices that were in the product and left it, ever, one each time: as long as this is the same, who was a member
    /// is one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub departures: u64,
    /// That no device of the product was ever given a name, so that a list by prefix looks at ids alone; not known of a
    /// product of an earlier version.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnamed: bool,
}

impl Default for DeviceCount {
    fn default() -> Self {
        Self { devices: 0, quarantined: 0, reserved: Vec::new(), departures: 0, unnamed: true }
    }
}

/// Places held by one import, so that a file is added whole or not at all although it takes many commits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reservation {
    /// Which import: the same file into the same product is the same import.
    pub import: u64,
    /// How many devices it has yet to add.
    pub left: u64,
    /// When its places are free again, should its process have died.
    pub until: Timestamp,
}

impl DeviceCount {
    /// Devices in the product and places held by imports at this moment, but for one import's own.
    pub(crate) fn taken(&self, now: Timestamp, but: Option<u64>) -> u64 {
        let held = self.reserved.iter().filter(|held| held.until > now && Some(held.import) != but);
        held.fold(self.devices, |sum, held| sum.saturating_add(held.left))
    }
}
