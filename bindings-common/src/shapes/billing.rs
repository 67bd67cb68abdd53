//! Purchases, payments and what is due.

use crate::macros::{choice, shape, words};
use crate::plain::count;
use crate::shapes::{Period, Usage};
use crate::{Failure, Moment, SecretText};
use fleet_core::billing;

/// An amount in whole minor units (cents) of a currency. Negative for money given back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "python", pyo3::pyclass(frozen, get_all, eq, hash, from_py_object, module = "fleet_core"))]
#[cfg_attr(feature = "node", napi_derive::napi(object, use_nullable = true))]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct Money {
    /// The amount in minor units.
    pub minor: i64,
    /// The currency's three letters.
    pub currency: String,
}

#[cfg(feature = "python")]
crate::python_value!(Money { minor: i64, currency: String, }
    #[new]
    fn new(minor: i64, currency: String) -> Self {
        Self { minor, currency }
    }
);

words! {
    /// Length of a period.
    pub enum Interval {
        /// A month.
        Monthly = "monthly",
        /// A year.
        Annual = "annual",
    }
}

words! {
    /// The kind of an invoice's line.
    pub enum InvoiceLineKind {
        /// A full period.
        Period = "period",
        /// The rest of a period.
        Rest = "rest",
        /// Credit for the unused rest of what was billed before.
        Credit = "credit",
        /// Use of credit that earlier invoices left over.
        Balance = "balance",
        /// Credit that this invoice leaves over for later ones.
        Carried = "carried",
    }
}

shape! {
    /// A line of a quote or an invoice.
    pub struct InvoiceLine {
        /// Its kind.
        pub kind: InvoiceLineKind,
        /// The tier whose price is billed.
        pub tier: String,
        /// When it expired.
        pub starts_at: Moment,
        /// Until when.
        pub ends_at: Moment,
        /// The amount; negative if it reduces the invoice.
        pub amount: Money,
    }
}

shape! {
    /// The cost of moving to a tier, at an interval.
    pub struct Quote {
        /// Its id, to be passed to `upgrade`.
        pub quote: String,
        /// The new tier.
        pub tier: String,
        /// The new interval.
        pub interval: Interval,
        /// When it was given.
        pub at: Moment,
        /// When it expires.
        pub expires_at: Moment,
        /// The period of the plan after the upgrade.
        pub period: Period,
        /// The lines of the charge.
        pub lines: Vec<InvoiceLine>,
        /// The amount that will be charged.
        pub due: Money,
        /// Credit left over afterwards for later invoices.
        pub balance: Money,
    }
}

choice! {
    /// The purpose of a charge.
    pub enum ChargePurpose {
        /// A renewal invoice.
        Renewal(RenewalCharge) {
            /// Its number.
            invoice: u32,
        },
        /// An upgrade, which takes effect when it is paid.
        Upgrade as UpgradeCharge,
        /// A refund for a credit note.
        Refund(RefundCharge) {
            /// The credit note's number.
            invoice: u32,
        },
        /// A value that is newer than this binding.
        Other as OtherCharge,
    }
}

shape! {
    /// The card to charge.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct ChargedCard {
        /// The card's number within the account.
        pub number: u32,
        /// The payment provider's reference: a secret.
        pub token: SecretText,
    }
}

shape! {
    /// A charge or refund that the host's payment provider is to make.
    pub struct Charge {
        /// The idempotency key: the same at every retry.
        pub key: String,
        /// The product that it is for.
        pub product: u32,
        /// The account that pays, or receives the refund.
        pub account: i64,
        /// The purpose.
        pub purpose: ChargePurpose,
        /// The amount, above zero.
        pub amount: Money,
        /// The card to charge. Absent for a refund, which goes back the way the money came.
        pub card: Option<ChargedCard>,
        /// When it was requested.
        pub at: Moment,
        /// Whether the provider could not report the outcome.
        pub unknown: bool,
    }
}

shape! {
    /// A page of charges.
    pub struct ChargePage {
        /// The charges, by product.
        pub items: Vec<Charge>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

words! {
    /// Outcome of a charge.
    pub enum ChargeOutcome {
        /// It was paid.
        Succeeded = "succeeded",
        /// It was declined for now, for example because the account is short of money.
        DeclinedSoft = "declined_soft",
        /// It was declined permanently: the same card is not presented again.
        DeclinedHard = "declined_hard",
        /// It is not known yet. Nothing else is tried until it is known.
        Unknown = "unknown",
    }
}

words! {
    /// Outcome of an attempt to collect an invoice.
    pub enum PaymentResult {
        /// The charge was requested, and its outcome is not known yet.
        Open = "open",
        /// It was paid.
        Succeeded = "succeeded",
        /// It was declined for now.
        DeclinedSoft = "declined_soft",
        /// It was declined permanently.
        DeclinedHard = "declined_hard",
        /// Nothing was presented, because there was no card to charge.
        NotPresented = "not_presented",
    }
}

shape! {
    /// An attempt to collect an invoice.
    pub struct PaymentAttempt {
        /// When it was made.
        pub at: Moment,
        /// Whether the retry schedule made it; otherwise a new card did.
        pub scheduled: bool,
        /// The card's number within the account. Absent if there was no card to present.
        pub card: Option<u32>,
        /// The result.
        pub result: PaymentResult,
    }
}

words! {
    /// The reason for an invoice.
    pub enum InvoiceReason {
        /// The start of a period.
        Renewal = "renewal",
        /// A higher tier, or a year instead of a month.
        Upgrade = "upgrade",
        /// A lower tier.
        Downgrade = "downgrade",
        /// The end of a plan.
        Cancellation = "cancellation",
        /// A change of owner: the former owner gets back what was paid ahead or left over.
        Transfer = "transfer",
        /// A value that is newer than this binding.
        Other = "other",
    }
}

words! {
    /// Status of an invoice.
    pub enum InvoiceStatus {
        /// It is unpaid.
        Open = "open",
        /// It was paid, or nothing was left to pay.
        Settled = "settled",
        /// An operator wrote it off.
        Void = "void",
    }
}

shape! {
    /// An invoice, or a credit note.
    pub struct Invoice {
        /// Its number within its product.
        pub number: u32,
        /// The product that it bills.
        pub product: u32,
        /// The account that pays.
        pub payer: i64,
        /// The purpose.
        pub reason: InvoiceReason,
        /// When it was issued.
        pub issued_at: Moment,
        /// The period that it bills, fully or in part.
        pub period: Period,
        /// Its lines.
        pub lines: Vec<InvoiceLine>,
        /// The sum of the lines. Below zero, it is a credit.
        pub total: Money,
        /// The part that a credit note cancelled because it was never paid.
        pub offset: Money,
        /// The part of a credit note that goes back to the payer.
        pub refund: Money,
        /// The amount that is still unpaid.
        pub outstanding: Money,
        /// The result.
        pub status: InvoiceStatus,
        /// When it was settled or written off.
        pub ended_at: Option<Moment>,
        /// The charge that paid it.
        pub charge: Option<u32>,
        /// The attempts to collect it.
        pub attempts: Vec<PaymentAttempt>,
    }
}

shape! {
    /// A page of invoices.
    pub struct InvoicePage {
        /// The invoices, newest first.
        pub items: Vec<Invoice>,
        /// Cursor of the next page. Absent on the last page.
        pub next: Option<String>,
    }
}

shape! {
    /// Status of a requested upgrade: it waits for a charge, or is in effect.
    pub struct Upgrade {
        /// The charge that it waits for.
        pub charge: Option<Charge>,
        /// Its invoice, if there was nothing to charge.
        pub invoice: Option<Invoice>,
    }
}

shape! {
    /// What people recognise a card by.
    pub struct Card {
        /// The brand.
        pub brand: String,
        /// The last four digits of its number.
        pub last_four: String,
        /// The last month in which it is valid, such as `2017-12`.
        pub expires: String,
        /// Whether it can be charged.
        pub good: bool,
    }
}

shape! {
    /// The card that a notice is about.
    pub struct KnownCard {
        /// The brand.
        pub brand: String,
        /// The last four digits of its number.
        pub last_four: String,
        /// The last month in which it is valid, such as `2017-12`.
        pub expires: String,
    }
}

shape! {
    /// What an account owes over all its products, including removed ones.
    pub struct AccountBilling {
        /// The amounts that it owes, one for each currency.
        pub owed: Vec<Money>,
        /// The unpaid invoices, oldest first.
        pub open: Vec<Invoice>,
        /// Its charges and refunds without an outcome, by product.
        pub charges: Vec<Charge>,
        /// Its card on file.
        pub card: Option<Card>,
        /// Since when it is locked.
        pub locked_since: Option<Moment>,
    }
}

shape! {
    /// The state of a product's billing.
    pub struct BillingStatus {
        /// The product's tier.
        pub tier: String,
        /// Length of a period. Absent if there is no paid plan.
        pub interval: Option<Interval>,
        /// The period that was billed last.
        pub period: Option<Period>,
        /// Message counts of this usage month.
        pub messages: Usage,
        /// Number of devices in the product.
        pub devices: i64,
        /// Number of the team's seats that are taken.
        pub members: i64,
        /// When the next period is billed.
        pub renewal: Option<Moment>,
        /// The interval from then on.
        pub next_interval: Option<Interval>,
        /// What will be charged then, as of now.
        pub next_amount: Option<Money>,
        /// Credit left over by earlier invoices.
        pub balance: Money,
        /// Unpaid renewal invoices.
        pub unpaid: Vec<u32>,
        /// An upgrade's charge without an outcome.
        pub upgrading: Option<u32>,
        /// The owner's card on file.
        pub card: Option<Card>,
        /// Since when the owner's account is locked.
        pub locked_since: Option<Moment>,
    }
}

shape! {
    /// Something that is due for a product or an account.
    pub struct Due {
        /// Since when.
        pub at: Moment,
        /// The product whose renewal, or notice before the renewal, is due.
        pub product: Option<u32>,
        /// The account whose payment is to be retried, or whose card expires.
        pub account: Option<i64>,
    }
}

shape! {
    /// Result of an advance.
    pub struct Advanced {
        /// Number of things that were done.
        pub done: i64,
        /// Whether more is due now, besides what was skipped.
        pub more: bool,
        /// What could not be done because a record is unreadable. It stays due, and does not block anything else.
        pub skipped: Vec<Skipped>,
    }
}

shape! {
    /// Something that is due and could not be done.
    pub struct Skipped {
        /// Since when it is due.
        pub at: Moment,
        /// The product, if it concerns one.
        pub product: Option<u32>,
        /// The account, if it concerns one.
        pub account: Option<i64>,
        /// The reason, as a sentence.
        pub why: String,
    }
}

impl From<fleet_core::Money> for Money {
    fn from(money: fleet_core::Money) -> Self {
        Self { minor: money.minor(), currency: money.currency().to_string() }
    }
}

impl TryFrom<Money> for fleet_core::Money {
    type Error = Failure;

    fn try_from(money: Money) -> Result<Self, Failure> {
        Ok(Self::new(money.minor, money.currency.parse()?))
    }
}

impl From<billing::Interval> for Interval {
    fn from(interval: billing::Interval) -> Self {
        match interval {
            billing::Interval::Monthly => Self::Monthly,
            billing::Interval::Annual => Self::Annual,
        }
    }
}

impl From<Interval> for billing::Interval {
    fn from(interval: Interval) -> Self {
        match interval {
            Interval::Monthly => Self::Monthly,
            Interval::Annual => Self::Annual,
        }
    }
}

impl From<&billing::InvoiceLine> for InvoiceLine {
    fn from(line: &billing::InvoiceLine) -> Self {
        Self {
            kind: match line.kind {
                billing::LineKind::Period => InvoiceLineKind::Period,
                billing::LineKind::Rest => InvoiceLineKind::Rest,
                billing::LineKind::Credit => InvoiceLineKind::Credit,
                billing::LineKind::Balance => InvoiceLineKind::Balance,
                billing::LineKind::Carried => InvoiceLineKind::Carried,
            },
            tier: line.tier.to_string(),
            starts_at: line.from.into(),
            ends_at: line.to.into(),
            amount: line.amount.into(),
        }
    }
}

fn lines(lines: &[billing::InvoiceLine]) -> Vec<InvoiceLine> {
    lines.iter().map(InvoiceLine::from).collect()
}

impl From<&billing::Quote> for Quote {
    fn from(quote: &billing::Quote) -> Self {
        Self {
            quote: quote.id.to_string(),
            tier: quote.tier.to_string(),
            interval: quote.interval.into(),
            at: quote.at.into(),
            expires_at: quote.expires_at.into(),
            period: quote.period.into(),
            lines: lines(&quote.lines),
            due: quote.due.into(),
            balance: quote.balance.into(),
        }
    }
}

impl From<&billing::Charge> for Charge {
    fn from(charge: &billing::Charge) -> Self {
        Self {
            key: charge.key.to_string(),
            product: charge.product.get(),
            account: count(charge.account.get()),
            purpose: match charge.purpose {
                billing::Purpose::Renewal { invoice } => ChargePurpose::Renewal(RenewalCharge { invoice }),
                billing::Purpose::Upgrade => ChargePurpose::Upgrade,
                billing::Purpose::Refund { invoice } => ChargePurpose::Refund(RefundCharge { invoice }),
                _ => ChargePurpose::Other,
            },
            amount: charge.amount.into(),
            card: charge
                .card
                .as_ref()
                .map(|card| ChargedCard { number: card.number, token: SecretText(card.token.reveal().to_owned()) }),
            at: charge.at.into(),
            unknown: charge.unknown,
        }
    }
}

impl From<ChargeOutcome> for billing::ChargeOutcome {
    fn from(outcome: ChargeOutcome) -> Self {
        match outcome {
            ChargeOutcome::Succeeded => Self::Succeeded,
            ChargeOutcome::DeclinedSoft => Self::Declined(billing::Decline::Soft),
            ChargeOutcome::DeclinedHard => Self::Declined(billing::Decline::Hard),
            ChargeOutcome::Unknown => Self::Unknown,
        }
    }
}

impl From<billing::AttemptResult> for PaymentResult {
    fn from(result: billing::AttemptResult) -> Self {
        match result {
            billing::AttemptResult::Open => Self::Open,
            billing::AttemptResult::Succeeded => Self::Succeeded,
            billing::AttemptResult::Declined(billing::Decline::Soft) => Self::DeclinedSoft,
            billing::AttemptResult::Declined(billing::Decline::Hard) => Self::DeclinedHard,
            billing::AttemptResult::NotPresented => Self::NotPresented,
        }
    }
}

impl From<&billing::PaymentAttempt> for PaymentAttempt {
    fn from(attempt: &billing::PaymentAttempt) -> Self {
        Self { at: attempt.at.into(), scheduled: attempt.scheduled, card: attempt.card, result: attempt.result.into() }
    }
}

impl TryFrom<&billing::Invoice> for Invoice {
    type Error = Failure;

    fn try_from(invoice: &billing::Invoice) -> Result<Self, Failure> {
        let (status, ended_at) = match invoice.status {
            billing::InvoiceStatus::Open => (InvoiceStatus::Open, None),
            billing::InvoiceStatus::Settled { at } => (InvoiceStatus::Settled, Some(at)),
            billing::InvoiceStatus::Void { at } => (InvoiceStatus::Void, Some(at)),
        };
        Ok(Self {
            number: invoice.number,
            product: invoice.product.get(),
            payer: count(invoice.payer.get()),
            reason: match invoice.reason {
                billing::Reason::Renewal => InvoiceReason::Renewal,
                billing::Reason::Upgrade => InvoiceReason::Upgrade,
                billing::Reason::Downgrade => InvoiceReason::Downgrade,
                billing::Reason::Cancellation => InvoiceReason::Cancellation,
                billing::Reason::Transfer => InvoiceReason::Transfer,
                _ => InvoiceReason::Other,
            },
            issued_at: invoice.issued_at.into(),
            period: invoice.period.into(),
            lines: lines(&invoice.lines),
            total: invoice.total.into(),
            offset: invoice.offset.into(),
            refund: invoice.refund.into(),
            outstanding: invoice.outstanding()?.into(),
            status,
            ended_at: ended_at.map(Moment::from),
            charge: invoice.charge,
            attempts: invoice.attempts.iter().map(PaymentAttempt::from).collect(),
        })
    }
}

impl TryFrom<&billing::Upgrade> for Upgrade {
    type Error = Failure;

    fn try_from(upgrade: &billing::Upgrade) -> Result<Self, Failure> {
        Ok(match upgrade {
            billing::Upgrade::Charging(charge) => Self { charge: Some((&**charge).into()), invoice: None },
            billing::Upgrade::Done(invoice) => Self { charge: None, invoice: Some((&**invoice).try_into()?) },
        })
    }
}

impl From<&billing::CardView> for Card {
    fn from(card: &billing::CardView) -> Self {
        Self {
            brand: card.brand.clone(),
            last_four: card.last_four.clone(),
            expires: card.expires.to_string(),
            good: card.good,
        }
    }
}

impl From<&billing::KnownCard> for KnownCard {
    fn from(card: &billing::KnownCard) -> Self {
        let (brand, last_four) = (card.brand.clone(), card.last_four.clone());
        Self { brand, last_four, expires: card.expires.to_string() }
    }
}

impl TryFrom<&billing::AccountBilling> for AccountBilling {
    type Error = Failure;

    fn try_from(billing: &billing::AccountBilling) -> Result<Self, Failure> {
        Ok(Self {
            owed: billing.owed.iter().map(|owed| (*owed).into()).collect(),
            open: billing.open.iter().map(|invoice| Invoice::try_from(&**invoice)).collect::<Result<_, _>>()?,
            charges: billing.charges.iter().map(|charge| Charge::from(&**charge)).collect(),
            card: billing.card.as_ref().map(Card::from),
            locked_since: billing.locked_since.map(Moment::from),
        })
    }
}

impl From<&billing::Advanced> for Advanced {
    fn from(advanced: &billing::Advanced) -> Self {
        let skipped = advanced.skipped.iter().map(Skipped::from).collect();
        Self { done: count(advanced.done as u64), more: advanced.more, skipped }
    }
}

impl From<&billing::Skipped> for Skipped {
    fn from(skipped: &billing::Skipped) -> Self {
        let Due { at, product, account } = (&skipped.due).into();
        Self { at, product, account, why: skipped.why.clone() }
    }
}

impl From<&billing::BillingStatus> for BillingStatus {
    fn from(status: &billing::BillingStatus) -> Self {
        let plan = status.plan.as_ref();
        Self {
            tier: status.tier.to_string(),
            interval: plan.map(|plan| plan.interval.into()),
            period: plan.map(|plan| plan.period.into()),
            messages: (&status.messages).into(),
            devices: count(status.devices),
            members: count(status.members),
            renewal: status.renewal.map(Moment::from),
            next_interval: status.next_interval.map(Interval::from),
            next_amount: status.next_amount.map(Money::from),
            balance: status.balance.into(),
            unpaid: status.unpaid.clone(),
            upgrading: status.upgrading,
            card: status.card.as_ref().map(Card::from),
            locked_since: status.locked_since.map(Moment::from),
        }
    }
}

impl From<&billing::Due> for Due {
    fn from(due: &billing::Due) -> Self {
        match due {
            billing::Due::Product { at, product } => {
                Self { at: (*at).into(), product: Some(product.get()), account: None }
            }
            billing::Due::Account { at, account } => {
                Self { at: (*at).into(), product: None, account: Some(count(account.get())) }
            }
        }
    }
}
