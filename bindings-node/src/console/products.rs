//! Products, accounts and the audit.

use super::Console;
use crate::job::operations;
use fleet_bindings::given::Stated;
use fleet_bindings::shapes::{
    Account, AuditPage, Configuration, ConfigurationAnswer, Missing, PolicySettings, Product,
};

operations! { Console {
    create_account(email: String) -> Account { move |door| door.create_account(&email) }
    create_product(name: String, platform: String) -> Product { move |door| door.create_product(&name, &platform) }
    create_product_with_id(product: u32, owner: i64, name: String, platform: String) -> Product {
        move |door| door.create_product_with_id(product, owner, &name, &platform)
    }
    product(product: u32) -> Product { move |door| door.product(product) }
    products() -> Vec<Product> { move |door| door.products() }
    rename_product(product: u32, name: String) -> Product { move |door| door.rename_product(product, &name) }
    set_policy(product: u32, policy: PolicySettings) -> Product { move |door| door.set_policy(product, policy) }
    set_tier(product: u32, tier: String) -> Product { move |door| door.set_tier(product, &tier) }
    create_group(product: u32, name: String) -> u16 { move |door| door.create_group(product, &name) }
    delete_group(product: u32, group: u16) -> () { move |door| door.delete_group(product, group) }
    audit_log(product: u32, after: Option<String>, limit: Option<u32>) -> AuditPage {
        move |door| door.audit_log(product, after.as_deref(), limit)
    }
    account_audit_log(account: i64, after: Option<String>, limit: Option<u32>) -> AuditPage {
        move |door| door.account_audit_log(account, after.as_deref(), limit)
    }
    configuration(product: u32) -> Configuration { move |door| door.configuration(product) }
    configure(product: u32, question: String, answer: Stated<ConfigurationAnswer>) -> () {
        move |door| door.configure(product, &question, answer.0)
    }
    manufacturing_readiness(product: u32) -> Vec<Missing> { move |door| door.manufacturing_readiness(product) }
    start_manufacturing(product: u32) -> () { move |door| door.start_manufacturing(product) }
} long {
    remove_product(product: u32) -> () { move |door| door.remove_product(product) }
} }
