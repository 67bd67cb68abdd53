//! What people are told by e-mail or alert. The core sends nothing: a notice waits in an outbox, written by the commit
//! that causes it, until the host says that it has been sent.

use crate::product::ProductId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that people should be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Notice {
    /// Names this notice and no other: a host that is handed it twice sends it once.
    pub key: String,
    /// When it was caused.
    pub at: Timestamp,
    /// The product it is about.
    pub product: ProductId,
    /// What to tell.
    pub subject: NoticeSubject,
}

/// What a notice tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoticeSubject {
    /// Devices ask to join the product (R-IMP-9). One notice until it is acknowledged, however many ask.
    DevicesAskToJoin,
}

impl NoticeSubject {
    /// What the notice is filed under within its product: of one name there is one that waits.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::DevicesAskToJoin => "devices-ask-to-join",
        }
    }
}

impl Notice {
    pub(crate) fn new(at: Timestamp, product: ProductId, subject: NoticeSubject, nonce: u64) -> Self {
        Self { key: format!("{product}-{}-{nonce:016x}", subject.name()), at, product, subject }
    }
}
