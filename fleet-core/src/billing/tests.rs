//! The rules of collection, renewal and reduction, without a store.

use super::collect::{Oldest, attempt_oldest, renewal_outcome};
use super::effect::Effect;
use super::ending::{reduce, write_off};
use super::renewal::renew;
use super::*;
use crate::notice::NoticeSubject;
use crate::product::{Policy, Product, ProductId};
use crate::team::AccountId;
use crate::{Currency, Money, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

fn day(day: i64) -> Timestamp {
    Timestamp::from_millis(day * 86_400_000)
}

fn dollars(amount: i64) -> Money {
    Money::new(amount * 100, Currency::USD)
}

fn account() -> AccountId {
    AccountId::new(7).unwrap()
}

fn product_id() -> ProductId {
    ProductId::new(1000).unwrap()
}

fn product() -> Product {
    Product {
        id: product_id(),
        name: "Thermostat".to_owned(),
        platform: "photon".parse().unwrap(),
        owner: account(),
        created_at: day(0),
        tier: "Small".into(),
        limits: None,
        policy: Policy::default(),
        release: None,
        groups: BTreeMap::new(),
        next_group: 1,
        removed_at: None,
    }
}

/// A plan of 30 days that costs 90 dollars, billed by invoice 1.
fn plan() -> Plan {
    let (period, price) = (Period { index: 0, start: day(0), end: day(30) }, dollars(90));
    let tier = "Small".into();
    Plan { tier, interval: Interval::Monthly, period, price, billed: price, paid: Some(dollars(0)), invoice: 1 }
}

fn contract() -> Contract {
    Contract { plan: Some(plan()), unpaid: [1].into(), invoices: 1, ..Contract::default() }
}

fn invoice() -> Invoice {
    let whose = (product_id(), account());
    let settled = Invoice::settled(1, whose, Reason::Renewal, plan().period, Vec::new(), dollars(90), day(0));
    Invoice { status: InvoiceStatus::Open, ..settled }
}

/// An account that owes the invoice, and has a card that is valid for years.
fn payer() -> Payer {
    let mut payer = Payer::default();
    payer.owe(OpenInvoice::of(product_id(), 1, plan().period));
    let token = CardToken::new("tok_1").unwrap();
    let (brand, last_four) = ("visa".to_owned(), "4242".to_owned());
    let card = NewCard { token, brand, last_four, expires: ExpiryMonth::new(2030, 1).unwrap() };
    payer.put_card(&card).unwrap();
    payer
}

fn oldest() -> Oldest {
    Oldest { invoice: Arc::new(invoice()), contract: Arc::new(contract()) }
}

fn attempt(payer: &mut Payer, oldest: &mut Oldest, at: i64) -> Vec<Effect> {
    attempt_oldest(&BillingPolicy::default(), account(), payer, Some(oldest), None, day(at)).unwrap()
}

fn outcome(payer: &mut Payer, oldest: &mut Oldest, declined: Option<Decline>, at: i64) -> Vec<Effect> {
    let open = payer.charging.unwrap();
    let charge = Charge {
        key: ChargeKey { product: open.product, number: open.number, digest: 0 },
        product: open.product,
        account: account(),
        purpose: Purpose::Renewal { invoice: 1 },
        amount: dollars(90),
        card: payer.presentable(day(at)),
        at: day(at),
        unknown: false,
    };
    renewal_outcome(&BillingPolicy::default(), payer, oldest, &charge, declined, day(at)).unwrap()
}

fn charges(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Charge(_))).count()
}

#[test]
fn four_declines_lock_the_account_and_a_payment_unlocks_it() {
    let (mut payer, mut oldest) = (payer(), oldest());
    for at in [0, 3, 6, 9] {
        assert_eq!(charges(&attempt(&mut payer, &mut oldest, at)), 1, "day {at}");
        let effects = outcome(&mut payer, &mut oldest, Some(Decline::Soft), at);
        let locks = effects.contains(&Effect::Lock { account: account(), since: Some(day(at)) });
        assert_eq!(locks, at == 9, "day {at}");
        assert!(effects.contains(&Effect::Collect(account())));
        let next = attempt(&mut payer, &mut oldest, at);
        assert_eq!(charges(&next), 0);
    }
    assert_eq!(payer.lock.map(|lock| lock.since), Some(day(9)));
    payer.close(product_id(), 1);
    let effects = attempt_oldest(&BillingPolicy::default(), account(), &mut payer, None, None, day(10)).unwrap();
    assert!(effects.contains(&Effect::Lock { account: account(), since: None }));
    assert_eq!(payer.lock, None);
}

#[test]
fn a_second_charge_is_not_requested_while_one_is_open() {
    let (mut payer, mut oldest) = (payer(), oldest());
    assert_eq!(charges(&attempt(&mut payer, &mut oldest, 0)), 1);
    let before = (payer.clone(), oldest.clone());
    assert_eq!(charges(&attempt(&mut payer, &mut oldest, 30)), 0);
    assert_eq!((payer, oldest), before);
}

#[test]
fn without_a_card_an_attempt_fails_and_the_next_one_is_due_in_three_days() {
    let (mut payer, mut oldest) = (payer(), oldest());
    payer.remove_card();
    let effects = attempt(&mut payer, &mut oldest, 0);
    assert_eq!(charges(&effects), 0);
    assert!(effects.contains(&Effect::AccountDue { account: account(), before: None, at: Some(day(3)) }));
    assert_eq!(oldest.invoice.attempts.len(), 1);
}

#[test]
fn a_paid_renewal_is_settled_once_and_its_owner_is_notified() {
    let (mut payer, mut oldest) = (payer(), oldest());
    attempt(&mut payer, &mut oldest, 0);
    let effects = outcome(&mut payer, &mut oldest, None, 1);
    assert_eq!(oldest.invoice.status, InvoiceStatus::Settled { at: day(1) });
    assert!(oldest.contract.unpaid.is_empty() && payer.open.is_empty());
    assert_eq!(oldest.contract.plan.as_ref().unwrap().paid, Some(dollars(90)));
    let is_paid = |subject: &NoticeSubject| matches!(subject, NoticeSubject::RenewalPaid { invoice: 1, .. });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Notify(_, subject) if is_paid(subject))));
}

#[test]
fn a_renewal_bills_the_next_period_and_is_collected() {
    let (mut product, mut contract, mut payer) = (product(), contract(), Payer::default());
    let (catalogue, policy) = (Catalogue::default(), BillingPolicy::default());
    let terms = (&catalogue, &policy);
    let effects = renew(terms, &mut product, &mut contract, &mut payer, &plan(), day(31)).unwrap();
    let next = contract.plan.unwrap();
    assert!(next.period.contains(plan().period.end));
    assert_eq!(next.invoice, 2);
    assert_eq!(payer.open.len(), 1);
    let issued = |effect: &Effect| matches!(effect, Effect::Issue(invoice) if invoice.number == 2 && invoice.is_open());
    assert!(effects.iter().any(issued));
    assert_eq!(effects.last(), Some(&Effect::Collect(account())));
}

#[test]
fn a_renewal_that_the_balance_covers_is_not_collected() {
    let (mut product, mut contract, mut payer) = (product(), contract(), Payer::default());
    contract.balance = dollars(1000);
    let (catalogue, policy) = (Catalogue::default(), BillingPolicy::default());
    let terms = (&catalogue, &policy);
    let effects = renew(terms, &mut product, &mut contract, &mut payer, &plan(), day(31)).unwrap();
    assert!(payer.open.is_empty());
    assert!(!effects.contains(&Effect::Collect(account())));
}

#[test]
fn ending_an_unpaid_plan_reduces_its_invoice_and_refunds_nothing() {
    let (product, mut contract, mut invoice, mut payer) = (product(), contract(), invoice(), payer());
    let (policy, open) = (BillingPolicy::default(), (&mut invoice, &mut payer));
    let (note, effects) = reduce(&policy, &product, &mut contract, open, None, day(10)).unwrap();
    assert_eq!((note.offset, note.refund), (dollars(60), dollars(0)));
    assert_eq!(invoice.outstanding().unwrap(), dollars(30));
    assert_eq!(contract.plan, None);
    assert_eq!(charges(&effects), 0);
}

#[test]
fn ending_a_paid_plan_refunds_its_rest() {
    let (product, mut contract, mut invoice, mut payer) = (product(), contract(), invoice(), payer());
    payer.close(product_id(), 1);
    contract.settle(1, true);
    invoice.status = InvoiceStatus::Settled { at: day(0) };
    let (policy, open) = (BillingPolicy::default(), (&mut invoice, &mut payer));
    let (note, effects) = reduce(&policy, &product, &mut contract, open, None, day(10)).unwrap();
    assert_eq!(note.refund, dollars(60));
    assert_eq!(charges(&effects), 1);
}

#[test]
fn nothing_is_reduced_or_written_off_while_a_charge_is_open() {
    let (mut payer, mut oldest) = (payer(), oldest());
    attempt(&mut payer, &mut oldest, 0);
    let (mut contract, mut invoice) = (contract(), Arc::unwrap_or_clone(oldest.invoice));
    let refused = write_off(&mut contract, &mut invoice, &mut payer, day(1)).unwrap_err();
    assert_eq!(refused.code(), "charge_open");
    let open = (&mut invoice, &mut payer);
    let refused = reduce(&BillingPolicy::default(), &product(), &mut contract, open, None, day(1)).unwrap_err();
    assert_eq!(refused.code(), "charge_open");
}

#[test]
fn writing_off_closes_the_invoice_and_collects_the_next_one() {
    let (mut contract, mut invoice, mut payer) = (contract(), invoice(), payer());
    let effect = write_off(&mut contract, &mut invoice, &mut payer, day(1)).unwrap();
    assert_eq!(effect, Effect::Collect(account()));
    assert_eq!(invoice.status, InvoiceStatus::Void { at: day(1) });
    assert!(contract.unpaid.is_empty() && payer.open.is_empty());
    assert_eq!(contract.plan.unwrap().paid, Some(dollars(0)));
}
