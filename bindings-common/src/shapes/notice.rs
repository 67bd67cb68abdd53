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
        /// A share of the tier's messages is used up.
        UsageWarning as UsageWarningNotice {
            /// The usage month, by its number from the product's creation.
            month: u32,
            /// The tier's messages a month.
            limit: i64,
            /// The share, in percent.
            percent: u8,
            /// The messages that are used.
            used: i64,
        },
        /// All of the tier's messages are used up: further ones of this usage month are dropped.
        UsageLimitReached as UsageLimitReachedNotice {
            /// The usage month, by its number from the product's creation.
            month: u32,
            /// The tier's messages a month.
            limit: i64,
            /// The messages that are used.
            used: i64,
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
                notice::NoticeSubject::UsageWarning { month, limit, percent, used } => NoticeSubject::UsageWarning {
                    month: *month,
                    limit: count(*limit),
                    percent: *percent,
                    used: count(*used),
                },
                notice::NoticeSubject::UsageLimitReached { month, limit, used } => {
                    NoticeSubject::UsageLimitReached { month: *month, limit: count(*limit), used: count(*used) }
                }
                _ => NoticeSubject::Other,
            },
        }
    }
}
