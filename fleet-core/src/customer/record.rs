//! Stored records of customers.

use super::{ActivationCode, WrongCodes};
use crate::device::DeviceId;
use crate::firmware::Sha256;
use crate::product::{Authentication, ProductId};
use crate::team::AccountId;
use crate::text::{self, NAME};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

/// A customer's number within their product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CustomerId(NonZeroU64);

impl CustomerId {
    pub(crate) const FIRST: Self = Self(NonZeroU64::MIN);
    pub(crate) const LAST: Self = Self(NonZeroU64::MAX);

    /// Creates the id with this number.
    ///
    /// # Errors
    /// `invalid` for 0.
    pub fn new(number: u64) -> Result<Self, Error> {
        NonZeroU64::new(number)
            .map(Self)
            .ok_or_else(|| Error::invalid("customer id", "0 is not a customer id; give 1 or more"))
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a customer authenticates (R-CUS-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Identity {
    /// Simple authentication: the platform has the account.
    Simple,
    /// Two-legged: the vendor's server authenticates its own user, who has this name there.
    TwoLegged {
        /// The vendor's name for the user.
        user: String,
    },
    /// Login with an account of the platform, linked to the customer.
    Linked {
        /// The account.
        account: AccountId,
    },
}

impl Identity {
    /// Returns the identity in the form that is stored.
    pub(super) fn checked(&self) -> Result<Self, Error> {
        Ok(match self {
            Self::TwoLegged { user } => Self::TwoLegged { user: text::checked("user", user, NAME)? },
            Self::Simple | Self::Linked { .. } => self.clone(),
        })
    }

    /// Returns the key of the record that guards that the identity belongs to one customer. It is hashed, so that it is
    /// short whatever the vendor's user names are.
    pub(crate) fn guard(&self) -> Option<Arc<str>> {
        match self {
            Self::Simple => None,
            Self::TwoLegged { user } => Some(format!("user-{}", Sha256::of(user.trim().as_bytes())).into()),
            Self::Linked { account } => Some(format!("account-{account}").into()),
        }
    }

    /// Refuses an identity of another way of authentication than the chosen one.
    pub(super) fn check_authentication(&self, chosen: Option<Authentication>) -> Result<(), Error> {
        let way = match self {
            Self::Simple => Authentication::Simple,
            Self::TwoLegged { .. } => Authentication::TwoLegged,
            Self::Linked { .. } => Authentication::Linked,
        };
        match chosen.filter(|chosen| *chosen != way) {
            Some(chosen) => Err(Error::invalid(
                "identity",
                format!("the product's customers are authenticated as `{chosen}`, this is `{way}`; change one of them"),
            )),
            None => Ok(()),
        }
    }

    /// The refusal of an identity that another customer has.
    pub(super) fn taken(&self) -> ErrorKind {
        match self {
            Self::TwoLegged { user } => ErrorKind::Taken { what: "vendor's user", value: user.clone() },
            Self::Linked { account } => ErrorKind::Taken { what: "linked account", value: account.to_string() },
            Self::Simple => ErrorKind::Taken { what: "identity", value: String::new() },
        }
    }
}

/// A customer of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Customer {
    /// Their number.
    pub id: CustomerId,
    /// Their name, unique in the product in any case: 1 to 100 characters.
    pub user_name: String,
    /// How they authenticate.
    pub identity: Identity,
    /// When they were created.
    pub created_at: Timestamp,
    /// The devices that they have claimed; empty until they claim one (R-CUS-2).
    pub devices: BTreeSet<DeviceId>,
    /// When they used their activation code.
    pub activated_at: Option<Timestamp>,
    /// When they last used a device.
    pub active_at: Option<Timestamp>,
    /// Their tokens.
    pub tokens: BTreeMap<TokenId, Token>,
    /// Hash of the latest claim code that they requested.
    pub claim_code: Option<Sha256>,
    /// Number of wrong codes since the last lockout.
    pub wrong_codes: u8,
    /// When they last entered a wrong code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong_code_at: Option<Timestamp>,
    /// End of the lockout after too many wrong codes: until then none of their codes is checked.
    pub barred_until: Option<Timestamp>,
    /// Number of claims since `claims_since`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub claims: u16,
    /// Start of the span in which claims are counted, so that nobody fills the audit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims_since: Option<Timestamp>,
}

/// Id of a token, used to list and revoke it. It is not a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenId(pub u64);

/// The stored part of a token: never the token itself (R-CUS-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The SHA-256 of the token.
    pub hash: Sha256,
    /// Its scopes.
    pub scopes: BTreeSet<Scope>,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A permission of a token. For devices, it is limited by what the product permits its customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See one's own devices.
    See,
    /// Control one's own devices.
    Control,
    /// Claim devices, and end such claims.
    Claim,
}

/// Owner of a token or claim code, found by its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOwner {
    /// The product.
    pub product: ProductId,
    /// The customer.
    pub customer: CustomerId,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The device that used a claim code. The same device may use it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_by: Option<DeviceId>,
}

/// The guard record of a product's customers: the last number assigned, and the number of beta guests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerCount {
    pub(crate) next: u64,
    /// Number of customers.
    pub customers: u64,
    /// Number of guests invited to the private beta.
    pub guests: u64,
    /// Whether every customer with an identity is indexed by it. Earlier versions had no index.
    #[serde(default)]
    pub(crate) identities_indexed: bool,
}

impl Default for CustomerCount {
    fn default() -> Self {
        Self { next: 1, customers: 0, guests: 0, identities_indexed: true }
    }
}

impl Customer {
    pub(crate) fn new(id: CustomerId, user_name: String, identity: Identity, created_at: Timestamp) -> Self {
        Self {
            id,
            user_name,
            identity,
            created_at,
            devices: BTreeSet::new(),
            activated_at: None,
            active_at: None,
            tokens: BTreeMap::new(),
            claim_code: None,
            wrong_codes: 0,
            wrong_code_at: None,
            barred_until: None,
            claims: 0,
            claims_since: None,
        }
    }

    pub(super) fn wrong(&self) -> WrongCodes {
        WrongCodes { count: self.wrong_codes, last_at: self.wrong_code_at, barred_until: self.barred_until }
    }

    pub(super) fn set_wrong(&mut self, wrong: WrongCodes) {
        (self.wrong_codes, self.wrong_code_at, self.barred_until) = (wrong.count, wrong.last_at, wrong.barred_until);
    }
}

/// A guest's record in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    /// The user name that was invited.
    pub user_name: String,
    /// The code. It is stored in clear, because the team must be able to send it.
    pub code: ActivationCode,
    /// When they used it. `None` means not yet.
    pub used_at: Option<Timestamp>,
    /// Wrong codes entered under their name.
    #[serde(default, skip_serializing_if = "WrongCodes::is_zero")]
    pub wrong: WrongCodes,
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}
