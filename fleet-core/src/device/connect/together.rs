//! Devices that ask to join, or say something that their row alone can't hold, at the same time: one transaction for all.
//!
//! They would meet in the product's count of devices, and each would make the commits of all others fail.

use super::fast::Way;
use super::{Connected, slow};
use crate::device::report::Report;
use crate::fleet::Gateway;
use crate::store::{Call, Merger, StoreError, StoreErrorKind};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};

/// At most this many are taken by one commit: each writes its row and its registry entry.
const TOGETHER: usize = 256;

/// Such devices on many threads, each at its gateway's moment, and their answers; none: to be taken by itself.
pub(crate) type Joiners = Merger<(Report, Timestamp), Option<Connected>>;

impl Gateway<'_> {
    /// Takes a report by a transaction, together with those of other threads that come while one is under way. One that
    /// names no product meets nobody, and waits for nobody.
    pub(super) fn take_slowly(&self, report: &Report) -> Result<Connected, Error> {
        if report.names().is_none() {
            return self.connect_slowly(report);
        }
        self.fleet.check_process()?;
        let run = |joining: &[(Report, Timestamp)]| {
            let reports: Vec<(&Report, Timestamp)> = joining.iter().map(|(report, now)| (report, *now)).collect();
            self.connect_together(&reports)
        };
        let call = Call { run: &run, at_most: TOGETHER, failure: StoreErrorKind::Unknown };
        match self.fleet.joiners().ask(&[(report.clone(), self.now)], &call)?.pop().flatten() {
            Some(connected) => Ok(connected),
            None => self.connect_slowly(report),
        }
    }

    /// Takes those of many reports whose way is the slow one.
    pub(super) fn take_rest(&self, reports: &[Report], ways: &mut [Way]) -> Result<(), Error> {
        let mut rest: Vec<(&Report, &mut Way)> =
            reports.iter().zip(ways).filter(|(_, way)| matches!(way, Way::Slow)).collect();
        for chunk in rest.chunks_mut(TOGETHER) {
            let reports: Vec<(&Report, Timestamp)> = chunk.iter().map(|(report, _)| (*report, self.now)).collect();
            for ((_, way), connected) in chunk.iter_mut().zip(self.connect_together(&reports)?) {
                // What could not be taken with the others tells its own error.
                **way = connected.map_or(Way::Alone, Way::Done);
            }
        }
        Ok(())
    }

    /// Takes reports in their order by one transaction; none for each where one of them fails for a reason of its own.
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
