//! The contents of records that no other module declares, and how a transaction reads a record by its type.

use super::{Key, Record};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

/// A record that has its own type and form of key, so that a transaction can read and write it by that type.
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

/// The content of a record that only exists: a mark. In JSON it is `true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present;

impl Serialize for Present {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bool::deserialize(deserializer).map(|_| Self)
    }
}

/// The content of a record of the journal. In JSON it is base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalBytes(Arc<[u8]>);

impl Deref for JournalBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for JournalBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Serialize for JournalBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for JournalBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map(Self::from).map_err(de::Error::custom)
    }
}
