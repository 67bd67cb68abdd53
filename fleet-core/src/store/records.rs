//! Every kind of record, in one row each: the row declares its key, its content, and from both the codecs.
//!
//! Invariant: a released number, name and list of fields never change, as rows of databases have them.

use super::key::{AuditId, Decoder, DeviceName, Encoder, Field, Partition, Tally};
use super::record::{JournalBytes, Present, Stored};
use crate::audit::AuditRecord;
use crate::billing::{Charge, Contract, Invoice, Payer};
use crate::customer::{Customer, CustomerCount, CustomerId, DeviceCode, Guest, StickerKey, TokenOwner};
use crate::device::{Device, DeviceCount, DeviceId, Registration};
use crate::directory::Directory;
use crate::event::metering::UsageMonth;
use crate::event::{DeviceErrors, EventId, EventLog, LoggedEvent, Subscriptions};
use crate::firmware::{FirmwareIndex, FirmwareLocks, Sha256};
use crate::notice::Notice;
use crate::product::{Configuration, Product, ProductId};
use crate::team::{Account, AccountId, Team};
use crate::time::Timestamp;
use std::sync::Arc;

/// Declares [`Key`], [`Kind`] and [`Record`]. A row is the kind's number, the name, the partition, the key with its
/// fields, and the content, in one of three forms: `own Type` is the content of this kind alone, which transactions read
/// by its type; `new Type` is one that they read by its key; `as Other` is the content of another row.
macro_rules! records {
    ($(
        $(#[$doc:meta])*
        $number:literal $name:literal $partition:ident $kind:ident ( $($field:ident: $type:ty),* ) =>
        $(own $own:ident($own_type:ty))? $(new $new:ident($new_type:ty))? $(as $other:ident)?;
    )*) => {
        /// The key of a record.
        ///
        /// Within one [`Kind`] and partition, keys are ordered as their [encoded](Key::encode) bytes are.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Key {
            $($(#[$doc])* $kind($($type),*),)*
        }

        /// The kinds of record: one for each variant of [`Key`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Kind {
            $(#[doc = concat!("[`Key::", stringify!($kind), "`].")] $kind = $number,)*
        }

        /// A record in a store.
        ///
        /// A store may keep records as they are, put them in columns, or use their [JSON](Record::to_json).
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Record {
            $(
                $(#[doc = concat!("Under [`Key::", stringify!($kind), "`].")] $own($own_type),)?
                $(
                    #[doc = concat!("Under [`Key::", stringify!($kind), "`], and under other keys with the same content.")]
                    $new($new_type),
                )?
            )*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The name of the kind, for searching records with SQL: `kind = 'audit'`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }

        impl Key {
            /// The kind of record that the key names.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(..) => Kind::$kind,)*
                }
            }

            /// The account that the key names.
            pub fn account(&self) -> Option<AccountId> {
                match self {
                    $(Self::$kind($($field),*) => None$(.or($field.as_account()))*,)*
                }
            }

            /// The product that the key names.
            pub fn product(&self) -> Option<ProductId> {
                match self {
                    $(Self::$kind($($field),*) => None$(.or($field.as_product()))*,)*
                }
            }

            /// Encodes the key. The order of the bytes is that of keys: the partition, the kind, the rest; numbers are
            /// big-endian.
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(Self::$kind($($field),*) => {
                        #[allow(unused_mut, reason = "a key without fields")]
                        let mut bytes = Encoder::new(Partition::$partition, $number);
                        $(bytes.field($field);)*
                        bytes.finish()
                    })*
                }
            }

            /// Decodes a key. `None` if the bytes are no key.
            pub fn decode(bytes: &[u8]) -> Option<Self> {
                let mut bytes = Decoder::new(bytes)?;
                let key = match (bytes.kind, bytes.partition) {
                    $(($number, Partition::$partition) => Self::$kind($(bytes.field::<$type>()?),*),)*
                    _ => return None,
                };
                bytes.is_at_end().then_some(key)
            }
        }

        impl Record {
            /// A record that only exists.
            pub const PRESENT: Self = Self::Present(Present);

            /// Returns the record as JSON, without its kind, which the key names.
            ///
            /// # Errors
            /// None for records of this crate; the signature is that of the codec.
            pub fn to_json(&self) -> Result<String, serde_json::Error> {
                match self {
                    $(
                        $(Self::$own(record) => serde_json::to_string(record),)?
                        $(Self::$new(record) => serde_json::to_string(record),)?
                    )*
                }
            }

            /// Reads a record of a kind from its JSON.
            ///
            /// # Errors
            /// Fails if the text is not the JSON of a record of this kind.
            pub fn from_json(kind: Kind, json: &str) -> Result<Self, serde_json::Error> {
                match kind {
                    $(Kind::$kind => serde_json::from_str(json).map(Self::$($own)?$($new)?$($other)?),)*
                }
            }
        }

        $(stored! { $kind($($field: $type),*) $($own: $own_type)? })*
    };
}

/// Lets transactions read and write a record by its own type, if it has one.
macro_rules! stored {
    ($kind:ident($($field:ident: $type:ty),*)) => {};
    ($kind:ident($($field:ident: $type:ty),*) $own:ident: $own_type:ty) => {
        #[allow(unused_parens, reason = "a key with one field")]
        impl Stored for $own_type {
            type Id = ($($type),*);

            fn key(($($field),*): Self::Id) -> Key {
                Key::$kind($($field),*)
            }

            fn from_record(record: Record) -> Option<Self> {
                match record {
                    Record::$own(record) => Some(record),
                    _ => None,
                }
            }

            fn into_record(self) -> Record {
                Record::$own(self)
            }
        }
    };
}

#[rustfmt::skip]
records! {
    /// The next numbers to assign.
    1 "directory" Directory Directory() => own Directory(Directory);
    /// An account.
    2 "account" Account Account(id: AccountId) => own Account(Arc<Account>);
    /// The account that has this e-mail address.
    3 "email" Directory Email(email: Arc<str>) => own Email(AccountId);
    /// Marks an account as a member of a product's team.
    4 "membership" Account Membership(account: AccountId, product: ProductId) => new Present(Present);
    /// Marks a device, in no product, as claimed by an account.
    5 "claim" Account Claim(account: AccountId, device: DeviceId) => as Present;
    /// A device's entry in the registry.
    6 "registration" Registry Registration(device: DeviceId) => own Registration(Registration);
    /// A product.
    7 "product" Product Product(product: ProductId) => own Product(Arc<Product>);
    /// A product's team.
    8 "team" Product Team(product: ProductId) => own Team(Arc<Team>);
    /// A product's firmware.
    9 "firmware" Product Firmware(product: ProductId) => own Firmware(Arc<FirmwareIndex>);
    /// The number of devices of a product.
    10 "device_count" Product DeviceCount(product: ProductId) => own DeviceCount(Box<DeviceCount>);
    /// A device in a product.
    11 "device" Product Device(product: ProductId, device: DeviceId) => own Device(Device);
    /// A counter of a product, in one of its slots.
    12 "tally" Product Tally(product: ProductId, tally: Tally, slot: u8) => new Counter(i64);
    /// An entry in a product's audit log.
    13 "audit" Product Audit(product: ProductId, id: AuditId) => new Audit(Arc<AuditRecord>);
    /// A notice for the host that is not acknowledged yet.
    14 "notice" Outbox Notice(product: ProductId, name: Arc<str>) => own Notice(Arc<Notice>);
    /// Marks an invitation of an account to a product's team.
    15 "invitation" Account Invitation(account: AccountId, product: ProductId) => as Present;
    /// A product's answers to the questions of its configuration.
    16 "configuration" Product Configuration(product: ProductId) => own Configuration(Arc<Configuration>);
    /// The number of customers of a product.
    17 "customer_count" Product CustomerCount(product: ProductId) => own CustomerCount(Box<CustomerCount>);
    /// A customer of a product.
    18 "customer" Product Customer(product: ProductId, customer: CustomerId) => own Customer(Arc<Customer>);
    /// The customer of a product with this user name.
    19 "customer_name" Product CustomerName(product: ProductId, name: Arc<str>) => own CustomerName(CustomerId);
    /// A guest of a product's private beta, by the user name of the invitation.
    20 "guest" Product Guest(product: ProductId, name: Arc<str>) => own Guest(Arc<Guest>);
    /// Marks an activation code as one of a guest.
    21 "activation_code" Product ActivationCode(product: ProductId, code: [u8; 4]) => as Present;
    /// The hash of a device's own claim code.
    22 "device_code" Product DeviceCode(product: ProductId, device: DeviceId) => own DeviceCode(Box<DeviceCode>);
    /// The owner of the token with this hash. Boxed, so that the keys of devices stay small.
    23 "token" Secrets Token(hash: Box<Sha256>) => new TokenOwner(TokenOwner);
    /// The owner of the claim code with this hash.
    24 "claim_code" Secrets ClaimCode(hash: Box<Sha256>) => as TokenOwner;
    /// The subscriptions to a product's events.
    25 "event_subscriptions" Product EventSubscriptions(product: ProductId) => own EventSubscriptions(Arc<Subscriptions>);
    /// The head of a slot of a product's event log.
    26 "event_log" Product EventLog(product: ProductId, slot: u8) => new EventLog(EventLog);
    /// An event of a product, by its slot and its number there, below 2^63.
    27 "event" Product Event(product: ProductId, slot: u8, number: u64) => new Event(Arc<LoggedEvent>);
    /// The place of the event whose device and id have this hash.
    28 "event_id" Product EventId(product: ProductId, hash: [u8; 16]) => new EventId(EventId);
    /// The errors that the devices of a slot reported.
    29 "device_errors" Product DeviceErrors(product: ProductId, slot: u8) => own DeviceErrors(Arc<DeviceErrors>);
    /// The messages of a product in one of its usage months, by the month's number since its creation.
    30 "usage_month" Product UsageMonth(product: ProductId, month: u32) => own UsageMonth(Box<UsageMonth>);
    /// A product's billing.
    32 "subscription" Product Contract(product: ProductId) => own Contract(Arc<Contract>);
    /// An account's payments.
    33 "payer" Account Payer(account: AccountId) => own Payer(Arc<Payer>);
    /// An invoice of a product.
    34 "invoice" Product Invoice(product: ProductId, number: u32) => own Invoice(Arc<Invoice>);
    /// A charge of a product that is still open.
    35 "charge" Outbox Charge(product: ProductId, number: u32) => own Charge(Arc<Charge>);
    /// Marks a product's billing as due at a moment.
    36 "product_due" Clock ProductDue(at: Timestamp, product: ProductId) => as Present;
    /// Marks an account's payments as due at a moment.
    37 "account_due" Clock AccountDue(at: Timestamp, account: AccountId) => as Present;
    /// An entry in an account's audit log.
    50 "account_audit" Account AccountAudit(account: AccountId, id: Box<AuditId>) => as Audit;
    /// The customer of a product with this vendor's user or linked account.
    51 "customer_identity" Product CustomerIdentity(product: ProductId, identity: Arc<str>) => as CustomerName;
    /// The key that codes printed on devices are hashed with.
    52 "sticker_key" Directory StickerKey() => own StickerKey(StickerKey);
    /// The number of devices that are locked to each version of a product's firmware.
    53 "firmware_locks" Product FirmwareLocks(product: ProductId) => own FirmwareLocks(Arc<FirmwareLocks>);
    /// Marks a device of a product as having a name. Boxed, so that the keys of devices stay small.
    54 "device_name" Product DeviceName(product: ProductId, name: Box<DeviceName>) => as Present;
    /// A record of the journal that a layer such as `Journaled` keeps in its inner store, by its number; 0 is its
    /// [head](super::JournalHead).
    255 "journal" Journal Journal(number: u64) => new Journal(JournalBytes);
}
