//! The gateway's operations: devices connect, disconnect, and report the progress of their updates.
//!
//! A connect of a device that is in the product that it reports reads three rows (the device, the product, the
//! firmware) and writes one. Rarer cases need a transaction: a device that asks to join, reports no product, reports
//! its hardware for the first time, or proves a version.

mod fast;
mod slow;
mod together;

use super::report::{Observed, Report, end_attempt, observe};
use super::trail::{Mark, ReportOrder, Trail};
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
pub(crate) use fast::ConnectQueue;
use fast::NextStep;
use serde::{Deserialize, Serialize};
pub(crate) use slow::Place;
use std::sync::Arc;
use std::time::Duration;
pub(crate) use together::JoinQueue;

/// The result of a connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Connected {
    /// The product that decided the answer. `None` for a personal device.
    pub product: Option<ProductId>,
    /// What the device must do, and why.
    pub answer: Answer,
    /// How the previous update ended, if this connect ended it.
    pub outcome: Option<UpdateOutcome>,
}

/// The end of a device's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disconnect {
    /// The device.
    pub device: DeviceId,
    /// The product id that the device reported when it connected.
    pub product: Option<u32>,
    /// The number of the session that ended. 0 means that the gateway does not number sessions.
    pub session: u64,
    /// When it ended. Without a moment and a session, the latest reported connection ends.
    pub at: Option<Timestamp>,
}

impl Disconnect {
    /// The end of the latest reported connection of a device, unless it gets a session or a moment.
    ///
    /// ```
    /// use fleet_core::device::Disconnect;
    ///
    /// let end = Disconnect::new("55ff6d04498b49a1b2c3d4e5".parse()?).product(94).session(7);
    /// assert_eq!((end.product, end.session, end.at), (Some(94), 7, None));
    /// # Ok::<(), fleet_core::MalformedDeviceId>(())
    /// ```
    pub fn new(device: DeviceId) -> Self {
        Self { device, product: None, session: 0, at: None }
    }

    /// Sets the product id that the device reported when it connected.
    #[must_use]
    pub fn product(self, product: u32) -> Self {
        Self { product: Some(product), ..self }
    }

    /// Sets the number of the session that ended.
    #[must_use]
    pub fn session(self, session: u64) -> Self {
        Self { session, ..self }
    }

    /// Sets when it ended.
    #[must_use]
    pub fn at(self, at: impl Into<Option<Timestamp>>) -> Self {
        Self { at: at.into(), ..self }
    }
}

/// The progress of an update, as reported by whatever carries it out. There is no value for success: only the device's
/// own report after its restart decides that (R-TGT-7).
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
    /// Processes a device's connect: records its report, and returns what it should run and why (R-TGT-4).
    ///
    /// A repeated report gets the same answer and changes nothing; it is recognised by its session or its moment. A
    /// report with neither is a new connection each time (R-TGT-17). A device that cannot be matched to a product is a
    /// personal device; a device that reports a product it is not in asks to join that product (R-IMP-9).
    ///
    /// Over a store that [merges](Store::merges) calls, devices that connect on many threads at the same time are
    /// processed in one batch, each at its own gateway's moment.
    ///
    /// # Errors
    /// Errors of the store.
    pub fn connect(&self, report: &Report) -> Result<Connected, Error> {
        self.fleet.check_process()?;
        match self.fleet.connect_queue() {
            // A report that names no product never takes the fast path, so it need not wait for those that do.
            Some(queue) if report.names().is_some() => self.finish_connect(report, self.connect_merged(queue, report)?),
            _ => self.connect_alone(report),
        }
    }

    /// Processes many connects: one read and one commit for all that take the fast path, and one commit for each 256 of
    /// those that ask to join or must write more than their own row. The answers are in the order of the reports. Two
    /// reports of one device get two answers, in order.
    ///
    /// # Errors
    /// Errors of the store. Some of the reports may have been processed; repeating all of them changes nothing more.
    pub fn connect_many(&self, reports: &[Report]) -> Result<Vec<Connected>, Error> {
        self.fleet.check_process()?;
        let mut steps = self.connect_fast_batch(reports.iter().map(|report| (report, self.now)))?;
        let mut answers = Vec::with_capacity(reports.len());
        // A report that is processed alone keeps its turn: it may be the first to prove a version, or to ask to join.
        let (mut reports, mut steps) = (reports, steps.as_mut_slice());
        while !reports.is_empty() {
            let turn = steps
                .iter()
                .position(|step| matches!(step, NextStep::Alone))
                .map_or(reports.len(), |alone| alone.max(1));
            let Some((before, later)) = reports.split_at_checked(turn) else { break };
            let Some((steps_before, steps_later)) = steps.split_at_mut_checked(turn) else { break };
            self.connect_slow_batches(before, steps_before)?;
            for (report, step) in before.iter().zip(steps_before) {
                answers.push(self.finish_connect(report, std::mem::replace(step, NextStep::Alone))?);
            }
            (reports, steps) = (later, steps_later);
        }
        Ok(answers)
    }

    /// Processes the end of a device's connection. A connection that ended before the present one began changes
    /// nothing. If the connect has not been reported yet, the end is stored, and that connect does not set the device
    /// online (R-TGT-17).
    ///
    /// # Errors
    /// Errors of the store.
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
            let is_in_no_product = home.is_none();
            let mut ended = None;
            for (product, before) in reported.into_iter().chain(home) {
                let mut row = before.clone();
                row.end_connection(&self.report_order(tx, product, session, at)?);
                ended = Some(row.whole_trail());
                put_device(tx, product, id, Some(&before), row);
            }
            if let (true, Some(entry)) = (is_in_no_product, &known) {
                let mut kept = entry.clone();
                kept.keep(ended.unwrap_or_else(|| Trail {
                    newest: Mark::NONE,
                    ended: ReportOrder::new(session, at, self.now, Duration::ZERO).mark(),
                }));
                if kept != *entry {
                    tx.put(id, kept);
                }
            }
            Ok(())
        })
    }

    /// The position of a report against this door's clock, with the tolerance of its product.
    fn report_order(
        &self,
        tx: &mut Transaction<'_>,
        product: ProductId,
        session: u64,
        at: Option<Timestamp>,
    ) -> Result<ReportOrder, Error> {
        let product: Option<Arc<Product>> = tx.get(product)?;
        let tolerance = product.map_or(Duration::ZERO, |product| product.policy.clock_tolerance);
        Ok(ReportOrder::new(session, at, self.now, tolerance))
    }

    /// Records the progress of the update with this directive's number. The progress of any other directive than the
    /// device's latest changes nothing. Returns whether it was the latest.
    ///
    /// # Errors
    /// Errors of the store.
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

    /// Applies a report to a row and decides; `None` if the report is stale.
    fn apply_report(
        &self,
        product: &Product,
        index: &FirmwareIndex,
        locked: Option<Timestamp>,
        device: &mut Device,
        report: &Report,
    ) -> Option<Connected> {
        match observe(device, report, product, index, self.now) {
            Observed::Stale => None,
            Observed::Recorded { outcome, repeated } => {
                let answer = match decide(product, index, locked, device) {
                    Decision::Send { firmware, rule, kept_back } if !may_start(device, firmware.version, repeated) => {
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

/// Whether an update in the answer may start a new attempt. It may not if the connection has ended, or if the report is
/// repeated and the update of the first answer is over.
fn may_start(device: &Device, version: FirmwareVersion, repeated: bool) -> bool {
    if device.attempt.is_some_and(|attempt| attempt.target == version) {
        return true;
    }
    let is_over =
        repeated && device.attempt.is_none() && device.outcome.is_some_and(|outcome| outcome.target == version);
    device.is_online() && !is_over
}

/// The answer for a device. Records the directive in its row (R-IMG-9, R-TGT-7).
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

/// Writes a device's row and its counter changes.
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

/// Updates the index of names that lists by prefix use (R-SEE-2).
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
        tx.put_record(Key::device_name(product, &to, device), Record::PRESENT);
    }
}

/// The version that a row now proves, if the product has no proof of it yet (R-TGT-2).
fn proves(index: &FirmwareIndex, device: &Device, now: Timestamp) -> Option<FirmwareVersion> {
    let firmware = index.reported(device.version()).filter(|firmware| firmware.proven.is_none())?;
    runs_since(firmware, device, now).map(|_| firmware.version)
}

/// The answer to a report that is older than the row's data (R-TGT-17).
fn stale(product: ProductId) -> Connected {
    Connected { product: Some(product), answer: Answer::Held { hold: Hold::StaleReport, target: None }, outcome: None }
}
