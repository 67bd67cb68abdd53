//! Making accounts, and reading what was done and what is to be told.

use super::{Account, AccountId, Actor, Command, access, account};
use crate::audit::AuditRecord;
use crate::device::{Page, check_page};
use crate::directory::Directory;
use crate::fleet::Console;
use crate::product::{Product, ProductId};
use crate::store::{AuditId, Key, Range, Record};
use crate::{Error, ErrorKind};
use std::sync::Arc;

impl Console<'_> {
    /// Makes an account. An operator's command: the host has made sure that the e-mail is the person's.
    ///
    /// # Errors
    /// `invalid` for what is no e-mail; `taken` where an account has it.
    pub fn create_account(&self, email: &str) -> Result<Account, Error> {
        access::allow(self.actor, Command::CreateAccount)?;
        let email = account::email(email)?;
        self.fleet.transact(|tx| {
            let name: Arc<str> = email.as_str().into();
            if tx.get::<AccountId>(Arc::clone(&name))?.is_some() {
                return Err(ErrorKind::Taken { what: "e-mail", value: email.clone() }.into());
            }
            let mut directory: Directory = tx.get(())?.unwrap_or_default();
            let id = AccountId::new(directory.next_account)?;
            directory.next_account = directory.next_account.saturating_add(1);
            let account = Account::new(id, email.clone(), self.now);
            tx.put((), directory);
            tx.put(name, id);
            tx.put(id, Arc::new(account.clone()));
            self.note_account(tx, id, Command::CreateAccount, format!("`{email}`"));
            Ok(account)
        })
    }

    /// What was done to a product, newest first, `limit` (1 to 1,000) a page (R-TEAM-7). Of one moment, what was committed
    /// later comes first. A removed product's is the operator's and its last owner's to read.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    pub fn audit_log(
        &self,
        product: ProductId,
        after: Option<AuditId>,
        limit: usize,
    ) -> Result<Page<Arc<AuditRecord>, AuditId>, Error> {
        check_page(limit)?;
        let page = || self.audit_page(Key::audits(product), after.map(|after| Key::Audit(product, after)), limit);
        let removed = self.fleet.transact(|tx| {
            let record: Option<Arc<Product>> = tx.get(product)?;
            let owned = |record: &Product| self.actor == Actor::Operator || self.actor == record.owner.into();
            Ok(record.is_some_and(|record| record.removed_at.is_some() && owned(&record)))
        })?;
        if removed { page() } else { self.read(Command::ReadProduct, product, |_| page()) }
    }

    /// What was done to an account, newest first, `limit` (1 to 1,000) a page (R-TEAM-7): its creation, its locks, its
    /// cards, the devices that it claimed. The operator's and its own to read.
    ///
    /// # Errors
    /// `not_found` for an account that does not exist, or is somebody else's; `invalid` for a limit out of its range.
    pub fn account_audit_log(
        &self,
        account: AccountId,
        after: Option<AuditId>,
        limit: usize,
    ) -> Result<Page<Arc<AuditRecord>, AuditId>, Error> {
        check_page(limit)?;
        let known = self.fleet.transact(|tx| Ok(tx.get::<Arc<Account>>(account)?.is_some()))?;
        if !known || (self.actor != Actor::Operator && self.actor != account.into()) {
            return Err(Error::not_found("account"));
        }
        let after = after.map(|after| Key::AccountAudit(account, after.into()));
        self.audit_page(Key::account_audits(account), after, limit)
    }

    fn audit_page(
        &self,
        all: Range,
        after: Option<Key>,
        limit: usize,
    ) -> Result<Page<Arc<AuditRecord>, AuditId>, Error> {
        let mut range = all.reversed().limit(limit + 1);
        if let Some(after) = after {
            range = range.after(after);
        }
        let mut rows: Vec<(AuditId, Arc<AuditRecord>)> = self
            .fleet
            .store()
            .scan(&range)?
            .into_iter()
            .filter_map(|row| match (row.key, row.record) {
                (Key::Audit(_, id), Record::Audit(record)) => Some((id, record)),
                (Key::AccountAudit(_, id), Record::Audit(record)) => Some((*id, record)),
                _ => None,
            })
            .collect();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(id, _)| *id);
        Ok(Page::new(rows.into_iter().map(|(_, record)| record).collect(), next))
    }
}
