//! Gives callers of one process that contend for one record their turns.
//!
//! A transaction that lost a few times enters the queue of the row that it lost. From then on one caller after the
//! other decides and commits, first come, first served; later callers join the queue before they commit. Without the
//! queue, each commit of `n` callers would fail those of all others, and some callers would lose every time.
//!
//! Invariants: each queue has one caller whose turn it is. No mutex is held during a turn, so it may take as long as
//! its store does. Nobody waits for a queue that does not move for [`PATIENCE`], so a turn that never ends (a store
//! that hangs, a rule that waits for another caller) delays others but does not block them. Processes do not see each
//! other's queues: between them at most one caller of each process contends, with random waits.

use super::{Check, Key, Stamp, Stamps, TRIES, contention, wait};
use crate::Error;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread, ThreadId};
use std::time::Duration;

/// Number of lost commits after which a caller enters a queue.
const LOSSES: u32 = 2;

/// How long a caller waits in a queue that does not move before it continues without a turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The queues of a fleet, by the row that callers contend for.
#[derive(Debug, Default)]
pub(crate) struct Turnstiles {
    queues: Mutex<HashMap<Key, Queue, foldhash::fast::RandomState>>,
    /// Number of queues, so that callers without contention pay nothing.
    count: AtomicUsize,
}

#[derive(Debug)]
struct Queue {
    /// The thread whose turn it is.
    owner: ThreadId,
    waiting: VecDeque<Arc<Waiter>>,
    /// Number of turns that ended, for the callers that wait.
    moved: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    is_called: AtomicBool,
}

/// A caller's turn at a row. Dropping it wakes the next caller.
#[derive(Debug)]
pub(crate) struct Turn<'t> {
    turnstiles: &'t Turnstiles,
    key: Key,
}

impl Turnstiles {
    fn queues(&self) -> MutexGuard<'_, HashMap<Key, Queue, foldhash::fast::RandomState>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the first of these rows that has a queue.
    fn busy<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Option<Key> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let queues = self.queues();
        keys.filter(|key| queues.contains_key(key)).min().cloned()
    }

    /// Waits for the caller's turn at a row. `None` means that there is no turn: this thread has it already, or the
    /// queue did not move.
    fn enter(&self, key: Key, patience: Duration) -> Option<Turn<'_>> {
        let me = thread::current();
        let (waiter, moved) = {
            let mut queues = self.queues();
            match queues.get_mut(&key) {
                Some(queue) if queue.owner == me.id() => return None,
                Some(queue) => {
                    let waiter = Arc::new(Waiter { thread: me, is_called: AtomicBool::new(false) });
                    queue.waiting.push_back(Arc::clone(&waiter));
                    (waiter, Arc::clone(&queue.moved))
                }
                None => {
                    let queue = Queue { owner: me.id(), waiting: VecDeque::new(), moved: Arc::default() };
                    queues.insert(key.clone(), queue);
                    self.count.store(queues.len(), Ordering::Release);
                    return Some(Turn { turnstiles: self, key });
                }
            }
        };
        let mut seen = moved.load(Ordering::Acquire);
        let mut left = patience;
        while !waiter.is_called.load(Ordering::Acquire) {
            let since = now();
            thread::park_timeout(left);
            let count = moved.load(Ordering::Acquire);
            left = if count == seen { left.saturating_sub(elapsed(since)) } else { patience };
            seen = count;
            if left.is_zero() {
                let mut queues = self.queues();
                // The wake-up may have come at the last moment.
                if !waiter.is_called.load(Ordering::Acquire) {
                    if let Some(queue) = queues.get_mut(&key) {
                        queue.waiting.retain(|other| !Arc::ptr_eq(other, &waiter));
                    }
                    return None;
                }
            }
        }
        Some(Turn { turnstiles: self, key })
    }

    #[cfg(test)]
    fn waiting(&self, key: &Key) -> usize {
        self.queues().get(key).map_or(0, |queue| queue.waiting.len())
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queues = self.turnstiles.queues();
        let Some(queue) = queues.get_mut(&self.key) else { return };
        queue.moved.fetch_add(1, Ordering::AcqRel);
        match queue.waiting.pop_front() {
            Some(next) => {
                queue.owner = next.thread.id();
                next.is_called.store(true, Ordering::Release);
                next.thread.unpark();
            }
            None => {
                queues.remove(&self.key);
                self.turnstiles.count.store(queues.len(), Ordering::Release);
            }
        }
    }
}

/// The attempts of one caller: when it waits, for which row, and when it gives up.
#[derive(Debug)]
pub(crate) struct Tries<'t> {
    turnstiles: &'t Turnstiles,
    stamps: &'t Stamps,
    lost: u32,
    turn: Option<Turn<'t>>,
    /// Whether it waited once. A second queue could be one that waits for the first.
    has_waited: bool,
    /// What the last lost attempt had read.
    read: Option<Vec<Check>>,
}

impl<'t> Tries<'t> {
    pub(crate) fn new(turnstiles: &'t Turnstiles, stamps: &'t Stamps) -> Self {
        Self { turnstiles, stamps, lost: 0, turn: None, has_waited: false, read: None }
    }

    /// Waits in the queue of one of these rows, if there is one. Returns whether it waited: then what was read before
    /// is out of date.
    pub(crate) fn line_up<'k>(&mut self, keys: impl Iterator<Item = &'k Key>) -> bool {
        if self.has_waited {
            return false;
        }
        match self.turnstiles.busy(keys) {
            Some(key) => self.enter(key),
            None => false,
        }
    }

    /// Handles a conflict of a commit that had read this: waits until a retry is worthwhile.
    ///
    /// # Errors
    /// `store_contention` after 64 attempts.
    pub(crate) fn lost(&mut self, read: Vec<Check>) -> Result<(), Error> {
        let contested = self.read.as_ref().and_then(|before| changed(before, &read));
        self.read = Some(read);
        self.lost_at(contested)
    }

    /// As [`lost`](Self::lost), where the row is known.
    ///
    /// # Errors
    /// As [`lost`](Self::lost).
    pub(crate) fn lost_at(&mut self, contested: Option<Key>) -> Result<(), Error> {
        self.lost += 1;
        if self.lost >= TRIES {
            return Err(contention().into());
        }
        if self.lost >= LOSSES
            && !self.has_waited
            && let Some(key) = contested
            && self.enter(key)
        {
            return Ok(());
        }
        wait(self.lost - 1, self.stamps);
        Ok(())
    }

    fn enter(&mut self, key: Key) -> bool {
        self.has_waited = true;
        if cfg!(target_family = "wasm") {
            return false;
        }
        self.turn = self.turnstiles.enter(key, PATIENCE);
        true
    }
}

/// Returns the first row whose stamp differs between two attempts.
fn changed(before: &[Check], after: &[Check]) -> Option<Key> {
    let before: HashMap<&Key, Option<Stamp>> = before.iter().map(|check| (&check.key, check.stamp)).collect();
    let is_other = |check: &&Check| before.get(&check.key).is_some_and(|stamp| *stamp != check.stamp);
    after.iter().filter(is_other).map(|check| &check.key).min().cloned()
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn elapsed(since: std::time::Instant) -> Duration {
    since.elapsed()
}

/// Does nothing: there is no clock, and nobody waits.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn now() {}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn elapsed((): ()) -> Duration {
    PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::ProductId;
    use std::time::Instant;

    fn key(number: u32) -> Key {
        Key::DeviceCount(ProductId::new(number).unwrap())
    }

    #[test]
    fn callers_get_their_turns_in_order_of_arrival() {
        let (turnstiles, order) = (Turnstiles::default(), Mutex::new(Vec::new()));
        let first = turnstiles.enter(key(1), PATIENCE).unwrap();
        std::thread::scope(|scope| {
            for number in 0..20_usize {
                let (turnstiles, order) = (&turnstiles, &order);
                scope.spawn(move || {
                    let _turn = turnstiles.enter(key(1), PATIENCE).unwrap();
                    order.lock().unwrap().push(number);
                });
                while turnstiles.waiting(&key(1)) <= number {
                    std::thread::yield_now();
                }
            }
            drop(first);
        });
        assert_eq!(order.into_inner().unwrap(), (0..20).collect::<Vec<_>>());
        assert_eq!(turnstiles.count.load(Ordering::Acquire), 0);
        assert!(turnstiles.busy([key(1)].iter()).is_none());
    }

    #[test]
    fn a_turn_that_never_ends_blocks_nobody_forever() {
        let turnstiles = Turnstiles::default();
        let held = turnstiles.enter(key(1), PATIENCE).unwrap();
        let began = Instant::now();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| turnstiles.enter(key(1), Duration::from_millis(20)).is_none());
            assert!(waits.join().unwrap());
        });
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!(turnstiles.waiting(&key(1)), 0);
        drop(held);
        assert!(turnstiles.enter(key(1), PATIENCE).is_some());
    }

    #[test]
    fn a_thread_does_not_wait_for_itself_and_each_row_has_its_own_queue() {
        let turnstiles = Turnstiles::default();
        let _one = turnstiles.enter(key(1), PATIENCE).unwrap();
        assert!(turnstiles.enter(key(1), PATIENCE).is_none());
        assert!(turnstiles.enter(key(2), PATIENCE).is_some());
        assert_eq!(turnstiles.busy([key(3), key(1)].iter()), Some(key(1)));
    }

    #[test]
    fn the_contended_row_is_the_one_that_changed_between_two_attempts() {
        let check = |number, stamp: Option<u64>| Check { key: key(number), stamp: stamp.map(Stamp) };
        let before = [check(1, Some(1)), check(2, Some(5)), check(3, None)];
        assert_eq!(changed(&before, &[check(1, Some(1)), check(2, Some(6)), check(3, Some(1))]), Some(key(2)));
        assert_eq!(changed(&before, &[check(3, Some(1)), check(4, None)]), Some(key(3)));
        assert_eq!(changed(&before, &before), None);
    }
}
