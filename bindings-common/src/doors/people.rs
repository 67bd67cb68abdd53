//! Teams, customers and the private beta.

use super::{Answered, Console, account_id, customer_id, device_id, limit, not_found, product_id, unsigned};
use crate::plain::SecretText;
use crate::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team, token_id,
};
use fleet_core::customer::TokenId;
use std::time::Duration;

impl Console {
    /// Returns the product's team.
    pub fn team(&self, product: u32) -> Answered<Team> {
        Ok((&self.door()?.product(product_id(product)?).team()?).into())
    }

    /// Invites an account to the team, by its e-mail.
    pub fn invite(&self, product: u32, email: &str) -> Answered<Invitation> {
        Ok((&self.door()?.product(product_id(product)?).invite(email)?).into())
    }

    /// Revokes an invitation.
    pub fn revoke_invitation(&self, product: u32, account: i64) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).revoke_invitation(account_id(account)?)?)
    }

    /// Lists the actor's invitations to teams.
    pub fn invitations(&self) -> Answered<Vec<ReceivedInvitation>> {
        Ok(super::shapes(&self.door()?.invitations()?))
    }

    /// Accepts an invitation.
    pub fn accept_invitation(&self, product: u32) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).accept_invitation()?)
    }

    /// Declines an invitation.
    pub fn decline_invitation(&self, product: u32) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).decline_invitation()?)
    }

    /// Leaves the team.
    pub fn leave_team(&self, product: u32) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).leave_team()?)
    }

    /// Removes a member from the team.
    pub fn remove_member(&self, product: u32, account: i64) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).remove_member(account_id(account)?)?)
    }

    /// Makes another account the owner. An operator's command.
    pub fn transfer_ownership(&self, product: u32, to: i64) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).transfer_ownership(account_id(to)?)?)
    }

    /// Locks an account for unpaid bills, or unlocks it. An operator's command.
    pub fn set_account_lock(&self, account: i64, locked: bool) -> Answered<Account> {
        let (door, account) = (self.door()?, account_id(account)?);
        let account = if locked { door.lock_account(account) } else { door.unlock_account(account) }?;
        Ok((&account).into())
    }

    /// Creates a customer of the product.
    pub fn create_customer(&self, product: u32, user_name: &str, identity: Option<Identity>) -> Answered<Customer> {
        let identity = identity.unwrap_or(Identity::Simple).try_into()?;
        Ok((&self.door()?.product(product_id(product)?).create_customer(user_name, &identity)?).into())
    }

    /// Returns a customer of the product.
    pub fn customer(&self, product: u32, customer: i64) -> Answered<Customer> {
        Ok((&self.door()?.product(product_id(product)?).customer(customer_id(customer)?).get()?).into())
    }

    /// Lists the customers that match a filter, by number.
    pub fn customers(
        &self,
        product: u32,
        filter: CustomerFilter,
        after: Option<&str>,
        page: Option<u32>,
    ) -> Answered<CustomerPage> {
        let after = after.map(|after| customer_id(after.parse().unwrap_or_default())).transpose()?;
        let page = self.door()?.product(product_id(product)?).customers(&filter.try_into()?, after, limit(page))?;
        Ok(CustomerPage { items: super::shapes(&page.items), next: page.next.map(|id| id.to_string()) })
    }

    /// Returns the customer with a vendor's user name or a linked account.
    pub fn find_customer(&self, product: u32, identity: Identity) -> Answered<Customer> {
        Ok((&self.door()?.product(product_id(product)?).find_customer(&identity.try_into()?)?).into())
    }

    /// Removes a customer.
    pub fn remove_customer(&self, product: u32, customer: i64) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).customer(customer_id(customer)?).remove()?)
    }

    /// Issues a token for these scopes to a customer. `life` is in seconds, up to a year. The token is shown only this
    /// once.
    pub fn issue_token(&self, product: u32, customer: i64, scopes: &[Scope], life: i64) -> Answered<IssuedToken> {
        let (product, customer) = (product_id(product)?, customer_id(customer)?);
        let scopes = scopes.iter().map(|scope| (*scope).into()).collect();
        let life = Duration::from_secs(unsigned("life", life)?);
        let (id, token) = self.door()?.product(product).customer(customer).issue_token(&scopes, life)?;
        Ok(IssuedToken { token_id: token_id(id), token: SecretText(token.reveal()) })
    }

    /// Revokes a token at once.
    pub fn revoke_token(&self, product: u32, customer: i64, token: &str) -> Answered<()> {
        let id = u64::from_str_radix(token, 16).map_err(|_| not_found("token"))?;
        Ok(self.door()?.product(product_id(product)?).customer(customer_id(customer)?).revoke_token(TokenId(id))?)
    }

    /// Gives a device of the product its own claim code, such as the one on its sticker.
    pub fn set_device_code(&self, product: u32, device: &str, code: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).device(device_id(device)?).set_code(code)?)
    }

    /// Invites the customers of a list to the private beta.
    pub fn invite_to_beta(&self, product: u32, list: &[u8]) -> Answered<BetaReport> {
        Ok(BetaReport { lines: super::shapes(&self.door()?.product(product_id(product)?).invite_to_beta(list)?) })
    }

    /// Removes a guest from the private beta.
    pub fn uninvite_from_beta(&self, product: u32, user_name: &str) -> Answered<()> {
        Ok(self.door()?.product(product_id(product)?).uninvite_from_beta(user_name)?)
    }

    /// Gives a guest a new code, also a guest who has used theirs.
    pub fn renew_activation_code(&self, product: u32, user_name: &str) -> Answered<BetaGuest> {
        Ok((&self.door()?.product(product_id(product)?).renew_activation_code(user_name)?).into())
    }

    /// Lists the guests of the private beta, by name.
    pub fn beta_guests(&self, product: u32, after: Option<&str>, page: Option<u32>) -> Answered<BetaGuestPage> {
        let page = self.door()?.product(product_id(product)?).beta_guests(after, limit(page))?;
        Ok(BetaGuestPage { items: super::shapes(&page.items), next: page.next })
    }
}
