//! The fast path of a connect: the device is in the product that it reports. One read and one commit serve many
//! devices.

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

/// Maximum number of devices in one batch; the same as the default maximum of merged commits.
const BATCH: usize = 1024;

/// The queue of devices that connect on many threads, each at its gateway's moment.
pub(crate) type ConnectQueue = Merger<(Report, Timestamp), NextStep>;

/// The next step for a report that was processed in a batch.
#[derive(Debug)]
pub(crate) enum NextStep {
    /// Nothing is left to do.
    Done(Connected),
    /// Process it alone: the batch had two reports of the device, another commit changed its row, or the outcome of the
    /// commit can no longer be determined.
    Alone,
    /// Process it in a transaction.
    Slow,
}

/// A report that names a product: the product, the device, the report's position in the call, and its moment.
type Placed<'r> = (ProductId, DeviceId, usize, &'r Report, Timestamp);

impl Gateway<'_> {
    /// Executes the next step.
    pub(super) fn finish_connect(&self, report: &Report, step: NextStep) -> Result<Connected, Error> {
        match step {
            NextStep::Done(connected) => Ok(connected),
            NextStep::Alone => self.connect_alone(report),
            NextStep::Slow => self.connect_in_batch(report),
        }
    }

    /// Processes a report alone.
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
                let Some(connected) = self.apply_fast(product, index, locked, &mut after, report) else { break };
                let Some(commit) = self.commit_of(id, report.device, device, *stamp, after, self.fleet.stamps().next())
                else {
                    return Ok(connected);
                };
                if store::apply(store, &commit)? == CommitOutcome::Applied {
                    return Ok(connected);
                }
            }
        }
        self.connect_in_batch(report)
    }

    /// Processes a report in one batch with those that arrive on other threads at the same time.
    pub(super) fn connect_merged(&self, queue: &ConnectQueue, report: &Report) -> Result<NextStep, Error> {
        let run = |arrived: &[(Report, Timestamp)]| {
            match self.connect_fast_batch(arrived.iter().map(|(report, now)| (report, *now))) {
                // One row may have caused the failure, which does not concern the other reports: each is processed
                // alone.
                Err(error) if arrived.len() > 1 && !error.is_transient() => {
                    Ok(arrived.iter().map(|_| NextStep::Alone).collect())
                }
                steps => steps,
            }
        };
        let call = Call { run: &run, at_most: BATCH, failure: StoreErrorKind::Unknown };
        let step = queue.ask(&[(report.clone(), self.now)], &call)?.pop();
        Ok(step.unwrap_or(NextStep::Alone))
    }

    /// Processes all reports that can take the fast path, with one read and one commit. Returns the next steps in the
    /// order of the reports.
    pub(super) fn connect_fast_batch<'r>(
        &self,
        reports: impl ExactSizeIterator<Item = (&'r Report, Timestamp)>,
    ) -> Result<Vec<NextStep>, StoreError> {
        // Of several reports of a device, only the first is processed in the batch.
        let mut seen: HashSet<DeviceId, foldhash::fast::RandomState> = HashSet::default();
        let mut steps = Vec::with_capacity(reports.len());
        let mut order: Vec<Placed<'_>> = Vec::with_capacity(reports.len());
        for (position, (report, now)) in reports.enumerate() {
            let is_first = seen.insert(report.device);
            steps.push(if is_first { NextStep::Slow } else { NextStep::Alone });
            if let (true, Some(product)) = (is_first, report.names()) {
                order.push((product, report.device, position, report, now));
            }
        }
        order.sort_unstable_by_key(|(product, device, ..)| (*product, *device));
        self.connect_in_order(&order, &mut steps)?;
        Ok(steps)
    }

    /// Processes the reports, which are in order of their keys, with one read and one commit.
    fn connect_in_order(&self, order: &[Placed<'_>], steps: &mut [NextStep]) -> Result<(), StoreError> {
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

        let mut set = |position: usize, step: NextStep| {
            if let Some(entry) = steps.get_mut(position) {
                *entry = step;
            }
        };
        let (mut commits, mut connects) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len()));
        let slot = self.fleet.stamps().next();
        for (&(id, device_id, position, report, now), row) in order.iter().zip(rows) {
            let Some(Row { record: Record::Device(device), stamp, .. }) = row else { continue };
            let Some((product, index, locked)) = found.get(&id) else { continue };
            let (mut after, gateway) = (device.clone(), Gateway { now, ..*self });
            let Some(connected) = gateway.apply_fast(product, index, *locked, &mut after, report) else { continue };
            match self.commit_of(id, device_id, device, *stamp, after, slot) {
                Some(commit) => {
                    commits.push(commit);
                    connects.push((position, connected));
                }
                None => set(position, NextStep::Done(connected)),
            }
        }
        // An unknown outcome must be resolved first: a live report that is processed twice counts as two.
        let mut outcomes = store::apply_all(self.fleet.store(), &commits)?.into_iter();
        for (position, connected) in connects {
            let is_applied = outcomes.next() == Some(Some(CommitOutcome::Applied));
            set(position, if is_applied { NextStep::Done(connected) } else { NextStep::Alone });
        }
        Ok(())
    }

    /// Applies a report on the fast path. `None` if the report must write more than the device's own row.
    fn apply_fast(
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
        let Some(connected) = self.apply_report(product, index, locked, device, report) else {
            return Some(stale(product.id));
        };
        proves(index, device, self.now).is_none().then_some(connected)
    }

    /// The commit of one device's row and its counter changes. `None` if the row did not change.
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

/// Whether a report states hardware that the registry may lack and should record.
fn needs_registry(product: &Product, device: &Device, report: &Report) -> bool {
    report
        .platform
        .as_ref()
        .is_some_and(|platform| *platform != product.platform || device.platform() != PlatformSeen::Matches)
}

/// A product that exists, and its firmware, from their rows.
fn product_of<'r>(product: &'r Option<Row>, index: &'r Option<Row>) -> Option<(&'r Product, &'r FirmwareIndex)> {
    let Some(Row { record: Record::Product(product), .. }) = product else { return None };
    let Some(Row { record: Record::Firmware(index), .. }) = index else { return None };
    product.removed_at.is_none().then_some((product, index))
}
