//! Every way a report can go that is not the fast one, each in a transaction.

use super::{Connected, proves, put_device, stale};
use crate::Error;
use crate::billing::Resource;
use crate::device::import::{Verdict, judge};
use crate::device::report::{Report, is_stale};
use crate::device::{Device, DeviceCount, DeviceId, Registration, Seen, Standing};
use crate::firmware::{Answer, FirmwareIndex, Hold, Proof};
use crate::fleet::Gateway;
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, StoreError, StoreErrorKind, Transaction};
use crate::team::Team;
use std::sync::Arc;

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
        if entry.platform.is_none() {
            entry.platform.clone_from(&report.platform);
        }
        let place = self.place(tx, report, &entry)?;
        let left = match entry.product {
            Some(home) if !matches!(place, Place::Row(id, _) if id == home) => {
                tx.get::<Device>((home, report.device))?.map(|row| (home, row))
            }
            _ => None,
        };
        if let Some((home, row)) = &left
            && row.seen.is_some_and(|seen| is_stale(&seen, report.session, report.at.min(self.now)))
        {
            return Ok(stale(*home));
        }
        let (mut connected, remembered) = match place {
            Place::Personal(hold) => {
                let answer = Answer::Held { hold, target: None };
                (Connected { product: None, answer, outcome: None }, true)
            }
            Place::Row(id, before) => match self.connect_row(tx, id, before, report)? {
                Some(connected) => (connected, true),
                None => return Ok(stale(id)),
            },
            Place::Asks(id) => self.ask(tx, id, &mut entry, report)?,
        };
        connected.answer = connected.answer.with_hardware(entry.platform.as_ref());
        // A device that is heard elsewhere is no longer connected as one of its product.
        if let Some((home, before)) = left {
            let mut row = before.clone();
            row.seen = row.seen.map(|seen| Seen { online: false, ..seen });
            put_device(tx, home, report.device, Some(&before), row);
        }
        if remembered && known.as_ref() != Some(&entry) {
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

    /// A report for a row that is there; nothing where it is stale.
    fn connect_row(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        before: Device,
        report: &Report,
    ) -> Result<Option<Connected>, Error> {
        let (product, index) = required(tx, id)?;
        let mut device = before.clone();
        let locked = self.fleet.held_since(&product)?;
        let Some(connected) = self.take(&product, &index, locked, &mut device, report) else { return Ok(None) };
        self.prove(tx, id, index, report.device, &device);
        put_device(tx, id, report.device, Some(&before), device);
        Ok(Some(connected))
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
        if let Some(version) = proves(&index, row)
            && let Some(firmware) = Arc::make_mut(&mut index).get_mut(version)
        {
            firmware.proven = Some(Proof { device, at: row.seen.map_or(self.now, |seen| seen.at) });
            tx.put(id, index);
        }
    }

    /// A device reports a product that it is not in: it joins at once where the product says so, or waits (R-IMP-9).
    /// Says too whether it is to be remembered: strangers beyond the quarantine's limit leave nothing behind.
    fn ask(
        &self,
        tx: &mut Transaction<'_>,
        id: ProductId,
        entry: &mut Registration,
        report: &Report,
    ) -> Result<(Connected, bool), Error> {
        let (product, index) = required(tx, id)?;
        let team: Arc<Team> = tx.get(id)?.unwrap_or_default();
        let mut count: Box<DeviceCount> = tx.get(id)?.unwrap_or_default();
        let welcome = product.policy.approve_by_itself && judge(&product, &team, Some(entry)) == Verdict::Imported && {
            let taken = count.taken(self.now, None);
            self.fleet.catalogue().check(&product.tier, Resource::Devices, taken, taken + 1).is_ok()
        };
        let standing = if welcome { Standing::Member } else { Standing::Quarantined };
        let security_counter = entry.security_counter;
        let mut device = Device { security_counter, ..Device::new(standing, self.now) };
        let locked = self.fleet.held_since(&product)?;
        let Some(connected) = self.take(&product, &index, locked, &mut device, report) else {
            return Ok((stale(id), false));
        };
        if welcome {
            count.devices += 1;
            entry.product = Some(id);
        } else if count.quarantined < u64::from(product.policy.quarantine_limit) {
            count.quarantined += 1;
            notify(tx, self.now, id, NoticeSubject::DevicesAskToJoin)?;
        } else {
            return Ok((connected, false));
        }
        tx.put(id, count);
        self.prove(tx, id, index, report.device, &device);
        put_device(tx, id, report.device, None, device);
        Ok((connected, true))
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
