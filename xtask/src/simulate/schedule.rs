//! One schedule: nodes of one product send, report, crash and restart; people change its tier; months end.

use super::ledger::{Ledger, limit, usage_month};
use super::link::{Link, Network};
use super::random::Random;
use fleet_core::billing::{Anchor, Interval};
use fleet_core::event::metering::threshold::highest_reached;
use fleet_core::event::metering::{LEASE_LIFE, REPORT_EVERY};
use fleet_core::{Actor, Catalogue, Error, Fleet, PolicyChange, ProductId, Tier, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const TIERS: [&str; 3] = ["Low", "High", "Free"];

/// The result of a schedule.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// Number of messages that were sent.
    pub(super) sent: u64,
    /// Number of messages that were refused.
    pub(super) turned_away: u64,
    /// Number of processes that died.
    pub(super) crashes: u64,
    /// Number of calls that failed.
    pub(super) failures: u64,
    /// The steps, if they were requested.
    pub(super) steps: Vec<String>,
    /// The first violation.
    pub(super) problem: Option<String>,
}

/// Runs the schedule of a seed.
pub(super) fn run(seed: u64, traces: bool) -> Report {
    let mut result = Report::default();
    let outcome = World::new(seed, traces).and_then(|mut world| {
        let outcome = world.play().and_then(|()| world.finish());
        result = std::mem::take(&mut world.result);
        outcome
    });
    result.problem = outcome.err();
    result
}

struct World {
    random: Random,
    network: Arc<Network>,
    catalogue: Catalogue,
    product: ProductId,
    anchor: Anchor,
    operator: Fleet,
    nodes: Vec<Node>,
    now: Timestamp,
    /// Whether a clock jumped, so that any lease may look old.
    clocks_jumped: bool,
    traces: bool,
    result: Report,
    /// Messages that were sent, by usage month.
    sent: BTreeMap<u32, u64>,
    /// Number of messages that may be counted although they were never sent.
    may_lose: u64,
}

/// A process that sends.
struct Node {
    fleet: Fleet,
    link: Link,
    /// The error of its clock, in milliseconds.
    skew: i64,
    /// When it sent, by its own clock, and how many.
    sent: Vec<(Timestamp, u64)>,
    /// The last moment of its activity.
    heard_at: Timestamp,
    /// Whether one of its calls failed, or its lease may have been taken for a dead node's, because it was inactive for
    /// long or a clock jumped.
    was_disturbed: bool,
}

impl Node {
    /// Whether another node, whose clock may be some seconds off, can take it for dead.
    fn is_silent(&self, now: Timestamp) -> bool {
        now.since(self.heard_at) + Duration::from_secs(5) >= LEASE_LIFE
    }

    /// The messages that its death may cost: two seconds of its traffic, for its one open lease; more if it was
    /// disturbed.
    fn may_lose(&self) -> u64 {
        if self.was_disturbed {
            return 2 * self.sent.iter().map(|(_, count)| count).sum::<u64>();
        }
        let within = |first: Timestamp| {
            let from_there =
                self.sent.iter().filter(move |(at, _)| *at >= first && at.since(first) <= 2 * REPORT_EVERY);
            from_there.map(|(_, count)| count).sum::<u64>()
        };
        2 * self.sent.iter().map(|(at, _)| within(*at)).max().unwrap_or(0)
    }
}

impl World {
    fn new(seed: u64, traces: bool) -> Result<Self, String> {
        let mut random = Random(seed);
        let low = random.pick(&[0, 1, 2, 7, 10, 50, 100, 250], 10) + random.below(10);
        let tier = |name: &str, messages| {
            let mut tier = Tier::new(name);
            tier.messages = messages;
            tier
        };
        let [first, second, third] = TIERS;
        let high = low * random.between(1, 5) + random.below(100);
        let tiers = vec![tier(first, Some(low)), tier(second, Some(high)), tier(third, None)];
        let catalogue = Catalogue::new(tiers).map_err(text)?;
        let trouble = random.pick(&[0, 0, 2, 5, 10, 25], 0);
        let network = Network::new(Random(random.number()), trouble, Ledger::new(catalogue.clone()));
        let created: Timestamp = "2016-01-31T12:00:00Z".parse().map_err(text)?;
        let operator = Fleet::builder(network.link_without_trouble()).seed(random.number());
        let operator = operator.catalogue(catalogue.clone()).open();
        let console = operator.console(Actor::Operator, created);
        let alice = console.create_account("alice@example.com").map_err(text)?.id;
        let product = operator.console(alice, created).create_product("Thermostat", "photon".parse().map_err(text)?);
        let product = product.map_err(text)?.id;
        if random.happens(20) {
            let percents = (0..random.below(4)).map(|_| random.between(1, 100) as u8).collect();
            console.product(product).set_policy(&PolicyChange::new().usage_notices(percents)).map_err(text)?;
        }
        let anchor = Anchor::at(created);
        let end = anchor.period(Interval::Monthly, random.below(3) as u32).end;
        let before = if random.happens(50) { random.below(4_000) } else { random.below(86_400_000) };
        let now = Timestamp::from_millis(end.as_millis() - before.cast_signed());
        let mut world = Self {
            random,
            network,
            catalogue,
            product,
            anchor,
            operator,
            nodes: Vec::new(),
            now,
            clocks_jumped: false,
            traces,
            result: Report::default(),
            sent: BTreeMap::new(),
            may_lose: 0,
        };
        for _ in 0..world.random.between(1, 4) {
            world.start();
        }
        world.trace(|| format!("{low} messages, {high}, or any number; {trouble} % of calls fail"));
        Ok(world)
    }

    fn play(&mut self) -> Result<(), String> {
        for _ in 0..self.random.between(20, 250) {
            self.pass();
            match self.random.below(100) {
                0..70 => self.send()?,
                70..84 => self.report(),
                84..87 => self.settle(),
                87..90 => self.threaten(),
                90..93 => self.acknowledge()?,
                93..95 => self.change_tier()?,
                95..97 => self.turn_clock(),
                _ if self.nodes.len() < 4 => self.start(),
                _ => {}
            }
            self.bury();
            self.check()?;
        }
        Ok(())
    }

    /// Time passes, most of it in small steps.
    fn pass(&mut self) {
        let millis = match self.random.below(100) {
            0..70 => self.random.below(20),
            70..90 => self.random.below(500),
            90..97 => self.random.between(500, 3_000),
            97..99 => self.random.between(20_000, 100_000),
            _ => self.random.below(86_400_000),
        };
        self.now = self.now.after(Duration::from_millis(millis));
    }

    fn start(&mut self) {
        let link = self.network.link();
        let fleet = Fleet::builder(link.clone()).catalogue(self.catalogue.clone()).seed(self.random.number()).open();
        let skew = if self.random.happens(70) { 0 } else { self.random.below(5_000).cast_signed() - 2_500 };
        self.nodes.push(Node {
            fleet,
            link,
            skew,
            sent: Vec::new(),
            heard_at: self.now,
            was_disturbed: self.clocks_jumped,
        });
        let number = self.nodes.len();
        self.trace(|| format!("a node starts, {number} in total, clock error {skew} ms"));
    }

    fn send(&mut self) -> Result<(), String> {
        let Some(place) = self.choose() else { return Ok(()) };
        let (times, most) = (self.random.between(1, 30), self.random.pick(&[1, 1, 1, 3, 20], 1));
        for _ in 0..times {
            let want = self.random.between(1, most);
            let Some(node) = self.nodes.get_mut(place) else { return Ok(()) };
            let now = shifted(self.now, node.skew);
            let admitted = node.fleet.meter(self.product).and_then(|meter| meter.admit_many(want, now));
            match &admitted {
                Ok(count) => {
                    let month = self.anchor.period_at(Interval::Monthly, now).index;
                    node.sent.push((now, *count));
                    *self.sent.entry(month).or_default() += count;
                    self.result.sent += count;
                    self.result.turned_away += want - count;
                }
                Err(_) => {
                    node.was_disturbed = true;
                    self.result.failures += 1;
                    // The message may be counted although it was not sent.
                    self.may_lose += want;
                }
            }
            self.trace(|| format!("node {place} at {now} sends {want}: {admitted:?}"));
            if admitted.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn report(&mut self) {
        self.each_or_one("reports", |node, now| node.fleet.report_usage(now));
    }

    fn settle(&mut self) {
        self.each_or_one("settles", |node, now| node.fleet.settle_usage(now));
    }

    fn each_or_one(&mut self, what: &str, act: impl Fn(&Node, Timestamp) -> Result<(), Error>) {
        let Some(place) = self.choose() else { return };
        let Some(node) = self.nodes.get_mut(place) else { return };
        let now = shifted(self.now, node.skew);
        let done = act(node, now);
        node.was_disturbed |= done.is_err();
        self.result.failures += u64::from(done.is_err());
        self.trace(|| format!("node {place} at {now} {what}: {done:?}"));
    }

    /// Makes a process die: at once, or at one of its next calls.
    fn threaten(&mut self) {
        let Some(place) = self.choose() else { return };
        let (at_once, calls, after) = (self.random.happens(30), self.random.below(12) as u32, self.random.happens(50));
        let Some(node) = self.nodes.get(place) else { return };
        if at_once {
            node.link.kill();
        } else {
            node.link.dies_in(calls, after);
        }
        self.trace(|| format!("node {place} dies{}", if at_once { "" } else { " soon" }));
    }

    fn bury(&mut self) {
        while let Some(place) = self.nodes.iter().position(|node| node.link.is_dead()) {
            let dead = self.nodes.swap_remove(place);
            self.may_lose += dead.may_lose();
            self.result.crashes += 1;
            self.trace(|| format!("node {place} is dead; the last node gets its number"));
        }
    }

    fn acknowledge(&mut self) -> Result<(), String> {
        for notice in self.operator.pending_notices(None, 100).map_err(text)?.items {
            self.operator.acknowledge(&notice.key).map_err(text)?;
        }
        Ok(())
    }

    fn change_tier(&mut self) -> Result<(), String> {
        let tier = self.random.pick(&TIERS, "Low");
        self.operator.console(Actor::Operator, self.now).product(self.product).set_tier(tier).map_err(text)?;
        self.trace(|| format!("the tier is {tier}"));
        Ok(())
    }

    fn turn_clock(&mut self) {
        let Some(place) = self.choose() else { return };
        let span = self.random.pick(&[1_000, 10_000, 100_000, 3_000_000_000], 0);
        let skew = self.random.below(2 * span).cast_signed() - span.cast_signed();
        if let Some(node) = self.nodes.get_mut(place) {
            node.skew = skew;
        }
        self.clocks_jumped = true;
        self.nodes.iter_mut().for_each(|node| node.was_disturbed = true);
        self.trace(|| format!("node {place} has a clock error of {skew} ms"));
    }

    fn choose(&mut self) -> Option<usize> {
        let place = usize::try_from(self.random.below(self.nodes.len() as u64)).ok()?;
        let node = self.nodes.get_mut(place)?;
        node.was_disturbed |= node.is_silent(self.now);
        node.heard_at = self.now;
        Some(place)
    }

    /// Checks what holds at every moment: every sent message was granted.
    fn check(&self) -> Result<(), String> {
        for (month, sent) in &self.sent {
            let usage = usage_month(self.network.store(), self.product, *month);
            if *sent > usage.granted() {
                return Err(format!("month {month}: {sent} sent, {} granted", usage.granted()));
            }
        }
        self.network.ledger(|ledger| ledger.problem()).map_or(Ok(()), Err)
    }

    /// Checks what holds when every node has settled: counted messages were sent, except for the cost of deaths and
    /// failed calls.
    fn reconcile(&self) -> Result<(), String> {
        let counted = |month| usage_month(self.network.store(), self.product, month).granted();
        let lost: u64 = self.sent.iter().map(|(month, sent)| counted(*month).saturating_sub(*sent)).sum();
        if lost > self.may_lose {
            return Err(format!("{lost} messages were counted and not sent; at most {} may be", self.may_lose));
        }
        self.check()
    }

    /// Heals the network and settles every node; then a node sends everything that the limit leaves.
    fn finish(&mut self) -> Result<(), String> {
        self.network.heal();
        for node in &self.nodes {
            if node.was_disturbed || node.is_silent(self.now) {
                self.may_lose += node.may_lose();
            }
            node.link.heal();
            node.fleet.settle_usage(self.now).map_err(text)?;
        }
        self.reconcile()?;
        self.trace(|| "everybody settled".to_owned());
        self.now = self.now.after(3 * LEASE_LIFE);
        self.nodes.clear();
        self.start();
        let Some(limit) = limit(self.network.store(), &self.catalogue, self.product) else { return Ok(()) };
        let month = self.anchor.period_at(Interval::Monthly, self.now).index;
        let Some(node) = self.nodes.first() else { return Ok(()) };
        let before = usage_month(self.network.store(), self.product, month).granted();
        let mut sent = 0;
        while node.fleet.meter(self.product).and_then(|meter| meter.admit(self.now)).map_err(text)? {
            sent += 1;
        }
        *self.sent.entry(month).or_default() += sent;
        if sent != limit.saturating_sub(before) {
            return Err(format!("month {month}: of {limit}, {before} were granted, but {sent} were sent"));
        }
        node.fleet.settle_usage(self.now).map_err(text)?;
        let after = usage_month(self.network.store(), self.product, month);
        // A dead node whose clock was far ahead looks as if it had just reported.
        let age = |at: Timestamp| self.now.since(at).max(at.since(self.now));
        if after.leases.iter().any(|lease| age(lease.reported_at) < LEASE_LIFE) {
            return self.reconcile();
        }
        if after.reserved() > 0 || after.used < limit {
            return Err(format!(
                "month {month}: {after:?}, although all {limit} are used and every node is dead or settled"
            ));
        }
        let percents = self.operator.console(Actor::Operator, self.now).product(self.product).get().map_err(text)?;
        let due = highest_reached(limit, after.used, percents.policy.usage_notices);
        let latest = self.network.ledger(|ledger| ledger.percentages(month, limit).last().copied());
        if latest != due {
            return Err(format!("month {month}: {latest:?} % of {limit} was notified last, not {due:?} %"));
        }
        self.reconcile()
    }

    fn trace(&mut self, step: impl FnOnce() -> String) {
        if self.traces {
            self.result.steps.push(step());
        }
    }
}

fn shifted(now: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(now.as_millis().saturating_add(millis))
}

fn text(error: Error) -> String {
    error.to_string()
}
