//! What this process publishes, handed out as it comes: a window of the log that needs no asking.
//!
//! Publishing never waits for who listens. An inbox holds so many events; beyond that the oldest are thrown away and
//! counted, and whoever reads it is told how many, so that they can catch up in the log.

use super::cursor::EventCursor;
use super::log::EventView;
use crate::product::ProductId;
use crate::store::Opener;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
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
        }
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

    /// Waits until there is something to read, at most so long. Whether there is. In a process that was forked since the
    /// stream was opened there is at once: reading says what is wrong.
    pub fn wait(&self, at_most: Duration) -> bool {
        if !self.opener.is_here() {
            return true;
        }
        let is_empty = |waiting: &mut Waiting| waiting.events.is_empty();
        let waiting = self.inbox.came.wait_timeout_while(self.inbox.waiting(), at_most, is_empty);
        let (waiting, _) = waiting.unwrap_or_else(PoisonError::into_inner);
        !waiting.events.is_empty()
    }

    pub(super) fn read(&self, limit: usize) -> Streamed {
        let mut waiting = self.inbox.waiting();
        let count = waiting.events.len().min(limit);
        Streamed { missed: std::mem::take(&mut waiting.missed), items: waiting.events.drain(..count).collect() }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        if !self.opener.is_here() {
            return;
        }
        self.live.inboxes().retain(|inbox| !Arc::ptr_eq(inbox, &self.inbox));
        self.live.listening.fetch_sub(1, Ordering::AcqRel);
    }
}
