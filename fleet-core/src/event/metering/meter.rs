//! Meter of a product in this process: admits messages with one atomic operation while its lease lasts, and asks the
//! store otherwise.

use super::allowance::{Allowance, Taken};
use super::month::{Grant, Report, Request, UsageMonth};
use super::{MAX_LEASE, REPORT_EVERY};
use crate::billing::{Anchor, Interval, Period, Resource};
use crate::fleet::Fleet;
use crate::notice::{NoticeSubject, notify};
use crate::product::{Product, ProductId};
use crate::store::{Key, Transaction};
use crate::time::Timestamp;
use crate::{Error, ErrorKind};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Maximum number of reports that wait for the store. Beyond it the oldest is dropped: its lease stays open until it
/// expires.
const MAX_PENDING: usize = 16;

/// Number of admitted messages, and the lease that they are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Admitted {
    /// Number of messages admitted.
    pub(crate) count: u64,
    pub(super) product: ProductId,
    lease: u64,
}

/// What was taken from a lease that did not suffice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    admitted: Admitted,
    taken: Taken,
}

/// The meters of a process, one for each product that sends.
#[derive(Debug, Default)]
pub(crate) struct Meters(RwLock<HashMap<ProductId, Arc<ProductMeter>, foldhash::fast::RandomState>>);

impl Meters {
    /// Calls `act` with a product's meter, which is created if needed.
    pub(super) fn with<T>(&self, product: &Product, act: impl FnOnce(&Arc<ProductMeter>) -> T) -> T {
        if let Some(meter) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&product.id) {
            return act(meter);
        }
        let mut meters = self.0.write().unwrap_or_else(PoisonError::into_inner);
        act(meters.entry(product.id).or_insert_with(|| Arc::new(ProductMeter::new(product))))
    }

    pub(super) fn get(&self, product: ProductId) -> Option<Arc<ProductMeter>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&product).map(Arc::clone)
    }

    pub(super) fn all(&self) -> Vec<Arc<ProductMeter>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().map(Arc::clone).collect()
    }

    /// Drops meters that are idle and not referenced elsewhere.
    pub(super) fn forget_idle(&self) {
        let mut meters = self.0.write().unwrap_or_else(PoisonError::into_inner);
        meters.retain(|_, meter| Arc::strong_count(meter) > 1 || !meter.is_idle());
    }
}

/// Puts values on separate cache lines: those that threads change often, and those that they only read.
#[derive(Debug)]
#[repr(align(128))]
struct CacheLine<T>(T);

/// Meter of a product in this process.
#[derive(Debug)]
pub(super) struct ProductMeter {
    product: ProductId,
    anchor: Anchor,
    left: CacheLine<Allowance>,
    terms: CacheLine<Terms>,
    state: CacheLine<Mutex<State>>,
}

/// The moments and limit for which the current lease is valid. Written under the lock of the state, read without it.
#[derive(Debug)]
struct Terms {
    start: AtomicI64,
    end: AtomicI64,
    limit: AtomicU64,
    reported_at: AtomicI64,
    /// Whether the end of the lease is a threshold that people are notified of.
    ends_at_threshold: AtomicBool,
    /// Whether the limit was exhausted when the store was last asked.
    is_exhausted: AtomicBool,
    /// The id of the lease.
    lease: AtomicU64,
}

#[derive(Debug)]
struct State {
    lease: Option<LocalLease>,
    /// Reports of closed leases that the store has not accepted yet, each with its month.
    pending: Vec<(u32, Report)>,
    /// Returned messages of a month that stay counted as sent, for use by the next lease.
    spare: (u32, u64),
    /// Rate of the last lease: when it began and how many messages were sent.
    pace: Option<(Timestamp, u64)>,
    /// The latest moment at which this meter was called.
    now: Timestamp,
}

/// The current lease.
#[derive(Clone, Copy, Debug)]
struct LocalLease {
    id: u64,
    month: u32,
    limit: u64,
    size: u64,
    taken_at: Timestamp,
    /// Number of its messages that the record certainly counts as sent.
    counted: u64,
    /// Number of messages sent at the last report, and its moment.
    reported: u64,
    reported_at: Timestamp,
    /// Whether it is open in the store's record. Otherwise all of it counts as sent.
    is_open: bool,
}

/// Result of a transaction.
struct Answer<T> {
    limit: u64,
    value: T,
}

impl ProductMeter {
    fn new(product: &Product) -> Self {
        let terms = Terms {
            start: AtomicI64::new(0),
            end: AtomicI64::new(0),
            limit: AtomicU64::new(0),
            reported_at: AtomicI64::new(0),
            ends_at_threshold: AtomicBool::new(false),
            is_exhausted: AtomicBool::new(false),
            lease: AtomicU64::new(0),
        };
        let state = State {
            lease: None,
            pending: Vec::new(),
            spare: (0, 0),
            pace: None,
            now: Timestamp::from_millis(i64::MIN),
        };
        Self {
            product: product.id,
            anchor: Anchor::at(product.created_at),
            left: CacheLine(Allowance::closed()),
            terms: CacheLine(terms),
            state: CacheLine(Mutex::new(state)),
        }
    }

    /// Returns the usage month of a moment (R-EVT-4).
    fn month(&self, now: Timestamp) -> Period {
        self.anchor.period_at(Interval::Monthly, now)
    }

    /// Admits messages without the store if possible. Otherwise returns what was taken so far.
    #[inline]
    pub(super) fn admit_at_once(&self, limit: Option<u64>, now: Timestamp, want: u64) -> Result<Admitted, Part> {
        let terms = &self.terms.0;
        let lease = terms.lease.load(Ordering::Acquire);
        let nothing = Taken::default();
        if want == 0 {
            return Ok(self.admitted(0, lease));
        }
        if !terms.cover(now, limit) {
            return Err(Part { admitted: self.admitted(0, lease), taken: nothing });
        }
        let taken = self.left.0.take(want);
        let admitted = self.admitted(taken.count, lease);
        let is_enough = taken.count == want && !(taken.emptied && terms.ends_at_threshold.load(Ordering::Relaxed));
        if terms.is_fresh(now) && (is_enough || terms.is_exhausted.load(Ordering::Relaxed)) {
            return Ok(admitted);
        }
        Err(Part { admitted, taken })
    }

    /// Takes one message from a lease that is valid at this moment and was reported recently: the same as
    /// [`admit_at_once`](Self::admit_at_once) for one message, in fewer steps.
    #[inline]
    pub(super) fn take_one(&self, now: Timestamp) -> Taken {
        let terms = &self.terms.0;
        if terms.cover(now, None) && terms.is_fresh(now) { self.left.0.take_one() } else { Taken::default() }
    }

    /// Reports that the lease is used up, if that is a threshold. Returns whether it is.
    pub(super) fn report_threshold(&self, fleet: &Fleet, now: Timestamp) -> bool {
        let ends_at_threshold = self.terms.0.ends_at_threshold.load(Ordering::Relaxed);
        if ends_at_threshold {
            // The messages stay admitted whatever the store answers; the next report contains them again.
            let _ = self.report(fleet, now);
        }
        ends_at_threshold
    }

    /// Admits the rest with the store: reports, or closes the lease and requests another.
    #[cold]
    pub(super) fn admit_with_store(
        &self,
        fleet: &Fleet,
        limit: Option<u64>,
        now: Timestamp,
        want: u64,
        part: Part,
    ) -> Result<Admitted, Error> {
        let Part { admitted, taken } = part;
        if taken.count < want {
            return self.refill(fleet, limit, now, want, admitted);
        }
        let reported = taken.emptied && self.report_threshold(fleet, now);
        if !reported && let Ok(mut state) = self.state.0.try_lock() {
            let _ = self.report_locked(fleet, &mut state, now);
        }
        Ok(admitted)
    }

    fn admitted(&self, count: u64, lease: u64) -> Admitted {
        Admitted { count, product: self.product, lease }
    }

    /// Returns messages that were admitted and not sent, if their lease is still the current one.
    pub(super) fn give_back(&self, admitted: Admitted, count: u64) {
        let _state = self.lock();
        if self.terms.0.lease.load(Ordering::Acquire) == admitted.lease {
            self.left.0.put_back(count.min(admitted.count));
        }
    }

    /// Closes the current lease, returns its rest, and requests another.
    fn refill(
        &self,
        fleet: &Fleet,
        limit: Option<u64>,
        now: Timestamp,
        want: u64,
        part: Admitted,
    ) -> Result<Admitted, Error> {
        let mut state = self.lock();
        state.now = now;
        let lease = self.terms.0.lease.load(Ordering::Acquire);
        if part.lease == lease && part.count > 0 {
            self.left.0.put_back(part.count);
        }
        // Another thread may have refilled while this one waited.
        match self.admit_at_once(limit, now, want) {
            Ok(admitted) => return Ok(admitted),
            Err(part) => self.left.0.put_back(part.taken.count),
        }
        self.close_lease(&mut state);
        let month = self.month(now);
        self.settle_months(fleet, &mut state, now, |pending| pending != month.index);
        let id = fleet.stamps().next();
        let used_spare = state.spare_of(month.index).min(want);
        let want = want - used_spare;
        let request = Request { id, want, size: want.saturating_add(state.next_size(now)) };
        let reports = state.reports(month.index);
        let asked = fleet.transact(|tx| {
            self.decide(fleet, tx, month, now, &reports, |usage, limit, percents| {
                usage.grant(limit, percents.iter().copied(), request, now)
            })
        });
        let Answer { limit, value: grant } = match asked {
            Ok(answer) => answer,
            Err(error) => {
                // The grant may have been committed all the same.
                if matches!(error.kind(), ErrorKind::Store(error) if error.is_unknown()) {
                    state.add_pending(month.index, Report { lease: id, spent: 0, size: 0 });
                }
                return Err(error);
            }
        };
        state.pending.retain(|(pending, _)| *pending != month.index);
        state.spare = (month.index, state.spare_of(month.index).saturating_sub(used_spare));
        if grant.now == 0 && grant.more == 0 && want > 0 {
            fleet.note_lease_refusal();
        }
        self.begin(&mut state, month, limit, now, id, grant);
        Ok(self.admitted(grant.now.saturating_add(used_spare), id))
    }

    /// Makes a grant the current lease.
    fn begin(&self, state: &mut State, month: Period, limit: u64, now: Timestamp, id: u64, grant: Grant) {
        state.lease = Some(LocalLease {
            id,
            month: month.index,
            limit,
            size: grant.now.saturating_add(grant.more),
            taken_at: now,
            counted: grant.now,
            reported: grant.now,
            reported_at: now,
            is_open: grant.more > 0,
        });
        let terms = &self.terms.0;
        terms.start.store(month.start.as_millis(), Ordering::Relaxed);
        terms.end.store(month.end.as_millis(), Ordering::Relaxed);
        terms.limit.store(limit, Ordering::Relaxed);
        terms.reported_at.store(now.as_millis(), Ordering::Relaxed);
        terms.ends_at_threshold.store(grant.ends_at_threshold, Ordering::Relaxed);
        terms.is_exhausted.store(grant.now == 0 && grant.more == 0, Ordering::Relaxed);
        terms.lease.store(id, Ordering::Release);
        let (_, spare) = std::mem::take(&mut state.spare);
        self.left.0.open(grant.more.saturating_add(spare));
    }

    /// Reads the product and its month, applies reports, calls a rule to decide, and stores notices in the outbox.
    fn decide<T>(
        &self,
        fleet: &Fleet,
        tx: &mut Transaction<'_>,
        month: Period,
        now: Timestamp,
        reports: &[Report],
        rule: impl FnOnce(&mut UsageMonth, u64, &[u8]) -> T,
    ) -> Result<Answer<T>, Error> {
        let id = (self.product, month.index);
        tx.load([Key::Product(self.product), Key::UsageMonth(self.product, month.index)])?;
        let product: Option<Arc<Product>> = tx.get(self.product)?;
        let product = product.ok_or_else(|| Error::not_found("product"))?;
        let limit = limit_of(fleet, &product);
        let percents: Vec<u8> = product.policy.usage_notices.iter().copied().collect();
        let before: Box<UsageMonth> = tx.get(id)?.unwrap_or_default();
        let mut usage = before.clone();
        for report in reports {
            usage.report(*report, now);
        }
        let value = rule(&mut usage, limit, &percents);
        if limit != NO_LIMIT
            && product.removed_at.is_none()
            && let Some(percent) = usage.notify_threshold(limit, percents.iter().copied())
        {
            let used = usage.used;
            notify(tx, now, self.product, NoticeSubject::usage(month.index, limit, percent, used))?;
        }
        if usage != before {
            tx.put(id, usage);
        }
        Ok(Answer { limit, value })
    }

    /// Closes the current lease: nothing more is admitted, and its report is pending.
    fn close_lease(&self, state: &mut State) {
        let rest = self.left.0.close();
        self.terms.0.is_exhausted.store(false, Ordering::Relaxed);
        let Some(lease) = state.lease.take() else { return };
        let spent = lease.size.saturating_sub(rest);
        state.pace = Some((lease.taken_at, spent));
        let spare = rest.saturating_sub(lease.size.saturating_sub(lease.counted));
        if spare > 0 {
            state.spare = (lease.month, spare);
        }
        if lease.is_open {
            state.add_pending(lease.month, Report { lease: lease.id, spent, size: spent });
        }
    }

    /// Sends the pending reports of some months. Those that fail stay pending.
    fn settle_months(
        &self,
        fleet: &Fleet,
        state: &mut State,
        now: Timestamp,
        which: impl Fn(u32) -> bool,
    ) -> Option<Error> {
        let mut months: Vec<u32> =
            state.pending.iter().map(|(month, _)| *month).filter(|month| which(*month)).collect();
        months.sort_unstable();
        months.dedup();
        let mut failed = None;
        for index in months {
            let month = self.anchor.period(Interval::Monthly, index);
            let reports = state.reports(index);
            match fleet.transact(|tx| self.decide(fleet, tx, month, now, &reports, |_, _, _| ())) {
                Ok(_) => state.pending.retain(|(pending, _)| *pending != index),
                Err(error) => failed = Some(error),
            }
        }
        failed
    }

    /// Reports what was sent, and returns what exceeds two seconds of traffic.
    pub(super) fn report(&self, fleet: &Fleet, now: Timestamp) -> Result<(), Error> {
        self.report_locked(fleet, &mut self.lock(), now)
    }

    fn report_locked(&self, fleet: &Fleet, state: &mut State, now: Timestamp) -> Result<(), Error> {
        state.now = now;
        let month = self.month(now);
        self.terms.0.reported_at.store(now.as_millis(), Ordering::Relaxed);
        // Another process may have returned messages since.
        self.terms.0.is_exhausted.store(false, Ordering::Relaxed);
        if state.lease.is_some_and(|lease| lease.month != month.index) {
            self.close_lease(state);
        }
        let settled = self.settle_months(fleet, state, now, |_| true);
        let Some(mut lease) = state.lease.filter(|lease| lease.is_open) else {
            return settled.map_or(Ok(()), Err);
        };
        let spent = lease.size.saturating_sub(self.left.0.left());
        if now.since(lease.reported_at) >= REPORT_EVERY {
            let keep = of_two_seconds(spent.saturating_sub(lease.reported), lease.reported_at, now);
            lease.size = lease.size.saturating_sub(self.left.0.keep(keep));
            state.lease = Some(lease);
        }
        let spent = lease.size.saturating_sub(self.left.0.left());
        let report = Report { lease: lease.id, spent, size: lease.size };
        let answer =
            fleet.transact(|tx| self.decide(fleet, tx, month, now, &[], |usage, _, _| usage.report(report, now)))?;
        if now.since(lease.reported_at) >= REPORT_EVERY || now < lease.reported_at {
            (lease.reported, lease.reported_at) = (spent, now);
        }
        lease.is_open = answer.value;
        lease.counted = if lease.is_open { lease.counted.max(spent) } else { lease.size };
        state.lease = Some(lease);
        if answer.limit != lease.limit {
            self.close_lease(state);
        }
        match self.settle_months(fleet, state, now, |_| true).or(settled) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Returns the rest of the lease.
    pub(super) fn settle(&self, fleet: &Fleet, now: Option<Timestamp>) -> Result<(), Error> {
        let mut state = self.lock();
        let now = now.unwrap_or(state.now);
        self.close_lease(&mut state);
        self.settle_months(fleet, &mut state, now, |_| true).map_or(Ok(()), Err)
    }

    /// Applies the pending reports of this process to a month.
    pub(super) fn with_own_reports(&self, month: u32, usage: &mut UsageMonth, now: Timestamp) {
        let state = self.lock();
        for report in state.reports(month) {
            usage.report(report, now);
        }
        if let Some(lease) = state.lease.filter(|lease| lease.month == month) {
            let spent = lease.size.saturating_sub(self.left.0.left());
            usage.report(Report { lease: lease.id, spent, size: lease.size }, now);
        }
    }

    fn is_idle(&self) -> bool {
        let state = self.lock();
        state.pending.is_empty() && self.left.0.left() == 0 && state.lease.is_none_or(|lease| !lease.is_open)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Terms {
    /// Whether the lease is valid for this moment's month and this limit.
    #[inline]
    fn cover(&self, now: Timestamp, limit: Option<u64>) -> bool {
        (self.start.load(Ordering::Relaxed)..self.end.load(Ordering::Relaxed)).contains(&now.as_millis())
            && limit.is_none_or(|limit| limit == self.limit.load(Ordering::Relaxed))
    }

    /// Whether there was a report within a second of this moment, before or after.
    #[inline]
    fn is_fresh(&self, now: Timestamp) -> bool {
        u128::from(self.reported_at.load(Ordering::Relaxed).abs_diff(now.as_millis())) < REPORT_EVERY.as_millis()
    }
}

impl State {
    fn reports(&self, month: u32) -> Vec<Report> {
        self.pending.iter().filter(|(pending, _)| *pending == month).map(|(_, report)| *report).collect()
    }

    fn spare_of(&self, month: u32) -> u64 {
        let (of, spare) = self.spare;
        if of == month { spare } else { 0 }
    }

    fn add_pending(&mut self, month: u32, report: Report) {
        if self.pending.len() >= MAX_PENDING {
            self.pending.remove(0);
        }
        self.pending.push((month, report));
    }

    /// Returns the size to request: twice what was sent in the last second, or two seconds' worth.
    fn next_size(&self, now: Timestamp) -> u64 {
        // If the clock jumped back, the rate is unknown.
        self.pace.filter(|(since, _)| *since <= now).map_or(0, |(since, spent)| of_two_seconds(spent, since, now))
    }
}

/// Returns the number sent in two seconds, if `spent` were sent since a moment. The span counts as at least one second.
fn of_two_seconds(spent: u64, since: Timestamp, now: Timestamp) -> u64 {
    let millis = now.since(since).max(REPORT_EVERY).as_millis();
    u64::try_from(u128::from(spent) * 2 * REPORT_EVERY.as_millis() / millis).unwrap_or(u64::MAX).min(MAX_LEASE)
}

/// Returns a product's usage month at a moment, counted from its day of creation whatever its billing interval
/// (R-EVT-4).
pub(super) fn usage_month(product: &Product, now: Timestamp) -> Period {
    Anchor::at(product.created_at).period_at(Interval::Monthly, now)
}

/// The limit of a tier without a limit: more than can be counted.
pub(super) const NO_LIMIT: u64 = u64::MAX;

/// Returns the monthly message limit of a product (R-TIER-1); 0 for a removed product.
pub(super) fn limit_of(fleet: &Fleet, product: &Product) -> u64 {
    if product.removed_at.is_some() {
        return 0;
    }
    fleet.catalogue().limit_of(product, Resource::Messages).unwrap_or(NO_LIMIT)
}
