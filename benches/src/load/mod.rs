//! A fleet under load: gateways and consoles on many threads run on one store for a set time; then every invariant is
//! checked.
//!
//! Most of the products are small, so that threads race for limits. Threads act on the same devices, versions, seats
//! and customers, so that they contend. Refusals by doors are expected and counted; other failures are reported.

mod acts;
mod latency;

use crate::Result;
use crate::world::{NOW, Random, World};
use acts::{Act, Actors};
use fleet_core::device::DeviceId;
use fleet_core::event::{Destination, NewSubscription};
use fleet_core::invariants::{self, Broken};
use fleet_core::store::{Counted, Counts, Store};
use fleet_core::{Actor, Error, ErrorKind, Fleet, ProductId, Timestamp};
use latency::Latencies;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The size of the load.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Duration.
    pub time: Duration,
    /// Number of threads.
    pub threads: usize,
    /// Number of devices in the fleet at the start.
    pub devices: usize,
    /// Seed of the random choices.
    pub seed: u64,
}

/// The result of a load.
#[derive(Debug)]
pub struct Outcome {
    /// Actual duration.
    pub took: Duration,
    /// Number and latencies of the operations of each action.
    pub acts: BTreeMap<&'static str, Done>,
    /// Number of calls of the store.
    pub counts: Counts,
    /// Number of errors by code, without refusals.
    pub failures: BTreeMap<&'static str, u64>,
    /// Invariants that do not hold.
    pub broken: Vec<Broken>,
}

/// Results of one action.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Number of times that it was done or refused.
    pub times: u64,
    /// Number of devices, if it concerns several.
    pub devices: u64,
    /// Number of times that a door refused it.
    pub refused: u64,
    latencies: Latencies,
}

/// What all threads share.
struct Shared<'f> {
    fleet: &'f Fleet,
    actors: Actors,
    /// The number of the next session. It increases, whichever thread uses it.
    session: AtomicU64,
    /// The number of the next new device.
    device: AtomicU64,
    /// Acknowledged change in the number of devices of each product.
    members: BTreeMap<ProductId, AtomicI64>,
    /// Whether the outcome of any commit was unknown: then the acknowledged numbers are not exact.
    unsure: AtomicBool,
    began: Instant,
    done: AtomicU64,
}

impl Shared<'_> {
    fn now(&self) -> Timestamp {
        NOW.after(self.began.elapsed())
    }

    fn came(&self, product: ProductId, devices: i64) {
        if let Some(members) = self.members.get(&product) {
            members.fetch_add(devices, Ordering::Relaxed);
        }
    }
}

/// Loads a store that holds no fleet yet. Calls `progress` once a second with the number of operations so far.
///
/// # Errors
/// Errors of the store while the fleet is created or checked. Failures under load are part of the outcome.
pub fn run(store: impl Store + 'static, plan: &Plan, progress: impl Fn(Duration, u64)) -> Result<Outcome> {
    let store = Arc::new(Counted::new(store));
    let (fleet, actors, ids) = populate(Arc::clone(&store), plan)?;
    let before = store.counts();
    let members = actors.products().map(|product| (product, AtomicI64::new(0)));
    let shared = Shared {
        fleet: &fleet,
        members: members.collect(),
        actors,
        session: AtomicU64::new(100),
        device: AtomicU64::new(0),
        unsure: AtomicBool::new(false),
        began: Instant::now(),
        done: AtomicU64::new(0),
    };
    for product in shared.members.keys() {
        shared.came(*product, members_of(&fleet, *product)?);
    }
    let worked = std::thread::scope(|scope| {
        let (shared, ids) = (&shared, &ids);
        let started: Vec<_> = (0..plan.threads.max(1) as u64)
            .map(|me| scope.spawn(move || work(shared, ids, plan.time, Random(plan.seed.wrapping_add(me << 32)))))
            .collect();
        while started.iter().any(|thread| !thread.is_finished()) {
            std::thread::sleep(Duration::from_millis(100).min(plan.time));
            progress(shared.began.elapsed(), shared.done.load(Ordering::Relaxed));
        }
        started.into_iter().map(|thread| thread.join().map_err(|_| "a thread panicked")).collect::<Vec<_>>()
    });
    let took = shared.began.elapsed();
    let (mut acts, mut failures): (BTreeMap<_, Done>, BTreeMap<_, u64>) = Default::default();
    for worked in worked {
        let (done, failed) = worked?;
        done.into_iter().for_each(|(act, done)| acts.entry(act).or_default().add(&done));
        failed.into_iter().for_each(|(code, times)| *failures.entry(code).or_default() += times);
    }
    let after = store.counts();
    let mut broken = invariants::check(&fleet, shared.now())?;
    broken.extend(acknowledged(&shared)?);
    Ok(Outcome { took, acts, counts: since(before, after), failures, broken })
}

/// Returns the store's counts of the load alone.
fn since(before: Counts, mut after: Counts) -> Counts {
    after.reads -= before.reads;
    after.applied -= before.applied;
    after.conflicts -= before.conflicts;
    after.failures -= before.failures;
    after
}

/// Creates the fleet: a large product with the devices, and several small ones.
fn populate(store: Arc<impl Store + 'static>, plan: &Plan) -> Result<(Fleet, Actors, Vec<DeviceId>)> {
    let mut random = Random(plan.seed);
    let ids: Vec<DeviceId> = (0..plan.devices.max(1)).map(|_| random.device()).collect();
    let World { fleet, owner, product } = World::running(store, &ids)?;
    let operator = fleet.console(Actor::Operator, NOW);
    let mut accounts = Vec::new();
    for number in 0..12 {
        accounts.push(operator.create_account(&format!("person{number}@example.com"))?);
    }
    let mut products = vec![(product, owner)];
    for number in 0..3 {
        let owner = accounts.get(number).ok_or("there are too few accounts")?.id;
        let made = fleet.console(owner, NOW).create_product(&format!("Product {number}"), "photon".parse()?)?;
        products.push((made.id, owner));
    }
    let hook = Destination::Webhook { url: "https://example.com/hook".parse()? };
    fleet.console(owner, NOW).product(product).subscribe(&NewSubscription::new(hook).prefix("door"))?;
    let emails = accounts.into_iter().map(|account| (account.id, account.email)).collect();
    Ok((fleet, Actors { fleet: (product, owner), products, emails }, ids))
}

fn members_of(fleet: &Fleet, product: ProductId) -> Result<i64> {
    Ok(fleet.console(Actor::Operator, NOW).product(product).summary()?.devices.cast_signed())
}

/// Checks that the number of devices of each product agrees with the acknowledged additions and removals.
fn acknowledged(shared: &Shared<'_>) -> Result<Vec<Broken>> {
    let mut broken = Vec::new();
    for (product, came) in &shared.members {
        let (there, acknowledged) = (members_of(shared.fleet, *product)?, came.load(Ordering::Relaxed));
        if there != acknowledged && !shared.unsure.load(Ordering::Relaxed) {
            let what = format!("product {product} has {there} devices, but {acknowledged} were acknowledged");
            broken.push(Broken { rule: "acknowledged", what });
        }
    }
    Ok(broken)
}

type Worked = (BTreeMap<&'static str, Done>, BTreeMap<&'static str, u64>);

/// The work of one thread until the time is up.
fn work(shared: &Shared<'_>, ids: &[DeviceId], time: Duration, mut random: Random) -> Worked {
    let (mut acts, mut failures): Worked = Default::default();
    while shared.began.elapsed() < time {
        let act = Act::pick(&mut random);
        let begun = Instant::now();
        let answer = act.perform(shared, ids, &mut random);
        let took = begun.elapsed();
        let done = acts.entry(act.name()).or_default();
        done.times += 1;
        done.latencies.add(took);
        match answer {
            Ok(devices) => done.devices += devices,
            Err(error) if is_refusal(&error) => done.refused += 1,
            Err(error) => {
                if let ErrorKind::Store(error) = error.kind()
                    && error.is_unknown()
                {
                    shared.unsure.store(true, Ordering::Relaxed);
                }
                *failures.entry(error.code()).or_default() += 1;
            }
        }
        shared.done.fetch_add(1, Ordering::Relaxed);
    }
    (acts, failures)
}

/// Whether a door refused, as it should when threads contend.
fn is_refusal(error: &Error) -> bool {
    !matches!(error.kind(), ErrorKind::Store(_))
}

impl Done {
    fn add(&mut self, other: &Self) {
        self.times += other.times;
        self.devices += other.devices;
        self.refused += other.refused;
        self.latencies.merge(&other.latencies);
    }
}

impl Outcome {
    /// Whether every invariant holds, and every failure is one that a retry solves.
    pub fn is_sound(&self) -> bool {
        let helps = ["store_contention", "store_unavailable"];
        self.broken.is_empty() && self.failures.keys().all(|code| helps.contains(code))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = ["a second", "p50", "p99", "p99.9", "longest"];
        writeln!(
            f,
            "{:<22}{:>10}{:>10}{:>12}{:>9}{:>9}{:>9}{:>9}",
            "act", "times", "refused", heading[0], heading[1], heading[2], heading[3], heading[4]
        )?;
        let seconds = self.took.as_secs_f64().max(f64::MIN_POSITIVE);
        for (act, done) in &self.acts {
            write!(f, "{act:<22}{:>10}{:>10}{:>12.0}", done.times, done.refused, done.times as f64 / seconds)?;
            for share in [0.5, 0.99, 0.999, 1.0] {
                write!(f, "{:>9}", span(done.latencies.at(share)))?;
            }
            writeln!(f)?;
        }
        let sum = |of: fn(&Done) -> u64| self.acts.values().map(of).sum::<u64>() as f64 / seconds;
        writeln!(f, "\n{:.0} acts a second, {:.0} devices a second", sum(|done| done.times), sum(|done| done.devices))?;
        let Counts { applied, conflicts, .. } = self.counts;
        let share = conflicts as f64 / (applied + conflicts).max(1) as f64 * 100.0;
        writeln!(f, "{applied} commits, {conflicts} retried ({share:.2} %)")?;
        for (code, times) in &self.failures {
            writeln!(f, "{code}: {times} times")?;
        }
        if self.broken.is_empty() {
            return write!(f, "all invariants hold");
        }
        writeln!(f, "{} invariants do not hold:", self.broken.len())?;
        self.broken.iter().try_for_each(|broken| writeln!(f, "  {broken}"))
    }
}

fn span(span: Duration) -> String {
    match span.as_nanos() {
        0..10_000 => format!("{:.1} µs", span.as_nanos() as f64 / 1e3),
        10_000..10_000_000 => format!("{} µs", span.as_micros()),
        _ => format!("{} ms", span.as_millis()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet_core::MemoryStore;
    use fleet_core::store::{Commit, CommitOutcome as Committed, Key, Range, Row, StoreError, Write};

    fn plan() -> Plan {
        Plan { time: Duration::from_millis(1500), threads: 4, devices: 500, seed: 1 }
    }

    #[test]
    fn a_store_that_keeps_its_laws_is_sound_under_load() {
        let outcome = run(MemoryStore::new(), &plan(), |_, _| {}).unwrap();
        assert!(outcome.is_sound(), "{outcome}");
        assert!(outcome.acts.len() == 17 && outcome.counts.conflicts > 0, "{outcome}");
        assert!(outcome.to_string().ends_with("all invariants hold"), "{outcome}");
    }

    /// A store that applies every commit as if no other had come first.
    #[derive(Debug)]
    struct Careless(MemoryStore);

    impl Store for Careless {
        fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
            self.0.get(keys)
        }

        fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
            self.0.scan(range)
        }

        fn commit(&self, batch: &[Commit]) -> Result<Vec<Committed>, StoreError> {
            let unchecked = |commit: &Commit| Commit { checks: Vec::new(), ..commit.clone() };
            self.0.commit(&batch.iter().map(unchecked).collect::<Vec<_>>())
        }
    }

    /// A store that loses about one addition in a thousand.
    #[derive(Debug)]
    struct Forgetful(MemoryStore, AtomicU64);

    impl Store for Forgetful {
        fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
            self.0.get(keys)
        }

        fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
            self.0.scan(range)
        }

        fn commit(&self, batch: &[Commit]) -> Result<Vec<Committed>, StoreError> {
            let mut batch = batch.to_vec();
            let adds = |write: &Write| matches!(write, Write::Add { .. });
            let kept = |write: &Write| !adds(write) || self.1.fetch_add(1, Ordering::Relaxed) % 1000 != 999;
            batch.iter_mut().for_each(|commit| commit.writes.retain(kept));
            self.0.commit(&batch)
        }
    }

    #[test]
    fn a_store_that_breaks_its_laws_is_detected_under_load() {
        let careless = run(Careless(MemoryStore::new()), &plan(), |_, _| {}).unwrap();
        assert!(!careless.is_sound(), "{careless}");
        let forgetful = run(Forgetful(MemoryStore::new(), AtomicU64::new(0)), &plan(), |_, _| {}).unwrap();
        assert!(forgetful.broken.iter().any(|broken| broken.rule == "R-SEE-1"), "{forgetful}");
    }
}
