//! Reproduces the worked numbers of `docs/BILLING.md`, which the page must contain.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use fleet_core::billing::{
    Anchor, CardToken, ChargeOutcome, Decline, ExpiryMonth, Interval, Invoice, NewCard, Upgrade, split_credit,
};
use fleet_core::notice::NoticeSubject;
use fleet_core::{AccountId, Actor, Currency, Fleet, MemoryStore, Money, ProductId, Timestamp};

const PAGE: &str = include_str!("../../../docs/BILLING.md");

struct World {
    fleet: Fleet,
    alice: AccountId,
    product: ProductId,
}

fn at(text: &str) -> Timestamp {
    if text.contains('T') { text.parse().unwrap() } else { format!("{text}T00:00:00Z").parse().unwrap() }
}

fn card(number: u32) -> NewCard {
    let token = CardToken::new(&format!("tok_{number}")).unwrap();
    let (brand, last_four) = ("visa".to_owned(), "4242".to_owned());
    NewCard::new(token, brand, last_four, ExpiryMonth::new(2030, 1).unwrap())
}

impl World {
    fn new(created: &str) -> Self {
        let (fleet, now) = (Fleet::builder(MemoryStore::new()).seed(1).open(), at(created));
        let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com").unwrap().id;
        let console = fleet.console(alice, now);
        let product = console.create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
        console.set_card(&card(1)).unwrap();
        Self { fleet, alice, product }
    }

    /// Buys, and the charge succeeds.
    fn upgrade(&self, now: &str, tier: &str, interval: Interval) -> Invoice {
        let console = self.fleet.console(self.alice, at(now));
        let quote = console.product(self.product).quote_upgrade(tier, interval).unwrap();
        let Upgrade::Charging(charge) = console.product(self.product).upgrade(quote.id).unwrap() else {
            panic!("{quote:?} costs something");
        };
        self.fleet.clock(at(now)).charge_outcome(charge.key, ChargeOutcome::Succeeded).unwrap();
        self.latest(now)
    }

    /// Advances the clock, and reports this outcome for its charge, if any.
    fn advance(&self, now: &str, outcome: ChargeOutcome) {
        let clock = self.fleet.clock(at(now));
        while clock.advance(100).unwrap().more {}
        self.charged(now, outcome);
    }

    fn charged(&self, now: &str, outcome: ChargeOutcome) {
        for charge in self.fleet.pending_charges(None, 100).unwrap().items {
            self.fleet.clock(at(now)).charge_outcome(charge.key, outcome).unwrap();
        }
    }

    fn latest(&self, now: &str) -> Invoice {
        let page = self.fleet.console(Actor::Operator, at(now)).product(self.product).invoices(None, 1).unwrap();
        Invoice::clone(&page.items[0])
    }

    fn is_locked(&self, now: &str) -> bool {
        let status = self.fleet.console(self.alice, at(now)).product(self.product).billing_status().unwrap();
        status.locked_since.is_some()
    }

    fn has_notice(&self, wanted: impl Fn(&NoticeSubject) -> bool) -> bool {
        self.fleet.pending_notices(None, 100).unwrap().items.iter().any(|notice| wanted(&notice.subject))
    }
}

/// Formats an invoice as the page does.
fn shown(invoice: &Invoice) -> String {
    let lines = invoice.lines.iter().map(|line| {
        let (from, to) = (line.from.date(), line.to.date());
        let kind = serde_json::to_value(line.kind).unwrap();
        format!("\n  {:<8}{:<8}{from} to {to}{:>16}", kind.as_str().unwrap(), line.tier, line.amount.to_string())
    });
    let reason = serde_json::to_value(invoice.reason).unwrap();
    let (number, reason, day) = (invoice.number, reason.as_str().unwrap(), invoice.issued_at.date());
    let total = format!("\n  {:<40}{:>16}", "total", invoice.total.to_string());
    format!("{number}  {reason}, {day}{}{total}", lines.collect::<String>())
}

fn has(text: &str) {
    assert!(PAGE.contains(text), "docs/BILLING.md must have\n{text}");
}

#[test]
fn the_page_has_the_numbers_of_the_core() {
    let anchor = Anchor::new("2016-01-31".parse().unwrap());
    let dates: Vec<String> = (0..6).map(|n| anchor.date(Interval::Monthly, n).to_string()).collect();
    has(&dates.join(", "));

    let world = World::new("2016-01-31T15:00:00Z");
    has(&shown(&world.upgrade("2016-02-10", "Small", Interval::Monthly)));
    world.advance("2016-02-29", ChargeOutcome::Succeeded);
    has(&shown(&world.latest("2016-02-29")));
    has(&shown(&world.upgrade("2016-03-16", "Medium", Interval::Monthly)));
    world.advance("2016-03-31", ChargeOutcome::Succeeded);
    has(&shown(&world.latest("2016-03-31")));
    has(&shown(&world.upgrade("2016-04-10", "Medium", Interval::Annual)));

    for (day, failure) in [("2017-01-31", 1), ("2017-02-03", 2), ("2017-02-06", 3), ("2017-02-09", 4)] {
        assert!(!world.is_locked(day));
        world.advance(day, ChargeOutcome::Declined(Decline::Soft));
        has(&format!("| {failure} | {day} |"));
        assert!(world.has_notice(
            |subject| matches!(subject, NoticeSubject::PaymentFailed { failures, .. } if *failures == failure)
        ));
    }
    assert!(world.is_locked("2017-02-09"));
    has(&shown(&world.latest("2017-02-09")));
    world.fleet.console(world.alice, at("2017-02-20")).set_card(&card(2)).unwrap();
    world.charged("2017-02-20", ChargeOutcome::Succeeded);
    assert!(!world.is_locked("2017-02-20"));
    let status = world.fleet.console(world.alice, at("2017-02-20")).product(world.product).billing_status().unwrap();
    has(&format!("The next renewal is still on {}", status.renewal.unwrap().date()));

    let note = world.fleet.console(Actor::Operator, at("2017-08-01")).product(world.product).cancel_plan().unwrap();
    has(&shown(&note));
    has(&format!("{} go back", note.refund));
}

#[test]
fn the_page_has_the_split_of_a_plan_that_was_never_paid() {
    let world = World::new("2016-03-08");
    world.upgrade("2016-03-08", "Small", Interval::Monthly);
    world.advance("2016-04-08", ChargeOutcome::Declined(Decline::Soft));
    let note = world.fleet.console(Actor::Operator, at("2016-04-18")).product(world.product).cancel_plan().unwrap();
    has(&shown(&note));
    let open =
        world.fleet.console(Actor::Operator, at("2016-04-18")).product(world.product).invoices(Some(3), 1).unwrap();
    has(&format!("owes {}", open.items[0].outstanding().unwrap()));
    let usd = |minor| Money::new(minor, Currency::USD);
    let split = split_credit(usd(1_920), usd(1_800), usd(2_790)).unwrap();
    has(&format!("{} go back and {} are taken off", split.refund, split.offset));
}
