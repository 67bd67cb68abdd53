//! Reads the records of accounts, for several doors.

use super::AccountId;
use super::account::email;
use crate::store::Transaction;
use crate::{Error, text};

/// Returns the account with an e-mail. It also finds addresses that an earlier version stored in lower case only, or
/// accepted unchecked.
pub(super) fn with_email(tx: &mut Transaction<'_>, text: &str) -> Result<Option<AccountId>, Error> {
    if text.len() <= 4 * 254 {
        for key in text::keys(text) {
            if let Some(account) = tx.get::<AccountId>(key.into())? {
                return Ok(Some(account));
            }
        }
    }
    email(text).map(|_| None)
}
