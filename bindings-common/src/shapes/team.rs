//! People: accounts, teams, and the audit.

use crate::Moment;
use crate::macros::{choice, shape, words};
use crate::plain::count;
use crate::shapes::word;
use fleet_core::audit::AuditRecord;
use fleet_core::team::{self, TeamView};

shape! {
    /// A person who can log in.
    pub struct Account {
        /// Its number.
        pub id: i64,
        /// Its e-mail, in lower case.
        pub email: String,
        /// When it was created.
        pub created_at: Moment,
        /// Since when an operator has locked it. Absent if none has.
        pub locked_at: Option<Moment>,
        /// Since when it is locked for unpaid bills. Absent if it is not.
        pub unpaid_since: Option<Moment>,
    }
}

shape! {
    /// A person on a team.
    pub struct Person {
        /// The account's number.
        pub account: i64,
        /// Its e-mail.
        pub email: String,
    }
}

shape! {
    /// A person with an open invitation to a team.
    pub struct Invited {
        /// The account's number.
        pub account: i64,
        /// Its e-mail.
        pub email: String,
        /// When they were invited.
        pub at: Moment,
        /// When the invitation expires; from then on it holds no seat.
        pub expires_at: Moment,
    }
}

shape! {
    /// A product's team, as its members see it.
    pub struct Team {
        /// The owner's account.
        pub owner: i64,
        /// The members, including the owner, by account.
        pub members: Vec<Person>,
        /// The open invitations, including expired ones.
        pub invited: Vec<Invited>,
    }
}

shape! {
    /// An account's invitation to a team.
    pub struct Invitation {
        /// When.
        pub at: Moment,
        /// When it expires; from then on it holds no seat.
        pub expires_at: Moment,
    }
}

shape! {
    /// An invitation, as the invitee sees it.
    pub struct ReceivedInvitation {
        /// The product's number.
        pub product: u32,
        /// Its name.
        pub name: String,
        /// When it was made.
        pub at: Moment,
        /// When it expires.
        pub expires_at: Moment,
    }
}

choice! {
    /// The actor of a command.
    pub enum Actor {
        /// The platform's operator.
        Operator as Operator,
        /// A person.
        Account(AccountActor) {
            /// The account's number.
            account: i64,
        },
        /// A customer of the product.
        Customer(CustomerActor) {
            /// The customer's number.
            customer: i64,
        },
    }
}

words! {
    /// A command of a console or a portal, as an audit names it.
    pub enum Command {
        /// Create an account.
        CreateAccount = "create_account",
        /// Lock an account for unpaid bills, or unlock it.
        LockAccount = "lock_account",
        /// Register devices that exist.
        RegisterDevices = "register_devices",
        /// Correct a device's entry in the registry.
        CorrectDevice = "correct_device",
        /// Create a product with a given id.
        CreateProductWithId = "create_product_with_id",
        /// Remove a product.
        RemoveProduct = "remove_product",
        /// Put a product on a tier without a charge.
        SetTier = "set_tier",
        /// Make another account the owner.
        TransferOwnership = "transfer_ownership",
        /// End a product's plan.
        CancelPlan = "cancel_plan",
        /// Put a product on a lower tier.
        Downgrade = "downgrade",
        /// Agree on a price.
        AgreePrice = "agree_price",
        /// Write an invoice off.
        WriteOff = "write_off",
        /// Create a product.
        CreateProduct = "create_product",
        /// Claim a personal device, or end its claim.
        ClaimDevice = "claim_device",
        /// See a product, its devices, its firmware, its team, its audit.
        ReadProduct = "read_product",
        /// Rename a product.
        RenameProduct = "rename_product",
        /// Change a product's policy.
        SetPolicy = "set_policy",
        /// Answer a question of the configuration.
        Configure = "configure",
        /// Start manufacturing.
        StartManufacturing = "start_manufacturing",
        /// Import devices.
        ImportDevices = "import_devices",
        /// Admit a waiting device.
        ApproveDevice = "approve_device",
        /// Deny a device.
        DenyDevice = "deny_device",
        /// Allow a denied device to ask again.
        UndenyDevice = "undeny_device",
        /// Remove a device from the product.
        RemoveDevice = "remove_device",
        /// End a device's claim, whoever has it.
        EndClaim = "end_claim",
        /// Name a device.
        NameDevice = "name_device",
        /// Mark a device for development, or remove the mark.
        MarkDevelopment = "mark_development",
        /// Create, change or delete a group, or put devices in it.
        ChangeGroups = "change_groups",
        /// Upload firmware.
        UploadFirmware = "upload_firmware",
        /// Change a firmware's title or description.
        EditFirmware = "edit_firmware",
        /// Delete firmware.
        DeleteFirmware = "delete_firmware",
        /// Release firmware to the product or to a group, or withdraw it.
        ReleaseFirmware = "release_firmware",
        /// Lock a device to a version, or unlock it.
        LockDevice = "lock_device",
        /// Send an update to a device that takes none.
        ForceUpdate = "force_update",
        /// Create a customer, or remove one.
        ChangeCustomers = "change_customers",
        /// Issue a token to a customer, or revoke it.
        IssueToken = "issue_token",
        /// Invite customers to the private beta.
        InviteToBeta = "invite_to_beta",
        /// Forward events, or stop it.
        ChangeSubscriptions = "change_subscriptions",
        /// Reset the count of the errors of a kind.
        ForgetErrors = "forget_errors",
        /// Put a card on file, or remove it.
        SetCard = "set_card",
        /// See the state of a product's billing, and its invoices.
        ReadBilling = "read_billing",
        /// Quote an upgrade, choose interval or currency.
        ChangePlan = "change_plan",
        /// Buy an upgrade that was quoted.
        BuyUpgrade = "buy_upgrade",
        /// Invite an account to the team.
        InviteMember = "invite_member",
        /// Revoke an invitation.
        RevokeInvitation = "revoke_invitation",
        /// Remove a member from the team.
        RemoveMember = "remove_member",
        /// Accept an invitation.
        AcceptInvitation = "accept_invitation",
        /// Accept or decline an invitation.
        AnswerInvitation = "answer_invitation",
        /// Leave the team.
        LeaveTeam = "leave_team",
        /// See the customer's own record.
        ReadSelf = "read_self",
        /// Revoke the customer's own token.
        LogOut = "log_out",
        /// Join the private beta with an activation code.
        Activate = "activate",
        /// Get a code for claiming a device.
        AskClaimCode = "ask_claim_code",
        /// Claim a device by its code.
        ClaimAsCustomer = "claim_as_customer",
        /// See or control the customer's own device, or end its claim.
        UseDevice = "use_device",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// One command that was carried out.
    pub struct AuditEntry {
        /// When.
        pub at: Moment,
        /// The actor.
        pub actor: Actor,
        /// The command's stable name.
        pub command: Command,
        /// What it was applied to, in short.
        pub subject: String,
        /// The changed value as it was before. Absent if there was none.
        pub old: Option<String>,
        /// The value from then on.
        pub new: Option<String>,
    }
}

shape! {
    /// A page of a product's audit.
    pub struct AuditPage {
        /// The entries, newest first.
        pub items: Vec<AuditEntry>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

impl From<&team::Account> for Account {
    fn from(account: &team::Account) -> Self {
        Self {
            id: count(account.id.get()),
            email: account.email.clone(),
            created_at: account.created_at.into(),
            locked_at: account.locked_at.map(Moment::from),
            unpaid_since: account.unpaid_since.map(Moment::from),
        }
    }
}

impl From<&TeamView> for Team {
    fn from(team: &TeamView) -> Self {
        let members = team.members.iter();
        let invited = team.invited.iter();
        Self {
            owner: count(team.owner.get()),
            members: members
                .map(|person| Person { account: count(person.account.get()), email: person.email.clone() })
                .collect(),
            invited: invited
                .map(|(person, invitation)| Invited {
                    account: count(person.account.get()),
                    email: person.email.clone(),
                    at: invitation.at.into(),
                    expires_at: invitation.expires_at.into(),
                })
                .collect(),
        }
    }
}

impl From<&team::Invitation> for Invitation {
    fn from(invitation: &team::Invitation) -> Self {
        Self { at: invitation.at.into(), expires_at: invitation.expires_at.into() }
    }
}

impl From<&team::InvitationView> for ReceivedInvitation {
    fn from(view: &team::InvitationView) -> Self {
        Self {
            product: view.product.get(),
            name: view.name.clone(),
            at: view.invitation.at.into(),
            expires_at: view.invitation.expires_at.into(),
        }
    }
}

impl From<fleet_core::Actor> for Actor {
    fn from(actor: fleet_core::Actor) -> Self {
        match actor {
            fleet_core::Actor::Operator => Self::Operator,
            fleet_core::Actor::Account(id) => Self::Account(AccountActor { account: count(id.get()) }),
            fleet_core::Actor::Customer(id) => Self::Customer(CustomerActor { customer: count(id.get()) }),
        }
    }
}

impl From<&AuditRecord> for AuditEntry {
    fn from(record: &AuditRecord) -> Self {
        Self {
            at: record.at.into(),
            actor: record.actor.into(),
            command: word(record.command).parse().unwrap_or(Command::Other),
            subject: record.subject.clone(),
            old: record.old.clone(),
            new: record.new.clone(),
        }
    }
}
