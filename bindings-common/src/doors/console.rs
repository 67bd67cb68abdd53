//! Products, accounts and the audit.

use super::{Answered, Console, ProductConsole, account_id, limit, product_id};
use crate::Failure;
use crate::shapes::{
    Account, AuditEntry, AuditPage, Configuration, ConfigurationAnswer, Missing, PolicySettings, Product,
};
use fleet_core::Timestamp;
use fleet_core::audit::AuditRecord;
use fleet_core::device::Page;
use fleet_core::product::GroupId;
use fleet_core::store::AuditId;
use std::sync::Arc;

impl Console {
    /// Creates an account. An operator's command.
    pub fn create_account(&self, email: &str) -> Answered<Account> {
        Ok((&self.door()?.create_account(email)?).into())
    }

    /// Creates a product. The actor becomes its owner and first member.
    pub fn create_product(&self, name: &str, platform: &str) -> Answered<Product> {
        Ok((&self.door()?.create_product(name, platform.parse()?)?).into())
    }

    /// Creates a product with a given number that was never used before. An operator's command.
    pub fn create_product_with_id(&self, product: u32, owner: i64, name: &str, platform: &str) -> Answered<Product> {
        let (product, owner) = (product_id(product)?, account_id(owner)?);
        Ok((&self.door()?.create_product_with_id(product, owner, name, platform.parse()?)?).into())
    }

    /// Lists the products whose team the actor is on, by number.
    pub fn products(&self) -> Answered<Vec<Product>> {
        Ok(super::shapes(&self.door()?.products()?))
    }

    /// Lists what was done to an account, newest first.
    pub fn account_audit_log(&self, account: i64, after: Option<&str>, page: Option<u32>) -> Answered<AuditPage> {
        let after = after.map(audit_id).transpose()?;
        Ok(audit_page(&self.door()?.account_audit_log(account_id(account)?, after, limit(page))?))
    }
}

impl ProductConsole {
    /// Reads the product.
    pub fn get(&self) -> Answered<Product> {
        Ok((&self.door()?.get()?).into())
    }

    /// Renames the product.
    pub fn rename(&self, name: &str) -> Answered<Product> {
        Ok((&self.door()?.rename(name)?).into())
    }

    /// Changes the given policies; the others stay as they are.
    pub fn set_policy(&self, policy: PolicySettings) -> Answered<Product> {
        let change = fleet_core::PolicyChange::try_from(policy)?;
        Ok((&self.door()?.set_policy(&change)?).into())
    }

    /// Puts the product on a tier without a charge. An operator's command.
    pub fn set_tier(&self, tier: &str) -> Answered<Product> {
        Ok((&self.door()?.set_tier(tier)?).into())
    }

    /// Removes the product. An operator's command.
    pub fn remove(&self) -> Answered<()> {
        Ok(self.door()?.remove()?)
    }

    /// Creates a group for devices and returns its number.
    pub fn create_group(&self, name: &str) -> Answered<u16> {
        Ok(self.door()?.create_group(name)?.get())
    }

    /// Deletes a group.
    pub fn delete_group(&self, group: u16) -> Answered<()> {
        Ok(self.door()?.delete_group(GroupId::new(group))?)
    }

    /// Lists what was done to a product, newest first.
    pub fn audit_log(&self, after: Option<&str>, page: Option<u32>) -> Answered<AuditPage> {
        let after = after.map(audit_id).transpose()?;
        Ok(audit_page(&self.door()?.audit_log(after, limit(page))?))
    }

    /// Returns a product's answers to the questions before manufacturing.
    pub fn configuration(&self) -> Answered<Configuration> {
        Ok((&self.door()?.configuration()?).into())
    }

    /// Answers a question, or removes its answer.
    pub fn configure(&self, question: &str, answer: Option<ConfigurationAnswer>) -> Answered<()> {
        let answer = answer.map(TryInto::try_into).transpose()?;
        Ok(self.door()?.configure(question, answer.as_ref())?)
    }

    /// Lists what is missing before manufacturing can start.
    pub fn manufacturing_readiness(&self) -> Answered<Vec<Missing>> {
        Ok(super::shapes(&self.door()?.manufacturing_readiness()?))
    }

    /// Starts manufacturing.
    pub fn start_manufacturing(&self) -> Answered<()> {
        Ok(self.door()?.start_manufacturing()?)
    }
}

fn audit_page(page: &Page<Arc<AuditRecord>, AuditId>) -> AuditPage {
    AuditPage {
        items: page.items.iter().map(|record| AuditEntry::from(&**record)).collect(),
        next: page.next.map(|id| format!("{}/{}", id.at.as_millis(), id.nonce)),
    }
}

fn audit_id(cursor: &str) -> Answered<AuditId> {
    let read = || {
        let (at, nonce) = cursor.split_once('/')?;
        Some(AuditId { at: Timestamp::from_millis(at.parse().ok()?), nonce: nonce.parse().ok()? })
    };
    read().ok_or_else(|| Failure::invalid("after", "is not a cursor of a page of the audit"))
}
