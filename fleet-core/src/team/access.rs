//! Who may do what: one matrix of role and command, which every door asks (R-TEAM-6).

use super::{AccountId, Team};
use crate::product::{Product, ProductId};
use crate::store::Transaction;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Who speaks to a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person who has logged in with the host.
    Account(AccountId),
    /// Who runs the platform. The host decides who that is.
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
            Self::Operator => f.write_str("an operator"),
        }
    }
}

/// What somebody is to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Operator,
    Owner,
    Member,
    Outsider,
}

/// Everything that can be asked of a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Make an account.
    CreateAccount,
    /// Tell the platform of devices that exist.
    RegisterDevices,
    /// Make a product with a given id.
    CreateProductWithId,
    /// Take a product away.
    RemoveProduct,
    /// Put a product on a tier without a charge.
    SetTier,
    /// Make a product.
    CreateProduct,
    /// Claim a personal device, or give it up.
    ClaimDevice,
    /// See a product, its devices, its firmware, its audit.
    ReadProduct,
    /// Rename a product.
    RenameProduct,
    /// Change a product's policy.
    SetPolicy,
    /// Import devices.
    ImportDevices,
    /// Let a waiting device in.
    ApproveDevice,
    /// Shut a device out.
    DenyDevice,
    /// Let a denied device ask again.
    UndenyDevice,
    /// Take a device out of the product.
    RemoveDevice,
    /// Name a device.
    NameDevice,
    /// Mark a device for development, or no longer.
    MarkDevelopment,
    /// Make, change or delete a group, or put devices in it.
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
    /// Send an update to a device that takes none.
    ForceUpdate,
}

impl Command {
    /// Every command, in the order of the matrix.
    pub const ALL: [Self; 24] = [
        Self::CreateAccount,
        Self::RegisterDevices,
        Self::CreateProductWithId,
        Self::RemoveProduct,
        Self::SetTier,
        Self::CreateProduct,
        Self::ClaimDevice,
        Self::ReadProduct,
        Self::RenameProduct,
        Self::SetPolicy,
        Self::ImportDevices,
        Self::ApproveDevice,
        Self::DenyDevice,
        Self::UndenyDevice,
        Self::RemoveDevice,
        Self::NameDevice,
        Self::MarkDevelopment,
        Self::ChangeGroups,
        Self::UploadFirmware,
        Self::EditFirmware,
        Self::DeleteFirmware,
        Self::ReleaseFirmware,
        Self::LockDevice,
        Self::ForceUpdate,
    ];

    /// Which role it takes, in words.
    fn needs(self) -> &'static str {
        match self {
            Self::CreateAccount
            | Self::RegisterDevices
            | Self::CreateProductWithId
            | Self::RemoveProduct
            | Self::SetTier => "an operator",
            Self::CreateProduct | Self::ClaimDevice => "an account",
            _ => "a member of the team",
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreateAccount => "creating an account",
            Self::RegisterDevices => "registering devices",
            Self::CreateProductWithId => "creating a product with a given id",
            Self::RemoveProduct => "removing a product",
            Self::SetTier => "setting a tier",
            Self::CreateProduct => "creating a product",
            Self::ClaimDevice => "claiming a device",
            Self::ReadProduct => "seeing a product",
            Self::RenameProduct => "renaming a product",
            Self::SetPolicy => "changing a product's policy",
            Self::ImportDevices => "importing devices",
            Self::ApproveDevice => "approving a device",
            Self::DenyDevice => "denying a device",
            Self::UndenyDevice => "undenying a device",
            Self::RemoveDevice => "removing a device",
            Self::NameDevice => "naming a device",
            Self::MarkDevelopment => "marking a device for development",
            Self::ChangeGroups => "changing groups",
            Self::UploadFirmware => "uploading firmware",
            Self::EditFirmware => "editing firmware",
            Self::DeleteFirmware => "deleting firmware",
            Self::ReleaseFirmware => "releasing firmware",
            Self::LockDevice => "locking a device",
            Self::ForceUpdate => "forcing an update",
        })
    }
}

/// The matrix.
pub(crate) fn allows(role: Role, command: Command) -> bool {
    match command {
        Command::CreateAccount
        | Command::RegisterDevices
        | Command::CreateProductWithId
        | Command::RemoveProduct
        | Command::SetTier => role == Role::Operator,
        // What concerns no product that exists: any account may do it for itself, and an operator has no devices.
        Command::CreateProduct | Command::ClaimDevice => role != Role::Operator,
        Command::ReadProduct
        | Command::RenameProduct
        | Command::SetPolicy
        | Command::ImportDevices
        | Command::ApproveDevice
        | Command::DenyDevice
        | Command::UndenyDevice
        | Command::RemoveDevice
        | Command::NameDevice
        | Command::MarkDevelopment
        | Command::ChangeGroups
        | Command::UploadFirmware
        | Command::EditFirmware
        | Command::DeleteFirmware
        | Command::ReleaseFirmware
        | Command::LockDevice
        | Command::ForceUpdate => matches!(role, Role::Operator | Role::Owner | Role::Member),
    }
}

/// Lets a command of no product through, or says whose it is.
pub(crate) fn allow(actor: Actor, command: Command) -> Result<(), Error> {
    let role = if actor == Actor::Operator { Role::Operator } else { Role::Outsider };
    if allows(role, command) { Ok(()) } else { Err(forbidden(command)) }
}

/// A product that an actor was let through to.
pub(crate) struct Access {
    pub(crate) product: Arc<Product>,
    pub(crate) team: Arc<Team>,
}

impl Access {
    /// Reads a product for a command of an actor's.
    ///
    /// # Errors
    /// `not_found` alike where the product is not there, was removed, or is not the actor's to see; `forbidden` where
    /// it is, but not for this.
    pub(crate) fn check(
        tx: &mut Transaction<'_>,
        actor: Actor,
        command: Command,
        id: ProductId,
    ) -> Result<Self, Error> {
        use crate::store::Key;
        tx.load([Key::Product(id), Key::Team(id)])?;
        let product: Option<Arc<Product>> = tx.get(id)?;
        let team: Arc<Team> = tx.get(id)?.unwrap_or_default();
        let hidden = || Error::not_found("product");
        let product = product.filter(|product| product.removed_at.is_none()).ok_or_else(hidden)?;
        let role = match actor {
            Actor::Operator => Role::Operator,
            Actor::Account(account) if account == product.owner => Role::Owner,
            Actor::Account(account) if team.members.contains(&account) => Role::Member,
            Actor::Account(_) => Role::Outsider,
        };
        match (allows(role, command), role) {
            (true, _) => Ok(Self { product, team }),
            (false, Role::Outsider) => Err(hidden()),
            (false, _) => Err(forbidden(command)),
        }
    }
}

fn forbidden(command: Command) -> Error {
    ErrorKind::Forbidden { command, needs: command.needs() }.into()
}
