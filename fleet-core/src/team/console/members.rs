//! Joining and leaving a team (R-TEAM 1, 3, 4).
//!
//! The team's record is the guard of its seats: every command that could fill a seat reads and writes it.

use crate::audit::{Entry, shown};
use crate::billing::{Contract, Reason, Resource, apply, return_balance};
use crate::fleet::{Console, ProductConsole};
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, Record, Transaction};
use crate::team::{Access, Account, AccountId, Actor, Command, Invitation, Team, access, rows};
use crate::{Error, ErrorKind};
use std::sync::Arc;

/// A product's team, as its members see it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TeamView {
    /// The owner.
    pub owner: AccountId,
    /// The members, the owner among them, in order of their accounts.
    pub members: Vec<Person>,
    /// The invited accounts that have not answered, with their invitations, expired ones included.
    pub invited: Vec<(Person, Invitation)>,
}

/// An invitation, as the invitee sees it, who may not see the product yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvitationView {
    /// The product's number.
    pub product: ProductId,
    /// Its name at the time of the invitation.
    pub name: String,
    /// The invitation.
    pub invitation: Invitation,
}

/// A person on a team.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// Its e-mail.
    pub email: String,
}

impl ProductConsole<'_> {
    /// Returns the product's team.
    ///
    /// # Errors
    /// `not_found`.
    pub fn team(&self) -> Result<TeamView, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { product, team, .. } = Access::check(tx, console.actor, Command::ReadProduct, product)?;
            tx.load(team.members.iter().chain(team.invitations.keys()).map(|id| Key::Account(*id)))?;
            let mut members = Vec::with_capacity(team.members.len());
            for id in &team.members {
                members.push(person(tx, *id)?);
            }
            let mut invited = Vec::with_capacity(team.invitations.len());
            for (id, invitation) in &team.invitations {
                invited.push((person(tx, *id)?, invitation.clone()));
            }
            Ok(TeamView { owner: product.owner, members, invited })
        })
    }

    /// Invites an account, by its e-mail, to the team (R-TEAM-1). The invitation holds a seat until it is answered or
    /// expires, after 14 days unless the product's policy differs. The invitee gets a notice.
    ///
    /// ```
    /// # use fleet_core::{Actor, Fleet, MemoryStore, Timestamp};
    /// # let (fleet, now) = (Fleet::open(MemoryStore::new()), Timestamp::from_millis(0));
    /// # let operator = fleet.console(Actor::Operator, now);
    /// # let alice = operator.create_account("alice@example.com")?.id;
    /// let bob = operator.create_account("bob@example.com")?.id;
    /// let owner = fleet.console(alice, now);
    /// let product = owner.create_product("Thermostat", "photon".parse()?)?.id;
    ///
    /// owner.product(product).invite("bob@example.com")?;
    /// assert_eq!(fleet.console(bob, now).invitations()?[0].name, "Thermostat");
    /// fleet.console(bob, now).product(product).accept_invitation()?;
    /// assert_eq!(owner.product(product).team()?.members.len(), 2);
    /// # Ok::<(), fleet_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for an e-mail without an account; `already_invited`; `limit_exceeded` with the tier that would
    /// suffice; `forbidden` for anybody but the owner.
    pub fn invite(&self, email: &str) -> Result<Invitation, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { product: record, mut team, .. } =
                Access::check(tx, console.actor, Command::InviteMember, product)?;
            let invitee = rows::with_email(tx, email)?;
            let invitee = invitee.ok_or_else(|| Error::not_found("account with this e-mail"))?;
            let waits = team.invitations.get(&invitee).is_some_and(|invitation| invitation.expires_at > console.now);
            if waits || team.members.contains(&invitee) {
                return Err(ErrorKind::AlreadyInvited { email: email.trim().to_lowercase() }.into());
            }
            console.check_seat(&record, &team, invitee)?;
            let lasts = record.policy.invitation;
            let (name, at) = (Some(record.name.clone()), console.now);
            let invitation = Invitation { name, at, expires_at: at.after(lasts) };
            Arc::make_mut(&mut team).invitations.insert(invitee, invitation.clone());
            tx.put(product, team);
            tx.put_record(Key::Invitation(invitee, product), Record::PRESENT);
            // An earlier, expired invitation may still have a notice in the outbox: this one is separate.
            let notice = NoticeSubject::Invitation { account: invitee };
            tx.delete(Key::Notice(product, notice.name()));
            notify(tx, console.now, product, notice)?;
            console.note(tx, product, Command::InviteMember, format!("account {invitee}"));
            Ok(invitation)
        })
    }

    /// Revokes an invitation. Its seat is free at once.
    ///
    /// # Errors
    /// `not_found` if the account has none; `forbidden` for anybody but the owner.
    pub fn revoke_invitation(&self, account: AccountId) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { mut team, .. } = Access::check(tx, console.actor, Command::RevokeInvitation, product)?;
            end_invitation(tx, product, &mut team, account)?;
            tx.put(product, team);
            console.note(tx, product, Command::RevokeInvitation, format!("account {account}"));
            Ok(())
        })
    }

    /// Accepts an invitation: the actor becomes a member. The tier's limit is checked again (R-TEAM-4).
    ///
    /// # Errors
    /// `not_found` without an invitation; `forbidden` for a member of the team; `expired`; `no_seat`; `account_locked`
    /// while the owner's account is locked.
    pub fn accept_invitation(&self) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { product: record, mut team, .. } =
                Access::check(tx, console.actor, Command::AcceptInvitation, product)?;
            let account = console.person()?;
            let invitation = end_invitation(tx, product, &mut team, account)?;
            if invitation.expires_at <= console.now {
                return Err(ErrorKind::Expired { what: "invitation", at: invitation.expires_at }.into());
            }
            console.check_seat(&record, &team, account).map_err(|error| match error.kind() {
                ErrorKind::LimitExceeded(_) => ErrorKind::NoSeat.into(),
                _ => error,
            })?;
            Arc::make_mut(&mut team).members.insert(account);
            tx.put(product, team);
            tx.put_record(Key::Membership(account, product), Record::PRESENT);
            console.note(tx, product, Command::AnswerInvitation, "accepted");
            Ok(())
        })
    }

    /// Declines an invitation.
    ///
    /// # Errors
    /// `not_found` without an invitation.
    pub fn decline_invitation(&self) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { mut team, .. } = Access::check(tx, console.actor, Command::AnswerInvitation, product)?;
            end_invitation(tx, product, &mut team, console.person()?)?;
            tx.put(product, team);
            console.note(tx, product, Command::AnswerInvitation, "declined");
            Ok(())
        })
    }

    /// Leaves the team.
    ///
    /// # Errors
    /// `owner_stays` for the owner.
    pub fn leave_team(&self) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { product: record, mut team, .. } =
                Access::check(tx, console.actor, Command::LeaveTeam, product)?;
            let account = console.person()?;
            remove_from_team(tx, &record, &mut team, account)?;
            console.note(tx, product, Command::LeaveTeam, format!("account {account}"));
            Ok(())
        })
    }

    /// Removes a member from the team.
    ///
    /// # Errors
    /// `owner_stays` for the owner; `not_found` for an account that is no member; `forbidden` for anybody but the
    /// owner.
    pub fn remove_member(&self, account: AccountId) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            let Access { product: record, mut team, .. } =
                Access::check(tx, console.actor, Command::RemoveMember, product)?;
            remove_from_team(tx, &record, &mut team, account)?;
            console.note(tx, product, Command::RemoveMember, format!("account {account}"));
            Ok(())
        })
    }

    /// Transfers a product to another account; the previous owner stays a member. For operators only, because it
    /// changes who pays, from the next invoice on. Open invoices must be paid or written off first; a renewal that is
    /// due is issued first. What the previous owner paid stays theirs: the balance is refunded at once, and the unused
    /// rest of the plan is refunded when the new owner changes the plan or it ends.
    ///
    /// # Errors
    /// `renewal_unpaid`, `charge_open`; `account_locked` for a locked account; `not_found` for an account that does not
    /// exist; `limit_exceeded` if it is no member and no seat is free.
    pub fn transfer_ownership(&self, to: AccountId) -> Result<(), Error> {
        let Self { console, product } = *self;
        console.up_to_date(product, Command::TransferOwnership)?;
        console.fleet.transact(|tx| {
            let Access { product: mut record, mut team, .. } =
                Access::check(tx, console.actor, Command::TransferOwnership, product)?;
            let account = tx.get::<Arc<Account>>(to)?.ok_or_else(|| Error::not_found("account"))?;
            account.unlocked("the account")?;
            let mut changed = tx.get::<Arc<Contract>>(product)?.filter(|_| record.owner != to);
            let before = changed.clone().unwrap_or_default();
            if let Some(billing) = &mut changed {
                billing.nothing_open(product)?;
                billing.no_renewal_due(console.now)?;
                let subscription = Arc::make_mut(billing);
                subscription.quotes.clear();
                let mut effects = Vec::new();
                return_balance(&mut effects, &record, subscription, Reason::Transfer, console.now)?;
                apply(tx, console.fleet.billing(), effects, console.now)?;
            }
            if team.invitations.contains_key(&to) {
                end_invitation(tx, product, &mut team, to)?;
            }
            if !team.members.contains(&to) {
                console.check_seat(&record, &team, to)?;
                Arc::make_mut(&mut team).members.insert(to);
                tx.put_record(Key::Membership(to, product), Record::PRESENT);
            }
            tx.put(product, team);
            let values = [("owner", record.owner.to_string(), to.to_string())];
            Arc::make_mut(&mut record).owner = to;
            tx.put(product, record);
            let mut terms = Entry::default();
            if let Some(billing) = changed {
                terms = before.change("", &billing);
                tx.put(product, billing);
                console.fleet.pays_from_now_on(tx, product, to, console.now)?;
            }
            let entry = Entry::changed(format!("to account {to}"), values).and(terms);
            console.note(tx, product, Command::TransferOwnership, entry);
            Ok(())
        })
    }
}

impl Console<'_> {
    /// Returns the invitations of the actor, with their products, expired ones included.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn invitations(&self) -> Result<Vec<InvitationView>, Error> {
        let Actor::Account(account) = self.actor else { return Ok(Vec::new()) };
        let rows = self.fleet.store().scan(&Key::invitations(account))?;
        let ids = rows.into_iter().filter_map(|row| if let Key::Invitation(_, id) = row.key { Some(id) } else { None });
        let ids: Vec<ProductId> = ids.collect();
        self.fleet.transact(|tx| {
            tx.load(ids.iter().flat_map(|id| [Key::Product(*id), Key::Team(*id)]))?;
            let mut invitations = Vec::with_capacity(ids.len());
            for id in &ids {
                let team: Arc<Team> = tx.get(*id)?.unwrap_or_default();
                let product = tx.get::<Arc<Product>>(*id)?.filter(|product| product.removed_at.is_none());
                if let (Some(product), Some(invitation)) = (product, team.invitations.get(&account)) {
                    let name = invitation.name.clone().unwrap_or_else(|| product.name.clone());
                    invitations.push(InvitationView { product: *id, name, invitation: invitation.clone() });
                }
            }
            Ok(invitations)
        })
    }

    /// Locks an account by decision of the operator. The lock has the effect of R-PAY-5, and is independent of the lock
    /// for unpaid bills: paying does not end this lock.
    ///
    /// # Errors
    /// `not_found`.
    pub fn lock_account(&self, account: AccountId) -> Result<Account, Error> {
        self.change_lock(account, true)
    }

    /// Ends the operator's lock of an account. A lock for unpaid bills remains.
    ///
    /// # Errors
    /// `not_found`.
    pub fn unlock_account(&self, account: AccountId) -> Result<Account, Error> {
        self.change_lock(account, false)
    }

    fn change_lock(&self, account: AccountId, locked: bool) -> Result<Account, Error> {
        access::allow(self.actor, Command::LockAccount)?;
        self.fleet.transact(|tx| {
            let mut record: Arc<Account> = tx.get(account)?.ok_or_else(|| Error::not_found("account"))?;
            let before = record.locked_at;
            let after = locked.then_some(before.unwrap_or(self.now));
            if before != after {
                Arc::make_mut(&mut record).locked_at = after;
                tx.put(account, Arc::clone(&record));
                let subject = if locked { "locked" } else { "unlocked" };
                let entry = Entry::changed(subject, [("locked since", shown(before), shown(after))]);
                self.note_account(tx, account, Command::LockAccount, entry);
            }
            Ok(Arc::unwrap_or_clone(record))
        })
    }

    /// Checks that one more seat, for that account, fits the tier (R-TEAM-4).
    fn check_seat(&self, product: &Product, team: &Team, account: AccountId) -> Result<(), Error> {
        let used = team.seats_without(account, self.now);
        Ok(self.fleet.catalogue().check_product(product, Resource::Members, used, used.saturating_add(1))?)
    }

    fn person(&self) -> Result<AccountId, Error> {
        match self.actor {
            Actor::Account(account) => Ok(account),
            Actor::Customer(_) | Actor::Operator => Err(Error::not_found("account")),
        }
    }
}

/// Removes an invitation from the team's record, and the records that refer to it.
fn end_invitation(
    tx: &mut Transaction<'_>,
    product: ProductId,
    team: &mut Arc<Team>,
    account: AccountId,
) -> Result<Invitation, Error> {
    let invitation = Arc::make_mut(team).invitations.remove(&account).ok_or_else(|| Error::not_found("invitation"))?;
    tx.delete(Key::Invitation(account, product));
    tx.delete(Key::Notice(product, NoticeSubject::Invitation { account }.name()));
    Ok(invitation)
}

/// Removes a member from a team.
fn remove_from_team(
    tx: &mut Transaction<'_>,
    product: &Product,
    team: &mut Arc<Team>,
    account: AccountId,
) -> Result<(), Error> {
    if account == product.owner {
        return Err(ErrorKind::OwnerStays.into());
    }
    if !Arc::make_mut(team).members.remove(&account) {
        return Err(Error::not_found("member"));
    }
    tx.put(product.id, Arc::clone(team));
    tx.delete(Key::Membership(account, product.id));
    Ok(())
}

fn person(tx: &mut Transaction<'_>, account: AccountId) -> Result<Person, Error> {
    let email = tx.get::<Arc<Account>>(account)?.map(|account| account.email.clone()).unwrap_or_default();
    Ok(Person { account, email })
}
