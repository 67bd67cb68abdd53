//! What could not be done, and what to do next.
//!
//! One [`Error`] for every door. Its [`code`](Error::code) is stable and the same in every language; its message is for
//! a person; its [`kind`](Error::kind) is for callers that branch. No error carries a secret.

use crate::billing::{Interval, LimitExceeded};
use crate::device::import::UnreadableFile;
use crate::device::{DeviceId, Standing};
use crate::firmware::{FirmwareVersion, UploadRefused};
use crate::product::{Missing, ProductId};
use crate::store::StoreError;
use crate::team::Command;
use crate::time::Timestamp;
use std::fmt;

/// What a door could not do. Nothing was changed.
///
/// ```
/// use fleet_core::{Actor, Fleet, MemoryStore, ProductId, Timestamp};
///
/// let fleet = Fleet::open(MemoryStore::new());
/// let now = Timestamp::from_millis(0);
/// let error = fleet.console(Actor::Operator, now).product(ProductId::new(94)?).unwrap_err();
/// assert_eq!(error.code(), "not_found");
/// assert_eq!(error.to_string(), "there is no such product, or it is not yours to see");
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, with what a caller needs to branch on it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing does not exist, or the actor may not know that it does: the two are never told apart (R-TEAM-6).
    #[error("there is no such {what}, or it is not yours to see")]
    NotFound {
        /// What was looked for, in a word.
        what: &'static str,
    },
    /// The device is one of the product's list, but not in the standing that this takes.
    #[error("there is no such device among {}: {device} {}", standing_needed(*.needed), standing_advice(*.standing, *.needed))]
    OtherStanding {
        /// The device.
        device: DeviceId,
        /// Its standing.
        standing: Standing,
        /// The standing that it would have to have.
        needed: Standing,
    },
    /// The actor may see the thing but not do this to it.
    #[error("{command} is not for you: it takes {needs}")]
    Forbidden {
        /// What was asked for.
        command: Command,
        /// Who may do it.
        needs: &'static str,
    },
    /// A value that was handed in is out of its range or form.
    #[error("{field}: {problem}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// What is wrong with it and what would be right.
        problem: String,
    },
    /// An id, an e-mail or a title that must be unique is in use.
    #[error("{what} `{value}` is taken; choose another, or have that one given up first")]
    Taken {
        /// What must be unique, in a word.
        what: &'static str,
        /// The value that is in use.
        value: String,
    },
    /// A tier's limit would be exceeded (R-TIER-3).
    #[error(transparent)]
    LimitExceeded(LimitExceeded),
    /// A device list that cannot be read at all.
    #[error(transparent)]
    UnreadableFile(UnreadableFile),
    /// The host stopped an import between two of its commits; what was added stays (R-IMP-13).
    #[error("the import was cancelled after {added} devices; import the same file again to complete it")]
    Cancelled {
        /// Devices that were added before.
        added: u64,
    },
    /// An upload that is not this product's next firmware.
    #[error(transparent)]
    UploadRefused(UploadRefused),
    /// A version that does not run on enough devices yet (R-TGT-2).
    #[error(
        "version {version} cannot be released yet: it must run on {needed} of this product's devices{soaked}, and runs on {running}; lock {} to it first", if *needed == 1 { "a test device" } else { "more test devices" }
    )]
    NotProven {
        /// The version that was to be released.
        version: FirmwareVersion,
        /// How many devices must run it.
        needed: u32,
        /// How many do.
        running: u32,
        /// For how long they must run it, as words; empty where any time will do.
        soaked: String,
    },
    /// Firmware that is released, was released, or that devices are locked to (R-IMG-7).
    #[error("version {version} cannot be deleted: {reason}")]
    FirmwareInUse {
        /// The version.
        version: FirmwareVersion,
        /// What holds it.
        reason: String,
    },
    /// The account is on the team, or was asked and has not answered (R-TEAM-1).
    #[error("{email} is on the team already, or was invited and has not answered")]
    AlreadyInvited {
        /// Whose.
        email: String,
    },
    /// What was given for a time is no longer good.
    #[error("the {what} expired at {at}; ask for a new one")]
    Expired {
        /// What, in a word.
        what: &'static str,
        /// From when on.
        at: Timestamp,
    },
    /// The owner stays on the team (R-TEAM-3).
    #[error("the owner cannot leave or be removed; an operator can make another member the owner first")]
    OwnerStays,
    /// An account is locked: the products that it owns can be seen and not changed (R-PAY-5).
    #[error("{what} is locked since {since}, until {lifted}")]
    Locked {
        /// Whose account, in words.
        what: &'static str,
        /// Since when.
        since: Timestamp,
        /// What lifts the lock, in words.
        lifted: &'static str,
    },
    /// A team has no seat for who was invited. Its tier and its size are not theirs to know.
    #[error("the team has no free seat; ask who invited you")]
    NoSeat,
    /// A token that is malformed, unknown, expired or revoked: the four are never told apart.
    #[error("the token is not good, or no longer; ask for a new one")]
    Unauthenticated,
    /// A code that is not the right one.
    #[error("the code is wrong{}", tries(*.left))]
    WrongCode {
        /// How many more wrong ones there may be; none: they are not counted.
        left: Option<u8>,
    },
    /// Too many wrong codes.
    #[error("too many wrong codes: no code is looked at until {until}")]
    Barred {
        /// Until when.
        until: Timestamp,
    },
    /// A customer who is not in the private beta yet (R-CUS-4).
    #[error("the product is in a private beta: activate with your code first")]
    NotActivated,
    /// Manufacturing has begun: what the line is programmed with stays as it is (R-CFG-2).
    #[error(
        "manufacturing started at {at}: what the line is programmed with stays as it is; make a new product for another answer"
    )]
    ManufacturingStarted {
        /// When.
        at: Timestamp,
    },
    /// What is missing before manufacturing (R-CFG-2).
    #[error("manufacturing cannot start yet: {}", listed(.missing))]
    NotReady {
        /// All of it.
        missing: Vec<Missing>,
    },
    /// The device is not connected (R-TGT-3).
    #[error("device {device} is offline: lock it and flash on reset instead")]
    Offline {
        /// The device.
        device: DeviceId,
    },
    /// A device that may not join the product (R-IMP-3, R-IMP-4).
    #[error("device {device} cannot join: {reason}")]
    CannotJoin {
        /// The device.
        device: DeviceId,
        /// Why, in words.
        reason: String,
    },
    /// A quote that no longer holds, or that the product's plan has changed since (R-BILL-4).
    #[error("the quote no longer holds; ask for a new one")]
    QuoteExpired,
    /// An upgrade is refused while a renewal is unpaid (R-BILL-4).
    #[error(
        "renewal invoice {invoice} of product {product} is not paid: pay it first, with another card if it was declined"
    )]
    RenewalUnpaid {
        /// The product.
        product: ProductId,
        /// The invoice.
        invoice: u32,
    },
    /// The period is over and its renewal was not issued yet.
    #[error("the renewal of {since} was not issued yet: let the clock advance first")]
    RenewalDue {
        /// Since when.
        since: Timestamp,
    },
    /// The clock leaps, and nobody confirmed it (R-BILL-10).
    #[error(
        "the clock leaps from {last} to {now}, over {days} days with bills due in between: if it is right, confirm the leap on the clock's door and try again; if not, set it right"
    )]
    ClockLeap {
        /// The moment at which it advanced last; where it never did, since when something is due.
        last: Timestamp,
        /// The moment that it shows now.
        now: Timestamp,
        /// How many days it may leap.
        days: u32,
    },
    /// A charge has no outcome yet that what was asked for depends on.
    #[error("charge {charge} has no outcome yet: tell it first")]
    ChargeOpen {
        /// Its number within the product.
        charge: u32,
    },
    /// No charge has this key.
    #[error("there is no such charge; tell outcomes by the keys that pending charges have")]
    UnknownCharge,
    /// The outcome of the charge was told before.
    #[error("the outcome of this charge was told before, and counts; if money moved since, give it back")]
    ChargeFinished,
    /// There is no card that can be charged.
    #[error("there is no card on file that can be charged: set one first")]
    CardMissing,
    /// The tier is not sold at this interval and in this currency, or its price is a matter of agreement (R-TIER-1).
    #[error("{tier} has no {interval} price for this product: it is agreed on with the operator")]
    PriceByAgreement {
        /// The tier.
        tier: std::sync::Arc<str>,
        /// The interval.
        interval: Interval,
    },
    /// What was asked for is not an upgrade (R-TIER-4, R-BILL-6).
    #[error("not an upgrade: {problem}")]
    NotAnUpgrade {
        /// What it is, and who can do it.
        problem: &'static str,
    },
    /// The product pays for nothing.
    #[error("the product has no paid plan: upgrade it to a paid tier first")]
    NoPlan,
    /// A product id that was used before is never used again (R-PRD-1).
    #[error("product id {id} is or was in use; choose another, for an id is never used twice")]
    ProductIdUsed {
        /// The id.
        id: ProductId,
    },
    /// The store could not do its part.
    #[error(transparent)]
    Store(StoreError),
}

impl Error {
    /// A stable word for the kind of error, the same in every language.
    pub fn code(&self) -> &'static str {
        match self.kind() {
            ErrorKind::NotFound { .. } => "not_found",
            ErrorKind::OtherStanding { .. } => "not_found",
            ErrorKind::Forbidden { .. } => "forbidden",
            ErrorKind::Invalid { .. } => "invalid",
            ErrorKind::Taken { .. } => "taken",
            ErrorKind::LimitExceeded(_) => "limit_exceeded",
            ErrorKind::UnreadableFile(problem) => problem.code(),
            ErrorKind::Cancelled { .. } => "cancelled",
            ErrorKind::UploadRefused(refused) => refused.code(),
            ErrorKind::NotProven { .. } => "not_proven",
            ErrorKind::FirmwareInUse { .. } => "firmware_in_use",
            ErrorKind::AlreadyInvited { .. } => "already_invited",
            ErrorKind::Expired { .. } => "expired",
            ErrorKind::OwnerStays => "owner_stays",
            ErrorKind::Locked { .. } => "account_locked",
            ErrorKind::NoSeat => "no_seat",
            ErrorKind::Unauthenticated => "unauthenticated",
            ErrorKind::WrongCode { .. } => "wrong_code",
            ErrorKind::Barred { .. } => "barred",
            ErrorKind::NotActivated => "not_activated",
            ErrorKind::ManufacturingStarted { .. } => "manufacturing_started",
            ErrorKind::NotReady { .. } => "not_ready",
            ErrorKind::Offline { .. } => "device_offline",
            ErrorKind::CannotJoin { .. } => "cannot_join",
            ErrorKind::QuoteExpired => "quote_expired",
            ErrorKind::RenewalUnpaid { .. } => "renewal_unpaid",
            ErrorKind::RenewalDue { .. } => "renewal_due",
            ErrorKind::ClockLeap { .. } => "clock_leap",
            ErrorKind::ChargeOpen { .. } => "charge_open",
            ErrorKind::UnknownCharge => "unknown_charge",
            ErrorKind::ChargeFinished => "charge_finished",
            ErrorKind::CardMissing => "card_missing",
            ErrorKind::PriceByAgreement { .. } => "price_by_agreement",
            ErrorKind::NotAnUpgrade { .. } => "not_an_upgrade",
            ErrorKind::NoPlan => "no_plan",
            ErrorKind::ProductIdUsed { .. } => "product_id_used",
            ErrorKind::Store(error) => error.code(),
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Whether the same call may succeed when it is made again, without anything else being changed.
    pub fn is_transient(&self) -> bool {
        match self.kind() {
            ErrorKind::Store(error) => error.is_transient(),
            ErrorKind::LimitExceeded(limit) => limit.is_transient(),
            _ => false,
        }
    }

    pub(crate) fn not_found(what: &'static str) -> Self {
        ErrorKind::NotFound { what }.into()
    }

    pub(crate) fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        ErrorKind::Invalid { field, problem: problem.into() }.into()
    }
}

fn standing_needed(needed: Standing) -> &'static str {
    match needed {
        Standing::Member => "the devices of the product",
        Standing::Quarantined => "those that wait",
        Standing::Denied => "those that were denied",
    }
}

fn standing_advice(standing: Standing, needed: Standing) -> &'static str {
    match (standing, needed) {
        (Standing::Quarantined, Standing::Denied) => "waits; approve or deny it",
        (Standing::Quarantined, _) => "waits to be let in; approve it first",
        (Standing::Denied, Standing::Member) => "was denied; import it to let it in",
        (Standing::Denied, _) => "was denied; undeny it, or import it to let it in",
        (Standing::Member, Standing::Denied) => "is in the product; deny or remove it",
        (Standing::Member, _) => "is in the product already",
    }
}

fn tries(left: Option<u8>) -> String {
    match left {
        None => String::new(),
        Some(1) => "; one more and you must wait".to_owned(),
        Some(left) => format!("; {left} more tries before you must wait"),
    }
}

fn listed(missing: &[Missing]) -> String {
    let items: Vec<String> = missing.iter().map(|item| format!("{} {}", item.question, item.why)).collect();
    items.join("; ")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        ErrorKind::Store(error).into()
    }
}

impl From<LimitExceeded> for Error {
    fn from(limit: LimitExceeded) -> Self {
        ErrorKind::LimitExceeded(limit).into()
    }
}

impl From<UnreadableFile> for Error {
    fn from(problem: UnreadableFile) -> Self {
        ErrorKind::UnreadableFile(problem).into()
    }
}

impl From<UploadRefused> for Error {
    fn from(refused: UploadRefused) -> Self {
        ErrorKind::UploadRefused(refused).into()
    }
}
