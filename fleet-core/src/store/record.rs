//! The records that a store keeps.

use super::{Key, Kind};
use crate::audit::AuditRecord;
use crate::billing::{Charge, Contract, Invoice, Payer};
use crate::customer::{Customer, CustomerCount, CustomerId, DeviceCode, Guest, StickerKey, TokenOwner};
use crate::device::{Device, DeviceCount, DeviceId, Registration};
use crate::directory::Directory;
use crate::event::metering::UsageMonth;
use crate::event::{DeviceErrors, EventId, EventLog, LoggedEvent, Subscriptions};
use crate::firmware::{FirmwareIndex, FirmwareLocks};
use crate::notice::Notice;
use crate::product::{Configuration, Product, ProductId};
use crate::team::{Account, AccountId, Team};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::borrow::Cow;
use std::sync::Arc;

/// A record in a store: one variant for each [`Kind`] of key.
///
/// A store may keep records as they are, put them in columns, or use their [JSON](Record::to_json).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Record {
    /// Under [`Key::Directory`].
    Directory(Directory),
    /// Under [`Key::Account`].
    Account(Arc<Account>),
    /// Under [`Key::Email`].
    Email(AccountId),
    /// Under [`Key::Membership`], [`Key::Invitation`], [`Key::Claim`], [`Key::ActivationCode`], [`Key::ProductDue`],
    /// [`Key::AccountDue`] and [`Key::DeviceName`]: the record only exists; it has no content.
    Present,
    /// Under [`Key::Registration`].
    Registration(Registration),
    /// Under [`Key::Product`].
    Product(Arc<Product>),
    /// Under [`Key::Team`].
    Team(Arc<Team>),
    /// Under [`Key::Firmware`].
    Firmware(Arc<FirmwareIndex>),
    /// Under [`Key::FirmwareLocks`].
    FirmwareLocks(Arc<FirmwareLocks>),
    /// Under [`Key::DeviceCount`].
    DeviceCount(Box<DeviceCount>),
    /// Under [`Key::Device`].
    Device(Device),
    /// Under [`Key::Tally`].
    Counter(i64),
    /// Under [`Key::Audit`] and [`Key::AccountAudit`].
    Audit(Arc<AuditRecord>),
    /// Under [`Key::Notice`].
    Notice(Arc<Notice>),
    /// Under [`Key::Configuration`].
    Configuration(Arc<Configuration>),
    /// Under [`Key::CustomerCount`].
    CustomerCount(Box<CustomerCount>),
    /// Under [`Key::Customer`].
    Customer(Arc<Customer>),
    /// Under [`Key::CustomerName`] and [`Key::CustomerIdentity`].
    CustomerName(CustomerId),
    /// Under [`Key::Guest`].
    Guest(Arc<Guest>),
    /// Under [`Key::DeviceCode`].
    DeviceCode(Box<DeviceCode>),
    /// Under [`Key::StickerKey`].
    StickerKey(StickerKey),
    /// Under [`Key::Token`] and [`Key::ClaimCode`].
    TokenOwner(TokenOwner),
    /// Under [`Key::EventSubscriptions`].
    EventSubscriptions(Arc<Subscriptions>),
    /// Under [`Key::EventLog`].
    EventLog(EventLog),
    /// Under [`Key::Event`].
    Event(Arc<LoggedEvent>),
    /// Under [`Key::EventId`].
    EventId(EventId),
    /// Under [`Key::DeviceErrors`].
    DeviceErrors(Arc<DeviceErrors>),
    /// Under [`Key::UsageMonth`].
    UsageMonth(Box<UsageMonth>),
    /// Under [`Key::Contract`].
    Contract(Arc<Contract>),
    /// Under [`Key::Payer`].
    Payer(Arc<Payer>),
    /// Under [`Key::Invoice`].
    Invoice(Arc<Invoice>),
    /// Under [`Key::Charge`].
    Charge(Arc<Charge>),
    /// Under [`Key::Journal`]: bytes. They are written as base64 where only text can be stored.
    Journal(Arc<[u8]>),
}

impl Record {
    /// Returns the record as JSON, without its kind, which the key names.
    ///
    /// # Errors
    /// None for records of this crate; the signature is that of the codec.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Directory(record) => serde_json::to_string(record),
            Self::Account(record) => serde_json::to_string(record),
            Self::Email(record) => serde_json::to_string(record),
            Self::Present => Ok("true".to_owned()),
            Self::Registration(record) => serde_json::to_string(record),
            Self::Product(record) => serde_json::to_string(record),
            Self::Team(record) => serde_json::to_string(record),
            Self::Firmware(record) => serde_json::to_string(record),
            Self::FirmwareLocks(record) => serde_json::to_string(record),
            Self::DeviceCount(record) => serde_json::to_string(record),
            Self::Device(record) => serde_json::to_string(record),
            Self::Counter(value) => serde_json::to_string(value),
            Self::Audit(record) => serde_json::to_string(record),
            Self::Notice(record) => serde_json::to_string(record),
            Self::TokenOwner(record) => serde_json::to_string(record),
            Self::DeviceCode(record) => serde_json::to_string(record),
            Self::StickerKey(record) => serde_json::to_string(record),
            Self::Guest(record) => serde_json::to_string(record),
            Self::CustomerName(record) => serde_json::to_string(record),
            Self::Customer(record) => serde_json::to_string(record),
            Self::CustomerCount(record) => serde_json::to_string(record),
            Self::Configuration(record) => serde_json::to_string(record),
            Self::EventSubscriptions(record) => serde_json::to_string(record),
            Self::EventLog(record) => serde_json::to_string(record),
            Self::Event(record) => serde_json::to_string(record),
            Self::EventId(record) => serde_json::to_string(record),
            Self::DeviceErrors(record) => serde_json::to_string(record),
            Self::UsageMonth(record) => serde_json::to_string(record),
            Self::Contract(record) => serde_json::to_string(record),
            Self::Payer(record) => serde_json::to_string(record),
            Self::Invoice(record) => serde_json::to_string(record),
            Self::Charge(record) => serde_json::to_string(record),
            Self::Journal(bytes) => {
                // Base64 needs no escapes, and the text is long.
                let mut json = String::with_capacity(bytes.len() / 3 * 4 + 8);
                json.push('"');
                BASE64.encode_string(bytes, &mut json);
                json.push('"');
                Ok(json)
            }
        }
    }

    /// Reads a record of a kind from its JSON.
    ///
    /// # Errors
    /// Fails if the text is not the JSON of a record of this kind.
    pub fn from_json(kind: Kind, json: &str) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            Kind::Directory => Self::Directory(serde_json::from_str(json)?),
            Kind::Account => Self::Account(serde_json::from_str(json)?),
            Kind::Email => Self::Email(serde_json::from_str(json)?),
            Kind::Membership
            | Kind::Invitation
            | Kind::Claim
            | Kind::ActivationCode
            | Kind::ProductDue
            | Kind::AccountDue
            | Kind::DeviceName => serde_json::from_str::<bool>(json).map(|_| Self::Present)?,
            Kind::Registration => Self::Registration(serde_json::from_str(json)?),
            Kind::Product => Self::Product(serde_json::from_str(json)?),
            Kind::Team => Self::Team(serde_json::from_str(json)?),
            Kind::Firmware => Self::Firmware(serde_json::from_str(json)?),
            Kind::FirmwareLocks => Self::FirmwareLocks(serde_json::from_str(json)?),
            Kind::DeviceCount => Self::DeviceCount(serde_json::from_str(json)?),
            Kind::Device => Self::Device(serde_json::from_str(json)?),
            Kind::Tally => Self::Counter(serde_json::from_str(json)?),
            Kind::Audit | Kind::AccountAudit => Self::Audit(serde_json::from_str(json)?),
            Kind::Notice => Self::Notice(serde_json::from_str(json)?),
            Kind::Token | Kind::ClaimCode => Self::TokenOwner(serde_json::from_str(json)?),
            Kind::DeviceCode => Self::DeviceCode(serde_json::from_str(json)?),
            Kind::Guest => Self::Guest(serde_json::from_str(json)?),
            Kind::StickerKey => Self::StickerKey(serde_json::from_str(json)?),
            Kind::CustomerName | Kind::CustomerIdentity => Self::CustomerName(serde_json::from_str(json)?),
            Kind::Customer => Self::Customer(serde_json::from_str(json)?),
            Kind::CustomerCount => Self::CustomerCount(serde_json::from_str(json)?),
            Kind::Configuration => Self::Configuration(serde_json::from_str(json)?),
            Kind::EventSubscriptions => Self::EventSubscriptions(serde_json::from_str(json)?),
            Kind::EventLog => Self::EventLog(serde_json::from_str(json)?),
            Kind::Event => Self::Event(serde_json::from_str(json)?),
            Kind::EventId => Self::EventId(serde_json::from_str(json)?),
            Kind::DeviceErrors => Self::DeviceErrors(serde_json::from_str(json)?),
            Kind::UsageMonth => Self::UsageMonth(serde_json::from_str(json)?),
            Kind::Contract => Self::Contract(serde_json::from_str(json)?),
            Kind::Payer => Self::Payer(serde_json::from_str(json)?),
            Kind::Invoice => Self::Invoice(serde_json::from_str(json)?),
            Kind::Charge => Self::Charge(serde_json::from_str(json)?),
            Kind::Journal => {
                let bytes = BASE64.decode(serde_json::from_str::<Cow<'_, str>>(json)?.as_bytes());
                Self::Journal(bytes.map_err(serde::de::Error::custom)?.into())
            }
        })
    }
}

/// A record with its own form of key, so that a transaction can read and write it by its own type.
pub(crate) trait Stored: Sized {
    /// Identifies one record of this type.
    type Id;

    /// Returns the key of the record with this id.
    fn key(id: Self::Id) -> Key;

    /// Converts from a record that was found under such a key.
    fn from_record(record: Record) -> Option<Self>;

    /// Converts to the record to store.
    fn into_record(self) -> Record;
}

macro_rules! stored {
    ($($type:ty, $variant:ident, $id:ty, $pattern:pat => $key:expr;)*) => {$(
        impl Stored for $type {
            type Id = $id;

            fn key($pattern: $id) -> Key {
                $key
            }

            fn from_record(record: Record) -> Option<Self> {
                match record {
                    Record::$variant(record) => Some(record.into()),
                    _ => None,
                }
            }

            fn into_record(self) -> Record {
                Record::$variant(self.into())
            }
        }
    )*};
}

stored! {
    Directory, Directory, (), () => Key::Directory;
    Arc<Account>, Account, AccountId, id => Key::Account(id);
    AccountId, Email, Arc<str>, email => Key::Email(email);
    Registration, Registration, DeviceId, id => Key::Registration(id);
    Arc<Product>, Product, ProductId, id => Key::Product(id);
    Arc<Team>, Team, ProductId, id => Key::Team(id);
    Arc<FirmwareIndex>, Firmware, ProductId, id => Key::Firmware(id);
    Arc<FirmwareLocks>, FirmwareLocks, ProductId, id => Key::FirmwareLocks(id);
    Box<DeviceCount>, DeviceCount, ProductId, id => Key::DeviceCount(id);
    Device, Device, (ProductId, DeviceId), (product, id) => Key::Device(product, id);
    Arc<Configuration>, Configuration, ProductId, id => Key::Configuration(id);
    Box<CustomerCount>, CustomerCount, ProductId, id => Key::CustomerCount(id);
    Arc<Customer>, Customer, (ProductId, CustomerId), (product, id) => Key::Customer(product, id);
    CustomerId, CustomerName, (ProductId, Arc<str>), (product, name) => Key::CustomerName(product, name);
    Arc<Guest>, Guest, (ProductId, Arc<str>), (product, name) => Key::Guest(product, name);
    Box<UsageMonth>, UsageMonth, (ProductId, u32), (product, month) => Key::UsageMonth(product, month);
    Box<DeviceCode>, DeviceCode, (ProductId, DeviceId), (product, id) => Key::DeviceCode(product, id);
    StickerKey, StickerKey, (), () => Key::StickerKey;
    Arc<Subscriptions>, EventSubscriptions, ProductId, id => Key::EventSubscriptions(id);
    Arc<DeviceErrors>, DeviceErrors, (ProductId, u8), (product, slot) => Key::DeviceErrors(product, slot);
    Arc<Contract>, Contract, ProductId, id => Key::Contract(id);
    Arc<Payer>, Payer, AccountId, id => Key::Payer(id);
    Arc<Invoice>, Invoice, (ProductId, u32), (product, number) => Key::Invoice(product, number);
    Arc<Charge>, Charge, (ProductId, u32), (product, number) => Key::Charge(product, number);
    Arc<Notice>, Notice, (ProductId, Arc<str>), (product, name) => Key::Notice(product, name);
}
