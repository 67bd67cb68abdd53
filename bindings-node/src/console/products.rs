//! Products, accounts and the audit.

use super::{Console, ProductConsole};
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
    products() -> Vec<Product> { move |door| door.products() }
    account_audit_log(account: i64, after: Option<String>, limit: Option<u32>) -> AuditPage {
        move |door| door.account_audit_log(account, after.as_deref(), limit)
    }
} }

operations! { ProductConsole {
    get() -> Product { move |door| door.get() }
    rename(name: String) -> Product { move |door| door.rename(&name) }
    set_policy(policy: PolicySettings) -> Product { move |door| door.set_policy(policy) }
    set_tier(tier: String) -> Product { move |door| door.set_tier(&tier) }
    create_group(name: String) -> u16 { move |door| door.create_group(&name) }
    delete_group(group: u16) -> () { move |door| door.delete_group(group) }
    audit_log(after: Option<String>, limit: Option<u32>) -> AuditPage {
        move |door| door.audit_log(after.as_deref(), limit)
    }
    configuration() -> Configuration { move |door| door.configuration() }
    configure(question: String, answer: Stated<ConfigurationAnswer>) -> () {
        move |door| door.configure(&question, answer.0)
    }
    manufacturing_readiness() -> Vec<Missing> { move |door| door.manufacturing_readiness() }
    start_manufacturing() -> () { move |door| door.start_manufacturing() }
} long {
    remove() -> () { move |door| door.remove() }
} }
