//! The integer that identifies a firmware within its product.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU16;

/// A firmware version: an integer from 1 to 65534 (R-IMG-6). In firmware, 0 and 65535 mean that none was set.
///
/// ```
/// use fleet_core::FirmwareVersion;
///
/// assert!(FirmwareVersion::new(1).is_ok() && FirmwareVersion::new(65_534).is_ok());
/// assert_eq!(FirmwareVersion::new(0).unwrap_err().to_string(), "version: 0 is out of range; choose 1 to 65534");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct FirmwareVersion(NonZeroU16);

impl FirmwareVersion {
    /// The version with this number.
    ///
    /// # Errors
    /// `invalid` unless it is 1 to 65534.
    pub fn new(number: u32) -> Result<Self, Error> {
        match u16::try_from(number).ok().and_then(NonZeroU16::new) {
            Some(version) if version != NonZeroU16::MAX => Ok(Self(version)),
            _ => Err(Error::invalid("version", format!("{number} is out of range; choose 1 to 65534"))),
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for FirmwareVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u32> for FirmwareVersion {
    type Error = Error;

    fn try_from(number: u32) -> Result<Self, Error> {
        Self::new(number)
    }
}

impl From<FirmwareVersion> for u32 {
    fn from(version: FirmwareVersion) -> u32 {
        version.get().into()
    }
}
