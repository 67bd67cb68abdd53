//! Products, their policies and their configuration.

use crate::Moment;
use crate::macros::{arguments, shape, words};
use crate::plain::count;
use crate::shapes::{Actor, Scope};
use fleet_core::product;
use fleet_core::{FirmwareVersion, LimitExceeded};
use std::collections::HashMap;
use std::time::Duration;

shape! {
    /// A product: one platform, one owner, one fleet.
    pub struct Product {
        /// Its number.
        pub id: u32,
        /// Its name.
        pub name: String,
        /// The only hardware in its fleet, such as `particle:6`.
        pub platform: String,
        /// The owner's account.
        pub owner: i64,
        /// When it was created.
        pub created_at: Moment,
        /// The name of its tier.
        pub tier: String,
        /// The team's policies.
        pub policy: Policy,
        /// The version for devices that are not locked and are in no group with a release.
        pub release: Option<Release>,
        /// The product's groups of devices, by number.
        pub groups: Vec<Group>,
    }
}

shape! {
    /// The preferred version of a product.
    pub struct Release {
        /// The version.
        pub version: u16,
        /// When it was released.
        pub at: Moment,
        /// The actor.
        pub by: Actor,
    }
}

shape! {
    /// A named set of devices within a product.
    pub struct Group {
        /// Its number.
        pub id: u16,
        /// Its name.
        pub name: String,
        /// The version released to it.
        pub release: Option<u16>,
    }
}

shape! {
    /// The evidence that a version needs before it can be released.
    pub struct Gate {
        /// Number of the product's devices that must run it.
        pub devices: u32,
        /// How long it must have run on each, in milliseconds.
        pub soak_millis: i64,
    }
}

words! {
    /// How customers are authenticated.
    pub enum Authentication {
        /// The platform holds the account.
        Simple = "simple",
        /// The vendor's server vouches for its own user.
        TwoLegged = "two_legged",
        /// An account of the platform, linked to the customer.
        Linked = "linked",
    }
}

shape! {
    /// The policies of a product.
    pub struct Policy {
        /// The evidence needed before a version can be released.
        pub gate: Gate,
        /// Whether an image that names the platform's id as its product is accepted.
        pub wildcard_product: bool,
        /// Whether a binary of no known format is accepted.
        pub opaque_images: bool,
        /// Whether a device is never sent a version below the one it reports.
        pub forbid_downgrades: bool,
        /// Whether a device that asks to join is admitted at once, if a person could admit it.
        pub approve_by_itself: bool,
        /// Whether only devices that the host registered before can be imported.
        pub known_ids_only: bool,
        /// Maximum number of devices in quarantine.
        pub quarantine_limit: u32,
        /// How long an invitation to the team can be accepted, in milliseconds.
        pub invitation_millis: i64,
        /// How customers are authenticated. Absent if not decided yet.
        pub authentication: Option<Authentication>,
        /// Whether a customer needs an activation code to claim a device.
        pub private_beta: bool,
        /// Maximum number of events in its log.
        pub log_events: u32,
        /// Maximum age of an event in its log, in milliseconds.
        pub log_age_millis: i64,
        /// How long an event's id is recognised, in milliseconds.
        pub event_id_millis: i64,
        /// What customers may do with their device.
        pub customers_may: Vec<Scope>,
        /// Percentages of the tier's messages at which people are notified.
        pub usage_notices: Vec<u16>,
        /// How far a moment may lie ahead of the present clock and still hold back older reports, in milliseconds.
        pub clock_tolerance_millis: i64,
    }
}

words! {
    /// The choice of how customers are authenticated.
    pub enum AuthenticationChoice {
        /// Not decided: any identity is accepted.
        Undecided = "undecided",
        /// The platform holds the account.
        Simple = "simple",
        /// The vendor's server vouches for its own user.
        TwoLegged = "two_legged",
        /// An account of the platform, linked to the customer.
        Linked = "linked",
    }
}

arguments! {
    /// The policies to change. Absent ones stay as they are.
    #[derive(Default)]
    pub struct PolicySettings {
        optional {
            /// Number of devices that must run a version before it can be released. 0 to 10,000, default 1.
            gate_devices: u32,
            /// How long it must run on each, in milliseconds. Up to a year, default 0.
            gate_soak_millis: i64,
            /// Whether an image that names the platform's id as its product is accepted. Default: yes.
            wildcard_product: bool,
            /// Whether a binary of no known format is accepted. Default: no.
            opaque_images: bool,
            /// Whether a device is never sent a version below the one it reports. Default: no.
            forbid_downgrades: bool,
            /// Whether a device that asks to join is admitted at once, if a person could admit it. Default: no.
            approve_by_itself: bool,
            /// Whether only devices that the host registered before can be imported. Default: no.
            known_ids_only: bool,
            /// Maximum number of devices in quarantine. 0 to 1,000,000, default 10,000.
            quarantine_limit: u32,
            /// How long an invitation can be accepted, in milliseconds. An hour to a year, default 14 days.
            invitation_millis: i64,
            /// How customers are authenticated. Default: undecided.
            authentication: AuthenticationChoice,
            /// Whether a customer needs an activation code to claim a device. Default: no.
            private_beta: bool,
            /// Maximum number of events in its log. 1 to 1,000,000, default 10,000.
            log_events: u32,
            /// Maximum age of an event in its log, in milliseconds. A minute to a year, default 7 days.
            log_age_millis: i64,
            /// How long an event's id is recognised, in milliseconds. A minute to 31 days, default 24 hours.
            event_id_millis: i64,
            /// What customers may do with their device. Default: see and control it.
            customers_may: Vec<Scope>,
            /// Percentages of the tier's messages at which people are notified. Default: 70, 90 and 100.
            usage_notices: Vec<u16>,
            /// How far a moment may lie ahead of the present clock and still hold back older reports, in milliseconds.
            /// Up to a day, default 10 minutes.
            clock_tolerance_millis: i64,
        }
    }
}

words! {
    /// What a tier limits.
    pub enum Resource {
        /// Number of devices in the product.
        Devices = "devices",
        /// Team members, including the owner and pending invitations.
        Members = "members",
        /// Outbound messages in a usage month.
        Messages = "messages",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// A tier's limit that blocks an operation.
    pub struct Limit {
        /// The product's tier.
        pub tier: String,
        /// The limited resource.
        pub resource: Resource,
        /// The tier's limit.
        pub limit: i64,
        /// The number in use now.
        pub used: i64,
        /// The number that would be in use.
        pub would_be: i64,
        /// Number of places that running imports reserve, if it would fit without them. 0 if that is not the reason.
        pub held_places: i64,
        /// The latest time at which all of them are free.
        pub held_until: Option<Moment>,
        /// The cheapest tier that would be enough. Absent if there is none.
        pub fits: Option<Fits>,
        /// The same as a sentence.
        pub message: String,
    }
}

shape! {
    /// The cheapest tier that would be enough.
    pub struct Fits {
        /// Its name.
        pub tier: String,
        /// Its limit. Absent if it has none.
        pub limit: Option<i64>,
    }
}

/// A product's answers to the questions before manufacturing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "python", pyo3::pyclass(frozen, get_all, eq, module = "fleet_core"))]
#[cfg_attr(feature = "node", napi_derive::napi(object, object_from_js = false, use_nullable = true))]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct Configuration {
    /// Each answer under its question's name.
    pub answers: HashMap<String, ConfigurationAnswer>,
    /// When manufacturing began. From then on the settings that the line is programmed with cannot change.
    pub started_at: Option<Moment>,
}

#[cfg(feature = "python")]
crate::python_value!(Configuration {
    answers: HashMap<String, ConfigurationAnswer>,
    started_at: Option<Moment>,
});

/// An answer. In Python it is a `str`, a `bool`, a list of `str`, or an `int`; in Node a string, a boolean, an array of
/// strings, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
pub enum ConfigurationAnswer {
    /// Text, or one of a question's choices.
    Text {
        /// The text.
        text: String,
    },
    /// Yes or no.
    YesNo {
        /// The answer.
        yes: bool,
    },
    /// Some of a question's choices.
    Some {
        /// The answer.
        chosen: Vec<String>,
    },
    /// A firmware version.
    Version {
        /// The answer.
        version: u32,
    },
}

shape! {
    /// Something that is missing before manufacturing can start.
    pub struct Missing {
        /// The question's name.
        pub question: String,
        /// What is missing.
        pub why: String,
    }
}

impl From<&fleet_core::Product> for Product {
    fn from(product: &fleet_core::Product) -> Self {
        let groups = product.groups.iter();
        Self {
            id: product.id.get(),
            name: product.name.clone(),
            platform: product.platform.clone().into(),
            owner: count(product.owner.get()),
            created_at: product.created_at.into(),
            tier: product.tier.to_string(),
            policy: (&product.policy).into(),
            release: product.release.map(|release| Release {
                version: release.version.get(),
                at: release.at.into(),
                by: release.by.into(),
            }),
            groups: groups
                .map(|(id, group)| Group {
                    id: id.get(),
                    name: group.name.clone(),
                    release: group.release.map(FirmwareVersion::get),
                })
                .collect(),
        }
    }
}

impl From<&fleet_core::Policy> for Policy {
    fn from(policy: &fleet_core::Policy) -> Self {
        Self {
            gate: Gate { devices: policy.gate.devices, soak_millis: millis(policy.gate.soak) },
            wildcard_product: policy.wildcard_product,
            opaque_images: policy.opaque_images,
            forbid_downgrades: policy.forbid_downgrades,
            approve_by_itself: policy.approve_by_itself,
            known_ids_only: policy.known_ids_only,
            quarantine_limit: policy.quarantine_limit,
            invitation_millis: millis(policy.invitation),
            authentication: policy.authentication.map(Authentication::from),
            private_beta: policy.private_beta,
            log_events: policy.log_events,
            log_age_millis: millis(policy.log_age),
            event_id_millis: millis(policy.event_id_life),
            customers_may: policy.customers_may.iter().map(|scope| Scope::from(*scope)).collect(),
            usage_notices: policy.usage_notices.iter().map(|percent| u16::from(*percent)).collect(),
            clock_tolerance_millis: millis(policy.clock_tolerance),
        }
    }
}

/// A span in whole milliseconds.
fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

impl TryFrom<PolicySettings> for product::PolicyChange {
    type Error = crate::Failure;

    fn try_from(settings: PolicySettings) -> Result<Self, crate::Failure> {
        let span = |field, millis: Option<i64>| {
            let checked = millis.map(u64::try_from).transpose();
            let checked = checked.map_err(|_| crate::Failure::invalid(field, "must not be negative"))?;
            Ok::<_, crate::Failure>(checked.map(Duration::from_millis))
        };
        let mut change = Self::new();
        change.clock_tolerance = span("clock_tolerance_millis", settings.clock_tolerance_millis)?;
        change.gate.devices = settings.gate_devices;
        change.gate.soak = span("gate.soak_millis", settings.gate_soak_millis)?;
        change.wildcard_product = settings.wildcard_product;
        change.opaque_images = settings.opaque_images;
        change.forbid_downgrades = settings.forbid_downgrades;
        change.approve_by_itself = settings.approve_by_itself;
        change.known_ids_only = settings.known_ids_only;
        change.quarantine_limit = settings.quarantine_limit;
        change.invitation = span("invitation_millis", settings.invitation_millis)?;
        change.authentication = settings.authentication.map(AuthenticationChoice::into);
        change.private_beta = settings.private_beta;
        change.customers_may = settings.customers_may.map(|scopes| scopes.into_iter().map(Into::into).collect());
        change.log_events = settings.log_events;
        change.log_age = span("log_age_millis", settings.log_age_millis)?;
        change.event_id_life = span("event_id_millis", settings.event_id_millis)?;
        change.usage_notices = settings
            .usage_notices
            .map(|shares| shares.into_iter().map(|share| u8::try_from(share).unwrap_or(u8::MAX)).collect());
        Ok(change)
    }
}

impl From<AuthenticationChoice> for Option<product::Authentication> {
    fn from(choice: AuthenticationChoice) -> Self {
        match choice {
            AuthenticationChoice::Undecided => None,
            AuthenticationChoice::Simple => Some(product::Authentication::Simple),
            AuthenticationChoice::TwoLegged => Some(product::Authentication::TwoLegged),
            AuthenticationChoice::Linked => Some(product::Authentication::Linked),
        }
    }
}

impl From<product::Authentication> for Authentication {
    fn from(authentication: product::Authentication) -> Self {
        match authentication {
            product::Authentication::Simple => Self::Simple,
            product::Authentication::TwoLegged => Self::TwoLegged,
            product::Authentication::Linked => Self::Linked,
        }
    }
}

impl From<fleet_core::Resource> for Resource {
    fn from(resource: fleet_core::Resource) -> Self {
        match resource {
            fleet_core::Resource::Devices => Self::Devices,
            fleet_core::Resource::Members => Self::Members,
            fleet_core::Resource::Messages => Self::Messages,
            _ => Self::Other,
        }
    }
}

impl From<&LimitExceeded> for Limit {
    fn from(exceeded: &LimitExceeded) -> Self {
        Self {
            tier: exceeded.tier.to_string(),
            resource: exceeded.resource.into(),
            limit: count(exceeded.limit),
            used: count(exceeded.used),
            would_be: count(exceeded.would_be),
            held_places: exceeded.held.map_or(0, |held| count(held.places)),
            held_until: exceeded.held.map(|held| held.until.into()),
            fits: exceeded.fits.as_ref().map(|(tier, limit)| Fits { tier: tier.to_string(), limit: limit.map(count) }),
            message: exceeded.to_string(),
        }
    }
}

impl From<&product::Configuration> for Configuration {
    fn from(configuration: &product::Configuration) -> Self {
        let answers = configuration.answers.iter();
        Self {
            answers: answers.map(|(question, answer)| (question.clone(), answer.into())).collect(),
            started_at: configuration.started_at.map(Moment::from),
        }
    }
}

impl From<&product::ConfigurationAnswer> for ConfigurationAnswer {
    fn from(answer: &product::ConfigurationAnswer) -> Self {
        match answer {
            product::ConfigurationAnswer::Text(text) => Self::Text { text: text.clone() },
            product::ConfigurationAnswer::YesNo(yes) => Self::YesNo { yes: *yes },
            product::ConfigurationAnswer::Some(chosen) => Self::Some { chosen: chosen.iter().cloned().collect() },
            product::ConfigurationAnswer::Version(version) => Self::Version { version: version.get().into() },
        }
    }
}

impl TryFrom<ConfigurationAnswer> for product::ConfigurationAnswer {
    type Error = crate::Failure;

    fn try_from(answer: ConfigurationAnswer) -> Result<Self, crate::Failure> {
        Ok(match answer {
            ConfigurationAnswer::Text { text } => Self::Text(text),
            ConfigurationAnswer::YesNo { yes } => Self::YesNo(yes),
            ConfigurationAnswer::Some { chosen } => Self::Some(chosen.into_iter().collect()),
            ConfigurationAnswer::Version { version } => Self::Version(FirmwareVersion::new(version)?),
        })
    }
}

impl From<&product::Missing> for Missing {
    fn from(missing: &product::Missing) -> Self {
        Self { question: missing.question.clone(), why: missing.why.clone() }
    }
}
