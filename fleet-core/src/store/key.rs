//! The names of records.
//!
//! A key begins with its partition: a product, an account, the device registry, the outbox, the clock, or the directory. An engine that is
//! spread over machines can place rows by it. Commits touch more than one partition only where a device or a product
//! comes or goes: import, approve, claim, remove, create; and where something is billed or paid.

use super::Range;
use crate::customer::CustomerId;
use crate::device::DeviceId;
use crate::event::LAST_SEQUENCE;
use crate::firmware::Sha256;
use crate::product::ProductId;
use crate::team::AccountId;
use crate::time::Timestamp;
use std::sync::Arc;

/// The name of a record.
///
/// Within one [`Kind`] and partition, keys are ordered as their [encoded](Key::encode) bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key {
    /// The numbers to give out next.
    Directory,
    /// An account.
    Account(AccountId),
    /// Which account has this e-mail.
    Email(Arc<str>),
    /// That an account is on a product's team.
    Membership(AccountId, ProductId),
    /// That an account was asked to join a product's team.
    Invitation(AccountId, ProductId),
    /// That an account claimed a device that is in no product.
    Claim(AccountId, DeviceId),
    /// A device's entry in the registry.
    Registration(DeviceId),
    /// A product.
    Product(ProductId),
    /// A product's team.
    Team(ProductId),
    /// A product's firmware.
    Firmware(ProductId),
    /// How many devices a product has.
    DeviceCount(ProductId),
    /// A device in a product.
    Device(ProductId, DeviceId),
    /// A counter of a product, in one of its slots.
    Tally(ProductId, Tally, u8),
    /// What was done to a product.
    Audit(ProductId, AuditId),
    /// A notice that waits for the host.
    Notice(ProductId, Arc<str>),
    /// A product's answers to the configuration's questions.
    Configuration(ProductId),
    /// How many customers a product has.
    CustomerCount(ProductId),
    /// A customer of a product.
    Customer(ProductId, CustomerId),
    /// Which customer of a product has this user name.
    CustomerName(ProductId, Arc<str>),
    /// A guest of a product's private beta, by the user name they were invited by.
    Guest(ProductId, Arc<str>),
    /// That this activation code is a guest's.
    ActivationCode(ProductId, [u8; 4]),
    /// The hash of a device's own claim code.
    DeviceCode(ProductId, DeviceId),
    /// What a product sent in one of its usage months, by the month's number from its creation.
    UsageMonth(ProductId, u32),
    /// Whose the token of this hash is. Boxed, so that the keys of devices stay small.
    Token(Box<Sha256>),
    /// Whose the claim code of this hash is.
    ClaimCode(Box<Sha256>),
    /// Who a product's events are sent to.
    EventSubscriptions(ProductId),
    /// The head of a slot of a product's event log.
    EventLog(ProductId, u8),
    /// An event of a product, by its slot and its number there, below 2^63.
    Event(ProductId, u8, u64),
    /// Where the event is whose device and id have this hash.
    EventId(ProductId, [u8; 16]),
    /// What errors the devices of a slot reported.
    DeviceErrors(ProductId, u8),
    /// A product's billing.
    Subscription(ProductId),
    /// An account's payments.
    Payer(AccountId),
    /// An invoice of a product.
    Invoice(ProductId, u32),
    /// A charge of a product's that has no outcome yet.
    Charge(ProductId, u32),
    /// That something is due for a product's billing at a moment.
    ProductDue(Timestamp, ProductId),
    /// That something is due for an account's payments at a moment.
    AccountDue(Timestamp, AccountId),
    /// A record of the journal that [`Journaled`](super::Journaled) keeps in its inner store, by its number; 0 is its head.
    Journal(u64),
}

/// The kinds of record: one for each form of key.
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
    /// [`Key::Subscription`].
    Subscription = 32,
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
    /// [`Key::Journal`].
    Journal = 255,
}

impl Kind {
    /// Its name, for those who look for records with SQL: `kind = 'audit'`.
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
            Self::Subscription => "subscription",
            Self::Payer => "payer",
            Self::Invoice => "invoice",
            Self::Charge => "charge",
            Self::ProductDue => "product_due",
            Self::AccountDue => "account_due",
            Self::Journal => "journal",
        }
    }
}

/// What is counted of a product's devices, so that a summary does not read them (R-SEE-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Tally {
    /// In the product.
    Members,
    /// Waiting to be let in.
    Quarantined,
    /// Shut out.
    Denied,
    /// In the product and connected.
    Online,
    /// In the product and never seen since.
    NeverSeen,
    /// Locked to a version.
    Locked,
    /// Marked as development devices.
    Development,
    /// Held because their hardware is not the product's.
    WrongPlatform,
    /// With an update on its way.
    Pending,
    /// Whose latest attempt or attempts failed.
    Failing,
    /// Reporting the right version with another image.
    ImageDiffers,
    /// Reporting no version.
    NoVersion,
    /// Reporting this version.
    Version(u16),
}

/// The name of an audit record: when, and a random number to tell those of one moment apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuditId {
    /// When it was done.
    pub at: Timestamp,
    /// A random number.
    pub nonce: u64,
}

impl Tally {
    fn code(self) -> [u8; 3] {
        let (tag, version) = match self {
            Self::Members => (1, 0),
            Self::Quarantined => (2, 0),
            Self::Denied => (3, 0),
            Self::Online => (4, 0),
            Self::NeverSeen => (5, 0),
            Self::Locked => (6, 0),
            Self::Development => (7, 0),
            Self::WrongPlatform => (8, 0),
            Self::Pending => (9, 0),
            Self::Failing => (10, 0),
            Self::ImageDiffers => (11, 0),
            Self::NoVersion => (12, 0),
            Self::Version(version) => (13, version),
        };
        let [high, low] = version.to_be_bytes();
        [tag, high, low]
    }

    fn from_code(code: [u8; 3]) -> Option<Self> {
        let [tag, high, low] = code;
        Some(match tag {
            1 => Self::Members,
            2 => Self::Quarantined,
            3 => Self::Denied,
            4 => Self::Online,
            5 => Self::NeverSeen,
            6 => Self::Locked,
            7 => Self::Development,
            8 => Self::WrongPlatform,
            9 => Self::Pending,
            10 => Self::Failing,
            11 => Self::ImageDiffers,
            12 => Self::NoVersion,
            13 => Self::Version(u16::from_be_bytes([high, low])),
            _ => return None,
        })
    }
}

const DIRECTORY: u8 = 0;
const ACCOUNT: u8 = 1;
const REGISTRY: u8 = 2;
const PRODUCT: u8 = 3;
const OUTBOX: u8 = 4;
const SECRETS: u8 = 5;
const CLOCK: u8 = 8;
const JOURNAL: u8 = 255;

impl Key {
    /// The kind of record it names.
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
            Self::Subscription(..) => Kind::Subscription,
            Self::Payer(..) => Kind::Payer,
            Self::Invoice(..) => Kind::Invoice,
            Self::Charge(..) => Kind::Charge,
            Self::ProductDue(..) => Kind::ProductDue,
            Self::AccountDue(..) => Kind::AccountDue,
            Self::Journal(_) => Kind::Journal,
        }
    }

    /// The account that it names.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(account)
            | Self::Membership(account, _)
            | Self::Invitation(account, _)
            | Self::Claim(account, _)
            | Self::Payer(account)
            | Self::AccountDue(_, account) => Some(*account),
            _ => None,
        }
    }

    /// The product that it names.
    pub fn product(&self) -> Option<ProductId> {
        match self {
            Self::Membership(_, product)
            | Self::Invitation(_, product)
            | Self::Product(product)
            | Self::Team(product)
            | Self::Firmware(product)
            | Self::DeviceCount(product)
            | Self::Device(product, _)
            | Self::Tally(product, ..)
            | Self::Audit(product, _)
            | Self::Notice(product, _)
            | Self::Configuration(product)
            | Self::CustomerCount(product)
            | Self::Customer(product, _)
            | Self::CustomerName(product, _)
            | Self::Guest(product, _)
            | Self::ActivationCode(product, _)
            | Self::DeviceCode(product, _)
            | Self::EventSubscriptions(product)
            | Self::EventLog(product, _)
            | Self::Event(product, ..)
            | Self::EventId(product, _)
            | Self::DeviceErrors(product, _)
            | Self::UsageMonth(product, _)
            | Self::Subscription(product)
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
            | Self::AccountDue(..)
            | Self::Journal(_) => None,
        }
    }

    /// All devices of a product.
    pub fn devices(product: ProductId) -> Range {
        let key = |byte| Self::Device(product, DeviceId::new([byte; 12]));
        Range::new(key(0), key(0xFF))
    }

    /// All counters of a product.
    pub fn tallies(product: ProductId) -> Range {
        Range::new(Self::Tally(product, Tally::Members, 0), Self::Tally(product, Tally::Version(u16::MAX), u8::MAX))
    }

    /// The records of a journal with these numbers.
    pub(crate) fn journal(first: u64, last: u64) -> Range {
        Range::new(Self::Journal(first), Self::Journal(last))
    }

    /// All that was done to a product.
    pub fn audits(product: ProductId) -> Range {
        let key = |at, nonce| Self::Audit(product, AuditId { at: Timestamp::from_millis(at), nonce });
        Range::new(key(i64::MIN, 0), key(i64::MAX, u64::MAX))
    }

    /// The products whose team an account was asked to join.
    pub fn invitations(account: AccountId) -> Range {
        Range::new(Self::Invitation(account, ProductId::FIRST), Self::Invitation(account, ProductId::LAST))
    }

    /// The customers of a product.
    pub fn customers(product: ProductId) -> Range {
        Range::new(Self::Customer(product, CustomerId::FIRST), Self::Customer(product, CustomerId::LAST))
    }

    /// The guests of a product's private beta.
    pub fn guests(product: ProductId) -> Range {
        Range::new(Self::Guest(product, "".into()), Self::Guest(product, "\u{10FFFF}".into()))
    }

    /// The events in a slot of a product's log.
    pub fn events(product: ProductId, slot: u8) -> Range {
        Range::new(Self::Event(product, slot, 0), Self::Event(product, slot, LAST_SEQUENCE))
    }

    /// The devices that an account has claimed.
    pub fn claims(account: AccountId) -> Range {
        let key = |byte| Self::Claim(account, DeviceId::new([byte; 12]));
        Range::new(key(0), key(0xFF))
    }

    /// The products whose team an account is on.
    pub fn memberships(account: AccountId) -> Range {
        Range::new(Self::Membership(account, ProductId::FIRST), Self::Membership(account, ProductId::LAST))
    }

    /// All notices that wait for the host.
    pub fn notices() -> Range {
        let (first, last) =
            (Self::Notice(ProductId::FIRST, "".into()), Self::Notice(ProductId::LAST, "\u{10FFFF}".into()));
        Range::new(first, last)
    }

    /// The invoices of a product.
    pub fn invoices(product: ProductId) -> Range {
        Range::new(Self::Invoice(product, 0), Self::Invoice(product, u32::MAX))
    }

    /// All charges that wait for the host.
    pub fn charges() -> Range {
        Range::new(Self::Charge(ProductId::FIRST, 0), Self::Charge(ProductId::LAST, u32::MAX))
    }

    /// The products that have something due until a moment, the earliest first.
    pub fn products_due(until: Timestamp) -> Range {
        let first = Timestamp::from_millis(i64::MIN);
        Range::new(Self::ProductDue(first, ProductId::FIRST), Self::ProductDue(until, ProductId::LAST))
    }

    /// The accounts that have something due until a moment, the earliest first.
    pub fn accounts_due(until: Timestamp) -> Range {
        let first = Timestamp::from_millis(i64::MIN);
        Range::new(Self::AccountDue(first, AccountId::FIRST), Self::AccountDue(until, AccountId::LAST))
    }

    /// Bytes that name the record and order as keys do: the partition, the kind, the rest; numbers big-endian.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24);
        match self {
            Self::Directory | Self::Email(_) => bytes.push(DIRECTORY),
            Self::Account(id)
            | Self::Membership(id, _)
            | Self::Invitation(id, _)
            | Self::Claim(id, _)
            | Self::Payer(id) => {
                bytes.push(ACCOUNT);
                bytes.extend(id.get().to_be_bytes());
            }
            Self::Registration(_) => bytes.push(REGISTRY),
            Self::Product(id)
            | Self::Team(id)
            | Self::Firmware(id)
            | Self::DeviceCount(id)
            | Self::Device(id, _)
            | Self::Tally(id, ..)
            | Self::Audit(id, _)
            | Self::Configuration(id)
            | Self::CustomerCount(id)
            | Self::Customer(id, _)
            | Self::CustomerName(id, _)
            | Self::Guest(id, _)
            | Self::ActivationCode(id, _)
            | Self::DeviceCode(id, _)
            | Self::EventSubscriptions(id)
            | Self::EventLog(id, _)
            | Self::Event(id, ..)
            | Self::EventId(id, _)
            | Self::DeviceErrors(id, _)
            | Self::UsageMonth(id, _)
            | Self::Subscription(id)
            | Self::Invoice(id, _) => {
                bytes.push(PRODUCT);
                bytes.extend(id.get().to_be_bytes());
            }
            Self::Notice(..) | Self::Charge(..) => bytes.push(OUTBOX),
            Self::ProductDue(..) | Self::AccountDue(..) => bytes.push(CLOCK),
            Self::Token(_) | Self::ClaimCode(_) => bytes.push(SECRETS),
            Self::Journal(_) => bytes.push(JOURNAL),
        }
        bytes.push(self.kind() as u8);
        match self {
            Self::Directory
            | Self::Account(_)
            | Self::Product(_)
            | Self::Team(_)
            | Self::Firmware(_)
            | Self::DeviceCount(_)
            | Self::Configuration(_)
            | Self::CustomerCount(_)
            | Self::EventSubscriptions(_)
            | Self::Subscription(_)
            | Self::Payer(_) => {}
            Self::Invoice(_, number) => bytes.extend(number.to_be_bytes()),
            Self::Charge(product, number) => {
                bytes.extend(product.get().to_be_bytes());
                bytes.extend(number.to_be_bytes());
            }
            Self::ProductDue(at, product) => {
                bytes.extend(moment(*at));
                bytes.extend(product.get().to_be_bytes());
            }
            Self::AccountDue(at, account) => {
                bytes.extend(moment(*at));
                bytes.extend(account.get().to_be_bytes());
            }
            Self::Email(text) | Self::CustomerName(_, text) | Self::Guest(_, text) => bytes.extend(text.as_bytes()),
            Self::Customer(_, id) => bytes.extend(id.get().to_be_bytes()),
            Self::ActivationCode(_, code) => bytes.extend(code),
            Self::UsageMonth(_, month) => bytes.extend(month.to_be_bytes()),
            Self::Token(hash) | Self::ClaimCode(hash) => bytes.extend(hash.as_bytes()),
            Self::Journal(number) => bytes.extend(number.to_be_bytes()),
            Self::Notice(product, name) => {
                bytes.extend(product.get().to_be_bytes());
                bytes.extend(name.as_bytes());
            }
            Self::Membership(_, product) | Self::Invitation(_, product) => bytes.extend(product.get().to_be_bytes()),
            Self::Claim(_, device)
            | Self::Registration(device)
            | Self::Device(_, device)
            | Self::DeviceCode(_, device) => {
                bytes.extend(device.as_bytes());
            }
            Self::Tally(_, tally, slot) => {
                bytes.extend(tally.code());
                bytes.push(*slot);
            }
            Self::Audit(_, id) => {
                bytes.extend(moment(id.at));
                bytes.extend(id.nonce.to_be_bytes());
            }
            Self::EventLog(_, slot) | Self::DeviceErrors(_, slot) => bytes.push(*slot),
            Self::Event(_, slot, sequence) => {
                bytes.push(*slot);
                bytes.extend(sequence.to_be_bytes());
            }
            Self::EventId(_, hash) => bytes.extend(hash),
        }
        bytes
    }

    /// The encoded bytes as hexadecimal digits: how a cursor is handed out.
    pub(crate) fn to_hex(&self) -> String {
        self.encode().iter().fold(String::new(), |mut text, byte| {
            for digit in [byte >> 4, byte & 0x0F] {
                text.extend(char::from_digit(digit.into(), 16));
            }
            text
        })
    }

    /// The key whose encoded bytes these hexadecimal digits are; nothing where they are none's.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|[high, low]| Some((value(*high)? << 4) | value(*low)?)).collect();
        bytes.filter(|_| rest.is_empty()).and_then(|bytes| Self::decode(&bytes))
    }

    /// The key that these bytes name; nothing where they name none.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        fn take<'b, const N: usize>(rest: &mut &'b [u8]) -> Option<&'b [u8; N]> {
            let (head, tail) = rest.split_first_chunk::<N>()?;
            *rest = tail;
            Some(head)
        }
        fn device(rest: &mut &[u8]) -> Option<DeviceId> {
            take::<12>(rest).map(|bytes| DeviceId::new(*bytes))
        }
        fn product(rest: &mut &[u8]) -> Option<ProductId> {
            ProductId::new(u32::from_be_bytes(*take(rest)?)).ok()
        }
        fn text(rest: &mut &[u8]) -> Option<Arc<str>> {
            std::str::from_utf8(std::mem::take(rest)).ok().map(Arc::from)
        }
        fn slot(rest: &mut &[u8]) -> Option<u8> {
            take::<1>(rest).map(|[slot]| *slot)
        }
        fn time(rest: &mut &[u8]) -> Option<Timestamp> {
            Some(Timestamp::from_millis(i64::from_be_bytes(*take(rest)?) ^ i64::MIN))
        }
        fn account(rest: &mut &[u8]) -> Option<AccountId> {
            AccountId::new(u64::from_be_bytes(*take(rest)?)).ok()
        }
        fn number(rest: &mut &[u8]) -> Option<u32> {
            Some(u32::from_be_bytes(*take(rest)?))
        }
        let mut rest = bytes;
        let [partition] = *take::<1>(&mut rest)?;
        let key = match partition {
            DIRECTORY => match take::<1>(&mut rest)? {
                [1] => Self::Directory,
                [3] => Self::Email(text(&mut rest)?),
                _ => return None,
            },
            ACCOUNT => {
                let id = account(&mut rest)?;
                match take::<1>(&mut rest)? {
                    [2] => Self::Account(id),
                    [4] => Self::Membership(id, product(&mut rest)?),
                    [5] => Self::Claim(id, device(&mut rest)?),
                    [15] => Self::Invitation(id, product(&mut rest)?),
                    [33] => Self::Payer(id),
                    _ => return None,
                }
            }
            REGISTRY => match take::<1>(&mut rest)? {
                [6] => Self::Registration(device(&mut rest)?),
                _ => return None,
            },
            PRODUCT => {
                let id = product(&mut rest)?;
                match take::<1>(&mut rest)? {
                    [7] => Self::Product(id),
                    [8] => Self::Team(id),
                    [9] => Self::Firmware(id),
                    [10] => Self::DeviceCount(id),
                    [11] => Self::Device(id, device(&mut rest)?),
                    [12] => {
                        let tally = Tally::from_code(*take(&mut rest)?)?;
                        let [slot] = *take::<1>(&mut rest)?;
                        Self::Tally(id, tally, slot)
                    }
                    [13] => {
                        let at = time(&mut rest)?;
                        Self::Audit(id, AuditId { at, nonce: u64::from_be_bytes(*take(&mut rest)?) })
                    }
                    [16] => Self::Configuration(id),
                    [17] => Self::CustomerCount(id),
                    [18] => Self::Customer(id, CustomerId::new(u64::from_be_bytes(*take(&mut rest)?)).ok()?),
                    [19] => Self::CustomerName(id, text(&mut rest)?),
                    [20] => Self::Guest(id, text(&mut rest)?),
                    [21] => Self::ActivationCode(id, *take(&mut rest)?),
                    [22] => Self::DeviceCode(id, device(&mut rest)?),
                    [25] => Self::EventSubscriptions(id),
                    [26] => Self::EventLog(id, slot(&mut rest)?),
                    [27] => Self::Event(id, slot(&mut rest)?, u64::from_be_bytes(*take(&mut rest)?)),
                    [28] => Self::EventId(id, *take(&mut rest)?),
                    [29] => Self::DeviceErrors(id, slot(&mut rest)?),
                    [30] => Self::UsageMonth(id, u32::from_be_bytes(*take(&mut rest)?)),
                    [32] => Self::Subscription(id),
                    [34] => Self::Invoice(id, number(&mut rest)?),
                    _ => return None,
                }
            }
            SECRETS => match take::<1>(&mut rest)? {
                [23] => Self::Token(Box::new(Sha256::new(*take(&mut rest)?))),
                [24] => Self::ClaimCode(Box::new(Sha256::new(*take(&mut rest)?))),
                _ => return None,
            },
            JOURNAL => match take::<1>(&mut rest)? {
                [255] => Self::Journal(u64::from_be_bytes(*take(&mut rest)?)),
                _ => return None,
            },
            OUTBOX => match take::<1>(&mut rest)? {
                [14] => Self::Notice(product(&mut rest)?, text(&mut rest)?),
                [35] => Self::Charge(product(&mut rest)?, number(&mut rest)?),
                _ => return None,
            },
            CLOCK => match take::<1>(&mut rest)? {
                [36] => Self::ProductDue(time(&mut rest)?, product(&mut rest)?),
                [37] => Self::AccountDue(time(&mut rest)?, account(&mut rest)?),
                _ => return None,
            },
            _ => return None,
        };
        rest.is_empty().then_some(key)
    }
}

/// Bytes that order as moments do.
fn moment(at: Timestamp) -> [u8; 8] {
    (at.as_millis() ^ i64::MIN).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys() -> impl Strategy<Value = Key> {
        let device = any::<[u8; 12]>().prop_map(DeviceId::new);
        let product = (1..65_535u32).prop_map(|id| ProductId::new(id).unwrap());
        let account = (1..u64::MAX).prop_map(|id| AccountId::new(id).unwrap());
        let tally = prop_oneof![
            (1..13u8).prop_map(|tag| Tally::from_code([tag, 0, 0]).unwrap()),
            any::<u16>().prop_map(Tally::Version),
        ];
        prop_oneof![
            Just(Key::Directory),
            account.clone().prop_map(Key::Account),
            "[a-zé@.]{0,9}".prop_map(|text| Key::Email(text.into())),
            (account.clone(), product.clone()).prop_map(|(a, p)| Key::Membership(a, p)),
            (account.clone(), product.clone()).prop_map(|(a, p)| Key::Invitation(a, p)),
            (account.clone(), device.clone()).prop_map(|(a, d)| Key::Claim(a, d)),
            account.clone().prop_map(Key::Payer),
            (any::<i64>(), account).prop_map(|(at, a)| Key::AccountDue(Timestamp::from_millis(at), a)),
            (any::<i64>(), product.clone()).prop_map(|(at, p)| Key::ProductDue(Timestamp::from_millis(at), p)),
            (product.clone(), any::<u32>()).prop_map(|(p, number)| Key::Invoice(p, number)),
            (product.clone(), any::<u32>()).prop_map(|(p, number)| Key::Charge(p, number)),
            product.clone().prop_map(Key::Subscription),
            device.clone().prop_map(Key::Registration),
            product.clone().prop_map(Key::Product),
            product.clone().prop_map(Key::Team),
            product.clone().prop_map(Key::Firmware),
            product.clone().prop_map(Key::DeviceCount),
            (product.clone(), device).prop_map(|(p, d)| Key::Device(p, d)),
            (product.clone(), tally, any::<u8>()).prop_map(|(p, t, slot)| Key::Tally(p, t, slot)),
            (product.clone(), any::<i64>(), any::<u64>())
                .prop_map(|(p, at, nonce)| Key::Audit(p, AuditId { at: Timestamp::from_millis(at), nonce })),
            (product.clone(), "[a-zé-]{0,9}").prop_map(|(p, text)| Key::Notice(p, text.into())),
            (product.clone(), "[a-zé-]{0,9}").prop_map(|(p, text)| Key::CustomerName(p, text.into())),
            (product.clone(), "[a-zé-]{0,9}").prop_map(|(p, text)| Key::Guest(p, text.into())),
            (product.clone(), 1..u64::MAX).prop_map(|(p, id)| Key::Customer(p, CustomerId::new(id).unwrap())),
            (product.clone(), any::<[u8; 4]>()).prop_map(|(p, code)| Key::ActivationCode(p, code)),
            (product.clone(), any::<[u8; 12]>()).prop_map(|(p, id)| Key::DeviceCode(p, DeviceId::new(id))),
            (product.clone(), any::<u32>()).prop_map(|(p, month)| Key::UsageMonth(p, month)),
            product.clone().prop_map(Key::Configuration),
            product.clone().prop_map(Key::EventSubscriptions),
            (product.clone(), any::<u8>()).prop_map(|(p, slot)| Key::EventLog(p, slot)),
            (product.clone(), any::<u8>(), 0..=LAST_SEQUENCE).prop_map(|(p, slot, number)| Key::Event(p, slot, number)),
            (product.clone(), any::<[u8; 16]>()).prop_map(|(p, hash)| Key::EventId(p, hash)),
            (product.clone(), any::<u8>()).prop_map(|(p, slot)| Key::DeviceErrors(p, slot)),
            product.prop_map(Key::CustomerCount),
            any::<[u8; 32]>().prop_map(|hash| Key::Token(Box::new(Sha256::new(hash)))),
            any::<[u8; 32]>().prop_map(|hash| Key::ClaimCode(Box::new(Sha256::new(hash)))),
            any::<u64>().prop_map(Key::Journal),
        ]
    }

    #[test]
    fn a_key_takes_24_bytes() {
        assert_eq!(size_of::<Key>(), 24);
    }

    proptest! {
        #[test]
        fn a_key_reads_back_from_its_bytes(key in keys()) {
            prop_assert_eq!(Key::decode(&key.encode()), Some(key));
        }

        #[test]
        fn keys_of_one_kind_and_product_order_as_their_bytes(a in keys(), b in keys()) {
            let (x, y) = (a.encode(), b.encode());
            if a.kind() == b.kind() && x.get(..5) == y.get(..5) {
                prop_assert_eq!(a.cmp(&b), x.cmp(&y));
            }
        }

        #[test]
        fn no_bytes_make_decoding_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(key) = Key::decode(&bytes) {
                prop_assert_eq!(key.encode(), bytes);
            }
        }
    }
}
