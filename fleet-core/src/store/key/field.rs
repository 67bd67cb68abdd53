//! Encodes keys as bytes and back. Encoded bytes have the same order as keys.
//!
//! Invariant: an encoded key is the number of its partition, the field that the partition belongs to if there is one,
//! the number of its kind, and its other fields. Each field's bytes have the order of its values.

use super::{AuditId, DeviceName, Tally};
use crate::customer::CustomerId;
use crate::device::DeviceId;
use crate::firmware::Sha256;
use crate::product::ProductId;
use crate::team::AccountId;
use crate::time::Timestamp;
use std::sync::Arc;

/// The part of the keys that an engine may keep in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Partition {
    /// What exists once.
    Directory = 0,
    /// One for each account.
    Account = 1,
    /// The registry of devices.
    Registry = 2,
    /// One for each product.
    Product = 3,
    /// What the host has to deliver or charge.
    Outbox = 4,
    /// The owners of tokens and codes.
    Secrets = 5,
    /// What is due.
    Clock = 8,
    /// The journal.
    Journal = 255,
}

impl Partition {
    const ALL: [Self; 8] = [
        Self::Directory,
        Self::Account,
        Self::Registry,
        Self::Product,
        Self::Outbox,
        Self::Secrets,
        Self::Clock,
        Self::Journal,
    ];

    /// Number of bytes of the field that the partition belongs to.
    fn owner_len(self) -> usize {
        match self {
            Self::Account => size_of::<u64>(),
            Self::Product => size_of::<u32>(),
            _ => 0,
        }
    }
}

/// Collects the bytes of a key.
pub(crate) struct Encoder {
    bytes: Vec<u8>,
    kind_at: usize,
    kind: u8,
}

impl Encoder {
    pub(crate) fn new(partition: Partition, kind: u8) -> Self {
        let mut bytes = Vec::with_capacity(32);
        bytes.push(partition as u8);
        Self { bytes, kind_at: 1 + partition.owner_len(), kind }
    }

    pub(crate) fn field(&mut self, field: &impl Field) {
        self.kind_if_due();
        field.put(&mut self.bytes);
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.kind_if_due();
        self.bytes
    }

    fn kind_if_due(&mut self) {
        if self.bytes.len() == self.kind_at {
            self.bytes.push(self.kind);
        }
    }
}

/// Reads the fields of a key in order.
pub(crate) struct Decoder<'b> {
    pub(crate) partition: Partition,
    pub(crate) kind: u8,
    owner: &'b [u8],
    rest: &'b [u8],
}

impl<'b> Decoder<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Option<Self> {
        let (number, bytes) = bytes.split_first()?;
        let partition = Partition::ALL.into_iter().find(|partition| *partition as u8 == *number)?;
        let (owner, bytes) = bytes.split_at_checked(partition.owner_len())?;
        let (kind, rest) = bytes.split_first()?;
        Some(Self { partition, kind: *kind, owner, rest })
    }

    pub(crate) fn field<T: Field>(&mut self) -> Option<T> {
        T::take(if self.owner.is_empty() { &mut self.rest } else { &mut self.owner })
    }

    /// Whether all bytes were read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.owner.is_empty() && self.rest.is_empty()
    }
}

/// A field of a key.
pub(crate) trait Field: Sized {
    fn put(&self, bytes: &mut Vec<u8>);

    /// Takes a value from the front of the bytes, if they begin with one.
    fn take(bytes: &mut &[u8]) -> Option<Self>;

    fn as_account(&self) -> Option<AccountId> {
        None
    }

    fn as_product(&self) -> Option<ProductId> {
        None
    }
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk::<N>()?;
    *bytes = tail;
    Some(*head)
}

/// A field whose values have bytes of one length.
macro_rules! fixed {
    ($($type:ty: $to:expr, $from:expr $(, $owner:ident)?;)*) => {$(
        impl Field for $type {
            fn put(&self, bytes: &mut Vec<u8>) {
                let encode: fn(&Self) -> _ = $to;
                bytes.extend(encode(self));
            }

            fn take(bytes: &mut &[u8]) -> Option<Self> {
                array(bytes).and_then($from)
            }

            $(fn $owner(&self) -> Option<Self> {
                Some(*self)
            })?
        }
    )*};
}

fixed! {
    u8: |number| [*number], |[number]| Some(number);
    u32: |number| number.to_be_bytes(), |bytes| Some(Self::from_be_bytes(bytes));
    u64: |number| number.to_be_bytes(), |bytes| Some(Self::from_be_bytes(bytes));
    [u8; 4]: |bytes| *bytes, Some;
    [u8; 16]: |bytes| *bytes, Some;
    AccountId: |id| id.get().to_be_bytes(), |bytes| Self::new(u64::from_be_bytes(bytes)).ok(), as_account;
    ProductId: |id| id.get().to_be_bytes(), |bytes| Self::new(u32::from_be_bytes(bytes)).ok(), as_product;
    CustomerId: |id| id.get().to_be_bytes(), |bytes| Self::new(u64::from_be_bytes(bytes)).ok();
    DeviceId: |id| *id.as_bytes(), |bytes| Some(Self::new(bytes));
    Box<Sha256>: |hash| *hash.as_bytes(), |bytes| Some(Self::new(Sha256::new(bytes)));
    Timestamp:
        |at| (at.as_millis() ^ i64::MIN).to_be_bytes(),
        |bytes| Some(Self::from_millis(i64::from_be_bytes(bytes) ^ i64::MIN));
    Tally: |tally| tally.code(), Self::from_code;
}

impl Field for AuditId {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.at.put(bytes);
        self.nonce.put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { at: Field::take(bytes)?, nonce: Field::take(bytes)? })
    }
}

impl Field for Box<AuditId> {
    fn put(&self, bytes: &mut Vec<u8>) {
        (**self).put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        AuditId::take(bytes).map(Self::new)
    }
}

/// A text is the last field of its key.
impl Field for Arc<str> {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.as_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        std::str::from_utf8(std::mem::take(bytes)).ok().map(Self::from)
    }
}

/// Between the name and the device is a byte that no name contains, so that a name comes before longer names that begin
/// with it.
impl Field for Box<DeviceName> {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.name.as_bytes());
        bytes.push(0);
        self.device.put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (name, device) = std::mem::take(bytes).split_last_chunk::<12>()?;
        let (end, name) = name.split_last()?;
        let name = std::str::from_utf8(name).ok().filter(|_| *end == 0)?;
        Some(Self::new(DeviceName { name: name.into(), device: DeviceId::new(*device) }))
    }
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

    pub(crate) fn from_code([tag, high, low]: [u8; 3]) -> Option<Self> {
        Some(match (tag, u16::from_be_bytes([high, low])) {
            (1, 0) => Self::Members,
            (2, 0) => Self::Quarantined,
            (3, 0) => Self::Denied,
            (4, 0) => Self::Online,
            (5, 0) => Self::NeverSeen,
            (6, 0) => Self::Locked,
            (7, 0) => Self::Development,
            (8, 0) => Self::WrongPlatform,
            (9, 0) => Self::Pending,
            (10, 0) => Self::Failing,
            (11, 0) => Self::ImageDiffers,
            (12, 0) => Self::NoVersion,
            (13, version) => Self::Version(version),
            _ => return None,
        })
    }
}
