//! Customer commands of a team: create customers, issue tokens, see who uses their device (R-CUS, R-SEE-1).

mod beta;

pub use beta::{BetaGuest, BetaLine, BetaVerdict, MAX_GUESTS};

use super::code::Secret;
use super::rows::{end_claim, named, sticker_key};
use super::{Customer, CustomerCount, CustomerId, DeviceCode, Identity, Scope, Token, TokenId, TokenOwner};
use crate::device::{DeviceId, Page, Registration, check_page, member};
use crate::fleet::{Console, CustomerConsole, DeviceConsole, ProductConsole};
use crate::product::ProductId;
use crate::store::{Key, Record, Transaction};
use crate::team::{Access, Account, Claimant, Command};
use crate::text::{self, NAME};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Maximum number of tokens of a customer.
pub const MAX_TOKENS: usize = 20;

/// Maximum validity of a token: a year.
pub const MAX_TOKEN_LIFE: Duration = Duration::from_secs(366 * 86_400);

/// A customer, as the team sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerView {
    /// The product that the customer belongs to.
    pub product: ProductId,
    /// Their number.
    pub id: CustomerId,
    /// Their name.
    pub user_name: String,
    /// How they authenticate.
    pub identity: Identity,
    /// When they were created.
    pub created_at: Timestamp,
    /// The devices that they have claimed.
    pub devices: Vec<DeviceId>,
    /// When they last used a device. `None` means never.
    pub active_at: Option<Timestamp>,
    /// When they joined the private beta. `None` means they are not in it.
    pub activated_at: Option<Timestamp>,
    /// The ids of their tokens, and when each expires.
    pub tokens: Vec<(TokenId, Timestamp)>,
}

/// Whether customers use their device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// They used it since then.
    Since(Timestamp),
    /// They have a device and did not use it since then, or never did.
    NotSince(Timestamp),
}

/// Filter of customers. All conditions that are set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerFilter {
    /// By use of a device.
    pub activity: Option<Activity>,
    /// With a device, or without.
    pub with_device: Option<bool>,
    /// With a user name that begins with this, in any case.
    pub prefix: Option<String>,
}

impl CustomerFilter {
    /// Selects all customers.
    ///
    /// ```
    /// let filter = fleet_core::customer::CustomerFilter::new().without_device().prefix("al");
    /// assert_eq!(filter.with_device, Some(false));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects customers who used a device since then.
    #[must_use]
    pub fn active_since(self, since: Timestamp) -> Self {
        Self { activity: Some(Activity::Since(since)), ..self }
    }

    /// Selects customers who have a device and did not use it since then, or never did.
    #[must_use]
    pub fn inactive_since(self, since: Timestamp) -> Self {
        Self { activity: Some(Activity::NotSince(since)), ..self }
    }

    /// Selects customers with a device.
    #[must_use]
    pub fn with_device(self) -> Self {
        Self { with_device: Some(true), ..self }
    }

    /// Selects customers without a device.
    #[must_use]
    pub fn without_device(self) -> Self {
        Self { with_device: Some(false), ..self }
    }

    /// Selects customers whose user name begins with this, in any case.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()), ..self }
    }

    fn wants(&self, customer: &Customer) -> bool {
        let active = |since| customer.active_at.is_some_and(|at| at >= since);
        self.with_device.is_none_or(|wanted| wanted != customer.devices.is_empty())
            && match self.activity {
                None => true,
                Some(Activity::Since(since)) => active(since),
                Some(Activity::NotSince(since)) => !customer.devices.is_empty() && !active(since),
            }
            && self
                .prefix
                .as_ref()
                .is_none_or(|prefix| text::compared(&customer.user_name).starts_with(&text::compared(prefix)))
    }
}

impl CustomerView {
    pub(super) fn of(product: ProductId, customer: &Customer) -> Self {
        Self {
            product,
            id: customer.id,
            user_name: customer.user_name.clone(),
            identity: customer.identity.clone(),
            created_at: customer.created_at,
            devices: customer.devices.iter().copied().collect(),
            active_at: customer.active_at,
            activated_at: customer.activated_at,
            tokens: customer.tokens.iter().map(|(id, token)| (*id, token.expires_at)).collect(),
        }
    }
}

impl ProductConsole<'_> {
    /// Creates a customer of the product (R-CUS-1). If the configuration names a way of authentication, the identity
    /// must use it.
    ///
    /// # Errors
    /// `taken` for a user name, a vendor's user or a linked account that another customer has; `invalid` for a
    /// malformed name or an identity of another way; `not_found` for a linked account that does not exist.
    pub fn create_customer(&self, user_name: &str, identity: &Identity) -> Result<CustomerView, Error> {
        let Self { console, product } = *self;
        let user_name = text::checked("user name", user_name, NAME)?;
        let identity = identity.checked()?;
        console.index_identities(Command::ChangeCustomers, product)?;
        console.fleet.transact(|tx| {
            let Access { product: record, .. } = Access::check(tx, console.actor, Command::ChangeCustomers, product)?;
            if let Identity::Linked { account } = &identity {
                tx.get::<Arc<Account>>(*account)?.ok_or_else(|| Error::not_found("account"))?;
            }
            identity.check_authentication(record.policy.authentication)?;
            let name: Arc<str> = text::compared(&user_name).into();
            if named::<CustomerId>(tx, product, &user_name)?.is_some() {
                return Err(ErrorKind::Taken { what: "user name", value: user_name.clone() }.into());
            }
            let guard = identity.guard();
            if let Some(guard) = &guard
                && tx.get_identity(product, guard)?.is_some()
            {
                return Err(identity.taken().into());
            }
            let mut count: Box<CustomerCount> = tx.get(product)?.unwrap_or_default();
            let id = CustomerId::new(count.next)?;
            if let Some(guard) = guard {
                tx.put_record(Key::CustomerIdentity(product, guard), Record::CustomerName(id));
            }
            count.next = count.next.saturating_add(1);
            count.customers += 1;
            let customer = Customer::new(id, user_name.clone(), identity.clone(), console.now);
            tx.put(product, count);
            tx.put((product, name), id);
            tx.put((product, id), Arc::new(customer.clone()));
            console.note(tx, product, Command::ChangeCustomers, format!("customer {id} made"));
            Ok(CustomerView::of(product, &customer))
        })
    }

    /// Returns the customer with this vendor's user name or linked account.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a simple identity, which identifies nobody.
    pub fn find_customer(&self, identity: &Identity) -> Result<CustomerView, Error> {
        let Self { console, product } = *self;
        let guard = identity.checked()?.guard();
        let guard = guard.ok_or_else(|| Error::invalid("identity", "must be a vendor's user or a linked account"))?;
        console.index_identities(Command::ReadProduct, product)?;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ReadProduct, product)?;
            let id = tx.get_identity(product, &guard)?.ok_or_else(|| Error::not_found("customer"))?;
            Ok(CustomerView::of(product, &*find(tx, product, id)?))
        })
    }

    /// Returns the customers that match a filter, ordered by number, `limit` (1 to 1,000) a page (R-CUS-2, R-SEE-1).
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    pub fn customers(
        &self,
        filter: &CustomerFilter,
        after: Option<CustomerId>,
        limit: usize,
    ) -> Result<Page<CustomerView, CustomerId>, Error> {
        let Self { console, product } = *self;
        check_page(limit)?;
        console.read(Command::ReadProduct, product, |_| console.customers_of(product, filter, after, limit))
    }
}

impl DeviceConsole<'_> {
    /// Sets a device's own claim code, such as the one on its sticker: 8 to 100 characters. Only its hash is stored.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a code with another length.
    pub fn set_code(&self, code: &str) -> Result<(), Error> {
        let Self { console, product, device } = *self;
        let code = text::checked("claim code", code, 8..=100)?;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ChangeCustomers, product)?;
            member(tx, product, device)?;
            let printed = DeviceCode::new(sticker_key(console.fleet, tx)?, &code);
            tx.put((product, device), Box::new(printed));
            console.note(tx, product, Command::ChangeCustomers, format!("claim code of {device}"));
            Ok(())
        })
    }
}

impl CustomerConsole<'_> {
    /// Returns a customer of the product.
    ///
    /// # Errors
    /// `not_found`.
    pub fn get(&self) -> Result<CustomerView, Error> {
        let Self { console, product, customer } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ReadProduct, product)?;
            Ok(CustomerView::of(product, &*find(tx, product, customer)?))
        })
    }

    /// Removes a customer: their devices are unclaimed, their tokens revoked.
    ///
    /// # Errors
    /// `not_found`.
    pub fn remove(&self) -> Result<(), Error> {
        let Self { console, product, customer } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ChangeCustomers, product)?;
            let record = find(tx, product, customer)?;
            for device in &record.devices {
                unclaim(tx, product, customer, *device)?;
            }
            for token in record.tokens.values() {
                tx.delete(Key::Token(Box::new(token.hash)));
            }
            if let Some(code) = record.claim_code {
                tx.delete(Key::ClaimCode(Box::new(code)));
            }
            let mut count: Box<CustomerCount> = tx.get(product)?.unwrap_or_default();
            count.customers = count.customers.saturating_sub(1);
            tx.put(product, count);
            if let Some((name, _)) = named::<CustomerId>(tx, product, &record.user_name)? {
                tx.delete(Key::CustomerName(product, name));
            }
            if let Some(guard) = record.identity.guard()
                && tx.get_identity(product, &guard)? == Some(customer)
            {
                tx.delete(Key::CustomerIdentity(product, guard));
            }
            tx.delete(Key::Customer(product, customer));
            console.note(tx, product, Command::ChangeCustomers, format!("customer {customer} removed"));
            Ok(())
        })
    }

    /// Issues a token to a customer, for these scopes and this duration, a second to a year. The token is returned only
    /// once: the core stores its hash.
    ///
    /// # Errors
    /// `invalid` for no scope, a duration out of its range, or more than 20 unexpired tokens; `not_found`.
    pub fn issue_token(&self, scopes: &BTreeSet<Scope>, life: Duration) -> Result<(TokenId, Secret), Error> {
        let Self { console, product, customer } = *self;
        if scopes.is_empty() {
            return Err(Error::invalid("scopes", "a token needs at least one scope"));
        }
        if life < Duration::from_secs(1) || life > MAX_TOKEN_LIFE {
            return Err(Error::invalid("life", "a token is valid for a second to a year; choose a time in between"));
        }
        let secret = Secret::new(console.fleet.random_bytes()?);
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::IssueToken, product)?;
            let mut record = find(tx, product, customer)?;
            let expires_at = console.now.after(life);
            let hash = secret.hash();
            let changed = Arc::make_mut(&mut record);
            for (_, old) in changed.tokens.extract_if(.., |_, token| token.expires_at <= console.now) {
                tx.delete(Key::Token(Box::new(old.hash)));
            }
            if changed.tokens.len() >= MAX_TOKENS {
                return Err(Error::invalid("token", format!("a customer has at most {MAX_TOKENS}; revoke one first")));
            }
            let id = TokenId(tx.random());
            changed.tokens.insert(id, Token { hash, scopes: scopes.clone(), expires_at });
            tx.put((product, customer), record);
            tx.put_record(
                Key::Token(Box::new(hash)),
                Record::TokenOwner(TokenOwner { product, customer, expires_at, used_by: None }),
            );
            console.note(tx, product, Command::IssueToken, format!("to customer {customer}"));
            Ok((id, secret.clone()))
        })
    }

    /// Revokes a token at once.
    ///
    /// # Errors
    /// `not_found`.
    pub fn revoke_token(&self, token: TokenId) -> Result<(), Error> {
        let Self { console, product, customer } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::IssueToken, product)?;
            let mut record = find(tx, product, customer)?;
            let revoked = Arc::make_mut(&mut record).tokens.remove(&token).ok_or_else(|| Error::not_found("token"))?;
            tx.delete(Key::Token(Box::new(revoked.hash)));
            tx.put((product, customer), record);
            console.note(tx, product, Command::IssueToken, format!("of customer {customer} revoked"));
            Ok(())
        })
    }
}

impl Console<'_> {
    /// Writes the guard records of identities for customers of earlier versions, which had none. Done once for a
    /// product. If two customers share an identity, it finds the first.
    fn index_identities(&self, command: Command, product: ProductId) -> Result<(), Error> {
        let indexed = |tx: &mut Transaction<'_>| -> Result<Box<CustomerCount>, Error> {
            Access::check(tx, self.actor, command, product)?;
            Ok(tx.get(product)?.unwrap_or_default())
        };
        if self.fleet.transact(|tx| Ok(indexed(tx)?.identities_indexed))? {
            return Ok(());
        }
        let mut range = Key::customers(product).limit(crate::device::MAX_PAGE);
        loop {
            let rows = self.fleet.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { break };
            let ids: Vec<CustomerId> = rows
                .iter()
                .filter_map(|row| if let Key::Customer(_, id) = row.key { Some(id) } else { None })
                .collect();
            self.fleet.transact(|tx| {
                tx.load(ids.iter().map(|id| Key::Customer(product, *id)))?;
                for id in &ids {
                    // Read again: the customer may have been removed since.
                    let Some(customer) = tx.get::<Arc<Customer>>((product, *id))? else { continue };
                    let Some(guard) = customer.identity.guard() else { continue };
                    if tx.get_identity(product, &guard)?.is_none() {
                        tx.put_record(Key::CustomerIdentity(product, guard), Record::CustomerName(*id));
                    }
                }
                Ok(())
            })?;
            range = range.after(last);
        }
        self.fleet.transact(|tx| {
            let mut count = indexed(tx)?;
            count.identities_indexed = true;
            tx.put(product, count);
            Ok(())
        })
    }

    fn customers_of(
        &self,
        product: ProductId,
        filter: &CustomerFilter,
        after: Option<CustomerId>,
        limit: usize,
    ) -> Result<Page<CustomerView, CustomerId>, Error> {
        let mut range = Key::customers(product).limit(crate::device::MAX_PAGE);
        if let Some(after) = after {
            range = range.after(Key::Customer(product, after));
        }
        let mut items: Vec<CustomerView> = Vec::new();
        loop {
            let rows = self.fleet.store().scan(&range)?;
            let Some(last) = rows.last().map(|row| row.key.clone()) else { return Ok(Page::new(items, None)) };
            for row in rows {
                let Record::Customer(customer) = row.record else { continue };
                if filter.wants(&customer) {
                    if items.len() == limit {
                        let next = items.last().map(|view| view.id);
                        return Ok(Page::new(items, next));
                    }
                    items.push(CustomerView::of(product, &customer));
                }
            }
            range = range.after(last);
        }
    }
}

pub(super) fn find(tx: &mut Transaction<'_>, product: ProductId, customer: CustomerId) -> Result<Arc<Customer>, Error> {
    tx.get::<Arc<Customer>>((product, customer))?.ok_or_else(|| Error::not_found("customer"))
}

/// Releases a device that a customer has claimed.
pub(super) fn unclaim(
    tx: &mut Transaction<'_>,
    product: ProductId,
    customer: CustomerId,
    device: DeviceId,
) -> Result<(), Error> {
    let mut entry: Registration = tx.get(device)?.unwrap_or_default();
    if entry.claimed_by == Some(Claimant::Customer(product, customer)) {
        end_claim(tx, device, &mut entry)?;
        tx.put(device, entry);
    }
    Ok(())
}
