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
        /// See one's devices.
        See = "see",
        /// Control one's devices.
        Control = "control",
        /// Claim devices and give them up.
        Claim = "claim",
    }
}

choice! {
    /// How a customer is known.
    pub enum Identity {
        /// The platform holds the account.
        Simple as SimpleIdentity(new),
        /// The vendor's server vouches for its own user.
        TwoLegged as TwoLeggedIdentity(new user) {
            /// The vendor's name for the user.
            user: String,
        },
        /// An account of the platform, linked to the customer.
        Linked as LinkedIdentity(new account) {
            /// The account's number.
            account: i64,
        },
    }
}

shape! {
    /// A customer, as the team sees them.
    pub struct Customer {
        /// The product that they are a customer of.
        pub product: u32,
        /// Their number.
        pub id: i64,
        /// Their name.
        pub user_name: String,
        /// How they are known.
        pub identity: Identity,
        /// When they were made.
        pub created_at: Moment,
        /// The devices they have claimed.
        pub devices: Vec<String>,
        /// When they last used a device; none: never.
        pub active_at: Option<Moment>,
        /// When they joined the private beta.
        pub activated_at: Option<Moment>,
        /// Their tokens.
        pub tokens: Vec<Token>,
    }
}

shape! {
    /// A customer's own record, and what the token that they came with is good for.
    pub struct CustomerSession {
        /// The product that they are a customer of.
        pub product: u32,
        /// Their number.
        pub id: i64,
        /// Their name.
        pub user_name: String,
        /// How they are known.
        pub identity: Identity,
        /// When they were made.
        pub created_at: Moment,
        /// The devices they have claimed, where the token and the product let them see them.
        pub devices: Vec<String>,
        /// When they last used a device; none: never.
        pub active_at: Option<Moment>,
        /// When they joined the private beta.
        pub activated_at: Option<Moment>,
        /// Their tokens.
        pub tokens: Vec<Token>,
        /// What the token is listed and revoked by.
        pub token_id: String,
        /// What the token may be used for.
        pub scopes: Vec<Scope>,
        /// From when on the token is no good.
        pub expires_at: Moment,
    }
}

shape! {
    /// A token, as it is listed and revoked.
    pub struct Token {
        /// Its name: not a secret.
        pub token_id: String,
        /// From when on it is no good.
        pub expires_at: Moment,
    }
}

shape! {
    /// A token that was made: it is told this once.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct IssuedToken {
        /// What it is listed and revoked by: not a secret.
        pub token_id: String,
        /// What its holder comes with: a secret.
        pub token: SecretText,
    }
}

shape! {
    /// A page of customers.
    pub struct CustomerPage {
        /// The customers, by number.
        pub items: Vec<Customer>,
        /// What the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

arguments! {
    /// Which customers to list; all that is set must hold.
    #[derive(Default)]
    pub struct CustomerFilter {
        optional {
            /// Who used a device since then.
            active_since: Moment,
            /// Who has a device and did not use one since then, or never.
            inactive_since: Moment,
            /// With a device, or without.
            with_device: bool,
            /// Whose user name begins with this, whatever the case.
            prefix: String,
        }
    }
}

shape! {
    /// A code for a customer's device to present when it is set up.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct ClaimCode {
        /// The code: a secret.
        pub code: SecretText,
        /// From when on it is no good.
        pub expires_at: Moment,
    }
}

shape! {
    /// A device, as the customer sees it who has claimed it.
    pub struct CustomerDevice {
        /// Its id.
        pub id: String,
        /// Its name; none: it has none.
        pub name: Option<String>,
        /// Whether it is connected.
        pub online: bool,
        /// When it last connected.
        pub seen_at: Option<Moment>,
    }
}

shape! {
    /// Somebody who was invited to the private beta.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct BetaGuest {
        /// The user name they were invited by.
        pub user_name: String,
        /// Their code, to be sent to them: a secret.
        pub code: SecretText,
        /// When they used it.
        pub used_at: Option<Moment>,
    }
}

shape! {
    /// A page of guests.
    pub struct BetaGuestPage {
        /// The guests, by name.
        pub items: Vec<BetaGuest>,
        /// What the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

words! {
    /// What became of a line of a list of guests.
    pub enum BetaLineVerdict {
        /// Invited, with a code of their own.
        Invited = "invited",
        /// Invited before: their code stays.
        AlreadyInvited = "already_invited",
        /// The same user name stands on an earlier line.
        Duplicate = "duplicate",
        /// No user name can be read.
        Malformed = "malformed",
        /// One that is newer than this binding.
        Other = "other",
    }
}

shape! {
    /// A line of a list of guests, and what became of it.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct BetaLine {
        /// The line's number, from 1.
        pub line: u32,
        /// What became of it.
        pub verdict: BetaLineVerdict,
        /// The user name of who is invited.
        pub user_name: Option<String>,
        /// Their code: a secret.
        pub code: Option<SecretText>,
        /// When they used it.
        pub used_at: Option<Moment>,
        /// The line that has the same user name.
        pub duplicate_of: Option<u32>,
        /// Why no user name can be read.
        pub message: Option<String>,
    }
}

shape! {
    /// A line for each guest of a list.
    pub struct BetaReport {
        /// One for each line that is not blank.
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
            customer::Identity::TwoLegged { user } => Self::TwoLegged { user: user.clone() },
            customer::Identity::Linked { account } => Self::Linked { account: count(account.get()) },
            _ => Self::Simple,
        }
    }
}

impl TryFrom<Identity> for customer::Identity {
    type Error = crate::Failure;

    fn try_from(identity: Identity) -> Result<Self, crate::Failure> {
        Ok(match identity {
            Identity::Simple => Self::Simple,
            Identity::TwoLegged { user } => Self::TwoLegged { user },
            Identity::Linked { account } => {
                Self::Linked { account: AccountId::new(crate::doors::unsigned("account", account)?)? }
            }
        })
    }
}

/// A token's name as text: more than JavaScript's numbers hold.
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
                return Err(crate::Failure::invalid("activity", "ask for the active or the inactive, not for both"));
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
