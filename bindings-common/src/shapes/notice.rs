//! Notices to people.

use crate::Moment;
use crate::macros::{choice, shape};
use crate::plain::count;
use crate::shapes::{KnownCard, Money, PaymentResult};
use fleet_core::notice;

choice! {
    /// The subject of a notice.
    pub enum NoticeSubject {
        /// Devices ask to join the product.
        DevicesAskToJoin as DevicesAskToJoin,
        /// The quarantine is full: further devices that ask to join are turned away.
        QuarantineFull as QuarantineFull,
        /// An account is invited to the product's team.
        Invitation(InvitationNotice) {
            /// The account's number. The notice goes to its e-mail.
            account: i64,
        },
        /// A share of the tier's messages is used up.
        UsageWarning(UsageWarningNotice) {
            /// The usage month's number, counted from the product's creation.
            month: u32,
            /// The tier's messages a month.
            limit: i64,
            /// The share, in percent.
            percent: u8,
            /// The messages that are used.
            used: i64,
        },
        /// All of the tier's messages are used up: further messages in this usage month are dropped.
        UsageLimitReached(UsageLimitReachedNotice) {
            /// The usage month's number, counted from the product's creation.
            month: u32,
            /// The tier's messages a month.
            limit: i64,
            /// The messages that are used.
            used: i64,
        },
        /// A renewal's payment failed.
        PaymentFailed(PaymentFailedNotice) {
            /// The owner's account.
            account: i64,
            /// The unpaid invoice.
            invoice: u32,
            /// The attempt's number, from 1.
            attempt: u32,
            /// Number of scheduled attempts that have failed.
            failures: u32,
            /// Number of failures at which the account is locked.
            of: u32,
            /// When the schedule continues. Absent if it waits for another card.
            next: Option<Moment>,
            /// The amount to pay.
            amount: Option<Money>,
            /// The failure.
            result: Option<PaymentResult>,
            /// The card that failed, or the last one on file.
            card: Option<KnownCard>,
            /// Whether the card on file is charged at `next`; otherwise that day counts as another failure.
            tried_next: bool,
            /// When the account is locked if nothing is paid until then.
            locks_at: Option<Moment>,
        },
        /// The last attempt failed, so the account is locked.
        AccountLocked(AccountLockedNotice) {
            /// The owner's account.
            account: i64,
            /// The invoice whose last attempt it was.
            invoice: u32,
            /// The amount to pay for it.
            amount: Option<Money>,
        },
        /// Everything is paid, so the account is unlocked.
        AccountUnlocked(AccountUnlockedNotice) {
            /// The owner's account.
            account: i64,
            /// The invoice for which it had been locked.
            invoice: u32,
        },
        /// A renewal was paid.
        RenewalPaid(RenewalPaidNotice) {
            /// The owner's account.
            account: i64,
            /// The invoice.
            invoice: u32,
            /// The amount that was charged.
            amount: Option<Money>,
            /// The card that was charged.
            card: Option<KnownCard>,
        },
        /// An upgrade was paid and is in effect.
        Upgraded(UpgradedNotice) {
            /// The owner's account.
            account: i64,
            /// The invoice.
            invoice: u32,
            /// The amount that was charged.
            amount: Option<Money>,
        },
        /// An upgrade's charge was declined. Nothing has changed.
        UpgradeDeclined(UpgradeDeclinedNotice) {
            /// The owner's account.
            account: i64,
            /// The charge's number.
            charge: u32,
            /// The amount that was to be charged.
            amount: Option<Money>,
            /// The kind of decline.
            result: Option<PaymentResult>,
            /// The card that was declined.
            card: Option<KnownCard>,
        },
        /// A plan was ended or lowered, or the product has another owner. The credit note lists what is given back.
        PlanReduced(PlanReducedNotice) {
            /// The account that receives the credit.
            account: i64,
            /// The credit note.
            invoice: u32,
            /// The amount that goes back to the account.
            refund: Option<Money>,
        },
        /// A plan ended and was not renewed: the product is on a free tier.
        PlanEnded(PlanEndedNotice) {
            /// The owner's account.
            account: i64,
            /// The tier of the product.
            tier: String,
            /// Since when there is no paid plan.
            since: Moment,
        },
        /// The outcome of a charge has been unknown for a day: look it up by its key, and report it.
        ChargeUnknown(ChargeUnknownNotice) {
            /// The account that is charged, or receives the refund.
            account: i64,
            /// The charge's number.
            charge: u32,
            /// The amount.
            amount: Money,
            /// Since when it is unknown.
            since: Moment,
        },
        /// The card on file expires at the end of this month.
        CardExpires(CardExpiresNotice) {
            /// The owner's account.
            account: i64,
            /// The card's number within the account.
            card: u32,
            /// The last month in which it is valid, such as `2017-12`.
            month: String,
            /// What people recognise it by.
            known: Option<KnownCard>,
        },
        /// No card on file will be valid at the next renewal.
        CardNeeded(CardNeededNotice) {
            /// The owner's account.
            account: i64,
            /// When the renewal is.
            renewal: Moment,
            /// The amount that will be charged then.
            amount: Option<Money>,
            /// The card on file, or the last one on file.
            card: Option<KnownCard>,
        },
        /// A device proved that it has another owner: the former claim ended.
        ClaimEnded(ClaimEndedNotice) {
            /// The device.
            device: String,
            /// The account that had claimed it.
            account: Option<i64>,
            /// The customer of the product that had claimed it.
            customer: Option<i64>,
        },
        /// A value that is newer than this binding.
        Other as OtherNotice,
    }
}

shape! {
    /// A notice to people.
    pub struct Notice {
        /// The notice's unique key. A host that receives a notice twice sends it once.
        pub key: String,
        /// When it was caused.
        pub at: Moment,
        /// The product that it is about.
        pub product: u32,
        /// The subject.
        pub subject: NoticeSubject,
    }
}

shape! {
    /// A page of notices.
    pub struct NoticePage {
        /// The notices, by product.
        pub items: Vec<Notice>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

impl From<&notice::Notice> for Notice {
    fn from(notice: &notice::Notice) -> Self {
        Self {
            key: notice.key.to_string(),
            at: notice.at.into(),
            product: notice.product.get(),
            subject: match &notice.subject {
                notice::NoticeSubject::DevicesAskToJoin => NoticeSubject::DevicesAskToJoin,
                notice::NoticeSubject::QuarantineFull => NoticeSubject::QuarantineFull,
                notice::NoticeSubject::Invitation { account } => {
                    NoticeSubject::Invitation(InvitationNotice { account: count(account.get()) })
                }
                notice::NoticeSubject::UsageWarning { month, limit, percent, used } => {
                    NoticeSubject::UsageWarning(UsageWarningNotice {
                        month: *month,
                        limit: count(*limit),
                        percent: *percent,
                        used: count(*used),
                    })
                }
                notice::NoticeSubject::UsageLimitReached { month, limit, used } => {
                    NoticeSubject::UsageLimitReached(UsageLimitReachedNotice {
                        month: *month,
                        limit: count(*limit),
                        used: count(*used),
                    })
                }
                notice::NoticeSubject::PaymentFailed {
                    account,
                    invoice,
                    attempt,
                    failures,
                    of,
                    next,
                    amount,
                    result,
                    card,
                    tried_next,
                    locks_at,
                } => NoticeSubject::PaymentFailed(PaymentFailedNotice {
                    account: count(account.get()),
                    invoice: *invoice,
                    attempt: *attempt,
                    failures: *failures,
                    of: *of,
                    next: next.map(Moment::from),
                    amount: amount.map(Money::from),
                    result: result.map(PaymentResult::from),
                    card: card.as_ref().map(KnownCard::from),
                    tried_next: *tried_next,
                    locks_at: locks_at.map(Moment::from),
                }),
                notice::NoticeSubject::AccountLocked { account, invoice, amount } => {
                    NoticeSubject::AccountLocked(AccountLockedNotice {
                        account: count(account.get()),
                        invoice: *invoice,
                        amount: amount.map(Money::from),
                    })
                }
                notice::NoticeSubject::AccountUnlocked { account, invoice } => {
                    NoticeSubject::AccountUnlocked(AccountUnlockedNotice {
                        account: count(account.get()),
                        invoice: *invoice,
                    })
                }
                notice::NoticeSubject::RenewalPaid { account, invoice, amount, card } => {
                    NoticeSubject::RenewalPaid(RenewalPaidNotice {
                        account: count(account.get()),
                        invoice: *invoice,
                        amount: amount.map(Money::from),
                        card: card.as_ref().map(KnownCard::from),
                    })
                }
                notice::NoticeSubject::Upgraded { account, invoice, amount } => {
                    NoticeSubject::Upgraded(UpgradedNotice {
                        account: count(account.get()),
                        invoice: *invoice,
                        amount: amount.map(Money::from),
                    })
                }
                notice::NoticeSubject::UpgradeDeclined { account, charge, amount, result, card } => {
                    NoticeSubject::UpgradeDeclined(UpgradeDeclinedNotice {
                        account: count(account.get()),
                        charge: *charge,
                        amount: amount.map(Money::from),
                        result: result.map(PaymentResult::from),
                        card: card.as_ref().map(KnownCard::from),
                    })
                }
                notice::NoticeSubject::PlanReduced { account, invoice, refund } => {
                    NoticeSubject::PlanReduced(PlanReducedNotice {
                        account: count(account.get()),
                        invoice: *invoice,
                        refund: refund.map(Money::from),
                    })
                }
                notice::NoticeSubject::PlanEnded { account, tier, since } => {
                    NoticeSubject::PlanEnded(PlanEndedNotice {
                        account: count(account.get()),
                        tier: tier.clone(),
                        since: (*since).into(),
                    })
                }
                notice::NoticeSubject::ChargeUnknown { account, charge, amount, since } => {
                    NoticeSubject::ChargeUnknown(ChargeUnknownNotice {
                        account: count(account.get()),
                        charge: *charge,
                        amount: (*amount).into(),
                        since: (*since).into(),
                    })
                }
                notice::NoticeSubject::ClaimEnded { device, account, customer } => {
                    NoticeSubject::ClaimEnded(ClaimEndedNotice {
                        device: device.to_string(),
                        account: account.map(|account| count(account.get())),
                        customer: customer.map(|customer| count(customer.get())),
                    })
                }
                notice::NoticeSubject::CardExpires { account, card, month, known } => {
                    NoticeSubject::CardExpires(CardExpiresNotice {
                        account: count(account.get()),
                        card: *card,
                        month: month.to_string(),
                        known: known.as_ref().map(KnownCard::from),
                    })
                }
                notice::NoticeSubject::CardNeeded { account, renewal, amount, card } => {
                    NoticeSubject::CardNeeded(CardNeededNotice {
                        account: count(account.get()),
                        renewal: (*renewal).into(),
                        amount: amount.map(Money::from),
                        card: card.as_ref().map(KnownCard::from),
                    })
                }
                _ => NoticeSubject::Other,
            },
        }
    }
}
