//! The commands that a step can give: one for each door method, under the method's own name.
//!
//! What a step hands in is read strictly before anything runs, so that a misspelt argument is never a step that passes.

use fleet_core::billing::{ChargeOutcome, Interval};
use fleet_core::customer::{CustomerId, Scope};
use fleet_core::device::{Standing, UpdateProgress};
use fleet_core::event::EventCursor;
use fleet_core::product::ConfigurationAnswer;
use fleet_core::{AccountId, DeviceId, Money, Policy, Timestamp};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// A step's command and its arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Command {
    // People, products and the audit.
    CreateAccount {
        email: Ref<String>,
    },
    CreateProduct {
        name: Ref<String>,
        platform: Ref<String>,
    },
    CreateProductWithId {
        product: Ref<u32>,
        owner: String,
        name: Ref<String>,
        platform: Ref<String>,
    },
    Product {
        product: Ref<u32>,
    },
    Products {},
    RenameProduct {
        product: Ref<u32>,
        name: Ref<String>,
    },
    SetPolicy {
        product: Ref<u32>,
        policy: Policy,
    },
    SetTier {
        product: Ref<u32>,
        tier: Ref<String>,
    },
    RemoveProduct {
        product: Ref<u32>,
    },
    CreateGroup {
        product: Ref<u32>,
        name: Ref<String>,
    },
    DeleteGroup {
        product: Ref<u32>,
        group: Ref<u16>,
    },
    AuditLog {
        product: Ref<u32>,
        after: Option<Ref<String>>,
        limit: Option<usize>,
    },

    // Who is on a team.
    Team {
        product: Ref<u32>,
    },
    Invite {
        product: Ref<u32>,
        email: Ref<String>,
    },
    RevokeInvitation {
        product: Ref<u32>,
        account: Ref<AccountId>,
    },
    Invitations {},
    AcceptInvitation {
        product: Ref<u32>,
    },
    DeclineInvitation {
        product: Ref<u32>,
    },
    LeaveTeam {
        product: Ref<u32>,
    },
    RemoveMember {
        product: Ref<u32>,
        account: Ref<AccountId>,
    },
    TransferOwnership {
        product: Ref<u32>,
        to: Ref<AccountId>,
    },
    SetAccountLock {
        account: Ref<AccountId>,
        locked: bool,
    },

    // Customers, the private beta and the configuration.
    CreateCustomer {
        product: Ref<u32>,
        user_name: Ref<String>,
        identity: Option<Identified>,
    },
    Customer {
        product: Ref<u32>,
        customer: Ref<CustomerId>,
    },
    Customers {
        product: Ref<u32>,
        filter: Option<CustomersFilter>,
        after: Option<Ref<CustomerId>>,
        limit: Option<usize>,
    },
    RemoveCustomer {
        product: Ref<u32>,
        customer: Ref<CustomerId>,
    },
    IssueToken {
        product: Ref<u32>,
        customer: Ref<CustomerId>,
        scopes: BTreeSet<Scope>,
        /// In seconds.
        life: u64,
    },
    RevokeToken {
        product: Ref<u32>,
        customer: Ref<CustomerId>,
        token_id: Ref<String>,
    },
    SetDeviceCode {
        product: Ref<u32>,
        device: Ref<DeviceId>,
        code: Ref<String>,
    },
    InviteToBeta {
        product: Ref<u32>,
        list: List,
    },
    BetaGuests {
        product: Ref<u32>,
        after: Option<Ref<String>>,
        limit: Option<usize>,
    },
    Configuration {
        product: Ref<u32>,
    },
    Configure {
        product: Ref<u32>,
        question: Ref<String>,
        answer: Option<ConfigurationAnswer>,
    },
    ManufacturingReadiness {
        product: Ref<u32>,
    },
    StartManufacturing {
        product: Ref<u32>,
    },

    // Events, as a team sees them.
    Subscribe {
        product: Ref<u32>,
        to: Destined,
        prefix: Option<Ref<String>>,
        device: Option<Ref<DeviceId>>,
    },
    Unsubscribe {
        product: Ref<u32>,
        subscription: Ref<u32>,
    },
    Subscriptions {
        product: Ref<u32>,
    },
    Events {
        product: Ref<u32>,
        filter: Option<EventsFilter>,
        before: Option<Ref<EventCursor>>,
        limit: Option<usize>,
    },
    FollowEvents {
        product: Ref<u32>,
        after: Option<Ref<EventCursor>>,
        limit: Option<usize>,
    },
    EventStream {
        product: Ref<u32>,
    },
    ReadEventStream {
        stream: Ref<usize>,
        limit: Option<usize>,
    },
    DeviceErrors {
        product: Ref<u32>,
    },
    ForgetDeviceErrors {
        product: Ref<u32>,
        error_kind: Ref<String>,
    },

    // The portal.
    Me {
        token: Ref<String>,
    },
    Activate {
        token: Ref<String>,
        code: Ref<String>,
    },
    AskClaimCode {
        token: Ref<String>,
    },
    Claim {
        token: Ref<String>,
        device: Ref<DeviceId>,
        code: Ref<String>,
    },
    Unclaim {
        token: Ref<String>,
        device: Ref<DeviceId>,
    },
    /// `Portal::devices`: the console's method of that name is `devices`.
    MyDevices {
        token: Ref<String>,
    },
    UseDevice {
        token: Ref<String>,
        device: Ref<DeviceId>,
        scope: Scope,
    },

    // Devices, as a team sees them.
    PlanImport {
        product: Ref<u32>,
        list: List,
    },
    Import {
        product: Ref<u32>,
        list: List,
    },
    ImportWatched {
        product: Ref<u32>,
        list: List,
        stop_after: Option<u64>,
    },
    RegisterDevices {
        devices: Vec<Listed>,
    },
    Device {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    Devices {
        product: Ref<u32>,
        filter: Option<Filter>,
        after: Option<Ref<DeviceId>>,
        limit: Option<usize>,
    },
    Summary {
        product: Ref<u32>,
    },
    Explain {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    NameDevice {
        product: Ref<u32>,
        device: Ref<DeviceId>,
        name: Ref<String>,
    },
    MarkDevelopment {
        product: Ref<u32>,
        device: Ref<DeviceId>,
        development: bool,
    },
    SetGroups {
        product: Ref<u32>,
        device: Ref<DeviceId>,
        groups: Vec<Ref<u16>>,
    },
    ApproveDevice {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    DenyDevice {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    UndenyDevice {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    RemoveDevice {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    ClaimDevice {
        device: Ref<DeviceId>,
    },
    UnclaimDevice {
        device: Ref<DeviceId>,
    },
    ClaimedDevices {
        after: Option<Ref<DeviceId>>,
        limit: Option<usize>,
    },

    // Firmware.
    Upload {
        product: Ref<u32>,
        version: Ref<u32>,
        title: Ref<String>,
        description: Option<Ref<String>>,
        requires_system: Option<semver::VersionReq>,
        binary: Binary,
    },
    Firmware {
        product: Ref<u32>,
    },
    EditFirmware {
        product: Ref<u32>,
        version: Ref<u32>,
        title: Ref<String>,
        description: Option<Ref<String>>,
    },
    DeleteFirmware {
        product: Ref<u32>,
        version: Ref<u32>,
    },
    Release {
        product: Ref<u32>,
        version: Ref<u32>,
    },
    WithdrawRelease {
        product: Ref<u32>,
    },
    ReleaseToGroup {
        product: Ref<u32>,
        group: Ref<u16>,
        version: Option<Ref<u32>>,
    },
    LockAndFlashNow {
        product: Ref<u32>,
        device: Ref<DeviceId>,
        version: Ref<u32>,
    },
    LockAndFlashOnReset {
        product: Ref<u32>,
        device: Ref<DeviceId>,
        version: Ref<u32>,
    },
    Unlock {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    ForceUpdate {
        product: Ref<u32>,
        device: Ref<DeviceId>,
    },
    DryRun {
        product: Ref<u32>,
        change: Change,
    },

    // The gateway.
    Connect(Reported),
    ConnectMany {
        reports: Vec<Reported>,
    },
    Disconnect {
        device: Ref<DeviceId>,
        product: Option<Ref<u32>>,
        session: Option<u64>,
        ended_at: Option<Moment>,
    },
    ReportUpdate {
        device: Ref<DeviceId>,
        product: Ref<u32>,
        sequence: Ref<u32>,
        progress: UpdateProgress,
    },

    Publish(Said),
    PublishMany {
        events: Vec<Said>,
    },
    PresentClaimCode {
        device: Ref<DeviceId>,
        code: Ref<String>,
    },

    // Billing.
    QuoteUpgrade {
        product: Ref<u32>,
        tier: Ref<String>,
        interval: Interval,
    },
    Upgrade {
        product: Ref<u32>,
        quote: Ref<String>,
    },
    SwitchInterval {
        product: Ref<u32>,
        interval: Interval,
    },
    SetCurrency {
        product: Ref<u32>,
        currency: Ref<String>,
    },
    SetCard {
        token: String,
        brand: Option<String>,
        last_four: Option<String>,
        expires: String,
    },
    RemoveCard {},
    BillingStatus {
        product: Ref<u32>,
    },
    Invoices {
        product: Ref<u32>,
        after: Option<Ref<u32>>,
        limit: Option<usize>,
    },
    CancelPlan {
        product: Ref<u32>,
    },
    Downgrade {
        product: Ref<u32>,
        tier: Ref<String>,
    },
    AgreePrice {
        product: Ref<u32>,
        tier: Ref<String>,
        interval: Interval,
        price: Option<Money>,
    },
    WriteOff {
        product: Ref<u32>,
        invoice: Ref<u32>,
    },

    // The clock.
    Due {
        limit: Option<usize>,
    },
    Advance {
        limit: Option<usize>,
    },
    ChargeOutcome {
        key: Ref<String>,
        outcome: ChargeOutcome,
    },
    PendingCharges {
        after: Option<Ref<String>>,
        limit: Option<usize>,
    },

    // The host's outbox.
    // Messages.
    Usage {
        product: Ref<u32>,
    },
    /// Admits so many by the product's meter.
    Meter {
        product: Ref<u32>,
        want: Ref<u64>,
    },
    ReportUsage {},
    SettleUsage {},

    PendingNotices {
        after: Option<Ref<String>>,
        limit: Option<usize>,
    },
    Acknowledge {
        key: Ref<String>,
    },
}

/// Which door a command goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Console,
    Portal,
    Gateway,
    Clock,
    Fleet,
}

impl Command {
    pub(super) fn door(&self) -> Door {
        match self {
            Self::Connect(_)
            | Self::ConnectMany { .. }
            | Self::Disconnect { .. }
            | Self::ReportUpdate { .. }
            | Self::Publish(_)
            | Self::PublishMany { .. }
            | Self::PresentClaimCode { .. } => Door::Gateway,
            Self::Me { .. }
            | Self::Activate { .. }
            | Self::AskClaimCode { .. }
            | Self::Claim { .. }
            | Self::Unclaim { .. }
            | Self::MyDevices { .. }
            | Self::UseDevice { .. } => Door::Portal,
            Self::Due { .. } | Self::Advance { .. } | Self::ChargeOutcome { .. } => Door::Clock,
            Self::PendingNotices { .. }
            | Self::PendingCharges { .. }
            | Self::Acknowledge { .. }
            | Self::Meter { .. }
            | Self::ReportUsage {}
            | Self::SettleUsage {} => Door::Fleet,
            _ => Door::Console,
        }
    }
}

/// A value, or where to find it in an answer that an earlier step saved: `$name.field.0`.
#[derive(Clone, Debug)]
pub(super) enum Ref<T> {
    Value(T),
    Saved(String),
}

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for Ref<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match value.as_str().and_then(|text| text.strip_prefix('$')) {
            Some(path) => Ok(Self::Saved(path.to_owned())),
            None => {
                T::deserialize(&value).map(Self::Value).map_err(|error| de::Error::custom(format!("{value}: {error}")))
            }
        }
    }
}

/// A moment: RFC 3339, or whole seconds after noon of 8 March 2016.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(pub(super) Timestamp);

/// The moment that seconds are counted from: 2016-03-08T12:00:00Z.
const NOON: Timestamp = Timestamp::from_millis(1_457_438_400_000);

impl Moment {
    pub(super) const START: Self = Self(NOON);
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => text.parse().map(Self).map_err(de::Error::custom),
            value => match value.as_u64() {
                Some(seconds) => Ok(Self(NOON.after(Duration::from_secs(seconds)))),
                None => Err(de::Error::custom(format!("{value} is no moment: write RFC 3339, or whole seconds"))),
            },
        }
    }
}

/// What a device says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reported {
    pub(super) device: Ref<DeviceId>,
    pub(super) product: Option<Ref<u32>>,
    pub(super) version: Option<u16>,
    pub(super) image: Option<Ref<String>>,
    pub(super) platform: Option<String>,
    pub(super) system: Option<String>,
    pub(super) security_counter: Option<u32>,
    pub(super) takes_updates: Option<bool>,
    pub(super) session: Option<u64>,
    pub(super) reported_at: Option<Moment>,
}

/// What a device publishes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub(super) device: Ref<DeviceId>,
    pub(super) product: Option<Ref<u32>>,
    pub(super) name: Text,
    pub(super) data: Option<Text>,
    pub(super) id: Option<Text>,
    pub(super) error_kind: Option<Text>,
    pub(super) happened_at: Option<Moment>,
}

/// A text, or one that is repeated so many times.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Text {
    Plain(String),
    Repeated(Repeated),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeated {
    repeat: String,
    times: usize,
}

impl Text {
    pub(super) fn written(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeated(Repeated { repeat, times }) => repeat.repeat(*times),
        }
    }
}

/// Where events are sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Destined {
    Webhook { url: Text },
    Integration { name: Text },
    LiveStream,
}

/// Which events to list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsFilter {
    pub(super) device: Option<Ref<DeviceId>>,
    pub(super) prefix: Option<String>,
}

/// A device of a manufacturing list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub(super) device: Ref<DeviceId>,
    pub(super) platform: Option<String>,
}

/// A device list, as a file that a person would upload.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum List {
    /// UTF-8.
    Text(String),
    /// Any bytes, as numbers.
    Bytes(Vec<u8>),
    /// A file under `fleet-core/tests/vectors`.
    File(String),
    /// So many ids that follow each other, one a line.
    Run { first: DeviceId, count: u32 },
}

/// A firmware binary.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Binary {
    /// A file under `fleet-core/tests/vectors`.
    File(String),
    /// Any bytes, as numbers.
    Bytes(Vec<u8>),
    /// A file under `fleet-core/tests/vectors` with other bytes in some places.
    Patched { file: String, patches: Vec<Patch> },
}

/// Bytes to put over those of a file, from an offset on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    pub(super) at: usize,
    pub(super) bytes: Vec<u8>,
}

/// Which devices to list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    pub(super) standing: Option<Standing>,
    pub(super) online: Option<bool>,
    pub(super) version: Option<u16>,
    pub(super) group: Option<Ref<u16>>,
    pub(super) locked: Option<bool>,
    pub(super) development: Option<bool>,
    pub(super) pending: Option<bool>,
    pub(super) failing: Option<bool>,
    pub(super) prefix: Option<String>,
}

/// How a customer is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Identified {
    Simple,
    TwoLegged { user: Ref<String> },
    Linked { account: Ref<AccountId> },
}

/// Which customers to list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomersFilter {
    pub(super) activity: Option<Since>,
    pub(super) with_device: Option<bool>,
    pub(super) prefix: Option<String>,
}

/// Whether customers used their device since a moment.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Since {
    Since(Moment),
    NotSince(Moment),
}

/// A change to count beforehand.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    Nothing {},
    Release { version: Option<Ref<u32>> },
    ReleaseToGroup { group: Ref<u16>, version: Option<Ref<u32>> },
    Lock { device: Ref<DeviceId>, version: Option<Ref<u32>> },
    Groups { device: Ref<DeviceId>, groups: Vec<Ref<u16>> },
}
