//! Creation of accounts, reading of the audit, and the access check around each read.

mod members;

pub use members::{InvitationView, Person, TeamView};

use super::{Access, Account, AccountId, Actor, Command, access, account, rows};
use crate::audit::AuditRecord;
use crate::device::{Page, check_page};
use crate::directory::Directory;
use crate::fleet::{Console, ProductConsole};
use crate::product::{Product, ProductId};
use crate::store::{AuditId, Key, Range, Record, Transaction};
use crate::text;
use crate::{Error, ErrorKind};
use std::sync::Arc;

impl ProductConsole<'_> {
    /// Returns the audit of a product, newest first, `limit` (1 to 1,000) a page (R-TEAM-7). Of entries with the same
    /// moment, the one committed later comes first. The audit of a removed product can be read by an operator and its
    /// last owner.
    ///
    /// # Errors
    /// `not_found`; `invalid` for a limit out of its range.
    pub fn audit_log(&self, after: Option<AuditId>, limit: usize) -> Result<Page<Arc<AuditRecord>, AuditId>, Error> {
        let Self { console, product } = *self;
        check_page(limit)?;
        let page = || console.audit_page(Key::audits(product), after.map(|after| Key::Audit(product, after)), limit);
        let removed = console.fleet.transact(|tx| {
            let record: Option<Arc<Product>> = tx.get(product)?;
            let owned = |record: &Product| console.actor == Actor::Operator || console.actor == record.owner.into();
            Ok(record.is_some_and(|record| record.removed_at.is_some() && owned(&record)))
        })?;
        if removed { page() } else { console.read(Command::ReadProduct, product, |_| page()) }
    }
}

impl Console<'_> {
    /// Creates an account. For operators only: the host has verified that the e-mail belongs to the person.
    ///
    /// # Errors
    /// `invalid` for a malformed e-mail; `taken` if an account has it.
    pub fn create_account(&self, email: &str) -> Result<Account, Error> {
        access::allow(self.actor, Command::CreateAccount)?;
        let email = account::email(email)?;
        self.fleet.transact(|tx| {
            let name: Arc<str> = text::compared(&email).into();
            if rows::with_email(tx, &email)?.is_some() {
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

    /// Returns the audit of an account, newest first, `limit` (1 to 1,000) a page (R-TEAM-7): its creation, its locks,
    /// its cards, the devices that it claimed. An operator and the account itself can read it.
    ///
    /// # Errors
    /// `not_found` for an account that does not exist, or belongs to somebody else; `invalid` for a limit out of its
    /// range.
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

impl Console<'_> {
    /// Reads what a transaction cannot: scans. Access is checked before, so that unauthorized callers cannot start a
    /// scan, and again after, so that an actor who lost access meanwhile receives nothing newer.
    pub(crate) fn read<T>(
        &self,
        command: Command,
        product: ProductId,
        read: impl FnOnce(&Product) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.read_with(|tx| Access::check(tx, self.actor, command, product), read)
    }

    /// Works like [`read`](Self::read), with another access check.
    pub(crate) fn read_with<T>(
        &self,
        access: impl Fn(&mut Transaction<'_>) -> Result<Access, Error>,
        read: impl FnOnce(&Product) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let product = || self.fleet.transact(|tx| access(tx).map(|access| access.product));
        let found = read(&*product()?)?;
        product()?;
        Ok(found)
    }
}
