//! Making accounts, and reading what was done and what is to be told.

use super::{Access, Account, AccountId, Command, access, account};
use crate::audit::AuditRecord;
use crate::device::{Page, check_page};
use crate::directory::Directory;
use crate::fleet::Console;
use crate::product::ProductId;
use crate::store::{AuditId, Key, Record};
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
            Ok(account)
        })
    }

    /// What was done to a product, newest first, `limit` (1 to 1,000) a page (R-TEAM-7).
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
        self.fleet.transact(|tx| Access::check(tx, self.actor, Command::ReadProduct, product).map(|_| ()))?;
        let mut range = Key::audits(product).reversed().limit(limit + 1);
        if let Some(after) = after {
            range = range.after(Key::Audit(product, after));
        }
        let mut rows: Vec<(AuditId, Arc<AuditRecord>)> = self
            .fleet
            .store()
            .scan(&range)?
            .into_iter()
            .filter_map(|row| match (row.key, row.record) {
                (Key::Audit(_, id), Record::Audit(record)) => Some((id, record)),
                _ => None,
            })
            .collect();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(id, _)| *id);
        Ok(Page::new(rows.into_iter().map(|(_, record)| record).collect(), next))
    }
}
