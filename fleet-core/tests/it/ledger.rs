//! Compares the core with a ledger (R-BILL, R-PAY): random months of a fleet, with upgrades and downgrades, declines
//! and write-offs, transfers and removals, changing prices, and a clock that is late, leaps or stands still.
//!
//! The ledger is written from the rules and not from the core's code: it has its own calendar, proration and plans.
//! After each step, the money that the core moved, owes or is owed equals the used service to the cent.
//! `PROPTEST_CASES` sets the number of runs.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use fleet_core::billing::{
    AccountBilling, CardToken, Catalogue, Charge, ChargeOutcome, Decline, ExpiryMonth, Interval, Invoice, NewCard,
    Price, Purpose, Quote, Reason, Tier, Upgrade,
};
use fleet_core::{AccountId, Actor, Console, Currency, Error, Fleet, MemoryStore, Money, ProductId, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const DAY: i64 = 86_400_000;
/// 2016-01-29T00:00:00Z: short months come first.
const START: i64 = 16_829 * DAY;
const TIERS: [&str; 4] = ["Prototype", "Small", "Medium", "Large"];
const PRODUCTS: usize = 3;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

/// The currencies that products are billed in. The catalogue has prices in the first only.
fn currencies() -> [Currency; 2] {
    [Currency::USD, "EUR".parse().unwrap()]
}

/// The monthly prices on sale; `None` for a tier that is no longer sold. A year costs ten months.
type Prices = [Option<i64>; 4];

const CATALOGUES: [Prices; 4] = [
    [Some(0), Some(8_900), Some(27_900), Some(199_900)],
    [Some(0), Some(9_999), Some(30_001), Some(210_007)],
    [Some(0), Some(8_900), None, Some(199_900)],
    [Some(0), None, Some(28_000), None],
];

fn catalogue(prices: &Prices) -> Catalogue {
    let price = |interval, minor| Price { interval, amount: usd(minor) };
    let sold = TIERS.iter().zip(prices).filter_map(|(name, price)| Some((*name, (*price)?)));
    let tier = |(name, month): (&str, i64)| {
        Tier::new(name).devices(10).prices(vec![price(Interval::Monthly, month), price(Interval::Annual, month * 10)])
    };
    Catalogue::new(sold.map(tier).collect()).unwrap()
}

/// Days since 1970 of a date, and back: the calendar of the ledger.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let leap = |year: i64| i64::from((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
    let years: i64 = (1970..year).map(|year| 365 + leap(year)).sum();
    let months: i64 = (1..month).map(|month| month_days(year, month)).sum();
    years + months + day - 1
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn date(mut left: i64) -> (i64, i64, i64) {
    let (mut year, mut month) = (1970, 1);
    while left >= month_days(year, month) {
        left -= month_days(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (year, month, left + 1)
}

/// Returns the n-th billing date of a product created on a day: that day of the month, or the month's last.
fn billing_date(created: i64, months: i64) -> i64 {
    let (year, month, day) = date(created);
    let index = month - 1 + months;
    let (year, month) = (year + index / 12, index % 12 + 1);
    days(year, month, day.min(month_days(year, month)))
}

/// Returns the period that contains a moment.
fn period(created: i64, interval: Interval, at: i64) -> (i64, i64) {
    let step = if interval == Interval::Annual { 12 } else { 1 };
    let mut n = 0;
    while billing_date(created, n + step) * DAY <= at {
        n += step;
    }
    (billing_date(created, n) * DAY, billing_date(created, n + step) * DAY)
}

/// Returns the price of a part of a period: rounded to the nearest cent, halves up.
fn part(price: i64, left: i64, whole: i64) -> i64 {
    let (price, left, whole) = (i128::from(price), i128::from(left / 1000), i128::from(whole / 1000));
    let exact = price * left;
    let rounded = exact / whole + i128::from(2 * (exact % whole) >= whole);
    i64::try_from(rounded).unwrap()
}

/// A product's plan in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    tier: usize,
    interval: Interval,
    period: (i64, i64),
    price: i64,
    billed: i64,
    paid: i64,
    payer: usize,
    invoice: u32,
}

impl Plan {
    /// Returns the used, unused and prepaid part at a moment.
    fn at(&self, now: i64) -> (i64, i64, i64) {
        let (start, end) = self.period;
        let unused = part(self.price, end - now.clamp(start, end), end - start).min(self.billed);
        let used = self.billed - unused;
        (used, unused, (self.paid - used).clamp(0, unused))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Bought {
    charge: u32,
    plan: Plan,
    due: i64,
    balance: i64,
    at: i64,
}

/// A product in the ledger.
#[derive(Clone, Debug)]
struct Account {
    id: ProductId,
    currency: Currency,
    created: i64,
    owner: usize,
    tier: usize,
    plan: Option<Plan>,
    balance: i64,
    next: Option<Interval>,
    agreed: BTreeMap<(usize, bool), i64>,
    bought: Option<Bought>,
    unpaid: BTreeMap<u32, i64>,
    removed: bool,
    /// Price of the service that was used, or is billed for the current segment.
    service: i64,
    /// Price of the service that was used and need not be paid.
    forgiven: i64,
    /// Number of decisions about it: a quote is valid while this is unchanged.
    decided: u32,
}

impl Account {
    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }
}

/// A quote, and its expected result.
#[derive(Clone, Debug)]
struct Quoted {
    product: usize,
    quote: Quote,
    bought: Bought,
    decided: u32,
    given_at: i64,
}

#[derive(Clone, Debug)]
enum Op {
    Pass(i64),
    Advance { limit: usize },
    Leap { days: i64, confirm: bool },
    Confirm,
    Buy { product: usize, tier: usize, annual: bool },
    Quote { product: usize, tier: usize, annual: bool },
    Use(prop::sample::Index),
    Report { which: prop::sample::Index, outcome: ChargeOutcome },
    ReportAgain(prop::sample::Index),
    Card { account: usize, token: u8, months: Option<i64> },
    NoCard { account: usize },
    WriteOff { which: prop::sample::Index },
    Cancel(usize),
    Downgrade { product: usize, tier: usize },
    SetTier { product: usize, tier: usize },
    Switch { product: usize, annual: bool },
    Agree { product: usize, tier: usize, annual: bool, price: Option<i64>, other: bool },
    Currency { product: usize, which: usize },
    Transfer { product: usize, to: usize },
    Remove(usize),
    Prices(usize),
}

fn ops() -> impl Strategy<Value = Op> {
    let (product, tier, account) = (0..PRODUCTS, 0..TIERS.len(), 0..2_usize);
    let index = any::<prop::sample::Index>;
    let outcome = prop_oneof![
        6 => Just(ChargeOutcome::Succeeded),
        3 => Just(ChargeOutcome::Declined(Decline::Soft)),
        1 => Just(ChargeOutcome::Declined(Decline::Hard)),
        1 => Just(ChargeOutcome::Unknown),
    ];
    prop_oneof![
        10 => prop_oneof![1..40_i64, 1..(20 * 24_i64)].prop_map(|hours| Op::Pass(hours * 3_600_000 + 1_000)),
        2 => (1..20_i64).prop_map(|minutes| Op::Pass(minutes * 60_000)),
        8 => prop_oneof![Just(1000_usize), 1..3_usize].prop_map(|limit| Op::Advance { limit }),
        1 => (40..800_i64, prop::bool::weighted(0.3)).prop_map(|(days, confirm)| Op::Leap { days, confirm }),
        1 => Just(Op::Confirm),
        6 => (product.clone(), tier.clone(), prop::bool::weighted(0.2))
            .prop_map(|(product, tier, annual)| Op::Buy { product, tier, annual }),
        2 => (product.clone(), tier.clone(), prop::bool::weighted(0.2))
            .prop_map(|(product, tier, annual)| Op::Quote { product, tier, annual }),
        2 => index().prop_map(Op::Use),
        14 => (index(), outcome).prop_map(|(which, outcome)| Op::Report { which, outcome }),
        1 => index().prop_map(Op::ReportAgain),
        3 => (account.clone(), 0..4_u8, prop::option::weighted(0.3, 0..3_i64))
            .prop_map(|(account, token, months)| Op::Card { account, token, months }),
        1 => account.clone().prop_map(|account| Op::NoCard { account }),
        2 => index().prop_map(|which| Op::WriteOff { which }),
        1 => product.clone().prop_map(Op::Cancel),
        2 => (product.clone(), tier.clone()).prop_map(|(product, tier)| Op::Downgrade { product, tier }),
        1 => (product.clone(), tier.clone()).prop_map(|(product, tier)| Op::SetTier { product, tier }),
        1 => (product.clone(), any::<bool>()).prop_map(|(product, annual)| Op::Switch { product, annual }),
        2 => (product.clone(), tier, any::<bool>(), prop::option::of(0..40_000_i64), prop::bool::weighted(0.1))
            .prop_map(|(product, tier, annual, price, other)| Op::Agree { product, tier, annual, price, other }),
        1 => (product.clone(), 0..2_usize).prop_map(|(product, which)| Op::Currency { product, which }),
        1 => (product.clone(), account).prop_map(|(product, to)| Op::Transfer { product, to }),
        1 => prop_oneof![3 => Just(PRODUCTS), 1 => product].prop_map(Op::Remove),
        1 => (0..CATALOGUES.len()).prop_map(Op::Prices),
    ]
}

/// The core and the ledger.
struct World {
    store: Arc<MemoryStore>,
    fleet: Fleet,
    prices: Prices,
    people: [AccountId; 2],
    products: Vec<Account>,
    now: i64,
    /// When the clock last advanced.
    last: Option<i64>,
    /// When it had last done everything that was due.
    done: Option<i64>,
    opened: u64,
    /// All charges ever returned, and the last outcome reported for each.
    charges: Vec<(Charge, Option<ChargeOutcome>)>,
    /// Money received, minus money refunded.
    cash: BTreeMap<Currency, i64>,
    /// Expiry of each account's card.
    valid: [Option<i64>; 2],
    /// The last month of each card, by account and token.
    months: BTreeMap<(usize, u8), i64>,
    /// Quotes that were issued.
    quotes: Vec<Quoted>,
    /// Permanently declined cards, by account and token.
    declined: BTreeSet<(AccountId, String)>,
    /// Notices by their names.
    notified: BTreeSet<String>,
    /// Periods whose renewal was paid by a charge.
    paid: BTreeSet<(ProductId, i64)>,
}

fn interval(annual: bool) -> Interval {
    if annual { Interval::Annual } else { Interval::Monthly }
}

impl World {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let prices = CATALOGUES[0];
        let fleet = Fleet::builder(Arc::clone(&store)).seed(1).catalogue(catalogue(&prices)).open();
        let operator = fleet.console(Actor::Operator, Timestamp::from_millis(START));
        let people = ["alice@example.com", "bob@example.com"].map(|email| operator.create_account(email).unwrap().id);
        let mut world = Self {
            store,
            fleet,
            prices,
            people,
            products: Vec::new(),
            now: START,
            last: None,
            done: None,
            opened: 1,
            charges: Vec::new(),
            cash: BTreeMap::new(),
            valid: [None; 2],
            months: BTreeMap::new(),
            quotes: Vec::new(),
            declined: BTreeSet::new(),
            notified: BTreeSet::new(),
            paid: BTreeSet::new(),
        };
        for account in 0..2 {
            world.set_card(account, 0, None);
        }
        for index in 0..PRODUCTS {
            let owner = index % 2;
            let made = world.console(owner).create_product("Thermostat", "photon".parse().unwrap()).unwrap();
            let created = world.now / DAY;
            let account = Account {
                id: made.id,
                currency: Currency::USD,
                created,
                owner,
                tier: 0,
                plan: None,
                balance: 0,
                next: None,
                agreed: BTreeMap::new(),
                bought: None,
                unpaid: BTreeMap::new(),
                removed: false,
                service: 0,
                forgiven: 0,
                decided: 0,
            };
            world.products.push(account);
            // The time of day decides nothing: a date begins at midnight.
            world.now += DAY + 5 * 3_600_000 + 1_000;
        }
        world
    }

    fn moment(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn console(&self, account: usize) -> Console<'_> {
        self.fleet.console(self.people[account], self.moment())
    }

    fn operator(&self) -> Console<'_> {
        self.fleet.console(Actor::Operator, self.moment())
    }

    /// Sets a card that is valid through this month, or some months longer; `None` for many years.
    fn set_card(&mut self, account: usize, number: u8, months: Option<i64>) {
        let token = CardToken::new(&format!("tok_{number}")).unwrap();
        let (brand, last_four) = ("visa".to_owned(), "4242".to_owned());
        let (year, month, _) = date(self.now / DAY);
        let index = months.map_or(99 * 12, |months| month - 1 + months);
        let (year, month) = (year + index / 12, index % 12 + 1);
        let expires = ExpiryMonth::new(u16::try_from(year).unwrap(), u8::try_from(month).unwrap()).unwrap();
        self.console(account).set_card(&NewCard::new(token, brand, last_four, expires)).unwrap();
        let until = (days(year, month, 1) + month_days(year, month)) * DAY;
        self.valid[account] = Some(until);
        if self.months.insert((account, number), until).is_some_and(|before| before != until) {
            // A card with a new expiry month may cause another notice.
            let expires = format!("-card-expires-{}-", self.people[account]);
            self.notified.retain(|name| !name.contains(&expires));
        }
    }

    /// Returns the price of a tier: as agreed, or as sold.
    fn price(&self, product: usize, tier: usize, interval: Interval) -> Option<i64> {
        let annual = interval == Interval::Annual;
        let agreed = self.products[product].agreed.get(&(tier, annual)).copied();
        let sold = self.prices[tier].filter(|price| *price == 0 || self.products[product].currency == Currency::USD);
        agreed.or_else(|| sold.map(|month| if annual { month * 10 } else { month }))
    }

    /// Books the renewals of a product that are due at a moment. The clock of the core issues them by `issued`.
    fn renew(&mut self, product: usize, issued: i64) {
        loop {
            let account = &self.products[product];
            let Some(plan) = account.plan.clone().filter(|plan| plan.period.1 <= issued && account.bought.is_none())
            else {
                return;
            };
            let interval = account.next.unwrap_or(plan.interval);
            let priced = |interval| Some((interval, self.price(product, account.tier, interval)?));
            let found = priced(interval).or_else(|| priced(plan.interval));
            let (interval, price) = found.unwrap_or((plan.interval, plan.price));
            let number = self.latest(product, plan.period.1);
            let account = &mut self.products[product];
            account.next = None;
            account.decided += 1;
            // The clock handles what a command issued at its next advance.
            self.done = None;
            if price == 0 {
                account.plan = None;
                continue;
            }
            let used = account.balance.min(price);
            account.balance -= used;
            account.service += price;
            let number = number.unwrap();
            if used < price {
                account.unpaid.insert(number, price - used);
            }
            let period = period(account.created, interval, plan.period.1);
            let (tier, payer) = (account.tier, account.owner);
            account.plan =
                Some(Plan { tier, interval, period, price, billed: price, paid: used, payer, invoice: number });
        }
    }

    /// Returns the number of the renewal that bills the period from a moment on.
    fn latest(&self, product: usize, start: i64) -> Option<u32> {
        let found = self.operator().product(self.products[product].id).invoices(None, 1000).unwrap().items;
        let found =
            found.iter().find(|found| found.reason == Reason::Renewal && found.period.start.as_millis() == start);
        found.map(|found| found.number)
    }

    /// A command that decides about a plan first issues what is due; those renewals stay even if it then refuses.
    fn command<T>(&mut self, product: usize, ask: impl FnOnce(&Self) -> Result<T, Error>) -> Option<T> {
        let answer = ask(self);
        match answer {
            Err(error) if error.code() == "clock_leap" => {
                self.fleet.clock(self.moment()).confirm_leap().unwrap();
                self.last = Some(self.now);
                None
            }
            Err(error) if ["not_found", "invalid", "forbidden"].contains(&error.code()) => {
                // The refusal is right in itself; the invoices show whether something was issued before.
                if !self.products[product].removed && self.is_issued(product) {
                    self.renew(product, self.now);
                }
                None
            }
            Err(error) => {
                let codes = [
                    "charge_open",
                    "no_plan",
                    "renewal_unpaid",
                    "price_by_agreement",
                    "not_an_upgrade",
                    "account_locked",
                    "limit_exceeded",
                ];
                assert!(codes.contains(&error.code()), "{error}");
                self.renew(product, self.now);
                None
            }
            Ok(answer) => {
                self.renew(product, self.now);
                self.products[product].decided += 1;
                Some(answer)
            }
        }
    }

    /// Whether the core has issued what the ledger has not booked yet.
    fn is_issued(&self, product: usize) -> bool {
        let plan = self.products[product].plan.as_ref();
        let status = self.operator().product(self.products[product].id).billing_status().unwrap();
        plan.is_some_and(|plan| status.renewal.is_none_or(|renewal| renewal.as_millis() > plan.period.1))
    }

    /// Ends or lowers the plan in the ledger; returns the refund to its payer, and the balance.
    fn end(&mut self, product: usize, lower: Option<(usize, i64)>) -> i64 {
        let now = self.now;
        let account = &mut self.products[product];
        let plan = account.plan.take().unwrap();
        let (used, unused, _) = plan.at(now);
        let (start, end) = plan.period;
        let charge = lower.map_or(0, |(_, price)| part(price, end - now.clamp(start, end), end - start));
        let back = (plan.paid - used - charge).clamp(0, unused - charge);
        let never = unused - charge - back;
        account.service -= unused - charge;
        match account.unpaid.get_mut(&plan.invoice) {
            Some(left) => {
                *left -= never;
                if *left == 0 {
                    account.unpaid.remove(&plan.invoice);
                }
            }
            None => account.forgiven -= never,
        }
        let is_owners = plan.payer == account.owner;
        if let Some((tier, price)) = lower {
            account.tier = tier;
            let paid = (plan.paid - used).clamp(0, charge);
            account.plan = Some(Plan { tier, price, billed: charge, paid, ..plan });
            if is_owners {
                account.balance += back;
                return 0;
            }
            return back;
        }
        account.next = None;
        let kept = std::mem::take(&mut account.balance);
        back + kept
    }

    /// The refunds that are pending or were made, beyond the earlier ones.
    fn refunds(&self) -> i64 {
        let refund = |charge: &Charge| matches!(charge.purpose, Purpose::Refund { .. });
        let waiting = self.fleet.pending_charges(None, 1000).unwrap().items;
        let made =
            self.charges.iter().filter(|(charge, said)| refund(charge) && *said == Some(ChargeOutcome::Succeeded));
        let made: i64 = made.map(|(charge, _)| charge.amount.minor()).sum();
        made + waiting.iter().filter(|charge| refund(charge)).map(|charge| charge.amount.minor()).sum::<i64>()
    }

    fn buy(&mut self, product: usize, tier: usize, annual: bool) {
        if let Some(quoted) = self.quote(product, tier, annual) {
            self.upgrade(&quoted);
        }
    }

    fn quote(&mut self, product: usize, tier: usize, annual: bool) -> Option<Quoted> {
        let (id, interval) = (self.products[product].id, interval(annual));
        let owner = self.products[product].owner;
        let quote = match self.console(owner).product(id).quote_upgrade(TIERS[tier], interval) {
            Ok(quote) => quote,
            Err(error) => {
                assert_ne!(error.code(), "clock_leap", "a quote waits for the clock");
                return None;
            }
        };
        let bought = self.expected(product, tier, interval, self.price(product, tier, interval).unwrap(), self.now);
        let account = &self.products[product];
        assert_eq!((quote.due, quote.balance), (account.money(bought.due), account.money(bought.balance)), "{quote:?}");
        Some(Quoted { product, quote, bought, decided: account.decided, given_at: self.now })
    }

    /// Returns the expected result of an upgrade that was quoted at a moment.
    fn expected(&self, product: usize, tier: usize, interval: Interval, price: i64, quoted_at: i64) -> Bought {
        let account = &self.products[product];
        let owner = account.owner;
        let at = account.plan.as_ref().map_or(quoted_at, |plan| quoted_at.max(plan.period.0));
        let span = match &account.plan {
            Some(plan) if plan.interval == interval => plan.period,
            _ => period(account.created, interval, at),
        };
        let charge = part(price, span.1 - at.max(span.0), span.1 - span.0);
        let credit = account.plan.as_ref().filter(|plan| plan.payer == owner).map_or(0, |plan| plan.at(at).2);
        let net = charge - credit;
        let used = net.clamp(0, account.balance);
        let (due, balance) = (net.max(0) - used, account.balance - used + (-net).max(0));
        let plan = Plan { tier, interval, period: span, price, billed: charge, paid: charge, payer: owner, invoice: 0 };
        Bought { charge: 0, plan, due, balance, at }
    }

    /// Buys what was quoted, now or some time ago.
    fn upgrade(&mut self, quoted: &Quoted) {
        let Quoted { product, quote, bought, .. } = quoted;
        let (id, owner) = (self.products[*product].id, self.products[*product].owner);
        let is_same = self.products[*product].decided == quoted.decided;
        let is_valid = is_same && self.now < quoted.given_at + 15 * 60_000 && self.now < bought.plan.period.1;
        match self.console(owner).product(id).upgrade(quote.id) {
            Ok(upgrade) => {
                assert!(self.now < quoted.given_at + 15 * 60_000, "R-BILL-4: a quote is valid for 15 minutes");
                assert!(self.valid[owner].is_some_and(|until| self.now < until), "R-BILL-4: it needs a valid card");
                let Plan { tier, interval, price, .. } = bought.plan;
                let again = self.expected(*product, tier, interval, price, quoted.given_at);
                let known = (again.due, again.balance, &again.plan);
                assert_eq!(known, (bought.due, bought.balance, &bought.plan), "R-BILL-4: the quote is still right");
                self.products[*product].decided += 1;
                match upgrade {
                    Upgrade::Charging(asked) => {
                        assert_eq!(asked.amount, quote.due, "R-BILL-4");
                        let bought = Bought { charge: asked.key_number(), ..bought.clone() };
                        self.products[*product].bought = Some(bought);
                    }
                    Upgrade::Done(invoice) => {
                        assert_eq!(bought.due, 0);
                        self.takes_effect(*product, bought.clone(), invoice.number);
                    }
                }
            }
            Err(error) => {
                let later = ["quote_expired", "renewal_unpaid", "renewal_due", "charge_open", "not_found"];
                let is_known = error.code() == "card_missing" || (!is_valid && later.contains(&error.code()));
                let is_locked =
                    error.code() == "renewal_unpaid" && self.owed(self.people[owner]).locked_since.is_some();
                assert!(is_known || is_locked, "{error}: {quoted:?}");
            }
        }
    }

    fn takes_effect(&mut self, product: usize, bought: Bought, invoice: u32) {
        let account = &mut self.products[product];
        if let Some(before) = account.plan.take() {
            let (_, unused, ahead) = before.at(bought.at);
            account.service -= unused;
            account.forgiven -= unused - ahead;
            if before.interval != bought.plan.interval {
                account.next = None;
            }
        }
        account.service += bought.plan.billed;
        account.balance = bought.balance;
        account.tier = bought.plan.tier;
        account.plan = Some(Plan { invoice, ..bought.plan });
    }

    fn report_outcome(&mut self, index: usize, outcome: ChargeOutcome) {
        let (charge, said) = self.charges[index].clone();
        let result = self.fleet.clock(self.moment()).charge_outcome(charge.key, outcome);
        if said.is_some_and(|said| said != ChargeOutcome::Unknown) {
            assert_eq!(result.unwrap_err().code(), "charge_finished", "an outcome counts once");
            return;
        }
        let product = self.products.iter().position(|found| found.id == charge.product).unwrap();
        let is_refund = matches!(charge.purpose, Purpose::Refund { .. });
        if let Err(error) = result {
            assert!(is_refund && matches!(outcome, ChargeOutcome::Declined(_)), "{error}");
            return;
        }
        self.charges[index].1 = Some(outcome);
        if outcome == ChargeOutcome::Declined(Decline::Hard) {
            self.declined.insert((charge.account, charge.card.as_ref().unwrap().token.reveal().to_owned()));
        }
        if outcome == ChargeOutcome::Succeeded {
            let sign = if is_refund { -1 } else { 1 };
            *self.cash.entry(charge.amount.currency()).or_default() += sign * charge.amount.minor();
        }
        match (charge.purpose, outcome) {
            (_, ChargeOutcome::Unknown) | (Purpose::Refund { .. }, _) => {}
            (Purpose::Upgrade, ChargeOutcome::Succeeded) => {
                let bought = self.products[product].bought.take().unwrap();
                assert_eq!(charge.amount.minor(), bought.due);
                let invoices = self.operator().product(charge.product).invoices(None, 1000).unwrap().items;
                let number = invoices.iter().find(|invoice| invoice.charge == Some(bought.charge)).unwrap().number;
                self.takes_effect(product, bought, number);
            }
            (Purpose::Upgrade, ChargeOutcome::Declined(_)) => self.products[product].bought = None,
            (Purpose::Renewal { invoice }, ChargeOutcome::Succeeded) => {
                let account = &mut self.products[product];
                assert_eq!(account.unpaid.remove(&invoice), Some(charge.amount.minor()), "what is owed is charged");
                if let Some(plan) = account.plan.as_mut().filter(|plan| plan.invoice == invoice) {
                    plan.paid = plan.billed;
                }
                let found = self.invoice(charge.product, invoice);
                let is_new = self.paid.insert((charge.product, found.period.start.as_millis()));
                assert!(is_new, "R-BILL-1: a period is charged once: {found:?}");
            }
            (Purpose::Renewal { .. }, ChargeOutcome::Declined(_)) => {}
            (other, _) => panic!("{other:?}"),
        }
    }

    fn invoice(&self, product: ProductId, number: u32) -> Arc<Invoice> {
        let found = self.operator().product(product).invoices(number.checked_add(1), 1).unwrap().items;
        Arc::clone(found.first().unwrap())
    }

    fn run(&mut self, op: &Op) {
        match op {
            Op::Pass(millis) => self.now += millis,
            Op::Advance { limit } => self.advance(*limit),
            Op::Leap { days, confirm } => self.leap(days * DAY, *confirm),
            Op::Confirm => {
                self.fleet.clock(self.moment()).confirm_leap().unwrap();
                self.last = Some(self.now);
            }
            Op::Buy { product, tier, annual } => self.buy(*product, *tier, *annual),
            Op::Quote { product, tier, annual } => {
                let quoted = self.quote(*product, *tier, *annual);
                self.quotes.extend(quoted);
            }
            Op::Use(which) => {
                if !self.quotes.is_empty() {
                    let quoted = self.quotes.remove(which.index(self.quotes.len()));
                    self.upgrade(&quoted);
                }
            }
            Op::Report { which, outcome } => {
                let open: Vec<usize> = self.open_charges();
                if !open.is_empty() {
                    self.report_outcome(*which.get(&open), *outcome);
                }
            }
            Op::ReportAgain(which) => {
                if !self.charges.is_empty() {
                    let index = which.index(self.charges.len());
                    if self.charges[index].1.is_some_and(|said| said != ChargeOutcome::Unknown) {
                        self.report_outcome(index, ChargeOutcome::Succeeded);
                    }
                }
            }
            Op::Card { account, token, months } => self.set_card(*account, *token, *months),
            Op::NoCard { account } => {
                self.console(*account).remove_card().unwrap();
                self.valid[*account] = None;
            }
            Op::WriteOff { which } => self.write_off(which),
            Op::Cancel(product) => self.cancel(*product),
            Op::Downgrade { product, tier } => self.downgrade(*product, *tier),
            Op::SetTier { product, tier } => {
                let id = self.products[*product].id;
                if self.command(*product, |world| world.operator().product(id).set_tier(TIERS[*tier])).is_some() {
                    self.products[*product].tier = *tier;
                }
            }
            Op::Switch { product, annual } => {
                let (id, wanted) = (self.products[*product].id, interval(*annual));
                let owner = self.products[*product].owner;
                if self.command(*product, |world| world.console(owner).product(id).switch_interval(wanted)).is_some() {
                    let account = &mut self.products[*product];
                    let current = account.plan.as_ref().unwrap().interval;
                    account.next = (current != wanted).then_some(wanted);
                }
            }
            Op::Currency { product, which } => {
                let account = &self.products[*product];
                let (id, owner, wanted) = (account.id, account.owner, currencies()[*which]);
                let is_other = account.currency != wanted;
                let invoices = self.operator().product(id).invoices(None, 1).unwrap().items.len();
                let is_free = invoices == 0 && account.agreed.is_empty() && account.bought.is_none();
                let result = self.console(owner).product(id).set_currency(wanted);
                assert!(account.removed || result.is_ok() == (!is_other || is_free), "R-TIER-1: {result:?}");
                if result.is_ok() && is_other {
                    let account = &mut self.products[*product];
                    account.currency = wanted;
                    account.decided += 1;
                }
            }
            Op::Agree { product, tier, annual, price, other } => {
                let (id, span) = (self.products[*product].id, interval(*annual));
                let currency = self.products[*product].currency;
                let currency = if *other { currencies()[usize::from(currency == Currency::USD)] } else { currency };
                let money = price.map(|price| Money::new(price, currency));
                let ask = |world: &Self| world.operator().product(id).agree_price(TIERS[*tier], span, money);
                if self.command(*product, ask).is_some() {
                    let agreed = &mut self.products[*product].agreed;
                    agreed.remove(&(*tier, *annual));
                    agreed.extend(price.map(|price| ((*tier, *annual), price)));
                }
            }
            Op::Transfer { product, to } => self.transfer(*product, *to),
            Op::Remove(product) => self.remove(*product),
            Op::Prices(which) => {
                self.prices = CATALOGUES[*which];
                self.opened += 1;
                self.fleet =
                    Fleet::builder(Arc::clone(&self.store)).seed(self.opened).catalogue(catalogue(&self.prices)).open();
            }
        }
        self.read_pending();
        self.check_warned();
    }

    fn open_charges(&self) -> Vec<usize> {
        let is_open = |said: &Option<ChargeOutcome>| said.is_none_or(|said| said == ChargeOutcome::Unknown);
        (0..self.charges.len()).filter(|index| is_open(&self.charges[*index].1)).collect()
    }

    fn advance(&mut self, limit: usize) {
        let clock = self.fleet.clock(self.moment());
        let advanced = clock.advance(limit).or_else(|error| {
            assert_eq!(error.code(), "clock_leap", "{error}");
            clock.confirm_leap().unwrap();
            clock.advance(limit)
        });
        let advanced = advanced.unwrap();
        assert!(advanced.skipped.is_empty(), "{advanced:?}");
        self.last = Some(self.now);
        self.book();
        if limit >= 1000 {
            self.done = Some(self.now);
            assert!(!advanced.more);
            for account in self.products.iter().filter(|account| account.bought.is_none()) {
                let plan = account.plan.as_ref();
                assert!(plan.is_none_or(|plan| plan.period.1 > self.now), "every period is invoiced: {account:?}");
            }
        }
    }

    /// Books what the core issued: as many renewals of each product as there are invoices.
    fn book(&mut self) {
        for product in 0..self.products.len() {
            while !self.products[product].removed && self.is_issued(product) {
                let end = self.products[product].plan.as_ref().unwrap().period.1;
                assert!(end <= self.now, "a renewal is never early");
                self.renew(product, end);
            }
        }
    }

    /// Sets the clock wrong by months. Either nothing changes, or nothing was due for that long.
    fn leap(&mut self, millis: i64, confirm: bool) {
        let before = self.contents();
        let there = self.now + millis;
        let waits = |account: &Account| {
            let end = account.plan.as_ref().map(|plan| plan.period.1);
            account.bought.is_none() && end.is_some_and(|end| there - end > 7 * DAY)
        };
        let is_leap = self.last.is_some_and(|last| there - last > 35 * DAY) && self.products.iter().any(waits);
        match self.fleet.clock(Timestamp::from_millis(there)).advance(1000) {
            Err(error) => {
                assert_eq!(error.code(), "clock_leap", "{error}");
                assert_eq!(self.contents(), before, "R-BILL-10: a leap changes nothing");
                if confirm {
                    self.fleet.clock(Timestamp::from_millis(there)).confirm_leap().unwrap();
                    self.now = there;
                    self.advance(1000);
                }
            }
            Ok(_) => {
                assert!(!is_leap, "R-BILL-10: a leap needs confirmation");
                self.now = there;
                self.last = Some(there);
                self.book();
                self.done = Some(there);
            }
        }
    }

    fn contents(&self) -> (usize, usize) {
        let charges = self.fleet.pending_charges(None, 1000).unwrap().items.len();
        let invoices = self
            .products
            .iter()
            .map(|account| self.operator().product(account.id).invoices(None, 1000).unwrap().items.len());
        (charges, invoices.sum())
    }

    fn write_off(&mut self, which: &prop::sample::Index) {
        let open: Vec<(usize, u32)> = (0..self.products.len())
            .flat_map(|product| self.products[product].unpaid.keys().map(move |number| (product, *number)))
            .collect();
        if open.is_empty() {
            return;
        }
        let (product, number) = *which.get(&open);
        match self.operator().product(self.products[product].id).write_off(number) {
            Ok(_) => {
                let account = &mut self.products[product];
                account.forgiven += account.unpaid.remove(&number).unwrap();
            }
            Err(error) => assert_eq!(error.code(), "charge_open", "{error}"),
        }
    }

    fn cancel(&mut self, product: usize) {
        let (id, before) = (self.products[product].id, self.refunds());
        if self.command(product, |world| world.operator().product(id).cancel_plan()).is_some() {
            let has_plan = self.products[product].plan.is_some();
            let back =
                if has_plan { self.end(product, None) } else { std::mem::take(&mut self.products[product].balance) };
            assert_eq!(self.refunds() - before, back, "R-BILL-7, R-BILL-12");
            if has_plan {
                self.products[product].tier = 0;
            }
        }
    }

    fn downgrade(&mut self, product: usize, tier: usize) {
        let (id, before) = (self.products[product].id, self.refunds());
        if self.command(product, |world| world.operator().product(id).downgrade(TIERS[tier])).is_some() {
            let interval = self.products[product].plan.as_ref().unwrap().interval;
            let price = self.price(product, tier, interval).unwrap();
            let back = self.end(product, Some((tier, price)));
            assert_eq!(self.refunds() - before, back, "R-TIER-4");
        }
    }

    fn transfer(&mut self, product: usize, to: usize) {
        let (id, before) = (self.products[product].id, self.refunds());
        let to_id = self.people[to];
        if self.command(product, |world| world.operator().product(id).transfer_ownership(to_id)).is_some() {
            let account = &mut self.products[product];
            let back = if account.owner == to { 0 } else { std::mem::take(&mut account.balance) };
            account.owner = to;
            assert_eq!(self.refunds() - before, back, "R-BILL-12");
        }
    }

    fn remove(&mut self, product: usize) {
        if product >= self.products.len() || self.products[product].removed {
            return;
        }
        let (id, before) = (self.products[product].id, self.refunds());
        if self.command(product, |world| world.operator().product(id).remove()).is_some() {
            let has_plan = self.products[product].plan.is_some();
            let back =
                if has_plan { self.end(product, None) } else { std::mem::take(&mut self.products[product].balance) };
            assert_eq!(self.refunds() - before, back, "R-BILL-12");
            self.products[product].removed = true;
        }
    }

    /// Reads what is pending for the host.
    fn read_pending(&mut self) {
        for charge in self.fleet.pending_charges(None, 1000).unwrap().items {
            if self.charges.iter().any(|(known, _)| known.key == charge.key) {
                continue;
            }
            assert!(charge.amount.minor() > 0, "{charge:?}");
            if let Some(card) = &charge.card {
                let declined = self.declined.contains(&(charge.account, card.token.reveal().to_owned()));
                assert!(!declined, "R-PAY-3: {charge:?}");
                let payer = usize::from(charge.account == self.people[1]);
                assert!(self.valid[payer].is_some_and(|until| charge.at.as_millis() < until), "R-PAY-7: {charge:?}");
            }
            if let Purpose::Renewal { invoice } = charge.purpose {
                let open = self.owed(charge.account).open;
                let first = open.first().map(|first| (first.product, first.number));
                assert_eq!(first, Some((charge.product, invoice)), "R-PAY-6: the oldest first: {open:?}");
            }
            self.charges.push((Charge::clone(&charge), None));
        }
        for notice in self.fleet.pending_notices(None, 1000).unwrap().items {
            let name = notice.key.as_str().rsplit_once('-').unwrap().0.to_owned();
            assert!(self.notified.insert(name), "sent twice: {notice:?}");
            self.fleet.acknowledge(&notice.key).unwrap();
        }
    }

    fn owed(&self, account: AccountId) -> AccountBilling {
        self.operator().account_billing(account).unwrap()
    }

    fn check(&self) {
        let mut owed: BTreeMap<Currency, i64> = BTreeMap::new();
        for (index, account) in self.people.into_iter().enumerate() {
            let billing = self.owed(account);
            for money in &billing.owed {
                *owed.entry(money.currency()).or_default() += money.minor();
            }
            let renewals = billing.charges.iter().filter(|charge| matches!(charge.purpose, Purpose::Renewal { .. }));
            assert!(renewals.count() <= 1, "R-PAY-6: one at a time");
            assert!(billing.open.iter().all(|invoice| invoice.payer == account));
            assert!(billing.open.is_sorted_by_key(|invoice| invoice.period.start), "R-PAY-6: the oldest first");
            for invoice in &billing.open {
                check_attempts(invoice);
            }
            let is_exhausted = billing.open.iter().any(|invoice| failed(invoice) >= 4);
            assert!(billing.locked_since.is_some() || !is_exhausted, "R-PAY-2: locked with the last failure");
            assert!(billing.locked_since.is_none() || !billing.open.is_empty(), "R-PAY-5: paid in full is unlocked");
            self.check_lock(index, billing.locked_since.is_some());
        }
        for account in self.products.iter().filter(|account| !account.removed) {
            self.check_status(account);
        }
        let waiting = self.fleet.pending_charges(None, 1000).unwrap().items;
        for currency in currencies() {
            let found = |account: &&Account| account.currency == currency;
            let of_it = || self.products.iter().filter(found);
            let kept: i64 = of_it().map(|account| account.balance).sum();
            let service: i64 = of_it().map(|account| account.service - account.forgiven).sum();
            let refunds = waiting.iter().filter(|charge| matches!(charge.purpose, Purpose::Refund { .. }));
            let refunds = refunds.filter(|charge| charge.amount.currency() == currency);
            let refunds: i64 = refunds.map(|charge| charge.amount.minor()).sum();
            let sum = |sums: &BTreeMap<Currency, i64>| sums.get(&currency).copied().unwrap_or_default();
            let found = sum(&self.cash) + sum(&owed) - refunds - kept;
            assert_eq!(found, service, "cash, debts, refunds and balances come to the service");
        }
    }

    /// R-PAY-5: all products of a locked owner are read-only, and nobody else's.
    fn check_lock(&self, owner: usize, is_locked: bool) {
        for account in self.products.iter().filter(|account| account.owner == owner && !account.removed) {
            let result = self.console(owner).product(account.id).rename("Thermostat");
            match result {
                Ok(_) => assert!(!is_locked, "read-only: {account:?}"),
                Err(error) => assert!(is_locked && error.code() == "account_locked", "{error}"),
            }
        }
    }

    /// R-PAY-7: in the days before a renewal, its owner has a notice that no card will be valid at it.
    fn check_warned(&self) {
        for index in 0..self.products.len() {
            let account = &self.products[index];
            let Some(plan) = account.plan.as_ref().filter(|_| !account.removed) else { continue };
            let end = plan.period.1;
            let from = (end - 7 * DAY).max(plan.period.0);
            let is_near = self.now < end && self.done.is_some_and(|done| from <= done);
            let interval = account.next.unwrap_or(plan.interval);
            let priced = |interval| self.price(index, account.tier, interval);
            let price = priced(interval).or_else(|| priced(plan.interval)).unwrap_or(plan.price);
            if !is_near || price <= account.balance || account.bought.is_some() {
                continue;
            }
            if self.valid[account.owner].is_none_or(|until| until <= end) {
                let (id, owner) = (account.id, self.people[account.owner]);
                let (year, month, day) = date(end / DAY);
                let name = format!("{id}-card-needed-{year:04}-{month:02}-{day:02}-{owner}");
                assert!(self.notified.contains(&name), "there is no notice {name} in {:?}", self.notified);
            }
        }
    }

    fn check_status(&self, account: &Account) {
        let status = self.operator().product(account.id).billing_status().unwrap();
        assert_eq!(status.balance, account.money(account.balance), "{account:?}");
        assert_eq!(&*status.tier, TIERS[account.tier], "{account:?}");
        let unpaid: Vec<u32> = account.unpaid.keys().copied().collect();
        assert_eq!(status.unpaid, unpaid, "{account:?}");
        let renewal = account.plan.as_ref().map(|plan| plan.period.1);
        assert_eq!(status.renewal.map(Timestamp::as_millis), renewal, "no service for nothing: {account:?}");
        if let (Some(plan), Some(found)) = (&account.plan, &status.plan) {
            let known = (TIERS[plan.tier], plan.interval, account.money(plan.price), account.money(plan.billed));
            assert_eq!((&*found.tier, found.interval, found.price, found.billed), known);
            assert_eq!(found.paid, Some(account.money(plan.paid)));
        }
    }

    /// Sets valid cards that the provider accepts: everything is paid.
    fn pay_all(&mut self) {
        for account in 0..2 {
            self.set_card(account, 200, None);
        }
        for _ in 0..300 {
            self.read_pending();
            self.advance(1000);
            self.read_pending();
            let Some(index) = self.open_charges().first().copied() else { break };
            self.report_outcome(index, ChargeOutcome::Succeeded);
            self.read_pending();
        }
        self.check();
        let broken = fleet_core::invariants::check(&self.fleet, self.moment()).unwrap();
        assert!(broken.is_empty(), "{broken:?}");
        for account in self.people {
            let billing = self.owed(account);
            assert!(billing.owed.iter().all(|owed| owed.is_zero()) && billing.open.is_empty(), "{billing:?}");
            assert_eq!(billing.locked_since, None);
        }
    }
}

/// R-PAY-2: at most four scheduled attempts, three days from when each failure was known.
fn check_attempts(invoice: &Invoice) {
    let scheduled: Vec<_> = invoice.attempts.iter().filter(|attempt| attempt.scheduled).collect();
    assert!(scheduled.len() <= 4, "{invoice:?}");
    for (before, after) in scheduled.iter().zip(scheduled.iter().skip(1)) {
        let known = before.known_at.unwrap_or(before.at).max(before.at);
        assert!(after.at.as_millis() - known.as_millis() >= 3 * DAY, "{invoice:?}");
    }
}

/// Number of scheduled attempts that failed.
fn failed(invoice: &Invoice) -> usize {
    invoice.attempts.iter().filter(|attempt| attempt.scheduled && attempt.failed()).count()
}

/// The number of a charge, from its key.
trait KeyNumber {
    fn key_number(&self) -> u32;
}

impl KeyNumber for Charge {
    fn key_number(&self) -> u32 {
        self.key.to_string().split('-').nth(1).unwrap().parse().unwrap()
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(192)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4_000, ..ProptestConfig::with_cases(cases()) })]

    /// R-BILL 1 to 13, R-PAY 1 to 6.
    #[test]
    fn the_moved_money_equals_the_used_service(steps in proptest::collection::vec(ops(), 1..120)) {
        let mut world = World::new();
        world.read_pending();
        world.check();
        for op in &steps {
            world.run(op);
            world.check();
        }
        world.pay_all();
    }
}

#[test]
fn the_ledgers_calendar_equals_the_cores() {
    let shown = |day: i64| Timestamp::from_millis(day * DAY).date().to_string();
    for (year, month, day) in [(1970, 1, 1), (2000, 2, 29), (2016, 2, 29), (2017, 12, 31), (2100, 3, 1)] {
        assert_eq!(shown(days(year, month, day)), format!("{year:04}-{month:02}-{day:02}"));
        assert_eq!(date(days(year, month, day)), (year, month, day));
    }
    let dates: Vec<String> = (0..4).map(|n| shown(billing_date(days(2016, 1, 31), n))).collect();
    assert_eq!(dates, ["2016-01-31", "2016-02-29", "2016-03-31", "2016-04-30"]);
}
