//! What people should be told.

use crate::Moment;
use crate::macros::{choice, shape};
use crate::plain::count;
use fleet_core::notice;

choice! {
    /// What a notice tells.
    pub enum NoticeSubject {
        /// Devices ask to join the product.
        DevicesAskToJoin as DevicesAskToJoin,
        /// An account is asked to join the product's team.
        Invitation as InvitationNotice {
            /// The account's number; its e-mail is where the notice goes.
            account: i64,
        },
        /// One that is newer than this binding.
        Other as OtherNotice,
    }
}

shape! {
    /// Something that people should be told.
    pub struct Notice {
        /// Names this notice and no other: a host that is handed it twice sends it once.
        pub key: String,
        /// When it was caused.
        pub at: Moment,
        /// The product it is about.
        pub product: u32,
        /// What to tell.
        pub subject: NoticeSubject,
    }
}

shape! {
    /// A page of notices.
    pub struct NoticePage {
        /// The notices, by product.
        pub items: Vec<Notice>,
        /// What the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

impl From<&notice::Notice> for Notice {
    fn from(notice: &notice::Notice) -> Self {
        Self {
            key: notice.key.clone(),
            at: notice.at.into(),
            product: notice.product.get(),
            subject: match &notice.subject {
                notice::NoticeSubject::DevicesAskToJoin => NoticeSubject::DevicesAskToJoin,
                notice::NoticeSubject::Invitation { account } => {
                    NoticeSubject::Invitation { account: count(account.get()) }
                }
                _ => NoticeSubject::Other,
            },
        }
    }
}
