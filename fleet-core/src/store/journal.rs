//! The head of a journal: shows whether a store holds changes that are in its journal only.

use super::{Key, Range, Record, Store, StoreError, StoreErrorKind};

/// The record at [`Key::Journal`]`(0)` of a store that has a journal: how many of the journal's records are in the rows.
///
/// A layer that keeps a journal in its inner store, as `fleet-store-journaled` does, numbers its records from 1 and
/// writes this head in the commit that completes their rows. A fleet that is opened on the inner store without the layer
/// reads it, and refuses every call with `store_journaled` while a later record exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalHead {
    /// The number of the last record whose rows are all in the inner store; 0 if there is none.
    pub folded: u64,
}

impl JournalHead {
    /// The newest format of a journal that this version can read. A head of a newer one is refused.
    pub const FORMAT: u8 = 3;

    /// Encodes the head: the format, the number, and a CRC-32 of both.
    pub fn encode(self) -> Record {
        let mut bytes = vec![Self::FORMAT];
        bytes.extend(self.folded.to_le_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        Record::Journal(bytes.into())
    }

    /// Decodes a head.
    ///
    /// # Errors
    /// `store_newer_schema` for a journal of a newer program; `store_corrupt` for a record that is damaged or no head.
    pub fn decode(record: &Record) -> Result<Self, StoreError> {
        let Record::Journal(bytes) = record else { return Err(damaged("it is a record of another kind")) };
        let (content, sum) = bytes.split_last_chunk::<4>().ok_or_else(|| damaged("it is truncated"))?;
        if crc32fast::hash(content) != u32::from_le_bytes(*sum) {
            return Err(damaged("its checksum does not match"));
        }
        match content.split_first() {
            Some((1..=Self::FORMAT, number)) => {
                let number = number.try_into().map_err(|_| damaged("its content is invalid"))?;
                Ok(Self { folded: u64::from_le_bytes(number) })
            }
            Some((format, _)) => Err(StoreError::new(
                StoreErrorKind::NewerSchema,
                format!(
                    "the journal has format {format}, and this program supports up to {}; update the program",
                    Self::FORMAT
                ),
            )),
            None => Err(damaged("it is empty")),
        }
    }
}

/// Whether a store has a journal with changes that are not in its rows. A layer with a journal shows none.
pub(super) fn waits(store: &dyn Store) -> Result<bool, StoreError> {
    let head = store.get(&[Key::Journal(0)])?.into_iter().next().flatten();
    let Some(row) = head else { return Ok(false) };
    let JournalHead { folded } = JournalHead::decode(&row.record)?;
    let later = Range::new(Key::Journal(folded.saturating_add(1)), Key::Journal(u64::MAX));
    Ok(!store.scan(&later.limit(1))?.is_empty())
}

fn damaged(problem: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Corrupt,
        format!("the head of the journal is damaged: {problem}; restore the store from a backup"),
    )
}
