//! Calls of many threads in one.
//!
//! While one call is under way, those that come meanwhile wait together and then go as one. There is no thread of its
//! own: who meets nobody goes at once and pays nothing; of those who wait, the first goes for all.
//!
//! Threads whose every step is merged, reads and commits, mostly come back together. There, who goes for all waits for as
//! many as there were lately, though at most half as long as the last call took and no longer than [`LONGEST`]: otherwise
//! they would go in two parties by turns, and each would wait for the other's call.
//!
//! Invariants: what a caller asks stays in its order and is answered to that caller; at most one call is under way; whoever
//! waits is always woken, also when the thread that goes for it panics.

use crate::store::{StoreError, StoreErrorKind};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Nobody waits longer for others that may not come, however long the last call took: it may have waited for a server.
const LONGEST: Duration = Duration::from_millis(5);

/// Merges calls that ask many things, each of which has one answer.
#[derive(Debug)]
pub(crate) struct Merger<T, A> {
    queue: Mutex<Queue<T, A>>,
    /// As many wait as are expected.
    gathered: Condvar,
    /// Whether who goes for all waits for those who are expected.
    gathers: bool,
}

/// Asks the store.
type Run<'c, T, A> = dyn Fn(&[T]) -> Result<Vec<A>, StoreError> + 'c;

/// What is called, and how its failures are told.
pub(crate) struct Call<'c, T, A> {
    pub(crate) run: &'c Run<'c, T, A>,
    /// At most so much is asked at once. What one caller asks is never torn.
    pub(crate) at_most: usize,
    /// What it is when the store answers something else than it was asked, or panics.
    pub(crate) failure: StoreErrorKind,
}

/// Who waits, the first of them in front.
#[derive(Debug)]
struct Queue<T, A> {
    waiting: VecDeque<Waiting<T, A>>,
    /// Whether a thread goes for others, or was called to.
    led: bool,
    /// How many callers the last call was for, and how many came meanwhile.
    expected: usize,
    /// How long the last call took.
    took: Duration,
}

#[derive(Debug)]
struct Waiting<T, A> {
    asked: Vec<T>,
    seat: Arc<Seat<A>>,
}

/// Where a caller waits for word.
#[derive(Debug)]
struct Seat<A> {
    word: Mutex<Option<Word<A>>>,
    said: Condvar,
}

#[derive(Debug)]
enum Word<A> {
    /// It is your turn to go for all who wait.
    Lead,
    /// What you asked for.
    Answer(Result<Vec<A>, StoreError>),
}

impl<T, A> Merger<T, A> {
    pub(crate) fn new(gathers: bool) -> Self {
        let queue = Queue { waiting: VecDeque::new(), led: false, expected: 1, took: Duration::ZERO };
        Self { queue: Mutex::new(queue), gathered: Condvar::new(), gathers }
    }

    fn queue(&self) -> MutexGuard<'_, Queue<T, A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone, A> Merger<T, A> {
    /// Asks, alone or together with others.
    pub(crate) fn ask(&self, asked: &[T], call: &Call<'_, T, A>) -> Result<Vec<A>, StoreError> {
        let mut queue = self.queue();
        if !(queue.led || self.gathers && queue.expected > 1) {
            queue.led = true;
            drop(queue);
            let _place = Place { merger: self, callers: 1, since: self.now() };
            return (call.run)(asked);
        }
        let seat = Arc::new(Seat { word: Mutex::new(None), said: Condvar::new() });
        queue.waiting.push_back(Waiting { asked: asked.to_vec(), seat: Arc::clone(&seat) });
        if !queue.led {
            queue.led = true;
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
            match seat.wait() {
                Word::Answer(answer) => return answer,
                // It is the first of the group, so its answer is at its seat afterwards.
                Word::Lead => self.lead(call),
            }
        }
    }

    /// Goes for those in front of the queue.
    fn lead(&self, call: &Call<'_, T, A>) {
        let mut place = Place { merger: self, callers: 0, since: None };
        let group = self.gather(call.at_most);
        (place.callers, place.since) = (group.len(), self.now());
        run(group, call, place);
    }

    /// This moment, where it matters. On bare WebAssembly there is no clock, and there are no threads to gather.
    fn now(&self) -> Option<Instant> {
        (self.gathers && !cfg!(all(target_family = "wasm", target_os = "unknown"))).then(Instant::now)
    }

    /// Those in front of the queue, as many as may go together; at least one, if any waits. Gives them time to come.
    fn gather(&self, at_most: usize) -> Vec<Waiting<T, A>> {
        let mut queue = self.queue();
        let patience = (queue.took / 2).min(LONGEST);
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

/// Asks for a group, and says to each what it asked for. The place is free before that: who has an answer may be back at
/// once, and is not to be counted twice.
fn run<T, A>(group: Vec<Waiting<T, A>>, call: &Call<'_, T, A>, place: Place<'_, T, A>) {
    let mut all = Vec::with_capacity(group.iter().map(|waiting| waiting.asked.len()).sum());
    let mut group = Unanswered {
        seats: group
            .into_iter()
            .map(|Waiting { mut asked, seat }| {
                let count = asked.len();
                all.append(&mut asked);
                (count, seat)
            })
            .collect(),
        failure: call.failure,
    };
    let answer = (call.run)(&all);
    drop(place);
    let answer = answer.and_then(|answers| {
        if answers.len() == all.len() {
            return Ok(answers);
        }
        let problem = format!("the store gave {} answers to {} questions", answers.len(), all.len());
        Err(StoreError::new(call.failure, problem))
    });
    let mut answers = answer.map(Vec::into_iter);
    for (count, seat) in group.seats.drain(..) {
        seat.say(Word::Answer(match &mut answers {
            Ok(answers) => Ok(answers.take(count).collect()),
            Err(error) => Err(error.clone()),
        }));
    }
}

impl<A> Seat<A> {
    fn wait(&self) -> Word<A> {
        let mut word = self.word.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match word.take() {
                Some(word) => return word,
                None => word = self.said.wait(word).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn say(&self, word: Word<A>) {
        *self.word.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
        self.said.notify_one();
    }
}

/// Callers of a group that have no answer yet. Those that are left when the store panics are told so.
struct Unanswered<A> {
    seats: VecDeque<(usize, Arc<Seat<A>>)>,
    failure: StoreErrorKind,
}

impl<A> Drop for Unanswered<A> {
    fn drop(&mut self) {
        for (_, seat) in self.seats.drain(..) {
            let problem = "the store panicked in the call that this was part of";
            seat.say(Word::Answer(Err(StoreError::new(self.failure, problem))));
        }
    }
}

/// The place of who goes for others; calls the next one to it when it is dropped, also by a panic.
struct Place<'m, T, A> {
    merger: &'m Merger<T, A>,
    callers: usize,
    since: Option<Instant>,
}

impl<T, A> Drop for Place<'_, T, A> {
    fn drop(&mut self) {
        let mut queue = self.merger.queue();
        queue.expected = self.callers.saturating_add(queue.waiting.len());
        queue.took = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        match queue.waiting.front() {
            // It stays in the queue until it runs, and others join it meanwhile.
            Some(next) => next.seat.say(Word::Lead),
            None => queue.led = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn who_was_answered_and_is_back_is_not_expected_twice() {
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
