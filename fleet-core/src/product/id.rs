//! The number of a product.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;

/// A product's number: unique, assigned when the product is created, never changed and never reused (R-PRD-1).
///
/// It is compiled into firmware, where 0 and 65535 mean that no number was set, so no product has those.
///
/// ```
/// use fleet_core::ProductId;
///
/// assert_eq!(ProductId::new(94)?.to_string(), "94");
/// assert!(ProductId::new(0).is_err() && ProductId::new(65_535).is_err());
/// # Ok::<(), fleet_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct ProductId(NonZeroU32);

impl ProductId {
    pub(crate) const FIRST: Self = Self(NonZeroU32::MIN);
    pub(crate) const LAST: Self = Self(NonZeroU32::MAX);

    /// The product with this number.
    ///
    /// # Errors
    /// `invalid` for 0 and 65535.
    pub fn new(number: u32) -> Result<Self, Error> {
        match NonZeroU32::new(number) {
            Some(id) if number != 65_535 => Ok(Self(id)),
            _ => Err(Error::invalid("product id", "0 and 65535 mean `not set` in firmware; choose another number")),
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for ProductId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u32> for ProductId {
    type Error = Error;

    fn try_from(number: u32) -> Result<Self, Error> {
        Self::new(number)
    }
}

impl From<ProductId> for u32 {
    fn from(id: ProductId) -> u32 {
        id.get()
    }
}
