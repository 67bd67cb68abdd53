//! Merges concurrent calls of many threads into one call.
//!
//! While one call is running, later callers wait and are then served by one call together. There is no background
//! thread: a caller that meets no others runs at once and at no extra cost; of the callers that wait, the first becomes
//! the leader and runs the call for all.
//!
//! Threads whose every step is merged, reads and commits, mostly come back together. In that case the leader waits for
//! as many callers as there were recently, at most half as long as the last call took and at most [`LONGEST`].
//! Otherwise the threads would split into two groups that alternate, and each would wait for the other's call.
//!
//! Invariants: the items of a caller stay in order and are answered to that caller; at most one call runs at a time;
//! every waiting caller is woken, also if the leader panics.

use crate::store::{StoreError, StoreErrorKind};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Maximum time that a leader waits for others, however long the last call took: it may have waited for a server.
const LONGEST: Duration = Duration::from_millis(5);

/// Merges calls that have one answer for each of their items.
#[derive(Debug)]
pub(crate) struct Merger<T, A> {
    queue: Mutex<Queue<T, A>>,
    /// Notified when as many callers wait as are expected.
    gathered: Condvar,
    /// Whether the leader waits for the callers that are expected.
    gathers: bool,
}

/// Calls the store.
type Run<'c, T, A> = dyn Fn(&[T]) -> Result<Vec<A>, StoreError> + 'c;

/// The call to make, and how its failures are reported.
pub(crate) struct Call<'c, T, A> {
    pub(crate) run: &'c Run<'c, T, A>,
    /// Maximum number of items in one call. The items of one caller are never split.
    pub(crate) at_most: usize,
    /// Kind of the error if the store panics or returns the wrong number of answers.
    pub(crate) failure: StoreErrorKind,
}

/// The callers that wait, the first in front.
#[derive(Debug)]
struct Queue<T, A> {
    waiting: VecDeque<Waiting<T, A>>,
    /// Whether there is a leader, or a caller was woken to become one.
    has_leader: bool,
    /// Number of callers of the last call, plus those that arrived during it.
    expected: usize,
    /// Duration of the last call.
    last_duration: Duration,
}

#[derive(Debug)]
struct Waiting<T, A> {
    asked: Vec<T>,
    waiter: Arc<Waiter<A>>,
}

/// Where a caller waits for its signal.
#[derive(Debug)]
struct Waiter<A> {
    signal: Mutex<Option<Signal<A>>>,
    signalled: Condvar,
}

#[derive(Debug)]
enum Signal<A> {
    /// Become the leader of all callers that wait.
    Lead,
    /// The answer to the caller's items.
    Answer(Result<Vec<A>, StoreError>),
}

impl<T, A> Merger<T, A> {
    pub(crate) fn new(gathers: bool) -> Self {
        let queue = Queue { waiting: VecDeque::new(), has_leader: false, expected: 1, last_duration: Duration::ZERO };
        Self { queue: Mutex::new(queue), gathered: Condvar::new(), gathers }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T, A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone, A> Merger<T, A> {
    /// Makes a call, alone or merged with others.
    pub(crate) fn ask(&self, asked: &[T], call: &Call<'_, T, A>) -> Result<Vec<A>, StoreError> {
        let mut queue = self.queue();
        if !(queue.has_leader || self.gathers && queue.expected > 1) {
            queue.has_leader = true;
            drop(queue);
            let _leadership = Leadership { merger: self, callers: 1, since: self.now() };
            return (call.run)(asked);
        }
        let waiter = Arc::new(Waiter { signal: Mutex::new(None), signalled: Condvar::new() });
        queue.waiting.push_back(Waiting { asked: asked.to_vec(), waiter: Arc::clone(&waiter) });
        if !queue.has_leader {
            queue.has_leader = true;
            drop(queue);
            self.lead(call);
        } else {
            let is_complete = self.gathers && queue.waiting.len() >= queue.expected;
            drop(queue);
            if is_complete {
                self.gathered.notify_one();
            }
        }
        loop {
            match waiter.wait() {
                Signal::Answer(answer) => return answer,
                // This caller is in the group that it leads, so its answer follows.
                Signal::Lead => self.lead(call),
            }
        }
    }

    /// Runs one call for the callers in front of the queue.
    fn lead(&self, call: &Call<'_, T, A>) {
        let mut leadership = Leadership { merger: self, callers: 0, since: None };
        let group = self.gather(call.at_most);
        (leadership.callers, leadership.since) = (group.len(), self.now());
        run(group, call, leadership);
    }

    /// Returns the current moment if it is needed. On bare WebAssembly there is no clock, and there are no threads to
    /// wait for.
    fn now(&self) -> Option<Instant> {
        (self.gathers && !cfg!(all(target_family = "wasm", target_os = "unknown"))).then(Instant::now)
    }

    /// Waits for expected callers, then removes from the front of the queue as many as fit into one call; at least one,
    /// if any waits.
    fn gather(&self, at_most: usize) -> Vec<Waiting<T, A>> {
        let mut queue = self.queue();
        let patience = (queue.last_duration / 2).min(LONGEST);
        if self.gathers && queue.waiting.len() < queue.expected {
            let some_are_missing = |queue: &mut Queue<T, A>| queue.waiting.len() < queue.expected;
            let waited = self.gathered.wait_timeout_while(queue, patience, some_are_missing);
            (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        let mut sum = 0_usize;
        let fits = |waiting: &&Waiting<T, A>| {
            sum = sum.saturating_add(waiting.asked.len());
            sum <= at_most
        };
        let count = queue.waiting.iter().take_while(fits).count().max(1).min(queue.waiting.len());
        queue.waiting.drain(..count).collect()
    }
}

/// Makes the call for a group, and sends each caller its answers. Gives up the leadership before that: a caller that
/// has its answer may come back at once, and must not be counted twice.
fn run<T, A>(group: Vec<Waiting<T, A>>, call: &Call<'_, T, A>, leadership: Leadership<'_, T, A>) {
    let mut all = Vec::with_capacity(group.iter().map(|waiting| waiting.asked.len()).sum());
    let mut group = Unanswered {
        waiters: group
            .into_iter()
            .map(|Waiting { mut asked, waiter }| {
                let count = asked.len();
                all.append(&mut asked);
                (count, waiter)
            })
            .collect(),
        failure: call.failure,
    };
    let answer = (call.run)(&all);
    drop(leadership);
    let answer = answer.and_then(|answers| {
        if answers.len() == all.len() {
            return Ok(answers);
        }
        let problem = format!("the store returned {} answers for {} items", answers.len(), all.len());
        Err(StoreError::new(call.failure, problem))
    });
    let mut answers = answer.map(Vec::into_iter);
    for (count, waiter) in group.waiters.drain(..) {
        waiter.send(Signal::Answer(match &mut answers {
            Ok(answers) => Ok(answers.take(count).collect()),
            Err(error) => Err(error.clone()),
        }));
    }
}

impl<A> Waiter<A> {
    fn wait(&self) -> Signal<A> {
        let mut signal = self.signal.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match signal.take() {
                Some(signal) => return signal,
                None => signal = self.signalled.wait(signal).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn send(&self, signal: Signal<A>) {
        *self.signal.lock().unwrap_or_else(PoisonError::into_inner) = Some(signal);
        self.signalled.notify_one();
    }
}

/// Callers of a group that have no answer yet. If the store panics, they receive an error.
struct Unanswered<A> {
    waiters: VecDeque<(usize, Arc<Waiter<A>>)>,
    failure: StoreErrorKind,
}

impl<A> Drop for Unanswered<A> {
    fn drop(&mut self) {
        for (_, waiter) in self.waiters.drain(..) {
            let problem = "the store panicked during the call that this one was merged into";
            waiter.send(Signal::Answer(Err(StoreError::new(self.failure, problem))));
        }
    }
}

/// The leadership of the queue. Dropping it, also by a panic, wakes the next leader.
struct Leadership<'m, T, A> {
    merger: &'m Merger<T, A>,
    callers: usize,
    since: Option<Instant>,
}

impl<T, A> Drop for Leadership<'_, T, A> {
    fn drop(&mut self) {
        let mut queue = self.merger.queue();
        queue.expected = self.callers.saturating_add(queue.waiting.len());
        queue.last_duration = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        match queue.waiting.front() {
            // The caller stays in the queue until it runs, and others join it meanwhile.
            Some(next) => next.waiter.send(Signal::Lead),
            None => queue.has_leader = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_caller_that_comes_back_is_not_counted_twice() {
        const THREADS: u32 = 8;
        let merger: Merger<u32, u32> = Merger::new(true);
        thread::scope(|threads| {
            for me in 0..THREADS {
                let merger = &merger;
                threads.spawn(move || {
                    let run = |asked: &[u32]| {
                        thread::sleep(Duration::from_micros(200));
                        Ok(asked.to_vec())
                    };
                    let call = Call { run: &run, at_most: 64, failure: StoreErrorKind::Other };
                    for turn in 0..100 {
                        assert_eq!(merger.ask(&[me, turn], &call).unwrap(), [me, turn]);
                        let expected = merger.queue().expected;
                        assert!(expected <= THREADS as usize, "{expected} are expected of {THREADS}");
                    }
                });
            }
        });
    }
}
