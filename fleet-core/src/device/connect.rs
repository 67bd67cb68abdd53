//! The gateway's door: devices come, go, and tell how their updates fare.
//!
//! A connect of a device that is in the product it reports reads three rows (its own, the product, the firmware) and
//! writes one. What is rarer (a device that asks to join, reports no product, says its hardware for the first time, or
//! proves a version) goes through a transaction.

use super::report::{Observed, Report, end_attempt, is_stale, observe};
use super::{
    Attempt, Device, DeviceCount, DeviceId, Outcome, PlatformSeen, Progress, Registration, Seen, Standing, UpdateResult,
};
use super::{import::Verdict, import::judge, tally};
use crate::Error;
use crate::billing::Resource;
use crate::firmware::{Answer, Decision, Directive, FirmwareIndex, FirmwareVersion, Hold, Proof, Target, decide};
use crate::fleet::Gateway;
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{self, Check, Commit, Key, Record, Row, Stamp, StoreError, StoreErrorKind, Transaction, Write};
use crate::team::Team;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What a connect came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Connected {
    /// The product that the answer is of; none: a personal device.
    pub product: Option<ProductId>,
    /// What the device is to do, and why.
    pub answer: Answer,
    /// How the update that it was sent before ended, if it ended by this connect.
    pub outcome: Option<Outcome>,
}

/// That a device's connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disconnect {
    /// The device.
    pub device: DeviceId,
    /// The product id it reported when it connected.
    pub product: Option<u32>,
    /// The number of the session that ended; 0: the gateway numbers none.
    pub session: u64,
    /// When it ended.
    pub at: Timestamp,
}

/// How an update fares, by the word of who carries it out. Never a success: that is what the device reports when it is
/// back (R-TGT-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateProgress {
    /// The image is being sent.
    Downloading,
    /// The image is on the device.
    Downloaded,
    /// It could not be sent, or the device refused it.
    Failed,
}

impl Gateway<'_> {
    /// A device connects, says what it is and runs, and is told what to run and why (R-TGT-4).
    ///
    /// A report that was told before gets the answer it got, and changes nothing. A device that is in no product it
    /// could be told apart by is a personal one; one that reports a product it is not in asks to join (R-IMP-9).
    ///
    /// # Errors
    /// The store's.
    pub fn connect(&self, report: &Report) -> Result<Connected, Error> {
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
                if store::apply(store, commit)? == store::Outcome::Applied {
                    return Ok(connected);
                }
            }
        }
        self.connect_slowly(report)
    }

    /// The same for many at once: one read and one commit for all whose way is the fast one. The answers are in the
    /// order of the reports. A device that is told of twice is answered twice, in order.
    ///
    /// # Errors
    /// The store's. Some of the reports may have been taken; telling all again changes nothing more.
    pub fn connect_many(&self, reports: &[Report]) -> Result<Vec<Connected>, Error> {
        // Of a device that is told of twice, only the first report may go ahead of the others.
        let mut told: HashSet<DeviceId, foldhash::fast::RandomState> = HashSet::default();
        let mut order: Vec<(ProductId, DeviceId, usize)> = reports
            .iter()
            .enumerate()
            .filter(|(_, report)| told.insert(report.device))
            .filter_map(|(place, report)| Some((report.names()?, report.device, place)))
            .collect();
        order.sort_unstable();
        let mut keys: Vec<Key> = order.iter().map(|(product, device, _)| Key::Device(*product, *device)).collect();
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

        let mut answers: Vec<Option<Connected>> = vec![None; reports.len()];
        let (mut commits, mut places) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len()));
        let slot = self.fleet.stamps().next();
        for ((id, device_id, place), row) in order.into_iter().zip(rows) {
            let Some(Row { record: Record::Device(device), stamp, .. }) = row else { continue };
            let (Some((product, index, locked)), Some(report)) = (found.get(&id), reports.get(place)) else { continue };
            let mut after = device.clone();
            let Some(connected) = self.take_fast(product, index, *locked, &mut after, report) else { continue };
            match self.commit_of(id, device_id, device, *stamp, after, slot) {
                Some(commit) => {
                    commits.push(commit);
                    places.push((place, connected));
                }
                None => put(&mut answers, place, connected),
            }
        }
        let outcomes = match self.fleet.store().commit(&commits) {
            Ok(outcomes) => outcomes,
            // One by one it is found out what was applied: a report told again changes nothing more.
            Err(error) if error.is_unknown() => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        for ((place, connected), outcome) in places.into_iter().zip(outcomes) {
            if outcome == store::Outcome::Applied {
                put(&mut answers, place, connected);
            }
        }
        reports.iter().zip(answers).map(|(report, answer)| answer.map_or_else(|| self.connect(report), Ok)).collect()
    }

    /// A device's connection ended. One that ended before the present one began changes nothing (R-TGT-17).
    ///
    /// # Errors
    /// The store's.
    pub fn disconnect(&self, disconnect: &Disconnect) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            let Some((id, mut device)) = find(tx, disconnect.device, disconnect.product)? else { return Ok(()) };
            let before = device.clone();
            let at = disconnect.at.min(self.now);
            if let Some(seen) = &mut device.seen
                && seen.online
                && !is_stale(seen, disconnect.session, at)
            {
                seen.online = false;
                put_device(tx, id, disconnect.device, Some(&before), device);
            }
            Ok(())
        })
    }

    /// How the update with this directive's number fares. The word of who carries it out; one of another directive than
    /// the device's latest changes nothing. Says whether it was the latest.
    ///
    /// # Errors
    /// The store's.
    pub fn report_update(
        &self,
        device: DeviceId,
        product: ProductId,
        sequence: u32,
        progress: UpdateProgress,
    ) -> Result<bool, Error> {
        self.fleet.transact(|tx| {
            let Some(mut row) = tx.get::<Device>((product, device))? else { return Ok(false) };
            let before = row.clone();
            let Some(attempt) = row.attempt.as_mut().filter(|_| row.sequence == sequence) else { return Ok(false) };
            match progress {
                UpdateProgress::Downloading => attempt.progress = attempt.progress.max(Progress::Downloading),
                UpdateProgress::Downloaded => attempt.progress = Progress::Downloaded,
                UpdateProgress::Failed => {
                    end_attempt(&mut row, UpdateResult::Failed, self.now);
                }
            }
            put_device(tx, product, device, Some(&before), row);
            Ok(true)
        })
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
        if device.standing != Standing::Member || needs_registry(device, report) {
            return None;
        }
        let Some(connected) = self.take(product, index, locked, device, report) else { return Some(stale(product.id)) };
        proves(index, device).is_none().then_some(connected)
    }

    /// Takes a report into a row and decides; nothing where the report is stale.
    fn take(
        &self,
        product: &Product,
        index: &FirmwareIndex,
        locked: Option<Timestamp>,
        device: &mut Device,
        report: &Report,
    ) -> Option<Connected> {
        match observe(device, report, product, index, self.now) {
            Observed::Stale => None,
            Observed::Taken(outcome) => {
                let answer = answer(product, index, locked, report.device, device, self.now);
                Some(Connected { product: Some(product.id), answer, outcome })
            }
        }
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
            adds.push(Write::Add { key: tally::key(product, tally, slot), delta });
        });
        let checks = vec![Check { key: key.clone(), stamp: Some(stamp) }];
        let put = Write::Put { key, record: Record::Device(after), stamp: self.fleet.stamps().stamp() };
        let writes = if adds.is_empty() { vec![put] } else { std::iter::once(put).chain(adds).collect() };
        Some(Commit { checks, writes })
    }

    /// Every other way a report can go.
    fn connect_slowly(&self, report: &Report) -> Result<Connected, Error> {
        self.fleet.transact(|tx| {
            tx.load(
                [Key::Registration(report.device)].into_iter().chain(
                    report
                        .names()
                        .into_iter()
                        .flat_map(|id| [Key::Device(id, report.device), Key::Product(id), Key::Firmware(id)]),
                ),
            )?;
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
            let (connected, remembered) = match place {
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
        })
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
            firmware.proven = Some(Proof { device, at: self.now });
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

/// Where a report belongs.
pub(crate) enum Place {
    /// To no product.
    Personal(Hold),
    /// To this product's row.
    Row(ProductId, Device),
    /// To a product that the device is not in.
    Asks(ProductId),
}

/// What a device is told, and the directive written down in its row (R-IMG-9, R-TGT-7).
pub(crate) fn answer(
    product: &Product,
    index: &FirmwareIndex,
    locked: Option<Timestamp>,
    id: DeviceId,
    device: &mut Device,
    now: Timestamp,
) -> Answer {
    match decide(product, index, device) {
        Decision::UpToDate { rule, kept_back, image_differs } => Answer::UpToDate { rule, kept_back, image_differs },
        Decision::Held { hold, target } => Answer::Held { hold, target },
        Decision::Send { firmware, rule, kept_back } => {
            let version = firmware.version;
            if let Some(since) = locked {
                return Answer::Held { hold: Hold::OwnerLocked { since }, target: Some(Target { version, rule }) };
            }
            if device.attempt.is_none_or(|attempt| attempt.target != version) {
                if device.outcome.is_some_and(|outcome| outcome.target != version) {
                    device.failures = 0;
                }
                device.sequence = device.sequence.wrapping_add(1);
                let from = device.version();
                device.attempt = Some(Attempt { at: now, target: version, from, progress: Progress::Offered });
            }
            let directive = Directive::new(product.id, id, firmware, device.sequence);
            Answer::Update { directive, rule, kept_back }
        }
    }
}

/// Writes a device's row and what its change moves in the counters.
pub(crate) fn put_device(
    tx: &mut Transaction<'_>,
    product: ProductId,
    id: DeviceId,
    before: Option<&Device>,
    after: Device,
) {
    if before == Some(&after) {
        return;
    }
    let slot = tx.random();
    tally::changes(before, Some(&after), |tally, delta| tx.add(tally::key(product, tally, slot), delta));
    tx.put((product, id), after);
}

/// The version that a row now proves, if its product has yet no proof of it (R-TGT-2).
fn proves(index: &FirmwareIndex, device: &Device) -> Option<FirmwareVersion> {
    let seen = device.seen.filter(|_| device.standing == Standing::Member)?;
    let firmware = index.reported(seen.version)?;
    let runs = seen.image != super::ImageSeen::Differs && seen.platform != PlatformSeen::Differs;
    (runs && firmware.proven.is_none()).then_some(firmware.version)
}

/// Whether a report tells the device's hardware for the first time, which the registry should know too.
fn needs_registry(device: &Device, report: &Report) -> bool {
    let known = device.seen.is_some_and(|seen| seen.platform != PlatformSeen::Unknown);
    report.platform.is_some() && !known
}

/// A product that exists and its firmware, out of their rows.
fn product_of<'r>(product: &'r Option<Row>, index: &'r Option<Row>) -> Option<(&'r Product, &'r FirmwareIndex)> {
    let Some(Row { record: Record::Product(product), .. }) = product else { return None };
    let Some(Row { record: Record::Firmware(index), .. }) = index else { return None };
    product.removed_at.is_none().then_some((product, index))
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

/// The row of a device: in the product it reported, or in the one that it is in.
fn find(tx: &mut Transaction<'_>, id: DeviceId, reported: Option<u32>) -> Result<Option<(ProductId, Device)>, Error> {
    if let Some(product) = reported.and_then(|number| ProductId::new(number).ok())
        && let Some(row) = tx.get::<Device>((product, id))?
    {
        return Ok(Some((product, row)));
    }
    let Some(home) = tx.get::<Registration>(id)?.and_then(|entry| entry.product) else { return Ok(None) };
    Ok(tx.get::<Device>((home, id))?.map(|row| (home, row)))
}

/// What a report is answered that is older than what is known (R-TGT-17).
fn stale(product: ProductId) -> Connected {
    Connected { product: Some(product), answer: Answer::Held { hold: Hold::StaleReport, target: None }, outcome: None }
}

fn put(answers: &mut [Option<Connected>], place: usize, connected: Connected) {
    if let Some(answer) = answers.get_mut(place) {
        *answer = Some(connected);
    }
}
