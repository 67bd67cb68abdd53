//! Failed payments under any order of events (R-PAY): two nodes on one store, outcomes that come late, twice or never,
//! cards that change, clocks that go back. The invariants of the records hold after every step.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at what it does not expect")]

use fleet_core::billing::{
    AttemptResult, CardToken, Charge, ChargeKey, ChargeOutcome, Contract, Decline, ExpiryMonth, Interval, Invoice,
    InvoiceStatus, NewCard, Payer, Purpose, Reason, Retries, Upgrade, failures, is_exhausted,
};
use fleet_core::notice::NoticeSubject;
use fleet_core::store::{Key, Record};
use fleet_core::{AccountId, Actor, Console, Fleet, MemoryStore, ProductId, Store, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

const DAY: i64 = 86_400_000;
/// 2016-03-08T00:00:00Z.
const START: i64 = 1_457_395_200_000;
const PRODUCTS: usize = 3;

#[derive(Clone, Debug)]
enum Op {
    /// A node's clock advances by at most this many steps, with the clock off by this many days.
    Advance {
        node: usize,
        limit: usize,
        off: i64,
    },
    /// This many hours pass.
    Pass(i64),
    /// The outcome of any charge that was ever requested.
    Outcome {
        node: usize,
        charge: prop::sample::Index,
        outcome: ChargeOutcome,
    },
    /// The outcome of the first pending charge.
    First {
        node: usize,
        outcome: ChargeOutcome,
    },
    Card {
        node: usize,
        valid: bool,
    },
    NoCard {
        node: usize,
    },
    Upgrade {
        node: usize,
        product: usize,
    },
    WriteOff {
        node: usize,
        product: usize,
    },
    Cancel {
        node: usize,
        product: usize,
    },
}

fn outcomes() -> impl Strategy<Value = ChargeOutcome> {
    prop_oneof![
        3 => Just(ChargeOutcome::Succeeded),
        5 => Just(ChargeOutcome::Declined(Decline::Soft)),
        1 => Just(ChargeOutcome::Declined(Decline::Hard)),
        2 => Just(ChargeOutcome::Unknown),
    ]
}

fn ops() -> impl Strategy<Value = Op> {
    let (node, product) = (0..2_usize, 0..PRODUCTS);
    prop_oneof![
        8 => (node.clone(), 1..4_usize, prop_oneof![4 => Just(0), 1 => -40..40_i64])
            .prop_map(|(node, limit, off)| Op::Advance { node, limit, off: off.min(0) }),
        8 => (1..240_i64).prop_map(Op::Pass),
        4 => (node.clone(), any::<prop::sample::Index>(), outcomes())
            .prop_map(|(node, charge, outcome)| Op::Outcome { node, charge, outcome }),
        8 => (node.clone(), outcomes()).prop_map(|(node, outcome)| Op::First { node, outcome }),
        2 => (node.clone(), any::<bool>()).prop_map(|(node, valid)| Op::Card { node, valid }),
        1 => node.clone().prop_map(|node| Op::NoCard { node }),
        1 => (node.clone(), product.clone()).prop_map(|(node, product)| Op::Upgrade { node, product }),
        1 => (node.clone(), product.clone()).prop_map(|(node, product)| Op::WriteOff { node, product }),
        1 => (node, product).prop_map(|(node, product)| Op::Cancel { node, product }),
    ]
}

/// Two nodes on one store, and the state outside of them.
struct World {
    nodes: [Fleet; 2],
    store: Arc<MemoryStore>,
    owner: AccountId,
    products: Vec<ProductId>,
    now: i64,
    cards: u32,
    /// All charges ever returned, and the provider's final answer.
    charges: Vec<(Charge, Option<ChargeOutcome>)>,
    /// Permanently declined cards.
    declined: BTreeSet<u32>,
    /// All notices ever returned, by product and content.
    notices: HashMap<(ProductId, String), NoticeSubject>,
}

impl World {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let nodes = [1, 2].map(|seed| Fleet::builder(Arc::clone(&store)).seed(seed).open());
        let start = Timestamp::from_millis(START);
        let owner = nodes[0].console(Actor::Operator, start).create_account("alice@example.com").unwrap().id;
        let (products, notices) = (Vec::new(), HashMap::new());
        let (charges, declined) = (Vec::new(), BTreeSet::new());
        let mut world = Self { nodes, store, owner, products, now: START, cards: 0, charges, declined, notices };
        world.set_card(0, true);
        for day in 0..PRODUCTS as i64 {
            world.now = START + 2 * day * DAY;
            let made = world.console(0).create_product("Thermostat", "photon".parse().unwrap());
            let product = made.unwrap().id;
            world.products.push(product);
            world.upgrade(0, product, "Small");
            world.read_pending();
            let (charge, said) = world.charges.last_mut().unwrap();
            *said = Some(ChargeOutcome::Succeeded);
            world.nodes[0].clock(Timestamp::from_millis(world.now)).charge_outcome(charge.key, said.unwrap()).unwrap();
        }
        world
    }

    fn moment(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn console(&self, node: usize) -> Console<'_> {
        self.nodes[node].console(self.owner, self.moment())
    }

    fn operator(&self, node: usize) -> Console<'_> {
        self.nodes[node].console(Actor::Operator, self.moment())
    }

    fn set_card(&mut self, node: usize, valid: bool) {
        self.cards += 1;
        // A card that expires soon.
        let expires = if valid { ExpiryMonth::new(2099, 1) } else { ExpiryMonth::new(2016, 5) }.unwrap();
        let (token, brand) = (CardToken::new(&format!("tok_{}", self.cards)).unwrap(), "visa".to_owned());
        let set = self.console(node).set_card(&NewCard::new(token, brand, "4242", expires));
        if set.is_err() {
            self.cards -= 1;
        }
    }

    fn upgrade(&self, node: usize, product: ProductId, tier: &str) {
        let console = self.console(node);
        // Refusals are expected.
        if let Ok(quote) = console.product(product).quote_upgrade(tier, Interval::Monthly) {
            match console.product(product).upgrade(quote.id) {
                Ok(Upgrade::Charging(charge)) => assert_eq!(charge.amount, quote.due),
                Ok(Upgrade::Done(_)) => assert!(quote.due.is_zero()),
                Err(error) => assert_eq!(error.code(), "card_missing"),
            }
        }
    }

    fn report_outcome(&mut self, node: usize, key: ChargeKey, outcome: ChargeOutcome) {
        let index = self.charges.iter().position(|(charge, _)| charge.key == key).unwrap();
        let result = self.nodes[node].clock(self.moment()).charge_outcome(key, outcome);
        let (charge, said) = &mut self.charges[index];
        let is_refund = matches!(charge.purpose, Purpose::Refund { .. });
        match (said.is_some(), &result) {
            (true, _) => assert_eq!(result.unwrap_err().code(), "charge_finished"),
            (false, Err(error)) => assert!(is_refund && error.code() == "invalid", "{error}"),
            (false, Ok(())) if outcome == ChargeOutcome::Unknown => {}
            (false, Ok(())) => {
                *said = Some(outcome);
                if outcome == ChargeOutcome::Declined(Decline::Hard) {
                    self.declined.extend(charge.card.as_ref().map(|card| card.number));
                }
            }
        }
    }

    fn pending(&self) -> Vec<Arc<Charge>> {
        self.nodes[1].pending_charges(None, 1000).unwrap().items
    }

    /// Records what is pending for the host, as the host would.
    fn read_pending(&mut self) {
        for charge in self.pending() {
            if self.charges.iter().all(|(known, _)| known.key != charge.key) {
                let card = charge.card.as_ref().map(|card| card.number);
                assert!(card.is_none_or(|card| !self.declined.contains(&card)), "R-PAY-3: {charge:?}");
                self.charges.push((Charge::clone(&charge), None));
            }
        }
        for notice in self.nodes[0].pending_notices(None, 1000).unwrap().items {
            let name = notice.key.as_str().rsplit_once('-').unwrap().0.to_owned();
            let before = self.notices.insert((notice.product, name), notice.subject.clone());
            assert_eq!(before, None, "sent twice");
            self.nodes[0].acknowledge(&notice.key).unwrap();
        }
    }

    fn run(&mut self, op: &Op) {
        let products = self.products.clone();
        match op {
            Op::Advance { node, limit, off } => {
                let at = Timestamp::from_millis(self.now + off * DAY);
                self.advance(*node, at, *limit);
            }
            Op::Pass(hours) => self.now += hours * 3_600_000,
            Op::Outcome { node, charge, outcome } => {
                let key = charge.get(&self.charges).0.key;
                self.report_outcome(*node, key, *outcome);
            }
            Op::First { node, outcome } => {
                if let Some(charge) = self.pending().first() {
                    self.report_outcome(*node, charge.key, *outcome);
                }
            }
            Op::Card { node, valid } => self.set_card(*node, *valid),
            Op::NoCard { node } => self.console(*node).remove_card().unwrap(),
            Op::Upgrade { node, product } => self.upgrade(*node, products[*product], "Medium"),
            Op::WriteOff { node, product } => {
                let unpaid = self.subscription(products[*product]).unpaid.first().copied();
                if let Some(Err(error)) =
                    unpaid.map(|number| self.operator(*node).product(products[*product]).write_off(number))
                {
                    assert_eq!(error.code(), "charge_open");
                }
            }
            Op::Cancel { node, product } => {
                if let Err(error) = self.operator(*node).product(products[*product]).cancel_plan() {
                    assert!(["charge_open", "no_plan", "clock_leap"].contains(&error.code()), "{error}");
                }
            }
        }
        self.read_pending();
    }

    /// Advances; returns whether there is more. A leap of the clock is confirmed: in this world the clock is right,
    /// only late.
    fn advance(&self, node: usize, at: Timestamp, limit: usize) -> bool {
        let clock = self.nodes[node].clock(at);
        let advanced = clock.advance(limit).or_else(|error| {
            assert_eq!(error.code(), "clock_leap", "{error}");
            clock.confirm_leap().unwrap();
            clock.advance(limit)
        });
        let advanced = advanced.unwrap();
        assert!(advanced.skipped.is_empty(), "{advanced:?}");
        advanced.more
    }

    fn record(&self, key: Key) -> Option<Record> {
        self.store.get(&[key]).unwrap().remove(0).map(|row| row.record)
    }

    fn subscription(&self, product: ProductId) -> Arc<Contract> {
        match self.record(Key::Contract(product)) {
            Some(Record::Contract(found)) => found,
            _ => Arc::default(),
        }
    }

    fn payer(&self) -> Arc<Payer> {
        match self.record(Key::Payer(self.owner)) {
            Some(Record::Payer(found)) => found,
            _ => Arc::default(),
        }
    }

    fn invoices(&self, product: ProductId) -> Vec<Arc<Invoice>> {
        let rows = self.store.scan(&Key::invoices(product)).unwrap();
        rows.into_iter()
            .filter_map(|row| if let Record::Invoice(found) = row.record { Some(found) } else { None })
            .collect()
    }

    /// Checks the invariants of the records.
    fn check(&self) {
        let (payer, retries) = (self.payer(), Retries::default());
        let mut exhausted = 0;
        for product in &self.products {
            let subscription = self.subscription(*product);
            let invoices = self.invoices(*product);
            self.check_renewals(&invoices);
            let open: BTreeSet<u32> =
                invoices.iter().filter(|found| found.is_open()).map(|found| found.number).collect();
            assert_eq!(subscription.unpaid, open);
            for invoice in invoices.iter().filter(|found| found.reason == Reason::Renewal) {
                self.check_attempts(invoice);
                exhausted += usize::from(invoice.is_open() && is_exhausted(&retries, &invoice.attempts));
            }
            let listed = payer.open.iter().filter(|found| found.product == *product).map(|found| found.number);
            assert_eq!(listed.collect::<BTreeSet<_>>(), open, "R-PAY-6: the account's list is the products'");
        }
        let listed: BTreeSet<_> = payer.open.iter().map(|open| (open.product, open.number)).collect();
        assert_eq!(listed.len(), payer.open.len());
        let asked = self.pending();
        let asked = asked.iter().filter(|charge| matches!(charge.purpose, Purpose::Renewal { .. })).count();
        assert_eq!(asked, usize::from(payer.charging.is_some()), "R-PAY-6: one at a time");
        self.check_lock(&payer, exhausted);
        self.check_index(&payer);
    }

    fn check_renewals(&self, invoices: &[Arc<Invoice>]) {
        let renewals = invoices.iter().filter(|invoice| invoice.reason == Reason::Renewal);
        let mut periods: Vec<_> = renewals.map(|invoice| (invoice.period.start, invoice.period.end)).collect();
        let all = periods.len();
        periods.sort_unstable();
        periods.dedup_by_key(|(start, _)| *start);
        assert_eq!(periods.len(), all, "R-BILL-1: a period is invoiced once");
        for (before, after) in periods.iter().zip(periods.iter().skip(1)) {
            assert!(before.1 <= after.0, "{before:?} {after:?}");
        }
    }

    fn check_attempts(&self, invoice: &Invoice) {
        let made = self.charges.iter().filter(|(charge, _)| {
            charge.product == invoice.product && charge.purpose == Purpose::Renewal { invoice: invoice.number }
        });
        let (made, paid): (Vec<_>, Vec<_>) = made.partition(|(_, said)| *said != Some(ChargeOutcome::Succeeded));
        assert!(paid.len() <= 1, "no charge twice: {paid:?}");
        if let [(charge, _)] = paid[..] {
            assert!(matches!(invoice.status, InvoiceStatus::Settled { .. }));
            assert_eq!(charge.amount, invoice.total.minus(invoice.offset).unwrap());
        }
        let presented = invoice.attempts.iter().filter(|attempt| attempt.result != AttemptResult::NotPresented).count();
        assert_eq!(presented, made.len() + paid.len(), "one charge an attempt");
        let notified = (1..=invoice.attempts.len()).map(|attempt| {
            let name = format!("{}-payment-failed-{}-{attempt}", invoice.product, invoice.number);
            self.notices.contains_key(&(invoice.product, name))
        });
        let failed = invoice.attempts.iter().map(|attempt| attempt.failed());
        assert!(notified.eq(failed), "R-PAY-2: one notice a failure: {invoice:?}");
        let scheduled: Vec<_> = invoice.attempts.iter().filter(|attempt| attempt.scheduled).collect();
        assert!(scheduled.len() <= 4 && failures(&invoice.attempts) <= 4);
        for (before, after) in scheduled.iter().zip(scheduled.iter().skip(1)) {
            assert!(after.at.as_millis() - before.at.as_millis() >= 3 * DAY, "{invoice:?}");
        }
    }

    fn check_lock(&self, payer: &Payer, exhausted: usize) {
        let Some(Record::Account(account)) = self.record(Key::Account(self.owner)) else { return };
        assert_eq!(account.unpaid_since, payer.lock.map(|lock| lock.since));
        assert!(exhausted == 0 || payer.lock.is_some(), "R-PAY-2: locked with the last failure");
        if let Some(lock) = payer.lock {
            assert!(!payer.open.is_empty(), "R-PAY-5: unlocked when all is paid");
            let invoices = self.invoices(lock.invoice.product);
            let last = invoices.iter().find(|invoice| invoice.number == lock.invoice.number).unwrap();
            assert_eq!(failures(&last.attempts), 4, "R-PAY-2: and not before");
        }
        let count =
            |wanted: fn(&NoticeSubject) -> bool| self.notices.values().filter(|subject| wanted(subject)).count();
        let locked = count(|subject| matches!(subject, NoticeSubject::AccountLocked { .. }));
        let unlocked = count(|subject| matches!(subject, NoticeSubject::AccountUnlocked { .. }));
        assert_eq!(locked, unlocked + usize::from(payer.lock.is_some()));
    }

    /// Checks that each product and account that waits for a moment has one index entry, and no other exists.
    fn check_index(&self, payer: &Payer) {
        let end = Timestamp::from_millis(i64::MAX);
        let mut entries: BTreeMap<Option<ProductId>, Vec<Timestamp>> = BTreeMap::new();
        for range in [Key::products_due(end), Key::accounts_due(end)] {
            for row in self.store.scan(&range).unwrap() {
                match row.key {
                    Key::ProductDue(at, product) => entries.entry(Some(product)).or_default().push(at),
                    Key::AccountDue(at, _) => entries.entry(None).or_default().push(at),
                    _ => {}
                }
            }
        }
        for product in &self.products {
            let due = self.subscription(*product).due;
            assert_eq!(entries.remove(&Some(*product)).unwrap_or_default(), due.into_iter().collect::<Vec<_>>());
        }
        assert_eq!(entries.remove(&None).unwrap_or_default(), payer.due.into_iter().collect::<Vec<_>>());
        assert!(entries.is_empty(), "{entries:?}");
    }

    /// Sets a valid card that the provider accepts: everything is paid.
    fn pay_all(&mut self) {
        self.set_card(0, true);
        for _ in 0..1000 {
            self.read_pending();
            while self.advance(0, self.moment(), 1000) {}
            self.read_pending();
            let Some(charge) = self.pending().first().cloned() else { break };
            self.report_outcome(1, charge.key, ChargeOutcome::Succeeded);
        }
        self.read_pending();
        self.check();
        let payer = self.payer();
        assert!(payer.open.is_empty() && payer.lock.is_none() && payer.charging.is_none(), "{payer:?}");
        for product in &self.products {
            let plan = self.subscription(*product).plan.clone();
            assert!(plan.is_none_or(|plan| plan.period.contains(self.moment())), "every period is invoiced");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// R-PAY-1 to 6, R-BILL-9.
    #[test]
    fn any_order_of_events_ends_with_one_charge_a_period_and_a_lock_after_the_last_failure(
        steps in proptest::collection::vec(ops(), 1..90),
    ) {
        let mut world = World::new();
        world.check();
        for op in &steps {
            world.run(op);
            world.check();
        }
        world.pay_all();
    }
}

#[test]
fn two_nodes_that_advance_at_once_invoice_each_period_once() {
    let mut world = World::new();
    world.now = START + 100 * DAY;
    std::thread::scope(|scope| {
        for node in [0, 1, 0, 1] {
            let (fleet, moment) = (&world.nodes[node], world.moment());
            scope.spawn(move || while fleet.clock(moment).advance(1).unwrap().more {});
        }
    });
    world.read_pending();
    world.check();
    for product in &world.products {
        let renewals = world.invoices(*product).iter().filter(|found| found.reason == Reason::Renewal).count();
        assert_eq!(renewals, 3, "days 31, 61 and 92, or two and four days later");
    }
    assert_eq!(world.pending().len(), 1);
    world.pay_all();
}
