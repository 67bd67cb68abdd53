//! Customers, their tokens and devices, and the private beta.

use crate::Moment;
use crate::SecretText;
use crate::macros::{arguments, choice, shape, words};
use crate::plain::count;
use fleet_core::customer::{self, Activity, BetaVerdict, CustomerView, TokenId};
use fleet_core::{AccountId, DeviceId};

words! {
    /// What a token may be used for.
    pub enum Scope {
        /// See the customer's devices.
        See = "see",
        /// Control the customer's devices.
        Control = "control",
        /// Claim devices and end claims.
        Claim = "claim",
    }
}

choice! {
    /// How a customer is identified.
    pub enum Identity {
        /// The platform holds the account.
        Simple as SimpleIdentity new(),
        /// The vendor's server vouches for its own user.
        TwoLegged(TwoLeggedIdentity) new(user) {
            /// The vendor's name for the user.
            user: String,
        },
        /// An account of the platform, linked to the customer.
        Linked(LinkedIdentity) new(account) {
            /// The account's number.
            account: i64,
        },
    }
}

shape! {
    /// A customer, as the team sees them.
    pub struct Customer {
        /// The product of the customer.
        pub product: u32,
        /// The customer's number.
        pub id: i64,
        /// The customer's user name.
        pub user_name: String,
        /// How the customer is identified.
        pub identity: Identity,
        /// When the customer was created.
        pub created_at: Moment,
        /// The devices that the customer has claimed.
        pub devices: Vec<String>,
        /// When the customer last used a device. Absent if never.
        pub active_at: Option<Moment>,
        /// When the customer joined the private beta.
        pub activated_at: Option<Moment>,
        /// The customer's tokens.
        pub tokens: Vec<Token>,
    }
}

shape! {
    /// A customer's own record, and the scopes and expiry of the token in use.
    pub struct CustomerSession {
        /// The product of the customer.
        pub product: u32,
        /// The customer's number.
        pub id: i64,
        /// The customer's user name.
        pub user_name: String,
        /// How the customer is identified.
        pub identity: Identity,
        /// When the customer was created.
        pub created_at: Moment,
        /// The devices that the customer has claimed, if the token and the product allow to see them.
        pub devices: Vec<String>,
        /// When the customer last used a device. Absent if never.
        pub active_at: Option<Moment>,
        /// When the customer joined the private beta.
        pub activated_at: Option<Moment>,
        /// The customer's tokens.
        pub tokens: Vec<Token>,
        /// The token's id, for listing and revoking.
        pub token_id: String,
        /// What the token may be used for.
        pub scopes: Vec<Scope>,
        /// When the token expires.
        pub expires_at: Moment,
    }
}

shape! {
    /// A token in lists; it is revoked by its id.
    pub struct Token {
        /// Its id. Not a secret.
        pub token_id: String,
        /// When it expires.
        pub expires_at: Moment,
    }
}

shape! {
    /// A token that was issued. It is shown only this once.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct IssuedToken {
        /// Its id, for listing and revoking. Not a secret.
        pub token_id: String,
        /// The token itself: a secret.
        pub token: SecretText,
    }
}

shape! {
    /// A page of customers.
    pub struct CustomerPage {
        /// The customers, by number.
        pub items: Vec<Customer>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

arguments! {
    /// The customers to list. All given conditions must hold.
    #[derive(Default)]
    pub struct CustomerFilter {
        optional {
            /// Customers who have used a device since then.
            active_since: Moment,
            /// Customers who have a device and have not used one since then.
            inactive_since: Moment,
            /// Customers with a device, or without.
            with_device: bool,
            /// Customers whose user name begins with this, ignoring case.
            prefix: String,
        }
    }
}

shape! {
    /// A code that a customer's device presents when it is set up.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct ClaimCode {
        /// The code: a secret.
        pub code: SecretText,
        /// When it expires.
        pub expires_at: Moment,
    }
}

shape! {
    /// A device, as the customer who claimed it sees it.
    pub struct CustomerDevice {
        /// Its id.
        pub id: String,
        /// Its name. Absent if it has none.
        pub name: Option<String>,
        /// Whether it is connected.
        pub online: bool,
        /// When it last connected.
        pub seen_at: Option<Moment>,
    }
}

shape! {
    /// A person who was invited to the private beta.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct BetaGuest {
        /// The user name in the invitation.
        pub user_name: String,
        /// The code to send to them: a secret.
        pub code: SecretText,
        /// When the code was used.
        pub used_at: Option<Moment>,
    }
}

shape! {
    /// A page of guests.
    pub struct BetaGuestPage {
        /// The guests, by name.
        pub items: Vec<BetaGuest>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

words! {
    /// Verdict on a line of a guest list.
    pub enum BetaLineVerdict {
        /// Invited, with a new code.
        Invited = "invited",
        /// Invited before; the code stays the same.
        AlreadyInvited = "already_invited",
        /// An earlier line has the same user name.
        Duplicate = "duplicate",
        /// The line has no readable user name.
        Malformed = "malformed",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// A line of a guest list, with its verdict.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct BetaLine {
        /// The line's number, from 1.
        pub line: u32,
        /// The result.
        pub verdict: BetaLineVerdict,
        /// The user name of the invited guest.
        pub user_name: Option<String>,
        /// The guest's code: a secret.
        pub code: Option<SecretText>,
        /// When the code was used.
        pub used_at: Option<Moment>,
        /// The earlier line with the same user name.
        pub duplicate_of: Option<u32>,
        /// Why the user name is unreadable.
        pub message: Option<String>,
    }
}

shape! {
    /// Verdicts on the lines of a guest list.
    pub struct BetaReport {
        /// One entry for each line that is not blank.
        pub lines: Vec<BetaLine>,
    }
}

impl From<customer::Scope> for Scope {
    fn from(scope: customer::Scope) -> Self {
        match scope {
            customer::Scope::See => Self::See,
            customer::Scope::Control => Self::Control,
            customer::Scope::Claim => Self::Claim,
        }
    }
}

impl From<Scope> for customer::Scope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::See => Self::See,
            Scope::Control => Self::Control,
            Scope::Claim => Self::Claim,
        }
    }
}

impl From<&customer::Identity> for Identity {
    fn from(identity: &customer::Identity) -> Self {
        match identity {
            customer::Identity::TwoLegged { user } => Self::TwoLegged(TwoLeggedIdentity { user: user.clone() }),
            customer::Identity::Linked { account } => Self::Linked(LinkedIdentity { account: count(account.get()) }),
            _ => Self::Simple,
        }
    }
}

impl TryFrom<Identity> for customer::Identity {
    type Error = crate::Failure;

    fn try_from(identity: Identity) -> Result<Self, crate::Failure> {
        Ok(match identity {
            Identity::Simple => Self::Simple,
            Identity::TwoLegged(TwoLeggedIdentity { user }) => Self::TwoLegged { user },
            Identity::Linked(LinkedIdentity { account }) => {
                Self::Linked { account: AccountId::new(crate::doors::unsigned("account", account)?)? }
            }
        })
    }
}

/// A token's id as text, because JavaScript's numbers are too small for it.
pub(crate) fn token_id(id: TokenId) -> String {
    format!("{:016x}", id.0)
}

impl From<&CustomerView> for Customer {
    fn from(customer: &CustomerView) -> Self {
        let tokens = customer.tokens.iter();
        Self {
            product: customer.product.get(),
            id: count(customer.id.get()),
            user_name: customer.user_name.clone(),
            identity: (&customer.identity).into(),
            created_at: customer.created_at.into(),
            devices: customer.devices.iter().map(DeviceId::to_string).collect(),
            active_at: customer.active_at.map(Moment::from),
            activated_at: customer.activated_at.map(Moment::from),
            tokens: tokens.map(|(id, at)| Token { token_id: token_id(*id), expires_at: (*at).into() }).collect(),
        }
    }
}

impl From<&customer::CustomerSession> for CustomerSession {
    fn from(session: &customer::CustomerSession) -> Self {
        let customer = Customer::from(&session.customer);
        Self {
            product: customer.product,
            id: customer.id,
            user_name: customer.user_name,
            identity: customer.identity,
            created_at: customer.created_at,
            devices: customer.devices,
            active_at: customer.active_at,
            activated_at: customer.activated_at,
            tokens: customer.tokens,
            token_id: token_id(session.token_id),
            scopes: session.scopes.iter().map(|scope| Scope::from(*scope)).collect(),
            expires_at: session.expires_at.into(),
        }
    }
}

impl TryFrom<CustomerFilter> for customer::CustomerFilter {
    type Error = crate::Failure;

    fn try_from(filter: CustomerFilter) -> Result<Self, crate::Failure> {
        let mut wanted = Self::default();
        wanted.activity = match (filter.active_since, filter.inactive_since) {
            (None, None) => None,
            (Some(since), None) => Some(Activity::Since(since.read("active_since")?)),
            (None, Some(since)) => Some(Activity::NotSince(since.read("inactive_since")?)),
            (Some(_), Some(_)) => {
                return Err(crate::Failure::invalid("activity", "must be either active or inactive, not both"));
            }
        };
        wanted.with_device = filter.with_device;
        wanted.prefix = filter.prefix;
        Ok(wanted)
    }
}

impl From<&customer::ClaimCode> for ClaimCode {
    fn from(code: &customer::ClaimCode) -> Self {
        Self { code: SecretText(code.code.reveal()), expires_at: code.expires_at.into() }
    }
}

impl From<&customer::CustomerDevice> for CustomerDevice {
    fn from(device: &customer::CustomerDevice) -> Self {
        Self {
            id: device.id.to_string(),
            name: Some(&device.name).filter(|name| !name.is_empty()).cloned(),
            online: device.online,
            seen_at: device.seen_at.map(Moment::from),
        }
    }
}

impl From<&customer::BetaGuest> for BetaGuest {
    fn from(guest: &customer::BetaGuest) -> Self {
        Self {
            user_name: guest.user_name.clone(),
            code: SecretText(guest.code.to_string()),
            used_at: guest.used_at.map(Moment::from),
        }
    }
}

impl From<&customer::BetaLine> for BetaLine {
    fn from(line: &customer::BetaLine) -> Self {
        let blank = Self {
            line: line.line,
            verdict: BetaLineVerdict::Other,
            user_name: None,
            code: None,
            used_at: None,
            duplicate_of: None,
            message: None,
        };
        let of_guest = |verdict, guest: &customer::BetaGuest| {
            let BetaGuest { user_name, code, used_at } = guest.into();
            Self { verdict, user_name: Some(user_name), code: Some(code), used_at, ..blank.clone() }
        };
        match &line.verdict {
            BetaVerdict::Invited(guest) => of_guest(BetaLineVerdict::Invited, guest),
            BetaVerdict::AlreadyInvited(guest) => of_guest(BetaLineVerdict::AlreadyInvited, guest),
            BetaVerdict::DuplicateOf(first) => {
                Self { verdict: BetaLineVerdict::Duplicate, duplicate_of: Some(*first), ..blank }
            }
            BetaVerdict::Malformed(why) => {
                Self { verdict: BetaLineVerdict::Malformed, message: Some(why.clone()), ..blank }
            }
            _ => blank,
        }
    }
}
