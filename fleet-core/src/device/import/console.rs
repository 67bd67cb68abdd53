//! Imports a list of devices: every line gets a verdict, and either all valid devices are added or, if they exceed the
//! tier's limit, none.
//!
//! Ids are sorted before they are looked up and added, so that a store's tree is read in order. A small list is one
//! commit. A large list first reserves capacity in the guard record and is then added in commits of a few thousand
//! devices, so that no store must hold a million rows in one transaction and a person can stop it. If the process dies
//! in between, importing the same file again uses the same reservation and completes it (R-IMP-13).

use super::verdict::{ImportReport, LineVerdict, Verdict, judge};
use super::{DeviceList, UnreadableFile};
use crate::CancelToken;
use crate::billing::LimitExceeded;
use crate::device::{Device, DeviceCount, DeviceId, Registration, Reservation, Standing, tally};
use crate::fleet::{Console, ProductConsole};
use crate::product::{Product, ProductId};
use crate::store::{self, Check, Commit, Key, Record, Row, Stamp, Stored, Write};
use crate::team::{Access, Command, Team};
use crate::{Error, ErrorKind};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// Maximum number of lines without a device id in a list. Each line gets a verdict, so a list of only such lines would
/// cost many times its size.
pub const MAX_LINES_WITHOUT_ID: usize = 1_000_000;

/// An import that fails because of reservations of other imports retries after this delay. It gives up after this
/// number of retries without a change in the reservations.
const RETRY_AFTER: Duration = Duration::from_millis(25);
const MAX_RETRIES: u32 = 20;

/// The progress of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportProgress {
    /// Devices added.
    pub added: u64,
    /// Devices to add in total.
    pub to_add: u64,
}

/// A distinct id of the file.
struct Candidate {
    id: DeviceId,
    /// The index of its first line among the verdicts.
    index: u32,
    verdict: Verdict,
    /// Its registry entry when the verdict was decided. Boxed, because most ids of a list are new.
    entry: Option<Box<Entry>>,
}

/// A registry entry and its stamp.
struct Entry {
    stamp: Stamp,
    registration: Registration,
}

/// The records, other than those of the devices, on which an import is decided.
struct Context {
    product: Arc<Product>,
    team: Arc<Team>,
    count: DeviceCount,
    checks: Vec<Check>,
}

impl ProductConsole<'_> {
    /// Returns what an import of this list would report, without changing anything (R-IMP-7).
    ///
    /// # Errors
    /// If the file is not a list, or the product is not the actor's.
    pub fn plan_import(&self, list: &[u8]) -> Result<ImportReport, Error> {
        self.plan_import_until(list, &CancelToken::new())
    }

    /// Returns what [`plan_import`](Self::plan_import) returns, and checks after every few thousand devices whether it
    /// was cancelled.
    ///
    /// # Errors
    /// As [`plan_import`](Self::plan_import); `cancelled` if `cancel` was cancelled.
    pub fn plan_import_until(&self, list: &[u8], cancel: &CancelToken) -> Result<ImportReport, Error> {
        let Self { console, product } = *self;
        let import = import_of(list);
        let list = DeviceList::read(list)?;
        let context = console.context(product)?;
        Ok(console.plan(&context, &list, import, cancel)?.0)
    }

    /// Imports a list of devices: a .txt with one id per line, or a .csv with ids in its first or its `id` column
    /// (R-IMP).
    ///
    /// Invalid lines do not stop valid ones. If the valid devices do not all fit the tier, none is added and
    /// [`ImportReport::refused`] states why (R-IMP-6). Importing the same list again changes nothing.
    ///
    /// # Errors
    /// If the file is not a list, or the product is not the actor's.
    pub fn import(&self, list: &[u8]) -> Result<ImportReport, Error> {
        self.import_watched(list, |_| ControlFlow::Continue(()))
    }

    /// Imports a list, and reports the progress to `watch` after every few thousand devices. If `watch` returns
    /// [`ControlFlow::Break`], the import stops there; the devices that were added remain.
    ///
    /// # Errors
    /// As [`import`](Self::import); `cancelled` if `watch` stopped it; `limit_exceeded` if a large import lost its
    /// reservation midway, because it took over an hour or the tier was lowered.
    pub fn import_watched(
        &self,
        list: &[u8],
        mut watch: impl FnMut(ImportProgress) -> ControlFlow<()>,
    ) -> Result<ImportReport, Error> {
        let Self { console, product } = *self;
        let import = import_of(list);
        let list = DeviceList::read(list)?;
        let (mut report, mut new) = console.prepare(product, &list, import)?;
        if new.is_empty() {
            return Ok(report);
        }
        let to_add = new.len() as u64;
        let mut added = 0;
        let chunks = new.len().div_ceil(console.fleet.import_chunk());
        for (chunk, done) in new.chunks_mut(console.fleet.import_chunk()).zip(1..) {
            let step = Step { import, first: done == 1, last: done == chunks, to_add };
            match console.add(product, chunk, step) {
                Ok(count) => added += count,
                Err(error) => match error.kind() {
                    ErrorKind::LimitExceeded(limit) if chunks == 1 => {
                        refuse(&mut report, limit.clone());
                        return Ok(report);
                    }
                    _ => return Err(error),
                },
            }
            for one in chunk {
                if one.verdict != Verdict::Imported
                    && let Some(line) = report.lines.get_mut(one.index as usize)
                {
                    line.verdict = one.verdict.clone();
                }
            }
            if watch(ImportProgress { added, to_add }).is_break() && done < chunks {
                console.cancel_reservation(product, import)?;
                return Err(ErrorKind::Cancelled { added }.into());
            }
        }
        Ok(report)
    }

    /// Cancels the reservations of imports for devices that they have yet to add; the reservation of an import whose
    /// process died otherwise lasts an hour. An import that is still under way continues as long as the tier has
    /// capacity. Returns the capacity that was freed.
    ///
    /// # Errors
    /// `not_found`.
    pub fn free_places(&self) -> Result<u64, Error> {
        let Self { console, product } = *self;
        console.fleet.transact(|tx| {
            Access::check(tx, console.actor, Command::ImportDevices, product)?;
            let mut count: Box<DeviceCount> = tx.get(product)?.unwrap_or_default();
            let Some((capacity, _)) = count.reserved(console.now, None) else { return Ok(0) };
            count.reserved.clear();
            tx.put(product, count);
            console.note(tx, product, Command::ImportDevices, format!("capacity for {capacity} devices freed"));
            Ok(capacity)
        })
    }
}

impl Console<'_> {
    /// The plan of an import and the devices to add, with capacity reserved if they need more than one commit. It is
    /// planned again if others used the capacity in between, because they may have imported this very list.
    fn prepare(
        &self,
        product: ProductId,
        list: &DeviceList<'_>,
        import: u64,
    ) -> Result<(ImportReport, Vec<Candidate>), Error> {
        let (mut tries, mut retries, mut seen) = (0, 0, None);
        while tries < store::TRIES {
            let (report, mut new) = self.plan(&self.context(product)?, list, import, &CancelToken::new())?;
            let held = report.refused.as_ref().and_then(|limit| limit.held.map(|held| (held, limit.used)));
            // Another import's reservation may be for devices of this very list.
            if held.is_some() && retries < MAX_RETRIES {
                retries = if seen == held { retries + 1 } else { 0 };
                seen = held;
                store::rest(RETRY_AFTER);
                continue;
            }
            tries += 1;
            new.retain(|one| one.verdict == Verdict::Imported && report.refused.is_none());
            if new.len() <= self.fleet.import_chunk() || self.reserve(product, import, new.len() as u64)? {
                return Ok((report, new));
            }
        }
        Err(store::contention().into())
    }

    /// Reads the records on which an import is decided.
    fn context(&self, id: ProductId) -> Result<Context, Error> {
        self.fleet.transact(|tx| {
            tx.load([Key::Product(id), Key::Team(id), Key::DeviceCount(id)])?;
            let Access { product, team } = Access::check(tx, self.actor, Command::ImportDevices, id)?;
            let count: Box<DeviceCount> = tx.get(id)?.unwrap_or_default();
            Ok(Context { product, team, count: *count, checks: tx.checks() })
        })
    }

    /// Returns every line's verdict, and the distinct ids in order.
    fn plan(
        &self,
        context: &Context,
        list: &DeviceList<'_>,
        import: u64,
        cancel: &CancelToken,
    ) -> Result<(ImportReport, Vec<Candidate>), Error> {
        let (mut lines, mut candidates) = verdicts(list, context.product.id)?;
        let mut new: u64 = 0;
        for chunk in candidates.chunks_mut(self.fleet.import_chunk()) {
            if cancel.is_cancelled() {
                return Err(ErrorKind::Cancelled { added: 0 }.into());
            }
            self.judge(context, chunk)?;
            for one in chunk {
                if one.verdict == Verdict::Imported {
                    new += 1;
                } else if let Some(line) = lines.get_mut(one.index as usize) {
                    line.verdict = one.verdict.clone();
                }
            }
        }
        let mut report = ImportReport { lines, header_line: list.header_line(), refused: None };
        if let Err(limit) = self.check_capacity(context, new, import) {
            refuse(&mut report, limit);
        }
        Ok((report, candidates))
    }

    /// Decides the verdicts of a few thousand devices by their registry entries.
    fn judge(&self, context: &Context, chunk: &mut [Candidate]) -> Result<(), Error> {
        let keys: Vec<Key> = chunk.iter().map(|one| Key::Registration(one.id)).collect();
        for (one, row) in chunk.iter_mut().zip(self.fleet.store().get(&keys)?) {
            one.entry = row.and_then(|Row { record, stamp, .. }| {
                Some(Box::new(Entry { stamp, registration: Registration::from_record(record)? }))
            });
            one.verdict = judge(&context.product, &context.team, one.entry.as_ref().map(|entry| &entry.registration));
        }
        Ok(())
    }

    /// Whether this number of further devices fits the tier beside the reservations of other imports.
    fn check_capacity(&self, context: &Context, new: u64, import: u64) -> Result<(), LimitExceeded> {
        context.count.check_capacity(self.fleet.catalogue(), &context.product, new, self.now, Some(import))
    }

    /// Reserves capacity for all devices of a large list. Returns whether there was enough.
    fn reserve(&self, id: ProductId, import: u64, new: u64) -> Result<bool, Error> {
        self.fleet.transact(|tx| {
            let Access { product, .. } = Access::check(tx, self.actor, Command::ImportDevices, id)?;
            let mut count: Box<DeviceCount> = tx.get(id)?.unwrap_or_default();
            if count.check_capacity(self.fleet.catalogue(), &product, new, self.now, Some(import)).is_err() {
                return Ok(false);
            }
            count.reserved.retain(|held| held.import != import && held.is_in_force(self.now));
            count.reserved.push(Reservation::new(import, new, self.now));
            tx.put(id, count);
            Ok(true)
        })
    }

    /// Cancels the reservation of a cancelled import.
    fn cancel_reservation(&self, id: ProductId, import: u64) -> Result<(), Error> {
        self.fleet.transact(|tx| {
            if let Some(mut count) = tx.get::<Box<DeviceCount>>(id)? {
                count.reserved.retain(|held| held.import != import);
                tx.put(id, count);
            }
            Ok(())
        })
    }

    /// Adds a few thousand devices in one commit. After a conflict, their verdicts are decided again on the present
    /// records.
    fn add(&self, id: ProductId, chunk: &mut [Candidate], step: Step) -> Result<u64, Error> {
        self.fleet.check_process()?;
        let (mut tries, mut is_first) = (self.fleet.tries(), true);
        loop {
            tries.line_up([Key::DeviceCount(id)].iter());
            let context = self.context(id)?;
            if !is_first {
                self.judge(&context, chunk)?;
            }
            let new = chunk.iter().filter(|one| one.verdict == Verdict::Imported).count() as u64;
            // With a reservation this always holds, unless it expired or the tier was lowered.
            if let Err(limit) = self.check_capacity(&context, new, step.import) {
                if std::mem::take(&mut is_first) {
                    // The verdicts are older than the count: these very devices may have used the capacity.
                    continue;
                }
                return Err(limit.into());
            }
            is_first = false;
            let commit = self.commit_of(id, context, chunk, new, step)?;
            if store::apply(self.fleet.store(), &commit)? == store::CommitOutcome::Applied {
                return Ok(new);
            }
            // A commit of another import, or of a device that joins, has the same count.
            tries.lost_at(Some(Key::DeviceCount(id)))?;
        }
    }

    /// Stages the rows of a device that joins: its registry entry, and its row, new or with what the row holds.
    fn stage(&self, staged: &mut Staged, product: &Product, one: &Candidate, row: Option<Row>) {
        let (id, stamps) = (product.id, self.fleet.stamps());
        let mut entry = one.entry.as_ref().map(|entry| entry.registration.clone()).unwrap_or_default();
        entry.product = Some(id);
        let (before, stamp) = match row {
            Some(Row { record: Record::Device(before), stamp, .. }) => (Some(before), Some(stamp)),
            _ => (None, None),
        };
        let mut device = match &before {
            Some(before) => Device { standing: Standing::Member, added_at: self.now, ..before.clone() },
            None => Device::new(Standing::Member, self.now),
        };
        entry.copy_platform(&mut device, &product.platform);
        entry.hand_over(&mut device);
        if let Some(before) = before {
            let waited = before.standing == Standing::Quarantined;
            staged.count.quarantined = staged.count.quarantined.saturating_sub(waited.into());
            tally::changes(Some(&before), Some(&device), |tally, delta| {
                staged.writes.push(Write::Add { key: tally::key(id, one.id, tally, staged.slot), delta });
            });
        }
        let key = Key::Device(id, one.id);
        staged.checks.push(Check { key: key.clone(), stamp });
        let record = entry.into_record();
        staged.writes.push(Write::Put { key: Key::Registration(one.id), record, stamp: stamps.stamp() });
        staged.writes.push(Write::Put { key, record: Record::Device(device), stamp: stamps.stamp() });
    }

    fn commit_of(
        &self,
        id: ProductId,
        context: Context,
        chunk: &[Candidate],
        new: u64,
        step: Step,
    ) -> Result<Commit, Error> {
        let stamps = self.fleet.stamps();
        let Context { product, count, mut checks, .. } = context;
        checks.reserve(2 * chunk.len());
        let writes = Vec::with_capacity(2 * chunk.len() + 8);
        let mut staged = Staged { checks, writes, count, slot: stamps.next() };
        let mut joined = 0;
        // A device with a row here that is not in the product is quarantined or denied; then it is in the registry.
        let known: Vec<Key> =
            chunk.iter().filter(|one| one.entry.is_some()).map(|one| Key::Device(id, one.id)).collect();
        let mut rows = self.fleet.store().get(&known)?.into_iter();
        for one in chunk {
            let row = one.entry.as_ref().and_then(|_| rows.next().flatten());
            let stamp = one.entry.as_ref().map(|entry| entry.stamp);
            staged.checks.push(Check { key: Key::Registration(one.id), stamp });
            if one.verdict == Verdict::Imported {
                joined += i64::from(!matches!(row, Some(Row { record: Record::Device(_), .. })));
                self.stage(&mut staged, &product, one, row);
            }
        }
        let Staged { checks, mut writes, mut count, slot } = staged;
        // A new row has no version, so any device's shard will do.
        let any = chunk.first().map_or(DeviceId::new([0; 12]), |one| one.id);
        tally::changes(None, Some(&Device::new(Standing::Member, self.now)), |tally, delta| {
            writes.push(Write::Add { key: tally::key(id, any, tally, slot), delta: delta * joined });
        });
        count.devices += new;
        count.settle(&product.policy);
        for held in &mut count.reserved {
            if held.import == step.import {
                held.left = held.left.saturating_sub(new);
            }
        }
        count.reserved.retain(|held| held.is_in_force(self.now) && !(held.import == step.import && step.last));
        writes.push(Write::Put {
            key: Key::DeviceCount(id),
            record: Box::new(count).into_record(),
            stamp: stamps.stamp(),
        });
        if step.first {
            writes.push(self.audit(id, Command::ImportDevices, format!("{} devices", step.to_add)));
        }
        Ok(Commit { checks, writes })
    }
}

/// Returns every line's verdict by the list alone, and the distinct ids in order.
fn verdicts(list: &DeviceList<'_>, here: ProductId) -> Result<(Vec<LineVerdict>, Vec<Candidate>), Error> {
    let (mut lines, mut ids, mut without_id) = (Vec::new(), Vec::new(), 0);
    for line in list.lines() {
        let index = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let (device, verdict) = match (line.content, line.product) {
            (Ok(id), Some(named)) if named != here.get() => (Some(id), Verdict::NamesAnotherProduct { named, here }),
            (Ok(id), _) => {
                ids.push((id, index));
                (Some(id), Verdict::Imported)
            }
            (Err(_), _) if without_id == MAX_LINES_WITHOUT_ID => {
                return Err(UnreadableFile::NoIds { most: MAX_LINES_WITHOUT_ID }.into());
            }
            (Err(malformed), _) => {
                without_id += 1;
                (None, Verdict::Malformed(malformed))
            }
        };
        lines.push(LineVerdict { line: line.number, device, verdict });
    }
    let candidates = distinct(ids, &mut lines);
    Ok((lines, candidates))
}

/// Returns the distinct ids in order. Every further line of an id gets its verdict.
fn distinct(mut ids: Vec<(DeviceId, u32)>, lines: &mut [LineVerdict]) -> Vec<Candidate> {
    ids.sort_unstable();
    let mut candidates: Vec<Candidate> = Vec::with_capacity(ids.len());
    for (id, index) in ids {
        match candidates.last() {
            Some(same) if same.id == id => {
                let first = lines.get(same.index as usize).map_or(0, |line| line.line);
                if let Some(line) = lines.get_mut(index as usize) {
                    line.verdict = Verdict::DuplicateOf { line: first };
                }
            }
            _ => candidates.push(Candidate { id, index, verdict: Verdict::Imported, entry: None }),
        }
    }
    candidates
}

/// The number of an import: the same file is the same import.
fn import_of(list: &[u8]) -> u64 {
    u64::from(crc32fast::hash(list)) | (list.len() as u64) << 32
}

/// What a commit of an import checks and writes, and the count of devices after it.
struct Staged {
    checks: Vec<Check>,
    writes: Vec<Write>,
    count: DeviceCount,
    slot: u64,
}

/// The position of one commit within an import.
#[derive(Clone, Copy)]
struct Step {
    import: u64,
    first: bool,
    last: bool,
    to_add: u64,
}

/// Refuses every line that would have been added.
fn refuse(report: &mut ImportReport, limit: LimitExceeded) {
    for line in &mut report.lines {
        if line.verdict == Verdict::Imported {
            line.verdict = Verdict::OverDeviceLimit;
        }
    }
    report.refused = Some(limit);
}
