//! Plans and prices through the public commands (R-BILL). The scenarios of `spec/billing.json` show each rule with its
//! numbers; these tests check what must hold for all numbers.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use fleet_core::billing::{
    Anchor, CardToken, ChargeOutcome, ExpiryMonth, Interval, Invoice, LineKind, NewCard, Price, Purpose, Tier, Upgrade,
    prorate,
};
use fleet_core::{AccountId, Actor, Catalogue, Console, Currency, Fleet, MemoryStore, Money, ProductId, Timestamp};
use proptest::prelude::*;
use std::sync::Arc;

const TIERS: [&str; 6] = ["t0", "t1", "t2", "t3", "t4", "t5"];

struct World {
    fleet: Fleet,
    owner: AccountId,
    product: ProductId,
    start: Timestamp,
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// A free tier, and five with these prices.
fn catalogue(prices: &[i64]) -> Catalogue {
    let price = |interval, minor| Price { interval, amount: usd(minor) };
    let tier = |(name, minor): (&str, i64)| {
        Tier::new(name).prices(vec![price(Interval::Monthly, minor), price(Interval::Annual, minor * 10)])
    };
    Catalogue::new(TIERS.into_iter().zip(std::iter::once(0).chain(prices.iter().copied())).map(tier).collect()).unwrap()
}

impl World {
    fn new(catalogue: Catalogue, created: Timestamp) -> Self {
        let fleet = Fleet::builder(MemoryStore::new()).catalogue(catalogue).seed(3).open();
        let owner = fleet.console(Actor::Operator, created).create_account("alice@example.com").unwrap().id;
        let console = fleet.console(owner, created);
        let product = console.create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
        console.set_card(&card()).unwrap();
        Self { start: Anchor::at(created).period_at(Interval::Monthly, created).start, fleet, owner, product }
    }

    fn console(&self, at: Timestamp) -> Console<'_> {
        self.fleet.console(self.owner, at)
    }

    /// Quotes and pays: the charge equals the quote.
    fn upgrade(&self, tier: &str, interval: Interval, at: Timestamp) {
        let quote = self.console(at).product(self.product).quote_upgrade(tier, interval).unwrap();
        match self.console(at).product(self.product).upgrade(quote.id).unwrap() {
            Upgrade::Charging(charge) => {
                assert_eq!(charge.amount, quote.due, "the charge is the quote");
                self.fleet.clock(at).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
            }
            Upgrade::Done(invoice) => assert!(quote.due.is_zero() && invoice.total.is_zero()),
        }
        let status = self.console(at).product(self.product).billing_status().unwrap();
        assert_eq!((&*status.tier, status.balance), (tier, quote.balance));
    }

    /// Returns the invoices, the oldest first.
    fn invoices(&self) -> Vec<Arc<Invoice>> {
        let mut invoices = self.console(self.start).product(self.product).invoices(None, 1000).unwrap().items;
        invoices.reverse();
        invoices
    }
}

fn card() -> NewCard {
    let (brand, last_four) = ("visa".to_owned(), "4242".to_owned());
    let expires = ExpiryMonth::new(2099, 1).unwrap();
    NewCard::new(CardToken::new("tok").unwrap(), brand, last_four, expires)
}

fn at(start: Timestamp, seconds: u64) -> Timestamp {
    start.after(std::time::Duration::from_secs(seconds))
}

fn line(invoice: &Invoice, kind: LineKind) -> i64 {
    invoice.lines.iter().filter(|line| line.kind == kind).map(|line| line.amount.minor()).sum()
}

/// Prices of five tiers, the cheapest first.
fn prices() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(1..500_000_i64, 5).prop_map(|mut prices| {
        prices.sort_unstable();
        prices
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// R-BILL-3: for every path from tier to tier within a period, at most the dearest plan's full period and half a
    /// unit a line is billed; each segment's use and credit add up to its bill; a cancellation refunds everything
    /// unused.
    #[test]
    fn a_chain_of_upgrades_never_costs_more_than_its_dearest_plan(
        prices in prices(),
        day in 16_801..23_000_i64,
        moments in proptest::collection::vec(0.0..1.0_f64, 5),
        steps in 1..=5_usize,
        annual: bool,
        cancelled: bool,
    ) {
        let world = World::new(catalogue(&prices), Timestamp::from_millis(day * 86_400_000 + 40_000_000));
        let interval = if annual { Interval::Annual } else { Interval::Monthly };
        let period = Anchor::at(world.start).period(interval, 0);
        let mut moments: Vec<u64> =
            moments.iter().take(steps).map(|part| (part * (period.seconds() - 1) as f64) as u64).collect();
        moments.sort_unstable();
        for (moment, tier) in moments.iter().zip(TIERS.iter().skip(1)) {
            world.upgrade(tier, interval, at(world.start, *moment));
        }
        let invoices = world.invoices();
        let billed: i64 = invoices.iter().map(|invoice| invoice.total.minor()).sum();
        let lines: usize = invoices.iter().map(|invoice| invoice.lines.len()).sum();
        let dearest = prices.get(steps - 1).copied().unwrap_or(0) * if annual { 10 } else { 1 };
        prop_assert!(2 * billed <= 2 * dearest + lines as i64, "{billed} of {dearest}, {lines} lines");
        let mut used = 0;
        for (segment, next) in invoices.iter().zip(invoices.iter().skip(1)) {
            let (paid, credit) = (line(segment, LineKind::Rest), -line(next, LineKind::Credit));
            prop_assert!((0..=paid).contains(&credit), "{credit} of {paid}");
            used += paid - credit;
        }
        for invoice in &invoices {
            let sum: i64 = invoice.lines.iter().map(|line| line.amount.minor()).sum();
            prop_assert_eq!(sum, invoice.total.minor());
        }
        if cancelled {
            let last = moments.last().copied().unwrap_or(0);
            let end = at(world.start, last + (period.seconds() - last) / 2);
            let note = world.fleet.console(Actor::Operator, end).product(world.product).cancel_plan().unwrap();
            let of_last = line(invoices.last().unwrap(), LineKind::Rest);
            let credit = -line(&note, LineKind::Credit);
            prop_assert!((0..=of_last).contains(&credit));
            prop_assert_eq!(used + of_last - credit, billed - note.refund.minor(), "use and refund equal the payment");
            prop_assert!(note.refund.minor() <= billed && note.offset.is_zero());
        }
    }

    /// R-BILL-3: the net is the full difference at a period's start, zero at its end, and never more in between.
    #[test]
    fn the_net_falls_from_the_full_difference_to_zero(prices in prices(), moment in 0..2_678_400_u64) {
        let created = Timestamp::from_millis(1_451_606_400_000); // 2016-01-01
        let world = World::new(catalogue(&prices), created);
        world.upgrade("t1", Interval::Monthly, created);
        let (low, high) = (prices[0], prices[1]);
        let due = |moment| {
            let at = at(world.start, moment);
            world.console(at).product(world.product).quote_upgrade("t2", Interval::Monthly).unwrap().due.minor()
        };
        prop_assert_eq!(due(0), high - low);
        prop_assert!((0..=high - low + 1).contains(&due(moment)), "{}", due(moment));
        prop_assert_eq!(due(2_678_399), {
            let share = |price| prorate(usd(price), 1, 2_678_400).unwrap().minor();
            share(high) - share(low)
        });
    }
}

#[test]
fn sixteen_quotes_are_valid_at_once_and_one_more_replaces_the_oldest() {
    let created = Timestamp::from_millis(1_451_606_400_000);
    let world = World::new(Catalogue::default(), created);
    let quotes: Vec<_> = (0..17)
        .map(|_| world.console(created).product(world.product).quote_upgrade("Small", Interval::Monthly).unwrap().id)
        .collect();
    let first = world.console(created).product(world.product).upgrade(quotes[0]).unwrap_err();
    assert_eq!(first.code(), "quote_expired");
    assert!(matches!(world.console(created).product(world.product).upgrade(quotes[1]), Ok(Upgrade::Charging(_))));
}

#[test]
fn the_numbers_of_a_product_never_overflow() {
    let created = Timestamp::from_millis(1_451_606_400_000);
    let highest = 1_000_000_000_000_000;
    let world = World::new(catalogue(&[highest / 10; 5]), created);
    world.upgrade("t1", Interval::Annual, created);
    let charge = &world.invoices()[0];
    assert_eq!(charge.total.minor(), highest);
    let refunds = || world.fleet.pending_charges(None, 10).unwrap().items;
    let note = world.fleet.console(Actor::Operator, created).product(world.product).cancel_plan().unwrap();
    assert_eq!(note.refund.minor(), highest);
    assert!(matches!(refunds()[..], [ref refund] if refund.purpose == Purpose::Refund { invoice: 2 }));
}

#[test]
fn an_audit_of_billing_names_neither_card_nor_amount() {
    let created = Timestamp::from_millis(1_451_606_400_000);
    let world = World::new(Catalogue::default(), created);
    world.upgrade("Small", Interval::Monthly, created);
    let log = world.console(created).product(world.product).audit_log(None, 100).unwrap().items;
    assert!(log.iter().any(|record| record.subject == "to Small, monthly"), "{log:?}");
    assert!(log.iter().all(|record| !record.subject.contains("tok") && !record.subject.contains("89")), "{log:?}");
    let charge = format!("{:?}", world.fleet.pending_charges(None, 10).unwrap());
    assert!(!charge.contains("tok"));
    let mut lettered = card();
    lettered.last_four = "tok".to_owned();
    let Err(error) = world.console(created).set_card(&lettered) else {
        panic!("three letters are not four digits");
    };
    assert!(!error.to_string().contains("tok"), "{error}");
}
