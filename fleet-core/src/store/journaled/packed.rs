//! Writes as bytes, as they stand in the journal.
//!
//! One record holds the writes of a batch: the format's number, the writes, and a CRC-32 of all before it. Numbers are
//! little-endian; a text or a JSON has its length in four bytes before it. What was written by a version that was
//! released is read for ever: a new form gets a new number of the format or a new tag.

use super::device;
use crate::cursor::Cursor;
use crate::store::{Key, Record, Stamp, StoreError, StoreErrorKind, Write};
use std::sync::Arc;

/// The format's number, the first byte of every record.
const FORMAT: u8 = 1;

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
        Write::Put { key, record: Record::Device(device), stamp } => {
            bytes.push(PUT_DEVICE);
            put_key(bytes, key)?;
            bytes.extend(stamp.0.to_le_bytes());
            device::put(bytes, device).ok_or_else(too_long)
        }
        Write::Put { key, record, stamp } => {
            bytes.push(PUT_JSON);
            put_key(bytes, key)?;
            bytes.extend(stamp.0.to_le_bytes());
            let json = record.to_json().map_err(|error| {
                StoreError::new(StoreErrorKind::Other, format!("{key:?} cannot be written as JSON")).with_source(error)
            })?;
            put_text(bytes, &json).ok_or_else(too_long)
        }
        Write::Delete { key } => {
            bytes.push(DELETE);
            put_key(bytes, key)
        }
        Write::Add { key, delta } => {
            bytes.push(ADD);
            put_key(bytes, key)?;
            bytes.extend(delta.to_le_bytes());
            Ok(())
        }
    }
}

fn take(body: &mut Cursor<'_>) -> Option<Write> {
    let tag = body.u8()?;
    let length = usize::try_from(body.u32()?).ok()?;
    let key = Key::decode(body.take(length)?)?;
    Some(match tag {
        PUT_DEVICE => {
            let stamp = Stamp(body.u64()?);
            Write::Put { key, stamp, record: Record::Device(device::take(body)?) }
        }
        PUT_JSON => {
            let stamp = Stamp(body.u64()?);
            let record = Record::from_json(key.kind(), take_text(body)?).ok()?;
            Write::Put { key, stamp, record }
        }
        DELETE => Write::Delete { key },
        ADD => Write::Add { key, delta: i64::from_le_bytes(body.array()?) },
        _ => return None,
    })
}

fn put_key(bytes: &mut Vec<u8>, key: &Key) -> Result<(), StoreError> {
    let key = key.encode();
    bytes.extend(u32::try_from(key.len()).map_err(|_| too_long())?.to_le_bytes());
    bytes.extend(key);
    Ok(())
}

pub(super) fn put_text(bytes: &mut Vec<u8>, text: &str) -> Option<()> {
    bytes.extend(u32::try_from(text.len()).ok()?.to_le_bytes());
    bytes.extend(text.as_bytes());
    Some(())
}

pub(super) fn take_text<'b>(body: &mut Cursor<'b>) -> Option<&'b str> {
    let length = usize::try_from(body.u32()?).ok()?;
    std::str::from_utf8(body.take(length)?).ok()
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
        Some((&FORMAT, body)) => Ok(body),
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

fn too_long() -> StoreError {
    StoreError::new(StoreErrorKind::Other, "a record of over 4 GiB does not fit in the journal; make it smaller")
}
