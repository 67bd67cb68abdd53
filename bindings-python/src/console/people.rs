//! Teams, customers and the private beta.

use super::{Console, CustomerConsole, DeviceConsole, ProductConsole};
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
    /// Lists the actor's invitations to teams.
    fn invitations(&self, py: Python<'_>) -> PyResult<Vec<ReceivedInvitation>> {
        run(py, || self.0.invitations())
    }

    /// Locks an account for unpaid bills. An operator's command.
    fn lock_account(&self, py: Python<'_>, account: i64) -> PyResult<Account> {
        run(py, || self.0.lock_account(account))
    }

    /// Unlocks an account. An operator's command.
    fn unlock_account(&self, py: Python<'_>, account: i64) -> PyResult<Account> {
        run(py, || self.0.unlock_account(account))
    }
}

#[checked]
#[pymethods]
impl ProductConsole {
    /// Returns the product's team.
    fn team(&self, py: Python<'_>) -> PyResult<Team> {
        run(py, || self.0.team())
    }

    /// Invites an account to the team, by its e-mail.
    fn invite(&self, py: Python<'_>, email: &str) -> PyResult<Invitation> {
        run(py, || self.0.invite(email))
    }

    /// Revokes an invitation.
    fn revoke_invitation(&self, py: Python<'_>, account: i64) -> PyResult<()> {
        run(py, || self.0.revoke_invitation(account))
    }

    /// Accepts an invitation.
    fn accept_invitation(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.accept_invitation())
    }

    /// Declines an invitation.
    fn decline_invitation(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.decline_invitation())
    }

    /// Leaves the team.
    fn leave_team(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.leave_team())
    }

    /// Removes a member from the team.
    fn remove_member(&self, py: Python<'_>, account: i64) -> PyResult<()> {
        run(py, || self.0.remove_member(account))
    }

    /// Makes another account the owner. An operator's command.
    fn transfer_ownership(&self, py: Python<'_>, to: i64) -> PyResult<()> {
        run(py, || self.0.transfer_ownership(to))
    }

    /// Creates a customer of the product.
    #[pyo3(signature = (user_name, identity=None))]
    fn create_customer(&self, py: Python<'_>, user_name: &str, identity: Option<Identity>) -> PyResult<Customer> {
        run(py, || self.0.create_customer(user_name, identity))
    }

    /// Lists the customers that match a filter, by number.
    #[pyo3(signature = (
        *, active_since=None, inactive_since=None, with_device=None, prefix=None, after=None, limit=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn customers(
        &self,
        py: Python<'_>,
        active_since: Option<Moment>,
        inactive_since: Option<Moment>,
        with_device: Option<bool>,
        prefix: Option<String>,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<CustomerPage> {
        let filter = CustomerFilter { active_since, inactive_since, with_device, prefix };
        run(py, || self.0.customers(filter, after, limit))
    }

    /// Returns the customer with a vendor's user name or a linked account.
    fn find_customer(&self, py: Python<'_>, identity: Identity) -> PyResult<Customer> {
        run(py, || self.0.find_customer(identity))
    }

    /// Invites the customers of a list to the private beta.
    fn invite_to_beta(&self, py: Python<'_>, list: &[u8]) -> PyResult<BetaReport> {
        run(py, || self.0.invite_to_beta(list))
    }

    /// Removes a guest from the private beta.
    fn uninvite_from_beta(&self, py: Python<'_>, user_name: &str) -> PyResult<()> {
        run(py, || self.0.uninvite_from_beta(user_name))
    }

    /// Gives a guest a new code, also a guest who has used theirs.
    fn renew_activation_code(&self, py: Python<'_>, user_name: &str) -> PyResult<BetaGuest> {
        run(py, || self.0.renew_activation_code(user_name))
    }

    /// Lists the guests of the private beta, by name.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn beta_guests(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<BetaGuestPage> {
        run(py, || self.0.beta_guests(after, limit))
    }
}

#[checked]
#[pymethods]
impl DeviceConsole {
    /// Gives the device its own claim code, such as the one on its sticker.
    fn set_code(&self, py: Python<'_>, code: &str) -> PyResult<()> {
        run(py, || self.0.set_code(code))
    }
}

#[checked]
#[pymethods]
impl CustomerConsole {
    /// Reads the customer.
    fn get(&self, py: Python<'_>) -> PyResult<Customer> {
        run(py, || self.0.get())
    }

    /// Removes the customer.
    fn remove(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.remove())
    }

    /// Issues a token for these scopes to the customer, valid for `life`, up to a year. The token is shown only this
    /// once.
    #[pyo3(signature = (scopes, *, life))]
    fn issue_token(&self, py: Python<'_>, scopes: Vec<Scope>, life: Duration) -> PyResult<IssuedToken> {
        run(py, || self.0.issue_token(&scopes, i64::try_from(life.as_secs()).unwrap_or(i64::MAX)))
    }

    /// Revokes a token at once.
    fn revoke_token(&self, py: Python<'_>, token: &str) -> PyResult<()> {
        run(py, || self.0.revoke_token(token))
    }
}
