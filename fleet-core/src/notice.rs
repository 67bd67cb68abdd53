//! Notices for people, by e-mail or alert. The core sends nothing: the commit that causes a notice puts it in an
//! outbox, where it waits until the host reports it sent.

use crate::billing::{AttemptResult, ExpiryMonth, KnownCard};
use crate::customer::CustomerId;
use crate::device::{DeviceId, Page, check_page};
use crate::fleet::Fleet;
use crate::product::ProductId;
use crate::store::{Key, Record, Row, Transaction};
use crate::team::AccountId;
use crate::time::Timestamp;
use crate::{Error, Money};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A message that the host should send to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Notice {
    /// Identifies this notice. A host that gets the same notice twice sends it once.
    pub key: NoticeKey,
    /// When it was caused.
    pub at: Timestamp,
    /// The product it is about.
    pub product: ProductId,
    /// What it is about.
    pub subject: NoticeSubject,
}

/// Identifies a notice. Stored and written as its text, which a host may keep and give back.
///
/// ```
/// use fleet_core::notice::NoticeKey;
///
/// let key = NoticeKey::from("94-devices-ask-to-join-00000000000000ff");
/// assert_eq!(key.as_str(), "94-devices-ask-to-join-00000000000000ff");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeKey(Box<str>);

impl NoticeKey {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NoticeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that the host kept. A text that is no key names no notice.
impl From<&str> for NoticeKey {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// The subject of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoticeSubject {
    /// Devices ask to join the product (R-IMP-9). There is one notice until it is acknowledged, however many devices
    /// ask.
    DevicesAskToJoin,
    /// The quarantine is full: further devices that ask to join are refused (R-IMP-9). Sent once, until there is space
    /// again.
    QuarantineFull,
    /// An account is asked to join the product's team (R-TEAM-1).
    Invitation {
        /// The account; the host sends the notice to its e-mail.
        account: AccountId,
    },
    /// A share of the tier's messages is used (R-EVT-5). There is one notice for each share, usage month and limit. If
    /// several shares are reached at once, only the highest is reported.
    UsageWarning {
        /// The usage month, counted from the product's creation.
        month: u32,
        /// The tier's messages per month.
        limit: u64,
        /// The share, in percent.
        percent: u8,
        /// Number of messages that are used.
        used: u64,
    },
    /// All of the tier's messages are used: further messages of this usage month are dropped (R-EVT-3, R-EVT-5).
    UsageLimitReached {
        /// The usage month, counted from the product's creation.
        month: u32,
        /// The tier's messages per month.
        limit: u64,
        /// Number of messages that are used: more than the limit after a move to a lower tier.
        used: u64,
    },
    /// A renewal's payment failed (R-PAY-2). There is one notice for each failure.
    PaymentFailed {
        /// The owner's account.
        account: AccountId,
        /// The invoice that is not paid.
        invoice: u32,
        /// The attempt's number, from 1; attempts with new cards count.
        attempt: u32,
        /// Number of the schedule's attempts that have failed.
        failures: u32,
        /// Number of failures after which the account is locked.
        of: u32,
        /// When the schedule continues. `None` means not before there is another card.
        next: Option<Timestamp>,
        /// The amount to pay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// How it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<AttemptResult>,
        /// The card that failed, or the last that was there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<KnownCard>,
        /// Whether the card on file is charged at `next`. If `false`, that day counts as a further failure, unless
        /// there is another card by then.
        #[serde(default)]
        tried_next: bool,
        /// When the account is locked if nothing is paid until then. `None` means that it is locked already, or by this
        /// failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        locks_at: Option<Timestamp>,
    },
    /// The last attempt failed: the account is locked (R-PAY-2, R-PAY-5).
    AccountLocked {
        /// The owner's account.
        account: AccountId,
        /// The invoice whose last attempt failed.
        invoice: u32,
        /// The amount of it that is unpaid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// Everything is paid: the account is unlocked (R-PAY-5).
    AccountUnlocked {
        /// The owner's account.
        account: AccountId,
        /// The invoice for which it was locked.
        invoice: u32,
    },
    /// A renewal was paid.
    RenewalPaid {
        /// The owner's account.
        account: AccountId,
        /// The invoice.
        invoice: u32,
        /// The amount that was charged.
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
        /// The amount that was charged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
    },
    /// An upgrade's charge was declined: nothing has changed.
    UpgradeDeclined {
        /// The owner's account.
        account: AccountId,
        /// The charge's number.
        charge: u32,
        /// The amount that was to be charged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// How it was declined.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<AttemptResult>,
        /// The card that was declined.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<KnownCard>,
    },
    /// A plan was ended or reduced, or the product has a new owner; the credit note states what is given back.
    PlanReduced {
        /// The account that gets the money back.
        account: AccountId,
        /// The credit note.
        invoice: u32,
        /// The amount that is refunded to the account. The rest of the credit note reduces this or later invoices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refund: Option<Money>,
    },
    /// A plan ended and was not renewed: the product is now on a free tier.
    PlanEnded {
        /// The owner's account.
        account: AccountId,
        /// The tier that the product is on.
        tier: String,
        /// Since when nothing is paid.
        since: Timestamp,
    },
    /// The payment provider's outcome of a charge is unknown, and has been for a day (R-PAY-3). For the host's staff:
    /// look the charge up by its key and report the outcome; never present the charge again.
    ChargeUnknown {
        /// The account that is charged, or that gets the refund.
        account: AccountId,
        /// The charge's number.
        charge: u32,
        /// The amount.
        amount: Money,
        /// Since when the outcome is unknown.
        since: Timestamp,
    },
    /// The card on file expires at the end of this month (R-PAY-7).
    CardExpires {
        /// The owner's account.
        account: AccountId,
        /// The number of the card within the account.
        card: u32,
        /// The last month in which it is valid.
        month: ExpiryMonth,
        /// How people recognise the card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known: Option<KnownCard>,
    },
    /// A device proved that it belongs to somebody else: the earlier claim on it ended (R-CUS-3).
    ClaimEnded {
        /// The device.
        device: DeviceId,
        /// The account that had claimed it.
        account: Option<AccountId>,
        /// The customer of the product that had claimed it.
        customer: Option<CustomerId>,
    },
    /// No card on file will be valid at the next renewal (R-PAY-7).
    CardNeeded {
        /// The owner's account.
        account: AccountId,
        /// The date of the renewal.
        renewal: Timestamp,
        /// The amount that will be charged then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// The card on file, or the last that was there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<KnownCard>,
    },
}

impl NoticeSubject {
    /// The notice that a share of the tier's messages is used.
    pub(crate) fn usage(month: u32, limit: u64, percent: u8, used: u64) -> Self {
        match percent {
            100.. => Self::UsageLimitReached { month, limit, used },
            _ => Self::UsageWarning { month, limit, percent, used },
        }
    }

    /// The notice's name within its product. At most one notice of a name is pending.
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

/// The name of the notice that a charge's outcome is still unknown.
pub(crate) fn charge_unknown_name(charge: u32) -> Arc<str> {
    format!("charge-unknown-{charge}").into()
}

/// Puts a notice in the outbox, unless one with the same name is pending.
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
        let key = NoticeKey(format!("{product}-{}-{nonce:016x}", subject.name()).into());
        Self { key, at, product, subject }
    }
}

/// Where a page of the outbox ended. Written and parsed as opaque hexadecimal digits.
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
        Key::of_cursor(text, "notices", |key| matches!(key, Key::Notice(..))).map(Self)
    }
}

impl Fleet {
    /// Returns the pending notices, `limit` (1 to 1,000) per page, ordered by product. The host sends each and then
    /// [acknowledges](Self::acknowledge) it; until then it is returned again.
    ///
    /// # Errors
    /// `invalid` for a limit out of range.
    pub fn pending_notices(
        &self,
        after: Option<NoticeCursor>,
        limit: usize,
    ) -> Result<Page<Arc<Notice>, NoticeCursor>, Error> {
        check_page(limit)?;
        let mut range = Key::notices().limit(limit + 1);
        if let Some(NoticeCursor(after)) = after {
            range = range.after(after);
        }
        let rows = self.store().scan(&range)?;
        let notice = |row: Row| if let Record::Notice(notice) = row.record { Some(notice) } else { None };
        Ok(Page::of_rows(rows, limit, |key| Some(NoticeCursor(key.clone())), notice))
    }

    /// Reports that the notice with this key has been sent. Returns whether it was pending: acknowledging twice has no
    /// further effect, and a later notice of the same name stays pending.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn acknowledge(&self, key: &NoticeKey) -> Result<bool, Error> {
        let Some((product, name)) = parse_key(key.as_str()) else { return Ok(false) };
        self.transact(|tx| {
            let waiting = tx.get::<Arc<Notice>>((product, Arc::clone(&name)))?;
            let matches = waiting.is_some_and(|waiting| waiting.key == *key);
            if matches {
                tx.delete(Key::Notice(product, Arc::clone(&name)));
            }
            Ok(matches)
        })
    }
}

/// Returns the product and the name that a notice's key contains.
fn parse_key(key: &str) -> Option<(ProductId, Arc<str>)> {
    let (product, rest) = key.split_once('-')?;
    let (name, _) = rest.rsplit_once('-')?;
    Some((ProductId::new(product.parse().ok()?).ok()?, name.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_contains_the_product_and_the_name_of_its_notice() {
        for subject in [
            NoticeSubject::DevicesAskToJoin,
            NoticeSubject::QuarantineFull,
            NoticeSubject::Invitation { account: AccountId::new(7).unwrap() },
            NoticeSubject::usage(3, 250_000, 70, 175_000),
        ] {
            let (product, name) = (ProductId::new(94).unwrap(), subject.name());
            let notice = Notice::new(Timestamp::from_millis(0), product, subject, u64::MAX);
            assert_eq!(parse_key(notice.key.as_str()), Some((product, name)));
        }
        for key in ["", "94", "94-", "0-x-1", "x-y-z"] {
            assert!(parse_key(key).is_none_or(|(_, name)| name.is_empty()), "{key}");
        }
    }

    #[test]
    fn a_cursor_round_trips_and_other_text_is_refused() {
        let cursor = NoticeCursor(Key::Notice(ProductId::new(94).unwrap(), "devices-ask-to-join".into()));
        assert_eq!(cursor.to_string().parse::<NoticeCursor>().unwrap(), cursor);
        let of_a_product = NoticeCursor(Key::Product(ProductId::new(94).unwrap())).to_string();
        for text in ["", "0", "zz", "é", "00ff", &of_a_product] {
            assert_eq!(text.parse::<NoticeCursor>().unwrap_err().code(), "invalid", "{text}");
        }
    }
}
