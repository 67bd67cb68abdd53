//! What could not be done, flat: a code, a message, and by kind what a caller branches on.

use crate::Moment;
use crate::plain::count;
use crate::shapes::{Interval, Limit, Missing};
use fleet_core::{Error, ErrorKind};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a call failed. Nothing was changed, unless the operation's documentation says how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A stable word, the same in every language.
    pub code: String,
    /// A sentence for a person, which says what to do next.
    pub message: String,
    /// Whether the same call may succeed when it is made again, without anything else being changed.
    pub is_transient: bool,
    /// What went wrong, with what a caller branches on.
    pub kind: FailureKind,
}

macro_rules! kinds {
    ($(
        $(#[$meta:meta])*
        $kind:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* },
    )*) => {
        /// What went wrong. Each is an exception of that name in Python, with the fields as attributes.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "node", napi_derive::napi(discriminant = "kind", discriminant_case = "snake_case", object_from_js = false, use_nullable = true))]
        #[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
        pub enum FailureKind {
            $($(#[$meta])* $kind { $($(#[$field_meta])* $field: $ty,)* },)*
        }

        impl FailureKind {
            /// The name of every kind.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($kind)),*];

            /// The kind's name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind { .. } => stringify!($kind),)*
                }
            }

            #[cfg(feature = "node")]
            pub(crate) const DESCRIBED: &'static [crate::typescript::Variant] = &[$(crate::typescript::Variant {
                kind: stringify!($kind),
                name: stringify!($kind),
                docs: &[$(stringify!($meta)),*],
                is_argument: false,
                fields: crate::macros::fields!($($(#[$field_meta])* $field: $ty,)*),
            }),*];

            /// Hands each field to an exception.
            #[cfg(feature = "python")]
            pub(crate) fn set_attributes(self, exception: &pyo3::Bound<'_, pyo3::PyAny>) -> pyo3::PyResult<()> {
                use pyo3::types::PyAnyMethods as _;
                match self {
                    $(Self::$kind { $($field,)* } => {
                        $(exception.setattr(stringify!($field), $field)?;)*
                        let _ = exception;
                    })*
                }
                Ok(())
            }
        }
    };
}

kinds! {
    /// The thing does not exist, or the actor may not know that it does.
    NotFound {
        /// What was looked for, in a word.
        what: String,
    },
    /// The actor may see the thing but not do this to it.
    Forbidden {
        /// What was asked for.
        command: String,
        /// Who may do it.
        needs: String,
    },
    /// A value that was handed in is out of its range or form.
    Invalid {
        /// Which value.
        field: String,
        /// What is wrong with it and what would be right.
        problem: String,
    },
    /// A name that must be unique is in use.
    Taken {
        /// What must be unique, in a word.
        what: String,
        /// The value that is in use.
        value: String,
    },
    /// A tier's limit would be exceeded.
    LimitExceeded {
        /// Which, and the tier that would do.
        limit: Limit,
    },
    /// A device list that can't be read at all; the code says why.
    UnreadableFile {},
    /// The caller stopped an import; what was added stays.
    Cancelled {
        /// Devices that were added before.
        added: i64,
    },
    /// An upload that is not this product's next firmware; the code says why.
    UploadRefused {},
    /// A version that does not run on enough devices yet.
    NotProven {
        /// The version that was to be released.
        version: u16,
        /// How many devices must run it.
        needed: u32,
        /// How many do.
        running: u32,
    },
    /// Firmware that is released, was released, or that devices are locked to.
    FirmwareInUse {
        /// The version.
        version: u16,
        /// What holds it.
        reason: String,
    },
    /// The account is on the team, or was asked and has not answered.
    AlreadyInvited {
        /// Whose.
        email: String,
    },
    /// What was given for a time is no longer good.
    Expired {
        /// What, in a word.
        what: String,
        /// From when on.
        at: Moment,
    },
    /// The owner stays on the team.
    OwnerStays {},
    /// An account is locked; the message says what lifts the lock.
    AccountLocked {
        /// Since when.
        since: Moment,
    },
    /// A team has no seat for who was invited.
    NoSeat {},
    /// A token that is unknown, expired or revoked.
    Unauthenticated {},
    /// A code that is not the right one.
    WrongCode {
        /// How many more wrong ones there may be; none: they are not counted.
        left: Option<u8>,
    },
    /// Too many wrong codes.
    Barred {
        /// Until when.
        until: Moment,
    },
    /// A customer who is not in the private beta yet.
    NotActivated {},
    /// Manufacturing has begun: what the line is programmed with stays as it is.
    ManufacturingStarted {
        /// When.
        at: Moment,
    },
    /// What is missing before manufacturing.
    NotReady {
        /// All of it.
        missing: Vec<Missing>,
    },
    /// The device is not connected.
    DeviceOffline {
        /// The device.
        device: String,
    },
    /// A device that may not join the product.
    CannotJoin {
        /// The device.
        device: String,
        /// Why, in words.
        reason: String,
    },
    /// A product's number that is or was in use.
    ProductIdUsed {
        /// The number.
        product: u32,
    },
    /// A quote that no longer holds, or that the product's plan has changed since.
    QuoteExpired {},
    /// An upgrade while a renewal is unpaid.
    RenewalUnpaid {
        /// The product.
        product: u32,
        /// The invoice.
        invoice: u32,
    },
    /// The period is over and its renewal was not issued yet.
    RenewalDue {
        /// Since when.
        since: Moment,
    },
    /// The clock leaps, and nobody confirmed it.
    ClockLeap {
        /// The moment at which it advanced last; where it never did, since when something is due.
        last: Moment,
        /// The moment that it shows now.
        now: Moment,
        /// How many days it may leap.
        days: u32,
    },
    /// A charge has no outcome yet that what was asked for depends on.
    ChargeOpen {
        /// Its number within the product.
        charge: u32,
    },
    /// No charge has this key.
    UnknownCharge {},
    /// The outcome of the charge was told before, and counts.
    ChargeFinished {},
    /// There is no card that can be charged.
    CardMissing {},
    /// The tier is not sold at this interval and in this currency.
    PriceByAgreement {
        /// The tier.
        tier: String,
        /// The interval.
        interval: Interval,
    },
    /// What was asked for is not an upgrade.
    NotAnUpgrade {
        /// What it is, and who can do it.
        problem: String,
    },
    /// The product pays for nothing.
    NoPlan {},
    /// The store could not do its part; the code says why.
    StoreFailed {},
    /// A stream of events has a gap: nobody read it in time. The events are in the log.
    EventsMissed {
        /// How many are missing.
        missed: i64,
    },
    /// Anything else that a newer core may answer; the code says what.
    OtherFailure {},
}

impl Failure {
    /// A value that was handed in is out of its form.
    pub fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Error::from(ErrorKind::Invalid { field, problem: problem.into() }).into()
    }
}

impl Failure {
    /// A walk over a stream that was too slow.
    pub(crate) fn events_missed(missed: i64) -> Self {
        let advice = "read them with `follow_events`, or walk on without them";
        Self {
            code: "events_missed".to_owned(),
            message: format!("{missed} events came faster than they were read and are missing here: {advice}"),
            is_transient: false,
            kind: FailureKind::EventsMissed { missed },
        }
    }

    /// A fault of this library's own.
    pub fn panicked() -> Self {
        Self {
            code: "panicked".to_owned(),
            message: "fleet-core has a fault and gave up this call; please report it".to_owned(),
            is_transient: false,
            kind: FailureKind::OtherFailure {},
        }
    }
}

impl Failure {
    /// The same for a language that writes the names of arguments as `reportedAt`.
    #[cfg(any(feature = "node", feature = "mobile"))]
    #[must_use]
    pub fn in_camel_case(mut self) -> Self {
        if let FailureKind::Invalid { field, .. } = &mut self.kind
            && field.contains('_')
        {
            let written = crate::plain::camel_case(field);
            self.message = self.message.replacen(field.as_str(), &written, 1);
            *field = written;
        }
        self
    }
}

/// Makes a call whose panic would otherwise leave the library as something else than its own error.
///
/// # Errors
/// The call's, or that it panicked.
pub fn guarded<T>(call: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(Failure::panicked()))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            is_transient: error.is_transient(),
            kind: error.kind().into(),
        }
    }
}

impl From<&ErrorKind> for FailureKind {
    fn from(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::NotFound { what } => Self::NotFound { what: (*what).to_owned() },
            ErrorKind::Forbidden { command, needs } => {
                Self::Forbidden { command: command.to_string(), needs: (*needs).to_owned() }
            }
            ErrorKind::Invalid { field, problem } => {
                Self::Invalid { field: (*field).to_owned(), problem: problem.clone() }
            }
            ErrorKind::Taken { what, value } => Self::Taken { what: (*what).to_owned(), value: value.clone() },
            ErrorKind::LimitExceeded(limit) => Self::LimitExceeded { limit: limit.into() },
            ErrorKind::UnreadableFile(_) => Self::UnreadableFile {},
            ErrorKind::Cancelled { added } => Self::Cancelled { added: count(*added) },
            ErrorKind::UploadRefused(_) => Self::UploadRefused {},
            ErrorKind::NotProven { version, needed, running, .. } => {
                Self::NotProven { version: version.get(), needed: *needed, running: *running }
            }
            ErrorKind::FirmwareInUse { version, reason } => {
                Self::FirmwareInUse { version: version.get(), reason: reason.clone() }
            }
            ErrorKind::AlreadyInvited { email } => Self::AlreadyInvited { email: email.clone() },
            ErrorKind::Expired { what, at } => Self::Expired { what: (*what).to_owned(), at: (*at).into() },
            ErrorKind::OwnerStays => Self::OwnerStays {},
            ErrorKind::Locked { since, .. } => Self::AccountLocked { since: (*since).into() },
            ErrorKind::NoSeat => Self::NoSeat {},
            ErrorKind::Unauthenticated => Self::Unauthenticated {},
            ErrorKind::WrongCode { left } => Self::WrongCode { left: *left },
            ErrorKind::Barred { until } => Self::Barred { until: (*until).into() },
            ErrorKind::NotActivated => Self::NotActivated {},
            ErrorKind::ManufacturingStarted { at } => Self::ManufacturingStarted { at: (*at).into() },
            ErrorKind::NotReady { missing } => Self::NotReady { missing: missing.iter().map(Missing::from).collect() },
            ErrorKind::Offline { device } => Self::DeviceOffline { device: device.to_string() },
            ErrorKind::CannotJoin { device, reason } => {
                Self::CannotJoin { device: device.to_string(), reason: reason.clone() }
            }
            ErrorKind::ProductIdUsed { id } => Self::ProductIdUsed { product: id.get() },
            ErrorKind::QuoteExpired => Self::QuoteExpired {},
            ErrorKind::RenewalUnpaid { product, invoice } => {
                Self::RenewalUnpaid { product: product.get(), invoice: *invoice }
            }
            ErrorKind::RenewalDue { since } => Self::RenewalDue { since: (*since).into() },
            ErrorKind::ClockLeap { last, now, days } => {
                Self::ClockLeap { last: (*last).into(), now: (*now).into(), days: *days }
            }
            ErrorKind::ChargeOpen { charge } => Self::ChargeOpen { charge: *charge },
            ErrorKind::UnknownCharge => Self::UnknownCharge {},
            ErrorKind::ChargeFinished => Self::ChargeFinished {},
            ErrorKind::CardMissing => Self::CardMissing {},
            ErrorKind::PriceByAgreement { tier, interval } => {
                Self::PriceByAgreement { tier: tier.to_string(), interval: (*interval).into() }
            }
            ErrorKind::NotAnUpgrade { problem } => Self::NotAnUpgrade { problem: (*problem).to_owned() },
            ErrorKind::NoPlan => Self::NoPlan {},
            ErrorKind::Store(_) => Self::StoreFailed {},
            _ => Self::OtherFailure {},
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
