//! Lists and removals cost what they answer and not what the product holds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{World, at, device, list, report};
use fleet_core::device::DeviceFilter;
use fleet_core::store::{Commit, CommitOutcome, Key, Range, Row};
use fleet_core::{DeviceId, MemoryStore, Store, StoreError};
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

/// The ids that a filter finds, page by page, and how many rows were read for them.
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
fn a_prefix_of_an_id_reads_those_ids_alone_until_a_device_has_a_name() {
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
    let named = found(&store, &world, &prefix("a5a5 in")).0;
    assert_eq!(named, [device(2000)]);
    assert_eq!(found(&store, &world, &prefix(&device(5).to_string())).0, [device(5)]);
}

#[test]
fn a_filter_of_which_a_counter_says_that_nothing_has_it_reads_nothing() {
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
        let told = report(1, number % 2000 + 1, 10 + i64::from(number));
        world.fleet.gateway(at(100_000)).connect(&told).unwrap();
    }
    let rows = store.scan(&Key::tallies(world.product)).unwrap();
    assert!(rows.len() <= 8 * 13, "{} counters", rows.len());
    let summary = world.console(100_000).summary(world.product).unwrap();
    assert_eq!(summary.versions, [(2000, 1)].into());
    world.devices();
}
