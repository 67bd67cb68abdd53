//! Teams, customers and the private beta.

use super::Console;
use crate::run;
use fleet_bindings::Moment;
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{
    Account, BetaGuest, BetaGuestPage, BetaReport, Customer, CustomerFilter, CustomerPage, Identity, Invitation,
    IssuedToken, ReceivedInvitation, Scope, Team,
};
use pyo3::prelude::*;
use std::time::Duration;

#[checked]
#[pymethods]
impl Console {
    /// Returns the product's team.
    fn team(&self, py: Python<'_>, product: u32) -> PyResult<Team> {
        run(py, || self.0.team(product))
    }

    /// Invites an account to the team, by its e-mail.
    fn invite(&self, py: Python<'_>, product: u32, email: &str) -> PyResult<Invitation> {
        run(py, || self.0.invite(product, email))
    }

    /// Revokes an invitation.
    fn revoke_invitation(&self, py: Python<'_>, product: u32, account: i64) -> PyResult<()> {
        run(py, || self.0.revoke_invitation(product, account))
    }

    /// Lists the actor's invitations to teams.
    fn invitations(&self, py: Python<'_>) -> PyResult<Vec<ReceivedInvitation>> {
        run(py, || self.0.invitations())
    }

    /// Accepts an invitation.
    fn accept_invitation(&self, py: Python<'_>, product: u32) -> PyResult<()> {
        run(py, || self.0.accept_invitation(product))
    }

    /// Declines an invitation.
    fn decline_invitation(&self, py: Python<'_>, product: u32) -> PyResult<()> {
        run(py, || self.0.decline_invitation(product))
    }

    /// Leaves the team.
    fn leave_team(&self, py: Python<'_>, product: u32) -> PyResult<()> {
        run(py, || self.0.leave_team(product))
    }

    /// Removes a member from the team.
    fn remove_member(&self, py: Python<'_>, product: u32, account: i64) -> PyResult<()> {
        run(py, || self.0.remove_member(product, account))
    }

    /// Makes another account the owner. An operator's command.
    fn transfer_ownership(&self, py: Python<'_>, product: u32, to: i64) -> PyResult<()> {
        run(py, || self.0.transfer_ownership(product, to))
    }

    /// Locks an account for unpaid bills, or unlocks it. An operator's command.
    fn set_account_lock(&self, py: Python<'_>, account: i64, locked: bool) -> PyResult<Account> {
        run(py, || self.0.set_account_lock(account, locked))
    }

    /// Creates a customer of the product.
    #[pyo3(signature = (product, user_name, identity=None))]
    fn create_customer(
        &self,
        py: Python<'_>,
        product: u32,
        user_name: &str,
        identity: Option<Identity>,
    ) -> PyResult<Customer> {
        run(py, || self.0.create_customer(product, user_name, identity))
    }

    /// Returns a customer of the product.
    fn customer(&self, py: Python<'_>, product: u32, customer: i64) -> PyResult<Customer> {
        run(py, || self.0.customer(product, customer))
    }

    /// Lists the customers that match a filter, by number.
    #[pyo3(signature = (
        product, *, active_since=None, inactive_since=None, with_device=None, prefix=None, after=None, limit=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn customers(
        &self,
        py: Python<'_>,
        product: u32,
        active_since: Option<Moment>,
        inactive_since: Option<Moment>,
        with_device: Option<bool>,
        prefix: Option<String>,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<CustomerPage> {
        let filter = CustomerFilter { active_since, inactive_since, with_device, prefix };
        run(py, || self.0.customers(product, filter, after, limit))
    }

    /// Returns the customer with a vendor's user name or a linked account.
    fn find_customer(&self, py: Python<'_>, product: u32, identity: Identity) -> PyResult<Customer> {
        run(py, || self.0.find_customer(product, identity))
    }

    /// Removes a customer.
    fn remove_customer(&self, py: Python<'_>, product: u32, customer: i64) -> PyResult<()> {
        run(py, || self.0.remove_customer(product, customer))
    }

    /// Issues a token for these scopes to a customer, valid for `life`, up to a year. The token is shown only this
    /// once.
    #[pyo3(signature = (product, customer, scopes, *, life))]
    fn issue_token(
        &self,
        py: Python<'_>,
        product: u32,
        customer: i64,
        scopes: Vec<Scope>,
        life: Duration,
    ) -> PyResult<IssuedToken> {
        run(py, || self.0.issue_token(product, customer, &scopes, i64::try_from(life.as_secs()).unwrap_or(i64::MAX)))
    }

    /// Revokes a token at once.
    fn revoke_token(&self, py: Python<'_>, product: u32, customer: i64, token: &str) -> PyResult<()> {
        run(py, || self.0.revoke_token(product, customer, token))
    }

    /// Gives a device of the product its own claim code, such as the one on its sticker.
    fn set_device_code(&self, py: Python<'_>, product: u32, device: &str, code: &str) -> PyResult<()> {
        run(py, || self.0.set_device_code(product, device, code))
    }

    /// Invites the customers of a list to the private beta.
    fn invite_to_beta(&self, py: Python<'_>, product: u32, list: &[u8]) -> PyResult<BetaReport> {
        run(py, || self.0.invite_to_beta(product, list))
    }

    /// Removes a guest from the private beta.
    fn uninvite_from_beta(&self, py: Python<'_>, product: u32, user_name: &str) -> PyResult<()> {
        run(py, || self.0.uninvite_from_beta(product, user_name))
    }

    /// Gives a guest a new code, also a guest who has used theirs.
    fn renew_activation_code(&self, py: Python<'_>, product: u32, user_name: &str) -> PyResult<BetaGuest> {
        run(py, || self.0.renew_activation_code(product, user_name))
    }

    /// Lists the guests of the private beta, by name.
    #[pyo3(signature = (product, *, after=None, limit=None))]
    fn beta_guests(
        &self,
        py: Python<'_>,
        product: u32,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<BetaGuestPage> {
        run(py, || self.0.beta_guests(product, after, limit))
    }
}
