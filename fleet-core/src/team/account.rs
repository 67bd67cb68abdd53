//! Accounts and teams.

use crate::Error;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU64;

/// An account's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(NonZeroU64);

impl AccountId {
    /// The account with this number.
    ///
    /// # Errors
    /// `invalid` for 0.
    pub fn new(number: u64) -> Result<Self, Error> {
        NonZeroU64::new(number).map(Self).ok_or_else(|| Error::invalid("account id", "0 is no account's"))
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A person who can log in. The core holds no password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// Its e-mail, unique among accounts, in lower case.
    pub email: String,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Account {
    pub(crate) fn new(id: AccountId, email: String, created_at: Timestamp) -> Self {
        Self { id, email, created_at }
    }
}

/// Who is on a product's team: the guard record of its seats (R-TEAM-4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// The members, the owner among them.
    pub members: BTreeSet<AccountId>,
}

/// An e-mail as it is kept: trimmed, lower case, of a form that mail can be sent to.
pub(crate) fn email(text: &str) -> Result<String, Error> {
    let email = text.trim().to_lowercase();
    let wrong = |problem: &str| Err(Error::invalid("e-mail", problem));
    let Some((local, domain)) = email.rsplit_once('@') else {
        return wrong("has no @; write it like alice@example.com");
    };
    if local.is_empty() || domain.is_empty() || domain.starts_with('.') || domain.ends_with('.') {
        return wrong("needs a name before and a domain after the @");
    }
    if email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong("has a blank in it");
    }
    if local.len() > 64 || email.len() > 254 {
        return wrong("is too long: at most 64 bytes before the @ and 254 in all");
    }
    Ok(email)
}
