//! Access control: one matrix of roles and commands, which every command checks (R-TEAM-6).

use super::AccountId;
use crate::customer::CustomerId;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The caller of a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person who has logged in with the host.
    Account(AccountId),
    /// A customer of the product. They use the portal; a console refuses them.
    Customer(CustomerId),
    /// The operator of the platform. The host decides who that is.
    Operator,
}

impl From<AccountId> for Actor {
    fn from(account: AccountId) -> Self {
        Self::Account(account)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account {id}"),
            Self::Customer(id) => write!(f, "customer {id}"),
            Self::Operator => f.write_str("an operator"),
        }
    }
}

/// Role of an actor in a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// The operator of the platform.
    Operator,
    /// The account that owns the product.
    Owner,
    /// A member of the team.
    Member,
    /// An account that is invited to the team.
    Invited,
    /// A customer who has claimed the device of the command.
    CustomerWithDevice,
    /// A customer who has not claimed it.
    Customer,
    /// Any other actor.
    Outsider,
}

/// Every command of a console or a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Create an account.
    CreateAccount,
    /// Lock an account for unpaid bills, or unlock it.
    LockAccount,
    /// Register devices that exist with the platform.
    RegisterDevices,
    /// Correct the data of a device.
    CorrectDevice,
    /// Create a product with a given id.
    CreateProductWithId,
    /// Remove a product.
    RemoveProduct,
    /// Put a product on a tier without a charge.
    SetTier,
    /// Transfer a product to another account.
    TransferOwnership,
    /// End a product's plan.
    CancelPlan,
    /// Put a product on a lower tier.
    Downgrade,
    /// Agree on a price.
    AgreePrice,
    /// Write off an invoice.
    WriteOff,
    /// Create a product.
    CreateProduct,
    /// Claim a personal device, or end the claim.
    ClaimDevice,
    /// See a product, its devices, its firmware, its team, its audit.
    ReadProduct,
    /// Rename a product.
    RenameProduct,
    /// Change a product's policy.
    SetPolicy,
    /// Answer a question of the configuration.
    Configure,
    /// Start manufacturing.
    StartManufacturing,
    /// Import devices.
    ImportDevices,
    /// Approve a waiting device.
    ApproveDevice,
    /// Deny a device.
    DenyDevice,
    /// Let a denied device ask again.
    UndenyDevice,
    /// Remove a device from the product.
    RemoveDevice,
    /// End anybody's claim of a device.
    EndClaim,
    /// Name a device.
    NameDevice,
    /// Mark a device for development, or remove the mark.
    MarkDevelopment,
    /// Create, change or delete a group, or put devices in it.
    ChangeGroups,
    /// Upload firmware.
    UploadFirmware,
    /// Change a firmware's title or description.
    EditFirmware,
    /// Delete firmware.
    DeleteFirmware,
    /// Release firmware to the product or to a group, or withdraw it.
    ReleaseFirmware,
    /// Lock a device to a version, or unlock it.
    LockDevice,
    /// Send an update to a device that receives none.
    ForceUpdate,
    /// Create or remove a customer.
    ChangeCustomers,
    /// Issue a token to a customer, or revoke it.
    IssueToken,
    /// Invite customers to the private beta.
    InviteToBeta,
    /// Create or end a subscription to events.
    ChangeSubscriptions,
    /// Reset the count of a kind of error.
    ForgetErrors,
    /// Set the card on file, or remove it.
    SetCard,
    /// See a product's billing status and invoices.
    ReadBilling,
    /// Quote an upgrade, choose interval or currency.
    ChangePlan,
    /// Buy a quoted upgrade. Only the owner may (R-TEAM-3): their card is charged.
    BuyUpgrade,
    /// Invite an account to the team.
    InviteMember,
    /// Revoke an invitation.
    RevokeInvitation,
    /// Remove a member from the team.
    RemoveMember,
    /// Accept an invitation.
    AcceptInvitation,
    /// Accept or decline an invitation.
    AnswerInvitation,
    /// Leave the team.
    LeaveTeam,
    /// See one's own customer record.
    ReadSelf,
    /// Revoke one's own token.
    LogOut,
    /// Join the private beta with one's activation code.
    Activate,
    /// Request a code to claim a device with.
    AskClaimCode,
    /// Claim a device by its code.
    ClaimAsCustomer,
    /// See or control one's own device, or end the claim.
    UseDevice,
}

/// The actors that may give a command. Commands with the same rows in the matrix share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// The operator alone.
    Operator,
    /// Any account, for itself. An operator owns and claims nothing.
    Account,
    /// Every actor who may see the product.
    Reader,
    /// The team, and the operator for it.
    Team,
    /// The owner, and the operator for them.
    Owner,
    /// The owner and the operator, also while the owner's account is locked.
    Billing,
    /// The owner alone, also while their account is locked.
    Payer,
    /// An invited account.
    Invited,
    /// A member of the team, for themselves.
    Oneself,
    /// Any customer of the product.
    Customer,
    /// The customer who claimed the device.
    DeviceOwner,
}

impl Command {
    /// Every command, in the order of the matrix.
    pub const ALL: [Self; 55] = [
        Self::CreateAccount,
        Self::LockAccount,
        Self::RegisterDevices,
        Self::CorrectDevice,
        Self::CreateProductWithId,
        Self::RemoveProduct,
        Self::SetTier,
        Self::TransferOwnership,
        Self::CancelPlan,
        Self::Downgrade,
        Self::AgreePrice,
        Self::WriteOff,
        Self::CreateProduct,
        Self::ClaimDevice,
        Self::ReadProduct,
        Self::RenameProduct,
        Self::SetPolicy,
        Self::Configure,
        Self::StartManufacturing,
        Self::ImportDevices,
        Self::ApproveDevice,
        Self::DenyDevice,
        Self::UndenyDevice,
        Self::RemoveDevice,
        Self::EndClaim,
        Self::NameDevice,
        Self::MarkDevelopment,
        Self::ChangeGroups,
        Self::UploadFirmware,
        Self::EditFirmware,
        Self::DeleteFirmware,
        Self::ReleaseFirmware,
        Self::LockDevice,
        Self::ForceUpdate,
        Self::ChangeCustomers,
        Self::IssueToken,
        Self::InviteToBeta,
        Self::ChangeSubscriptions,
        Self::ForgetErrors,
        Self::SetCard,
        Self::ReadBilling,
        Self::ChangePlan,
        Self::BuyUpgrade,
        Self::InviteMember,
        Self::RevokeInvitation,
        Self::RemoveMember,
        Self::AcceptInvitation,
        Self::AnswerInvitation,
        Self::LeaveTeam,
        Self::ReadSelf,
        Self::LogOut,
        Self::Activate,
        Self::AskClaimCode,
        Self::ClaimAsCustomer,
        Self::UseDevice,
    ];

    fn audience(self) -> Audience {
        match self {
            Self::CreateAccount
            | Self::LockAccount
            | Self::RegisterDevices
            | Self::CorrectDevice
            | Self::CreateProductWithId
            | Self::RemoveProduct
            | Self::SetTier
            | Self::TransferOwnership
            | Self::CancelPlan
            | Self::Downgrade
            | Self::AgreePrice
            | Self::WriteOff => Audience::Operator,
            Self::CreateProduct | Self::ClaimDevice | Self::SetCard => Audience::Account,
            Self::ReadBilling | Self::ChangePlan => Audience::Billing,
            Self::BuyUpgrade => Audience::Payer,
            Self::ReadProduct => Audience::Reader,
            Self::RenameProduct
            | Self::SetPolicy
            | Self::Configure
            | Self::StartManufacturing
            | Self::ImportDevices
            | Self::ApproveDevice
            | Self::DenyDevice
            | Self::UndenyDevice
            | Self::RemoveDevice
            | Self::EndClaim
            | Self::NameDevice
            | Self::MarkDevelopment
            | Self::ChangeGroups
            | Self::UploadFirmware
            | Self::EditFirmware
            | Self::DeleteFirmware
            | Self::ReleaseFirmware
            | Self::LockDevice
            | Self::ForceUpdate
            | Self::ChangeCustomers
            | Self::IssueToken
            | Self::InviteToBeta
            | Self::ChangeSubscriptions
            | Self::ForgetErrors => Audience::Team,
            Self::InviteMember | Self::RevokeInvitation | Self::RemoveMember => Audience::Owner,
            Self::AcceptInvitation | Self::AnswerInvitation => Audience::Invited,
            Self::LeaveTeam => Audience::Oneself,
            Self::ReadSelf | Self::LogOut | Self::Activate | Self::AskClaimCode | Self::ClaimAsCustomer => {
                Audience::Customer
            }
            Self::UseDevice => Audience::DeviceOwner,
        }
    }

    /// Whether the lock of the owner's account stops it (R-PAY-5). The lock stops changes of a product from the
    /// console, joining its team, and creating more products. People can still decline and leave; customers and devices
    /// keep working, so customers still get tokens.
    pub(super) fn is_stopped_by_lock(self) -> bool {
        match self {
            Self::IssueToken => false,
            Self::CreateProduct | Self::AcceptInvitation => true,
            _ => matches!(self.audience(), Audience::Team | Audience::Owner),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreateAccount => "creating an account",
            Self::LockAccount => "locking an account",
            Self::RegisterDevices => "registering devices",
            Self::CorrectDevice => "correcting a device",
            Self::CreateProductWithId => "creating a product with a given id",
            Self::RemoveProduct => "removing a product",
            Self::SetTier => "setting a tier",
            Self::TransferOwnership => "transferring ownership",
            Self::CancelPlan => "cancelling a plan",
            Self::Downgrade => "downgrading",
            Self::AgreePrice => "agreeing on a price",
            Self::WriteOff => "writing an invoice off",
            Self::CreateProduct => "creating a product",
            Self::ClaimDevice => "claiming a device",
            Self::ReadProduct => "seeing a product",
            Self::RenameProduct => "renaming a product",
            Self::SetPolicy => "changing a product's policy",
            Self::Configure => "configuring a product",
            Self::StartManufacturing => "starting manufacturing",
            Self::ImportDevices => "importing devices",
            Self::ApproveDevice => "approving a device",
            Self::DenyDevice => "denying a device",
            Self::UndenyDevice => "undenying a device",
            Self::RemoveDevice => "removing a device",
            Self::EndClaim => "ending a claim",
            Self::NameDevice => "naming a device",
            Self::MarkDevelopment => "marking a device for development",
            Self::ChangeGroups => "changing groups",
            Self::UploadFirmware => "uploading firmware",
            Self::EditFirmware => "editing firmware",
            Self::DeleteFirmware => "deleting firmware",
            Self::ReleaseFirmware => "releasing firmware",
            Self::LockDevice => "locking a device",
            Self::ForceUpdate => "forcing an update",
            Self::ChangeCustomers => "changing customers",
            Self::IssueToken => "issuing a token",
            Self::InviteToBeta => "inviting to the private beta",
            Self::ChangeSubscriptions => "changing subscriptions",
            Self::ForgetErrors => "forgetting errors",
            Self::SetCard => "setting a card",
            Self::ReadBilling => "seeing the billing",
            Self::ChangePlan => "changing the plan",
            Self::BuyUpgrade => "buying an upgrade",
            Self::InviteMember => "inviting a member",
            Self::RevokeInvitation => "revoking an invitation",
            Self::RemoveMember => "removing a member",
            Self::AcceptInvitation => "accepting an invitation",
            Self::AnswerInvitation => "answering an invitation",
            Self::LeaveTeam => "leaving the team",
            Self::ReadSelf => "seeing one's own account",
            Self::LogOut => "logging out",
            Self::Activate => "activating",
            Self::AskClaimCode => "asking for a claim code",
            Self::ClaimAsCustomer => "claiming a device as a customer",
            Self::UseDevice => "using a device",
        })
    }
}

impl Audience {
    /// Returns the required role, as text.
    fn needs(self) -> &'static str {
        match self {
            Self::Operator => "an operator",
            Self::Account => "an account",
            Self::Reader | Self::Team | Self::Oneself => "a member of the team",
            Self::Owner | Self::Billing | Self::Payer => "the owner",
            Self::Invited => "an invitation",
            Self::Customer => "a customer",
            Self::DeviceOwner => "the customer whose device it is",
        }
    }

    fn has(self, role: Role) -> bool {
        match self {
            Self::Operator => role == Role::Operator,
            Self::Account => matches!(role, Role::Owner | Role::Member | Role::Invited | Role::Outsider),
            Self::Reader | Self::Team => matches!(role, Role::Operator | Role::Owner | Role::Member),
            Self::Owner | Self::Billing => matches!(role, Role::Operator | Role::Owner),
            Self::Payer => role == Role::Owner,
            Self::Invited => role == Role::Invited,
            Self::Oneself => matches!(role, Role::Owner | Role::Member),
            Self::Customer => matches!(role, Role::Customer | Role::CustomerWithDevice),
            Self::DeviceOwner => role == Role::CustomerWithDevice,
        }
    }
}

/// Whether a role may give a command (R-TEAM-6).
pub(crate) fn allows(role: Role, command: Command) -> bool {
    command.audience().has(role)
}

/// Allows or refuses a command that belongs to no product.
pub(crate) fn allow(actor: Actor, command: Command) -> Result<(), Error> {
    let role = if actor == Actor::Operator { Role::Operator } else { Role::Outsider };
    if allows(role, command) { Ok(()) } else { Err(forbidden(command)) }
}

pub(super) fn forbidden(command: Command) -> Error {
    ErrorKind::Forbidden { command, needs: command.audience().needs() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// The columns: a role, and whether the account of the product's owner is locked.
    const COLUMNS: [(Role, bool, &str); 10] = [
        (Role::Operator, false, "operator"),
        (Role::Owner, false, "owner"),
        (Role::Owner, true, "owner,locked"),
        (Role::Member, false, "member"),
        (Role::Member, true, "member,locked"),
        (Role::Invited, false, "invited"),
        (Role::Invited, true, "invited,locked"),
        (Role::CustomerWithDevice, false, "device owner"),
        (Role::Customer, false, "customer"),
        (Role::Outsider, false, "outsider"),
    ];

    fn table() -> String {
        let mut table = format!("{:<24}", "");
        for (.., name) in COLUMNS {
            write!(table, "{name:>15}").unwrap();
        }
        for command in Command::ALL {
            write!(table, "\n{:<24}", serde_json::to_value(command).unwrap().as_str().unwrap()).unwrap();
            for (role, locked, _) in COLUMNS {
                let allowed = allows(role, command) && !(locked && command.is_stopped_by_lock());
                write!(table, "{:>15}", if allowed { "yes" } else { "-" }).unwrap();
            }
        }
        table + "\n"
    }

    #[test]
    fn the_matrix_is_the_agreed_one() {
        let agreed = include_str!("matrix.txt");
        let found = table();
        assert!(found == agreed, "the matrix is now\n{found}\nbut the agreed one is\n{agreed}");
    }

    #[test]
    fn no_command_is_missing_from_the_matrix() {
        let declared = include_str!("access.rs").split("pub enum Command {").nth(1).unwrap();
        let declared = declared.split("\n}").next().unwrap();
        let declared =
            declared.lines().filter(|line| !line.trim().starts_with("///") && line.trim().ends_with(',')).count();
        assert_eq!(declared, Command::ALL.len());
        let distinct: std::collections::BTreeSet<_> = Command::ALL.into_iter().collect();
        assert_eq!(distinct.len(), declared);
    }
}
