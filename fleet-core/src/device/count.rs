//! Counts the devices of a product and of its quarantine.

use super::record::is_zero;
use crate::billing::{Catalogue, Held, LimitExceeded, Resource};
use crate::product::{Policy, Product};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The guard record of a product's device limit and of its quarantine (R-IMP-6, R-TIER-2). Every commit that adds or
/// removes a device reads and writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceCount {
    /// Devices in the product.
    pub devices: u64,
    /// Devices that wait for approval.
    pub quarantined: u64,
    /// Capacity that is reserved by imports under way for the devices that they have yet to add.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserved: Vec<Reservation>,
    /// Number of times that a device has left the product. A cached member list stays valid while this number is
    /// unchanged.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub departures: u64,
    /// Whether the team has been notified that the quarantine is full, since it became full.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full_told: bool,
    /// Whether every device name has a [`Key::DeviceName`](crate::store::Key::DeviceName), so that a list by prefix
    /// need not read all devices. It is `false` for a product of an earlier version, unless none of its devices ever
    /// had a name.
    #[serde(default, alias = "unnamed", skip_serializing_if = "std::ops::Not::not")]
    pub names_indexed: bool,
}

impl Default for DeviceCount {
    fn default() -> Self {
        Self { devices: 0, quarantined: 0, reserved: Vec::new(), departures: 0, full_told: false, names_indexed: true }
    }
}

/// How long a reservation lasts.
const RESERVED_FOR: Duration = Duration::from_secs(3600);

/// Capacity reserved by one import, so that a file is added whole or not at all although it takes many commits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reservation {
    /// The import; the same file into the same product is the same import.
    pub import: u64,
    /// Number of devices that it has yet to add.
    pub left: u64,
    /// When the reservation expires, in case its process has died.
    pub until: Timestamp,
}

impl Reservation {
    /// A reservation that an import starts now.
    pub(super) fn new(import: u64, left: u64, now: Timestamp) -> Self {
        Self { import, left, until: now.after(RESERVED_FOR) }
    }

    /// Whether the reservation is in force. A wrong clock wrote one that starts far after `now`, so it is ignored.
    pub(super) fn is_in_force(&self, now: Timestamp) -> bool {
        self.until > now && !self.until.is_of_another_clock(now.after(RESERVED_FOR))
    }
}

impl DeviceCount {
    /// The capacity that imports under way, except `but`, have reserved at this moment, and when the last reservation
    /// expires at the latest.
    pub(crate) fn reserved(&self, now: Timestamp, but: Option<u64>) -> Option<(u64, Timestamp)> {
        let held =
            self.reserved.iter().filter(|held| held.is_in_force(now) && held.left > 0 && Some(held.import) != but);
        held.fold(None, |all, held| {
            let (capacity, until) = all.unwrap_or((0_u64, held.until));
            Some((capacity.saturating_add(held.left), until.max(held.until)))
        })
    }

    /// Whether this number of further devices fits the tier (R-IMP-6, R-TIER-3), beside the reservations of imports
    /// other than `but`.
    pub(crate) fn check_capacity(
        &self,
        catalogue: &Catalogue,
        product: &Product,
        new: u64,
        now: Timestamp,
        but: Option<u64>,
    ) -> Result<(), LimitExceeded> {
        let check = |taken: u64| catalogue.check_product(product, Resource::Devices, taken, taken.saturating_add(new));
        check(self.devices)?;
        let Some((capacity, until)) = self.reserved(now, but) else { return Ok(()) };
        check(self.devices.saturating_add(capacity)).map_err(|limit| LimitExceeded {
            used: self.devices,
            held: Some(Held { places: capacity, until }),
            ..limit
        })
    }

    /// Clears the flag that the team was notified of a full quarantine, once there is space again.
    pub(crate) fn settle(&mut self, policy: &Policy) {
        self.full_told &= self.quarantined >= u64::from(policy.quarantine_limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_flag_of_an_earlier_version_is_read() {
        for (stored, names_indexed) in [("", false), (r#","unnamed":true"#, true), (r#","names_indexed":true"#, true)] {
            let json = format!(r#"{{"devices":3,"quarantined":0{stored}}}"#);
            assert_eq!(serde_json::from_str::<DeviceCount>(&json).unwrap().names_indexed, names_indexed, "{json}");
        }
    }
}
