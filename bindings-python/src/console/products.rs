//! Products, accounts and the audit.

use super::{Console, ProductConsole};
use crate::{Begun, begin, run};
use fleet_bindings::python::checked;
use fleet_bindings::shapes::{
    Account, AuditPage, AuthenticationChoice, Configuration, ConfigurationAnswer, Missing, PolicySettings, Product,
    Scope,
};
use pyo3::prelude::*;

#[checked]
#[pymethods]
impl Console {
    fn _begin(&self) -> PyResult<Begun> {
        begin(&self.0)
    }

    /// Creates an account. An operator's command.
    fn create_account(&self, py: Python<'_>, email: &str) -> PyResult<Account> {
        run(py, || self.0.create_account(email))
    }

    /// Creates a product. The actor becomes its owner and first member.
    fn create_product(&self, py: Python<'_>, name: &str, platform: &str) -> PyResult<Product> {
        run(py, || self.0.create_product(name, platform))
    }

    /// Creates a product with a given number that was never used before. An operator's command.
    fn create_product_with_id(
        &self,
        py: Python<'_>,
        product: u32,
        owner: i64,
        name: &str,
        platform: &str,
    ) -> PyResult<Product> {
        run(py, || self.0.create_product_with_id(product, owner, name, platform))
    }

    /// Lists the products whose team the actor is on, by number.
    fn products(&self, py: Python<'_>) -> PyResult<Vec<Product>> {
        run(py, || self.0.products())
    }

    /// Lists what was done to an account, newest first.
    #[pyo3(signature = (account, *, after=None, limit=None))]
    fn account_audit_log(
        &self,
        py: Python<'_>,
        account: i64,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> PyResult<AuditPage> {
        run(py, || self.0.account_audit_log(account, after, limit))
    }
}

#[checked]
#[pymethods]
impl ProductConsole {
    /// Reads the product.
    fn get(&self, py: Python<'_>) -> PyResult<Product> {
        run(py, || self.0.get())
    }

    /// Renames the product.
    fn rename(&self, py: Python<'_>, name: &str) -> PyResult<Product> {
        run(py, || self.0.rename(name))
    }

    /// Changes the given policies; the others stay as they are.
    #[pyo3(signature = (
        *, gate_devices=None, gate_soak_millis=None, wildcard_product=None, opaque_images=None,
        forbid_downgrades=None, approve_by_itself=None, known_ids_only=None, quarantine_limit=None,
        invitation_millis=None, authentication=None, private_beta=None, log_events=None, log_age_millis=None,
        event_id_millis=None, customers_may=None, usage_notices=None, clock_tolerance_millis=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn set_policy(
        &self,
        py: Python<'_>,
        gate_devices: Option<u32>,
        gate_soak_millis: Option<i64>,
        wildcard_product: Option<bool>,
        opaque_images: Option<bool>,
        forbid_downgrades: Option<bool>,
        approve_by_itself: Option<bool>,
        known_ids_only: Option<bool>,
        quarantine_limit: Option<u32>,
        invitation_millis: Option<i64>,
        authentication: Option<AuthenticationChoice>,
        private_beta: Option<bool>,
        log_events: Option<u32>,
        log_age_millis: Option<i64>,
        event_id_millis: Option<i64>,
        customers_may: Option<Vec<Scope>>,
        usage_notices: Option<Vec<u16>>,
        clock_tolerance_millis: Option<i64>,
    ) -> PyResult<Product> {
        let policy = PolicySettings {
            gate_devices,
            gate_soak_millis,
            wildcard_product,
            opaque_images,
            forbid_downgrades,
            approve_by_itself,
            known_ids_only,
            quarantine_limit,
            invitation_millis,
            authentication,
            private_beta,
            log_events,
            log_age_millis,
            event_id_millis,
            customers_may,
            usage_notices,
            clock_tolerance_millis,
        };
        run(py, || self.0.set_policy(policy))
    }

    /// Puts the product on a tier without a charge. An operator's command.
    fn set_tier(&self, py: Python<'_>, tier: &str) -> PyResult<Product> {
        run(py, || self.0.set_tier(tier))
    }

    /// Removes the product. An operator's command.
    fn remove(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.remove())
    }

    /// Creates a group for devices and returns its number.
    fn create_group(&self, py: Python<'_>, name: &str) -> PyResult<u16> {
        run(py, || self.0.create_group(name))
    }

    /// Deletes a group.
    fn delete_group(&self, py: Python<'_>, group: u16) -> PyResult<()> {
        run(py, || self.0.delete_group(group))
    }

    /// Lists what was done to a product, newest first.
    #[pyo3(signature = (*, after=None, limit=None))]
    fn audit_log(&self, py: Python<'_>, after: Option<&str>, limit: Option<u32>) -> PyResult<AuditPage> {
        run(py, || self.0.audit_log(after, limit))
    }

    /// Returns a product's answers to the questions before manufacturing.
    fn configuration(&self, py: Python<'_>) -> PyResult<Configuration> {
        run(py, || self.0.configuration())
    }

    /// Answers a question; `None` removes its answer.
    #[pyo3(signature = (question, answer))]
    fn configure(&self, py: Python<'_>, question: &str, answer: Option<ConfigurationAnswer>) -> PyResult<()> {
        run(py, || self.0.configure(question, answer))
    }

    /// Lists what is missing before manufacturing can start.
    fn manufacturing_readiness(&self, py: Python<'_>) -> PyResult<Vec<Missing>> {
        run(py, || self.0.manufacturing_readiness())
    }

    /// Starts manufacturing.
    fn start_manufacturing(&self, py: Python<'_>) -> PyResult<()> {
        run(py, || self.0.start_manufacturing())
    }
}
