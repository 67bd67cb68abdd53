//! Batches the devices that take the slow path at the same time: one transaction for all of them.
//!
//! Otherwise each would conflict with the others on the product's device count, and make their commits fail.

use super::fast::NextStep;
use super::{Connected, slow};
use crate::device::report::Report;
use crate::fleet::Gateway;
use crate::store::{Call, Merger, StoreError, StoreErrorKind};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};

/// Maximum number of devices in one commit: each writes its row and its registry entry.
const BATCH: usize = 256;

/// The queue of such devices on many threads, each at its gateway's moment, and their answers. `None` means that the
/// report must be processed alone.
pub(crate) type JoinQueue = Merger<(Report, Timestamp), Option<Connected>>;

impl Gateway<'_> {
    /// Processes a report in a transaction, together with those that arrive on other threads while one is under way. A
    /// report that names no product conflicts with none, so it does not wait.
    pub(super) fn connect_in_batch(&self, report: &Report) -> Result<Connected, Error> {
        if report.names().is_none() {
            return self.connect_in_transaction(report);
        }
        self.fleet.check_process()?;
        let run = |joining: &[(Report, Timestamp)]| {
            let reports: Vec<(&Report, Timestamp)> = joining.iter().map(|(report, now)| (report, *now)).collect();
            self.connect_together(&reports)
        };
        let call = Call { run: &run, at_most: BATCH, failure: StoreErrorKind::Unknown };
        match self.fleet.join_queue().ask(&[(report.clone(), self.now)], &call)?.pop().flatten() {
            Some(connected) => Ok(connected),
            None => self.connect_in_transaction(report),
        }
    }

    /// Processes those of many reports whose next step is the slow path.
    pub(super) fn connect_slow_batches(&self, reports: &[Report], steps: &mut [NextStep]) -> Result<(), Error> {
        let mut rest: Vec<(&Report, &mut NextStep)> =
            reports.iter().zip(steps).filter(|(_, step)| matches!(step, NextStep::Slow)).collect();
        for chunk in rest.chunks_mut(BATCH) {
            let reports: Vec<(&Report, Timestamp)> = chunk.iter().map(|(report, _)| (*report, self.now)).collect();
            for ((_, step), connected) in chunk.iter_mut().zip(self.connect_together(&reports)?) {
                // A report that failed in the batch is processed alone, so that it returns its own error.
                **step = connected.map_or(NextStep::Alone, NextStep::Done);
            }
        }
        Ok(())
    }

    /// Processes reports in their order in one transaction; returns `None` for each if one of them fails for a reason
    /// of its own.
    fn connect_together(&self, reports: &[(&Report, Timestamp)]) -> Result<Vec<Option<Connected>>, StoreError> {
        let connected = self.fleet.transact(|tx| {
            tx.load(reports.iter().flat_map(|(report, _)| slow::keys(report)))?;
            let one = |(report, now): &(&Report, Timestamp)| Gateway { now: *now, ..*self }.connect_in(tx, report);
            reports.iter().map(one).collect::<Result<Vec<_>, Error>>()
        });
        match connected {
            Ok(connected) => Ok(connected.into_iter().map(Some).collect()),
            Err(error) => match error.kind() {
                ErrorKind::Store(error) if error.is_transient() || error.is_unknown() => Err(error.clone()),
                _ => Ok(vec![None; reports.len()]),
            },
        }
    }
}
