//! Codes: secrets that are returned once and stored as hashes, and the four-character codes of a private beta.

use crate::firmware::Sha256;
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq;

/// A secret: 32 random bytes, written as 64 hexadecimal digits. The core returns it once and stores its hash.
///
/// Logs do not show it: `Debug` hides it. Only [`reveal`](Self::reveal) returns its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Parses a claim code. Malformed text is a `wrong_code`, like any other wrong code.
    ///
    /// # Errors
    /// `wrong_code`.
    pub fn claim_code(text: &str) -> Result<Self, Error> {
        text.parse().map_err(|_: Error| ErrorKind::WrongCode { left: None }.into())
    }

    /// Returns the text, for its recipient.
    pub fn reveal(&self) -> String {
        Sha256::new(self.0).to_string()
    }

    /// The hash that is stored.
    pub(crate) fn hash(&self) -> Sha256 {
        Sha256::of(&self.0)
    }
}

impl FromStr for Secret {
    type Err = Error;

    /// Parses a token. Malformed text is `unauthenticated`, like any other invalid token.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bytes: Sha256 = text.parse().map_err(|_| ErrorKind::Unauthenticated)?;
        Ok(Self(*bytes.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Whether two hashes are equal, compared in constant time.
pub(super) fn same(a: &Sha256, b: &Sha256) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The characters of activation codes: none can be mistaken for another.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// An activation code of a private beta: 4 characters of `2-9 A-Z` without `I`, `L` and `O`, case-insensitive
/// (R-CUS-4).
///
/// ```
/// use fleet_core::customer::ActivationCode;
///
/// let code: ActivationCode = "k7qx".parse()?;
/// assert_eq!(code.to_string(), "K7QX");
/// assert!("K7Q0".parse::<ActivationCode>().is_err());
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActivationCode([u8; 4]);

impl ActivationCode {
    /// Number of different codes.
    pub(crate) const COUNT: u64 = 31 * 31 * 31 * 31;

    /// Returns the code that a random number selects.
    pub(crate) fn pick(random: u64) -> Self {
        let mut rest = random % Self::COUNT;
        Self(std::array::from_fn(|_| {
            let character = ALPHABET.get((rest % 31) as usize).copied().unwrap_or(b'2');
            rest /= 31;
            character
        }))
    }

    /// Returns the characters.
    pub(crate) fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// Returns the code with these characters, if each belongs to the alphabet.
    pub(crate) fn from_bytes(bytes: [u8; 4]) -> Option<Self> {
        bytes.iter().all(|byte| ALPHABET.contains(byte)).then_some(Self(bytes))
    }

    /// Whether it equals another code, compared in constant time.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl FromStr for ActivationCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let upper: Option<[u8; 4]> = text.trim().as_bytes().try_into().ok();
        upper.map(|bytes| bytes.map(|byte| byte.to_ascii_uppercase())).and_then(Self::from_bytes).ok_or_else(|| {
            Error::invalid("activation code", "has 4 characters: digits from 2 and letters without I, L, O")
        })
    }
}

impl TryFrom<String> for ActivationCode {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ActivationCode> for String {
    fn from(code: ActivationCode) -> String {
        code.to_string()
    }
}

impl fmt::Display for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationCode(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_uses_the_alphabet_and_is_parsed_back() {
        for random in (0..ActivationCode::COUNT).step_by(97) {
            let code = ActivationCode::pick(random);
            assert_eq!(code.to_string().parse::<ActivationCode>().unwrap(), code);
            assert_eq!(ActivationCode::from_bytes(*code.as_bytes()), Some(code));
        }
        for text in ["", "ABC", "ABCDE", "AB0D", "ABOD", "AB1D", "ABID", "ABLD", "äBCD"] {
            assert_eq!(text.parse::<ActivationCode>().unwrap_err().code(), "invalid", "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret: Secret = "11".repeat(32).parse().unwrap();
        assert_eq!(format!("{secret:?} {:?}", ActivationCode::pick(7)), "Secret(hidden) ActivationCode(hidden)");
    }
}
