//! The gateway's door: devices come, go, and tell how their updates fare.
//!
//! A connect of a device that is in the product it reports reads three rows (its own, the product, the firmware) and
//! writes one. What is rarer (a device that asks to join, reports no product, says its hardware for the first time, or
//! proves a version) goes through a transaction.

mod fast;
mod slow;
mod together;

use super::report::{Observed, Report, end_attempt, observe};
use super::trail::{Mark, Told, Trail};
use super::{Device, DeviceId, Progress, Registration, UpdateAttempt, UpdateOutcome, UpdateResult, tally};
use crate::Error;
use crate::firmware::{Answer, Decision, Directive, FirmwareIndex, FirmwareVersion, Hold, Target, decide, runs_since};
use crate::fleet::Gateway;
use crate::product::{Product, ProductId};
#[cfg(doc)]
use crate::store::Store;
use crate::store::{Key, Record, Transaction};
use crate::text;
use crate::time::Timestamp;
pub(crate) use fast::Arrivals;
use fast::Way;
use serde::{Deserialize, Serialize};
pub(crate) use slow::Place;
use std::sync::Arc;
use std::time::Duration;
pub(crate) use together::Joiners;

/// What a connect came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Connected {
    /// The product that the answer is of; none: a personal device.
    pub product: Option<ProductId>,
    /// What the device is to do, and why.
    pub answer: Answer,
    /// How the update that it was sent before ended, if it ended by this connect.
    pub outcome: Option<UpdateOutcome>,
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
    /// When it ended. Without it and without a session, it is the end of the connection that was told of last.
    pub at: Option<Timestamp>,
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
    /// A report that was told before gets the answer it got, and changes nothing; it is recognised by its session, or by
    /// its moment. A report without either is a new connection each time it is told (R-TGT-17). A device that is in no product it
    /// could be told apart by is a personal one; one that reports a product it is not in asks to join (R-IMP-9).
    ///
    /// Over a store that [merges](Store::merges) calls, devices that connect at the same time on many threads are taken
    /// together, each at its own gateway's moment.
    ///
    /// # Errors
    /// The store's.
    pub fn connect(&self, report: &Report) -> Result<Connected, Error> {
        self.fleet.check_process()?;
        match self.fleet.arrivals() {
            // One that names no product never goes the fast way, so it need not wait for those that do.
            Some(arrivals) if report.names().is_some() => self.go_on(report, self.take_with_others(arrivals, report)?),
            _ => self.connect_alone(report),
        }
    }

    /// The same for many at once: one read and one commit for all whose way is the fast one, and a commit for each 256 of
    /// those that ask to join or say something that their row alone can't hold. The answers are in the order of the reports. A device that is told of twice is answered twice, in order.
    ///
    /// # Errors
    /// The store's. Some of the reports may have been taken; telling all again changes nothing more.
    pub fn connect_many(&self, reports: &[Report]) -> Result<Vec<Connected>, Error> {
        self.fleet.check_process()?;
        let mut ways = self.take_all(reports.iter().map(|report| (report, self.now)))?;
        let mut answers = Vec::with_capacity(reports.len());
        // One that goes alone goes in its turn: it may be the first to prove a version, or to ask.
        let (mut reports, mut ways) = (reports, ways.as_mut_slice());
        while !reports.is_empty() {
            let turn =
                ways.iter().position(|way| matches!(way, Way::Alone)).map_or(reports.len(), |alone| alone.max(1));
            let Some((before, later)) = reports.split_at_checked(turn) else { break };
            let Some((ways_before, ways_later)) = ways.split_at_mut_checked(turn) else { break };
            self.take_rest(before, ways_before)?;
            for (report, way) in before.iter().zip(ways_before) {
                answers.push(self.go_on(report, std::mem::replace(way, Way::Alone))?);
            }
            (reports, ways) = (later, ways_later);
        }
        Ok(answers)
    }

    /// A device's connection ended. One that ended before the present one began changes nothing; one whose connect has
    /// yet to be told is kept, and the connect does not bring the device online (R-TGT-17).
    ///
    /// # Errors
    /// The store's.
    pub fn disconnect(&self, disconnect: &Disconnect) -> Result<(), Error> {
        let Disconnect { device: id, product: reported, session, at } = *disconnect;
        self.fleet.transact(|tx| {
            let known: Option<Registration> = tx.get(id)?;
            let home = known.as_ref().and_then(|entry| entry.product);
            let reported = reported.and_then(|number| ProductId::new(number).ok());
            let reported = match reported.filter(|product| home != Some(*product)) {
                Some(product) => tx.get::<Device>((product, id))?.map(|row| (product, row)),
                None => None,
            };
            let home = match home {
                Some(home) => tx.get::<Device>((home, id))?.map(|row| (home, row)),
                None => None,
            };
            let is_homeless = home.is_none();
            let mut ended = None;
            for (product, before) in reported.into_iter().chain(home) {
                let mut row = before.clone();
                row.end_connection(&self.told(tx, product, session, at)?);
                ended = Some(row.whole_trail());
                put_device(tx, product, id, Some(&before), row);
            }
            if let (true, Some(entry)) = (is_homeless, &known) {
                let mut kept = entry.clone();
                kept.keep(ended.unwrap_or_else(|| Trail {
                    newest: Mark::NONE,
                    ended: Told::new(session, at, self.now, Duration::ZERO).mark(),
                }));
                if kept != *entry {
                    tx.put(id, kept);
                }
            }
            Ok(())
        })
    }

    /// When a report was, held against this door's clock as its product wants it.
    fn told(
        &self,
        tx: &mut Transaction<'_>,
        product: ProductId,
        session: u64,
        at: Option<Timestamp>,
    ) -> Result<Told, Error> {
        let product: Option<Arc<Product>> = tx.get(product)?;
        let tolerance = product.map_or(Duration::ZERO, |product| product.policy.clock_tolerance());
        Ok(Told::new(session, at, self.now, tolerance))
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
            Observed::Taken { outcome, again } => {
                let answer = match decide(product, index, locked, device) {
                    Decision::Send { firmware, rule, kept_back } if !may_start(device, firmware.version, again) => {
                        if device.is_online() {
                            let directive = Directive::new(product.id, report.device, firmware, device.sequence);
                            Answer::Update { directive, rule, kept_back }
                        } else {
                            let target = Some(Target { version: firmware.version, rule });
                            Answer::Held { hold: Hold::StaleReport, target }
                        }
                    }
                    _ => answer(product, index, locked, report.device, device, self.now),
                };
                let answer = answer.with_hardware(report.platform.as_ref());
                Some(Connected { product: Some(product.id), answer, outcome })
            }
        }
    }
}

/// Whether an update that a report is answered with may be a new attempt. It may not where the connection has ended, nor
/// where the same report was told before and the update that it was answered with is over.
fn may_start(device: &Device, version: FirmwareVersion, again: bool) -> bool {
    if device.attempt.is_some_and(|attempt| attempt.target == version) {
        return true;
    }
    let is_over = again && device.attempt.is_none() && device.outcome.is_some_and(|outcome| outcome.target == version);
    device.is_online() && !is_over
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
    match decide(product, index, locked, device) {
        Decision::UpToDate { rule, kept_back, image_differs } => Answer::UpToDate { rule, kept_back, image_differs },
        Decision::Held { hold, target } => Answer::Held { hold, target },
        Decision::Send { firmware, rule, kept_back } => {
            let version = firmware.version;
            if device.attempt.is_none_or(|attempt| attempt.target != version) {
                end_attempt(device, UpdateResult::Withdrawn, now);
                if device.outcome.is_some_and(|outcome| outcome.target != version) {
                    (device.failures, device.relapses) = (0, 0);
                }
                device.sequence = device.sequence.wrapping_add(1);
                let from = device.version();
                device.attempt = Some(UpdateAttempt { at: now, target: version, from, progress: Progress::Offered });
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
    tally::changes(before, Some(&after), |tally, delta| tx.add(tally::key(product, id, tally, slot), delta));
    move_name(tx, product, id, before.map_or("", Device::name), after.name());
    tx.put((product, id), after);
}

/// Keeps the index of names, by which a list finds devices (R-SEE-2).
pub(crate) fn move_name(tx: &mut Transaction<'_>, product: ProductId, device: DeviceId, from: &str, to: &str) {
    if from == to {
        return;
    }
    let [from, to] = [from, to].map(text::compared);
    if from == to {
        return;
    }
    if !from.is_empty() {
        tx.delete(Key::device_name(product, &from, device));
    }
    if !to.is_empty() {
        tx.put_record(Key::device_name(product, &to, device), Record::Present);
    }
}

/// The version that a row now proves, if its product has yet no proof of it (R-TGT-2).
fn proves(index: &FirmwareIndex, device: &Device, now: Timestamp) -> Option<FirmwareVersion> {
    let firmware = index.reported(device.version()).filter(|firmware| firmware.proven.is_none())?;
    runs_since(firmware, device, now).map(|_| firmware.version)
}

/// What a report is answered that is older than what is known (R-TGT-17).
fn stale(product: ProductId) -> Connected {
    Connected { product: Some(product), answer: Answer::Held { hold: Hold::StaleReport, target: None }, outcome: None }
}
