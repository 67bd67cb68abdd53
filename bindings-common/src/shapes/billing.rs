//! What is bought, what is due, and how it is paid.

use crate::macros::{choice, shape, words};
use crate::plain::count;
use crate::shapes::{Period, Usage};
use crate::{Failure, Moment, SecretText};
use fleet_core::billing;

/// An amount: whole minor units (cents) of a currency, negative where something is given back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "python", pyo3::pyclass(frozen, get_all, eq, hash, from_py_object, module = "fleet_core"))]
#[cfg_attr(feature = "node", napi_derive::napi(object, use_nullable = true))]
#[cfg_attr(feature = "mobile", derive(uniffi::Record))]
pub struct Money {
    /// The minor units.
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
    /// How long a period is.
    pub enum Interval {
        /// A month.
        Monthly = "monthly",
        /// A year.
        Annual = "annual",
    }
}

words! {
    /// What a line of an invoice is.
    pub enum InvoiceLineKind {
        /// A full period.
        Period = "period",
        /// The rest of a period.
        Rest = "rest",
        /// The unused rest of what was billed before, back.
        Credit = "credit",
        /// What earlier invoices left over, used.
        Balance = "balance",
        /// What this invoice leaves over for later ones.
        Carried = "carried",
    }
}

shape! {
    /// A line of a quote or an invoice.
    pub struct InvoiceLine {
        /// What it is.
        pub kind: InvoiceLineKind,
        /// The tier whose price it is of.
        pub tier: String,
        /// From when on.
        pub starts_at: Moment,
        /// Until when.
        pub ends_at: Moment,
        /// How much; negative where it lessens the invoice.
        pub amount: Money,
    }
}

shape! {
    /// What it costs to go to a tier, at an interval.
    pub struct Quote {
        /// Its name: what an upgrade is asked for by.
        pub quote: String,
        /// The tier to go to.
        pub tier: String,
        /// The interval to go to.
        pub interval: Interval,
        /// When it was given.
        pub at: Moment,
        /// From when on it no longer holds.
        pub expires_at: Moment,
        /// The period that the plan will be in.
        pub period: Period,
        /// What the charge is made of.
        pub lines: Vec<InvoiceLine>,
        /// What will be charged.
        pub due: Money,
        /// What is left over for later invoices afterwards.
        pub balance: Money,
    }
}

choice! {
    /// What a charge is for.
    pub enum ChargePurpose {
        /// A renewal invoice.
        Renewal as RenewalCharge {
            /// Its number.
            invoice: u32,
        },
        /// An upgrade, which takes effect with the charge.
        Upgrade as UpgradeCharge,
        /// Money back, for a credit note.
        Refund as RefundCharge {
            /// The credit note's number.
            invoice: u32,
        },
        /// One that is newer than this binding.
        Other as OtherCharge,
    }
}

shape! {
    /// The card to charge.
    #[cfg_attr(feature = "mobile", uniffi::export(Debug))]
    pub struct ChargedCard {
        /// Which of the account's cards.
        pub number: u32,
        /// The payment provider's reference: a secret.
        pub token: SecretText,
    }
}

shape! {
    /// What the host's payment provider is to charge, or to give back.
    pub struct Charge {
        /// The idempotency key: the same whenever it is tried again.
        pub key: String,
        /// The product that it is for.
        pub product: u32,
        /// Who pays, or gets the money back.
        pub account: i64,
        /// What it is for.
        pub purpose: ChargePurpose,
        /// How much: more than nothing.
        pub amount: Money,
        /// The card to charge; none for a refund, which goes back the way the money came.
        pub card: Option<ChargedCard>,
        /// When it was asked for.
        pub at: Moment,
        /// Whether the provider could not say what became of it.
        pub unknown: bool,
    }
}

shape! {
    /// A page of charges.
    pub struct ChargePage {
        /// The charges, by product.
        pub items: Vec<Charge>,
        /// What the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

words! {
    /// What became of a charge.
    pub enum ChargeOutcome {
        /// It was made.
        Succeeded = "succeeded",
        /// It was declined for now, as where the account is short of money.
        DeclinedSoft = "declined_soft",
        /// It was declined for good: the same card is not presented again.
        DeclinedHard = "declined_hard",
        /// Nobody can say yet: nothing else is tried until it is known.
        Unknown = "unknown",
    }
}

words! {
    /// What became of an attempt to have an invoice paid.
    pub enum PaymentResult {
        /// The charge was asked for, and what became of it is not known yet.
        Open = "open",
        /// It was paid.
        Succeeded = "succeeded",
        /// It was declined for now.
        DeclinedSoft = "declined_soft",
        /// It was declined for good.
        DeclinedHard = "declined_hard",
        /// Nothing was presented: there was no card that could be.
        NotPresented = "not_presented",
    }
}

shape! {
    /// An attempt to have an invoice paid.
    pub struct PaymentAttempt {
        /// When it was made.
        pub at: Moment,
        /// Whether it was one of the schedule's; otherwise it is a new card's.
        pub scheduled: bool,
        /// Which of the account's cards; none: there was none to present.
        pub card: Option<u32>,
        /// What became of it.
        pub result: PaymentResult,
    }
}

words! {
    /// What an invoice is for.
    pub enum InvoiceReason {
        /// A period's start.
        Renewal = "renewal",
        /// A higher tier, or a year instead of a month.
        Upgrade = "upgrade",
        /// A lower tier.
        Downgrade = "downgrade",
        /// The end of a plan.
        Cancellation = "cancellation",
        /// Another owner: what the one before had paid ahead, or left over, goes back.
        Transfer = "transfer",
        /// One that is newer than this binding.
        Other = "other",
    }
}

words! {
    /// What became of an invoice.
    pub enum InvoiceStatus {
        /// It is to be paid.
        Open = "open",
        /// It was paid, or there was nothing left to pay.
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
        /// What it is for.
        pub reason: InvoiceReason,
        /// When it was issued.
        pub issued_at: Moment,
        /// The period that it bills, or part of.
        pub period: Period,
        /// What it is made of.
        pub lines: Vec<InvoiceLine>,
        /// The sum of the lines; below zero: what is credited.
        pub total: Money,
        /// What a credit note took off it that was never paid.
        pub offset: Money,
        /// What of a credit note goes back to the payer.
        pub refund: Money,
        /// What is still to be paid.
        pub outstanding: Money,
        /// What became of it.
        pub status: InvoiceStatus,
        /// When it was settled or written off.
        pub ended_at: Option<Moment>,
        /// The charge that paid it.
        pub charge: Option<u32>,
        /// How often it was tried to have it paid.
        pub attempts: Vec<PaymentAttempt>,
    }
}

shape! {
    /// A page of invoices.
    pub struct InvoicePage {
        /// The invoices, newest first.
        pub items: Vec<Invoice>,
        /// What the next page goes on after; none: there is no more.
        pub next: Option<String>,
    }
}

shape! {
    /// What became of an upgrade that was asked for: it waits for a charge, or is in effect.
    pub struct Upgrade {
        /// The charge that it waits for.
        pub charge: Option<Charge>,
        /// Its invoice, where there was nothing to charge.
        pub invoice: Option<Invoice>,
    }
}

shape! {
    /// What people know a card by.
    pub struct Card {
        /// The brand.
        pub brand: String,
        /// The last four digits of its number.
        pub last_four: String,
        /// The month through which it is valid, such as `2017-12`.
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
        /// The month through which it is valid, such as `2017-12`.
        pub expires: String,
    }
}

shape! {
    /// What an account owes over all its products, removed ones among them.
    pub struct AccountBilling {
        /// What it owes, one sum for each currency.
        pub owed: Vec<Money>,
        /// The invoices that it owes, the oldest first.
        pub open: Vec<Invoice>,
        /// Its charges and refunds that have no outcome yet, by product.
        pub charges: Vec<Charge>,
        /// Its card on file.
        pub card: Option<Card>,
        /// Since when it is locked.
        pub locked_since: Option<Moment>,
    }
}

shape! {
    /// How a product's billing stands.
    pub struct BillingStatus {
        /// The product's tier.
        pub tier: String,
        /// How long a period is; none: nothing is paid for.
        pub interval: Option<Interval>,
        /// The period that was billed last.
        pub period: Option<Period>,
        /// Messages of this usage month.
        pub messages: Usage,
        /// Devices in the product.
        pub devices: i64,
        /// Seats of the team that are taken.
        pub members: i64,
        /// When the next period is billed.
        pub renewal: Option<Moment>,
        /// The interval from then on.
        pub next_interval: Option<Interval>,
        /// What will be charged then, as things stand.
        pub next_amount: Option<Money>,
        /// What earlier invoices left over.
        pub balance: Money,
        /// Renewal invoices that are not paid.
        pub unpaid: Vec<u32>,
        /// The charge of an upgrade that has no outcome yet.
        pub upgrading: Option<u32>,
        /// The owner's card on file.
        pub card: Option<Card>,
        /// Since when the owner's account is locked.
        pub locked_since: Option<Moment>,
    }
}

shape! {
    /// Something that is due: of a product or of an account.
    pub struct Due {
        /// Since when.
        pub at: Moment,
        /// The product whose renewal it is, or the notice before it.
        pub product: Option<u32>,
        /// The account whose payment is tried again, or whose card expires.
        pub account: Option<i64>,
    }
}

shape! {
    /// How far an advance came.
    pub struct Advanced {
        /// How many things were done.
        pub done: i64,
        /// Whether more is due now, beside what was skipped.
        pub more: bool,
        /// What could not be done because a record cannot be read. It stays due, and stops nothing else.
        pub skipped: Vec<Skipped>,
    }
}

shape! {
    /// Something that is due and could not be done.
    pub struct Skipped {
        /// Since when it is due.
        pub at: Moment,
        /// The product, if it is of one.
        pub product: Option<u32>,
        /// The account, if it is of one.
        pub account: Option<i64>,
        /// Why, in words.
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
                billing::Purpose::Renewal { invoice } => ChargePurpose::Renewal { invoice },
                billing::Purpose::Upgrade => ChargePurpose::Upgrade,
                billing::Purpose::Refund { invoice } => ChargePurpose::Refund { invoice },
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
