//! Products, accounts, the audit and the configuration.

use super::Console;
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

    /// Returns a product.
    pub async fn product(&self, product: u32) -> Answered<Product> {
        self.ask(move |door| door.product(product)).await
    }

    /// Lists the products whose team the actor is on, by number.
    pub async fn products(&self) -> Answered<Vec<Product>> {
        self.ask(|door| door.products()).await
    }

    /// Renames a product.
    pub async fn rename_product(&self, product: u32, name: String) -> Answered<Product> {
        self.ask(move |door| door.rename_product(product, &name)).await
    }

    /// Changes the given policies; the others stay as they are.
    pub async fn set_policy(&self, product: u32, policy: PolicySettings) -> Answered<Product> {
        self.ask(move |door| door.set_policy(product, policy)).await
    }

    /// Puts a product on a tier without a charge. An operator's command.
    pub async fn set_tier(&self, product: u32, tier: String) -> Answered<Product> {
        self.ask(move |door| door.set_tier(product, &tier)).await
    }

    /// Removes a product. An operator's command.
    pub async fn remove_product(&self, product: u32) -> Answered<()> {
        self.ask(move |door| door.remove_product(product)).await
    }

    /// Creates a group for devices and returns its number.
    pub async fn create_group(&self, product: u32, name: String) -> Answered<u16> {
        self.ask(move |door| door.create_group(product, &name)).await
    }

    /// Deletes a group.
    pub async fn delete_group(&self, product: u32, group: u16) -> Answered<()> {
        self.ask(move |door| door.delete_group(product, group)).await
    }

    /// Lists what was done to a product, newest first.
    #[uniffi::method(default(after = None, limit = None))]
    pub async fn audit_log(&self, product: u32, after: Option<String>, limit: Option<u32>) -> Answered<AuditPage> {
        self.ask(move |door| door.audit_log(product, after.as_deref(), limit)).await
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

    /// Returns a product's answers to the questions before manufacturing.
    pub async fn configuration(&self, product: u32) -> Answered<Configuration> {
        self.ask(move |door| door.configuration(product)).await
    }

    /// Answers a question; an absent answer removes the present one.
    pub async fn configure(&self, product: u32, question: String, answer: Option<ConfigurationAnswer>) -> Answered<()> {
        self.ask(move |door| door.configure(product, &question, answer)).await
    }

    /// Lists what is missing before manufacturing can start.
    pub async fn manufacturing_readiness(&self, product: u32) -> Answered<Vec<Missing>> {
        self.ask(move |door| door.manufacturing_readiness(product)).await
    }

    /// Starts manufacturing.
    pub async fn start_manufacturing(&self, product: u32) -> Answered<()> {
        self.ask(move |door| door.start_manufacturing(product)).await
    }
}
