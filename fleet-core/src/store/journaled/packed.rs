//! Writes as bytes, as they stand in the journal.
//!
//! One record holds the writes of a batch: the format's number, the writes, and a CRC-32 of all before it. Stamps and sums
//! are little-endian; other numbers take as many bytes as they need, seven bits in each; texts have their length before
//! them. What was written by a version that was released is read for ever: a new form gets a new number of the format or a
//! new tag.

use super::device;
use crate::cursor::Cursor;
use crate::device::DeviceId;
use crate::product::ProductId;
use crate::store::{Key, Record, Stamp, StoreError, StoreErrorKind, Write};
use std::sync::Arc;

/// The format's number, the first byte of every record. Format 2 has the order of a device's connections, and format 3 the
/// revision of its chip; each is a part of the next.
const FORMAT: u8 = 3;

const PUT_DEVICE: u8 = 1;
const PUT_JSON: u8 = 2;
const DELETE: u8 = 3;
const ADD: u8 = 4;

/// What the head of the journal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The last record all of whose rows stand in the inner store.
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
        folded.map(|folded| Self { folded }).ok_or_else(|| damaged(0, "it says nothing"))
    }
}

/// Packs writes into records of some `most` bytes at most each, unless one write alone is larger.
pub(super) fn pack<'w>(writes: impl Iterator<Item = &'w Write>, most: usize) -> Result<Vec<Record>, StoreError> {
    let (mut records, mut bytes) = (Vec::new(), vec![FORMAT]);
    for write in writes {
        if bytes.len() >= most {
            records.push(sealed(std::mem::replace(&mut bytes, vec![FORMAT])));
        }
        put(&mut bytes, write)?;
    }
    records.push(sealed(bytes));
    Ok(records)
}

/// The writes of the record with this number.
pub(super) fn unpack(number: u64, record: &Record) -> Result<Vec<Write>, StoreError> {
    let mut body = Cursor::new(body(number, record)?);
    let mut writes = Vec::new();
    while !body.rest().is_empty() {
        writes.push(take(&mut body).ok_or_else(|| damaged(number, "a write in it cannot be read"))?);
    }
    Ok(writes)
}

fn put(bytes: &mut Vec<u8>, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Put { key: Key::Device(product, id), record: Record::Device(device), stamp } => {
            bytes.push(PUT_DEVICE);
            put_number(bytes, product.get());
            bytes.extend(id.as_bytes());
            bytes.extend(stamp.0.to_le_bytes());
            device::put(bytes, device);
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

fn take(body: &mut Cursor<'_>) -> Option<Write> {
    Some(match body.u8()? {
        PUT_DEVICE => {
            let product = ProductId::new(number(body)?).ok()?;
            let key = Key::Device(product, DeviceId::new(body.array()?));
            Write::Put { key, stamp: Stamp(body.u64()?), record: Record::Device(device::take(body)?) }
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

/// Adds a number, seven bits a byte, the low ones first.
pub(super) fn put_number(bytes: &mut Vec<u8>, number: impl Into<u64>) {
    let mut rest = number.into();
    while rest >= 0x80 {
        bytes.push((rest & 0x7F) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

/// A number that fits where it is for.
pub(super) fn number<T: TryFrom<u64>>(body: &mut Cursor<'_>) -> Option<T> {
    body.varint().and_then(|number| T::try_from(number).ok())
}

/// Adds a number with a sign: the sign is the lowest bit, so that small ones are short on either side of 0.
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

/// A record of these bytes and their sum.
fn sealed(mut bytes: Vec<u8>) -> Record {
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    Record::Journal(Arc::from(bytes))
}

/// What stands between the format's number and the sum.
fn body(number: u64, record: &Record) -> Result<&[u8], StoreError> {
    let Record::Journal(bytes) = record else { return Err(damaged(number, "it is another kind of record")) };
    let (content, sum) = bytes.split_last_chunk::<4>().ok_or_else(|| damaged(number, "it is cut short"))?;
    if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
        return Err(damaged(number, "its bytes are not those that were written"));
    }
    match content.split_first() {
        Some((1..=FORMAT, body)) => Ok(body),
        Some((format, _)) => Err(StoreError::new(
            StoreErrorKind::NewerSchema,
            format!("the journal has format {format}, and this program knows {FORMAT} at most; update the program"),
        )),
        None => Err(damaged(number, "it is empty")),
    }
}

/// That a record of the journal cannot be read, and what can be done.
pub(super) fn damaged(number: u64, problem: &str) -> StoreError {
    let record = if number == 0 { "the head".to_owned() } else { format!("record {number}") };
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!("{record} of the journal is damaged: {problem}; restore the store from a backup"),
    )
}
