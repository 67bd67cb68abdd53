//! Tests of metering through the functions of a fleet that publishing uses, on one process and on several.

use super::{LEASE_LIFE, MAX_LEASE, MAX_LEASES};
use crate::billing::{Catalogue, Tier};
use crate::notice::NoticeSubject;
use crate::product::{PolicyChange, Product, ProductId};
use crate::store::{Fault, Faulty, Key, Record};
use crate::{Actor, Fleet, MemoryStore, Timestamp};
use std::sync::Arc;
use std::time::Duration;

const CREATED: &str = "2016-01-31T12:00:00Z";

type Shared = Arc<Faulty<MemoryStore>>;

/// One store with any number of processes, each with its own fleet.
struct World {
    store: Shared,
    product: ProductId,
    now: Timestamp,
}

impl World {
    /// Creates a product whose tier allows this number of messages. Another tier, `More`, allows twice as many.
    fn limited_to(messages: u64) -> Self {
        let store = Arc::new(Faulty::new(MemoryStore::new(), 1));
        let now = CREATED.parse().unwrap();
        let mut world = Self { store, product: ProductId::FIRST, now };
        world.product = {
            let fleet = world.node(messages);
            let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com").unwrap();
            fleet.console(alice.id, now).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id
        };
        world
    }

    fn node(&self, messages: u64) -> Fleet {
        let tier = |name: &str, messages| Tier {
            name: name.into(),
            devices: None,
            members: None,
            messages,
            prices: Vec::new(),
        };
        let tiers = vec![tier("Some", Some(messages)), tier("More", Some(messages * 2)), tier("All", None)];
        Fleet::builder(Arc::clone(&self.store)).catalogue(Catalogue::new(tiers).unwrap()).open()
    }

    fn product(&self, fleet: &Fleet) -> Product {
        fleet.console(Actor::Operator, self.now).product(self.product).get().unwrap()
    }

    fn send(&self, fleet: &Fleet, want: u64) -> u64 {
        fleet.admit(&self.product(fleet), self.now, want).unwrap().count
    }

    fn usage(&self, fleet: &Fleet) -> super::Usage {
        fleet.console(Actor::Operator, self.now).product(self.product).usage().unwrap()
    }

    /// Returns the stored counts of the month with this number: used and reserved.
    fn month(&self, index: u32) -> (u64, u64) {
        let row = self.store.inner().get_one(Key::UsageMonth(self.product, index));
        row.map_or((0, 0), |month| (month.used, month.reserved()))
    }

    /// Returns the percentages and limits that people were notified of so far.
    fn notified(&self, fleet: &Fleet) -> Vec<(u8, u64)> {
        let notices = fleet.pending_notices(None, 100).unwrap().items;
        let mut notified: Vec<(u8, u64)> = notices
            .iter()
            .filter_map(|notice| match notice.subject {
                NoticeSubject::UsageWarning { percent, limit, .. } => Some((percent, limit)),
                NoticeSubject::UsageLimitReached { limit, .. } => Some((100, limit)),
                _ => None,
            })
            .collect();
        notified.sort_unstable();
        notified
    }

    fn later(&mut self, span: Duration) {
        self.now = self.now.after(span);
    }
}

impl MemoryStore {
    fn get_one(&self, key: Key) -> Option<Box<super::UsageMonth>> {
        let row = crate::Store::get(self, &[key]).unwrap().pop().flatten()?;
        if let Record::UsageMonth(month) = row.record { Some(month) } else { None }
    }
}

/// R-EVT-3: up to the last message, and not one more.
#[test]
fn a_product_sends_exactly_its_limit() {
    for limit in [0, 1, 2, 3, 9, 10, 100, 12_345] {
        let world = World::limited_to(limit);
        let fleet = world.node(limit);
        let sent: u64 = (0..limit + 5).map(|_| world.send(&fleet, 1)).sum();
        assert_eq!(sent, limit);
        assert_eq!(world.usage(&fleet).used, limit);
        drop(fleet);
        assert_eq!(world.month(0), (limit, 0), "what a fleet holds is settled when it is dropped");
    }
}

/// R-EVT-3: a fan-out that exceeds the limit is sent in part.
#[test]
fn several_at_once_are_sent_up_to_the_limit() {
    let world = World::limited_to(10);
    let fleet = world.node(10);
    assert_eq!([3, 3, 3, 3, 3].map(|want| world.send(&fleet, want)), [3, 3, 3, 1, 0]);
    assert_eq!(world.send(&fleet, 0), 0);
    assert_eq!(world.send(&fleet, u64::MAX), 0);
}

/// R-EVT-5: at the message that reaches it, once, and not a message earlier.
#[test]
fn people_are_notified_at_70_90_and_100_percent() {
    let world = World::limited_to(1000);
    let fleet = world.node(1000);
    let mut notified = Vec::new();
    for message in 1..=1010 {
        world.send(&fleet, 1);
        let now = world.notified(&fleet);
        if now.len() > notified.len() {
            notified = now;
            assert!([700, 900, 1000].contains(&message), "notified {notified:?} at message {message}");
        }
    }
    assert_eq!(notified, [(70, 1000), (90, 1000), (100, 1000)]);
}

/// R-EVT-5: several thresholds at once produce one notice, for the highest; the lower ones are never sent.
#[test]
fn several_thresholds_at_once_are_one_notice() {
    let world = World::limited_to(100);
    let fleet = world.node(100);
    world.send(&fleet, 95);
    assert_eq!(world.notified(&fleet), [(90, 100)]);
    world.send(&fleet, 4);
    assert_eq!(world.notified(&fleet), [(90, 100)]);
    world.send(&fleet, 1);
    assert_eq!(world.notified(&fleet), [(90, 100), (100, 100)]);
}

/// R-EVT-5: the product's policy chooses the percentages.
#[test]
fn a_policy_chooses_other_percentages_or_none() {
    let world = World::limited_to(10);
    let fleet = world.node(10);
    let operator = fleet.console(Actor::Operator, world.now);
    operator.product(world.product).set_policy(&PolicyChange::new().usage_notices([50].into())).unwrap();
    (0..10).for_each(|_| {
        world.send(&fleet, 1);
    });
    assert_eq!(world.notified(&fleet), [(50, 10)]);
    for wrong in [vec![0], vec![101], (1..=11).collect()] {
        let policy = PolicyChange::new().usage_notices(wrong.into_iter().collect());
        assert_eq!(operator.product(world.product).set_policy(&policy).unwrap_err().code(), "invalid");
    }
}

/// R-EVT-3, R-EVT-4, R-EVT-5: an upgrade resumes at once, the count is kept, and the percentages refer to the new
/// limit.
#[test]
fn an_upgrade_resumes_at_once() {
    let world = World::limited_to(10);
    let fleet = world.node(10);
    let operator = fleet.console(Actor::Operator, world.now);
    assert_eq!(world.send(&fleet, 20), 10);
    assert_eq!(world.send(&fleet, 1), 0);
    operator.product(world.product).set_tier("More").unwrap();
    assert_eq!(world.send(&fleet, 20), 10);
    assert_eq!(world.notified(&fleet), [(100, 10), (100, 20)]);
    operator.product(world.product).set_tier("All").unwrap();
    assert_eq!(world.send(&fleet, 1_000_000), 1_000_000);
    assert_eq!(world.usage(&fleet).limit, None);
    assert_eq!(world.usage(&fleet).used, 1_000_020);
    // Without a limit the count is small, and a huge count breaks nothing.
    world.send(&fleet, u64::MAX);
    world.send(&fleet, u64::MAX);
    assert_eq!(world.usage(&fleet).used, u64::MAX);
}

/// R-TIER-4: nothing is taken back after a downgrade, and nothing more is granted; other processes settle.
#[test]
fn a_downgrade_below_use_grants_nothing_more() {
    let mut world = World::limited_to(100);
    let (one, two) = (world.node(100), world.node(100));
    let operator = one.console(Actor::Operator, world.now);
    operator.product(world.product).set_tier("More").unwrap();
    (0..60).for_each(|_| assert_eq!(world.send(&one, 1) + world.send(&two, 1), 2));
    assert!(world.usage(&one).reserved > 0);
    operator.product(world.product).set_tier("Some").unwrap();
    world.later(Duration::from_millis(10));
    two.report_usage(world.now).unwrap();
    assert_eq!((world.send(&one, 1), world.send(&two, 1)), (0, 0));
    assert_eq!(world.month(0), (120, 0));
    assert_eq!(world.notified(&one), [(100, 100)]);
    operator.product(world.product).set_tier("More").unwrap();
    assert_eq!(world.send(&one, 100), 80);
}

/// R-EVT-4: from the day of creation, clamped to short months. The count restarts without any reset.
#[test]
fn a_usage_month_ends_on_the_anniversary_of_the_creation() {
    let mut world = World::limited_to(10);
    let fleet = world.node(10);
    world.now = "2016-02-28T23:59:59Z".parse().unwrap();
    assert_eq!(world.send(&fleet, 20), 10);
    world.later(Duration::from_secs(1));
    assert_eq!(world.send(&fleet, 20), 10);
    assert_eq!(world.usage(&fleet).period.start.to_string(), "2016-02-29T00:00:00Z");
    assert_eq!(world.usage(&fleet).period.end.to_string(), "2016-03-31T00:00:00Z");
    assert_eq!((world.month(0), world.month(1)), ((10, 0), (10, 0)));
}

/// A message belongs to the month of its `now`, in whichever direction the clock moved.
#[test]
fn a_clock_that_jumps_back_loses_no_count() {
    let mut world = World::limited_to(1000);
    let fleet = world.node(1000);
    let (first, second) = ("2016-02-20T00:00:00Z".parse().unwrap(), "2016-03-01T00:00:00Z".parse().unwrap());
    for _ in 0..20 {
        for now in [first, second, Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX)] {
            world.now = now;
            assert_eq!((0..7).map(|_| world.send(&fleet, 1)).sum::<u64>(), 7);
        }
    }
    fleet.settle_usage(first).unwrap();
    // A moment before the creation counts as in the first month.
    assert_eq!((world.month(0), world.month(1)), ((280, 0), (140, 0)));
}

/// R-EVT-6: a process that sends rarely has nothing to lose, one that sends much at most two seconds of traffic.
#[test]
fn a_lease_is_at_most_two_seconds_of_the_nodes_own_traffic() {
    let mut world = World::limited_to(100_000_000);
    let fleet = world.node(100_000_000);
    world.send(&fleet, 1);
    assert_eq!(world.usage(&fleet).reserved, 0);
    for _ in 0..20 {
        world.later(Duration::from_secs(30));
        world.send(&fleet, 1);
        assert_eq!(world.usage(&fleet).reserved, 0);
    }
    for _ in 0..200 {
        for _ in 0..10 {
            world.later(Duration::from_millis(20));
            world.send(&fleet, 2);
        }
        // A hundred a second.
        let reserved = world.usage(&fleet).reserved;
        assert!(reserved <= 200, "{reserved}");
    }
    for _ in 0..100_000 {
        world.send(&fleet, 100);
        assert!(world.usage(&fleet).reserved <= MAX_LEASE);
    }
    assert!(world.usage(&fleet).reserved > 0);
}

/// R-EVT-6: the lease of a dead process counts as sent once its messages are needed, and people are notified that the
/// limit is reached.
#[test]
fn the_rest_of_a_dead_process_counts_as_sent() {
    let mut world = World::limited_to(1000);
    let (dead, living) = (world.node(1000), world.node(1000));
    (0..50).for_each(|_| {
        world.send(&dead, 1);
    });
    let held = world.usage(&living).reserved;
    assert!(held > 0);
    std::mem::forget(dead);
    let sent: u64 = (0..1000).map(|_| world.send(&living, 1)).sum();
    let (used, reserved) = world.month(0);
    assert_eq!((used + reserved, reserved), (1000, held));
    assert_eq!(world.notified(&living), [(70, 1000), (90, 1000)]);
    world.later(LEASE_LIFE);
    assert_eq!(world.send(&living, 1), 0);
    assert_eq!(world.month(0), (1000, 0));
    assert!(sent <= 950);
    assert_eq!(world.notified(&living), [(70, 1000), (90, 1000), (100, 1000)]);
}

/// A node whose lease was closed may send what was counted as sent, and no more.
#[test]
fn a_late_node_sends_no_more_than_was_counted() {
    let mut world = World::limited_to(1000);
    let (late, other) = (world.node(1000), world.node(1000));
    let mut sent: u64 = (0..50).map(|_| world.send(&late, 1)).sum();
    let started = world.now;
    world.later(LEASE_LIFE);
    sent += (0..1000).map(|_| world.send(&other, 1)).sum::<u64>();
    assert_eq!(world.month(0), (1000, 0));
    world.now = started;
    sent += (0..1000).map(|_| world.send(&late, 1)).sum::<u64>();
    assert_eq!(sent, 1000);
    world.later(LEASE_LIFE * 2);
    late.report_usage(world.now).unwrap();
    late.settle_usage(world.now).unwrap();
    assert_eq!(world.month(0), (1000, 0));
}

/// The record does not grow with every process that died.
#[test]
fn leases_of_many_dead_processes_are_bounded() {
    let mut world = World::limited_to(100_000);
    let mut sent = 0;
    for _ in 0..3 * MAX_LEASES {
        let node = world.node(100_000);
        sent += (0..20).map(|_| world.send(&node, 1)).sum::<u64>();
        std::mem::forget(node);
        world.later(Duration::from_secs(1));
    }
    let month = world.store.inner().get_one(Key::UsageMonth(world.product, 0)).unwrap();
    assert!(month.leases.len() <= MAX_LEASES, "{}", month.leases.len());
    assert_eq!(sent, 60 * MAX_LEASES as u64, "a node without a lease can still send");
    assert!(month.granted() >= sent);
}

/// R-EVT-6: idle processes reserve nothing, so that others can send it.
#[test]
fn an_idle_process_gives_back_what_it_holds() {
    let mut world = World::limited_to(10_000);
    let fleet = world.node(10_000);
    (0..500).for_each(|_| {
        world.send(&fleet, 1);
    });
    world.later(Duration::from_secs(1));
    fleet.report_usage(world.now).unwrap();
    world.later(Duration::from_secs(1));
    fleet.report_usage(world.now).unwrap();
    assert_eq!(world.month(0), (500, 0));
    assert!(fleet.meters().all().is_empty(), "an idle meter is forgotten");
}

/// Messages that were not sent are sent later.
#[test]
fn returned_messages_can_be_sent() {
    let world = World::limited_to(100);
    let fleet = world.node(100);
    let product = world.product(&fleet);
    let admitted = fleet.admit(&product, world.now, 100).unwrap();
    fleet.give_back(admitted, 30);
    assert_eq!(world.send(&fleet, 20), 20);
    assert_eq!(world.send(&fleet, 20), 10);
    // The lease is closed: messages returned this late stay counted as sent.
    assert_eq!(world.send(&fleet, 1), 0);
    fleet.give_back(admitted, 100);
    assert_eq!(world.send(&fleet, 1), 0);
    assert_eq!(world.month(0), (100, 0));
}

/// A store that fails, or whose commit has an unknown outcome, never makes a product exceed its limit. A failed call
/// admits nothing.
#[test]
fn store_failures_lose_no_count() {
    for seed in 0..20 {
        let mut world = World::limited_to(500);
        let often = [(Fault::Unavailable, 0.1), (Fault::UnknownAfter, 0.1), (Fault::UnknownLate, 0.1)];
        let faults = often.into_iter().chain([(Fault::Conflict, 0.1), (Fault::Unreadable, 0.05)]);
        let layer =
            faults.fold(Faulty::new(Arc::clone(&world.store), seed), |layer, (fault, share)| layer.with(fault, share));
        let catalogue = world.node(500).catalogue().clone();
        let fleet = Fleet::builder(layer).catalogue(catalogue).open();
        let product = world.product(&world.node(500));
        let mut sent = 0;
        for _ in 0..3000 {
            world.later(Duration::from_millis(7));
            sent += fleet.admit(&product, world.now, 1).map_or(0, |admitted| admitted.count);
        }
        assert!(sent <= 500, "seed {seed}: {sent}");
        assert!(sent > 400, "seed {seed}: {sent}");
        let (used, reserved) = world.month(0);
        assert!(used + reserved >= sent && used + reserved <= 500, "seed {seed}: {sent} {used} {reserved}");
    }
}
