//! The slow path of a connect: processes every other report, each in a transaction.

use super::{Connected, proves, put_device, stale};
use crate::Error;
use crate::device::import::{Verdict, judge};
use crate::device::report::Report;
use crate::device::trail::{ReportOrder, Trail};
use crate::device::{Device, DeviceCount, DeviceId, Registration, Standing, confirmed};
use crate::firmware::{Answer, FirmwareIndex, Hold, Proof};
use crate::fleet::Gateway;
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, StoreError, StoreErrorKind, Transaction};
use crate::team::Team;
use std::sync::Arc;
use std::time::Duration;

/// The row that a report belongs to.
pub(crate) enum Place {
    /// The row of no product.
    Personal(Hold),
    /// The row of this product.
    Row(ProductId, Device),
    /// No row yet: the device is not in this product.
    Asks(ProductId),
}

impl Gateway<'_> {
    /// Processes a report in a transaction.
    pub(super) fn connect_in_transaction(&self, report: &Report) -> Result<Connected, Error> {
        self.fleet.transact(|tx| {
            tx.load(keys(report))?;
            self.connect_in(tx, report)
        })
    }

    /// Processes a report in a transaction that may contain others too.
    pub(super) fn connect_in(&self, tx: &mut Transaction<'_>, report: &Report) -> Result<Connected, Error> {
        let known: Option<Registration> = tx.get(report.device)?;
        let mut entry = known.clone().unwrap_or_default();
        if let Some(platform) = &report.platform {
            // The latest report counts, as it does in the row (R-IMP-12).
            entry.platform = Some(platform.clone());
        }
        let place = self.place(tx, report, &entry)?;
        let left = left_row(tx, report.device, &entry, &place)?;
        let elsewhere = match &left {
            Some((_, row)) => row.whole_trail(),
            None => entry.trail.as_deref().copied().unwrap_or_default(),
        };
        let (mut connected, trail) = match place {
            Place::Personal(hold) => {
                if let Some((home, _)) = &left
                    && self.report_order(tx, *home, report.session, report.at)?.is_before(elsewhere.newest)
                {
                    return Ok(stale(*home));
                }
                let answer = Answer::Held { hold, target: None };
                let newest = ReportOrder::new(report.session, report.at, self.now, Duration::ZERO).mark();
                let trail = Trail { newest, ..Trail::default() };
                // Nothing is stored for an unknown device: its record would never be deleted (R-IMP-9).
                (Connected { product: None, answer, outcome: None }, known.is_some().then_some(trail))
            }
            Place::Row(id, before) => {
                let mut row = before.clone();
                if entry.product != Some(id) {
                    row.follow(elsewhere);
                }
                match self.connect_row(tx, id, (&before, row), &mut entry, report)? {
                    Some((connected, trail)) => (connected, Some(trail)),
                    None => return Ok(stale(id)),
                }
            }
            Place::Asks(id) => self.ask_to_join(tx, id, &mut entry, elsewhere, report)?,
        };
        connected.answer = connected.answer.with_hardware(entry.platform.as_ref());
        let Some(trail) = trail else { return Ok(connected) };
        if let Some((home, before)) = left {
            leave(tx, (home, before), trail, &entry, report)?;
        } else if entry.product.is_none() && connected.product.is_some() {
            entry.keep(trail);
        }
        if known.as_ref() != Some(&entry) {
            tx.put(report.device, entry);
        }
        Ok(connected)
    }

    /// The row that a report is for (R-TGT-16).
    pub(crate) fn place(
        &self,
        tx: &mut Transaction<'_>,
        report: &Report,
        entry: &Registration,
    ) -> Result<Place, Error> {
        if let Some(id) = report.names() {
            if let Some(row) = live(tx, id)?.and(tx.get::<Device>((id, report.device))?) {
                return Ok(Place::Row(id, row));
            }
            // A device that never reported its hardware is assumed to have that of its product.
            let home = match entry.product {
                Some(home) if entry.platform.is_none() => live(tx, home)?,
                _ => None,
            };
            let known = entry.platform.as_ref().or(home.as_ref().map(|home| &home.platform));
            if !report.names_its_platform(known) {
                return Ok(match live(tx, id)? {
                    Some(_) => Place::Asks(id),
                    None => Place::Personal(Hold::UnknownProduct),
                });
            }
        }
        let Some(home) = entry.product else { return Ok(Place::Personal(Hold::Personal)) };
        match live(tx, home)?.and(tx.get::<Device>((home, report.device))?) {
            Some(row) => Ok(Place::Row(home, row)),
            None => Ok(Place::Personal(Hold::Personal)),
        }
    }

    /// Processes a report for an existing row; returns `None` if it is stale. A quarantined device joins immediately if
    /// the product allows it (R-IMP-9). Also returns the order of the device's connections after the report.
    fn connect_row(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        (before, mut device): (&Device, Device),
        entry: &mut Registration,
        report: &Report,
    ) -> Result<Option<(Connected, Trail)>, Error> {
        let (product, index) = required(tx, id)?;
        let locked = self.fleet.held_since(&product)?;
        let is_waiting = device.standing == Standing::Quarantined;
        let mut joins = None;
        if is_waiting && product.policy.approve_by_itself {
            joins = self.count_if_joining(tx, &product, entry)?;
            if joins.is_some() {
                device.standing = Standing::Member;
            }
        }
        let Some(connected) = self.apply_report(&product, &index, locked, &mut device, report) else { return Ok(None) };
        if let Some(mut count) = joins {
            count.devices += 1;
            count.quarantined = count.quarantined.saturating_sub(1);
            count.settle(&product.policy);
            tx.put(id, count);
            entry.product = Some(id);
            // The row already has this trail since before the report was applied.
            entry.trail = None;
            entry.hand_over(&mut device);
        }
        self.prove(tx, id, index, report.device, &device);
        let trail = device.whole_trail();
        put_device(tx, id, report.device, Some(before), device);
        Ok(Some((connected, trail)))
    }

    /// The product's device count, if a device that asks to join may do so without a person's approval (R-IMP-9).
    fn count_if_joining(
        &self,
        tx: &mut Transaction<'_>,
        product: &Product,
        entry: &Registration,
    ) -> Result<Option<Box<DeviceCount>>, Error> {
        let team: Arc<Team> = tx.get(product.id)?.unwrap_or_default();
        let count: Box<DeviceCount> = tx.get(product.id)?.unwrap_or_default();
        let may_join = judge(product, &team, Some(entry)) == Verdict::Imported
            && count.check_capacity(self.fleet.catalogue(), product, 1, self.now, None).is_ok();
        Ok(may_join.then_some(count))
    }

    /// Records that a version runs on a device of the product, if this is the first report of it (R-TGT-2).
    fn prove(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        mut index: Arc<FirmwareIndex>,
        device: DeviceId,
        row: &Device,
    ) {
        if let Some(version) = proves(&index, row, self.now)
            && let Some(firmware) = Arc::make_mut(&mut index).get_mut(version)
        {
            firmware.proven = Some(Proof { device, at: row.seen.map_or(self.now, |seen| seen.at) });
            tx.put(id, index);
        }
    }

    /// Processes a report of a product that the device is not in: the device joins immediately if the product allows
    /// it, or waits in quarantine (R-IMP-9). Also returns the order of the device's connections, if it is to be stored:
    /// an unknown device over the quarantine's limit leaves no record.
    fn ask_to_join(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        entry: &mut Registration,
        elsewhere: Trail,
        report: &Report,
    ) -> Result<(Connected, Option<Trail>), Error> {
        let (product, index) = required(tx, id)?;
        let joins = if product.policy.approve_by_itself { self.count_if_joining(tx, &product, entry)? } else { None };
        let standing = if joins.is_some() { Standing::Member } else { Standing::Quarantined };
        let mut device = Device::new(standing, self.now);
        device.security_counter = confirmed(entry.security_counter);
        device.sequence = entry.sequence;
        entry.copy_platform(&mut device, &product.platform);
        device.follow(elsewhere);
        let locked = self.fleet.held_since(&product)?;
        let Some(connected) = self.apply_report(&product, &index, locked, &mut device, report) else {
            return Ok((stale(id), None));
        };
        let mut count: Box<DeviceCount> = match joins {
            Some(mut count) => {
                count.devices += 1;
                entry.product = Some(id);
                entry.trail = None;
                entry.hand_over(&mut device);
                count
            }
            None => match self.count_if_waiting(tx, &product)? {
                Some(count) => count,
                None => {
                    let answer = Answer::Held { hold: Hold::Quarantined { full: true }, target: None };
                    return Ok((Connected { answer, ..connected }, None));
                }
            },
        };
        count.settle(&product.policy);
        tx.put(id, count);
        self.prove(tx, id, index, report.device, &device);
        let trail = device.whole_trail();
        put_device(tx, id, report.device, None, device);
        Ok((connected, Some(trail)))
    }

    /// Counts a device into the quarantine and notifies the team. `None` if the quarantine is full.
    fn count_if_waiting(&self, tx: &mut Transaction<'_>, product: &Product) -> Result<Option<Box<DeviceCount>>, Error> {
        let id = product.id;
        let mut count: Box<DeviceCount> = tx.get(id)?.unwrap_or_default();
        if count.quarantined < u64::from(product.policy.quarantine_limit) {
            count.quarantined += 1;
            notify(tx, self.now, id, NoticeSubject::DevicesAskToJoin)?;
            return Ok(Some(count));
        }
        if !count.full_told {
            count.full_told = true;
            notify(tx, self.now, id, NoticeSubject::QuarantineFull)?;
            tx.put(id, count);
        }
        Ok(None)
    }
}

/// Returns the device's row in its own product, if it connects elsewhere.
fn left_row(
    tx: &mut Transaction<'_>,
    device: DeviceId,
    entry: &Registration,
    place: &Place,
) -> Result<Option<(ProductId, Device)>, Error> {
    match entry.product {
        Some(home) if !matches!(place, Place::Row(id, _) if *id == home) => {
            Ok(tx.get::<Device>((home, device))?.map(|row| (home, row)))
        }
        _ => Ok(None),
    }
}

/// Takes a device that connects elsewhere offline in its own product.
fn leave(
    tx: &mut Transaction<'_>,
    (home, before): (ProductId, Device),
    trail: Trail,
    entry: &Registration,
    report: &Report,
) -> Result<(), Error> {
    let mut row = before.clone();
    row.leave_connection(trail);
    if let (Some(product), true) = (tx.get::<Arc<Product>>(home)?, report.platform.is_some()) {
        entry.copy_platform(&mut row, &product.platform);
    }
    put_device(tx, home, report.device, Some(&before), row);
    Ok(())
}

/// The keys that a report's decision reads first.
pub(super) fn keys(report: &Report) -> impl Iterator<Item = Key> {
    let of_product = |id| [Key::Device(id, report.device), Key::Product(id), Key::Firmware(id)];
    [Key::Registration(report.device)].into_iter().chain(report.names().into_iter().flat_map(of_product))
}

/// The product, if it exists and was not removed.
fn live(tx: &mut Transaction<'_>, id: ProductId) -> Result<Option<Arc<Product>>, Error> {
    Ok(tx.get::<Arc<Product>>(id)?.filter(|product| product.removed_at.is_none()))
}

/// A product that is known to exist, and its firmware.
fn required(tx: &mut Transaction<'_>, id: ProductId) -> Result<(Arc<Product>, Arc<FirmwareIndex>), Error> {
    let index = tx.get::<Arc<FirmwareIndex>>(id)?.unwrap_or_default();
    match live(tx, id)? {
        Some(product) => Ok((product, index)),
        None => Err(StoreError::new(StoreErrorKind::Corrupt, format!("product {id} has devices but no record")).into()),
    }
}
