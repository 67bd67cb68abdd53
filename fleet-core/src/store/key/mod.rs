//! The keys of records.
//!
//! A key begins with its partition: a product, an account, the device registry, the outbox, the clock, or the
//! directory. A distributed engine can place rows by partition. Commits touch more than one partition only when a
//! device or a product is added or removed (import, approve, claim, remove, create) and when something is billed or
//! paid.

mod field;

use super::{Key, Range};
use crate::Error;
use crate::customer::CustomerId;
use crate::device::DeviceId;
use crate::event::LAST_SEQUENCE;
use crate::product::ProductId;
use crate::team::AccountId;
use crate::text::NAME;
use crate::time::Timestamp;
pub(super) use field::{Decoder, Encoder, Field, Partition};
use std::sync::Arc;

impl Key {
    /// Whether a store deletes this counter when it reaches 0. These counters are deleted because there is one for each
    /// version that any device ever reported.
    pub fn ends_at_zero(&self) -> bool {
        matches!(self, Self::Tally(_, Tally::Version(_), _))
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

    /// Returns the encoded bytes as hexadecimal digits, the form of a cursor.
    pub(crate) fn to_hex(&self) -> String {
        self.encode().iter().fold(String::new(), |mut text, byte| {
            for digit in [byte >> 4, byte & 0x0F] {
                text.extend(char::from_digit(digit.into(), 16));
            }
            text
        })
    }

    /// Decodes a key from hexadecimal digits. `None` if they are no key.
    fn from_hex(text: &str) -> Option<Self> {
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|[high, low]| Some((value(*high)? << 4) | value(*low)?)).collect();
        bytes.filter(|_| rest.is_empty()).and_then(|bytes| Self::decode(&bytes))
    }

    /// Returns the key that a cursor of a list stands for.
    ///
    /// # Errors
    /// `invalid` if `is_listed` does not accept the key, or the text is no key.
    pub(crate) fn of_cursor(text: &str, list: &str, is_listed: impl Fn(&Self) -> bool) -> Result<Self, Error> {
        let problem = || format!("is not a cursor of a page of {list}; give the `next` of the previous page, or none");
        Self::from_hex(text).filter(is_listed).ok_or_else(|| Error::invalid("after", problem()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::LAST_SEQUENCE;
    use crate::firmware::Sha256;
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
            Just(Key::Directory()),
            account.clone().prop_map(Key::Account),
            "[a-zé@.]{0,9}".prop_map(|text| Key::Email(text.into())),
            (account.clone(), product.clone()).prop_map(|(a, p)| Key::Membership(a, p)),
            (account.clone(), product.clone()).prop_map(|(a, p)| Key::Invitation(a, p)),
            (account.clone(), device.clone()).prop_map(|(a, d)| Key::Claim(a, d)),
            account.clone().prop_map(Key::Payer),
            (any::<i64>(), account.clone()).prop_map(|(at, a)| Key::AccountDue(Timestamp::from_millis(at), a)),
            (any::<i64>(), product.clone()).prop_map(|(at, p)| Key::ProductDue(Timestamp::from_millis(at), p)),
            (product.clone(), any::<u32>()).prop_map(|(p, number)| Key::Invoice(p, number)),
            (product.clone(), any::<u32>()).prop_map(|(p, number)| Key::Charge(p, number)),
            product.clone().prop_map(Key::Contract),
            device.clone().prop_map(Key::Registration),
            product.clone().prop_map(Key::Product),
            product.clone().prop_map(Key::Team),
            product.clone().prop_map(Key::Firmware),
            product.clone().prop_map(Key::FirmwareLocks),
            (product.clone(), "[a-zé-]{0,9}", device.clone()).prop_map(|(p, name, d)| Key::device_name(p, &name, d)),
            product.clone().prop_map(Key::DeviceCount),
            (product.clone(), device).prop_map(|(p, d)| Key::Device(p, d)),
            (product.clone(), tally, any::<u8>()).prop_map(|(p, t, slot)| Key::Tally(p, t, slot)),
            (product.clone(), any::<i64>(), any::<u64>())
                .prop_map(|(p, at, nonce)| Key::Audit(p, AuditId { at: Timestamp::from_millis(at), nonce })),
            (product.clone(), "[a-zé-]{0,9}").prop_map(|(p, text)| Key::Notice(p, text.into())),
            (product.clone(), "[a-zé-]{0,9}").prop_map(|(p, text)| Key::CustomerName(p, text.into())),
            (product.clone(), "[a-zé-]{0,9}").prop_map(|(p, text)| Key::Guest(p, text.into())),
            (product.clone(), "[a-zé-]{0,9}").prop_map(|(p, text)| Key::CustomerIdentity(p, text.into())),
            Just(Key::StickerKey()),
            (account.clone(), any::<i64>(), any::<u64>()).prop_map(|(a, at, nonce)| Key::AccountAudit(
                a,
                AuditId { at: Timestamp::from_millis(at), nonce }.into()
            )),
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
    fn a_key_takes_24_bytes_of_memory() {
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
