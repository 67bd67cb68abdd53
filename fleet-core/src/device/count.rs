//! How many devices a product has.

use super::record::is_zero;
use crate::billing::{Catalogue, Held, LimitExceeded, Resource};
use crate::product::{Policy, Product};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
    /// Whether the team was told that the quarantine is full, since it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full_told: bool,
    /// That every name of a device has a [`Key::DeviceName`](crate::store::Key::DeviceName), so that a list by prefix need not
    /// read all devices; not known of a product of an earlier version, unless none of its devices ever had a name.
    #[serde(default, alias = "unnamed", skip_serializing_if = "std::ops::Not::not")]
    pub names_indexed: bool,
}

impl Default for DeviceCount {
    fn default() -> Self {
        Self { devices: 0, quarantined: 0, reserved: Vec::new(), departures: 0, full_told: false, names_indexed: true }
    }
}

/// For so long an import holds its places.
const RESERVED_FOR: Duration = Duration::from_secs(3600);

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

impl Reservation {
    /// Places that an import begins to hold now.
    pub(super) fn new(import: u64, left: u64, now: Timestamp) -> Self {
        Self { import, left, until: now.after(RESERVED_FOR) }
    }

    /// Whether its places are still held. Those that began far ahead of this moment are of a clock that was wrong.
    pub(super) fn is_held(&self, now: Timestamp) -> bool {
        self.until > now && !self.until.is_of_another_clock(now.after(RESERVED_FOR))
    }
}

impl DeviceCount {
    /// The places that imports under way hold at this moment, but for one import's own, and until when the last of them
    /// does at most.
    pub(crate) fn held(&self, now: Timestamp, but: Option<u64>) -> Option<(u64, Timestamp)> {
        let held = self.reserved.iter().filter(|held| held.is_held(now) && held.left > 0 && Some(held.import) != but);
        held.fold(None, |all, held| {
            let (places, until) = all.unwrap_or((0_u64, held.until));
            Some((places.saturating_add(held.left), until.max(held.until)))
        })
    }

    /// Whether this number of further devices fits the tier (R-IMP-6, R-TIER-3), beside the places that imports other than
    /// `but` hold.
    pub(crate) fn room(
        &self,
        catalogue: &Catalogue,
        product: &Product,
        new: u64,
        now: Timestamp,
        but: Option<u64>,
    ) -> Result<(), LimitExceeded> {
        let check = |taken: u64| catalogue.check_product(product, Resource::Devices, taken, taken.saturating_add(new));
        check(self.devices)?;
        let Some((places, until)) = self.held(now, but) else { return Ok(()) };
        check(self.devices.saturating_add(places)).map_err(|limit| LimitExceeded {
            used: self.devices,
            held: Some(Held { places, until }),
            ..limit
        })
    }

    /// Forgets that the team was told of a full quarantine, once there is room again.
    pub(crate) fn settle(&mut self, policy: &Policy) {
        self.full_told &= self.quarantined >= u64::from(policy.quarantine_limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_version_said_of_names_is_read() {
        for (stored, names_indexed) in [("", false), (r#","unnamed":true"#, true), (r#","names_indexed":true"#, true)] {
            let json = format!(r#"{{"devices":3,"quarantined":0{stored}}}"#);
            assert_eq!(serde_json::from_str::<DeviceCount>(&json).unwrap().names_indexed, names_indexed, "{json}");
        }
    }
}
