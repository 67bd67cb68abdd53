//! What a product's team decides on where the guide leaves a choice. Each default is the decision that RULES.md names.

use crate::customer::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// The policies of a product.
///
/// ```
/// let policy = fleet_core::Policy::default();
/// assert_eq!(policy.gate.devices, 1);
/// assert!(policy.wildcard_product && !policy.opaque_images && !policy.forbid_downgrades);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// What must be seen before a version can be released (R-TGT-2).
    pub gate: Gate,
    /// Whether an image that names the platform's id as its product is taken (R-IMG-2). Default: yes.
    pub wildcard_product: bool,
    /// Whether a binary of no known format is taken (R-IMG-4). Default: no.
    pub opaque_images: bool,
    /// Whether a device is never sent a version below the one it reports, by release, group or lock (R-TGT-4). Default: no.
    pub forbid_downgrades: bool,
    /// Whether a device that asks to join is taken at once where a person could take it: unclaimed, or claimed by the
    /// team, of the right platform, within the tier (R-IMP-9). Default: no.
    pub approve_by_itself: bool,
    /// Whether only devices that the host registered before can be imported (R-IMP-12). Default: no.
    pub known_ids_only: bool,
    /// How many devices may wait in quarantine; further ones are turned away without being remembered, so that
    /// strangers cannot fill the store. 0 to 1,000,000, default 10,000.
    pub quarantine_limit: u32,
    /// For how long an invitation to the team can be accepted, in milliseconds (R-TEAM-1). An hour to a year, default
    /// 14 days.
    pub invitation_millis: u64,
    /// How customers are authenticated; none: not decided yet, any way is taken (R-CUS-1).
    pub authentication: Option<Authentication>,
    /// Whether a customer needs an activation code to claim a device (R-CUS-4). Default: no.
    pub private_beta: bool,
    /// How many events its log holds (R-EVT-8). 1 to 1,000,000, default 10,000.
    pub log_events: u32,
    /// How old they get there, in milliseconds (R-EVT-8). A minute to a year, default 7 days.
    pub log_age_millis: u64,
    /// What customers may do with their device (R-TEAM-5). Default: see and control it.
    pub customers_may: BTreeSet<Scope>,
    /// At which shares of the tier's messages people are told, in percent (R-EVT-5): 1 to 100 each, at most 10 of them.
    /// Default: 70, 90 and 100.
    pub usage_notices: BTreeSet<u8>,
    /// How far ahead of the present clock a moment may lie and still hold older reports of its device back, in
    /// milliseconds: a clock that ran ahead shuts a device out for this long at most (R-TGT-17). 0 to 86,400,000 (a day),
    /// default 10 minutes.
    pub clock_tolerance_millis: u64,
}

/// The ways customers can be authenticated (R-CUS-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// The platform holds the account.
    Simple,
    /// The vendor's server vouches for its own user.
    TwoLegged,
    /// An account of the platform, linked to the customer.
    Linked,
}

impl Authentication {
    const WORDS: [(Self, &str); 3] =
        [(Self::Simple, "simple"), (Self::TwoLegged, "two_legged"), (Self::Linked, "linked")];

    /// The way that a word names.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(_, known)| *known == word).map(|(way, _)| way)
    }
}

impl std::fmt::Display for Authentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(Self::WORDS.iter().find(|(way, _)| way == self).map_or("", |(_, word)| word))
    }
}

/// What a version must have shown before it can be released (R-TGT-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// On how many devices of the product it must run. 0 to 10,000, default 1; 0 opens the gate.
    pub devices: u32,
    /// For how long it must have run on each, in milliseconds. 0 to 31,536,000,000 (a year), default 0.
    pub soak_millis: u64,
}

impl Gate {
    /// The soak time.
    pub fn soak(&self) -> Duration {
        Duration::from_millis(self.soak_millis)
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self { devices: 1, soak_millis: 0 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            gate: Gate::default(),
            wildcard_product: true,
            opaque_images: false,
            forbid_downgrades: false,
            approve_by_itself: false,
            known_ids_only: false,
            quarantine_limit: 10_000,
            invitation_millis: 14 * 86_400_000,
            authentication: None,
            private_beta: false,
            log_events: 10_000,
            log_age_millis: 7 * 86_400_000,
            customers_may: [Scope::See, Scope::Control].into(),
            usage_notices: [70, 90, 100].into(),
            clock_tolerance_millis: 600_000,
        }
    }
}

impl Policy {
    /// How far ahead of the present clock a moment may lie and still order reports.
    pub fn clock_tolerance(&self) -> Duration {
        Duration::from_millis(self.clock_tolerance_millis)
    }

    pub(super) fn check(&self) -> Result<(), crate::Error> {
        let out_of_range = |field, range: &str| Err(crate::Error::invalid(field, format!("must be {range}")));
        if self.gate.devices > 10_000 {
            return out_of_range("gate.devices", "0 to 10000");
        }
        if self.gate.soak_millis > 31_536_000_000 {
            return out_of_range("gate.soak_millis", "0 to 31536000000, a year");
        }
        if self.quarantine_limit > 1_000_000 {
            return out_of_range("quarantine_limit", "0 to 1000000");
        }
        if !(3_600_000..=31_536_000_000).contains(&self.invitation_millis) {
            return out_of_range("invitation_millis", "3600000 to 31536000000, an hour to a year");
        }
        if !(1..=1_000_000).contains(&self.log_events) {
            return out_of_range("log_events", "1 to 1000000");
        }
        if !(60_000..=31_536_000_000).contains(&self.log_age_millis) {
            return out_of_range("log_age_millis", "60000 to 31536000000, a minute to a year");
        }
        if self.clock_tolerance_millis > 86_400_000 {
            return out_of_range("clock_tolerance_millis", "0 to 86400000, a day");
        }
        if self.usage_notices.len() > 10 || self.usage_notices.iter().any(|percent| !(1..=100).contains(percent)) {
            return out_of_range("usage_notices", "at most 10 percentages, each 1 to 100");
        }
        Ok(())
    }
}
