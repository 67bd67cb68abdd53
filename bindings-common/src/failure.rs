//! Failures in flat form: a code, a message, and a kind with the data that a caller branches on.

use crate::Moment;
use crate::plain::count;
use crate::shapes::{Command, Interval, Limit, Missing};
use fleet_core::{Error, ErrorKind};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a call failed. Nothing was changed, unless the operation's documentation says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A stable code, the same in every language.
    pub code: String,
    /// A sentence for people. It says what to do next.
    pub message: String,
    /// Whether the same call may succeed when retried, without any other change.
    pub is_transient: bool,
    /// The kind of failure, with the data that a caller branches on.
    pub kind: FailureKind,
}

macro_rules! kinds {
    (@record [$($meta:tt)*]) => {};
    (@record [$($meta:tt)*] $record:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }) => {
        $($meta)*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "mobile", derive(uniffi::Record))]
        pub struct $record {
            $($(#[$field_meta])* pub $field: $ty,)*
        }
    };
    ($(
        $(#[$meta:meta])*
        $kind:ident $(($record:ident) { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* })?,
    )*) => {
        /// The kind of failure. In Python each is an exception of that name, with the fields as attributes.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "mobile", derive(uniffi::Enum))]
        pub enum FailureKind {
            $($(#[$meta])* $kind $(($record))?,)*
        }

        $(kinds!(@record [$(#[$meta])*] $($record { $($(#[$field_meta])* $field: $ty,)* })?);)*

        #[cfg(feature = "node")]
        crate::macros::flat!(FailureKind { $($kind $(($record) { $($field: $ty,)* })?,)* });

        impl FailureKind {
            /// The name of every kind.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($kind)),*];

            /// The kind's name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind $(($record { .. }))? => stringify!($kind),)*
                }
            }

            #[cfg(feature = "node")]
            pub(crate) const DESCRIBED: &'static [crate::typescript::Variant] = &[$(crate::typescript::Variant {
                kind: stringify!($kind),
                name: stringify!($kind),
                docs: &[$(stringify!($meta)),*],
                is_argument: false,
                fields: crate::macros::fields!($($($(#[$field_meta])* $field: $ty,)*)?),
            }),*];

            /// Sets each field as an attribute of an exception.
            #[cfg(feature = "python")]
            pub(crate) fn set_attributes(self, exception: &pyo3::Bound<'_, pyo3::PyAny>) -> pyo3::PyResult<()> {
                use pyo3::types::PyAnyMethods as _;
                match self {
                    $(Self::$kind $(($record { $($field,)* }))? => {
                        $($(exception.setattr(stringify!($field), $field)?;)*)?
                        let _ = exception;
                    })*
                }
                Ok(())
            }
        }
    };
}

kinds! {
    /// The thing does not exist, or the actor may not know that it exists.
    NotFound(NotFoundFailure) {
        /// The kind of thing that was looked for.
        what: String,
    },
    /// The actor may see the thing but may not do this to it.
    Forbidden(ForbiddenFailure) {
        /// The requested command.
        command: Command,
        /// The people who may do it.
        needs: String,
    },
    /// An argument is out of its range or malformed.
    Invalid(InvalidFailure) {
        /// The argument's name.
        field: String,
        /// What is wrong with the value, and what would be valid.
        problem: String,
    },
    /// A name that must be unique is already in use.
    Taken(TakenFailure) {
        /// What must be unique.
        what: String,
        /// The value that is in use.
        value: String,
    },
    /// A tier's limit would be exceeded.
    LimitExceeded(LimitExceededFailure) {
        /// The limit, and the tier that would be enough.
        limit: Limit,
    },
    /// A device list cannot be read at all; the code says why.
    UnreadableFile,
    /// The caller stopped an import; devices already added stay.
    Cancelled(CancelledFailure) {
        /// Number of devices added before the stop.
        added: i64,
    },
    /// An uploaded binary is not this product's next firmware; the code says why.
    UploadRefused,
    /// A version does not yet run on enough devices.
    NotProven(NotProvenFailure) {
        /// The version that was to be released.
        version: u16,
        /// Number of devices that must run it.
        needed: u32,
        /// Number of devices that run it.
        running: u32,
    },
    /// Firmware that is or was released, or that devices are locked to.
    FirmwareInUse(FirmwareInUseFailure) {
        /// The version.
        version: u16,
        /// What keeps it in use.
        reason: String,
    },
    /// The account is on the team already, or has an open invitation.
    AlreadyInvited(AlreadyInvitedFailure) {
        /// The account.
        email: String,
    },
    /// Something with a limited life has expired.
    Expired(ExpiredFailure) {
        /// What has expired.
        what: String,
        /// When it expired.
        at: Moment,
    },
    /// The owner cannot leave the team.
    OwnerStays,
    /// An account is locked; the message says what lifts the lock.
    AccountLocked(AccountLockedFailure) {
        /// Since when.
        since: Moment,
    },
    /// The team has no free seat for the invited account.
    NoSeat,
    /// The token is unknown, expired or revoked.
    Unauthenticated,
    /// The code is wrong.
    WrongCode(WrongCodeFailure) {
        /// Number of wrong codes that are left. Absent if they are not counted.
        left: Option<u8>,
    },
    /// There were too many wrong codes.
    Barred(BarredFailure) {
        /// Until when.
        until: Moment,
    },
    /// The customer is not in the private beta yet.
    NotActivated,
    /// Manufacturing has begun, so the settings that the line is programmed with cannot change.
    ManufacturingStarted(ManufacturingStartedFailure) {
        /// When.
        at: Moment,
    },
    /// Something is missing before manufacturing.
    NotReady(NotReadyFailure) {
        /// Everything that is missing.
        missing: Vec<Missing>,
    },
    /// The device is not connected.
    DeviceOffline(DeviceOfflineFailure) {
        /// The device.
        device: String,
    },
    /// A device may not join the product.
    CannotJoin(CannotJoinFailure) {
        /// The device.
        device: String,
        /// The reason, as a sentence.
        reason: String,
    },
    /// A product's number is or was in use.
    ProductIdUsed(ProductIdUsedFailure) {
        /// The number.
        product: u32,
    },
    /// A quote has expired, or the product's plan has changed since it was given.
    QuoteExpired,
    /// An upgrade was requested while a renewal is unpaid.
    RenewalUnpaid(RenewalUnpaidFailure) {
        /// The product.
        product: u32,
        /// The invoice.
        invoice: u32,
    },
    /// The period is over, and its renewal is not issued yet.
    RenewalDue(RenewalDueFailure) {
        /// Since when.
        since: Moment,
    },
    /// The clock leapt, and nobody confirmed it.
    ClockLeap(ClockLeapFailure) {
        /// The moment of the last advance. If there was none, the moment since when something is due.
        last: Moment,
        /// The moment that the clock shows now.
        now: Moment,
        /// Number of days that the clock may leap.
        days: u32,
    },
    /// The request depends on a charge that has no outcome yet.
    ChargeOpen(ChargeOpenFailure) {
        /// Its number within the product.
        charge: u32,
    },
    /// No charge has this key.
    UnknownCharge,
    /// The outcome of the charge was reported before, and stands.
    ChargeFinished,
    /// There is no card that can be charged.
    CardMissing,
    /// The tier is not sold at this interval and in this currency.
    PriceByAgreement(PriceByAgreementFailure) {
        /// The tier.
        tier: String,
        /// The interval.
        interval: Interval,
    },
    /// The requested change is not an upgrade.
    NotAnUpgrade(NotAnUpgradeFailure) {
        /// What it is, and who can make it.
        problem: String,
    },
    /// The product has no paid plan.
    NoPlan,
    /// The store failed; the code says why.
    StoreFailed,
    /// A stream of events has a gap because nobody read it in time. The missing events are in the log.
    EventsMissed(EventsMissedFailure) {
        /// Number of missing events.
        missed: i64,
    },
    /// Any other failure of a newer core; the code says which.
    OtherFailure,
}

impl Failure {
    /// A malformed argument.
    pub fn invalid(field: &'static str, problem: impl Into<String>) -> Self {
        Error::from(ErrorKind::Invalid { field, problem: problem.into() }).into()
    }
}

impl Failure {
    /// A walk over a stream that was too slow.
    pub(crate) fn events_missed(missed: i64) -> Self {
        let advice = "read them with `follow_events`, or continue without them";
        Self {
            code: "events_missed".to_owned(),
            message: format!("{missed} events arrived faster than they were read and are missing here: {advice}"),
            is_transient: false,
            kind: FailureKind::EventsMissed(EventsMissedFailure { missed }),
        }
    }

    /// A fault of this library.
    pub fn panicked() -> Self {
        Self {
            code: "panicked".to_owned(),
            message: "an internal fault in fleet-core ended this call; please report it".to_owned(),
            is_transient: false,
            kind: FailureKind::OtherFailure,
        }
    }
}

impl Failure {
    /// The same for a language that writes argument names as `reportedAt`.
    #[cfg(any(feature = "node", feature = "mobile"))]
    #[must_use]
    pub fn in_camel_case(mut self) -> Self {
        if let FailureKind::Invalid(InvalidFailure { field, .. }) = &mut self.kind
            && field.contains('_')
        {
            let written = crate::plain::camel_case(field);
            self.message = self.message.replacen(field.as_str(), &written, 1);
            *field = written;
        }
        self
    }
}

/// Runs a call and turns a panic into this library's own error.
///
/// # Errors
/// The call's error, or that it panicked.
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
            ErrorKind::NotFound { what } => Self::NotFound(NotFoundFailure { what: (*what).to_owned() }),
            ErrorKind::Forbidden { command, needs } => {
                Self::Forbidden(ForbiddenFailure { command: (*command).into(), needs: (*needs).to_owned() })
            }
            ErrorKind::Invalid { field, problem } => {
                Self::Invalid(InvalidFailure { field: (*field).to_owned(), problem: problem.clone() })
            }
            ErrorKind::Taken { what, value } => {
                Self::Taken(TakenFailure { what: (*what).to_owned(), value: value.clone() })
            }
            ErrorKind::LimitExceeded(limit) => Self::LimitExceeded(LimitExceededFailure { limit: limit.into() }),
            ErrorKind::UnreadableFile(_) => Self::UnreadableFile,
            ErrorKind::Cancelled { added } => Self::Cancelled(CancelledFailure { added: count(*added) }),
            ErrorKind::UploadRefused(_) => Self::UploadRefused,
            ErrorKind::NotProven { version, gate, running } => {
                Self::NotProven(NotProvenFailure { version: version.get(), needed: gate.devices, running: *running })
            }
            ErrorKind::FirmwareInUse { version, by } => {
                Self::FirmwareInUse(FirmwareInUseFailure { version: version.get(), reason: by.to_string() })
            }
            ErrorKind::AlreadyInvited { email } => Self::AlreadyInvited(AlreadyInvitedFailure { email: email.clone() }),
            ErrorKind::Expired { what, at } => {
                Self::Expired(ExpiredFailure { what: (*what).to_owned(), at: (*at).into() })
            }
            ErrorKind::OwnerStays => Self::OwnerStays,
            ErrorKind::Locked { since, .. } => Self::AccountLocked(AccountLockedFailure { since: (*since).into() }),
            ErrorKind::NoSeat => Self::NoSeat,
            ErrorKind::Unauthenticated => Self::Unauthenticated,
            ErrorKind::WrongCode { left } => Self::WrongCode(WrongCodeFailure { left: *left }),
            ErrorKind::Barred { until } => Self::Barred(BarredFailure { until: (*until).into() }),
            ErrorKind::NotActivated => Self::NotActivated,
            ErrorKind::ManufacturingStarted { at } => {
                Self::ManufacturingStarted(ManufacturingStartedFailure { at: (*at).into() })
            }
            ErrorKind::NotReady { missing } => {
                Self::NotReady(NotReadyFailure { missing: missing.iter().map(Missing::from).collect() })
            }
            ErrorKind::Offline { device } => Self::DeviceOffline(DeviceOfflineFailure { device: device.to_string() }),
            ErrorKind::CannotJoin { device, verdict } => {
                Self::CannotJoin(CannotJoinFailure { device: device.to_string(), reason: verdict.to_string() })
            }
            ErrorKind::ListedPlatform { device, known, listed } => {
                let reason =
                    format!("its platform is {known}, the list says {listed}; correct the list, or the device");
                Self::CannotJoin(CannotJoinFailure { device: device.to_string(), reason })
            }
            ErrorKind::ProductIdUsed { id } => Self::ProductIdUsed(ProductIdUsedFailure { product: id.get() }),
            ErrorKind::QuoteExpired => Self::QuoteExpired,
            ErrorKind::RenewalUnpaid { product, invoice } => {
                Self::RenewalUnpaid(RenewalUnpaidFailure { product: product.get(), invoice: *invoice })
            }
            ErrorKind::RenewalDue { since } => Self::RenewalDue(RenewalDueFailure { since: (*since).into() }),
            ErrorKind::ClockLeap { last, now, days } => {
                Self::ClockLeap(ClockLeapFailure { last: (*last).into(), now: (*now).into(), days: *days })
            }
            ErrorKind::ChargeOpen { charge } => Self::ChargeOpen(ChargeOpenFailure { charge: *charge }),
            ErrorKind::UnknownCharge => Self::UnknownCharge,
            ErrorKind::ChargeFinished => Self::ChargeFinished,
            ErrorKind::CardMissing => Self::CardMissing,
            ErrorKind::PriceByAgreement { tier, interval } => {
                Self::PriceByAgreement(PriceByAgreementFailure { tier: tier.to_string(), interval: (*interval).into() })
            }
            ErrorKind::NotAnUpgrade { change } => {
                Self::NotAnUpgrade(NotAnUpgradeFailure { problem: change.to_string() })
            }
            ErrorKind::NoPlan => Self::NoPlan,
            ErrorKind::Store(_) => Self::StoreFailed,
            _ => Self::OtherFailure,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
