//! Events: the log, deliveries and counts (R-EVT), compared with a plain list.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use fleet_core::event::{
    Destination, Entry, Event, EventCursor, EventFilter, EventOrigin, EventView, KEPT_IDS, NewSubscription, Published,
    SLOTS, STREAM_BUFFER, SubscriptionId,
};
use fleet_core::store::{Commit, CommitOutcome, Fault, Faulty, Key, Range, Row, StoreError};
use fleet_core::{
    AccountId, Actor, Console, DeviceId, Fleet, MemoryStore, PolicyChange, ProductId, Store, Timestamp, device::Report,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const START: i64 = 1_457_438_400_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(START + 1000 * seconds)
}

fn device(number: u8) -> DeviceId {
    DeviceId::new([number; 12])
}

struct World {
    fleet: Fleet,
    alice: AccountId,
    product: ProductId,
}

impl World {
    fn on(store: impl Store + 'static) -> Self {
        Self::of(Fleet::open(store))
    }

    fn of(fleet: Fleet) -> Self {
        let operator = fleet.console(Actor::Operator, at(0));
        let alice = operator.create_account("alice@example.com").unwrap().id;
        let product = fleet.console(alice, at(0)).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
        let world = Self { fleet, alice, product };
        let ids: Vec<String> = (1..=20).map(|number| device(number).to_string()).collect();
        world.console(0).product(product).import(ids.join("\n").as_bytes()).unwrap();
        world
    }

    fn new() -> Self {
        Self::on(MemoryStore::new())
    }

    fn console(&self, seconds: i64) -> Console<'_> {
        self.fleet.console(self.alice, at(seconds))
    }

    fn keep(&self, events: u32, age: Duration) {
        let policy = PolicyChange::new().log_events(events).log_age(age);
        self.console(0).product(self.product).set_policy(&policy).unwrap();
    }

    fn publish(&self, seconds: i64, event: &Event) -> Published {
        self.fleet.gateway(at(seconds)).publish(event).unwrap()
    }

    /// Publishes as a member, and returns the entry.
    fn log(&self, seconds: i64, event: &Event) -> Entry {
        entry(self.publish(seconds, event))
    }

    fn page(
        &self,
        seconds: i64,
        filter: &EventFilter,
        before: Option<EventCursor>,
        limit: usize,
    ) -> (Vec<EventView>, Option<EventCursor>) {
        let page = self.console(seconds).product(self.product).events(filter, before, limit).unwrap();
        (page.items, page.next)
    }

    /// Returns the data of all events in the log, newest first, read by pages.
    fn all(&self, seconds: i64, limit: usize) -> Vec<String> {
        let (mut read, mut before) = (Vec::new(), None);
        loop {
            let (items, next) = self.page(seconds, &EventFilter::default(), before, limit);
            read.extend(items.iter().map(|view| view.event.data.to_string()));
            before = match next {
                Some(next) => Some(next.to_string().parse().unwrap()),
                None => return read,
            };
        }
    }

    fn stored(&self) -> usize {
        (0..SLOTS).map(|slot| self.fleet.store().scan(&Key::events(self.product, slot)).unwrap().len()).sum()
    }
}

fn event(number: u8, name: &str, data: &str) -> Event {
    Event::new(device(number), name, data, at(0)).unwrap()
}

fn entry(published: Published) -> Entry {
    match published {
        Published::Logged(entry) => entry,
        other => panic!("{other:?}"),
    }
}

/// Returns the expected answer to a repeated publish.
fn again_of(first: &Entry) -> Entry {
    let mut again = first.clone();
    (again.duplicate, again.id_reused) = (true, false);
    again
}

fn sent(entry: &Entry) -> Vec<u32> {
    entry.deliveries.iter().map(|delivery| delivery.subscription.get()).collect()
}

#[test]
fn one_event_goes_to_the_log_and_to_every_subscription_that_asked_for_it_in_order() {
    let world = World::new();
    let live = |prefix: &str| NewSubscription::new(Destination::LiveStream).prefix(prefix);
    let mut ids = Vec::new();
    for wanted in [live("door"), live(""), live("window"), live("").device(device(2)), live("door/f")] {
        ids.push(world.console(0).product(world.product).subscribe(&wanted).unwrap().id.get());
    }
    let logged = world.log(0, &event(1, "door/front", "open"));
    assert_eq!(sent(&logged), [ids[0], ids[1], ids[4]]);
    world.console(0).product(world.product).unsubscribe(SubscriptionId::new(ids[1])).unwrap();
    assert_eq!(sent(&world.log(0, &event(2, "door/front", "shut"))), [ids[0], ids[3], ids[4]]);
    assert_eq!(sent(&world.log(0, &event(1, "roof", ""))), [0; 0]);
    assert_eq!(world.all(0, 2).len(), 3);
}

#[test]
fn the_relation_of_a_device_decides_whether_its_event_is_logged_and_delivered() {
    let world = World::new();
    let (console, number) = (world.console(0), world.product.get());
    console.product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    let waiting = device(100);
    let report = Report::new(waiting).product(number).at(at(0));
    world.fleet.gateway(at(0)).connect(&report).unwrap();
    console.product(world.product).device(device(3)).remove().unwrap();
    console.product(world.product).device(waiting).deny().unwrap();
    assert_eq!(
        world.publish(1, &event(100, "a", "").with_product(number)),
        Published::Denied { product: world.product }
    );
    console.product(world.product).device(waiting).undeny().unwrap();
    let foreign = world.log(1, &event(100, "a", "").with_product(number));
    assert_eq!((foreign.origin, sent(&foreign)), (EventOrigin::Foreign, vec![]));
    world.fleet.gateway(at(1)).connect(&report.at(at(1))).unwrap();
    let quarantined = world.log(1, &event(100, "a", "").with_product(number));
    assert_eq!((quarantined.origin, sent(&quarantined)), (EventOrigin::Quarantined, vec![]));

    assert_eq!(world.publish(1, &event(100, "a", "")), Published::Personal);
    assert_eq!(world.publish(1, &event(3, "a", "")), Published::Personal);
    assert_eq!(world.publish(1, &event(101, "a", "").with_product(77)), Published::UnknownProduct);
    // A photon without its own product reports 6.
    assert_eq!(world.log(1, &event(4, "a", "").with_product(6)).origin, EventOrigin::Member);
    console.product(world.product).device(device(4)).mark_development().unwrap();
    assert_eq!(world.log(1, &event(4, "a", "").with_product(number)).deliveries.len(), 1);
    assert_eq!(world.all(1, 100).len(), 4);
}

/// A change of a device between two of its events, by another process.
#[derive(Clone, Copy, Debug)]
enum Move {
    Import,
    Remove,
    Deny,
    Undeny,
    Ask,
    Approve,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A process that has published for a device caches that it is a member; a fleet opened anew has an empty cache.
    #[test]
    fn a_cached_member_gets_the_same_answer_as_an_uncached_one(
        moves in prop::collection::vec((1_u8..=4, prop::sample::select(vec![
            Move::Import, Move::Remove, Move::Deny, Move::Undeny, Move::Ask, Move::Approve,
        ])), 1..40),
    ) {
        let store = Arc::new(MemoryStore::new());
        let world = World::on(Arc::clone(&store));
        let mut remembered = 0;
        for (number, what) in moves {
            let (other, moved) = (Fleet::open(Arc::clone(&store)), device(number));
            let console = other.console(world.alice, at(1));
            match what {
                Move::Import => drop(console.product(world.product).import(moved.to_string().as_bytes())),
                Move::Remove => drop(console.product(world.product).device(moved).remove()),
                Move::Deny => drop(console.product(world.product).device(moved).deny()),
                Move::Undeny => drop(console.product(world.product).device(moved).undeny()),
                Move::Ask => drop(other.gateway(at(1)).connect(&Report::new(moved).product(world.product.get()).at(at(1)))),
                Move::Approve => drop(console.product(world.product).device(moved).approve()),
            }
            for number in 1..=4 {
                let repeated = event(number, "room", "").with_product(world.product.get());
                let (warm, cold) = (
                    world.publish(2, &repeated),
                    Fleet::open(Arc::clone(&store)).gateway(at(2)).publish(&repeated),
                );
                match (warm, cold.unwrap()) {
                    (Published::Logged(warm), Published::Logged(cold)) => {
                        prop_assert_eq!(warm.origin, cold.origin, "{:?} after {:?}", number, what);
                        remembered += 1;
                    }
                    (warm, cold) => prop_assert_eq!(warm, cold),
                }
            }
        }
        let events: Vec<Event> =
            (1..=4).map(|number| event(number, "room", "").with_product(world.product.get())).collect();
        let (warm, cold) = (
            world.fleet.gateway(at(3)).publish_many(&events).unwrap(),
            Fleet::open(Arc::clone(&store)).gateway(at(3)).publish_many(&events).unwrap(),
        );
        prop_assert_eq!(
            warm.iter().map(origin).collect::<Vec<_>>(),
            cold.iter().map(origin).collect::<Vec<_>>()
        );
        prop_assert!(remembered > 0);
    }
}

fn origin(published: &Published) -> Option<EventOrigin> {
    if let Published::Logged(entry) = published { Some(entry.origin) } else { None }
}

/// A store that counts the devices whose rows are read.
#[derive(Debug, Default)]
struct CountsDevices(MemoryStore, AtomicUsize);

impl Store for CountsDevices {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let devices = keys.iter().filter(|key| matches!(key, Key::Device(..))).count();
        self.1.fetch_add(devices, Ordering::Relaxed);
        self.0.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.0.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.0.commit(batch)
    }
}

#[test]
fn a_member_that_published_is_cached_until_a_member_leaves() {
    let store = Arc::new(CountsDevices::default());
    let world = World::on(Arc::clone(&store));
    let events: Vec<Event> =
        (1..=8).map(|number| event(number, "room", "").with_product(world.product.get())).collect();
    let looked_up = || {
        store.1.store(0, Ordering::Relaxed);
        world.fleet.gateway(at(1)).publish_many(&events).unwrap();
        store.1.load(Ordering::Relaxed)
    };
    assert_eq!((looked_up(), looked_up()), (8, 0));
    world.console(1).product(world.product).import(device(30).to_string().as_bytes()).unwrap();
    assert_eq!(looked_up(), 0, "a new member does not matter");
    world.console(1).product(world.product).device(device(20)).remove().unwrap();
    assert_eq!((looked_up(), looked_up()), (8, 0));
}

#[test]
fn an_id_is_recognised_for_its_window_and_only_of_its_device() {
    let world = World::new();
    world.console(0).product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    let crash = event(1, "crash", "1").with_id("x").unwrap().with_error("stack").unwrap();
    let first = world.log(0, &crash);
    world.console(0).product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    let again = world.log(9, &crash);
    assert_eq!(again, again_of(&first));
    assert_eq!(world.console(0).product(world.product).device_errors().unwrap()["stack"].count, 1);
    let other = world.log(9, &event(2, "crash", "2").with_id("x").unwrap());
    assert!(!other.duplicate && other.deliveries.len() == 2);
    assert_ne!(other.deliveries[0].key, first.deliveries[0].key);

    let twice = [event(3, "a", "3").with_id("y").unwrap(), event(3, "a", "3").with_id("y").unwrap()];
    let both: Vec<Entry> = world.fleet.gateway(at(9)).publish_many(&twice).unwrap().into_iter().map(entry).collect();
    assert_eq!(both[1], again_of(&both[0]));
    assert_eq!(world.all(9, 100), ["3", "2", "1"]);

    world.keep(1, Duration::from_secs(3600));
    for number in 0..200 {
        world.log(10, &event(1, "a", &number.to_string()));
    }
    assert_eq!(world.log(10, &crash), again_of(&first), "its event was trimmed, but the window is not over");
    let day = 86_400;
    assert_eq!(world.log(day - 1, &crash), again_of(&first));
    let new = world.log(day, &crash);
    assert!(!new.duplicate && new.id_reused && new.deliveries.len() == 2, "{new:?}");
    assert_eq!(world.log(day + 1, &crash), again_of(&new));
}

/// R-EVT-7: other devices' events end no window, whatever their number and their clocks.
#[test]
fn the_traffic_of_other_devices_shortens_no_window() {
    let world = World::new();
    world.console(0).product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    world.keep(1, Duration::from_secs(60));
    let alarm = event(1, "alarm", "fire").with_id("1").unwrap();
    let first = world.log(0, &alarm);
    let year = 365 * 86_400;
    for seconds in [1, 7 * 86_400, year] {
        let others: Vec<Event> = (0..400_u32)
            .map(|n| event((n % 19 + 2) as u8, "a", "").with_id(&format!("{seconds}/{n}")).unwrap())
            .collect();
        world.fleet.gateway(at(seconds)).publish_many(&others).unwrap();
        others.iter().take(100).for_each(|one| drop(world.fleet.gateway(at(seconds)).publish(one).unwrap()));
    }
    assert_eq!(world.log(2, &alarm), again_of(&first));
}

/// R-EVT-7: a device that restarts its ids after a reboot loses no alarm.
#[test]
fn an_id_with_another_name_or_data_is_reported_as_a_new_event() {
    let world = World::new();
    let one = |name: &str, data: &str| event(1, name, data).with_id("1").unwrap();
    let first = world.log(0, &one("boot", "ok"));
    assert!(!first.id_reused);
    for (seconds, other) in [(1, one("alarm", "ok")), (2, one("alarm", "fire")), (3, one("boot", "ok"))] {
        let answer = world.log(seconds, &other);
        assert!(!answer.duplicate && answer.id_reused, "{answer:?}");
        assert_eq!(world.log(seconds, &other), again_of(&answer));
    }
    let batch = [one("a", "1"), one("a", "2"), one("a", "2"), one("a", "3")];
    let answer = world.fleet.gateway(at(4)).publish_many(&batch).unwrap().into_iter().map(entry);
    let answer: Vec<_> = answer.map(|entry| (entry.duplicate, entry.id_reused)).collect();
    assert_eq!(answer, [(false, true), (false, true), (true, false), (false, true)]);
    assert!(world.log(5, &batch[3]).duplicate);
    assert_eq!(world.all(5, 100), ["3", "2", "1", "ok", "fire", "ok", "ok"]);
}

#[test]
fn the_ids_of_a_device_are_bounded_and_deleted_when_it_leaves() {
    let world = World::new();
    let range = Range::new(Key::EventId(world.product, [0; 16]), Key::EventId(world.product, [0xFF; 16]));
    let ids = || world.fleet.store().scan(&range).unwrap().len();
    for number in 0..2000 {
        world.log(0, &event(1, "a", "").with_id(&number.to_string()).unwrap());
    }
    assert!((KEPT_IDS..1000).contains(&ids()), "{}", ids());
    world.console(0).product(world.product).device(device(1)).remove().unwrap();
    assert_eq!(ids(), 0);
    // Devices outside the product leave no ids once their events are trimmed.
    world.keep(10, Duration::from_secs(3600));
    for number in 0..1000_u32 {
        let stranger = event(21 + (number % 200) as u8, "a", "").with_product(world.product.get());
        world.log(0, &stranger.with_id(&number.to_string()).unwrap());
    }
    assert!(ids() <= 10 + 8 * 64, "{}", ids());
}

/// E1: the log's own numbers decide which events are newer.
#[test]
fn one_wrong_clock_hides_no_event_from_lists_or_followers() {
    let year = 365 * 86_400;
    for clock in [year, -year, i64::from(i32::MAX), 8 * 86_400, 700] {
        let world = World::new();
        world.keep(20, Duration::from_secs(7 * 86_400));
        for number in 1..=20 {
            world.log(0, &event(number, "a", "before"));
        }
        let mut cursor = world.console(0).product(world.product).follow_events(None, 100).unwrap().next;
        world.log(clock, &event(7, "a", "wrong"));
        let mut followed = Vec::new();
        for number in 0..50_u8 {
            let data = number.to_string();
            world.log(60 + i64::from(number), &event(number % 20 + 1, "a", &data));
            if number % 10 == 9 {
                let page = world.console(120).product(world.product).follow_events(Some(cursor), 100).unwrap();
                assert_eq!(page.missed, 0, "a clock of {clock} s");
                followed.extend(page.items.iter().map(|view| view.event.data.to_string()));
                cursor = page.next;
            }
        }
        let wanted: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        followed.retain(|data| data != "wrong");
        assert_eq!(followed, wanted, "a clock of {clock} s");
        let newest: Vec<String> = wanted.iter().rev().take(20).cloned().collect();
        assert_eq!(world.all(120, 7), newest, "a clock of {clock} s");
    }
}

/// E3: a gateway whose clock is ahead deletes no events of others, however many it publishes at once.
#[test]
fn a_batch_by_a_clock_that_is_ahead_trims_nothing_and_is_trimmed_normally() {
    let world = World::new();
    for number in 1..=20 {
        world.log(0, &event(number, "a", &number.to_string()));
    }
    let many: Vec<Event> = (0..1000_u32).map(|n| event((n % 20 + 1) as u8, "n", "wrong")).collect();
    world.fleet.gateway(at(8 * 86_400)).publish_many(&many).unwrap();
    let read = world.all(60, 1000);
    let of_others = read.iter().filter(|data| *data != "wrong").count();
    assert_eq!((read.len(), of_others), (1020, 20));
    // Later events are newer than the batch, and age as if it had not existed.
    world.log(60, &event(1, "a", "after"));
    assert_eq!(world.all(61, 1000)[0], "after");
    assert_eq!(world.page(61, &EventFilter::default(), None, 1).0[0].event.at, at(60));
    let later = world.all(60 + 7 * 86_400, 1000);
    assert!(later.iter().all(|data| data == "wrong"), "{later:?}");
}

/// A store that counts the rows that scans read.
#[derive(Debug, Default)]
struct CountsRows(MemoryStore, AtomicUsize);

impl Store for CountsRows {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.1.fetch_add(keys.len(), Ordering::Relaxed);
        self.0.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        let rows = self.0.scan(range)?;
        self.1.fetch_add(rows.len(), Ordering::Relaxed);
        Ok(rows)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.0.commit(batch)
    }
}

#[test]
fn after_lowering_a_bound_reads_skip_the_events_beyond_it() {
    let store = Arc::new(CountsRows::default());
    let world = World::on(Arc::clone(&store));
    let many: Vec<Event> = (0..8000_u32).map(|n| event((n % 19 + 1) as u8, "n", &n.to_string())).collect();
    for (second, chunk) in many.chunks(100).enumerate() {
        world.fleet.gateway(at(second as i64)).publish_many(chunk).unwrap();
    }
    let wanted = world.all(80, 1000);
    for kept in [100, 1, 2999] {
        world.keep(kept, Duration::from_secs(3600));
        store.1.store(0, Ordering::Relaxed);
        let read = world.all(80, 1000);
        assert_eq!(read, wanted[..kept as usize], "{kept} kept");
        assert!(store.1.load(Ordering::Relaxed) < 5000 + 3 * kept as usize, "{:?} rows for {kept}", store.1);
        let followed =
            world.console(80).product(world.product).follow_events(Some(EventCursor::default()), 1000).unwrap();
        assert_eq!(followed.missed, 8000 - u64::from(kept));
    }
}

#[test]
fn the_log_is_exact_to_its_bounds_and_stored_events_exceed_them_by_little() {
    let world = World::new();
    world.keep(100, Duration::from_secs(3600));
    let many: Vec<Event> = (0..1000_u32).map(|n| event((n % 20 + 1) as u8, "n", &n.to_string())).collect();
    for (second, chunk) in many.chunks(10).enumerate() {
        world.fleet.gateway(at(second as i64)).publish_many(chunk).unwrap();
        let kept = 100.min((second + 1) * 10);
        assert_eq!(world.all(second as i64, 7).len(), kept, "after {second} s");
    }
    assert!(world.stored() <= 100 + 8 * 64 + 10, "{}", world.stored());
    // An hour after the events of second 90, those of 91 to 99 are left.
    let left = |seconds| world.all(seconds, 1000).len();
    assert_eq!((left(3600 + 89), left(3600 + 90), left(3600 + 98), left(3600 + 99)), (100, 90, 10, 0));
    let quiet = event(1, "late", "late");
    for _ in 0..64 {
        world.log(8000, &quiet);
    }
    assert_eq!((world.all(8000, 1000).len(), world.stored()), (64, 64));
}

#[test]
fn following_from_a_cursor_returns_each_event_once_and_the_missed_count() {
    let world = World::new();
    let console = |seconds| world.console(seconds);
    world.log(0, &event(1, "a", "before"));
    let now = console(0).product(world.product).follow_events(None, 10).unwrap();
    assert!(now.items.is_empty());
    let earlier = world.page(0, &EventFilter::default(), Some(now.next), 10).0;
    assert_eq!(&*earlier[0].event.data, "before");

    let (mut cursor, mut read) = (now.next, Vec::new());
    for round in 0..30_i64 {
        for number in 1..=5 {
            world.log(round, &event(number, "a", &format!("{round}/{number}")));
        }
        let followed = console(round).product(world.product).follow_events(Some(cursor), 4).unwrap();
        assert_eq!(followed.missed, 0);
        read.extend(followed.items);
        cursor = followed.next;
    }
    while let followed @ [_, ..] = &*console(30).product(world.product).follow_events(Some(cursor), 4).unwrap().items {
        cursor = followed.iter().fold(cursor, |cursor, view| cursor.past(view.position));
        read.extend(followed.iter().cloned());
    }
    let distinct: BTreeSet<_> = read.iter().map(|view| view.position).collect();
    assert_eq!((read.len(), distinct.len()), (150, 150));

    world.keep(50, Duration::from_secs(3600));
    let late = console(30).product(world.product).follow_events(Some(now.next), 1000).unwrap();
    assert_eq!((late.items.len(), late.missed), (50, 100));
    let beginning = console(30).product(world.product).follow_events(Some(EventCursor::default()), 1000).unwrap();
    assert_eq!((beginning.items.len(), beginning.missed), (50, 101));
    let too_old = console(4000).product(world.product).follow_events(Some(EventCursor::default()), 1000).unwrap();
    assert_eq!((too_old.items.len(), too_old.missed, too_old.next), (0, 151, late.next));
    // An unknown cursor is treated as the end.
    let wild: EventCursor = ["ffffffffffffffff"; 8].join("-").parse().unwrap();
    assert_eq!(console(30).product(world.product).follow_events(Some(wild), 10).unwrap().next, late.next);
}

#[test]
fn a_filter_finds_the_events_of_one_device_and_of_one_name() {
    let world = World::new();
    for number in 0..60_u8 {
        world.log(0, &event(number % 6 + 1, if number % 2 == 0 { "door/a" } else { "window" }, &number.to_string()));
    }
    let count = |device: Option<u8>, prefix: Option<&str>| {
        let mut filter = EventFilter::default();
        (filter.device, filter.prefix) = (device.map(self::device), prefix.map(str::to_owned));
        let (mut found, mut before) = (0, None);
        loop {
            let (items, next) = world.page(0, &filter, before, 3);
            found += items.len();
            match next {
                Some(next) => before = Some(next),
                None => return found,
            }
        }
    };
    let found = [
        count(None, None),
        count(Some(1), None),
        count(None, Some("door")),
        count(Some(2), Some("door")),
        count(None, Some("nothing")),
    ];
    assert_eq!(found, [60, 10, 30, 0, 0]);
}

#[test]
fn a_stream_returns_published_events_and_counts_missed_ones() {
    let world = World::new();
    let console = world.console(0);
    let stream = console.product(world.product).event_stream().unwrap();
    assert!(!stream.wait(Duration::ZERO));
    world.log(0, &event(1, "a", "first"));
    assert!(stream.wait(Duration::ZERO));
    let read = console.read_event_stream(&stream, 10).unwrap();
    assert_eq!((&*read.items[0].event.data, read.missed), ("first", 0));

    let many: Vec<Event> = (0..STREAM_BUFFER + 5).map(|n| event(1, "a", &n.to_string())).collect();
    world.fleet.gateway(at(0)).publish_many(&many).unwrap();
    let lagging = console.read_event_stream(&stream, 1).unwrap();
    assert_eq!((lagging.missed, &*lagging.items[0].event.data), (5, "5"));
    let caught_up = console.product(world.product).follow_events(Some(stream.start()), 1000).unwrap();
    assert_eq!(&*caught_up.items[0].event.data, "first");

    let other = console.create_product("Kettle", "photon".parse().unwrap()).unwrap().id;
    let quiet = console.product(other).event_stream().unwrap();
    world.log(0, &event(1, "a", ""));
    assert!(!quiet.wait(Duration::ZERO));
}

/// R-TEAM-6: an open stream returns nothing to a caller who lost access.
#[test]
fn a_stream_returns_nothing_after_access_is_lost() {
    let world = World::new();
    let operator = world.fleet.console(Actor::Operator, at(0));
    let bob = operator.create_account("bob@example.com").unwrap().id;
    world.console(0).product(world.product).invite("bob@example.com").unwrap();
    let bobs = world.fleet.console(bob, at(0));
    assert_eq!(bobs.product(world.product).event_stream().unwrap_err().code(), "not_found");
    bobs.product(world.product).accept_invitation().unwrap();
    let stream = bobs.product(world.product).event_stream().unwrap();
    world.console(0).product(world.product).remove_member(bob).unwrap();
    world.log(0, &event(1, "a", "secret"));
    assert_eq!(bobs.read_event_stream(&stream, 10).unwrap_err().code(), "not_found");
}

#[test]
fn errors_are_counted_by_kind_until_they_are_reset() {
    let world = World::new();
    let crash = |number: u8, kind: &str| event(number, "crash", "").with_error(kind).unwrap();
    for (seconds, number) in [(5, 1), (3, 2), (9, 3), (7, 4)] {
        world.log(seconds, &crash(number, "stack overflow"));
    }
    world.log(4, &crash(1, "watchdog"));
    world.publish(4, &crash(99, "watchdog").with_product(world.product.get()));
    let errors = world.console(10).product(world.product).device_errors().unwrap();
    let found = |kind: &str| (errors[kind].count, errors[kind].first_at, errors[kind].last_at, errors[kind].device);
    assert_eq!(found("stack overflow"), (4, at(3), at(9), device(3)));
    assert_eq!(found("watchdog").0, 1, "a stranger's are not counted");
    world.console(10).product(world.product).forget_device_errors("stack overflow").unwrap();
    assert_eq!(world.console(10).product(world.product).device_errors().unwrap().len(), 1);
    let again = world.console(10).product(world.product).forget_device_errors("stack overflow").unwrap_err();
    assert_eq!(again.code(), "not_found");
    world.log(20, &crash(1, "stack overflow"));
    assert_eq!(world.console(20).product(world.product).device_errors().unwrap()["stack overflow"].first_at, at(20));
}

#[test]
fn a_webhooks_url_is_neither_in_the_audit_nor_shown() {
    let world = World::new();
    let url = "https://example.com/hook?key=s3cret";
    let hook = Destination::Webhook { url: url.parse().unwrap() };
    let made = world.console(0).product(world.product).subscribe(&NewSubscription::new(hook)).unwrap();
    world.console(0).product(world.product).unsubscribe(made.id).unwrap();
    let audit = world.console(0).product(world.product).audit_log(None, 100).unwrap();
    let shown = format!("{audit:?} {made:?} {made}");
    assert!(!shown.contains("s3cret") && shown.contains("a webhook"), "{shown}");
}

#[test]
fn the_1001st_subscription_is_refused() {
    let world = World::new();
    let live = NewSubscription::new(Destination::LiveStream);
    for _ in 0..1000 {
        world.console(0).product(world.product).subscribe(&live).unwrap();
    }
    assert_eq!(world.console(0).product(world.product).subscribe(&live).unwrap_err().code(), "invalid");
    assert_eq!(world.log(0, &event(1, "a", "")).deliveries.len(), 1000);
}

#[test]
fn a_removed_product_leaves_nothing_of_its_events() {
    let world = World::new();
    world.console(0).product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    for number in 1..=20 {
        let crash = event(number, "a", "").with_id("x").unwrap().with_error("stack").unwrap();
        world.log(0, &crash);
    }
    world.fleet.console(Actor::Operator, at(0)).product(world.product).remove().unwrap();
    assert_eq!(world.stored(), 0);
    let slots =
        (0..SLOTS).flat_map(|slot| [Key::EventLog(world.product, slot), Key::DeviceErrors(world.product, slot)]);
    let keys: Vec<Key> = slots.chain([Key::EventSubscriptions(world.product)]).collect();
    assert!(world.fleet.store().get(&keys).unwrap().iter().all(Option::is_none));
    let range =
        fleet_core::store::Range::new(Key::EventId(world.product, [0; 16]), Key::EventId(world.product, [0xFF; 16]));
    assert_eq!(world.fleet.store().scan(&range).unwrap(), []);
    assert_eq!(world.publish(0, &event(1, "a", "").with_product(world.product.get())), Published::UnknownProduct);
}

/// No event is lost or duplicated, and sequences have no gap, with concurrent publishers.
#[test]
fn threads_that_publish_to_one_product_lose_nothing() {
    let world = World::new();
    world.keep(1_000_000, Duration::from_secs(3600));
    let (threads, each) = (8_u8, 50_u32);
    let listening = world.console(0).product(world.product).event_stream().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let world = &world;
            scope.spawn(move || {
                for n in 0..each {
                    let one = event((n % 20 + 1) as u8, "a", &format!("{thread}/{n}/0"));
                    let two = event((n % 7 + 1) as u8, "a", &format!("{thread}/{n}/1"));
                    let answer = world.fleet.gateway(at(0)).publish_many(&[one, two]).unwrap();
                    assert_eq!(answer.len(), 2);
                }
            });
        }
    });
    let all = world.all(0, 1000);
    let distinct: BTreeSet<&String> = all.iter().collect();
    let wanted = usize::from(threads) * each as usize * 2;
    assert_eq!((all.len(), distinct.len()), (wanted, wanted));
    for slot in 0..SLOTS {
        let rows = world.fleet.store().scan(&Key::events(world.product, slot)).unwrap();
        assert!(rows.iter().zip(0..).all(|(row, n)| row.key == Key::Event(world.product, slot, n)));
    }
    let streamed = world.console(0).read_event_stream(&listening, 1000).unwrap();
    assert_eq!(streamed.items.len() as u64 + streamed.missed, wanted as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Compares the log with a list of all published events.
    #[test]
    fn the_log_reads_like_a_list(
        kept in 1..60_u32,
        steps in proptest::collection::vec((1..12_u8, -3..40_i64, 1..40_usize, 1..40_usize), 1..60),
    ) {
        let world = World::new();
        world.keep(kept, Duration::from_secs(60));
        let stream = world.console(0).product(world.product).event_stream().unwrap();
        let (mut clock, mut latest, mut published) = (0, 0, Vec::<EventView>::new());
        let (mut cursor, mut followed, mut missed) = (stream.start(), BTreeSet::new(), 0);
        for (number, (first, by, many, limit)) in steps.into_iter().enumerate() {
            clock += by;
            latest = latest.max(clock);
            let data = |n| format!("{number}/{n}");
            let batch: Vec<Event> = (0..many).map(|n| event(first + (n % 3) as u8, "a", &data(n))).collect();
            let answer = world.fleet.gateway(at(clock)).publish_many(&batch).unwrap();
            let streamed = world.console(clock).read_event_stream(&stream, 1000).unwrap().items;
            for (n, entry) in answer.into_iter().map(entry).enumerate() {
                let view = streamed.iter().find(|view| view.position == entry.position).unwrap();
                prop_assert_eq!(&*view.event.data, data(n));
                let before = published.iter().filter(|view| view.position.slot == entry.position.slot).count();
                prop_assert_eq!(entry.position.sequence, before as u64);
                published.push(view.clone());
            }
            let page = world.console(clock).product(world.product).follow_events(Some(cursor), limit).unwrap();
            (cursor, missed) = (page.next, missed + page.missed);
            for view in page.items {
                prop_assert!(followed.insert(view.position), "followed twice: {:?}", view.position);
            }
            // Newest first is the reverse order of publishing, also within one moment and one batch.
            let wanted: Vec<&EventView> = published.iter().rev().take(kept as usize).collect();
            let is_young = |view: &&&EventView, now| view.event.at.after(Duration::from_secs(60)) > at(now);
            // Events that were too old for a clock that was ahead may be gone when the clock is set back.
            let least = wanted.iter().filter(|view| is_young(view, latest)).count();
            let wanted = wanted.iter().filter(|view| is_young(view, clock));
            let wanted: Vec<String> = wanted.map(|view| view.event.data.to_string()).collect();
            let read = world.all(clock, limit);
            prop_assert!(read.len() >= least, "{} of {least}", read.len());
            prop_assert_eq!(&read[..], &wanted[..read.len().min(wanted.len())]);
        }
        let rest = world.console(clock).product(world.product).follow_events(Some(cursor), 1000).unwrap();
        let accounted = followed.len() as u64 + rest.items.len() as u64 + missed + rest.missed;
        prop_assert_eq!(accounted, published.len() as u64);
    }

    /// The events that a door returns can be continued after each of them, whatever is published or trimmed meanwhile.
    #[test]
    fn from_the_cursor_of_each_event_exactly_the_rest_follows(
        kept in 20..80_u32,
        steps in proptest::collection::vec((1..12_u8, -3..20_i64, 1..12_usize, 1..30_usize), 1..12),
        after in 0..30_usize,
    ) {
        let world = World::new();
        world.keep(kept, Duration::from_secs(86_400));
        let stream = world.console(0).product(world.product).event_stream().unwrap();
        let (mut clock, mut followed, mut cursor) = (0, Vec::<EventView>::new(), stream.start());
        for (first, by, many, limit) in steps {
            clock += by;
            let batch: Vec<Event> = (0..many).map(|n| event(first + (n % 3) as u8, "a", "")).collect();
            world.fleet.gateway(at(clock)).publish_many(&batch).unwrap();
            let page = world.console(clock).product(world.product).follow_events(Some(cursor), limit).unwrap();
            if page.missed > 0 {
                followed.clear();
            }
            followed.extend(page.items);
            cursor = page.next;
        }
        let page = world.console(clock).product(world.product).follow_events(Some(cursor), 1000).unwrap();
        if page.missed > 0 {
            followed.clear();
        }
        followed.extend(page.items);
        let streamed = world.console(clock).read_event_stream(&stream, 1000).unwrap().items;
        let (mut listed, mut before) = (Vec::new(), None);
        loop {
            let (items, next) = world.page(clock, &EventFilter::default(), before, 7);
            listed.extend(items);
            before = next;
            if before.is_none() {
                break;
            }
        }
        listed.reverse();
        let kept_of = |views: &[EventView]| views[views.len().saturating_sub(kept as usize)..].to_vec();
        let (followed, streamed) = (kept_of(&followed), kept_of(&streamed));
        check_cursors(&world, clock, &followed, &[]);
        check_cursors(&world, clock, &streamed, &[]);
        check_cursors(&world, clock, &listed, &[]);
        // What is published later follows too; what was trimmed is gone.
        let batch: Vec<Event> = (0..after.min(kept as usize - 1)).map(|n| event(1 + (n % 7) as u8, "b", "")).collect();
        world.fleet.gateway(at(clock)).publish_many(&batch).unwrap();
        let later = world.console(clock).read_event_stream(&stream, 1000).unwrap().items;
        let left = |views: &[EventView]| {
            let most = (kept as usize).saturating_sub(later.len());
            views[views.len().saturating_sub(most)..].to_vec()
        };
        for views in [followed, streamed, listed] {
            check_cursors(&world, clock, &left(&views), &later);
        }
    }
}

/// Checks that following from the cursor of each of these events, oldest first, returns exactly the later ones and then
/// `later`.
fn check_cursors(world: &World, seconds: i64, oldest_first: &[EventView], later: &[EventView]) {
    let console = world.console(seconds);
    for (index, view) in oldest_first.iter().enumerate() {
        let cursor = view.cursor.to_string().parse().unwrap();
        let rest = console.product(world.product).follow_events(Some(cursor), 1000).unwrap().items;
        let rest: Vec<_> = rest.iter().map(|view| view.position).collect();
        let wanted = oldest_first[index + 1..].iter().chain(later).map(|view| view.position);
        assert_eq!(rest, wanted.collect::<Vec<_>>(), "after {index}");
    }
}

/// What is published while many threads do so reaches a stream in the order of each slot.
#[test]
fn a_stream_read_among_many_publishers_can_be_continued_after_each_event() {
    let world = World::new();
    let stream = world.console(0).product(world.product).event_stream().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let world = &world;
            scope.spawn(move || {
                for number in 0..60 {
                    // Two devices: each slot has several publishers.
                    world.publish(0, &event(1 + number % 2, "a", &format!("{thread}/{number}")));
                }
            });
        }
    });
    let console = world.console(0);
    let streamed = console.read_event_stream(&stream, 1000).unwrap();
    assert_eq!((streamed.items.len(), streamed.missed), (240, 0));
    for (index, view) in streamed.items.iter().enumerate() {
        let rest = console.product(world.product).follow_events(Some(view.cursor), 1000).unwrap().items;
        let rest: BTreeSet<_> = rest.iter().map(|view| view.position).collect();
        let wanted: BTreeSet<_> = streamed.items[index + 1..].iter().map(|view| view.position).collect();
        assert_eq!(rest, wanted, "after {index}");
    }
}

/// The list of one device's events is continued with the later events of this device.
#[test]
fn the_events_of_one_device_have_cursors_for_this_device() {
    let world = World::new();
    for number in 0..30 {
        world.log(0, &event(1 + number % 5, "a", ""));
    }
    let mut filter = EventFilter::default();
    filter.device = Some(device(2));
    let (mut items, _) = world.page(0, &filter, None, 100);
    items.reverse();
    world.log(0, &event(2, "a", ""));
    for (index, view) in items.iter().enumerate() {
        let rest = world.console(0).product(world.product).follow_events(Some(view.cursor), 1000).unwrap().items;
        let of_device = rest.iter().filter(|view| view.event.device == device(2)).count();
        assert_eq!(of_device, items.len() - index, "after {index}");
    }
}

/// R-EVT-1: a delivery carries everything that the host sends, also when the event is published again.
#[test]
fn a_delivery_carries_its_destination_and_its_message() {
    let world = World::new();
    let hook = Destination::Webhook { url: "https://example.com/hook?key=s3cret".parse().unwrap() };
    let first = world.console(0).product(world.product).subscribe(&NewSubscription::new(hook.clone())).unwrap();
    world.console(0).product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    let opened = event(1, "door", "open").with_id("17").unwrap();
    let answer = world.log(3, &opened);
    assert!(!format!("{answer:?}").contains("s3cret"), "{answer:?}");
    let to: Vec<_> = answer.deliveries.iter().map(|delivery| delivery.to.clone().unwrap()).collect();
    assert_eq!(to, [hook, Destination::LiveStream]);
    for delivery in &answer.deliveries {
        let message = &delivery.message;
        assert_eq!((message.device, &*message.name, &*message.data), (device(1), "door", "open"));
        assert_eq!((message.id.as_deref(), message.at), (Some("17"), at(3)));
    }
    assert_eq!(world.log(9, &opened).deliveries, answer.deliveries);

    // A subscription that was ended since has no destination, and its delivery keeps its key.
    world.console(9).product(world.product).unsubscribe(first.id).unwrap();
    let again = world.log(9, &opened);
    assert_eq!(again.deliveries.iter().map(|delivery| delivery.to.is_some()).collect::<Vec<_>>(), [false, true]);
    assert_eq!(again.deliveries[0].key, answer.deliveries[0].key);
}

/// A publisher that retries under one id until it succeeds has published once, whatever the store did meanwhile.
#[test]
fn no_store_fault_loses_or_duplicates_an_event_with_an_id() {
    let faulty = |store| {
        Faulty::new(store, 5)
            .with(Fault::Conflict, 0.1)
            .with(Fault::Unavailable, 0.05)
            .with(Fault::UnknownBefore, 0.05)
            .with(Fault::UnknownAfter, 0.05)
            .with(Fault::Torn, 0.1)
            .with(Fault::UnknownLate, 0.05)
            .with(Fault::Unreadable, 0.05)
    };
    let store = std::sync::Arc::new(MemoryStore::new());
    let world = World::on(std::sync::Arc::clone(&store));
    world.console(0).product(world.product).subscribe(&NewSubscription::new(Destination::LiveStream)).unwrap();
    let fleet = Fleet::open(faulty(std::sync::Arc::clone(&store)));
    for round in 0..200_u32 {
        let batch: Vec<Event> = (1..=5)
            .map(|number| {
                let id = format!("{round}");
                event(number, "a", &id).with_id(&id).unwrap().with_error("stack").unwrap()
            })
            .collect();
        while fleet.gateway(at(0)).publish_many(&batch).is_err() {}
    }
    let errors = world.console(0).product(world.product).device_errors().unwrap();
    assert_eq!((world.all(0, 1000).len(), errors["stack"].count), (1000, 1000));
}

/// A catalogue whose first tier allows this number of messages a month.
fn tiers(messages: u64) -> fleet_core::Catalogue {
    let tier = |name: &str, messages| {
        let mut tier = fleet_core::Tier::new(name);
        tier.messages = messages;
        tier
    };
    fleet_core::Catalogue::new(vec![tier("Tiny", Some(messages)), tier("Vast", None)]).unwrap()
}

/// R-EVT-3: dropped, not queued; in the order of the events and of their subscriptions; an upgrade resumes at once.
#[test]
fn at_the_monthly_limit_other_subscribers_get_nothing_and_the_answer_has_the_reason() {
    let fleet = Fleet::builder(MemoryStore::new()).catalogue(tiers(7)).open();
    let world = World::of(fleet);
    let live = NewSubscription::new(Destination::LiveStream);
    let ids: Vec<u32> =
        (0..3).map(|_| world.console(0).product(world.product).subscribe(&live).unwrap().id.get()).collect();
    // Devices of different slots: messages are still dropped in the order of the events.
    let batch: Vec<Event> = (1..=4).rev().map(|n| event(n, "a", "").with_id("x").unwrap()).collect();
    let answer: Vec<Entry> = world.fleet.gateway(at(0)).publish_many(&batch).unwrap().into_iter().map(entry).collect();
    assert_eq!(answer.iter().map(|entry| sent(entry).len()).collect::<Vec<_>>(), [3, 3, 1, 0]);
    assert_eq!((sent(&answer[2]), &answer[0].dropped), (vec![ids[0]], &None));
    let dropped = answer[2].dropped.as_ref().unwrap();
    assert_eq!(dropped.subscriptions.iter().map(|id| id.get()).collect::<Vec<_>>(), ids[1..]);
    assert_eq!(
        dropped.limit.to_string(),
        "refused: 9 messages a month would exceed the Tiny tier's 7 (7 in use now); Vast has no limit"
    );
    assert_eq!(world.console(0).product(world.product).usage().unwrap().used, 7);

    world.fleet.console(Actor::Operator, at(0)).product(world.product).set_tier("Vast").unwrap();
    assert_eq!(sent(&world.log(0, &event(5, "a", ""))), ids);
    assert_eq!(world.log(0, &batch[2]), again_of(&answer[2]), "dropped is dropped, also for a retry");
}

/// Messages are counted for the events in the log, whatever conflicts and failures came before.
#[test]
fn the_count_equals_the_deliveries_in_the_answers() {
    let store = std::sync::Arc::new(MemoryStore::new());
    let mut world = World::on(std::sync::Arc::clone(&store));
    let live = NewSubscription::new(Destination::LiveStream);
    for _ in 0..3 {
        world.console(0).product(world.product).subscribe(&live).unwrap();
    }
    let faulty = Faulty::new(store, 3).with(Fault::Conflict, 0.2).with(Fault::Unavailable, 0.2);
    world.fleet = Fleet::open(faulty);
    let mut sent_in_all = 0;
    for round in 0..40 {
        let batch: Vec<Event> = (1..=20).map(|number| event(number, "a", "")).collect();
        let answer = loop {
            match world.fleet.gateway(at(round)).publish_many(&batch) {
                Ok(answer) => break answer,
                Err(error) => assert!(error.is_transient(), "{error}"),
            }
        };
        sent_in_all += answer.into_iter().map(|published| sent(&entry(published)).len()).sum::<usize>();
    }
    assert_eq!(sent_in_all, 40 * 20 * 3);
    assert_eq!(world.console(40).product(world.product).usage().unwrap().used, sent_in_all as u64);
}
