//! The names of the doors' operations.

use serde::{Serialize, Serializer};
use std::fmt;

macro_rules! operations {
    ($($variant:ident = $name:literal,)*) => {
        /// An operation of a door. Its name is the command's name in scenarios, and the method's name; methods of a
        /// handle leave out the noun.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Operation {
            /// All operations.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the name, such as `rename_product`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

operations! {
    CreateAccount = "create_account",
    CreateProduct = "create_product",
    CreateProductWithId = "create_product_with_id",
    Product = "product",
    Products = "products",
    RenameProduct = "rename_product",
    SetPolicy = "set_policy",
    SetTier = "set_tier",
    RemoveProduct = "remove_product",
    CreateGroup = "create_group",
    DeleteGroup = "delete_group",
    AuditLog = "audit_log",
    AccountAuditLog = "account_audit_log",
    Configuration = "configuration",
    Configure = "configure",
    ManufacturingReadiness = "manufacturing_readiness",
    StartManufacturing = "start_manufacturing",
    Team = "team",
    Invite = "invite",
    RevokeInvitation = "revoke_invitation",
    Invitations = "invitations",
    AcceptInvitation = "accept_invitation",
    DeclineInvitation = "decline_invitation",
    LeaveTeam = "leave_team",
    RemoveMember = "remove_member",
    TransferOwnership = "transfer_ownership",
    SetAccountLock = "set_account_lock",
    CreateCustomer = "create_customer",
    Customer = "customer",
    Customers = "customers",
    FindCustomer = "find_customer",
    RemoveCustomer = "remove_customer",
    IssueToken = "issue_token",
    RevokeToken = "revoke_token",
    SetDeviceCode = "set_device_code",
    InviteToBeta = "invite_to_beta",
    UninviteFromBeta = "uninvite_from_beta",
    RenewActivationCode = "renew_activation_code",
    BetaGuests = "beta_guests",
    PlanImport = "plan_import",
    Import = "import",
    ImportWatched = "import_watched",
    RegisterDevices = "register_devices",
    CorrectDevice = "correct_device",
    FreePlaces = "free_places",
    Device = "device",
    Devices = "devices",
    Summary = "summary",
    Explain = "explain",
    NameDevice = "name_device",
    MarkDevelopment = "mark_development",
    SetGroups = "set_groups",
    ApproveDevice = "approve_device",
    DenyDevice = "deny_device",
    UndenyDevice = "undeny_device",
    RemoveDevice = "remove_device",
    ClaimDevice = "claim_device",
    UnclaimDevice = "unclaim_device",
    EndClaim = "end_claim",
    ClaimedDevices = "claimed_devices",
    Upload = "upload",
    Firmware = "firmware",
    EditFirmware = "edit_firmware",
    DeleteFirmware = "delete_firmware",
    Release = "release",
    WithdrawRelease = "withdraw_release",
    ReleaseToGroup = "release_to_group",
    LockAndFlashNow = "lock_and_flash_now",
    LockAndFlashOnReset = "lock_and_flash_on_reset",
    Unlock = "unlock",
    ForceUpdate = "force_update",
    DryRun = "dry_run",
    Subscribe = "subscribe",
    Unsubscribe = "unsubscribe",
    Subscriptions = "subscriptions",
    Events = "events",
    FollowEvents = "follow_events",
    EventStream = "event_stream",
    ReadEventStream = "read_event_stream",
    DeviceErrors = "device_errors",
    ForgetDeviceErrors = "forget_device_errors",
    Usage = "usage",
    QuoteUpgrade = "quote_upgrade",
    Upgrade = "upgrade",
    SwitchInterval = "switch_interval",
    SetCurrency = "set_currency",
    SetCard = "set_card",
    RemoveCard = "remove_card",
    BillingStatus = "billing_status",
    Invoices = "invoices",
    CancelPlan = "cancel_plan",
    Downgrade = "downgrade",
    AgreePrice = "agree_price",
    WriteOff = "write_off",
    AccountBilling = "account_billing",
    AccountInvoices = "account_invoices",
    Me = "me",
    LogOut = "log_out",
    Activate = "activate",
    AskClaimCode = "ask_claim_code",
    Claim = "claim",
    Unclaim = "unclaim",
    MyDevices = "my_devices",
    UseDevice = "use_device",
    Connect = "connect",
    ConnectMany = "connect_many",
    Disconnect = "disconnect",
    ReportUpdate = "report_update",
    PresentClaimCode = "present_claim_code",
    Publish = "publish",
    PublishMany = "publish_many",
    Due = "due",
    Advance = "advance",
    ConfirmLeap = "confirm_leap",
    ChargeOutcome = "charge_outcome",
    PendingNotices = "pending_notices",
    PendingCharges = "pending_charges",
    Acknowledge = "acknowledge",
    Meter = "meter",
    ReportUsage = "report_usage",
    SettleUsage = "settle_usage",
    Backup = "backup",
    Query = "query",
}

impl Operation {
    /// The operation of a lock: it has a name for each way to flash.
    pub(crate) fn lock(flash: crate::Flash) -> Self {
        match flash {
            crate::Flash::Now => Self::LockAndFlashNow,
            crate::Flash::OnReset => Self::LockAndFlashOnReset,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
