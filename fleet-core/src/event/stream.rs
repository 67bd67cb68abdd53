//! What this process publishes, handed out as it comes: a window of the log that needs no asking.
//!
//! Publishing never waits for who listens. An inbox holds so many events; beyond that the oldest are thrown away and
//! counted, and whoever reads it is told how many, so that they can catch up in the log.

use super::cursor::EventCursor;
use super::log::EventView;
use crate::product::ProductId;
use crate::store::Opener;
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A stream holds so many events until they are read.
pub const STREAM_BUFFER: usize = 1024;

/// Who listens to what this process publishes.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// How many do, so that publishing without listeners costs nothing.
    listening: AtomicUsize,
    inboxes: Mutex<Vec<Arc<Inbox>>>,
}

#[derive(Debug)]
struct Inbox {
    product: ProductId,
    waiting: Mutex<Waiting>,
    came: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<EventView>,
    missed: u64,
    /// Whom to wake when there is something to read, by the number of their [`Readable`].
    wakers: BTreeMap<u64, Waker>,
    waiters: u64,
    /// Nothing will be published any more.
    ended: bool,
}

impl Waiting {
    fn is_over(&self) -> bool {
        self.ended || !self.events.is_empty()
    }
}

/// The events of a product that this process publishes, from the moment on when it was
/// [opened](crate::Console::event_stream). What other processes publish is in the log alone. Dropping it ends it.
#[derive(Debug)]
pub struct EventStream {
    live: Arc<Live>,
    inbox: Arc<Inbox>,
    start: EventCursor,
    opener: Opener,
}

/// The next event of a stream, awaited without a thread: completes as soon as there is something to read. Answers whether
/// there is; `false` means that the stream was dropped or [ended](crate::Fleet::end_event_streams). Dropping it stops the
/// waiting.
#[derive(Debug)]
pub struct Readable {
    inbox: Arc<Inbox>,
    number: u64,
    opener: Opener,
}

/// What came in on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Streamed {
    /// Events in the order in which this process published them. Two that were published at the same moment may come in
    /// either order: their positions tell.
    pub items: Vec<EventView>,
    /// How many came before these and were thrown away because nobody read them in time. They are in the log.
    pub missed: u64,
}

impl Live {
    /// Whether anybody listens.
    pub(super) fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Acquire) > 0
    }

    /// Hands events of a product to who listens to it.
    pub(super) fn hand_out(&self, product: ProductId, events: &[EventView]) {
        let mut wakers: Vec<Waker> = Vec::new();
        for inbox in self.inboxes().iter().filter(|inbox| inbox.product == product) {
            let mut waiting = inbox.waiting();
            for event in events {
                if waiting.events.len() >= STREAM_BUFFER {
                    waiting.events.pop_front();
                    waiting.missed += 1;
                }
                waiting.events.push_back(event.clone());
            }
            inbox.came.notify_all();
            wakers.extend(std::mem::take(&mut waiting.wakers).into_values());
        }
        // Who is woken may read, or drop a stream, at once: no lock is held any more.
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Wakes everybody who waits: nothing will come any more.
    pub(crate) fn end(&self) {
        let mut wakers: Vec<Waker> = Vec::new();
        for inbox in self.inboxes().iter() {
            wakers.extend(inbox.end());
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Opens a stream. `start` is asked for once events are collected, so that none falls between the two.
    pub(super) fn open<E>(
        self: &Arc<Self>,
        product: ProductId,
        start: impl FnOnce() -> Result<EventCursor, E>,
    ) -> Result<EventStream, E> {
        let inbox = Arc::new(Inbox { product, waiting: Mutex::default(), came: Condvar::new() });
        self.inboxes().push(Arc::clone(&inbox));
        self.listening.fetch_add(1, Ordering::AcqRel);
        // From here on it is ended by being dropped, also where the start cannot be read.
        let mut stream =
            EventStream { live: Arc::clone(self), inbox, start: EventCursor::default(), opener: Opener::here() };
        stream.start = start()?;
        Ok(stream)
    }

    fn inboxes(&self) -> MutexGuard<'_, Vec<Arc<Inbox>>> {
        self.inboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox {
    /// Says that nothing will come any more. Whoever waits is to be woken, once no lock is held.
    fn end(&self) -> impl Iterator<Item = Waker> + use<> {
        let mut waiting = self.waiting();
        waiting.ended = true;
        self.came.notify_all();
        std::mem::take(&mut waiting.wakers).into_values()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventStream {
    /// The product.
    pub fn product(&self) -> ProductId {
        self.inbox.product
    }

    /// The end of the log when the stream was opened. Everything that is published afterwards, here or elsewhere,
    /// follows it in the log.
    pub fn start(&self) -> EventCursor {
        self.start
    }

    /// Waits on the caller's thread until there is something to read, at most for this time. Returns whether there is. In a
    /// process that was forked since the stream was opened there is at once: reading says what is wrong.
    pub fn wait(&self, at_most: Duration) -> bool {
        if !self.opener.is_here() {
            return true;
        }
        let goes_on = |waiting: &mut Waiting| !waiting.is_over();
        let waiting = self.inbox.came.wait_timeout_while(self.inbox.waiting(), at_most, goes_on);
        let (waiting, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        !waiting.events.is_empty()
    }

    /// Waits for the next event without a thread.
    pub fn readable(&self) -> Readable {
        let mut waiting = self.inbox.waiting();
        waiting.waiters += 1;
        Readable { inbox: Arc::clone(&self.inbox), number: waiting.waiters, opener: self.opener }
    }

    pub(super) fn read(&self, limit: usize) -> Streamed {
        let mut waiting = self.inbox.waiting();
        let count = waiting.events.len().min(limit);
        Streamed { missed: std::mem::take(&mut waiting.missed), items: waiting.events.drain(..count).collect() }
    }
}

impl Future for Readable {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        // After a fork there is something at once: reading says what is wrong.
        if !self.opener.is_here() {
            return Poll::Ready(true);
        }
        let mut waiting = self.inbox.waiting();
        if waiting.is_over() {
            return Poll::Ready(!waiting.events.is_empty());
        }
        waiting.wakers.insert(self.number, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Readable {
    fn drop(&mut self) {
        if self.opener.is_here() {
            let waker = self.inbox.waiting().wakers.remove(&self.number);
            drop(waker);
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        if !self.opener.is_here() {
            return;
        }
        self.live.inboxes().retain(|inbox| !Arc::ptr_eq(inbox, &self.inbox));
        self.live.listening.fetch_sub(1, Ordering::AcqRel);
        self.inbox.end().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;
    use std::task::Wake;

    #[derive(Default)]
    struct Count(AtomicU32);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn stream(live: &Arc<Live>) -> EventStream {
        live.open(ProductId::new(1000).unwrap(), || Ok::<_, ()>(EventCursor::default())).unwrap()
    }

    fn poll(readable: &mut Readable, count: &Arc<Count>) -> Poll<bool> {
        Pin::new(readable).poll(&mut Context::from_waker(&Waker::from(Arc::clone(count))))
    }

    #[test]
    fn the_end_of_the_streams_wakes_each_waiter_once() {
        let live = Arc::new(Live::default());
        let stream = stream(&live);
        let count = Arc::<Count>::default();
        let mut waiters = [stream.readable(), stream.readable()];
        for readable in &mut waiters {
            assert_eq!(poll(readable, &count), Poll::Pending);
            // Polled again it is not woken twice.
            assert_eq!(poll(readable, &count), Poll::Pending);
        }
        live.end();
        assert_eq!(count.0.load(Ordering::Relaxed), 2);
        assert!(waiters.iter_mut().all(|readable| poll(readable, &count) == Poll::Ready(false)));
        assert!(!stream.wait(Duration::from_secs(60)));
    }

    #[test]
    fn a_waiter_that_is_dropped_leaves_nothing_behind() {
        let live = Arc::new(Live::default());
        let stream = stream(&live);
        let count = Arc::<Count>::default();
        for _ in 0..1000 {
            assert_eq!(poll(&mut stream.readable(), &count), Poll::Pending);
        }
        assert_eq!(stream.inbox.waiting().wakers.len(), 0);
        live.end();
        assert_eq!(count.0.load(Ordering::Relaxed), 0);
    }
}
