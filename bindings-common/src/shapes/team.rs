//! People: accounts, teams, who did what.

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
        /// Since when an operator has it locked; none: no operator has.
        pub locked_at: Option<Moment>,
        /// Since when it is locked for bills that were not paid; none: it is not.
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
    /// A person who was asked to join a team and has not answered.
    pub struct Invited {
        /// The account's number.
        pub account: i64,
        /// Its e-mail.
        pub email: String,
        /// When they were asked.
        pub at: Moment,
        /// From when on the invitation can't be accepted and holds no seat.
        pub expires_at: Moment,
    }
}

shape! {
    /// A product's team, as its members see it.
    pub struct Team {
        /// The owner's account.
        pub owner: i64,
        /// The members, the owner among them, by account.
        pub members: Vec<Person>,
        /// Who was asked to join and has not answered; expired invitations too.
        pub invited: Vec<Invited>,
    }
}

shape! {
    /// That an account was asked to join a team.
    pub struct Invitation {
        /// When.
        pub at: Moment,
        /// From when on it can't be accepted and holds no seat.
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
        /// From when on it can't be accepted.
        pub expires_at: Moment,
    }
}

choice! {
    /// Who did something.
    pub enum Actor {
        /// Who runs the platform.
        Operator as Operator,
        /// A person.
        Account as AccountActor {
            /// The account's number.
            account: i64,
        },
        /// A customer of the product.
        Customer as CustomerActor {
            /// The customer's number.
            customer: i64,
        },
    }
}

words! {
    /// What can be asked of a console or a portal, as an audit names it.
    pub enum Command {
        /// Make an account.
        CreateAccount = "create_account",
        /// Lock an account for unpaid bills, or unlock it.
        LockAccount = "lock_account",
        /// Tell the platform of devices that exist.
        RegisterDevices = "register_devices",
        /// Correct what is known of a device.
        CorrectDevice = "correct_device",
        /// Make a product with a given id.
        CreateProductWithId = "create_product_with_id",
        /// Take a product away.
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
        /// Make a product.
        CreateProduct = "create_product",
        /// Claim a personal device, or give it up.
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
        /// Let a waiting device in.
        ApproveDevice = "approve_device",
        /// Shut a device out.
        DenyDevice = "deny_device",
        /// Let a denied device ask again.
        UndenyDevice = "undeny_device",
        /// Take a device out of the product.
        RemoveDevice = "remove_device",
        /// End whoever's claim of a device.
        EndClaim = "end_claim",
        /// Name a device.
        NameDevice = "name_device",
        /// Mark a device for development, or no longer.
        MarkDevelopment = "mark_development",
        /// Make, change or delete a group, or put devices in it.
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
        /// Make a customer, or take one away.
        ChangeCustomers = "change_customers",
        /// Give a customer a token, or revoke it.
        IssueToken = "issue_token",
        /// Invite customers to the private beta.
        InviteToBeta = "invite_to_beta",
        /// Have events sent on, or no longer.
        ChangeSubscriptions = "change_subscriptions",
        /// Count the errors of a kind anew.
        ForgetErrors = "forget_errors",
        /// Put a card on file, or take it away.
        SetCard = "set_card",
        /// See how a product's billing stands, and its invoices.
        ReadBilling = "read_billing",
        /// Quote an upgrade, choose interval or currency.
        ChangePlan = "change_plan",
        /// Buy an upgrade that was quoted.
        BuyUpgrade = "buy_upgrade",
        /// Ask an account to join the team.
        InviteMember = "invite_member",
        /// Take an invitation back.
        RevokeInvitation = "revoke_invitation",
        /// Take a member off the team.
        RemoveMember = "remove_member",
        /// Accept an invitation.
        AcceptInvitation = "accept_invitation",
        /// Accept or decline an invitation.
        AnswerInvitation = "answer_invitation",
        /// Leave the team.
        LeaveTeam = "leave_team",
        /// See one's own customer record.
        ReadSelf = "read_self",
        /// Make one's own token no good.
        LogOut = "log_out",
        /// Take part in the private beta by one's activation code.
        Activate = "activate",
        /// Get a code to claim a device with.
        AskClaimCode = "ask_claim_code",
        /// Claim a device by its code.
        ClaimAsCustomer = "claim_as_customer",
        /// See or control one's own device, or give it up.
        UseDevice = "use_device",
        /// One that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// One thing that was done.
    pub struct AuditEntry {
        /// When.
        pub at: Moment,
        /// By whom.
        pub actor: Actor,
        /// What: a stable word.
        pub command: Command,
        /// To what, in short.
        pub subject: String,
        /// What was changed, as it was before; none: nothing that was there before was changed.
        pub old: Option<String>,
        /// The same as it is from then on.
        pub new: Option<String>,
    }
}

shape! {
    /// A page of what was done to a product.
    pub struct AuditPage {
        /// What was done, newest first.
        pub items: Vec<AuditEntry>,
        /// What the next page goes on after; none: there is no more.
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
            fleet_core::Actor::Account(id) => Self::Account { account: count(id.get()) },
            fleet_core::Actor::Customer(id) => Self::Customer { customer: count(id.get()) },
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
