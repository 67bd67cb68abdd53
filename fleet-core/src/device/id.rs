//! Device ids, on the wire and in files: 12 bytes, written as 24 hex digits (R-IMP-1).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A device's id: 12 bytes, written as 24 hexadecimal digits. Parsing accepts either case; formatting always uses lower
/// case (R-IMP-1).
///
/// ```
/// use fleet_core::DeviceId;
///
/// let id: DeviceId = "55FF6D04498B49A1B2C3D4E5".parse()?;
/// assert_eq!(id.to_string(), "55ff6d04498b49a1b2c3d4e5");
/// assert!("55ff6d04498b49XXXXXXXXXX".parse::<DeviceId>().is_err());
/// # Ok::<(), fleet_core::MalformedDeviceId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId([u8; 12]);

/// Why a text is not a device id. It never contains the text, because what follows an id on a sticker may be a secret
/// (R-IMP-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedDeviceId {
    /// The text does not have 24 characters.
    #[error("a device id has 24 hexadecimal digits, this has {characters} characters: copy the whole id")]
    Length {
        /// Number of characters in the text.
        characters: usize,
    },
    /// The text is 24 times `0` or `f`: the id of a device whose id was never set.
    #[error("24 times `0` or `f` is not a device id: look up the id of this device")]
    Unset,
    /// The text contains a character that is not a hexadecimal digit.
    #[error(
        "`{found}` at position {position} is not a hexadecimal digit; a device id has 24 of them, 0 to 9 and a to f"
    )]
    NotHex {
        /// The first character that is not a hexadecimal digit.
        found: char,
        /// Its position, from 1.
        position: usize,
    },
}

impl DeviceId {
    /// The id of these 12 bytes.
    pub const fn new(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// The 12 bytes.
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.0
    }

    /// Whether all digits are `0`, or all are `f`, which is no device's id (R-IMP-1).
    pub(crate) fn is_unset(&self) -> bool {
        self.0 == [0; 12] || self.0 == [0xFF; 12]
    }

    /// Parses exactly 24 hexadecimal ASCII digits. All zeros are accepted too: see
    /// [`FromStr`](#impl-FromStr-for-DeviceId).
    #[expect(clippy::indexing_slicing, reason = "a table of 256 indexed by bytes")]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        let digits: &[u8; 24] = text.try_into().ok()?;
        let (pairs, _) = digits.as_chunks::<2>();
        let mut bytes = [0; 12];
        let mut seen = 0;
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = (NIBBLE[usize::from(*high)], NIBBLE[usize::from(*low)]);
            seen |= high | low;
            *byte = (high << 4) | (low & 0x0F);
        }
        (seen & 0xF0 == 0).then_some(Self(bytes))
    }
}

/// The value of a hexadecimal digit; 0xF0 for every other byte, so that one `|` over all digits shows whether any was
/// invalid.
#[expect(clippy::indexing_slicing, reason = "a table of 256 indexed by bytes, filled when compiled")]
const NIBBLE: [u8; 256] = {
    let mut table = [0xF0; 256];
    let mut digit = 0;
    while digit < 10 {
        table[b'0' as usize + digit] = digit as u8;
        digit += 1;
    }
    let mut digit = 0;
    while digit < 6 {
        table[b'a' as usize + digit] = 10 + digit as u8;
        table[b'A' as usize + digit] = 10 + digit as u8;
        digit += 1;
    }
    table
};

impl FromStr for DeviceId {
    type Err = MalformedDeviceId;

    fn from_str(text: &str) -> Result<Self, MalformedDeviceId> {
        if let Some(id) = Self::from_hex(text.as_bytes()) {
            return if id.is_unset() { Err(MalformedDeviceId::Unset) } else { Ok(id) };
        }
        match text.chars().zip(1..).find(|(c, _)| !c.is_ascii_hexdigit()) {
            Some((found, position)) if text.chars().count() == 24 => Err(MalformedDeviceId::NotHex { found, position }),
            _ => Err(MalformedDeviceId::Length { characters: text.chars().count() }),
        }
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({self})")
    }
}

impl Serialize for DeviceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeviceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        // Ids that earlier versions stored must load, so ids that are refused today are accepted here.
        match Self::from_hex(text.as_bytes()) {
            Some(id) => Ok(id),
            None => text.parse().map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_is_read_and_lower_case_written() {
        let id: DeviceId = "55FF6D04498B49A1B2C3D4E5".parse().unwrap();
        assert_eq!(id.to_string(), "55ff6d04498b49a1b2c3d4e5");
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"55ff6d04498b49a1b2c3d4e5\"");
    }

    #[test]
    fn an_unset_id_is_refused_when_entered_and_accepted_when_loaded() {
        for text in ["0".repeat(24), "f".repeat(24), "F".repeat(24)] {
            assert_eq!(text.parse::<DeviceId>(), Err(MalformedDeviceId::Unset));
            assert!(serde_json::from_str::<DeviceId>(&format!("\"{text}\"")).is_ok());
        }
        for text in ["000000000000000000000001", "fffffffffffffffffffffffe", "0f0f0f0f0f0f0f0f0f0f0f0f"] {
            assert!(text.parse::<DeviceId>().is_ok(), "{text}");
        }
    }

    #[test]
    fn twenty_three_and_twenty_five_digits_name_their_length() {
        for characters in [0, 23, 25] {
            let text = "5".repeat(characters);
            assert_eq!(text.parse::<DeviceId>(), Err(MalformedDeviceId::Length { characters }));
        }
    }

    #[test]
    fn a_byte_that_is_not_a_digit_is_refused_at_every_position() {
        for place in 0..24 {
            for byte in 0..=255u8 {
                let mut text = *b"0123456789abcdefABCDEF01";
                text[place] = byte;
                assert_eq!(DeviceId::from_hex(&text).is_some(), byte.is_ascii_hexdigit(), "{byte} at {place}");
            }
        }
    }
}
