//! The keys of records.
//!
//! A key begins with its partition: a product, an account, the device registry, the outbox, the clock, or the
//! directory. A distributed engine can place rows by partition. Commits touch more than one partition only when a
//! device or a product is added or removed (import, approve, claim, remove, create) and when something is billed or
//! paid.

mod bytes;

use super::Range;
use crate::customer::CustomerId;
use crate::device::DeviceId;
use crate::event::LAST_SEQUENCE;
use crate::firmware::Sha256;
use crate::product::ProductId;
use crate::team::AccountId;
use crate::text::NAME;
use crate::time::Timestamp;
use std::sync::Arc;

/// The key of a record.
///
/// Within one [`Kind`] and partition, keys are ordered as their [encoded](Key::encode) bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key {
    /// The next numbers to assign.
    Directory,
    /// An account.
    Account(AccountId),
    /// The account that has this e-mail address.
    Email(Arc<str>),
    /// Marks an account as a member of a product's team.
    Membership(AccountId, ProductId),
    /// Marks an invitation of an account to a product's team.
    Invitation(AccountId, ProductId),
    /// Marks a device, in no product, as claimed by an account.
    Claim(AccountId, DeviceId),
    /// A device's entry in the registry.
    Registration(DeviceId),
    /// A product.
    Product(ProductId),
    /// A product's team.
    Team(ProductId),
    /// A product's firmware.
    Firmware(ProductId),
    /// The number of devices of a product.
    DeviceCount(ProductId),
    /// A device in a product.
    Device(ProductId, DeviceId),
    /// A counter of a product, in one of its slots.
    Tally(ProductId, Tally, u8),
    /// An entry in a product's audit log.
    Audit(ProductId, AuditId),
    /// A notice for the host that is not acknowledged yet.
    Notice(ProductId, Arc<str>),
    /// A product's answers to the questions of its configuration.
    Configuration(ProductId),
    /// The number of customers of a product.
    CustomerCount(ProductId),
    /// A customer of a product.
    Customer(ProductId, CustomerId),
    /// The customer of a product with this user name.
    CustomerName(ProductId, Arc<str>),
    /// A guest of a product's private beta, by the user name of the invitation.
    Guest(ProductId, Arc<str>),
    /// Marks an activation code as one of a guest.
    ActivationCode(ProductId, [u8; 4]),
    /// The hash of a device's own claim code.
    DeviceCode(ProductId, DeviceId),
    /// The messages of a product in one of its usage months, by the month's number since its creation.
    UsageMonth(ProductId, u32),
    /// The owner of the token with this hash. Boxed, so that the keys of devices stay small.
    Token(Box<Sha256>),
    /// The owner of the claim code with this hash.
    ClaimCode(Box<Sha256>),
    /// The subscriptions to a product's events.
    EventSubscriptions(ProductId),
    /// The head of a slot of a product's event log.
    EventLog(ProductId, u8),
    /// An event of a product, by its slot and its number there, below 2^63.
    Event(ProductId, u8, u64),
    /// The place of the event whose device and id have this hash.
    EventId(ProductId, [u8; 16]),
    /// The errors that the devices of a slot reported.
    DeviceErrors(ProductId, u8),
    /// A product's billing.
    Contract(ProductId),
    /// An account's payments.
    Payer(AccountId),
    /// An invoice of a product.
    Invoice(ProductId, u32),
    /// A charge of a product that is still open.
    Charge(ProductId, u32),
    /// Marks a product's billing as due at a moment.
    ProductDue(Timestamp, ProductId),
    /// Marks an account's payments as due at a moment.
    AccountDue(Timestamp, AccountId),
    /// An entry in an account's audit log.
    AccountAudit(AccountId, Box<AuditId>),
    /// The customer of a product with this vendor's user or linked account.
    CustomerIdentity(ProductId, Arc<str>),
    /// The key that codes printed on devices are hashed with.
    StickerKey,
    /// The number of devices that are locked to each version of a product's firmware.
    FirmwareLocks(ProductId),
    /// Marks a device of a product as having a name. Boxed, so that the keys of devices stay small.
    DeviceName(ProductId, Box<DeviceName>),
    /// A record of the journal that a layer such as `Journaled` keeps in its inner store, by its number; 0 is its
    /// [head](super::JournalHead).
    Journal(u64),
}

/// The kinds of record: one for each variant of [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// [`Key::Directory`].
    Directory = 1,
    /// [`Key::Account`].
    Account = 2,
    /// [`Key::Email`].
    Email = 3,
    /// [`Key::Membership`].
    Membership = 4,
    /// [`Key::Claim`].
    Claim = 5,
    /// [`Key::Registration`].
    Registration = 6,
    /// [`Key::Product`].
    Product = 7,
    /// [`Key::Team`].
    Team = 8,
    /// [`Key::Firmware`].
    Firmware = 9,
    /// [`Key::DeviceCount`].
    DeviceCount = 10,
    /// [`Key::Device`].
    Device = 11,
    /// [`Key::Tally`].
    Tally = 12,
    /// [`Key::Audit`].
    Audit = 13,
    /// [`Key::Notice`].
    Notice = 14,
    /// [`Key::Invitation`].
    Invitation = 15,
    /// [`Key::Configuration`].
    Configuration = 16,
    /// [`Key::CustomerCount`].
    CustomerCount = 17,
    /// [`Key::Customer`].
    Customer = 18,
    /// [`Key::CustomerName`].
    CustomerName = 19,
    /// [`Key::Guest`].
    Guest = 20,
    /// [`Key::ActivationCode`].
    ActivationCode = 21,
    /// [`Key::DeviceCode`].
    DeviceCode = 22,
    /// [`Key::Token`].
    Token = 23,
    /// [`Key::ClaimCode`].
    ClaimCode = 24,
    /// [`Key::EventSubscriptions`].
    EventSubscriptions = 25,
    /// [`Key::EventLog`].
    EventLog = 26,
    /// [`Key::Event`].
    Event = 27,
    /// [`Key::EventId`].
    EventId = 28,
    /// [`Key::DeviceErrors`].
    DeviceErrors = 29,
    /// [`Key::UsageMonth`].
    UsageMonth = 30,
    /// [`Key::Contract`].
    Contract = 32,
    /// [`Key::Payer`].
    Payer = 33,
    /// [`Key::Invoice`].
    Invoice = 34,
    /// [`Key::Charge`].
    Charge = 35,
    /// [`Key::ProductDue`].
    ProductDue = 36,
    /// [`Key::AccountDue`].
    AccountDue = 37,
    /// [`Key::AccountAudit`].
    AccountAudit = 50,
    /// [`Key::CustomerIdentity`].
    CustomerIdentity = 51,
    /// [`Key::StickerKey`].
    StickerKey = 52,
    /// [`Key::FirmwareLocks`].
    FirmwareLocks = 53,
    /// [`Key::DeviceName`].
    DeviceName = 54,
    /// [`Key::Journal`].
    Journal = 255,
}

impl Key {
    /// Whether a store deletes this counter when it reaches 0. These counters are deleted because there is one for each
    /// version that any device ever reported.
    pub fn ends_at_zero(&self) -> bool {
        matches!(self, Self::Tally(_, Tally::Version(_), _))
    }
}

impl Kind {
    /// The name of the kind, for searching records with SQL: `kind = 'audit'`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Account => "account",
            Self::Email => "email",
            Self::Membership => "membership",
            Self::Claim => "claim",
            Self::Registration => "registration",
            Self::Product => "product",
            Self::Team => "team",
            Self::Firmware => "firmware",
            Self::DeviceCount => "device_count",
            Self::Device => "device",
            Self::Tally => "tally",
            Self::Audit => "audit",
            Self::Notice => "notice",
            Self::Invitation => "invitation",
            Self::Configuration => "configuration",
            Self::CustomerCount => "customer_count",
            Self::Customer => "customer",
            Self::CustomerName => "customer_name",
            Self::Guest => "guest",
            Self::ActivationCode => "activation_code",
            Self::DeviceCode => "device_code",
            Self::Token => "token",
            Self::ClaimCode => "claim_code",
            Self::EventSubscriptions => "event_subscriptions",
            Self::EventLog => "event_log",
            Self::Event => "event",
            Self::EventId => "event_id",
            Self::DeviceErrors => "device_errors",
            Self::UsageMonth => "usage_month",
            Self::Contract => "subscription",
            Self::Payer => "payer",
            Self::Invoice => "invoice",
            Self::Charge => "charge",
            Self::ProductDue => "product_due",
            Self::AccountDue => "account_due",
            Self::AccountAudit => "account_audit",
            Self::CustomerIdentity => "customer_identity",
            Self::StickerKey => "sticker_key",
            Self::FirmwareLocks => "firmware_locks",
            Self::DeviceName => "device_name",
            Self::Journal => "journal",
        }
    }
}

/// What is counted of a product's devices, so that a summary does not have to read them (R-SEE-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Tally {
    /// In the product.
    Members,
    /// Waiting for approval.
    Quarantined,
    /// Denied.
    Denied,
    /// In the product and connected.
    Online,
    /// In the product and not seen since they joined it.
    NeverSeen,
    /// Locked to a version.
    Locked,
    /// Marked as development devices.
    Development,
    /// Held because their hardware is not the product's.
    WrongPlatform,
    /// With a pending update.
    Pending,
    /// With failed latest attempts.
    Failing,
    /// Reporting the right version with another image.
    ImageDiffers,
    /// Reporting no version.
    NoVersion,
    /// Reporting this version.
    Version(u16),
}

/// A device's name in the index of names, and the device that has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceName {
    /// The name in its form for comparison.
    pub name: Arc<str>,
    /// The device.
    pub device: DeviceId,
}

/// The key of an audit record: its moment, and a number that orders records of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuditId {
    /// When it was done.
    pub at: Timestamp,
    /// Orders what one process did at that moment, and distinguishes what several processes did.
    pub nonce: u64,
}

impl Key {
    /// The kind of record that the key names.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Directory => Kind::Directory,
            Self::Account(_) => Kind::Account,
            Self::Email(_) => Kind::Email,
            Self::Membership(..) => Kind::Membership,
            Self::Invitation(..) => Kind::Invitation,
            Self::Claim(..) => Kind::Claim,
            Self::Registration(_) => Kind::Registration,
            Self::Product(_) => Kind::Product,
            Self::Team(_) => Kind::Team,
            Self::Firmware(_) => Kind::Firmware,
            Self::DeviceCount(_) => Kind::DeviceCount,
            Self::Device(..) => Kind::Device,
            Self::Tally(..) => Kind::Tally,
            Self::Audit(..) => Kind::Audit,
            Self::Notice(..) => Kind::Notice,
            Self::Configuration(..) => Kind::Configuration,
            Self::CustomerCount(..) => Kind::CustomerCount,
            Self::Customer(..) => Kind::Customer,
            Self::CustomerName(..) => Kind::CustomerName,
            Self::Guest(..) => Kind::Guest,
            Self::ActivationCode(..) => Kind::ActivationCode,
            Self::DeviceCode(..) => Kind::DeviceCode,
            Self::Token(..) => Kind::Token,
            Self::ClaimCode(..) => Kind::ClaimCode,
            Self::EventSubscriptions(_) => Kind::EventSubscriptions,
            Self::EventLog(..) => Kind::EventLog,
            Self::Event(..) => Kind::Event,
            Self::EventId(..) => Kind::EventId,
            Self::DeviceErrors(..) => Kind::DeviceErrors,
            Self::UsageMonth(..) => Kind::UsageMonth,
            Self::Contract(..) => Kind::Contract,
            Self::Payer(..) => Kind::Payer,
            Self::Invoice(..) => Kind::Invoice,
            Self::Charge(..) => Kind::Charge,
            Self::ProductDue(..) => Kind::ProductDue,
            Self::AccountDue(..) => Kind::AccountDue,
            Self::AccountAudit(..) => Kind::AccountAudit,
            Self::CustomerIdentity(..) => Kind::CustomerIdentity,
            Self::StickerKey => Kind::StickerKey,
            Self::FirmwareLocks(_) => Kind::FirmwareLocks,
            Self::DeviceName(..) => Kind::DeviceName,
            Self::Journal(_) => Kind::Journal,
        }
    }

    /// The account that the key names.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(account)
            | Self::Membership(account, _)
            | Self::Invitation(account, _)
            | Self::Claim(account, _)
            | Self::AccountAudit(account, _)
            | Self::Payer(account)
            | Self::AccountDue(_, account) => Some(*account),
            _ => None,
        }
    }

    /// The product that the key names.
    pub fn product(&self) -> Option<ProductId> {
        match self {
            Self::Membership(_, product)
            | Self::Invitation(_, product)
            | Self::Product(product)
            | Self::Team(product)
            | Self::Firmware(product)
            | Self::FirmwareLocks(product)
            | Self::DeviceName(product, _)
            | Self::DeviceCount(product)
            | Self::Device(product, _)
            | Self::Tally(product, ..)
            | Self::Audit(product, _)
            | Self::Notice(product, _)
            | Self::Configuration(product)
            | Self::CustomerCount(product)
            | Self::Customer(product, _)
            | Self::CustomerName(product, _)
            | Self::CustomerIdentity(product, _)
            | Self::Guest(product, _)
            | Self::ActivationCode(product, _)
            | Self::DeviceCode(product, _)
            | Self::EventSubscriptions(product)
            | Self::EventLog(product, _)
            | Self::Event(product, ..)
            | Self::EventId(product, _)
            | Self::DeviceErrors(product, _)
            | Self::UsageMonth(product, _)
            | Self::Contract(product)
            | Self::Invoice(product, _)
            | Self::Charge(product, _)
            | Self::ProductDue(_, product) => Some(*product),
            Self::Directory
            | Self::Account(_)
            | Self::Email(_)
            | Self::Claim(..)
            | Self::Registration(_)
            | Self::Token(_)
            | Self::ClaimCode(_)
            | Self::Payer(_)
            | Self::AccountAudit(..)
            | Self::AccountDue(..)
            | Self::StickerKey
            | Self::Journal(_) => None,
        }
    }

    /// The range of all devices of a product.
    pub fn devices(product: ProductId) -> Range {
        let key = |byte| Self::Device(product, DeviceId::new([byte; 12]));
        Range::new(key(0), key(0xFF))
    }

    /// Marks a device as having this name, in its form for comparison.
    pub(crate) fn device_name(product: ProductId, name: &str, device: DeviceId) -> Self {
        Self::DeviceName(product, Box::new(DeviceName { name: name.into(), device }))
    }

    /// The range of the names of a product's devices that begin with a prefix, both in their form for comparison.
    pub fn device_names(product: ProductId, prefix: &str) -> Range {
        // A name has 100 characters at most, so no name with this prefix comes after this one.
        let last = format!("{prefix}{}", "\u{10FFFF}".repeat(NAME.end() + 1));
        let key = |name: &str, byte| Self::device_name(product, name, DeviceId::new([byte; 12]));
        Range::new(key(prefix, 0), key(&last, 0xFF))
    }

    /// The range of all counters of a product.
    pub fn tallies(product: ProductId) -> Range {
        Range::new(Self::Tally(product, Tally::Members, 0), Self::Tally(product, Tally::Version(u16::MAX), u8::MAX))
    }

    /// The range of a product's audit log.
    pub fn audits(product: ProductId) -> Range {
        let key = |at, nonce| Self::Audit(product, AuditId { at: Timestamp::from_millis(at), nonce });
        Range::new(key(i64::MIN, 0), key(i64::MAX, u64::MAX))
    }

    /// The range of an account's audit log.
    pub fn account_audits(account: AccountId) -> Range {
        let key = |at, nonce| Self::AccountAudit(account, AuditId { at: Timestamp::from_millis(at), nonce }.into());
        Range::new(key(i64::MIN, 0), key(i64::MAX, u64::MAX))
    }

    /// The range of an account's invitations to teams.
    pub fn invitations(account: AccountId) -> Range {
        Range::new(Self::Invitation(account, ProductId::FIRST), Self::Invitation(account, ProductId::LAST))
    }

    /// The range of a product's customers.
    pub fn customers(product: ProductId) -> Range {
        Range::new(Self::Customer(product, CustomerId::FIRST), Self::Customer(product, CustomerId::LAST))
    }

    /// The range of the guests of a product's private beta.
    pub fn guests(product: ProductId) -> Range {
        Range::new(Self::Guest(product, "".into()), Self::Guest(product, "\u{10FFFF}".into()))
    }

    /// The range of the events in a slot of a product's log.
    pub fn events(product: ProductId, slot: u8) -> Range {
        Range::new(Self::Event(product, slot, 0), Self::Event(product, slot, LAST_SEQUENCE))
    }

    /// The range of the devices that an account has claimed.
    pub fn claims(account: AccountId) -> Range {
        let key = |byte| Self::Claim(account, DeviceId::new([byte; 12]));
        Range::new(key(0), key(0xFF))
    }

    /// The range of an account's memberships in teams.
    pub fn memberships(account: AccountId) -> Range {
        Range::new(Self::Membership(account, ProductId::FIRST), Self::Membership(account, ProductId::LAST))
    }

    /// The range of all notices for the host.
    pub fn notices() -> Range {
        let (first, last) =
            (Self::Notice(ProductId::FIRST, "".into()), Self::Notice(ProductId::LAST, "\u{10FFFF}".into()));
        Range::new(first, last)
    }

    /// The range of a product's invoices.
    pub fn invoices(product: ProductId) -> Range {
        Range::new(Self::Invoice(product, 0), Self::Invoice(product, u32::MAX))
    }

    /// The range of all open charges.
    pub fn charges() -> Range {
        Range::new(Self::Charge(ProductId::FIRST, 0), Self::Charge(ProductId::LAST, u32::MAX))
    }

    /// The range of a product's open charges.
    pub fn charges_of(product: ProductId) -> Range {
        Range::new(Self::Charge(product, 0), Self::Charge(product, u32::MAX))
    }

    /// The range of the products with something due until a moment, the earliest first.
    pub fn products_due(until: Timestamp) -> Range {
        let first = Timestamp::from_millis(i64::MIN);
        Range::new(Self::ProductDue(first, ProductId::FIRST), Self::ProductDue(until, ProductId::LAST))
    }

    /// The range of the accounts with something due until a moment, the earliest first.
    pub fn accounts_due(until: Timestamp) -> Range {
        let first = Timestamp::from_millis(i64::MIN);
        Range::new(Self::AccountDue(first, AccountId::FIRST), Self::AccountDue(until, AccountId::LAST))
    }
}
