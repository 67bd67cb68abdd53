//! Every way a report can go that is not the fast one, each in a transaction.

use super::{Connected, proves, put_device, stale};
use crate::Error;
use crate::device::import::{Verdict, judge};
use crate::device::report::Report;
use crate::device::trail::{Told, Trail};
use crate::device::{Device, DeviceCount, DeviceId, Registration, Standing, confirmed};
use crate::firmware::{Answer, FirmwareIndex, Hold, Proof};
use crate::fleet::Gateway;
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, StoreError, StoreErrorKind, Transaction};
use crate::team::Team;
use std::sync::Arc;
use std::time::Duration;

/// Where a report belongs.
pub(crate) enum Place {
    /// To no product.
    Personal(Hold),
    /// To this product's row.
    Row(ProductId, Device),
    /// To a product that the device is not in.
    Asks(ProductId),
}

impl Gateway<'_> {
    /// Every other way a report can go.
    pub(super) fn connect_slowly(&self, report: &Report) -> Result<Connected, Error> {
        self.fleet.transact(|tx| {
            tx.load(keys(report))?;
            self.connect_in(tx, report)
        })
    }

    /// The same in a transaction that may take others too.
    pub(super) fn connect_in(&self, tx: &mut Transaction<'_>, report: &Report) -> Result<Connected, Error> {
        let known: Option<Registration> = tx.get(report.device)?;
        let mut entry = known.clone().unwrap_or_default();
        if let Some(platform) = &report.platform {
            // The newest word counts, as it does in the row (R-IMP-12).
            entry.platform = Some(platform.clone());
        }
        let place = self.place(tx, report, &entry)?;
        let left = match entry.product {
            Some(home) if !matches!(place, Place::Row(id, _) if id == home) => {
                tx.get::<Device>((home, report.device))?.map(|row| (home, row))
            }
            _ => None,
        };
        let elsewhere = match &left {
            Some((_, row)) => row.whole_trail(),
            None => entry.trail.as_deref().copied().unwrap_or_default(),
        };
        let (mut connected, heard) = match place {
            Place::Personal(hold) => {
                if let Some((home, _)) = &left
                    && self.told(tx, *home, report.session, report.at)?.is_before(elsewhere.newest)
                {
                    return Ok(stale(*home));
                }
                let answer = Answer::Held { hold, target: None };
                let heard = Told::new(report.session, report.at, self.now, Duration::ZERO).mark();
                let trail = Trail { newest: heard, ..Trail::default() };
                // Of a device that nobody knows nothing is kept: it would be there for ever (R-IMP-9).
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
            Place::Asks(id) => self.ask(tx, id, &mut entry, elsewhere, report)?,
        };
        connected.answer = connected.answer.with_hardware(entry.platform.as_ref());
        let Some(heard) = heard else { return Ok(connected) };
        if let Some((home, before)) = left {
            // A device that is heard elsewhere is no longer connected as one of its product.
            let mut row = before.clone();
            row.leave_connection(heard);
            if let (Some(product), true) = (tx.get::<Arc<Product>>(home)?, report.platform.is_some()) {
                entry.tell_platform(&mut row, &product.platform);
            }
            put_device(tx, home, report.device, Some(&before), row);
        } else if entry.product.is_none() && connected.product.is_some() {
            entry.keep(heard);
        }
        if known.as_ref() != Some(&entry) {
            tx.put(report.device, entry);
        }
        Ok(connected)
    }

    /// Which row a report is for (R-TGT-16).
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
            // Of a device in a product that never said its hardware, the product's is taken.
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

    /// A report for a row that is there; nothing where it is stale. A device that waits joins at once where the product
    /// lets it (R-IMP-9). Says too what is then known of its connections.
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
        let waits = device.standing == Standing::Quarantined;
        let mut joins = None;
        if waits && product.policy.approve_by_itself {
            joins = self.welcome(tx, &product, entry)?;
            if joins.is_some() {
                device.standing = Standing::Member;
            }
        }
        let Some(connected) = self.take(&product, &index, locked, &mut device, report) else { return Ok(None) };
        if let Some(mut count) = joins {
            count.devices += 1;
            count.quarantined = count.quarantined.saturating_sub(1);
            count.settle(&product.policy);
            tx.put(id, count);
            entry.product = Some(id);
            // The row has followed it before the report was taken.
            entry.trail = None;
            entry.hand_over(&mut device);
        }
        self.prove(tx, id, index, report.device, &device);
        let trail = device.whole_trail();
        put_device(tx, id, report.device, Some(before), device);
        Ok(Some((connected, trail)))
    }

    /// The count of a product's devices, where a device that asks to join may do so without a person (R-IMP-9).
    fn welcome(
        &self,
        tx: &mut Transaction<'_>,
        product: &Product,
        entry: &Registration,
    ) -> Result<Option<Box<DeviceCount>>, Error> {
        let team: Arc<Team> = tx.get(product.id)?.unwrap_or_default();
        let count: Box<DeviceCount> = tx.get(product.id)?.unwrap_or_default();
        let may_join = judge(product, &team, Some(entry)) == Verdict::Imported
            && count.room(self.fleet.catalogue(), product, 1, self.now, None).is_ok();
        Ok(may_join.then_some(count))
    }

    /// Writes down that a version runs on a device of the product, if this report is the first to say so (R-TGT-2).
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

    /// A device reports a product that it is not in: it joins at once where the product says so, or waits (R-IMP-9).
    /// Says too what is then known of its connections, if anything is to be remembered: strangers beyond the
    /// quarantine's limit leave nothing behind.
    fn ask(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        entry: &mut Registration,
        elsewhere: Trail,
        report: &Report,
    ) -> Result<(Connected, Option<Trail>), Error> {
        let (product, index) = required(tx, id)?;
        let joins = if product.policy.approve_by_itself { self.welcome(tx, &product, entry)? } else { None };
        let standing = if joins.is_some() { Standing::Member } else { Standing::Quarantined };
        let mut device = Device::new(standing, self.now);
        device.security_counter = confirmed(entry.security_counter);
        device.sequence = entry.sequence;
        entry.tell_platform(&mut device, &product.platform);
        device.follow(elsewhere);
        let locked = self.fleet.held_since(&product)?;
        let Some(connected) = self.take(&product, &index, locked, &mut device, report) else {
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
            None => {
                let mut count: Box<DeviceCount> = tx.get(id)?.unwrap_or_default();
                if count.quarantined >= u64::from(product.policy.quarantine_limit) {
                    if !count.full_told {
                        count.full_told = true;
                        notify(tx, self.now, id, NoticeSubject::QuarantineFull)?;
                        tx.put(id, count);
                    }
                    let answer = Answer::Held { hold: Hold::Quarantined { full: true }, target: None };
                    return Ok((Connected { answer, ..connected }, None));
                }
                count.quarantined += 1;
                notify(tx, self.now, id, NoticeSubject::DevicesAskToJoin)?;
                count
            }
        };
        count.settle(&product.policy);
        tx.put(id, count);
        self.prove(tx, id, index, report.device, &device);
        let trail = device.whole_trail();
        put_device(tx, id, report.device, None, device);
        Ok((connected, Some(trail)))
    }
}

/// What a report is decided on first.
pub(super) fn keys(report: &Report) -> impl Iterator<Item = Key> {
    let of_product = |id| [Key::Device(id, report.device), Key::Product(id), Key::Firmware(id)];
    [Key::Registration(report.device)].into_iter().chain(report.names().into_iter().flat_map(of_product))
}

/// The product, if it exists and was not removed.
fn live(tx: &mut Transaction<'_>, id: ProductId) -> Result<Option<Arc<Product>>, Error> {
    Ok(tx.get::<Arc<Product>>(id)?.filter(|product| product.removed_at.is_none()))
}

/// A product that was found to be there, and its firmware.
fn required(tx: &mut Transaction<'_>, id: ProductId) -> Result<(Arc<Product>, Arc<FirmwareIndex>), Error> {
    let index = tx.get::<Arc<FirmwareIndex>>(id)?.unwrap_or_default();
    match live(tx, id)? {
        Some(product) => Ok((product, index)),
        None => Err(StoreError::new(StoreErrorKind::Corrupt, format!("product {id} has devices but no record")).into()),
    }
}
