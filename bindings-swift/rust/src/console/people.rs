//! Teams, customers and the private beta.

use super::Console;
use crate::{Answered, Span};
use fleet_bindings::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team,
};

#[uniffi::export]
impl Console {
    /// The product's team.
    pub async fn team(&self, product: u32) -> Answered<Team> {
        self.ask(move |door| door.team(product)).await
    }

    /// Asks an account, by its e-mail, to join the team.
    pub async fn invite(&self, product: u32, email: String) -> Answered<Invitation> {
        self.ask(move |door| door.invite(product, &email)).await
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, product: u32, account: i64) -> Answered<()> {
        self.ask(move |door| door.revoke_invitation(product, account)).await
    }

    /// The products whose team the actor was asked to join.
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

    /// Takes a member off the team.
    pub async fn remove_member(&self, product: u32, account: i64) -> Answered<()> {
        self.ask(move |door| door.remove_member(product, account)).await
    }

    /// Makes another account the owner. An operator's command.
    pub async fn transfer_ownership(&self, product: u32, to: i64) -> Answered<()> {
        self.ask(move |door| door.transfer_ownership(product, to)).await
    }

    /// Locks an account for bills that were not paid, or unlocks it. An operator's command.
    pub async fn set_account_lock(&self, account: i64, locked: bool) -> Answered<Account> {
        self.ask(move |door| door.set_account_lock(account, locked)).await
    }

    /// Makes a customer of the product.
    #[uniffi::method(default(identity = None))]
    pub async fn create_customer(
        &self,
        product: u32,
        user_name: String,
        identity: Option<Identity>,
    ) -> Answered<Customer> {
        self.ask(move |door| door.create_customer(product, &user_name, identity)).await
    }

    /// A customer of the product.
    pub async fn customer(&self, product: u32, customer: i64) -> Answered<Customer> {
        self.ask(move |door| door.customer(product, customer)).await
    }

    /// The customers that a filter wants, by number.
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

    /// The customer whom a vendor's user name, or a linked account, is known as.
    pub async fn find_customer(&self, product: u32, identity: Identity) -> Answered<Customer> {
        self.ask(move |door| door.find_customer(product, identity)).await
    }

    /// Takes a customer away.
    pub async fn remove_customer(&self, product: u32, customer: i64) -> Answered<()> {
        self.ask(move |door| door.remove_customer(product, customer)).await
    }

    /// Gives a customer a token for these scopes, for whole seconds up to a year. The token is shown only this once.
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

    /// Makes a token no good at once.
    pub async fn revoke_token(&self, product: u32, customer: i64, token: String) -> Answered<()> {
        self.ask(move |door| door.revoke_token(product, customer, &token)).await
    }

    /// Gives a device of the product a claim code of its own, such as that on its sticker.
    pub async fn set_device_code(&self, product: u32, device: String, code: String) -> Answered<()> {
        self.ask(move |door| door.set_device_code(product, &device, &code)).await
    }

    /// Invites the customers of a list to the private beta.
    pub async fn invite_to_beta(&self, product: u32, list: Vec<u8>) -> Answered<BetaReport> {
        self.ask(move |door| door.invite_to_beta(product, &list)).await
    }

    /// Takes a guest off the private beta.
    pub async fn uninvite_from_beta(&self, product: u32, user_name: String) -> Answered<()> {
        self.ask(move |door| door.uninvite_from_beta(product, &user_name)).await
    }

    /// Gives a guest a new code, also one who used theirs.
    pub async fn renew_activation_code(&self, product: u32, user_name: String) -> Answered<BetaGuest> {
        self.ask(move |door| door.renew_activation_code(product, &user_name)).await
    }

    /// The guests of the private beta, by name.
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
