//! What people are told by e-mail or alert. The core sends nothing: a notice waits in an outbox, written by the commit
//! that causes it, until the host says that it has been sent.

use crate::billing::{AttemptResult, ExpiryMonth, KnownCard};
use crate::customer::CustomerId;
use crate::device::{DeviceId, Page, check_page};
use crate::fleet::Fleet;
use crate::product::ProductId;
use crate::store::{Key, Record, Transaction};
use crate::team::AccountId;
use crate::time::Timestamp;
use crate::{Error, Money};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
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
    /// The quarantine is full: further devices that ask to join are turned away (R-IMP-9). Once, until there is room again.
    QuarantineFull,
    /// An account is asked to join the product's team (R-TEAM-1).
    Invitation {
        /// Which account; its e-mail is where the notice goes.
        account: AccountId,
    },
    /// A share of the tier's messages is used up (R-EVT-5). One notice for each share, usage month and limit; of several
    /// that are reached at once, the highest.
    UsageWarning {
        /// The usage month, by its number from the product's creation.
        month: u32,
        /// The tier's messages a month.
        limit: u64,
        /// The share, in percent.
        percent: u8,
        /// The messages that are used.
        used: u64,
    },
    /// All of the tier's messages are used up: further ones of this usage month are dropped (R-EVT-3, R-EVT-5).
    UsageLimitReached {
        /// The usage month, by its number from the product's creation.
        month: u32,
        /// The tier's messages a month.
        limit: u64,
        /// The messages that are used: more than the limit after a move to a lower tier.
        used: u64,
    },
    /// A renewal's payment failed (R-PAY-2). One for each failure.
    PaymentFailed {
        /// The owner's account.
        account: AccountId,
        /// The invoice that is not paid.
        invoice: u32,
        /// Which attempt it was, new cards' among them: 1 for the first.
        attempt: u32,
        /// How many of the schedule's attempts have failed.
        failures: u32,
        /// With how many failures the account is locked.
        of: u32,
        /// When the schedule goes on; none: not before another card is there.
        next: Option<Timestamp>,
        /// What is to be paid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// How it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<AttemptResult>,
        /// The card that failed, or the last that was there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<KnownCard>,
        /// Whether the card on file is tried at `next`; otherwise that day counts as a further failure, unless another card
        /// is there by then.
        #[serde(default)]
        tried_next: bool,
        /// When the account is locked, if nothing is paid until then; none: it is already, or with this failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        locks_at: Option<Timestamp>,
    },
    /// The last attempt failed: the account is locked (R-PAY-2, R-PAY-5).
    AccountLocked {
        /// The owner's account.
        account: AccountId,
        /// The invoice whose last attempt it was.
        invoice: u32,
        /// What is to be paid of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// All is paid: the account is unlocked (R-PAY-5).
    AccountUnlocked {
        /// The owner's account.
        account: AccountId,
        /// The invoice that it had been locked for.
        invoice: u32,
    },
    /// A renewal was paid.
    RenewalPaid {
        /// The owner's account.
        account: AccountId,
        /// The invoice.
        invoice: u32,
        /// How much was charged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// The card that was charged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<KnownCard>,
    },
    /// An upgrade was paid and is in effect.
    Upgraded {
        /// The owner's account.
        account: AccountId,
        /// The invoice.
        invoice: u32,
        /// How much was charged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// An upgrade's charge was declined: nothing has changed.
    UpgradeDeclined {
        /// The owner's account.
        account: AccountId,
        /// The charge's number.
        charge: u32,
        /// How much was to be charged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// How it was declined.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<AttemptResult>,
        /// The card that was declined.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<KnownCard>,
    },
    /// A plan was ended or lowered, or the product is another's now; the credit note says what it gives back.
    PlanReduced {
        /// The account that gets it back.
        account: AccountId,
        /// The credit note.
        invoice: u32,
        /// How much goes back to the account. The rest of the credit note lessens an invoice, or later ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refund: Option<Money>,
    },
    /// A plan ran out and was not renewed: the product is on a tier that costs nothing.
    PlanEnded {
        /// The owner's account.
        account: AccountId,
        /// The tier that the product is on.
        tier: String,
        /// Since when nothing is paid for.
        since: Timestamp,
    },
    /// The payment provider's outcome of a charge is unknown, and nobody has found it out for a day (R-PAY-3). For the host's
    /// people: look the charge up by its key, and tell; never present it again.
    ChargeUnknown {
        /// The account that is charged, or gets the money back.
        account: AccountId,
        /// The charge's number.
        charge: u32,
        /// How much.
        amount: Money,
        /// Since when it is unknown.
        since: Timestamp,
    },
    /// The card on file expires at the end of this month (R-PAY-7).
    CardExpires {
        /// The owner's account.
        account: AccountId,
        /// Which of the account's cards.
        card: u32,
        /// The month through which it is valid.
        month: ExpiryMonth,
        /// What people know it by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known: Option<KnownCard>,
    },
    /// A device proved that it is somebody else's: the claim of whoever had it before ended (R-CUS-3).
    ClaimEnded {
        /// The device.
        device: DeviceId,
        /// The account that had claimed it.
        account: Option<AccountId>,
        /// The customer of the product that had claimed it.
        customer: Option<CustomerId>,
    },
    /// There is no card on file that will be good at the next renewal (R-PAY-7).
    CardNeeded {
        /// The owner's account.
        account: AccountId,
        /// When the renewal is.
        renewal: Timestamp,
        /// What will be charged then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// The card on file, or the last that was there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<KnownCard>,
    },
}

impl NoticeSubject {
    /// That a share of the tier's messages is used up.
    pub(crate) fn usage(month: u32, limit: u64, percent: u8, used: u64) -> Self {
        match percent {
            100.. => Self::UsageLimitReached { month, limit, used },
            _ => Self::UsageWarning { month, limit, percent, used },
        }
    }

    /// What the notice is filed under within its product: of one name there is one that waits.
    pub(crate) fn name(&self) -> Arc<str> {
        match self {
            Self::DevicesAskToJoin => "devices-ask-to-join".into(),
            Self::QuarantineFull => "quarantine-full".into(),
            Self::Invitation { account } => format!("invitation-{account}").into(),
            Self::UsageWarning { month, limit, percent, .. } => format!("usage-{month}-{limit}-{percent}").into(),
            Self::UsageLimitReached { month, limit, .. } => format!("usage-{month}-{limit}-100").into(),
            Self::PaymentFailed { invoice, attempt, .. } => format!("payment-failed-{invoice}-{attempt}").into(),
            Self::AccountLocked { invoice, .. } => format!("account-locked-{invoice}").into(),
            Self::AccountUnlocked { invoice, .. } => format!("account-unlocked-{invoice}").into(),
            Self::RenewalPaid { invoice, .. } => format!("renewal-paid-{invoice}").into(),
            Self::Upgraded { invoice, .. } => format!("upgraded-{invoice}").into(),
            Self::UpgradeDeclined { charge, .. } => format!("upgrade-declined-{charge}").into(),
            Self::PlanReduced { invoice, .. } => format!("plan-reduced-{invoice}").into(),
            Self::PlanEnded { since, .. } => format!("plan-ended-{}", since.date()).into(),
            Self::ChargeUnknown { charge, .. } => charge_unknown_name(*charge),
            Self::ClaimEnded { device, account, customer } => {
                let (account, customer) = (account.map_or(0, AccountId::get), customer.map_or(0, CustomerId::get));
                format!("claim-ended-{device}-{account}-{customer}").into()
            }
            Self::CardExpires { account, card, month, .. } => format!("card-expires-{account}-{card}-{month}").into(),
            Self::CardNeeded { account, renewal, .. } => format!("card-needed-{}-{account}", renewal.date()).into(),
        }
    }
}

/// What the notice is filed under that a charge's outcome stays unknown.
pub(crate) fn charge_unknown_name(charge: u32) -> Arc<str> {
    format!("charge-unknown-{charge}").into()
}

/// Puts a notice in the outbox, unless one of its name waits there.
pub(crate) fn notify(
    tx: &mut Transaction<'_>,
    at: Timestamp,
    product: ProductId,
    subject: NoticeSubject,
) -> Result<(), Error> {
    let name = subject.name();
    if tx.get::<Arc<Notice>>((product, Arc::clone(&name)))?.is_none() {
        let nonce = tx.random();
        tx.put((product, name), Arc::new(Notice::new(at, product, subject, nonce)));
    }
    Ok(())
}

impl Notice {
    fn new(at: Timestamp, product: ProductId, subject: NoticeSubject, nonce: u64) -> Self {
        Self { key: format!("{product}-{}-{nonce:016x}", subject.name()), at, product, subject }
    }
}

/// Where in the outbox a page ended. Written and read as hexadecimal digits that mean nothing to anybody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeCursor(Key);

impl fmt::Display for NoticeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_hex())
    }
}

impl FromStr for NoticeCursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match Key::from_hex(text) {
            Some(key @ Key::Notice(..)) => Ok(Self(key)),
            _ => Err(Error::invalid(
                "after",
                "is no cursor that a page of notices ended with; give the one of the page before, or none",
            )),
        }
    }
}

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

    /// Says that the notice of this key has been sent. Says whether it was still waiting: acknowledged twice is
    /// acknowledged once, and a later notice of the same name goes on waiting.
    ///
    /// # Errors
    /// The store's.
    pub fn acknowledge(&self, key: &str) -> Result<bool, Error> {
        let Some((product, name)) = named(key) else { return Ok(false) };
        self.transact(|tx| {
            let waiting = tx.get::<Arc<Notice>>((product, Arc::clone(&name)))?;
            let is_it = waiting.is_some_and(|waiting| waiting.key == key);
            if is_it {
                tx.delete(Key::Notice(product, Arc::clone(&name)));
            }
            Ok(is_it)
        })
    }
}

/// What a notice's key says of where it is filed: its product and its name.
fn named(key: &str) -> Option<(ProductId, Arc<str>)> {
    let (product, rest) = key.split_once('-')?;
    let (name, _) = rest.rsplit_once('-')?;
    Some((ProductId::new(product.parse().ok()?).ok()?, name.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_where_its_notice_is_filed() {
        for subject in [
            NoticeSubject::DevicesAskToJoin,
            NoticeSubject::QuarantineFull,
            NoticeSubject::Invitation { account: AccountId::new(7).unwrap() },
            NoticeSubject::usage(3, 250_000, 70, 175_000),
        ] {
            let (product, name) = (ProductId::new(94).unwrap(), subject.name());
            let notice = Notice::new(Timestamp::from_millis(0), product, subject, u64::MAX);
            assert_eq!(named(&notice.key), Some((product, name)));
        }
        for key in ["", "94", "94-", "0-x-1", "x-y-z"] {
            assert!(named(key).is_none_or(|(_, name)| name.is_empty()), "{key}");
        }
    }

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        let cursor = NoticeCursor(Key::Notice(ProductId::new(94).unwrap(), "devices-ask-to-join".into()));
        assert_eq!(cursor.to_string().parse::<NoticeCursor>().unwrap(), cursor);
        let of_a_product = NoticeCursor(Key::Product(ProductId::new(94).unwrap())).to_string();
        for text in ["", "0", "zz", "é", "00ff", &of_a_product] {
            assert_eq!(text.parse::<NoticeCursor>().unwrap_err().code(), "invalid", "{text}");
        }
    }
}
