//! A fleet that can be closed while handles to it still exist, as languages with garbage collection need.
//!
//! Closing rejects new operations at once and waits for the running ones. Only then is the store released, so no
//! operation is cut off halfway.

use crate::doors::When;
use crate::{Answered, Failure};
use fleet_core::Store;
use fleet_core::Timestamp;
use fleet_core::observe::StoreMetrics;
use fleet_core::store::{
    Commit, CommitOutcome, Key, Opener, Query, Range, Record, Row, SqlRow, StoreError, StoreErrorKind,
};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

/// A store that can be closed.
#[derive(Clone, Debug)]
pub(crate) struct Closable {
    store: Arc<RwLock<Option<Arc<dyn Store>>>>,
    opener: Opener,
}

impl Closable {
    pub(crate) fn new(store: impl Store + 'static) -> Self {
        Self { store: Arc::new(RwLock::new(Some(Arc::new(store)))), opener: Opener::here() }
    }

    /// Releases the store: at once if nobody uses it, otherwise when the last running call ends. In a process that was
    /// forked after the store was opened, the store belongs to the parent, so this does nothing.
    fn close(&self) {
        if !self.opener.is_here() {
            return;
        }
        let store = self.store.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(store);
    }

    fn with<T>(&self, ask: impl FnOnce(&dyn Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.opener.check()?;
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner).clone();
        store.map_or_else(|| Err(closed()), |store| ask(&*store))
    }
}

fn refused() -> Failure {
    fleet_core::Error::from(closed()).into()
}

fn closed() -> StoreError {
    StoreError::new(StoreErrorKind::Other, "the fleet is closed; open it again")
}

impl Store for Closable {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.with(|store| store.get(keys))
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.with(|store| store.scan(range))
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<CommitOutcome>, StoreError> {
        self.with(|store| store.commit(batch))
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.with(|store| store.for_each(range, visit))
    }

    fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.with(|store| store.backup(to))
    }

    fn query(&self, query: &Query<'_>) -> Result<Vec<SqlRow>, StoreError> {
        self.with(|store| store.query(query))
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.with(|store| store.for_each_row(visit))
    }

    fn merges(&self) -> bool {
        self.with(|store| Ok(store.merges())).unwrap_or(false)
    }

    fn metrics(&self) -> StoreMetrics {
        self.with(|store| Ok(store.metrics())).unwrap_or_default()
    }
}

impl Drop for Closable {
    fn drop(&mut self) {
        self.opener.release(&self.store);
    }
}

/// A fleet, its store, and its running operations. Every door holds one.
#[derive(Clone, Debug)]
pub(crate) struct Opened(Arc<State>);

#[derive(Debug)]
struct State {
    core: fleet_core::Fleet,
    store: Closable,
    gate: Gate,
    closing: Mutex<Closing>,
    ended: Condvar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    No,
    Begun,
    Ended,
}

impl Opened {
    pub(crate) fn new(core: fleet_core::Fleet, store: Closable) -> Self {
        let (gate, closing, ended) = (Gate::default(), Mutex::new(Closing::No), Condvar::new());
        Self(Arc::new(State { core, store, gate, closing, ended }))
    }

    /// Begins an operation that will run on another thread.
    pub(crate) fn begin(&self) -> Answered<Begun> {
        if self.0.gate.count() { Ok(Begun(self.clone())) } else { Err(refused()) }
    }

    /// Begins an operation on this thread. It ends when the returned guard is dropped.
    ///
    /// # Errors
    /// `store_failed` once the fleet is being closed.
    pub(crate) fn enter<'f, D>(&'f self, door: impl FnOnce(&'f fleet_core::Fleet) -> D) -> Answered<Entered<'f, D>> {
        let pass = self.0.gate.enter().ok_or_else(refused)?;
        Ok(Entered { door: door(&self.0.core), _pass: pass })
    }

    /// The same at the door's moment.
    pub(crate) fn enter_at<'f, D>(
        &'f self,
        when: When,
        door: impl FnOnce(&'f fleet_core::Fleet, Timestamp) -> D,
    ) -> Answered<Entered<'f, D>> {
        let now = when.now()?;
        self.enter(|core| door(core, now))
    }

    /// Rejects new operations, waits for the running ones, reports the usage of this process, and releases the store.
    /// When called from within an operation of this fleet, such as an import's watcher, it does not wait for that
    /// operation.
    pub(crate) fn close(&self) {
        self.begin_closing();
        if !self.0.gate.is_inside() {
            self.wait_until_closed(None);
        }
    }

    /// The same with a deadline: operations still running then are cut off and fail at their next call of the store.
    /// Returns whether all operations ended by themselves.
    pub(crate) fn close_within(&self, at_most: Duration) -> bool {
        self.begin_closing();
        let ended = self.wait_until_closed(Some(at_most));
        if !ended {
            self.0.store.close();
        }
        ended
    }

    /// Begins to close, and waits until it is done or this time has passed. Returns whether it is done.
    pub(crate) fn closes_within(&self, at_most: Duration) -> bool {
        self.begin_closing();
        self.0.gate.is_inside() || self.wait_until_closed(Some(at_most))
    }

    fn begin_closing(&self) {
        {
            let mut closing = self.closing();
            if *closing != Closing::No {
                return;
            }
            // In a process that was forked since, no operation is running, and the store belongs to the parent.
            if !self.0.store.opener.is_here() {
                *closing = Closing::Ended;
                return;
            }
            *closing = Closing::Begun;
        }
        self.0.gate.close();
        self.0.core.end_event_streams();
        // On its own thread, so that closing continues when the caller stops waiting.
        let this = self.clone();
        let finish = move || {
            this.0.gate.wait_until_empty();
            if let Ok(now) = When(None).now() {
                let _ = this.0.core.settle_usage(now);
            }
            this.0.store.close();
            *this.closing() = Closing::Ended;
            this.0.ended.notify_all();
        };
        if thread::Builder::new().name("fleet-close".to_owned()).spawn(finish.clone()).is_err() {
            finish();
        }
    }

    fn wait_until_closed(&self, at_most: Option<Duration>) -> bool {
        let deadline = at_most.and_then(|at_most| Instant::now().checked_add(at_most));
        let mut closing = self.closing();
        while *closing != Closing::Ended {
            closing = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => self.0.ended.wait(closing).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return false,
                Some(rest) => self.0.ended.wait_timeout(closing, rest).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        true
    }

    fn closing(&self) -> MutexGuard<'_, Closing> {
        self.0.closing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An operation that was requested and will run later on another thread. A close in between waits for it.
#[derive(Debug)]
pub struct Begun(Opened);

impl Begun {
    /// Runs it on this thread.
    pub fn run<T>(&self, call: impl FnOnce() -> T) -> T {
        let _inside = Inside::new(&self.0.0.gate);
        call()
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.0.gate.leave();
    }
}

/// A handle whose operations can be requested now and run later.
pub trait Begin {
    /// Begins an operation.
    ///
    /// # Errors
    /// `store_failed` once the fleet is being closed.
    fn begin(&self) -> Answered<Begun>;
}

/// A door in use. The fleet is not closed while this value exists.
#[derive(Debug)]
pub struct Entered<'f, D> {
    door: D,
    _pass: Pass<'f>,
}

impl<D> Deref for Entered<'_, D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.door
    }
}

/// Counts the running operations. The highest bit is set once the fleet is closing and no more may enter.
#[derive(Debug, Default)]
struct Gate {
    state: AtomicUsize,
    lock: Mutex<()>,
    emptied: Condvar,
}

const CLOSED: usize = 1 << (usize::BITS - 1);

thread_local! {
    /// Addresses of the gates that this thread is inside.
    static INSIDE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// One running operation. It ends on the thread where it began.
#[derive(Debug)]
struct Pass<'f> {
    gate: &'f Gate,
    _inside: Inside,
}

/// Marks this thread as inside an operation until it is dropped.
#[derive(Debug)]
struct Inside {
    address: usize,
    on_this_thread: PhantomData<*const ()>,
}

impl Inside {
    fn new(gate: &Gate) -> Self {
        let address = gate.address();
        INSIDE.with_borrow_mut(|inside| inside.push(address));
        Self { address, on_this_thread: PhantomData }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|inside| {
            if let Some(index) = inside.iter().rposition(|one| *one == self.address) {
                inside.swap_remove(index);
            }
        });
    }
}

impl Gate {
    /// Enters an operation. A nested operation may enter even while the fleet is closing: the close waits for both.
    fn enter(&self) -> Option<Pass<'_>> {
        if !self.count() {
            if !self.is_inside() {
                return None;
            }
            self.state.fetch_add(1, Ordering::SeqCst);
        }
        Some(Pass { gate: self, _inside: Inside::new(self) })
    }

    /// Counts an operation, unless the fleet is closing.
    fn count(&self) -> bool {
        let before = self.state.fetch_add(1, Ordering::SeqCst);
        let is_open = before & CLOSED == 0;
        if !is_open {
            self.leave();
        }
        is_open
    }

    fn leave(&self) {
        if self.state.fetch_sub(1, Ordering::SeqCst) == CLOSED | 1 {
            let _held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.emptied.notify_all();
        }
    }

    fn close(&self) {
        self.state.fetch_or(CLOSED, Ordering::SeqCst);
    }

    fn wait_until_empty(&self) {
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.state.load(Ordering::SeqCst) != CLOSED {
            held = self.emptied.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn is_inside(&self) -> bool {
        INSIDE.with_borrow(|inside| inside.contains(&self.address()))
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.leave();
    }
}
