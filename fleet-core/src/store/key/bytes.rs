//! Encodes keys as bytes and back. Encoded bytes have the same order as keys.

use super::{AuditId, Key, Tally};
use crate::Error;
use crate::customer::CustomerId;
use crate::device::DeviceId;
use crate::firmware::Sha256;
use crate::product::ProductId;
use crate::team::AccountId;
use crate::time::Timestamp;
use std::sync::Arc;

const DIRECTORY: u8 = 0;
const ACCOUNT: u8 = 1;
const REGISTRY: u8 = 2;
const PRODUCT: u8 = 3;
const OUTBOX: u8 = 4;
const SECRETS: u8 = 5;
const CLOCK: u8 = 8;
const JOURNAL: u8 = 255;

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

impl Key {
    /// Encodes the key. The order of the bytes is that of keys: the partition, the kind, the rest; numbers are
    /// big-endian.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24);
        let partition = self.partition();
        bytes.push(partition);
        match partition {
            ACCOUNT => bytes.extend(self.account().into_iter().flat_map(|id| id.get().to_be_bytes())),
            PRODUCT => bytes.extend(self.product().into_iter().flat_map(|id| id.get().to_be_bytes())),
            _ => {}
        }
        bytes.push(self.kind() as u8);
        self.encode_rest(&mut bytes);
        bytes
    }

    /// The part of the store that holds the key. Most keys are in that of the account or product that they name.
    fn partition(&self) -> u8 {
        match self {
            Self::Directory | Self::Email(_) | Self::StickerKey => DIRECTORY,
            Self::Registration(_) => REGISTRY,
            Self::Notice(..) | Self::Charge(..) => OUTBOX,
            Self::ProductDue(..) | Self::AccountDue(..) => CLOCK,
            Self::Token(_) | Self::ClaimCode(_) => SECRETS,
            Self::Journal(_) => JOURNAL,
            _ if self.account().is_some() => ACCOUNT,
            _ => PRODUCT,
        }
    }

    /// Encodes what distinguishes the key from others of its kind in its partition.
    fn encode_rest(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Directory
            | Self::StickerKey
            | Self::Account(_)
            | Self::Product(_)
            | Self::Team(_)
            | Self::Firmware(_)
            | Self::FirmwareLocks(_)
            | Self::DeviceCount(_)
            | Self::Configuration(_)
            | Self::CustomerCount(_)
            | Self::EventSubscriptions(_)
            | Self::Contract(_)
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
            Self::Email(text)
            | Self::CustomerName(_, text)
            | Self::CustomerIdentity(_, text)
            | Self::Guest(_, text) => bytes.extend(text.as_bytes()),
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
            Self::AccountAudit(_, id) => encode_audit(id, bytes),
            Self::Audit(_, id) => encode_audit(id, bytes),
            Self::EventLog(_, slot) | Self::DeviceErrors(_, slot) => bytes.push(*slot),
            Self::Event(_, slot, sequence) => {
                bytes.push(*slot);
                bytes.extend(sequence.to_be_bytes());
            }
            Self::EventId(_, hash) => bytes.extend(hash),
            // A byte that no name contains, so that a name comes before longer names that begin with it.
            Self::DeviceName(_, named) => {
                bytes.extend(named.name.as_bytes());
                bytes.push(0);
                bytes.extend(named.device.as_bytes());
            }
        }
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

    /// Returns the key of which these are the encoded bytes in hexadecimal digits, if it is one.
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

    /// Returns the key of which these are the encoded bytes, if it is one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = Rest(bytes);
        let [partition] = *rest.take::<1>()?;
        let key = match partition {
            DIRECTORY => match rest.take()? {
                [1] => Self::Directory,
                [3] => Self::Email(rest.text()?),
                [52] => Self::StickerKey,
                _ => return None,
            },
            ACCOUNT => Self::decode_of_account(&mut rest)?,
            REGISTRY => match rest.take()? {
                [6] => Self::Registration(rest.device()?),
                _ => return None,
            },
            PRODUCT => Self::decode_of_product(&mut rest)?,
            SECRETS => match rest.take()? {
                [23] => Self::Token(Box::new(Sha256::new(*rest.take()?))),
                [24] => Self::ClaimCode(Box::new(Sha256::new(*rest.take()?))),
                _ => return None,
            },
            JOURNAL => match rest.take()? {
                [255] => Self::Journal(u64::from_be_bytes(*rest.take()?)),
                _ => return None,
            },
            OUTBOX => match rest.take()? {
                [14] => Self::Notice(rest.product()?, rest.text()?),
                [35] => Self::Charge(rest.product()?, rest.number()?),
                _ => return None,
            },
            CLOCK => match rest.take()? {
                [36] => Self::ProductDue(rest.time()?, rest.product()?),
                [37] => Self::AccountDue(rest.time()?, rest.account()?),
                _ => return None,
            },
            _ => return None,
        };
        rest.0.is_empty().then_some(key)
    }

    /// Decodes a key in the partition of an account.
    fn decode_of_account(rest: &mut Rest<'_>) -> Option<Self> {
        let id = rest.account()?;
        Some(match rest.take()? {
            [2] => Self::Account(id),
            [4] => Self::Membership(id, rest.product()?),
            [5] => Self::Claim(id, rest.device()?),
            [15] => Self::Invitation(id, rest.product()?),
            [33] => Self::Payer(id),
            [50] => Self::AccountAudit(id, rest.audit()?.into()),
            _ => return None,
        })
    }

    /// Decodes a key in the partition of a product.
    fn decode_of_product(rest: &mut Rest<'_>) -> Option<Self> {
        let id = rest.product()?;
        Some(match rest.take()? {
            [7] => Self::Product(id),
            [8] => Self::Team(id),
            [9] => Self::Firmware(id),
            [10] => Self::DeviceCount(id),
            [11] => Self::Device(id, rest.device()?),
            [12] => {
                let tally = Tally::from_code(*rest.take()?)?;
                let [slot] = *rest.take::<1>()?;
                Self::Tally(id, tally, slot)
            }
            [13] => Self::Audit(id, rest.audit()?),
            [16] => Self::Configuration(id),
            [17] => Self::CustomerCount(id),
            [18] => Self::Customer(id, CustomerId::new(u64::from_be_bytes(*rest.take()?)).ok()?),
            [19] => Self::CustomerName(id, rest.text()?),
            [20] => Self::Guest(id, rest.text()?),
            [21] => Self::ActivationCode(id, *rest.take()?),
            [22] => Self::DeviceCode(id, rest.device()?),
            [25] => Self::EventSubscriptions(id),
            [26] => Self::EventLog(id, rest.slot()?),
            [27] => Self::Event(id, rest.slot()?, u64::from_be_bytes(*rest.take()?)),
            [28] => Self::EventId(id, *rest.take()?),
            [29] => Self::DeviceErrors(id, rest.slot()?),
            [30] => Self::UsageMonth(id, u32::from_be_bytes(*rest.take()?)),
            [32] => Self::Contract(id),
            [34] => Self::Invoice(id, rest.number()?),
            [51] => Self::CustomerIdentity(id, rest.text()?),
            [53] => Self::FirmwareLocks(id),
            [54] => {
                let (name, device) = std::mem::take(&mut rest.0).split_last_chunk::<12>()?;
                let (end, name) = name.split_last()?;
                let name = std::str::from_utf8(name).ok().filter(|_| *end == 0)?;
                Self::device_name(id, name, DeviceId::new(*device))
            }
            _ => return None,
        })
    }
}

/// The bytes that are still to be decoded.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take<const N: usize>(&mut self) -> Option<&'b [u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(head)
    }

    fn device(&mut self) -> Option<DeviceId> {
        self.take::<12>().map(|bytes| DeviceId::new(*bytes))
    }

    fn product(&mut self) -> Option<ProductId> {
        ProductId::new(self.number()?).ok()
    }

    fn text(&mut self) -> Option<Arc<str>> {
        std::str::from_utf8(std::mem::take(&mut self.0)).ok().map(Arc::from)
    }

    fn slot(&mut self) -> Option<u8> {
        self.take::<1>().map(|[slot]| *slot)
    }

    fn time(&mut self) -> Option<Timestamp> {
        Some(Timestamp::from_millis(i64::from_be_bytes(*self.take()?) ^ i64::MIN))
    }

    fn account(&mut self) -> Option<AccountId> {
        AccountId::new(u64::from_be_bytes(*self.take()?)).ok()
    }

    fn audit(&mut self) -> Option<AuditId> {
        Some(AuditId { at: self.time()?, nonce: u64::from_be_bytes(*self.take()?) })
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(*self.take()?))
    }
}

fn encode_audit(id: &AuditId, bytes: &mut Vec<u8>) {
    bytes.extend(moment(id.at));
    bytes.extend(id.nonce.to_be_bytes());
}

/// Encodes a moment as bytes with the same order.
fn moment(at: Timestamp) -> [u8; 8] {
    (at.as_millis() ^ i64::MIN).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::LAST_SEQUENCE;
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
            Just(Key::StickerKey),
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
