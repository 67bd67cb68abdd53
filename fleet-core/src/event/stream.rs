//! Streams of what this process publishes, pushed to readers without polling the log.
//!
//! Publishing never waits for a reader. An inbox holds a bounded number of events; beyond it the oldest are dropped and
//! counted, and the reader receives the count, so that it can catch up from the log.

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

/// Number of unread events that a stream holds.
pub const STREAM_BUFFER: usize = 1024;

/// The open streams of this process.
#[derive(Debug, Default)]
pub(crate) struct Live {
    /// Number of open streams, so that publishing without any costs nothing.
    listening: AtomicUsize,
    inboxes: Mutex<Vec<Arc<Inbox>>>,
}

#[derive(Debug)]
struct Inbox {
    product: ProductId,
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    events: VecDeque<EventView>,
    missed: u64,
    /// Wakers to call when there is something to read, by the number of their [`Readable`].
    wakers: BTreeMap<u64, Waker>,
    waiters: u64,
    /// Nothing more will be published.
    ended: bool,
}

impl Waiting {
    fn is_over(&self) -> bool {
        self.ended || !self.events.is_empty()
    }
}

/// A stream of the events of a product that this process publishes after it was
/// [opened](crate::ProductConsole::event_stream). Events that other processes publish are only in the log. Dropping the
/// stream closes it.
#[derive(Debug)]
pub struct EventStream {
    live: Arc<Live>,
    inbox: Arc<Inbox>,
    start: EventCursor,
    opener: Opener,
}

/// A future of the next event of a stream, which needs no thread: completes as soon as there is something to read.
/// Resolves to whether there is; `false` means that the stream was dropped or [ended](crate::Fleet::end_event_streams).
/// Dropping the future stops the waiting.
#[derive(Debug)]
pub struct Readable {
    inbox: Arc<Inbox>,
    number: u64,
    opener: Opener,
}

/// Events read from a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Streamed {
    /// Events in the order in which this process published them. Two that were published at the same moment may come in
    /// either order; their positions give the order of the log.
    pub items: Vec<EventView>,
    /// Number of earlier events that were dropped because nobody read them in time. They are in the log.
    pub missed: u64,
}

impl Live {
    /// Whether any stream is open.
    pub(super) fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Acquire) > 0
    }

    /// Delivers events of a product to its streams.
    pub(super) fn deliver(&self, product: ProductId, events: &[EventView]) {
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
            inbox.arrived.notify_all();
            wakers.extend(std::mem::take(&mut waiting.wakers).into_values());
        }
        // A woken task may read or drop a stream at once: no lock is held any more.
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Ends all streams and wakes all waiters.
    pub(crate) fn end(&self) {
        let mut wakers: Vec<Waker> = Vec::new();
        for inbox in self.inboxes().iter() {
            wakers.extend(inbox.end());
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Opens a stream. `start` is called once events are collected, so that no event is lost in between.
    pub(super) fn open<E>(
        self: &Arc<Self>,
        product: ProductId,
        start: impl FnOnce() -> Result<EventCursor, E>,
    ) -> Result<EventStream, E> {
        let inbox = Arc::new(Inbox { product, waiting: Mutex::default(), arrived: Condvar::new() });
        self.inboxes().push(Arc::clone(&inbox));
        self.listening.fetch_add(1, Ordering::AcqRel);
        // From here on dropping the stream closes it, also if reading the start fails.
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
    /// Marks the inbox as ended. Returns the wakers to call once no lock is held.
    fn end(&self) -> impl Iterator<Item = Waker> + use<> {
        let mut waiting = self.waiting();
        waiting.ended = true;
        self.arrived.notify_all();
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

    /// The end of the log when the stream was opened. Everything that is published afterwards, by any process, follows
    /// it in the log.
    pub fn start(&self) -> EventCursor {
        self.start
    }

    /// Blocks the calling thread until there is something to read, for at most this time. Returns whether there is. In
    /// a process that was forked since the stream was opened it returns `true` at once, and reading returns the error.
    pub fn wait(&self, at_most: Duration) -> bool {
        if !self.opener.is_here() {
            return true;
        }
        let goes_on = |waiting: &mut Waiting| !waiting.is_over();
        let waiting = self.inbox.arrived.wait_timeout_while(self.inbox.waiting(), at_most, goes_on);
        let (waiting, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        !waiting.events.is_empty()
    }

    /// Returns a future of the next event, which needs no thread.
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
        // After a fork it is ready at once, and reading returns the error.
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
            // Polling again does not wake it twice.
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
