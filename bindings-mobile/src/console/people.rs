//! Teams, customers and the private beta.

use super::Console;
use crate::{Answered, Span};
use fleet_bindings::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team,
};

#[uniffi::export]
impl Console {
    /// Returns the product's team.
    pub async fn team(&self, product: u32) -> Answered<Team> {
        self.ask(move |door| door.team(product)).await
    }

    /// Invites an account to the team, by its e-mail.
    pub async fn invite(&self, product: u32, email: String) -> Answered<Invitation> {
        self.ask(move |door| door.invite(product, &email)).await
    }

    /// Revokes an invitation.
    pub async fn revoke_invitation(&self, product: u32, account: i64) -> Answered<()> {
        self.ask(move |door| door.revoke_invitation(product, account)).await
    }

    /// Lists the actor's invitations to teams.
    pub async fn invitations(&self) -> Answered<Vec<ReceivedInvitation>> {
        self.ask(|door| door.invitations()).await
    }

    /// Accepts an invitation.
    pub async fn accept_invitation(&self, product: u32) -> Answered<()> {
        self.ask(move |door| door.accept_invitation(product)).await
    }

    /// Declines an invitation.
    pub async fn decline_invitation(&self, product: u32) -> Answered<()> {
        self.ask(move |door| door.decline_invitation(product)).await
    }

    /// Leaves the team.
    pub async fn leave_team(&self, product: u32) -> Answered<()> {
        self.ask(move |door| door.leave_team(product)).await
    }

    /// Removes a member from the team.
    pub async fn remove_member(&self, product: u32, account: i64) -> Answered<()> {
        self.ask(move |door| door.remove_member(product, account)).await
    }

    /// Makes another account the owner. An operator's command.
    pub async fn transfer_ownership(&self, product: u32, to: i64) -> Answered<()> {
        self.ask(move |door| door.transfer_ownership(product, to)).await
    }

    /// Locks an account for unpaid bills, or unlocks it. An operator's command.
    pub async fn set_account_lock(&self, account: i64, locked: bool) -> Answered<Account> {
        self.ask(move |door| door.set_account_lock(account, locked)).await
    }

    /// Creates a customer of the product.
    #[uniffi::method(default(identity = None))]
    pub async fn create_customer(
        &self,
        product: u32,
        user_name: String,
        identity: Option<Identity>,
    ) -> Answered<Customer> {
        self.ask(move |door| door.create_customer(product, &user_name, identity)).await
    }

    /// Returns a customer of the product.
    pub async fn customer(&self, product: u32, customer: i64) -> Answered<Customer> {
        self.ask(move |door| door.customer(product, customer)).await
    }

    /// Lists the customers that match a filter, by number.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn customers(
        &self,
        product: u32,
        filter: CustomerFilter,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<CustomerPage> {
        self.ask(move |door| door.customers(product, filter, after.as_deref(), limit)).await
    }

    /// Returns the customer with a vendor's user name or a linked account.
    pub async fn find_customer(&self, product: u32, identity: Identity) -> Answered<Customer> {
        self.ask(move |door| door.find_customer(product, identity)).await
    }

    /// Removes a customer.
    pub async fn remove_customer(&self, product: u32, customer: i64) -> Answered<()> {
        self.ask(move |door| door.remove_customer(product, customer)).await
    }

    /// Issues a token for these scopes to a customer, valid for whole seconds up to a year. The token is shown only
    /// this once.
    pub async fn issue_token(
        &self,
        product: u32,
        customer: i64,
        scopes: Vec<Scope>,
        life: Span,
    ) -> Answered<IssuedToken> {
        let seconds = i64::try_from(life.read("life")?.as_secs()).unwrap_or(i64::MAX);
        self.ask(move |door| door.issue_token(product, customer, &scopes, seconds)).await
    }

    /// Revokes a token at once.
    pub async fn revoke_token(&self, product: u32, customer: i64, token: String) -> Answered<()> {
        self.ask(move |door| door.revoke_token(product, customer, &token)).await
    }

    /// Gives a device of the product its own claim code, such as the one on its sticker.
    pub async fn set_device_code(&self, product: u32, device: String, code: String) -> Answered<()> {
        self.ask(move |door| door.set_device_code(product, &device, &code)).await
    }

    /// Invites the customers of a list to the private beta.
    pub async fn invite_to_beta(&self, product: u32, list: Vec<u8>) -> Answered<BetaReport> {
        self.ask(move |door| door.invite_to_beta(product, &list)).await
    }

    /// Removes a guest from the private beta.
    pub async fn uninvite_from_beta(&self, product: u32, user_name: String) -> Answered<()> {
        self.ask(move |door| door.uninvite_from_beta(product, &user_name)).await
    }

    /// Gives a guest a new code, also a guest who has used theirs.
    pub async fn renew_activation_code(&self, product: u32, user_name: String) -> Answered<BetaGuest> {
        self.ask(move |door| door.renew_activation_code(product, &user_name)).await
    }

    /// Lists the guests of the private beta, by name.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn beta_guests(
        &self,
        product: u32,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<BetaGuestPage> {
        self.ask(move |door| door.beta_guests(product, after.as_deref(), limit)).await
    }
}
