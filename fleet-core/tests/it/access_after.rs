//! Lists return nothing to an actor who loses access while the list is read (R-TEAM-6).
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use fleet_core::customer::CustomerFilter;
use fleet_core::device::DeviceFilter;
use fleet_core::event::EventFilter;
use fleet_core::firmware::Change;
use fleet_core::store::{Commit, CommitOutcome, Key, Range, Record, Row, Store, StoreError};
use fleet_core::{AccountId, Actor, Console, Error, Fleet, MemoryStore, ProductId, Timestamp};
use std::sync::{Arc, Mutex};

/// A store that runs an interruption in its next scan.
#[derive(Default)]
struct Interrupted {
    inner: MemoryStore,
    next: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl std::fmt::Debug for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Interrupted")
    }
}

impl Interrupted {
    fn interrupt(&self) {
        let next = self.next.lock().unwrap().take();
        if let Some(next) = next {
            next();
        }
    }
}

impl Store for Interrupted {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        if keys.iter().any(|key| matches!(key, Key::EventLog(..) | Key::DeviceErrors(..))) {
            self.interrupt();
        }
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.interrupt();
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.inner.commit(batch)
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.interrupt();
        self.inner.for_each(range, visit)
    }
}

type Ask = fn(&Console<'_>, ProductId) -> Result<(), Error>;

const LISTS: [(&str, Ask); 10] = [
    ("summary", |console, id| console.summary(id).map(drop)),
    ("devices", |console, id| console.devices(id, &DeviceFilter::default(), None, 10).map(drop)),
    ("customers", |console, id| console.customers(id, &CustomerFilter::default(), None, 10).map(drop)),
    ("beta_guests", |console, id| console.beta_guests(id, None, 10).map(drop)),
    ("audit_log", |console, id| console.audit_log(id, None, 10).map(drop)),
    ("events", |console, id| console.events(id, &EventFilter::default(), None, 10).map(drop)),
    ("follow_events", |console, id| console.follow_events(id, None, 10).map(drop)),
    ("device_errors", |console, id| console.device_errors(id).map(drop)),
    ("dry_run", |console, id| console.dry_run(id, &Change::Nothing).map(drop)),
    ("products", |console, _| match console.products()?.len() {
        0 => Err(console.product(ProductId::new(65_000)?).unwrap_err()),
        _ => Ok(()),
    }),
];

#[test]
fn a_member_removed_while_a_list_is_read_gets_nothing() {
    let now = Timestamp::from_millis(0);
    for (name, ask) in LISTS {
        let store = Arc::new(Interrupted::default());
        let fleet = Arc::new(Fleet::open(Arc::clone(&store)));
        let account = |email: &str| fleet.console(Actor::Operator, now).create_account(email).unwrap().id;
        let (alice, bob): (AccountId, AccountId) = (account("alice@example.com"), account("bob@example.com"));
        let product = fleet.console(alice, now).create_product("Thermostat", "photon".parse().unwrap()).unwrap().id;
        fleet.console(alice, now).invite(product, "bob@example.com").unwrap();
        fleet.console(bob, now).accept_invitation(product).unwrap();
        let member = fleet.console(bob, now);
        ask(&member, product).unwrap();
        let removing = Arc::clone(&fleet);
        let remove = move || removing.console(alice, now).remove_member(product, bob).unwrap();
        *store.next.lock().unwrap() = Some(Box::new(remove));
        let shown = ask(&member, product);
        assert!(store.next.lock().unwrap().is_none(), "{name} scans nothing");
        assert_eq!(shown.map_err(|error| error.code()), Err("not_found"), "{name}");
    }
}

#[test]
fn the_audit_of_one_millisecond_is_in_the_order_of_the_commits_of_a_process() {
    let now = Timestamp::from_millis(0);
    let store = Arc::new(MemoryStore::new());
    // Two fleets on one store: the order is that of the process.
    let fleets = [Fleet::open(Arc::clone(&store)), Fleet::open(store)];
    let alice = fleets[0].console(Actor::Operator, now).create_account("alice@example.com").unwrap().id;
    let product = fleets[0].console(alice, now).create_product("0", "photon".parse().unwrap()).unwrap().id;
    for (number, fleet) in (1..=200).zip(fleets.iter().cycle()) {
        fleet.console(alice, now).rename_product(product, &number.to_string()).unwrap();
    }
    let listed = fleets[0].console(alice, now).audit_log(product, None, 200).unwrap().items;
    let subjects: Vec<String> = listed.iter().map(|record| record.subject.clone()).collect();
    assert_eq!(subjects, (1..=200).rev().map(|number| format!("`{number}`")).collect::<Vec<_>>());
}

#[test]
fn on_many_threads_each_audit_record_of_a_change_follows_the_one_it_changed() {
    let now = Timestamp::from_millis(0);
    let fleet = Fleet::open(MemoryStore::new());
    let alice = fleet.console(Actor::Operator, now).create_account("alice@example.com").unwrap().id;
    let product = fleet.console(alice, now).create_product("start", "photon".parse().unwrap()).unwrap().id;
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let fleet = &fleet;
            threads.spawn(move || {
                for number in 0..25 {
                    fleet.console(alice, now).rename_product(product, &format!("{thread}-{number}")).unwrap();
                }
            });
        }
    });
    let mut listed = fleet.console(alice, now).audit_log(product, None, 100).unwrap().items;
    listed.reverse();
    assert_eq!(listed.len(), 100);
    for (before, after) in listed.iter().zip(listed.iter().skip(1)) {
        assert_eq!(after.old, before.new, "the old value is the new value of the previous record");
    }
}
