//! Reads the records of accounts and products for the doors, and checks there who may give a command.

use super::access::forbidden;
use super::account::email;
use super::{Account, AccountId, Actor, Command, Role, Team, allows};
use crate::product::{Product, ProductId};
use crate::store::{Key, Store, StoreError, Transaction};
use crate::{Error, text};
use std::sync::Arc;

/// Returns the account with an e-mail. It also finds addresses that an earlier version stored in lower case only, or
/// accepted unchecked.
pub(super) fn with_email(tx: &mut Transaction<'_>, text: &str) -> Result<Option<AccountId>, Error> {
    if text.len() <= 4 * 254 {
        for key in text::keys(text) {
            if let Some(account) = tx.get::<AccountId>(key.into())? {
                return Ok(Some(account));
            }
        }
    }
    email(text).map(|_| None)
}

/// Returns the products whose team an account is in, in order of their numbers.
pub(crate) fn products_of(store: &dyn Store, account: AccountId) -> Result<Vec<ProductId>, StoreError> {
    let rows = store.scan(&Key::memberships(account))?.into_iter();
    Ok(rows.filter_map(|row| if let Key::Membership(_, product) = row.key { Some(product) } else { None }).collect())
}

/// A product that an actor is authorized for.
pub(crate) struct Access {
    pub(crate) product: Arc<Product>,
    pub(crate) team: Arc<Team>,
}

impl Access {
    /// Reads a product for a command, and checks that the actor may give it.
    ///
    /// # Errors
    /// `not_found`, the same for a product that does not exist, was removed, or is not visible to the actor;
    /// `forbidden` if it is visible, but the command is not allowed; `account_locked` if the owner's account is locked
    /// and the command would change something.
    pub(crate) fn check(
        tx: &mut Transaction<'_>,
        actor: Actor,
        command: Command,
        id: ProductId,
    ) -> Result<Self, Error> {
        let access = Self::check_including_removed(tx, actor, command, id)?;
        if access.product.removed_at.is_some() { Err(Error::not_found("product")) } else { Ok(access) }
    }

    /// Works like [`check`](Self::check), but permits an operator a removed product: its bills remain.
    pub(crate) fn check_including_removed(
        tx: &mut Transaction<'_>,
        actor: Actor,
        command: Command,
        id: ProductId,
    ) -> Result<Self, Error> {
        tx.load([Key::Product(id), Key::Team(id)])?;
        let product: Option<Arc<Product>> = tx.get(id)?;
        let team: Arc<Team> = tx.get(id)?.unwrap_or_default();
        let hidden = || Error::not_found("product");
        let is_seen = |product: &Arc<Product>| product.removed_at.is_none() || actor == Actor::Operator;
        let product = product.filter(is_seen).ok_or_else(hidden)?;
        let role = match actor {
            Actor::Operator => Role::Operator,
            Actor::Account(account) if account == product.owner => Role::Owner,
            Actor::Account(account) if team.members.contains(&account) => Role::Member,
            Actor::Account(account) if team.invitations.contains_key(&account) => Role::Invited,
            Actor::Account(_) | Actor::Customer(_) => Role::Outsider,
        };
        match (allows(role, command), role) {
            (true, Role::Operator) => {}
            (true, _) => unlocked(tx, &product, command)?,
            // An invited account knows the product's name, and otherwise no more than an outsider.
            (false, Role::Outsider | Role::Invited) => return Err(hidden()),
            (false, _) => return Err(forbidden(command)),
        }
        Ok(Self { product, team })
    }
}

impl Access {
    /// Allows an account's bills to be read by that account and by an operator.
    pub(crate) fn check_payer(actor: Actor, command: Command, account: AccountId) -> Result<(), Error> {
        let role = match actor {
            Actor::Operator => Role::Operator,
            Actor::Account(own) if own == account => Role::Owner,
            Actor::Account(_) | Actor::Customer(_) => Role::Outsider,
        };
        if allows(role, command) { Ok(()) } else { Err(Error::not_found("account")) }
    }
}

/// Checks that the lock of the owner's account permits the command (R-PAY-5).
fn unlocked(tx: &mut Transaction<'_>, product: &Product, command: Command) -> Result<(), Error> {
    if !command.is_stopped_by_lock() {
        return Ok(());
    }
    let owner: Option<Arc<Account>> = tx.get(product.owner)?;
    owner.map_or(Ok(()), |owner| owner.unlocked("the product is read-only: its owner's account"))
}
