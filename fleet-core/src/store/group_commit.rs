//! Commits of many threads in one.
//!
//! A durable commit costs what a disk takes to say that it has it, however much is in it. So while one commit is under
//! way, those that come meanwhile wait together and are then committed as one batch. There is no timer and no thread of
//! its own: who meets nobody commits at once and pays nothing; of those who wait, the first commits for all.
//!
//! Invariants: a caller's commits stay in their order and are answered to that caller; at most one commit is under way
//! in the inner store; whoever waits is always woken, also when the thread that commits for it panics.

use super::{Commit, Key, Outcome, Range, Record, Row, Store, StoreError, StoreErrorKind};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A layer that merges the commits of many threads into few of its inner store. Reading passes through.
///
/// If the inner commit fails, so does that of each caller whose commits were in it, with the same error; what was
/// applied is then to be found out as without this layer.
///
/// ```
/// use fleet_core::{Fleet, MemoryStore, store::GroupCommit};
///
/// let fleet = Fleet::open(GroupCommit::new(MemoryStore::new()));
/// # let _ = fleet;
/// ```
#[derive(Debug)]
pub struct GroupCommit<S> {
    inner: S,
    at_most: usize,
    queue: Mutex<Queue>,
}

/// Who waits, the first of them in front.
#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Whether a thread commits, or was called to.
    led: bool,
}

#[derive(Debug)]
struct Waiting {
    batch: Vec<Commit>,
    seat: Arc<Seat>,
}

/// Where a caller waits for word.
#[derive(Debug, Default)]
struct Seat {
    word: Mutex<Option<Word>>,
    said: Condvar,
}

#[derive(Debug)]
enum Word {
    /// It is your turn to commit for all who wait.
    Lead,
    /// What became of your commits.
    Answer(Result<Vec<Outcome>, StoreError>),
}

impl<S: Store> GroupCommit<S> {
    /// A layer over a store, with groups of at most 1024 commits: enough that what a commit costs by itself is shared by
    /// many, and few enough that nobody waits long for others'.
    pub fn new(inner: S) -> Self {
        Self { inner, at_most: 1024, queue: Mutex::default() }
    }

    /// At most so many commits a group. A caller's batch that is larger goes alone, whole.
    #[must_use]
    pub fn at_most(self, commits: usize) -> Self {
        Self { at_most: commits, ..self }
    }

    /// The inner store.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat among those who wait; none where nobody commits: then it is this caller's turn at once.
    fn line_up(&self, batch: &[Commit]) -> Option<Arc<Seat>> {
        let mut queue = self.queue();
        if !queue.led {
            queue.led = true;
            return None;
        }
        let seat = Arc::new(Seat::default());
        queue.waiting.push_back(Waiting { batch: batch.to_vec(), seat: Arc::clone(&seat) });
        Some(seat)
    }

    /// Those in front of the queue, as many as a group takes; at least one, if any waits.
    fn next_group(&self) -> Vec<Waiting> {
        let mut queue = self.queue();
        let mut commits = 0_usize;
        let fits = |waiting: &&Waiting| {
            commits = commits.saturating_add(waiting.batch.len());
            commits <= self.at_most
        };
        let count = queue.waiting.iter().take_while(fits).count().max(1).min(queue.waiting.len());
        queue.waiting.drain(..count).collect()
    }

    /// Commits for a group, and says to each what became of its own.
    fn commit_group(&self, group: Vec<Waiting>) {
        let mut batch = Vec::with_capacity(group.iter().map(|waiting| waiting.batch.len()).sum());
        let mut group = Unanswered(
            group
                .into_iter()
                .map(|Waiting { batch: mut own, seat }| {
                    let commits = own.len();
                    batch.append(&mut own);
                    (commits, seat)
                })
                .collect(),
        );
        let answer = self.inner.commit(&batch).and_then(|outcomes| {
            if outcomes.len() == batch.len() {
                return Ok(outcomes);
            }
            let problem = format!("the store answered {} outcomes to {} commits", outcomes.len(), batch.len());
            Err(StoreError::new(StoreErrorKind::Unknown, problem))
        });
        let mut outcomes = answer.map(Vec::into_iter);
        for (commits, seat) in group.0.drain(..) {
            seat.say(Word::Answer(match &mut outcomes {
                Ok(outcomes) => Ok(outcomes.take(commits).collect()),
                Err(error) => Err(error.clone()),
            }));
        }
    }
}

impl Seat {
    fn wait(&self) -> Word {
        let mut word = self.word.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match word.take() {
                Some(word) => return word,
                None => word = self.said.wait(word).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn say(&self, word: Word) {
        *self.word.lock().unwrap_or_else(PoisonError::into_inner) = Some(word);
        self.said.notify_one();
    }
}

/// Callers of a group that have no answer yet. Those that are left when the inner store panics are told so.
struct Unanswered(VecDeque<(usize, Arc<Seat>)>);

impl Drop for Unanswered {
    fn drop(&mut self) {
        for (_, seat) in self.0.drain(..) {
            let problem = "the store panicked in the commit that these were part of";
            seat.say(Word::Answer(Err(StoreError::new(StoreErrorKind::Unknown, problem))));
        }
    }
}

/// The place of who commits; calls the next one to it when it is dropped, also by a panic.
struct Place<'g>(&'g Mutex<Queue>);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match queue.waiting.front() {
            // It stays in the queue until it runs, and others join it meanwhile.
            Some(next) => next.seat.say(Word::Lead),
            None => queue.led = false,
        }
    }
}

impl<S: Store> Store for GroupCommit<S> {
    fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.inner.get(keys)
    }

    fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
        self.inner.scan(range)
    }

    fn commit(&self, batch: &[Commit]) -> Result<Vec<Outcome>, StoreError> {
        let Some(seat) = self.line_up(batch) else {
            let _place = Place(&self.queue);
            return self.inner.commit(batch);
        };
        loop {
            match seat.wait() {
                Word::Answer(answer) => return answer,
                // Its own commits are the first of the group, so its answer is at its seat afterwards.
                Word::Lead => {
                    let _place = Place(&self.queue);
                    self.commit_group(self.next_group());
                }
            }
        }
    }

    fn for_each(&self, range: &Range, visit: &mut dyn FnMut(&Key, &Record)) -> Result<(), StoreError> {
        self.inner.for_each(range, visit)
    }

    fn for_each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.inner.for_each_row(visit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::ProductId;
    use crate::store::{Check, Stamp, Tally, Write, conformance};
    use crate::{MemoryStore, StoreError};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    /// A store that takes its time, counts its commits, and fails or panics when it is told to.
    #[derive(Debug, Default)]
    struct Slow {
        inner: MemoryStore,
        batches: AtomicUsize,
        largest: AtomicUsize,
        at_once: AtomicUsize,
        fails: Mutex<Option<StoreErrorKind>>,
        panics: AtomicBool,
    }

    impl Store for Slow {
        fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
            self.inner.get(keys)
        }

        fn scan(&self, range: &Range) -> Result<Vec<Row>, StoreError> {
            self.inner.scan(range)
        }

        fn commit(&self, batch: &[Commit]) -> Result<Vec<Outcome>, StoreError> {
            assert_eq!(self.at_once.fetch_add(1, Ordering::SeqCst), 0, "two commits at once");
            self.batches.fetch_add(1, Ordering::SeqCst);
            self.largest.fetch_max(batch.len(), Ordering::SeqCst);
            thread::sleep(Duration::from_micros(500));
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            assert!(!self.panics.load(Ordering::SeqCst), "on purpose");
            match *self.fails.lock().unwrap() {
                Some(kind) => Err(StoreError::new(kind, "the disk is on fire").with_source("smoke")),
                None => self.inner.commit(batch),
            }
        }
    }

    fn counter(slot: u8) -> Key {
        Key::Tally(ProductId::new(1).unwrap(), Tally::Members, slot)
    }

    fn addition(slot: u8) -> Commit {
        Commit { checks: Vec::new(), writes: vec![Write::Add { key: counter(slot), delta: 1 }] }
    }

    /// What each of so many threads says after it made a commit while another was under way.
    fn crowd<T: Send>(
        store: &GroupCommit<Slow>,
        threads: u8,
        act: impl Fn(u8, thread::Result<Result<Vec<Outcome>, StoreError>>) -> T + Sync,
    ) -> Vec<T> {
        let act = &act;
        thread::scope(|scope| {
            let spawned: Vec<_> = (0..threads)
                .map(|me| {
                    scope.spawn(move || {
                        let commit = || store.commit(&[addition(me), addition(me)]);
                        act(me, std::panic::catch_unwind(std::panic::AssertUnwindSafe(commit)))
                    })
                })
                .collect();
            spawned.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    #[test]
    fn a_layer_over_a_store_keeps_every_law() {
        conformance::check(|| GroupCommit::new(MemoryStore::new())).unwrap();
        conformance::check(|| GroupCommit::new(MemoryStore::new()).at_most(2)).unwrap();
    }

    #[test]
    fn many_threads_share_few_commits_and_nothing_is_lost() {
        let store = GroupCommit::new(Slow::default());
        thread::scope(|scope| {
            for me in 0..16 {
                let store = &store;
                scope.spawn(move || {
                    for _ in 0..25 {
                        let done = store.commit(&[addition(0), addition(me), addition(0)]).unwrap();
                        assert_eq!(done, [Outcome::Applied; 3]);
                    }
                });
            }
        });
        let rows = store.get(&(0..16).map(counter).collect::<Vec<_>>()).unwrap();
        let counts: Vec<_> = rows.into_iter().map(|row| row.unwrap().record).collect();
        let mut wanted = vec![Record::Counter(25); 16];
        wanted[0] = Record::Counter(2 * 16 * 25 + 25);
        assert_eq!(counts, wanted);
        let batches = store.inner().batches.load(Ordering::SeqCst);
        assert!(batches < 16 * 25 / 4, "{batches} inner commits for {} callers", 16 * 25);
    }

    #[test]
    fn a_group_is_no_larger_than_it_may_be_but_for_one_callers_batch() {
        let store = GroupCommit::new(Slow::default()).at_most(5);
        crowd(&store, 12, |_, done| assert_eq!(done.unwrap().unwrap().len(), 2));
        let largest = store.inner().largest.load(Ordering::SeqCst);
        assert!((2..=4).contains(&largest), "a group of {largest}");
        store.commit(&vec![addition(0); 50]).unwrap();
        assert_eq!(store.inner().largest.load(Ordering::SeqCst), 50);
    }

    #[test]
    fn each_caller_is_answered_for_its_own_commits() {
        let store = GroupCommit::new(Slow::default());
        thread::scope(|scope| {
            for me in 0..8_u8 {
                let store = &store;
                scope.spawn(move || {
                    for turn in 0..20_u8 {
                        let refused = Commit {
                            checks: vec![Check { key: Key::Directory, stamp: Some(Stamp(1)) }],
                            ..addition(me)
                        };
                        let (mut batch, mut wanted) = (vec![addition(me); 3], vec![Outcome::Applied; 3]);
                        let place = usize::from((me + turn) % 4);
                        batch.insert(place, refused);
                        wanted.insert(place, Outcome::Conflict);
                        assert_eq!(store.commit(&batch).unwrap(), wanted);
                    }
                });
            }
        });
    }

    #[test]
    fn a_failure_is_told_to_all_whose_commits_were_in_it() {
        let store = GroupCommit::new(Slow::default());
        *store.inner().fails.lock().unwrap() = Some(StoreErrorKind::Full);
        let told = crowd(&store, 8, |_, done| {
            let error = done.unwrap().unwrap_err();
            let source = std::error::Error::source(&error).map(ToString::to_string);
            (error.kind(), error.to_string(), source)
        });
        let wanted = (StoreErrorKind::Full, "the disk is on fire".to_owned(), Some("smoke".to_owned()));
        assert_eq!(told, vec![wanted; 8]);
        assert!(store.inner().batches.load(Ordering::SeqCst) < 8, "nothing was merged, so nothing was told to others");
        *store.inner().fails.lock().unwrap() = None;
        store.commit(&[addition(0)]).unwrap();
    }

    #[test]
    fn a_store_that_panics_leaves_nobody_waiting() {
        let store = GroupCommit::new(Slow::default());
        store.inner().panics.store(true, Ordering::SeqCst);
        let told = crowd(&store, 8, |_, done| done.map(|answer| answer.unwrap_err().kind()).ok());
        // Who committed saw the panic; who waited for it is told that the outcome is not known.
        assert!(told.contains(&None) && told.contains(&Some(StoreErrorKind::Unknown)), "{told:?}");
        assert!(told.iter().flatten().all(|kind| *kind == StoreErrorKind::Unknown), "{told:?}");
        store.inner().panics.store(false, Ordering::SeqCst);
        assert_eq!(store.commit(&[addition(0)]).unwrap(), [Outcome::Applied]);
    }
}
