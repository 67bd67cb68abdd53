//! The error type of the crate: what was refused, and what to do next.
//!
//! Every door returns [`Error`]. Its [`code`](Error::code) is stable and the same in every language; its message is for
//! people; its [`kind`](Error::kind) is for callers that branch. No error contains a secret.

use crate::billing::{Interval, LimitExceeded, NoUpgrade};
use crate::device::import::{UnreadableFile, Verdict};
use crate::device::{DeviceId, MalformedDeviceId, Standing};
use crate::firmware::image::ImageError;
use crate::firmware::image::esp_idf::AppImageError;
use crate::firmware::image::mcuboot::McubootError;
use crate::firmware::image::particle::ModuleError;
use crate::firmware::{FirmwareUse, FirmwareVersion, MalformedSha256, UploadRefused};
use crate::product::{Gate, Missing, Platform, ProductId};
use crate::store::StoreError;
use crate::team::{Command, LockEnd};
use crate::time::Timestamp;
use std::fmt;

/// Why an operation failed. A failed operation changed nothing, unless its documentation states otherwise.
///
/// ```
/// use fleet_core::{Actor, Fleet, MemoryStore, ProductId, Timestamp};
///
/// let fleet = Fleet::open(MemoryStore::new());
/// let now = Timestamp::from_millis(0);
/// let error = fleet.console(Actor::Operator, now).product(ProductId::new(94)?).get().unwrap_err();
/// assert_eq!(error.code(), "not_found");
/// assert_eq!(error.to_string(), "there is no such product, or it is not yours to see");
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// The kind of an error, with the values that a caller needs to branch on it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing does not exist, or the actor may not know that it exists. The error is the same for both (R-TEAM-6).
    #[error("there is no such {what}, or it is not yours to see")]
    NotFound {
        /// The kind of thing that was looked up.
        what: &'static str,
    },
    /// The device is on the product's list, but not in the standing that the operation needs.
    #[error("there is no such device among {}: {device} {}", needed_standing(*.needed), standing_advice(*.standing, *.needed))]
    OtherStanding {
        /// The device.
        device: DeviceId,
        /// Its standing.
        standing: Standing,
        /// The standing that the operation needs.
        needed: Standing,
    },
    /// The actor may see the thing but may not run this command on it.
    #[error("{command} is not for you: it needs {needs}")]
    Forbidden {
        /// The command.
        command: Command,
        /// The actors that may run it.
        needs: &'static str,
    },
    /// An argument is out of range or malformed.
    #[error("{field}: {problem}")]
    Invalid {
        /// The name of the argument.
        field: &'static str,
        /// What is wrong with it, and what would be valid.
        problem: String,
    },
    /// An id, an e-mail or a title that must be unique is already in use.
    #[error("{what} `{value}` is in use; choose another, or release that one first")]
    Taken {
        /// The kind of value that must be unique.
        what: &'static str,
        /// The value that is in use.
        value: String,
    },
    /// The operation would exceed a limit of the tier (R-TIER-3).
    #[error(transparent)]
    LimitExceeded(LimitExceeded),
    /// The device list cannot be parsed at all.
    #[error(transparent)]
    UnreadableFile(UnreadableFile),
    /// The host cancelled the call. The devices that an import added before remain (R-IMP-13); nothing else was changed.
    #[error(
        "the call was cancelled {}", if *added == 0 { "before it changed anything".to_owned() } else { format!("after {added} devices; to complete the import, import the same file again") }
    )]
    Cancelled {
        /// Number of devices that were added.
        added: u64,
    },
    /// The upload is not valid as the product's next firmware.
    #[error(transparent)]
    UploadRefused(UploadRefused),
    /// The version has not run on enough devices yet (R-TGT-2).
    #[error(
        "version {version} cannot be released yet: it must run on {needed} of this product's devices{soaked}, and runs on {running}; lock {more} to it first", needed = gate.devices, soaked = soaked(*gate), more = if gate.devices == 1 { "a test device" } else { "more test devices" }
    )]
    NotProven {
        /// The version to release.
        version: FirmwareVersion,
        /// The product's gate: how many devices must run it, and for how long.
        gate: Gate,
        /// Number of devices that run it for as long.
        running: u32,
    },
    /// The firmware is or was released, or devices are locked to it (R-IMG-7).
    #[error("version {version} cannot be deleted: {by}")]
    FirmwareInUse {
        /// The version.
        version: FirmwareVersion,
        /// What uses it.
        by: FirmwareUse,
    },
    /// The account is on the team, or was invited and has not answered (R-TEAM-1).
    #[error("{email} is on the team already, or was invited and has not answered")]
    AlreadyInvited {
        /// The e-mail of the account.
        email: String,
    },
    /// The thing was valid for a limited time, which is over.
    #[error("the {what} expired at {at}; ask for a new one")]
    Expired {
        /// The kind of thing.
        what: &'static str,
        /// When it expired.
        at: Timestamp,
    },
    /// The owner cannot leave the team (R-TEAM-3).
    #[error("the owner cannot leave or be removed; an operator can make another member the owner first")]
    OwnerStays,
    /// The account is locked: the products that it owns can be viewed but not changed (R-PAY-5).
    #[error("{what} is locked since {since}, until {ends}")]
    Locked {
        /// What is locked, as text.
        what: &'static str,
        /// Since when.
        since: Timestamp,
        /// What ends the lock.
        ends: LockEnd,
    },
    /// The team has no free seat for the invited account. The error hides the tier and its size, which a non-member may
    /// not learn.
    #[error("the team has no free seat; ask who invited you")]
    NoSeat,
    /// The token is malformed, unknown, expired or revoked. The error is the same for all four.
    #[error("the token is invalid, expired or revoked; ask for a new one")]
    Unauthenticated,
    /// The code is wrong.
    #[error("the code is wrong{}", tries_left(*.left))]
    WrongCode {
        /// Number of tries that are left. `None` means that tries are not limited.
        left: Option<u8>,
    },
    /// Too many wrong codes were entered.
    #[error("too many wrong codes: codes are refused until {until}; try again then")]
    Barred {
        /// When codes are accepted again.
        until: Timestamp,
    },
    /// The customer is not in the private beta yet (R-CUS-4).
    #[error("the product is in a private beta: activate with your code first")]
    NotActivated,
    /// Manufacturing has started: what devices are programmed with on the line can no longer change (R-CFG-2).
    #[error(
        "manufacturing started at {at}: what devices are programmed with on the line can no longer change; make a new product for another answer"
    )]
    ManufacturingStarted {
        /// When manufacturing started.
        at: Timestamp,
    },
    /// Configuration is incomplete for manufacturing (R-CFG-2).
    #[error("manufacturing cannot start yet: {}", listed(.missing))]
    NotReady {
        /// All missing items.
        missing: Vec<Missing>,
    },
    /// The device is not connected (R-TGT-3).
    #[error("device {device} is offline: lock it and flash on reset instead")]
    Offline {
        /// The device.
        device: DeviceId,
    },
    /// The device may not join the product (R-IMP-3, R-IMP-4).
    #[error("device {device} cannot join: {verdict}")]
    CannotJoin {
        /// The device.
        device: DeviceId,
        /// The verdict that an import would give.
        verdict: Verdict,
    },
    /// The manufacturing list states another platform than the one that is known of the device (R-IMP-12).
    #[error(
        "device {device} cannot join: its platform is {known}, the list says {listed}; correct the list, or the device"
    )]
    ListedPlatform {
        /// The device.
        device: DeviceId,
        /// The platform that is known.
        known: Platform,
        /// The platform on the list.
        listed: Platform,
    },
    /// The quote has expired, or the product's plan has changed since it was made (R-BILL-4).
    #[error("the quote has expired, or the plan has changed since; ask for a new one")]
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
    /// The period is over and its renewal has not been issued yet.
    #[error("the renewal of {since} has not been issued yet: advance the clock first")]
    RenewalDue {
        /// When the period ended.
        since: Timestamp,
    },
    /// The clock jumped ahead, and nobody confirmed the jump (R-BILL-10).
    #[error(
        "the clock jumped from {last} to {now}, more than {days} days, with bills due in between: if {now} is right, confirm the jump on the clock's door and try again; if not, correct the clock"
    )]
    ClockLeap {
        /// The time of the last advance. If the clock never advanced, since when something is due.
        last: Timestamp,
        /// The clock's time now.
        now: Timestamp,
        /// Number of days that the clock may jump.
        days: u32,
    },
    /// A charge on which the operation depends has no outcome yet.
    #[error("charge {charge} is still open: report its outcome first")]
    ChargeOpen {
        /// Its number within the product.
        charge: u32,
    },
    /// No charge has this key.
    #[error("there is no such charge; report outcomes by the keys of pending charges")]
    UnknownCharge,
    /// The outcome of the charge was reported before.
    #[error("the outcome of this charge was reported before and stays; if money has moved since, refund it")]
    ChargeFinished,
    /// There is no card that can be charged.
    #[error("there is no card on file that can be charged: set one first")]
    CardMissing,
    /// The tier has no price for this interval and currency, or its price is agreed with the operator (R-TIER-1).
    #[error("{tier} has no {interval} price for this product: it is agreed on with the operator; ask the operator")]
    PriceByAgreement {
        /// The tier.
        tier: std::sync::Arc<str>,
        /// The interval.
        interval: Interval,
    },
    /// The requested plan is not an upgrade (R-TIER-4, R-BILL-6).
    #[error("not an upgrade: {change}")]
    NotAnUpgrade {
        /// What the change is.
        change: NoUpgrade,
    },
    /// The product has no paid plan.
    #[error("the product has no paid plan: upgrade it to a paid tier first")]
    NoPlan,
    /// The product id was used before, and ids are never reused (R-PRD-1).
    #[error("product id {id} is or was in use; choose another, because ids are never reused")]
    ProductIdUsed {
        /// The id.
        id: ProductId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl Error {
    /// A stable code of the error, the same in every language.
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
            ErrorKind::ListedPlatform { .. } => "cannot_join",
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

    /// The kind of error, to branch on.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Whether the same call may succeed if it is repeated and nothing else has changed.
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

fn soaked(gate: Gate) -> String {
    match gate.soak.as_millis() {
        0 => String::new(),
        millis => format!(", on each for {} s", millis.div_ceil(1000)),
    }
}

fn needed_standing(needed: Standing) -> &'static str {
    match needed {
        Standing::Member => "the devices of the product",
        Standing::Quarantined => "those that wait for approval",
        Standing::Denied => "those that were denied",
    }
}

fn standing_advice(standing: Standing, needed: Standing) -> &'static str {
    match (standing, needed) {
        (Standing::Quarantined, Standing::Denied) => "waits for approval; approve or deny it",
        (Standing::Quarantined, _) => "waits for approval; approve it first",
        (Standing::Denied, Standing::Member) => "was denied; import it to admit it",
        (Standing::Denied, _) => "was denied; undeny it, or import it to admit it",
        (Standing::Member, Standing::Denied) => "is in the product; deny or remove it",
        (Standing::Member, _) => "is in the product already",
    }
}

fn tries_left(left: Option<u8>) -> String {
    match left {
        None => String::new(),
        Some(1) => "; 1 more try before you must wait".to_owned(),
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

impl From<MalformedDeviceId> for Error {
    fn from(problem: MalformedDeviceId) -> Self {
        Self::invalid("device", problem.to_string())
    }
}

impl From<MalformedSha256> for Error {
    fn from(problem: MalformedSha256) -> Self {
        Self::invalid("sha256", problem.to_string())
    }
}

/// What refuses a firmware image by itself.
macro_rules! refuse_image {
    ($($problem:ty),*) => {$(
        impl From<$problem> for Error {
            fn from(problem: $problem) -> Self {
                UploadRefused::Image(problem.into()).into()
            }
        }
    )*};
}

refuse_image!(ImageError, ModuleError, AppImageError, McubootError);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::{ChargeKey, QuoteId};
    use crate::customer::{ActivationCode, Secret};
    use crate::firmware::{Sha256, image};
    use crate::{Currency, Date, Platform, SystemVersion};

    /// Compiles only while every error of a parser converts, as callers of several parsers expect.
    fn read(text: &str, place: usize) -> Result<(), Error> {
        match place {
            0 => drop(text.parse::<DeviceId>()?),
            1 => drop(text.parse::<Sha256>()?),
            2 => drop(text.parse::<Timestamp>()?),
            3 => drop(text.parse::<Date>()?),
            4 => drop(text.parse::<Currency>()?),
            5 => drop(text.parse::<Platform>()?),
            6 => drop(text.parse::<SystemVersion>()?),
            7 => drop(text.parse::<ChargeKey>()?),
            8 => drop(text.parse::<QuoteId>()?),
            9 => {
                let _: Secret = text.parse()?;
            }
            10 => drop(text.parse::<ActivationCode>()?),
            11 => drop(image::particle::read_module(text.as_bytes())?),
            12 => drop(image::esp_idf::read_app_image(text.as_bytes())?),
            13 => drop(image::mcuboot::read_mcuboot_image(text.as_bytes())?),
            _ => return Err(ImageError::Empty.into()),
        }
        Ok(())
    }

    #[test]
    fn what_cannot_be_parsed_converts_into_an_error_with_a_code_and_advice() {
        for place in 0..15 {
            let error = read("\u{1}", place).unwrap_err();
            let wanted = match place {
                9 => "unauthenticated",
                11 => "particle_",
                12 => "esp_",
                13 => "mcuboot_",
                14 => "image_empty",
                _ => "invalid",
            };
            assert!(error.code().starts_with(wanted), "{place}: {} {error}", error.code());
        }
    }
}
