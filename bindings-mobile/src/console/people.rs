//! Teams, customers and the private beta.

use super::{Console, CustomerConsole, DeviceConsole, ProductConsole};
use crate::{Answered, Span};
use fleet_bindings::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team,
};

#[uniffi::export]
impl Console {
    /// Lists the actor's invitations to teams.
    pub async fn invitations(&self) -> Answered<Vec<ReceivedInvitation>> {
        self.ask(|door| door.invitations()).await
    }

    /// Locks an account for unpaid bills. An operator's command.
    pub async fn lock_account(&self, account: i64) -> Answered<Account> {
        self.ask(move |door| door.lock_account(account)).await
    }

    /// Unlocks an account. An operator's command.
    pub async fn unlock_account(&self, account: i64) -> Answered<Account> {
        self.ask(move |door| door.unlock_account(account)).await
    }
}

#[uniffi::export]
impl ProductConsole {
    /// Returns the product's team.
    pub async fn team(&self) -> Answered<Team> {
        self.ask(|door| door.team()).await
    }

    /// Invites an account to the team, by its e-mail.
    pub async fn invite(&self, email: String) -> Answered<Invitation> {
        self.ask(move |door| door.invite(&email)).await
    }

    /// Revokes an invitation.
    pub async fn revoke_invitation(&self, account: i64) -> Answered<()> {
        self.ask(move |door| door.revoke_invitation(account)).await
    }

    /// Accepts an invitation.
    pub async fn accept_invitation(&self) -> Answered<()> {
        self.ask(|door| door.accept_invitation()).await
    }

    /// Declines an invitation.
    pub async fn decline_invitation(&self) -> Answered<()> {
        self.ask(|door| door.decline_invitation()).await
    }

    /// Leaves the team.
    pub async fn leave_team(&self) -> Answered<()> {
        self.ask(|door| door.leave_team()).await
    }

    /// Removes a member from the team.
    pub async fn remove_member(&self, account: i64) -> Answered<()> {
        self.ask(move |door| door.remove_member(account)).await
    }

    /// Makes another account the owner. An operator's command.
    pub async fn transfer_ownership(&self, to: i64) -> Answered<()> {
        self.ask(move |door| door.transfer_ownership(to)).await
    }

    /// Creates a customer of the product.
    #[uniffi::method(default(identity = None))]
    pub async fn create_customer(&self, user_name: String, identity: Option<Identity>) -> Answered<Customer> {
        self.ask(move |door| door.create_customer(&user_name, identity)).await
    }

    /// Lists the customers that match a filter, by number.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn customers(
        &self,
        filter: CustomerFilter,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<CustomerPage> {
        self.ask(move |door| door.customers(filter, after.as_deref(), limit)).await
    }

    /// Returns the customer with a vendor's user name or a linked account.
    pub async fn find_customer(&self, identity: Identity) -> Answered<Customer> {
        self.ask(move |door| door.find_customer(identity)).await
    }

    /// Invites the customers of a list to the private beta.
    pub async fn invite_to_beta(&self, list: Vec<u8>) -> Answered<BetaReport> {
        self.ask(move |door| door.invite_to_beta(&list)).await
    }

    /// Removes a guest from the private beta.
    pub async fn uninvite_from_beta(&self, user_name: String) -> Answered<()> {
        self.ask(move |door| door.uninvite_from_beta(&user_name)).await
    }

    /// Gives a guest a new code, also a guest who has used theirs.
    pub async fn renew_activation_code(&self, user_name: String) -> Answered<BetaGuest> {
        self.ask(move |door| door.renew_activation_code(&user_name)).await
    }

    /// Lists the guests of the private beta, by name.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn beta_guests(&self, after: Option<String>, limit: Option<u32>) -> Answered<BetaGuestPage> {
        self.ask(move |door| door.beta_guests(after.as_deref(), limit)).await
    }
}

#[uniffi::export]
impl DeviceConsole {
    /// Gives the device its own claim code, such as the one on its sticker.
    pub async fn set_code(&self, code: String) -> Answered<()> {
        self.ask(move |door| door.set_code(&code)).await
    }
}

#[uniffi::export]
impl CustomerConsole {
    /// Reads the customer.
    pub async fn get(&self) -> Answered<Customer> {
        self.ask(|door| door.get()).await
    }

    /// Removes the customer.
    pub async fn remove(&self) -> Answered<()> {
        self.ask(|door| door.remove()).await
    }

    /// Issues a token for these scopes to the customer, valid for whole seconds up to a year. The token is shown only
    /// this once.
    pub async fn issue_token(&self, scopes: Vec<Scope>, life: Span) -> Answered<IssuedToken> {
        let seconds = i64::try_from(life.read("life")?.as_secs()).unwrap_or(i64::MAX);
        self.ask(move |door| door.issue_token(&scopes, seconds)).await
    }

    /// Revokes a token at once.
    pub async fn revoke_token(&self, token: String) -> Answered<()> {
        self.ask(move |door| door.revoke_token(&token)).await
    }
}
