//! The next free numbers of products and accounts.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The guard record of the numbers that are assigned once: those of products and of accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// The number of the next product, unless an operator has assigned it already.
    pub(crate) next_product: u32,
    /// The number of the next account.
    pub(crate) next_account: u64,
    /// The time at which the clock last advanced (R-BILL-10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) advanced_at: Option<Timestamp>,
}

impl Default for Directory {
    /// Products are numbered from 1000: lower numbers are also platform ids, which firmware uses as wildcards
    /// (R-IMG-2).
    fn default() -> Self {
        Self { next_product: 1000, next_account: 1, advanced_at: None }
    }
}
