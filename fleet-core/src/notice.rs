//! What people are told by e-mail or alert. The core sends nothing: a notice waits in an outbox, written by the commit
//! that causes it, until the host says that it has been sent.

use crate::Error;
use crate::device::{Page, check_page};
use crate::fleet::Fleet;
use crate::product::ProductId;
use crate::store::{Key, Record};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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

/// Where in the outbox a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeCursor(Key);

impl Fleet {
    /// The notices that wait to be sent, `limit` (1 to 1,000) a page, in order of their products. For the host, which
    /// sends them and then [acknowledges](Self::acknowledge) them; until then they are handed out again.
    ///
    /// # Errors
    /// `invalid` for a limit out of its range.
    pub fn pending_notices(
        &self,
        after: Option<NoticeCursor>,
        limit: usize,
    ) -> Result<Page<Arc<Notice>, NoticeCursor>, Error> {
        check_page(limit)?;
        let mut range = Key::notices().limit(limit);
        if let Some(NoticeCursor(after)) = after {
            range = range.after(after);
        }
        let rows = self.store().scan(&range)?;
        let next = rows.last().filter(|_| rows.len() == limit).map(|row| NoticeCursor(row.key.clone()));
        let notices = rows.into_iter();
        let notices =
            notices.filter_map(|row| if let Record::Notice(notice) = row.record { Some(notice) } else { None });
        Ok(Page::new(notices.collect(), next))
    }

    /// Says that a notice has been sent. Says whether it was still waiting: acknowledged twice is acknowledged once, and
    /// a later notice of the same name goes on waiting.
    ///
    /// # Errors
    /// The store's.
    pub fn acknowledge(&self, notice: &Notice) -> Result<bool, Error> {
        let name: Arc<str> = notice.subject.name().into();
        self.transact(|tx| {
            let waiting = tx.get::<Arc<Notice>>((notice.product, Arc::clone(&name)))?;
            let is_it = waiting.is_some_and(|waiting| waiting.key == notice.key);
            if is_it {
                tx.delete(Key::Notice(notice.product, Arc::clone(&name)));
            }
            Ok(is_it)
        })
    }
}
