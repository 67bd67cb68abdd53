//! Codes: secrets that are handed out once and kept as hashes, and the four characters of a private beta.

use crate::firmware::Sha256;
use crate::{Error, ErrorKind, Fleet};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq;

/// A secret: 32 random bytes, written as 64 hexadecimal digits. The core hands it out once and keeps its hash.
///
/// It does not show itself in logs: `Debug` hides it. [`reveal`](Self::reveal) is the one way to its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    pub(crate) fn new(fleet: &Fleet) -> Result<Self, Error> {
        fleet.random_bytes().map(Self)
    }

    /// Reads a claim code. What has not the form of one is `wrong_code`, as any that is not right.
    ///
    /// # Errors
    /// `wrong_code`.
    pub fn claim_code(text: &str) -> Result<Self, Error> {
        text.parse().map_err(|_: Error| ErrorKind::WrongCode { left: None }.into())
    }

    /// The text to give to whom it is for.
    pub fn reveal(&self) -> String {
        Sha256::new(self.0).to_string()
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> Sha256 {
        Sha256::of(&self.0)
    }
}

impl FromStr for Secret {
    type Err = Error;

    /// Reads a token. What has not the form of one is `unauthenticated`, as any that is not good.
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

/// Whether two hashes are the same, in a time that does not tell where they differ.
pub(super) fn same(a: &Sha256, b: &Sha256) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The characters of activation codes: those that nobody takes for another.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A code of a private beta: 4 characters of `2-9 A-Z` without `I`, `L` and `O`; read in either case (R-CUS-4).
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
    /// How many there are.
    pub(crate) const COUNT: u64 = 31 * 31 * 31 * 31;

    /// The code that a random number picks.
    pub(crate) fn pick(random: u64) -> Self {
        let mut rest = random % Self::COUNT;
        Self(std::array::from_fn(|_| {
            let character = ALPHABET.get((rest % 31) as usize).copied().unwrap_or(b'2');
            rest /= 31;
            character
        }))
    }

    /// The characters.
    pub(crate) fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// The code of these characters, if each is one of the alphabet.
    pub(crate) fn from_bytes(bytes: [u8; 4]) -> Option<Self> {
        bytes.iter().all(|byte| ALPHABET.contains(byte)).then_some(Self(bytes))
    }

    /// Whether it is that code, in a time that does not tell where they differ.
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
    fn every_code_is_of_the_alphabet_and_reads_back() {
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
    fn what_is_secret_is_not_shown() {
        let secret: Secret = "11".repeat(32).parse().unwrap();
        assert_eq!(format!("{secret:?} {:?}", ActivationCode::pick(7)), "Secret(hidden) ActivationCode(hidden)");
    }
}
