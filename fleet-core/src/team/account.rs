//! Records of accounts and teams.

use crate::customer::CustomerId;
use crate::product::ProductId;
use crate::text;
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZeroU64;
use unicode_normalization::UnicodeNormalization as _;

/// An account's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(NonZeroU64);

impl AccountId {
    pub(crate) const FIRST: Self = Self(NonZeroU64::MIN);
    pub(crate) const LAST: Self = Self(NonZeroU64::MAX);

    /// Creates the id with this number.
    ///
    /// # Errors
    /// `invalid` for 0.
    pub fn new(number: u64) -> Result<Self, Error> {
        NonZeroU64::new(number)
            .map(Self)
            .ok_or_else(|| Error::invalid("account id", "0 is not an account id; give 1 or more"))
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

/// The owner of a device's claim: one at a time (R-CUS-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claimant {
    /// An account, for itself (R-PRD-6).
    Account(AccountId),
    /// A customer of the product that the device is in.
    Customer(ProductId, CustomerId),
}

impl fmt::Display for Claimant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(account) => write!(f, "account {account}"),
            Self::Customer(_, customer) => write!(f, "customer {customer}"),
        }
    }
}

/// A person who can log in. The core stores no password.
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
    /// When an operator locked it: its products are read-only. A payment does not end this lock. `None` means no such
    /// lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked_at: Option<Timestamp>,
    /// When it was locked for unpaid bills, with the same effect (R-PAY-5). Paying them ends the lock. `None` means no
    /// such lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpaid_since: Option<Timestamp>,
}

impl Account {
    pub(crate) fn new(id: AccountId, email: String, created_at: Timestamp) -> Self {
        Self { id, email, created_at, locked_at: None, unpaid_since: None }
    }

    /// When it was locked, by an operator or for unpaid bills. `None` means it is not locked.
    pub fn locked_since(&self) -> Option<Timestamp> {
        self.locked_at.into_iter().chain(self.unpaid_since).min()
    }

    /// Checks that it is not locked.
    ///
    /// # Errors
    /// `account_locked`, which names what ends the lock. `what` names the account.
    pub(crate) fn unlocked(&self, what: &'static str) -> Result<(), Error> {
        let (since, ends) = match (self.locked_at, self.unpaid_since) {
            (None, None) => return Ok(()),
            (Some(since), None) => (since, LockEnd::Operator),
            (None, Some(since)) => (since, LockEnd::Payment),
            (Some(one), Some(two)) => (one.min(two), LockEnd::Both),
        };
        Err(ErrorKind::Locked { what, since, ends }.into())
    }
}

/// What ends the lock of an account (R-PAY-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LockEnd {
    /// An operator locked it, and can unlock it.
    Operator,
    /// Its bills are unpaid.
    Payment,
    /// Both: the bills must be paid, and an operator must unlock it.
    Both,
}

impl fmt::Display for LockEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operator => "an operator unlocks it",
            Self::Payment => "its bills are paid",
            Self::Both => "its bills are paid and an operator unlocks it",
        })
    }
}

/// The team of a product: the guard record of its seats (R-TEAM-4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// The members, the owner among them.
    pub members: BTreeSet<AccountId>,
    /// The accounts that are invited and have not answered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub invitations: BTreeMap<AccountId, Invitation>,
}

/// An invitation of an account to a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// The product's name at that time, the only thing that the invitee sees of it. Earlier versions stored none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was sent.
    pub at: Timestamp,
    /// When it expires: it can no longer be accepted and holds no seat.
    pub expires_at: Timestamp,
}

impl Team {
    /// Number of seats in use: one for each member and each unexpired invitation (R-TEAM-4).
    pub(crate) fn seats(&self, now: Timestamp) -> u64 {
        let invited = self
            .invitations
            .iter()
            .filter(|(invited, invitation)| invitation.expires_at > now && !self.members.contains(invited));
        (self.members.len() + invited.count()) as u64
    }

    /// Number of seats in use: one for each member and each unexpired invitation, except this account's (R-TEAM-4).
    pub(crate) fn seats_without(&self, account: AccountId, now: Timestamp) -> u64 {
        let members = self.members.iter().filter(|member| **member != account).count();
        let invited = self.invitations.iter().filter(|(invited, invitation)| {
            **invited != account && invitation.expires_at > now && !self.members.contains(invited)
        });
        (members + invited.count()) as u64
    }
}

/// Returns an e-mail address in the form that is stored: trimmed, lower case, in one Unicode form. Rejects text that
/// cannot be an address.
pub(crate) fn email(text: &str) -> Result<String, Error> {
    let wrong = |problem: &str| Err(Error::invalid("e-mail", problem));
    let text = text.trim();
    if text.len() > 4 * 254 {
        return wrong("is too long: at most 64 bytes before the @ and 254 in all");
    }
    let email: String = text.nfc().collect::<String>().to_lowercase();
    let mut parts = email.split('@');
    let (Some(local), Some(domain)) = (parts.next(), parts.next()) else {
        return wrong("has no @; write it like alice@example.com");
    };
    if parts.next().is_some() {
        return wrong("has more than one @; write one address, like alice@example.com");
    }
    if local.is_empty() || domain.is_empty() || domain.starts_with('.') || domain.ends_with('.') {
        return wrong("needs a name before and a domain after the @; write it like alice@example.com");
    }
    if email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong("contains a blank; write it like alice@example.com");
    }
    if email.chars().any(text::is_format) {
        return wrong("contains an invisible character; type it again without it");
    }
    if email.contains([',', ';', ':', '<', '>', '(', ')', '[', ']', '\\', '"']) {
        return wrong("contains a character that no address may have; write it like alice@example.com");
    }
    if local.len() > 64 || email.len() > 254 {
        return wrong("is too long: at most 64 bytes before the @ and 254 in all");
    }
    Ok(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_e_mail_is_one_address_without_invisible_characters() {
        assert_eq!(email(" Alice@Example.com ").unwrap(), "alice@example.com");
        assert_eq!(email("jose\u{301}@x").unwrap(), "jos\u{E9}@x");
        assert_eq!(email("o'brien+tag@mail.example.com").unwrap(), "o'brien+tag@mail.example.com");
        for text in [
            "jane\u{200b}@x",
            "victim@x,evil@y",
            "a@@b",
            "a@b@c",
            "a,b@x",
            "a b@x",
            "@x",
            "a@",
            "a@.x",
            "a\u{202e}@x",
            "a\u{2028}@x",
        ] {
            assert_eq!(email(text).unwrap_err().code(), "invalid", "{text:?}");
        }
    }
}
