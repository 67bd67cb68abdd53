//! Lists and removals cost what they return, not what the product contains.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::common;

use common::{World, at, device, list, report};
use fleet_core::device::DeviceFilter;
use fleet_core::store::{Commit, CommitOutcome, Key, Kind, Range, Record, Row, Stamp, Write};
use fleet_core::{DeviceId, MemoryStore, Store, StoreError, invariants};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A store that counts the rows that scans read.
#[derive(Debug, Default)]
struct Counting(MemoryStore, AtomicUsize);

impl Store for Counting {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
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

const DEVICES: u32 = 3000;

fn crowd() -> (Arc<Counting>, World) {
    let store = Arc::new(Counting::default());
    let world = World::new(Arc::clone(&store) as _);
    let tier = world.fleet.catalogue().tiers().last().unwrap().name.clone();
    world.operator(0).set_tier(world.product, &tier).unwrap();
    let report = world.console(0).import(world.product, list(0..DEVICES).as_bytes()).unwrap();
    assert!(report.refused.is_none(), "{:?}", report.refused);
    (store, world)
}

/// Returns the ids that a filter finds, page by page, and the number of rows read.
fn found(store: &Counting, world: &World, filter: &DeviceFilter) -> (Vec<DeviceId>, usize) {
    store.1.store(0, Ordering::Relaxed);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = world.console(9).devices(world.product, filter, after, 7).unwrap();
        found.extend(page.items.iter().map(|view| view.id));
        after = page.next;
        if after.is_none() {
            return (found, store.1.load(Ordering::Relaxed));
        }
    }
}

fn prefix(text: &str) -> DeviceFilter {
    let mut filter = DeviceFilter::default();
    filter.prefix = Some(text.to_owned());
    filter
}

#[test]
fn a_prefix_reads_the_ids_and_the_names_that_begin_with_it_and_no_others() {
    let (store, world) = crowd();
    let wanted = |from: u32, to: u32| (from..to).map(device).collect::<Vec<_>>();
    let all = device(0).to_string();
    for (text, ids, most) in [
        (device(5).to_string(), wanted(5, 6), 2),
        (device(0x120).to_string()[..23].to_uppercase(), wanted(0x120, 0x130), 60),
        (format!("{}0", device(5)), vec![], 0),
        ("xyz".to_owned(), vec![], 0),
        (all.replace('a', "b"), vec![], 0),
    ] {
        let (ids_found, read) = found(&store, &world, &prefix(&text));
        assert_eq!(ids_found, ids, "{text}");
        assert!(read <= most, "{read} rows for {text}");
    }
    world.console(1).name_device(world.product, device(2000), "A5A5 in the hall").unwrap();
    world.console(1).name_device(world.product, device(7), &device(5).to_string().to_uppercase()).unwrap();
    world.console(1).name_device(world.product, device(3), "In the hall").unwrap();
    for (text, ids, most) in [
        ("a5a5 in".to_owned(), vec![device(2000)], 2),
        ("in the".to_owned(), vec![device(3)], 2),
        ("in the halls".to_owned(), vec![], 0),
        (device(5).to_string(), vec![device(5), device(7)], 4),
        (device(6).to_string(), vec![device(6)], 3),
        ("xyz".to_owned(), vec![], 0),
    ] {
        let (ids_found, read) = found(&store, &world, &prefix(&text));
        assert_eq!(ids_found, ids, "{text}");
        assert!(read <= most, "{read} rows for {text}");
    }
    // All ids begin with it, and one name.
    assert_eq!(found(&store, &world, &prefix("a5")).0.len(), DEVICES as usize);
}

/// Small random numbers from a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn text(&mut self, most: usize) -> String {
        (0..self.roll(most + 1))
            .map(|_| ["a", "A", "5", "b", "0", "É", "e\u{301}", "ß", " ", "\u{10FFFF}"][self.roll(10)])
            .collect()
    }
}

/// The list agrees with the facts of every device, for any page size.
#[test]
fn a_list_by_prefix_has_each_matching_device_once_and_in_order() {
    for seed in 1..30 {
        let dice = &mut Dice(seed * 7919);
        let world = World::new(Arc::new(MemoryStore::new()));
        let ids: Vec<DeviceId> = (0..24_u8)
            .map(|number| {
                DeviceId::new([
                    [0xA5, 0xAB, 0x5A, 0x00, 0xFF][dice.roll(5)],
                    [0xA5, 0x0B][dice.roll(2)],
                    number,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    1,
                ])
            })
            .collect();
        let file: String = ids.iter().map(|id| format!("{id}\n")).collect();
        world.console(0).import(world.product, file.as_bytes()).unwrap();
        for _ in 0..40 {
            world.console(1).name_device(world.product, ids[dice.roll(24)], dice.text(4).trim()).unwrap();
        }
        world.console(1).remove_device(world.product, ids[dice.roll(24)]).unwrap();
        let all = world.console(2).devices(world.product, &DeviceFilter::default(), None, 1000).unwrap().items;
        for _ in 0..20 {
            let filter = prefix(&dice.text(3));
            let wanted: Vec<DeviceId> =
                all.iter().filter(|one| filter.wants(one.id, &one.row)).map(|one| one.id).collect();
            let (mut listed, mut after, limit) = (Vec::new(), None, dice.roll(5) + 1);
            loop {
                let page = world.console(2).devices(world.product, &filter, after, limit).unwrap();
                listed.extend(page.items.iter().map(|view| view.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
                assert_eq!(page.items.len(), limit);
            }
            assert_eq!(listed, wanted, "seed {seed}, {:?}", filter.prefix);
        }
        world.contents().check_counts(world.product);
        assert_eq!(invariants::check(&world.fleet, at(2)).unwrap(), []);
    }
}

#[test]
fn a_name_is_found_as_long_as_a_device_has_it() {
    let (store, world) = crowd();
    let console = world.console(1);
    let named = |text: &str| found(&store, &world, &prefix(text)).0;
    console.name_device(world.product, device(1), "Küche").unwrap();
    console.name_device(world.product, device(2), "KÜCHE").unwrap();
    assert_eq!(named("küche"), [device(1), device(2)]);
    console.name_device(world.product, device(1), "Keller").unwrap();
    assert_eq!((named("kü"), named("k")), (vec![device(2)], vec![device(1), device(2)]));
    console.name_device(world.product, device(1), "").unwrap();
    console.remove_device(world.product, device(2)).unwrap();
    assert_eq!(named("k"), []);
    console.name_device(world.product, device(3), "Kammer").unwrap();
    console.deny_device(world.product, device(3)).unwrap();
    assert_eq!(named("k"), []);
    world.contents().check_counts(world.product);
    console.name_device(world.product, device(4), "Kammer").unwrap();
    world.operator(3).remove_product(world.product).unwrap();
    assert!(store.scan(&Key::device_names(world.product, "")).unwrap().is_empty());
}

#[test]
fn names_of_an_earlier_version_are_found_and_indexed_once() {
    let (store, world) = crowd();
    for number in 0..200 {
        world.console(1).name_device(world.product, device(number * 10), &format!("Kit {number:03}")).unwrap();
    }
    // As an earlier version stored it: names in the rows only.
    let mut writes: Vec<Write> = store
        .0
        .scan(&Key::device_names(world.product, ""))
        .unwrap()
        .into_iter()
        .map(|row| Write::Delete { key: row.key })
        .collect();
    let count = format!(r#"{{"devices":{DEVICES},"quarantined":0}}"#);
    let (key, record) = (Key::DeviceCount(world.product), Record::from_json(Kind::DeviceCount, &count).unwrap());
    writes.push(Write::Put { key, record, stamp: Stamp(9) });
    store.commit(&[Commit { checks: Vec::new(), writes }]).unwrap();
    assert_eq!(invariants::check(&world.fleet, at(1)).unwrap(), []);
    // One of them is renamed before the first list.
    world.console(2).name_device(world.product, device(10), "Boiler").unwrap();
    assert_eq!(found(&store, &world, &prefix("kit 00")).0.len(), 9);
    world.contents().check_counts(world.product);
    let (ids, read) = found(&store, &world, &prefix("kit 19"));
    assert_eq!(ids, (190..200).map(|number| device(number * 10)).collect::<Vec<_>>());
    assert!(read <= 20, "{read} rows");
    assert_eq!(found(&store, &world, &prefix("boiler")).0, [device(10)]);
    assert_eq!(invariants::check(&world.fleet, at(1)).unwrap(), []);
}

#[test]
fn more_names_than_one_batch_are_listed_completely() {
    let world = World::new(Arc::new(MemoryStore::new()));
    world.operator(0).set_tier(world.product, "Enterprise").unwrap();
    world.console(0).import(world.product, list(0..10_300).as_bytes()).unwrap();
    for number in (0..10_300).filter(|number| number % 50 != 0) {
        world.console(1).name_device(world.product, device(number), "Kit").unwrap();
    }
    let (mut listed, mut after) = (0, None);
    loop {
        let page = world.console(2).devices(world.product, &prefix("kit"), after, 1000).unwrap();
        assert!(page.items.iter().all(|view| view.row.name() == "Kit"));
        listed += page.items.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, 10_094);
}

#[test]
fn a_filter_with_a_zero_counter_reads_nothing() {
    let (store, world) = crowd();
    let mut filters = vec![];
    let mut filter = |change: fn(&mut DeviceFilter)| {
        let mut filter = DeviceFilter::default();
        change(&mut filter);
        filters.push(filter);
    };
    filter(|one| one.online = Some(true));
    filter(|one| one.version = Some(7));
    filter(|one| one.locked = Some(true));
    filter(|one| one.development = Some(true));
    filter(|one| one.pending = Some(true));
    filter(|one| one.failing = Some(true));
    filter(|one| one.standing = Some(fleet_core::device::Standing::Quarantined));
    filter(|one| one.standing = Some(fleet_core::device::Standing::Denied));
    for filter in &filters {
        assert_eq!(found(&store, &world, filter), (vec![], 0), "{filter:?}");
    }
    let reports: Vec<_> = (0..DEVICES).map(|number| report(number, 7, 2)).collect();
    world.fleet.gateway(at(2)).connect_many(&reports).unwrap();
    for filter in &filters[..2] {
        assert_eq!(found(&store, &world, filter).0.len(), DEVICES as usize, "{filter:?}");
    }
    let mut offline = DeviceFilter::default();
    offline.online = Some(false);
    assert_eq!(found(&store, &world, &offline), (vec![], 0));
}

#[test]
fn removing_a_product_reads_each_device_twice_at_most() {
    let (store, world) = crowd();
    store.1.store(0, Ordering::Relaxed);
    world.operator(3).remove_product(world.product).unwrap();
    let read = store.1.load(Ordering::Relaxed);
    assert!(read <= DEVICES as usize + 100, "{read} rows");
    assert!(store.scan(&Key::devices(world.product)).unwrap().is_empty());
}

#[test]
fn a_device_that_reports_very_many_versions_leaves_no_counters_behind() {
    let (store, world) = crowd();
    for number in 0..4000_u16 {
        let sent = report(1, number % 2000 + 1, 10 + i64::from(number));
        world.fleet.gateway(at(100_000)).connect(&sent).unwrap();
    }
    let rows = store.scan(&Key::tallies(world.product)).unwrap();
    assert!(rows.len() <= 8 * 13, "{} counters", rows.len());
    let summary = world.console(100_000).summary(world.product).unwrap();
    assert_eq!(summary.versions, [(2000, 1)].into());
    world.devices();
}
