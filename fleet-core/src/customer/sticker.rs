//! Codes printed on devices. They are short enough to be guessed from a plain hash, so they are hashed with a key of
//! the fleet. The key is created once; its record is the guard.

use super::WrongCodes;
use super::code::same;
use crate::firmware::Sha256;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The key for hashing codes printed on devices.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StickerKey(Sha256);

impl StickerKey {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(Sha256::new(bytes))
    }

    fn hash(self, code: &str) -> Sha256 {
        // An HMAC accepts a key of any length, so this is never the plain hash.
        let keyed = <Hmac<sha2::Sha256>>::new_from_slice(self.0.as_bytes());
        keyed.map_or_else(
            |_| Sha256::of(code.as_bytes()),
            |mut keyed| {
                keyed.update(code.as_bytes());
                Sha256::new(keyed.finalize().into_bytes().into())
            },
        )
    }
}

impl fmt::Debug for StickerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StickerKey(hidden)")
    }
}

/// The stored part of the code printed on a device: never the code itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredCode")]
pub struct DeviceCode {
    /// Hash of the code: an HMAC-SHA-256 with the fleet's key, or the plain SHA-256 of earlier versions.
    pub hash: Sha256,
    /// Whether the hash is keyed.
    pub keyed: bool,
    /// Wrong codes entered for this device.
    #[serde(skip_serializing_if = "WrongCodes::is_zero")]
    pub wrong: WrongCodes,
}

/// The stored forms: a record, or the hash alone of earlier versions.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredCode {
    Hash(Sha256),
    Record {
        hash: Sha256,
        keyed: bool,
        #[serde(default)]
        wrong: WrongCodes,
    },
}

impl From<StoredCode> for DeviceCode {
    fn from(stored: StoredCode) -> Self {
        match stored {
            StoredCode::Hash(hash) => Self { hash, keyed: false, wrong: WrongCodes::default() },
            StoredCode::Record { hash, keyed, wrong } => Self { hash, keyed, wrong },
        }
    }
}

impl DeviceCode {
    pub(super) fn new(key: StickerKey, code: &str) -> Self {
        Self { hash: key.hash(code), keyed: true, wrong: WrongCodes::default() }
    }

    pub(super) fn is(&self, key: StickerKey, code: &str) -> bool {
        let entered = if self.keyed { key.hash(code) } else { Sha256::of(code.as_bytes()) };
        same(&self.hash, &entered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_hashed_with_the_key_and_an_old_hash_still_verifies() {
        let key = StickerKey::new([7; 32]);
        let code = DeviceCode::new(key, "12345678");
        assert!(code.is(key, "12345678") && !code.is(key, "12345679"));
        assert!(!code.is(StickerKey::new([8; 32]), "12345678"), "another fleet's key");
        assert_ne!(code.hash, Sha256::of(b"12345678"));
        let old: DeviceCode = serde_json::from_str(&format!("\"{}\"", Sha256::of(b"12345678"))).unwrap();
        assert!(old.is(key, "12345678") && !old.is(key, "12345679"));
        let again: DeviceCode = serde_json::from_str(&serde_json::to_string(&code).unwrap()).unwrap();
        assert_eq!(again, code);
        assert_eq!(format!("{key:?}"), "StickerKey(hidden)");
    }
}
