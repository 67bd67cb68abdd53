//! Products, accounts, the audit and the configuration.

use super::{Console, ProductConsole};
use crate::Answered;
use fleet_bindings::shapes::{
    Account, AuditPage, Configuration, ConfigurationAnswer, Missing, PolicySettings, Product,
};

#[uniffi::export]
impl Console {
    /// Creates an account. An operator's command.
    pub async fn create_account(&self, email: String) -> Answered<Account> {
        self.ask(move |door| door.create_account(&email)).await
    }

    /// Creates a product. The actor becomes its owner and first member.
    pub async fn create_product(&self, name: String, platform: String) -> Answered<Product> {
        self.ask(move |door| door.create_product(&name, &platform)).await
    }

    /// Creates a product with a given number that was never used before. An operator's command.
    pub async fn create_product_with_id(
        &self,
        product: u32,
        owner: i64,
        name: String,
        platform: String,
    ) -> Answered<Product> {
        self.ask(move |door| door.create_product_with_id(product, owner, &name, &platform)).await
    }

    /// Lists the products whose team the actor is on, by number.
    pub async fn products(&self) -> Answered<Vec<Product>> {
        self.ask(|door| door.products()).await
    }

    /// Lists what was done to an account, newest first.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn account_audit_log(
        &self,
        account: i64,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Answered<AuditPage> {
        self.ask(move |door| door.account_audit_log(account, after.as_deref(), limit)).await
    }
}

#[uniffi::export]
impl ProductConsole {
    /// Reads the product.
    pub async fn get(&self) -> Answered<Product> {
        self.ask(|door| door.get()).await
    }

    /// Renames the product.
    pub async fn rename(&self, name: String) -> Answered<Product> {
        self.ask(move |door| door.rename(&name)).await
    }

    /// Changes the given policies; the others stay as they are.
    pub async fn set_policy(&self, policy: PolicySettings) -> Answered<Product> {
        self.ask(move |door| door.set_policy(policy)).await
    }

    /// Puts the product on a tier without a charge. An operator's command.
    pub async fn set_tier(&self, tier: String) -> Answered<Product> {
        self.ask(move |door| door.set_tier(&tier)).await
    }

    /// Removes the product. An operator's command.
    pub async fn remove(&self) -> Answered<()> {
        self.ask(|door| door.remove()).await
    }

    /// Creates a group for devices and returns its number.
    pub async fn create_group(&self, name: String) -> Answered<u16> {
        self.ask(move |door| door.create_group(&name)).await
    }

    /// Deletes a group.
    pub async fn delete_group(&self, group: u16) -> Answered<()> {
        self.ask(move |door| door.delete_group(group)).await
    }

    /// Lists what was done to a product, newest first.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn audit_log(&self, after: Option<String>, limit: Option<u32>) -> Answered<AuditPage> {
        self.ask(move |door| door.audit_log(after.as_deref(), limit)).await
    }

    /// Returns a product's answers to the questions before manufacturing.
    pub async fn configuration(&self) -> Answered<Configuration> {
        self.ask(|door| door.configuration()).await
    }

    /// Answers a question; an absent answer removes the present one.
    pub async fn configure(&self, question: String, answer: Option<ConfigurationAnswer>) -> Answered<()> {
        self.ask(move |door| door.configure(&question, answer)).await
    }

    /// Lists what is missing before manufacturing can start.
    pub async fn manufacturing_readiness(&self) -> Answered<Vec<Missing>> {
        self.ask(|door| door.manufacturing_readiness()).await
    }

    /// Starts manufacturing.
    pub async fn start_manufacturing(&self) -> Answered<()> {
        self.ask(|door| door.start_manufacturing()).await
    }
}
