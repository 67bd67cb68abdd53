//! Samples of subscriptions, payments, invoices and charges.

use super::{account, moments, product, texts};
use crate::billing::{
    AgreedPrice, AttemptResult, Card, CardToken, Charge, ChargeKey, ChargedCard, Contract, Decline, ExpiryMonth,
    Interval, Invoice, InvoiceLine, InvoiceStatus, KnownCard, Limits, LineKind, OpenCharge, OpenInvoice, OpenUpgrade,
    PastCard, Payer, PaymentAttempt, PaymentLock, Period, Plan, Purpose, Quote, QuoteId, Reason,
};
use crate::firmware::Sha256;
use crate::notice::NoticeSubject;
use crate::store::Record;
use crate::time::Timestamp;
use crate::{Currency, Money};
use std::sync::Arc;

const MOST: Money = Money::new(i64::MAX, Currency::USD);
const LEAST: Money = Money::new(i64::MIN, Currency::USD);

#[expect(clippy::expect_used, reason = "the suite names only months that there are")]
fn month() -> ExpiryMonth {
    ExpiryMonth::new(9998, 12).expect("a month")
}

fn known(brand: &str) -> KnownCard {
    KnownCard { brand: brand.to_owned(), last_four: "0000".to_owned(), expires: month() }
}

fn period(at: Timestamp) -> Period {
    Period { index: u32::MAX, start: at, end: at }
}

fn lines(at: Timestamp) -> Vec<InvoiceLine> {
    let kinds = [LineKind::Period, LineKind::Rest, LineKind::Credit, LineKind::Balance, LineKind::Carried];
    let line =
        |(kind, tier): (LineKind, String)| InvoiceLine { kind, tier: tier.into(), from: at, to: at, amount: LEAST };
    kinds.into_iter().zip(texts().cycle()).map(line).collect()
}

fn quote(at: Timestamp, tier: &str) -> Quote {
    Quote {
        id: QuoteId(u64::MAX),
        tier: tier.into(),
        interval: Interval::Annual,
        at,
        expires_at: at,
        period: period(at),
        limits: Some(Limits { devices: Some(u64::MAX), members: None, messages: Some(0), sold: true }),
        price: MOST,
        charge: MOST,
        lines: lines(at),
        due: MOST,
        balance: MOST,
    }
}

pub(super) fn subscriptions() -> Vec<Record> {
    let full = moments().zip(texts()).map(|(at, tier)| Contract {
        plan: Some(Plan {
            tier: tier.as_str().into(),
            interval: Interval::Monthly,
            period: period(at),
            price: MOST,
            billed: LEAST,
            paid: Some(MOST),
            invoice: u32::MAX,
        }),
        balance: MOST,
        at_renewal: Some(Interval::Monthly),
        agreed: vec![AgreedPrice { tier: tier.as_str().into(), interval: Interval::Annual, price: MOST }],
        quotes: vec![quote(at, &tier), quote(at, "")],
        upgrade: Some(OpenUpgrade { charge: u32::MAX, quote: quote(at, &tier) }),
        unpaid: [0, u32::MAX].into(),
        invoices: u32::MAX,
        charges: u32::MAX,
        warned: true,
        card_needed: true,
        unknown: [(0, at), (u32::MAX, at)].into(),
        due: Some(at),
        ..Contract::default()
    });
    full.chain([Contract::default()]).map(|record| Record::Contract(Arc::new(record))).collect()
}

pub(super) fn payers() -> Vec<Record> {
    let open = OpenInvoice { product: product(u32::MAX), number: u32::MAX, since: Timestamp::from_millis(i64::MAX) };
    let full = moments().zip(texts()).map(|(at, brand)| Payer {
        cards: u32::MAX,
        past: vec![PastCard { number: 0, digest: Sha256::of(b"tok"), card: known(&brand), declined: true, told: true }],
        products: [product(1), product(u32::MAX)].into(),
        card: CardToken::new("tok \"漢字\"").ok().map(|token| Card {
            number: u32::MAX,
            token,
            brand,
            last_four: "0000".to_owned(),
            expires: month(),
            declined: true,
            told: true,
        }),
        open: vec![open; 100],
        charging: Some(OpenCharge { product: product(1), number: 0 }),
        lock: Some(PaymentLock { since: at, invoice: open, card: Some(0) }),
        due: Some(at),
    });
    full.chain([Payer::default()]).map(|record| Record::Payer(Arc::new(record))).collect()
}

pub(super) fn invoices() -> Vec<Record> {
    let results = [
        AttemptResult::Open,
        AttemptResult::Succeeded,
        AttemptResult::Declined(Decline::Soft),
        AttemptResult::Declined(Decline::Hard),
        AttemptResult::NotPresented,
    ];
    let reasons = [Reason::Renewal, Reason::Upgrade, Reason::Downgrade, Reason::Cancellation, Reason::Transfer];
    let invoice = |(at, reason): (Timestamp, Reason)| Invoice {
        number: u32::MAX,
        product: product(u32::MAX),
        payer: account(u64::MAX),
        reason,
        issued_at: at,
        period: period(at),
        lines: lines(at),
        total: LEAST,
        offset: MOST,
        refund: MOST,
        status: match reason {
            Reason::Renewal => InvoiceStatus::Open,
            Reason::Upgrade | Reason::Downgrade | Reason::Transfer => InvoiceStatus::Settled { at },
            Reason::Cancellation => InvoiceStatus::Void { at },
        },
        charge: Some(u32::MAX),
        attempts: results
            .map(|result| PaymentAttempt { at, scheduled: true, card: Some(u32::MAX), result, known_at: Some(at) })
            .to_vec(),
    };
    moments().zip(reasons.into_iter().cycle()).map(invoice).map(|record| Record::Invoice(Arc::new(record))).collect()
}

pub(super) fn charges() -> Vec<Record> {
    let purposes = [Purpose::Renewal { invoice: u32::MAX }, Purpose::Upgrade, Purpose::Refund { invoice: 0 }];
    let charge = |(at, purpose): (Timestamp, Purpose)| Charge {
        key: ChargeKey { product: product(u32::MAX), number: u32::MAX, digest: u64::MAX },
        product: product(u32::MAX),
        account: account(u64::MAX),
        purpose,
        amount: MOST,
        card: CardToken::new("tok").ok().map(|token| ChargedCard { number: u32::MAX, token }),
        at,
        unknown: true,
    };
    moments().zip(purposes.into_iter().cycle()).map(charge).map(|record| Record::Charge(Arc::new(record))).collect()
}

pub(super) fn notices() -> Vec<NoticeSubject> {
    let (account, invoice) = (account(u64::MAX), u32::MAX);
    let failed = |next| NoticeSubject::PaymentFailed {
        account,
        invoice,
        attempt: u32::MAX,
        failures: u32::MAX,
        of: u32::MAX,
        next,
        amount: next.map(|_| MOST),
        result: next.map(|_| AttemptResult::Declined(Decline::Hard)),
        card: next.map(|_| known("visa")),
        tried_next: next.is_some(),
        locks_at: next,
    };
    let (amount, card) = (Some(MOST), Some(known("\"漢字\"")));
    let result = Some(AttemptResult::Declined(Decline::Soft));
    let mut notices = vec![
        failed(None),
        NoticeSubject::AccountLocked { account, invoice, amount },
        NoticeSubject::AccountUnlocked { account, invoice },
        NoticeSubject::RenewalPaid { account, invoice, amount, card: card.clone() },
        NoticeSubject::Upgraded { account, invoice, amount: None },
        NoticeSubject::UpgradeDeclined { account, charge: u32::MAX, amount, result, card: card.clone() },
        NoticeSubject::PlanReduced { account, invoice, refund: amount },
        NoticeSubject::CardExpires { account, card: u32::MAX, month: month(), known: card.clone() },
    ];
    for at in moments() {
        notices.extend([
            failed(Some(at)),
            NoticeSubject::CardNeeded { account, renewal: at, amount, card: card.clone() },
            NoticeSubject::PlanEnded { account, tier: "漢字".to_owned(), since: at },
            NoticeSubject::ChargeUnknown { account, charge: u32::MAX, amount: LEAST, since: at },
        ]);
    }
    notices
}
