//! The numbers to give out next.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The guard record of numbers that are given once: products' and accounts'.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// The next product's, unless an operator has given it away.
    pub(crate) next_product: u32,
    /// The next account's.
    pub(crate) next_account: u64,
    /// The moment at which the clock advanced last (R-BILL-10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) advanced_at: Option<Timestamp>,
}

impl Default for Directory {
    /// Products are numbered from 1000: the numbers below are also platform ids, which firmware uses as wildcards (R-IMG-2).
    fn default() -> Self {
        Self { next_product: 1000, next_account: 1, advanced_at: None }
    }
}
