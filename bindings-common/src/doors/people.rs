//! Teams, customers and the private beta.

use super::{
    Answered, Console, CustomerConsole, DeviceConsole, ProductConsole, account_id, customer_id, limit, not_found,
    unsigned,
};
use crate::plain::SecretText;
use crate::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team, token_id,
};
use fleet_core::customer::TokenId;
use std::time::Duration;

impl Console {
    /// Lists the actor's invitations to teams.
    pub fn invitations(&self) -> Answered<Vec<ReceivedInvitation>> {
        Ok(super::shapes(&self.door()?.invitations()?))
    }

    /// Locks an account for unpaid bills. An operator's command.
    pub fn lock_account(&self, account: i64) -> Answered<Account> {
        Ok((&self.door()?.lock_account(account_id(account)?)?).into())
    }

    /// Unlocks an account. An operator's command.
    pub fn unlock_account(&self, account: i64) -> Answered<Account> {
        Ok((&self.door()?.unlock_account(account_id(account)?)?).into())
    }
}

impl ProductConsole {
    /// Returns the product's team.
    pub fn team(&self) -> Answered<Team> {
        Ok((&self.door()?.team()?).into())
    }

    /// Invites an account to the team, by its e-mail.
    pub fn invite(&self, email: &str) -> Answered<Invitation> {
        Ok((&self.door()?.invite(email)?).into())
    }

    /// Revokes an invitation.
    pub fn revoke_invitation(&self, account: i64) -> Answered<()> {
        Ok(self.door()?.revoke_invitation(account_id(account)?)?)
    }

    /// Accepts an invitation.
    pub fn accept_invitation(&self) -> Answered<()> {
        Ok(self.door()?.accept_invitation()?)
    }

    /// Declines an invitation.
    pub fn decline_invitation(&self) -> Answered<()> {
        Ok(self.door()?.decline_invitation()?)
    }

    /// Leaves the team.
    pub fn leave_team(&self) -> Answered<()> {
        Ok(self.door()?.leave_team()?)
    }

    /// Removes a member from the team.
    pub fn remove_member(&self, account: i64) -> Answered<()> {
        Ok(self.door()?.remove_member(account_id(account)?)?)
    }

    /// Makes another account the owner. An operator's command.
    pub fn transfer_ownership(&self, to: i64) -> Answered<()> {
        Ok(self.door()?.transfer_ownership(account_id(to)?)?)
    }

    /// Creates a customer of the product.
    pub fn create_customer(&self, user_name: &str, identity: Option<Identity>) -> Answered<Customer> {
        let identity = identity.unwrap_or(Identity::Simple).try_into()?;
        Ok((&self.door()?.create_customer(user_name, &identity)?).into())
    }

    /// Lists the customers that match a filter, by number.
    pub fn customers(&self, filter: CustomerFilter, after: Option<&str>, page: Option<u32>) -> Answered<CustomerPage> {
        let after = after.map(|after| customer_id(after.parse().unwrap_or_default())).transpose()?;
        let page = self.door()?.customers(&filter.try_into()?, after, limit(page))?;
        Ok(CustomerPage { items: super::shapes(&page.items), next: page.next.map(|id| id.to_string()) })
    }

    /// Returns the customer with a vendor's user name or a linked account.
    pub fn find_customer(&self, identity: Identity) -> Answered<Customer> {
        Ok((&self.door()?.find_customer(&identity.try_into()?)?).into())
    }

    /// Invites the customers of a list to the private beta.
    pub fn invite_to_beta(&self, list: &[u8]) -> Answered<BetaReport> {
        Ok(BetaReport { lines: super::shapes(&self.door()?.invite_to_beta(list)?) })
    }

    /// Removes a guest from the private beta.
    pub fn uninvite_from_beta(&self, user_name: &str) -> Answered<()> {
        Ok(self.door()?.uninvite_from_beta(user_name)?)
    }

    /// Gives a guest a new code, also a guest who has used theirs.
    pub fn renew_activation_code(&self, user_name: &str) -> Answered<BetaGuest> {
        Ok((&self.door()?.renew_activation_code(user_name)?).into())
    }

    /// Lists the guests of the private beta, by name.
    pub fn beta_guests(&self, after: Option<&str>, page: Option<u32>) -> Answered<BetaGuestPage> {
        let page = self.door()?.beta_guests(after, limit(page))?;
        Ok(BetaGuestPage { items: super::shapes(&page.items), next: page.next })
    }
}

impl DeviceConsole {
    /// Gives the device its own claim code, such as the one on its sticker.
    pub fn set_code(&self, code: &str) -> Answered<()> {
        Ok(self.door()?.set_code(code)?)
    }
}

impl CustomerConsole {
    /// Reads the customer.
    pub fn get(&self) -> Answered<Customer> {
        Ok((&self.door()?.get()?).into())
    }

    /// Removes the customer.
    pub fn remove(&self) -> Answered<()> {
        Ok(self.door()?.remove()?)
    }

    /// Issues a token for these scopes to a customer. `life` is in seconds, up to a year. The token is shown only this
    /// once.
    pub fn issue_token(&self, scopes: &[Scope], life: i64) -> Answered<IssuedToken> {
        let scopes = scopes.iter().map(|scope| (*scope).into()).collect();
        let life = Duration::from_secs(unsigned("life", life)?);
        let (id, token) = self.door()?.issue_token(&scopes, life)?;
        Ok(IssuedToken { token_id: token_id(id), token: SecretText(token.reveal()) })
    }

    /// Revokes a token at once.
    pub fn revoke_token(&self, token: &str) -> Answered<()> {
        let id = u64::from_str_radix(token, 16).map_err(|_| not_found("token"))?;
        Ok(self.door()?.revoke_token(TokenId(id))?)
    }
}
