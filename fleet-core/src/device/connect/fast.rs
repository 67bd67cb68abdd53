//! The fast way: a device that is in the product it reports, of which all are read at once and written at once.

use super::{Connected, proves, stale};
use crate::Error;
use crate::device::report::Report;
use crate::device::{Device, DeviceId, PlatformSeen, Standing, tally};
use crate::firmware::FirmwareIndex;
use crate::fleet::Gateway;
use crate::product::{Product, ProductId};
use crate::store::{
    self, Call, Check, Commit, CommitOutcome, Key, Merger, Record, Row, Stamp, StoreError, StoreErrorKind, Write,
};
use crate::time::Timestamp;
use std::collections::{HashMap, HashSet};

/// So many devices are taken together at most, as many as commits are merged by default.
const TOGETHER: usize = 1024;

/// Devices that connect on many threads, each at its gateway's moment, and what is left to do for each.
pub(crate) type Arrivals = Merger<(Report, Timestamp), Way>;

/// What is left to do for a report that was taken with others.
#[derive(Debug)]
pub(crate) enum Way {
    /// Nothing.
    Done(Connected),
    /// To take it by itself: the device was told of twice, somebody else changed its row, or it can't be found out any
    /// more what became of the commit.
    Alone,
    /// To take it in a transaction.
    Slow,
}

impl Gateway<'_> {
    /// Goes the way that is left.
    pub(super) fn go_on(&self, report: &Report, way: Way) -> Result<Connected, Error> {
        match way {
            Way::Done(connected) => Ok(connected),
            Way::Alone => self.connect_alone(report),
            Way::Slow => self.take_slowly(report),
        }
    }

    /// Takes a report by itself.
    pub(super) fn connect_alone(&self, report: &Report) -> Result<Connected, Error> {
        let store = self.fleet.store();
        if let Some(id) = report.names() {
            for _ in 0..store::TRIES {
                let rows = store.get(&[Key::Device(id, report.device), Key::Product(id), Key::Firmware(id)])?;
                let [Some(Row { record: Record::Device(device), stamp, .. }), product, index] = rows.as_slice() else {
                    break;
                };
                let Some((product, index)) = product_of(product, index) else { break };
                let mut after = device.clone();
                let locked = self.fleet.held_since(product)?;
                let Some(connected) = self.take_fast(product, index, locked, &mut after, report) else { break };
                let Some(commit) = self.commit_of(id, report.device, device, *stamp, after, self.fleet.stamps().next())
                else {
                    return Ok(connected);
                };
                if store::apply(store, &commit)? == CommitOutcome::Applied {
                    return Ok(connected);
                }
            }
        }
        self.take_slowly(report)
    }

    /// Takes a report together with those of other threads that come at the same time.
    pub(super) fn take_with_others(&self, arrivals: &Arrivals, report: &Report) -> Result<Way, Error> {
        let run = |arrived: &[(Report, Timestamp)]| {
            match self.take_all(arrived.iter().map(|(report, now)| (report, *now))) {
                // It may be about one row, which is nothing to the others: each finds out for itself.
                Err(error) if arrived.len() > 1 && !error.is_transient() => {
                    Ok(arrived.iter().map(|_| Way::Alone).collect())
                }
                taken => taken,
            }
        };
        let call = Call { run: &run, at_most: TOGETHER, failure: StoreErrorKind::Unknown };
        let way = arrivals.ask(&[(report.clone(), self.now)], &call)?.pop();
        Ok(way.unwrap_or(Way::Alone))
    }

    /// Takes all reports that can go the fast way: one read and one commit. Says in their order what is left to do.
    pub(super) fn take_all<'r>(
        &self,
        reports: impl ExactSizeIterator<Item = (&'r Report, Timestamp)>,
    ) -> Result<Vec<Way>, StoreError> {
        // Of a device that is told of twice, only the first report may go ahead of the others.
        let mut told: HashSet<DeviceId, foldhash::fast::RandomState> = HashSet::default();
        let mut ways = Vec::with_capacity(reports.len());
        let mut order: Vec<(ProductId, DeviceId, usize, &Report, Timestamp)> = Vec::with_capacity(reports.len());
        for (place, (report, now)) in reports.enumerate() {
            let is_first = told.insert(report.device);
            ways.push(if is_first { Way::Slow } else { Way::Alone });
            if let (true, Some(product)) = (is_first, report.names()) {
                order.push((product, report.device, place, report, now));
            }
        }
        order.sort_unstable_by_key(|(product, device, ..)| (*product, *device));
        let mut keys: Vec<Key> = order.iter().map(|(product, device, ..)| Key::Device(*product, *device)).collect();
        let mut products: Vec<ProductId> = order.iter().map(|(product, ..)| *product).collect();
        products.dedup();
        keys.extend(products.iter().flat_map(|id| [Key::Product(*id), Key::Firmware(*id)]));
        let rows = self.fleet.store().get(&keys)?;
        let (rows, rest) = rows.split_at_checked(order.len()).unwrap_or_default();
        let (rest, _) = rest.as_chunks();
        let mut found: HashMap<ProductId, (&Product, &FirmwareIndex, Option<Timestamp>)> = HashMap::new();
        for (id, [product, index]) in products.into_iter().zip(rest) {
            if let Some((product, index)) = product_of(product, index) {
                found.insert(id, (product, index, self.fleet.held_since(product)?));
            }
        }

        let mut say = |place: usize, way: Way| {
            if let Some(slot) = ways.get_mut(place) {
                *slot = way;
            }
        };
        let (mut commits, mut places) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len()));
        let slot = self.fleet.stamps().next();
        for ((id, device_id, place, report, now), row) in order.into_iter().zip(rows) {
            let Some(Row { record: Record::Device(device), stamp, .. }) = row else { continue };
            let Some((product, index, locked)) = found.get(&id) else { continue };
            let (mut after, gateway) = (device.clone(), Gateway { now, ..*self });
            let Some(connected) = gateway.take_fast(product, index, *locked, &mut after, report) else { continue };
            match self.commit_of(id, device_id, device, *stamp, after, slot) {
                Some(commit) => {
                    commits.push(commit);
                    places.push((place, connected));
                }
                None => say(place, Way::Done(connected)),
            }
        }
        // Where the store cannot say what became of them it is found out: a live report that is taken twice is two.
        let mut outcomes = store::apply_all(self.fleet.store(), &commits)?.into_iter();
        for (place, connected) in places {
            let is_applied = outcomes.next() == Some(Some(CommitOutcome::Applied));
            say(place, if is_applied { Way::Done(connected) } else { Way::Alone });
        }
        Ok(ways)
    }

    /// The fast way: nothing where the report needs more than the device's own row to be written.
    fn take_fast(
        &self,
        product: &Product,
        index: &FirmwareIndex,
        locked: Option<Timestamp>,
        device: &mut Device,
        report: &Report,
    ) -> Option<Connected> {
        if device.standing != Standing::Member || needs_registry(product, device, report) {
            return None;
        }
        let Some(connected) = self.take(product, index, locked, device, report) else { return Some(stale(product.id)) };
        proves(index, device, self.now).is_none().then_some(connected)
    }

    /// The commit of one device's row and what it moves in the counters; nothing where the row did not change.
    fn commit_of(
        &self,
        product: ProductId,
        id: DeviceId,
        before: &Device,
        stamp: Stamp,
        after: Device,
        slot: u64,
    ) -> Option<Commit> {
        if *before == after {
            return None;
        }
        let key = Key::Device(product, id);
        let mut adds = Vec::new();
        tally::changes(Some(before), Some(&after), |tally, delta| {
            adds.push(Write::Add { key: tally::key(product, id, tally, slot), delta });
        });
        let checks = vec![Check { key: key.clone(), stamp: Some(stamp) }];
        let put = Write::Put { key, record: Record::Device(after), stamp: self.fleet.stamps().stamp() };
        let writes = if adds.is_empty() { vec![put] } else { std::iter::once(put).chain(adds).collect() };
        Some(Commit { checks, writes })
    }
}

/// Whether a report tells of other hardware than the registry may know, which then should know it too.
fn needs_registry(product: &Product, device: &Device, report: &Report) -> bool {
    report
        .platform
        .as_ref()
        .is_some_and(|platform| *platform != product.platform || device.platform() != PlatformSeen::Matches)
}

/// A product that exists and its firmware, out of their rows.
fn product_of<'r>(product: &'r Option<Row>, index: &'r Option<Row>) -> Option<(&'r Product, &'r FirmwareIndex)> {
    let Some(Row { record: Record::Product(product), .. }) = product else { return None };
    let Some(Row { record: Record::Firmware(index), .. }) = index else { return None };
    product.removed_at.is_none().then_some((product, index))
}
