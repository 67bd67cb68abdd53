//! The commands of steps: one for each method of a door, under the method's own name.
//!
//! Invariant: the arguments of a step are read strictly before anything runs, so that a step with a misspelt argument
//! never passes.

use super::argument::{
    Binary, Change, CustomersFilter, Destined, EventsFilter, Filter, Identified, List, Listed, Moment, PublishedEvent,
    Ref, Reported,
};
use fleet_core::billing::{ChargeOutcome, Interval};
use fleet_core::customer::{CustomerId, Scope};
use fleet_core::device::UpdateProgress;
use fleet_core::event::EventCursor;
use fleet_core::product::ConfigurationAnswer;
use fleet_core::{AccountId, DeviceId, Money, PolicyChange};
use serde::Deserialize;
use std::collections::BTreeSet;

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
        policy: PolicyChange,
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

    AccountAuditLog {
        account: Ref<AccountId>,
        after: Option<Ref<String>>,
        limit: Option<usize>,
    },

    // Members of a team.
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
    FindCustomer {
        product: Ref<u32>,
        identity: Identified,
    },
    UninviteFromBeta {
        product: Ref<u32>,
        user_name: Ref<String>,
    },
    RenewActivationCode {
        product: Ref<u32>,
        user_name: Ref<String>,
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
    LogOut {
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
    CorrectDevice {
        product: Ref<u32>,
        device: Ref<DeviceId>,
        platform: Option<String>,
        security_counter: Option<u32>,
    },
    FreePlaces {
        product: Ref<u32>,
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
    EndClaim {
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

    Publish(PublishedEvent),
    PublishMany {
        events: Vec<PublishedEvent>,
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

    AccountBilling {
        account: Ref<AccountId>,
    },
    AccountInvoices {
        account: Ref<AccountId>,
        after: Option<Ref<String>>,
        limit: Option<usize>,
    },

    // The clock.
    Due {
        limit: Option<usize>,
    },
    Advance {
        limit: Option<usize>,
    },
    ConfirmLeap {},
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
    /// Admits this many messages with the product's meter.
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

/// The door that a command uses.
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
            | Self::LogOut { .. }
            | Self::Activate { .. }
            | Self::AskClaimCode { .. }
            | Self::Claim { .. }
            | Self::Unclaim { .. }
            | Self::MyDevices { .. }
            | Self::UseDevice { .. } => Door::Portal,
            Self::Due { .. } | Self::Advance { .. } | Self::ConfirmLeap {} | Self::ChargeOutcome { .. } => Door::Clock,
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
