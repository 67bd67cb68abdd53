//! The policies that a product's team may set where the guide leaves a choice. Each default is the decision that
//! RULES.md names.

use crate::customer::Scope;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// Declares the policies, one per row: documentation, name, type and default. A row defines the fields of [`Policy`]
/// and [`PolicyChange`], and the line of [`PolicyChange::apply`].
macro_rules! policies {
    ($($(#[$meta:meta])* $field:ident: $type:ty = $default:expr,)*) => {
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
            /// The conditions that a version must meet before its release (R-TGT-2).
            pub gate: Gate,
            /// How customers are authenticated. `None` means that it is not decided yet and every way is accepted
            /// (R-CUS-1).
            pub authentication: Option<Authentication>,
            $($(#[$meta])* pub $field: $type,)*
        }

        impl Default for Policy {
            fn default() -> Self {
                Self { gate: Gate::default(), authentication: None, $($field: $default,)* }
            }
        }

        /// A change of a product's policies. `None` leaves a policy unchanged.
        ///
        /// ```
        /// use fleet_core::{Policy, PolicyChange};
        ///
        /// let mut policy = Policy { private_beta: true, ..Policy::default() };
        /// PolicyChange { opaque_images: Some(true), ..PolicyChange::default() }.apply(&mut policy);
        /// assert!(policy.opaque_images && policy.private_beta);
        /// ```
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct PolicyChange {
            /// The conditions that a version must meet before its release (R-TGT-2).
            pub gate: GateChange,
            /// How customers are authenticated (R-CUS-1). `Some(None)` resets it to undecided; in JSON that is
            /// `undecided`.
            #[serde(deserialize_with = "authentication")]
            pub authentication: Option<Option<Authentication>>,
            $($(#[$meta])* pub $field: Option<$type>,)*
        }

        impl PolicyChange {
            /// Changes the policies that it names, and no others.
            pub fn apply(&self, policy: &mut Policy) {
                replace(&mut policy.gate.devices, self.gate.devices.as_ref());
                replace(&mut policy.gate.soak_millis, self.gate.soak_millis.as_ref());
                replace(&mut policy.authentication, self.authentication.as_ref());
                $(replace(&mut policy.$field, self.$field.as_ref());)*
            }
        }

        /// A change that names every policy.
        impl From<&Policy> for PolicyChange {
            fn from(policy: &Policy) -> Self {
                let Gate { devices, soak_millis } = policy.gate;
                Self {
                    gate: GateChange { devices: Some(devices), soak_millis: Some(soak_millis) },
                    authentication: Some(policy.authentication),
                    $($field: Some(policy.$field.clone()),)*
                }
            }
        }
    };
}

policies! {
    /// Whether an image with the platform's id as its product id is accepted (R-IMG-2). Default: yes.
    wildcard_product: bool = true,
    /// Whether a binary of no known format is accepted (R-IMG-4). Default: no.
    opaque_images: bool = false,
    /// Whether a device is never sent a version below the one it reports, by release, group or lock (R-TGT-4). Default:
    /// no.
    forbid_downgrades: bool = false,
    /// Whether a device that asks to join is approved automatically if a person could approve it: it is unclaimed or
    /// claimed by the team, of the right platform, and within the tier (R-IMP-9). Default: no.
    approve_by_itself: bool = false,
    /// Whether only devices that the host has registered can be imported (R-IMP-12). Default: no.
    known_ids_only: bool = false,
    /// Maximum number of devices in quarantine. Further devices are refused and not recorded, so that strangers cannot
    /// fill the store. 0 to 1,000,000, default 10,000.
    quarantine_limit: u32 = 10_000,
    /// How long an invitation to the team can be accepted, in milliseconds (R-TEAM-1). An hour to a year, default 14
    /// days.
    invitation_millis: u64 = 14 * 86_400_000,
    /// Whether a customer needs an activation code to claim a device (R-CUS-4). Default: no.
    private_beta: bool = false,
    /// Maximum number of events in its log (R-EVT-8). 1 to 1,000,000, default 10,000.
    log_events: u32 = 10_000,
    /// Maximum age of an event in its log, in milliseconds (R-EVT-8). A minute to a year, default 7 days.
    log_age_millis: u64 = 7 * 86_400_000,
    /// How long the id of an event is recognised, in milliseconds (R-EVT-7). A minute to 31 days, default 24 hours.
    event_id_millis: u64 = 86_400_000,
    /// What customers may do with their device (R-TEAM-5). Default: see and control it.
    customers_may: BTreeSet<Scope> = [Scope::See, Scope::Control].into(),
    /// The shares of the tier's messages at which people are notified, in percent (R-EVT-5): at most 10 shares, each 1
    /// to 100. Default: 70, 90 and 100.
    usage_notices: BTreeSet<u8> = [70, 90, 100].into(),
    /// How far after the present a moment may be and still make older reports of its device stale, in milliseconds. A
    /// clock that ran ahead delays a device for at most this long (R-TGT-17). 0 to 86,400,000 (a day), default 10
    /// minutes.
    clock_tolerance_millis: u64 = 600_000,
}

fn replace<T: Clone>(policy: &mut T, wanted: Option<&T>) {
    if let Some(wanted) = wanted {
        policy.clone_from(wanted);
    }
}

/// Parses the name of a way to authenticate, or `undecided`.
fn authentication<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Authentication>>, D::Error> {
    let Some(name) = Option::<String>::deserialize(from)? else { return Ok(None) };
    if name == "undecided" {
        return Ok(Some(None));
    }
    let way = Authentication::from_name(&name);
    way.map(|way| Some(Some(way))).ok_or_else(|| {
        D::Error::custom(format!("`{name}` is not a way to authenticate; give simple, two_legged, linked or undecided"))
    })
}

/// The ways to authenticate customers (R-CUS-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// The platform stores the account.
    Simple,
    /// The vendor's server authenticates its own users.
    TwoLegged,
    /// An account of the platform, linked to the customer.
    Linked,
}

impl Authentication {
    const NAMES: [(Self, &str); 3] =
        [(Self::Simple, "simple"), (Self::TwoLegged, "two_legged"), (Self::Linked, "linked")];

    /// The way to authenticate with this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, known)| *known == name).map(|(way, _)| way)
    }
}

impl std::fmt::Display for Authentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(Self::NAMES.iter().find(|(way, _)| way == self).map_or("", |(_, name)| name))
    }
}

/// The conditions that a version must meet before its release (R-TGT-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// Number of devices of the product that must run it. 0 to 10,000, default 1; 0 opens the gate.
    pub devices: u32,
    /// How long it must have run on each, in milliseconds. 0 to 31,536,000,000 (a year), default 0.
    pub soak_millis: u64,
}

/// A change of a gate. `None` leaves a field unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateChange {
    /// Number of devices of the product that must run a version. 0 to 10,000; 0 opens the gate.
    pub devices: Option<u32>,
    /// How long it must have run on each, in milliseconds. 0 to 31,536,000,000 (a year).
    pub soak_millis: Option<u64>,
}

impl Gate {
    /// The soak duration.
    pub fn soak(&self) -> Duration {
        Duration::from_millis(self.soak_millis)
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self { devices: 1, soak_millis: 0 }
    }
}

impl Policy {
    /// How far after the present a moment may be and still order reports.
    pub fn clock_tolerance(&self) -> Duration {
        Duration::from_millis(self.clock_tolerance_millis)
    }

    /// The policies that differ: name, value in `self`, value in `after`.
    pub(super) fn differences(&self, after: &Self) -> Vec<(String, String, String)> {
        let fields = |policy: &Self| match serde_json::to_value(policy) {
            Ok(serde_json::Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let (before, after) = (fields(self), fields(after));
        let changed = before.into_iter().filter_map(|(name, old)| {
            let new = after.get(&name).filter(|new| **new != old)?.to_string();
            Some((name, old.to_string(), new))
        });
        changed.collect()
    }

    pub(super) fn check(&self) -> Result<(), crate::Error> {
        let out_of_range =
            |field, value: u64, range: &str| Err(crate::Error::invalid(field, format!("is {value}; give {range}")));
        if self.gate.devices > 10_000 {
            return out_of_range("gate.devices", self.gate.devices.into(), "0 to 10000");
        }
        if self.gate.soak_millis > 31_536_000_000 {
            return out_of_range("gate.soak_millis", self.gate.soak_millis, "0 to 31536000000, a year");
        }
        if self.quarantine_limit > 1_000_000 {
            return out_of_range("quarantine_limit", self.quarantine_limit.into(), "0 to 1000000");
        }
        if !(3_600_000..=31_536_000_000).contains(&self.invitation_millis) {
            return out_of_range(
                "invitation_millis",
                self.invitation_millis,
                "3600000 to 31536000000, an hour to a year",
            );
        }
        if !(1..=1_000_000).contains(&self.log_events) {
            return out_of_range("log_events", self.log_events.into(), "1 to 1000000");
        }
        if !(60_000..=31_536_000_000).contains(&self.log_age_millis) {
            return out_of_range("log_age_millis", self.log_age_millis, "60000 to 31536000000, a minute to a year");
        }
        if self.clock_tolerance_millis > 86_400_000 {
            return out_of_range("clock_tolerance_millis", self.clock_tolerance_millis, "0 to 86400000, a day");
        }
        if !(60_000..=2_678_400_000).contains(&self.event_id_millis) {
            return out_of_range("event_id_millis", self.event_id_millis, "60000 to 2678400000, a minute to 31 days");
        }
        if self.usage_notices.len() > 10 || self.usage_notices.iter().any(|percent| !(1..=100).contains(percent)) {
            let problem = format!("are {:?}; give at most 10 percentages, each 1 to 100", self.usage_notices);
            return Err(crate::Error::invalid("usage_notices", problem));
        }
        Ok(())
    }
}
