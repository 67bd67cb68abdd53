//! The policies that a product's team may set where the guide leaves a choice. Each default is the decision that
//! RULES.md names.

use crate::customer::Scope;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// Declares the policies, one per row: documentation, name, type and default. For a span, the name of its milliseconds
/// in JSON follows. A row defines the fields of [`Policy`] and [`PolicyChange`], the method of `PolicyChange` that sets
/// it, and the line of [`PolicyChange::apply`].
macro_rules! policies {
    ($($(#[$meta:meta])* $field:ident: $type:ty = $default:expr $(=> $millis:literal)?,)*) => {
        /// The policies of a product. A [`PolicyChange`] changes them.
        ///
        /// ```
        /// let policy = fleet_core::Policy::default();
        /// assert_eq!(policy.gate.devices, 1);
        /// assert!(policy.wildcard_product && !policy.opaque_images && !policy.forbid_downgrades);
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct Policy {
            /// The conditions that a version must meet before its release (R-TGT-2).
            pub gate: Gate,
            /// How customers are authenticated. `None` means that it is not decided yet and every way is accepted
            /// (R-CUS-1).
            pub authentication: Option<Authentication>,
            $(
                $(#[$meta])*
                $(#[serde(rename = $millis, with = "millis")])?
                pub $field: $type,
            )*
        }

        impl Default for Policy {
            fn default() -> Self {
                Self { gate: Gate::default(), authentication: None, $($field: $default,)* }
            }
        }

        /// A change of a product's policies: those that it names; the others stay unchanged.
        ///
        /// ```
        /// use fleet_core::product::{GateChange, PolicyChange};
        /// use fleet_core::Policy;
        /// use std::time::Duration;
        ///
        /// let change = PolicyChange::new()
        ///     .opaque_images(true)
        ///     .log_age(Duration::from_secs(30 * 86_400))
        ///     .gate(GateChange::new().soak(Duration::from_secs(3600)));
        /// let mut policy = Policy::default();
        /// change.apply(&mut policy);
        /// assert!(policy.opaque_images && policy.gate.soak == Duration::from_secs(3600));
        /// assert_eq!((policy.gate.devices, policy.log_events), (1, 10_000));
        /// ```
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct PolicyChange {
            /// The conditions that a version must meet before its release (R-TGT-2).
            pub gate: GateChange,
            /// How customers are authenticated (R-CUS-1). `Some(None)` resets it to undecided; in JSON that is
            /// `undecided`.
            #[serde(deserialize_with = "authentication")]
            pub authentication: Option<Option<Authentication>>,
            $(
                $(#[$meta])*
                $(#[serde(rename = $millis, deserialize_with = "millis::optional")])?
                pub $field: Option<$type>,
            )*
        }

        impl PolicyChange {
            /// A change that names no policy yet.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// The conditions that a version must meet before its release (R-TGT-2): a [`Gate`], which names both, or a
            /// [`GateChange`].
            #[must_use]
            pub fn gate(mut self, gate: impl Into<GateChange>) -> Self {
                self.gate = gate.into();
                self
            }

            /// How customers are authenticated (R-CUS-1); `None` resets it to undecided.
            #[must_use]
            pub fn authentication(mut self, authentication: impl Into<Option<Authentication>>) -> Self {
                self.authentication = Some(authentication.into());
                self
            }

            $(
                $(#[$meta])*
                #[must_use]
                pub fn $field(mut self, $field: $type) -> Self {
                    self.$field = Some($field);
                    self
                }
            )*

            /// Changes the policies that it names, and no others. Spans are cut to whole milliseconds.
            pub fn apply(&self, policy: &mut Policy) {
                replace(&mut policy.gate.devices, self.gate.devices.as_ref());
                replace(&mut policy.gate.soak, self.gate.soak.as_ref());
                replace(&mut policy.authentication, self.authentication.as_ref());
                $(replace(&mut policy.$field, self.$field.as_ref());)*
                policy.cut_spans();
            }
        }

        /// A change that names every policy.
        impl From<&Policy> for PolicyChange {
            fn from(policy: &Policy) -> Self {
                Self {
                    gate: policy.gate.into(),
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
    /// How long an invitation to the team can be accepted (R-TEAM-1). An hour to a year, default 14 days.
    invitation: Duration = 14 * DAY => "invitation_millis",
    /// Whether a customer needs an activation code to claim a device (R-CUS-4). Default: no.
    private_beta: bool = false,
    /// Maximum number of events in its log (R-EVT-8). 1 to 1,000,000, default 10,000.
    log_events: u32 = 10_000,
    /// Maximum age of an event in its log (R-EVT-8). A minute to a year, default 7 days.
    log_age: Duration = 7 * DAY => "log_age_millis",
    /// How long the id of an event is recognised (R-EVT-7). A minute to 31 days, default 24 hours.
    event_id_life: Duration = DAY => "event_id_millis",
    /// What customers may do with their device (R-TEAM-5). Default: see and control it.
    customers_may: BTreeSet<Scope> = [Scope::See, Scope::Control].into(),
    /// The shares of the tier's messages at which people are notified, in percent (R-EVT-5): at most 10 shares, each 1
    /// to 100. Default: 70, 90 and 100.
    usage_notices: BTreeSet<u8> = [70, 90, 100].into(),
    /// How far after the present a moment may be and still make older reports of its device stale. A clock that ran
    /// ahead delays a device for at most this long (R-TGT-17). 0 to a day, default 10 minutes.
    clock_tolerance: Duration = Duration::from_secs(600) => "clock_tolerance_millis",
}

const DAY: Duration = Duration::from_secs(86_400);

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
///
/// ```
/// use fleet_core::product::Gate;
/// use std::time::Duration;
///
/// let gate = Gate::new(3).soak(Duration::from_secs(3600));
/// assert_eq!((gate.devices, gate.soak.as_secs()), (3, 3600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Gate {
    /// Number of devices of the product that must run it. 0 to 10,000, default 1; 0 opens the gate.
    pub devices: u32,
    /// How long it must have run on each. 0 to a year, default 0.
    #[serde(rename = "soak_millis", with = "millis")]
    pub soak: Duration,
}

/// A change of a gate: the conditions that it names; the others stay unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct GateChange {
    /// Number of devices of the product that must run a version. 0 to 10,000; 0 opens the gate.
    pub devices: Option<u32>,
    /// How long it must have run on each. 0 to a year.
    #[serde(rename = "soak_millis", deserialize_with = "millis::optional")]
    pub soak: Option<Duration>,
}

impl Gate {
    /// A gate that a version passes when it runs on this many devices, however long: 0 to 10,000; 0 opens the gate.
    pub fn new(devices: u32) -> Self {
        Self { devices, soak: Duration::ZERO }
    }

    /// Sets how long the version must have run on each device: 0 to a year.
    #[must_use]
    pub fn soak(self, soak: Duration) -> Self {
        Self { soak, ..self }
    }
}

impl Default for Gate {
    /// One device, however long.
    fn default() -> Self {
        Self::new(1)
    }
}

impl GateChange {
    /// A change that names no condition yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of devices that must run a version: 0 to 10,000; 0 opens the gate.
    #[must_use]
    pub fn devices(self, devices: u32) -> Self {
        Self { devices: Some(devices), ..self }
    }

    /// Sets how long a version must have run on each device: 0 to a year.
    #[must_use]
    pub fn soak(self, soak: Duration) -> Self {
        Self { soak: Some(soak), ..self }
    }
}

/// A change that names both conditions.
impl From<Gate> for GateChange {
    fn from(Gate { devices, soak }: Gate) -> Self {
        Self { devices: Some(devices), soak: Some(soak) }
    }
}

/// Spans as whole milliseconds, as they are stored.
mod millis {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::Duration;

    pub(super) fn whole(span: Duration) -> u64 {
        u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn serialize<S: Serializer>(span: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(whole(*span))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }

    pub(super) fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(from)?.map(Duration::from_millis))
    }
}

impl Policy {
    /// Cuts spans to what is stored of them.
    fn cut_spans(&mut self) {
        let Self { gate, invitation, log_age, event_id_life, clock_tolerance, .. } = self;
        for span in [&mut gate.soak, invitation, log_age, event_id_life, clock_tolerance] {
            *span = Duration::from_millis(millis::whole(*span));
        }
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
        const MINUTE: Duration = Duration::from_secs(60);
        const YEAR: Duration = Duration::from_secs(365 * 86_400);
        let out_of_range =
            |field, value: u64, range: &str| Err(crate::Error::invalid(field, format!("is {value}; give {range}")));
        if self.gate.devices > 10_000 {
            return out_of_range("gate.devices", self.gate.devices.into(), "0 to 10000");
        }
        if self.gate.soak > YEAR {
            return out_of_range("gate.soak_millis", millis::whole(self.gate.soak), "0 to 31536000000, a year");
        }
        if self.quarantine_limit > 1_000_000 {
            return out_of_range("quarantine_limit", self.quarantine_limit.into(), "0 to 1000000");
        }
        if !(Duration::from_secs(3600)..=YEAR).contains(&self.invitation) {
            return out_of_range(
                "invitation_millis",
                millis::whole(self.invitation),
                "3600000 to 31536000000, an hour to a year",
            );
        }
        if !(1..=1_000_000).contains(&self.log_events) {
            return out_of_range("log_events", self.log_events.into(), "1 to 1000000");
        }
        if !(MINUTE..=YEAR).contains(&self.log_age) {
            return out_of_range(
                "log_age_millis",
                millis::whole(self.log_age),
                "60000 to 31536000000, a minute to a year",
            );
        }
        if self.clock_tolerance > DAY {
            return out_of_range("clock_tolerance_millis", millis::whole(self.clock_tolerance), "0 to 86400000, a day");
        }
        if !(MINUTE..=31 * DAY).contains(&self.event_id_life) {
            return out_of_range(
                "event_id_millis",
                millis::whole(self.event_id_life),
                "60000 to 2678400000, a minute to 31 days",
            );
        }
        if self.usage_notices.len() > 10 || self.usage_notices.iter().any(|percent| !(1..=100).contains(percent)) {
            let problem = format!("are {:?}; give at most 10 percentages, each 1 to 100", self.usage_notices);
            return Err(crate::Error::invalid("usage_notices", problem));
        }
        Ok(())
    }
}
