//! Encodes writes as bytes for the journal.
//!
//! One record holds the writes of a batch: the number of the format, the writes, and a CRC-32 of everything before it.
//! Stamps and checksums are little-endian. Other numbers are varints of seven bits a byte. Texts are preceded by their
//! length. Formats of released versions can be read forever: a new form gets a new format number or a new tag.

use super::device;
use crate::cursor::Cursor;
use crate::device::DeviceId;
use crate::product::ProductId;
use crate::store::{Key, Record, Stamp, StoreError, StoreErrorKind, Write};

/// The number of the format, the first byte of every record. Format 2 added the order of a device's connections, and
/// format 3 the revision of its chip; each is a superset of the previous one.
const FORMAT: u8 = 3;

const PUT_DEVICE: u8 = 1;
const PUT_JSON: u8 = 2;
const DELETE: u8 = 3;
const ADD: u8 = 4;

/// The content of the journal's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The last record whose rows are all in the inner store.
    pub(super) folded: u64,
}

impl Head {
    pub(super) fn pack(self) -> Record {
        let mut bytes = vec![FORMAT];
        bytes.extend(self.folded.to_le_bytes());
        sealed(bytes)
    }

    pub(super) fn unpack(record: &Record) -> Result<Self, StoreError> {
        let mut body = Cursor::new(body(0, record)?);
        let folded = body.u64().filter(|_| body.rest().is_empty());
        folded.map(|folded| Self { folded }).ok_or_else(|| damaged(0, "its content is invalid"))
    }
}

/// Packs writes into records of at most about `most` bytes each; a single larger write gets a record of its own.
pub(super) fn pack<'w>(writes: impl Iterator<Item = &'w Write>, most: usize) -> Result<Vec<Record>, StoreError> {
    let (mut records, mut bytes) = (Vec::new(), vec![FORMAT]);
    for write in writes {
        if bytes.len() >= most {
            records.push(sealed(std::mem::replace(&mut bytes, vec![FORMAT])));
        }
        encode(&mut bytes, write)?;
    }
    records.push(sealed(bytes));
    Ok(records)
}

/// Decodes the writes of the record with this number.
pub(super) fn unpack(number: u64, record: &Record) -> Result<Vec<Write>, StoreError> {
    let mut body = Cursor::new(body(number, record)?);
    let mut writes = Vec::new();
    while !body.rest().is_empty() {
        writes.push(decode(&mut body).ok_or_else(|| damaged(number, "it holds a write that cannot be decoded"))?);
    }
    Ok(writes)
}

fn encode(bytes: &mut Vec<u8>, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Put { key: Key::Device(product, id), record: Record::Device(device), stamp } => {
            bytes.push(PUT_DEVICE);
            put_number(bytes, product.get());
            bytes.extend(id.as_bytes());
            bytes.extend(stamp.0.to_le_bytes());
            device::encode(bytes, device);
        }
        Write::Put { key, record, stamp } => {
            bytes.push(PUT_JSON);
            put_bytes(bytes, &key.encode());
            bytes.extend(stamp.0.to_le_bytes());
            let json = record.to_json().map_err(|error| {
                StoreError::new(StoreErrorKind::Other, format!("{key:?} cannot be written as JSON")).with_source(error)
            })?;
            put_bytes(bytes, json.as_bytes());
        }
        Write::Delete { key } => {
            bytes.push(DELETE);
            put_bytes(bytes, &key.encode());
        }
        Write::Add { key, delta } => {
            bytes.push(ADD);
            put_bytes(bytes, &key.encode());
            put_signed(bytes, *delta);
        }
    }
    Ok(())
}

fn decode(body: &mut Cursor<'_>) -> Option<Write> {
    Some(match body.u8()? {
        PUT_DEVICE => {
            let product = ProductId::new(number(body)?).ok()?;
            let key = Key::Device(product, DeviceId::new(body.array()?));
            Write::Put { key, stamp: Stamp(body.u64()?), record: Record::Device(device::decode(body)?) }
        }
        PUT_JSON => {
            let key = Key::decode(take_bytes(body)?)?;
            let stamp = Stamp(body.u64()?);
            let record = Record::from_json(key.kind(), take_text(body)?).ok()?;
            Write::Put { key, stamp, record }
        }
        DELETE => Write::Delete { key: Key::decode(take_bytes(body)?)? },
        ADD => Write::Add { key: Key::decode(take_bytes(body)?)?, delta: signed(body)? },
        _ => return None,
    })
}

/// Appends a number as a varint: seven bits a byte, the low ones first.
pub(super) fn put_number(bytes: &mut Vec<u8>, number: impl Into<u64>) {
    let mut rest = number.into();
    while rest >= 0x80 {
        bytes.push((rest & 0x7F) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

/// Decodes a number that fits into its type.
pub(super) fn number<T: TryFrom<u64>>(body: &mut Cursor<'_>) -> Option<T> {
    body.varint().and_then(|number| T::try_from(number).ok())
}

/// Appends a signed number. The sign is the lowest bit, so that small numbers of either sign are short.
pub(super) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put_number(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

pub(super) fn signed(body: &mut Cursor<'_>) -> Option<i64> {
    let number = body.varint()?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

pub(super) fn put_bytes(bytes: &mut Vec<u8>, more: &[u8]) {
    put_number(bytes, more.len() as u64);
    bytes.extend(more);
}

fn take_bytes<'b>(body: &mut Cursor<'b>) -> Option<&'b [u8]> {
    let length = number(body)?;
    body.take(length)
}

pub(super) fn take_text<'b>(body: &mut Cursor<'b>) -> Option<&'b str> {
    std::str::from_utf8(take_bytes(body)?).ok()
}

/// Makes a record of these bytes and their checksum.
fn sealed(mut bytes: Vec<u8>) -> Record {
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    Record::Journal(bytes.into())
}

/// Returns the bytes between the format number and the checksum.
fn body(number: u64, record: &Record) -> Result<&[u8], StoreError> {
    let Record::Journal(bytes) = record else { return Err(damaged(number, "it is a record of another kind")) };
    let (content, sum) = bytes.split_last_chunk::<4>().ok_or_else(|| damaged(number, "it is truncated"))?;
    if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
        return Err(damaged(number, "its checksum does not match"));
    }
    match content.split_first() {
        Some((1..=FORMAT, body)) => Ok(body),
        Some((format, _)) => Err(StoreError::new(
            StoreErrorKind::NewerSchema,
            format!("the journal has format {format}, and this program supports up to {FORMAT}; update the program"),
        )),
        None => Err(damaged(number, "it is empty")),
    }
}

/// The error for a damaged record of the journal.
pub(super) fn damaged(number: u64, problem: &str) -> StoreError {
    let record = if number == 0 { "the head".to_owned() } else { format!("record {number}") };
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!("{record} of the journal is damaged: {problem}; restore the store from a backup"),
    )
}
